"""Test runs inside of tests, in the place that the fixture `lab` makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def run(lab: pytest.Pytester, *words: str, timeout: float = 110) -> pytest.RunResult:
    return lab.runpytest_subprocess("--droid-upload=cat.mp4", *words, timeout=timeout)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]
