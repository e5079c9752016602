"""One video by itself, with what its owner can do about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from droidcancel.simulator.apps.clips.api import ApiError, CloudVideo, OfflineError
from droidcancel.simulator.apps.clips.posts import (
    CLOUD_VISIBILITY,
    VISIBILITIES,
    Visibility,
    seed_of,
)
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import INK, labelled_icon, sheet
from droidcancel.simulator.pictures import face, scene
from droidcancel.simulator.views import (
    ScrollState,
    View,
    avatar,
    column,
    frame,
    icon,
    image_button,
    radio,
    row,
    scroll,
    spacer,
    text,
    video,
)

OWN_ACTIONS = (
    ("copy_link", "share"),
    ("save_video", "download"),
    ("pin", "folder"),
    ("analytics", "data"),
    ("duet", "apps"),
    ("privacy_settings", "lock"),
    ("delete", "trash"),
)
OTHERS_ACTIONS = (
    ("copy_link", "share"),
    ("not_interested", "heart"),
    ("report", "warning"),
)


class VideoScreen(Screen):
    """Opened with `video` (the id) and `account` (whose it is)."""

    def on_open(self) -> None:
        self.video_id = str(self.intent.extras.get("video"))
        known = [*self.clips.library.own, *self.clips.library.recent]
        self.video: CloudVideo | None = next(
            (each for each in known if each.id == self.video_id), None
        )
        self._actions = ScrollState(horizontal=True)
        self.spawn(self._load())

    async def _load(self) -> None:
        try:
            self.video = await self.clips.api.video(self.video_id)
        except ApiError:
            self.clips.toast(self.text("cannot_open"))
            self.finish()
        except OfflineError:
            pass  # what was cached shows
        self.invalidate()

    @property
    def own(self) -> bool:
        session = self.clips.session.current
        return session is not None and session.account == self.intent.extras.get("account")

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        size = self.video.size if self.video else 0
        return frame(
            video(True, scene(seed_of(size)), id="player"),
            self._top(),
            row(self._words(), self._side(), align="bottom", gravity="bottom",
                padding=(0, 0, 0, 16)),
            height="match",
            background="black",
            id="video_root",
        )  # fmt: skip

    def _top(self) -> View:
        return row(
            image_button(
                icon="back", desc=self.text("back"), id="back", color=INK, on_click=self.finish
            ),
            spacer(weight=1),
            image_button(
                icon="more", desc=self.text("more"), id="more", color=INK, on_click=self._share
            ),
            align="top",
            padding=(4, 8),
        )

    def _words(self) -> View:
        caption = self.video.caption if self.video else ""
        author = str(self.intent.extras.get("account", ""))
        return column(
            text(f"@{author}", id="author", size=16, bold=True, color=INK, shadow=True),
            text(caption, id="desc", size=15, color=INK, shadow=True, lines=6),
            weight=1,
            padding=(16, 8),
        )

    def _side(self) -> View:
        plays = str(self.video.plays if self.video else 0)
        return column(
            avatar(face(str(self.intent.extras.get("account", "?"))), width=46, height=46),
            labelled_icon("heart", "0", id="like", desc=self.text("like")),
            labelled_icon("comment", "0", id="comment", desc=self.text("comments")),
            labelled_icon("play", plays, id="plays"),
            labelled_icon(
                "share", "", id="share_video", desc=self.text("share_video"), on_click=self._share
            ),
            width=72,
            gravity="center_horizontal",
            gap=4,
        )

    def _share(self) -> None:
        self._actions.offset = 0
        self.show_dialog(self._share_sheet)

    def _share_sheet(self) -> View:
        actions = OWN_ACTIONS if self.own else OTHERS_ACTIONS
        return sheet(
            scroll(
                row(*(self._action(*action) for action in actions), width="wrap", padding=(12, 8)),
                self._actions,
                height="wrap",
                id="action_row",
            ),
            id="share_sheet",
            title=self.text("send_to"),
            on_close=self.dismiss_all,
            close=self.text("close"),
        )

    def _action(self, name: str, sign: str) -> View:
        return column(
            frame(
                icon(sign, icon_size=24, color="on_surface", align="center", important=False),
                width=52,
                height=52,
                radius=26,
                background="surface_container",
            ),
            text(self.text(name), size=11, lines=2, gravity="center", width="match"),
            width=88,
            gap=6,
            padding=(6, 8),
            gravity="center_horizontal",
            id=f"action_{name}",
            desc=self.text(name),
            on_click=partial(self._act, name),
        )

    # -- what the actions do -----------------------------------------------------------------
    def _act(self, name: str) -> None:
        self.dismiss_all()
        acts: dict[str, Callable[[], object]] = {
            "delete": self._ask_to_delete,
            "privacy_settings": lambda: self.show_dialog(self._privacy_sheet),
            "copy_link": lambda: self.clips.copy_link(self.video_id),
        }
        if name in acts:
            acts[name]()
        else:
            self.clips.toast(self.text("done"))

    def _ask_to_delete(self) -> None:
        if self.clips.behaviour.delete_without_confirmation:
            self.spawn(self._delete())
            return
        self.ask(
            self.text("delete_video"),
            self.text("delete_video_text"),
            ("confirm_delete", self.text("delete"), lambda: self.spawn(self._delete()), "accent"),
            ("confirm_cancel", self.text("cancel"), None, "on_surface"),
        )

    async def _delete(self) -> None:
        try:
            await self.clips.api.delete_video(self.video_id)
        except OfflineError:
            self.clips.toast(self.text("no_internet"))
            return
        except ApiError:
            pass  # it is not there any more
        self.clips.library.drop(self.video_id)
        self.clips.toast(self.text("video_deleted"))
        self.finish()

    def _privacy_sheet(self) -> View:
        now = self.video.visibility if self.video else ""
        return sheet(
            *(
                radio(
                    CLOUD_VISIBILITY[name] == now,
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
        self.dismiss_all()
        self.spawn(self._set_visibility(name))

    async def _set_visibility(self, name: Visibility) -> None:
        try:
            await self.clips.api.set_visibility(self.video_id, CLOUD_VISIBILITY[name])
            self.video = await self.clips.api.video(self.video_id)
        except (OfflineError, ApiError):
            self.clips.toast(self.text("no_internet"))
        self.invalidate()
