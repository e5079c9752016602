"""Connections to the screen server that are used again."""

from __future__ import annotations

import threading

import pytest

from droidcancel.device import Device
from droidcancel.device.way import Way
from droidcancel.simulator import Simulator


def test_calls_to_the_screen_server_share_a_connection(device34: Device) -> None:
    device34.ui.dump()
    opened = count_opened(device34)
    before = device34.round_trips.rpc
    for _ in range(5):
        device34.ui.dump()
    assert device34.round_trips.rpc == before + 5
    assert opened() == 0


def test_a_connection_that_the_server_has_given_up_is_not_used(
    device34: Device, sim34: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from droidcancel.simulator import uiautomator

    monkeypatch.setattr(uiautomator, "READ_TIMEOUT_S", 0.2)
    device34.ui.dump()  # starts the server
    device34.handle.close_kept()
    opened = count_opened(device34)
    device34.ui.dump()
    (kept,) = device34.handle._kept["tcp:9008"]
    while kept.quiet():
        threading.Event().wait(0.02)  # the server closes it by itself
    device34.ui.dump()
    assert opened() == 2


# uiautomator2 leaves the socket of the server's shell open when the link drops under it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_link_that_drops_takes_its_connections_with_it(
    device34: Device, sim34: Simulator
) -> None:
    device34.ui.dump()
    assert device34.handle._kept["tcp:9008"]
    sim34.call(sim34.adbd.drop_connections)
    assert device34.ui.dump().nodes()


def count_opened(device: Device):  # type: ignore[no-untyped-def]
    """How many connections the adb server was asked for from here on."""
    way, count = device.handle._way, [0]

    class Counting(Way):
        def reach(self):  # type: ignore[no-untyped-def]
            count[0] += 1
            return super().reach()

    device.handle._way = Counting(way.server, way.serial)
    return lambda: count[0]
