"""Steps on the phone's own pages, and on the app's settings: cache, Data Saver, version, restart.

What is found goes into the evidence as checks; the phone is put back through the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from droidcancel.apps.profile import Look
from droidcancel.apps.schema import version_of
from droidcancel.apps.storage_page import Cleared, StoragePage, parse_size
from droidcancel.device import poll
from droidcancel.errors import AppError, DeviceError, DroidCancelError, UiError
from droidcancel.evidence import UploadSeen
from droidcancel.recipe import steps_guard_model as model
from droidcancel.recipe.app_switch import begin_switch, flip, open_switch, put_switch_back
from droidcancel.recipe.checks import check, keep_set, note, put_back_in_app, sent_within
from droidcancel.recipe.items import lost
from droidcancel.recipe.navigate import go_to, open_app, require, tap
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import Drafts, read_drafts

STORE = "com.android.vending"
STORE_S = 15.0
SWITCHED_S = 8.0
ACTIVE = frozenset({"posting", "waiting"})


# -- the account and its drafts


def remember_account(run: Run, _args: model.RememberAccount, _runner: object) -> None:
    """Note the handle and the drafts."""
    run.account = _account(run)
    handle, drafts = run.account
    note(run, "account", f"{handle or 'logged in'}, {drafts.total} drafts")


def _account(run: Run) -> tuple[str, Drafts]:
    profile = run.profile.places["profile"]
    go_to(run, profile.screen)
    handle = ""
    if "handle" in run.profile.elements:
        handle = require(run, "handle").text
    place = run.profile.places.get("drafts")
    if place is None:
        return handle, Drafts()
    drafts = read_drafts(run, place)
    go_to(run, run.profile.home)
    if not drafts.whole:
        raise UiError(f"{len(drafts.read)} of {drafts.count} drafts could be read")
    return handle, drafts


def check_account(run: Run, _args: model.CheckAccount, _runner: object) -> None:
    """Start the app anew, and compare."""
    if run.account is None:
        raise AppError("the account was not looked at before", "use `remember_account` first")
    before, drafts = run.account
    run.device.packages.force_stop(run.package)
    try:
        open_app(run)
        after, left = _account(run)
    except AppError as error:
        check(run, "the account is still logged in", False, error.message)
        return
    same = after == before
    check(run, "the account is still logged in", same, after if same else f"{before} is {after}")
    gone = lost(drafts.read, left.read, "")
    _check_drafts(run, drafts.total, left.total, len(gone))


def _check_drafts(run: Run, before: int, after: int, gone: int) -> None:
    if gone or after < before:
        detail = f"{before} before, {after} after: {max(gone, before - after)} lost"
        check(run, "the drafts are untouched", False, detail)
        return
    what = f"{before} before, {after} after" if before else "there were none to lose"
    check(run, "the drafts are untouched", True, what)


# -- the cache


def clear_cache(run: Run, args: model.ClearCache, _runner: object) -> None:
    """Clear it, and check that it got smaller."""
    cleared = _in_the_app(run) if args.in_app else _in_settings(run)
    where = "in the app" if args.in_app else "on the storage page of Settings"
    check(run, "the cache was cleared", cleared.ok, f"{cleared.in_words()}, {where}")


def _in_settings(run: Run) -> Cleared:
    cleared = StoragePage(run.device, run.package).clear_cache()
    run.start_app()
    return cleared


def _in_the_app(run: Run) -> Cleared:
    """Free up space > Cache > Clear. Its row of drafts is never touched."""
    _must_know(run, "clear_cache", "Free up space", "clear_cache_confirm", "cache_size")
    go_to(run, "storage")
    before = _size_shown(run)
    tap(run, "clear_cache")
    tap(run, "clear_cache_confirm")

    def fallen() -> Cleared | None:
        look = run.look()
        after = _size_on(look)
        now = Cleared(before, after) if after is not None and look.screen == "storage" else None
        return now if now is not None and now.ok else None

    cleared = poll(fallen, SWITCHED_S)
    go_to(run, run.profile.home)
    return cleared or Cleared(before, before)


def _size_shown(run: Run) -> int:
    size = poll(lambda: _size_on(run.look()), SWITCHED_S)
    if size is None:
        raise UiError("the app shows no size of its cache")
    return size


def _size_on(look: Look) -> int | None:
    match = look.find("cache_size")
    return None if match is None else parse_size(match.text.rpartition(":")[2])


def _must_know(run: Run, element: str, what: str, *more: str) -> None:
    """AppError where the profile does not know a page of the app."""
    missing = [name for name in (element, *more) if name not in run.profile.elements]
    if missing:
        raise AppError(
            f"the profile {run.profile.name!r} does not know the app's {what} "
            f"({', '.join(missing)})",
            "add it to the profile",
        )


# -- after a restart


def check_dropped(run: Run, args: model.CheckDropped, _runner: object) -> None:
    """After the restart of the phone: does the upload come back by itself?"""
    run.sample_processes()
    noise = run.recorder.limits.noise_bytes
    seconds = min(args.seconds, run.options.limits.watch_resume_s)
    sent = sent_within(run, seconds, lambda so_far: so_far <= noise)
    look = open_app(run)
    view = _sight(run, look)
    shows = f"it shows {view.state}" if view is not None else "it shows no upload"
    if sent is not None and sent > noise:
        check(run, "the restart dropped the upload", False, f"{sent} bytes were sent after it")
    elif view is not None and view.state in ACTIVE:
        detail = f"{shows} {view.percent or 0}% with nobody asking"
        check(run, "the restart dropped the upload", False, detail)
    else:
        check(run, "the restart dropped the upload", True, shows)


def _sight(run: Run, look: Look) -> UploadSeen | None:
    """What the app shows of the upload, once it says anything of it."""

    def seen() -> UploadSeen | None:
        view = run.look().upload
        if view.state is None or view.state == "none":
            return None
        return UploadSeen(run.recorder.now(), view.state, view.percent)

    return poll(seen, 3.0) if look.upload.state in (None, "none") else seen()


# -- Data Saver


def data_saver(run: Run, args: model.DataSaver, _runner: object) -> None:
    """Switch it on, the network made metered for the time."""
    _make_metered(run)
    if args.whose in ("android", "both"):
        keep_set(run, "restrict_background", True)
        run.device.data_saver.set(True)
        note(run, "Data Saver", "Android's is on")
    if args.whose in ("app", "both"):
        _switch_in_app(run, True)


def _make_metered(run: Run) -> None:
    """Data Saver says nothing about Wi-Fi that is not metered; mobile data is metered anyway."""
    saver = run.device.data_saver
    ssid = saver.ssid()
    if ssid is not None:
        keep_set(run, "metered_wifi", "true", ssid=ssid)
        saver.set_metered(ssid, "true")
    metered = poll(lambda: saver.metered_ifaces() or None, SWITCHED_S)
    if metered:
        note(run, "network", f"metered for the time: {', '.join(metered)}")
    elif ssid is not None:
        note(run, "network", f"the Wi-Fi {ssid!r} is set to metered; the phone lists no interface")


def _switch_in_app(run: Run, on: bool) -> None:
    """The app's own switch; it is put back at the end, through the app."""
    _must_know(run, "data_saver", "Data Saver")
    before = bool(open_switch(run).node.checked)
    if before != on:
        change = begin_switch(run, before, on)
        run.afterwards.append(("the app's Data Saver", partial(put_switch_back, run, change)))
        flip(run, on)
    note(run, "Data Saver", f"the app's is on (it was {'on' if before else 'off'})")
    go_to(run, run.profile.home)


