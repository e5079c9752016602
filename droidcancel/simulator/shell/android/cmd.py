"""`cmd` and `service`: calling the phone's services (frameworks/native cmds/cmd, cmds/service)."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

from droidcancel.simulator.shell.registry import SERVICES, Invocation, command

NO_SERVICE = 20
# How long `cmd -w` waits for a service (cmd.cpp: one second a try, five tries).
WAIT_S = 5.0

# Services by name and interface. What a name has no shell command for says so.
INTERFACES = {
    "account": "android.accounts.IAccountManager",
    "activity": "android.app.IActivityManager",
    "activity_task": "android.app.IActivityTaskManager",
    "alarm": "android.app.IAlarmManager",
    "appops": "com.android.internal.app.IAppOpsService",
    "audio": "android.media.IAudioService",
    "battery": "",
    "batterystats": "com.android.internal.app.IBatteryStats",
    "clipboard": "android.content.IClipboard",
    "connectivity": "android.net.IConnectivityManager",
    "content": "android.content.IContentService",
    "cpuinfo": "",
    "device_config": "",
    "deviceidle": "android.os.IDeviceIdleController",
    "device_state": "android.hardware.devicestate.IDeviceStateManager",
    "device_policy": "android.app.admin.IDevicePolicyManager",
    "diskstats": "",
    "display": "android.hardware.display.IDisplayManager",
    "input": "android.hardware.input.IInputManager",
    "input_method": "com.android.internal.view.IInputMethodManager",
    "jobscheduler": "android.app.job.IJobScheduler",
    "locale": "android.app.ILocaleManager",
    "lock_settings": "com.android.internal.widget.ILockSettings",
    "media.camera": "android.hardware.ICameraService",
    "media_session": "android.media.session.ISessionManager",
    "meminfo": "",
    "mount": "android.os.storage.IStorageManager",
    "netd": "android.net.INetd",
    "netpolicy": "android.net.INetworkPolicyManager",
    "netstats": "android.net.INetworkStatsService",
    "network_management": "android.os.INetworkManagementService",
    "notification": "android.app.INotificationManager",
    "overlay": "android.content.om.IOverlayManager",
    "package": "android.content.pm.IPackageManager",
    "permission": "android.os.IPermissionController",
    "phone": "com.android.internal.telephony.ITelephony",
    "power": "android.os.IPowerManager",
    "procstats": "com.android.internal.app.procstats.IProcessStats",
    "role": "android.app.role.IRoleManager",
    "sensorservice": "android.gui.SensorServer",
    "settings": "",
    "shortcut": "android.content.pm.IShortcutService",
    "statusbar": "com.android.internal.statusbar.IStatusBarService",
    "SurfaceFlinger": "android.ui.ISurfaceComposer",
    "telephony.registry": "com.android.internal.telephony.ITelephonyRegistry",
    "thermalservice": "android.os.IThermalService",
    "trust": "android.app.trust.ITrustManager",
    "uimode": "android.app.IUiModeManager",
    "usagestats": "android.app.usage.IUsageStatsManager",
    "usb": "android.hardware.usb.IUsbManager",
    "user": "android.os.IUserManager",
    "vibrator": "android.os.IVibratorService",
    "wallpaper": "android.app.IWallpaperManager",
    "wifi": "android.net.wifi.IWifiManager",
    "window": "android.view.IWindowManager",
}
# Services that came with an API level later than 21.
SINCE = {
    "activity_task": 29,
    "connectivity": 21,
    "device_config": 29,
    "device_state": 31,
    "deviceidle": 23,
    "locale": 33,
    "overlay": 26,
    "role": 29,
    "shortcut": 25,
    "thermalservice": 29,
    "settings": 24,
}


def services(invocation: Invocation) -> list[str]:
    """The names of the services that run: none before the phone has booted that far."""
    if not invocation.phone.booted.is_set():
        return []
    known = {name for name in INTERFACES if SINCE.get(name, 21) <= invocation.api}
    return sorted(known | set(SERVICES.names(invocation.api)))


@command("cmd", since=24)
async def cmd(invocation: Invocation) -> int:
    words = invocation.argv[1:]
    wait = words[:1] == ["-w"]
    words = words[1:] if wait else words
    if not words or words == ["-l"]:
        return await _list(invocation, bool(words))
    if wait:
        await _await_services(invocation)
    if words[0] not in services(invocation):
        await invocation.err(f"cmd: Can't find service: {words[0]}\n")
        return NO_SERVICE
    return await call_service(invocation, words)


async def _list(invocation: Invocation, asked: bool) -> int:
    if not asked:
        await invocation.err("cmd: No service specified; use -l to list all services\n")
        return NO_SERVICE
    await invocation.out("Currently running services:\n")
    await invocation.out("".join(f"  {name}\n" for name in services(invocation)))
    return 0


async def _await_services(invocation: Invocation) -> None:
    """Wait until the phone has booted as far as its services."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(invocation.phone.booted.wait(), WAIT_S)


async def call_service(invocation: Invocation, words: list[str]) -> int:
    """Run `words` (service first) as `cmd` does; a service without a shell says so, with 0."""
    entry = SERVICES.lookup(words[0], invocation.api)
    if entry is None:
        await invocation.err("No shell command implementation.\n")
        return 0
    if entry.cost:
        await invocation.phone.latency.spend(entry.cost)
    return await entry.function(replace(invocation, argv=words[1:]))


# -- service --------------------------------------------------------------------------------------
_USAGE = """\
Usage: service [-h|-?]
       service list
       service check SERVICE
       service call SERVICE CODE [i32 N | i64 N | f N | d N | s16 STR | null | fd f | nfd n | \
afd f ] ...
"""


@command("service")
async def service(invocation: Invocation) -> int:
    words = invocation.argv[1:]
    if words[:1] == ["list"]:
        return await _service_list(invocation)
    if words[:1] == ["check"] and len(words) > 1:
        found = "found" if words[1] in services(invocation) else "not found"
        await invocation.out(f"Service {words[1]}: {found}\n")
        return 0
    if words[:1] == ["call"] and len(words) > 2:
        return await _service_call(invocation, words[1])
    await invocation.out(_USAGE)
    return 0 if words[:1] in (["-h"], ["-?"]) else 10


async def _service_list(invocation: Invocation) -> int:
    names = services(invocation)
    await invocation.out(f"Found {len(names)} services:\n")
    for number, name in enumerate(names):
        await invocation.out(f"{number}\t{name}: [{INTERFACES.get(name, '')}]\n")
    return 0


async def _service_call(invocation: Invocation, name: str) -> int:
    """Binder calls by number answer with an empty parcel: no client may rely on them here."""
    if name not in services(invocation):
        await invocation.err(f"service: Service {name} does not exist\n")
        return 10
    invocation.phone.unknown_commands[f"service call {name}"] += 1
    await invocation.out("Result: Parcel(00000000    '....')\n")
    return 0
