"""The suite in examples/pytest, run against the builds of the virtual phone's app.

It must find each seeded bug, and call no good build bad. `make test` runs two of them; the wider
round runs the tests that concern each bad build, and the whole suite on each good one, also with
four workers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.random_cases import BAD, GOOD

SUITE = Path(__file__).parents[1] / "examples" / "pytest"
#: a bad build -> the tests that find it, as `pytest -k` chooses them, and words of the reason
FINDS: Mapping[str, tuple[str, str]] = {
    "resumes-on-network": ("by_itself and network", "once the network was back"),
    "resumes-at-start": ("by_itself and restart and not network", "app was started again"),
    "resumes-after-boot": ("by_itself and reboot", "once the phone had been restarted"),
    "outlives-swipe": ("by_itself and restart and not network", "app was started again"),
    "job-upload": ("by_itself and restart and not network", "app was started again"),
    "cancel-hides": ("stays_cancelled and in-app", "went on after the cancel"),
    "late-commit": ("says_it_cancelled", "the video is live"),
    "live-on-partial": ("by_itself and network", "live"),
    "wrong-draft": ("deleted_draft", "1 other drafts are gone: 'holiday"),
    "draft-returns": ("deleted_draft", "was gone, and came back"),
    "delete-hides": ("deleted_post", "others are still shown it"),
    "delete-unasked": ("deleted_post", "deleted and asked nothing"),
    "cache-logs-out": ("in-settings", "the account is still logged in"),
    "cache-loses-drafts": ("in-the-app", "the drafts are untouched"),
    "wrong-visibility": ("only_those", "wanted only_me, the video has everyone"),
    "visibility-ignored": ("only_those", "another account is shown"),
    "draft-uploads": ("save_as_draft", "saving it as a draft"),
    "data-saver-ignored": ("data_saver", "Data Saver holds the upload back"),
    "retry-twice": ("retry_leaves", "2 copies of the video are live"),
    "frozen-progress": ("progress_shown", "it stood at"),
    "false-failure": ("progress_shown", "says that it failed, and the video is live"),
    "wifi-returns": ("by_itself and network", "back by itself"),
}
EVERYDAY = "wrong-visibility"


def run(build: str, tmp_path: Path, *words: str, timeout: float = 110) -> tuple[str, Path]:
    """What a run of the suite prints, and the folder of its reports."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rfEs"]
    command += ["--droid-app-build", build, "--droid-output", str(out), *words]
    environment = {
        **os.environ,
        "DROIDCANCEL_STATE_DIR": str(tmp_path / "state"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        command, cwd=SUITE, env=environment, capture_output=True, text=True, timeout=timeout,
        check=False,
    )  # fmt: skip
    return done.stdout, out


def counts(text: str) -> dict[str, int]:
    """How many tests passed, failed, and so on."""
    last = text.strip().splitlines()[-1]
    return {word.rstrip("s"): int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", last)}


def test_every_bad_build_has_a_test_that_finds_it() -> None:
    assert set(FINDS) == set(BAD)


@pytest.mark.parametrize(
    "build",
    [pytest.param(b, marks=() if b == EVERYDAY else pytest.mark.extended) for b in FINDS],
)
def test_a_seeded_bug_is_a_failure_with_a_report(
    adb_server: int, tmp_path: Path, build: str
) -> None:
    """One failure, no error, and a page that says why."""
    chosen, said = FINDS[build]
    text, out = run(build, tmp_path, "-k", chosen)
    told = counts(text)
    assert (told.get("failed"), told.get("error"), told.get("passed")) == (1, None, None), text
    pages = re.findall(r"^report: (.*index\.html)$", text, re.MULTILINE)
    assert pages, text
    page = Path(pages[-1]).read_text(encoding="utf-8")
    assert Path(pages[-1]).is_relative_to(out)
    assert said in page.replace("&#39;", "'"), text


@pytest.mark.extended
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("workers", [0, 4])
@pytest.mark.parametrize("build", GOOD)
def test_a_good_build_passes(adb_server: int, tmp_path: Path, build: str, workers: int) -> None:
    text, _ = run(build, tmp_path, "-n", str(workers), timeout=1400)
    told = counts(text)
    assert told.get("failed") is None, text
    assert told.get("error") is None, text
    assert told["passed"] >= 14, text
