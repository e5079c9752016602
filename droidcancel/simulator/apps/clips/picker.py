"""The gallery: what MediaStore has, as far as the app may see it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.posts import clock_text, seed_of
from droidcancel.simulator.apps.clips.profile import cell
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import check_circle, empty_state
from droidcancel.simulator.media import MEDIA_IMAGE, MEDIA_VIDEO
from droidcancel.simulator.views import (
    ScrollState,
    View,
    button,
    column,
    frame,
    grid,
    icon,
    image_button,
    row,
    scroll,
    spacer,
    text,
)

if TYPE_CHECKING:
    from droidcancel.simulator.media import MediaRow

KINDS = {
    "all": (MEDIA_VIDEO, MEDIA_IMAGE),
    "videos": (MEDIA_VIDEO,),
    "photos": (MEDIA_IMAGE,),
}
CELLS_MAX = 240


def media_permissions(api: int) -> tuple[str, ...]:
    """What reading the gallery takes on an Android version."""
    if api >= 33:
        return ("android.permission.READ_MEDIA_VIDEO", "android.permission.READ_MEDIA_IMAGES")
    return ("android.permission.READ_EXTERNAL_STORAGE",)


class PickerScreen(Screen):
    """Pick one video; Next goes on with it. Denied access leaves it silently empty."""

    def on_open(self) -> None:
        self.kind = "all"
        self.chosen: MediaRow | None = None
        self._scroll = ScrollState()
        self.spawn(self._ask())

    async def _ask(self) -> None:
        await self.request_permissions(*media_permissions(self.phone.options.api))
        self.invalidate()

    def on_show(self) -> None:
        self.invalidate()

    def _rows(self) -> list[MediaRow]:
        kinds = KINDS[self.kind]
        return [row for row in self.clips.media_rows() if row.media_type in kinds][:CELLS_MAX]

    def views(self) -> View:
        rows = self._rows()
        cells = grid(*map(self._cell, rows), columns=3, gap=2)
        body = scroll(
            cells if rows else empty_state("gallery", self.text("no_media")),
            self._scroll,
            weight=1,
            id="media_grid",
        )
        return column(
            self._bar(),
            self._kinds(),
            body,
            self._bottom(),
            height="match",
            background="surface",
            id="picker_root",
        )

    def _bar(self) -> View:
        return row(
            image_button(icon="close", desc=self.text("close"), id="close", on_click=self.finish),
            row(
                text(self.text("recents"), id="tv_title", size=17, bold=True, lines=1),
                icon("chevron_down", icon_size=18, important=False),
                gravity="center",
                weight=1,
            ),
            spacer(width=48),
            height=52,
        )

    def _kinds(self) -> View:
        return row(*(self._kind(name) for name in KINDS), height=44, id="media_tabs")

    def _kind(self, name: str) -> View:
        chosen = name == self.kind
        return frame(
            text(
                self.text(name),
                size=15,
                bold=chosen,
                color="on_surface" if chosen else "on_surface_variant",
                align="center",
                lines=1,
            ),
            *([frame(height=2, background="on_surface", align="bottom")] if chosen else []),
            id=f"media_tab_{name}",
            desc=self.text(name),
            selected=chosen,
            weight=1,
            height="match",
            on_click=partial(self._show, name),
        )

    def _show(self, name: str) -> None:
        self.kind = name
        self._scroll.offset = 0
        self.invalidate()

    def _cell(self, media: MediaRow) -> View:
        ticked = self.chosen is not None and self.chosen.id == media.id
        mark = check_circle(ticked, partial(self._tick, media), id="media_check")
        mark.layout.align = "top end"
        length = text(
            clock_text(media.duration or 0),
            id="media_duration",
            size=12,
            bold=True,
            color="white",
            shadow=True,
            align="bottom end",
            margin=6,
        )
        made = cell(
            seed_of(media.size),
            *([length] if media.media_type == MEDIA_VIDEO else []),
            mark,
            id="media_cell",
            desc=media.name,
            selected=ticked,
            on_click=partial(self._tick, media),
        )
        made.layout.height = 128
        return made

    def _tick(self, media: MediaRow) -> None:
        again = self.chosen is not None and self.chosen.id == media.id
        self.chosen = None if again else media
        self.invalidate()

    def _bottom(self) -> View:
        ready = self.chosen is not None
        return row(
            spacer(weight=1),
            button(
                self.text("next"),
                id="next",
                filled=True,
                background="accent" if ready else "surface_high",
                color="white" if ready else "on_surface_variant",
                radius=8,
                width=150,
                min_height=46,
                enabled=ready,
                on_click=self._next,
            ),
            padding=(16, 10),
        )

    def _next(self) -> None:
        if self.chosen is not None:
            self.go(".EditActivity", uri=self.chosen.uri)
