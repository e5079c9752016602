"""adb packets: a parser without sockets, against bytes of every kind."""

from __future__ import annotations

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.auth import PublicKey
from droidcancel.simulator.wire import (
    COMMANDS,
    HEADER,
    MAX_PAYLOAD,
    NEED_DATA,
    VERSION_CHECKSUM,
    Banner,
    Packet,
    Parser,
    WireError,
    encode,
)

words = st.integers(0, 2**32 - 1)
packets = st.builds(Packet, st.sampled_from(COMMANDS), words, words, st.binary(max_size=300))


def parse(parser: Parser) -> list[Packet]:
    found = []
    while isinstance(packet := parser.next_packet(), Packet):
        found.append(packet)
    return found


@given(st.lists(packets, max_size=6), st.integers(1, 50), st.sampled_from([0, 1]))
def test_any_cut_of_the_bytes_gives_the_same_packets(
    sent: list[Packet], step: int, newer: int
) -> None:
    version = VERSION_CHECKSUM + newer
    data = b"".join(encode(packet, version) for packet in sent)
    parser = Parser()
    parser.version = version
    got = []
    for start in range(0, len(data), step):
        parser.receive(data[start : start + step])
        got += parse(parser)
    assert got == sent
    assert parser.next_packet() is NEED_DATA


@given(st.binary(max_size=200))
def test_random_bytes_are_packets_an_error_or_wanting(data: bytes) -> None:
    parser = Parser()
    parser.receive(data)
    try:
        for packet in parse(parser):
            assert packet.command in COMMANDS
    except WireError:
        pass


@pytest.mark.parametrize(
    "change",
    [
        {"command": b"EVIL"},
        {"magic": 0},
        {"length": MAX_PAYLOAD + 1},
    ],
)
def test_a_wrong_header_is_an_error_at_once(change: dict[str, object]) -> None:
    command = change.get("command", b"OKAY")
    assert isinstance(command, bytes)
    magic = change.get("magic", int.from_bytes(command, "little") ^ 0xFFFFFFFF)
    parser = Parser()
    parser.receive(HEADER.pack(command, 1, 2, change.get("length", 0), 0, magic))
    with pytest.raises(WireError):
        parser.next_packet()


def test_old_hosts_have_their_checksum_checked() -> None:
    good = encode(Packet(b"WRTE", 1, 2, b"data"), VERSION_CHECKSUM)
    parser = Parser()
    parser.version = VERSION_CHECKSUM
    parser.receive(good[:-1] + b"X")
    with pytest.raises(WireError, match="checksum"):
        parser.next_packet()


@given(
    st.dictionaries(
        st.text("abc.", min_size=1).filter(lambda name: name != "features"),
        st.text("xyz=", max_size=5),
    ),
    st.frozensets(st.text("abc_2", min_size=1), max_size=4),
)
def test_banners_come_back(properties: dict[str, str], features: frozenset[str]) -> None:
    banner = Banner("device", "", properties, features)
    assert Banner.parse(banner.encode() + b"\0") == banner


@given(st.binary(max_size=900))
def test_a_public_key_is_a_key_or_none(data: bytes) -> None:
    assert PublicKey.parse(data) is None or data


@pytest.fixture(scope="module")
def phone() -> object:
    with Simulator(PhoneOptions(apps=()), emulator_port=False) as phone:
        yield phone


CONNECT = encode(Packet(b"CNXN", 0x01000001, MAX_PAYLOAD, b"host::features=shell_v2\0"))


def exchange(port: int, data: bytes) -> bytes:
    """Send bytes, end the sending side, and read until the phone closes or has no more."""
    with socket.create_connection(("127.0.0.1", port), 5) as link:
        link.settimeout(5)
        answer = b""
        try:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            while part := link.recv(65536):
                answer += part
        except ConnectionError:
            pass
        return answer


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 24,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        encode(Packet(b"OPEN", 1, 0, b"shell:id\0")),
        encode(Packet(b"WRTE", 1, 1, b"x")),
        CONNECT + encode(Packet(b"WRTE", 9, 9, b"x" * 1000)),
        CONNECT + encode(Packet(b"OKAY", 77, 78)),
        CONNECT + encode(Packet(b"CLSE", 77, 78)),
        CONNECT + encode(Packet(b"OPEN", 0, 0, b"shell:id\0")),
        CONNECT + encode(Packet(b"OPEN", 1, 0, b"\xff\xfe\0")),
        CONNECT
        + encode(Packet(b"OPEN", 1, 0, b"sync:\0"))
        + encode(Packet(b"WRTE", 1, 1, b"EVIL" * 9)),
        CONNECT + encode(Packet(b"STLS", 0x01000000, 0)),
        CONNECT * 50,
    ],
)  # fmt: skip
def test_hostile_packets_leave_the_phone_standing(phone: Simulator, data: bytes) -> None:
    exchange(phone.port, data)
    answer = exchange(phone.port, CONNECT)
    assert answer[:4] == b"CNXN"


@given(data=st.binary(max_size=400))
def test_random_bytes_after_the_handshake(phone: Simulator, data: bytes) -> None:
    exchange(phone.port, CONNECT + data)
    assert not phone.adbd.connections or phone.call(lambda: len(phone.adbd.connections) < 5)


def test_a_flood_of_streams_is_refused_not_kept(phone: Simulator) -> None:
    flood = b"".join(encode(Packet(b"OPEN", n + 1, 0, b"shell:sleep 100\0")) for n in range(3000))
    exchange(phone.port, CONNECT + flood)

    async def quiet() -> bool:
        for _ in range(500):
            if not any("sleep 100" in row.args for row in phone.phone.processes):
                return True
            await asyncio.sleep(0.01)
        return False

    assert phone.run(quiet())
