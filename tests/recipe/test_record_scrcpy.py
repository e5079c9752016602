"""Filming by scrcpy: a program in its place that writes a Matroska file as it does.

It stands for the host's program alone: it takes its pictures from the phone by adb, says what
scrcpy says, and ends by SIGINT. The real one has no server for the virtual phone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from droidcancel.device import connect
from droidcancel.errors import DeviceError
from droidcancel.record.recording import Recording, Wanted
from droidcancel.record.scrcpy import Scrcpy
from tests.conftest import MakePhone, wait_until
from tests.recipe.conftest import MakeLab
from tests.recipe.test_record import Decoded, record

pytest.importorskip("av")
HELP = "--no-playback --no-audio --no-control --record=FILE --no-window --no-power-on --serial="
PROGRAM = """#!{python}
import io, json, os, signal, subprocess, sys, time
from fractions import Fraction
import av
from PIL import Image

if "--help" in sys.argv:
    print({help!r})
    sys.exit(0)
with open({log!r}, "a") as log:
    told = {{k: os.environ.get(k) for k in ("ADB", "ANDROID_ADB_SERVER_PORT")}}
    log.write(json.dumps([sys.argv[1:], told, os.getpid()]) + "\\n")
options = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
ended = []
signal.signal(signal.SIGINT, lambda *_: ended.append("INT"))
signal.signal(signal.SIGTERM, lambda *_: ended.append("TERM"))
adb = [os.environ["ADB"], "-s", options["--serial"], "exec-out", "screencap", "-p"]
if {mode!r} == "fails":
    print("ERROR: Could not find any ADB device")
    sys.exit(1)
with av.open(options["--record"], "w", format="matroska") as file:
    stream = file.add_stream("libx264", rate=60)
    stream.pix_fmt, stream.options = "yuv420p", {{"preset": "ultrafast", "tune": "zerolatency"}}
    stream.codec_context.time_base = Fraction(1, 1000)
    began, last = None, -1
    while not ended:
        done = subprocess.run(adb, capture_output=True)
        if done.returncode:
            print("WARN: Device disconnected")
            break
        picture = Image.open(io.BytesIO(done.stdout)).convert("RGB")
        if began is None:
            began = time.monotonic()
            stream.width, stream.height = picture.width // 2 * 2, picture.height // 2 * 2
            print("INFO: Recording started to mkv file: " + options["--record"], flush=True)
        frame = av.VideoFrame.from_image(picture.crop((0, 0, stream.width, stream.height)))
        frame.pts = max(last + 1, round((time.monotonic() - began) * 1000))
        frame.time_base, last = Fraction(1, 1000), frame.pts
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))
print("INFO: Recording complete to mkv file: " + options["--record"], flush=True)
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of the program that is found as scrcpy."""
    return install(tmp_path, monkeypatch, "films")


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, mode: str, help: str = HELP) -> Path:
    log, path = folder / "scrcpy.log", folder / "bin" / "scrcpy"
    path.parent.mkdir(exist_ok=True)
    text = PROGRAM.format(python=sys.executable, help=help, log=str(log), mode=mode)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    return log


def runs_of(log: Path) -> list[tuple[list[str], dict[str, str], int]]:
    """Words, environment and process of each start."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [tuple(json.loads(line)) for line in lines]


@pytest.mark.extended
def test_a_run_is_filmed_by_scrcpy(make_lab: MakeLab, tmp_path: Path, program: Path) -> None:
    """On a phone without screenrecord it comes before screenshots."""
    lab = make_lab(quirks=("no-video-encoder",))
    out = tmp_path / "out"
    result, made = record(lab, "clear_cache", out, Wanted(moving=()))
    assert (result.verdict.name, made.problems) == ("passed", [])
    facts = json.loads((out / "recording.json").read_text())
    assert facts["source"] == "scrcpy"
    assert Decoded(made.files["film"], set()).count == made.frames
    ((words, told, pid),) = runs_of(program)
    assert f"--serial={lab.device.serial}" in words
    assert {"--no-playback", "--no-window", "--no-audio", "--no-control"} <= set(words)
    assert told["ANDROID_ADB_SERVER_PORT"] == os.environ["ANDROID_ADB_SERVER_PORT"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (out / ".film").exists()


def test_scrcpy_that_ends_is_begun_anew(
    make_phone: MakePhone, tmp_path: Path, program: Path
) -> None:
    """As after a dropped link; both files are one film, and the last is ended and whole."""
    from droidcancel.device import connect

    with connect(make_phone().serial) as device:
        film = Scrcpy(device, tmp_path).start()
        first = runs_of(program)[0][2]
        os.kill(first, 15)
        wait_until(lambda: len(runs_of(program)) == 2, what="the second start")
        wait_until(lambda: film.begun == 2, what="its first picture")
        film.close()
    found = list(film.frames())
    assert [f.at for f in found] == sorted(f.at for f in found)
    assert len(found) >= 2
    assert found[0].picture.size == (1080, 2400)
    assert any("scrcpy ended" in problem for problem in film.problems)


@pytest.mark.parametrize(
    ("mode", "help", "said"),
    [
        ("fails", HELP, "scrcpy gives no film: ERROR: Could not find any ADB device"),
        ("films", "--no-display --record=FILE", "knows no --no-playback"),
    ],
)
def test_a_scrcpy_that_cannot_is_told_of(
    make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    mode: str, help: str, said: str,
) -> None:  # fmt: skip
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import connect

    install(tmp_path, monkeypatch, mode, help)
    with connect(make_phone().serial) as device:
        recording = Recording(device, AppProfile.load("clips"), None, tmp_path / "out", "scrcpy")
        with pytest.raises(DeviceError, match=said):
            recording.begin()


def test_without_scrcpy_it_is_said(
    make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from droidcancel.device import connect

    monkeypatch.setenv("PATH", str(tmp_path))
    with connect(make_phone().serial) as device, pytest.raises(DeviceError, match="not installed"):
        Scrcpy(device, tmp_path)


HELD = """#!{python}
import os, signal, subprocess, sys, time

if "--help" in sys.argv:
    print({help!r})
    sys.exit(0)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
beside = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("INFO: Recording started to mkv file", beside.pid, flush=True)
while True:
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are POSIX")
def test_scrcpy_that_does_not_end_is_killed_with_what_it_started(
    make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An adb of its own holds its output: nobody waits for that one to end."""
    monkeypatch.setattr("droidcancel.record.scrcpy.END_S", 0.3)
    install(tmp_path, monkeypatch, "films")
    (tmp_path / "bin" / "scrcpy").write_text(HELD.format(python=sys.executable, help=HELP))
    with connect(make_phone().serial) as device:
        film = Scrcpy(device, tmp_path).start()
        began = time.monotonic()
        film.close()
    assert time.monotonic() - began < 20
    assert film.problems == ["scrcpy did not end when it was asked to, and was killed"]
    (said,) = (part.said for part in film._parts)
    beside = int(said[0].split()[-1])
    wait_until(lambda: ended(beside))


def ended(pid: int) -> bool:
    """Whether a process runs no more; one that nobody has waited for yet has ended, too."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False
    return state in "ZX"
