"""What the doctor finds on virtual phones, what it keeps of it, and that nonsense ends nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from droidcancel.device import Device, connect, doctor_topics, known, ways
from droidcancel.device import doctor as doctor_module
from droidcancel.device.doctor import Doctor
from droidcancel.device.doctor_looks import LOOKS
from droidcancel.device.doctor_probes import NO_PROBE, PROBES, Trial
from droidcancel.device.known import Known
from droidcancel.device.types import ThingFinding, WayFinding
from droidcancel.errors import DroidCancelError, NotEffective, ShellTimeout
from droidcancel.journal import Journal
from droidcancel.simulator import PhoneOptions, Simulator
from tests.device.conftest import Boot

CLIPS = "org.droidcancel.clips"
DOCS = Path(__file__).parents[2] / "docs" / "android.md"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(known.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "doctor"


@contextlib.contextmanager
def saying(sim: Simulator, name: str, answer: Any) -> Iterator[None]:
    """A command of the phone that answers otherwise, or (None) never."""
    table = sim.call(lambda: sim.phone.shell.commands)

    async def run(invocation: Any) -> int:
        if answer is None:
            await asyncio.Event().wait()
        await invocation.stdout.write(answer)
        return 0

    sim.call(lambda: table.add(name, run))
    try:
        yield
    finally:
        sim.call(lambda: table.remove(name))


def used(device: Device, **more: Any) -> dict[str, str | None]:
    return {t.thing: t.used for t in Doctor(device, CLIPS, **more).diagnose().things}


def settings_of(sim: Simulator) -> Any:
    return sim.call(
        lambda: {
            space: dict(sim.phone.settings.list(space)) for space in ("global", "system", "secure")
        }
    )


def test_every_way_is_looked_at_and_every_thing_is_tried_or_says_why_not() -> None:
    named = {way.name for listed in ways.THINGS.values() for way in listed}
    assert set(LOOKS) == named
    assert set(PROBES) | set(NO_PROBE) == set(ways.THINGS)
    assert not set(PROBES) & set(NO_PROBE)


EXPECTED = {
    24: (ways.AIRPLANE_PAGE, ways.WIFI_SVC, ways.DATA_SVC, None, ways.QTAGUID, ways.SCAN_BROADCAST),
    29: (ways.AIRPLANE_CMD, ways.WIFI_SVC, ways.DATA_SVC, None, ways.NETD_CONTROLLER,
         ways.SCAN_BROADCAST),
    31: (ways.AIRPLANE_CMD, ways.WIFI_CMD, ways.DATA_CMD, None, ways.NETD_CONTROLLER,
         ways.SCAN_CALL),
    33: (ways.AIRPLANE_CMD, ways.WIFI_CMD, ways.DATA_CMD, ways.CHAIN, ways.CONNECTIVITY_CONTROLLER,
         ways.SCAN_CALL),
    37: (ways.AIRPLANE_CMD, ways.WIFI_CMD, ways.DATA_CMD, ways.CHAIN, ways.NETSTATS,
         ways.SCAN_CALL),
}  # fmt: skip


@pytest.mark.parametrize("api", EXPECTED)
def test_reading_finds_the_ways_and_changes_nothing(api: int, boot: Boot) -> None:
    sim = boot(PhoneOptions(api=api))
    with connect(sim.serial) as device:
        before = settings_of(sim)
        found = used(device)
        assert settings_of(sim) == before
    things = ("airplane", "wifi", "data", "app network", "traffic counters", "media scan")
    assert tuple(found[thing] for thing in things) == EXPECTED[api]
    assert found["kill"] == ways.FORCE_STOP
    assert found["cache-only clear"] == ways.CACHE_PAGE


@pytest.mark.parametrize("api", [26, 34])
def test_what_is_tried_works_and_is_taken_back(api: int, boot: Boot, tmp_path: Path) -> None:
    sim = boot(PhoneOptions(api=api))
    journal = Journal(tmp_path / "j.jsonl")
    with connect(sim.serial) as device:
        before, files = settings_of(sim), device.shell.text(["ls", device.media.folder])
        diagnosis = Doctor(device, CLIPS, keeper=journal).diagnose()
        found = {thing.thing: thing for thing in diagnosis.things}
        assert device.shell.text(["ls", device.media.folder]) == files
        assert device.activities.tasks_of("com.android.settings") == []
    assert diagnosis.left == []
    assert journal.open_records() == []
    assert settings_of(sim) == before
    for thing in PROBES:
        best = next((way for way in found[thing].ways if way.usable), None)
        if thing != "app network" or api >= 33:
            assert best is not None, thing
            assert (best.way, best.status) == (found[thing].used, "works"), best
    for thing in set(NO_PROBE) - {"traffic counters"}:
        assert {way.status for way in found[thing].ways} <= {"not tried", "refused", "not there"}


def test_pm_clear_is_never_sent_by_the_doctor(
    device34: Device, sim34: Simulator, tmp_path: Path
) -> None:
    sent: list[list[str]] = []
    table = sim34.call(lambda: sim34.phone.shell.commands)
    original = sim34.call(lambda: table.lookup("pm", 34).function)

    async def listen(invocation: Any) -> int:
        sent.append(list(invocation.argv))
        return int(await original(invocation))

    sim34.call(lambda: table.add("pm", listen))
    journal = Journal(tmp_path / "j.jsonl")
    things = Doctor(device34, CLIPS, keeper=journal).diagnose().things
    sim34.call(lambda: table.remove("pm"))
    assert sent
    assert not [words for words in sent if "clear" in words or "trim-caches" in words]
    never = next(thing for thing in things if thing.thing == "cache-only clear").ways[1]
    assert (never.way, never.status) == (ways.CACHE_ONLY, "refused")
    assert "wipes all data" in never.why


GARBAGE = [
    b"",
    b"\n",
    b"\xff\xfe\0garbage\n" * 3,
    b"9" * 5000 + b"\n",
    b"null\n",
    b"0\n",
    b"x\n" * 9999,
]


@pytest.mark.parametrize("command", ["cmd", "settings", "dumpsys", "am", "svc", "content"])
def test_a_phone_that_lies_is_a_finding(
    command: str, device34: Device, sim34: Simulator, tmp_path: Path
) -> None:
    for garbage in GARBAGE:
        with saying(sim34, command, garbage):
            diagnosis = Doctor(device34, CLIPS).diagnose()
        assert [t.thing for t in diagnosis.things] == list(ways.THINGS)
        for thing in diagnosis.things:
            assert all(way.why or way.status == "works" for way in thing.ways)
            assert all(len(way.why) < 400 for way in thing.ways)


@pytest.mark.parametrize("command", ["getprop", "am", "settings", "cat", "service", "echo"])
def test_a_phone_that_lies_when_it_is_reached_is_reached_or_refused(
    command: str, sim34: Simulator
) -> None:
    errors: list[DroidCancelError] = []
    for garbage in GARBAGE:
        with saying(sim34, command, garbage):
            try:
                connect(sim34.serial, boot_wait_s=0.05).close()
            except DroidCancelError as error:
                errors.append(error)
    assert {error.exit_code for error in errors} <= {3}
    assert all(len(error.message) < 400 for error in errors)


def test_a_way_whose_answer_is_nonsense_is_not_used(device34: Device, sim34: Simulator) -> None:
    with saying(sim34, "cmd", b"garbage\n"):
        found = used(device34)
    assert found["airplane"] is None
    assert found["wifi"] == ways.WIFI_SVC
    assert found["app network"] is None
    assert found["data saver"] is None


def test_a_phone_that_hangs_is_left_soon(
    device34: Device, sim34: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (doctor_module, doctor_topics):
        monkeypatch.setattr(module, "LOOK_S", 0.4)
    started = time.monotonic()
    with saying(sim34, "cmd", None), saying(sim34, "dumpsys", None), saying(sim34, "am", None):
        diagnosis = Doctor(device34, None).diagnose()
        findings = doctor_topics.examine(device34, None)
    assert time.monotonic() - started < 20
    whys = [way.why for thing in diagnosis.things for way in thing.ways]
    assert any("no answer" in why for why in whys)
    assert not diagnosis.things[0].ways[0].sure
    assert len(findings) == len(doctor_topics.TOPICS)


def test_a_limit_holds_for_all_commands_within(device34: Device) -> None:
    shell = device34.shell
    with shell.limited(0.3):
        started = time.monotonic()
        with pytest.raises(ShellTimeout):
            shell.run(["sleep", "30"])
        with pytest.raises(ShellTimeout, match="no time is left"):
            shell.run(["echo", "x"])
        assert time.monotonic() - started < 5
    assert shell.text(["echo", "x"]) == "x\n"


def test_a_refusal_is_tried_out_and_the_next_way_is_used(
    boot: Boot, tmp_path: Path, cache: Path
) -> None:
    """A build whose command answers when it is read, and is refused when it is used."""
    sim = boot(PhoneOptions(api=34))
    table = sim.call(lambda: sim.phone.shell.commands)
    original = sim.call(lambda: table.lookup("cmd", 34).function)

    async def refuse(invocation: Any) -> int:
        if list(invocation.argv[1:3]) == ["connectivity", "airplane-mode"] and invocation.argv[3:]:
            await invocation.stdout.write(b"java.lang.SecurityException: not for uid 2000\n")
            return 255
        return int(await original(invocation))

    sim.call(lambda: table.add("cmd", refuse))
    with connect(sim.serial) as device:
        assert used(device)["airplane"] == ways.AIRPLANE_CMD  # as far as reading tells
        diagnosis = Doctor(device, CLIPS, keeper=Journal(tmp_path / "j.jsonl")).diagnose()
        airplane = next(t for t in diagnosis.things if t.thing == "airplane")
        assert airplane.used == ways.AIRPLANE_PAGE
        assert [w.status for w in airplane.ways] == ["refused", "not there", "works", "not tried"]
        assert "SecurityException" in airplane.ways[0].why
        assert diagnosis.left == []
        device.known.keep(diagnosis.things, True)
    with connect(sim.serial) as device:  # and a run begins with what works
        assert device.network.can("airplane").way == ways.AIRPLANE_PAGE
        change = device.network.set_airplane(True)
        device.network.wait_offline(20)
        assert change.way == ways.AIRPLANE_PAGE
        device.network.set_airplane(False)
    sim.call(lambda: table.remove("cmd"))


TOUCHES = {"namespace": "system", "key": "show_touches"}


def test_an_interrupted_probe_is_taken_back(
    device34: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "j.jsonl")

    def interrupted(trial: Trial, way: str) -> str:
        with trial.changing("setting", "1", **TOUCHES):
            device34.settings.put("system", "show_touches", "1")
            raise KeyboardInterrupt

    monkeypatch.setitem(PROBES, "show touches", interrupted)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        Doctor(device34, CLIPS, keeper=journal).diagnose(frozenset({"show touches"}))
    assert device34.settings.get("system", "show_touches") is None
    assert journal.open_records() == []


def test_what_cannot_be_taken_back_is_told_and_nothing_more_is_tried(
    device34: Device, sim34: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    lies = contextlib.ExitStack()

    def stuck(trial: Trial, way: str) -> str:
        with trial.changing("setting", "1", **TOUCHES):
            device34.settings.put("system", "show_touches", "1")
            lies.enter_context(saying(sim34, "settings", b"1\n"))
        return "done"

    monkeypatch.setitem(PROBES, "show touches", stuck)  # type: ignore[arg-type]
    with lies:
        diagnosis = Doctor(device34, CLIPS, keeper=journal).diagnose(
            frozenset({"show touches", "recording"})
        )
    assert len(diagnosis.left) == 1
    assert "adb shell settings delete system show_touches" in diagnosis.left[0]
    recording, touches = diagnosis.things
    assert [way.status for way in touches.ways] == ["refused"]
    assert [way.status for way in recording.ways] == ["not tried"]
    (undone,) = journal.restore(device34)
    assert undone.ok


def test_an_airplane_command_that_is_refused_is_passed_over_at_once(boot: Boot) -> None:
    sim = boot(PhoneOptions(api=30))
    table = sim.call(lambda: sim.phone.shell.commands)
    original = sim.call(lambda: table.lookup("cmd", 30).function)

    async def refuse(invocation: Any) -> int:
        if list(invocation.argv[1:3]) == ["connectivity", "airplane-mode"] and invocation.argv[3:]:
            await invocation.stdout.write(b"java.lang.SecurityException: no\n")
            return 255
        return int(await original(invocation))

    sim.call(lambda: table.add("cmd", refuse))
    with connect(sim.serial) as device:
        change = device.network.set_airplane(True)
        assert change.way == ways.AIRPLANE_PAGE
        device.network.wait_offline(20)


# -- what is kept


def finding(thing: str, *statuses: str) -> ThingFinding:
    found = tuple(
        WayFinding(way.name, status, "why")  # type: ignore[arg-type]
        for way, status in zip(ways.THINGS[thing], statuses, strict=True)
    )
    return ThingFinding(thing, found)


def test_findings_are_kept_by_the_fingerprint(cache: Path) -> None:
    Known("maker/phone:14/A/1").keep([finding("wifi", "works", "not there")], True)
    again = Known.of("maker/phone:14/A/1")
    assert again.probed
    assert again.says("wifi", ways.WIFI_CMD) is True
    assert again.says("wifi", ways.WIFI_SVC) is None  # an update may bring what was not there
    assert Known.of("maker/phone:14/A/2").things == {}
    assert len(list(cache.iterdir())) == 1


def test_what_is_unsure_or_of_the_app_is_not_kept(cache: Path) -> None:
    unsure = ThingFinding("wifi", (WayFinding(ways.WIFI_CMD, "refused", "no answer", sure=False),))
    Known("f").keep([unsure, finding("share", "not tried", "not there")], False)
    assert Known.of("f").things == {}
    assert not Known("").save()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "[]",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: text.replace('"works"', '"perhaps"'),
        lambda text: text.replace("cmd wifi", "rm -rf"),
        lambda text: text.replace('"form": 1', '"form": 2'),
        lambda text: re.sub(r'"at": [\d.]+', '"at": 1', text),
        lambda text: re.sub(r'"at": [\d.]+', '"at": "x"', text),
        lambda text: text.replace('"fingerprint": "f"', '"fingerprint": "g"'),
        lambda text: "\xff\0",
    ],
)
def test_a_file_that_is_damaged_old_or_another_build_s_is_no_knowledge(
    damage: Any, cache: Path
) -> None:
    Known("f").keep([finding("wifi", "works", "not there")], True)
    (file,) = cache.iterdir()
    file.write_text(damage(file.read_text()), encoding="latin-1")
    assert Known.of("f").things == {}


def test_a_cache_that_cannot_be_written_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(known.CACHE_VARIABLE, str(tmp_path / "file"))
    kept = Known("f")
    kept.keep([finding("wifi", "works", "not there")], True)
    assert kept.says("wifi", ways.WIFI_CMD) is True
    assert Known.of("f").things == {}


def test_a_refusal_that_leaves_no_other_way_is_tried_again(boot: Boot) -> None:
    """The phone of the same build that was probed had no SIM."""
    sim = boot(PhoneOptions(api=34))
    with connect(sim.serial) as device:
        device.known.keep([finding("data", "refused", "refused")], True)
    with connect(sim.serial) as device:
        assert device.known.says("data", ways.DATA_CMD) is False
        assert device.network.set_data(False).way == ways.DATA_CMD
        assert device.network.can("network-off").ok
    Known(device.fingerprint).keep([finding("wifi", "refused", "not tried")], True)
    with connect(sim.serial) as device:
        assert device.network.can("wifi").way == ways.WIFI_SVC


def test_what_is_known_saves_asking_and_what_has_no_effect_is_forgotten(
    boot: Boot, cache: Path
) -> None:
    sim = boot(PhoneOptions(api=34))
    with connect(sim.serial) as device:
        Known(device.fingerprint).keep(Doctor(device, CLIPS).diagnose().things, False)
    with connect(sim.serial) as device:
        before = device.shell.round_trips
        for what in ("airplane", "wifi", "data"):
            assert device.network.can(what).ok  # type: ignore[arg-type]
        assert device.app_network.can().ok
        assert device.shell.round_trips == before
        with saying(sim, "cmd", b""), pytest.raises(NotEffective):
            device.network.set_data(False, timeout=0.2)
        assert device.known.says("data", ways.DATA_CMD) is None
        assert Known.of(device.fingerprint).says("data", ways.DATA_CMD) is None
        assert Known.of(device.fingerprint).says("wifi", ways.WIFI_CMD) is True


def test_the_counter_that_is_known_is_read_first(boot: Boot) -> None:
    sim = boot(PhoneOptions(api=30))
    with connect(sim.serial) as device:
        Known(device.fingerprint).keep(Doctor(device, CLIPS).diagnose().things, False)
    with connect(sim.serial) as device:
        before = device.shell.round_trips
        assert device.traffic.source == ways.NETD_CONTROLLER
        assert device.shell.round_trips == before + 1


def test_the_file_is_json_that_people_can_read(cache: Path, device34: Device) -> None:
    Known(device34.fingerprint).keep(Doctor(device34, CLIPS).diagnose().things, False)
    (file,) = cache.iterdir()
    data = json.loads(file.read_text())
    assert data["fingerprint"] == device34.fingerprint
    assert "share" not in data["things"]
    assert data["things"]["airplane"][0] == {
        "way": ways.AIRPLANE_CMD, "status": "not tried", "why": "it answers: off",
    }  # fmt: skip
