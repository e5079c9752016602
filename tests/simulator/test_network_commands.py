"""Network commands and dumps, run in the phone's own shell on a booted phone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest

from droidcancel.simulator.cloud import Cloud
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.packages import Package
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.streams import PipeEnd, pipe
from tests.simulator.net import LEVELS, UID, new_upload, run, until

PACKAGE = "org.example.app"
MAP_HEADER = "uid rxBytes rxPackets txBytes txPackets"


class Said(NamedTuple):
    status: int
    out: str
    err: str


async def _all(stream: PipeEnd) -> str:
    parts = []
    while part := await stream.read():
        parts.append(part)
    return b"".join(parts).decode()


async def sh(phone: Phone, command: str, uid: int = 2000) -> Said:
    """Run a command line in the phone's shell."""
    stdin, stdin_end = pipe()
    (out, out_end), (err, err_end) = pipe(), pipe()
    stdin.close_write()
    shell = phone.shell.start(command, stdin=stdin_end, stdout=out_end, stderr=err_end, uid=uid)
    reading = asyncio.gather(_all(out), _all(err))
    status = await shell.wait()
    out_end.close()
    err_end.close()
    said = await reading
    return Said(status, *said)


@asynccontextmanager
async def booted(**options: Any) -> AsyncIterator[tuple[Phone, Cloud]]:
    """A booted phone with one app, and its cloud."""
    cloud = Cloud()
    await cloud.start()
    phone = Phone(PhoneOptions(apps=(), **options), cloud)
    await phone.boot()
    phone.packages.install(Package(PACKAGE, "App", "1.0", 1, UID, 34))
    try:
        yield phone, cloud
    finally:
        await phone.shutdown()
        await cloud.stop()


def on_phone(test: Callable[[Phone], Awaitable[None]], **options: Any) -> None:
    async def body() -> None:
        async with booted(**options) as (phone, _):
            await test(phone)

    run(body())


def online(phone: Phone) -> bool:
    return phone.connectivity.active_network() is not None


# -- cmd connectivity ------------------------------------------------------------------------------
@pytest.mark.parametrize("api", [api for api in LEVELS if api >= 28])
def test_airplane_mode_is_silent_idempotent_and_asynchronous(api: int) -> None:
    async def test(phone: Phone) -> None:
        assert await sh(phone, "cmd connectivity airplane-mode") == (0, "disabled\n", "")
        for _ in range(2):
            assert await sh(phone, "cmd connectivity airplane-mode enable") == (0, "", "")
        assert await sh(phone, "cmd connectivity airplane-mode") == (0, "enabled\n", "")
        await until(lambda: not online(phone))
        dump = await sh(phone, "dumpsys connectivity")
        assert "Active default network: none\n" in dump.out
        assert await sh(phone, "cmd connectivity airplane-mode disable") == (0, "", "")
        await until(lambda: online(phone))
        assert re.search(
            r"Active default network: 1\d\d\n", (await sh(phone, "dumpsys connectivity")).out
        )

    on_phone(test, api=api)


@pytest.mark.parametrize("api", [24, 27])
def test_before_android_9_the_service_has_no_shell(api: int) -> None:
    async def test(phone: Phone) -> None:
        said = await sh(phone, "cmd connectivity airplane-mode enable")
        assert said == (0, "", "No shell command implementation.\n")
        assert online(phone)

    on_phone(test, api=api)


def test_there_is_no_cmd_before_android_7() -> None:
    async def test(phone: Phone) -> None:
        assert (await sh(phone, "cmd connectivity airplane-mode")).status == 127

    on_phone(test, api=23)


@pytest.mark.parametrize("word", ["enabled", "on", "true"])
def test_another_word_gets_the_help(word: str) -> None:
    async def test(phone: Phone) -> None:
        said = await sh(phone, f"cmd connectivity airplane-mode {word}")
        assert (said.status, said.err) == (255, "")
        assert said.out.startswith("Connectivity service commands:\n")
        assert not phone.connectivity.airplane_setting

    on_phone(test, api=34)


def test_an_app_may_not_switch_it() -> None:
    async def test(phone: Phone) -> None:
        said = await sh(phone, "cmd connectivity airplane-mode enable", uid=UID)
        assert said.status == 255
        assert said.out.startswith("java.lang.SecurityException: ")

    on_phone(test, api=34)


