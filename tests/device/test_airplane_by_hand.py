"""Airplane mode where no command does it: the switch is tapped, in the phone's language."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from droidcancel.device import Device, connect
from droidcancel.device.airplane_page import QUICK_TILE, SETTINGS_PAGE
from droidcancel.errors import NotEffective, UiError
from droidcancel.journal import Journal
from droidcancel.secret import Secret
from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.options import LOCALES
from tests.conftest import wait_until
from tests.device.conftest import Boot

EVERYDAY = ("ar-EG", "hi-IN", "zh-TW")
NO_COMMAND = range(24, 28)  # Android 7 to 8.1
each_locale = pytest.mark.parametrize(
    "locale",
    [
        locale if locale in EVERYDAY else pytest.param(locale, marks=pytest.mark.extended)
        for locale in LOCALES
    ],
)


@pytest.fixture
def reach(boot: Boot) -> Iterator[Callable[..., tuple[Device, Simulator]]]:
    """Boots a phone and connects to it: `reach(api=26, locale="de-DE")`."""
    opened: list[Device] = []

    def make(**options: object) -> tuple[Device, Simulator]:
        options = {"apps": (), **options}
        sim = boot(PhoneOptions(**options))  # type: ignore[arg-type]
        opened.append(connect(sim.serial))
        return opened[-1], sim

    yield make
    for device in opened:
        device.close()


Reach = Callable[..., tuple[Device, Simulator]]


def radios(sim: Simulator) -> tuple[bool, bool]:
    """Whether the phone's radios are in airplane mode, and whether it has a network."""
    net = sim.phone.connectivity
    return sim.call(lambda: (net.airplane, net.active_network() is not None))


def there_and_back(device: Device, sim: Simulator, way: str) -> None:
    change = device.network.set_airplane(True)
    device.network.wait_offline(20)
    assert (change.way, radios(sim)) == (way, (True, False))
    back = device.network.set_airplane(False)
    device.network.wait_online(20)
    assert (back.way, radios(sim)) == (way, (False, True))


@each_locale
def test_the_switch_is_tapped_on_the_settings_page(reach: Reach, locale: str) -> None:
    device, sim = reach(api=26, locale=locale)
    assert not sim.call(lambda: sim.phone.connectivity.airplane_setting)
    front = device.activities.foreground()
    there_and_back(device, sim, SETTINGS_PAGE)
    assert device.activities.foreground() == front


@each_locale
def test_the_tile_is_tapped_where_the_page_shows_no_switch(reach: Reach, locale: str) -> None:
    device, sim = reach(api=27, locale=locale)
    without_page(sim)
    there_and_back(device, sim, QUICK_TILE)
    assert not sim.call(lambda: sim.phone.system_ui.shade.is_open)


def without_page(sim: Simulator) -> None:
    """A build whose Settings app has no page for airplane mode."""
    settings = sim.phone.packages.get("com.android.settings")
    assert settings is not None
    sim.call(lambda: setattr(settings, "enabled", False))


@pytest.mark.parametrize(
    ("api", "locale"),
    [
        (26, "en-US"),
        pytest.param(33, "fr-FR", marks=pytest.mark.extended),
        pytest.param(27, "ar-EG", marks=pytest.mark.extended),
    ],
)
def test_the_tile_may_stand_on_another_page(reach: Reach, api: int, locale: str) -> None:
    quirks = ("airplane-tile-later", "airplane-cmd-refused")
    device, sim = reach(api=api, locale=locale, quirks=quirks)
    without_page(sim)
    there_and_back(device, sim, QUICK_TILE)


@pytest.mark.parametrize(
    ("quirks", "way"),
    [((), "settings and broadcast, as root"), (("airplane-broadcast-refused",), SETTINGS_PAGE)],
)
def test_root_may_broadcast_unless_the_build_refuses(
    reach: Reach, quirks: tuple[str, ...], way: str
) -> None:
    device, sim = reach(api=26, debuggable=True, quirks=quirks)
    there_and_back(device, sim, way)


@pytest.mark.parametrize("api", NO_COMMAND)
def test_every_android_without_a_command_has_this_way(reach: Reach, api: int) -> None:
    device, sim = reach(api=api)
    assert device.network.can("airplane").ok
    there_and_back(device, sim, SETTINGS_PAGE)


