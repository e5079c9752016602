"""`am broadcast`: who may send what, and the receivers that there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlparse

from droidcancel.simulator.apps.intents import Intent
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.shell.android.am_intents import parse
from droidcancel.simulator.shell.android.am_service import AM
from droidcancel.simulator.shell.android.am_start import shown
from droidcancel.simulator.shell.android.java import Args, security
from droidcancel.simulator.shell.registry import Invocation

FLAG_RECEIVER_FROM_SHELL = 0x00400000
AIRPLANE_MODE = "android.intent.action.AIRPLANE_MODE"
SCAN_FILE = "android.intent.action.MEDIA_SCANNER_SCAN_FILE"
DEMO = "com.android.systemui.demo"

# <protected-broadcast> of frameworks/base core/res/AndroidManifest.xml, those likely to be tried.
PROTECTED = frozenset(
    "android.intent.action." + name
    for name in [
        "AIRPLANE_MODE",
        "BATTERY_CHANGED",
        "BATTERY_LOW",
        "BATTERY_OKAY",
        "BOOT_COMPLETED",
        "LOCKED_BOOT_COMPLETED",
        "REBOOT",
        "ACTION_SHUTDOWN",
        "ACTION_POWER_CONNECTED",
        "ACTION_POWER_DISCONNECTED",
        "SCREEN_ON",
        "SCREEN_OFF",
        "USER_PRESENT",
        "USER_UNLOCKED",
        "TIME_SET",
        "TIMEZONE_CHANGED",
        "DATE_CHANGED",
        "LOCALE_CHANGED",
        "CONFIGURATION_CHANGED",
        "PACKAGE_ADDED",
        "PACKAGE_REMOVED",
        "PACKAGE_REPLACED",
        "PACKAGE_CHANGED",
        "PACKAGE_RESTARTED",
        "PACKAGE_DATA_CLEARED",
        "MY_PACKAGE_REPLACED",
        "MEDIA_MOUNTED",
        "MEDIA_UNMOUNTED",
        "DEVICE_STORAGE_LOW",
        "DEVICE_STORAGE_OK",
        "NEW_OUTGOING_CALL",
        "ANY_DATA_STATE",
    ]
) | {"android.net.conn.CONNECTIVITY_CHANGE", "android.net.wifi.WIFI_STATE_CHANGED"}

# Uids that AMS lets send them: root, system, phone, bluetooth, nfc; to API 23 also the shell.
EXEMPT_UIDS = frozenset((0, 1000, 1001, 1002, 1027))


@dataclass(frozen=True)
class Result:
    """What the receivers left in an ordered broadcast."""

    code: int = 0
    data: str | None = None


Receiver = Callable[[Invocation, Intent], Awaitable[Result]]


def may_send(options: PhoneOptions, uid: int, action: str | None) -> bool:
    """ActivityManagerService.broadcastIntentLocked's check of protected broadcasts."""
    if action == AIRPLANE_MODE and options.has("airplane-broadcast-refused"):
        return uid == 1000
    if action not in PROTECTED or uid in EXEMPT_UIDS:
        return True
    return uid == 2000 and options.api <= 23


@AM.sub("broadcast")
async def broadcast(invocation: Invocation, args: Args) -> int:
    intent, _ = parse(args)
    if invocation.api >= 26:
        intent = replace(intent, flags=intent.flags | FLAG_RECEIVER_FROM_SHELL)
    await invocation.out(f"Broadcasting: {shown(intent, invocation.api)}\n")
    if not may_send(invocation.phone.options, invocation.uid, intent.action):
        raise security(
            f"Permission Denial: not allowed to send broadcast {intent.action} "
            f"from pid={invocation.pid}, uid={invocation.uid}"
        )
    result = await _deliver(invocation, intent)
    data = "" if result.data is None else f', data="{result.data}"'
    await invocation.out(f"Broadcast completed: result={result.code}{data}\n")
    return 0


async def _deliver(invocation: Invocation, intent: Intent) -> Result:
    action = intent.action or ""
    if action.startswith("ADB_"):
        return await _to_keyboard(invocation, intent)
    receiver = RECEIVERS.get(action)
    return await receiver(invocation, intent) if receiver else Result()


async def _to_keyboard(invocation: Invocation, intent: Intent) -> Result:
    """The test keyboards that clients install listen for ADB_* actions."""
    answer = invocation.phone.ime.broadcast(intent.action or "", dict(intent.extras))
    return Result(*answer) if answer else Result()


async def _airplane(invocation: Invocation, intent: Intent) -> Result:
    invocation.phone.connectivity.airplane_broadcast()
    return Result()


async def _scan_file(invocation: Invocation, intent: Intent) -> Result:
    """The scanner works later and tells nothing; Android 17 does not listen any more."""
    phone = invocation.phone
    if invocation.api < 37 and intent.data:
        phone.spawn(_scan_later(invocation, unquote(urlparse(intent.data).path)))
    return Result()


async def _scan_later(invocation: Invocation, path: str) -> None:
    await invocation.phone.latency.spend("scan")
    invocation.phone.media.scan(path)


async def _demo(invocation: Invocation, intent: Intent) -> Result:
    """SystemUI's demo mode (packages/SystemUI/docs/demo_mode.md), where it is allowed."""
    phone = invocation.phone
    if phone.settings.get("global", "sysui_demo_allowed") == "1":
        extras = {key: str(value) for key, value in intent.extras.items()}
        phone.demo.command(extras.pop("command", ""), extras)
    return Result()


RECEIVERS: dict[str, Receiver] = {
    AIRPLANE_MODE: _airplane,
    SCAN_FILE: _scan_file,
    DEMO: _demo,
}
