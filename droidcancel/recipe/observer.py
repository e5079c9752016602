"""What others are shown: the feed of this phone, and the profile as another account sees it.

The other account is that of a second phone, the observer. Its app is left as it was: closed, if it
was closed before. What could not be looked at is never taken for not shown.
"""

from __future__ import annotations

from dataclasses import replace

from droidcancel.apps.schema import Place
from droidcancel.device import Device
from droidcancel.errors import DroidCancelError, UiError
from droidcancel.evidence import Search
from droidcancel.journal_lock import device_lock
from droidcancel.recipe.navigate import go_to, open_app, swipe, wait_look
from droidcancel.recipe.restore import phone_journal, restore_first
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import doubts
from droidcancel.recipe.tiles import READ_S, listed, newest

VIEW = "android.intent.action.VIEW"
HOME_S = 30.0
#: so many of the feed's videos are read; a feed shows a choice, so not finding it proves little
FEED_VIDEOS = 5


def look_as_other(run: Run, device: Device) -> Search:
    """What the observer's account is shown of the own profile."""
    try:
        place = _place(run)
        name = own_name(run)
        with device_lock(device):
            return _looked(run, device, place, name)
    except DroidCancelError as error:
        return Search(run.recorder.now(), "others", False, detail=error.message)


def _place(run: Run) -> Place:
    place = run.profile.places.get("others")
    if place is None or place.link is None:
        raise UiError(f"the profile {run.profile.name!r} knows no way to look at somebody's videos")
    return place


def own_name(run: Run) -> str:
    """The name of the account that is logged in, without @."""
    go_to(run, run.profile.places["profile"].screen, HOME_S)
    match = wait_look(run, lambda look: look.find("handle"), READ_S, "the account's name")
    return match.text.strip().lstrip("@")


def _looked(run: Run, device: Device, place: Place, name: str) -> Search:
    options = replace(
        run.options, locale=None, report=None, known_as=run.token, observer=None, package=None
    )
    journal = phone_journal(device.serial, "observer")
    restore_first(journal, device)
    other = Run(run.loaded, device, run.profile, options, journal, lambda _: None)
    other.exact, other.newest = run.exact, run.newest
    was_running = device.packages.running(other.package)
    try:
        device.unlock(None)
        return _search(run, other, place, name)
    finally:
        if was_running:
            device.ui.press("home")
        else:
            device.packages.force_stop(other.package)


def _search(run: Run, other: Run, place: Place, name: str) -> Search:
    open_app(other)
    if own_name(other) == name:
        raise UiError(f"the observer is logged in as {name} too, so its look proves nothing")
    link = (place.link or "").replace("{name}", name)
    other.device.activities.view(VIEW, link, other.package)
    now = listed(other, place, other.newest)
    captions = newest(other, place, now.tiles)
    read = [c for c in captions if c is not None]
    unread = len(captions) - len(read)
    return Search(
        run.recorder.now(),
        "others",
        complete=now.sure and not unread,
        found=tuple(c for c in read if other.is_ours(c)),
        items=now.items,
        detail=doubts(now, unread),
    )


def look_at_feed(run: Run) -> Search:
    """The first videos of the feed."""
    place = run.profile.places["feed"]
    read: list[str] = []
    try:
        go_to(run, place.screen, HOME_S)
        for _ in range(FEED_VIDEOS):
            look = run.look()
            read += [m.text for m in look.all(place.caption) if m.text not in read]
            if any(map(run.is_ours, read)):
                break
            swipe(run, "up", look.frame, 0.6)
    except UiError as error:
        return Search(run.recorder.now(), "feed", False, detail=error.message)
    found = tuple(c for c in read if run.is_ours(c))
    return Search(run.recorder.now(), "feed", False, found, detail="a feed shows a choice")
