"""One run a phone: a lock file a serial, which the system drops when its process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from droidcancel.errors import LockedError
from droidcancel.journal import file_stem, state_dir


def lock_path(serial: str) -> Path:
    """The lock file of a serial."""
    return state_dir() / f"{file_stem(serial)}.lock"


@contextmanager
def phone_lock(serial: str) -> Iterator[None]:
    """Hold the phone for this process. Raises LockedError, which names the holder's pid."""
    descriptor = os.open(lock_path(serial), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise LockedError(
                f"{serial} is in use by another droidcancel (pid {holder or 'unknown'})",
                "wait for it to end, or stop it",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
