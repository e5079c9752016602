"""`dumpsys power`, `battery`, `trust` and `thermalservice`."""

from __future__ import annotations

from droidcancel.simulator.services_state import Battery
from droidcancel.simulator.shell.registry import Invocation, dump

_BATTERY_NAMES = {
    "ac": "AC powered",
    "usb": "USB powered",
    "wireless": "Wireless powered",
    "level": "level",
    "status": "status",
    "health": "health",
    "present": "present",
    "temp": "temperature",
}


def _word(value: bool) -> str:
    return str(value).lower()


@dump("power")
async def dump_power(invocation: Invocation, args: list[str]) -> int:
    phone = invocation.phone
    awake, battery = phone.power.screen_on, phone.battery
    powered = battery.ac or battery.usb or battery.wireless
    stay = phone.settings.get("global", "stay_on_while_plugged_in") or "0"
    await invocation.out(
        "POWER MANAGER (dumpsys power)\n\n"
        "Power Manager State:\n"
        "  mDirty=0x0\n"
        f"  mWakefulness={'Awake' if awake else 'Asleep'}\n"
        "  mWakefulnessChanging=false\n"
        f"  mIsPowered={_word(powered)}\n"
        f"  mPlugType={2 if battery.usb else int(battery.ac)}\n"
        f"  mBatteryLevel={battery.level}\n"
        f"  mStayOn={_word(powered and stay != '0')}\n"
        "  mProximityPositive=false\n"
        f"  mBootCompleted={_word(phone.booted.is_set())}\n"
        "  mSystemReady=true\n"
        f"  mHoldingWakeLockSuspendBlocker={_word(awake)}\n"
        f"  mHoldingDisplaySuspendBlocker={_word(awake)}\n\n"
        "Settings and Configuration:\n"
        f"  mStayOnWhilePluggedInSetting={stay}\n"
        f"  mScreenOffTimeoutSetting={phone.settings.get('system', 'screen_off_timeout')}\n\n"
        "Wake Locks: size=0\n\n"
        f"Display Power: state={'ON' if awake else 'OFF'}\n"
    )
    return 0


# -- battery --------------------------------------------------------------------------------------
def _battery_text(battery: Battery, api: int) -> str:
    values = {
        "AC powered": _word(battery.ac),
        "USB powered": _word(battery.usb),
        "Wireless powered": _word(battery.wireless),
        "Max charging current": "500000" if battery.usb else "0",
        "Max charging voltage": "5000000" if battery.usb else "0",
        "Charge counter": str(battery.level * 30000),
        "status": str(battery.status),
        "health": str(battery.health),
        "present": _word(battery.present),
        "level": str(battery.level),
        "scale": "100",
        "voltage": str(battery.voltage),
        "temperature": str(battery.temperature),
        "technology": "Li-ion",
    }
    hidden = () if api >= 24 else ("Max charging current", "Max charging voltage")
    lines = [f"  {name}: {value}\n" for name, value in values.items() if name not in hidden]
    if api >= 33:
        lines.insert(3, "  Dock powered: false\n")
    stopped = "  (UPDATES STOPPED -- use 'reset' to restart)\n" if battery.frozen else ""
    return "Current Battery Service state:\n" + stopped + "".join(lines)


def _set(battery: Battery, name: str, value: str) -> str:
    """`dumpsys battery set NAME VALUE`; what it complains of."""
    if name not in _BATTERY_NAMES:
        return f"Unknown set option: {name}\n"
    if not value.lstrip("-").isdigit():
        return f"Bad value: {value}\n"
    attribute = "temperature" if name == "temp" else name
    number = int(value)
    flag = isinstance(getattr(battery, attribute), bool)
    setattr(battery, attribute, bool(number) if flag else number)
    battery.frozen = True
    return ""


def run_battery(battery: Battery, words: list[str], api: int) -> str:
    """What `dumpsys battery WORDS` and `cmd battery WORDS` do and print."""
    words = [word for word in words if word not in ("-f", "-a")]
    if not words:
        return _battery_text(battery, api)
    if words[0] == "unplug":
        battery.ac = battery.usb = battery.wireless = False
        battery.status, battery.frozen = 3, True
        return ""
    if words[0] == "reset":
        battery.reset()
        return ""
    if words[0] == "set" and len(words) == 3:
        return _set(battery, words[1], words[2])
    if words[0] == "get" and len(words) == 2 and words[1] in _BATTERY_NAMES:
        value = getattr(battery, "temperature" if words[1] == "temp" else words[1])
        return f"{int(value)}\n"
    return f"Unknown command: {words[0]}\n"


@dump("battery")
async def dump_battery(invocation: Invocation, args: list[str]) -> int:
    phone = invocation.phone
    await invocation.out(run_battery(phone.battery, args, invocation.api))
    phone.changed()
    return 0


# -- trust and heat --------------------------------------------------------------------------------
@dump("trust")
async def dump_trust(invocation: Invocation, args: list[str]) -> int:
    power = invocation.phone.power
    strong = "0x0" if power.unlocked_once else "0x1"
    flags = "0x4c13" if invocation.api >= 33 else "0xc13" if invocation.api >= 31 else "0x13"
    secure = f", deviceLocked={int(power.keyguard and power.pin is not None)}"
    await invocation.out(
        "Trust manager state:\n"
        f' User "Owner" (id=0, flags={flags}) (current): trusted=0, trustManaged=0{secure}, '
        f"strongAuthRequired={strong}\n"
        "   Enabled agents:\n   Events:\n"
    )
    return 0


@dump("thermalservice", since=29)
async def dump_thermal(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("IsStatusOverride: false\nThermal Status: 0\nCached temperatures:\n")
    return 0
