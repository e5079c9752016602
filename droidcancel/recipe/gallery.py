"""Which cell of an app's gallery is the video that was just pushed.

Some galleries name their files. Where one shows only lengths, the pushed video is the newest, so
the first, and its length must be the one that the phone's media library has for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from droidcancel.apps.matching import Match
from droidcancel.device import MediaItem

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})")
#: apps round a length down, up, or to the nearest second
ROUNDED_S = 1.0


def cell_of(item: MediaItem, cells: Sequence[Match]) -> Match | None:
    """The cell to tap; None while the gallery does not show it."""
    name = PurePosixPath(item.path).name
    named = next((cell for cell in cells if name in cell.text), None)
    if named is not None or not cells:
        return named
    length = seconds_in(cells[0].text)
    if length is None:
        return None
    fits = abs(length - item.duration_ms / 1000) <= ROUNDED_S
    return cells[0] if fits or not item.duration_ms else None


def seconds_in(text: str) -> int | None:
    """The length that a cell shows, as ``00:06`` or ``1:02:03``; None for other words."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
