"""Phones for the tests of kernel and system apps; their small apps note what they live through."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from lxml import etree

from droidcancel.simulator import fonts
from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    ACTION_SEND,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
    IntentFilter,
)
from droidcancel.simulator.jobs import Job
from droidcancel.simulator.layout import LayoutEngine
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.packages import Package
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.screen import Shown
from droidcancel.simulator.services_state import Notification
from droidcancel.simulator.system_image import package_of
from droidcancel.simulator.views import View, button, column, text

NOTES = "org.example.notes"
OTHER = "org.example.other"
Element = Any


# -- the apps -------------------------------------------------------------------------------------
class Noted(Activity):
    """Writes its life into `Notes.events`, and counts taps in what outlives its process."""

    def note(self, event: str) -> None:
        Notes.events.append(f"{type(self).__name__}.{event}")

    def build(self) -> View:
        return column(
            text(type(self).__name__, id="name"),
            button(f"{self.saved.get('taps', 0)} taps", id="taps", on_click=self._tap),
            height="match",
            background="surface",
        )

    def _tap(self) -> None:
        self.saved["taps"] = self.saved.get("taps", 0) + 1
        self.invalidate()

    def on_create(self) -> None:
        self.note("create")

    def on_resume(self) -> None:
        self.note("resume")

    def on_pause(self) -> None:
        self.note("pause")

    def on_stop(self) -> None:
        self.note("stop")

    def on_destroy(self) -> None:
        self.note("destroy")

    def on_new_intent(self, intent: Intent) -> None:
        self.note(f"new {intent.action}")


class Main(Noted):
    pass


class Detail(Noted):
    pass


class Top(Noted):
    launch_mode = "singleTop"
    exported = True


class Only(Noted):
    launch_mode = "singleTask"
    exported = True


class Sheet(Noted):
    translucent = True


class Apart(Noted):
    """In a task of its own, that recents does not show."""

    exclude_from_recents = True
    exported = True


class Share(Noted):
    """Takes videos from others."""


class Broken(Noted):
    exported = True

    def build(self) -> View:
        return button("Crash", id="crash", on_click=self._crash)

    def _crash(self) -> None:
        raise RuntimeError("as asked")


class Notes(App):
    """An app whose job waits until it is let go."""

    package = NOTES
    labels = {"en": "Notes", "fr": "Notes", "id": "Catatan"}
    permissions = (
        "android.permission.INTERNET",
        "android.permission.CAMERA",
        "android.permission.READ_EXTERNAL_STORAGE",
        "android.permission.READ_MEDIA_VIDEO",
        "android.permission.READ_MEDIA_IMAGES",
        "android.permission.READ_MEDIA_VISUAL_USER_SELECTED",
        "android.permission.POST_NOTIFICATIONS",
        "android.permission.ACCESS_FINE_LOCATION",
    )
    activities = {
        ".Main": Main,
        ".Detail": Detail,
        ".Top": Top,
        ".Only": Only,
        ".Sheet": Sheet,
        ".Apart": Apart,
        ".Share": Share,
        ".Broken": Broken,
    }
    launcher = ".Main"
    filters = (IntentFilter(".Share", (ACTION_SEND,), mime_types=("video/*",)),)
    receives_boot = True
    events: list[str] = []

    def on_create(self) -> None:
        self.job_result: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        Notes.events.append("process")

    def on_boot(self) -> None:
        Notes.events.append("boot")

    def on_task_removed(self) -> None:
        Notes.events.append("task removed")

    async def run_job(self, job: Job) -> bool:
        Notes.events.append(f"job {job.id}")
        try:
            return await asyncio.shield(self.job_result)
        except asyncio.CancelledError:
            Notes.events.append(f"job {job.id} stopped")
            raise


class Other(App):
    """A second app, which takes videos too."""

    package = OTHER
    labels = {"en": "Other"}
    activities = {".Main": Detail, ".Send": Share}
    launcher = ".Main"
    filters = (IntentFilter(".Send", (ACTION_SEND,), mime_types=("video/*",)),)


# -- the phone ------------------------------------------------------------------------------------
class Hand:
    """Somebody who looks at the phone and taps."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    # -- apps ------------------------------------------------------------------------------
    @property
    def notes(self) -> Notes:
        app = self.phone.app_processes.get(NOTES)
        assert isinstance(app, Notes)
        return app

    @property
    def package(self) -> Package:
        """Notes, as it is installed."""
        package = self.phone.packages.get(NOTES)
        assert package is not None
        return package

    @property
    def top(self) -> str:
        """The class of the resumed activity."""
        record = self.phone.activities.resumed
        assert record is not None
        return record.component.cls.rpartition(".")[2]

    def events(self) -> list[str]:
        """What was noted since the last call."""
        noted, Notes.events[:] = list(Notes.events), []
        return noted

    async def start(self, name: str = ".Main", package: str = NOTES, **more: Any) -> None:
        component = Component.parse(f"{package}/{name}")
        more.setdefault("flags", FLAG_ACTIVITY_NEW_TASK)
        await self.phone.activities.start(Intent(component=component, **more), uid=2000)

    async def launch(self, name: str = ".Main", package: str = NOTES) -> None:
        """Start as the launcher does."""
        categories = frozenset({CATEGORY_LAUNCHER})
        await self.start(name, package, action=ACTION_MAIN, categories=categories)

    async def open(self, action: str, data: str | None = None) -> None:
        intent = Intent(action=action, data=data, flags=FLAG_ACTIVITY_NEW_TASK)
        await self.phone.activities.start(intent, uid=2000)

    def alive(self, package: str = NOTES) -> bool:
        return bool(self.phone.processes.by_package(package))

    def upload_note(self, **more: Any) -> Notification:
        what = {"text": "45%", "progress": 45, "progress_max": 100, "ongoing": True, **more}
        return Notification(NOTES, 7, "Uploading", **what)

    def grant(self, name: str, package: str = NOTES) -> None:
        installed = self.phone.packages.get(package)
        assert installed is not None
        installed.granted[f"android.permission.{name}"] = True

    # -- looking ---------------------------------------------------------------------------
    def nodes(self) -> list[Element]:
        return list(etree.fromstring(self.phone.screen.windows_xml().encode()).iter("node"))

    def all(self, **wanted: str) -> list[Element]:
        """The nodes whose attributes are all as wanted: `id`, `text`, `desc`, `package`."""
        names = {"id": "resource-id", "desc": "content-desc"}
        return [
            node
            for node in self.nodes()
            if all(_fits(node, names.get(key, key), value) for key, value in wanted.items())
        ]

    def has(self, **wanted: str) -> bool:
        return bool(self.all(**wanted))

    def texts(self) -> list[str]:
        return [node.get("text") for node in self.nodes() if node.get("text")]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition; the end of the time says what the screen showed instead."""
        end = asyncio.get_running_loop().time() + 8
        while not condition():
            assert asyncio.get_running_loop().time() < end, f"on the screen: {self.texts()}"
            await asyncio.sleep(0.003)

    async def see(self, **wanted: str) -> Element:
        await self.until(lambda: self.has(**wanted))
        return self.all(**wanted)[0]

    # -- acting ------------------------------------------------------------------------------
    async def tap(self, at: int = 0, **wanted: str) -> None:
        """Wait for a node and tap its middle."""
        await self.until(lambda: len(self.all(**wanted)) > at)
        node = self.all(**wanted)[at]
        assert await self.phone.input.tap(*middle(node)), f"nothing takes a tap on {wanted}"
        await asyncio.sleep(0)

    async def swipe(self, direction: str, **wanted: str) -> None:
        """Swipe from the middle of a node, a third of the screen far."""
        x, y = middle(await self.see(**wanted))
        far = min(self.phone.screen.size) / 3
        dx, dy = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}[direction]
        await self.phone.input.swipe(x, y, x + dx * far, y + dy * far, 0.1)
        await asyncio.sleep(0)

    async def pull_down(self) -> None:
        """Swipe from the top edge."""
        width, height = self.phone.screen.size
        await self.phone.input.swipe(width / 2, 5, width / 2, height / 2, 0.2)
        await asyncio.sleep(0)


def _fits(node: Element, name: str, value: str) -> bool:
    shown = node.get(name) or ""
    return shown == value or (name == "resource-id" and shown.endswith(f":id/{value}"))


def middle(node: Element) -> tuple[float, float]:
    left, top, right, bottom = map(int, re.findall(r"-?\d+", node.get("bounds")))
    assert right > left, "off the screen"
    assert bottom > top, "off the screen"
    return (left + right) / 2, (top + bottom) / 2


@asynccontextmanager
async def hand(*apps: type[App], **options: Any) -> AsyncIterator[Hand]:
    """A booted phone with Notes (and `apps`); `options` are those of PhoneOptions."""
    options.setdefault("apps", ())
    phone = Phone(PhoneOptions(**options))
    for app in (Notes, *apps):
        phone.packages.install(package_of(app, phone.options.language, phone))
    Notes.events.clear()
    await phone.boot()
    try:
        yield Hand(phone)
    finally:
        await phone.shutdown()


def asynchronous(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test's coroutine on a loop of its own."""

    @functools.wraps(test)
    def call(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 60))

    return call


