"""Reading content providers, the screen's size and notifications. Pure."""

from __future__ import annotations

import re

from droidcancel.device.parse_network import first_line
from droidcancel.device.types import Progress
from droidcancel.errors import ParseError

_ROW = re.compile(r"^Row: \d+ (?P<columns>.*)$")
_NOTHING = "No result found."
_MEDIA_URI = re.compile(r"content://media/[^\s}\],]+?/(?P<id>\d+)")
_SIZE = re.compile(r"^(?P<kind>Physical|Override) size: (?P<width>\d+)x(?P<height>\d+)", re.M)
_NOTIFICATION = re.compile(r"^\s*NotificationRecord\(\S+:? pkg=(?P<package>\S+)")
_EXTRA = re.compile(
    r"android\.(?P<key>progress|progressMax|progressIndeterminate)=\w+ \((?P<value>[^)]*)\)"
)


def parse_rows(text: str, columns: tuple[str, ...]) -> list[dict[str, str | None]]:
    """`content query --projection a:b`: rows in the order of the projection (Content.java).

    The separator ``, `` is not escaped, so the names of the columns asked for cut the line: a
    value may hold commas. ``NULL`` becomes None.
    """
    if _NOTHING in text:
        return []
    rows = [
        _row(found["columns"], columns) for line in text.splitlines() if (found := _ROW.match(line))
    ]
    if not rows:
        raise ParseError("the rows of a content query", first_line(text))
    return rows


def _row(line: str, columns: tuple[str, ...]) -> dict[str, str | None]:
    pattern = ", ".join(rf"{re.escape(name)}=(.*?)" for name in columns) + "$"
    found = re.match(pattern, line)
    if not found:
        raise ParseError("a row of a content query", line)
    values = (None if value == "NULL" else value for value in found.groups())
    return dict(zip(columns, values, strict=True))


def parse_scanned(text: str) -> int | None:
    """`content call ... scan_file`: the new row's id, None when nothing was indexed."""
    found = _MEDIA_URI.search(text)
    return int(found["id"]) if found else None


def parse_screen_size(text: str) -> tuple[int, int]:
    """`wm size`: width and height in pixels; an override counts before the physical size."""
    sizes = {found["kind"]: found for found in _SIZE.finditer(text)}
    found = sizes.get("Override") or sizes.get("Physical")
    if not found:
        raise ParseError("the size of the screen", first_line(text))
    return int(found["width"]), int(found["height"])


def parse_progress(text: str, package: str) -> list[Progress]:
    """`dumpsys notification`: the progress bars of a package (NotificationRecord.dump).

    Numbers show even where texts are redacted.
    """
    if "NotificationRecord" not in text and "Notification" not in text:
        raise ParseError("the notifications", first_line(text))
    bars: list[Progress] = []
    for block in _notification_blocks(text, package):
        extras = {found["key"]: found["value"] for found in _EXTRA.finditer(block)}
        if extras.get("progressMax", "").isdigit() and int(extras["progressMax"]) > 0:
            bars.append(_progress(package, extras))
        elif extras.get("progressIndeterminate") == "true":
            bars.append(Progress(package, 0, 0, True))
    return bars


def _progress(package: str, extras: dict[str, str]) -> Progress:
    value = extras.get("progress", "")
    return Progress(
        package,
        int(value) if value.isdigit() else 0,
        int(extras["progressMax"]),
        extras.get("progressIndeterminate") == "true",
    )


def _notification_blocks(text: str, package: str) -> list[str]:
    blocks: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        head = _NOTIFICATION.match(line)
        if head:
            inside = head["package"] == package
            if inside:
                blocks.append([])
        if inside:
            blocks[-1].append(line)
    return ["\n".join(block) for block in blocks]


def parse_df(text: str) -> int:
    """`df -k PATH`: free bytes, from the column ``Available``."""
    lines = [line for line in text.splitlines() if line.strip()]
    header = lines[0].split() if lines else []
    if "Available" not in header or len(lines) < 2:
        raise ParseError("the free space", first_line(text))
    # a long file system name may push the numbers to a line of their own; the path is last
    fields = " ".join(lines[1:]).split()
    position = header.index("Available")
    if len(fields) <= position or not fields[position].isdigit():
        raise ParseError("the free space", lines[1])
    return int(fields[position]) * 1024
