"""The parsers and comparisons behind the system's recipes: no phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.apps.storage_page import Cleared, parse_size, size_in_words, system_profile
from droidcancel.device.data_saver import (
    parse_connected_ssid,
    parse_metered_ifaces,
    parse_restrict_background,
    parse_wifi_networks,
)
from droidcancel.device.uplink import (
    Ping,
    Uplink,
    parse_ping,
    parse_up_bandwidth,
    parse_wifi_info,
)
from droidcancel.errors import ConfigError, ParseError
from droidcancel.evidence import Checked, Evidence, Noted
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.steps_guard import too_weak
from droidcancel.recipe.steps_guard_model import NetworkGuard
from droidcancel.recipe.steps_review import caption_differences
from droidcancel.recipe.steps_system import is_at_least
from droidcancel.verdict import judge
from tests.test_verdict import clean, evidence


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0 B", 0),
        ("24.58 kB", 24_580),
        ("1.25 MB", 1_250_000),
        ("12,3 Mo", 12_300_000),
        ("512 octets", 512),
        ("3\u00a0GB", 3_000_000_000),
        ("MB", None),
        ("Computing…", None),
        ("18.00 MB used in internal storage", None),
        ("27 %", None),
    ],
)
def test_sizes(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@given(st.integers(0, 10**11))
def test_sizes_are_read_as_written(size: int) -> None:
    assert parse_size(size_in_words(size)) == pytest.approx(size, rel=0.06, abs=100)


def test_what_counts_as_cleared() -> None:
    assert Cleared(3_000_000, 0).ok
    assert Cleared(3_000_000, 1_000_000).ok
    assert Cleared(20_000, 20_000).ok
    assert not Cleared(3_000_000, 3_000_000).ok
    assert "nothing to clear" in Cleared(20_000, 20_000).in_words()


def test_clear_storage_can_never_be_tapped() -> None:
    assert system_profile().elements["clear_storage"].never


def test_data_saver() -> None:
    assert parse_restrict_background("Restrict background status: enabled\n")
    assert not parse_restrict_background("Restrict background status: disabled")
    with pytest.raises(ParseError):
        parse_restrict_background("No shell command implementation.")
    assert parse_wifi_networks("home;none\na;b;true\n") == {"home": "none", "a;b": "true"}
    with pytest.raises(ParseError):
        parse_wifi_networks("Error: unknown\n")
    assert parse_metered_ifaces("  Metered ifaces: [wlan0, rmnet0]\n") == ("wlan0", "rmnet0")
    assert parse_metered_ifaces("Metered ifaces: {}") == ()
    assert parse_metered_ifaces("") is None
    assert parse_connected_ssid('mWifiInfo SSID: "My, net", BSSID: 02:15, MAC: x') == "My, net"
    assert parse_connected_ssid("mWifiInfo SSID: <unknown ssid>, BSSID: <none>, MAC") is None


AGENTS = """\
Active default network: 101
  NetworkAgentInfo{network{100}  lp{{Routes: [ 0.0.0.0/0 -> 10.0.3.2 rmnet0 ]}} \
nc{[ LinkUpBandwidth>=50Kbps LinkDnBandwidth>=9Kbps]}}
  NetworkAgentInfo{network{101}  lp{{Routes: [ 10.0.2.0/24 -> 0.0.0.0 wlan0,\
0.0.0.0/0 -> 10.0.2.2 wlan0 ]}} nc{[ LinkUpBandwidth>=12000Kbps]}}
"""
PINGS = """\
PING 10.0.2.2 (10.0.2.2) 56(84) bytes of data.
64 bytes from 10.0.2.2: icmp_seq=1 ttl=255 time=1.50 ms
64 bytes from 10.0.2.2: icmp_seq=3 ttl=255 time=21.5 ms

--- 10.0.2.2 ping statistics ---
5 packets transmitted, 2 received, 60% packet loss, time 802ms
"""


def test_uplink() -> None:
    assert parse_up_bandwidth(AGENTS, "101") == (12_000, "10.0.2.2")
    assert parse_up_bandwidth(AGENTS, "7") == (None, None)
    wifi = "SSID: x, RSSI: -61, Link speed: 72Mbps, Tx Link speed: 65Mbps, Rx Link speed: 9Mbps"
    assert parse_wifi_info(wifi) == (-61, 65)
    assert parse_wifi_info("RSSI: -127, Link speed: -1Mbps") == (None, None)
    ping = parse_ping(PINGS, "10.0.2.2")
    assert (ping.sent, ping.received, ping.jitter_ms) == (5, 2, 20.0)
    assert ping.loss == pytest.approx(0.6)
    with pytest.raises(ParseError):
        parse_ping("connect: Network is unreachable", "10.0.2.2")


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (Uplink(False), "the phone has no network"),
        (Uplink(True), None),
        (Uplink(True, 900), "900 kbit/s up, 1000 are wanted"),
        (Uplink(True, 1000, ping=Ping("g", 5, 5, (1.0,))), None),
        (Uplink(True, 2000, ping=Ping("g", 5, 3, (1.0,))), "2 of 5 pings to g were lost"),
    ],
)
def test_too_weak(seen: Uplink, why: str | None) -> None:
    assert too_weak(seen, NetworkGuard()) == why


@pytest.mark.parametrize(
    ("installed", "wanted", "enough"),
    [
        ("3.4.1", "3.4", True),
        ("3.4", "3.4.0", True),
        ("3.4.1", "3.10", False),
        ("43.1.4-beta", "43.1.4", True),
        ("9", "10", False),
        ("unknown", "1", None),
    ],
)
def test_versions(installed: str, wanted: str, enough: bool | None) -> None:
    assert is_at_least(installed, wanted) is enough


def test_a_version_that_is_none() -> None:
    with pytest.raises(ConfigError, match="expected a version such as"):
        load_recipe("check_app_version", {"min_version": "new"})
    assert load_recipe("check_app_version").missing == ("min_version",)


@pytest.mark.parametrize(
    ("wanted", "shown", "differences"),
    [
        ("my cat", "my  cat #dcbcdfgh\n", []),
        ("my cat #Cat", "my cat #cat", []),
        ("my cat", "my dog", ["caption: wanted 'my cat', the page has 'my dog'"]),
        ("a #cat", "a", ["hashtags: #cat missing"]),
        ("a", "a #spam", ["hashtags: #spam not wanted"]),
        ("", "x", ["caption: wanted '', the page has 'x'"]),
    ],
)
def test_captions(wanted: str, shown: str, differences: list[str]) -> None:
    found = caption_differences(wanted, shown, "#dcbcdfgh")
    assert found == differences or (wanted.casefold() == shown.casefold() and not differences)


def test_checks_alone_are_a_verdict() -> None:
    def of(*oks: bool | None) -> tuple[str, bool]:
        records = [Checked(float(i), f"c{i}", ok, "d") for i, ok in enumerate(oks)]
        verdict = judge(Evidence((Noted(0.0, "t", "x"), *records)))
        return verdict.name, bool(verdict.missing)

    assert of(True, True) == ("passed", False)
    assert of(True, None) == ("unknown", True)
    assert of(None, False) == ("failed", False)
    assert of() == ("invalid", False)


def test_a_failed_check_is_told_with_a_cancel() -> None:
    verdict = judge(evidence([*clean(), Checked(30.0, "drafts", False, "2 lost")]))
    assert verdict.name == "cancelled"
    assert verdict.reason.endswith("but drafts: 2 lost")
