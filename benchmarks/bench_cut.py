"""2. From the moment to the cut: droidcancel beside two scripts that people write by hand."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.lab import ADB, CLIPS, Phones, Timeline, adb_server
from benchmarks.measure import Goal, Result, Table, kb, median, ms, times
from droidcancel.sample import sample_video
from droidcancel.simulator import PhoneOptions

HERE = Path(__file__).parent
MOMENTS = ("posting", "40%", "3MB")
RATE = 1e6
TOOLS = ("droidcancel", "uiautomator2 script", "adb + uiautomator dump")
#: what takes so long, and comes so late, that one round tells it
ONCE = ("adb + uiautomator dump",)
SCRIPTS = {
    "uiautomator2 script": HERE / "by_hand" / "uiautomator2_script.py",
    "adb + uiautomator dump": HERE / "by_hand" / "adb_dump_script.py",
}
#: how a script ends that came too late: the upload was over before it saw any of it
MISSED = "did not show"
COMMAND = ("cmd", "connectivity", "airplane-mode", "enable")


def run(rounds: int = 3, profile: str = "pixel") -> Result:
    """`rounds` cuts of each tool at each moment, in turn on one phone."""
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    video = sample_video()
    # a feed that plays is never idle, and `uiautomator dump` gives up on it: here it stands still
    still = {CLIPS: {"feed_plays": False}}
    options = PhoneOptions(profile=profile, upload_bytes_per_s=RATE, app_options=still)
    with adb_server() as server, Phones(options, server) as phones:
        for number in range(rounds):
            for moment in MOMENTS:
                for tool in TOOLS:
                    if tool in ONCE and number:
                        continue
                    phones.watch()
                    _cut(tool, moment, phones.serials[0], video, server)
                    cut = measure(phones.timeline(), moment)
                    found.setdefault((tool, moment), []).append(cut)
                    phones.reset()
    return _result(found, rounds, profile)


def _cut(tool: str, moment: str, serial: str, video: Path, server: int) -> None:
    if tool == "droidcancel":
        _droidcancel(moment, serial, video)
        return
    command = [sys.executable, str(SCRIPTS[tool]), serial, str(video), moment]
    environment = {**os.environ, "ADB": ADB}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    if done.returncode and not done.stderr.strip().endswith(MISSED):
        raise RuntimeError(f"{tool} at {moment}: {done.stderr[-2000:]}")


def _droidcancel(moment: str, serial: str, video: Path) -> None:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import connect
    from droidcancel.recipe.engine import run_recipe
    from droidcancel.recipe.load import load_recipe
    from droidcancel.recipe.options import RunOptions
    from droidcancel.recipe.values import Moment

    loaded = load_recipe(HERE / "cut_only.yaml", {"video": str(video)})
    options = RunOptions(moment=Moment.model_validate(moment))
    with connect(serial) as device:
        result = run_recipe(loaded, device, AppProfile.load("clips"), options)
    if result.error is not None:
        raise RuntimeError(f"droidcancel at {moment}: {result.error}")


def measure(truth: Timeline, moment: str) -> tuple[float, float, float]:
    """Seconds from the moment to the command and to the cut, and the bytes that got out after it.

    The cut is the last byte of the app before nothing was sent for half a second.
    """
    assert truth.visible is not None, "the upload never showed"
    begins = truth.visible
    base = truth.bytes_at(begins)
    if moment == "posting":
        at = begins
    elif moment.endswith("%"):
        at = next(t for t, percent in truth.percents if percent >= int(moment[:-1]))
    else:
        wanted = base + float(moment.removesuffix("MB")) * 1e6
        at = next((t for t, sent in truth.sent if sent >= wanted), truth.sent[-1][0])
    command = truth.ran(*COMMAND)
    if command is None:  # it came too late, and all of the video got out
        left = max(0, truth.sent[-1][1] - truth.bytes_at(at))
        return math.inf, truth.end_of_upload(at) - at, left
    ended = truth.end_of_upload(command, until=truth.ran(*COMMAND[:-1], "disable"))
    out = truth.bytes_at(ended) - truth.bytes_at(min(at, command))
    return command - at, ended - at, max(0, out)


def _result(
    found: dict[tuple[str, str], list[tuple[float, float, float]]], rounds: int, profile: str
) -> Result:
    middle = {
        key: tuple(median([cut[i] for cut in cuts]) for i in range(3))
        for key, cuts in found.items()
    }
    rows = [
        [moment, tool, *(_ms(middle[tool, moment][i]) for i in (0, 1)), kb(middle[tool, moment][2])]
        for moment in MOMENTS
        for tool in TOOLS
    ]
    goals = [goal for moment in MOMENTS for goal in _goals(middle, moment)]
    values = {f"{tool} at {moment}": cuts for (tool, moment), cuts in found.items()}
    return Result(
        "cut",
        "Upload visible to upload cut",
        "python -m benchmarks.bench cut",
        f"Profile `{profile}`, {RATE / 1e6:g} MB a second up, airplane mode in every case; medians "
        f"of {rounds}, of the script with `uiautomator dump` one. The phone itself says when the "
        "upload showed, when its moment was, when the command ran and when the last byte left. The "
        "scripts are in `benchmarks/by_hand/`. The feed's video stands still, since `uiautomator "
        "dump` gives up on one that plays.",
        goals,
        [
            Table(
                "",
                ["moment", "tool", "to the command, ms", "to the cut, ms", "kB after the moment"],
                rows,
                "From the command to the cut it is the radio's time, the same for all "
                "(`radio_off`, 0.35 s assumed of a Pixel). Below zero: before the moment, as where "
                "the upload was cut before it showed.",
            )
        ],
        values,
    )


def _ms(seconds: float) -> str:
    return "too late" if seconds == math.inf else ms(seconds)


def _goals(middle: dict[tuple[str, str], tuple[float, ...]], moment: str) -> list[Goal]:
    ours, theirs = (middle[tool, moment] for tool in TOOLS[:2])
    goals = []
    for name, index, show, unit in (("delay", 0, _ms, "ms"), ("bytes", 2, kb, "kB")):
        mine, other = ours[index], theirs[index]
        ratio = other / mine if mine > 0 else float("inf")
        met = other >= 5 * max(mine, 0.0)
        what = "to the command" if index == 0 else "after the moment"
        goals.append(
            Goal(
                2,
                f"`{moment}`: 5 times less {name} than the uiautomator2 script",
                f"{show(mine)} {unit} against {show(other)} {unit} {what}",
                "before the moment" if mine <= 0 else times(ratio),
                met,
                "" if met else _WHY[name],
            )
        )
    return goals


_WHY = {
    "delay": "both look at the screen, which costs the phone the same 60 ms a look; one look "
    "follows the other near the moment, and between two nobody can know better",
    "bytes": "most of what leaves after the command leaves while the radio goes down, which takes "
    "as long for everybody",
}
