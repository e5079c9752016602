"""The server's methods about the whole phone: gestures, keys, pictures, clipboard, waiting."""

from __future__ import annotations

import asyncio
import base64
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from PIL import Image

from droidcancel.simulator import keys
from droidcancel.simulator.screen import encode
from droidcancel.simulator.streams import pipe
from droidcancel.simulator.uiautomator_errors import InvalidParams
from droidcancel.simulator.uiautomator_rpc import (
    IDLE_S,
    STEP_S,
    Service,
    rpc,
    wait_idle,
)
from droidcancel.simulator.windows import EVENT_EVERY_S

ANSWER_S = 5.0  # AccessibilityInteractionClient.TIMEOUT_INTERACTION_MILLIS
CLICK_MS = 100  # between down and up of click(x, y)

KEYS: Mapping[str, int] = {
    "home": 3, "back": 4, "left": 21, "right": 22, "up": 19, "down": 20, "center": 23,
    "menu": 82, "search": 84, "enter": 66, "delete": 67, "del": 67, "recent": 187,
    "volume_up": 24, "volume_down": 25, "volume_mute": 164, "camera": 27, "power": 26,
}  # fmt: skip
ROTATIONS = {"natural": 0, "n": 0, "left": 1, "l": 1, "right": 3, "r": 3}


@rpc("ping")
async def ping(service: Service) -> str:
    return "pong"


@rpc("deviceInfo")
async def device_info(service: Service) -> dict[str, Any]:
    phone = service.phone
    width, height = phone.screen.size
    active = phone.screen.active()
    scale = phone.screen.density / 160
    return {
        "currentPackageName": None if active is None else active.window.package,
        "displayHeight": height,
        "displayRotation": phone.screen.rotation,
        "displaySizeDpX": round(width / scale),
        "displaySizeDpY": round(height / scale),
        "displayWidth": width,
        "productName": phone.props.get("ro.product.name", ""),
        "screenOn": phone.power.screen_on,
        "sdkInt": phone.options.api,
        "naturalOrientation": phone.screen.rotation in (0, 2),
    }


# -- gestures --------------------------------------------------------------------------------
async def tap_at(service: Service, x: Any, y: Any, ms: Any = CLICK_MS) -> bool:
    """Down, `ms` of holding, up; False for places that there are not."""
    if x < 0 or y < 0:
        return False
    await service.phone.latency.spend("input")
    if ms < 500:
        return await service.phone.input.tap(int(x), int(y))
    return await service.phone.input.long_press(int(x), int(y), float(ms))


@rpc("drag")
async def drag(service: Service, sx: Any, sy: Any, ex: Any, ey: Any, steps: int) -> bool:
    await service.phone.latency.spend("input")
    return await service.phone.input.drag(int(sx), int(sy), int(ex), int(ey), steps * STEP_S)


async def swipe_line(service: Service, sx: Any, sy: Any, ex: Any, ey: Any, steps: int) -> bool:
    await service.phone.latency.spend("input")
    seconds = max(1, int(steps)) * STEP_S
    return await service.phone.input.swipe(int(sx), int(sy), int(ex), int(ey), seconds)


@rpc("swipePoints")
async def swipe_points(service: Service, coordinates: list[Any], segment_steps: int) -> bool:
    pairs = list(zip(coordinates[::2], coordinates[1::2], strict=False))
    if not pairs:
        raise InvalidParams("swipePoints")
    await service.phone.latency.spend("input")
    seconds = max(1, segment_steps) * STEP_S * max(1, len(pairs) - 1)
    return await service.phone.input.path([(int(x), int(y)) for x, y in pairs], seconds)


@rpc("injectInputEvent")
async def inject(service: Service, action: int, x: float, y: float, meta: int) -> bool:
    """MotionEvent.ACTION_DOWN 0, ACTION_UP 1, ACTION_MOVE 2."""
    await service.phone.latency.spend("input")
    events = service.phone.input
    handler = {0: events.down, 1: events.up, 2: events.move}.get(action)
    return False if handler is None else handler(x, y)


# -- reading ---------------------------------------------------------------------------------
@rpc("dumpWindowHierarchy")
async def dump(
    service: Service, compressed: bool, max_depth: int = 50, active_only: bool = False
) -> str:
    await service.settle()
    await service.phone.screen.answered(ANSWER_S)
    return service.phone.screen.windows_xml(compressed, max_depth, active_only)


@rpc("takeScreenshot")
async def screenshot(service: Service, *params: Any) -> str | None:
    """(scale, quality): a JPEG in base64. The older form (name, scale, quality) saves no file."""
    if len(params) not in (2, 3):
        raise InvalidParams("takeScreenshot")
    scale, quality = float(params[-2]), int(params[-1])
    await service.phone.latency.spend("screenshot")
    picture = await service.phone.screen.capture_async()
    return await asyncio.to_thread(_jpeg, picture, scale, quality)


def _jpeg(picture: Image.Image, scale: float, quality: int) -> str:
    if 0 < scale < 1:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size)
    data = encode(picture, "JPEG", min(max(quality, 1), 95))
    return base64.b64encode(data).decode("ascii")


@rpc("getLastToast")
async def last_toast(service: Service) -> str | None:
    return service.phone.screen.automation.last_toast


@rpc("clearLastToast")
async def clear_last_toast(service: Service) -> None:
    service.phone.screen.automation.last_toast = None


