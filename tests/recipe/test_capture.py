"""A run on a phone is captured, and replayed on a fresh one: same verdict, same screens.

The "real phone" here is the simulator with Clips. The capture reaches it as it would reach any
phone, by adb and uiautomator2; the replay has no Clips at all, only what was captured.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Hierarchy, connect
from droidcancel.evidence import ScreenSeen
from droidcancel.recipe.options import Event
from droidcancel.recipe.result import RunResult
from droidcancel.record import cassette
from droidcancel.record.blank import blank, blanked, private_words
from droidcancel.record.capture import Capture
from droidcancel.simulator import PhoneOptions
from droidcancel.simulator.cassette import Cassette, phone_for
from tests.conftest import MakePhone, wait_until
from tests.recipe.conftest import CLIPS, Lab, MakeLab

PROFILE = AppProfile.load("clips")
FAST = 380_000.0

Replay = Callable[[Path], Lab]


@pytest.fixture
def replay(make_phone: MakePhone, make_lab: MakeLab, tmp_path: Path) -> Any:
    """Boots a phone for a cassette: `replay(path)`."""
    opened = []

    def make(path: Path, **more: Any) -> Lab:
        options = phone_for(path, PhoneOptions(apps=("clips",), **more))
        names = ("api", "width", "height", "density", "locale", "model", "replay")
        phone = make_phone(**{name: getattr(options, name) for name in names}, **more)
        device = connect(phone.serial)
        opened.append(device)
        return Lab(phone, device, tmp_path / "cat.mp4", tmp_path / "replayed")

    yield make
    for device in opened:
        device.close()


def captured(lab: Lab, recipe: str, out: Path, **options: Any) -> tuple[RunResult, Path]:
    """Run a recipe and write what was captured of it."""
    recorder = Capture(lab.device, PROFILE).begin()

    def quiet(_event: Event) -> None: ...

    result = lab.run(recipe, on_event=recorder.heard(quiet), **options)
    index, files = recorder.finish(result)
    assert recorder.problems == []
    return result, cassette.write(index, files, out)


def screens_of(result: RunResult) -> list[tuple[str, str | None]]:
    return [(seen.name, seen.screen) for seen in result.evidence.of(ScreenSeen)]


def missed(lab: Lab) -> list[str]:
    app: Any = lab.simulator.call(lambda: lab.simulator.phone.packages.get(CLIPS))
    found: list[str] = app.app.player.missed
    return found


def same_run(lab: Lab, recipe: str, recorded: RunResult, **options: Any) -> RunResult:
    """The recipe on the replay comes to what the recorded run came to, by the same screens."""
    again = lab.run(recipe, **options)
    assert again.error is None, again.error
    assert again.verdict == recorded.verdict
    assert screens_of(again) == screens_of(recorded)
    assert again.restored
    assert again.token != recorded.token
    assert missed(lab) == []
    return again


def test_a_capture_of_save_draft_is_replayed(
    make_lab: MakeLab, replay: Replay, tmp_path: Path
) -> None:
    lab = make_lab({"account": "anna_92"}, api=34, locale="fr-FR", upload_bytes_per_s=FAST)
    recorded, path = captured(lab, "save_draft", tmp_path / "draft.cassette")
    assert (recorded.verdict.name, recorded.error) == ("draft", None)

    again = replay(path)
    assert again.device.locale == "fr-FR"
    assert again.device.packages.require(CLIPS).version_name == "3.4.1"
    same_run(again, "save_draft", recorded)
    assert again.states == []  # nothing was uploaded, and nothing is now

    _a_wrong_turn_is_told(again)
    _nothing_private_is_in(path, recorded)


def _a_wrong_turn_is_told(lab: Lab) -> None:
    lab.device.packages.start(CLIPS)
    wait_until(lambda: shows(lab, "feed"), what="the recorded app")
    before = sorted(PROFILE.look(lab.device.ui.dump(), "fr").everything)
    match = PROFILE.look(lab.device.ui.dump(), "fr").find("inbox_tab")
    assert match is not None
    lab.device.ui.tap(*match.center)
    said = wait_until(lambda: missed(lab), what="the note of a wrong turn")
    assert said[-1].startswith("not in the capture: tap at")
    assert sorted(PROFILE.look(lab.device.ui.dump(), "fr").everything) == before
    assert "not in the capture: tap at" in lab.device.shell.text(["logcat", "-d", "-s", "Replay"])


def shows(lab: Lab, screen: str) -> bool:
    return PROFILE.screen(lab.device.ui.dump(), lab.device.locale) == screen


def _nothing_private_is_in(path: Path, recorded: RunResult) -> None:
    with zipfile.ZipFile(path) as archive:
        words = "".join(archive.read(n).decode() for n in archive.namelist() if "xml" in n)
        assert any(name.endswith(".png") for name in archive.namelist())
        index = json.loads(archive.read("index.json"))
    assert "anna" not in words
    assert "@xxxx_92" in words
    assert recorded.token is not None
    assert recorded.token in words  # what the run typed is how it knows its video
    assert index["made"]["verdict"] == "draft"
    assert {step["event"]["kind"] for step in index["steps"]} >= {"start", "tap", "text", "stop"}


def test_a_capture_of_cancel_airplane_is_replayed(
    make_lab: MakeLab, replay: Replay, tmp_path: Path
) -> None:
    lab = make_lab(api=34, upload_bytes_per_s=FAST)
    recorded, path = captured(lab, "cancel_airplane", tmp_path / "tape")  # a folder
    assert (recorded.verdict.name, recorded.error) == ("cancelled", None)
    assert path.is_dir()

    again = replay(path)
    result = same_run(again, "cancel_airplane", recorded)
    assert result.cut.bytes_sent is not None
    assert recorded.cut.bytes_sent is not None
    assert 0.5 < result.cut.bytes_sent / recorded.cut.bytes_sent < 1.5
    uploads = again.simulator.cloud.records
    assert sum(record.received for record in uploads) > 100_000  # real bytes, to a real server
    assert {record.state for record in uploads} == {"partial"}


@pytest.mark.parametrize("api", [26, 30, 36])
def test_captures_of_other_androids_are_replayed(
    make_lab: MakeLab, replay: Replay, tmp_path: Path, api: int
) -> None:
    lab = make_lab(api=api, upload_bytes_per_s=FAST)
    recorded, path = captured(lab, "cancel_force_stop", tmp_path / "stop.cassette")
    assert recorded.error is None
    same_run(replay(path), "cancel_force_stop", recorded)


@pytest.mark.parametrize(
    "recipe",
    ["cancel_in_app", "cancel_network_off", "cancel_app_network", "delete_draft", "delete_post"],
)
def test_other_recipes_are_replayed(
    make_lab: MakeLab, replay: Replay, tmp_path: Path, recipe: str
) -> None:
    lab = make_lab(api=34, upload_bytes_per_s=FAST)
    recorded, path = captured(lab, recipe, tmp_path / "other.cassette")
    assert recorded.error is None
    assert recorded.ok
    again = replay(path).run(recipe)
    assert again.error is None, again.error
    assert again.verdict.name == recorded.verdict.name


@pytest.mark.parametrize(
    ("build", "recipe"),
    [
        ("resumes-at-start", "cancel_force_stop"),
        ("outlives-swipe", "cancel_swipe_recents"),
        ("job-upload", "cancel_swipe_recents"),
        ("job-upload", "cancel_force_stop"),
    ],
)
def test_what_went_on_goes_on_in_the_replay(
    make_lab: MakeLab, replay: Replay, tmp_path: Path, build: str, recipe: str
) -> None:
    """The worst error would be a replay that calls it cancelled."""
    lab = make_lab(api=34, app_build=build, upload_bytes_per_s=FAST)
    recorded, path = captured(lab, recipe, tmp_path / "bad.cassette")
    assert recorded.verdict.name not in ("cancelled", "draft")
    again = replay(path).run(recipe)
    assert again.error is None, again.error
    assert again.verdict.name == recorded.verdict.name


# -- blanking


SCREEN = """<hierarchy rotation="0">
<node package="org.droidcancel.clips" bounds="[0,0][1080,2400]" class="a.FrameLayout"
      resource-id="org.droidcancel.clips:id/profile_root">
  <node package="org.droidcancel.clips" class="android.widget.TextView" text="@zoë_92"
        resource-id="org.droidcancel.clips:id/handle" bounds="[0,100][1080,200]"/>
  <node package="org.droidcancel.clips" class="android.widget.TextView"
        content-desc="Picture of @zoë_92, 3 new" bounds="[0,200][1080,300]"/>
  <node package="org.droidcancel.clips" class="android.widget.TextView" text="Edit profile"
        bounds="[0,300][1080,400]"/>