@pytest.mark.parametrize("api", [30, 32])
def test_no_firewall_chain_before_android_13(api: int) -> None:
    async def test(phone: Phone) -> None:
        assert "chain3" not in (await sh(phone, "cmd connectivity help")).out
        said = await sh(phone, "cmd connectivity set-chain3-enabled true")
        assert said == (255, "Unknown command: set-chain3-enabled\n", "")

    on_phone(test, api=api)


@pytest.mark.parametrize("api", [33, 34, 37])
def test_the_firewall_chain(api: int) -> None:
    async def test(phone: Phone) -> None:
        base = "cmd connectivity"
        assert "set-chain3-enabled" in (await sh(phone, f"{base} help")).out
        said = await sh(phone, f"{base} set-package-networking-enabled false {PACKAGE}")
        assert said == (0, f"Disabled networking for {PACKAGE}, appId {UID}\n", "")
        assert (await sh(phone, f"{base} get-chain3-enabled")).out == "chain:disabled\n"
        assert await sh(phone, f"{base} set-chain3-enabled true") == (0, "", "")
        assert (await sh(phone, f"{base} get-chain3-enabled")).out == "chain:enabled\n"
        got = await sh(phone, f"{base} get-package-networking-enabled {PACKAGE}")
        assert got == (0, f"{PACKAGE}:deny\n", "")
        assert phone.netpolicy.denied(UID)
        said = await sh(phone, f"{base} set-package-networking-enabled true {PACKAGE}")
        assert said == (0, f"Enabled networking for {PACKAGE}, appId {UID}\n", "")
        assert not phone.netpolicy.denied(UID)
        for bad in ("set-chain3-enabled yes", "set-package-networking-enabled true", ""):
            assert (await sh(phone, f"{base} {bad}")).status == 255

    on_phone(test, api=api)


def test_the_firewall_chain_refuses_what_it_does_not_know() -> None:
    async def test(phone: Phone) -> None:
        base = "cmd connectivity set-package-networking-enabled false"
        unknown = await sh(phone, f"{base} no.such.app")
        name = "android.content.pm.PackageManager$NameNotFoundException: no.such.app\n"
        assert unknown == (255, name, "")
        phone.packages.install(Package("android", "System", "1", 1, 1000, 34, system=True))
        system = await sh(phone, f"{base} android")
        assert system.status == 255
        assert system.out == (
            "java.lang.RuntimeException: Can't set package firewall rule for system app "
            "android with appId 1000\n"
        )

    on_phone(test, api=34)


# -- Wi-Fi and mobile data -------------------------------------------------------------------------
@pytest.mark.parametrize("api", [api for api in LEVELS if api >= 30])
def test_cmd_wifi_and_phone(api: int) -> None:
    async def test(phone: Phone) -> None:
        status = await sh(phone, "cmd wifi status")
        assert status.out.startswith("Wifi is enabled\nWifi scanning is ")
        assert 'Wifi is connected to "AndroidWifi"\n' in status.out
        assert ("Primary ClientModeManager" in status.out) is (api >= 31)
        assert await sh(phone, "cmd wifi set-wifi-enabled disabled") == (0, "", "")
        assert await sh(phone, "cmd phone data disable") == (0, "", "")
        await until(lambda: not online(phone))
        assert (await sh(phone, "cmd wifi status")).out.startswith("Wifi is disabled\n")
        registry = await sh(phone, "dumpsys telephony.registry")
        assert "mDataConnectionState=0\n" in registry.out
        assert (await sh(phone, "settings get global mobile_data")).out == "0\n"
        assert await sh(phone, "cmd phone data enable") == (0, "", "")
        assert await sh(phone, "cmd wifi set-wifi-enabled enabled") == (0, "", "")
        await until(lambda: len(phone.connectivity.networks()) == 2)
        assert "mDataConnectionState=2\n" in (await sh(phone, "dumpsys telephony.registry")).out

    on_phone(test, api=api)


def test_cmd_wifi_refusals() -> None:
    async def test(phone: Phone) -> None:
        wrong = await sh(phone, "cmd wifi set-wifi-enabled true")
        assert wrong == (
            255,
            "Invalid args for set-wifi-enabled: java.lang.IllegalArgumentException: "
            "Expected 'enabled' or 'disabled' as next arg but got 'true'\n",
            "",
        )
        root = await sh(phone, "cmd wifi force-country-code enabled DE")
        assert (root.status, root.out) == (255, "")
        assert "Uid 2000 does not have access to force-country-code wifi command" in root.err
        phone.settings.put("global", "airplane_mode_toggleable_radios", "")
        phone.connectivity.set_airplane(True)
        await until(lambda: not online(phone))
        refused = await sh(phone, "cmd wifi set-wifi-enabled enabled")
        assert refused == (0, "", ""), "silent even when refused"
        assert (await sh(phone, "settings get global wifi_on")).out == "3\n"

    on_phone(test, api=33)


