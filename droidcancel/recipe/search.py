"""Looking for this run's video, on the own profile and among the drafts.

A search says what it found, and whether it read everything that could be this run's. What cannot
be read is never taken for empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from droidcancel.apps.profile import Look
from droidcancel.apps.schema import Place
from droidcancel.device import poll, until
from droidcancel.errors import DeviceError, UiError
from droidcancel.evidence import OWN_PLACES, Search
from droidcancel.evidence import Place as PlaceName
from droidcancel.recipe.navigate import go_to, swipe, wait_look
from droidcancel.recipe.run import Run

MOST_SCROLLS = 50
READ_S = 15.0
#: how long an empty caption may still be on its way
EMPTY_S = 3.0


def search(run: Run, name: PlaceName) -> Search:
    """Look in one place, and note what was found there."""
    at = run.recorder.now()
    place = run.profile.places.get(name)
    if place is None:
        found = Search(at, name, False, detail=f"the profile {run.profile.name!r} knows no {name}")
    else:
        found = _looked(run, name, place)
    run.tell("search", _in_words(found), place=name, found=list(found.found))
    return run.recorder.add(found)


def _looked(run: Run, name: PlaceName, place: Place) -> Search:
    """A look; once more where it broke off, for links and networks that drop for a moment."""
    try:
        return _SEARCHES[name](run, place)
    except UiError as error:
        run.trouble(f"search {name}", error)
    try:
        poll(until(lambda: run.device.network.state().active is not None), READ_S)
        return _SEARCHES[name](run, place)
    except DeviceError as error:
        return Search(run.recorder.now(), name, False, detail=error.message)


def _in_words(search: Search) -> str:
    if search.found:
        return f"{search.place}: this run's video is there"
    return f"{search.place}: not there" if search.complete else f"{search.place}: {search.detail}"


# -- the profile


def _search_profile(run: Run, place: Place) -> Search:
    items = len(fresh_profile(run, place).all(place.cell))
    captions = newest(run, place, min(items, run.newest))
    listing = tuple(c for c in captions if c is not None)
    new = _new_items(run, "profile", items, listing)
    # an empty caption may be one that has not come yet: it counts as read only when nothing is new
    unread = sum(c is None or (not c and new != 0) for c in captions)
    return Search(
        run.recorder.now(),
        "profile",
        complete=not unread,
        found=tuple(c for c in listing if run.is_ours(c)),
        items=items,
        listing=listing,
        new_items=new,
        detail=f"{unread} of the newest videos could not be read" if unread else "",
    )


def newest(
    run: Run,
    place: Place,
    count: int,
    *,
    cached: bool = False,
    until: Callable[[str], bool] | None = None,
) -> list[str | None]:
    """The captions of so many of the newest, None for those that cannot be read.

    `until`: none are read beyond the first of which this is true.
    """
    captions: list[str | None] = []
    for index in range(count):
        caption = open_tile(run, place, index, cached)
        go_to(run, place.screen, READ_S)
        captions.append(caption)
        if until is not None and caption is not None and until(caption):
            break
    return captions


def fresh_profile(run: Run, place: Place, cached: bool = False) -> Look:
    """The profile, come to anew from the home screen, so that its grid is a fresh one."""
    go_to(run, run.profile.home, READ_S)
    go_to(run, place.screen, READ_S)
    return settled(run, place, cached)


def settled(run: Run, place: Place, cached: bool = False) -> Look:
    """The look at a list once two in a row show the same. UiError where it may be old."""
    before: list[tuple[str, ...] | None] = [None]

    def same(look: Look) -> Look | None:
        if look.screen != place.screen or look.has(place.busy):
            before[0] = None
            return None
        if not cached and look.has(place.broken):
            raise UiError("the app could not reach its server, so what it shows may be old")
        shown = tuple(f"{m.text} {m.node.bounds}" for m in look.all(place.cell))
        before[0], last = shown, before[0]
        return look if shown == last else None

    return wait_look(run, same, READ_S, f"the screen {place.screen!r}, at rest,")


def open_tile(run: Run, place: Place, index: int, cached: bool = False) -> str | None:
    """Open one of the newest and read its caption; None when it cannot be read."""
    cells = settled(run, place, cached).all(place.cell)
    if index >= len(cells) or place.opens is None:
        return None
    run.tap_match(cells[index])
    return _read(run, place.opens, place.caption)


def _read(run: Run, screen: str, element: str) -> str | None:
    """What an element of a page says; waits a while for more than nothing."""

    def text() -> str | None:
        look = run.look()
        match = look.find(element) if look.screen == screen else None
        return match.text if match is not None else None

    if poll(text, READ_S) is None:
        return None
    return poll(lambda: text() or None, EMPTY_S) or ""


# -- the drafts


def _search_drafts(run: Run, place: Place) -> Search:
    captions, wanted = read_drafts(run, place)
    go_to(run, run.profile.home, READ_S)
    return drafts_found(run, captions, wanted)


def read_drafts(run: Run, place: Place, cached: bool = False) -> tuple[list[str], int | None]:
    """Open the drafts and read them all: the captions, and how many there should be.

    `cached`: while offline too. The screen stays open, where there are any.
    """
    profile = run.profile.places["profile"]
    go_to(run, profile.screen, READ_S)
    look = settled(run, profile, cached)
    entry = look.find(place.entry) if place.entry is not None else None
    if entry is None:
        return [], 0
    wanted = _number(entry.text)
    run.tap_match(entry)
    return _captions(run, place, wanted), wanted


def drafts_found(run: Run, captions: list[str], wanted: int | None) -> Search:
    """What reading the drafts found."""
    whole = wanted is None or len(captions) >= wanted
    return Search(
        run.recorder.now(),
        "drafts",
        complete=whole,
        found=tuple(c for c in captions if run.is_ours(c)),
        items=len(captions),
        new_items=_new_items(run, "drafts", len(captions), None),
        detail="" if whole else f"{len(captions)} of {wanted} drafts could be read",
    )


def _captions(run: Run, place: Place, wanted: int | None) -> list[str]:
    """The captions, scrolled on until `wanted` are read or nothing new comes."""
    found: list[str] = []
    for _ in range(MOST_SCROLLS):
        look = settled(run, place)
        shown = [m.text for m in look.all(place.caption)]
        fresh = shown[_overlap(found, shown) :]
        found.extend(fresh)
        if not fresh or (wanted is not None and len(found) >= wanted):
            break
        swipe(run, "up", look.frame, 0.5)
    return found


def _overlap(known: list[str], shown: list[str]) -> int:
    """How many of the first shown are the last known, as after a scroll."""
    most = min(len(known), len(shown))
    return next((n for n in range(most, 0, -1) if known[-n:] == shown[:n]), 0)


def _number(text: str) -> int | None:
    digits = re.search(r"\d+", text)
    return int(digits[0]) if digits else None


def _new_items(
    run: Run, name: PlaceName, items: int, listing: tuple[str, ...] | None
) -> int | None:
    """How many more than in the baseline; None without one."""
    before = [s for s in run.recorder.freeze().of(Search) if s.place == name]
    base = next((s for s in before if s.complete and s.items is not None), None)
    if base is None or base.items is None:
        return None
    # what was there and is this run's may be taken away meanwhile: what else there was, counts
    more = items - (base.items - len(base.found))
    if base.listing is None or listing is None:
        return more
    others = [tuple(c for c in lst if not run.is_ours(c)) for lst in (base.listing, listing)]
    return max(more, shift(*others))


def shift(before: tuple[str, ...], after: tuple[str, ...]) -> int:
    """How many of the newest captions are new: the least that explains what is there now."""
    fits = (n for n in range(len(after)) if after[n:] == before[: len(after) - n])
    return next(fits, len(after))


_SEARCHES: dict[PlaceName, Callable[[Run, Place], Search]] = {
    "profile": _search_profile,
    "drafts": _search_drafts,
}


def baseline(run: Run, *, cached: bool) -> None:
    """Look at both places before the upload; `cached` takes what the app shows while offline."""
    look: Look | None = None
    for name in OWN_PLACES:
        place = run.profile.places.get(name)
        if place is None:
            continue
        try:
            if look is None:
                look = fresh_profile(run, run.profile.places["profile"], cached)
            run.recorder.add(_counted(run, name, place, look, cached))
        except UiError as error:
            run.recorder.add(Search(run.recorder.now(), name, False, detail=error.message))


def _counted(run: Run, name: PlaceName, place: Place, look: Look, cached: bool) -> Search:
    if place.entry is not None:
        entry = look.find(place.entry)
        items = _number(entry.text) if entry is not None else 0
        return Search(run.recorder.now(), name, items is not None, items=items)
    items = len(look.all(place.cell))
    count = min(items, run.newest)
    listing = newest(run, place, count, cached=cached) if cached else None
    read = None if listing is None else tuple(c for c in listing if c is not None)
    whole = listing is None or None not in listing
    return Search(run.recorder.now(), name, whole, items=items, listing=read)
