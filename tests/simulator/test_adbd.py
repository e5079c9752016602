"""adbd: authorisation, flow control, faults; against adb-shell and raw packets."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from adb_shell.adb_device import AdbDeviceTcp
from adb_shell.auth.keygen import keygen
from adb_shell.auth.sign_cryptography import CryptographySigner
from adb_shell.exceptions import DeviceAuthError, PushFailedError, TcpTimeoutException
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.adb_connection import MAX_UNREAD, Connection
from droidcancel.simulator.adbd import Adbd, features
from droidcancel.simulator.auth import PublicKey
from droidcancel.simulator.usb_debugging import UsbDebugging
from droidcancel.simulator.wire import (
    MAX_PAYLOAD,
    NEED_DATA,
    VERSION,
    VERSION_CHECKSUM,
    Banner,
    Packet,
    Parser,
    encode,
)
from tests.conftest import wait_until

HELLO = Packet(b"CNXN", VERSION, MAX_PAYLOAD, b"host::features=shell_v2\0")


class Host:
    """A host that does as little as the test says."""

    def __init__(self, port: int, version: int = VERSION) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.socket.settimeout(5)
        self.version = version
        self.parser = Parser()

    def send(self, command: bytes, arg0: int, arg1: int, data: bytes = b"") -> None:
        self.socket.sendall(encode(Packet(command, arg0, arg1, data), self.version))

    def next(self) -> Packet:
        while True:
            packet = self.parser.next_packet()
            if isinstance(packet, Packet):
                return packet
            assert packet is NEED_DATA
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.parser.receive(data)

    def silent(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes for so long."""
        self.socket.settimeout(seconds)
        try:
            self.next()
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(5)
        return False

    def hello(self) -> Packet:
        self.send(b"CNXN", self.version, MAX_PAYLOAD, HELLO.data)
        return self.next()

    def open(self, service: str, local: int = 1) -> Packet:
        self.send(b"OPEN", local, 0, service.encode() + b"\0")
        return self.next()


@pytest.fixture
def connect() -> Iterator[Callable[..., Host]]:
    """Makes hosts, and closes them at the end."""
    hosts: list[Host] = []

    def make(port: int, version: int = VERSION) -> Host:
        hosts.append(Host(port, version))
        return hosts[-1]

    yield make
    for host in hosts:
        host.socket.close()


Connect = Callable[..., Host]


@contextmanager
def simulator(**options: object) -> Iterator[Simulator]:
    options.setdefault("apps", ())
    with Simulator(PhoneOptions(**options), emulator_port=False) as phone:  # type: ignore[arg-type]
        yield phone


@pytest.fixture(scope="module")
def phone() -> Iterator[Simulator]:
    with simulator() as phone:
        yield phone


@pytest.fixture
def host(phone: Simulator, connect: Connect) -> Host:
    return connect(phone.port)


# -- greeting ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("api", "version", "payload"),
    [(23, VERSION_CHECKSUM, 4096), (27, VERSION_CHECKSUM, 262144), (28, VERSION, MAX_PAYLOAD)],
)
def test_version_and_payload_are_those_of_the_release(
    api: int, version: int, payload: int, connect: Connect
) -> None:
    with simulator(api=api) as phone:
        host = connect(phone.port)
        packet = host.hello()
        assert (packet.command, packet.arg0, packet.arg1) == (b"CNXN", version, payload)
        banner = Banner.parse(packet.data)
        assert banner.kind == "device"
        assert banner.properties["ro.product.model"] == "Simulated Phone"
        assert banner.features == features(api)


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        (23, ""),
        (24, "cmd shell_v2"),
        (28, "cmd shell_v2 stat_v2"),
        (
            29,
            "abb abb_exec apex cmd fixed_push_mkdir fixed_push_symlink_timestamp shell_v2 stat_v2",
        ),
    ],
)
def test_features_are_those_of_stock_banners(api: int, expected: str) -> None:
    assert features(api) == frozenset(expected.split())


