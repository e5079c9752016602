"""The tabs Friends and Inbox, and somebody else's profile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from droidcancel.simulator.apps.clips.library import CREATORS
from droidcancel.simulator.apps.clips.user import UserScreen as ClipsUser
from droidcancel.simulator.apps.tiktok.grid import offline_line, person_head, video_cell, video_grid
from droidcancel.simulator.apps.tiktok.skin import GROUP, Skin
from droidcancel.simulator.pictures import face, scene
from droidcancel.simulator.views import (
    View,
    avatar,
    button,
    column,
    divider,
    frame,
    row,
    scroll,
    spinner,
    text,
    video,
)

if TYPE_CHECKING:
    from droidcancel.simulator.apps.tiktok.main import MainScreen


def friends_page(screen: MainScreen) -> View:
    """A friend's video plays; the title stands over it."""
    item = CREATORS[1]
    return frame(
        video(screen.clips.behaviour.feed_plays, scene(item.seed), id=screen.rid("friends_player")),
        row(
            screen.sign("person", desc=screen.text("add_friends"), id="friends_add", color="white"),
            row(
                text(screen.text("friends"), id=screen.rid("feed_tab"), size=16, bold=True,
                     color="white", lines=1, gravity="center"),
                cls="android.widget.LinearLayout", desc=screen.text("friends"), selected=True,
                weight=1, gravity="center",
            ),
            screen.sign("search", desc=screen.text("search"), id="search", color="white"),
            align="top", height=56, cls=GROUP, id=screen.rid("friends_head"),
        ),
        column(
            text(f"@{item.author}", id=screen.rid("author"), size=16, bold=True, color="white"),
            text(item.caption, id=screen.rid("desc"), size=14, color="white", lines=3),
            align="bottom start", padding=(12, 12, 100, 12),
        ),
        height="match",
        background="black",
    )  # fmt: skip


def inbox_page(screen: MainScreen) -> View:
    """Messages, of which there are none."""
    return column(
        text(screen.text("inbox"), id=screen.rid("inbox_title"), size=18, bold=True,
             gravity="center", width="match", padding=14),
        *(_person(screen, item.author) for item in CREATORS[:3]),
        text(screen.text("no_messages"), size=14, color="on_surface_variant", gravity="center",
             width="match", padding=(24, 32)),
        height="match",
        background="surface",
        id=screen.rid("inbox_root"),
    )  # fmt: skip


def _person(screen: MainScreen, name: str) -> View:
    visit = partial(screen.go, ".UserActivity", user=name)
    return row(
        avatar(face(name), width=48, height=48),
        text(name, size=16, bold=True, lines=1, weight=1, margin=(12, 0)),
        button(screen.text("follow"), filled=True, background="accent", radius=4,
               id=screen.rid("follow"), on_click=visit),
        padding=(16, 8),
        on_click=visit,
    )  # fmt: skip


class UserScreen(Skin, ClipsUser):
    """What the service shows this account of another; https://www.tiktok.com/@NAME opens it."""

    def on_open(self) -> None:
        super().on_open()
        if "user" not in self.intent.extras:
            self.user = urlsplit(self.intent.data or "").path.strip("/@")

    def views(self) -> View:
        reload = self.sign("refresh", desc=self.text("tap_to_retry"), id="user_reload",
                           on_click=self.reload)  # fmt: skip
        page = column(
            self.bar(self.user, reload),
            *([offline_line(self)] if self._offline else []),
            scroll(
                column(
                    person_head(self, self.user, self._follow_button()),
                    divider(),
                    self._content(),
                ),
                self._scroll,
                id=self.rid("user_scroll"),
                weight=1,
            ),
            height="match",
        )
        return self.scene(page, root="user_root")

    def _follow_button(self) -> View:
        label = self.text("following" if self._followed else "follow")
        return button(label, id=self.rid("user_follow"), background="accent", color="white",
                      radius=4, on_click=self._follow)  # fmt: skip

    def _content(self) -> View:
        if self._loading:
            return spinner(align="center", margin=24)
        return video_grid(self, [video_cell(self, each) for each in self._videos])
