"""5. Start-up of the command line, beside uiautomator2's and adbutils' own."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.lab import Phones, adb_server
from benchmarks.measure import Goal, Result, Table, median, percentile, timed, times
from droidcancel.simulator import PhoneOptions

BIN = Path(sys.executable).parent


def run(rounds: int = 12) -> Result:
    """Every command in every round, one after the other."""
    python = sys.executable
    commands = {
        "droidcancel --help": [str(BIN / "droidcancel"), "--help"],
        "uiautomator2 --help": [str(BIN / "uiautomator2"), "--help"],
        "adbutils --help": [python, "-m", "adbutils", "--help"],
        "droidcancel devices": [str(BIN / "droidcancel"), "devices"],
        "adbutils --list": [python, "-m", "adbutils", "--list"],
        "uiautomator2 current": [str(BIN / "uiautomator2"), "current"],
        "python -c pass": [python, "-c", "pass"],
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    with adb_server() as server, Phones(PhoneOptions(), server) as phones:
        environment = {**os.environ, "ANDROID_SERIAL": phones.serials[0]}

        def call(command: list[str]) -> None:
            subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)

        for number in range(rounds + 1):
            for name, command in commands.items():
                took = timed(partial(call, command))
                if number:  # the first fills the caches of files
                    found[name].append(took)
    return _result(found, rounds)


def _result(found: dict[str, list[float]], rounds: int) -> Result:
    p50 = {name: median(values) for name, values in found.items()}
    ours, theirs = p50["droidcancel --help"], p50["uiautomator2 --help"]
    rows = [
        [f"`{name}`", f"{p50[name] * 1000:.0f}", f"{percentile(values, 0.95) * 1000:.0f}"]
        for name, values in found.items()
    ]
    return Result(
        "startup",
        "Start-up of the command line",
        "python -m benchmarks.bench startup",
        f"Milliseconds of the whole process, {rounds} rounds, every command in each. "
        "All bytecode is compiled, as pip leaves it.",
        [
            Goal(5, "`--help` under 150 ms", f"{ours * 1000:.0f} ms", "", ours < 0.15),
            Goal(
                5,
                "`--help` under half of uiautomator2's",
                f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms",
                times(theirs / ours),
                ours * 2 < theirs,
            ),
        ],
        [Table("", ["command", "p50", "p95"], rows)],
        dict(found),
    )
