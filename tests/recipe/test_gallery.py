"""Which cell of a gallery is the pushed video: by its name, or by the length of the newest."""

from __future__ import annotations

import pytest

from droidcancel.apps.matching import Match
from droidcancel.device import MediaItem
from droidcancel.device.hierarchy import Hierarchy
from droidcancel.recipe.gallery import cell_of, seconds_in


def cells(*texts: str) -> list[Match]:
    """The cells of a gallery that show these words, the newest first."""
    nodes = "".join(
        f'<node text="{text}" package="a" bounds="[{10 * at},0][{10 * at + 9},9]"/>'
        for at, text in enumerate(texts)
    )
    parsed = Hierarchy.parse(f'<hierarchy rotation="0">{nodes}</hierarchy>')
    return [Match("media_cell", node, node, 0) for node in parsed.nodes()]


def item(duration_ms: int) -> MediaItem:
    return MediaItem(7, "content://media/7", "/sdcard/Movies/dc-12-cat.mp4", 99, duration_ms)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:06", 6), ("1:02:03", 3723), (" 10:00 ", 600), ("6", None), ("cat.mp4", None), ("", None)],
)
def test_lengths(text: str, seconds: int | None) -> None:
    assert seconds_in(text) == seconds


@pytest.mark.parametrize(
    ("shown", "duration_ms", "chosen"),
    [
        (["old.mp4", "dc-12-cat.mp4"], 6_000, 1),
        (["dc-12-cat.mp4, 00:09"], 6_000, 0),
        (["00:06", "00:09"], 6_400, 0),
        (["00:07", "00:09"], 6_400, 0),
        (["00:09", "00:06"], 6_000, None),  # the newest is another: the pushed one is to come
        (["00:00"], 0, 0),
        (["00:42"], 0, 0),  # the library does not know its length
        (["old.mp4"], 6_000, None),
        ([], 6_000, None),
    ],
)
def test_which_cell(shown: list[str], duration_ms: int, chosen: int | None) -> None:
    found = cells(*shown)
    cell = cell_of(item(duration_ms), found)
    assert cell is (None if chosen is None else found[chosen])
