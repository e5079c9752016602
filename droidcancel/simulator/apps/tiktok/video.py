"""One video by itself; what its owner can do about it lies behind the share arrow."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.posts import CLOUD_VISIBILITY, VISIBILITIES, seed_of
from droidcancel.simulator.apps.clips.video import OTHERS_ACTIONS, OWN_ACTIONS
from droidcancel.simulator.apps.clips.video import VideoScreen as ClipsVideo
from droidcancel.simulator.apps.tiktok.feed import counted, words
from droidcancel.simulator.apps.tiktok.skin import Skin
from droidcancel.simulator.pictures import face, scene
from droidcancel.simulator.views import (
    ScrollState,
    View,
    avatar,
    column,
    frame,
    icon,
    radio,
    row,
    scroll,
    text,
    video,
)

CONTACTS = ("mara", "jo", "pia.k", "sol", "ines", "kei")


class VideoScreen(Skin, ClipsVideo):
    """The share sheet has a row of people, and below it the row of actions."""

    def on_open(self) -> None:
        self._people = ScrollState(horizontal=True)
        super().on_open()

    def views(self) -> View:
        size = self.video.size if self.video else 0
        caption = self.video.caption if self.video else ""
        author = str(self.intent.extras.get("account", ""))
        plays = self.clips.behaviour.feed_plays
        return self.scene(
            video(plays, scene(seed_of(size)), id=self.rid("player_view")),
            self._head(),
            row(words(self, author, caption), self._beside(author), align="bottom",
                gravity="bottom", padding=(0, 0, 0, 16)),
            root="video_root",
            background="black",
        )  # fmt: skip

    def _head(self) -> View:
        back = self.sign("back", desc=self.tiktok.version.back, id="video_back", color="white",
                         on_click=self.finish)  # fmt: skip
        return row(back, align="top", height=52)

    def _beside(self, author: str) -> View:
        share = self.text("share_video")
        return column(
            avatar(face(author or "?"), width=46, height=46),
            counted(self, "heart", "0", f"{self.text('like')}. 0"),
            counted(self, "comment", "0", f"{self.text('comments')}. 0"),
            *([self._dots()] if self.own else [counted(self, "share", "", share, self._share)]),
            width=66,
            gravity="center_horizontal",
            gap=4,
        )

    def _dots(self) -> View:
        """On an own video three dots stand where others have the arrow."""
        return frame(
            icon("more_horizontal", icon_size=30, color="white", align="center"),
            cls="android.widget.Button",
            id=self.rid("share_video"),
            desc=self.text("share_video"),
            width=64,
            height=48,
            on_click=self._share,
        )

    def _share(self) -> None:
        self._actions.offset = self._people.offset = 0
        self.show_dialog(self._share_sheet)

    def _share_sheet(self) -> View:
        people = row(*map(self._contact, CONTACTS), width="wrap", padding=(12, 8))
        actions = OWN_ACTIONS if self.own else OTHERS_ACTIONS
        deeds = row(*(self._deed(*action) for action in actions), width="wrap", padding=(12, 8))
        return self.sheet(
            self.text("send_to"),
            scroll(people, self._people, height="wrap", id=self.rid("share_people"),
                   cls="androidx.recyclerview.widget.RecyclerView"),
            scroll(deeds, self._actions, height="wrap", id=self.rid("share_actions"),
                   cls="androidx.recyclerview.widget.RecyclerView"),
        )  # fmt: skip

    def _contact(self, name: str) -> View:
        return column(
            avatar(face(name), width=48, height=48),
            text(name, size=11, lines=1, gravity="center", width="match"),
            width=72,
            gap=6,
            gravity="center_horizontal",
            on_click=self.dismiss_all,
        )

    def _deed(self, name: str, sign: str) -> View:
        return column(
            frame(
                icon(sign, icon_size=22, color="on_surface", align="center"),
                width=48,
                height=48,
                radius=24,
                background="surface_container",
            ),
            text(self.text(name), size=11, lines=2, gravity="center", width="match"),
            cls="android.widget.Button",
            width=80,
            gap=6,
            padding=(6, 8),
            gravity="center_horizontal",
            id=self.rid("share_action"),
            desc=self.text(name),
            on_click=partial(self._act, name),
        )

    def _privacy_sheet(self) -> View:
        now = self.video.visibility if self.video else ""
        return self.sheet(
            self.text("who_can_view"),
            *(
                row(
                    text(self.text(name), size=16, weight=1),
                    radio(CLOUD_VISIBILITY[name] == now, partial(self._see, name),
                          id=self.rid("visibility_mark")),
                    min_height=56,
                    padding=(20, 8),
                    on_click=partial(self._see, name, True),
                )
                for name in VISIBILITIES
            ),
        )  # fmt: skip
