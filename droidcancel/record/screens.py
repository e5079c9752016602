"""The screens of a capture: each kept once, blanked, with a picture where there is time for one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lxml import etree

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Bounds, Device, Hierarchy, Node
from droidcancel.errors import DeviceError
from droidcancel.record import cassette
from droidcancel.record.blank import blank_later, blanked, private_words
from droidcancel.record.shots import Shots

#: a window of the phone's that covers less of the screen is a bar or a keyboard
FULL_PART = 0.6
MOST_XML = 2 * 2**20
INPUT_METHOD = "default_input_method"


@dataclass
class _Seen:
    """A screen that was seen; `picture`: whether one was asked for."""

    xml: bytes
    keyboard: bool
    picture: bool


class Screens:
    """What was looked at. `windows`: packages whose windows are the app's."""

    def __init__(
        self,
        device: Device,
        profile: AppProfile,
        locale: str,
        version: str,
        windows: tuple[str, ...],
    ) -> None:
        self._device = device
        self._profile = profile
        self._locale = locale
        self._version = version
        self._windows = windows
        self._numbers: dict[str, int] = {}
        self._shots = Shots()
        self._words: set[str] = set()
        self._look: Hierarchy | None = None
        self.seen: list[_Seen] = []
        self.size: tuple[int, int] = (0, 0)
        self.problems: list[str] = []
        self._keyboard = (device.settings.get("secure", INPUT_METHOD) or "").partition("/")[0]

    # -- the latest look

    def look_at(self, hierarchy: Hierarchy) -> None:
        """The screen as it is now."""
        self._look = hierarchy
        if self.size == (0, 0):
            self.size = _size(hierarchy)

    def shows_app(self) -> bool:
        """Whether anything of the app is on it."""
        return bool(self._app_windows())

    def _roots(self) -> list[Node]:
        nodes = self._look.nodes() if self._look is not None else []
        return [node for node in nodes if node.parent is None]

    def _app_windows(self) -> list[Node]:
        return [n for n in self._roots() if n.package in self._windows and not n.bounds.empty]

    def _phone_parts(self) -> list[Bounds]:
        """Where bars and keyboards of the phone lie."""
        whole = self.size[0] * self.size[1]
        foreign = (n.bounds for n in self._roots() if n.package not in self._windows)
        return [bounds for bounds in foreign if bounds.area < FULL_PART * whole]

    def target(
        self, x: int, y: int, wanted: Callable[[Node], bool] = lambda n: n.clickable
    ) -> cassette.Box | None:
        """What takes a touch there: the smallest that acts, else the smallest; None: not the app.

        A keyboard or a bar of the phone that lies there takes it for itself.
        """
        if any(bounds.holds(x, y) for bounds in self._phone_parts()):
            return None
        under = [
            node
            for root in self._app_windows()
            for node in (root, *root.descendants())
            if node.bounds.holds(x, y)
        ]
        best = [node for node in under if wanted(node)] or under
        if not best:
            return None
        bounds = min((node.bounds for node in best), key=lambda bounds: bounds.area)
        return (max(0, bounds.left), max(0, bounds.top), bounds.right, bounds.bottom)

    # -- keeping

    def number(self, known: Iterable[str], *, picture: bool) -> int | None:
        """The number of the latest look, kept when it is new; None where the app does not show.

        `known`: words that the run typed itself. `picture`: whether there is time for one.
        """
        if self._look is None or not self.shows_app():
            return None
        look = self._profile.look(self._look, self._locale, self._version)
        self._words |= private_words(look, known)
        root, places = blanked(self._look, self._words, self._windows)
        shown = b"".join(
            etree.tostring(child) for child in root if child.get("package") in self._windows
        )
        keyboard = any(child.get("package") == self._keyboard for child in root)
        name = hashlib.sha256(shown + bytes([keyboard])).hexdigest()
        number = self._numbers.get(name)
        if number is None:
            number = self._keep(name, root, keyboard)
        if number is not None and picture and not self.seen[number].picture:
            self.seen[number].picture = True
            self._picture(number, places)
        return number

    def _keep(self, name: str, root: etree._Element, keyboard: bool) -> int | None:
        xml = etree.tostring(root, encoding="utf-8", xml_declaration=True)
        if len(self.seen) >= cassette.MOST_SCREENS:
            self.full("screens", cassette.MOST_SCREENS)
            return None
        if len(xml) > MOST_XML:
            self.problems.append(f"a screen of {len(xml)} bytes is left out: too large")
            return None
        self._numbers[name] = number = len(self.seen)
        self.seen.append(_Seen(xml, keyboard, False))
        return number

    def _picture(self, number: int, places: list[Bounds]) -> None:
        """A picture of the screen as it is now, without what was blanked and the phone's bars."""
        try:
            picture = self._device.ui.screenshot()
        except DeviceError as error:
            self.problems.append(f"no picture of screen {number}: {error.message}")
            return
        self._shots.keep(number, picture, [*places, *self._phone_parts()])

    def full(self, what: str, most: int) -> None:
        """Say, once, that no more is kept."""
        problem = f"the capture is full: more than {most} {what}; the rest is left out"
        if problem not in self.problems:
            self.problems.append(problem)

    # -- the end

    def close(self) -> None:
        """Wait for the pictures."""
        self._shots.close()
        if self._shots.dropped:
            self.problems.append(f"{self._shots.dropped} pictures are left out: too many bytes")
            self._shots.dropped = 0

    def finished(self) -> tuple[dict[str, bytes], tuple[cassette.Screen, ...]]:
        """The files, and the index's list of screens."""
        files, listed = {}, []
        for number, seen in enumerate(self.seen):
            xml, picture = f"screens/{number:04d}.xml", f"pictures/{number:04d}.png"
            # what was known to be private only later: where it stood on the picture is not known
            files[xml] = blank_later(seen.xml, self._words)
            shot = self._shots.done.get(number) if files[xml] == seen.xml else None
            if shot is not None:
                files[picture] = shot
            name = picture if shot is not None else None
            listed.append(cassette.Screen(xml=xml, picture=name, keyboard=seen.keyboard))
        return files, tuple(listed)


def _size(hierarchy: Hierarchy) -> tuple[int, int]:
    """The screen's size as it is held: the largest window's right and bottom."""
    roots = [node.bounds for node in hierarchy.nodes() if node.parent is None]
    width = max((bounds.right for bounds in roots), default=0)
    return width, max((bounds.bottom for bounds in roots), default=0)
