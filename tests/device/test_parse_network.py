"""What phones print of their network, and what is refused as unreadable."""

from __future__ import annotations

import pytest

from droidcancel.device import parse
from droidcancel.device.settings import setting_value
from droidcancel.device.types import Component
from droidcancel.errors import ParseError


@pytest.mark.parametrize(("text", "on"), [("enabled\n", True), ("disabled\n", False)])
def test_airplane(text: str, on: bool) -> None:
    assert parse.parse_airplane(text) is on


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No shell command implementation.\n",  # Binder.java, Android 8.1 and older
        "java.lang.SecurityException: ConnectivityService: Neither user 2000 nor current process",
        "Connectivity service commands:\n  help\n    Print this help text.\n",
    ],
)
def test_airplane_is_never_guessed(text: str) -> None:
    with pytest.raises(ParseError, match="airplane"):
        parse.parse_airplane(text)


# WifiShellCommand.printStatus (packages/modules/Wifi)
WIFI_CONNECTED = """\
Wifi is enabled
Wifi scanning is only available when wifi is enabled
==== Primary ClientModeManager instance ====
Wifi is connected to "Home, sweet "net""
WifiInfo: SSID: "Home, sweet "net"", BSSID: 02:15:b2:00:01:00, MAC: 02:15:b2:00:00:00
"""


def test_wifi_status() -> None:
    status = parse.parse_wifi_status(WIFI_CONNECTED)
    assert (status.enabled, status.connected, status.ssid) == (True, True, 'Home, sweet "net"')
    idle = parse.parse_wifi_status("Wifi is enabled\nWifi is not connected\n")
    assert (idle.enabled, idle.connected) == (True, False)
    untold = parse.parse_wifi_status("Wifi is enabled\nWifi scanning is always available\n")
    assert (untold.enabled, untold.connected) == (True, None)
    off = parse.parse_wifi_status("Wifi is disabled\nWifi scanning is always available\n")
    assert (off.enabled, off.connected) == (False, False)


@pytest.mark.parametrize(
    "text", ["", "cmd: Can't find service: wifi\n", "Unknown command: status\n"]
)
def test_wifi_status_is_never_guessed(text: str) -> None:
    with pytest.raises(ParseError):
        parse.parse_wifi_status(text)


def test_wifi_of_old_dumps() -> None:
    assert parse.parse_wifi_dump("Wi-Fi is enabled\nStay-awake conditions: 3\n").enabled
    assert not parse.parse_wifi_dump("Wi-Fi is disabled\n").enabled
    with pytest.raises(ParseError):
        parse.parse_wifi_dump("Can't find service: wifi")


def test_wifi_on_three_is_off() -> None:
    assert [parse.parse_wifi_on(value) for value in "0123"] == [False, True, True, False]
    with pytest.raises(ParseError):
        parse.parse_wifi_on("null")


def test_default_network() -> None:
    # ConnectivityService.doDump: "Active default network: " and the netId or none
    dump = "NetworkProviders for:\n  foo\n\nActive default network: 101\n\nCurrent Networks:\n"
    assert parse.parse_default_network(dump) == "101"
    assert parse.parse_default_network("\nActive default network: none\n") is None
    with pytest.raises(ParseError):
        parse.parse_default_network("Can't find service: connectivity\n")


def test_transports_of_the_default_network() -> None:
    # NetworkAgentInfo.toString, as in issue texts of google/ground-android and others
    dump = (
        "  NetworkAgentInfo{network{100}  handle{432902426637}  ni{MOBILE[LTE] CONNECTED "
        "extra: internet} created=2024 nc{[ Transports: CELLULAR Capabilities: INTERNET&NOT_VPN]}\n"
        "  NetworkAgentInfo{network{101}  handle{437197393933}  ni{WIFI CONNECTED extra: } "
        "Score(60) nc{[ Transports: WIFI|VPN Capabilities: NOT_METERED&INTERNET ]}  }\n"
    )
    assert parse.parse_transports(dump, "101") == "WIFI|VPN"
    assert parse.parse_transports(dump, "100") == "CELLULAR"
    assert parse.parse_transports(dump, "7") is None


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ({"mobile_data": "1"}, True),
        ({"mobile_data": "0"}, False),
        ({"mobile_data": "1", "mobile_data1": "0", "mobile_data2": "0"}, False),
        ({"mobile_data": "0", "mobile_data0": "0", "mobile_data3": "1"}, True),
        ({"mobile_data_preferred_uids": "1"}, None),
        ({"mobile_data": "null"}, None),
        ({}, None),
    ],
)
def test_mobile_data_of_two_sims(values: dict[str, str], on: bool | None) -> None:
    assert parse.mobile_data_enabled(values) is on


