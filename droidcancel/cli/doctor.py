"""`droidcancel doctor`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli.options import (
    devices_file_option,
    err,
    json_option,
    out,
    print_json,
    serial_option,
    table,
)
from droidcancel.errors import RestoreError

if TYPE_CHECKING:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import Device, Finding
    from droidcancel.device.doctor import Diagnosis
    from droidcancel.device.doctor_probes import Keeper, Trial
    from droidcancel.device.known import Known
    from droidcancel.device.types import ThingFinding

COLOURS = {"works": "green", "not tried": "yellow", "refused": "red", "not there": "dim"}


@click.command(name="doctor")
@serial_option
@devices_file_option
@click.option("--app", metavar="PROFILE", help="The app profile to look at.")
@click.option(
    "--probe",
    is_flag=True,
    help="Also try what can be taken back (it cuts the network for some seconds, opens the"
    " Settings, and pushes a small file).",
)
@click.option("--fresh", is_flag=True, help="Ask the phone anew, whatever is known of its build.")
@click.option("--yes", is_flag=True, help="Probe a phone that devices.yaml marks protected.")
@json_option
def command(
    serial: str | None, devices_file: Path | None, app: str | None, probe: bool, fresh: bool,
    yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Say what each cancel method can do on a phone, and why not.

    By itself it only reads. With --probe it makes changes and takes them back, each written to the
    journal first. What it finds out of a build (its fingerprint) is kept, and used by runs to begin
    with the right command; every change is read back from the phone all the same.
    """
    from droidcancel.apps.profile import AppProfile
    from droidcancel.cli import runs
    from droidcancel.cli.phones import open_phone
    from droidcancel.device.doctor_topics import examine

    with open_phone(serial, devices_file) as phone:
        if probe:
            runs.refuse_protected(phone, "to probe it")
        device = phone.device
        profile = AppProfile.load(app or phone.entry.app or "clips")
        package = _installed(device, profile)
        findings = _with_in_app(examine(device, package), profile)
        with _keeper(device) if probe else contextlib.nullcontext() as keeper:
            diagnosis, since = _diagnosis(device, package, keeper, fresh)
    if as_json:
        print_json(_as_data(device, findings, diagnosis, since))
    else:
        _print(device, findings, diagnosis, since)
    if diagnosis.left:
        left = "; ".join(diagnosis.left)
        raise RestoreError("the phone is not fully restored", left, diagnosis.left)


def _installed(device: Device, profile: AppProfile) -> str:
    """The first of the profile's packages that the phone has; a phone that lies has none."""
    from droidcancel.errors import DroidCancelError

    for name in profile.packages:
        with contextlib.suppress(DroidCancelError), device.shell.limited(20):
            if device.packages.info(name):
                return name
    return profile.packages[0]


@contextlib.contextmanager
def _keeper(device: Device) -> Iterator[Keeper]:
    """The journal of the phone, held for us alone; what an earlier run left is undone first."""
    from droidcancel.journal_lock import device_lock
    from droidcancel.recipe.restore import phone_journal

    with device_lock(device):
        journal = phone_journal(device.serial, run="doctor")
        left = [item for item in journal.restore(device) if not item.ok]
        if left:
            raise RestoreError(
                "an earlier run left the phone changed, so nothing is tried on it",
                "; ".join(f"{item.what}: {item.detail}" for item in left),
                [item.detail for item in left],
            )
        yield journal
        journal.compact()


def _diagnosis(
    device: Device, package: str, keeper: Keeper | None, fresh: bool
) -> tuple[Diagnosis, float | None]:
    """What is known of the build, or found out now; and since when it is known, if it was."""
    from droidcancel.device.doctor import Diagnosis, Doctor
    from droidcancel.device.ways import THINGS

    known = device.known
    if fresh:
        device.known.things.clear()
    kept = {} if fresh or (keeper is not None and not known.probed) else _kept(known)
    asked = frozenset(THINGS) - kept.keys()
    probes = {"cache-only clear": _storage_page}
    doctor = Doctor(device, package, keeper=keeper, probes=probes, tell=_tell)
    found = doctor.diagnose(asked)
    things = {**kept, **{one.thing: one for one in found.things}}
    probed = found.probed or (known.probed and bool(kept))
    since = known.at if kept else None
    diagnosis = Diagnosis([things[thing] for thing in THINGS], probed, found.left)
    if not diagnosis.left:
        device.known.keep(diagnosis.things, probed, since)
    return diagnosis, since


