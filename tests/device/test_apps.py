"""Apps, tasks, media, traffic, jobs, settings and the screen of virtual phones."""

from __future__ import annotations

from pathlib import Path

import pytest

from droidcancel.device import Device, Script, connect, examine, poll, unique_name
from droidcancel.device.byte_watch import Reading
from droidcancel.errors import AdbError, AppError, DeviceError, NotEffective, UiError, UsageError
from droidcancel.journal import Journal
from droidcancel.simulator import PhoneOptions, Simulator
from tests.device.conftest import Boot

CLIPS = "org.droidcancel.clips"
SETTINGS = "com.android.settings"


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "My holiday, day 1.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 500)
    return path


def test_a_package_as_it_is_installed(device: Device, sim: Simulator) -> None:
    info = device.packages.require(CLIPS)
    assert info.uid == device.packages.installed()[CLIPS] >= 10000
    assert not info.system
    assert info.version_name
    assert device.packages.info("com.example.nothing") is None
    with pytest.raises(AppError, match="not installed"):
        device.packages.require("com.example.nothing")


def test_starting_and_force_stopping(device: Device) -> None:
    component = device.packages.start(CLIPS)
    assert component.package == CLIPS
    assert device.packages.running(CLIPS)
    assert not device.packages.require(CLIPS).stopped
    front = device.activities.foreground()
    assert front is not None
    assert front.package == CLIPS
    change = device.packages.force_stop(CLIPS)
    assert change.before
    assert not device.packages.running(CLIPS)
    assert device.packages.require(CLIPS).stopped


def test_force_stop_of_nothing_is_an_error_not_a_success(device34: Device) -> None:
    with pytest.raises(AppError):
        device34.packages.force_stop("com.example.nothing")


def test_an_activity_that_is_not_there(device34: Device) -> None:
    with pytest.raises(AppError, match="did not start"):
        device34.packages.start(CLIPS, f"{CLIPS}.NoSuchActivity")


def test_swiping_a_task_away(device: Device) -> None:
    assert device.activities.can_remove_task().ok
    device.packages.start(CLIPS)
    (task,) = device.activities.tasks_of(CLIPS)
    device.activities.remove_task(task.task_id)
    assert device.activities.tasks_of(CLIPS) == []
    with pytest.raises(DeviceError, match="no task"):
        device.activities.remove_task(task.task_id)


def test_a_video_goes_into_the_library_and_out(
    device: Device, sim: Simulator, video: Path, tmp_path: Path
) -> None:
    name = unique_name(video.stem)
    item = device.media.push(video, name)
    assert item.size == video.stat().st_size
    assert item.path == f"/storage/emulated/0/Movies/{name}"
    row = sim.call(lambda: sim.phone.media.row(item.id))
    assert row is not None
    assert row.name == name
    back = tmp_path / "back.mp4"
    device.pull(item.path, back)
    assert back.read_bytes() == video.read_bytes()
    device.media.delete(item)
    assert device.media.find(name) is None
    assert not device.media.exists(item.path)
    device.media.delete(item)  # gone already is fine


def test_only_pushed_files_are_deleted(device34: Device) -> None:
    for path in ("/sdcard/DCIM/Camera/holiday.mp4", "/storage/emulated/0/Movies/../x", "x"):
        with pytest.raises(UsageError):
            device34.media.delete_path(path)
    for name in ("a b.mp4", "../x.mp4", ".hidden", "a'b", ""):
        with pytest.raises(UsageError):
            device34.media.path_of(name)