def test_settings_may_run_over_lines() -> None:
    text = "airplane_mode_on=0\nnote=one\ntwo = three\nwifi_on=1\n"
    values = parse.parse_settings_list(text)
    assert values == {"airplane_mode_on": "0", "note": "one\ntwo = three", "wifi_on": "1"}


def test_the_firewall_chain() -> None:
    assert parse.parse_chain("chain:enabled\n")
    assert not parse.parse_chain("chain:disabled\n")
    assert parse.parse_package_networking("com.x:allow\n", "com.x")
    assert not parse.parse_package_networking("com.x:deny\n", "com.x")
    for text in ("com.xy:deny\n", "java.lang.UnsupportedOperationException: pre-T devices\n"):
        with pytest.raises(ParseError):
            parse.parse_package_networking(text, "com.x")


# -- bytes by uid

NETD = """\
BPF module status: ON
BPF map status:
  mCookieTagMap status: OK
  mAppUidStatsMap: OK
  mStatsMapA: OK

BPF map content:
  mUidCounterSetMap:
    uid counterSet
mAppUidStatsMap::
  uid rxBytes rxPackets txBytes txPackets
  10502 131259371 87762 796372 15107
  0 12 1 60 1
Entry is deleted while dumping, iterating from first entry
  10502 131259999 87770 800000 15110
mStatsMapA:
  ifaceIndex ifaceName tag_hex uid_int cnt_set rxBytes rxPackets txBytes txPackets
  10502 5 5 5 5
"""  # the "::" and the row are of csdn 129166621; BpfDump writes the line about deletion


def test_the_uid_map_is_the_table_not_the_status_line() -> None:
    rows = parse.parse_uid_map(NETD)
    assert (rows[10502].rx, rows[10502].tx) == (131259999, 800000)
    assert set(rows) == {10502, 0}


def test_the_uid_map_of_a_phone_that_has_none() -> None:
    with pytest.raises(ParseError):
        parse.parse_uid_map("BPF map status:\n  mAppUidStatsMap: OK\n")
    with pytest.raises(ParseError):  # ConnectivityService before Android 13
        parse.parse_uid_map("...not available on pre-T devices, use dumpsys netd trafficcontroller")


QTAGUID = """\
idx iface acct_tag_hex uid_tag_int cnt_set rx_bytes rx_packets tx_bytes tx_packets rx_tcp_bytes
2 wlan0 0x0 10061 0 1000 4 200 3 1000
3 wlan0 0x0 10061 1 5000 9 700 8 5000
4 wlan0 0xffff0100 10061 1 4000 7 600 6 4000
5 rmnet0 0x0 10061 0 10 1 20 1 10
6 tun0 0x0 10061 0 9999 1 9999 1 10
"""


def test_the_old_kernel_table_sums_untagged_rows_of_real_interfaces() -> None:
    rows = parse.parse_qtaguid(QTAGUID)
    assert (rows[10061].rx, rows[10061].tx) == (6010, 920)
    with pytest.raises(ParseError):
        parse.parse_qtaguid("cat: /proc/net/xt_qtaguid/stats: No such file or directory\n")
    with pytest.raises(ParseError):
        parse.parse_qtaguid(QTAGUID + "7 wlan0 0x0 zzz 0 1 1 1 1\n")


def test_component_names_are_written_out() -> None:
    assert str(Component.parse("com.x/.Main$Inner")) == "com.x/com.x.Main$Inner"
    assert str(Component.parse("com.x/org.y.Main")) == "com.x/org.y.Main"


@pytest.mark.parametrize(
    "printed",
    [
        "cmd: Can't find service: settings\n",
        "Exception occurred while executing 'get':\njava.lang.NullPointerException\n",
        "Error: Could not access the settings provider.  Is the system running?\n",
    ],
)
def test_a_service_that_is_away_has_no_setting_to_put_back(printed: str) -> None:
    with pytest.raises(ParseError, match="a setting"):
        setting_value(printed)


def test_a_setting_is_what_was_printed() -> None:
    assert [setting_value(text) for text in ("null\n", "1\n", "\n", "cmd\n")] == [
        None,
        "1",
        "",
        "cmd",
    ]
