"""Deleting one draft: tick exactly that one, and confirm only a question about one.

Never Select all. Whatever is not as expected ends with Keep, and nothing deleted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.apps.schema import Place
from droidcancel.device import Bounds, poll
from droidcancel.errors import AppError, UiError
from droidcancel.recipe.items import same
from droidcancel.recipe.navigate import ANSWER_S, swipe, tap, wait_look
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import MOST_SCROLLS
from droidcancel.recipe.tiles import READ_S, cells_on

#: elements that the profile must know
NEEDED = ("drafts_select", "draft_check", "drafts_delete", "confirm_delete", "confirm_keep")
QUESTION = "drafts_question"
#: how long the app must be done, with no question to be seen, to mean that it asked none
DONE_S = 1.5


@dataclass(frozen=True)
class Answered:
    """What the app asked: `asked` whether at all, and its words."""

    asked: bool
    question: str = ""


def delete_draft(run: Run, place: Place, caption: str, index: int) -> Answered:
    """Delete the one draft with this caption. The drafts are open, at their top.

    `index`: which it was when the drafts were read; it counts where they show no captions.
    AppError, with nothing deleted, where that one cannot be ticked alone.
    """
    if place.opens is None:
        wanted = _Wanted(place, caption)
        cell = _scroll_to(run, place, wanted)
    else:
        look = wait_look(run, lambda look: _at_rest(look, place), READ_S, "the drafts")
        wanted = _Wanted(place, caption, index, tuple(c.node.bounds for c in cells_on(look, place)))
        cell = wait_look(run, wanted.cell, READ_S, f"the draft {caption!r}")
    _begin_to_tick(run, place, cell, caption)
    look = _tick(run, wanted)
    button = look.find("drafts_delete")
    if button is None:
        raise UiError("the button that deletes drafts is gone")
    run.tap_match(button)
    return _confirm(run, place)


def cells_with(look: Look, place: Place, caption: str) -> list[Match]:
    """The cells that show a caption."""
    words = [m for m in look.all(place.caption) if same(m.text, caption)]
    return [
        cell
        for cell in look.all(place.cell)
        if any(_contains(cell.node.bounds, w.node.bounds) for w in words)
    ]


def _contains(outer: Bounds, inner: Bounds) -> bool:
    x, y = inner.center
    return outer.left <= x < outer.right and outer.top <= y < outer.bottom


@dataclass(frozen=True)
class _Wanted:
    """The draft that is meant: by its caption, or by its place where captions do not show.

    `index`: the how-manieth of the cells that stood at `among`. It is nowhere once there are more
    of them, or fewer and its own place another.
    """

    place: Place
    caption: str
    index: int | None = None
    among: tuple[Bounds, ...] = ()

    def cell(self, look: Look) -> Match | None:
        """Its cell. AppError where several have the caption."""
        if self.index is not None:
            found = cells_on(look, self.place) if look.screen == self.place.screen else []
            return self._same_place(found)
        return self._only(look)

    def _same_place(self, found: list[Match]) -> Match | None:
        index = self.index or 0
        if index >= min(len(found), len(self.among)):
            return None
        change = len(found) - len(self.among)
        stayed = found[index].node.bounds == self.among[index]
        return found[index] if change == 0 or (change < 0 and stayed) else None

    def _only(self, look: Look) -> Match | None:
        cells = cells_with(look, self.place, self.caption)
        if len(cells) > 1:
            raise AppError(
                f"{len(cells)} drafts have the caption {self.caption!r}, and which is meant is "
                "not known",
                "delete them by hand",
            )
        return cells[0] if cells else None


def _scroll_to(run: Run, place: Place, wanted: _Wanted) -> Match:
    for _ in range(MOST_SCROLLS):
        look = wait_look(run, lambda look: _at_rest(look, place), READ_S, "the drafts")
        cell = wanted.cell(look)
        if cell is not None:
            return cell
        before = look.everything
        swipe(run, "up", look.frame, 0.4)
        if run.look().everything == before:
            break
    raise UiError(f"the draft {wanted.caption!r} did not come into sight")


def _at_rest(look: Look, place: Place) -> Look | None:
    return look if look.screen == place.screen and not look.has(place.busy) else None


def _begin_to_tick(run: Run, place: Place, cell: Match, caption: str) -> None:
    """A long press on the draft; where the app does not take that, its Select."""
    run.hold_match(cell)

    def selecting() -> bool | None:
        look = run.look()
        return True if look.find("drafts_delete") is not None else None

    if poll(selecting, ANSWER_S) is not None:
        return
    if run.look().screen != place.screen:
        raise UiError(f"a long press on the draft {caption!r} opened another screen")
    tap(run, "drafts_select")
    wait_look(run, lambda look: look.find("drafts_delete"), READ_S, "the circles to tick")


def _tick(run: Run, wanted: _Wanted) -> Look:
    """Until this draft is ticked, and no other. AppError, with none deleted, where one is."""
    tapped = False

    def alone(look: Look) -> Look | None:
        nonlocal tapped
        cell = wanted.cell(look)
        if cell is None:
            return None
        others, mine = _ticks(look, wanted.place, cell)
        if others:
            run.device.ui.press("back")
            raise AppError("another draft is ticked than the one that is meant; none was deleted")
        if mine is not None and not _is_on(mine, cell) and not tapped:
            tapped = True
            run.tap_match(mine)
            return None
        return look if mine is None or _is_on(mine, cell) else None

    return wait_look(run, alone, READ_S, f"the tick of the draft {wanted.caption!r}")


def _ticks(look: Look, place: Place, mine: Match) -> tuple[list[Match], Match | None]:
    """The other drafts that are ticked, and this one's circle, None where it has none."""
    marks = look.all("draft_check")
    own = next((m for m in marks if _contains(mine.node.bounds, m.node.bounds)), None)
    others = [m for m in marks if m is not own and m.node.checked]
    ticked = [
        c
        for c in cells_on(look, place)
        if c.node.bounds != mine.node.bounds and (c.node.selected or c.node.checked)
    ]
    return [*others, *ticked], own


