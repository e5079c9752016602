"""Key codes (android.view.KeyEvent) that something here answers to."""

from __future__ import annotations

import string
from collections.abc import Mapping

KEYCODES: Mapping[str, int] = {
    "UNKNOWN": 0, "SOFT_LEFT": 1, "SOFT_RIGHT": 2, "HOME": 3, "BACK": 4, "CALL": 5, "ENDCALL": 6,
    **{str(digit): 7 + digit for digit in range(10)},
    "STAR": 17, "POUND": 18, "DPAD_UP": 19, "DPAD_DOWN": 20, "DPAD_LEFT": 21, "DPAD_RIGHT": 22,
    "DPAD_CENTER": 23, "VOLUME_UP": 24, "VOLUME_DOWN": 25, "POWER": 26, "CAMERA": 27, "CLEAR": 28,
    **{letter: 29 + index for index, letter in enumerate(string.ascii_uppercase)},
    "COMMA": 55, "PERIOD": 56, "ALT_LEFT": 57, "ALT_RIGHT": 58, "SHIFT_LEFT": 59,
    "SHIFT_RIGHT": 60, "TAB": 61, "SPACE": 62, "SYM": 63, "EXPLORER": 64, "ENVELOPE": 65,
    "ENTER": 66, "DEL": 67, "GRAVE": 68, "MINUS": 69, "EQUALS": 70, "LEFT_BRACKET": 71,
    "RIGHT_BRACKET": 72, "BACKSLASH": 73, "SEMICOLON": 74, "APOSTROPHE": 75, "SLASH": 76,
    "AT": 77, "NUM": 78, "HEADSETHOOK": 79, "FOCUS": 80, "PLUS": 81, "MENU": 82,
    "NOTIFICATION": 83, "SEARCH": 84, "MEDIA_PLAY_PAUSE": 85, "MEDIA_STOP": 86, "MEDIA_NEXT": 87,
    "MEDIA_PREVIOUS": 88, "MEDIA_REWIND": 89, "MEDIA_FAST_FORWARD": 90, "MUTE": 91,
    "PAGE_UP": 92, "PAGE_DOWN": 93, "ESCAPE": 111, "FORWARD_DEL": 112, "CTRL_LEFT": 113,
    "CTRL_RIGHT": 114, "CAPS_LOCK": 115, "MOVE_HOME": 122, "MOVE_END": 123,
    "MEDIA_PLAY": 126, "MEDIA_PAUSE": 127, "NUMPAD_ENTER": 160, "VOLUME_MUTE": 164,
    "SETTINGS": 176, "APP_SWITCH": 187, "ASSIST": 219, "BRIGHTNESS_DOWN": 220,
    "BRIGHTNESS_UP": 221, "SLEEP": 223, "WAKEUP": 224, "SOFT_SLEEP": 276, "CUT": 277,
    "COPY": 278, "PASTE": 279, "SYSTEM_NAVIGATION_UP": 280, "ALL_APPS": 284, "REFRESH": 285,
}  # fmt: skip
LAST_KEYCODE = 340

META_SHIFT = 0x1 | 0x40 | 0x80
META_CTRL = 0x1000 | 0x2000 | 0x4000
META_CAPS = 0x100000

_PLAIN = {
    17: "*", 18: "#", 55: ",", 56: ".", 62: " ", 68: "`", 69: "-", 70: "=", 71: "[", 72: "]",
    73: "\\", 74: ";", 75: "'", 76: "/", 77: "@", 81: "+",
    **{7 + digit: str(digit) for digit in range(10)},
    **{29 + index: letter for index, letter in enumerate(string.ascii_lowercase)},
}  # fmt: skip
_SHIFTED = {
    55: "<", 56: ">", 68: "~", 69: "_", 70: "+", 71: "{", 72: "}", 73: "|", 74: ":", 75: '"',
    76: "?", **dict(zip(range(7, 17), ")!@#$%^&*(", strict=True)),
    **{29 + index: letter for index, letter in enumerate(string.ascii_uppercase)},
}  # fmt: skip


def character(code: int, meta: int = 0) -> str | None:
    """What a key types (KeyCharacterMap of a virtual keyboard), or None."""
    if meta & META_SHIFT or (meta & META_CAPS and 29 <= code <= 54):
        return _SHIFTED.get(code, _PLAIN.get(code))
    return _PLAIN.get(code)


def keycode(name: str) -> int:
    """A code from "KEYCODE_HOME", "HOME" or "3" (KeyEvent.keyCodeFromString). 0: unknown."""
    text = name.strip().upper()
    if text.lstrip("-").isdigit():
        code = int(text)
        return code if 0 <= code <= LAST_KEYCODE else 0
    return KEYCODES.get(text.removeprefix("KEYCODE_"), 0)
