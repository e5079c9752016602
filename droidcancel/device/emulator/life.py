"""Starting an AVD and waiting for it; which run; stopping them."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from droidcancel.device import adb
from droidcancel.device.connect import connect
from droidcancel.device.emulator.command import CONSOLE_PORTS, StartOptions, start_command
from droidcancel.device.emulator.console import LOOPBACK, Console
from droidcancel.device.emulator.sdk import check_avd, find_emulator
from droidcancel.device.poll import must_poll, poll, until
from droidcancel.errors import AdbError, DeviceError, UsageError

#: a cold boot without KVM takes minutes
BOOT_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 60.0
LOOK_S = 2.0
LOG_TAIL = 8
_HINTS = {
    "same AVD": "it runs already: stop it, or start it with --read-only",
    "/dev/kvm": "join the group kvm (`sudo gpasswd -a $USER kvm`), and log in anew",
    "hardware acceleration": "switch on virtualisation in the BIOS; a virtual machine needs it too",
    "system path": "ANDROID_HOME names an SDK without that AVD's system image: install the image",
    "Unknown AVD": "`droidcancel emulator list` shows the AVDs",
    "disk space": "free some space on the disk of ~/.android/avd",
    "display": "leave out --window on a machine without a screen",
}


@dataclass(frozen=True)
class Running:
    """An emulator that runs."""

    serial: str
    avd: str


def running() -> list[Running]:
    """The emulators whose console answers; droidcancel's simulators have none."""
    found = []
    for port in CONSOLE_PORTS:
        if not _listens(port):
            continue
        try:
            with Console(port, timeout=LOOK_S) as console:
                found.append(Running(f"emulator-{port}", console.avd_name()))
        except DeviceError:
            continue  # something else that listens there
    return found


def find_running(name: str) -> Running:
    """The emulator of that AVD or serial. UsageError where none runs."""
    known = running()
    for each in known:
        if name in (each.serial, each.avd):
            return each
    shown = ", ".join(f"{each.avd} ({each.serial})" for each in known) or "none"
    raise UsageError(f"no emulator {name!r} runs", f"running: {shown}")


def start(
    avd: str,
    log: Path,
    options: StartOptions | None = None,
    *,
    timeout: float = BOOT_TIMEOUT_S,
    tell: Callable[[str], None] = lambda _line: None,
) -> str:
    """Start an AVD and wait until its services answer; returns its serial.

    `log`: gets what the emulator prints. It goes on after this process. One that does not boot is
    ended again. Raises DeviceError, UsageError.
    """
    program = find_emulator()
    check_avd(program, avd)
    chosen = options or StartOptions(free_port())
    if not chosen.read_only:
        _refuse_second(avd)
    adb.client()  # the emulator tells a server that runs of itself
    command = start_command(program, avd, chosen)
    tell(" ".join(command))
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as printed:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    serial = f"emulator-{chosen.port}"
    try:
        _wait(process, serial, log, timeout)
    except BaseException:
        _end(process)
        raise
    process.returncode = 0  # it goes on by itself: nothing here waits for it any more
    if chosen.snapshot is not None:
        _check_snapshot(serial, chosen.snapshot, tell)
    return serial


def _refuse_second(avd: str) -> None:
    for each in running():
        if each.avd == avd:
            raise UsageError(
                f"the AVD {avd} runs already, as {each.serial}",
                f"use it with -s {each.serial}, stop it, or start another with --read-only",
            )


def free_port() -> int:
    """A console port whose adb port is free as well. DeviceError where all are taken."""
    for port in CONSOLE_PORTS:
        if not _listens(port) and not _listens(port + 1):
            return port
    raise DeviceError(
        f"no port from {CONSOLE_PORTS[0]} to {CONSOLE_PORTS[-1]} is free for an emulator",
        "stop one: `droidcancel emulator list`, `droidcancel simulator list`",
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(LOOK_S)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _wait(process: subprocess.Popen[bytes], serial: str, log: Path, timeout: float) -> None:
    started = time.monotonic()

    def up() -> bool | None:
        if process.poll() is not None:
            raise _ended(process.returncode, log)
        try:
            connect(serial, boot_wait_s=0.0).close()
        except (DeviceError, UsageError):  # not listed yet, offline, or still booting
            return None
        return True

    if poll(up, timeout) is None:
        raise DeviceError(
            f"{serial} did not finish booting within {time.monotonic() - started:.0f} s",
            f"its own words stand in {log}; without KVM a boot takes long: --timeout",
        )


def _ended(code: int, log: Path) -> DeviceError:
    """Why the emulator ended, in its own words."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    said = " | ".join(lines[-LOG_TAIL:])[:1000] or "it said nothing"
    hint = next((hint for word, hint in _HINTS.items() if word in said), f"see {log}")
    return DeviceError(f"the emulator ended with {code}: {said}", hint)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what was started here, by its own process."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _check_snapshot(serial: str, name: str, tell: Callable[[str], None]) -> None:
    """An emulator boots cold where there is no such snapshot, and only its log says so."""
    with Console.of(serial) as console:
        known = console.snapshots()
    if name not in known:
        shown = ", ".join(known) or "none"
        tell(f"{serial} has no snapshot {name!r} (it has: {shown}), so it was booted cold")


def stop(emulator: Running, save: str | None = None, timeout: float = STOP_TIMEOUT_S) -> None:
    """End an emulator, its state saved as a snapshot where one is named, and see it gone."""
    with Console.of(emulator.serial) as console:
        if save is not None:
            console.snapshot("save", save)
            if save not in console.snapshots():
                raise DeviceError(f"{emulator.serial} did not keep the snapshot {save!r}")
        console.kill()
    port = int(emulator.serial.rpartition("-")[2])
    must_poll(
        until(lambda: not _listens(port) and not _listed(emulator.serial)),
        timeout,
        f"{emulator.serial} did not end",
        "see its window or its log",
    )


def _listed(serial: str) -> bool:
    try:
        with adb.adb_errors("cannot list devices"):
            return any(info.serial == serial for info in adb.list_phones(adb.client()))
    except AdbError:
        return False


def log_path(folder: Path, avd: str) -> Path:
    """Where an AVD's output is kept."""
    return folder / "emulators" / f"{avd}-{os.getpid()}.log"
