"""The recorded app as the phone has it: package, version, activities, and its one player."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import (
    ACTION_SEND,
    ACTION_VIEW,
    CATEGORY_DEFAULT,
    Intent,
    IntentFilter,
)
from droidcancel.simulator.apps.replay.player import Player
from droidcancel.simulator.apps.replay.screen import (
    focused_field,
    give_state,
    stacked,
    tree,
)
from droidcancel.simulator.apps.replay.sender import LEAST, send
from droidcancel.simulator.cassette import Cassette, RecordedApp, RecordedScreen, Step
from droidcancel.simulator.jobs import Job
from droidcancel.simulator.keys import KEYCODES
from droidcancel.simulator.services_state import Notification
from droidcancel.simulator.views import column
from droidcancel.simulator.viewtree import TextState, View
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.processes import Process

CATEGORY_BROWSABLE = "android.intent.category.BROWSABLE"
BACK = KEYCODES["BACK"]
#: a recorded job never runs: what it did is in the capture
NEVER_S = 1e6


class Replay(App):
    """A process of it. The player outlives processes, as the capture did."""

    player: ClassVar[Player]
    phone_of: ClassVar[Phone | None] = None

    def on_create(self) -> None:
        self.shown: RecordedActivity | None = None
        self._swept = False
        self._hooked()
        self.online = self._has_network()
        self.player.on_screen = self.screen_changed
        self.player.on_step = self._step
        self.player.on_miss = self._miss
        self.player.on_names = self._names

    def _hooked(self) -> None:
        """The phone's own news, heard once a phone: they come to whichever process is alive."""
        cls = type(self)
        if cls.phone_of is self.phone:
            return
        cls.phone_of = self.phone
        self.phone.connectivity.on_change(lambda: _running(self.phone, self.package, "network"))
        self.phone.netpolicy.on_change(lambda: _running(self.phone, self.package, "network"))
        self.phone.ime.on_hide(lambda: _running(self.phone, self.package, "keyboard"))
        self.phone.processes.on_exit(self._ended)

    @property
    def outlives_task(self) -> bool:
        """A process that no step of the capture ends now has outlived its task then."""
        return self._swept or not self.player.ends_next

    def on_task_removed(self) -> None:
        self._swept = self.player.swept()

    def _ended(self, process: Process) -> None:
        if process.package != self.package:
            return
        self.player.stopped()
        step = self.player.current
        if step is not None and step.event.kind == "stop" and step.sent:
            self.phone.spawn(self._come_back(step))

    async def _come_back(self, step: Step) -> None:
        """The recorded app went on by itself after its end: a job, or a service begun anew."""
        if sum(number for _, number in step.sent) < LEAST:
            return
        await asyncio.sleep(step.sent[0][0])
        app = await self.phone.app_processes.ensure(self.package)
        if isinstance(app, Replay) and self.player.current is step:
            first = step.sent[0][0]
            app.spawn(send(app, tuple((at - first, number) for at, number in step.sent)))

    def _names(self, what: str, names: tuple[str, ...]) -> None:
        """Foreground services or jobs, as they were at this point of the capture."""
        if what == "jobs":
            self.phone.jobs.cancel(self.package)
            for number, name in enumerate(names):
                never = self.phone.clock.uptime() + NEVER_S
                self.phone.jobs.schedule(Job(number, self.package, name, ready_at=never))
        elif self.process.alive:
            for number in list(self.process.foreground_services):
                self.stop_foreground(number)
            for number, name in enumerate(names):
                self.start_foreground(Notification(self.package, number, name, ongoing=True))

    def hear(self, what: str) -> None:
        """News of the phone's."""
        if what == "network":
            online = self._has_network()
            if online != self.online:
                self.online = online
                self.player.network(online)
        elif self.shown is not None:
            self.shown.keyboard_gone()

    def _has_network(self) -> bool:
        link = self.phone.connectivity.active_network()
        return link is not None and not self.phone.netpolicy.blocked(self.installed.uid, link)

    def _step(self, step: Step) -> None:
        if step.sent and step.event.kind != "stop":
            self.spawn(send(self, step.sent))

    def _miss(self, words: str) -> None:
        self.phone.log.write("W", "Replay", words, pid=self.process.pid, uid=self.process.uid)

    def screen_changed(self) -> None:
        """Another screen of the capture shows."""
        if self.shown is not None:
            self.shown.changed()


def _running(phone: Phone, package: str, what: str) -> None:
    app = phone.app_processes.get(package)
    if isinstance(app, Replay):
        app.call(partial(app.hear, what))