def put_back(run: Run, _args: model.PutBackInApp, _runner: object) -> None:
    """The app's own switches, before the watch that proves the end."""
    for restored in put_back_in_app(run):
        run.tell("restored", f"{restored.what}: {restored.detail}")


def check_held(run: Run, args: model.CheckHeld, _runner: object) -> None:
    """Is the upload held back? Under Android's Data Saver alone it need not be."""
    noise = run.recorder.limits.noise_bytes
    begun = run.posted_tx
    seconds = min(args.seconds, run.options.limits.watch_resume_s)
    sent = sent_within(run, seconds, lambda so_far: so_far <= noise)
    now = run.sample_traffic()
    if sent is not None and begun is not None and now is not None:
        sent = max(sent, now - begun)
    state = run.look().upload.state
    shown = f"the app shows {state or 'nothing of it'}"
    if args.whose == "android":
        _note_foreground(run, sent, shown)
        return
    name = "the app's Data Saver holds the upload back"
    if sent is None:
        check(run, name, state == "waiting" or None, f"{shown}; this phone counts no bytes")
    elif sent > noise:
        check(run, name, False, f"{sent} bytes were sent under it; {shown}")
    else:  # an app that has no words for it shows an upload that stands still
        check(run, name, state in ACTIVE or None, f"{sent} bytes were sent; {shown}")


def _note_foreground(run: Run, sent: int | None, shown: str) -> None:
    text = "Android's Data Saver does not stop an upload of an app on the screen"
    how = "this phone counts no bytes" if sent is None else f"{sent} bytes were sent under it"
    note(run, "Data Saver", f"{text}: {how}; {shown}")


# -- the version


def check_version(run: Run, args: model.CheckVersion, _runner: object) -> None:
    """Compare; show the store's page, and touch nothing on it."""
    installed, wanted = run.info.version_name, args.min_version
    enough = is_at_least(installed, wanted)
    detail = f"{installed} is installed, {wanted} is wanted"
    check(run, "the app is up to date", enough, detail)
    if args.store:
        _show_store(run)


def is_at_least(installed: str, wanted: str) -> bool | None:
    """Whether a version is another or later; None for one without numbers."""
    given, least = version_of(installed), version_of(wanted)
    if not given:
        return None
    width = max(len(given), len(least))
    return _padded(given, width) >= _padded(least, width)


def _padded(version: tuple[int, ...], width: int) -> tuple[int, ...]:
    return (*version, *(0,) * (width - len(version)))


def _show_store(run: Run) -> None:
    link = f"market://details?id={run.package}"
    try:
        run.device.activities.view("android.intent.action.VIEW", link)
        front = poll(lambda: _in_front_other_than(run), STORE_S)
        note(run, "store", f"{link} is shown by {front}" if front else "no store page came up")
        run.screenshot("store", shown=(front,) if front else ())
    except DeviceError as error:
        note(run, "store", f"this phone has no store page for it: {error.message}")
    finally:
        _leave_store(run)


def _in_front_other_than(run: Run) -> str | None:
    front = run.device.activities.foreground()
    return None if front is None or front.package == run.package else front.package


def _leave_store(run: Run) -> None:
    try:
        run.device.ui.press("back")
    except DroidCancelError as error:
        run.trouble("store", error)


STEPS: Mapping[str, Callable[[Run, Any, Any], None]] = {
    "remember_account": remember_account,
    "check_account": check_account,
    "clear_cache": clear_cache,
    "check_dropped": check_dropped,
    "data_saver": data_saver,
    "put_back_in_app": put_back,
    "check_held": check_held,
    "check_version": check_version,
}
