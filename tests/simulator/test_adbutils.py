"""adbutils' own calls that speak to a phone, over a stock adb server."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbutils
import pytest

from droidcancel.simulator import PhoneOptions, Simulator
from tests.conftest import MakePhone, _free_port, run_adb, wait_listed, wait_until

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def phone(adb_server: int) -> Iterator[Simulator]:
    with Simulator(PhoneOptions(), emulator_port=False, adb_server=adb_server) as phone:
        wait_listed(phone.serial)
        yield phone
        phone.withdraw(adb_server)


@pytest.fixture(scope="module")
def client(adb_server: int) -> Any:
    return adbutils.AdbClient(port=adb_server)


@pytest.fixture(scope="module")
def device(phone: Simulator, client: Any) -> Any:
    return client.device(phone.serial)


# -- the server's view ----------------------------------------------------------------------------
def test_state_features_and_properties(device: Any, phone: Simulator) -> None:
    assert device.get_state() == "device"
    assert device.get_serialno() == phone.serial
    assert "shell_v2" in device.get_features().split(",")
    assert device.prop.model == "Simulated Phone"
    assert device.prop.get("ro.build.version.sdk") == "34"


def test_a_device_by_its_transport_id(client: Any, phone: Simulator) -> None:
    entry = next(info for info in client.list(extended=True) if info.serial == phone.serial)
    assert entry.tags["model"] == "Simulated_Phone"
    by_id = client.device(transport_id=int(entry.tags["transport_id"]))
    assert by_id.shell("getprop ro.serialno") == client.device(phone.serial).shell(
        "getprop ro.serialno"
    )


def test_tracking_sees_a_phone_go_and_come(client: Any, make_phone: MakePhone) -> None:
    other = make_phone()
    events = client.track_devices()
    seen = {next(events).serial for _ in client.list()}
    assert other.serial in seen
    threading.Thread(target=run_adb, args=("disconnect", other.serial)).start()
    gone = next(event for event in events if event.serial == other.serial)
    assert (gone.present, gone.status) == (False, "absent")
    threading.Thread(target=run_adb, args=("connect", other.serial)).start()
    back = next(
        event for event in events if (event.serial, event.status) == (other.serial, "device")
    )
    assert back.present
    events.close()


# -- shell ----------------------------------------------------------------------------------------
def test_shells_of_both_protocols(device: Any) -> None:
    assert device.shell("printf '\\001\\377'", encoding=None) == b"\x01\xff"
    assert device.shell2("echo out; false").returncode == 1
    apart = device.shell2("echo out; echo err >&2; exit 4", v2=True)
    assert (apart.stdout, apart.stderr, apart.returncode) == ("out\n", "err\n", 4)
    with pytest.raises(adbutils.AdbTimeout):
        device.shell("sleep 5", timeout=0.3)


def test_an_open_shell_answers_while_it_runs(device: Any) -> None:
    connection = device.open_shell("cat")
    connection.send(b"line\n")
    assert connection.recv(10) == b"line\n"
    connection.close()


def test_logcat_ends_when_it_is_told_to(device: Any, tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    event = device.logcat(str(file), clear=True, re_filter="hello")
    wait_until(lambda: "logcat -v" in device.shell("ps -A -o ARGS"))  # the clearing is over
    device.shell("log -t tag hello there")
    wait_until(lambda: "hello there" in file.read_text())
    event.stop(timeout=10)  # it looks up at the next line of any kind
    lines = file.read_text().splitlines()
    assert all("hello there" in line for line in lines)


def test_root_and_tcpip_answer_as_a_production_build(make_phone: MakePhone, client: Any) -> None:
    other = make_phone()
    device = client.device(other.serial)
    assert device.root() == "adbd cannot run as root in production builds\n"
    assert device.tcpip(5555) == "restarting in TCP mode port: 5555\n"


# -- sockets --------------------------------------------------------------------------------------
def test_forwards_are_listed_kept_and_removed(device: Any) -> None:
    port = _free_port()
    device.forward(f"tcp:{port}", "tcp:7001")
    with pytest.raises(adbutils.AdbError, match="cannot rebind"):
        device.forward(f"tcp:{port}", "tcp:7002", norebind=True)
    assert device.forward_port(8888) == device.forward_port(8888)
    assert {item.remote for item in device.forward_list()} == {"tcp:7001", "tcp:8888"}
    device.forward_remove(f"tcp:{port}")
    with pytest.raises(adbutils.AdbError, match="not found"):
        device.forward_remove(f"tcp:{port}")
    device.forward_remove_all()
    assert device.forward_list() == []


def test_reverses_are_listed_kept_and_removed(device: Any) -> None:
    device.reverse("tcp:5001", "tcp:6001")
    device.reverse("localabstract:name", "tcp:6002")
    with pytest.raises(adbutils.AdbError, match="cannot rebind"):
        device.reverse("tcp:5001", "tcp:6003", norebind=True)
    assert [(item.remote, item.local) for item in device.reverse_list()] == [
        ("tcp:5001", "tcp:6001"),
        ("localabstract:name", "tcp:6002"),
    ]
    device.reverse_remove("localabstract:name")
    with pytest.raises(adbutils.AdbError):
        device.reverse_remove("tcp:9999")
    device.reverse_remove_all()
    assert device.reverse_list() == []


@pytest.mark.parametrize(
    ("network", "address"),
    [
        (adbutils.Network.TCP, 1),
        (adbutils.Network.LOCAL_ABSTRACT, "nobody"),
        (adbutils.Network.LOCAL_RESERVED, "nobody"),
        (adbutils.Network.LOCAL_FILESYSTEM, "/dev/socket/nobody"),
        (adbutils.Network.DEV, "/dev/nothing"),
    ],
)
def test_sockets_that_nobody_listens_on_are_closed(device: Any, network: Any, address: Any) -> None:
    with pytest.raises(adbutils.AdbError, match="closed"):
        device.create_connection(network, address)


# -- screen and input -----------------------------------------------------------------------------
def test_every_way_to_the_picture_has_its_size(device: Any) -> None:
    assert device.framebuffer().size == (1080, 2400)
    assert device.screenshot(display_id=0).size == (1080, 2400)
    device.shell("wm size 720x1280")
    assert tuple(device.window_size()) == (720, 1280)
    assert device.screenshot().size == (720, 1280)
    device.shell("wm size reset")
    assert tuple(device.window_size(landscape=True)) == (2400, 1080)


def test_screen_keys_and_brightness(device: Any) -> None:
    device.switch_screen(False)
    assert not device.is_screen_on()
    device.switch_screen(True)
    assert device.is_screen_on()
    device.shell("wm dismiss-keyguard")
    device.keyevent("HOME")
    device.brightness_value = 77
    assert device.brightness_value == 77
    device.brightness_mode = adbutils.BrightnessMode.MANUAL
    assert device.brightness_mode is adbutils.BrightnessMode.MANUAL


def test_gestures_and_text_reach_the_screen(device: Any) -> None:
    device.shell("am start -S -W -a android.settings.SETTINGS")
    device.click(0.5, 305)
    wait_until(lambda: "Network" in device.app_current().activity)
    device.swipe(0.5, 0.8, 0.5, 0.3, 0.05)
    device.drag(0.5, 0.5, 0.5, 0.6, 0.05)
    assert device.send_keys("hello") == ""
    assert "Airplane mode" in device.dump_hierarchy()


def test_wifi_and_its_address(device: Any) -> None:
    assert device.wlan_ip().count(".") == 3
    device.switch_wifi(False)
    with pytest.raises(adbutils.AdbError, match="wlan ip"):
        device.wlan_ip()
    device.switch_wifi(True)
    wait_until(lambda: "inet addr:" in device.shell("ifconfig wlan0"))
    assert device.wlan_ip().count(".") == 3


def test_a_recording_is_whole(device: Any, tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    assert not device.is_recording()
    device.start_recording(str(video))
    wait_until(lambda: "screenrecord" in device.shell("ps -A -o NAME"))
    time.sleep(0.3)  # a recording of no length has no pictures
    device.stop_recording()
    data = video.read_bytes()
    assert data[4:8] == b"ftyp"
    assert b"moov" in data


# -- files ----------------------------------------------------------------------------------------
def test_sync_there_and_back(device: Any, tmp_path: Path) -> None:
    sync = device.sync
    assert sync.push(b"x" * 100_000, "/sdcard/a/b/c.bin", check=True) == 100_000
    assert sync.stat("/sdcard/a/b/c.bin").size == 100_000
    assert sync.exists("/sdcard/a/b/c.bin")
    assert not sync.exists("/sdcard/none")
    assert [entry.path for entry in sync.list("/sdcard/a/b")] == [".", "..", "c.bin"]
    assert sync.pull("/sdcard/a", tmp_path / "a") == 100_000
    assert (tmp_path / "a/b/c.bin").stat().st_size == 100_000
    sync.push(tmp_path / "a/b/c.bin", "/sdcard/")
    assert sync.stat("/sdcard/c.bin").size == 100_000
    sync.push(io.BytesIO("é".encode()), "/data/local/tmp/t")
    assert sync.read_text("/data/local/tmp/t") == "é"
    with pytest.raises(adbutils.AdbError, match="No such file"):
        sync.read_bytes("/sdcard/none")
    with pytest.raises(adbutils.AdbError):
        sync.push(b"1", "/system/x")
    device.rmtree("/sdcard/a")
    device.remove("/sdcard/c.bin")
    assert not sync.exists("/sdcard/c.bin")


def test_what_is_no_apk_is_not_installed(device: Any) -> None:
    device.sync.push(b"junk", "/data/local/tmp/junk.apk")
    with pytest.raises(adbutils.AdbInstallError, match="INSTALL_PARSE_FAILED_NOT_APK"):
        device.install_remote("/data/local/tmp/junk.apk")


def test_packages_by_filter(device: Any) -> None:
    everything = device.list_packages()
    assert device.list_packages(["-3"]) == ["org.droidcancel.clips"]
    assert set(device.list_packages(["-s"])) == {*everything} - {"org.droidcancel.clips"}
    assert device.list_packages(["-e"]) == everything
    assert device.app_info("com.android.settings").flags[0] == "SYSTEM"
    assert device.uninstall("no.such.package").startswith("Failure")


def test_reboot_by_shell_comes_back(make_phone: MakePhone, client: Any) -> None:
    other = make_phone()
    device = client.device(other.serial)
    before = device.shell("cat /proc/sys/kernel/random/boot_id")
    device.reboot()

    def another() -> bool:
        run_adb("connect", other.serial)
        done = run_adb("-s", other.serial, "shell", "cat /proc/sys/kernel/random/boot_id")
        return done.returncode == 0 and done.stdout.decode().strip() not in ("", before)

    wait_until(another, what="another boot id")
