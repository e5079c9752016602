"""A profile: who, and the grid of videos. The own one has drafts and what uploads, too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.api import CloudVideo
from droidcancel.simulator.apps.clips.pull import PullState
from droidcancel.simulator.apps.clips.widgets import empty_state
from droidcancel.simulator.pictures import face, scene
from droidcancel.simulator.views import (
    Handler,
    View,
    avatar,
    button,
    column,
    divider,
    frame,
    grid,
    icon,
    image,
    image_button,
    row,
    scroll,
    spinner,
    text,
)

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.main import MainScreen
    from droidcancel.simulator.apps.clips.screen import Screen

CELL_HEIGHT = 168.0


def cell(seed: str, *over: View, **props: object) -> View:
    """A tile of a grid: a picture with something over it."""
    made = frame(image(scene(seed), width="match", height="match"), *over, height=CELL_HEIGHT)
    for name, value in props.items():
        setattr(made, name, value)
    made.clickable = made.on_click is not None
    made.focusable = made.clickable
    return made


def video_cell(screen: Screen, video: CloudVideo) -> View:
    """A video of the cloud's."""
    label = row(
        icon("play", icon_size=14, color="white", important=False),
        text(str(video.plays), id="play_count", size=12, bold=True, color="white", shadow=True),
        width="wrap",
        align="bottom start",
        padding=(6, 4),
        gap=2,
    )
    lock = icon("lock", icon_size=16, color="white", align="top end", margin=6, important=False)
    return cell(
        video.seed,
        label,
        *([lock] if video.visibility == "private" else []),
        id="video_cell",
        desc=screen.text("video_plays", plays=video.plays),
        on_click=partial(screen.go, ".VideoActivity", video=video.id, account=video.account),
    )


def video_grid(screen: Screen, cells: list[View]) -> View:
    """The grid of a profile, which is there when it is empty, too."""
    made = grid(*cells, columns=3, gap=1, id="video_grid", min_height=1)
    if cells:
        return made
    return column(made, empty_state("video", screen.text("no_posts")))


def number_row(screen: Screen, *numbers: int) -> View:
    """Following, followers, likes."""
    names = ("following", "followers", "likes")
    return row(
        *(
            column(
                text(str(number), size=17, bold=True, gravity="center", width="match"),
                text(
                    screen.text(name),
                    size=13,
                    color="on_surface_variant",
                    gravity="center",
                    width="match",
                    lines=1,
                ),
                width=96,
            )
            for name, number in zip(names, numbers, strict=True)
        ),
        gravity="center",
        padding=(0, 12),
    )


def person_head(screen: Screen, handle: str, label: str, act: Handler) -> View:
    """Picture, handle, numbers and a button."""
    return column(
        avatar(face(handle), width=92, height=92, id="profile_picture", margin=(0, 12, 0, 8)),
        text(f"@{handle}", id="handle", size=16, bold=True),
        number_row(screen, 12, 34, 56),
        button(
            label,
            id="profile_action",
            color="on_surface",
            background="surface_container",
            radius=8,
            on_click=act,
        ),
        gravity="center_horizontal",
        padding=(0, 0, 0, 14),
    )


def offline_bar(screen: Screen) -> View:
    """Shown while the cloud cannot be reached."""
    return text(
        screen.text("no_internet"),
        id="offline_bar",
        size=14,
        color="on_error",
        background="error",
        gravity="center",
        width="match",
        padding=(16, 8),
        lines=1,
    )


class ProfilePage:
    """The own profile."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._scroll = PullState(on_pull=self._pulled)

    def build(self) -> View:
        screen = self._screen
        library = screen.clips.library
        offline = library.offline or screen.phone.connectivity.active_network() is None
        return column(
            self._bar(),
            *([offline_bar(screen)] if offline else []),
            frame(
                scroll(
                    column(self._head(), divider(), self._grid()),
                    self._scroll,
                    id="profile_scroll",
                ),
                *([self._loading()] if library.loading else []),
                weight=1,
            ),
            height="match",
            background="surface",
            id="profile_root",
        )

    def _head(self) -> View:
        screen = self._screen
        befriend = partial(screen.show_tab, "friends")
        return person_head(screen, screen.clips.handle, screen.text("add_friends"), befriend)

    @staticmethod
    def _loading() -> View:
        """Turns over the page, so that nothing moves when it goes."""
        return spinner(width=32, height=32, align="top center_horizontal", margin=(0, 6, 0, 0))

    def _pulled(self) -> None:
        """Ask the cloud anew."""
        screen = self._screen
        screen.clips.call(screen.clips.library.refresh_own)

    def _bar(self) -> View:
        screen = self._screen
        return row(
            image_button(
                icon="person",
                desc=screen.text("add_friends"),
                id="add_friends",
                on_click=partial(screen.show_tab, "friends"),
            ),
            text(screen.clips.handle, size=17, bold=True, gravity="center", weight=1, lines=1),
            image_button(
                icon="menu",
                desc=screen.text("profile_menu"),
                id="profile_menu",
                on_click=partial(screen.go, ".SettingsActivity"),
            ),
            height=52,
        )

    def _grid(self) -> View:
        screen = self._screen
        cells = [
            *self._drafts(),
            *self._pending(),
            *(video_cell(screen, video) for video in screen.clips.library.own),
        ]
        return video_grid(screen, cells)

    def _drafts(self) -> list[View]:
        screen = self._screen
        drafts = screen.clips.drafts.list()
        if not drafts:
            return []
        label = screen.text("drafts_count", count=len(drafts))
        return [
            cell(
                drafts[0].seed,
                text(
                    label,
                    id="drafts_label",
                    size=12,
                    bold=True,
                    color="white",
                    shadow=True,
                    align="bottom start",
                    margin=6,
                    lines=1,
                ),
                id="drafts_cell",
                desc=label,
                on_click=partial(screen.go, ".DraftsActivity"),
            )
        ]

    def _pending(self) -> list[View]:
        posting = self._screen.clips.uploads.current
        if posting is None or posting.phase == "posted":
            return []
        return [
            cell(
                posting.post.seed,
                frame(height="match", background="#80000000", important=False),
                text(
                    f"{posting.percent}%",
                    id="pending_progress",
                    size=16,
                    bold=True,
                    color="white",
                    align="center",
                ),
                id="pending_cell",
            )
        ]
