"""Somebody else's profile; `clips://user/NAME` opens it too."""

from __future__ import annotations

from droidcancel.simulator.apps.clips.api import ApiError, CloudVideo, OfflineError
from droidcancel.simulator.apps.clips.profile import (
    offline_bar,
    person_head,
    video_cell,
    video_grid,
)
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import top_bar
from droidcancel.simulator.views import (
    ScrollState,
    View,
    column,
    divider,
    image_button,
    scroll,
    spinner,
)

LINK = "clips://user/"


class UserScreen(Screen):
    """What the cloud shows this account of another."""

    def on_open(self) -> None:
        link = self.intent.data or ""
        self.user = str(self.intent.extras.get("user") or link.removeprefix(LINK).strip("/@"))
        self._videos: list[CloudVideo] = []
        self._loading = True
        self._offline = False
        self._scroll = ScrollState()

    def on_show(self) -> None:
        self.reload()

    def reload(self) -> None:
        self._loading = True
        self.invalidate()
        self.spawn(self._load())

    async def _load(self) -> None:
        try:
            self._videos = await self.clips.api.videos(self.user)
            self._offline = False
        except ApiError:
            self._videos, self._offline = [], False
        except OfflineError:
            self._offline = True
        self._loading = False
        self.invalidate()

    def views(self) -> View:
        reload = image_button(
            icon="refresh", desc=self.text("tap_to_retry"), id="reload", on_click=self.reload
        )
        return column(
            top_bar(self.user, self.finish, self.text("back"), reload),
            *([offline_bar(self)] if self._offline else []),
            scroll(
                column(
                    person_head(
                        self,
                        self.user,
                        self.text("following" if self._followed else "follow"),
                        self._follow,
                    ),
                    divider(),
                    self._content(),
                ),
                self._scroll,
                weight=1,
            ),
            height="match",
            background="surface",
            id="user_root",
        )

    @property
    def _followed(self) -> bool:
        return self.user in self.clips.prefs.get("followed", [])

    def _follow(self) -> None:
        names = self.clips.prefs.get("followed", [])
        names = (
            [name for name in names if name != self.user] if self._followed else [*names, self.user]
        )
        self.clips.prefs.set("followed", names)
        self.invalidate()

    def _content(self) -> View:
        if self._loading:
            return spinner(align="center", margin=24)
        return video_grid(self, [video_cell(self, video) for video in self._videos])
