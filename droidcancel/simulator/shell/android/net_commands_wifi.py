"""`cmd wifi` (WifiShellCommand of the Wi-Fi module) and `dumpsys wifi`."""

from __future__ import annotations

from droidcancel.simulator.netstats import Counter
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.shell.android.java import (
    FAILED,
    Args,
    Failure,
    JavaError,
    Service,
    guarded,
    illegal_argument,
    no_shell,
    security,
)
from droidcancel.simulator.shell.android.net_dumps_format import BSSID, wifi_info
from droidcancel.simulator.shell.registry import Invocation, dump, service_command

SHELL_COMMANDS_SINCE = 30
_HELP = """\
Wi-Fi (wifi) commands:
  help or -h
    Print this help text.
  get-country-code
    Gets country code as a two-letter string
  set-wifi-enabled enabled|disabled
    Enables/disables Wifi on this device.
  set-scan-always-available enabled|disabled
    Sets whether scanning should be available even when wifi is off.
  list-scan-results
    Lists the latest scan results
  start-scan
    Start a new scan
  list-networks
    Lists the saved networks
  status
    Current wifi status
"""


WIFI = Service("wifi", lambda invocation: _HELP)


@service_command("wifi", since=SHELL_COMMANDS_SINCE)
async def cmd_wifi(invocation: Invocation) -> int:
    words = invocation.argv
    help_asked = not words or words[0] in ("help", "-h")
    if help_asked or WIFI.table.lookup(words[0], invocation.api):
        return await WIFI.run(invocation, words)
    return await guarded(invocation, words[0], _refused, words)


async def _refused(invocation: Invocation, args: Args) -> int:
    """What is not for the shell and what there is not are refused alike, root aside."""
    if invocation.uid == 0:
        await invocation.out(f"Unknown command: {args.verb}\n")
        return FAILED
    raise security(
        f"Uid {invocation.uid} does not have access to {args.verb} wifi command "
        "(or such command doesn't exist)"
    )


@service_command("wifi", since=28, until=SHELL_COMMANDS_SINCE - 1)
async def root_only(invocation: Invocation) -> int:
    """Before Android 11 the whole command was for root."""
    name = invocation.argv[0] if invocation.argv else "null"
    return await guarded(invocation, name, _root_only, [name])


async def _root_only(invocation: Invocation, args: Args) -> int:
    if invocation.uid == 0:
        await invocation.out(f"Unknown command: {args.verb}\n")
        return FAILED
    raise security(f"Uid {invocation.uid} does not have access to wifi commands")


service_command("wifi", since=24, until=27)(no_shell)


def _switch(args: Args) -> bool:
    """A required `enabled` or `disabled`; Failure as WifiShellCommand words it."""
    try:
        word = args.required()
        if word not in ("enabled", "disabled"):
            raise illegal_argument(f"Expected 'enabled' or 'disabled' as next arg but got '{word}'")
    except JavaError as error:
        text = f"Invalid args for {args.verb}: {error}\n"
        raise Failure(text, FAILED, on_stdout=True) from None
    return word == "enabled"


@WIFI.sub("set-wifi-enabled")
async def set_wifi_enabled(invocation: Invocation, args: Args) -> int:
    """Silent and successful even when airplane mode forbids it."""
    on = _switch(args)
    invocation.phone.connectivity.set_wifi(on)
    return 0


@WIFI.sub("set-scan-always-available")
async def set_scan_always_available(invocation: Invocation, args: Args) -> int:
    value = "1" if _switch(args) else "0"
    invocation.phone.settings.put("global", "wifi_scan_always_enabled", value)
    return 0


@WIFI.sub("status")
async def status(invocation: Invocation, args: Args) -> int:
    await invocation.out(status_text(invocation.phone))
    return 0


def status_text(phone: Phone) -> str:
    """`cmd wifi status`; the header of the instance came with Android 12."""
    wifi = phone.connectivity.wifi
    always = phone.settings.get("global", "wifi_scan_always_enabled") == "1"
    scanning = "always available" if always else "only available when wifi is enabled"
    lines = [f"Wifi is {'enabled' if wifi.enabled else 'disabled'}", f"Wifi scanning is {scanning}"]
    if wifi.enabled and phone.options.api >= 31:
        lines.append("==== Primary ClientModeManager instance ====")
    if wifi.enabled:
        lines += _connection(phone) if wifi.connected else ["Wifi is not connected"]
    return "\n".join(lines) + "\n"


def _connection(phone: Phone) -> list[str]:
    counter = phone.netstats.by_interface.get("wlan0", Counter())
    return [
        f'Wifi is connected to "{phone.connectivity.wifi.ssid}"',
        f"WifiInfo: {wifi_info(phone)}",
        f"successfulTxPackets: {counter.tx_packets}",
        "successfulTxPacketsPerSecond: 0.0",
        "retriedTxPackets: 0",
        "retriedTxPacketsPerSecond: 0.0",
        "lostTxPackets: 0",
        "lostTxPacketsPerSecond: 0.0",
        f"successfulRxPackets: {counter.rx_packets}",
        "successfulRxPacketsPerSecond: 0.0",
    ]


@WIFI.sub("list-networks")
async def list_networks(invocation: Invocation, args: Args) -> int:
    ssid = invocation.phone.connectivity.wifi.ssid
    await invocation.out("Network Id      SSID                         Security type\n")
    await invocation.out(f"{0:<12} {ssid:<32} {'open':<4}\n")
    return 0


@WIFI.sub("start-scan")
async def start_scan(invocation: Invocation, args: Args) -> int:
    return 0


@WIFI.sub("list-scan-results")
async def list_scan_results(invocation: Invocation, args: Args) -> int:
    wifi = invocation.phone.connectivity.wifi
    if not (wifi.enabled and wifi.in_range):
        await invocation.out("No scan results\n")
        return 0
    await invocation.out(
        "    BSSID              Frequency      RSSI           Age(sec)     "
        "SSID                                 Flags\n"
        f"  {BSSID}       2447        -50              1.204    {wifi.ssid:<32}     [ESS]\n"
    )
    return 0


@WIFI.sub("get-country-code")
async def get_country_code(invocation: Invocation, args: Args) -> int:
    country = invocation.phone.options.locale.partition("-")[2]
    await invocation.out(f"Wifi Country Code = {country}\n")
    return 0


@dump("wifi")
async def dump_wifi(invocation: Invocation, args: list[str]) -> int:
    """The beginning of WifiServiceImpl's long dump."""
    phone = invocation.phone
    wifi, setting = phone.connectivity.wifi, phone.settings.get("global", "wifi_on")
    airplane = str(phone.connectivity.store.airplane).lower()
    joined = "CONNECTED/CONNECTED" if wifi.connected else "DISCONNECTED/DISCONNECTED"
    await invocation.out(
        f"Wi-Fi is {'enabled' if wifi.enabled else 'disabled'}\n"
        "Verbose logging is off\n"
        "Stay-awake conditions: 0\n"
        "mInIdleMode false\nmScanPending false\n"
        "Wi-Fi settings store:\n"
        f"mPersistWifiState {setting}\nmAirplaneModeOn {airplane}\n"
        f"mWifiInfo {wifi_info(phone)}\n"
        f"mNetworkInfo [type: WIFI[], state: {joined}, reason: (unspecified), extra: (none), "
        "failover: false, available: true, roaming: false]\n"
        f"mLastNetworkId {0 if wifi.connected else -1}\n"
    )
    return 0
