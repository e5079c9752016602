"""A profile's head and grid of videos, the own one and that of others."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.api import CloudVideo
from droidcancel.simulator.apps.tiktok.skin import Skin
from droidcancel.simulator.pictures import face, scene
from droidcancel.simulator.views import (
    Handler,
    View,
    avatar,
    column,
    frame,
    grid,
    icon,
    image,
    row,
    text,
)

CELL_HEIGHT = 166.0
RECYCLER = "androidx.recyclerview.widget.RecyclerView"
SHADE = "#80000000"


def tile(screen: Skin, seed: str, *over: View, on_click: Handler | None = None) -> View:
    """A cell: its cover, and something over it. It says nothing of what it is."""
    return frame(
        image(scene(seed), width="match", height="match", id=screen.rid("cover")),
        *over,
        height=CELL_HEIGHT,
        id=screen.rid("video_info_container"),
        on_click=on_click,
    )


def video_cell(screen: Skin, video: CloudVideo) -> View:
    """A video of the service's: how often it was played, and nothing more."""
    plays = row(
        icon("play", icon_size=14, color="white"),
        text(str(video.plays), id=screen.rid("tv_play_count"), size=12, bold=True, color="white",
             shadow=True),
        width="wrap",
        align="bottom start",
        padding=(6, 4),
        gap=2,
    )  # fmt: skip
    look = partial(screen.go, ".VideoActivity", video=video.id, account=video.account)
    return tile(screen, video.seed, plays, on_click=look)


def video_grid(screen: Skin, cells: list[View]) -> View:
    """The cells in three columns; words in their place where there are none."""
    if not cells:
        words = screen.tiktok.behaviour.empty_words or screen.text("no_posts")
        return text(words, id=screen.rid("grid_empty"), size=15, gravity="center",
                    width="match", padding=(24, 64), color="on_surface_variant")  # fmt: skip
    return grid(*cells, columns=3, gap=1, cls=RECYCLER, id=screen.rid("video_grid"))


def person_head(screen: Skin, handle: str, action: View) -> View:
    """Picture, handle, numbers and a button."""
    names = ("following", "followers", "likes")
    numbers = [
        column(
            text(str(number), size=17, bold=True, gravity="center", width="match"),
            text(screen.text(name), size=13, color="on_surface_variant", gravity="center",
                 width="match", lines=1),
            width=96,
        )
        for name, number in zip(names, (12, 34, 56), strict=True)
    ]  # fmt: skip
    return column(
        avatar(face(handle), width=92, height=92, id=screen.rid("profile_picture"),
               margin=(0, 12, 0, 8)),
        text(f"@{handle}", id=screen.rid("handle"), size=16, bold=True),
        row(*numbers, gravity="center", padding=(0, 12)),
        action,
        gravity="center_horizontal",
        padding=(0, 0, 0, 14),
    )  # fmt: skip


def offline_line(screen: Skin) -> View:
    """Shown while the service cannot be reached."""
    return text(screen.text("no_internet"), id=screen.rid("offline"), size=14, gravity="center",
                width="match", padding=(16, 8), lines=1, background="surface_high")  # fmt: skip
