"""`dumpsys` of services that are asked for a line or two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from droidcancel.simulator.media import MEDIA_IMAGE, MEDIA_VIDEO
from droidcancel.simulator.shell.android.tokens import duration, short_user
from droidcancel.simulator.shell.registry import Invocation, dump

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

DISPLAY_ID = 4619827259835644672


# -- storage --------------------------------------------------------------------------------------
def _kib(size: int) -> str:
    return f"{size // 1024}K"


def _media_bytes(phone: Phone, kind: int) -> int:
    return sum(row.size for row in phone.media.rows() if row.media_type == kind)


@dump("diskstats")
async def dump_diskstats(invocation: Invocation, args: list[str]) -> int:
    """DiskStatsService: the sizes of apps are told from API 26 on."""
    phone = invocation.phone
    total, free = phone.fs.capacity, phone.fs.free
    share = f"{_kib(free)} / {_kib(total)} total = {free * 100 // total}% free"
    lines = ["Latency: 0ms [512B Data Write]", "Recent Disk Write Speed (kB/s) = 102400"]
    lines += [f"Data-Free: {share}", f"Cache-Free: {share}", "System-Free: 0K / 2500000K total"]
    lines.append("File-based Encryption: true")
    if invocation.api >= 26:
        lines += _sizes(phone)
    await invocation.out("\n".join(lines) + "\n")
    return 0


def _sizes(phone: Phone) -> list[str]:
    packages = list(phone.packages)
    sizes = [phone.packages.sizes(package) for package in packages]
    code, data, cache = ([size[part] for size in sizes] for part in range(3))
    return [
        f"App Size: {sum(code)}",
        f"App Data Size: {sum(data)}",
        f"App Cache Size: {sum(cache)}",
        f"Photos Size: {_media_bytes(phone, MEDIA_IMAGE)}",
        f"Videos Size: {_media_bytes(phone, MEDIA_VIDEO)}",
        "Audio Size: 0",
        "Downloads Size: 0",
        "System Size: 2147483648",
        "Other Size: 0",
        f"Package Names: {json.dumps([p.name for p in packages], separators=(',', ':'))}",
        f"App Sizes: {json.dumps(code, separators=(',', ':'))}",
        f"App Data Sizes: {json.dumps(data, separators=(',', ':'))}",
        f"Cache Sizes: {json.dumps(cache, separators=(',', ':'))}",
    ]


# -- input and screen -----------------------------------------------------------------------------
@dump("input_method")
async def dump_input_method(invocation: Invocation, args: list[str]) -> int:
    ime = invocation.phone.ime
    shown = str(ime.visible).lower()
    await invocation.out(
        "Current Input Method Manager state:\n"
        "  Input Methods: mMethodMapUpdateCount=1\n"
        + "".join(f"  InputMethod #{n}:\n    mId={name}\n" for n, name in enumerate(ime.all()))
        + f"  mCurMethodId={ime.current}\n"
        f"  mCurId={ime.current} mHaveConnection=true mBoundToMethod=true\n"
        f"  mShowRequested={shown} mShowExplicitlyRequested=false mShowForced=false "
        f"mInputShown={shown}\n"
        f"  mSystemReady=true mInteractive={str(invocation.phone.power.screen_on).lower()}\n"
    )
    return 0


@dump("SurfaceFlinger")
async def dump_surface_flinger(invocation: Invocation, args: list[str]) -> int:
    if args[:1] == ["--display-id"]:
        await invocation.out(
            f"Display {DISPLAY_ID} (HWC display 0): port=0 pnpId=GGL "
            'displayName="Built-in Screen"\n'
        )
        return 0
    windows = invocation.phone.windows.visible()
    if args[:1] == ["--list"]:
        await invocation.out("".join(f"{window.title}#{n}\n" for n, window in enumerate(windows)))
        return 0
    width, height = invocation.phone.screen.size
    await invocation.out(
        "Build configuration: [sf PRESENT_TIME_OFFSET=0]\n"
        f"Display {DISPLAY_ID} HWC layers:\n"
        + "".join(f"+ Layer ({window.title}#{n})\n" for n, window in enumerate(windows))
        + f"  refresh-rate: 60.000002 fps\n  resolution={width}x{height}\n"
    )
    return 0


@dump("input")
async def dump_input(invocation: Invocation, args: list[str]) -> int:
    rotation = invocation.phone.screen.rotation
    width, height = invocation.phone.screen.natural_size
    await invocation.out(
        "INPUT MANAGER (dumpsys input)\n\nEvent Hub State:\n  Devices:\n    1: touchscreen\n\n"
        "Input Reader State:\n  Device 1: touchscreen\n"
        f"      SurfaceWidth: {width}px\n      SurfaceHeight: {height}px\n"
        f"      SurfaceOrientation: {rotation}\n"
    )
    return 0


@dump("statusbar")
async def dump_statusbar(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("  displayId=0\n    mDisabled1=0x0\n    mDisabled2=0x0\n  mIcons=\n")
    return 0


# -- processes ------------------------------------------------------------------------------------
@dump("meminfo")
async def dump_meminfo(invocation: Invocation, args: list[str]) -> int:
    phone = invocation.phone
    words = [word for word in args if not word.startswith("-")]
    if words:
        found = [p for p in phone.processes if words[0] in (p.name, str(p.pid))]
        if not found:
            await invocation.out(f"No process found for: {words[0]}\n")
        for process in found:
            await invocation.out(
                f"Applications Memory Usage (in Kilobytes):\n"
                f"Uptime: {round(phone.clock.uptime() * 1000)} Realtime: "
                f"{round(phone.clock.uptime() * 1000)}\n\n"
                f"** MEMINFO in pid {process.pid} [{process.name}] **\n"
                f"           TOTAL PSS: {process.rss:>8}            TOTAL RSS: {process.rss:>8}\n"
            )
        return 0
    await invocation.out("Total RSS by process:\n")
    for process in sorted(phone.processes, key=lambda process: -process.rss):
        await invocation.out(f"{process.rss:>12,}K: {process.name} (pid {process.pid})\n")
    return 0


@dump("cpuinfo")
async def dump_cpuinfo(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("Load: 0.5 / 0.4 / 0.3\nCPU usage from 10000ms to 0ms ago:\n")
    for process in invocation.phone.processes:
        await invocation.out(f"  0.1% {process.pid}/{process.name}: 0.1% user + 0% kernel\n")
    await invocation.out("1% TOTAL: 0.6% user + 0.4% kernel\n")
    return 0


@dump("usagestats")
async def dump_usagestats(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("user=0\n  In-memory daily stats\n    packages\n")
    for package in invocation.phone.packages:
        if not package.system:
            await invocation.out(
                f"      package={package.name} u=0 bucket={package.standby_bucket} reason=u\n"
            )
    return 0


# -- the rest -------------------------------------------------------------------------------------
@dump("user")
async def dump_user(invocation: Invocation, args: list[str]) -> int:
    unlocked = invocation.phone.power.unlocked_once
    state = "RUNNING_UNLOCKED" if unlocked else "RUNNING_LOCKED"
    flags = "4c13" if invocation.api >= 33 else "c13" if invocation.api >= 31 else "13"
    await invocation.out(
        "Current user: 0\n\nUsers:\n"
        f"  UserInfo{{0:Owner:{flags}}} serialNo=0 isPrimary=true\n"
        f"    State: {state}\n"
        f"    Start time: +{duration(invocation.phone.clock.uptime())} ago\n"
    )
    return 0


@dump("account")
async def dump_account(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("User UserInfo{0:Owner:13}:\n  Accounts: 0\n")
    return 0


@dump("alarm")
async def dump_alarm(invocation: Invocation, args: list[str]) -> int:
    await invocation.out(
        "Current Alarm Manager state:\n"
        f"  nowRTC={round(invocation.phone.clock.time() * 1000)} "
        f"nowELAPSED={round(invocation.phone.clock.uptime() * 1000)}\n"
        "  0 pending alarms:\n"
    )
    return 0


@dump("media.camera")
async def dump_camera(invocation: Invocation, args: list[str]) -> int:
    await invocation.out(
        "== Service global info: ==\n\nNumber of camera devices: 2\n"
        "Number of normal camera devices: 2\nActive Camera Clients:\n[]\n"
    )
    return 0


@dump("deviceidle", since=23)
async def dump_deviceidle(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("  mState=ACTIVE\n  mLightState=ACTIVE\n  mForceIdle=false\n")
    return 0


@dump("uimode")
async def dump_uimode(invocation: Invocation, args: list[str]) -> int:
    mode = invocation.phone.settings.get("secure", "ui_night_mode") or "1"
    names = {"0": "auto", "1": "no", "2": "yes", "3": "custom"}
    await invocation.out(
        f"Current UI Mode Service state:\n  mNightMode={mode} ({names.get(mode, '?')})\n"
    )
    return 0


@dump("batterystats")
async def dump_batterystats(invocation: Invocation, args: list[str]) -> int:
    if "--reset" in args:
        await invocation.out("Battery stats reset.\n")
        return 0
    await invocation.out(f"Battery History (0% used):\n  {short_user(2000)}\n")
    return 0


@dump("gfxinfo")
async def dump_gfxinfo(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("Applications Graphics Acceleration Info:\n")
    return 0
