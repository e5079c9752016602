"""The editor: the chosen video plays; Your Story, which publishes at once, stands beside Next."""

from __future__ import annotations

from droidcancel.simulator.apps.clips.editor import EditScreen
from droidcancel.simulator.apps.clips.posts import Post, Shelf
from droidcancel.simulator.apps.tiktok.skin import Skin
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import (
    Handler,
    View,
    column,
    frame,
    icon,
    row,
    spinner,
    text,
    video,
)

TOOLS = (
    ("edit", "edit"),
    ("menu", "edit_text"),
    ("apps", "stickers"),
    ("flash", "effects"),
    ("refresh", "filters"),
    ("music", "voice"),
)


class EditorScreen(Skin, EditScreen):
    """Its menu for leaving is a part of the same window."""

    def on_open(self) -> None:
        self.leaving = False
        self.sound = True
        self.post: Post | None = None
        if not self._draft:
            super().on_open()
            return
        self.post = self.clips.drafts.get(self._draft)
        if self.post is None:
            self.finish()

    @property
    def _draft(self) -> str:
        """The draft that was opened; empty for a new edit."""
        return str(self.intent.extras.get("draft", ""))

    @property
    def shelf(self) -> Shelf:
        return self.clips.drafts if self._draft else self.clips.editing

    def _next(self) -> None:
        if self._draft:
            self.go(".PostActivity", draft=self._draft)
        else:
            super()._next()

    def on_leave(self) -> bool:
        if self._draft:
            return False
        if self.leaving:
            self._stay()
            return True
        if self.post is not None and self.clips.behaviour.confirm_leave:
            self.leaving = True
            self.invalidate()
            return True
        return super().on_leave()

    def _stay(self) -> None:
        self.leaving = False
        self.invalidate()

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        content = (
            video(True, scene(self.post.seed), id=self.rid("editor_surface"))
            if self.post is not None
            else frame(spinner(color="white", align="center"), height="match")
        )
        editor = frame(
            frame(content, height="match", id=self.rid("editor_gestures")),
            self._top(),
            self._tools(),
            self._bottom(),
            height="match",
            id=self.rid("editor_root"),
        )
        over = [self._leave_menu()] if self.leaving else []
        return self.scene(editor, *over, background="black")

    def _top(self) -> View:
        back = self.sign("back", desc=self.tiktok.version.back, id="back", color="white",
                         on_click=self._back_pressed)  # fmt: skip
        return row(
            row(back, width=72),
            row(self._sound(), gravity="center", weight=1),
            row(width=72),
            align="top",
            padding=(4, 8),
        )

    def _sound(self) -> View:
        """The pill of the sound; its Close takes the sound away."""
        pill = row(
            icon("music", icon_size=14, color="white"),
            text(self.text("add_sound"), id=self.rid("tv_top_text"), size=14, bold=True, lines=1,
                 color="white"),
            width="wrap", gap=6, padding=(12, 8), id=self.rid("sound"), on_click=lambda: None,
        )  # fmt: skip
        off = row(
            icon("close", icon_size=14, color="white", desc=self.text("close"),
                 id=self.rid("sound_close")),
            width="wrap", padding=10, desc=self.tiktok.version.back, id=self.rid("sound_off"),
            on_click=self._silence,
        )  # fmt: skip
        return row(pill, *([off] if self.sound else []), width="wrap", background="#66000000",
                   radius=18, id=self.rid("sound_bar"))  # fmt: skip

    def _silence(self) -> None:
        self.sound = False
        self.invalidate()

    def _tools(self) -> View:
        return column(
            *(
                frame(
                    icon(sign, icon_size=28, color="white", align="center", id=self.rid("tool")),
                    cls="android.widget.Button", desc=self.text(name), width=56, height=52,
                    on_click=lambda: None,
                )
                for sign, name in TOOLS
            ),
            align="end top", width=56, margin=(0, 60, 0, 0), id=self.rid("tools"),
        )  # fmt: skip

    def _bottom(self) -> View:
        story = frame(
            text(self.text("your_story"), id=self.rid("tv_quick_publish"), size=15, bold=True,
                 color="white", lines=1, align="center"),
            id=self.rid("story"), background="#cc333333", radius=22, height=44, weight=1,
            on_click=self._story,
        )  # fmt: skip
        onward = row(
            text(self.text("next"), id=self.rid("editor_next_text"), size=15, bold=True,
                 color="white", lines=1),
            id=self.rid("editor_next"), background="accent", radius=22, height=44, weight=1,
            gravity="center", on_click=self._next,
        )  # fmt: skip
        return row(story, onward, gap=6, align="bottom", padding=(12, 10),
                   id=self.rid("editor_bar"))  # fmt: skip

    # -- leaving ---------------------------------------------------------------------------
    def _leave_menu(self) -> View:
        menu = column(
            self._leave_line("trash", "discard", self._discard, desc=self.text("delete")),
            self._leave_line("download", "save_draft", self._save_draft),
            background="surface",
            radius=12,
            width=140,
            align="top start",
            margin=(8, 90, 0, 0),
            padding=(0, 4),
        )
        return frame(
            frame(menu, cls="android.widget.RelativeLayout", height="match",
                  id=self.rid("leave_menu"), on_click=self._stay),
            height="match", id=self.rid("leave_layer"),
        )  # fmt: skip

    def _leave_line(self, sign: str, name: str, act: Handler, desc: str = "") -> View:
        def leave() -> object:
            self.leaving = False
            return act()

        return row(
            icon(sign, icon_size=14, color="on_surface", desc=desc),
            text(self.text(name), size=15, lines=1, weight=1, margin=(6, 0)),
            padding=(10, 12),
            on_click=leave,
        )
