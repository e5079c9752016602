"""8. What a recording costs: processor, memory, bytes; and that it does not delay the cut."""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.bench_cut import RATE, measure
from benchmarks.lab import Phones, adb_server
from benchmarks.measure import Goal, Result, Table, kb, median, ms
from droidcancel.sample import sample_video
from droidcancel.simulator import PhoneOptions

HERE = Path(__file__).parent
MOMENT = "40%"
WAYS = ("not recorded", "recorded")
#: what counts as no delay: the phone's work and the machine's vary by as much
ALLOWED = 1.2
#: milliseconds that a decision and its command may differ by on any machine
NOISE_MS = 50.0


@dataclass(frozen=True)
class Cost:
    """One run in a process of its own. Seconds, bytes; `made_*` of the files made afterwards."""

    wall: float
    cpu: float
    detect_ms: float
    apply_ms: float
    peak: int
    film_s: float = 0.0
    made_cpu: float = 0.0
    made_peak: int = 0
    film: int = 0
    moving: int = 0
    raw: int = 0


def run(rounds: int = 3, profile: str = "pixel") -> Result:
    """Runs with and without recording, in turn on one phone."""
    costs: dict[str, list[Cost]] = {way: [] for way in WAYS}
    cuts: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    video = sample_video()
    options = PhoneOptions(profile=profile, upload_bytes_per_s=RATE)
    with adb_server() as server, Phones(options, server) as phones:
        for number in range(rounds):
            for way in WAYS:
                phones.watch()
                last = number == rounds - 1
                costs[way].append(_child(phones.serials[0], video, way == "recorded", last))
                cuts[way].append(measure(phones.timeline(), MOMENT))
                phones.reset()
    return _result(costs, cuts, rounds, profile)


def _child(serial: str, video: Path, recorded: bool, make: bool) -> Cost:
    """A run in a new process, whose memory is its own."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_one, args=(far, serial, video, recorded, make))
    process.start()
    far.close()
    try:
        cost: Cost = near.recv()
    finally:
        process.join(timeout=60)
    return cost


def _one(pipe: Connection, serial: str, video: Path, recorded: bool, make: bool) -> None:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import connect
    from droidcancel.recipe.engine import run_recipe
    from droidcancel.recipe.load import load_recipe
    from droidcancel.recipe.options import RunOptions, silent
    from droidcancel.recipe.values import Moment
    from droidcancel.record.recording import Recording, Wanted

    loaded = load_recipe(HERE / "cut_only.yaml", {"video": str(video)})
    chosen = RunOptions(moment=Moment.model_validate(MOMENT), clean_status_bar=recorded)
    profile = AppProfile.load("clips")
    with tempfile.TemporaryDirectory() as folder, connect(serial) as device:
        recording = Recording(device, profile, None, Path(folder)) if recorded else None
        started, cpu = time.monotonic(), time.process_time()
        hear = recording.begin().heard(silent) if recording is not None else silent
        result = run_recipe(loaded, device, profile, chosen, hear)
        if recording is not None:
            recording.close()
        wall, cpu = time.monotonic() - started, time.process_time() - cpu
        if result.error is not None:
            raise RuntimeError(f"droidcancel: {result.error}")
        cut = result.cut
        found = Cost(wall, cpu, cut.detect_ms or 0.0, cut.apply_ms or 0.0, _peak())
        if recording is not None and make:
            raw = sum(path.stat().st_size for path in recording.raw.iterdir())
            cpu = time.process_time()
            made = recording.make(loaded.recipe, result, Wanted())
            found = Cost(
                wall, found.cpu, found.detect_ms, found.apply_ms, found.peak,
                made.seconds, time.process_time() - cpu, _peak(),
                made.files["film"].stat().st_size, made.files["gif"].stat().st_size, raw,
            )  # fmt: skip
    pipe.send(found)


def _peak() -> int:
    """The most memory that this process had, in bytes. Linux tells it in KiB, macOS in bytes."""
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _result(
    costs: dict[str, list[Cost]],
    cuts: dict[str, list[tuple[float, float, float]]],
    rounds: int,
    profile: str,
) -> Result:
    rows = [[way, *_row(costs[way], cuts[way])] for way in WAYS]
    made = costs["recorded"][-1]
    minutes = made.film_s / 60
    busy = {way: median([c.cpu / c.wall for c in costs[way]]) for way in WAYS}
    return Result(
        "record",
        "A recording",
        "python -m benchmarks.bench record",
        f"Profile `{profile}`, {RATE / 1e6:g} MB a second up, airplane mode at {MOMENT}; medians "
        f"of {rounds}, with and without recording in turn on one phone. The phone itself says when "
        "its moment was, when the command ran and what got out. The phone's own work for its "
        "encoder is not in these figures: it runs in another process, on the same machine.",
        _goals(costs, cuts),
        [
            Table(
                "While it runs",
                ["", "detect, ms", "apply, ms", "to the command, ms", "kB after the moment",
                 "CPU, s a minute", "peak, MB"],
                rows,
                f"Recording takes {100 * (busy['recorded'] - busy['not recorded']):.1f} % of one "
                "core more.",
            ),
            Table(
                "Its files, made after the run",
                ["film, s", "CPU, s a minute", "peak, MB", "phone's stream, MB a minute",
                 "MP4, MB a minute", "GIF, MB"],
                [[f"{made.film_s:.1f}", f"{made.made_cpu / minutes:.0f}",
                  f"{made.made_peak / 1e6:.0f}", f"{made.raw / 1e6 / minutes:.1f}",
                  f"{made.film / 1e6 / minutes:.1f}", f"{made.moving / 1e6:.1f}"]],
                "Of one film, 720 x 1440 px at 30 frames a second.",
            ),
        ],
        {"costs": {way: [vars(c) for c in found] for way, found in costs.items()}, "cuts": cuts},
    )  # fmt: skip


def _row(costs: Sequence[Cost], cuts: Sequence[tuple[float, float, float]]) -> list[str]:
    return [
        f"{median([c.detect_ms for c in costs]):.0f}",
        f"{median([c.apply_ms for c in costs]):.0f}",
        ms(median([command for command, _, _ in cuts])),
        kb(median([left for _, _, left in cuts])),
        f"{median([60 * c.cpu / c.wall for c in costs]):.1f}",
        f"{median([c.peak for c in costs]) / 1e6:.0f}",
    ]


def _goals(
    costs: dict[str, list[Cost]], cuts: dict[str, list[tuple[float, float, float]]]
) -> list[Goal]:
    """Figures of both ways, and whether the one with recording is no more than the other."""
    plain, filmed = WAYS
    asked = (
        ("the command", "ms", [[1000 * c[0] for c in cuts[way]] for way in (plain, filmed)]),
        ("detect and apply", "ms",
         [[c.detect_ms + c.apply_ms for c in costs[way]] for way in (plain, filmed)]),
    )  # fmt: skip
    goals = []
    for what, unit, (before, after) in asked:
        without, with_it = median(before), median(after)
        goals.append(
            Goal(
                8,
                f"recording does not delay the cut: {what}",
                f"{with_it:.0f} {unit} against {without:.0f} {unit}",
                f"{with_it / without:.2f} x" if without > 0 else "",
                with_it <= max(without * ALLOWED, without + NOISE_MS),
            )
        )
    return goals
