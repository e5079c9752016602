"""Airplane mode by hand, for Androids 7 to 8.1, which have no command for it, and for refusals.

The shell may not send the broadcast there, and writing the setting alone leaves the radios on;
so the switch on the Settings page, or the tile in Quick Settings, is tapped as a person would,
found by its label in the phone's language, never by its place.
"""

from __future__ import annotations

from droidcancel.device.activities import Activities
from droidcancel.device.hierarchy import Hierarchy, Node
from droidcancel.device.poll import poll
from droidcancel.device.shell import ShellChannel
from droidcancel.device.ui import Ui
from droidcancel.errors import UiError

ACTION = "android.settings.AIRPLANE_MODE_SETTINGS"
PAGE_TIMEOUT_S = 10.0
TILE_TIMEOUT_S = 4.0
MOST_PAGES = 3
SYSTEM_UI = "com.android.systemui"
# AOSP packages/apps/Settings, string airplane_mode, by language; case is not told apart
LABELS = frozenset(
    {
        "airplane mode",
        "aeroplane mode",
        "flight mode",
        "mode avion",
        "mode pesawat",
        "flugmodus",
        "modo avión",
        "modo de avión",
        "modo avião",
        "modo de avião",
        "modalità aereo",
        "vliegtuigmodus",
        "tryb samolotowy",
        "uçak modu",
        "chế độ trên máy bay",
        "режим полета",
        "режим полёта",
        "режим польоту",
        "飞行模式",
        "飛航模式",
        "飛行模式",
        "機内モード",
        "비행기 모드",
        "वायुयान मोड",
        "وضع الطيران",
    }
)


class AirplanePage:
    """The Settings page of one phone."""

    def __init__(self, activities: Activities, ui: Ui) -> None:
        self._activities = activities
        self._ui = ui

    def set(self, on: bool) -> None:
        """Tap the switch if it does not stand as wanted; then leave the page by Back.

        Raises UiError when no switch with a known label is found: nothing was touched then.
        """
        self._activities.view(ACTION)
        switch = poll(self._find, PAGE_TIMEOUT_S)
        if switch is None:
            self._ui.press("back")
            raise UiError(
                "the Settings page shows no switch that is known as airplane mode",
                "switch airplane mode by hand, or use `force-stop`",
            )
        if switch.checked != on:
            self._ui.tap(*switch.bounds.center)
            poll(lambda: self._stands(on), PAGE_TIMEOUT_S)
        self._ui.press("back")

    def _find(self) -> Node | None:
        return find_switch(self._ui.dump())

    def _stands(self, on: bool) -> bool | None:
        switch = self._find()
        return True if switch is not None and switch.checked == on else None


class AirplaneTile:
    """The tile in Quick Settings of one phone: what is on the screen stays there under it."""

    def __init__(self, shell: ShellChannel, ui: Ui) -> None:
        self._shell = shell
        self._ui = ui

    def set(self, on: bool) -> None:
        """Tap the tile if it does not stand as wanted; then put the panel away.

        Raises UiError when no tile with a known label is found: nothing was touched then.
        """
        self._shell.run(["cmd", "statusbar", "expand-settings"])
        try:
            tile = poll(lambda: find_tile(self._ui.dump()), TILE_TIMEOUT_S) or self._on_other_page()
            if tile is None:
                raise UiError(
                    "Quick Settings show no tile that is known as airplane mode",
                    "switch airplane mode by hand, or use `force-stop`",
                )
            if tile.checked != on:
                self._ui.tap(*tile.bounds.center)
                poll(lambda: self._stands(on), PAGE_TIMEOUT_S)
        finally:
            self._shell.run(["cmd", "statusbar", "collapse"])

    def _on_other_page(self) -> Node | None:
        """The tile on a later page of the panel, which is turned as a person would."""
        for _ in range(MOST_PAGES):
            panel = find_tiles(self._ui.dump())
            if panel is None:
                return None
            x, y = panel.bounds.center
            reach = panel.bounds.width * 2 // 5
            self._ui.swipe(x + reach, y, x - reach, y)
            found = poll(lambda: find_tile(self._ui.dump()), TILE_TIMEOUT_S)
            if found is not None:
                return found
        return None

    def _stands(self, on: bool) -> bool | None:
        tile = find_tile(self._ui.dump())
        return True if tile is not None and tile.checked == on else None


def find_tile(hierarchy: Hierarchy) -> Node | None:
    """The tile of the label in System UI; None unless there is exactly one.

    A tile is one view that can be checked; it is read as its label, which some Androids follow by
    a comma and the state.
    """
    tiles = [
        node
        for node in hierarchy.nodes()
        if node.package == SYSTEM_UI
        and node.checkable
        and not node.bounds.empty
        and any(_label(words) in LABELS for words in _words_of(node))
    ]
    return tiles[0] if len(tiles) == 1 else None


def find_tiles(hierarchy: Hierarchy) -> Node | None:
    """The panel that holds the tiles, None where there is none."""
    panels = (n for n in hierarchy.nodes() if n.resource_id.endswith("/quick_settings_panel"))
    return next((panel for panel in panels if not panel.bounds.empty), None)


def _words_of(tile: Node) -> list[str]:
    return [tile.desc, tile.text, *(node.text for node in tile.descendants())]


def _label(words: str) -> str:
    return words.split(",")[0].strip().rstrip(".").lower()


def find_switch(hierarchy: Hierarchy) -> Node | None:
    """The switch in the row of the label; None unless there is exactly one such row."""
    labels = [node for node in hierarchy.nodes() if node.text.strip().lower() in LABELS]
    switches = {id(s): s for s in map(_switch_beside, labels) if s is not None}
    return next(iter(switches.values())) if len(switches) == 1 else None


def _switch_beside(label: Node) -> Node | None:
    """Up from the label to the first view that holds a switch; it must be the only one in it."""
    above = label.parent
    while above is not None:
        inside = [node for node in above.descendants() if node.checkable and not node.bounds.empty]
        if inside:
            return inside[0] if len(inside) == 1 else None
        above = above.parent
    return None
