"""The loop that watches an app's bytes on the phone, in a real shell."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from droidcancel.device.byte_watch import ByteWatch, Reading, script
from droidcancel.device.shell import Script, ShellChannel
from droidcancel.device.traffic import SOURCES, Source
from tests.device.local_shell import LocalShells

UID = 10123


@pytest.fixture
def channel() -> Iterator[ShellChannel]:
    shells = LocalShells()
    channel = ShellChannel(shells.open)
    yield channel
    channel.close()
    shells.close()


def source(name: str) -> Source:
    return next(s for s in SOURCES if s.name == name)


class Table:
    """A counter that a command prints, and that grows."""

    def __init__(self, path: Path, cost: float = 0.0) -> None:
        self.path = path
        self.text = "  uid rxBytes rxPackets txBytes txPackets\n"
        self.read = source("dumpsys netstats").on_phone(UID)
        slow = f"sh -c 'sleep {cost}; cat {path}'"
        self.read = self.read.replace("dumpsys netstats", slow, 1)
        self.put(0)

    def put(self, sent: int) -> None:
        part = self.path.with_suffix(".part")
        rows = f"  1012 1 2 999999999 4\n  {UID} 1 2 7 4\n  {UID} 1 2 {sent} 4\n  {UID}0 1 2 99 4\n"
        part.write_text(self.text + rows)
        part.replace(self.path)

    def grow(self, a_second: float, seconds: float) -> None:
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            self.put(int(passed * a_second))
            threading.Event().wait(0.005)


def test_the_last_reading_is_followed_by_the_cut_and_not_by_another(
    channel: ShellChannel, tmp_path: Path
) -> None:
    table, readings = Table(tmp_path / "table", cost=0.2), list[Reading]()
    growing = threading.Thread(target=table.grow, args=(1e6, 3.0))
    watch = ByteWatch(channel, script(table.read, 1_500_000, ["false"]), readings.append)
    began = time.monotonic()
    growing.start()
    assert watch.wait(10)
    took, ended = time.monotonic() - began, watch.result()
    growing.join()
    assert ended is not None
    assert ended.rc == 1
    assert watch.fired_at is not None
    assert took >= 1.2
    assert max(r.sent for r in readings) < 1_600_000
    assert watch.age is not None
    watch.close()


@pytest.mark.extended
def test_what_the_command_takes_is_allowed_for(channel: ShellChannel, tmp_path: Path) -> None:
    table, readings = Table(tmp_path / "table", cost=0.2), list[Reading]()
    growing = threading.Thread(target=table.grow, args=(1e6, 3.0))
    early = script(table.read, 2_000_000, ["false"], lead_cs=60)
    watch = ByteWatch(channel, early, readings.append)
    began = time.monotonic()
    growing.start()
    assert watch.wait(10)
    assert watch.fired_at is not None
    assert 0.9 < watch.fired_at - began < 1.9, "0.6 s before the bytes are there"
    growing.join()
    watch.close()


def test_readings_that_cut_nothing_spare_the_phone(channel: ShellChannel, tmp_path: Path) -> None:
    table, readings = Table(tmp_path / "table", cost=0.1), list[Reading]()
    table.put(900_000)
    watch = ByteWatch(channel, script(table.read, None, None, 20), readings.append, cuts=False)
    wait_for(lambda: len(readings) > 3)
    between = [b.at - a.at for a, b in pairwise(readings[1:])]
    assert min(between) > 0.25, between  # what a reading takes, and twice as long of rest
    watch.close()
    assert watch.over.is_set()
    count = len(readings)
    time_passes(0.4)
    assert len(readings) == count


def test_a_dump_that_comes_to_nothing_is_no_reading(channel: ShellChannel, tmp_path: Path) -> None:
    table, readings = Table(tmp_path / "table"), list[Reading]()
    table.put(900_000)
    watch = ByteWatch(channel, script(table.read, 1_000_000, None), readings.append)
    wait_for(lambda: len(readings) > 1)
    table.path.write_text("Can't find service: netstats\n")
    count = len(readings)
    time_passes(0.3)
    assert len(readings) - count <= 1  # one may have been under way
    assert not watch.fired.is_set()
    table.put(900_500)
    wait_for(lambda: readings[-1].sent == 900_500)
    time_passes(0.2)
    assert not watch.fired.is_set()
    table.put(1_000_000)
    assert watch.wait(10)
    watch.close()


def test_rows_of_the_old_table_are_added_up_without_tunnels(
    channel: ShellChannel, tmp_path: Path
) -> None:
    rows = [
        "idx iface acct_tag_hex uid_tag_int cnt_set rx_bytes rx_packets tx_bytes tx_packets x",
        f"2 wlan0 0x0 {UID} 0 1 1 3000000000 1 0",
        f"3 wlan0 0x0 {UID} 1 1 1 500 1 0",
        f"4 wlan0 0x1f {UID} 1 1 1 77 1 0",
        f"5 tun0 0x0 {UID} 1 1 1 88 1 0",
        f"6 lo 0x0 {UID} 1 1 1 99 1 0",
        f"7 rmnet0 0x0 {UID}4 1 1 1 11 1 0",
    ]
    path = tmp_path / "stats"
    path.write_text("\n".join(rows) + "\n")
    read = source("xt_qtaguid").on_phone(UID).replace("/proc/net/xt_qtaguid/stats", str(path))
    readings = list[Reading]()
    watch = ByteWatch(channel, script(read, None, None), readings.append)
    wait_for(lambda: len(readings) > 1)
    assert readings[-1].sent == 3_000_000_500
    watch.close()


def test_a_link_that_ends_is_told(channel: ShellChannel, tmp_path: Path) -> None:
    table = Table(tmp_path / "table")
    watch = ByteWatch(channel, script(table.read, 10**9, Script("true")), lambda _: None)
    wait_for(lambda: watch.last is not None)
    channel.run(["kill", "-9", str(watch._running.pid)])
    assert watch.over.wait(10)
    assert not watch.wait(1)
    assert watch.result() is None


def wait_for(condition: object) -> None:
    deadline = time.monotonic() + 10
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time_passes(0.01)


def time_passes(seconds: float) -> None:
    threading.Event().wait(seconds)
