"""What is asked before something is posted or deleted: is it the account, are there not too many?

A refusal is a UsageError, so that no `retry` and no `optional` of a recipe goes past it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.apps.profile import Look
    from droidcancel.recipe.run import Run

#: the account's name, on the own profile
HANDLE = "handle"
READ_S = 20.0
#: elements that a recipe may tap by itself, and what a tap on them counts as
VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".3gp", ".avi", ".ts")
POSTING = frozenset({"post_button", "post_now", "upload_retry"})
DELETING = frozenset({"confirm_delete"})


def refuse_other_files(file: Path) -> None:
    """UsageError for what is no video by its name, or is a link to such.

    A phone's gallery goes by the name, and would never offer it; and a recipe from somebody else
    must not bring any file of this machine to a phone.
    """
    if any(each.suffix.lower() not in VIDEO_SUFFIXES for each in (file, file.resolve())):
        known = ", ".join(VIDEO_SUFFIXES)
        raise UsageError(f"{file} is no video by its name", f"videos end in {known}")


def may_post(run: Run) -> None:
    """Count a post. UsageError beyond the limit, or where the account is another one."""
    require_account(run)
    most = run.options.limits.max_posts
    if run.options.tally.posts >= most:
        raise UsageError(
            f"one more post would be more than max_posts ({most}) of this phone; it was not made",
            "raise limits.max_posts in devices.yaml, or --max-posts",
        )
    run.options.tally.posts += 1


def may_delete(run: Run) -> None:
    """Count a delete. UsageError beyond the limit, or where the account is another one."""
    require_account(run)
    most = run.options.limits.max_deletes
    if run.options.tally.deletes >= most:
        raise UsageError(
            f"one more delete would be more than max_deletes ({most}) of this phone",
            "raise limits.max_deletes in devices.yaml, or --max-deletes",
        )
    run.options.tally.deletes += 1


def may_tap(run: Run, element: str) -> None:
    """Count a tap of a recipe's own on what posts or deletes."""
    if element in POSTING:
        may_post(run)
    if element in DELETING:
        may_delete(run)


def check_account(run: Run, look: Look) -> None:
    """UsageError where the own profile shows another account than the one that was named."""
    wanted = run.options.account
    place = run.profile.places.get("profile")
    if wanted is None or place is None or look.screen != place.screen:
        return
    match = look.find(HANDLE) if HANDLE in run.profile.elements else None
    if match is None:
        return
    shown = _plain(match.text)
    if shown and shown != _plain(wanted):
        raise UsageError(
            f"{run.profile.title} shows the account {match.text!r}, not {wanted!r}; nothing was "
            "posted or deleted",
            "switch the account by hand, or change `account` in devices.yaml",
        )
    run.account_seen = run.account_seen or bool(shown)


def require_account(run: Run) -> None:
    """Look at the own profile, unless it was seen in this run, where an account was named."""
    if run.options.account is None or run.account_seen:
        return
    from droidcancel.recipe.navigate import go_to, wait_look

    place = run.profile.places.get("profile")
    if place is None or HANDLE not in run.profile.elements:
        raise UsageError(
            f"the profile {run.profile.name!r} does not know where the account shows",
            "leave `account` out of devices.yaml",
        )
    go_to(run, place.screen)
    wait_look(run, lambda look: look.find(HANDLE), READ_S, "the account's name")
    if not run.account_seen:
        raise UsageError("the account's name could not be read; nothing was posted or deleted")


def _plain(name: str) -> str:
    return name.strip().lstrip("@").casefold()