@pytest.mark.parametrize("vendor", ["settings-one-ui", "settings-miui"])
@pytest.mark.parametrize(
    "locale",
    [
        "de-DE",
        *(pytest.param(at, marks=pytest.mark.extended) for at in ("en-US", "ko-KR", "ar-EG")),
    ],
)
def test_vendors_word_and_build_the_page_otherwise(reach: Reach, vendor: str, locale: str) -> None:
    device, sim = reach(api=26, locale=locale, quirks=(vendor,))
    there_and_back(device, sim, SETTINGS_PAGE)


@pytest.mark.slow
def test_where_neither_is_found_nothing_is_touched(reach: Reach) -> None:
    device, sim = reach(api=26, quirks=("no-airplane-tile",))
    without_page(sim)
    with pytest.raises(UiError, match="cannot be switched by hand here") as caught:
        device.network.set_airplane(True)
    assert "quick settings" in caught.value.message
    assert radios(sim) == (False, True)
    assert not sim.call(lambda: sim.phone.system_ui.shade.is_open)


def test_behind_a_lock_screen_it_is_refused_with_the_reason(reach: Reach) -> None:
    device, sim = reach(api=26, quirks=("pin-lock",))
    with pytest.raises(UiError, match="lock screen"):
        device.network.set_airplane(True)
    assert radios(sim) == (False, True)
    device.unlock(Secret("2580"))
    there_and_back(device, sim, SETTINGS_PAGE)


# -- a command that is there, and is refused -------------------------------------------------
@pytest.mark.parametrize("api", [pytest.param(28, marks=pytest.mark.extended), 33])
def test_a_refused_command_is_seen_and_the_switch_tapped(reach: Reach, api: int) -> None:
    device, sim = reach(api=api, quirks=("airplane-cmd-refused",))
    assert "SecurityException" in device.shell.run(device.network.command("airplane", True)).text
    assert radios(sim) == (False, True)
    there_and_back(device, sim, SETTINGS_PAGE)
    assert "Settings page" in device.network.can("airplane").way


@pytest.mark.extended
def test_a_refused_command_with_no_switch_to_tap_is_no_airplane_mode(reach: Reach) -> None:
    device, sim = reach(api=33, quirks=("airplane-cmd-refused", "no-airplane-tile"))
    without_page(sim)
    with pytest.raises(NotEffective, match=r"did not go on: cmd connectivity .* was refused"):
        device.network.set_airplane(True)
    assert radios(sim) == (False, True)


@pytest.mark.parametrize("api", [pytest.param(21, marks=pytest.mark.extended), 23])
def test_a_refused_broadcast_leaves_no_setting_that_only_looks_on(reach: Reach, api: int) -> None:
    device, sim = reach(api=api, quirks=("airplane-broadcast-refused",))
    said = device.shell.run(device.network.command("airplane", True)).text
    assert "the broadcast was refused" in said
    assert device.settings.get("global", "airplane_mode_on") == "0"
    assert radios(sim) == (False, True)
    there_and_back(device, sim, SETTINGS_PAGE)


# -- and put back ----------------------------------------------------------------------------
def test_the_journal_puts_it_back_when_a_run_is_interrupted(reach: Reach, tmp_path: Path) -> None:
    device, sim = reach(api=26, locale="ja-JP")
    journal = Journal(tmp_path / "j.jsonl")

    def run() -> None:
        with journal.change(device, "airplane"):
            device.network.set_airplane(True)
            device.network.wait_offline(20)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    device.network.wait_online(20)
    assert radios(sim) == (False, True)
    assert journal.open_records() == []


CRASH = """
    import sys, time
    from droidcancel.device import connect
    from droidcancel.journal import Journal

    device = connect(sys.argv[1])
    Journal.of(device.serial).begin(device, "airplane")
    device.network.set_airplane(True)
    print("on", flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_a_host_that_was_killed_has_its_phone_put_back_later(
    reach: Reach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, sim = reach(api=26, locale="vi-VN")
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path))
    command = [sys.executable, "-c", textwrap.dedent(CRASH), sim.serial]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ.copy()) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == b"on\n"
        host.send_signal(signal.SIGKILL)
    wait_until(lambda: radios(sim) == (True, False), what="airplane mode")
    (restored,) = Journal.of(sim.serial).restore(device)
    assert (restored.ok, restored.detail) == (True, "put back")
    device.network.wait_online(20)
    assert radios(sim) == (False, True)
