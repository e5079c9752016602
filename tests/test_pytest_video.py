"""--droid-video: the films of tests, decoded and compared with what was on the phone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageStat

# pytester forgets what is first imported in its test, and these modules register what they have
import droidcancel.simulator.uiautomator  # noqa: F401
from droidcancel.simulator import Simulator
from tests.conftest import MakePhone, wait_until
from tests.pytest_lab import lines, run

av = pytest.importorskip("av")
pytest_plugins = ["pytester"]


def frames_of(path: Path) -> list[tuple[float, Image.Image]]:
    """A film's pictures, each with its second."""
    with av.open(str(path)) as film:
        return [(frame.time, frame.to_image()) for frame in film.decode(video=0)]


def unlike(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures differ, by their mean, without the status bar and its clock."""
    small = [picture.convert("RGB").resize((90, 200)) for picture in (one, other)]
    box = (0, 12, 90, 200)
    return max(ImageStat.Stat(ImageChops.difference(*(s.crop(box) for s in small))).mean)


def filming(phone: Simulator) -> list[str]:
    """The camera's processes on the phone."""
    return [each.name for each in phone.phone.processes if "screenrecord" in each.name]


SHORT = """
import time

def test_fails(phone):
    time.sleep(0.5)  # the launcher is looked at for half a second
    phone.device.shell.run(["am", "start", "-a", "android.settings.SETTINGS"])
    phone.device.ui.dump()
    time.sleep(0.5)
    raise AssertionError("on the settings' page")

def test_passes(phone):
    assert phone.device.shell.text(["pidof", "screenrecord"]).strip()
"""


def test_a_failure_keeps_its_film(lab: pytest.Pytester, make_phone: MakePhone) -> None:
    """From the test's first moment to its last; nothing of the filming is left on the phone."""
    phone = make_phone()
    lab.makepyfile(SHORT)
    done = run(
        lab, f"--droid-device={phone.serial}", "--droid-video=retain-on-failure",
        "--junitxml=junit.xml",
    )  # fmt: skip
    done.assert_outcomes(failed=1, passed=1)
    (film,) = lab.path.glob("out/*/*/video.mp4")
    assert film.parent.name.endswith("test_fails")
    assert {path.name for path in film.parent.iterdir()} == {
        "video.mp4", "screen.png", "hierarchy.xml", "logcat.txt",
    }  # fmt: skip
    assert len(list(film.parent.parent.iterdir())) == 1
    pictures = frames_of(film)
    assert pictures[-1][0] >= 1.0
    end = Image.open(film.parent / "screen.png")
    assert unlike(pictures[-1][1], end) * 3 < unlike(pictures[0][1], end)
    (told,) = [
        each.get("value")
        for each in ElementTree.parse(lab.path / "junit.xml").iter("property")
        if each.get("name") == "droid.video"
    ]
    assert told == str(film)
    assert filming(phone) == []


def test_without_the_library_it_is_one_message(lab: pytest.Pytester) -> None:
    lab.makeconftest("import sys\nsys.modules['av'] = None\n")
    done = run(lab, "--droid-video=on")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*--droid-video needs PyAV*pip install 'droidcancel?video?'*"])
    assert "Traceback" not in str(done.stderr)


UPLOADS = """
def test_upload(upload, cancel, verdict):
    cancel("in-app", at="40%")
    verdict.must_be("cancelled", "draft")

def test_recipe(run_recipe):
    run_recipe("cancel_in_app", at="40%")
"""


@pytest.mark.extended
@pytest.mark.timeout(300)  # two whole runs
@pytest.mark.parametrize("workers", [0, 2])
def test_the_film_shows_the_cut(lab: pytest.Pytester, workers: int) -> None:
    """Of tests with an upload and of recipes, also of two at once; attached wherever it is told."""
    lab.makepyfile(UPLOADS)
    done = run(
        lab, f"-n{workers}", "--droid-video=on", "--droid-app-build=cancel-hides",
        "--droid-jsonl=runs.jsonl", "--droid-allure=allure", timeout=280,
    )  # fmt: skip
    done.assert_outcomes(failed=2)
    runs: list[dict[str, Any]] = lines(lab.path / "runs.jsonl")
    assert len(runs) == 2
    for each in runs:
        (kept,) = [kept for kept in each["kept"] if kept["name"] == "video"]
        pictures = frames_of(Path(kept["path"]))
        ended = each["started_at"] + each["duration_s"] - kept["began_at"]
        assert pictures[-1][0] > ended - 1.0
        cut = next(e["at"] for e in each["evidence"] if e["kind"] == "method") - kept["began_at"]
        assert 0 < cut < pictures[-1][0]
        page = Path(each["report"])
        linked = re.findall(r'href="([^"#]*video\.mp4)', page.read_text(encoding="utf-8"))
        assert linked
        assert (page.parent / unquote(linked[0])).resolve() == Path(kept["path"]).resolve()
        moving = [picture for at, picture in pictures if cut - 1.0 < at < cut]
        assert any(unlike(a, b) > 0 for a, b in pairwise(moving))
    results = [json.loads(path.read_text()) for path in lab.path.glob("allure/*-result.json")]
    films = [a for r in results for a in r["attachments"] if a["type"] == "video/mp4"]
    assert len(films) == 2
    for film in films:
        assert frames_of(lab.path / "allure" / film["source"])


GONE = """
import time
from itertools import pairwise
from pathlib import Path

def test_it(phone):
    phone.device.shell.run(["am", "start", "-a", "android.settings.SETTINGS"])
    phone.device.ui.dump()
    time.sleep(0.5)
    Path("unplug").touch()
    while True:
        phone.device.shell.run(["echo"])
        time.sleep(0.1)
"""


@pytest.mark.extended
@pytest.mark.timeout(200)
def test_a_phone_that_drops_off_leaves_its_film(
    lab: pytest.Pytester, make_phone: MakePhone
) -> None:
    """Unplugged in the middle: an error, in time, with the film up to there."""
    phone = make_phone()
    lab.makepyfile(GONE)
    over = threading.Event()

    def unplug() -> None:
        while not (lab.path / "unplug").exists() and not over.wait(0.05):
            pass
        phone.stop()

    thread = threading.Thread(target=unplug, daemon=True)
    thread.start()
    begun = time.monotonic()
    try:
        done = run(lab, f"--droid-device={phone.serial}", "--droid-video=on", timeout=180)
    finally:
        over.set()
        thread.join()
    assert time.monotonic() - begun < 120
    assert done.parseoutcomes().get("errors"), str(done.stdout)
    assert "passed" not in done.parseoutcomes()
    (film,) = lab.path.glob("out/*/*/video.mp4")
    pictures = frames_of(film)
    assert unlike(pictures[0][1], pictures[-1][1]) > 10, "the launcher, then the settings"


WAITS = """
import time
from pathlib import Path

def test_it(phone):
    Path("begun").touch()
    time.sleep(100)
"""


@pytest.mark.extended
def test_a_session_that_is_killed_leaves_no_camera(
    lab: pytest.Pytester, make_phone: MakePhone
) -> None:
    """Nothing of it can say goodbye: the phone's end of the stream notices."""
    phone = make_phone()
    lab.makepyfile(WAITS)
    words = [sys.executable, "-m", "pytest", f"--droid-device={phone.serial}", "--droid-video=on"]
    child = subprocess.Popen(words, cwd=lab.path, stdout=subprocess.DEVNULL)
    try:
        wait_until((lab.path / "begun").exists, 60, "the test to begin")
        assert filming(phone)
    finally:
        child.kill()
        child.wait(10)
    wait_until(lambda: not filming(phone), 20, "the camera to stop")


@pytest.mark.extended
def test_a_phone_without_a_camera_of_its_screen(
    lab: pytest.Pytester, make_phone: MakePhone
) -> None:
    """screencap takes its place, and says so."""
    phone = make_phone(quirks=("no-video-encoder",))
    lab.makepyfile(SHORT)
    done = run(lab, f"--droid-device={phone.serial}", "--droid-video=on", "-k", "fails")
    done.assert_outcomes(failed=1, deselected=1)
    done.stdout.fnmatch_lines(["video: the phone gives no film: pictures were taken*"])
    (film,) = lab.path.glob("out/*/*/video.mp4")
    assert frames_of(film)
