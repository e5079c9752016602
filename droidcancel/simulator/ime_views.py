"""What the keyboards on the screen look like."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from droidcancel.simulator.views import View, button, column, image_button, row, text

LATIN_PACKAGE = "com.android.inputmethod.latin"
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
KEY_DP = 46
DIGIT_DP = 38
GAP_DP = 5

Tap = Callable[[str], None]


def _key(label: str, key: str, tap: Tap, **props: object) -> View:
    looks: dict[str, object] = {
        "background": "key",
        "color": "on_key",
        "radius": 6,
        "size": 20,
        "bold": False,
        "padding": 0,
        "min_width": 0,
        "min_height": 0,
        "height": KEY_DP,
        "weight": 1,
        **props,
    }
    return button(label, on_click=partial(tap, key), **looks)  # type: ignore[arg-type]  # Props, spread


def _sign_key(icon: str, desc: str, key: str, tap: Tap, color: str = "key_special") -> View:
    return image_button(
        icon=icon,
        desc=desc,
        on_click=partial(tap, key),
        background=color,
        color="on_key" if color == "key_special" else "on_primary",
        radius=6,
        padding=0,
        icon_size=20,
        height=KEY_DP,
        weight=1.5,
    )


def latin_keyboard(shifted: bool, tap: Tap) -> View:
    """AOSP's keyboard. `tap` gets the character, or shift, backspace, enter."""

    def letters(line: str, height: float = KEY_DP) -> list[View]:
        return [
            _key(c.upper() if shifted else c, c, tap, height=height, size=20 if height > 40 else 17)
            for c in line
        ]

    shift_color = "primary" if shifted else "key_special"
    bottom = [
        _key("?123", "", tap, weight=1.5, background="key_special", size=14),
        _key(",", ",", tap, background="key_special"),
        _key("English", " ", tap, weight=5, size=13, color="hint"),
        _key(".", ".", tap, background="key_special"),
        _sign_key("enter", "Enter", "enter", tap, "primary"),
    ]
    third = [
        _sign_key("shift", "Shift", "shift", tap, shift_color),
        *letters(ROWS[3]),
        _sign_key("backspace", "Delete", "backspace", tap),
    ]
    return column(
        row(*letters(ROWS[0], DIGIT_DP), gap=GAP_DP),
        row(*letters(ROWS[1]), gap=GAP_DP),
        row(*letters(ROWS[2]), gap=GAP_DP, padding=(18, 0)),
        row(*third, gap=GAP_DP),
        row(*bottom, gap=GAP_DP),
        id=f"{LATIN_PACKAGE}:id/keyboard_view",
        gap=8,
        padding=(4, 8),
        background="keyboard",
    )


def adb_keyboard() -> View:
    """uiautomator2's keyboard: a bar that says who it is."""
    return row(
        text("AdbKeyboard", size=14, color="on_key", weight=1),
        text("{ON}", size=14, color="success", bold=True),
        padding=(16, 12),
        background="keyboard",
    )
