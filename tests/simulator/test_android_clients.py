"""What adbutils, uiautomator2 and a stock adb read from Android's commands, per API level."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import adbutils
import pytest
import uiautomator2

from tests.conftest import MakePhone, run_adb, wait_until

APK = Path(uiautomator2.__file__).parent / "assets" / "app-uiautomator.apk"
KEYBOARD = "com.github.uiautomator"
SETTINGS = "com.android.settings"
LEVELS = [24, 28, 29, 30, 33, 36]


@pytest.fixture(params=LEVELS)
def device(make_phone: MakePhone, adb_server: int, request: pytest.FixtureRequest) -> Any:
    phone = make_phone(api=request.param)
    return adbutils.AdbClient(port=adb_server).device(phone.serial)


def test_adbutils_reads_the_phone(device: Any) -> None:
    current = device.app_current()
    assert current.package == "com.android.launcher3"
    assert current.activity.endswith(".Launcher")
    assert device.rotation() == 0
    assert device.window_size() == (1080, 2400)
    assert device.is_screen_on()
    battery = device.battery()
    assert (battery.level, battery.usb_powered, battery.temperature) == (100, True, 25.0)
    assert device.brightness_value == 102
    assert "com.android.settings" in device.list_packages()
    assert device.list_packages(["-3"]) == []


def test_adbutils_installs_starts_and_removes(device: Any) -> None:
    device.install(str(APK), nolaunch=True, silent=True)
    info = device.app_info(KEYBOARD)
    assert (info.version_name, info.version_code) == ("2.4.0", 2004001)
    assert "DEBUGGABLE" in info.flags
    assert info.signature
    assert info.first_install_time is not None
    assert info.last_update_time is not None
    assert info.path.endswith(".apk")
    device.app_start(KEYBOARD)
    assert wait_until(lambda: device.app_current().package == KEYBOARD)
    device.app_stop(KEYBOARD)
    assert wait_until(lambda: device.app_current().package != KEYBOARD)
    assert device.uninstall(KEYBOARD)
    assert device.app_info(KEYBOARD) is None


def test_stock_adb_installs_as_a_stream(make_phone: MakePhone) -> None:
    phone = make_phone(api=34)
    done = run_adb("-s", phone.serial, "install", "-r", "-t", str(APK))
    assert (done.returncode, b"Success" in done.stdout) == (0, True), done
    shell = run_adb("-s", phone.serial, "shell", "pm", "path", KEYBOARD)
    assert shell.stdout.startswith(b"package:/data/app/")
    removed = run_adb("-s", phone.serial, "uninstall", KEYBOARD)
    assert removed.stdout.strip() == b"Success"


def test_a_push_is_indexed_and_listed(make_phone: MakePhone, tmp_path: Path) -> None:
    phone = make_phone(api=33)
    video = tmp_path / "clip.mp4"
    video.write_bytes(b"no real video")
    run_adb("-s", phone.serial, "push", str(video), "/sdcard/Movies/clip.mp4")
    scan = "content call --uri content://media --method scan_file --arg"
    done = run_adb("-s", phone.serial, "shell", f"{scan} /storage/emulated/0/Movies/clip.mp4")
    assert b"content://media/external_primary/video/media/1}]" in done.stdout
    uri = "content://media/external/video/media"
    where = "\"_display_name='clip.mp4'\""
    row = run_adb("-s", phone.serial, "shell", f"content query --uri {uri} --where {where}")
    assert row.stdout.startswith(b"Row: 0 _id=1, _data=/storage/emulated/0/Movies/clip.mp4")


def test_uiautomator2_starts_apps_and_types(make_phone: MakePhone, adb_server: int) -> None:
    phone = make_phone(api=34)
    d = uiautomator2.connect(adbutils.AdbClient(port=adb_server).device(phone.serial))
    d.app_start(SETTINGS, wait=True)
    assert d.app_current()["package"] == SETTINGS
    assert SETTINGS in d.app_list_running()
    assert d.app_info(SETTINGS)["versionName"]
    d.set_input_ime()
    assert d.current_ime() == f"{KEYBOARD}/.AdbKeyboard"
    assert KEYBOARD in d.app_list("-3")
    d.app_stop(SETTINGS)
    assert SETTINGS not in d.app_list_running()
