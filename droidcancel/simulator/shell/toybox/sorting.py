"""sort, comm, seq, expr, yes, and other small ones that compute."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from droidcancel.simulator.shell.arith import wrap
from droidcancel.simulator.shell.registry import Invocation, command
from droidcancel.simulator.shell.toybox.regex import BadRegex, compile_posix
from droidcancel.simulator.shell.toybox.tool import (
    Held,
    Options,
    UsageError,
    all_lines,
    decode,
    encode,
    input_status,
    inputs,
    tool,
)

MAX_TERMS = 1 << 24
MAX_SORTED = 16 << 20


def _leading_number(text: str) -> float:
    match = re.match(r"\s*(-?\d+(?:\.\d+)?)", text)
    return float(match.group(1)) if match else 0.0


_UNITS = {"K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


def _human_number(text: str) -> float:
    match = re.match(r"\s*(-?\d+(?:\.\d+)?)([KMGTP]?)", text)
    return float(match.group(1)) * 1024 ** _UNITS.get(match.group(2), 0) if match else 0.0


def _version(text: str) -> list[tuple[int, int, str]]:
    return [(1, int(piece[:18]), "") if piece.isdigit() else (0, 0, piece)
            for piece in re.split(r"(\d+)", text)]  # fmt: skip


class _Key:
    """One -k FIELD[.CHAR][OPTS][,FIELD[.CHAR][OPTS]]."""

    def __init__(self, spec: str, options: Options) -> None:
        start, _, end = spec.partition(",")
        self.first, self.first_char, own = self._place(start)
        self.last, self.last_char, more = self._place(end) if end else (0, 0, "")
        self.flags = own + more or "".join(flag for flag in "nfbdrhVg" if flag in options)
        self.separator = options.get("t")

    @staticmethod
    def _place(text: str) -> tuple[int, int, str]:
        match = re.fullmatch(r"(\d{1,6})(?:\.(\d{1,6}))?([a-zA-Z]*)", text)
        if match is None:
            raise UsageError(f"bad -k '{text}'")
        return int(match.group(1)), int(match.group(2) or 0), match.group(3)

    def text(self, line: str) -> str:
        if self.first == 0:
            return line
        if self.separator:
            cells = line.split(self.separator)
            mark = self.separator
        else:
            cells = re.findall(r"\s*\S+", line)
            mark = ""
        picked = cells[self.first - 1 : self.last or None]
        text = mark.join(picked)
        if "b" in self.flags or (self.first_char and not self.separator):
            text = text.lstrip()
        return text[max(0, self.first_char - 1) :]

    def value(self, line: str) -> object:
        text = self.text(line)
        if "n" in self.flags or "g" in self.flags:
            return _leading_number(text)
        if "h" in self.flags:
            return _human_number(text)
        if "V" in self.flags:
            return _version(text)
        if "d" in self.flags:
            text = re.sub(r"[^\w\s]", "", text)
        return encode(text.upper() if "f" in self.flags else text)


def _sorted(kept: list[str], keys: list[_Key], options: Options) -> list[str]:
    stable = "s" in options or "u" in options
    ordered = kept if stable else sorted(kept, key=encode, reverse="r" in options)
    for key in reversed(keys):
        backwards = "r" in key.flags or ("r" in options and not key.flags)
        ordered = sorted(ordered, key=key.value, reverse=backwards)  # type: ignore[arg-type]
    return ordered


@tool("sort", spec="o:k:t:bgMcszdfirunhVxmC")
async def sort(inv: Invocation, options: Options) -> int:
    keys = [_Key(spec, options) for spec in options.values.get("k", ())]
    keys = keys or [_Key("0", options)]
    kept: list[str] = []
    held = Held(MAX_SORTED)
    async for _, source in inputs(inv, options.words):
        kept += [decode(line.rstrip(b"\n")) for line in await all_lines(source, held)]
    ordered = await asyncio.to_thread(_sorted, kept, keys, options)
    if "c" in options or "C" in options:
        return await _check(inv, kept, ordered)
    if "u" in options:
        ordered = _unique(ordered, keys)
    data = encode("".join(line + "\n" for line in ordered))
    if "o" in options:
        inv.files.write(options.get("o"), data)
    else:
        await inv.stdout.write(data)
    return input_status(inv)


async def _check(inv: Invocation, kept: list[str], ordered: list[str]) -> int:
    for number, (have, want) in enumerate(zip(kept, ordered, strict=True), 1):
        if have != want:
            await inv.err(f"sort: {number}: disorder: {have}\n")
            return 1
    return 0


def _unique(ordered: list[str], keys: list[_Key]) -> list[str]:
    found: list[str] = []
    last: object = None
    for line in ordered:
        value = [key.value(line) for key in keys]
        if value != last:
            found.append(line)
        last = value
    return found


@tool("comm", spec="321", least=2)
async def comm(inv: Invocation, options: Options) -> int:
    sides: list[list[str]] = []
    held = Held()
    async for _, source in inputs(inv, options.words[:2]):
        sides.append([decode(line.rstrip(b"\n")) for line in await all_lines(source, held)])
    if len(sides) < 2:
        return 1
    one, two = sides
    tabs = ["", "" if "1" in options else "\t"]
    tabs.append(tabs[1] + ("" if "2" in options else "\t"))
    i = j = 0
    while i < len(one) or j < len(two):
        if j >= len(two) or (i < len(one) and one[i] < two[j]):
            column, text, i = 1, one[i], i + 1
        elif i >= len(one) or two[j] < one[i]:
            column, text, j = 2, two[j], j + 1
        else:
            column, text, i, j = 3, one[i], i + 1, j + 1
        if str(column) not in options:
            await inv.out(tabs[column - 1] + text + "\n")
    return 0


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise UsageError(f"bad number '{text}'") from None
    if not value.is_finite() or abs(value) > 10**15:
        raise UsageError(f"bad number '{text}'")
    return value


def _seq_words(argv: list[str]) -> tuple[list[str], dict[str, str], bool]:
    """The numbers, -s and -f, and -w; negative numbers are no options."""
    words, given, wide = [], {"s": "\n", "f": ""}, False
    rest = argv[1:]
    while rest:
        word = rest.pop(0)
        if word == "-w":
            wide = True
        elif word[:2] in ("-s", "-f"):
            given[word[1]] = word[2:] or (rest.pop(0) if rest else "")
        else:
            words.append(word)
    return words, given, wide


@tool("seq", spec="0123456789.wf:s:-")
async def seq(inv: Invocation, options: Options) -> int:
    words, given, wide = _seq_words(inv.argv)
    if not 1 <= len(words) <= 3:
        raise UsageError("Need 1 argument" if not words else "Max 3 arguments")
    numbers = [_decimal(word) for word in words]
    first = numbers[0] if len(numbers) > 1 else Decimal(1)
    step = numbers[1] if len(numbers) == 3 else Decimal(1)
    last = numbers[-1]
    if step == 0:
        return 1
    places = max(max(0, -int(n.normalize().as_tuple().exponent)) for n in (first, step))
    count = int((last - first) / step) + 1 if (last - first) * step >= 0 else 0
    if count > MAX_TERMS:
        raise UsageError("too many numbers")
    width = max(len(f"{n:.{places}f}") for n in (first, last)) if wide else 0
    shown = _seq_shape(given["f"], places, width)
    pieces: list[str] = []
    for index in range(count):
        pieces.append((given["s"] if index else "") + shown(first + index * step))
        if len(pieces) == 4096:
            await inv.out("".join(pieces))
            pieces = []
            await asyncio.sleep(0)
    await inv.out("".join(pieces) + ("\n" if count else ""))
    return 0


def _seq_shape(form: str, places: int, width: int) -> Callable[[Decimal], str]:
    if not form:
        return lambda value: f"{value:0{width}.{places}f}" if width else f"{value:.{places}f}"
    match = re.fullmatch(r"([^%]*)%([-+ #0]*\d{0,3}(?:\.\d{1,2})?)([efgEFG])([^%]*)", form)
    if match is None:
        raise UsageError(f"bad -f '{form}'")
    head, spec, kind, tail = match.groups()
    return lambda value: head + f"%{spec}{kind}" % float(value) + tail


@tool("yes", permute=False)
async def yes(inv: Invocation, options: Options) -> int:
    chunk = encode(" ".join(inv.argv[1:]) or "y") + b"\n"
    chunk *= max(1, 4096 // len(chunk))
    while True:
        await inv.stdout.write(chunk)
        await asyncio.sleep(0)


@tool("factor")
async def factor(inv: Invocation, options: Options) -> int:
    for word in options.words:
        if not word.isdigit():
            raise UsageError(f"{word}: not integer")
        number, found, candidate = min(int(word[:12]), 10**10), [], 2
        while candidate * candidate <= number:
            while number % candidate == 0:
                found.append(candidate)
                number //= candidate
            candidate += 1
        await inv.out(f"{word}: {' '.join(map(str, found + [number] * (number > 1)))}\n")
    return 0


class _Expr:
    """The grammar of expr(1)."""

    LEVELS = (("|",), ("&",), ("=", "!=", "<", "<=", ">", ">=", "=="), ("+", "-"),
              ("*", "/", "%"), (":",))  # fmt: skip

    def __init__(self, words: list[str]) -> None:
        self.words, self.pos, self.depth = words, 0, 0

    def run(self) -> str:
        value = self.level(0)
        if self.pos < len(self.words):
            raise UsageError("syntax error", 2)
        return value

    def level(self, number: int) -> str:
        if number == len(self.LEVELS):
            return self.primary()
        left = self.level(number + 1)
        while self.pos < len(self.words) and self.words[self.pos] in self.LEVELS[number]:
            operator = self.words[self.pos]
            self.pos += 1
            left = self.apply(operator, left, self.level(number + 1))
        return left

    def primary(self) -> str:
        if self.pos >= len(self.words):
            raise UsageError("syntax error", 2)
        word = self.words[self.pos]
        self.pos += 1
        if word == "(":
            self.depth += 1
            if self.depth > 40:
                raise UsageError("syntax error", 2)
            value = self.level(0)
            self.depth -= 1
            if self.words[self.pos : self.pos + 1] != [")"]:
                raise UsageError("syntax error", 2)
            self.pos += 1
            return value
        return word

    @staticmethod
    def integer(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise UsageError("non-integer argument", 2)
        return int(text)

    def apply(self, operator: str, left: str, right: str) -> str:
        if operator == "|":
            return left if left not in ("", "0") else right or "0"
        if operator == "&":
            return left if left not in ("", "0") and right not in ("", "0") else "0"
        if operator == ":":
            return self.match(left, right)
        if operator in self.LEVELS[2]:
            return str(int(self.compare(operator, left, right)))
        return self.compute(operator, self.integer(left), self.integer(right))

    @staticmethod
    def compute(operator: str, left: int, right: int) -> str:
        if operator in "/%" and right == 0:
            raise UsageError("division by zero", 2)
        if operator in "/%":
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return str(quotient if operator == "/" else left - right * quotient)
        value = {"+": left + right, "-": left - right, "*": left * right}[operator]
        return str(value if abs(value) < 2**63 else wrap(value))

    @staticmethod
    def compare(operator: str, left: str, right: str) -> bool:
        number = re.compile(r"-?\d{1,18}")
        if number.fullmatch(left) and number.fullmatch(right):
            order = (int(left) > int(right)) - (int(left) < int(right))
        else:
            order = (left > right) - (left < right)
        return {"=": order == 0, "==": order == 0, "!=": order != 0, "<": order < 0,
                "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]  # fmt: skip

    @staticmethod
    def match(text: str, source: str) -> str:
        try:
            pattern = compile_posix(source, False)
        except BadRegex as error:
            raise UsageError(f"bad regexp '{source}': {error}", 2) from None
        found = pattern.match(text)
        if pattern.groups:
            return (found.group(1) or "") if found else ""
        return str(len(found.group()) if found else 0)


@command("expr")
async def expr(inv: Invocation) -> int:
    """expr EXPRESSION: 1 when the result is empty or 0, 2 when it is wrong."""
    try:
        value = _Expr(inv.argv[1:]).run()
    except UsageError as error:
        await inv.err(f"expr: {error.text}\n")
        return error.status
    await inv.out(value + "\n")
    return int(value in ("", "0"))


@tool("basename", spec="as:")
async def basename(inv: Invocation, options: Options) -> int:
    words, suffix = options.words, options.get("s")
    if not words:
        raise UsageError("Need 1 argument")
    if "a" not in options and "s" not in options:
        suffix = words[1] if len(words) > 1 else ""
        words = words[:1]
    for word in words:
        base = word.rstrip("/").rpartition("/")[2] or ("/" if word else "")
        await inv.out((base.removesuffix(suffix) if base != suffix else base) + "\n")
    return 0


@tool("dirname", least=1)
async def dirname(inv: Invocation, options: Options) -> int:
    for word in options.words:
        parent = word.rstrip("/").rpartition("/")[0].rstrip("/")
        await inv.out((parent or ("/" if word.startswith("/") else ".")) + "\n")
    return 0