@pytest.mark.parametrize(("api", "status"), [(27, 0), (29, 255)])
def test_cmd_wifi_is_of_no_use_before_android_11(api: int, status: int) -> None:
    async def test(phone: Phone) -> None:
        said = await sh(phone, "cmd wifi set-wifi-enabled disabled")
        assert said.status == status
        assert said.err
        assert phone.connectivity.store.value == "1"
        assert (
            await sh(phone, "cmd phone data disable")
        ).err == "No shell command implementation.\n"

    on_phone(test, api=api)


@pytest.mark.parametrize("api", [21, 25, 29, 30, 36])
def test_svc(api: int) -> None:
    async def test(phone: Phone) -> None:
        assert await sh(phone, "svc wifi disable; svc data disable") == (0, "", "")
        await until(lambda: not online(phone))
        assert "Wi-Fi is disabled" in (await sh(phone, "dumpsys wifi")).out
        assert await sh(phone, "svc data enable; svc wifi enable") == (0, "", "")
        await until(lambda: len(phone.connectivity.networks()) == 2)
        wrong = await sh(phone, "svc wifi sideways")
        assert "usage: svc wifi [enable|disable]" in (wrong.out if api >= 30 else wrong.err)
        assert wrong.status == (1 if api >= 30 else 0)
        assert await sh(phone, "svc power stayon true") == (0, "", "")
        assert phone.settings.get("global", "stay_on_while_plugged_in") == "7"

    on_phone(test, api=api)


def test_svc_has_no_radios_on_android_17() -> None:
    async def test(phone: Phone) -> None:
        said = await sh(phone, "svc wifi disable; svc data disable")
        assert "Available commands:" in said.err
        await until(lambda: phone.connectivity.settled)
        assert len(phone.connectivity.networks()) == 2
        assert await sh(phone, "svc power stayon false") == (0, "", "")

    on_phone(test, api=37)


def test_bluetooth() -> None:
    async def test(phone: Phone) -> None:
        said = await sh(phone, "cmd bluetooth_manager disable")
        assert said == (0, "Disabling Bluetooth\n", "")
        assert (await sh(phone, "settings get global bluetooth_on")).out == "0\n"
        assert (await sh(phone, "svc bluetooth enable")).status == 0
        assert phone.connectivity.bluetooth
        assert (await sh(phone, "cmd bluetooth_manager dance")).status == 255

    on_phone(test, api=34)


# -- Data Saver ------------------------------------------------------------------------------------
def test_netpolicy() -> None:
    async def test(phone: Phone) -> None:
        base = "cmd netpolicy"
        get = f"{base} get restrict-background"
        assert await sh(phone, get) == (0, "Restrict background status: disabled\n", "")
        assert await sh(phone, f"{base} set restrict-background true") == (0, "", "")
        assert await sh(phone, get) == (0, "Restrict background status: enabled\n", "")
        dump = (await sh(phone, "dumpsys netpolicy")).out
        assert "Restrict background: true\n" in dump
        assert "Metered ifaces: [rmnet0]\n" in dump
        assert await sh(phone, f"{base} list wifi-networks") == (0, "AndroidWifi;none\n", "")
        assert await sh(phone, f"{base} set metered-network AndroidWifi true") == (255, "", "")
        assert await sh(phone, f"{base} list wifi-networks") == (0, "AndroidWifi;true\n", "")
        assert "Metered ifaces: [wlan0, rmnet0]\n" in (await sh(phone, "dumpsys netpolicy")).out
        await sh(phone, f"{base} set metered-network AndroidWifi undefined")
        assert await sh(phone, f"{base} list wifi-networks") == (0, "AndroidWifi;none\n", "")
        await sh(phone, f"{base} set restrict-background perhaps")
        assert not phone.netpolicy.restrict_background

    on_phone(test, api=34)


