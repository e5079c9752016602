"""find."""

from __future__ import annotations

import asyncio
import re
import stat as st
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from droidcancel.simulator.fs import FsError, Stat
from droidcancel.simulator.shell.pattern import matches
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.listing import _Listing
from droidcancel.simulator.shell.toybox.modes import new_mode
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    UsageError,
    complain,
    owner,
    tool,
)

MAX_BATCH = 1000


@dataclass
class _Found:
    """One thing found: its shown name, what it is, how deep it lies."""

    name: str
    stat: Stat
    depth: int


Check = Callable[[_Found], Awaitable[bool]]


@dataclass
class _Find:
    """One run: the expression, and what bounds the walk."""

    inv: Invocation
    tokens: list[str]
    pos: int = 0
    max_depth: int = 1 << 30
    min_depth: int = 0
    bottom_up: bool = False
    follow: bool = False
    acts: bool = False
    pruned: bool = False
    stopped: bool = False
    status: int = 0
    nesting: int = 0
    batches: list[tuple[list[str], list[str]]] = field(default_factory=list)

    # -- the expression -----------------------------------------------------------------------
    def next(self, of: str) -> str:
        if self.pos >= len(self.tokens):
            raise UsageError(f"'{of}' needs 1 arg")
        self.pos += 1
        return self.tokens[self.pos - 1]

    def either(self) -> Check:
        checks = [self.both()]
        while self.pos < len(self.tokens) and self.tokens[self.pos] in ("-o", "-or"):
            self.pos += 1
            checks.append(self.both())
        return checks[0] if len(checks) == 1 else _any(checks)

    def both(self) -> Check:
        checks: list[Check] = []
        while self.pos < len(self.tokens) and self.tokens[self.pos] not in ("-o", "-or", ")"):
            if self.tokens[self.pos] in ("-a", "-and"):
                self.pos += 1
                continue
            checks.append(self.inverse())
        return _all(checks)

    def inverse(self) -> Check:
        self.nesting += 1
        if self.nesting > 60:
            raise UsageError("expression too deep")
        token = self.next("find")
        try:
            if token in ("!", "-not"):
                inner = self.inverse()
                return _not(inner)
            if token == "(":
                inner = self.either()
                if self.pos >= len(self.tokens):
                    raise UsageError("bad (")
                self.pos += 1
                return inner
            return self.primary(token)
        finally:
            self.nesting -= 1

    def primary(self, token: str) -> Check:
        maker = _PRIMARIES.get(token)
        if maker is None:
            raise UsageError(f"bad arg '{token}'")
        return maker(self, token)

    # -- walking ------------------------------------------------------------------------------
    async def walk(self, name: str, check: Check, depth: int = 0) -> None:
        try:
            found = _Found(name, self.inv.files.stat(name, self.follow), depth)
        except FsError as error:
            self.status = await complain(self.inv, name, error)
            return
        self.pruned = False
        if not self.bottom_up and depth >= self.min_depth:
            await check(found)
        if st.S_ISDIR(found.stat.mode) and depth < self.max_depth and not self.pruned:
            await self.children(name, check, depth)
        if self.bottom_up and depth >= self.min_depth and not self.stopped:
            await check(found)

    async def children(self, name: str, check: Check, depth: int) -> None:
        try:
            names = self.inv.files.listdir(name)
        except FsError as error:
            self.status = await complain(self.inv, name, error)
            return
        await asyncio.sleep(0)
        for entry in names:
            if self.stopped:
                return
            await self.walk(f"{name.rstrip('/')}/{entry}", check, depth + 1)

    async def finish(self) -> None:
        """Run what -exec ... + gathered."""
        for words, names in self.batches:
            if names:
                self.status |= int(await self.inv.run([*words, *names]) != 0)


def _any(checks: list[Check]) -> Check:
    async def check(found: _Found) -> bool:
        for one in checks:
            if await one(found):
                return True
        return False

    return check


def _all(checks: list[Check]) -> Check:
    async def check(found: _Found) -> bool:
        for one in checks:
            if not await one(found):
                return False
        return True

    return check