@pytest.mark.parametrize("address", ["0.0.0.0", "", "::", "192.0.2.1", "localhost.example"])
def test_listens_on_the_loopback_address_only(phone: Simulator, address: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        phone.run(Adbd(phone.phone).start(address))


# -- authorisation -------------------------------------------------------------------------
@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "adbkey"
    keygen(str(path))
    return path


def signer(key: Path) -> CryptographySigner:
    return CryptographySigner(str(key))


def test_a_known_key_is_let_in_by_its_signature(key: Path) -> None:
    with simulator(secure=True) as phone:
        phone.adbd.keys.accept_new = False
        phone.adbd.keys.add(key.with_suffix(".pub").read_bytes())
        device = AdbDeviceTcp("127.0.0.1", phone.port, default_transport_timeout_s=5)
        assert device.connect(rsa_keys=[signer(key)], auth_timeout_s=3)
        assert device.shell("echo hello") == "hello\n"
        device.close()


def test_an_unknown_key_waits_for_the_user(key: Path) -> None:
    asked: list[PublicKey] = []

    async def allow(offered: PublicKey) -> bool:
        asked.append(offered)
        return len(asked) > 1

    with simulator(secure=True) as phone:
        phone.adbd.keys.ask = allow
        device = AdbDeviceTcp("127.0.0.1", phone.port, default_transport_timeout_s=5)
        with pytest.raises(TcpTimeoutException):
            device.connect(rsa_keys=[signer(key)], auth_timeout_s=0.5)
        device.close()
        assert not phone.adbd.keys.keys
        assert device.connect(rsa_keys=[signer(key)], auth_timeout_s=3)
        assert device.shell("echo in") == "in\n"
        device.close()
    assert len(phone.adbd.keys.keys) == 1
    assert len(asked[0].fingerprint.split(":")) == 16


@pytest.mark.parametrize(("locale", "allow"), [("en-US", "Allow"), ("id-ID", "Izinkan")])
def test_the_user_allows_a_key_on_the_screen(key: Path, locale: str, allow: str) -> None:
    with simulator(secure=True, locale=locale) as phone:
        phone.adbd.keys.ask = phone.call(lambda: UsbDebugging(phone.phone)).ask
        device = AdbDeviceTcp("127.0.0.1", phone.port, default_transport_timeout_s=10)
        with ThreadPoolExecutor(1) as pool:
            connected = pool.submit(device.connect, rsa_keys=[signer(key)], auth_timeout_s=10)
            xml = wait_until(lambda: with_text(phone, allow), what="the dialog")
            asked = PublicKey.parse(key.with_suffix(".pub").read_bytes())
            assert asked
            assert asked.fingerprint in xml
            assert not connected.done()
            node = re.search(f'text="{allow}".*?bounds="([^"]+)"', xml)
            assert node
            left, top, right, bottom = map(int, re.findall(r"\d+", node[1]))
            phone.run(phone.phone.input.tap((left + right) // 2, (top + bottom) // 2))
            assert connected.result(10)
        assert not with_text(phone, allow)
        device.close()


def with_text(phone: Simulator, text: str) -> str:
    """The hierarchy when it shows `text`, else nothing."""
    xml: str = phone.call(lambda: phone.phone.screen.windows_xml(False))
    return xml if f'text="{text}"' in xml else ""


def test_a_host_without_a_key_gets_nowhere(key: Path, connect: Connect) -> None:
    with simulator(secure=True) as phone:
        device = AdbDeviceTcp("127.0.0.1", phone.port, default_transport_timeout_s=5)
        with pytest.raises(DeviceAuthError):
            device.connect(rsa_keys=[])
        host = connect(phone.port)
        token = host.hello()
        assert (token.command, token.arg0, len(token.data)) == (b"AUTH", 1, 20)
        host.send(b"OPEN", 1, 0, b"shell:id\0")
        with pytest.raises((EOFError, ConnectionError)):
            host.next()


def test_a_signature_of_another_token_is_refused(key: Path, connect: Connect) -> None:
    with simulator(secure=True) as phone:
        phone.adbd.keys.accept_new = False
        phone.adbd.keys.add(key.with_suffix(".pub").read_bytes())
        host = connect(phone.port)
        first = host.hello()
        stale = signer(key).Sign(bytes(20))
        host.send(b"AUTH", 2, 0, stale)
        second = host.next()
        assert second.command == b"AUTH"
        assert second.data != first.data
        host.send(b"AUTH", 2, 0, signer(key).Sign(second.data))
        assert host.next().command == b"CNXN"


def test_guessing_signatures_ends(key: Path, connect: Connect) -> None:
    with simulator(secure=True) as phone:
        host = connect(phone.port)
        host.hello()

        def guess() -> None:
            for _ in range(100):
                host.send(b"AUTH", 2, 0, b"\1" * 256)
                host.next()

        with pytest.raises((EOFError, ConnectionError)):
            guess()


@given(st.binary(max_size=300))
def test_no_bytes_pass_for_a_signature(data: bytes) -> None:
    key = PublicKey((1 << 2047) + 12345, 65537)
    assert not key.verify(bytes(20), data)


# -- streams -------------------------------------------------------------------------------
def test_the_last_bytes_are_taken_before_the_stream_ends(host: Host) -> None:
    host.hello()
    accepted = host.open("shell:echo out")
    assert accepted.command == b"OKAY"
    written = host.next()
    assert (written.command, written.data) == (b"WRTE", b"out\n")
    assert host.silent(), "CLSE must wait for the OKAY of what was written"
    host.send(b"OKAY", 1, accepted.arg0)
    assert host.next().command == b"CLSE"


def test_one_packet_at_a_time_until_it_is_acknowledged(host: Host) -> None:
    host.hello()
    accepted = host.open("exec:yes")
    assert host.next().command == b"WRTE"
    assert host.silent()
    host.send(b"OKAY", 1, accepted.arg0)
    assert host.next().command == b"WRTE"


@pytest.mark.parametrize("named", [1, 0])  # 0: as hosts before 2016 close
def test_closing_is_answered(host: Host, named: int) -> None:
    host.hello()
    accepted = host.open("exec:sleep 50")
    host.send(b"CLSE", named, accepted.arg0)
    closed = host.next()
    assert (closed.command, closed.arg0, closed.arg1) == (b"CLSE", accepted.arg0, 1)


def test_a_host_may_close_without_its_own_id(phone: Simulator, host: Host) -> None:
    """As adb did before 2016: a shell of that host must not outlive it."""
    host.hello()
    accepted = host.open("exec:sh")
    assert phone.call(lambda: len(phone.phone.processes.by_name("sh"))) == 1
    host.send(b"CLSE", 0, accepted.arg0)
    assert host.next().command == b"CLSE"
    wait_until(lambda: phone.call(lambda: phone.phone.processes.by_name("sh") == []))


@pytest.mark.parametrize(
    "service",
    ["", "nonsense:", "backup:x", "sideload:1", "dev:/dev/zero", "localfilesystem:/x",
     "tcp:1", "tcp:80:example.com", "tcp:x", "tcp:²", "localabstract:none", "jdwp:1"],
)  # fmt: skip
def test_what_is_not_there_is_refused(host: Host, service: str) -> None:
    host.hello()
    refused = host.open(service)
    assert (refused.command, refused.arg0, refused.arg1) == (b"CLSE", 0, 1)


def test_a_host_that_does_not_wait_for_okay_is_cut_off(host: Host) -> None:
    host.hello()
    accepted = host.open("exec:sleep 50")

    def flood() -> None:
        for _ in range(20):
            host.send(b"WRTE", 1, accepted.arg0, bytes(MAX_PAYLOAD))
        while True:
            host.next()

    with pytest.raises((EOFError, ConnectionError)):
        flood()


def test_memory_that_hosts_leave_unread_is_bounded(phone: Simulator, host: Host) -> None:
    host.hello()
    held = [0]

    def fill() -> None:
        for number in range(1, 300):
            accepted = host.open("exec:sleep 50", number)
            host.send(b"WRTE", number, accepted.arg0, bytes(MAX_PAYLOAD))
            held.append(phone.call(lambda: sum(c.unread for c in phone.adbd.connections)))

    with pytest.raises((EOFError, ConnectionError)):
        fill()
    assert MAX_UNREAD // 2 < max(held) <= MAX_UNREAD
    wait_until(lambda: phone.call(lambda: not phone.adbd.connections), what="the host to go")


def test_what_comes_before_the_hosts_okay_is_not_heard(phone: Simulator, host: Host) -> None:
    host.hello()
    opened = host.open("reverse:forward:tcp:7007;tcp:1")
    assert opened.command == b"OKAY"
    for _ in range(3):  # its answer, twice OKAY, and the end
        packet = host.next()
        if packet.command == b"WRTE":
            host.send(b"OKAY", 1, packet.arg0)
        if packet.command == b"CLSE":
            break

    async def talk() -> bytes:
        stream = await phone.phone.ports.connect("tcp:7007")
        try:
            return await stream.read()
        finally:
            stream.close()

    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(phone.run, talk())
        asked = host.next()
        assert (asked.command, asked.data) == (b"OPEN", b"tcp:1\0")
        host.send(b"WRTE", 55, asked.arg0, b"too early")
        host.send(b"OKAY", 55, asked.arg0)
        host.send(b"WRTE", 55, asked.arg0, b"in time")
        assert read.result(10) == b"in time"


def test_old_hosts_with_checksums_are_served(phone: Simulator, connect: Connect) -> None:
    host = connect(phone.port, VERSION_CHECKSUM)
    host.hello()
    host.parser.version = VERSION_CHECKSUM
    host.open("exec:echo summed")
    assert host.next().data == b"summed\n"


# -- faults --------------------------------------------------------------------------------
def test_dropped_hosts_may_come_back(phone: Simulator, host: Host, connect: Connect) -> None:
    host.hello()
    phone.call(phone.adbd.drop_connections)
    with pytest.raises((EOFError, ConnectionError)):
        host.next()
    again = connect(phone.port)
    assert again.hello().command == b"CNXN"


def test_an_offline_phone_takes_hosts_and_says_nothing(phone: Simulator, connect: Connect) -> None:
    phone.call(lambda: phone.adbd.set_offline(True))
    try:
        host = connect(phone.port)
        host.send(b"CNXN", VERSION, MAX_PAYLOAD, HELLO.data)
        assert host.silent()
    finally:
        phone.call(lambda: phone.adbd.set_offline(False))
    with pytest.raises((EOFError, ConnectionError)):
        host.next()
    back = connect(phone.port)
    assert back.hello().command == b"CNXN"


def test_hooks_see_packets_and_may_lose_them(phone: Simulator, host: Host) -> None:
    seen: list[bytes] = []

    async def lose_opens(connection: Connection, packet: Packet) -> bool:
        seen.append(packet.command)
        return packet.command != b"OPEN"

    phone.call(lambda: phone.adbd.hooks.append(lose_opens))
    try:
        host.hello()
        host.send(b"OPEN", 1, 0, b"shell:id\0")
        assert host.silent()
    finally:
        phone.call(phone.adbd.hooks.clear)
    assert seen == [b"CNXN", b"OPEN"]
    assert host.open("exec:echo now").command == b"OKAY"


def test_the_connection_ends_its_commands(phone: Simulator, host: Host) -> None:
    host.hello()
    host.open("exec:sleep 4711")

    def sleeping() -> bool:
        return phone.call(lambda: any("sleep 4711" in p.args for p in phone.phone.processes))

    wait_until(sleeping, what="sleep to run")
    host.socket.close()
    wait_until(lambda: not sleeping(), what="sleep to end")


def test_adb_shell_package_pushes_and_pulls(phone: Simulator, tmp_path: Path) -> None:
    data = bytes(range(256)) * 3000
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(data)
    device = AdbDeviceTcp("127.0.0.1", phone.port, default_transport_timeout_s=10)
    device.connect()
    device.push(str(source), "/data/local/tmp/x/y", mtime=1_600_000_000)
    mode, size, mtime = device.stat("/data/local/tmp/x/y")
    assert (mode & 0o170000, size, mtime) == (0o100000, len(data), 1_600_000_000)
    device.pull("/data/local/tmp/x/y", str(target))
    assert target.read_bytes() == data
    assert [entry.filename for entry in device.list("/data/local/tmp/x")] == [
        bytearray(b"."), bytearray(b".."), bytearray(b"y")
    ]  # fmt: skip
    with pytest.raises(PushFailedError, match="Read-only file system"):
        device.push(str(source), "/system/x")
    device.close()


def test_tls_is_refused_by_closing(host: Host) -> None:
    host.send(b"STLS", 0x01000000, 0)
    with pytest.raises((EOFError, ConnectionError)):
        host.next()
