"""The feed: one video fills the page, a swipe up brings the next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.library import FeedItem
from droidcancel.simulator.apps.clips.widgets import INK, labelled_icon
from droidcancel.simulator.pictures import face, scene
from droidcancel.simulator.views import (
    PagerState,
    View,
    avatar,
    column,
    frame,
    icon,
    image_button,
    pager,
    row,
    spacer,
    text,
    video,
)

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.main import MainScreen


class FeedPage:
    """The home tab."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._pages = PagerState()
        self._liked: set[str] = set()

    def build(self) -> View:
        items = self._screen.clips.library.feed()
        self._pages.count = len(items)
        current = min(self._pages.index, len(items) - 1)
        pages = [self._page(item, at == current) for at, item in enumerate(items)]
        return frame(
            pager(*pages, state=self._pages, id="feed_pager"),
            self._head(),
            height="match",
            id="feed_root",
        )

    def _head(self) -> View:
        screen = self._screen
        return row(
            spacer(width=48),
            text(
                screen.text("following_tab"),
                size=16,
                bold=True,
                color="#b3ffffff",
                gravity="center end",
                shadow=True,
                lines=1,
                weight=1,
            ),
            spacer(width=20),
            text(
                screen.text("for_you"),
                size=16,
                bold=True,
                color=INK,
                shadow=True,
                lines=1,
                weight=1,
            ),
            image_button(
                icon="search",
                desc=screen.text("search"),
                id="search",
                color=INK,
                on_click=partial(screen.show_tab, "friends"),
            ),
            align="top",
            padding=(0, 4),
        )

    def _page(self, item: FeedItem, plays: bool) -> View:
        return frame(
            video(
                plays and self._screen.clips.behaviour.feed_plays,
                scene(item.seed),
                id="feed_video",
                dim=0.15,
            ),
            row(
                self._words(item),
                self._actions(item),
                align="bottom",
                gravity="bottom",
                padding=(0, 0, 0, 12),
            ),
            height="match",
        )

    def _words(self, item: FeedItem) -> View:
        return column(
            text(f"@{item.author}", id="author", size=16, bold=True, color=INK, shadow=True),
            text(item.caption, id="desc", size=14, color=INK, shadow=True, lines=3),
            row(
                icon("music", icon_size=14, color=INK, important=False),
                text(item.author, size=13, color=INK, shadow=True, lines=1),
                gap=6,
                margin=(0, 6, 0, 0),
            ),
            weight=1,
            padding=(16, 8),
        )

    def _actions(self, item: FeedItem) -> View:
        screen, liked = self._screen, item.seed in self._liked
        return column(
            avatar(
                face(item.author),
                width=48,
                height=48,
                id="author_avatar",
                desc=item.author,
                on_click=partial(screen.go, ".UserActivity", user=item.author),
            ),
            labelled_icon(
                "heart",
                item.likes,
                id="like",
                desc=screen.text("like"),
                color="accent" if liked else INK,
                on_click=partial(self._like, item),
            ),
            labelled_icon("comment", item.comments, id="comment", desc=screen.text("comments")),
            labelled_icon(
                "share",
                "",
                id="share_video",
                desc=screen.text("share_video"),
                on_click=partial(self._open, item),
            ),
            width=72,
            gravity="center_horizontal",
            gap=4,
        )

    def _like(self, item: FeedItem) -> None:
        self._liked ^= {item.seed}
        self._screen.invalidate()

    def _open(self, item: FeedItem) -> None:
        """Sharing is offered where the video stands alone."""
        if item.video is not None:
            self._screen.go(".VideoActivity", video=item.video.id, account=item.author)
        else:
            self._screen.clips.copy_link(item.seed)
