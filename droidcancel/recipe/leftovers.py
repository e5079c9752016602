"""What a run leaves in the app, and the recipe that clears it."""

from __future__ import annotations

import shlex

from droidcancel.evidence import Evidence, JobsSeen, Search, UploadSeen
from droidcancel.facts import Facts
from droidcancel.verdict import VerdictName


def left_behind(
    verdict: VerdictName, evidence: Evidence, *, broken_off: bool = False
) -> tuple[str, ...]:
    """One line for each thing that is left: what, and how to clear it.

    `broken_off`: an error or an interruption ended the run before its last looks.
    """
    left = []
    if broken_off and evidence.mark("posted") is not None and verdict in ("invalid", "unknown"):
        left.append(
            "an upload that was begun, and not looked after: see what became of it with "
            f"`{_command('verify_outcome', evidence)}`"
        )
    live = _last_found(evidence, "profile")
    if verdict == "resumed" and not live and not _came_to_rest(evidence):
        left.append(f"an upload that goes on: stop it with `{_cancel(evidence)}`")
    elif jobs := _pending_jobs(evidence):
        left.append(f"a pending job ({', '.join(jobs)}): clear it with `{_cancel(evidence)}`")
    if verdict == "published" and _last_found(evidence, "others") and not live:
        left.append("a video that others are shown and the own profile is not: ask the service")
    elif verdict == "published" or (verdict == "resumed" and not _seen_absent(evidence)):
        left.append(f"a live video: clear it with `{_command('delete_post', evidence)}`")
    if _last_found(evidence, "drafts"):
        left.append(f"a draft: clear it with `{_command('delete_draft', evidence)}`")
    elif verdict == "draft" and _still_fails(evidence):
        left.append(f"a failed upload with a retry: clear it with `{_cancel(evidence)}`")
    elif verdict == "draft":
        left.append(f"a draft: clear it with `{_command('delete_draft', evidence)}`")
    return tuple(left)


def _command(recipe: str, evidence: Evidence) -> str:
    """How to run a recipe on this run's video; its caption is for the user to fill in without one.

    The caption is what the recipe finds it by: the run's token, or the name that the user gave.
    """
    caption = shlex.quote(evidence.token) if evidence.token else "CAPTION"
    return f"droidcancel run {recipe} -e caption={caption}"


def _cancel(evidence: Evidence) -> str:
    """The panic button; told how to know the video, it can prove more."""
    known_as = f" --caption {shlex.quote(evidence.token)}" if evidence.token else ""
    return f"droidcancel cancel{known_as}"


def _last_found(evidence: Evidence, place: str) -> bool:
    looks = [s for s in evidence.of(Search) if s.place == place]
    return bool(looks) and bool(looks[-1].found)


def _came_to_rest(evidence: Evidence) -> bool:
    """Whether an upload that went on was stopped later in the run: it shows and sends no more."""
    seen, sent = evidence.of(UploadSeen), Facts(evidence).sent_in_quiet
    quiet = sent is not None and sent <= evidence.limits.noise_bytes
    return quiet and bool(seen) and seen[-1].state == "none"


def _seen_absent(evidence: Evidence) -> bool:
    """Whether the last look at the profile read all of it, and this run's video was not there."""
    looks = [s for s in evidence.of(Search) if s.place == "profile"]
    return bool(looks) and looks[-1].complete and not looks[-1].found


def _pending_jobs(evidence: Evidence) -> tuple[str, ...]:
    seen = evidence.of(JobsSeen)
    return seen[-1].jobs if seen else ()


def _still_fails(evidence: Evidence) -> bool:
    seen = evidence.of(UploadSeen)
    return bool(seen) and seen[-1].state == "failed"
