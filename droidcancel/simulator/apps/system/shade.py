"""The notification shade and quick settings: one panel, half or fully open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.intents import FLAG_ACTIVITY_NEW_TASK, Intent
from droidcancel.simulator.apps.system.bars import NAVIGATION_BAR_DP
from droidcancel.simulator.apps.system.notification_rows import notification_row
from droidcancel.simulator.apps.system.system_strings import date_text
from droidcancel.simulator.apps.system.tiles import (
    ROUND_TILES_UNTIL,
    Tile,
    Tiles,
    round_tile,
    wide_tile,
)
from droidcancel.simulator.views import (
    PagerState,
    ScrollState,
    View,
    button,
    column,
    grid,
    icon,
    image_button,
    list_view,
    pager,
    progress,
    row,
    spacer,
    text,
)
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.apps.system.system_ui import SystemUi
    from droidcancel.simulator.services_state import Notification

SCRIM = "#e60b0d12"
INK = "#ffffff"
BRIGHTEST = 255
DISMISSABLE_SINCE = 33  # the user may swipe even a foreground service's notification away


class Shade:
    """The panel that is pulled down from the top."""

    def __init__(self, ui: SystemUi) -> None:
        self._ui = ui
        self._phone = ui.phone
        self._tiles = Tiles(ui)
        self._window: Window | None = None
        self._expanded = False
        self._scroll = ScrollState()
        self._pages = PagerState(horizontal=True)

    @property
    def is_open(self) -> bool:
        return self._window is not None

    def open(self, *, expanded: bool = False) -> None:
        """Show the notifications, or (`expanded`) all of quick settings."""
        self._expanded = expanded
        if self._window is None:
            self._scroll = ScrollState()
            self._pages = PagerState(horizontal=True)
            self._window = self._phone.windows.add(
                Window(
                    package=self._ui.package,
                    title="NotificationShade",
                    build=self._build,
                    owner=self._phone,
                    kind="status",
                    modal=True,
                    covers=True,
                )
            )
            self._ui.bars_changed()
        else:
            self._window.invalidate()

    def close(self) -> bool:
        """Put the panel away; whether it was open."""
        window, self._window = self._window, None
        if window is None:
            return False
        self._phone.windows.remove(window)
        self._ui.bars_changed()
        return True

    # -- views -----------------------------------------------------------------------------
    def _build(self) -> View:
        body = self._settings() if self._expanded else self._notifications()
        return column(
            *body,
            padding=(0, 0, 0, NAVIGATION_BAR_DP),
            background=SCRIM,
            height="match",
            id="notification_panel",
            on_swipe=self._swiped,
        )

    def _swiped(self, direction: str) -> None:
        if direction == "up":
            self.close()
        elif direction == "down" and not self._expanded:
            self.open(expanded=True)

    def _header(self) -> View:
        bars = self._ui.bars
        date = date_text(self._phone.language(), self._phone.clock.time())
        return row(
            bars.clock(18),
            text(date, id="date", size=14, color=INK, margin=(8, 0, 0, 0)),
            spacer(weight=1),
            *bars.signs(),
            id="quick_status_bar_system_icons",
            padding=(20, 10),
            gap=4,
        )

    def _panel(self, *, full: bool) -> View:
        tiles, identity = self._tiles.all(), "quick_settings_panel" if full else "quick_qs_panel"
        if full and self._phone.options.has("airplane-tile-later"):
            later = [tile for tile in tiles if tile.name == "airplane"]
            first = [tile for tile in tiles if tile not in later]
            pages = [self._page(first), self._page(later)]
            return pager(*pages, state=self._pages, height="wrap", id=identity)
        if full:
            page = self._page(tiles)
            page.id = identity
            return page
        if self._phone.options.api > ROUND_TILES_UNTIL:
            shown = [wide_tile(tile) for tile in tiles[:4]]
            return grid(*shown, columns=2, gap=8, padding=(16, 4), id=identity)
        small = [round_tile(tile, labelled=False) for tile in tiles[:6]]
        return grid(*small, columns=6, padding=(8, 4), id=identity, background="surface",
                    radius=24)  # fmt: skip

    def _page(self, tiles: list[Tile]) -> View:
        if self._phone.options.api > ROUND_TILES_UNTIL:
            return grid(*map(wide_tile, tiles), columns=2, gap=8, padding=(16, 4))
        return grid(*map(round_tile, tiles), columns=3, padding=(16, 4), background="surface",
                    radius=24)  # fmt: skip

    def _notifications(self) -> list[View]:
        posted = self._ui.posted()
        rows = [
            notification_row(self._ui, note, partial(self._open, note), self._swipe(note))
            for note in posted
        ]
        if posted:
            rows.append(self._clear_button(posted))
        else:
            rows.append(self._empty())
        stack = list_view(
            *rows,
            state=self._scroll,
            id="notification_stack_scroller",
            height="wrap",
            gap=4,
            padding=(12, 8),
            scrollable=len(posted) > 1,
        )
        return [self._header(), self._panel(full=False), stack, spacer(weight=1)]

    def _empty(self) -> View:
        return text(
            self._ui.text("no_notifications"),
            id="no_notifications",
            color=INK,
            gravity="center",
            padding=24,
            width="match",
        )

    def _clear_button(self, posted: list[Notification]) -> View:
        return row(
            spacer(weight=1),
            button(
                self._ui.text("clear_all"),
                id="dismiss_text",
                color=INK,
                on_click=partial(self._clear, posted),
            ),
            padding=(12, 0),
        )

    def _settings(self) -> list[View]:
        level = int(self._phone.settings.get("system", "screen_brightness") or 0) / BRIGHTEST
        return [
            self._header(),
            row(
                icon("sun", icon_size=20, color=INK),
                progress(
                    level,
                    height=12,
                    weight=1,
                    margin=(12, 0, 0, 0),
                    id="slider",
                    cls="android.widget.SeekBar",
                    desc=self._ui.text("brightness"),
                ),
                padding=(24, 12),
            ),
            self._panel(full=True),
            row(
                spacer(weight=1),
                image_button(
                    icon="settings",
                    desc=self._ui.text("settings"),
                    id="settings_button_container",
                    color=INK,
                    on_click=self._open_settings,
                ),
                padding=(12, 8),
            ),
            spacer(weight=1),
        ]

    # -- what taps and swipes do -------------------------------------------------------------
    def _open_settings(self) -> None:
        self.close()
        intent = Intent(action="android.settings.SETTINGS", flags=FLAG_ACTIVITY_NEW_TASK)
        self._phone.spawn(self._phone.activities.start(intent, uid=1000))

    def _open(self, note: Notification) -> None:
        self.close()
        self._ui.open_notification(note)

    def _swipe(self, note: Notification) -> partial[None] | None:
        fixed = note.ongoing and self._phone.options.api < DISMISSABLE_SINCE
        return None if fixed else partial(self._dismiss, note)

    def _dismiss(self, note: Notification, direction: str) -> None:
        if direction in ("left", "right"):
            self._phone.notifications.cancel(note.package, note.id)

    def _clear(self, posted: list[Notification]) -> None:
        for note in posted:
            if not note.ongoing:
                self._phone.notifications.cancel(note.package, note.id)
        if not self._ui.posted():
            self.close()
