"""The drafts folder: open one, or tick some and delete them."""

from __future__ import annotations

import time
from functools import partial

from droidcancel.simulator.apps.clips.posts import Post, clock_text
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import (
    check_circle,
    empty_state,
    top_bar,
)
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import (
    ScrollState,
    View,
    button,
    column,
    frame,
    image,
    list_view,
    row,
    text,
)


class DraftsScreen(Screen):
    """Drafts, newest first. A long press or Select begins to tick."""

    def on_open(self) -> None:
        self.selecting = False
        self.ticked: set[str] = set()
        self._scroll = ScrollState()

    def on_show(self) -> None:
        self.invalidate()

    def on_leave(self) -> bool:
        if self.selecting:
            self._select(False)
            return True
        return False

    # -- ticking ---------------------------------------------------------------------------
    def _select(self, on: bool) -> None:
        self.selecting = on
        self.ticked.clear()
        self.invalidate()

    def _tick(self, post: Post) -> None:
        self.selecting = True
        self.ticked ^= {post.id}
        self.invalidate()

    def _tick_all(self) -> None:
        every = {post.id for post in self.clips.drafts.list()}
        self.ticked = set() if self.ticked == every else every
        self.invalidate()

    def _tapped(self, post: Post) -> None:
        if self.selecting:
            self._tick(post)
        else:
            self.go(".PostActivity", draft=post.id)

    # -- deleting --------------------------------------------------------------------------
    def _delete_pressed(self) -> None:
        count = len(self.ticked)
        if not count:
            return
        if self.clips.behaviour.delete_without_confirmation:
            self._delete()
            return
        title = "delete_drafts_one" if count == 1 else "delete_drafts_many"
        self.ask(
            self.text(title, count=count) if count > 1 else self.text(title),
            "",
            ("confirm_delete", self.text("delete"), self._delete, "accent"),
            ("confirm_keep", self.text("keep"), None, "on_surface"),
        )

    def _delete(self) -> None:
        self.clips.delete_drafts(sorted(self.ticked))
        if self.clips.drafts.list():
            self._select(False)
        else:
            self.finish()

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        posts = self.clips.drafts.list()
        action = button(
            self.text("cancel" if self.selecting else "select"),
            id="drafts_cancel" if self.selecting else "drafts_select",
            color="on_surface",
            size=14,
            padding=(4, 8),
            enabled=bool(posts),
            on_click=partial(self._select, not self.selecting),
        )
        bar = top_bar(self.text("drafts"), self.finish, self.text("back"), action)
        bar.children[0].layout.width = bar.children[2].layout.width = 104
        body = (
            list_view(*map(self._row, posts), state=self._scroll, weight=1, id="draft_list")
            if posts
            else frame(empty_state("folder", self.text("no_drafts")), weight=1)
        )
        return column(
            bar,
            text(
                self.text("drafts_note"),
                size=13,
                color="on_surface_variant",
                padding=(16, 6, 16, 10),
            ),
            body,
            *([self._bottom()] if self.selecting else []),
            height="match",
            background="surface",
            id="drafts_root",
        )

    def _row(self, post: Post) -> View:
        ticked = post.id in self.ticked
        mark = check_circle(ticked, partial(self._tick, post), id="draft_check", over_picture=False)
        day = time.strftime("%Y-%m-%d %H:%M", time.gmtime(post.created))
        return row(
            *([mark] if self.selecting else []),
            image(scene(post.seed), width=72, height=96, radius=6),
            column(
                text(
                    post.caption or self.text("no_caption"),
                    id="draft_caption",
                    size=16,
                    bold=bool(post.caption),
                    lines=2,
                ),
                text(
                    f"{day} · {clock_text(post.duration_ms)}",
                    id="draft_date",
                    size=13,
                    color="on_surface_variant",
                    lines=1,
                    margin=(0, 4, 0, 0),
                ),
                weight=1,
                margin=(14, 0),
            ),
            id="draft_cell",
            selected=ticked,
            padding=(12, 8),
            on_click=partial(self._tapped, post),
            on_long_click=partial(self._tick, post),
        )

    def _bottom(self) -> View:
        return row(
            button(
                self.text("select_all"),
                id="drafts_select_all",
                color="on_surface",
                background="surface_container",
                radius=8,
                weight=1,
                min_height=46,
                on_click=self._tick_all,
            ),
            button(
                self.text("delete"),
                id="drafts_delete",
                color="white" if self.ticked else "on_surface_variant",
                background="accent" if self.ticked else "surface_high",
                radius=8,
                weight=1,
                min_height=46,
                enabled=bool(self.ticked),
                on_click=self._delete_pressed,
            ),
            gap=10,
            padding=(14, 10),
            id="drafts_bar",
        )
