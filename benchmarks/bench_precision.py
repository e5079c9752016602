"""3. Where an upload was asked to be cut, and where it really was, over four bandwidths."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.lab import CLIPS, Phones, Timeline, adb_server
from benchmarks.measure import Goal, Result, Table, kb, median, percentile
from droidcancel.simulator import PhoneOptions

if TYPE_CHECKING:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import Device

HERE = Path(__file__).parent
RATES = (0.4e6, 1e6, 2.5e6, 6e6)
#: seconds of upload before the cut, at least and at most
WITHIN_S = (0.7, 1.4)
METHOD = "app-network"


@dataclass(frozen=True)
class CutAt:
    """One cut, in bytes. `poll`: what the upload sends between two looks or readings."""

    rate: float
    source: str
    asked: float
    true: float
    poll: float

    @property
    def off(self) -> float:
        return self.true - self.asked


def run(cuts: int = 100) -> Result:
    """`cuts` by the screen and as many by bytes, a quarter of each at every bandwidth."""
    options = PhoneOptions(profile="pixel")
    many = len(RATES)
    with (
        adb_server() as server,
        Phones(options, server, many) as phones,
        ThreadPoolExecutor(many) as pool,
    ):
        work = [pool.submit(_cuts, phones, i, cuts // many) for i in range(many)]
        found = [cut for done in work for cut in done.result()]
    return _result(found)


def _cuts(phones: Phones, number: int, each: int) -> list[CutAt]:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import connect

    rate, chance = RATES[number], random.Random(number)
    phones.ask("shape", number, rate)
    found = []
    with connect(phones.serials[number]) as device:
        device.packages.start(CLIPS)
        profile = AppProfile.load("clips")
        device.ui.dump()
        for turn in range(each * 2):
            seconds = chance.uniform(*WITHIN_S)
            asked = int(rate * seconds)
            source = "bytes" if turn % 2 else "screen"
            found.append(_cut(phones, number, device, profile, source, asked))
    return found


def _cut(
    phones: Phones, number: int, device: Device, profile: AppProfile, source: str, asked: int
) -> CutAt:
    """One cut, by the code of a run: its watch, its armed method, its record of the moment."""
    from droidcancel.device.byte_watch import SHORTEST_CS
    from droidcancel.evidence import MomentSeen
    from droidcancel.journal import Journal
    from droidcancel.recipe import phone_watch
    from droidcancel.recipe.load import load_recipe
    from droidcancel.recipe.options import RunOptions, silent
    from droidcancel.recipe.run import Run
    from droidcancel.recipe.values import Moment
    from droidcancel.recipe.watch import wait_for_moment

    size = max(asked * 2, 1_000_000)
    percent = round(100 * asked / size)
    moment = Moment(kind="bytes", value=asked) if source == "bytes" else None
    chosen = moment or Moment(kind="percent", value=percent)
    loaded = load_recipe(HERE / "cut_only.yaml", {"video": __file__})
    options = RunOptions(method=METHOD, moment=chosen)
    run = Run(loaded, device, profile, options, Journal.of(device.serial, "bench"), silent)
    try:
        run.recorder.video_bytes = size
        run.prepare_cancel()
        run.posted_tx = run.sample_traffic()
        phone_watch.begin(run)
        phones.watch(number)
        phones.ask("upload", number, size)
        run.posted_at = time.monotonic()
        run.deadline = run.posted_at + 60
        if wait_for_moment(run, chosen) != "moment":
            raise RuntimeError(f"no moment for {asked} bytes by {source}")
        phone_watch.apply(run)
        threading.Event().wait(0.3)  # what is still under way shows in the timeline
        truth = phones.timeline(number)
    finally:
        run.close()
        phones.ask("forget_upload", number)
        run.undo_changes()
    seen = run.recorder.last(MomentSeen)
    rate, base = RATES[number], truth.sent[0][1]
    looks = (seen.poll_ms if seen is not None else None) or 0.0
    # the loop rests longer while the moment is far; its shortest interval is what counts here
    reads = (device.traffic.read_seconds or 0.0) * 1000 + SHORTEST_CS * 10
    poll = rate * (reads if source == "bytes" else looks) / 1000
    # the percentage shown is of the video's bytes; the counter's are with headers
    wanted = asked if source == "bytes" else _at_percent(truth, percent) - base
    return CutAt(rate, source, wanted, truth.sent[-1][1] - base, poll)


def _at_percent(truth: Timeline, percent: int) -> int:
    at = next(t for t, shown in truth.percents if shown >= percent)
    return truth.bytes_at(at)


def _result(found: list[CutAt]) -> Result:
    rows, shares = [], {}
    for source in ("screen", "bytes"):
        for rate in RATES:
            mine = [c for c in found if (c.source, c.rate) == (source, rate)]
            off = [c.off for c in mine]
            poll = median([c.poll for c in mine])
            shares[source, rate] = sum(abs(c.off) <= poll for c in mine) / len(mine)
            rows.append(
                [
                    f"{rate / 1e6:g}",
                    source,
                    str(len(mine)),
                    kb(median([c.asked for c in mine])),
                    kb(median(off)),
                    kb(percentile([abs(o) for o in off], 0.95)),
                    kb(poll),
                    f"{shares[source, rate]:.0%}",
                ]
            )
    by_bytes = [c for c in found if c.source == "bytes"]
    typical = {r: median([c.poll for c in by_bytes if c.rate == r]) for r in RATES}
    within = sum(abs(c.off) <= typical[c.rate] for c in by_bytes) / len(by_bytes)
    return Result(
        "precision",
        "Precision of the cut",
        "python -m benchmarks.bench precision",
        "Profile `pixel`, app-network (which closes the sockets at once), four phones at the same "
        "time, each with a bandwidth of its own. By bytes the phone watches and cuts by itself; by "
        "screen the host looks and fires what is armed. True is what really left in all.",
        [
            Goal(
                3,
                "by bytes, 95 % of cuts within one poll interval's bytes of the asked",
                f"{within:.0%} of {len(by_bytes)}",
                "",
                within >= 0.95,
                "" if within >= 0.95 else "the pace of the last two readings tells when the "
                "bytes will be there, and a busy machine delays readings and the upload alike",
            )
        ],
        [
            Table(
                "",
                [
                    "MB/s", "by", "cuts", "asked, kB", "off, median kB", "off, p95 kB",
                    "one interval, kB", "within it",
                ],
                rows,
            )
        ],
        {"cuts": [vars(c) for c in found]},
    )  # fmt: skip
