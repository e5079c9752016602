"""Binary XML of Android packages (AXML; frameworks/base libs/androidfw ResourceTypes.h).

Read with bounds on everything a hostile file could blow up: chunks, strings, elements, depth.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_BYTES = 4 << 20
MAX_STRINGS = 65_536
MAX_STRING = 32_768
MAX_ELEMENTS = 20_000
MAX_CHUNKS = 60_000
MAX_DEPTH = 64
MAX_ATTRIBUTES = 256

_STRING_POOL, _XML, _RESOURCE_MAP = 0x0001, 0x0003, 0x0180
_START_ELEMENT, _END_ELEMENT = 0x0102, 0x0103
_UTF8_FLAG = 0x100
_NONE = 0xFFFFFFFF
_TYPE_STRING, _TYPE_BOOLEAN = 0x03, 0x12
_INTEGERS = range(0x10, 0x20)

# Attributes are known by resource id: their names may have been stripped (R.attr).
ATTRIBUTES = {
    0x01010001: "label",
    0x01010003: "name",
    0x01010006: "permission",
    0x0101000C: "hasCode",
    0x0101000F: "debuggable",
    0x01010010: "exported",
    0x0101020C: "minSdkVersion",
    0x0101021B: "versionCode",
    0x0101021C: "versionName",
    0x01010270: "targetSdkVersion",
    0x01010271: "maxSdkVersion",
    0x01010272: "testOnly",
    0x01010021: "targetPackage",
}


class AxmlError(ValueError):
    """The bytes are no binary XML that can be read."""


@dataclass(eq=False)
class Element:
    """One element; attribute values are str, int or bool, None for a reference."""

    name: str
    attributes: dict[str, str | int | bool | None]
    children: list[Element] = field(default_factory=list)

    def find(self, name: str) -> Iterator[Element]:
        """The children of that name."""
        return (child for child in self.children if child.name == name)

    def text(self, attribute: str) -> str | None:
        """An attribute as text, None when it is missing or a reference."""
        value = self.attributes.get(attribute)
        return None if value is None else str(value)


def _unpack(layout: str, data: bytes, offset: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, data, offset)
    except struct.error:
        raise AxmlError(f"cut short at byte {offset}") from None


@dataclass(frozen=True)
class _Chunk:
    kind: int
    header: int
    start: int
    end: int


def _chunks(data: bytes, start: int, end: int) -> Iterator[_Chunk]:
    while start + 8 <= end:
        kind, header, size = _unpack("<HHI", data, start)
        if size < 8 or header < 8 or start + size > end or header > size:
            raise AxmlError(f"bad chunk at byte {start}")
        yield _Chunk(kind, header, start, start + size)
        start += size


class _Strings:
    """A string pool; each string is decoded when it is asked for."""

    def __init__(self, data: bytes, chunk: _Chunk) -> None:
        count, _, flags, base, _ = _unpack("<5I", data, chunk.start + 8)
        if count > MAX_STRINGS or chunk.start + chunk.header + 4 * count > chunk.end:
            raise AxmlError("bad string pool")
        self._data, self._chunk = data, chunk
        self._utf8 = bool(flags & _UTF8_FLAG)
        self._base = chunk.start + base
        self._offsets = _unpack(f"<{count}I", data, chunk.start + chunk.header)

    def get(self, index: int) -> str | None:
        if index == _NONE:
            return None
        if index >= len(self._offsets):
            raise AxmlError("string out of the pool")
        at = self._base + self._offsets[index]
        return self._read_utf8(at) if self._utf8 else self._read_utf16(at)

    def _read_utf8(self, at: int) -> str:
        _, at = self._length8(at)
        size, at = self._length8(at)
        return self._bytes(at, size).decode("utf-8", "replace")

    def _length8(self, at: int) -> tuple[int, int]:
        (size,) = _unpack("<B", self._data, at)
        if not size & 0x80:
            return size, at + 1
        (low,) = _unpack("<B", self._data, at + 1)
        return (size & 0x7F) << 8 | low, at + 2

    def _read_utf16(self, at: int) -> str:
        (size,) = _unpack("<H", self._data, at)
        at += 2
        if size & 0x8000:
            (low,) = _unpack("<H", self._data, at)
            size, at = (size & 0x7FFF) << 16 | low, at + 2
        return self._bytes(at, size * 2).decode("utf-16-le", "replace")

    def _bytes(self, at: int, size: int) -> bytes:
        if size > MAX_STRING or at + size > self._chunk.end:
            raise AxmlError("bad string")
        return self._data[at : at + size]


class _Parser:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._strings: _Strings | None = None
        self._resources: tuple[int, ...] = ()
        self._stack: list[Element] = []
        self._count = 0

    def parse(self) -> Element:
        top = next(_chunks(self._data, 0, len(self._data)), None)
        if top is None or top.kind != _XML:
            raise AxmlError("no binary XML")
        root: Element | None = None
        for number, chunk in enumerate(_chunks(self._data, top.start + top.header, top.end)):
            if number >= MAX_CHUNKS:
                raise AxmlError("too many chunks")
            if chunk.kind == _STRING_POOL and self._strings is None:
                self._strings = _Strings(self._data, chunk)
            elif chunk.kind == _RESOURCE_MAP:
                self._resources = self._map(chunk)
            elif chunk.kind == _START_ELEMENT:
                element = self._start(chunk)
                root = root or element
            elif chunk.kind == _END_ELEMENT and self._stack:
                self._stack.pop()
        if root is None:
            raise AxmlError("no element")
        return root

    def _map(self, chunk: _Chunk) -> tuple[int, ...]:
        count = min((chunk.end - chunk.start - chunk.header) // 4, MAX_STRINGS)
        return _unpack(f"<{count}I", self._data, chunk.start + chunk.header)

    def _string(self, index: int) -> str | None:
        if self._strings is None:
            raise AxmlError("no string pool")
        return self._strings.get(index)

    def _start(self, chunk: _Chunk) -> Element:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._stack) >= MAX_DEPTH:
            raise AxmlError("too many elements")
        at = chunk.start + chunk.header
        _, name, start, size, count = _unpack("<2I3H", self._data, at)
        if count > MAX_ATTRIBUTES or size < 20 or at + start + size * count > chunk.end:
            raise AxmlError("bad element")
        element = Element(self._string(name) or "", {})
        for number in range(count):
            key, value = self._attribute(at + start + size * number)
            element.attributes.setdefault(key, value)
        if self._stack:
            self._stack[-1].children.append(element)
        self._stack.append(element)
        return element

    def _attribute(self, at: int) -> tuple[str, str | int | bool | None]:
        _, name, raw, _, _, kind, data = _unpack("<3IHBBI", self._data, at)
        resource = self._resources[name] if name < len(self._resources) else 0
        key = ATTRIBUTES.get(resource) or self._string(name) or ""
        if kind == _TYPE_STRING:
            return key, self._string(data)
        if kind == _TYPE_BOOLEAN:
            return key, data != 0
        if kind in _INTEGERS:
            return key, data
        return key, self._string(raw)


def parse(data: bytes) -> Element:
    """The root element of binary XML. Raises AxmlError for anything that is none."""
    if len(data) > MAX_BYTES:
        raise AxmlError("too large")
    return _Parser(data).parse()
