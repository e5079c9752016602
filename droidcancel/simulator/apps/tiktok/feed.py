"""The feed: one video fills the page, a swipe up brings the next. It never gets idle."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.library import FeedItem
from droidcancel.simulator.pictures import face, scene
from droidcancel.simulator.views import (
    Handler,
    PagerState,
    View,
    avatar,
    column,
    frame,
    icon,
    pager,
    row,
    scroll,
    text,
    video,
)
from droidcancel.simulator.viewtree import ScrollState

if TYPE_CHECKING:
    from droidcancel.simulator.apps.tiktok.main import MainScreen
    from droidcancel.simulator.apps.tiktok.skin import Skin

FEEDS = ("explore", "following_tab", "shop", "for_you")


class FeedPage:
    """The home tab."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._pages = PagerState()
        self._feeds = ScrollState(horizontal=True)
        self._liked: set[str] = set()

    def build(self) -> View:
        items = self._screen.clips.library.feed()
        self._pages.count = len(items)
        current = min(self._pages.index, len(items) - 1)
        pages = [self._page(item, at == current) for at, item in enumerate(items)]
        screen = self._screen
        return frame(
            pager(*pages, state=self._pages, id=screen.rid("feed_pager")),
            self._head(),
            height="match",
            background="black",
        )

    def _head(self) -> View:
        screen = self._screen
        feeds = row(*map(self._feed, FEEDS), width="wrap", height="match")
        return row(
            scroll(feeds, self._feeds, height="match", weight=1),
            screen.sign("search", desc=screen.text("search"), id="search", color="white",
                        on_click=partial(screen.show_tab, "friends")),
            align="top", height=56, id=screen.rid("feed_head"),
        )  # fmt: skip

    def _feed(self, name: str) -> View:
        chosen = name == "for_you"
        label = self._screen.text(name)
        return row(
            text(label, id=self._screen.rid("feed_tab"), size=16, bold=chosen, lines=1,
                 color="white" if chosen else "#b3ffffff", shadow=True, selected=chosen),
            desc=label, selected=chosen, width="wrap", height="match", padding=(10, 0),
        )  # fmt: skip

    def _page(self, item: FeedItem, playing: bool) -> View:
        screen = self._screen
        plays = screen.clips.behaviour.feed_plays and playing
        touch = frame(
            height="match", cls="android.view.View", id=screen.rid("long_press_layout"),
            desc=screen.text("videos"), on_click=lambda: None,
        )  # fmt: skip
        return frame(
            video(plays, scene(item.seed), id=screen.rid("player_view")),
            touch,
            row(words(screen, item.author, item.caption), self._actions(item), align="bottom",
                gravity="bottom", padding=(0, 0, 0, 12)),
            height="match",
            id=screen.rid("widget_container"),
        )  # fmt: skip

    def _actions(self, item: FeedItem) -> View:
        screen, liked = self._screen, item.seed in self._liked
        visit = partial(screen.go, ".UserActivity", user=item.author)
        return column(
            avatar(face(item.author), width=46, height=46, desc=item.author, on_click=visit),
            counted(screen, "heart", item.likes, f"{screen.text('like')}. {item.likes}",
                    partial(self._like, item), color="accent" if liked else "white"),
            counted(screen, "comment", item.comments,
                    f"{screen.text('comments')}. {item.comments}"),
            counted(screen, "share", "", f"{screen.text('share_video')}. {item.comments}",
                    partial(self._open, item)),
            width=66,
            gravity="center_horizontal",
            gap=4,
        )  # fmt: skip

    def _like(self, item: FeedItem) -> None:
        self._liked ^= {item.seed}
        self._screen.invalidate()

    def _open(self, item: FeedItem) -> None:
        """Sharing is offered where the video stands alone."""
        if item.video is not None:
            self._screen.go(".VideoActivity", video=item.video.id, account=item.author)
        else:
            self._screen.clips.copy_link(item.seed)


def words(screen: Skin, author: str, caption: str) -> View:
    """Who, and what they say of the video."""
    return column(
        text(author, id=screen.rid("author"), cls="android.widget.Button", size=16, bold=True,
             color="white", shadow=True, lines=1),
        text(caption, id=screen.rid("desc"), size=14, color="white", shadow=True, lines=4),
        weight=1,
        padding=(12, 8),
    )  # fmt: skip


def counted(
    screen: Skin, sign: str, number: str, desc: str, on_click: Handler | None = None,
    color: str = "white",
) -> View:  # fmt: skip
    """A sign beside a video with a number under it; a Button that says both."""
    return column(
        icon(sign, icon_size=30, color=color),
        text(number, cls="android.widget.Button", size=12, color="white", lines=1, shadow=True),
        cls="android.widget.Button",
        id=screen.rid(sign if sign != "heart" else "like"),
        desc=desc,
        width=64,
        gravity="center_horizontal",
        padding=(0, 6),
        on_click=on_click,
    )