def test_a_pushed_video_is_journaled(device34: Device, video: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    name = unique_name()
    with journal.change(device34, "media", args={"path": device34.media.path_of(name)}):
        device34.media.push(video, name)
        assert device34.media.find(name)
    assert device34.media.find(name) is None


def test_sharing_a_video_reaches_the_app(device: Device, video: Path) -> None:
    item = device.media.push(video)
    device.activities.share(item.uri, "video/mp4", CLIPS)
    front = device.activities.foreground()
    assert front is not None
    assert front.package == CLIPS
    with pytest.raises(AppError, match="takes no shared"):
        device.activities.share(item.uri, "video/mp4", "com.example.nothing")


def test_bytes_of_an_app_are_counted(device: Device, sim: Simulator) -> None:
    uid = device.packages.require(CLIPS).uid
    truth = sim.call(lambda: sim.phone.netstats.tx(uid))
    assert device.traffic.tx_bytes(uid) == truth
    expected = {28: "xt_qtaguid", 30: "netd", 33: "connectivity", 34: "netstats", 36: "netstats"}
    assert expected[device.api_level] in device.traffic.source


class Sender:
    """Has an app on the phone send bytes, as far as its counters go."""

    def __init__(self, sim: Simulator, uid: int) -> None:
        self._sim, self._uid = sim, uid

    def send(self, amount: int) -> None:
        from droidcancel.simulator.netstats import Counter

        def add() -> None:
            network = self._sim.phone.connectivity.active_network()
            assert network is not None
            self._sim.phone.netstats.add(self._uid, network, Counter(tx_bytes=amount, tx_packets=1))

        self._sim.call(add)


def test_the_phone_itself_fires_at_its_bytes(device: Device, sim: Simulator) -> None:
    uid = device.packages.require(CLIPS).uid
    sender, readings = Sender(sim, uid), list[Reading]()
    sender.send(5_000)
    start = device.traffic.tx_bytes(uid)
    command = Script("echo cut > /data/local/tmp/dc-mark")
    watch = device.traffic.watch(uid, start + 3_000_000_000, command, readings.append)
    before = device.shell.round_trips
    assert poll(lambda: watch.last, 10) is not None
    assert watch.last.sent == start
    sender.send(2_000_000_000)
    assert poll(lambda: True if watch.last.sent > start else None, 10)
    assert not watch.fired.is_set()
    sender.send(1_500_000_000)
    assert watch.wait(10)
    ended = watch.result()
    assert ended is not None
    assert ended.rc == 0
    assert watch.interval is not None
    assert device.shell.round_trips == before  # the phone told; nobody asked
    assert device.shell.text(["cat", "/data/local/tmp/dc-mark"]) == "cut\n"
    assert readings[-1].sent in (start + 2_000_000_000, start + 3_500_000_000)
    watch.close()


def test_a_watch_that_is_closed_fires_no_more(device34: Device, sim34: Simulator) -> None:
    uid = device34.packages.require(CLIPS).uid
    sender = Sender(sim34, uid)
    sender.send(1000)
    watch = device34.traffic.watch(uid, 50_000, Script("echo > /data/local/tmp/dc-mark"), print)
    assert poll(lambda: watch.last, 10) is not None
    loops = Script("ps -A -o ARGS | grep -c '[d]c-sent'")
    assert device34.shell.text(loops).strip() != "0"
    watch.close()
    sender.send(1_000_000)
    assert device34.shell.text(loops).strip() == "0"
    assert device34.shell.run(["ls", "/data/local/tmp/dc-mark"]).rc != 0
    assert watch.over.is_set()
    assert not watch.fired.is_set()


def test_jobs_and_services_of_an_app_at_rest(device: Device) -> None:
    assert device.jobs.pending(CLIPS) == []
    assert device.jobs.progress(CLIPS) == []
    assert device.packages.foreground_services(CLIPS) == []


def test_settings_are_read_back(device: Device) -> None:
    settings = device.settings
    assert settings.get("system", "dc_test") is None
    for value in ("1", "two words", "a'b\"c$d", "key=value", "ünï"):
        settings.put("system", "dc_test", value)
        assert settings.get("system", "dc_test") == value
    assert settings.all("system")["dc_test"] == "ünï"
    settings.restore("system", "dc_test", None)
    assert settings.get("system", "dc_test") is None


def test_permissions_are_read_back(device34: Device) -> None:
    permission = "android.permission.READ_MEDIA_VIDEO"
    device34.packages.grant(CLIPS, permission)
    assert device34.packages.granted(CLIPS, permission)
    device34.packages.revoke(CLIPS, permission)
    assert not device34.packages.granted(CLIPS, permission)
    with pytest.raises(DeviceError, match="could not grant"):
        device34.packages.grant(CLIPS, "android.permission.READ_SMS")


@pytest.mark.parametrize("api", [33, 34, 36])
def test_one_app_is_cut_off_and_let_back(api: int, boot: Boot, tmp_path: Path) -> None:
    phone = boot(PhoneOptions(api=api))
    with connect(phone.serial) as device:
        uid = device.packages.require(CLIPS).uid
        capability = device.app_network.can(uid)
        if not capability.ok:
            assert api == 33  # an Android 13 whose Connectivity module is the factory's
            return
        with Journal(tmp_path / "j.jsonl").change(device, "app_network", args={"package": CLIPS}):
            device.app_network.set(CLIPS, False)
            assert device.app_network.blocked(CLIPS)
            assert phone.call(lambda: phone.phone.netpolicy.denied(uid))
        assert not device.app_network.blocked(CLIPS)
        assert not device.app_network.chain_enabled()
        assert not phone.call(lambda: phone.phone.netpolicy.denied(uid))


def test_one_app_cannot_be_cut_off_where_there_is_no_chain(boot: Boot) -> None:
    phone = boot(PhoneOptions(api=30))
    with connect(phone.serial) as device:
        capability = device.app_network.can(device.packages.require(CLIPS).uid)
        assert not capability.ok
        assert "no per-app network switch" in capability.why_not
        with pytest.raises(DeviceError):
            device.app_network.set(CLIPS, False)


def test_system_apps_are_refused(device34: Device) -> None:
    assert not device34.app_network.can(1000).ok


def test_the_screen_is_read_and_touched(device: Device, sim: Simulator) -> None:
    device.packages.start(CLIPS)
    hierarchy = device.ui.dump()
    assert any(node.package == CLIPS for node in hierarchy.nodes())
    assert device.ui.size() == (1080, 2400)
    picture = device.ui.screenshot()
    assert (picture.mode, picture.size) == ("RGB", (1080, 2400))
    device.ui.press("home")
    front = device.activities.foreground()
    assert front is None or front.package != CLIPS


def test_no_focus_no_typing(device34: Device) -> None:
    device34.ui.press("home")
    with pytest.raises(UiError):
        device34.ui.type_text("hello")
    with pytest.raises(UiError, match="no key"):
        device34.ui.press("any")


def test_the_doctor_only_reads(device: Device, sim: Simulator) -> None:
    before = sim.call(lambda: sim.phone.settings.list("global"))
    findings = {finding.topic: finding for finding in examine(device, CLIPS)}
    assert all(f.why or f.way for f in findings.values())
    wrong = {topic: f.why for topic, f in findings.items() if not f.ok}
    assert set(wrong) <= {"app-network"}, wrong
    assert sim.call(lambda: sim.phone.settings.list("global")) == before
    assert not {f.topic: f for f in examine(device, "com.example.no")}["app"].ok


def test_a_reboot_is_a_new_boot(device34: Device) -> None:
    change = device34.reboot(60)
    assert change.before != change.after == device34.boot_id
    assert device34.ready()
    assert device34.network.state().online or device34.network.wait_online(20) >= 0


def test_pm_clear_is_never_sent() -> None:
    """The one command that would wipe a user's drafts stands nowhere in the toolkit."""
    sources = Path(__file__).parents[2] / "droidcancel" / "device"
    for path in sources.glob("*.py"):
        for line in path.read_text().splitlines():
            if '"clear"' in line or "'clear'" in line:
                raise AssertionError(f"{path}: {line}")


def test_a_setting_that_a_phone_refuses(device34: Device) -> None:
    with pytest.raises(NotEffective):
        device34.settings.put("nowhere", "dc_test", "1")


def test_any_text_is_typed_and_read_back(device34: Device, sim34: Simulator, video: Path) -> None:
    item = device34.media.push(video)
    device34.activities.share(item.uri, "video/mp4", CLIPS)
    field = None
    for _ in range(6):
        nodes = device34.ui.dump().nodes()
        field = next((node for node in nodes if node.cls.endswith("EditText")), None)
        button = next((node for node in nodes if node.text == "Next"), None)
        if field is not None or button is None:
            break
        device34.ui.tap(*button.bounds.center)
    assert field is not None
    device34.ui.tap(*field.bounds.center)
    before = sim34.call(lambda: sim34.phone.settings.get("secure", "default_input_method"))
    for text in ("hello #dcab12cd", "two\nlines ünï 😀 'q' \"dq\" $x", "", "plain"):
        device34.ui.type_text(text)
    assert sim34.call(lambda: sim34.phone.settings.get("secure", "default_input_method")) == before


def test_the_screen_server_is_started_anew_when_it_was_killed(device34: Device) -> None:
    assert device34.ui.dump().nodes()
    device34.shell.run(["pkill", "-f", "com.wetest.uia2.Main"])
    assert device34.ui.dump().nodes()


@pytest.mark.parametrize("api", [24, 27, 29, 31, 35, 37])
def test_the_whole_round_on_the_other_versions(api: int, boot: Boot, video: Path) -> None:
    with connect(boot(PhoneOptions(api=api)).serial) as device:
        before = device.network.state()
        device.packages.start(CLIPS)
        (task,) = device.activities.tasks_of(CLIPS)
        device.activities.remove_task(task.task_id)
        device.packages.force_stop(CLIPS)
        device.media.delete(device.media.push(video))
        for cut in (device.network.cut, lambda: device.network.set_airplane(True)):
            cut()
            device.network.wait_offline(20)
            device.network.put_back(before)
            device.network.wait_online(20)
        assert not device.network.state().airplane


def test_a_phone_that_drops_is_told_and_found_again(
    device34: Device, sim34: Simulator, adb_environment: int
) -> None:
    sim34.withdraw(adb_environment)
    with pytest.raises(AdbError) as caught:
        device34.shell.run(["true"])
    assert caught.value.hint
    sim34.announce(adb_environment)
    assert device34.ready()