def _not(inner: Check) -> Check:
    async def check(found: _Found) -> bool:
        return not await inner(found)

    return check


def _test(test: Callable[[_Found], bool]) -> Check:
    async def check(found: _Found) -> bool:
        return test(found)

    return check


def _name(find: _Find, token: str) -> Check:
    glob = find.next(token)
    if token[1] == "i":
        glob = glob.lower()
    whole = token.endswith("path")

    def test(found: _Found) -> bool:
        text = found.name if whole else found.name.rstrip("/").rpartition("/")[2] or found.name
        return matches(glob, text.lower() if token[1] == "i" else text)

    return _test(test)


_TYPES = {"f": st.S_IFREG, "d": st.S_IFDIR, "l": st.S_IFLNK, "c": st.S_IFCHR, "b": st.S_IFBLK,
          "p": st.S_IFIFO, "s": st.S_IFSOCK}  # fmt: skip


def _type(find: _Find, token: str) -> Check:
    letters = find.next(token).replace(",", "")
    if not letters or any(letter not in _TYPES for letter in letters):
        raise UsageError(f"bad -type '{letters}'")
    return _test(lambda found: any(st.S_IFMT(found.stat.mode) == _TYPES[c] for c in letters))


def _compared(
    find: _Find, token: str, units: dict[str, int], default: int
) -> Callable[[float], bool]:
    text = find.next(token)
    match = re.fullmatch(r"([-+]?)(\d{1,15})([a-zA-Z]?)", text)
    if match is None or (match.group(3) and match.group(3) not in units):
        raise UsageError(f"bad {token} '{text}'")
    sign, digits, unit = match.groups()
    step, wanted = units.get(unit, default), int(digits)

    def test(value: float) -> bool:
        rounded = -(-int(value) // step)
        if sign == "+":
            return rounded > wanted
        return rounded < wanted if sign == "-" else rounded == wanted

    return test


def _size(find: _Find, token: str) -> Check:
    units = {"c": 1, "w": 2, "b": 512, "k": 1 << 10, "M": 1 << 20, "m": 1 << 20, "G": 1 << 30}
    test = _compared(find, token, units, 512)
    return _test(lambda found: test(found.stat.size))


def _age(find: _Find, token: str) -> Check:
    step = 60 if token.endswith("min") else 86400
    test = _compared(find, token, {}, 1)
    now = find.inv.phone.clock.time()
    return _test(lambda found: test(int((now - found.stat.mtime) // step)))


def _newer(find: _Find, token: str) -> Check:
    limit = find.inv.files.stat(find.next(token)).mtime
    return _test(lambda found: found.stat.mtime > limit)


def _user(find: _Find, token: str) -> Check:
    wanted = find.next(token)

    def test(found: _Found) -> bool:
        number = found.stat.uid if token == "-user" else found.stat.gid
        return wanted in (owner(number), str(number))

    return _test(test)


def _perm(find: _Find, token: str) -> Check:
    text = find.next(token)
    mode = new_mode(0, text.lstrip("-/"))

    def test(found: _Found) -> bool:
        have = found.stat.mode & 0o7777
        if text[0] == "-":
            return have & mode == mode
        return bool(have & mode) if text[0] == "/" else have == mode

    return _test(test)


def _empty(find: _Find, token: str) -> Check:
    def test(found: _Found) -> bool:
        if st.S_ISDIR(found.stat.mode):
            return not find.inv.phone.fs.listdir(find.inv.path(found.name))
        return found.stat.size == 0

    return _test(test)


def _depth(find: _Find, token: str) -> Check:
    text = find.next(token)
    if not text.isdigit():
        raise UsageError(f"bad {token} '{text}'")
    if token == "-maxdepth":
        find.max_depth = int(text[:9])
    else:
        find.min_depth = int(text[:9])
    return _test(lambda found: True)


def _print(find: _Find, token: str) -> Check:
    find.acts = True
    end = "\0" if token == "-print0" else "\n"

    async def check(found: _Found) -> bool:
        await find.inv.out(found.name + end)
        return True

    return check


def _ls(find: _Find, token: str) -> Check:
    find.acts = True

    async def check(found: _Found) -> bool:
        listing = _Listing(find.inv, Options(values={"l": [""], "d": [""]}))
        await listing.show([(found.name, found.stat)], "")
        return True

    return check


def _printf(find: _Find, token: str) -> Check:
    find.acts = True
    form = find.next(token)

    async def check(found: _Found) -> bool:
        fields = {"p": found.name, "f": found.name.rpartition("/")[2], "s": str(found.stat.size),
                  "h": found.name.rpartition("/")[0] or ".", "m": f"{found.stat.mode & 0o7777:o}",
                  "u": owner(found.stat.uid), "d": str(found.depth), "%": "%",
                  "T@": f"{found.stat.mtime:.10f}"}  # fmt: skip
        text = re.sub(r"%(T@|.)", lambda m: fields.get(m.group(1), m.group()), form)
        await find.inv.out(text.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0"))
        return True

    return check


def _delete(find: _Find, token: str) -> Check:
    find.acts = find.bottom_up = True

    async def check(found: _Found) -> bool:
        try:
            if st.S_ISDIR(found.stat.mode):
                find.inv.files.rmdir(found.name)
            else:
                find.inv.files.unlink(found.name)
        except FsError as error:
            find.status = await complain(find.inv, found.name, error)
            return False
        return True

    return check


def _prune(find: _Find, token: str) -> Check:
    async def check(found: _Found) -> bool:
        find.pruned = True
        return True

    return check


def _quit(find: _Find, token: str) -> Check:
    async def check(found: _Found) -> bool:
        find.stopped = find.pruned = True
        return True

    return check


def _exec(find: _Find, token: str) -> Check:
    find.acts = True
    words: list[str] = []
    while (word := find.next(token)) not in (";", "+"):
        words.append(word)
    if not words:
        raise UsageError(f"'{token}' needs 1 arg")
    if word == "+" and words[-1:] == ["{}"]:
        batch: tuple[list[str], list[str]] = (words[:-1], [])
        find.batches.append(batch)

        async def gather(found: _Found) -> bool:
            batch[1].append(found.name)
            if len(batch[1]) >= MAX_BATCH:
                await find.inv.run([*batch[0], *batch[1]])
                batch[1].clear()
            return True

        return gather

    async def check(found: _Found) -> bool:
        argv = [word.replace("{}", found.name) for word in words]
        return await find.inv.run(argv) == 0

    return check


def _bottom_up(find: _Find, token: str) -> Check:
    find.bottom_up = True
    return _test(lambda found: True)


def _constant(find: _Find, token: str) -> Check:
    return _test(lambda found: token != "-false")


_PRIMARIES: dict[str, Callable[[_Find, str], Check]] = {
    **dict.fromkeys(("-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename"), _name),
    "-type": _type, "-size": _size, "-mtime": _age, "-mmin": _age, "-newer": _newer,
    "-user": _user, "-group": _user, "-perm": _perm, "-empty": _empty, "-maxdepth": _depth,
    "-mindepth": _depth, "-print": _print, "-print0": _print, "-ls": _ls, "-printf": _printf,
    "-delete": _delete, "-prune": _prune, "-quit": _quit, "-exec": _exec, "-execdir": _exec,
    "-depth": _bottom_up, "-true": _constant, "-false": _constant, "-xdev": _constant,
    "-mount": _constant,
}  # fmt: skip


@tool("find", spec="HL", permute=False)
async def find(inv: Invocation, options: Options) -> int:
    words = options.words
    names: list[str] = []
    while words and not (words[0].startswith("-") or words[0] in ("(", "!")):
        names.append(words.pop(0))
    run = _Find(inv, words, follow="L" in options)
    check = run.either()
    if run.pos < len(words):
        raise UsageError(f"bad arg '{words[run.pos]}'")
    if not run.acts:
        check = _all([check, _print(run, "-print")])
    for name in names or ["."]:
        await run.walk(name, check)
        if run.stopped:
            break
    await run.finish()
    return run.status
