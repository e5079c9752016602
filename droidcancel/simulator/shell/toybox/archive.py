"""tar, gzip, gunzip, zcat, in memory and bounded."""

from __future__ import annotations

import gzip as gz
import io
import stat as st
import tarfile
import zlib

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    MAX_INPUT,
    Options,
    UsageError,
    complain,
    local,
    open_input,
    open_output,
    owner,
    slurp,
    tool,
)


def inflate(data: bytes, limit: int = MAX_INPUT) -> bytes:
    """What gzip holds; UsageError when it is none or more than `limit` bytes."""
    worker = zlib.decompressobj(wbits=31)
    out = bytearray()
    try:
        while data:
            out += worker.decompress(data, limit + 1 - len(out))
            if len(out) > limit:
                raise UsageError("output too long")
            data = worker.unused_data if worker.eof else worker.unconsumed_tail
            if worker.eof and data:
                worker = zlib.decompressobj(wbits=31)
            elif not worker.eof and not data:
                raise UsageError("unexpected end of file")
    except zlib.error:
        raise UsageError("not gzip") from None
    return bytes(out)


@tool("gzip", "gunzip", "zcat", spec="ncdfkt123456789v")
async def gzip(inv: Invocation, options: Options) -> int:
    unpack = inv.name != "gzip" or "d" in options
    to_stdout = inv.name == "zcat" or "c" in options
    level = int(next((digit for digit in "123456789" if digit in options), "6"))
    status = 0
    for name in options.words or ["-"]:
        try:
            source = open_input(inv, name)
            try:
                data = await slurp(source)
            finally:
                source.close()
            result = inflate(data) if unpack else gz.compress(data, level, mtime=0)
            if name == "-" or to_stdout:
                await inv.stdout.write(result)
                continue
            if unpack and not name.endswith(".gz"):
                raise UsageError(f"no .gz: {name}")
            target = name.removesuffix(".gz") if unpack else f"{name}.gz"
            if inv.files.exists(target) and "f" not in options:
                raise FsError(17, target)
            inv.files.write(target, result)
            if "k" not in options:
                inv.files.unlink(name)
        except FsError as error:
            status = await complain(inv, name, error)
    return status


_TAR = "cxtvzaf:C:T:X:OkmpPhoj"


@tool("tar", spec=_TAR, long={"exclude": "X", "gzip": "z"})
async def tar(inv: Invocation, options: Options) -> int:
    if len(inv.argv) > 1 and not inv.argv[1].startswith("-"):
        from droidcancel.simulator.shell.toybox.tool import parse

        options = parse([inv.argv[0], "-" + inv.argv[1], *inv.argv[2:]], _TAR)
    base = options.get("C", ".")
    if not inv.files.isdir(base):
        raise FsError(2, base)
    if "c" in options:
        return await _create(inv, options, base)
    if "x" in options or "t" in options:
        return await _extract(inv, options, base)
    raise UsageError("Needs -txc")


async def _create(inv: Invocation, options: Options, base: str) -> int:
    if not options.words:
        raise UsageError("empty archive")
    buffer = io.BytesIO()
    status = 0
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for word in options.words:
            root = inv.path(f"{base}/{word}" if not word.startswith("/") else word)
            if not inv.phone.fs.exists(root, follow=False):
                status = await complain(inv, word, FsError(2, word))
                continue
            for path in inv.phone.fs.walk(root):
                _add(inv, archive, path, (word + path[len(root) :]).lstrip("/"))
                if buffer.tell() > MAX_INPUT:
                    raise UsageError("archive too long")
    data = buffer.getvalue()
    if "z" in options or options.get("f").endswith(("gz", "tgz")):
        data = gz.compress(data, mtime=0)
    name = options.get("f", "-")
    target = inv.stdout.dup() if name == "-" else open_output(inv, name)
    try:
        await target.write(data)
    finally:
        target.close()
    return status


def _add(inv: Invocation, archive: tarfile.TarFile, path: str, name: str) -> None:
    found = inv.files.stat(path, False)
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime = found.mode & 0o7777, int(found.mtime)
    entry.uid, entry.gid = found.uid, found.gid
    entry.uname, entry.gname = owner(found.uid), owner(found.gid)
    if st.S_ISDIR(found.mode):
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
    elif st.S_ISLNK(found.mode):
        entry.type, entry.linkname = tarfile.SYMTYPE, inv.phone.fs.readlink(path)
        archive.addfile(entry)
    elif st.S_ISREG(found.mode):
        data = inv.files.read(path)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))


async def _extract(inv: Invocation, options: Options, base: str) -> int:
    source = open_input(inv, options.get("f", "-"))
    try:
        data = await slurp(source)
    finally:
        source.close()
    data = inflate(data) if data[:2] == b"\x1f\x8b" else data
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                if not options.words or any(
                    entry.name == word or entry.name.startswith(word.rstrip("/") + "/")
                    for word in options.words
                ):
                    await _member(inv, options, base, archive, entry)
    except tarfile.TarError:
        raise UsageError("Not tar") from None
    return 0


async def _member(
    inv: Invocation, options: Options, base: str, archive: tarfile.TarFile, entry: tarfile.TarInfo
) -> None:
    if "t" in options:
        await inv.out(_listed(inv, entry) if "v" in options else _shown(entry) + "\n")
        return
    if "v" in options:
        await inv.out(_shown(entry) + "\n")
    name = inv.phone.fs.normalize("/" + entry.name)[1:]
    if not name:
        return
    content = archive.extractfile(entry) if entry.isreg() else None
    if "O" in options:
        await inv.stdout.write(content.read() if content else b"")
        return
    _parents(inv, base, name)
    path = f"{base.rstrip('/')}/{name}"
    if entry.isdir():
        if not inv.files.isdir(path):
            inv.files.mkdir(path, entry.mode & 0o777)
    elif entry.issym():
        inv.files.symlink(entry.linkname, path)
    elif content is not None:
        inv.files.write(path, content.read())
        inv.phone.fs.utime(inv.path(path), float(entry.mtime))


def _parents(inv: Invocation, base: str, name: str) -> None:
    here = base.rstrip("/")
    for part in name.split("/")[:-1]:
        here += f"/{part}"
        if not inv.files.exists(here):
            inv.files.mkdir(here)


def _shown(entry: tarfile.TarInfo) -> str:
    return entry.name + ("/" if entry.isdir() else "")


def _listed(inv: Invocation, entry: tarfile.TarInfo) -> str:
    kind = st.S_IFDIR if entry.isdir() else st.S_IFLNK if entry.issym() else st.S_IFREG
    when = local(inv, float(entry.mtime)).strftime("%Y-%m-%d %H:%M")
    who = f"{entry.uname or entry.uid}/{entry.gname or entry.gid}"
    return f"{st.filemode(kind | entry.mode)} {who} {entry.size:>9} {when} {_shown(entry)}\n"
