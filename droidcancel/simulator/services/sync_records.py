"""The records of the sync protocol (packages/modules/adb, file_sync_protocol.h, docs/dev/sync.md).

All numbers are little-endian. Version 1 has 32-bit sizes and times; version 2 has all of stat(2).
"""

from __future__ import annotations

import struct

from droidcancel.simulator.fs import Stat

MAX_PATH = 1024
MAX_CHUNK = 64 * 1024  # SYNC_DATA_MAX
DRY_RUN = 0x80000000  # flag of SND2: take the data and throw it away

REQUEST = struct.Struct("<4sI")  # id, length; also DATA, DONE, FAIL and OKAY
SEND_V2_SETUP = struct.Struct("<4sII")  # id, mode, flags
RECV_V2_SETUP = struct.Struct("<4sI")  # id, flags
_STAT_V1 = struct.Struct("<4sIII")
_DENT_V1 = struct.Struct("<4sIIII")
_STAT_V2 = struct.Struct("<4sIQQIIIIQqqq")
_DENT_V2 = struct.Struct("<4sIQQIIIIQqqqI")

DEVICE = 1  # st_dev of the phone's one file system


def stat_v1(found: Stat | None) -> bytes:
    """An lstat; all zeros for what is not there."""
    return _STAT_V1.pack(b"STAT", *_short(found))


def dent_v1(found: Stat, name: bytes) -> bytes:
    """One entry of a directory."""
    return _DENT_V1.pack(b"DENT", *_short(found), len(name)) + name


def done_v1() -> bytes:
    """The end of a directory."""
    return _DENT_V1.pack(b"DONE", 0, 0, 0, 0)


def stat_v2(name: bytes, found: Stat | None, error: int = 0) -> bytes:
    """A stat or lstat, or the errno that it failed with."""
    return _STAT_V2.pack(name, *_long(found, error))


def dent_v2(found: Stat | None, error: int, name: bytes) -> bytes:
    """One entry of a directory, with its errno when it cannot be looked at."""
    return _DENT_V2.pack(b"DNT2", *_long(found, error), len(name)) + name


def done_v2() -> bytes:
    """The end of a directory."""
    return _DENT_V2.pack(b"DONE", *(0,) * 12)


def _short(found: Stat | None) -> tuple[int, int, int]:
    if found is None:
        return (0, 0, 0)
    return (found.mode, found.size & 0xFFFFFFFF, int(found.mtime) & 0xFFFFFFFF)


def _long(found: Stat | None, error: int) -> tuple[int, ...]:
    """Error, dev, ino, mode, nlink, uid, gid, size, and the times of access, change, status."""
    if found is None:
        return (error,) + (0,) * 10
    at = int(found.mtime)
    who = (found.mode, found.nlink, found.uid, found.gid)
    return (0, DEVICE, found.ino, *who, found.size, at, at, at)
