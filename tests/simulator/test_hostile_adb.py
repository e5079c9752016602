"""Hostile hosts: what they send over adb reaches nothing of this machine and blocks nobody."""

from __future__ import annotations

import contextlib
import resource
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from droidcancel.simulator.host import Simulator
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.shell.process import MAX_CHILDREN
from droidcancel.simulator.wire import MAX_PAYLOAD, VERSION, Packet, Parser, encode

HELLO = Packet(b"CNXN", VERSION, MAX_PAYLOAD, b"host::features=shell_v2,cmd,stat_v2,ls_v2\0")
REQUEST = struct.Struct("<4sI")
DEADLINE_S = 30.0
PATIENCE_S = 5.0  # seconds that an answer may take on a loaded machine


@pytest.fixture(scope="module")
def phone() -> Iterator[Simulator]:
    with Simulator(PhoneOptions(api=34), emulator_port=False) as simulator:
        yield simulator


class Host:
    """A bare host: one connection, one stream at a time."""

    def __init__(self, simulator: Simulator) -> None:
        self._socket = socket.create_connection(("127.0.0.1", simulator.port), timeout=DEADLINE_S)
        self._parser = Parser()
        self._number = 100
        self.send(HELLO)
        assert self.receive().command == b"CNXN"

    def close(self) -> None:
        self._socket.close()

    def send(self, packet: Packet) -> None:
        self._socket.sendall(encode(packet))

    def receive(self) -> Packet:
        while not isinstance(packet := self._parser.next_packet(), Packet):
            data = self._socket.recv(65536)
            if not data:
                raise EOFError
            self._parser.receive(data)
        return packet

    def ask(self, service: bytes, data: bytes = b"", *, enough: int = 1 << 30) -> bytes:
        """What a service says until it ends, or until `enough` bytes came."""
        self._number += 1
        mine = self._number
        self.send(Packet(b"OPEN", mine, 0, service + b"\0"))
        said, sent = b"", False
        while True:
            packet = self.receive()
            if packet.arg1 != mine:
                continue
            if packet.command == b"CLSE":
                return said
            if packet.command == b"OKAY" and data and not sent:
                self.send(Packet(b"WRTE", mine, packet.arg0, data))
                sent = True
            if packet.command == b"WRTE":
                said += packet.data
                self.send(Packet(b"OKAY", mine, packet.arg0))
                if len(said) >= enough:
                    self.send(Packet(b"CLSE", mine, packet.arg0))
                    return said


@pytest.fixture
def host(phone: Simulator) -> Iterator[Host]:
    made = Host(phone)
    yield made
    made.close()


def request(name: bytes, path: bytes) -> bytes:
    return REQUEST.pack(name, len(path)) + path


def push(path: bytes, data: bytes, mode: bytes = b"33188") -> bytes:
    whole = request(b"SEND", path + b"," + mode)
    return whole + REQUEST.pack(b"DATA", len(data)) + data + REQUEST.pack(b"DONE", 0)


QUIT = request(b"QUIT", b"")


def disguises(path: str) -> list[str]:
    """Ways to write a path of the host that a careless phone might follow."""
    return [
        path,
        f"/sdcard/../../../../../../../..{path}",
        f"../../../../../../../..{path}",
        f"//{path}",
        f"/proc/self/root{path}",
        f"/proc/1/root{path}",
        f"file://{path}",
        f"/data/local/tmp/link{path}",
        f"/sdcard/\0/..{path}",
    ]


@pytest.fixture
def bait(tmp_path: Path) -> Path:
    file = tmp_path / "bait.txt"
    file.write_text("HOSTSECRET")
    return file


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[list[str]]:
    """What the process did to the host while the test ran (PEP 578 audit events)."""
    seen: list[str] = []
    on = True
    forbidden = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn")
    changing = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if not on:
            return
        named = event == "open" or event.startswith(changing) or event in ("os.listdir",)
        if event.startswith(forbidden) or (named and str(tmp_path) in str(arguments[0])):
            seen.append(f"{event} {arguments!r}")

    sys.addaudithook(hook)
    (tmp_path / "probe").write_text("")
    assert seen.pop().startswith("open")
    yield seen
    on = False


