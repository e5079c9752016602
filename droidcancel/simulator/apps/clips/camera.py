"""The camera: where Create leads, with the way into the gallery."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import INK, labelled_icon
from droidcancel.simulator.apps.intents import Component, Intent
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import (
    View,
    button,
    column,
    frame,
    icon,
    image,
    image_button,
    row,
    spacer,
    text,
    video,
)

CAMERA = "android.permission.CAMERA"
MODES = ("minutes_10", "seconds_60", "seconds_15", "mode_photo", "mode_text")
SETTINGS = "com.android.settings/.Settings"


class CameraScreen(Screen):
    """A view-finder. Recording needs no real camera: it is not part of this phone."""

    def on_open(self) -> None:
        self.mode = "seconds_15"
        self.spawn(self._ask())

    async def _ask(self) -> None:
        await self.request_permissions(CAMERA)
        self.invalidate()

    @property
    def allowed(self) -> bool:
        return self.clips.installed.has(CAMERA)

    def views(self) -> View:
        finder = video(True, scene("camera"), id="viewfinder") if self.allowed else self._refused()
        return frame(
            finder,
            self._top(),
            self._tools(),
            self._bottom(),
            height="match",
            background="black",
            id="record_root",
        )

    def _refused(self) -> View:
        return column(
            icon("camera", icon_size=56, color="#b3ffffff", important=False),
            text(
                self.text("camera_denied"),
                id="camera_denied",
                size=16,
                color=INK,
                gravity="center",
                margin=(32, 16),
            ),
            button(
                self.text("open_settings"),
                id="open_settings",
                filled=True,
                background="accent",
                on_click=self._open_settings,
            ),
            gravity="center",
            height="match",
        )

    def _open_settings(self) -> None:
        self.start(Intent(component=Component.parse(SETTINGS)))

    def _top(self) -> View:
        return row(
            image_button(
                icon="close", desc=self.text("close"), id="close", color=INK, on_click=self.finish
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

    def _tools(self) -> View:
        return column(
            labelled_icon("refresh", self.text("flip"), id="flip"),
            labelled_icon("flash", self.text("flash"), id="flash"),
            align="end top",
            width=72,
            margin=(0, 72, 0, 0),
        )

    def _bottom(self) -> View:
        return column(
            row(*(self._mode(name) for name in MODES), gravity="center", gap=4),
            row(
                self._gallery(),
                self._shutter(),
                labelled_icon("apps", self.text("effects"), id="effects"),
                gravity="center",
                gap=44,
                padding=(0, 12, 0, 28),
            ),
            align="bottom",
            background="#59000000",
        )

    def _mode(self, name: str) -> View:
        chosen = name == self.mode
        return text(
            self.text(name),
            size=13,
            bold=chosen,
            color=INK if chosen else "#b3ffffff",
            padding=(10, 12),
            selected=chosen,
            id="mode",
            on_click=partial(self._choose, name),
        )

    def _choose(self, name: str) -> None:
        self.mode = name
        self.invalidate()

    def _gallery(self) -> View:
        """The last picture of the gallery, as far as the app may see it."""
        newest = next(iter(self.clips.media_rows()), None)
        picture = (
            image(scene(f"video:{newest.size}"), width=34, height=34, radius=6)
            if newest is not None
            else icon("gallery", icon_size=34, color=INK, important=False)
        )
        return column(
            picture,
            text(self.text("upload"), size=12, color=INK, lines=1, important=False),
            id="upload_hot_area",
            cls="android.widget.FrameLayout",
            desc=self.text("upload"),
            width=72,
            gap=4,
            gravity="center_horizontal",
            on_click=partial(self.go, ".PickerActivity"),
        )

    def _shutter(self) -> View:
        return frame(
            frame(width=60, height=60, radius=30, background="accent", align="center"),
            cls="android.widget.Button",
            id="record",
            desc=self.text("record"),
            width=76,
            height=76,
            radius=38,
            border="white",
            enabled=self.allowed,
        )