def test_netpolicy_uid_lists() -> None:
    async def test(phone: Phone) -> None:
        black, white = (f"restrict-background-{word}list" for word in ("black", "white"))
        empty = await sh(phone, f"cmd netpolicy list {black}")
        assert empty.out.strip() == "Restrict background blacklisted UIDs: none"
        assert await sh(phone, f"cmd netpolicy add {black} {UID}") == (0, "", "")
        listed = await sh(phone, f"cmd netpolicy list {black}")
        assert listed == (0, f"Restrict background blacklisted UIDs: {UID} \n", "")
        assert await sh(phone, f"cmd netpolicy add {white} {UID}") == (0, "", "")
        gone = await sh(phone, f"cmd netpolicy remove {black} {UID}")
        assert gone == (255, f"Error: UID {UID} not blacklisted\n", "")
        assert await sh(phone, f"cmd netpolicy remove {white} {UID}") == (0, "", "")
        cases = {
            "set restrict-background": "Error: didn't specify BOOLEAN\n",
            "set": "Error: didn't specify type of data to set\n",
            "get weather": "Error: unknown get type 'weather'\n",
            f"add {black} ten": "Error: UID (ten) should be a number\n",
        }
        for words, text in cases.items():
            assert (await sh(phone, f"cmd netpolicy {words}")).out == text

    on_phone(test, api=30)


# -- counters --------------------------------------------------------------------------------------
SOURCES = {
    "qtaguid": "cat /proc/net/xt_qtaguid/stats",
    "netd": "dumpsys netd trafficcontroller",
    "connectivity": "dumpsys connectivity trafficcontroller",
    "netstats": "dumpsys netstats",
}


def source_of(api: int) -> str:
    """Which source has the counters (ANDROID facts: 28, 32 and 33 are the borders)."""
    borders = {"qtaguid": 28, "netd": 32, "connectivity": 33, "netstats": 37}
    return next(name for name, last in borders.items() if api <= last)


def tx_of(text: str, uid: int) -> int:
    """The app's sent bytes, as a reader of the dump adds them up."""
    if text.startswith("idx iface"):
        rows = [line.split() for line in text.splitlines()[1:]]
        return sum(int(row[7]) for row in rows if row[3] == str(uid) and row[2] == "0x0")
    body = text.split(MAP_HEADER, 1)[1]
    found = re.search(rf"^\s*{uid} \d+ \d+ (\d+) \d+$", body, re.MULTILINE)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("api", LEVELS)
def test_bytes_by_uid_stand_in_exactly_one_place(api: int) -> None:
    async def body() -> None:
        async with booted(api=api, upload_bytes_per_s=2e7) as (phone, cloud):
            assert await new_upload(phone, cloud, 200_000).run() == "done"
            for name, command in SOURCES.items():
                text = (await sh(phone, command)).out
                has = MAP_HEADER in text or text.startswith("idx iface acct_tag_hex uid_tag_int")
                assert has is (name == source_of(api)), name
                if has:
                    assert tx_of(text, UID) == phone.netstats.tx(UID) > 200_000
                    assert tx_of(text, UID + 1) == 0

    run(body())


@pytest.mark.parametrize(
    ("api", "ident"),
    [
        (28, 'type=WIFI, subType=COMBINED, networkId="AndroidWifi", '),
        (31, 'type=1, subType=COMBINED, networkId="AndroidWifi", '),
        (34, 'type=1, ratType=COMBINED, wifiNetworkKey="AndroidWifi"open, '),
    ],
)
def test_history_is_refreshed_by_a_poll_only(api: int, ident: str) -> None:
    async def body() -> None:
        async with booted(api=api, upload_bytes_per_s=2e7) as (phone, cloud):
            await new_upload(phone, cloud, 50_000).run()
            row = re.compile(rf"^  ident=\[\{{(.*)\}}\] uid={UID} set=DEFAULT tag=0x0$", re.M)
            assert not row.search((await sh(phone, "dumpsys netstats --uid")).out)
            assert await sh(phone, "dumpsys netstats --poll") == (0, "Forced poll\n", "")
            assert not row.search((await sh(phone, "dumpsys netstats")).out)
            text = (await sh(phone, "dumpsys netstats detail")).out
            found = row.search(text)
            assert found is not None
            assert found[1].startswith(ident)
            after = text[found.end() :]
            assert after.startswith("\n    NetworkStatsHistory: bucketDuration=7200\n")
            sent = re.search(r"st=\d+ rb=\d+ rp=\d+ tb=(\d+) ", after)
            assert sent is not None
            assert int(sent[1]) == phone.netstats.tx(UID)

    run(body())


