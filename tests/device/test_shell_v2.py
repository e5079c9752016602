"""The framing of shell packets and of commands, at any cut of the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.device.shell import Script, isolated, quoted
from droidcancel.device.shell_v2 import Decoder, Framed, Packet, PacketKind, encode, new_marker
from droidcancel.errors import DeviceError


@given(
    st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.binary(max_size=40)), max_size=6),
    st.lists(st.integers(1, 9), max_size=60),
)
def test_packets_survive_any_cut(packets: list[tuple[int, bytes]], cuts: list[int]) -> None:
    data = b"".join(encode(PacketKind(kind), payload) for kind, payload in packets)
    decoder, found, position = Decoder(), [], 0
    for size in [*cuts, len(data)]:
        found += decoder.feed(data[position : position + size])
        position += size
    assert found == [Packet(kind, payload) for kind, payload in packets]


@pytest.mark.parametrize("data", [b"\x09\x00\x00\x00\x00", b"\x01\xff\xff\xff\xff"])
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(DeviceError, match="shell sent a packet"):
        Decoder().feed(data)


@given(st.binary(max_size=200), st.integers(0, 255), st.lists(st.integers(1, 40), max_size=40))
def test_a_marker_is_found_at_any_cut(output: bytes, rc: int, cuts: list[int]) -> None:
    marker = new_marker().encode()
    data = output + marker + b" %d\n" % rc
    framed, position = Framed(marker), 0
    for size in [*cuts, len(data)]:
        framed.feed(data[position : position + size])
        position += size
    assert framed.rc == rc
    assert bytes(framed.data) == output


def test_words_are_quoted_one_by_one() -> None:
    assert quoted(["am", "start", "a b", "x;y", "$(z)"]) == "am start 'a b' 'x;y' '$(z)'"
    with pytest.raises(TypeError):
        quoted("am start")


def test_a_script_is_evaluated_in_a_subshell_of_its_own() -> None:
    assert isolated(Script("cd /; echo 'x'")) == "( eval 'cd /; echo '\"'\"'x'\"'\"'' )"
    assert isolated(["echo", "a'b"]) == "( echo 'a'\"'\"'b' )"
