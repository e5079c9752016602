"""Watching an upload to its end: what the app shows of it, against what happened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from droidcancel.device import poll, until
from droidcancel.errors import UiError
from droidcancel.evidence import Search
from droidcancel.recipe import steps_resume_model as model
from droidcancel.recipe.checks import check
from droidcancel.recipe.guards import may_post
from droidcancel.recipe.navigate import go_to, tap
from droidcancel.recipe.progress_truth import progress_is_true
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import search
from droidcancel.recipe.values import Moment
from droidcancel.recipe.watch import Outcome, wait_for_moment

FAILED = Moment(kind="failed")
RETRY = "upload_retry"
PROFILE_S = 60.0
#: how long Retry may take to show
ANSWER_S = 10.0


def check_progress(run: Run, args: model.CheckProgress, _runner: object) -> None:
    """Watch to the end, with Retry where the app says that it failed."""
    run.start_sampling()
    outcome = _to_the_end(run)
    check(run, "progress", *progress_is_true(run.recorder.freeze()))
    if outcome == "moment":
        _check_failure(run)
    can_retry = RETRY in run.profile.elements
    for _ in range(args.retries if can_retry else 0):
        if outcome == "moment":
            outcome = _retry(run)
    _check_copies(run, outcome)


def _to_the_end(run: Run) -> Outcome:
    """Until the app says that it failed (`moment`), or the upload no longer shows (`ended`)."""
    run.deadline = time.monotonic() + run.options.limits.upload_timeout_s
    return wait_for_moment(run, FAILED)


def _check_failure(run: Run) -> None:
    """What is said to have failed must not be live."""
    found = _search(run)
    if found.found:
        said = "the app says that it failed, and the video is live"
    elif not found.complete:
        said = f"the profile could not be read: {found.detail}"
    else:
        said = "the app says that it failed, and nothing is live"
    check(run, "failure", False if found.found else (True if found.complete else None), said)


def _retry(run: Run) -> Outcome:
    go_to(run, run.profile.home, PROFILE_S)
    may_post(run)
    tap(run, RETRY, ANSWER_S)
    run.posted_at = time.monotonic()
    run.posted_tx = run.sample_traffic()

    poll(until(lambda: run.look().upload.state != "failed"), ANSWER_S)
    return _to_the_end(run)


def _check_copies(run: Run, outcome: Outcome) -> None:
    """Exactly one copy where the upload ended well, none where it did not; nothing may follow."""
    threading.Event().wait(run.options.limits.quiet_period_s)
    found = _search(run)
    copies, wanted = len(found.found), 1 if outcome == "ended" else 0
    said = f"{copies} copies of the video are live, {wanted} expected"
    if not found.complete:
        check(run, "copies", False if copies > wanted else None, f"{said}; {found.detail}")
        return
    check(run, "copies", copies == wanted, said)


def _search(run: Run) -> Search:
    run.deadline = time.monotonic() + PROFILE_S
    try:
        return search(run, "profile")
    except UiError as error:
        return Search(run.recorder.now(), "profile", False, detail=error.message)


STEPS: dict[str, Callable[[Run, Any, Any], None]] = {"check_progress": check_progress}
