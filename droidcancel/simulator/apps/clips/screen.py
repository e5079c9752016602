"""What every screen of Clips has."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

from droidcancel.simulator.apps.base import Activity
from droidcancel.simulator.apps.clips.redesign import redesigned
from droidcancel.simulator.apps.clips.widgets import question
from droidcancel.simulator.apps.intents import (
    FLAG_ACTIVITY_CLEAR_TASK,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.views import Handler, View, column
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.app import Clips


class Screen(Activity):
    """An activity of Clips; it is drawn anew when the app's state changes."""

    needs_session = True
    opened = False

    @property
    def clips(self) -> Clips:
        return cast("Clips", self.app)

    def on_create(self) -> None:
        self.clips.screens.add(self)
        if self.needs_session and self.clips.session.current is None:
            self.restart_at(".LoginActivity")
            return
        self.opened = True
        self.on_open()

    def on_resume(self) -> None:
        if self.opened:
            self.on_show()

    def on_back(self) -> bool:
        return self.opened and self.on_leave()

    def build(self) -> View:
        views = self.views() if self.opened else column(height="match")
        return redesigned(views, self.clips.behaviour)

    def show_dialog(
        self, build: Callable[[], View], *, on_dismiss: Callable[[], None] | None = None
    ) -> Window:
        behaviour = self.clips.behaviour
        return super().show_dialog(lambda: redesigned(build(), behaviour), on_dismiss=on_dismiss)

    # -- what a screen overrides; none is called without the session that it needs --------------
    def on_open(self) -> None: ...
    def on_show(self) -> None: ...

    def on_leave(self) -> bool:
        """The Back key; True when the screen dealt with it."""
        return False

    def views(self) -> View:
        """What the screen shows."""
        return column(height="match")

    def on_destroy(self) -> None:
        self.clips.screens.discard(self)

    # -- going places ------------------------------------------------------------------------
    def restart_at(self, cls: str, **extras: object) -> None:
        """Leave every screen of the app and begin anew at one."""
        self.start(
            Intent(
                component=self._component(cls),
                flags=FLAG_ACTIVITY_NEW_TASK | FLAG_ACTIVITY_CLEAR_TASK,
                extras=extras,
            )
        )

    def go(self, cls: str, **extras: object) -> None:
        """Open another screen of the app on top of this one."""
        self.start(Intent(component=self._component(cls), extras=extras))

    def _component(self, cls: str) -> Component:
        """An activity of this app, by the name that Clips has for it."""
        return Component.parse(f"{self.app.package}/{self.clips.routes.get(cls, cls)}")

    async def with_room(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do something that writes files; on a full phone it tells the user and is False."""
        try:
            await work
        except FsError as error:
            self.clips.warn(error)
            self.clips.toast(self.text("no_space"))
            return False
        return True

    # -- dialogs -----------------------------------------------------------------------------
    def ask(self, title: str, words: str, *answers: tuple[str, str, Handler | None, str]) -> Window:
        """Ask a question; each answer (id, label, handler, colour) closes it first."""

        def build() -> View:
            wired = [(id, label, self._answer(act), color) for id, label, act, color in answers]
            return question(title, words, wired)

        return self.show_dialog(build)

    def _answer(self, act: Handler | None) -> Handler:
        def answered() -> object:
            self.dismiss_all()
            return act() if act is not None else None

        return answered

    def dismiss_all(self) -> None:
        for dialog in list(self.dialogs):
            self.dismiss(dialog)
