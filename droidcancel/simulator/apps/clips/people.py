"""The tabs Friends and Inbox, and how a person shows in a list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.library import CREATORS
from droidcancel.simulator.apps.clips.widgets import empty_state, section
from droidcancel.simulator.pictures import face
from droidcancel.simulator.views import View, avatar, button, column, row, text

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.main import MainScreen


def _title(words: str) -> View:
    return text(words, id="title", size=18, bold=True, gravity="center", width="match", padding=14)


def _person(screen: MainScreen, name: str) -> View:
    return row(
        avatar(face(name), width=48, height=48),
        column(
            text(name, size=16, bold=True, lines=1),
            text(f"@{name}", size=13, color="on_surface_variant", lines=1),
            weight=1,
            margin=(12, 0),
        ),
        button(
            screen.text("follow"),
            filled=True,
            background="accent",
            id="follow",
            radius=6,
            on_click=partial(screen.go, ".UserActivity", user=name),
        ),
        padding=(16, 8),
        id="person",
        on_click=partial(screen.go, ".UserActivity", user=name),
    )


def friends_page(screen: MainScreen) -> View:
    """Whom one might follow."""
    return column(
        _title(screen.text("friends")),
        text(
            screen.text("no_friends"),
            size=14,
            color="on_surface_variant",
            gravity="center",
            width="match",
            padding=(24, 8),
        ),
        section(screen.text("suggested")),
        *(_person(screen, item.author) for item in CREATORS),
        height="match",
        background="surface",
        id="friends_root",
    )


def inbox_page(screen: MainScreen) -> View:
    """Messages, of which there are none."""
    return column(
        _title(screen.text("inbox")),
        empty_state("inbox", screen.text("no_messages")),
        height="match",
        background="surface",
        id="inbox_root",
    )
