"""One run a phone: a lock file a serial, which the system drops when its process ends.

A phone may be attached twice, by cable and over its Wi-Fi. So the phone itself is locked as well,
by the id of its boot, which no two phones share.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.errors import LockedError
from droidcancel.journal_file import file_stem, state_dir, unwritable

if TYPE_CHECKING:
    from droidcancel.device import Device

#: serials that this process has leased -> what keeps its own runs on them apart
_LEASED: dict[str, threading.Lock] = {}


def lock_path(serial: str) -> Path:
    """The lock file of a serial."""
    return state_dir() / f"{file_stem(serial)}.lock"


@contextmanager
def device_lock(device: Device) -> Iterator[None]:
    """Hold a phone for this process, by whatever serial another may know it.

    Raises LockedError, which names the holder's pid; JournalError where there is no place for the
    lock.
    """
    with ExitStack() as held:
        held.enter_context(phone_lock(device.serial))
        # clones of an emulator, begun from one snapshot, are of one boot
        if device.boot_id and device.kind != "emulator":
            path = state_dir() / f"boot-{file_stem(device.boot_id)}.lock"
            held.enter_context(_lock(path, f"{device.serial}, by another serial,", fleeting=True))
        yield


@contextmanager
def phone_lock(serial: str) -> Iterator[None]:
    """Hold a serial for one run of this process. Raises as `device_lock`."""
    lease = _LEASED.get(serial)
    if lease is None:
        with _lock(lock_path(serial), serial):
            yield
        return
    if not lease.acquire(blocking=False):
        raise _locked(serial, str(os.getpid()))
    try:
        yield
    finally:
        lease.release()


@contextmanager
def phone_lease(serial: str) -> Iterator[None]:
    """Hold a serial for all runs of this process, one after the other. Raises as `device_lock`."""
    with _lock(lock_path(serial), serial):
        _LEASED[serial] = threading.Lock()
        try:
            yield
        finally:
            del _LEASED[serial]


@contextmanager
def _lock(path: Path, what: str, *, fleeting: bool = False) -> Iterator[None]:
    """Hold a lock file; a `fleeting` one is gone afterwards."""
    descriptor = _taken(path, what)
    try:
        with suppress(OSError):  # on a full disk the lock holds, and only does not tell whose it is
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        if fleeting:
            with suppress(OSError):
                path.unlink()
        os.close(descriptor)


def _taken(path: Path, what: str) -> int:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise unwritable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_there(path, descriptor):
                return descriptor
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise _locked(what, holder) from None
        os.close(descriptor)  # its holder took it away between our open and our lock


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _locked(what: str, holder: str) -> LockedError:
    return LockedError(
        f"{what} is in use by another droidcancel (pid {holder or 'unknown'})",
        "wait for it to end, or stop it",
    )
