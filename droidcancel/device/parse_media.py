"""Reading content providers, the screen's size and notifications. Pure."""

from __future__ import annotations

import re

from droidcancel.device.reads import first_line, reads
from droidcancel.device.types import Progress
from droidcancel.errors import ParseError

_ROW = re.compile(r"^Row: \d+ (?P<columns>.*)$")
_NOTHING = "No result found."
_MEDIA_URI = re.compile(r"content://media/[^\s}\],]+?/(?P<id>\d+)")
_DENSITY = re.compile(r"(?P<kind>Physical|Override) density:\s*(?P<dpi>\d+)")
_SIZE = re.compile(r"^(?P<kind>Physical|Override) size: (?P<width>\d+)x(?P<height>\d+)", re.M)
_NOTIFICATION = re.compile(r"^\s*NotificationRecord\(\S+:? pkg=(?P<package>\S+)")
_NOTIFICATION_SIGNS = (
    "Current Notification Manager state",
    "Notification List:",
    "NotificationRecord(",
)
_EXTRA = re.compile(
    r"android\.(?P<key>progress|progressMax|progressIndeterminate)=\w+ \((?P<value>[^()]*)\)"
)


@reads
def parse_rows(text: str, columns: tuple[str, ...]) -> list[dict[str, str | None]]:
    """`content query --projection a:b`: rows in the order of the projection (Content.java).

    The separator ``, `` is not escaped, so the names of the columns asked for cut the line: a
    value may hold commas, and run over lines. ``NULL`` becomes None. A row that can be cut in two
    ways, or has bytes for a value (``BLOB``), raises ParseError.
    """
    lines = text.splitlines()
    if any(line.strip() == _NOTHING for line in lines):
        return []
    rows: list[str] = []
    for line in lines:
        found = _ROW.match(line)
        if found:
            rows.append(found["columns"])
        elif rows:
            rows[-1] += "\n" + line
        elif line.strip():
            raise ParseError("the rows of a content query", line)
    if not rows:
        raise ParseError("the rows of a content query", first_line(text))
    return [_row(row, columns) for row in rows]


def _row(row: str, columns: tuple[str, ...]) -> dict[str, str | None]:
    pattern = ", ".join(rf"{re.escape(name)}=(.*?)" for name in columns)
    twice = any(row.count(f", {name}=") > 1 for name in columns[1:])
    found = None if twice else re.fullmatch(pattern, row, re.DOTALL)
    if not found or "BLOB" in found.groups():
        raise ParseError("a row of a content query", row)
    values = (None if value == "NULL" else value for value in found.groups())
    return dict(zip(columns, values, strict=True))


@reads
def parse_scanned(text: str) -> int | None:
    """`content call ... scan_file`: the new row's id, None when nothing was indexed.

    ``Result: Bundle[{...STREAM=content://media/...}]``; ``STREAM=null``, ``Result: null`` and
    nothing at all (the exception is on the other stream) mean that nothing was.
    """
    found = _MEDIA_URI.search(text)
    if found:
        return int(found["id"])
    if text.strip() and not text.lstrip().startswith("Result:"):
        raise ParseError("the answer of the media scanner", first_line(text))
    return None


@reads
def parse_screen_size(text: str) -> tuple[int, int]:
    """`wm size`: width and height in pixels; an override counts before the physical size."""
    sizes = {found["kind"]: found for found in _SIZE.finditer(text)}
    found = sizes.get("Override") or sizes.get("Physical")
    if not found:
        raise ParseError("the size of the screen", first_line(text))
    return int(found["width"]), int(found["height"])


@reads
def parse_density(text: str) -> int:
    """`wm density`: dots an inch; an override counts before the physical density."""
    found = {m["kind"]: int(m["dpi"]) for m in _DENSITY.finditer(text)}
    if not found:
        raise ParseError("the density of the screen", first_line(text))
    return found.get("Override") or found["Physical"]


@reads
def parse_progress(text: str, package: str) -> list[Progress]:
    """`dumpsys notification`: the progress bars of a package (NotificationRecord.dump).

    Numbers show even where texts are redacted.
    """
    if not any(sign in text for sign in _NOTIFICATION_SIGNS):
        raise ParseError("the notifications", first_line(text))
    bars: list[Progress] = []
    for block in _notification_blocks(text, package):
        extras = {found["key"]: found["value"] for found in _EXTRA.finditer(block)}
        most = _number(extras.get("progressMax", "0"), "the progress of a notification")
        value = _number(extras.get("progress", "0"), "the progress of a notification")
        endless = extras.get("progressIndeterminate") == "true"
        if most > 0:
            bars.append(Progress(package, value, most, endless))
        elif endless:
            bars.append(Progress(package, 0, 0, True))
    return bars


def _number(text: str, what: str) -> int:
    if not re.fullmatch(r"-?\d{1,10}", text):
        raise ParseError(what, text)
    return int(text)


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


@reads
def parse_df(text: str) -> int:
    """`df -k PATH`: free bytes, from the column ``Available``."""
    lines = [line for line in text.splitlines() if line.strip()]
    header = lines[0].split() if lines else []
    if "Available" not in header or len(lines) < 2:
        raise ParseError("the free space", first_line(text))
    # a long file system name may push the numbers to a line of their own; the path is last
    fields = " ".join(lines[1:]).split()
    position = header.index("Available")
    if len(fields) <= position or not fields[position].isdecimal():
        raise ParseError("the free space", lines[1])
    return int(fields[position]) * 1024
