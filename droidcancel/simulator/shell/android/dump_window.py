"""`dumpsys window [windows|displays|policy]` and `dumpsys display`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.shell.android.configuration import configuration
from droidcancel.simulator.shell.android.tokens import activity_token, identity, window_token
from droidcancel.simulator.shell.registry import Invocation, dump

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.windows import Window

# Window types as WindowManager.LayoutParams names them.
TYPES = {
    "wallpaper": "WALLPAPER",
    "app": "BASE_APPLICATION",
    "dialog": "APPLICATION",
    "ime": "INPUT_METHOD",
    "toast": "TOAST",
    "overlay": "APPLICATION_OVERLAY",
    "keyguard": "NOTIFICATION_SHADE",
    "status": "STATUS_BAR",
    "navigation": "NAVIGATION_BAR",
    "system_dialog": "SYSTEM_ALERT",
}


def focus_lines(phone: Phone) -> list[str]:
    """mCurrentFocus and mFocusedApp, in the words of the API level."""
    focused = phone.windows.focused
    current = window_token(focused) if focused else "null"
    record = phone.activities.resumed
    app = activity_token(record) if record else "null"
    if record is not None and phone.options.api <= 29:
        token = f"Token{{{identity(record.intent)} {app}}}"
        app = f"AppWindowToken{{{identity(record.task)} token={token}}}"
    return [f"  mCurrentFocus={current}", f"  mFocusedApp={app}"]


# -- windows --------------------------------------------------------------------------------------
def windows(phone: Phone) -> str:
    lines = ["WINDOW MANAGER WINDOWS (dumpsys window windows)"]
    shown = list(reversed(phone.windows.visible()))
    for number, window in enumerate(shown):
        lines += _window_lines(phone, number, window)
    lines.append("")
    if phone.options.api <= 28:
        lines += [f"  mCurConfiguration={configuration(phone)}", *focus_lines(phone)]
    else:
        lines += ["  mTopFocusedDisplayId=0", "  imeLayeringTarget in display# 0 null"]
    lines.append("  mInTouchMode=true")
    return "\n".join(lines) + "\n"


def _window_lines(phone: Phone, number: int, window: Window) -> list[str]:
    package = phone.packages.get(window.package)
    uid = package.uid if package else 1000
    width, height = phone.screen.size
    frame = f"[0,0][{width},{height}]"
    if window.frame is not None:
        rect = window.frame
        frame = f"[{rect.left},{rect.top}][{rect.right},{rect.bottom}]"
        width, height = rect.right - rect.left, rect.bottom - rect.top
    secure = " fl=SECURE" if window.secure else ""
    return [
        f"  Window #{number} {window_token(window)}:",
        f"    mDisplayId=0 mSession=Session{{{identity(window.owner)}}}",
        f"    mOwnerUid={uid} showForAllUsers=false package={window.package} appop=NONE",
        f"    mAttrs={{(0,0)(fillxfill) ty={TYPES[window.kind]} fmt=TRANSLUCENT{secure}}}",
        f"    Requested w={width} h={height} mLayoutSeq={phone.windows.version}",
        f"    mHasSurface=true isReadyForDisplay()=true frame={frame}",
        "    isOnScreen=true",
        "    isVisible=true",
    ]


# -- displays -------------------------------------------------------------------------------------
def displays(phone: Phone) -> str:
    screen, options = phone.screen, phone.options
    width, height = screen.physical_size
    base = f"init={width}x{height} {options.density}dpi"
    if screen.size_override or screen.density_override:
        width, height = screen.natural_size
        base += f" base={width}x{height} {screen.density}dpi"
    width, height = screen.size
    stacks = len([task for task in phone.activities.tasks if task.records])
    lines = [
        "WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)",
        f"  Display: mDisplayId=0 {'rootTasks' if options.api >= 31 else 'stacks'}={stacks}",
        f"    {base} cur={width}x{height} app={width}x{height} "
        f"rng={min(width, height)}x{min(width, height)}-{max(width, height)}x{max(width, height)}",
        "    deferred=false mLayoutNeeded=false",
        f"    mRotation={_rotation(phone)}",
    ]
    if options.api >= 29:
        lines += focus_lines(phone)
    return "\n".join(lines) + "\n"


def _rotation(phone: Phone) -> str:
    """A number until Android 10, then a name."""
    number = phone.screen.rotation
    return f"ROTATION_{number * 90}" if phone.options.api >= 29 else str(number)


# -- policy ---------------------------------------------------------------------------------------
def _word(value: bool) -> str:
    return str(value).lower()


def policy(phone: Phone) -> str:
    power = phone.power
    booted = phone.booted.is_set()
    lines = [
        "WINDOW MANAGER POLICY STATE (dumpsys window policy)",
        f"    mSafeMode=false mSystemReady=true mSystemBooted={_word(booted)}",
        f"    screenState={'SCREEN_STATE_ON' if power.screen_on else 'SCREEN_STATE_OFF'}",
        f"    mAwake={_word(power.screen_on)} mScreenOnEarly={_word(power.screen_on)} "
        f"mScreenOnFully={_word(power.screen_on)}",
    ]
    if phone.options.api <= 27:
        lines.append(f"    mShowingLockscreen={_word(power.keyguard)} mShowingDream=false")
    lines.append("    KeyguardServiceDelegate")
    lines += [f"      {name}={value}" for name, value in _keyguard(phone).items()]
    return "\n".join(lines) + "\n"


def _keyguard(phone: Phone) -> dict[str, str]:
    """KeyguardServiceDelegate.KeyguardState; states by name from Android 9 on."""
    power, names = phone.power, phone.options.api >= 28
    screen = "SCREEN_STATE_ON" if power.screen_on else "SCREEN_STATE_OFF"
    awake = "INTERACTIVE_STATE_AWAKE" if power.screen_on else "INTERACTIVE_STATE_SLEEP"
    numbers = ("2", "2") if power.screen_on else ("0", "0")
    return {
        "showing": _word(power.keyguard),
        "showingAndNotOccluded": _word(power.keyguard),
        "inputRestricted": _word(power.keyguard),
        "occluded": "false",
        "secure": _word(power.pin is not None),
        "dreaming": "false",
        "systemIsReady": "true",
        "deviceHasKeyguard": "true",
        "enabled": "true",
        "offReason": "OFF_BECAUSE_OF_USER" if names else "2",
        "currentUser": "0",
        "bootCompleted": _word(phone.booted.is_set()),
        "screenState": screen if names else numbers[0],
        "interactiveState": awake if names else numbers[1],
    }


SECTIONS: dict[str, Callable[[Phone], str]] = {
    "policy": policy,
    "displays": displays,
    "windows": windows,
}
NAMES = {**SECTIONS, "p": policy, "d": displays, "w": windows, "visible": windows, "a": windows}
_OTHER = ("tokens", "sessions", "animator", "lastanr", "trace", "containers", "refresh", "input")


@dump("window")
async def dump_window(invocation: Invocation, args: list[str]) -> int:
    words = [word for word in args if not word.startswith("-")]
    if not words or words[0] == "all":
        sections = "\n".join(section(invocation.phone) for section in SECTIONS.values())
        await invocation.out(sections)
    elif words[0] in NAMES:
        await invocation.out(NAMES[words[0]](invocation.phone))
    elif words[0] in _OTHER:
        await invocation.out(f"WINDOW MANAGER (dumpsys window {words[0]})\n")
    else:
        await invocation.out(
            f"Bad window command, or no windows match: {words[0]}\nUse -h for help.\n"
        )
    return 0


# -- dumpsys display -------------------------------------------------------------------------------
@dump("display")
async def dump_display(invocation: Invocation, args: list[str]) -> int:
    phone = invocation.phone
    width, height = phone.screen.natural_size
    turned_width, turned_height = phone.screen.size
    state = "ON" if phone.power.screen_on else "OFF"
    rotation = phone.screen.rotation
    viewport = (
        "DisplayViewport{type=INTERNAL, valid=true, isActive=true, displayId=0, "
        f"uniqueId='local:0', physicalPort=0, orientation={rotation}, "
        f"logicalFrame=Rect(0, 0 - {turned_width}, {turned_height}), "
        f"physicalFrame=Rect(0, 0 - {width}, {height}), "
        f"deviceWidth={width}, deviceHeight={height}}}"
    )
    await invocation.out(
        "DISPLAY MANAGER (dumpsys display)\n"
        "  mOnlyCode=false\n"
        "  mSafeMode=false\n"
        f"  mViewports=[{viewport}]\n"
        f"  mStableDisplaySize=Point({width}, {height})\n\n"
        "Display Devices: size=1\n"
        '  DisplayDeviceInfo{"Built-in Screen": uniqueId="local:0", '
        f"{width} x {height}, modeId 1, density {phone.options.density}, "
        f"{phone.options.density}.0 x {phone.options.density}.0 dpi, touch INTERNAL, "
        f"rotation 0, type INTERNAL, state {state}, FLAG_DEFAULT_DISPLAY}}\n\n"
        "Logical Displays: size=1\n"
        "  Display 0:\n"
        "    mDisplayId=0\n"
        "    mLayerStack=0\n"
        f'    mBaseDisplayInfo=DisplayInfo{{"Built-in Screen", displayId 0, real {width} x '
        f"{height}, density {phone.screen.density}, rotation {rotation}, state {state}}}\n\n"
        "Display Power State:\n"
        f"  mScreenState={state}\n"
    )
    return 0