class RecordedActivity(Activity):
    """Whatever screen of the capture shows: the app's activities are one here."""

    launch_mode = "singleTask"
    exported = True
    takes_back = True
    app: Replay

    def on_create(self) -> None:
        self.window.on_gesture = self.app.player.gesture
        self._field = TextState()
        self._focus: object = None
        self._keyboard = False
        self._intent()

    def on_new_intent(self, intent: Intent) -> None:
        self._intent()

    def _intent(self) -> None:
        data = self.intent.data if self.intent.action == ACTION_VIEW else None
        scheme = data.partition(":")[0] if data else None
        self.app.player.start(self.intent.action or "", scheme, self.app.online)

    def on_resume(self) -> None:
        self.app.shown = self
        self.changed()

    def on_pause(self) -> None:
        if self.app.shown is self:
            self.app.shown = None

    # -- what shows ------------------------------------------------------------------------
    @property
    def recorded(self) -> RecordedScreen | None:
        number = self.app.player.screen
        return None if number is None else self.app.player.cassette.screens[number]

    @property
    def _size(self) -> tuple[int, int]:
        cassette = self.app.player.cassette
        return cassette.width, cassette.height

    def changed(self) -> None:
        """Build the windows of the screen that shows now."""
        recorded = self.recorded
        left = self.app.player.current
        if recorded is None and left is not None and left.event.kind == "key":
            self.phone.activities.home()
            return
        above = [] if recorded is None else stacked(recorded, self._size)[1:]
        self.dialogs = [self._dialog(number) for number in range(1, len(above) + 1)]
        self.window.invalidate()
        self.phone.activities.sync_windows()
        self._serve_keyboard(recorded)

    def _dialog(self, number: int) -> Window:
        return Window(
            package=self.app.package,
            title=str(self.record.component),
            build=partial(self._built, number),
            owner=self.app,
            kind="dialog",
            activity=str(self.record.component),
            on_gesture=self.app.player.gesture,
        )

    def build(self) -> View:
        return self._built(0)

    def _built(self, number: int) -> View:
        recorded = self.recorded
        windows = [] if recorded is None else stacked(recorded, self._size)
        if recorded is None or number >= len(windows):
            return column(height="match", background="surface")
        made = tree(windows[number], recorded, self._size, self.app.player.said)
        field = focused_field(made)
        if field is not None:
            give_state(field, self._field_of(field))
        return made

    # -- typing ----------------------------------------------------------------------------
    def _field_of(self, field: View) -> TextState:
        """The state of the field with the focus; another field has another."""
        if self._focus != field.place:
            self._focus = field.place
            empty = field.text == field.hint
            self._field = TextState("" if empty else field.text)
            self._field.on_change = self.app.player.typed
        self._field.focused = True
        return self._field

    def _serve_keyboard(self, recorded: RecordedScreen | None) -> None:
        """The keyboard comes and goes as it did on the phone."""
        wanted = recorded is not None and recorded.keyboard
        focused = self.phone.windows.focused
        self._keyboard = False
        if wanted and focused is not None:
            focused.root()
            self.phone.ime.show(focused, self._field)
        elif self.phone.ime.visible:
            self.phone.ime.hide()
        self._keyboard = wanted

    def keyboard_gone(self) -> None:
        """The Back key took the keyboard away: it comes to the capture as it came to the phone."""
        if self._keyboard:
            self._keyboard = False
            self.app.player.key(BACK)

    def on_back(self) -> bool:
        self.app.player.key(BACK)
        return True


def replay(cassette: Cassette) -> type[App]:
    """The app of a cassette, for one phone."""
    recorded = cassette.app
    launcher_name = _short(recorded, recorded.launcher)
    names: dict[str, type[Activity]] = {launcher_name: _activity()}
    filters_: list[IntentFilter] = []
    if recorded.share_activity is not None:
        share = _short(recorded, recorded.share_activity)
        names.setdefault(share, _activity())
        filters_.append(IntentFilter(share, (ACTION_SEND,), mime_types=(recorded.share_mime,)))
    if recorded.schemes:
        both = (CATEGORY_DEFAULT, CATEGORY_BROWSABLE)
        filters_.append(IntentFilter(launcher_name, (ACTION_VIEW,), both, schemes=recorded.schemes))

    class Recorded(Replay):
        package = recorded.package
        labels = {"en": recorded.label}
        version_name = recorded.version_name
        version_code = recorded.version_code
        permissions = ("android.permission.INTERNET", *recorded.permissions)
        activities = names
        launcher = launcher_name
        filters = tuple(filters_)
        player = Player(cassette)
        service = next(_services(cassette), Replay.service)

    return Recorded


def _services(cassette: Cassette) -> Iterator[str]:
    """The foreground services of a capture: the phone knows an app's by one name."""
    told = (names for step in cassette.steps for _, names in step.services)
    return (_short(cassette.app, name) for names in told for name in names)


def _activity() -> type[RecordedActivity]:
    return type("RecordedActivity", (RecordedActivity,), {})


def _short(app: RecordedApp, name: str) -> str:
    return name.removeprefix(app.package) if name.startswith(app.package + ".") else name
