"""ls, stat, file, readlink, realpath."""

from __future__ import annotations

import errno
import stat as st
from collections.abc import Callable

from droidcancel.simulator.fs import FileSystem, FsError, Stat
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    complain,
    each,
    human,
    local,
    owner,
    tool,
)

_LS = "1ACFHLRSZabcdfghiklmnopqrstux"


def _suffix(mode: int) -> str:
    if st.S_ISDIR(mode):
        return "/"
    if st.S_ISLNK(mode):
        return "@"
    return "*" if mode & 0o111 else ""


class _Listing:
    """One run of ls."""

    def __init__(self, inv: Invocation, options: Options) -> None:
        self.inv, self.options = inv, options
        self.long = any(letter in options for letter in "lgon")
        self.status = 0
        self.blocks: list[str] = []

    async def fail(self, name: str, error: FsError) -> None:
        self.status = 1
        if self.inv.api < 23:
            text = f"{name}: {error.strerror}\n"
            if error.errno == errno.EACCES:
                text = "opendir failed, Permission denied\n"
            await self.inv.err(text)
            return
        await complain(self.inv, name, error)

    async def run(self) -> int:
        files: list[tuple[str, Stat]] = []
        folders: list[str] = []
        for name in self.options.words or ["."]:
            try:
                found = self.look(name)
            except FsError as error:
                await self.fail(name, error)
                continue
            if st.S_ISDIR(found.mode) and "d" not in self.options:
                folders.append(name)
            else:
                files.append((name, found))
        if files:
            await self.show(self.sorted(files), "")
        titled = len(self.options.words) > 1 or "R" in self.options
        first = not files
        for folder in folders:
            first = await self.folder(folder, titled, first)
        return self.status

    def look(self, name: str) -> Stat:
        """A name on the command line: links are followed unless long, or ending in no slash."""
        follow = "L" in self.options or name.endswith("/")
        if not self.long and "d" not in self.options and "F" not in self.options:
            follow = True
        try:
            return self.inv.files.stat(name, follow)
        except FsError:
            if not follow:
                raise
            return self.inv.files.stat(name, False)

    async def folder(self, name: str, titled: bool, first: bool) -> bool:
        if titled:
            await self.inv.out(("" if first else "\n") + f"{name}:\n")
        try:
            names = self.inv.files.listdir(name)
        except FsError as error:
            await self.fail(name, error)
            return False
        if "a" in self.options or "f" in self.options:
            names = [".", "..", *names]
        elif "A" not in self.options:
            names = [entry for entry in names if not entry.startswith(".")]
        items = await self.entries(name, names)
        await self.show(self.sorted(items), name)
        if "R" in self.options:
            for entry, found in self.sorted(items):
                if st.S_ISDIR(found.mode) and entry not in (".", ".."):
                    await self.folder(f"{name.rstrip('/')}/{entry}", True, False)
        return False

    async def entries(self, folder: str, names: list[str]) -> list[tuple[str, Stat]]:
        items = []
        for name in names:
            path = f"{folder.rstrip('/')}/{name}" if folder != "." else name
            try:
                items.append((name, self.inv.files.stat(path, "L" in self.options)))
            except FsError as error:
                await self.fail(path, error)
        return items

    def sorted(self, items: list[tuple[str, Stat]]) -> list[tuple[str, Stat]]:
        if "f" in self.options:
            return items
        items = sorted(items, key=lambda item: item[0])
        if "S" in self.options:
            items.sort(key=lambda item: -item[1].size)
        elif "t" in self.options:
            items.sort(key=lambda item: -item[1].mtime)
        return items[::-1] if "r" in self.options else items

    async def show(self, items: list[tuple[str, Stat]], folder: str) -> None:
        if self.long:
            await self.show_long(items, folder)
            return
        names = [self.front(found) + self.name(name, found, folder) for name, found in items]
        total = f"total {sum(found.blocks for _, found in items) // 2}\n"
        head = total if "s" in self.options and folder else ""
        if self.inv.tty and self.inv.stdout.tty and "1" not in self.options:
            await self.inv.out(head + columns(names, self.inv.size[1]))
        elif "m" in self.options:
            await self.inv.out(head + ", ".join(names) + "\n")
        else:
            await self.inv.out(head + "".join(f"{name}\n" for name in names))

    def front(self, found: Stat) -> str:
        inode = f"{found.ino} " if "i" in self.options else ""
        return inode + (f"{found.blocks // 2} " if "s" in self.options else "")

    def name(self, name: str, found: Stat, folder: str) -> str:
        text = name + (_suffix(found.mode) if "F" in self.options else "")
        if "p" in self.options and st.S_ISDIR(found.mode):
            text += "/"
        if self.long and st.S_ISLNK(found.mode):
            path = f"{folder}/{name}" if folder else name
            text += " -> " + self.inv.phone.fs.readlink(self.inv.path(path))
        return text

    async def show_long(self, items: list[tuple[str, Stat]], folder: str) -> None:
        rows = [self.row(name, found, folder) for name, found in items]
        if self.inv.api < 23:
            text = "".join(self.old_row(row) for row in rows)
            await self.inv.out(text)
            return
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(5)]
        out = [f"total {sum(found.blocks for _, found in items) // 2}\n"] if folder else []
        for mode, links, user, group, size, when, name, front in rows:
            middle = "" if "g" in self.options else f" {user:<{widths[2]}}"
            middle += "" if "o" in self.options else f" {group:<{widths[3]}}"
            out.append(
                f"{front}{mode} {links:>{widths[1]}}{middle} {size:>{widths[4]}} {when} {name}\n"
            )
        await self.inv.out("".join(out))

    def row(self, name: str, found: Stat, folder: str) -> tuple[str, ...]:
        numeric = "n" in self.options
        size = human(found.size) if "h" in self.options else str(found.size)
        if st.S_ISCHR(found.mode):
            size = f"{found.rdev[0]:3},{found.rdev[1]:4}"
        when = local(self.inv, found.mtime).strftime("%Y-%m-%d %H:%M")
        return (
            st.filemode(found.mode),
            str(found.nlink),
            str(found.uid) if numeric else owner(found.uid),
            str(found.gid) if numeric else owner(found.gid),
            size,
            when,
            self.name(name, found, folder),
            self.front(found),
        )

    @staticmethod
    def old_row(row: tuple[str, ...]) -> str:
        mode, _, user, group, size, when, name, _ = row
        size = "" if mode[0] in "dl" else size
        return f"{mode} {user:<8} {group:<8} {size:>8} {when} {name}\n"


