"""cp, mv, rm, mkdir, touch, ln, chmod and their like."""

from __future__ import annotations

import asyncio
import errno
import re
import stat as st

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.descriptors import BlobFile, Description
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    UsageError,
    complain,
    each,
    open_input,
    open_output,
    size,
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


def _symbolic(mode: int, clause: str) -> int:
    match = re.fullmatch(r"([ugoa]*)([-+=])([rwxXst]*)", clause)
    if match is None:
        raise UsageError(f"bad mode '{clause}'")
    who, operator, letters = match.groups()
    bits = sum({"r": 4, "w": 2, "x": 1}.get(letter, 0) for letter in set(letters))
    if "X" in letters and (mode & 0o111 or st.S_ISDIR(mode)):
        bits |= 1
    shifts = [{"u": 6, "g": 3, "o": 0}[w] for w in (who.replace("a", "ugo") or "ugo")]
    for shift in shifts:
        if operator == "=":
            mode &= ~(7 << shift)
        mode = mode & ~(bits << shift) if operator == "-" else mode | bits << shift
    return mode


def new_mode(mode: int, text: str) -> int:
    """What `chmod text` makes of a mode; UsageError."""
    if re.fullmatch(r"[0-7]{1,5}", text):
        return int(text, 8) & 0o7777
    for clause in text.split(","):
        mode = _symbolic(mode, clause)
    return mode & 0o7777


def _below(inv: Invocation, names: list[str], recursive: bool) -> list[str]:
    if not recursive:
        return names
    found: list[str] = []
    for name in names:
        base = inv.path(name)
        if not inv.phone.fs.exists(base, follow=False):
            found.append(name)
            continue
        found += [name + path[len(base) :] for path in inv.phone.fs.walk(base)]
    return found


@tool("chmod", spec="Rfv", least=2, permute=False)
async def chmod(inv: Invocation, options: Options) -> int:
    text, *names = options.words
    status = 0
    for name in _below(inv, names, "R" in options):
        try:
            path = inv.files.own(name)
            inv.phone.fs.chmod(path, new_mode(inv.phone.fs.stat(path).mode, text))
        except FsError as error:
            status = 1
            if "f" not in options:
                await inv.err(f"chmod: chmod '{name}' to {text}: {error.strerror}\n")
    return status


_IDS = {"root": 0, "system": 1000, "shell": 2000, "media_rw": 1023, "sdcard_rw": 1015}


