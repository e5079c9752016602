"""The drafts folder: a grid of pictures without captions, to open or to tick and delete."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.draft_list import DraftsScreen as ClipsDrafts
from droidcancel.simulator.apps.clips.posts import Post, clock_text
from droidcancel.simulator.apps.tiktok.grid import RECYCLER, tile
from droidcancel.simulator.apps.tiktok.skin import Skin
from droidcancel.simulator.views import View, button, column, frame, grid, icon, row, scroll, text


class DraftsScreen(Skin, ClipsDrafts):
    """Drafts, newest first."""

    def views(self) -> View:
        posts = self.clips.drafts.list()
        action = button(self.text("cancel" if self.selecting else "select"),
                        id=self.rid("drafts_action"), color="on_surface", size=15, padding=(4, 8),
                        on_click=partial(self._select, not self.selecting))  # fmt: skip
        page = column(
            self.bar(self.text("drafts"), action),
            text(self.text("drafts_note"), size=13, color="on_surface_variant",
                 padding=(16, 4, 16, 8), lines=2),
            scroll(grid(*map(self._cell, posts), columns=3, gap=1,
                        cls=RECYCLER, id=self.rid("drafts_grid")),
                   self._scroll, weight=1),
            *([self._bottom()] if self.selecting else []),
            height="match",
        )  # fmt: skip
        return self.scene(page, root="drafts_root")

    def _cell(self, post: Post) -> View:
        length = text(clock_text(post.duration_ms), id=self.rid("draft_length"), size=12,
                      bold=True, color="white", shadow=True, align="bottom start",
                      margin=6)  # fmt: skip
        made = tile(self, post.seed, length, *([self._circle(post)] if self.selecting else []),
                    on_click=partial(self._tapped, post))  # fmt: skip
        made.on_long_click = partial(self._tick, post)
        made.long_clickable = True
        return made

    def _circle(self, post: Post) -> View:
        ticked = post.id in self.ticked
        mark = icon("check", icon_size=14, color="white", align="center")
        made = frame(
            frame(*([mark] if ticked else []), width=22, height=22, radius=11, border="white",
                  align="center", background="accent" if ticked else "#4d000000"),
            cls="android.widget.CheckBox",
            id=self.rid("draft_check"),
            checkable=True,
            width=44,
            height=44,
            align="top end",
            on_click=partial(self._tick, post),
        )  # fmt: skip
        made.checked = ticked
        return made

    def _tapped(self, post: Post) -> None:
        """A draft is opened in the editor, as any edit."""
        if self.selecting:
            self._tick(post)
        else:
            self.go(".EditActivity", draft=post.id)

    def _bottom(self) -> View:
        return row(
            button(self.text("select_all"), id=self.rid("drafts_select_all"), color="on_surface",
                   background="surface_container", radius=4, weight=1, min_height=46,
                   on_click=self._tick_all),
            button(self.text("delete"), id=self.rid("drafts_delete"), radius=4, weight=1,
                   min_height=46, enabled=bool(self.ticked), on_click=self._delete_pressed,
                   color="white" if self.ticked else "on_surface_variant",
                   background="accent" if self.ticked else "surface_high"),
            gap=10,
            padding=(14, 10),
            id=self.rid("drafts_bar"),
        )  # fmt: skip
