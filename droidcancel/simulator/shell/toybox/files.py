"""cp, mv, rm, mkdir, touch, ln."""

from __future__ import annotations

import asyncio
import errno
import re
import stat as st

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    UsageError,
    complain,
    each,
    open_input,
    open_output,
    tool,
)

_COPY = 1 << 18


def _base(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2] or "/"


async def _copy_file(inv: Invocation, source: str, target: str) -> None:
    files = inv.files
    reader = open_input(inv, source)
    try:
        mode = files.stat(source).mode & 0o777
        existed = files.exists(target)
        writer = open_output(inv, target)
        try:
            while data := await reader.read(_COPY):
                await writer.write(data)
                await asyncio.sleep(0)
        finally:
            writer.close()
    finally:
        reader.close()
    if not existed and inv.phone.fs.stat(inv.path(target)).uid == inv.uid:
        inv.phone.fs.chmod(inv.path(target), mode & ~inv.umask)


async def _copy(inv: Invocation, source: str, target: str, options: Options) -> int:
    files = inv.files
    recursive = any(letter in options for letter in "ra")
    found = files.stat(source, follow=not recursive)
    if st.S_ISDIR(found.mode):
        if not recursive:
            await inv.err(f"cp: Skipped dir '{source}'\n")
            return 1
        inside = f"{inv.phone.fs.resolve(inv.path(target))}/"
        if inside.startswith(f"{inv.phone.fs.resolve(inv.path(source)).rstrip('/')}/"):
            raise FsError(errno.EINVAL, target)
        if not files.isdir(target):
            files.mkdir(target)
        status = 0
        for name in files.listdir(source):
            status |= await _copy(inv, f"{source}/{name}", f"{target}/{name}", options)
        return status
    if "n" in options and files.exists(target):
        return 0
    if st.S_ISLNK(found.mode):
        files.symlink(inv.phone.fs.readlink(inv.path(source)), target)
        return 0
    await _copy_file(inv, source, target)
    if "p" in options or "a" in options:
        inv.phone.fs.utime(inv.path(target), found.mtime)
    if "v" in options:
        await inv.out(f"cp '{source}'\n")
    return 0


def _targets(inv: Invocation, options: Options) -> list[tuple[str, str]]:
    """Source and target of each; UsageError when several go to what is no directory."""
    words = list(options.words)
    folder = options.get("t") or words.pop()
    into = inv.files.isdir(folder) and "T" not in options
    if not into and (len(words) > 1 or "t" in options):
        raise UsageError(f"'{folder}' not directory")
    if not into and folder.endswith("/") and len(words) == 1 and not inv.files.isdir(words[0]):
        raise FsError(errno.ENOENT, folder)
    return [(word, f"{folder.rstrip('/')}/{_base(word)}" if into else folder) for word in words]


@tool("cp", spec="FHLPRTadfilnprstuv", long={"preserve": "p"}, least=2)
async def cp(inv: Invocation, options: Options) -> int:
    if "R" in options:
        options.add("r")
    status = 0
    for source, target in _targets(inv, options):
        try:
            if inv.files.exists(target) and _same(inv, source, target):
                await inv.err(f"cp: '{source}' is '{target}'\n")
                status = 1
                continue
            status |= await _copy(inv, source, target, options)
        except FsError as error:
            status = await complain(inv, _blame(inv, source, target, error), error)
    return status


def _blame(inv: Invocation, source: str, target: str, error: FsError) -> str:
    """Which of the two names an error is about."""
    path = str(error.filename or "")
    return target if path == inv.path(target) or path.startswith(inv.path(target)) else source


def _same(inv: Invocation, one: str, two: str) -> bool:
    fs = inv.phone.fs
    return fs.exists(inv.path(one)) and fs.node(inv.path(one)) is fs.node(inv.path(two))


@tool("mv", spec="Tfinvt:", least=2)
async def mv(inv: Invocation, options: Options) -> int:
    status = 0
    for source, target in _targets(inv, options):
        try:
            inv.files.stat(source, False)
            if "n" in options and inv.files.exists(target):
                continue
            inv.files.rename(source, target)
            if "v" in options:
                await inv.out(f"renamed '{source}' -> '{target}'\n")
        except FsError as error:
            status = 1
            await inv.err(f"mv: bad '{source}': {error.strerror}\n")
    return status


