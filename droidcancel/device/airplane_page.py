"""Airplane mode by hand, where no command does it: the Settings page, else its quick tile.

Androids 7 to 8.1 have no command, and some builds refuse theirs. The shell may not send the
broadcast there, and writing the setting alone leaves the radios on; so the switch is tapped as a
person would, found by its label in the phone's language, never by its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from droidcancel.device.activities import Activities
from droidcancel.device.hierarchy import Hierarchy, Node
from droidcancel.device.poll import poll
from droidcancel.device.shell import ShellChannel
from droidcancel.device.ui import Ui
from droidcancel.errors import DeviceError, UiError

ACTION = "android.settings.AIRPLANE_MODE_SETTINGS"
PAGE_TIMEOUT_S = 10.0
PANEL_TIMEOUT_S = 5.0
TURN_TIMEOUT_S = 1.5
MOST_PAGES = 4
HINT = "switch airplane mode by hand, or use `force-stop`"
SETTINGS_PAGE = "the Settings page of airplane mode"
QUICK_TILE = "the airplane tile of quick settings"
# The string airplane_mode of AOSP's Settings and SystemUI, and how vendors word it, by language.
LABELS: Mapping[str, tuple[str, ...]] = {
    "ar": ("وضع الطائرة", "وضع الطيران"),
    "cs": ("režim letadlo", "režim v letadle"),
    "de": ("flugmodus", "flugzeugmodus", "offline-modus"),
    "el": ("λειτουργία πτήσης",),
    "en": ("airplane mode", "aeroplane mode", "flight mode"),
    "es": ("modo avión", "modo de avión", "modo vuelo", "modo de vuelo"),
    "fr": ("mode avion", "mode hors-ligne"),
    "hi": (
        "हवाई जहाज़ मोड",
        "हवाई जहाज मोड",
        "वायुयान मोड",
        "विमान मोड",
        "फ़्लाइट मोड",
        "एयरप्लेन मोड",
    ),
    "hu": ("repülős üzemmód", "repülőgép üzemmód"),
    "id": ("mode pesawat", "mode penerbangan"),
    "it": ("modalità aereo", "modalità offline", "uso in aereo"),
    "ja": ("機内モード", "フライトモード"),
    "ko": ("비행기 모드", "비행기 탑승 모드", "에어플레인 모드"),
    "ms": ("mod pesawat",),
    "nl": ("vliegtuigmodus", "vliegtuigstand"),
    "pl": ("tryb samolotowy", "tryb offline"),
    "pt": ("modo avião", "modo de avião", "modo offline", "modo de voo", "modo voo"),
    "ro": ("mod avion",),
    "ru": ("режим полета", "авиарежим", "автономный режим", "режим «в самолете»"),
    "sv": ("flygplansläge",),
    "th": ("โหมดบนเครื่องบิน", "โหมดเครื่องบิน"),
    "tr": ("uçak modu", "uçuş modu"),
    "uk": ("режим польоту",),
    "vi": ("chế độ trên máy bay", "chế độ máy bay"),
    "zh": ("飞行模式", "飛航模式", "飛行模式"),
}
ROW_OF_WINDOW = 1 / 3
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OLD_LANGUAGES = {"in": "id", "iw": "he"}  # java.util.Locale kept the old codes for long


class AirplanePage:
    """The switch of one phone, wherever it shows one. `way` is where it was found last."""

    def __init__(
        self,
        activities: Activities,
        ui: Ui,
        shell: ShellChannel,
        locale: Callable[[], str],
    ) -> None:
        self._activities = activities
        self._ui = ui
        self._shell = shell
        self._locale = locale
        self.way = SETTINGS_PAGE

    def set(self, on: bool) -> str:
        """Tap the switch if it does not stand as wanted, and leave the screen as it was.

        Returns where it was tapped. Raises UiError when neither place shows a switch with a
        known label, or when it does not follow: nothing else was touched then.
        """
        self._must_be_unlocked()
        try:
            self.way = self._by_page(on)
        except DeviceError as page:
            try:
                self.way = self._by_tile(on)
            except DeviceError as tile:
                raise UiError(
                    f"airplane mode cannot be switched by hand here ({self._locale()}): "
                    f"{page.message}; {tile.message}",
                    HINT,
                ) from tile
        return self.way

    def _must_be_unlocked(self) -> None:
        if self._activities.keyguard().showing:
            raise UiError(
                "the lock screen covers the switch of airplane mode",
                "unlock the phone, or name the PIN's environment variable as pin_env",
            )

    def _by_page(self, on: bool) -> str:
        front = self._activities.foreground()
        self._activities.view(ACTION)
        try:
            self._switch(on, find_switch, SETTINGS_PAGE)
        finally:
            if self._activities.foreground() != front:
                self._ui.press("back")
        return SETTINGS_PAGE

    def _by_tile(self, on: bool) -> str:
        self._shell.run(["cmd", "statusbar", "expand-settings"])
        try:
            self._turn_to_tile()
            self._switch(on, find_tile, QUICK_TILE)
        finally:
            self._shell.run(["cmd", "statusbar", "collapse"])
        return QUICK_TILE

    def _turn_to_tile(self) -> None:
        """To the page of the panel that has the tile: onward first, then back.

        Where people read from the right, onward is the other way.
        """
        poll(lambda: self._tiles() or None, PANEL_TIMEOUT_S)
        if poll(self._tile, TURN_TIMEOUT_S) is not None:
            return
        for onward in (True, False):
            for _ in range(MOST_PAGES):
                before = _words(self._ui.dump())
                if not self._turn(onward) or poll(self._tile, TURN_TIMEOUT_S) is not None:
                    return
                if _words(self._ui.dump()) == before:
                    break

    def _tile(self) -> Node | None:
        return find_tile(self._ui.dump(), self._locale())

    def _tiles(self) -> list[Node]:
        return [node for node in self._ui.dump().nodes() if node.checkable]

    def _turn(self, onward: bool) -> bool:
        """Swipe along the tiles; False where the panel shows none."""
        tiles = self._tiles()
        if not tiles:
            return False
        width, _ = self._ui.size()
        x1, x2 = (width * 4 // 5, width // 5) if onward else (width // 5, width * 4 // 5)
        y = tiles[0].bounds.center[1]
        self._ui.swipe(x1, y, x2, y)
        return True

    def _switch(self, on: bool, find: Callable[[Hierarchy, str], Node | None], where: str) -> None:
        def found() -> Node | None:
            return find(self._ui.dump(), self._locale())

        def stands() -> bool | None:
            node = found()
            return True if node is not None and node.checked == on else None

        switch = poll(found, PAGE_TIMEOUT_S if where == SETTINGS_PAGE else TURN_TIMEOUT_S)
        if switch is None:
            raise UiError(f"{where} shows no switch that is known as airplane mode", HINT)
        if switch.checked == on:
            return
        self._ui.tap(*switch.bounds.center)
        if poll(stands, PAGE_TIMEOUT_S) is None:
            raise UiError(f"the switch on {where} was tapped and does not follow", HINT)


def _words(hierarchy: Hierarchy) -> list[tuple[str, str]]:
    return [(node.text, node.desc) for node in hierarchy.nodes()]


# -- finding it -------------------------------------------------------------------------------
def plain(text: str) -> str:
    """A label as it is compared: case, dots at the end, ё, marks of direction told not apart."""
    text = _DIRECTION_MARKS.sub("", unicodedata.normalize("NFC", text))
    return " ".join(text.casefold().split()).rstrip(".").replace("ё", "е")


def labels(locale: str) -> tuple[frozenset[str], frozenset[str]]:
    """The labels of the phone's language, and those of all: apps may speak another language."""
    language = re.split("[-_]", locale)[0].lower()
    own = LABELS.get(_OLD_LANGUAGES.get(language, language), ())
    everyone = (label for several in LABELS.values() for label in several)
    return frozenset(map(plain, own)), frozenset(map(plain, everyone))


