"""The editor: the chosen video plays, with Your Story and Next under it."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.posts import Post, Shelf
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import INK, labelled_icon
from droidcancel.simulator.apps.intents import EXTRA_STREAM
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import (
    Handler,
    View,
    button,
    column,
    frame,
    icon,
    image_button,
    row,
    spacer,
    spinner,
    text,
    video,
)

TOOLS = (
    ("edit", "edit_text"),
    ("apps", "stickers"),
    ("flash", "effects"),
    ("refresh", "filters"),
    ("music", "voice"),
)


class EditScreen(Screen):
    """Opened by the picker, by another app's share, or with an edit that was left.

    It works on a copy in the app's files: the leave to read a shared video ends with it.
    """

    def on_open(self) -> None:
        self.post: Post | None = None
        known = self.saved.get("edit") or self.intent.extras.get("edit")
        if known:
            self.post = self.clips.editing.get(str(known))
        if self.post is None:
            self.spawn(self._import(self._uri()))
            self._ask_about_older()

    @property
    def shelf(self) -> Shelf:
        """Where the post lies that is worked on."""
        return self.clips.editing

    def on_show(self) -> None:
        """Back from the post page, which may have changed the post."""
        if self.post is not None:
            self.post = self.shelf.get(self.post.id) or self.post

    def _uri(self) -> str:
        extras = self.intent.extras
        return str(extras.get("uri") or extras.get(EXTRA_STREAM) or self.intent.data or "")

    async def _import(self, uri: str) -> None:
        """Copy the video into the app; an error is told, and the screen goes."""
        try:
            blob = self.phone.media.open(uri, self.clips.installed.uid)
            row = self.phone.media.select(uri)[0]
            post = Post.new(row.name, row.duration or 0, self.phone.clock.time())
            self.post = await self.clips.editing.take_copy(post, blob)
        except FsError:
            self._fail("no_space")
            return
        except (PermissionError, FileNotFoundError, ValueError) as error:
            self.clips.warn(error)
            self._fail("cannot_open")
            return
        self.saved["edit"] = self.post.id
        self.invalidate()

    def _fail(self, reason: str) -> None:
        self.clips.toast(self.text(reason))
        self.finish()

    def _ask_about_older(self) -> None:
        """A share while an edit of a killed process lies there."""
        older = self.clips.abandoned_edits()
        if older:
            self.ask(
                self.text("continue_title"),
                self.text("continue_text"),
                ("continue_edit", self.text("edit"), partial(self._edit, older[0]), "accent"),
                (
                    "continue_save_draft",
                    self.text("save_draft"),
                    partial(self._keep, older),
                    "on_surface",
                ),
            )

    def _edit(self, older: Post) -> None:
        if self.post is not None:
            self.clips.editing.remove(self.post.id)
        self.post = older
        self.saved["edit"] = older.id
        self.invalidate()

    def _keep(self, posts: list[Post]) -> None:
        for post in posts:
            self.clips.drafts.take_over(post, self.clips.editing)
        self.clips.toast(self.text("saved_to_drafts"))

    # -- leaving ---------------------------------------------------------------------------
    def on_leave(self) -> bool:
        if self.post is None:
            return False
        if not self.clips.behaviour.confirm_leave:
            self._save_draft()
            return True
        self.show_dialog(self._leave_menu)
        return True

    def _leave_menu(self) -> View:
        menu = column(
            self._leave_row("trash", "discard", "discard", self._discard),
            self._leave_row("download", "save_draft", "leave_save_draft", self._save_draft),
            background="surface",
            radius=12,
            padding=(0, 6),
            id="leave_menu",
        )
        return frame(
            menu,
            align="top start",
            width=250,
            padding=(12, 60, 0, 0),
            background="transparent",
        )

    def _leave_row(self, sign: str, name: str, id: str, act: Handler) -> View:
        return row(
            icon(sign, icon_size=22, color="on_surface", important=False),
            text(self.text(name), size=16, lines=1, weight=1, margin=(14, 0)),
            padding=(16, 14),
            id=id,
            on_click=act,
        )

    def _discard(self) -> None:
        self.dismiss_all()
        if self.post is not None:
            self.clips.editing.remove(self.post.id)
        self.finish()

    def _save_draft(self) -> None:
        self.dismiss_all()
        if self.post is not None:
            self.spawn(self.with_room(self.clips.keep_draft(self.post, self.clips.editing)))
        self.finish()

    # -- going on --------------------------------------------------------------------------
    def _next(self) -> None:
        if self.post is not None:
            self.go(".PostActivity", edit=self.post.id)

    def _story(self) -> None:
        """Publishes at once, with no question."""
        if self.post is None:
            return
        if self.clips.uploads.busy:
            self.clips.toast(self.text("one_at_a_time"))
            return
        self.spawn(self._publish(self.post))

    async def _publish(self, post: Post) -> None:
        if await self.with_room(self.clips.uploads.post(post, self.shelf)):
            self.restart_at(".MainActivity", tab=self.clips.tab_after_post)

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        if self.post is None:
            content = column(
                spinner(color=INK),
                text(self.text("preparing"), id="preparing", size=15, color=INK, margin=(0, 16)),
                gravity="center",
                height="match",
            )
        else:
            content = video(True, scene(self.post.seed), id="editor_video")
        return frame(
            content,
            self._top(),
            column(
                *(labelled_icon(sign, self.text(name), id=f"tool_{name}") for sign, name in TOOLS),
                align="end top",
                width=76,
                margin=(0, 64, 4, 0),
            ),
            self._bottom(),
            height="match",
            background="black",
            id="editor_root",
        )

    def _top(self) -> View:
        return row(
            image_button(
                icon="back",
                desc=self.text("back"),
                id="editor_back",
                color=INK,
                on_click=self._back_pressed,
            ),
            spacer(weight=1),
            row(
                icon("music", icon_size=16, color=INK, important=False),
                text(self.text("add_sound"), size=14, bold=True, color=INK, lines=1),
                background="#66000000",
                radius=18,
                padding=(14, 8),
                gap=6,
                width="wrap",
                id="add_sound",
            ),
            spacer(weight=1),
            spacer(width=48),
            align="top",
            padding=(4, 8),
        )

    def _back_pressed(self) -> None:
        if not self.on_leave():
            self.finish()

    def _bottom(self) -> View:
        ready = self.post is not None
        wide = {"weight": 1.0, "min_height": 48.0, "radius": 10.0, "enabled": ready}
        return row(
            button(
                self.text("your_story"),
                id="story",
                background="#cc333333",
                color=INK,
                on_click=self._story,
                **wide,  # type: ignore[arg-type]  # a dict of literals
            ),
            spacer(width=10),
            button(
                self.text("next"),
                id="editor_next",
                background="accent",
                color=INK,
                on_click=self._next,
                **wide,  # type: ignore[arg-type]  # as above
            ),
            align="bottom",
            padding=(14, 14),
        )
