"""Opening what redirections name."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.descriptors import (
    BlobFile,
    Bytes,
    Description,
    FdTable,
    Full,
    Null,
    Random,
    Zero,
)
from droidcancel.simulator.shell.syntax import HereDoc, Redirect
from droidcancel.simulator.shell.userfiles import UserFiles

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2, "/dev/tty": 0}
_FD = re.compile(r"/(?:dev/fd|proc/self/fd)/([0-9])")
_DEVICES = {(1, 3): Null, (1, 5): Zero, (1, 7): Full}


class RedirectError(Exception):
    """A redirection that cannot be made; the text is mksh's."""


def open_file(
    files: UserFiles,
    name: str,
    mode: str,
    fds: FdTable | None = None,
) -> Description:
    """Open a phone file: mode "r", "w", "a" or "rw"; FsError when it cannot be."""
    path = files.path(name)
    alias = _alias(path, fds)
    if alias is not None:
        return alias
    fs = files.fs
    try:
        node = fs.node(path)
    except FsError:
        node = None
    if node is not None and node.device is not None:
        return _device(files, path, node.device)
    if mode == "r":
        return _open_read(files, name)
    blob = files.blob(name, append=mode in ("a", "rw"))
    target = fs.resolve(path)
    opened = BlobFile(blob, target, reading=mode == "rw", writing=True, append=mode == "a")
    inode = fs.node(target)

    def touched() -> None:
        inode.mtime = fs.now()

    opened.on_write = touched
    return opened


def _alias(path: str, fds: FdTable | None) -> Description | None:
    """/dev/stdout and its like: a descriptor that is open already."""
    match = _FD.fullmatch(path)
    number = int(match.group(1)) if match else _STANDARD.get(path)
    if number is None or fds is None:
        return None
    if number in fds and (path != "/dev/tty" or fds[number].tty):
        return fds[number].dup()
    raise FsError(errno.ENXIO if path == "/dev/tty" else errno.ENOENT, path)


def _device(files: UserFiles, path: str, number: tuple[int, int]) -> Description:
    if number in _DEVICES:
        return _DEVICES[number]()
    if number in ((1, 8), (1, 9)):
        import random

        return Random(random.Random(os.urandom(8)))
    raise FsError(errno.ENXIO, path)


def _open_read(files: UserFiles, name: str) -> Description:
    path = files.need(name, "r")
    node = files.fs.node(path)
    if node.is_dir:
        raise FsError(errno.EISDIR, path)
    if node.generate is not None:
        return Bytes(node.generate())
    return BlobFile(files.fs.open_blob(path), path, reading=True, writing=False, append=False)


_MODES = {"<": "r", ">": "w", ">|": "w", ">>": "a", "<>": "rw"}


async def apply(runner: Runner, redirects: tuple[Redirect, ...], fds: FdTable) -> None:
    """Make the redirections in `fds`, in order; RedirectError at the first that fails."""
    for redirect in redirects:
        await _apply_one(runner, redirect, fds)


async def _apply_one(runner: Runner, redirect: Redirect, fds: FdTable) -> None:
    target = redirect.target
    if isinstance(target, HereDoc):
        text = await runner.expander.text(target.body)
        fds.put(redirect.fd, Bytes(text.encode("utf-8", "surrogateescape")))
        return
    name = await runner.expander.text(target)
    if redirect.op == "<<<":
        fds.put(redirect.fd, Bytes((name + "\n").encode("utf-8", "surrogateescape")))
    elif redirect.op in (">&", "<&"):
        _duplicate(redirect, name, fds, runner)
    else:
        fds.put(redirect.fd, _opened(runner, redirect.op, name, fds))


def _duplicate(redirect: Redirect, name: str, fds: FdTable, runner: Runner) -> None:
    if name == "-":
        fds.drop(redirect.fd)
    elif name.isdigit() and int(name) < 10:
        if int(name) not in fds:
            raise RedirectError(f"{redirect.op}{name}: bad file descriptor")
        fds.put(redirect.fd, fds[int(name)].dup())
    elif redirect.op == ">&" and redirect.fd == 1:
        fds.put(1, _opened(runner, ">", name, fds))
        fds.put(2, fds[1].dup())
    else:
        raise RedirectError(f"{redirect.op}{name}: illegal file descriptor name")


def _opened(runner: Runner, op: str, name: str, fds: FdTable) -> Description:
    try:
        return open_file(runner.files, name, _MODES[op], fds)
    except OSError as error:
        verb = "open" if op == "<" else "create"
        reason = os.strerror(error.errno or errno.EIO)
        raise RedirectError(f"can't {verb} {name}: {reason}") from None
