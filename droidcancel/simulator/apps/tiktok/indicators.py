"""Where an upload shows: a badge in a window of its own, and a bar above the tabs.

Neither has a button, and neither says that it waits or failed: the percentage stands still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.apps.tiktok.skin import GROUP
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import View, column, frame, image, row, text
from droidcancel.simulator.viewtree import Rect

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.posting import Posting
    from droidcancel.simulator.apps.tiktok.main import MainScreen
    from droidcancel.simulator.windows import Window

BADGE_DP = (16, 108, 45, 60)  # left, top, width, height
BADGE_TABS = ("home", "friends")
DP_PER_INCH = 160


class Badge:
    """The badge's window, there while something is posted and a tab shows that has it."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._window: Window | None = None

    def sync(self) -> None:
        """Show or hide it."""
        screen = self._screen
        wanted = (
            screen.tiktok.badge_shows
            and screen.tab in BADGE_TABS
            and shown_posting(screen) is not None
        )
        if wanted and self._window is None:
            self._window = screen.show_panel(self._build, self._place())
        elif not wanted and self._window is not None:
            screen.hide_panel(self._window)
            self._window = None

    def _place(self) -> Rect:
        scale = self._screen.phone.screen.density / DP_PER_INCH
        left, top, width, height = (round(each * scale) for each in BADGE_DP)
        return Rect(left, top, left + width, top + height)

    def _build(self) -> View:
        screen = self._screen
        posting = shown_posting(screen)
        percent = posting.percent if posting is not None else 100
        seed = posting.post.seed if posting is not None else ""
        number = text(f"{percent}%", id=screen.rid("tvProgress"), size=11, bold=True, color="white",
                      align="center", lines=1)  # fmt: skip
        ring = frame(
            frame(height="match", border="white", radius=20, cls="android.view.View",
                  id=screen.rid("badge_ring")),
            number,
            width=41, height=41, align="center", id=screen.rid("badge_progress"),
        )  # fmt: skip
        shade = frame(height="match", background="#80000000", cls="android.view.View")
        return frame(
            frame(
                image(scene(seed), width="match", height="match", id=screen.rid("badge_cover")),
                shade,
                ring,
                cls=GROUP, height="match", id=screen.rid("badge"),
            ),
            height="match",
        )  # fmt: skip


def upload_bar(screen: MainScreen) -> list[View]:
    """The bar, or nothing."""
    posting = shown_posting(screen)
    if posting is None or not screen.tiktok.bar_shows:
        return []
    return [
        row(
            image(scene(posting.post.seed), width=28, height=36, radius=2),
            column(
                text(screen.text("posting"), id=screen.rid("bar_text"), size=13, lines=1),
                weight=1,
                margin=(10, 0),
            ),
            text(f"{posting.percent}%", id=screen.rid("bar_percent"), size=13, lines=1),
            padding=(12, 6),
            background="surface",
            id=screen.rid("bar_upload"),
        )
    ]


def shown_posting(screen: MainScreen) -> Posting | None:
    """What is being posted, as far as the app shows it."""
    posting = screen.clips.uploads.current
    return posting if posting is not None and posting.phase != "posted" else None
