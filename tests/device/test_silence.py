"""A link that hangs without a word: everything has a deadline."""

from __future__ import annotations

import gc

import pytest

from droidcancel.device import adb, connect
from droidcancel.errors import AdbError, UiError
from droidcancel.simulator import PhoneOptions
from tests.device.conftest import Boot


# adbutils leaves the socket of a call that broke off to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("used", [False, True])
def test_a_silent_link_is_told_and_not_waited_for(
    boot: Boot, monkeypatch: pytest.MonkeyPatch, used: bool
) -> None:
    """Also where uiautomator2 talks to the phone by itself, to start its server."""
    monkeypatch.setattr(adb, "SILENT_S", 1.0)
    monkeypatch.setattr(adb, "TRANSPORT_TIMEOUT_S", 1.0)
    sim = boot(PhoneOptions(apps=()))
    with connect(sim.serial) as device:
        if used:
            assert device.ui.dump().nodes()
        sim.call(lambda: sim.adbd.set_stalled(True))
        try:
            with pytest.raises(UiError):
                device.ui.tap(5, 5)
            with pytest.raises(AdbError):
                device.shell.run(["true"], 1.0)
        finally:
            sim.call(lambda: sim.adbd.set_stalled(False))
    gc.collect()  # here, where it is expected


@pytest.mark.timeout(60)
def test_a_screen_server_outlives_a_silence_that_means_nothing(
    boot: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in a shell that prints nothing for as long as it runs."""
    monkeypatch.setattr(adb, "SILENT_S", 0.5)
    sim = boot(PhoneOptions(apps=()))

    def servers() -> list[int]:
        return [p.pid for p in sim.phone.processes if "com.wetest.uia2.Main" in p.args]

    with connect(sim.serial) as device:
        assert device.ui.dump().nodes()
        before = sim.call(servers)
        for _ in range(8):
            assert device.shell.run(["sleep", "0.1"]).rc == 0
        assert device.ui.dump().nodes()
        assert sim.call(servers) == before
