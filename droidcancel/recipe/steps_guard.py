"""Steps that stand before Post: the network is good enough, and a person has said yes.

A guard that speaks against the upload ends the run before Post is tapped; its check says why.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from droidcancel.apps.profile import Look
from droidcancel.device import poll
from droidcancel.device.uplink import Uplink
from droidcancel.errors import AppError, Unsupported, UsageError
from droidcancel.evidence import TrafficSeen
from droidcancel.recipe import steps_guard_model as model
from droidcancel.recipe.checks import check, keep_set, leave_what_was_prepared, note
from droidcancel.recipe.navigate import ASKS_S, Calm, go_to, open_app, tap, wait_look
from droidcancel.recipe.run import Run
from droidcancel.recipe.stop import StopRun

#: what lets an app read the gallery: three since Android 13, one before
MEDIA_PERMISSIONS = (
    "android.permission.READ_MEDIA_VIDEO",
    "android.permission.READ_MEDIA_IMAGES",
    "android.permission.READ_MEDIA_VISUAL_USER_SELECTED",
)
STORAGE_PERMISSIONS = ("android.permission.READ_EXTERNAL_STORAGE",)
MEDIA_API = 33
#: how often the network is measured again while it is waited for
AGAIN_S = 2.0
SHEET_S = 8.0
#: what a held app may be seen to send: what was on its way when it was cut
HELD_BYTES = 16_384


# -- the network


def network_guard(run: Run, args: model.NetworkGuard, _runner: object) -> None:
    """Measure, and warn, wait or stop where it is not enough."""
    name = "the network is good enough to upload"
    deadline = time.monotonic() + (args.wait if args.on_slow == "wait" else 0.0)
    while True:
        seen = run.device.uplink.measure(args.host)
        why = too_weak(seen, args)
        if why is None or time.monotonic() >= deadline:
            break
        run.tell("progress", f"waiting for a better network: {why}")
        threading.Event().wait(AGAIN_S)
    note(run, "network", seen.in_words())
    if why is None:
        check(run, name, True, seen.in_words())
    elif args.on_slow == "warn":
        note(run, "warning", f"slow network: {why}")
        run.tell("trouble", f"slow network: {why}; going on, since on_slow is warn")
    else:
        check(run, name, False, why)
        leave_what_was_prepared(run)
        raise StopRun(f"{why}; nothing was posted")


def too_weak(seen: Uplink, wanted: model.NetworkGuard) -> str | None:
    """Why a network is not good enough; None for one that is, as far as the phone tells."""
    if not seen.online:
        return "the phone has no network"
    if seen.up_kbps is not None and seen.up_kbps < wanted.min_kbps:
        return f"{seen.up_kbps} kbit/s up, {wanted.min_kbps:g} are wanted"
    if seen.ping is not None and seen.ping.loss > wanted.most_lost:
        lost = f"{seen.ping.sent - seen.ping.received} of {seen.ping.sent}"
        return f"{lost} pings to {seen.ping.host} were lost"
    return None


def measure_upload(run: Run, args: model.MeasureUpload, _runner: object) -> None:
    """The first seconds of the app's own bytes."""
    first = run.posted_tx
    started = run.posted_at if run.posted_at is not None else time.monotonic()
    left = started + args.seconds - time.monotonic()
    threading.Event().wait(max(0.0, left))
    now = run.sample_traffic()
    seen = run.recorder.last(TrafficSeen)
    if first is None or now is None or seen is None:
        note(run, "upload", "this phone counts no bytes of the app")
        return
    seconds = max(0.1, time.monotonic() - started)
    rate = (now - first) * 8 / 1000 / seconds
    text = f"{now - first} bytes in the first {seconds:.1f} s: {rate:.0f} kbit/s"
    note(run, "upload", f"{text} (the app's byte counter, {run.device.traffic.source})")


# -- a person's yes


def hold_upload(run: Run, args: model.HoldUpload, _runner: object) -> None:
    """Take away what an upload needs. UsageError where nobody can be asked for it back."""
    if run.options.confirm is None:
        raise UsageError(
            "an upload needs a person's yes, and there is nobody to ask",
            "run it in a terminal, or give --yes",
        )
    run.held_by = _way_to_hold(run, args.by)
    for permission in _media_permissions(run):
        if not run.device.packages.granted(run.package, permission):
            # what is allowed for this run is taken back at its end
            keep_set(run, "permission", True, package=run.package, permission=permission)
    _HOLD[run.held_by](run)


def _way_to_hold(run: Run, by: str) -> str:
    can = run.device.app_network.can(run.info.uid)
    if by == "network" and not can.ok:
        raise Unsupported(
            f"the app's network cannot be held here: {can.why_not}", "use -e by=permission"
        )
    return by if by != "auto" else ("network" if can.ok else "permission")