def columns(names: list[str], width: int) -> str:
    """Names in columns, as on a terminal."""
    if not names:
        return ""
    step = max(map(len, names)) + 1
    across = max(1, width // step)
    down = -(-len(names) // across)
    rows = (names[row::down] for row in range(down))
    return "".join("".join(f"{name:<{step}}" for name in row).rstrip() + "\n" for row in rows)


@tool("ls", "ll", spec=_LS + "w:", long={"color": "c", "all": "a"})
async def ls(inv: Invocation, options: Options) -> int:
    if inv.name == "ll":
        options.add("l")
    return await _Listing(inv, options).run()


_STAT = (
    "  File: `{name}'\n  Size: {s}\t Blocks: {b}\t IO Blocks: {B}\t{F}\n"
    "Device: fd05h/64773d\t Inode: {i}\t Links: {h}\n"
    "Access: ({a}/{A})\tUid: ({u}/{U})\tGid: ({g}/{G})\n"
    "Access: {x}\nModify: {y}\nChange: {z}\n"
)
_KINDS = {
    st.S_IFREG: "regular file", st.S_IFDIR: "directory", st.S_IFLNK: "symbolic link",
    st.S_IFCHR: "character device", st.S_IFBLK: "block device",
}  # fmt: skip


def _stat_fields(inv: Invocation, name: str, found: Stat) -> dict[str, str]:
    when = local(inv, found.mtime).strftime("%Y-%m-%d %H:%M:%S.%f000 %z")
    seconds = str(int(found.mtime))
    kind = _KINDS.get(st.S_IFMT(found.mode), "unknown")
    if kind == "regular file" and found.size == 0:
        kind = "regular empty file"
    target = f" -> '{inv.phone.fs.readlink(inv.path(name))}'" if st.S_ISLNK(found.mode) else ""
    return {
        "n": name, "N": f"'{name}'{target}", "s": str(found.size), "b": str(found.blocks),
        "B": "512", "o": "4096", "F": kind, "i": str(found.ino), "h": str(found.nlink),
        "a": f"{found.mode & 0o7777:o}", "A": st.filemode(found.mode), "f": f"{found.mode:x}",
        "u": str(found.uid), "U": owner(found.uid), "g": str(found.gid), "G": owner(found.gid),
        "x": when, "y": when, "z": when, "X": seconds, "Y": seconds, "Z": seconds,
        "d": "64773", "D": "fd05", "m": "/", "t": f"{found.rdev[0]:x}", "T": f"{found.rdev[1]:x}",
        "C": "u:object_r:unlabeled:s0", "%": "%",
    }  # fmt: skip


def _stat_format(form: str, fields: dict[str, str]) -> str:
    out, pos = [], 0
    while pos < len(form):
        if form[pos] != "%" or pos + 1 >= len(form):
            out.append(form[pos])
            pos += 1
            continue
        end = pos + 1
        while end < len(form) and form[end] in "-+ #0123456789.":
            end += 1
        width = form[pos + 1 : end].partition(".")[0]
        text = fields.get(form[end : end + 1], "?")
        number = int(width.lstrip("-+ #0")[:4] or "0")
        out.append(text.ljust(number) if width.startswith("-") else text.rjust(number))
        pos = end + 1
    return "".join(out)


_STATFS: dict[str, Callable[[FileSystem], object]] = {
    "a": lambda fs: fs.free // 4096, "b": lambda fs: fs.capacity // 4096, "c": lambda fs: 1 << 20,
    "d": lambda fs: 1 << 19, "f": lambda fs: fs.free // 4096, "l": lambda fs: 255,
    "s": lambda fs: 4096, "S": lambda fs: 4096, "t": lambda fs: "f2f52010",
    "T": lambda fs: "f2fs", "i": lambda fs: "0",
}  # fmt: skip


@tool("stat", spec="c:fLt", least=1)
async def stat(inv: Invocation, options: Options) -> int:
    async def show(name: str) -> None:
        found = inv.files.stat(name, "L" in options)
        if "f" in options:
            fields = {key: str(make(inv.phone.fs)) for key, make in _STATFS.items()} | {"n": name}
            form = options.get("c", '  File: "%n"\nBlock Size: %s Blocks: %b Free: %f\n')
            await inv.out(_stat_format(form, fields) + "\n")
            return
        fields = _stat_fields(inv, name, found)
        if "c" in options:
            await inv.out(_stat_format(options.get("c"), fields) + "\n")
        else:
            await inv.out(_STAT.format(name=fields["N"].strip("'"), **fields))

    return await each(inv, options.words, show)


_MAGIC = (
    (b"\x7fELF", "ELF shared object, 64-bit LSB arm64, dynamic (/system/bin/linker64)"),
    (b"\x89PNG", "PNG image data"),
    (b"\xff\xd8\xff", "JPEG image data"),
    (b"PK\x03\x04", "Zip archive data"),
    (b"\x1f\x8b", "gzip compressed data"),
    (b"#!", "script"),
    (b"<?xml", "XML document"),
)


def _content_kind(head: bytes) -> str:
    if not head:
        return "empty"
    for magic, text in _MAGIC:
        if head.startswith(magic):
            first = head[2:].split(b"\n")[0].strip().decode("ascii", "replace")
            return f"{first} script" if magic == b"#!" else text
    if head[4:8] == b"ftyp":
        return "ISO Media, MPEG v4 system"
    return "data" if b"\0" in head else "ASCII text"


@tool("file", spec="bhLs", least=1, since=26)
async def file(inv: Invocation, options: Options) -> int:
    width = max(len(name) for name in options.words) + 1
    for name in options.words:
        try:
            found = inv.files.stat(name, "L" in options)
        except FsError as error:
            await inv.out(f"{name + ':':<{width}} cannot open: {error.strerror}\n")
            continue
        text = _KINDS.get(st.S_IFMT(found.mode), "unknown")
        if st.S_ISREG(found.mode):
            text = _content_kind(inv.files.read(name)[:512])
        await inv.out(text + "\n" if "b" in options else f"{name + ':':<{width}} {text}\n")
    return 0


@tool("readlink", spec="efmnqs", least=1)
async def readlink(inv: Invocation, options: Options) -> int:
    status = 0
    for name in options.words:
        try:
            fs = inv.phone.fs
            if any(letter in options for letter in "efm"):
                text = fs.resolve(inv.path(name))
                if "e" in options and not fs.exists(text):
                    raise FsError(errno.ENOENT, name)
            else:
                text = fs.readlink(inv.path(name))
        except FsError:
            status = 1
            continue
        await inv.out(text + ("" if "n" in options else "\n"))
    return status


@tool("realpath", spec="emqszLR:", least=1)
async def realpath(inv: Invocation, options: Options) -> int:
    async def show(name: str) -> None:
        path = inv.phone.fs.resolve(inv.path(name))
        if not inv.phone.fs.exists(path):
            raise FsError(errno.ENOENT, name)
        await inv.out(path + "\n")

    return await each(inv, options.words, show)