def _is_on(mark: Match, cell: Match) -> bool:
    return any(n.checked or n.selected for n in (mark.node, mark.target, cell.node))


# -- the question


def _confirm(run: Run, place: Place) -> Answered:
    """Answer what the app asks, with Delete where it asks about one draft."""
    lists = (place.screen, run.profile.places["profile"].screen)

    def done(look: Look) -> bool:
        return look.screen in lists and look.find("drafts_delete") is None

    look = await_question(run, done)
    if look is None:
        return Answered(False)
    question = look.find(QUESTION) if QUESTION in run.profile.elements else None
    words = question.text if question is not None else ""
    count = number_in(words)
    if count != 1:
        tap(run, "confirm_keep", READ_S)
        run.device.ui.press("back")
        what = f"asks about {count} drafts" if count is not None else "does not say how many"
        raise AppError(f"the app {what} ({words!r}), so it was answered with Keep")
    press_delete(run, look)
    return Answered(True, words)


def await_question(run: Run, done: Callable[[Look], bool]) -> Look | None:
    """The look that shows the question, None where the app asked none and went ahead.

    `done`: whether a look shows that the app has acted. UiError where it does neither.
    """
    since: float | None = None

    def answer(look: Look) -> tuple[Look | None] | None:
        nonlocal since
        if look.find("confirm_delete") is not None:
            return (look,)
        now = time.monotonic()
        since = (since or now) if done(look) else None
        return (None,) if since is not None and now - since >= DONE_S else None

    return wait_look(run, answer, READ_S, "the question before the delete")[0]


def press_delete(run: Run, look: Look) -> None:
    """Tap Delete, and wait until the question is gone."""
    button = look.find("confirm_delete")
    if button is None:
        raise UiError("the question before the delete is gone")
    run.tap_match(button)

    def gone(look: Look) -> bool | None:
        return True if look.find("confirm_delete") is None and look.screen is not None else None

    wait_look(run, gone, READ_S, "the end of the question")


def number_in(words: str) -> int | None:
    """The only number that a question names; None for none, or for several."""
    numbers = {int(n) for n in re.findall(r"\d+", words)}
    return numbers.pop() if len(numbers) == 1 else None