def find_switch(hierarchy: Hierarchy, locale: str = "") -> Node | None:
    """The switch in the row of the label; None unless there is exactly one such row."""

    def words(node: Node) -> set[str]:
        return {plain(node.text), plain(node.desc)}

    return _by_label(hierarchy, locale, words, _switch_beside)


def find_tile(hierarchy: Hierarchy, locale: str = "") -> Node | None:
    """The tile of quick settings; its description may go on behind the label ("..., off")."""

    def words(node: Node) -> set[str]:
        return {plain(node.desc), plain(re.split("[,.،،、，:：]", node.desc)[0]), plain(node.text)}

    return _by_label(hierarchy, locale, words, _tile_of)


def _by_label(
    hierarchy: Hierarchy,
    locale: str,
    words: Callable[[Node], set[str]],
    switch_of: Callable[[Node], Node | None],
) -> Node | None:
    for known in labels(locale):
        found = [node for node in hierarchy.nodes() if words(node) & known]
        switches = {id(s): s for s in map(switch_of, found) if s is not None}
        if switches:
            return next(iter(switches.values())) if len(switches) == 1 else None
    return None


def _switch_beside(label: Node) -> Node | None:
    """Up from the label to the first view that holds a switch: a row, with no other switch in it.

    What is higher than a row is a page: a title is no label of the switches below it.
    """
    tallest = _window_of(label).bounds.height * ROW_OF_WINDOW
    above: Node | None = label
    while above is not None and above.bounds.height <= tallest:
        inside = [n for n in (above, *above.descendants()) if n.checkable and not n.bounds.empty]
        if inside:
            return inside[0] if len(inside) == 1 else None
        above = above.parent
    return None


def _window_of(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _tile_of(label: Node) -> Node | None:
    """The label's own view, or one above it, that can be checked."""
    above: Node | None = label
    while above is not None:
        if above.checkable and not above.bounds.empty:
            return above
        above = above.parent
    return None
