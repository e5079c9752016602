"""Phones that a farm lends: a command of devices.yaml prints an adb address, another gives it back.

The commands are lists of words, run as they are and never through a shell. In `release`,
``{address}`` stands for the address that `connect` printed.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from droidcancel.device import adb
from droidcancel.device.config import DeviceEntry
from droidcancel.device.connect import connect_address
from droidcancel.errors import DeviceError

CONNECT_S = 300.0
RELEASE_S = 60.0
_ADDRESS = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")


def is_farmed(entry: DeviceEntry) -> bool:
    """Whether a farm lends this phone."""
    return isinstance(entry.connect, tuple)


@contextmanager
def leased(entry: DeviceEntry, name: str) -> Iterator[str]:
    """The serial of a phone that the farm lends; it is given back at the end, whatever ends it.

    Raises DeviceError, AdbError.
    """
    assert isinstance(entry.connect, tuple)
    address = _address(_run(entry.connect, name, "connect", CONNECT_S), name)
    try:
        connect_address(address)
        yield address
    finally:
        _give_back(entry, name, address)


def _give_back(entry: DeviceEntry, name: str, address: str) -> None:
    try:
        adb.disconnect_from(adb.client(), address)
    except DeviceError:
        pass  # the link is gone already
    if entry.release:
        words = [word.replace("{address}", address) for word in entry.release]
        _run(words, name, "release", RELEASE_S)


def _run(words: Sequence[str], name: str, key: str, seconds: float) -> str:
    said = f"devices.yaml: {name}: {key}: {words[0]}"
    try:
        done = subprocess.run(
            list(words), stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except OSError as error:
        raise DeviceError(
            f"{said} cannot be run: {error.strerror}", "is it installed on this computer?"
        ) from error
    except subprocess.TimeoutExpired:
        raise DeviceError(
            f"{said} did not end within {seconds:g} s", "has the farm a phone free?"
        ) from None
    if done.returncode:
        words_of_it = " ".join(done.stderr.decode(errors="replace").split())[-300:]
        raise DeviceError(
            f"{said} ended with {done.returncode}: {words_of_it or 'it said nothing'}"
        )
    return done.stdout.decode(errors="replace")


def _address(printed: str, name: str) -> str:
    """The last line that a command printed, which must be an address and nothing else."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    found = _ADDRESS.fullmatch(last)
    if found is None or not 0 < int(found[1]) < 65536:
        raise DeviceError(
            f"devices.yaml: {name}: connect: the command printed {last[:80]!r}, and no address",
            "its last line has to be HOST:PORT, as for `adb connect`",
        )
    return last
