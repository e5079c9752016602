"""The post page: caption, who may see it, and side by side at the bottom Drafts and Post.

While the keyboard is open those two are gone, and a small Post stands at the top right.
"""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.post import SIGNS
from droidcancel.simulator.apps.clips.post import PostScreen as ClipsPost
from droidcancel.simulator.apps.clips.posts import VISIBILITIES
from droidcancel.simulator.apps.tiktok.skin import GROUP, Skin
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import (
    ScrollState,
    TextState,
    View,
    button,
    column,
    divider,
    edit_text,
    frame,
    icon,
    image,
    radio,
    row,
    scroll,
    switch,
    text,
)

CAPTION_MAX = 4000
TITLE_MAX = 90
TAGS = ("#fyp", "#trend", "#viral")
PLACES = ("Coffee House", "Old Town", "Central Park")


class PostScreen(Skin, ClipsPost):
    """Newer builds have a title over the caption; it is not posted here."""

    def on_open(self) -> None:
        super().on_open()
        if not self.post.id:
            return
        self.title = TextState("", max_length=TITLE_MAX)
        self.caption.max_length = CAPTION_MAX
        self._places = ScrollState(horizontal=True)
        self._better = False

    @property
    def typing(self) -> bool:
        """Whether the keyboard is open."""
        return self.phone.ime.visible

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        if not self.post.id:
            return self.scene()
        page = column(
            self._head(),
            scroll(
                column(self._fields(), divider(), self._place(), self._lines(), self._share_to()),
                self._scroll,
                id=self.rid("post_scroll"),
                weight=1,
            ),
            *([] if self.typing else [self._bottom()]),
            height="match",
            cls="android.widget.RelativeLayout",
            id=self.rid("post_root"),
        )
        return self.scene(page)

    def _head(self) -> View:
        back = button("", id=self.rid("back"), desc=self.tiktok.version.back, icon="back",
                      icon_size=24, color="on_surface", width=44, padding=8,
                      on_click=self._leave)  # fmt: skip
        small = frame(
            button(self.text("post"), id=self.rid("post_small"), background="accent",
                   color="white", radius=4, min_height=32, width=73, padding=(8, 4),
                   align="center", enabled=not self.working, on_click=self._post_pressed),
            width=89, height=44, id=self.rid("post_small_area"),
        )  # fmt: skip
        return row(
            row(back, weight=1),
            *([small] if self.typing else []),
            height=44,
            id=self.rid("post_head"),
        )

    def _fields(self) -> View:
        titled = self.tiktok.version.titled
        caption = edit_text(self.caption, id=self.rid("caption"),
                            hint=self.text("add_description"), size=15, min_height=110,
                            background="surface")  # fmt: skip
        if not titled:
            caption.layout.width, caption.layout.weight = "match", 1.0
            fields = row(caption, self._cover_aside(), gap=12, gravity="top")
            return column(fields, self._tags(), padding=(16, 6))
        title = edit_text(self.title, id=self.rid("catchy_title"), hint=self.text("catchy_title"),
                          size=16, min_height=24, padding=(0, 2), background="surface")  # fmt: skip
        return column(self._cover_above(), column(title, divider(), caption, cls=GROUP),
                      self._tags(), padding=(16, 8))  # fmt: skip

    def _cover_above(self) -> View:
        """Smaller while one types."""
        size = 42.0 if self.typing else 106.0
        label = text(self.text("cover"), id=self.rid("cover_label"), size=11, color="white",
                     background="#80000000", lines=1, padding=(6, 2))  # fmt: skip
        picture = image(scene(self.post.seed), width=size, height=size,
                        id=self.rid("cover_image"), on_click=lambda: None)  # fmt: skip
        return frame(picture, *([] if self.typing else [label]), width=size, height=size,
                     margin=(0, 0, 0, 12))  # fmt: skip

    def _cover_aside(self) -> View:
        picture = image(scene(self.post.seed), width=82, height=100, id=self.rid("cover_image"),
                        desc=self.tiktok.version.back, on_click=lambda: None)  # fmt: skip
        shown = text(self.text("preview"), id=self.rid("preview"), size=11, color="white",
                     lines=1, margin=4)  # fmt: skip
        edit = frame(
            text(self.text("edit_cover"), id=self.rid("edit_cover"), size=11, color="white",
                 lines=1, align="center"),
            align="bottom", height=22, background="#80000000", on_click=lambda: None,
        )  # fmt: skip
        return frame(picture, shown, edit, width=82, height=100)

    def _tags(self) -> View:
        pills = row(
            self._pill("hashtags", "#", f"# {self.text('hashtags')}"),
            self._pill("mention", "@", f"@ {self.text('mention')}"),
            *(self._pill("hashtag", tag, tag) for tag in TAGS),
            gap=8,
            width="wrap",
            padding=(0, 8),
        )
        return scroll(pills, self._tag_scroll, height="wrap", id=self.rid("tag_row"))

    def _pill(self, name: str, words: str, label: str) -> View:
        return button(label, id=self.rid(name), size=13, color="on_surface", radius=4,
                      background="surface_container", min_height=28, padding=(10, 5),
                      on_click=partial(self._type, words))  # fmt: skip

    def _place(self) -> View:
        chips = row(
            *(
                frame(text(name, size=13, lines=1), width="wrap", padding=(8, 6), radius=4,
                      background="surface_container", id=self.rid("place"), on_click=lambda: None)
                for name in PLACES
            ),
            gap=8, width="wrap", padding=(16, 0, 16, 10),
        )  # fmt: skip
        return column(
            self.line("search", self.text("location"), id="location", cls=GROUP, desc="",
                      on_click=lambda: None),
            scroll(chips, self._places, height="wrap"),
            cls=GROUP,
        )  # fmt: skip

    def _lines(self) -> View:
        seen = self.post.visibility
        return column(
            self.line("plus", self.text("add_link"), id="add_link", on_click=lambda: None),
            self.line(SIGNS[seen], self.text(f"view_{seen}"),
                      on_click=lambda: self.show_dialog(self._visibility_sheet)),
            self.line("more_horizontal", self.text("more_options"),
                      on_click=lambda: self.show_dialog(self._options_sheet)),
            cls="android.widget.FrameLayout",
        )  # fmt: skip

    def _share_to(self) -> View:
        return row(
            icon("share", icon_size=16, color="on_surface", desc=self.text("share_to")),
            text(self.text("share_to"), id=self.rid("share_to"), size=15, margin=(6, 0)),
            padding=(16, 14),
        )

    def _bottom(self) -> View:
        wide = {"weight": 1.0, "min_height": 48.0, "radius": 4.0, "enabled": not self.working}
        return row(
            button(self.text("drafts"), id=self.rid("save_draft"), background="surface_container",
                   color="on_surface", on_click=self._save_draft,
                   **wide),  # type: ignore[arg-type]  # a dict of literals
            frame(width=8, height=8, cls="android.view.View"),
            button(self.text("post"), id=self.rid("post"), background="accent", color="white",
                   on_click=self._post_pressed,
                   **wide),  # type: ignore[arg-type]  # as above
            padding=(12, 12),
            id=self.rid("post_bar"),
        )  # fmt: skip

    # -- sheets ----------------------------------------------------------------------------
    def _visibility_sheet(self) -> View:
        return self.sheet(
            self.text("who_can_view"),
            *(
                row(
                    text(self.text(name), size=16, weight=1),
                    radio(self.post.visibility == name, partial(self._see, name),
                          id=self.rid("visibility_mark")),
                    min_height=56,
                    padding=(20, 8),
                    on_click=partial(self._see, name, True),
                )
                for name in VISIBILITIES
            ),
        )  # fmt: skip

    def _options_sheet(self) -> View:
        return self.sheet(
            self.text("more_options"),
            self._option("allow_comments", self.post.comments, self._allow_comments),
            self._option("high_quality", self._better, self._choose_better),
        )

    def _option(self, name: str, on: bool, change: object) -> View:
        assert callable(change)
        return row(
            text(self.text(name), size=16, weight=1, lines=2),
            switch(on, change, id=self.rid("option_switch"), desc=self.text(name)),
            min_height=56,
            padding=(20, 8),
        )

    def _choose_better(self, on: bool) -> None:
        self._better = on
        self.invalidate()
