"""The fuzzers: each target takes its samples, and what a target does wrong is told."""

from __future__ import annotations

import random

import pytest

from benchmarks.fuzz.engines import damaged
from benchmarks.fuzz.phone_side import PARSERS
from benchmarks.fuzz.target import Runner, Target
from benchmarks.fuzz.targets import TARGETS, load
from droidcancel.device import parse

#: read YAML with its places, which takes a tenth of a second a sample
SLOW = {"recipe", "profile", "devices"}


@pytest.mark.parametrize("name", TARGETS)
def test_no_target_finds_anything_in_its_samples(name: str) -> None:
    """A short round of the same inputs each time: that the harness works, and stays clean."""
    target = load(name)
    runner, chance = Runner(target), random.Random(5)
    few = 2 if name in SLOW else 6
    for sample in target.seeds[:few]:
        runner.run(sample)
    for _ in range(few):
        runner.run(damaged(chance, target.seeds, target.words))
    assert [finding.to_json() for finding in runner.findings.values()] == []
    assert runner.executions >= few


def test_every_parser_is_a_target() -> None:
    assert {n for n in parse.__all__ if n.startswith("parse_")} <= set(PARSERS)


def test_what_a_target_does_wrong_is_a_finding_once() -> None:
    def bad(data: bytes) -> None:
        if data:
            int(data)

    runner = Runner(Target("bad", bad, (b"1",), (), None))  # type: ignore[arg-type]
    for data in (b"", b"1", b"x", b"y"):
        runner.run(data)
    (found,) = runner.findings.values()
    assert runner.executions == 4
    assert (found.data, found.key[0]) == (b"x", "ValueError")


def test_what_never_ends_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_data: bytes) -> None:
        while True:
            pass

    monkeypatch.setattr("benchmarks.fuzz.target.HANG_S", 0.2)
    found = Runner(Target("endless", endless, (), (), None)).run(b"")  # type: ignore[arg-type]
    assert found is not None
    assert found.what.startswith("Hang")
