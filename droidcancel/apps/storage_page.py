"""Clearing an app's cache on the storage page of the phone's Settings, and nothing but the cache.

`pm clear` in any form is never sent: with ``--cache-only`` it wipes all data up to Android 12, and
hangs from 13 on. So the page is used as a person would, its button known by its wording; whatever
asks something is answered by Back, and whatever is not recognised is not touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from droidcancel.apps.matching import Match, normal
from droidcancel.apps.profile import HERE, AppProfile, Look
from droidcancel.device import Device, Node, poll
from droidcancel.errors import NotEffective, UiError

DETAILS = "android.settings.APPLICATION_DETAILS_SETTINGS"
SYSTEM_PROFILE = HERE / "system" / "android.yaml"
PAGE_S = 15.0
SIZES_S = 10.0
CLEARED_S = 10.0
ANSWER_S = 4.0
MOST_TAPS = 3
MOST_SCROLLS = 8
#: what an app may have in its cache again before the page is read: nothing worth clearing
NEXT_TO_NOTHING = 131_072
HINT = "clear it by hand: App info > Storage > Clear cache; or in the app, with -e in_app=true"

_SIZE = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[kKMGmg]?)i?[BbOo](?:ytes?|ctets?)?")
_FACTORS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}


@dataclass(frozen=True)
class Cleared:
    """The size of a cache before and after, in bytes as the page rounds them."""

    before: int
    after: int

    @property
    def ok(self) -> bool:
        """Whether it fell, or was as good as empty."""
        return self.after < self.before or self.after <= NEXT_TO_NOTHING

    def in_words(self) -> str:
        """As people read it."""
        if self.before <= NEXT_TO_NOTHING:
            return f"there was nothing to clear ({size_in_words(self.before)})"
        return f"from {size_in_words(self.before)} to {size_in_words(self.after)}"


def size_in_words(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{size / 1e3:.1f} kB"


def parse_size(text: str) -> int | None:
    """``1.25 MB``, ``12,3 Mo``, ``0 B``, as formatFileSize prints them; else None."""
    found = _SIZE.fullmatch(normal(text).replace("octets", "o"))
    if not found:
        return None
    return round(float(found["number"].replace(",", ".")) * _FACTORS[found["unit"].lower()])


@cache
def system_profile() -> AppProfile:
    """What is known of the phone's Settings app."""
    return AppProfile.load(SYSTEM_PROFILE)


class StoragePage:
    """The storage page of one app on one phone."""

    def __init__(self, device: Device, package: str) -> None:
        self._device = device
        self._package = package

    def clear_cache(self) -> Cleared:
        """Open the page, clear the cache, read its size before and after, and leave by Back.

        Raises UiError where a page is not recognised or asks something: nothing was cleared then;
        NotEffective where the size did not fall.
        """
        try:
            self._open()
            return self._clear()
        finally:
            self._leave()

    def read_size(self) -> int:
        """Open the page, read the size of the cache in bytes, and leave by Back.

        Nothing is cleared. Raises UiError where a page, or its button, is not recognised.
        """
        try:
            self._open()
            size = poll(self._size, SIZES_S)
            if size is None:
                raise UiError(f"the page shows no size of the cache of {self._package}", HINT)
            if self._look().find("clear_cache") is None:
                raise UiError("the page has no button that is known as Clear cache", HINT)
            return size
        finally:
            self._leave()

    def _look(self) -> Look:
        return system_profile().look(self._device.ui.dump(), self._device.locale)

    def _open(self) -> None:
        self._device.activities.view(DETAILS, f"package:{self._package}")
        for _ in range(MOST_TAPS):
            if self._await("app_info", "app_storage").screen == "app_storage":
                return
            self._device.ui.tap(*self._scrolled_to("storage_row").center)
            poll(lambda: True if self._look().screen == "app_storage" else None, ANSWER_S)
        self._await("app_storage")

    def _await(self, *screens: str) -> Look:
        def there() -> Look | None:
            look = self._look()
            return look if look.screen in screens else None

        found = poll(there, PAGE_S)
        if found is None:
            front = self._device.activities.foreground()
            raise UiError(
                f"the Settings page of {self._package} is not recognised "
                f"({self._device.manufacturer} {self._device.model}, {self._device.locale}; "
                f"in front: {front or 'nothing'}); nothing was touched",
                HINT,
            )
        return found

    def _scrolled_to(self, element: str) -> Match:
        shown: object = None
        for _ in range(MOST_SCROLLS):
            look = self._look()
            match = look.find(element)
            if match is not None:
                return match
            if look.everything == shown:
                break
            shown = look.everything
            x, y = look.frame.center
            self._device.ui.swipe(x, y + look.frame.height // 4, x, y - look.frame.height // 4)
        raise UiError(f"App info of {self._package} shows no {element}", HINT)

    def _clear(self) -> Cleared:
        before = poll(self._size, SIZES_S)
        if before is None:
            raise UiError(f"the page shows no size of the cache of {self._package}", HINT)
        look = self._look()
        button = look.find("clear_cache")
        if button is None:
            raise UiError("the page has no button that is known as Clear cache", HINT)
        if not (button.node.enabled and button.target.enabled):
            return self._nothing_to_clear(before)
        known = _touchable(look)
        self._device.ui.tap(*button.center)
        return self._cleared(before, known)

    def _nothing_to_clear(self, before: int) -> Cleared:
        if before > NEXT_TO_NOTHING:
            raise UiError("Clear cache is greyed out, though the page shows a cache", HINT)
        return Cleared(before, before)

    def _cleared(self, before: int, known: set[str]) -> Cleared:
        def fallen() -> Cleared | None:
            look = self._look()
            self._refuse_questions(look, known)
            after = _cache_size(look)
            cleared = Cleared(before, after) if after is not None else None
            return cleared if cleared is not None and cleared.ok else None

        cleared = poll(fallen, CLEARED_S)
        if cleared is None:
            raise NotEffective(
                f"the cache of {self._package} is still {size_in_words(before)} after Clear cache",
                HINT,
            )
        return cleared

    def _refuse_questions(self, look: Look, known: set[str]) -> None:
        """Clear cache asks nothing on AOSP: a question may be the one of Clear storage."""
        new = _touchable(look) - known
        if look.screen == "app_storage" and not new:
            return
        if look.screen == "question" or new:
            self._device.ui.press("back")
            asked = ", ".join(sorted(filter(None, new))) or "a question"
            raise UiError(f"Settings asked something ({asked}); it was answered by Back", HINT)

    def _size(self) -> int | None:
        return _cache_size(self._look())

    def _leave(self) -> None:
        """Back out of Settings, so that it does not stand on the page the next time."""
        for _ in range(2):
            front = self._device.activities.foreground()
            if front is not None and front.package in system_profile().packages:
                self._device.ui.press("back")


def _touchable(look: Look) -> set[str]:
    """What can be tapped on a page of Settings, by its words."""
    return {text for text, _ in look.touchable if text}


def _cache_size(look: Look) -> int | None:
    """The size in the row of the cache: the first text after the title that is a size."""
    title = look.find("cache_title")
    if title is None:
        return None
    row = title.node.parent
    for _ in range(3):
        if row is None:
            return None
        sizes = [s for node in row.descendants() if (s := _size_of(node)) is not None]
        if sizes:
            return sizes[0] if len(sizes) == 1 else None
        row = row.parent
    return None


def _size_of(node: Node) -> int | None:
    return parse_size(node.text) if node.text else None
