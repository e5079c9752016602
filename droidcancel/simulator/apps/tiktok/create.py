"""Where Create leads: the camera, over it the gallery, over that a preview, all in one activity.

What lies below stays mounted, so that a hierarchy has all of them at once, and two `Next`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.camera import CAMERA, SETTINGS
from droidcancel.simulator.apps.clips.picker import CELLS_MAX, KINDS, media_permissions
from droidcancel.simulator.apps.clips.posts import clock_text, seed_of
from droidcancel.simulator.apps.intents import Component, Intent
from droidcancel.simulator.apps.tiktok.skin import GROUP, Skin
from droidcancel.simulator.media import MEDIA_VIDEO
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import (
    ScrollState,
    View,
    button,
    column,
    frame,
    grid,
    icon,
    image,
    row,
    scroll,
    spacer,
    text,
    video,
)

if TYPE_CHECKING:
    from droidcancel.simulator.media import MediaRow

MICROPHONE = "android.permission.RECORD_AUDIO"
LENGTHS = ("minutes_10", "seconds_60", "seconds_15", "mode_photo", "mode_text")
MODES = ("mode_post", "mode_create")
TOOLS = (("refresh", "flip"), ("flash", "flash"), ("moon", "timer"))
CELL_DP = 119.0


class CreateScreen(Skin):
    """Recording needs a real camera: it is not part of this phone."""

    def on_open(self) -> None:
        self.length = "seconds_15"
        self.gallery = False
        self.kind = "all"
        self.chosen: MediaRow | None = None
        self.looked_at: MediaRow | None = None
        self._scroll = ScrollState()
        self.spawn(self._ask_for_camera())

    async def _ask_for_camera(self) -> None:
        await self.request_permissions(CAMERA, MICROPHONE)
        self.invalidate()

    def on_show(self) -> None:
        self.invalidate()

    def on_leave(self) -> bool:
        """Back takes away what lies on top."""
        if self.looked_at is not None:
            self.looked_at = None
        elif self.gallery:
            self.gallery, self.chosen = False, None
        else:
            return False
        self.invalidate()
        return True

    def views(self) -> View:
        layers = [self._camera()]
        if self.gallery:
            layers.append(self._gallery())
        if self.looked_at is not None:
            layers.append(self._preview(self.looked_at))
        return self.scene(
            frame(*layers, height="match", id=self.rid("video_record_new_scene_root")),
            background="black",
        )

    # -- the camera --------------------------------------------------------------------------
    @property
    def allowed(self) -> bool:
        return self.clips.installed.has(CAMERA)

    def _camera(self) -> View:
        finder = video(True, scene("camera"), id=self.rid("camera_surface"))
        close = self.sign("close", desc=self.tiktok.version.back, id="camera_close", color="white",
                          on_click=self.finish)  # fmt: skip
        close.layout.align = "top start"
        sound = row(
            icon("music", icon_size=16, color="white"),
            text(self.text("add_sound"), size=14, bold=True, color="white", lines=1),
            align="top center_horizontal", width="wrap", margin=(0, 12), padding=(12, 8), gap=6,
            cls="android.widget.Button", desc=self.text("add_sound"), id=self.rid("camera_sound"),
        )  # fmt: skip
        return frame(
            finder if self.allowed else self._refused(),
            close,
            sound,
            self._tools(),
            self._below(),
            height="match",
            id=self.rid("camera_root"),
        )

    def _refused(self) -> View:
        return column(
            text(self.text("camera_denied"), id=self.rid("camera_denied"), size=16, color="white",
                 gravity="center", margin=(32, 16)),
            button(self.text("open_settings"), id=self.rid("camera_settings"), color="white",
                   on_click=self._open_settings),
            gravity="center",
            height="match",
        )  # fmt: skip

    def _open_settings(self) -> None:
        self.start(Intent(component=Component.parse(SETTINGS)))

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
            align="top end", width=56, margin=(0, 20, 0, 0), id=self.rid("tools"),
        )  # fmt: skip

    def _below(self) -> View:
        return column(
            row(*map(self._length, LENGTHS), gravity="center", id=self.rid("lengths")),
            frame(
                frame(cls="android.widget.Button", id=self.rid("record"), width=80, height=80,
                      desc=self.tiktok.version.back, radius=40, border="white", align="center",
                      enabled=self.allowed, on_click=lambda: None),
                height=110,
            ),
            frame(
                self._hot_area(),
                row(*map(self._mode, MODES), width="wrap", align="center", gap=12),
                height=60,
                id=self.rid("modes"),
            ),
            align="bottom",
        )  # fmt: skip

    def _length(self, name: str) -> View:
        return self._word(name, self.length == name, partial(self._set_length, name))

    def _mode(self, name: str) -> View:
        return self._word(name, name == "mode_post", None)

    def _word(self, name: str, chosen: bool, act: object) -> View:
        label = text(self.text(name), id=self.rid("mode"), size=13, bold=chosen, lines=1,
                     color="white" if chosen else "#b3ffffff", selected=chosen)  # fmt: skip
        inner = row(label, cls=GROUP, width="wrap")
        word = row(inner, cls=GROUP, width="wrap", padding=(9, 10))
        if callable(act):
            word.on_click = act
            word.clickable = True
        return word

    def _set_length(self, name: str) -> None:
        self.length = name
        self.invalidate()

    def _hot_area(self) -> View:
        """The way to the gallery: no words, and no description."""
        newest = next(iter(self.clips.media_rows()), None)
        picture = (
            image(scene(seed_of(newest.size)), width=40, height=40, radius=6, align="center")
            if newest is not None
            else icon("gallery", icon_size=34, color="white", align="center")
        )
        return frame(
            picture,
            cls="android.widget.FrameLayout",
            id=self.rid("upload_hot_area"),
            width=80,
            height=60,
            align="start bottom",
            on_click=self._open_gallery,
        )

    # -- the gallery -------------------------------------------------------------------------
    def _open_gallery(self) -> None:
        self.gallery = True
        self.invalidate()
        self.spawn(self._ask_for_media())

    async def _ask_for_media(self) -> None:
        await self.request_permissions(*media_permissions(self.phone.options.api))
        self.invalidate()

    def _rows(self) -> list[MediaRow]:
        kinds = KINDS[self.kind]
        return [row for row in self.clips.media_rows() if row.media_type in kinds][:CELLS_MAX]

    def _gallery(self) -> View:
        """Empty, with no word of why, where the app may not read the media."""
        cells = grid(*map(self._cell, self._rows()), columns=3, gap=1,
                     cls="android.widget.GridView", id=self.rid("media_grid"))  # fmt: skip
        pages = frame(scroll(cells, self._scroll), cls="androidx.viewpager.widget.ViewPager",
                      id=self.rid("viewpager_choose_media"), weight=1)  # fmt: skip
        close = self.sign("close", desc=self.text("close"), id="picker_close",
                          on_click=self._up)  # fmt: skip
        title = row(
            text(self.text("recents"), id=self.rid("tv_title"), size=17, bold=True, lines=1),
            icon("chevron_down", icon_size=16),
            gravity="center", weight=1, on_click=lambda: None,
        )  # fmt: skip
        return column(
            row(close, title, spacer(width=48), height=48),
            row(*map(self._kind, KINDS), height=44, padding=(14, 0)),
            pages,
            self._bottom(),
            height="match",
            background="surface",
            clickable=True,
            id=self.rid("picker_root"),
        )

    def _kind(self, name: str) -> View:
        chosen = name == self.kind
        label = text(self.text(name), size=15, bold=chosen, lines=1,
                     color="on_surface" if chosen else "on_surface_variant")  # fmt: skip
        return frame(label, desc=self.text(name), width="wrap", padding=(14, 12),
                     on_click=None if chosen else partial(self._show, name))  # fmt: skip

    def _show(self, name: str) -> None:
        self.kind = name
        self._scroll.offset = 0
        self.invalidate()

    def _cell(self, media: MediaRow) -> View:
        """A picture, a circle to tick, and of a video its length. No name."""
        ticked = self.chosen is not None and self.chosen.id == media.id
        mark = button(
            "1" if ticked else "", id=self.rid("media_check"), width=22, height=22, min_width=22,
            min_height=22, padding=0, radius=11, border="white", align="center", size=12,
            color="white", background="accent" if ticked else "#4d000000",
            on_click=partial(self._tick, media),
        )  # fmt: skip
        circle = frame(mark, width=36, height=36, align="top end", id=self.rid("media_circle"),
                       on_click=partial(self._tick, media))  # fmt: skip
        length = frame(
            text(clock_text(media.duration or 0), id=self.rid("media_length"), size=12, bold=True,
                 color="white", shadow=True, align="center"),
            width="wrap", align="bottom end", padding=6,
        )  # fmt: skip
        picture = image(scene(seed_of(media.size)), width="match", height="match",
                        id=self.rid("media_cell_image"))  # fmt: skip
        return frame(
            picture,
            circle,
            *([length] if media.media_type == MEDIA_VIDEO else []),
            height=CELL_DP,
            on_click=partial(self._look_at, media),
        )

    def _tick(self, media: MediaRow) -> None:
        again = self.chosen is not None and self.chosen.id == media.id
        self.chosen = None if again else media
        self.invalidate()

    def _look_at(self, media: MediaRow) -> None:
        self.looked_at = media
        self.invalidate()

    def _bottom(self) -> View:
        """`Next` is there once something is ticked."""
        several = row(
            frame(cls="android.widget.CheckBox", id=self.rid("select_multiple_box"), width=22,
                  height=22, border="outline", radius=4, checkable=True),
            text(self.text("select_multiple"), id=self.rid("select_multiple"), size=15, lines=1),
            gap=6, weight=1, height=52, on_click=lambda: None,
        )  # fmt: skip
        ready = self.chosen is not None
        onward = button(
            self.text("next"), id=self.rid("next"), background="accent", color="white", radius=4,
            width=150, min_height=44, on_click=lambda: self._go_on(self.chosen),
        )  # fmt: skip
        return row(
            several,
            *([onward] if ready else []),
            padding=(14, 4),
            id=self.rid("video_image_mixed_bottom_view_root"),
            clickable=True,
        )

    def _go_on(self, media: MediaRow | None) -> None:
        if media is not None:
            self.go(".EditActivity", uri=media.uri)

    # -- the preview ---------------------------------------------------------------------------
    def _preview(self, media: MediaRow) -> View:
        back = self.sign("back", desc=self.tiktok.version.back, id="preview_back", color="white",
                         on_click=self._up)  # fmt: skip
        back.layout.align = "top start"
        onward = button(
            self.text("next"), id=self.rid("preview_next"), background="accent", color="white",
            radius=4, width=150, min_height=44, align="bottom end", margin=14,
            on_click=lambda: self._go_on(media),
        )  # fmt: skip
        return frame(
            video(True, scene(seed_of(media.size)), id=self.rid("preview_surface")),
            back,
            onward,
            height="match",
            background="black",
            clickable=True,
            id=self.rid("preview_root"),
        )
