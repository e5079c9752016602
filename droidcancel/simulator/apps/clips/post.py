"""The post page: caption, hashtags, who may see it; Drafts and Post."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.posts import (
    VISIBILITIES,
    Post,
    Shelf,
    Visibility,
)
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import pill, setting_row, sheet
from droidcancel.simulator.fs import FsError
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
    image,
    image_button,
    radio,
    row,
    scroll,
    spacer,
    spinner,
    switch,
    text,
)

CAPTION_MAX = 2200
HASHTAGS = ("#fyp", "#clips", "#video")
SIGNS: dict[Visibility, str] = {"everyone": "globe", "friends": "person", "only_me": "lock"}


class PostScreen(Screen):
    """Opened from the editor (`edit`) or from the drafts (`draft`), with the post's id."""

    def on_open(self) -> None:
        extras = self.intent.extras
        self.from_draft = "draft" in extras
        self.shelf: Shelf = self.clips.drafts if self.from_draft else self.clips.editing
        post = self.shelf.get(str(extras.get("draft") or extras.get("edit")))
        if post is None:
            self.post = Post("", "")
            self.finish()
            return
        self.post = post
        self.working = False
        self._scroll = ScrollState()
        self._tag_scroll = ScrollState(horizontal=True)
        self.caption = TextState(
            self.post.caption,
            max_length=CAPTION_MAX,
            multiline=True,
            on_change=lambda value: self._change(caption=value),
        )

    def _change(self, **values: object) -> None:
        """Note a change at once, so that a kill loses nothing. A full phone is told."""
        self.post = self.post.but(**values)
        try:
            self.shelf.save(self.post)
        except FsError:
            self.clips.toast(self.text("no_space"))

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        if not self.post.id:
            return column(height="match")
        return column(
            row(
                image_button(
                    icon="back", desc=self.text("back"), id="back", on_click=self._leave
                ),
                spacer(weight=1),
                height=52,
            ),
            scroll(column(self._words(), self._tags(), divider(), self._rows()), self._scroll,
                   weight=1),
            divider(),
            self._bottom(),
            height="match",
            background="surface",
            id="post_root",
        )  # fmt: skip

    def _words(self) -> View:
        field = edit_text(
            self.caption,
            id="caption",
            hint=self.text("add_description"),
            weight=1,
            min_height=132,
            size=16,
            background="surface",
        )
        cover = frame(
            image(scene(self.post.seed), width=92, height=124, radius=8, id="cover"),
            text(
                self.text("edit_cover"),
                size=11,
                color="white",
                background="#80000000",
                gravity="center",
                width="match",
                padding=(2, 4),
                lines=1,
                align="bottom",
            ),
            width=92,
            height=124,
        )
        return row(field, cover, gap=12, padding=(16, 4), gravity="top")

    def _tags(self) -> View:
        pills = row(
            pill(f"# {self.text('hashtags')}", id="hashtags", on_click=partial(self._type, "#")),
            pill(f"@ {self.text('mention')}", id="mention", on_click=partial(self._type, "@")),
            *(pill(tag, id="hashtag", on_click=partial(self._type, tag)) for tag in HASHTAGS),
            gap=8,
            width="wrap",
            padding=(16, 12),
        )
        return scroll(pills, self._tag_scroll, height="wrap", id="hashtag_row")

    def _type(self, words: str) -> None:
        """Add a tag, a space before it where there is none."""
        space = " " if self.caption.text and not self.caption.text.endswith(" ") else ""
        self.caption.cursor = -1
        self.caption.insert(space + words + (" " if len(words) > 1 else ""))
        self.invalidate()

    def _rows(self) -> View:
        return column(
            setting_row(
                SIGNS[self.post.visibility],
                self.text(f"view_{self.post.visibility}"),
                id="visibility",
                on_click=lambda: self.show_dialog(self._visibility_sheet),
            ),
            setting_row(
                "more_horizontal",
                self.text("more_options"),
                id="more_options",
                on_click=lambda: self.show_dialog(self._options_sheet),
            ),
        )

    def _bottom(self) -> View:
        wide = {"weight": 1.0, "min_height": 48.0, "radius": 8.0, "enabled": not self.working}
        return row(
            button(
                self.text("drafts"),
                id="save_draft",
                icon="folder",
                icon_size=20,
                background="surface_container",
                color="on_surface",
                on_click=self._save_draft,
                **wide,  # type: ignore[arg-type]  # a dict of literals
            ),
            spacer(width=10),
            button(
                self.text("post"),
                id="post",
                icon="upload",
                icon_size=20,
                background="accent",
                color="white",
                on_click=self._post_pressed,
                **wide,  # type: ignore[arg-type]  # as above
            ),
            *([spinner(width=24, height=24)] if self.working else []),
            padding=(14, 10),
        )

    # -- sheets ----------------------------------------------------------------------------
    def _visibility_sheet(self) -> View:
        return sheet(
            *(
                radio(
                    self.post.visibility == name,
                    partial(self._see, name),
                    id=f"visibility_{name}",
                    text=self.text(name),
                    width="match",
                    min_height=56,
                    padding=(20, 8),
                )
                for name in VISIBILITIES
            ),
            id="visibility_sheet",
            title=self.text("who_can_view"),
            on_close=self.dismiss_all,
            close=self.text("close"),
        )

    def _see(self, name: Visibility, chosen: bool) -> None:
        self._change(visibility=name)
        self.dismiss_all()
        self.invalidate()

    def _options_sheet(self) -> View:
        return sheet(
            switch(
                self.post.comments,
                self._allow_comments,
                id="allow_comments",
                text=self.text("allow_comments"),
                width="match",
                min_height=56,
                padding=(20, 8),
            ),
            id="options_sheet",
            title=self.text("more_options"),
            on_close=self.dismiss_all,
            close=self.text("close"),
        )

    def _allow_comments(self, on: bool) -> None:
        self._change(comments=on)
        self.invalidate()

    # -- leaving ---------------------------------------------------------------------------
    def _leave(self) -> None:
        self.finish()

    def _save_draft(self) -> None:
        self.spawn(self._keep())

    async def _keep(self) -> None:
        keep = self.clips.keep_draft(self.post, self.shelf)
        if not await self.with_room(keep):
            return
        self.clips.toast(self.text("saved_to_drafts"))
        self.restart_at(".MainActivity", tab="profile")

    def _post_pressed(self) -> None:
        if self.clips.uploads.busy:
            self.clips.toast(self.text("one_at_a_time"))
        elif self.post.visibility == "everyone" and self.clips.behaviour.confirm_public_post:
            self.ask(
                self.text("post_publicly"),
                self.text("post_publicly_text"),
                ("post_now", self.text("post_now"), self._post, "accent"),
                ("post_cancel", self.text("cancel"), None, "on_surface"),
            )
        else:
            self._post()

    def _post(self) -> None:
        if not self.working:
            self.working = True
            self.invalidate()
            self.spawn(self._publish())

    async def _publish(self) -> None:
        if await self.with_room(self.clips.uploads.post(self.post, self.shelf)):
            self.restart_at(".MainActivity", tab=self.clips.tab_after_post)
            return
        self.working = False
        self.invalidate()
