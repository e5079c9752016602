"""Bytes that the phone tells by itself, and those that it is asked for, in one row."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, cast

from droidcancel.device.byte_watch import Reading
from droidcancel.evidence import Limits, Recorder
from droidcancel.facts import Facts
from droidcancel.recipe.run import Run


def test_what_is_told_while_it_is_asked_for_is_counted_once() -> None:
    """An answer takes what a dump takes; what the phone tells meanwhile it has read before."""
    recorder = Recorder(token=None, video_bytes=1000, limits=Limits())
    run = cast("Any", SimpleNamespace(recorder=recorder, info=SimpleNamespace(uid=10_123)))

    def tell(sent: int) -> None:
        time.sleep(0.002)  # two readings are never of one moment
        Run.note_reading(run, Reading(time.monotonic(), sent))

    def asked(uid: int) -> int:
        tell(900)
        time.sleep(0.002)
        return 1000

    run.device = SimpleNamespace(traffic=SimpleNamespace(tx_bytes=asked))
    tell(800)
    assert Run.sample_traffic(run) == 1000
    tell(1100)
    assert Facts(recorder.freeze()).sent(0, float("inf")) == 1100 - 800
