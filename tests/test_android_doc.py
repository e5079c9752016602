"""docs/android.md says what the code has: its ways in their order, which Android leads where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from droidcancel.device import ways
from droidcancel.device.attached import ADVICE

PAGE = (Path(__file__).parents[1] / "docs" / "android.md").read_text(encoding="utf-8")
SURE = {"high", "fair", "low"}


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, its own heading first."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return [[cell.strip("| ") for cell in row] for row in (cells[0], *cells[2:])]


def test_the_table_has_the_ways_of_the_code_in_their_order() -> None:
    _, *rows = table("The ways")
    written = [(row[0], row[1], row[2].strip("`"), row[3]) for row in rows]
    coded = [
        (thing, str(number), way.name, way.levels)
        for thing, listed in ways.THINGS.items()
        for number, way in enumerate(listed, 1)
    ]
    assert written == coded
    for row in rows:
        assert len(row) == 7, row
        assert row[6] in SURE
        assert re.search(r"\b[SMDCU]\b", row[5]), row
    never = {way.name for listed in ways.THINGS.values() for way in listed if way.never}
    assert {row[2].strip("`") for row in rows if "never sent" in row[4]} == never


def test_which_android_leads_to_which_way() -> None:
    head, *rows = table("Which way on which Android")
    levels = [int(found[1]) for cell in head[1:] if (found := re.search(r"\((\d+)\)", cell))]
    assert levels == list(range(24, 38))
    assert [row[0] for row in rows] == list(ways.THINGS)
    for row in rows:
        names = [way.name for way in ways.THINGS[row[0]]]
        for api, cell in zip(levels, row[1:], strict=True):
            used = ways.usual(row[0], api)
            expected = str(names.index(used.name) + 1) if used else "–"
            assert cell.rstrip("*") == expected, (row[0], api)


@pytest.mark.parametrize("heading", ["What vendors change"])
def test_each_row_has_its_source_and_how_sure_it_is(heading: str) -> None:
    _, *rows = table(heading)
    for row in rows:
        assert re.search(r"\b[SMDCU]\b", row[3]), row
        assert row[4] in SURE, row


def test_each_state_of_a_phone_that_has_advice_is_told() -> None:
    told = " ".join(row[0] for row in table("The way to a phone"))
    assert set(ADVICE) - {"host"} <= set(re.findall(r"`([^`]+)`", told))
