"""chmod, chown, chgrp."""

from __future__ import annotations

import errno
import re
import stat as st

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    UsageError,
    tool,
)


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
