"""4. A whole recipe, in seconds and round trips, beside a uiautomator2 script that does as much."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.bench_cut import SCRIPTS
from benchmarks.lab import CountingProxy, Phones, adb_server
from benchmarks.measure import Goal, Result, Table, median, times
from droidcancel.sample import sample_video
from droidcancel.simulator import PhoneOptions

DEVICES = """
devices:
  bench: {kind: tcp, serial: "%s", app: clips, limits: {quiet_period_s: 6, late_period_s: 6}}
"""


def run(rounds: int = 2, profile: str = "pixel") -> Result:
    """`cancel_airplane` by the command line, and the script with --to-the-end, in turn."""
    found: dict[str, list[tuple[float, int]]] = {}
    options = PhoneOptions(profile=profile)
    with adb_server() as server, Phones(options, server) as phones:
        proxy = CountingProxy(server)
        environment = {**os.environ, "ANDROID_ADB_SERVER_PORT": str(proxy.port)}
        serial = phones.serials[0]
        devices = f"{os.environ['DROIDCANCEL_STATE_DIR']}-devices.yaml"
        Path(devices).write_text(DEVICES % serial, encoding="utf-8")
        video = str(sample_video())
        ours = [sys.executable, "-m", "droidcancel", "run", "cancel_airplane", "-s", "bench",
                "--devices", devices, "--video", video, "--json"]  # fmt: skip
        theirs = [sys.executable, str(SCRIPTS["uiautomator2 script"]), serial, video, "40%",
                  "--to-the-end"]  # fmt: skip
        own: list[dict[str, int]] = []
        for _ in range(rounds):
            for tool, command in (("droidcancel", ours), ("uiautomator2 script", theirs)):
                proxy.clear()
                started = time.monotonic()
                done = subprocess.run(
                    command, env=environment, capture_output=True, text=True, check=False
                )
                if done.returncode:
                    raise RuntimeError(f"{tool}: {done.stdout[-500:]} {done.stderr[-2000:]}")
                took = time.monotonic() - started
                found.setdefault(tool, []).append((took, proxy.round_trips))
                if tool == "droidcancel":
                    own.append(json.loads(done.stdout)["round_trips"])
                phones.reset()
        proxy.close()
    return _result(found, own, rounds, profile)


def _result(
    found: dict[str, list[tuple[float, int]]],
    own: list[dict[str, int]],
    rounds: int,
    profile: str,
) -> Result:
    seconds = {tool: median([s for s, _ in runs]) for tool, runs in found.items()}
    trips = {tool: median([n for _, n in runs]) for tool, runs in found.items()}
    ours, theirs = trips["droidcancel"], trips["uiautomator2 script"]
    told = {name: median([each[name] for each in own]) for name in own[0]}
    rows = [[tool, f"{seconds[tool]:.1f}", f"{trips[tool]:.0f}"] for tool in found]
    return Result(
        "recipe",
        "A whole recipe",
        "python -m benchmarks.bench recipe",
        f"Profile `{profile}`, medians of {rounds}: upload, airplane mode at 40 %, a cold start "
        "offline, Discard, online again, six seconds of quiet, a look at the profile. droidcancel "
        "counts bytes all the while (the phone tells them down one stream), reads the drafts and "
        "the profile before and after, and reads every change back; the script does not. Round "
        "trips are counted the same for both, by a proxy before the adb server: a connection, and "
        "each turn from sending to being answered.",
        [
            Goal(
                4,
                "at most half the round trips of the uiautomator2 script",
                f"{ours:.0f} against {theirs:.0f}",
                times(theirs / ours),
                ours * 2 <= theirs,
                ""
                if ours * 2 <= theirs
                else "it looks and proves much that the script does not: "
                "what was there before, bytes, processes, jobs, the network read back",
            )
        ],
        [
            Table("", ["tool", "seconds", "round trips"], rows),
            Table(
                "What droidcancel asks of the phone, by its own count",
                list(told),
                [[f"{n:.0f}" for n in told.values()]],
            ),
        ],
        {"runs": found, "own": own},
    )
