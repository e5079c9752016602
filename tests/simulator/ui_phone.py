"""An app with every widget, for the tests of screen, input and uiautomator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.system_image import package_of
from droidcancel.simulator.views import (
    PagerState,
    ScrollState,
    TextState,
    View,
    button,
    checkbox,
    column,
    edit_text,
    frame,
    image_button,
    list_view,
    pager,
    progress,
    row,
    switch,
    text,
    video,
)

PACKAGE = "org.example.widgets"
ROWS = 40


class Main(Activity):
    """Everything on one screen."""

    exported = True

    def on_create(self) -> None:
        self.events: list[str] = []
        self.name = TextState(on_change=lambda value: self.note(f"name={value}"))
        self.note_state = TextState(multiline=True)
        self.list = ScrollState()
        self.pages = PagerState(horizontal=True)
        self.wifi = False
        self.agreed = False
        self.playing = False

    def note(self, event: str) -> None:
        self.events.append(event)

    def build(self) -> View:
        return column(
            self._bar(),
            row(
                button("Post", filled=True, on_click=partial(self.note, "post"), id="post"),
                button(
                    "Drafts & <more>",
                    on_click=partial(self.note, "drafts"),
                    on_long_click=partial(self.note, "long drafts"),
                    id="drafts",
                ),
                button("Off", enabled=False, on_click=partial(self.note, "off"), id="off"),
                padding=8,
                gap=8,
            ),
            edit_text(self.name, hint="Your name", id="name", margin=(8, 0)),
            edit_text(self.note_state, hint="Notes", id="notes", margin=(8, 0)),
            switch(self.wifi, self._set_wifi, text="Wi-Fi", id="wifi", width="match", padding=8),
            checkbox(self.agreed, self._agree, text="I agree", id="agree", padding=8),
            progress(0.42, id="upload", margin=8, height=6),
            pager(
                *[frame(text(f"Page {n}", size=20, align="center"), height="match") for n in "123"],
                state=self.pages,
                id="pages",
                height=90,
                background="surface_container",
            ),
            list_view(*[self._row(n) for n in range(ROWS)], state=self.list, id="rows", weight=1),
            *([video(True, id="player", height=40)] if self.playing else []),
            height="match",
            background="surface",
        )

    def _bar(self) -> View:
        return row(
            image_button(icon="back", on_click=partial(self.note, "up")),
            text("Widgets", size=20, bold=True, weight=1, id="title"),
            image_button(icon="more", desc="More", on_click=self.ask, id="more"),
        )

    def _row(self, number: int) -> View:
        return row(
            text(f"Row {number}", weight=1, id="label"),
            text(f"{number * 7} kB", id="size", desc=f"size of {number}"),
            padding=(16, 12),
            id="row",
            on_click=partial(self.note, f"row {number}"),
        )

    def _set_wifi(self, on: bool) -> None:
        self.wifi = on
        self.note(f"wifi={on}")
        self.invalidate()

    def _agree(self, on: bool) -> None:
        self.agreed = on
        self.invalidate()

    def ask(self) -> None:
        self.dialog = self.show_dialog(self._question, on_dismiss=partial(self.note, "dismissed"))

    def _question(self) -> View:
        return column(
            text("Discard the post?", size=20, id="question"),
            row(
                button("Keep", on_click=partial(self._answer, "keep")),
                button("Discard", on_click=partial(self._answer, "discard")),
                gravity="end",
            ),
            padding=24,
        )

    def _answer(self, word: str) -> None:
        self.note(word)
        self.dismiss(self.dialog)


class Secret(Activity):
    """A window that pictures leave out."""

    secure = True
    exported = True

    def build(self) -> View:
        return column(text("Top secret", size=30), height="match", background="#ff0000")


class Widgets(App):
    package = PACKAGE
    labels = {"en": "Widgets"}
    activities = {".Main": Main, ".Secret": Secret}
    launcher = ".Main"


async def open_widgets(phone: Phone, activity: str = ".Main") -> Any:
    """Install the app where it is missing, and show one of its screens."""
    if phone.packages.get(PACKAGE) is None:
        phone.packages.install(package_of(Widgets, "en", phone))
    intent = Intent(
        action=ACTION_MAIN,
        categories=frozenset({CATEGORY_LAUNCHER}),
        component=Component.parse(f"{PACKAGE}/{activity}"),
        flags=FLAG_ACTIVITY_NEW_TASK,
    )
    await phone.activities.start(intent)
    record = phone.activities.resumed
    assert record is not None
    return record.activity


@asynccontextmanager
async def widgets_phone(**options: Any) -> AsyncIterator[tuple[Phone, Main]]:
    """A booted phone that shows the app."""
    phone = Phone(PhoneOptions(**{"apps": (), **options}))
    await phone.boot()
    try:
        yield phone, await open_widgets(phone)
    finally:
        await phone.shutdown()


def run(coro: Coroutine[Any, Any, None], timeout: float = 30) -> None:
    """Run one test's coroutine on a loop of its own."""
    asyncio.run(asyncio.wait_for(coro, timeout))


def view_of(phone: Phone, id: str) -> View:
    """The laid-out view with an id, in any visible window."""
    for shown in reversed(phone.screen.layout()):
        for view in shown.root.shown():
            if view.id == id:
                return view
    raise LookupError(id)
