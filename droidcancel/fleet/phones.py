"""The phones of a host: which ones, their facts, and a job on one of them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from droidcancel.apps.profile import AppProfile
from droidcancel.device.config import KINDS, DeviceEntry, Devices, SimulatorEntry
from droidcancel.device.connect import connect, list_devices
from droidcancel.device.device import Device
from droidcancel.device.farm import is_farmed, leased
from droidcancel.errors import DeviceError, DroidCancelError, UsageError
from droidcancel.fleet.facts import PhoneFacts
from droidcancel.fleet.jobs import Job
from droidcancel.journal_file import state_dir
from droidcancel.journal_lock import device_lock
from droidcancel.recipe.engine import run_recipe
from droidcancel.recipe.load import LoadedRecipe, load_recipe
from droidcancel.recipe.options import RunOptions
from droidcancel.recipe.restore import phone_journal
from droidcancel.recipe.values import Moment
from droidcancel.sample import sample_video
from droidcancel.secret import redacted_json

#: phones that are examined at once
AT_ONCE = 8


@dataclass(frozen=True)
class LabPhone:
    """A phone that is offered, and what devices.yaml says of it."""

    facts: PhoneFacts
    entry: DeviceEntry

    def connect(self) -> Device:
        """Reach it. Raises DeviceError."""
        return connect(self.facts.serial, user=self.entry.user)


def host_id() -> str:
    """Who shares a ledger: the processes of one computer with one state directory."""
    machine = ""
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        if Path(path).is_file():
            machine = Path(path).read_text(encoding="ascii", errors="replace").strip()
            break
    import socket

    text = f"{socket.gethostname()} {machine} {state_dir().resolve()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def find_phones(
    names: Sequence[str], devices: Devices, host: str, stack: ExitStack
) -> list[LabPhone]:
    """The phones that were named, by serial or by their name in devices.yaml; all without.

    All: what is attached, and what devices.yaml can reach by `connect`. What a farm lends is given
    back when the stack is closed. Raises UsageError, DeviceError.
    """
    wanted: dict[str, tuple[str, DeviceEntry | None]] = {}
    for name in names or _everything(devices):
        entry = devices.devices.get(name) or devices.for_serial(name)
        wanted[_serial(name, entry, stack)] = (name, entry)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda s: _examine(s, *wanted[s], host), wanted))
    if not found:
        raise DeviceError(
            "no phone is attached", "attach one, or name those of devices.yaml with -s"
        )
    return found


def _everything(devices: Devices) -> list[str]:
    attached = [phone.serial for phone in list_devices() if phone.usable]
    reached = [name for name, entry in devices.devices.items() if entry.connect]
    taken = {devices.devices[name].serial for name in reached}
    return [*reached, *(serial for serial in attached if serial not in taken)]


def _serial(name: str, entry: DeviceEntry | None, stack: ExitStack) -> str:
    if entry is None:
        return name
    if isinstance(entry, SimulatorEntry) and entry.serial is None:
        raise UsageError(
            f"{name} is a virtual phone that is booted for one command",
            "start it with `droidcancel simulator start`, and name its serial",
        )
    if is_farmed(entry):
        return stack.enter_context(leased(entry, name))
    if entry.serial and not entry.connect:
        return entry.serial
    with closing(connect(None if entry.connect else entry.serial, entry)) as device:
        return device.serial


def _examine(serial: str, name: str, entry: DeviceEntry | None, host: str) -> LabPhone:
    """A phone's facts; what a run that was killed has left on it is undone first."""
    with closing(connect(serial)) as device:
        _put_back(device)
        chosen = entry or KINDS[device.kind].model_validate({"kind": device.kind, "serial": serial})
        facts = PhoneFacts(
            id=f"{host}/{serial}", host=host, host_id=host_id(), name=name, serial=serial,
            kind=device.kind, model=device.model, api=device.api_level, locale=device.locale,
            app=chosen.app, protected=chosen.protected, max_posts=chosen.limits.max_posts,
            max_deletes=chosen.limits.max_deletes,
        )  # fmt: skip
    return LabPhone(facts, chosen)


def restore(facts: PhoneFacts) -> bool:
    """Undo what a run that was killed has left on a phone; whether nothing of it is left."""
    try:
        with closing(connect(facts.serial)) as device:
            return _put_back(device)
    except DroidCancelError:
        return False


def _put_back(device: Device) -> bool:
    try:
        with device_lock(device):
            return all(item.ok for item in phone_journal(device.serial).restore(device))
    except DroidCancelError:
        return False


def run_job(job: Job, phone: LabPhone) -> dict[str, Any]:
    """A job on its phone, as the run's JSON. Raises only from before its first change."""
    with tempfile.TemporaryDirectory(
        prefix="droidcancel-job-", ignore_cleanup_errors=True
    ) as folder:
        loaded = _load(job, Path(folder))
        profile = AppProfile.load(job.app or loaded.recipe.app or phone.entry.app or "clips")
        moment = None if job.moment is None else Moment.model_validate(job.moment)
        options = RunOptions(
            method=job.method, moment=moment, package=job.package, limits=phone.entry.limits,
            locale=phone.entry.locale, pin=phone.entry.pin(), run_id=job.run_id,
            account=phone.entry.account,
            confirm=(lambda _question: True) if job.yes else None,
        )  # fmt: skip
        device = phone.connect()
        try:
            run = run_recipe(loaded, device, profile, options).to_json()
            told: dict[str, Any] = redacted_json(run)
            return told
        finally:
            with suppress(DroidCancelError):  # a run that has ended is not undone by a lost link
                device.close()


def _load(job: Job, folder: Path) -> LoadedRecipe:
    for name, text in job.files.items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    path: str | Path = folder / Path(next(iter(job.files))).name if job.files else job.recipe
    values = dict(job.values)
    declared = load_recipe(path).recipe.vars
    if "video" in declared and declared["video"] is None and values.get("video") is None:
        values["video"] = str(sample_video())
    return load_recipe(path, values)
