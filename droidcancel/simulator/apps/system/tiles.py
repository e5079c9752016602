"""The tiles of quick settings: what each shows and does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.views import View, column, icon, row, text

if TYPE_CHECKING:
    from droidcancel.simulator.apps.system.system_ui import SystemUi

ROUND_TILES_UNTIL = 30  # Android 12 made them wide
NIGHT_YES, NIGHT_NO = "2", "1"  # UiModeManager.MODE_NIGHT_*
SWITCH = "android.widget.Switch"


@dataclass(frozen=True)
class Tile:
    """A tile. `toggles` False: a tap opens something instead of switching it."""

    name: str
    icon: str
    label: str
    on: bool
    detail: str
    tap: Callable[[], object]
    toggles: bool = True

    @property
    def desc(self) -> str:
        """What accessibility reads: the label, and the network that it is about."""
        return self.label if self.toggles else f"{self.label},{self.detail}"


class Tiles:
    """The tiles that this Android has, in order."""

    def __init__(self, ui: SystemUi) -> None:
        self._ui = ui
        self._phone = ui.phone

    def all(self) -> list[Tile]:
        modern = self._phone.options.api > ROUND_TILES_UNTIL
        networks = [self._internet()] if modern else [self._wifi(), self._mobile()]
        return [
            *networks,
            self._bluetooth(),
            *([] if self._phone.options.has("no-airplane-tile") else [self._airplane()]),
            self._flashlight(),
            self._data_saver(),
            self._dark(),
        ]

    def _state(self, on: bool) -> str:
        return self._ui.text("on" if on else "off")

    def _toggle(self, name: str, sign: str, on: bool, change: Callable[[bool], object]) -> Tile:
        return Tile(name, sign, self._ui.text(name), on, self._state(on), partial(change, not on))

    def _internet(self) -> Tile:
        net = self._phone.connectivity
        active = net.active_network()
        cell = active is not None and active.transport == "cell"
        detail = self._ui.text("unavailable")
        if active is not None:
            detail = net.cell.operator if cell else (active.ssid or "")
        sign = "cell" if cell else ("wifi" if active is not None else "wifi_off")
        label, opened = self._ui.text("internet"), self._ui.internet.open
        return Tile("internet", sign, label, active is not None, detail, opened, toggles=False)

    def _wifi(self) -> Tile:
        net = self._phone.connectivity
        on = net.wifi.enabled
        tile = self._toggle("wifi", "wifi" if on else "wifi_off", on, net.set_wifi)
        if not net.wifi.connected:
            return tile
        return Tile("wifi", "wifi", tile.label, True, net.wifi.ssid, tile.tap)

    def _mobile(self) -> Tile:
        net = self._phone.connectivity
        return self._toggle("mobile", "cell", net.data_enabled, net.set_data)

    def _bluetooth(self) -> Tile:
        net = self._phone.connectivity
        return self._toggle("bluetooth", "bluetooth", net.bluetooth, net.set_bluetooth)

    def _airplane(self) -> Tile:
        net = self._phone.connectivity
        return self._toggle("airplane", "airplane", net.airplane_setting, net.set_airplane)

    def _flashlight(self) -> Tile:
        return self._toggle("flashlight", "flash", self._ui.flashlight, self._ui.set_flashlight)

    def _data_saver(self) -> Tile:
        policy = self._phone.netpolicy
        change = policy.set_restrict_background
        return self._toggle("data_saver", "data", policy.restrict_background, change)

    def _dark(self) -> Tile:
        def change(on: bool) -> None:
            self._phone.settings.put("secure", "ui_night_mode", NIGHT_YES if on else NIGHT_NO)

        return self._toggle("dark_theme", "moon", self._phone.screen.night, change)


def wide_tile(tile: Tile) -> View:
    """A pill with the label and the state beside the sign (since Android 12)."""
    ink = "on_primary" if tile.on else "on_surface"
    return _dressed(
        tile,
        row(
            icon(tile.icon, icon_size=20, color=ink),
            column(
                text(tile.label, id="tile_label", size=13, bold=True, lines=2, color=ink),
                text(tile.detail, id="app_label", size=12, lines=1, color=ink),
                weight=1,
                margin=(12, 0, 0, 0),
            ),
            background="primary" if tile.on else "surface_high",
            radius=28,
            height=64,
            padding=(16, 0),
        ),
    )


def round_tile(tile: Tile, *, labelled: bool = True) -> View:
    """A disc with the label under it (until Android 11)."""
    disc = icon(
        tile.icon,
        icon_size=22,
        color="on_primary" if tile.on else "on_surface_variant",
        background="primary" if tile.on else "surface_high",
        radius=24,
        width=48,
        height=48,
        padding=13,
    )
    label = text(
        tile.label, id="tile_label", size=12, lines=2, gravity="center", margin=(0, 6, 0, 0)
    )
    lines = [label] if labelled else []
    return _dressed(tile, column(disc, *lines, gravity="center_horizontal", padding=(2, 8)))


def _dressed(tile: Tile, made: View) -> View:
    """What every tile has: how accessibility reads it, and what a tap does."""
    made.cls = SWITCH if tile.toggles else "android.widget.Button"
    made.desc = tile.desc
    made.checkable = tile.toggles
    made.checked = tile.toggles and tile.on
    made.clickable = made.focusable = True
    made.on_click = tile.tap
    return made