</node>
<node package="com.android.systemui" bounds="[0,0][1080,80]" class="a.FrameLayout">
  <node package="com.android.systemui" class="android.widget.TextView" text="Mum: call me at 5"
        bounds="[0,0][500,80]"/>
</node></hierarchy>"""


def test_names_are_blanked_and_numbers_stay() -> None:
    hierarchy = Hierarchy.parse(SCREEN)
    look = PROFILE.look(hierarchy, "en-US", "3.4.1")
    words = private_words(look, [])
    assert words == {"@zoë_92", "zoë_92"}
    root, places = blanked(hierarchy, words, (CLIPS,))
    said = [(n.get("text"), n.get("content-desc")) for n in root.iter("node")]
    assert said == [
        (None, None),
        ("@xxx_92", None),
        (None, "Picture of @xxx_92, 3 new"),
        ("Edit profile", None),
        (None, None),
        ("xxx: xxxx xx xx 5", None),
    ]
    assert [place.top for place in places] == [100, 200, 0]
    assert [n.text for n in hierarchy.nodes()][1] == "@zoë_92"  # the run still sees it


def test_what_the_run_typed_is_not_blanked() -> None:
    look = PROFILE.look(Hierarchy.parse(SCREEN), "en-US", "3.4.1")
    assert private_words(look, ["zoë_92"]) == set()
    assert blank("Zoë ❤ №5, 日本") == "xxx ❤ №5, xx"


def test_a_written_cassette_is_read_by_both_sides(tmp_path: Path) -> None:
    index = cassette.Index(
        made=cassette.Made(by="t", at="now", recipe="r", verdict="draft"),
        phone=cassette.Phone(
            model="M", api=33, width=1080, height=2400, density=420, locale="pt-BR"
        ),
        app=cassette.App(
            package=CLIPS, label="Clips", version_name="1", version_code=1,
            launcher=f"{CLIPS}.Main", share=cassette.Share(activity=f"{CLIPS}.S", mime="video/mp4"),
            schemes=("clips",), windows=(CLIPS,),
        ),
        screens=(cassette.Screen(xml="screens/0000.xml"),),
        steps=(
            cassette.Step(event=cassette.Start(action="a.MAIN"), frames=((0.1, 0), (2.0, None))),
            cassette.Step(event=cassette.Touch(kind="tap", x=1, y=2, target=(0, 0, 5, 5))),
            cassette.Step(event=cassette.Swipe(direction="up", target=(0, 0, 5, 5))),
            cassette.Step(event=cassette.Key(code=4), sent=((0.5, 9),)),
            cassette.Step(event=cassette.Text(text="hi")),
            cassette.Step(event=cassette.Network(online=False)),
            cassette.Step(event=cassette.Swept()),
            cassette.Step(
                event=cassette.Stop(), services=((0.2, (".Upload",)),), jobs=((0.3, ()),)
            ),
        ),
    )  # fmt: skip
    files = {"screens/0000.xml": SCREEN.encode()}
    for out in (tmp_path / "a.cassette", tmp_path / "folder"):
        assert cassette.read_index(cassette.write(index, files, out)) == index
        read = Cassette.load(out)
        assert [step.event.kind for step in read.steps] == [
            "start", "tap", "swipe", "key", "text", "network", "swept", "stop",
        ]  # fmt: skip
        assert read.steps[0].frames == ((0.1, 0), (2.0, None))
        assert read.steps[3].sent == ((0.5, 9),)
        assert read.steps[7].services == ((0.2, (".Upload",)),)
        assert read.steps[7].jobs == ((0.3, ()),)
        assert [w.get("package") for w in read.screens[0].windows] == [CLIPS]
        with pytest.raises(Exception, match="exists already"):
            cassette.write(index, files, out)


def test_a_cassette_that_lies_is_refused_by_both_sides(tmp_path: Path) -> None:
    path = tmp_path / "x.cassette"
    path.write_bytes(os.urandom(200))
    with pytest.raises(Exception, match="is no cassette"):
        cassette.read_index(path)
    with pytest.raises(ValueError, match="is no cassette"):
        Cassette.load(path)


@pytest.mark.usefixtures("emulator_ports")
def test_the_commands(make_lab: MakeLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """capture, start --replay, run, stop: as a user types them."""
    from click.testing import CliRunner

    from droidcancel.cli import cli

    monkeypatch.chdir(tmp_path)
    lab = make_lab(api=33, upload_bytes_per_s=FAST)
    quick = "{quiet_period_s: 1.5, late_period_s: 3, watch_resume_s: 2, step_timeout_s: 20}"
    out = tmp_path / "a.cassette"

    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done

    def devices(name: str, serial: str) -> None:
        entry = f"{{kind: emulator, serial: '{serial}', app: clips, limits: {quick}}}"
        (tmp_path / "devices.yaml").write_text(f"devices: {{{name}: {entry}}}\n")

    devices("real", lab.device.serial)
    video = ("--video", str(lab.video))
    done = run("simulator", "capture", "cancel_force_stop", "-s", "real", "-o", str(out), *video)
    assert f"captured to {out}: " in done.stderr
    done = CliRunner().invoke(cli, ["simulator", "capture", "save_draft", "-o", str(out)])
    assert done.exit_code == 2
    assert f"{out} exists already" in done.output

    serial = run("simulator", "start", "--replay", str(out)).stdout.strip()
    try:
        devices("replay", serial)
        answer = run("run", "cancel_force_stop", "-s", "replay", "--json", *video)
        again = json.loads(answer.stdout)
        assert again["verdict"] in ("cancelled", "draft")
        assert again["device"]["api_level"] == 33
    finally:
        run("simulator", "stop", serial)

    done = CliRunner().invoke(cli, ["simulator", "start", "--replay", str(lab.video)])
    assert done.exit_code == 2
    assert "is no cassette" in done.output