def _hold_network(run: Run) -> None:
    keep_set(run, "app_network", {"allowed": False, "chain": True}, package=run.package)
    run.device.app_network.set(run.package, False)
    run.held_tx = run.sample_traffic()
    note(run, "held", f"the network of {run.package} is cut until somebody says yes")


def _hold_permissions(run: Run) -> None:
    packages, pids = run.device.packages, run.device.packages.pids(run.package)
    granted = [p for p in _media_permissions(run) if packages.granted(run.package, p)]
    for permission in granted:
        keep_set(run, "permission", False, package=run.package, permission=permission)
        packages.revoke(run.package, permission)
    ended = bool(pids) and not set(pids) & set(packages.pids(run.package))
    names = ", ".join(p.rpartition(".")[2] for p in granted) or "none was granted"
    told = "; Android ended the app for it" if ended else ""
    note(run, "held", f"media permissions withdrawn: {names}{told}")
    _see_it_ask(run)


def _media_permissions(run: Run) -> tuple[str, ...]:
    return MEDIA_PERMISSIONS if run.device.api_level >= MEDIA_API else STORAGE_PERMISSIONS


def _see_it_ask(run: Run) -> None:
    """Up to the gallery, where the app must ask; then a person answers."""
    way = run.profile.ways.get("picker", {})
    open_app(run)

    calm = Calm(ASKS_S)

    def asked(look: Look) -> str | None:
        if not calm.stays(look.screen):
            return None
        if look.screen == "permission":
            return "asked"
        if look.find("media_cell") is not None:
            return "open"
        lead = look.find(way[look.screen]) if look.screen in way else None
        if lead is not None:
            run.tap_match(lead)
        return None

    name = "the app asks before it reads the gallery"
    if wait_look(run, asked, run.left(), "the question for the gallery") == "open":
        check(run, name, False, "the gallery is open without a question")
        raise StopRun("the permissions do not hold the app back; nothing was posted")
    check(run, name, True, "the question came up")
    run.screenshot("permission")
    if not _agreed(run, "let the app read the gallery, and upload the video"):
        tap(run, "permission_deny")
        raise StopRun("the person did not say yes; nothing was posted")
    tap(run, "permission_allow_media", SHEET_S)
    _await_grant(run)
    go_to(run, run.profile.home)  # the gallery is opened anew once the video lies in it


def _await_grant(run: Run) -> None:
    """Wait for the permission that the answer gives; it stands in the journal already."""
    granted, names = run.device.packages.granted, _media_permissions(run)
    poll(lambda: any(granted(run.package, p) for p in names) or None, SHEET_S)


def confirm_upload(run: Run, _args: model.ConfirmUpload, _runner: object) -> None:
    """Before Post, where the network is held: prove that nothing left, ask, and let go."""
    if run.held_by is None:
        raise UsageError("nothing is held back", "use `hold_upload` before `confirm_upload`")
    if run.held_by != "network":
        return  # asked at the permission
    sent = _sent_while_held(run)
    quiet = None if sent is None else sent <= HELD_BYTES
    detail = "this phone counts no bytes" if sent is None else f"{sent} bytes left the phone"
    check(run, "nothing was sent before the yes", quiet, detail)
    if not _agreed(run, "post this video"):
        leave_what_was_prepared(run)
        raise StopRun("the person did not say yes; nothing was posted")
    undone = run.undo_changes(frozenset({"app_network"}))
    left = [r.detail for r in undone if not r.ok]
    if left:
        raise AppError(f"the app's network could not be given back: {left[0]}")
    note(run, "held", "the app has its network back")


def _sent_while_held(run: Run) -> int | None:
    now = run.sample_traffic()
    return None if now is None or run.held_tx is None else max(0, now - run.held_tx)


def _agreed(run: Run, what: str) -> bool:
    confirm = run.options.confirm
    question = f"{run.profile.title} on {run.device.serial}: {what}?"
    yes = confirm is not None and confirm(question)
    # an answer may take its time: what comes after it has the whole time of its step
    run.deadline = time.monotonic() + run.options.limits.step_timeout_s
    check(run, "a person agreed", yes, f"{question} {'yes' if yes else 'no'}")
    return yes


_HOLD: Mapping[str, Callable[[Run], None]] = {
    "network": _hold_network,
    "permission": _hold_permissions,
}

STEPS: Mapping[str, Callable[[Run, Any, Any], None]] = {
    "network_guard": network_guard,
    "measure_upload": measure_upload,
    "hold_upload": hold_upload,
    "confirm_upload": confirm_upload,
}