def test_no_path_leads_to_the_host(host: Host, bait: Path, watched: list[str]) -> None:
    host.ask(b"shell:ln -s / /data/local/tmp/link")
    for path in disguises(str(bait)):
        name = path.encode()
        for verb in (b"RECV", b"STAT", b"LIST", b"LST2", b"LIS2"):
            assert b"HOSTSECRET" not in host.ask(b"sync:", request(verb, name) + QUIT)
        host.ask(b"sync:", push(name, b"overwritten") + QUIT)
        host.ask(b"sync:", push(b"/data/local/tmp/to", name, b"41471") + QUIT)
        assert b"HOSTSECRET" not in host.ask(b"sync:", request(b"RECV", b"/data/local/tmp/to"))
    assert watched == []
    assert bait.read_text() == "HOSTSECRET"


READERS = (
    "cat {}", "cat < {}", ". {}", "sh {}", "dd if={}", "cp {} /sdcard/x; cat /sdcard/x",
    "grep . {}", "sed '' {}", "tar cf - {}", "base64 {}", "xxd {}", "echo $(<{})",
    "read x < {}; echo $x", "sort {}",
    "find {} -exec cat '{{}}' ';'", "pm install {}", "content read --uri file://{}",
    "am start -d file://{}", "TZ={} date", "TZ=:{} date", "ENV={} sh -c :", "logcat -f {} -d",
)  # fmt: skip
WRITERS = (
    "echo x > {}", "echo x >> {}", "rm -f {}", "mv {} /sdcard/y", "cp /proc/version {}",
    "screencap -p {}", "uiautomator dump {}", "sort -o {} /proc/version", "tee {} < /proc/version",
    "sed -i s/H/x/ {}", "gzip {}", "truncate -s 0 {}", "touch {}", "chmod 0 {}", "ln -sf /x {}",
    "dd if=/dev/zero of={} count=1", "screenrecord --time-limit 1 --size 64x64 {}",
    "tar xf /sdcard/a.tar -C {}", "find {} -delete", "bugreportz; bugreport {}",
)  # fmt: skip


@pytest.mark.parametrize("commands", [READERS, WRITERS], ids=["reading", "writing"])
def test_no_command_reaches_the_host(
    commands: tuple[str, ...], host: Host, bait: Path, watched: list[str]
) -> None:
    quoted = [f"'{path}'" for path in disguises(str(bait)) if "\0" not in path][:4]
    for command in commands:
        script = "; ".join(command.format(path) for path in quoted)
        said = host.ask(f"shell:cd /sdcard; {script}".encode(), enough=1 << 20)
        assert b"HOSTSECRET" not in said, command
    assert watched == []
    assert bait.read_text() == "HOSTSECRET"


def test_a_phone_runs_nothing_on_the_host(host: Host, watched: list[str]) -> None:
    for command in (
        "su -c id",
        "/bin/sh -c id",
        "python3 -c 1",
        "exec /bin/sh -c id",
        "am bug-report",
    ):
        host.ask(f"shell:{command}".encode())
    assert watched == []


SYNC = some.one_of(
    some.binary(max_size=60),
    some.builds(
        lambda name, length, rest: REQUEST.pack(name, length) + rest,
        some.sampled_from([b"STAT", b"LIST", b"SEND", b"RECV", b"LIS2", b"SND2", b"RCV2", b"DATA"]),
        some.one_of(some.integers(0, 40), some.sampled_from([1 << 16, 1 << 31, 0xFFFFFFFF])),
        some.binary(max_size=60),
    ),
    some.builds(
        request,
        some.sampled_from([b"STAT", b"LIST", b"RECV", b"LST2", b"STA2", b"QUIT", b"LIS2"]),
        some.one_of(
            some.sampled_from([b"/", b"/sdcard", b"/proc", b"/proc/version", b"..", b"."]),
            some.binary(max_size=20),
        ),
    ),
    some.builds(
        push,
        some.binary(max_size=30).map(b"/data/local/tmp/".__add__),
        some.binary(max_size=30),
        some.one_of(some.integers(0, 1 << 34).map(lambda n: str(n).encode()), some.binary()),
    ),
)