# -- what a screen must be like -------------------------------------------------------------------
def flaws(phone: Phone) -> list[str]:
    """What a person could not read or reach on the screen as it is."""
    engine = LayoutEngine(phone.screen.density)
    shown = phone.screen.accessible()
    found: list[str] = []
    for each in shown:
        for view in each.root.shown():
            if not _scrolled_away(view):
                found += _text_flaws(view, engine) + _place_flaws(view, each, phone)
    return found


def _scrolled_away(view: View) -> bool:
    """Partly or wholly outside of what its scrolling container lets show."""
    return view.clip != view.bounds


def _text_flaws(view: View, engine: LayoutEngine) -> list[str]:
    if view.widget != "text" or not view.text:
        return []
    left, top, right, bottom = engine.edges(view.layout.padding)
    room = view.bounds.inset(left, top, right, bottom)
    width = room.width
    if view.style.icon is not None:
        width -= engine.px(view.style.icon_size) + engine.px(8)
    size = engine.text_size(view.style)
    lines = fonts.wrap(view.text, size, view.style.bold, max(1, width), None)
    wanted = [word for part in view.text.split("\n") for word in part.split(" ")]
    flawed = []
    if " ".join(lines).split(" ") != wanted and ":" not in view.text:  # fingerprints may break
        flawed.append(f"a word of {view.text!r} is broken")
    limit = view.style.lines
    if limit is not None and len(lines) > limit:
        flawed.append(f"{view.text!r} ends in an ellipsis")
    elif len(lines) * fonts.line_height(size) > room.height + 1:
        flawed.append(f"{view.text!r} is cut off")
    return flawed


def _place_flaws(view: View, shown: Shown, phone: Phone) -> list[str]:
    if not (view.clickable and view.enabled) or shown.window.kind == "navigation":
        return []
    width, height = phone.screen.size
    bounds = view.bounds
    if bounds.left < 0 or bounds.top < 0 or bounds.right > width or bounds.bottom > height:
        return [f"{view.id or view.text} is off the screen"]
    bars = [s for s in phone.screen.layout() if s.window.kind == "navigation"]
    bar = bars[0].root.bounds
    covers = shown.window.kind == "system_dialog"
    x, y = bounds.center
    if not covers and bar.contains(x, y):
        return [f"{view.id or view.text} lies under the navigation bar"]
    return []
