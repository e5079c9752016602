"""`cmd phone`, `dumpsys telephony.registry`, and `svc`, which works the radios by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from droidcancel.simulator.shell.android.java import FAILED, Args, Service, no_shell
from droidcancel.simulator.shell.registry import Invocation, command, dump, service_command

SVC_IS_A_SCRIPT_SINCE = 30
SVC_RADIOS_UNTIL = 36
_PHONE_HELP = """\
Telephony Commands:
  help
    Print this help text.
  ims
    IMS Commands.
  emergency-number-test-mode
    Emergency Number Test Mode Commands.
  data
    Data Test Mode Commands.
  cc
    Carrier Config Commands.
"""
_DATA_HELP = """\
Mobile Data Test Mode Commands:
  data enable: enable mobile data connectivity
  data disable: disable mobile data connectivity
"""
TELEPHONY = Service("phone", lambda invocation: _PHONE_HELP)


@service_command("phone", since=SVC_IS_A_SCRIPT_SINCE)
async def cmd_phone(invocation: Invocation) -> int:
    return await TELEPHONY.run(invocation, invocation.argv)


service_command("phone", since=24, until=SVC_IS_A_SCRIPT_SINCE - 1)(no_shell)


@TELEPHONY.sub("data")
async def data(invocation: Invocation, args: Args) -> int:
    """Silent; a wrong word gets the help, and 0."""
    word = args.next()
    if word in ("enable", "disable"):
        invocation.phone.connectivity.set_data(word == "enable")
    else:
        await invocation.out(_DATA_HELP)
    return 0


@dump("telephony.registry")
async def telephony_registry(invocation: Invocation, args: list[str]) -> int:
    """mDataConnectionState: 0 disconnected, 2 connected (TelephonyManager.DATA_*)."""
    phone = invocation.phone
    cell = phone.connectivity.cell
    off = "1(OUT_OF_SERVICE)" if phone.options.has("no-sim") else "3(POWER_OFF)"
    state = "0(IN_SERVICE)" if cell.registered else off
    operator = cell.operator if cell.registered else "null"
    subscription = phone.connectivity.data_subscription or -1
    await invocation.out(
        f"last known state:\n  Phone Id=0\n    mCallState={phone.system_ui.call.state}\n"
        "    mRingingCallState=0\n"
        "    mForegroundCallState=0\n    mBackgroundCallState=0\n    mCallIncomingNumber=\n"
        f"    mServiceState={{mVoiceRegState={state}, mDataRegState={state}, mChannelNumber=1, "
        f"mOperatorAlphaLong={operator}, mOperatorNumeric={'310260' if operator != 'null' else ''}"
        ", isManualNetworkSelection=false(automatic), getRilDataRadioTechnology=14(LTE)}\n"
        "    mVoiceActivationState= 0\n    mDataActivationState= 0\n"
        f"    mUserMobileDataState= {str(phone.connectivity.data_enabled).lower()}\n"
        "    mSignalStrength=SignalStrength:{mLte=CellSignalStrengthLte: rssi=-69 level=4}\n"
        "    mMessageWaiting=false\n    mCallForwarding=false\n    mDataActivity=0\n"
        f"    mDataConnectionState={2 if cell.connected else 0}\n"
        f"    mDefaultSubId={subscription}\n    mActiveDataSubId={subscription}\n"
    )
    return 0


@service_command("bluetooth_manager", since=33)
async def bluetooth_manager(invocation: Invocation) -> int:
    """BluetoothShellCommand, which the Bluetooth module of Android 13 brought."""
    words = {"enable": "Enabling", "disable": "Disabling"}
    word = invocation.argv[0] if invocation.argv else ""
    if word not in words:
        known = "Bluetooth Manager Commands:\n  help or -h\n  enable\n  disable\n"
        await invocation.out(known if word in ("", "help", "-h") else f"Unknown command: {word}\n")
        return FAILED
    await invocation.out(f"{words[word]} Bluetooth\n")
    invocation.phone.connectivity.set_bluetooth(word == "enable")
    return 0


# -- svc -------------------------------------------------------------------------------------------
Verb = Callable[[Invocation, list[str]], Awaitable[bool]]


async def _wifi(invocation: Invocation, words: list[str]) -> bool:
    return _switch(words, invocation.phone.connectivity.set_wifi)


async def _data(invocation: Invocation, words: list[str]) -> bool:
    lies = invocation.phone.options.has("svc-data-lies")
    return _switch(words, (lambda on: None) if lies else invocation.phone.connectivity.set_data)


async def _bluetooth(invocation: Invocation, words: list[str]) -> bool:
    return _switch(words, invocation.phone.connectivity.set_bluetooth)


def _switch(words: list[str], change: Callable[[bool], object]) -> bool:
    """Whether the words were `enable` or `disable`, which is done then."""
    if words[:1] not in (["enable"], ["disable"]):
        return False
    change(words[0] == "enable")
    return True


async def _nfc(invocation: Invocation, words: list[str]) -> bool:
    settings = invocation.phone.settings
    return _switch(words, lambda on: settings.put("secure", "nfc_on", "1" if on else "0"))


# BatteryManager.BATTERY_PLUGGED_AC, _USB, _WIRELESS, and their sum.
STAY_ON = {"true": "7", "false": "0", "ac": "1", "usb": "2", "wireless": "4"}


async def _power(invocation: Invocation, words: list[str]) -> bool:
    """`stayon`, `reboot [REASON]`, `shutdown`."""
    phone = invocation.phone
    if words[:1] == ["stayon"] and len(words) > 1 and words[1] in STAY_ON:
        value = STAY_ON[words[1]]
        phone.settings.put("global", "stay_on_while_plugged_in", value)
        if value != "0":
            phone.power.wake()
        return True
    if words[:1] == ["reboot"]:
        phone.spawn(phone.reboot(" ".join(words[1:])))
        return True
    if words[:1] == ["shutdown"]:
        phone.spawn(phone.shutdown())
        return True
    return False


async def _usb(invocation: Invocation, words: list[str]) -> bool:
    """`getFunctions` and `setFunctions`; adb stays on whatever is chosen."""
    if words[:1] == ["getFunctions"]:
        await invocation.err(f"{invocation.phone.props.get('sys.usb.config', 'adb')}\n")
        return True
    if words[:1] == ["setFunctions"]:
        chosen = words[1] if len(words) > 1 else ""
        invocation.phone.props["sys.usb.config"] = f"{chosen},adb" if chosen else "adb"
        return True
    return False


VERBS: dict[str, Verb] = {
    "power": _power,
    "data": _data,
    "wifi": _wifi,
    "usb": _usb,
    "nfc": _nfc,
    "bluetooth": _bluetooth,
}
ABOUT = {
    "help": "Show information about the subcommands",
    "power": "Control the power manager",
    "data": "Control mobile data connectivity",
    "wifi": "Control the Wi-Fi manager",
    "usb": "Control Usb state",
    "nfc": "Control NFC functions",
    "bluetooth": "Control Bluetooth service",
}
USAGE = {
    "power": (
        "usage: svc power stayon [true|false|usb|ac|wireless]\n"
        "         Set the 'keep awake while plugged in' setting.\n"
        "       svc power reboot [reason]\n"
        "         Perform a runtime shutdown and reboot device with specified reason.\n"
        "       svc power shutdown\n"
        "         Perform a runtime shutdown and power off the device.\n"
    ),
    "data": "usage: svc data [enable|disable]\n         Turn mobile data on or off.\n\n",
    "wifi": "usage: svc wifi [enable|disable]\n         Turn Wi-Fi on or off.\n\n",
    "usb": "usage: svc usb setFunctions [function]\n       svc usb getFunctions\n",
    "nfc": "usage: svc nfc [enable|disable]\n         Turn NFC on or off.\n\n",
    "bluetooth": ("usage: svc bluetooth [enable|disable]\n         Turn Bluetooth on or off.\n\n"),
}
SCRIPT_DATA_USAGE = (
    "Enable/Disable Mobile Data Connectivity\n\nusage: svc data [enable|disable]\n\n"
)
SCRIPTED = ("wifi", "data")


def _known(api: int) -> list[str]:
    """The sub-commands of the Java program: `wifi` and `data` moved into the script."""
    gone = SCRIPTED if api >= SVC_IS_A_SCRIPT_SINCE else ()
    return [name for name in VERBS if name not in gone]


@command("svc", since=SVC_IS_A_SCRIPT_SINCE, until=SVC_RADIOS_UNTIL)
async def svc_script(invocation: Invocation) -> int:
    """A shell script that turns `wifi` and `data` into `cmd`, and runs the rest in Java."""
    words = invocation.argv[1:]
    if not words or words[0] not in SCRIPTED:
        return await svc_java(invocation)
    await invocation.phone.latency.spend("cmd")
    if await VERBS[words[0]](invocation, words[1:]):
        return 0
    usage = f"{ABOUT['wifi']}\n\n{USAGE['wifi']}" if words[0] == "wifi" else SCRIPT_DATA_USAGE
    await invocation.out(usage)
    return 1


@command("svc", until=SVC_IS_A_SCRIPT_SINCE - 1)
@command("svc", since=SVC_RADIOS_UNTIL + 1)
async def svc_java(invocation: Invocation) -> int:
    """Svc.java, in a Java machine of its own; it ends with 0 whatever happens."""
    await invocation.phone.latency.spend("jvm")
    words = invocation.argv[1:]
    known = _known(invocation.api)
    if words[:1] == ["help"] and len(words) > 1 and words[1] in known:
        await invocation.err(f"{ABOUT[words[1]]}\n\n{USAGE[words[1]]}\n")
        return 0
    if not words or words[0] not in known:
        await invocation.err(_overview(known))
        return 0
    if not await VERBS[words[0]](invocation, words[1:]):
        await invocation.err(f"{ABOUT[words[0]]}\n\n{USAGE[words[0]]}\n")
    return 0


def _overview(known: list[str]) -> str:
    width = max(len(name) for name in known)
    lines = [f"    {name:<{width}} {ABOUT[name]}" for name in ("help", *known)]
    return "Available commands:\n" + "\n".join(lines) + "\n"