def _identity(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text in _IDS:
        return _IDS[text]
    match = re.fullmatch(r"u(\d+)_a(\d+)", text)
    if match is None:
        raise UsageError(f"bad user '{text}'")
    return int(match.group(1)) * 100000 + 10000 + int(match.group(2))


@tool("chown", "chgrp", spec="Rfhv", least=2)
async def chown(inv: Invocation, options: Options) -> int:
    text, *names = options.words
    user, _, group = text.replace(".", ":").partition(":")
    if inv.name == "chgrp":
        user, group = "", text
    uid = _identity(user) if user else -1
    gid = _identity(group) if group else -1
    status = 0
    for name in _below(inv, names, "R" in options):
        try:
            found = inv.files.stat(name, "h" not in options)
            if inv.uid != 0 and (uid not in (-1, found.uid) or gid not in (-1, found.gid)):
                raise FsError(errno.EPERM, name)
            inv.phone.fs.chown(inv.path(name), uid, gid)
        except FsError as error:
            status = 1
            if "f" not in options:
                await inv.err(f"{inv.name}: {inv.name} '{name}' to '{text}': {error.strerror}\n")
    return status


@tool("truncate", spec="s:c", long={"size": "s"}, least=1)
async def truncate(inv: Invocation, options: Options) -> int:
    text = options.get("s")
    if not text:
        raise UsageError("Needs -s")
    sign = text[0] if text[0] in "+-" else ""
    count = size(text.lstrip("+-"))

    async def cut(name: str) -> None:
        if not inv.files.exists(name) and "c" in options:
            return
        blob = inv.files.blob(name, append=True)
        new = {"+": blob.size + count, "-": max(0, blob.size - count)}.get(sign, count)
        blob.truncate(new)
        inv.phone.fs.utime(inv.path(name))

    return await each(inv, options.words, cut)


@tool("mktemp", spec="dp:qtu")
async def mktemp(inv: Invocation, options: Options) -> int:
    folder = options.get("p") or inv.env.get("TMPDIR") or "/data/local/tmp"
    template = options.words[0] if options.words else "tmp.XXXXXXXXXX"
    if not template.endswith("XX"):
        raise UsageError("need XX+")
    source = inv.phone.options.random(f"mktemp{inv.pid}")
    stem = template.rstrip("X")
    while True:
        tail = "".join(
            source.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
            for _ in range(len(template) - len(stem))
        )
        name = stem + tail if "/" in template else f"{folder.rstrip('/')}/{stem}{tail}"
        if not inv.phone.fs.exists(inv.path(name)):
            break
    try:
        if "u" not in options:
            if "d" in options:
                inv.files.mkdir(name, 0o700)
            else:
                inv.files.blob(name, mode=0o600)
    except FsError as error:
        await inv.err(f"mktemp: Failed to create {'directory' if 'd' in options else 'file'} "
                      f"{stem}{'X' * len(tail)}: {error.strerror}\n")  # fmt: skip
        return 1
    await inv.out(name + "\n")
    return 0


@tool("sync", "fsync", spec="df")
async def sync(inv: Invocation, options: Options) -> int:
    return 0


@tool("dd", permute=False)
async def dd(inv: Invocation, options: Options) -> int:
    given = dict(word.partition("=")[::2] for word in options.words)
    unknown = set(given) - {"if", "of", "bs", "ibs", "obs", "count", "skip", "seek", "conv",
                            "status", "iflag", "oflag"}  # fmt: skip
    if unknown or any("=" not in word for word in options.words):
        raise UsageError(
            f"unknown argument '{sorted(unknown)[0] if unknown else options.words[0]}'"
        )
    block = max(1, min(size(given.get("ibs") or given.get("bs", "512")), 16 << 20))
    count = size(given["count"]) if "count" in given else -1
    source = open_input(inv, given["if"]) if "if" in given else inv.stdin.dup()
    try:
        target, close = _dd_output(inv, given, block)
        try:
            done = await _dd_copy(source, target, block, count, size(given.get("skip", "0")))
        finally:
            if close:
                target.close()
    finally:
        source.close()
    if given.get("status") != "none":
        records = f"{done // block}+{int(done % block > 0)}"
        await inv.err(
            f"{records} records in\n{records} records out\n{done} bytes copied, 0.001 s\n"
        )
    return 0


def _dd_output(inv: Invocation, given: dict[str, str], block: int) -> tuple[Description, bool]:
    if "of" not in given:
        return inv.stdout, False
    keep = "notrunc" in given.get("conv", "") or "seek" in given
    writer = open_output(inv, given["of"], "rw" if keep else "w")
    if "seek" in given and isinstance(writer, BlobFile):
        writer.position = size(given["seek"]) * block
    return writer, True


async def _dd_copy(
    source: Description, target: Description, block: int, count: int, skip: int
) -> int:
    done, blocks = 0, 0
    for _ in range(skip):
        if not await _block(source, block):
            break
    while count < 0 or blocks < count:
        data = await _block(source, block)
        if not data:
            break
        await target.write(data)
        done += len(data)
        blocks += 1
        if blocks % 16 == 0:
            await asyncio.sleep(0)
    return done


async def _block(source: Description, size: int) -> bytes:
    parts, left = [], size
    while left > 0:
        data = await source.read(left)
        if not data:
            break
        parts.append(data)
        left -= len(data)
    return b"".join(parts)


@tool("split", spec="a:b:l:")
async def split(inv: Invocation, options: Options) -> int:
    name = options.words[0] if options.words else "-"
    prefix = options.words[1] if len(options.words) > 1 else "x"
    width, piece, count = options.number("a", 2), 0, options.number("b", 0)
    source = open_input(inv, name)
    try:
        while True:
            data = await (_block(source, count) if count else _some_lines(source, options))
            if not data:
                return 0
            letters, rest = "", piece
            for _ in range(width):
                rest, digit = divmod(rest, 26)
                letters = chr(97 + digit) + letters
            inv.files.write(prefix + letters, data)
            piece += 1
    finally:
        source.close()


async def _some_lines(source: Description, options: Options) -> bytes:
    parts = []
    for _ in range(options.number("l", 1000)):
        line = await source.readline()
        if not line:
            break
        parts.append(line)
    return b"".join(parts)
