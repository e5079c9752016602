"""After a cancel: what would bring the upload back is done, one thing after the other, and watched.

Everything goes into the evidence, and nothing is decided here: the verdict says at which turn the
upload went on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from droidcancel.device import poll, until
from droidcancel.errors import DroidCancelError
from droidcancel.evidence import JobsSeen, Search
from droidcancel.facts import TURNS, Facts
from droidcancel.recipe import search as looking
from droidcancel.recipe import steps_delete
from droidcancel.recipe import steps_resume_model as model
from droidcancel.recipe.items import with_token
from droidcancel.recipe.navigate import go_to
from droidcancel.recipe.run import Run
from droidcancel.recipe.steps_delete_model import DeleteDraft
from droidcancel.recipe.verify import LOOK_EVERY_S, give_network_back, verify

#: the mark that each turn leaves
MARKS: Mapping[model.Turn, str] = {
    "network": "restored",
    "reboot": "rebooted",
    "restart": "restarted",
}
#: how long what is left of an upload may take to show after a start
SHOWS_S = 4.0


# -- does it come back?


def watch(run: Run, args: model.Watch, _runner: object) -> None:
    """Take the turns, each watched, until the upload comes back; then the whole proof.

    The last turn is the proof's own restart of the app, watched for as long as the others.
    """
    run.sample_network()  # a network that came back by itself shows here
    seconds = args.seconds if args.seconds is not None else run.options.limits.watch_resume_s
    for turn in args.after:
        if turn == "restart" or facts_of(run).goes_on:
            break
        _TAKE[turn](run)
        _watch_for(run, turn, seconds)
    back = facts_of(run).goes_on
    if back:
        _tell_where(run)
    longest = seconds if "restart" in args.after and not back else None
    verify(run, stop_first="network" not in args.after, quiet=longest)


def facts_of(run: Run) -> Facts:
    """What follows from the evidence so far."""
    return Facts(run.recorder.freeze())


def _give_back(run: Run) -> None:
    """The network, while the app is as the cancel has left it."""
    give_network_back(run)


def _reboot(run: Run) -> None:
    """Restart the phone as it is, unlock it, and only then see to its network."""
    run.stop_watching_network()  # what a restart gives back is not back by itself
    run.device.reboot()
    run.device.unlock(run.options.pin)
    give_network_back(run, "rebooted")


_TAKE: Mapping[model.Turn, Callable[[Run], None]] = {"network": _give_back, "reboot": _reboot}


def _watch_for(run: Run, turn: model.Turn, seconds: float) -> None:
    """Look and count for so long, or until the upload goes on for sure."""
    words = TURNS[MARKS[turn]]
    run.tell("quiet", f"watching for {seconds:g} s, {words}", seconds=seconds)
    run.sample_traffic()
    run.sample_processes()
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not facts_of(run).goes_on:
        threading.Event().wait(min(LOOK_EVERY_S, left))
        _look_and_count(run)
    _note_jobs(run)


def _look_and_count(run: Run) -> None:
    try:
        run.look()
        run.sample_traffic()
    except DroidCancelError as error:
        run.trouble("watch", error)


def _note_jobs(run: Run) -> None:
    """Tell of what the system would start later."""
    jobs: JobsSeen = run.sample_jobs()
    if jobs.jobs:
        run.tell("trouble", f"a job is pending: {', '.join(jobs.jobs)}")


def _tell_where(run: Run) -> None:
    turn = facts_of(run).turn
    where = f", {TURNS[turn]}" if turn is not None else " at once"
    run.tell("trouble", f"the upload came back{where}")


# -- nothing is to be left that could come back


def remember(run: Run, _args: model.Remember, _runner: object) -> None:
    """A baseline out of what the app keeps, where there is none, once the upload was seen."""
    if run.recorder.last(Search) is None:
        poll(until(lambda: run.look().upload.shown), SHOWS_S)
        looking.baseline(run, cached=True)


def clear_left(run: Run, _args: model.ClearLeft, _runner: object) -> None:
    """Delete this run's own draft, which an app may make of an upload that was cut off.

    An item is this run's own only by the token that the run itself has written: words that a user
    gave to know a video by may fit older drafts, so those are left.
    """
    run.deadline = time.monotonic() + 6 * run.options.limits.step_timeout_s
    place = run.profile.places.get("drafts")
    if place is not None and run.token is not None and run.options.known_as is None:
        left = looking.read_drafts(run, place, cached=True)
        if with_token(left.captions, run.token) is not None:
            steps_delete.delete_draft(run, DeleteDraft(cached=True, must=False), None)
    _look_for_pending(run)


def _look_for_pending(run: Run) -> None:
    """The newest cell of the profile may still show the upload, with nothing to cancel it by."""
    view = go_to(run, run.profile.places["profile"].screen).upload
    if view.shown:
        run.trouble("clear_left", f"the profile still shows the upload as {view.state}")
    go_to(run, run.profile.home)


STEPS: dict[str, Callable[[Run, Any, Any], None]] = {
    "watch": watch,
    "remember": remember,
    "clear_left": clear_left,
}