def faults(phone: Simulator) -> list[str]:
    return phone.call(lambda: [x.message for x in phone.phone.log.lines() if x.priority == "F"])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.lists(SYNC, max_size=5).map(b"".join))
def test_any_sync_session_ends_and_nothing_breaks(phone: Simulator, data: bytes) -> None:
    host = Host(phone)
    try:
        host.send(Packet(b"OPEN", 1, 0, b"sync:\0"))
        accepted = host.receive()
        host.send(Packet(b"WRTE", 1, accepted.arg0, data))
        host.send(Packet(b"CLSE", 1, accepted.arg0))
        assert host.ask(b"shell:echo here") == b"here\n"
    finally:
        host.close()
    assert faults(phone) == []


def test_a_link_to_what_is_no_text_is_replaced(phone: Simulator, host: Host) -> None:
    """A link's target may be any bytes, as a name may."""
    for _ in range(2):  # the second takes the first away
        said = host.ask(b"sync:", push(b"/data/local/tmp/link", b"\xa0\xff", b"41471") + QUIT)
        assert said[:4] in (b"OKAY", b"FAIL")  # what came before may have taken the folder away
    assert faults(phone) == []


def test_a_mode_that_is_no_mode_is_cut_to_its_bits(phone: Simulator, host: Host) -> None:
    said = host.ask(b"sync:", push(b"/data/local/tmp/mode", b"x", b"9" * 900) + QUIT)
    assert said.startswith(b"OKAY")
    assert faults(phone) == []


def test_others_are_served_while_one_makes_deep_paths(phone: Simulator, host: Host) -> None:
    longest = 0.0

    def attack() -> None:
        with contextlib.closing(Host(phone)) as other:
            other.ask(b"sync:", push(b"/data/local/tmp" + b"/d" * 480, b"x") + QUIT)

    attacking = threading.Thread(target=attack)
    attacking.start()
    while attacking.is_alive():
        before = time.monotonic()
        assert host.ask(b"shell:echo here") == b"here\n"
        longest = max(longest, time.monotonic() - before)
    attacking.join()
    assert longest < PATIENCE_S


@pytest.mark.parametrize("service", [b"framebuffer:\0", b"exec:screencap\0"])
def test_pictures_that_nobody_takes_are_not_piled_up(
    phone: Simulator, host: Host, service: bytes
) -> None:
    before = resident_bytes()
    with contextlib.closing(Host(phone)) as hoarder:
        for number in range(1, 301):
            hoarder.send(Packet(b"OPEN", number, 0, service))
        assert host.ask(b"shell:echo here") == b"here\n"
        assert resident_bytes() - before < 300 << 20
    assert len(host.ask(b"exec:screencap")) > 1 << 20


def resident_bytes() -> int:
    """The memory that this process holds at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def wait_for_children(phone: Simulator, count: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while phone.call(lambda: phone.phone.shell.live) != count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_flood_of_streams_lets_others_run(phone: Simulator, host: Host) -> None:
    with contextlib.closing(Host(phone)) as flooder:
        for number in range(1, 1001):
            flooder.send(Packet(b"OPEN", number, 0, b"shell:yes\0"))
        before = time.monotonic()
        assert host.ask(b"sync:", request(b"STAT", b"/sdcard") + QUIT).startswith(b"STAT")
        assert time.monotonic() - before < PATIENCE_S
        wait_for_children(phone, MAX_CHILDREN)
        refused = host.ask(b"shell,v2,raw:true")
        assert refused == b"\x02\x1e\0\0\0error: fork failed: Try again\n\x03\x01\0\0\0\x7e"
    wait_for_children(phone, 0)
    assert faults(phone) == []


def test_settings_and_unknown_commands_are_bounded(phone: Simulator, host: Host) -> None:
    script = (
        "x=$(head -c 1000000 /dev/zero | tr '\\0' x); "
        "for i in 1 2 3 4 5 6; do settings put global k$i $x; done"
    )
    assert b"You are adding too many global settings" in host.ask(f"shell:{script}".encode())
    host.ask(b"shell:for i in 1 2 3 4 5 6; do settings delete global k$i; done")
    assert phone.call(lambda: phone.phone.settings.size) == 0
    assert host.ask(b"shell:settings put global k1 v; settings get global k1") == b"v\n"
