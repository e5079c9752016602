"""Looking for this run's video, on the own profile and among the drafts.

A search says what it found, and whether it read everything that could be this run's. What cannot
be read is never taken for empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from droidcancel.apps.profile import Look
from droidcancel.apps.schema import Place
from droidcancel.device import poll, until
from droidcancel.errors import DeviceError, UiError
from droidcancel.evidence import OWN_PLACES, Search
from droidcancel.evidence import Place as PlaceName
from droidcancel.recipe.navigate import go_to, swipe
from droidcancel.recipe.run import Run
from droidcancel.recipe.tiles import (
    READ_S,
    Listed,
    fresh_profile,
    listed,
    newest,
    settled,
    show_page,
)

MOST_SCROLLS = 50


@dataclass(frozen=True)
class Drafts:
    """The drafts, newest first: `captions` as far as they were read, None for what could not be.

    `count`: how many there are, by the app's own number. `whole`: all that could be this run's
    was read.
    """

    captions: tuple[str | None, ...] = ()
    count: int | None = 0
    whole: bool = True

    @property
    def total(self) -> int:
        """How many there are, as far as it is known."""
        return len(self.captions) if self.count is None else self.count

    @property
    def read(self) -> list[str]:
        """The captions that could be read."""
        return [c for c in self.captions if c is not None]


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
    fresh_profile(run, place)
    now = listed(run, place, run.newest)
    captions = newest(run, place, now.tiles)
    listing = tuple(c for c in captions if c is not None)
    new = _new_items(run, "profile", now.items, listing)
    # an empty caption may be one that has not come yet: it counts as read only when nothing is new
    unread = sum(c is None or (not c and new != 0) for c in captions)
    return Search(
        run.recorder.now(),
        "profile",
        complete=now.sure and not unread,
        found=tuple(c for c in listing if run.is_ours(c)),
        items=now.items,
        listing=listing,
        new_items=new,
        detail=doubts(now, unread),
    )


def doubts(now: Listed, unread: int) -> str:
    """Why a look at a list of videos is not complete; empty where it is."""
    if not now.sure:
        pages = ", ".join(page for page in now.unsaid if page is not None)
        where = f" on {pages}" if pages else ""
        return (
            f"no videos are found{where}, and nothing says that there are none: "
            f"post one{' there' if pages else ''} by hand, once"
        )
    return f"{unread} of the newest videos could not be read" if unread else ""


# -- the drafts


def _search_drafts(run: Run, place: Place) -> Search:
    drafts = read_drafts(run, place)
    go_to(run, run.profile.home, READ_S)
    return drafts_found(run, drafts)


def read_drafts(run: Run, place: Place, cached: bool = False) -> Drafts:
    """Open the drafts and read them: all, or the newest where each has to be opened for it.

    `cached`: while offline too. The screen stays open, where there are any.
    """
    profile = run.profile.places["profile"]
    go_to(run, profile.screen, READ_S)
    if profile.pages:
        show_page(run, profile, profile.pages[0])
    look = settled(run, profile, cached)
    entry = look.find(place.entry) if place.entry is not None else None
    if entry is None:
        return Drafts()
    count = _number(entry.text)
    run.tap_match(entry)
    go_to(run, place.screen, READ_S)
    if place.opens is not None:
        return _opened(run, place, count, cached)
    captions = tuple(_captions(run, place, count))
    return Drafts(captions, count, count is None or len(captions) >= count)


def _opened(run: Run, place: Place, count: int | None, cached: bool) -> Drafts:
    """The newest, each opened and read."""
    found = listed(run, place, run.newest, cached)
    captions = tuple(newest(run, place, found.tiles, cached=cached))
    whole = None not in captions and len(captions) >= min(run.newest, count or 0)
    return Drafts(captions, count, whole)


def drafts_found(run: Run, drafts: Drafts) -> Search:
    """What reading the drafts found."""
    return Search(
        run.recorder.now(),
        "drafts",
        complete=drafts.whole,
        found=tuple(c for c in drafts.read if run.is_ours(c)),
        items=drafts.total,
        new_items=_new_items(run, "drafts", drafts.total, None),
        detail="" if drafts.whole else f"{len(drafts.read)} of {drafts.total} drafts could be read",
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
    now = listed(run, place, run.newest, cached)
    listing = newest(run, place, now.tiles, cached=cached) if cached else None
    read = None if listing is None else tuple(c for c in listing if c is not None)
    whole = listing is None or None not in listing
    return Search(run.recorder.now(), name, whole, items=now.items, listing=read)
