"""`sync:`: files to and from the phone, and lists of directories.

Source: packages/modules/adb, daemon/file_sync_service.cpp. As there, a failure ends the session.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import posixpath
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import Blob, FsError, Stat
from droidcancel.simulator.services import sync_records as records
from droidcancel.simulator.services.reader import Reader
from droidcancel.simulator.services.sync_records import MAX_CHUNK, MAX_PATH, REQUEST
from droidcancel.simulator.shell.userfiles import UserFiles

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.services import Service

CHUNKS_A_WRITE = 15  # DATA packets that go into one packet of 1 MiB
ENTRIES_A_TURN = 64
MAX_MODE = 0xFFFFFFFF
STAT_V2_API, LIST_V2_API, SEND_V2_API = 26, 30, 30
LINK_TIME_API = 29  # fixed_push_symlink_timestamp


class SyncError(Exception):
    """What the host is told after FAIL."""


def opener(connection: Connection, rest: str) -> Service:
    """A session, as the user that adbd runs as."""
    phone = connection.phone

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        files = UserFiles(phone.fs, connection.adbd.uid, umask=0)
        await Session(files, stream, phone.options.api).run()

    return serve


class Session:
    """One sync stream: requests one after the other until QUIT."""

    def __init__(self, files: UserFiles, stream: AdbStream, api: int) -> None:
        self._files = files
        self._stream = stream
        self._reader = Reader(stream)
        self._requests = _requests(self, api)
        self._dates_links = api >= LINK_TIME_API

    async def run(self) -> None:
        """Serve the host until it quits, goes, or something fails."""
        with contextlib.suppress(EOFError):
            try:
                while await self._next():
                    pass
            except SyncError as error:
                text = str(error).encode("utf-8", "surrogateescape")
                await self._stream.write(REQUEST.pack(b"FAIL", len(text)) + text)

    async def _next(self) -> bool:
        name, length = REQUEST.unpack(await self._reader.exactly(REQUEST.size))
        if length > MAX_PATH:
            raise SyncError("path too long")
        path = (await self._reader.exactly(length)).decode("utf-8", "surrogateescape")
        if name == b"QUIT":
            return False
        request = self._requests.get(name)
        if request is None:
            raise SyncError(f"unknown command {int.from_bytes(name, 'little'):08x}")
        await request(path)
        return True

    # -- stat and list ---------------------------------------------------------------------
    def _look(self, path: str, *, follow: bool) -> tuple[Stat | None, int]:
        """What is there, or the error number."""
        try:
            return self._files.stat(path, follow), 0
        except FsError as error:
            return None, error.errno or errno.EIO

    async def stat_v1(self, path: str) -> None:
        """STAT: lstat in 32 bits."""
        await self._stream.write(records.stat_v1(self._look(path, follow=False)[0]))

    async def stat_v2(self, path: str) -> None:
        """STA2: stat."""
        await self._stream.write(records.stat_v2(b"STA2", *self._look(path, follow=True)))

    async def lstat_v2(self, path: str) -> None:
        """LST2: lstat."""
        await self._stream.write(records.stat_v2(b"LST2", *self._look(path, follow=False)))

    async def _entries(self, path: str) -> AsyncIterator[tuple[bytes, Stat | None, int]]:
        """The entries of a directory; none when it cannot be read. Lets others run."""
        try:
            names = [".", "..", *self._files.listdir(path)]
        except FsError:
            return
        for number, name in enumerate(names):
            if number % ENTRIES_A_TURN == 0:
                await asyncio.sleep(0)
            found = self._look(posixpath.join(path, name), follow=False)
            yield name.encode("utf-8", "surrogateescape"), *found

    async def list_v1(self, path: str) -> None:
        """LIST: what cannot be looked at is left out."""
        entries = self._entries(path)
        parts = [records.dent_v1(found, name) async for name, found, _ in entries if found]
        await self._stream.write(b"".join(parts) + records.done_v1())

    async def list_v2(self, path: str) -> None:
        """LIS2: what cannot be looked at has an error number."""
        entries = self._entries(path)
        parts = [records.dent_v2(found, error, name) async for name, found, error in entries]
        await self._stream.write(b"".join(parts) + records.done_v2())

    # -- pull ------------------------------------------------------------------------------
    async def receive_v2(self, path: str) -> None:
        """RCV2: RECV with flags, none of which is known here."""
        setup = await self._reader.exactly(records.RECV_V2_SETUP.size)
        _, flags = records.RECV_V2_SETUP.unpack(setup)
        if flags:
            raise SyncError(f"unknown flags: {flags}")
        await self.receive(path)

    async def receive(self, path: str) -> None:
        """RECV: a file's contents in DATA packets, then DONE."""
        for part in self._contents(path):
            view = memoryview(part)
            pieces: list[bytes | memoryview] = []
            for start in range(0, len(view), MAX_CHUNK):
                piece = view[start : start + MAX_CHUNK]
                pieces += (REQUEST.pack(b"DATA", len(piece)), piece)
            await self._stream.write(b"".join(pieces))
        await self._stream.write(REQUEST.pack(b"DONE", 0))

    def _contents(self, path: str) -> Iterator[bytes]:
        """The bytes of a file in large parts. Raises SyncError."""
        try:
            node = self._files.fs.node(self._files.need(path, "r"))
        except FsError as error:
            raise SyncError(_worded("open failed", error.errno)) from error
        if node.is_dir:
            raise SyncError(_worded("read failed", errno.EISDIR))
        if node.blob is None:
            yield from filter(None, [node.generate() if node.generate is not None else b""])
            return
        blob, offset = node.blob, 0
        while part := blob.read(offset, CHUNKS_A_WRITE * MAX_CHUNK):
            yield part
            offset += len(part)

    # -- push ------------------------------------------------------------------------------
    async def send_v1(self, spec: str) -> None:
        """SEND: "path,mode", the mode in decimal."""
        path, comma, mode = spec.rpartition(",")
        if not comma:
            raise SyncError("missing , in ID_SEND_V1")
        if not (mode.isascii() and mode.isdecimal()):
            raise SyncError("bad mode")
        await self._take(path, min(int(mode[:12]), MAX_MODE))

    async def send_v2(self, path: str) -> None:
        """SND2: mode and flags come in a record of their own."""
        setup = await self._reader.exactly(records.SEND_V2_SETUP.size)
        _, mode, flags = records.SEND_V2_SETUP.unpack(setup)
        if flags & ~records.DRY_RUN:
            raise SyncError(f"unknown flags: {flags & ~records.DRY_RUN}")
        await self._take(path, mode, dry_run=bool(flags & records.DRY_RUN))

    async def _take(self, path: str, mode: int, *, dry_run: bool = False) -> None:
        if dry_run:
            await self._swallow()
        elif stat.S_ISLNK(mode):
            await self._take_link(path)
        else:
            await self._take_file(path, mode)
        await self._stream.write(REQUEST.pack(b"OKAY", 0))

    async def _take_file(self, path: str, mode: int) -> None:
        """Write a file; what came of it is removed again when it does not come whole."""
        try:
            blob = await self._create(path, mode)
        except SyncError:
            await self._swallow()
            raise
        try:
            await self._fill(blob, path)
        except BaseException:
            self._unlink(path)
            raise

    async def _fill(self, blob: Blob, path: str) -> None:
        async for data in self._data():
            if isinstance(data, int):
                self._files.fs.utime(path, float(data))
                continue
            try:
                blob.append(data)
            except OSError as error:
                await self._swallow()
                raise SyncError(_worded("write failed", error.errno)) from error

    async def _take_link(self, path: str) -> None:
        target, modified = bytearray(), 0.0
        async for data in self._data():
            if isinstance(data, int):
                modified = float(data)
            else:
                target += data[: MAX_PATH - len(target)]
        await self._link(path, target.rstrip(b"\0").decode("utf-8", "surrogateescape"))
        if self._dates_links:
            self._files.fs.utime(path, modified, follow=False)

    async def _swallow(self) -> None:
        """Take the rest and forget it: an old host reads no answer before it has sent all."""
        async for _ in self._data():
            pass

    async def _data(self) -> AsyncIterator[bytes | int]:
        """The contents of DATA packets, at last the time of modification that DONE has."""
        while True:
            name, word = REQUEST.unpack(await self._reader.exactly(REQUEST.size))
            if name == b"DONE":
                yield int(word)
                return
            if name != b"DATA":
                raise SyncError("invalid data message")
            if word > MAX_CHUNK:
                raise SyncError("oversize data message")
            yield await self._reader.exactly(word)

    async def _create(self, path: str, mode: int) -> Blob:
        """An empty file, with the directories above it. Raises SyncError."""
        await self._make_parents(path)
        self._unlink(path)
        # The owner's bits are given to group and others too.
        bits = mode & 0o777
        bits |= (bits >> 3) & 0o070
        bits |= (bits >> 3) & 0o007
        try:
            return self._files.blob(path, mode=bits)
        except FsError as error:
            raise SyncError(_worded("couldn't create file", error.errno)) from error

    async def _link(self, path: str, target: str) -> None:
        await self._make_parents(path)
        self._unlink(path)
        try:
            self._files.symlink(target, path)
        except FsError as error:
            raise SyncError(_worded("symlink failed", error.errno)) from None

    def _unlink(self, path: str) -> None:
        """Remove a file or link that is in the way, where that is allowed."""
        found, _ = self._look(path, follow=False)
        if found is not None and not stat.S_ISDIR(found.mode):
            with contextlib.suppress(FsError):
                self._files.unlink(path)

    async def _make_parents(self, path: str) -> None:
        """Make the directories that are missing (secure_mkdirs), at each of which others run.

        Raises SyncError.
        """
        missing: list[str] = []
        parent = posixpath.dirname(path.rstrip("/"))
        while parent not in ("", "/") and self._look(parent, follow=True)[1] == errno.ENOENT:
            missing.append(parent)
            await asyncio.sleep(0)
            parent = posixpath.dirname(parent)
        try:
            for directory in reversed(missing):
                self._files.mkdir(directory, 0o775)
                await asyncio.sleep(0)
        except FsError as error:
            raise SyncError(_worded("secure_mkdirs failed", error.errno)) from error


def _worded(what: str, number: int | None) -> str:
    return f"{what}: {os.strerror(number or errno.EIO)}"


def _requests(session: Session, api: int) -> Mapping[bytes, Callable[[str], Awaitable[None]]]:
    """What a host may ask for, by API level."""
    table: Mapping[bytes, tuple[int, Callable[[str], Awaitable[None]]]] = {
        b"STAT": (0, session.stat_v1),
        b"STA2": (STAT_V2_API, session.stat_v2),
        b"LST2": (STAT_V2_API, session.lstat_v2),
        b"LIST": (0, session.list_v1),
        b"LIS2": (LIST_V2_API, session.list_v2),
        b"SEND": (0, session.send_v1),
        b"SND2": (SEND_V2_API, session.send_v2),
        b"RECV": (0, session.receive),
        b"RCV2": (SEND_V2_API, session.receive_v2),
    }
    return {name: handler for name, (since, handler) in table.items() if api >= since}
