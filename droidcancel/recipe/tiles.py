"""Reading a list of videos or drafts: its items in order, newest first, and what each says.

Where the items themselves show no caption, each is opened and read. A list may be split into pages,
as a profile that keeps private posts behind a lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from droidcancel.apps.geometry import contains
from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.apps.schema import Place
from droidcancel.device import Bounds, Node, poll
from droidcancel.errors import UiError
from droidcancel.recipe.navigate import go_to, tap, wait_look
from droidcancel.recipe.run import Run

READ_S = 15.0
#: how long an empty caption may still be on its way
EMPTY_S = 3.0


@dataclass(frozen=True)
class Tile:
    """An item of a list: the n-th (from 0) of a page, None where the list has only one."""

    index: int
    page: str | None = None


@dataclass(frozen=True)
class Listed:
    """What a list shows: its newest tiles, page after page, and how many there are in all.

    `unsaid`: pages on which no items are found, and which do not say that they have none (None for
    the whole of a list that has no pages). Their items may have changed their looks with an update
    of the app, or may not have come, and nothing is proven by finding none.
    """

    tiles: tuple[Tile, ...]
    items: int
    unsaid: tuple[str | None, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether each page has items, or says that it has none."""
        return not self.unsaid


def listed(run: Run, place: Place, most: int, cached: bool = False) -> Listed:
    """The list that is open. UiError where a page of it cannot be shown."""
    tiles: list[Tile] = []
    unsaid: list[str | None] = []
    items = 0
    for page in place.pages or (None,):
        show_page(run, place, page)
        look = _filled(run, place, cached)
        count = len(cells_on(look, place))
        items += count
        if not count and not _says_empty(run, look, place):
            unsaid.append(page)
        tiles += [Tile(index, page) for index in range(min(count, most))]
    return Listed(tuple(tiles), items, tuple(unsaid))


def _filled(run: Run, place: Place, cached: bool) -> Look:
    """The list at rest, once it shows items or says that it has none; as it is after a while."""

    def filled() -> Look | None:
        look = settled(run, place, cached)
        return look if cells_on(look, place) or _says_empty(run, look, place) else None

    return poll(filled, EMPTY_S) or settled(run, place, cached)


def _says_empty(run: Run, look: Look, place: Place) -> bool:
    """Whether a list says that it holds nothing, in words or by a grid with only the drafts."""
    grid = look.find(place.grid) if place.grid is not None else None
    if look.has(place.empty) or grid is None:
        return look.has(place.empty)
    entries = [p.entry for p in run.profile.places.values() if p.entry is not None]
    drafts = [m.node for name in entries if (m := look.find(name)) is not None]
    inside = [n for n in grid.node.descendants() if n.clickable and not n.bounds.empty]
    return all(any(_same_tile(n, d) for d in drafts) for n in inside)


def _same_tile(one: Node, other: Node) -> bool:
    """Whether one of two nodes is the other, or in it."""
    return one is other or one in other.descendants() or other in one.descendants()


def cells_on(look: Look, place: Place) -> list[Match]:
    """The items that show; what lies inside one, as a circle to tick, is none of them."""
    found = look.all(place.cell)
    boxes = [match.node.bounds for match in found]
    return [m for m in found if not any(_lies_in(m.node.bounds, b) for b in boxes)]


def _lies_in(inner: Bounds, outer: Bounds) -> bool:
    """Whether a box is a part of a larger one."""
    return inner != outer and contains(outer, inner)


def show_page(run: Run, place: Place, page: str | None) -> None:
    """Turn to a page of the list. UiError where the app does not show the way."""
    if page is None:
        return
    wait_look(run, lambda k: True if k.screen == place.screen else None, READ_S, place.screen)
    match = tap_unless_shown(run, page)
    if match is None:
        return

    def shown(look: Look) -> bool | None:
        found = look.find(page)
        return True if found is not None and is_shown(found) else None

    # a build that does not mark the page that shows has answered by then all the same
    poll(lambda: shown(run.look()), EMPTY_S)


def tap_unless_shown(run: Run, page: str) -> Match | None:
    """Tap what leads to a page; None where it shows already."""
    found = wait_look(run, lambda look: look.find(page), READ_S, page)
    return None if is_shown(found) else tap(run, page, READ_S)


def is_shown(match: Match) -> bool:
    """Whether a tab is the one that is chosen."""
    return match.node.selected or match.target.selected


def newest(
    run: Run,
    place: Place,
    tiles: Sequence[Tile],
    *,
    cached: bool = False,
    until: Callable[[str], bool] | None = None,
) -> list[str | None]:
    """The captions of some tiles, None for those that cannot be read.

    `until`: none are read beyond the first of which this is true.
    """
    captions: list[str | None] = []
    for tile in tiles:
        caption = open_tile(run, place, tile, cached)
        go_to(run, place.screen, READ_S)
        captions.append(caption)
        if until is not None and caption is not None and until(caption):
            break
    return captions


def fresh_profile(run: Run, place: Place, cached: bool = False) -> Look:
    """The profile, come to anew from the home screen, so that its grid is a fresh one."""
    go_to(run, run.profile.home, READ_S)
    go_to(run, place.screen, READ_S)
    if place.pages:
        show_page(run, place, place.pages[0])
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


def open_tile(run: Run, place: Place, tile: Tile, cached: bool = False) -> str | None:
    """Open one of the newest and read its caption; None when it cannot be read."""
    if place.opens is None:
        return None
    show_page(run, place, tile.page)
    cells = cells_on(settled(run, place, cached), place)
    if tile.index >= len(cells):
        return None
    run.tap_match(cells[tile.index])
    return _read(run, place.opens, place.caption)


def _read(run: Run, screen: str, element: str) -> str | None:
    """What an element of a page says; waits a while for more than nothing."""
    try:
        go_to(run, screen, READ_S)
    except UiError:
        return None

    def text() -> str | None:
        look = run.look()
        match = look.find(element) if look.screen == screen else None
        return words_of(match) if match is not None else None

    if poll(text, READ_S) is None:
        return None
    return poll(lambda: text() or None, EMPTY_S) or ""


def words_of(match: Match) -> str:
    """What an element says; an empty field says nothing, though its hint is its text."""
    node = match.node
    return "" if node.hint and node.text == node.hint else match.text
