"""`sync:`: files to and from the phone, and lists of directories.

Source: packages/modules/adb, file_sync_protocol.h, docs/dev/sync.md, daemon/file_sync_service.cpp.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import FsError, Stat

if TYPE_CHECKING:
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.adbd import Connection
    from droidcancel.simulator.fs import Blob, FileSystem
    from droidcancel.simulator.services import Service

REQUEST = struct.Struct("<4sI")
STAT_V1 = struct.Struct("<4sIII")
DENT_V1 = struct.Struct("<4sIIII")
STAT_V2 = struct.Struct("<4sIQQIIIIQqqq")
DENT_V2 = struct.Struct("<4sIQQIIIIQqqqI")
MAX_PATH = 1024
MAX_CHUNK = 64 * 1024
SHELL_UID = 2000


class SyncError(Exception):
    """What the host is told after FAIL; the session goes on."""


class EndOfSessionError(Exception):
    """The host went, or broke the protocol."""


def opener(connection: Connection, rest: str) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        await Session(connection.phone.fs, stream).run()

    return serve


class Session:
    """One sync stream: requests one after the other until QUIT."""

    def __init__(self, fs: FileSystem, stream: AdbStream) -> None:
        self._fs = fs
        self._stream = stream
        self._buffer = bytearray()
        self._mtime = 0
        self._requests: Mapping[bytes, Callable[[str], Awaitable[None]]] = {
            b"STAT": self._stat_v1,
            b"STA2": lambda path: self._stat_v2(b"STA2", path, follow=True),
            b"LST2": lambda path: self._stat_v2(b"LST2", path, follow=False),
            b"LIST": self._list_v1,
            b"LIS2": self._list_v2,
            b"SEND": self._send_v1,
            b"SND2": self._send_v2,
            b"RECV": self._receive,
            b"RCV2": self._receive_v2,
        }

    async def run(self) -> None:
        try:
            while True:
                name, length = REQUEST.unpack(await self._exactly(REQUEST.size))
                if name == b"QUIT":
                    return
                if length > MAX_PATH:
                    await self._fail("path too long")
                    return
                path = (await self._exactly(length)).decode("utf-8", "surrogateescape")
                request = self._requests.get(name)
                if request is None:
                    await self._fail(f"unknown command {name.hex()}")
                    return
                await self._answer(request, path)
        except EndOfSessionError:
            return

    async def _answer(self, request: Callable[[str], Awaitable[None]], path: str) -> None:
        try:
            await request(path)
        except SyncError as error:
            await self._fail(str(error))

    async def _fail(self, message: str) -> None:
        data = message.encode("utf-8", "surrogateescape")
        await self._stream.write(REQUEST.pack(b"FAIL", len(data)) + data)

    async def _exactly(self, size: int) -> bytes:
        """The next `size` bytes. Raises EndOfSessionError."""
        while len(self._buffer) < size:
            data = await self._stream.read(1 << 20)
            if not data:
                raise EndOfSessionError
            if not self._buffer and len(data) == size:
                return data
            self._buffer += data
        taken = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return taken

    # -- stat and list -------------------------------------------------------------------------
    def _look(self, path: str, *, follow: bool) -> Stat:
        """Stat as the shell user. Raises FsError."""
        parent = posixpath.dirname(posixpath.normpath(path)) or "/"
        if not self._fs.may(SHELL_UID, parent, "x"):
            raise FsError(errno.EACCES, path)
        return self._fs.stat(path, follow=follow)

    async def _stat_v1(self, path: str) -> None:
        try:
            found = self._look(path, follow=False)
            words = (found.mode, min(found.size, 0xFFFFFFFF), int(found.mtime))
        except FsError:
            words = (0, 0, 0)
        await self._stream.write(STAT_V1.pack(b"STAT", *words))

    async def _stat_v2(self, name: bytes, path: str, *, follow: bool) -> None:
        await self._stream.write(STAT_V2.pack(name, *self._fields(path, follow=follow)))

    def _fields(self, path: str, *, follow: bool) -> tuple[int, ...]:
        """The fields of a v2 stat: error, dev, ino, mode, nlink, uid, gid, size, three times."""
        try:
            found = self._look(path, follow=follow)
        except FsError as error:
            return (error.errno or errno.EIO,) + (0,) * 10
        at = int(found.mtime)
        return (0, 1, found.ino, found.mode, found.nlink, found.uid, found.gid, found.size,
                at, at, at)  # fmt: skip

    def _names(self, path: str) -> list[str]:
        try:
            if self._fs.may(SHELL_UID, path, "r"):
                return [".", "..", *self._fs.listdir(path)]
        except FsError:
            pass
        return []

    async def _list_v1(self, path: str) -> None:
        for name in self._names(path):
            try:
                found = self._fs.stat(posixpath.join(path, name), follow=False)
            except FsError:
                continue
            data = name.encode("utf-8", "surrogateescape")
            head = DENT_V1.pack(
                b"DENT", found.mode, min(found.size, 0xFFFFFFFF), int(found.mtime), len(data)
            )
            await self._stream.write(head + data)
        await self._stream.write(DENT_V1.pack(b"DONE", 0, 0, 0, 0))

    async def _list_v2(self, path: str) -> None:
        for name in self._names(path):
            data = name.encode("utf-8", "surrogateescape")
            fields = self._fields(posixpath.join(path, name), follow=False)
            await self._stream.write(DENT_V2.pack(b"DNT2", *fields, len(data)) + data)
        await self._stream.write(DENT_V2.pack(b"DONE", *(0,) * 12))

    # -- pull ------------------------------------------------------------------------------
    async def _receive_v2(self, path: str) -> None:
        _, flags = REQUEST.unpack(await self._exactly(REQUEST.size))
        if flags:
            raise SyncError("unsupported compression")
        await self._receive(path)

    async def _receive(self, path: str) -> None:
        try:
            found = self._look(path, follow=True)
            if stat.S_ISDIR(found.mode):
                raise FsError(errno.EISDIR, path)
            if not self._fs.may(SHELL_UID, path, "r"):
                raise FsError(errno.EACCES, path)
            read = self._reader(path)
        except FsError as error:
            problem = "read failed" if error.errno == errno.EISDIR else "open failed"
            raise SyncError(_worded(problem, error)) from error
        offset = 0
        while data := read(offset, MAX_CHUNK):
            await self._stream.write(REQUEST.pack(b"DATA", len(data)) + data)
            offset += len(data)
        await self._stream.write(REQUEST.pack(b"DONE", 0))

    def _reader(self, path: str) -> Callable[[int, int], bytes]:
        """Reads (offset, size) of a file; one that is generated, as /proc's are, is made once."""
        if self._fs.generated(path):
            data = self._fs.read(path)
            return lambda offset, size: data[offset : offset + size]
        return self._fs.open_blob(path).read

    # -- push ------------------------------------------------------------------------------
    async def _send_v1(self, spec: str) -> None:
        path, comma, mode = spec.rpartition(",")
        if not comma or not mode.isdecimal():
            raise SyncError("missing , in ID_SEND_V1")
        await self._take(path, int(mode))

    async def _send_v2(self, path: str) -> None:
        _, mode, flags = struct.unpack("<4sII", await self._exactly(12))
        if flags & 0x7FFFFFFF:
            raise SyncError("unsupported compression")
        await self._take(path, mode, dry_run=bool(flags))

    async def _take(self, path: str, mode: int, *, dry_run: bool = False) -> None:
        """Take the data of a file or of a link's target, up to DONE."""
        link = stat.S_ISLNK(mode)
        problem: SyncError | None = None
        blob: Blob | None = None
        target = bytearray()
        try:
            blob = None if link or dry_run else self._create(path, mode)
        except FsError as error:
            problem = SyncError(_worded("couldn't create file", error))
            await self._fail(str(problem))
        async for data in self._chunks():
            try:
                if blob is not None:
                    blob.append(data)
                elif link and len(target) + len(data) <= MAX_PATH:
                    target += data
            except OSError as error:
                self._fs.unlink(path)
                blob, problem = None, SyncError(_worded("write failed", error))
                await self._fail(str(problem))
        if problem is not None:
            return
        if link:
            self._link(path, bytes(target))
        elif blob is not None:
            self._fs.utime(path, float(self._mtime))
        await self._stream.write(REQUEST.pack(b"OKAY", 0))

    async def _chunks(self) -> AsyncIterator[bytes]:
        """The DATA packets up to DONE, whose word is the time of modification."""
        while True:
            name, word = REQUEST.unpack(await self._exactly(REQUEST.size))
            if name == b"DONE":
                self._mtime = word
                return
            if name != b"DATA" or word > MAX_CHUNK:
                await self._fail(
                    "oversize data message" if name == b"DATA" else "invalid data message"
                )
                raise EndOfSessionError
            yield await self._exactly(word)

    def _create(self, path: str, mode: int) -> Blob:
        """Make the file, and the directories above it, as the shell user. Raises FsError."""
        self._make_parents(path)
        exists = self._fs.exists(path)
        where = path if exists else (posixpath.dirname(path) or "/")
        if exists and self._fs.isdir(path):
            raise FsError(errno.EISDIR, path)
        if not self._fs.may(SHELL_UID, where, "w"):
            raise FsError(errno.EACCES, path)
        # The owner's bits are given to group and others too, as adbd does on a push.
        bits = mode & 0o777
        bits |= (bits >> 3) & 0o070 | (bits >> 3) & 0o007
        return self._fs.create(path, bits, SHELL_UID, SHELL_UID)

    def _make_parents(self, path: str) -> None:
        """secure_mkdirs: what is missing is made, where the shell user may."""
        parent = posixpath.dirname(posixpath.normpath(path)) or "/"
        missing = []
        while not self._fs.exists(parent):
            missing.append(parent)
            parent = posixpath.dirname(parent)
        for directory in reversed(missing):
            if not self._fs.may(SHELL_UID, posixpath.dirname(directory) or "/", "w"):
                raise FsError(errno.EACCES, directory)
            self._fs.mkdir(directory, 0o775, uid=SHELL_UID, gid=SHELL_UID)

    def _link(self, path: str, target: bytes) -> None:
        text = target.rstrip(b"\0").decode("utf-8", "surrogateescape")
        try:
            self._make_parents(path)
            if not self._fs.may(SHELL_UID, posixpath.dirname(path) or "/", "w"):
                raise FsError(errno.EACCES, path)
            if self._fs.exists(path, follow=False):
                self._fs.unlink(path)
            self._fs.symlink(text, path, SHELL_UID, SHELL_UID)
        except FsError as error:
            raise SyncError(_worded("couldn't create symlink", error)) from error


def _worded(what: str, error: OSError) -> str:
    return f"{what}: {os.strerror(error.errno or errno.EIO)}"