@rpc("getLastTraversedText")
async def last_traversed(service: Service) -> None:
    """No view here is traversed by TalkBack."""


@rpc("clearLastTraversedText")
async def clear_last_traversed(service: Service) -> None: ...


# -- keys, power, rotation ---------------------------------------------------------------------
@rpc("pressKey")
async def press_key(service: Service, key: str) -> bool:
    code = KEYS.get(key.lower())
    return False if code is None else await press_code(service, code)


@rpc("pressKeyCode")
async def press_code(service: Service, code: int, meta: int = 0) -> bool:
    await service.phone.latency.spend("input")
    await service.phone.input.key(int(code), int(meta))
    return True  # the event was injected, whether or not anything took it


@rpc("wakeUp")
async def wake_up(service: Service) -> None:
    if not service.phone.power.screen_on:
        await service.phone.input.key(keys.KEYCODES["POWER"])


@rpc("sleep")
async def sleep(service: Service) -> None:
    if service.phone.power.screen_on:
        await service.phone.input.key(keys.KEYCODES["POWER"])


@rpc("isScreenOn")
async def is_screen_on(service: Service) -> bool:
    return service.phone.power.screen_on


@rpc("setOrientation")
async def set_orientation(service: Service, name: str) -> None:
    rotation = ROTATIONS.get(name.lower())
    if rotation is not None:
        service.phone.screen.freeze_rotation(rotation)


@rpc("freezeRotation")
async def freeze_rotation(service: Service, freeze: bool) -> None:
    if freeze:
        service.phone.screen.freeze_rotation()
    else:
        service.phone.screen.unfreeze_rotation()


@rpc("openNotification")
async def open_notification(service: Service) -> bool:
    return _open_panel(service, "open_notifications")


@rpc("openQuickSettings")
async def open_quick_settings(service: Service) -> bool:
    return _open_panel(service, "open_quick_settings")


def _open_panel(service: Service, name: str) -> bool:
    opener = getattr(service.phone.system_ui, name, None)
    if opener is None:
        return False
    opener()
    return True


# -- clipboard and text --------------------------------------------------------------------------
@rpc("setClipboard")
async def set_clipboard(service: Service, label: str | None, text: str) -> None:
    clipboard = service.phone.clipboard
    clipboard.label, clipboard.text = label, text


@rpc("getClipboard")
async def get_clipboard(service: Service) -> str | None:
    return service.phone.clipboard.text


@rpc("pasteClipboard")
async def paste_clipboard(service: Service) -> None:
    await service.phone.input.key(keys.KEYCODES["V"], keys.META_CTRL)


@rpc("clearInputText")
async def clear_input_text(service: Service) -> None:
    await service.phone.input.key(keys.KEYCODES["A"], keys.META_CTRL)
    await service.phone.input.key(keys.KEYCODES["DEL"])


# -- waiting, settings, the rest -------------------------------------------------------------------
@rpc("waitForIdle")
async def wait_for_idle(service: Service, timeout: float) -> None:
    await wait_idle(service.phone, IDLE_S, float(timeout) / 1000)


@rpc("waitForWindowUpdate")
async def wait_for_window_update(service: Service, package: str | None, timeout: float) -> bool:
    """UiDevice.waitForWindowUpdate: an event of the content, sent after the call came."""
    screen, seconds = service.phone.screen, float(timeout) / 1000
    active = screen.active()
    if package is not None and (active is None or active.window.package != package):
        return False
    if screen.restless:  # a player's controls move as long as it plays
        await asyncio.sleep(min(EVENT_EVERY_S, seconds))
        return seconds >= EVENT_EVERY_S
    return await service.phone.windows.wait_event(package, seconds)


@rpc("getConfigurator")
async def get_configurator(service: Service) -> dict[str, Any]:
    return asdict(service.config)


@rpc("setConfigurator")
async def set_configurator(service: Service, info: Mapping[str, Any]) -> dict[str, Any]:
    service.config.update(info)
    return asdict(service.config)


@rpc("launchApp")
async def launch_app(service: Service, package: str) -> bool:
    found = service.phone.packages.get(package)
    if found is None:
        return False
    result = await _shell(service, f"monkey -p {shlex.quote(package)} 1", 10.0)
    return bool(result["returnCode"] == 0)


@rpc("executeShellCommand")
async def execute_shell(service: Service, command: str, timeout: float) -> dict[str, Any]:
    """Runtime.exec: words split at spaces, no shell syntax."""
    words = " ".join(shlex.quote(word) for word in command.split())
    return await _shell(service, words, float(timeout) / 1000)


async def _shell(service: Service, command: str, timeout: float) -> dict[str, Any]:
    ends = [pipe() for _ in range(3)]
    process = service.phone.shell.start(
        command, stdin=ends[0][1], stdout=ends[1][1], stderr=ends[2][1]
    )
    ends[0][0].close_write()
    try:
        code = await asyncio.wait_for(process.wait(), timeout)
    except asyncio.TimeoutError:
        process.kill(9)
        code = -1
    for _, end in ends:
        end.close_write()
    stdout, stderr = [await _all(ends[number][0]) for number in (1, 2)]
    return {"stdout": stdout, "stderr": stderr, "returnCode": code}


async def _all(stream: Any) -> str:
    parts = []
    while part := await stream.read():
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")
