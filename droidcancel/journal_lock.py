"""One run a phone: a lock file a serial, which the system drops when its process ends."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from droidcancel.errors import LockedError
from droidcancel.journal import file_stem, state_dir

#: serials that this process has leased -> what keeps its own runs on them apart
_LEASED: dict[str, threading.Lock] = {}


def lock_path(serial: str) -> Path:
    """The lock file of a serial."""
    return state_dir() / f"{file_stem(serial)}.lock"


@contextmanager
def phone_lock(serial: str) -> Iterator[None]:
    """Hold the phone for one run of this process. Raises LockedError, which names the holder."""
    lease = _LEASED.get(serial)
    if lease is None:
        with _lock_file(serial):
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
    """Hold the phone for all runs of this process, one after the other. Raises LockedError."""
    with _lock_file(serial):
        _LEASED[serial] = threading.Lock()
        try:
            yield
        finally:
            del _LEASED[serial]


@contextmanager
def _lock_file(serial: str) -> Iterator[None]:
    descriptor = os.open(lock_path(serial), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise _locked(serial, holder) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _locked(serial: str, holder: str) -> LockedError:
    return LockedError(
        f"{serial} is in use by another droidcancel (pid {holder or 'unknown'})",
        "wait for it to end, or stop it",
    )
