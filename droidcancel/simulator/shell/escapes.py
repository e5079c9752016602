"""Backslash escapes of `$'...'`, echo and printf."""

from __future__ import annotations

import re

_SIMPLE = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v", "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
_ANSI = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|.)", re.S)
_ECHO = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|0[0-7]{0,3}|.)", re.S)


def byte(value: int) -> str:
    """One byte as text that encodes back to it (surrogateescape)."""
    return bytes([value & 0xFF]).decode("utf-8", "surrogateescape")


def _code(text: str) -> str:
    """`uXXXX` or `UXXXXXXXX`."""
    value = int(text[1:], 16)
    return chr(value) if value < 0xD800 or 0xE000 <= value < 0x110000 else "\ufffd"


def _one(body: str) -> str:
    if body[0] == "x" and len(body) > 1:
        return byte(int(body[1:], 16))
    if body[0] in "uU" and len(body) > 1:
        return _code(body)
    if body[0] in "01234567":
        return byte(int(body, 8))
    return _SIMPLE.get(body, "\\" + body)


def _rejoin(text: str) -> str:
    """Bytes that stand side by side and make a character become that character."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def ansi_c(text: str) -> str:
    """The meaning of what stands in `$'...'`."""
    return _rejoin(_ANSI.sub(lambda match: _one(match.group(1)), text))


def echo(text: str) -> tuple[str, bool]:
    """The meaning of escapes for `echo -e` and printf's %b; True when `\\c` ended it."""
    head, stop, _ = _cut(text)
    return _rejoin(_ECHO.sub(lambda match: _one(match.group(1)), head)), stop


def _cut(text: str) -> tuple[str, bool, str]:
    for match in _ECHO.finditer(text):
        if match.group(1) == "c":
            return text[: match.start()], True, text[match.end() :]
    return text, False, ""


def printf_format(text: str) -> tuple[str, int] | None:
    """The escape at the beginning of `text`: its meaning and length, None when there is none."""
    match = _ANSI.match(text)
    if match is None:
        return None
    return _one(match.group(1)), match.end()