@tool("rm", spec="Rfirv")
async def rm(inv: Invocation, options: Options) -> int:
    if not options.words and "f" not in options:
        raise UsageError("Needs 1 argument")
    recursive = "r" in options or "R" in options
    status = 0
    for name in options.words:
        path = inv.phone.fs.normalize(inv.path(name))
        if path == "/" and recursive:
            await inv.err("rm: rm /. if you mean it\n")
            status = 1
            continue
        try:
            found = inv.files.stat(name, False)
            if st.S_ISDIR(found.mode):
                if not recursive:
                    raise FsError(errno.EISDIR, name)
                status |= await _remove_tree(inv, name)
            else:
                inv.files.unlink(name)
            if "v" in options:
                await inv.out(f"rm '{name}'\n")
        except FsError as error:
            if not ("f" in options and error.errno in (errno.ENOENT, errno.ENOTDIR)):
                status = await complain(inv, name, error)
    return status


async def _remove_tree(inv: Invocation, name: str) -> int:
    """What is below first, then the directory; goes on after an error."""
    status = 0
    try:
        entries = inv.files.listdir(name)
    except FsError as error:
        return await complain(inv, name, error)
    for entry in entries:
        path = f"{name.rstrip('/')}/{entry}"
        try:
            if st.S_ISDIR(inv.files.stat(path, False).mode):
                status |= await _remove_tree(inv, path)
            else:
                inv.files.unlink(path)
        except FsError as error:
            status = await complain(inv, path, error)
    try:
        inv.files.rmdir(name)
    except FsError as error:
        status = await complain(inv, name, error)
    await asyncio.sleep(0)
    return status


@tool("mkdir", spec="vpm:", long={"parents": "p"}, least=1)
async def mkdir(inv: Invocation, options: Options) -> int:
    mode = int(options.get("m"), 8) if re.fullmatch("[0-7]+", options.get("m")) else 0o777

    async def make(name: str) -> None:
        if "p" not in options:
            inv.files.mkdir(name, mode)
            return
        path = inv.path(name)
        here = ""
        for part in [part for part in path.split("/") if part]:
            here += "/" + part
            if not inv.phone.fs.exists(here):
                inv.files.mkdir(here, mode)
        if not inv.phone.fs.isdir(path):
            raise FsError(errno.EEXIST, name)

    status = 0
    for name in options.words:
        try:
            await make(name)
        except FsError as error:
            await inv.err(f"mkdir: '{name}': {error.strerror}\n")
            status = 1
    return status


@tool("rmdir", spec="p", long={"ignore-fail-on-non-empty": "i"}, least=1)
async def rmdir(inv: Invocation, options: Options) -> int:
    async def remove(name: str) -> None:
        inv.files.rmdir(name)
        while "p" in options and "/" in name.strip("/"):
            name = name.rstrip("/").rpartition("/")[0]
            inv.files.rmdir(name)

    return await each(inv, options.words, remove)


@tool("unlink", least=1)
async def unlink(inv: Invocation, options: Options) -> int:
    inv.files.unlink(options.words[0])
    return 0


@tool("touch", spec="acd:mr:t:h", long={"no-create": "c"}, least=1)
async def touch(inv: Invocation, options: Options) -> int:
    when = None
    if "r" in options:
        when = inv.files.stat(options.get("r")).mtime
    elif "d" in options or "t" in options:
        from droidcancel.simulator.shell.toybox.clock import parse_time

        when = parse_time(inv, options.get("d") or options.get("t"))
        if when is None:
            raise UsageError(f"bad date '{options.get('d') or options.get('t')}'")

    async def one(name: str) -> None:
        if not inv.files.exists(name):
            if "c" in options:
                return
            inv.files.blob(name)
        path = inv.path(name)
        if not inv.phone.fs.may(inv.uid, path, "w"):
            raise FsError(errno.EACCES, name)
        inv.phone.fs.utime(path, when)

    status = 0
    for name in options.words:
        try:
            await one(name)
        except FsError as error:
            await inv.err(f"touch: '{name}': {error.strerror}\n")
            status = 1
    return status


@tool("ln", spec="sfnrTvt:", least=1)
async def ln(inv: Invocation, options: Options) -> int:
    words = list(options.words)
    folder = words.pop() if len(words) > 1 else "."
    into = inv.files.isdir(folder) and "T" not in options
    status = 0
    for word in words:
        name = f"{folder.rstrip('/')}/{_base(word)}" if into else folder
        try:
            if "s" not in options:
                raise FsError(errno.EACCES, name)
            if "f" in options and inv.phone.fs.exists(inv.path(name), follow=False):
                inv.files.unlink(name)
            inv.files.symlink(word, name)
        except FsError as error:
            kind = "symbolic" if "s" in options else "hard"
            await inv.err(f"ln: cannot create {kind} link from '{word}' to '{name}': "
                          f"{error.strerror}\n")  # fmt: skip
            status = 1
    return status
