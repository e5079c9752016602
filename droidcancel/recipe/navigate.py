"""Finding one's way through the app: waiting for what must show, tapping, going to a screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain, repeat
from typing import TypeVar

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import BACK, Look
from droidcancel.device import Bounds, Script, poll
from droidcancel.errors import AppError, UiError
from droidcancel.recipe.drift import Seek
from droidcancel.recipe.run import Run

T = TypeVar("T")

#: how long a screen may take to answer a tap before the tap is taken to be lost
ANSWER_S = 4.0
MOST_TAPS = 40
#: what refuses the phone's question about a permission
DENY = "permission_deny"
#: how long a question of the phone may take to come up over a screen that has just opened
ASKS_S = 0.6
#: how long an app may take to show anything of itself before it is started again
START_S = 8.0


def wait_look(run: Run, check: Callable[[Look], T | None], timeout: float, what: str) -> T:
    """Look until `check` gives something. Popups are refused on the way.

    UiError when it does not in time; AppError when the app is logged out.
    """
    last: list[str | None] = [None]
    looks = chain([run.recent_look], repeat(run.look))

    def once() -> T | None:
        look = next(looks)()
        last[0] = look.screen
        return None if clear_the_way(run, look) else check(look)

    result = poll(once, timeout)
    if result is None:
        screen = last[0] or "none known"
        raise UiError(
            f"{what} did not show within {round(timeout, 1):g} s; the screen is {screen}",
            f"see what shows with `droidcancel ui dump`; the profile is {run.profile.name!r}",
        )
    return result


def clear_the_way(run: Run, look: Look) -> bool:
    """Refuse a popup, and say whether there was one. AppError where only a person can go on."""
    if look.screen in run.profile.logged_out:
        raise AppError(
            f"{run.profile.title} is not logged in on {run.device.serial}",
            "log in by hand, once; droidcancel does not touch accounts",
        )
    if (why := run.profile.stops.get(look.screen or "")) is not None:
        raise AppError(f"{run.profile.title} on {run.device.serial}: {why}", "do it by hand, once")
    if look.popup is not None:
        name, dismiss = look.popup
        run.tell("progress", f"popup refused: {name}")
        if dismiss is not None:
            run.tap_match(dismiss)
        else:
            run.device.ui.press("back")
    return look.popup is not None


def refuse_request(run: Run, look: Look) -> None:
    """Refuse a permission that the app asks for over what is waited for."""
    deny = look.find(DENY) if DENY in run.profile.elements else None
    if deny is not None:
        run.tell("progress", "a permission that the app asked for was refused")
        run.tap_match(deny)


def require(run: Run, element: str, timeout: float | None = None) -> Match:
    """An element once it is there; by likeness, where its locators miss for long.

    UiError where it does not come in time, AppError for one that this app does not have.
    """
    _must_have(run, element)
    limit = run.left() if timeout is None else min(timeout, run.left())
    seek = Seek(run, element, limit)

    def there(look: Look) -> Match | None:
        match = seek(look)
        if match is None:
            refuse_request(run, look)
        return match

    try:
        return wait_look(run, there, limit, element)
    except UiError as error:
        nearest = seek.nearest()
        raise UiError(
            f"{error.message}; {nearest}" if nearest else error.message,
            f"see why with `droidcancel ui explain {element}`, and teach it with "
            f"`droidcancel ui learn {element}`",
        ) from None


def tap(run: Run, element: str, timeout: float | None = None) -> Match:
    """Tap an element once it is there. AppError for one that must never be tapped."""
    _must_have(run, element)
    if run.profile.elements[element].never:
        note = run.profile.elements[element].note
        raise AppError(f"{element} must not be tapped: {note}")
    match = require(run, element, timeout)
    run.tap_match(match)
    return match


def _must_have(run: Run, element: str) -> None:
    if (why := run.profile.why_not(element)) is not None:
        raise AppError(f"{run.profile.title} has no {element}: {why}")


def go_to(run: Run, target: str, timeout: float | None = None, *, settle: float = 0.0) -> Look:
    """Go to a screen by the profile's ways. UiError where no way leads on in time.

    `settle`: seconds that a screen must stay as it is before its lead is tapped, where questions of
    the phone come up over it: one that comes up over another would get the other's answer.
    """
    way = run.profile.ways.get(target, {})
    limit = run.left() if timeout is None else min(timeout, run.left())
    taps, calm = 0, Calm(settle)
    seeks: dict[str, Seek] = {}

    def seek_for(lead: str) -> Seek | None:
        return None if lead == BACK else seeks.setdefault(lead, Seek(run, lead, limit))

    def step(look: Look) -> Look | None:
        nonlocal taps
        if not calm.stays(look.screen):
            return None
        if look.screen == target:
            return look
        lead = way.get(look.screen or "")
        if lead is not None and taps < MOST_TAPS and _lead_on(run, look, seek_for(lead)):
            taps += 1
            _await_answer(run, look)
        elif look.is_elsewhere:
            run.start_app()
        return None

    return wait_look(run, step, limit, f"the screen {target!r}")


class Calm:
    """Whether the same screen has shown for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._screen: str | None = None
        self._since = float("inf")

    def stays(self, screen: str | None) -> bool:
        """Take in the screen of a look."""
        now = time.monotonic()
        if screen != self._screen or self._since > now:
            self._screen, self._since = screen, now
        return now - self._since >= self._seconds


def _lead_on(run: Run, look: Look, seek: Seek | None) -> bool:
    if seek is None:
        run.device.ui.press("back")
        return True
    match = seek(look)
    if match is not None:
        run.tap_match(match)
    elif look.screen in run.profile.scrolls:
        swipe(run, "up", look.frame, 0.5)
    return match is not None


def _await_answer(run: Run, before: Look) -> None:
    """Until the screen is another one, so that no tap is given twice."""
    poll(lambda: True if run.look().screen != before.screen else None, ANSWER_S)


def open_app(run: Run) -> Look:
    """Start the app and wait until it shows a screen that the profile knows.

    One that does not come up, or ends at once, is started again.
    """
    run.start_app()
    started = time.monotonic()

    def known(look: Look) -> Look | None:
        nonlocal started
        if look.is_elsewhere and time.monotonic() - started > START_S:
            run.start_app()
            started = time.monotonic()
        return look if look.screen and look.screen not in run.profile.logged_out else None

    return wait_look(run, known, run.left(), f"a known screen of {run.profile.title}")


def hide_keyboard(run: Run) -> None:
    """Close the on-screen keyboard, which may lie over buttons, if it is open."""
    shown = Script("dumpsys input_method | grep -E 'mInputShown=(true|false)'")
    if "mInputShown=true" not in run.device.shell.text(shown):
        return
    run.device.ui.press("back")

    def gone() -> bool | None:
        return True if "mInputShown=true" not in run.device.shell.text(shown) else None

    poll(gone, ANSWER_S)


def swipe(run: Run, direction: str, area: Bounds, distance: float) -> None:
    """Swipe over the middle of an area; `up` moves the finger up, the content with it."""
    x, y = area.center
    dx, dy = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}[direction]
    half_x, half_y = int(dx * area.width * distance / 2), int(dy * area.height * distance / 2)
    run.device.ui.swipe(x - half_x, y - half_y, x + half_x, y + half_y)
