"""What every screen of the skin has: ids by version, and views in the app's manner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.views import (
    Handler,
    View,
    button,
    column,
    divider,
    frame,
    icon,
    row,
    spacer,
    text,
)
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.apps.tiktok.app import TikTok

IMAGE = "android.widget.ImageView"
LINEAR = "android.widget.LinearLayout"
GROUP = "android.view.ViewGroup"


class Skin(Screen):
    """A screen of the skin; stands before the screen of Clips that it redraws."""

    @property
    def tiktok(self) -> TikTok:
        return cast("TikTok", self.app)

    def rid(self, name: str) -> str:
        """The resource-id that this version has for an element."""
        return self.tiktok.version.id(name)

    def scene(self, *children: View, root: str = "", background: str = "surface") -> View:
        """A screen's views inside the frames that every screen of the app has around it."""
        inner = frame(*children, height="match", id=self.rid(root) if root else "")
        for name in ("scene_inner", "scene", "scene_outer"):
            inner = frame(inner, height="match", id=self.rid(name))
        inner.style.background = background
        return inner

    def sign(
        self, name: str, *, desc: str = "", id: str = "", on_click: Handler | None = None,
        color: str = "on_surface", size: float = 24.0, padding: float = 12.0,
    ) -> View:  # fmt: skip
        """A sign that takes taps: an ImageView in this app."""
        return icon(
            name,
            desc=desc,
            id=self.rid(id) if id else "",
            on_click=on_click,
            color=color,
            icon_size=size,
            padding=padding,
        )

    def bar(self, title: str, *actions: View) -> View:
        """Back, whose description is not resolved, a title, and what stands at the end."""
        back = button(
            "", id=self.rid("back"), desc=self.tiktok.version.back, icon="back", icon_size=24,
            color="on_surface", width=44, on_click=self._up, padding=8,
        )  # fmt: skip
        return row(
            row(back, width=88),
            text(title, id=self.rid("bar_title"), size=17, bold=True, gravity="center", lines=1,
                 weight=1),
            row(*actions, width=88, gravity="end center_vertical"),
            height=44,
            id=self.rid("bar"),
        )  # fmt: skip

    def _up(self) -> None:
        if not self.on_leave():
            self.finish()

    def ask(self, title: str, words: str, *answers: tuple[str, str, Handler | None, str]) -> Window:
        """A question in the app's manner; ids tell nothing of what an answer does."""

        def build() -> View:
            wired = [(label, self._answer(act), color) for _, label, act, color in answers]
            return self._question(title, words, wired)

        return self.show_dialog(build)

    def _question(
        self, title: str, words: str, answers: Sequence[tuple[str, Handler, str]]
    ) -> View:
        lines: list[View] = []
        for label, handler, color in answers:
            lines += [
                divider(),
                button(label, id=self.rid("dialog_button"), on_click=handler, color=color,
                       width="match", min_height=52, radius=0),
            ]  # fmt: skip
        head = [text(title, id=self.rid("dialog_title"), size=17, bold=True, gravity="center",
                     width="match")]  # fmt: skip
        if words:
            head.append(
                text(words, id=self.rid("dialog_text"), size=14, color="on_surface_variant",
                     gravity="center", width="match", margin=(0, 8, 0, 0))
            )  # fmt: skip
        return column(
            column(*head, padding=(24, 22)),
            *lines,
            id=self.rid("dialog"),
            background="surface",
            radius=12,
        )

    def sheet(self, title: str, *children: View) -> View:
        """A panel that rises from the bottom edge."""
        head = row(
            spacer(width=44),
            text(title, id=self.rid("sheet_title"), size=16, bold=True, gravity="center", lines=1,
                 weight=1),
            self.sign("close", desc=self.text("close"), id="sheet_close",
                      on_click=self.dismiss_all, size=20),
            padding=(4, 4),
        )  # fmt: skip
        return column(
            head,
            *children,
            id=self.rid("sheet"),
            background="surface",
            radius=12,
            align="bottom",
            padding=(0, 0, 0, 16),
        )

    def line(
        self, sign: str, title: str, *, on_click: Handler | None = None, id: str = "row",
        value: str = "", cls: str = "android.widget.Button", end: View | None = None,
        desc: str | None = None,
    ) -> View:  # fmt: skip
        """A row of a list: sign, words, and what stands at its end."""
        tail = end if end is not None else icon("chevron_right", icon_size=16)
        return row(
            icon(sign, icon_size=16, color="on_surface", id=self.rid("row_icon")),
            text(title, id=self.rid("row_text"), size=15, weight=1, margin=(12, 0), lines=2),
            *([text(value, size=14, color="on_surface_variant", lines=1)] if value else []),
            row(tail, width="wrap", id=self.rid("row_end")),
            cls=cls,
            id=self.rid(id),
            desc=title if desc is None else desc,
            min_height=48,
            padding=(16, 4),
            on_click=on_click,
        )