def test_a_reboot_empties_firewall_and_counters() -> None:
    async def body() -> None:
        async with booted(api=34, upload_bytes_per_s=2e7) as (phone, cloud):
            await new_upload(phone, cloud, 50_000).run()
            await sh(phone, f"cmd connectivity set-package-networking-enabled false {PACKAGE}")
            await sh(phone, "cmd connectivity set-chain3-enabled true")
            await sh(phone, "cmd connectivity airplane-mode enable")
            await until(lambda: not online(phone))
            await phone.reboot()
            assert not online(phone), "airplane mode survives a reboot"
            assert (
                await sh(phone, "cmd connectivity get-chain3-enabled")
            ).out == "chain:disabled\n"
            assert tx_of((await sh(phone, "dumpsys netstats")).out, UID) == 0
            phone.connectivity.set_airplane(False)
            await until(lambda: online(phone))
            assert await new_upload(phone, cloud, 1000).run() == "done"
            assert phone.packages.uninstall(PACKAGE)
            assert phone.netstats.tx(UID) == 0

    run(body())


def test_interfaces() -> None:
    async def test(phone: Phone) -> None:
        table = (await sh(phone, "cat /proc/net/dev")).out
        assert [line.split(":")[0].strip() for line in table.splitlines()[2:]] == [
            "lo",
            "rmnet0",
            "wlan0",
        ]
        assert "inet addr:10.0.2.16" in (await sh(phone, "ifconfig wlan0")).out
        assert "inet 10.0.2.16/24" in (await sh(phone, "ip -f inet addr show wlan0")).out
        assert "dev wlan0 proto kernel" in (await sh(phone, "ip route")).out
        assert (await sh(phone, "ifconfig eth7")).status == 1
        assert (await sh(phone, "ip link show eth7")).status == 1
        phone.connectivity.set_airplane(True)
        await until(lambda: not online(phone))
        assert "inet addr" not in (await sh(phone, "ifconfig wlan0")).out
        assert (await sh(phone, "ip route")).out == ""

    on_phone(test)


def test_ping() -> None:
    async def test(phone: Phone) -> None:
        assert phone.cloud is not None
        good = await sh(phone, f"ping -c 1 {phone.cloud.host}")
        assert good.status == 0
        assert "1 packets transmitted, 1 received, 0% packet loss" in good.out
        silent = await sh(phone, "ping -c 1 -W 0.01 198.51.100.7")
        assert silent.status == 1
        assert "100% packet loss" in silent.out
        unknown = await sh(phone, "ping -c 1 no.such.host")
        assert unknown == (2, "", "ping: unknown host no.such.host\n")
        assert (await sh(phone, "ping")).status == 2
        phone.connectivity.set_airplane(True)
        await until(lambda: not online(phone))
        assert (await sh(phone, f"ping -c 1 {phone.cloud.host}")).status == 2
        offline = await sh(phone, "ping -c 1 8.8.8.8")
        assert offline == (2, "", "connect: Network is unreachable\n")
        assert (await sh(phone, "ping -c 1 127.0.0.1")).status == 0

    on_phone(test)


@pytest.mark.parametrize("api", [21, 28, 30, 31, 34, 37])
def test_the_dump_of_connectivity(api: int) -> None:
    async def test(phone: Phone) -> None:
        text = (await sh(phone, "dumpsys connectivity")).out
        agents = [line for line in text.splitlines() if line.startswith("  NetworkAgentInfo{")]
        assert len(agents) == 2
        assert "Transports: WIFI Capabilities: NOT_METERED&INTERNET" in agents[0]
        assert "Transports: CELLULAR Capabilities: INTERNET" in agents[1]
        active = re.search(r"^Active default network: (\d+)$", text, re.M)
        assert active is not None
        assert f"network{{{active[1]}}}" in agents[0]
        assert len(text) > 2000
        assert "latency" in (await sh(phone, "dumpsys connectivity --diag")).out
        if api >= 29:
            part = (await sh(phone, "dumpsys connectivity requests")).out
            assert "Active default network" not in part
            assert "NetworkRequest [" in part

    on_phone(test, api=api)


def test_a_blocked_uid_shows_in_the_dumps() -> None:
    async def test(phone: Phone) -> None:
        phone.netpolicy.set_package_networking(UID, enabled=False)
        phone.netpolicy.set_chain3(True)
        assert f"UID={UID} blockedReasons=80\n" in (await sh(phone, "dumpsys connectivity")).out
        owners = (await sh(phone, "dumpsys connectivity trafficcontroller")).out
        assert f"{UID} OEM_DENY_3_MATCH" in owners

    on_phone(test, api=35)