def _storage_page(trial: Trial, way: str) -> str:
    """The page is opened and read, and left: it may be worded otherwise by a vendor."""
    from droidcancel.apps.storage_page import StoragePage, size_in_words
    from droidcancel.device.doctor_probes import NotNow

    if trial.app is None:
        raise NotNow("no app was asked for")
    size = StoragePage(trial.device, trial.app.name).read_size()
    return f"the page and its button are known; the cache has {size_in_words(size)}, left as it is"


def _kept(known: Known) -> dict[str, ThingFinding]:
    """What need not be asked again. A refusal is: a switch of the user's may have mended it."""
    return {
        thing: found
        for thing, found in known.things.items()
        if not any(way.status == "refused" and not _for_good(way.way) for way in found.ways)
    }


def _for_good(way: str) -> bool:
    """Whether it is we who refuse."""
    from droidcancel.device.ways import THINGS

    return any(one.never for listed in THINGS.values() for one in listed if one.name == way)


def _tell(what: str) -> None:
    if err().is_terminal:
        err().print(what, markup=False)


def _with_in_app(findings: list[Finding], profile: AppProfile) -> list[Finding]:
    """With the method that hangs on the app's profile instead of the phone, beside the others."""
    from droidcancel.device import Finding

    chain = " → ".join(profile.upload.cancel)
    why = "" if chain else f"{profile.title} shows no Cancel while it uploads"
    place = next(n for n, f in enumerate(findings) if f.topic == "force-stop")
    return [*findings[:place], Finding("in-app", bool(chain), chain, why), *findings[place:]]


def _as_data(
    device: Device, findings: list[Finding], diagnosis: Diagnosis, since: float | None
) -> dict[str, Any]:
    about = {
        "serial": device.serial,
        "kind": device.kind,
        "model": device.model,
        "manufacturer": device.manufacturer,
        "api_level": device.api_level,
        "fingerprint": device.fingerprint,
        "user": device.user,
    }
    things = [
        {
            "thing": found.thing,
            "used": found.used,
            "ways": [{"way": w.way, "status": w.status, "why": w.why} for w in found.ways],
        }
        for found in diagnosis.things
    ]
    return {
        "device": about,
        "findings": [asdict(finding) for finding in findings],
        "ways": things,
        "probed": diagnosis.probed,
        "known_since": since,
        "left": diagnosis.left,
    }


def _print(
    device: Device, findings: list[Finding], diagnosis: Diagnosis, since: float | None
) -> None:
    from rich.markup import escape

    whose = f", user {device.user}" if device.user else ""
    title = escape(f"{device.model} ({device.serial}, API {device.api_level}{whose})")
    rows = table("topic", "ok", "how, or why not", folds=("how, or why not",), title=title)
    for finding in findings:
        sign = "[green]yes[/]" if finding.ok else "[red]no[/]"
        rows.add_row(finding.topic, sign, escape(finding.way if finding.ok else finding.why))
    out().print(rows)
    out().print()
    ways = table("thing", "", "way", "found", "why", folds=("way", "why"), title=_title(diagnosis))
    for found in diagnosis.things:
        used = found.used
        for place, way in enumerate(found.ways):
            colour = COLOURS[way.status]
            ways.add_row(
                found.thing if place == 0 else "",
                "→" if way.way == used else "",
                escape(way.way),
                f"[{colour}]{way.status}[/]",
                escape(way.why),
            )
            used = None if way.way == used else used
    out().print(ways)
    for line in _remarks(diagnosis, since):
        out().print(line, markup=False, soft_wrap=True)


def _title(diagnosis: Diagnosis) -> str:
    how = "tried, and taken back" if diagnosis.probed else "by reading only"
    return f"What will be used (→), {how}"


def _remarks(diagnosis: Diagnosis, since: float | None) -> Iterator[str]:
    none = [found.thing for found in diagnosis.things if found.used is None]
    if none:
        yield f"No way for: {', '.join(none)}."
    if not diagnosis.probed:
        yield "not tried: it is there as far as reading tells; --probe tries what can be undone."
    if since is not None:
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(since))
        yield f"Known of this build since {day}; --fresh asks the phone anew."
