"""Input methods: which there are, which is in use, and the keyboard on the screen.

The enabled and the default one are kept in settings secure, as InputMethodManagerService does.
uiautomator2's own (AdbKeyboard) takes its orders as broadcasts.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from droidcancel.simulator.ime_views import adb_keyboard, latin_keyboard
from droidcancel.simulator.viewtree import TextState, View
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

LATIN = "com.android.inputmethod.latin/.LatinIME"
ADB_KEYBOARD = "com.github.uiautomator/.AdbKeyboard"
RESULT_OK = -1  # Activity.RESULT_OK
RESULT_CANCELED = 0

BroadcastResult = tuple[int, "str | None"]


class Ime:
    """The input method manager."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._registered: list[str] = []
        self._window: Window | None = None
        self._served: tuple[Window, TextState] | None = None
        self._hide_listeners: list[Callable[[], object]] = []
        self.shifted = False

    # -- which there are ---------------------------------------------------------------------
    def register(self, ime_id: str) -> None:
        """Add an input method that no installed package declares."""
        if ime_id not in self._registered:
            self._registered.append(ime_id)

    def all(self) -> list[str]:
        """The ids ("package/.Service") of all input methods on the phone."""
        declared = [i for package in self._phone.packages for i in package.input_methods]
        found = [*declared, *(i for i in self._registered if i not in declared)]
        return found or [LATIN]

    def enabled(self) -> list[str]:
        listed = self._phone.settings.get("secure", "enabled_input_methods") or ""
        there = self.all()
        return [i for i in listed.split(":") if i.split(";")[0] in there]

    @property
    def current(self) -> str:
        """The one in use; the first that there is when its package has gone."""
        chosen = self._phone.settings.get("secure", "default_input_method") or ""
        return chosen if chosen in self.all() else self.all()[0]

    def enable(self, ime_id: str) -> bool | None:
        """Whether it was enabled before; None for an unknown id."""
        if ime_id not in self.all():
            return None
        before = self.enabled()
        if ime_id not in before:
            self._put_enabled([*before, ime_id])
        return ime_id in before

    def disable(self, ime_id: str) -> bool | None:
        """Whether it was enabled before; None for an unknown id."""
        if ime_id not in self.all():
            return None
        before = self.enabled()
        left = [i for i in before if i != ime_id]
        self._put_enabled(left)
        if self.current == ime_id:
            self._put_current(left[0] if left else LATIN)
        return ime_id in before

    def set(self, ime_id: str) -> bool:
        """Use an input method; False for an unknown or disabled one."""
        if ime_id not in self.enabled():
            return False
        self._put_current(ime_id)
        return True

    def reset(self) -> None:
        """Back to the first input method of the image."""
        first = self.all()[0]
        self._put_enabled([first])
        self._put_current(first)

    def _put_enabled(self, ids: list[str]) -> None:
        self._phone.settings.put("secure", "enabled_input_methods", ":".join(ids))

    def _put_current(self, ime_id: str) -> None:
        self._phone.settings.put("secure", "default_input_method", ime_id)
        if self._window is not None:
            self._window.invalidate()

    # -- the keyboard on the screen ------------------------------------------------------------
    @property
    def visible(self) -> bool:
        return self._window is not None

    def show(self, window: Window, state: TextState) -> None:
        """Show the keyboard for a field."""
        self._served = (window, state)
        if self._window is None:
            self._window = Window(
                package=self.current.partition("/")[0],
                title="InputMethod",
                build=self._build,
                owner=self._phone,
                kind="ime",
                focusable=False,
            )
            self._phone.windows.add(self._window)
            window.invalidate()  # its insets change
        else:
            self._window.invalidate()

    def hide(self) -> bool:
        """Take the keyboard away; whether it was there."""
        if self._window is None:
            return False
        self._phone.windows.remove(self._window)
        self._window = None
        if self._served is not None:
            self._served[0].invalidate()
        for listener in list(self._hide_listeners):
            listener()
        return True

    def on_hide(self, listener: Callable[[], object]) -> None:
        """Call `listener()` whenever the keyboard has gone from the screen."""
        self._hide_listeners.append(listener)

    def sync(self) -> None:
        """Hide the keyboard once the window that it serves has lost the focus."""
        if self._window is None:
            return
        if self._window not in self._phone.windows.visible():  # the phone has restarted
            self._window = None
        elif self._served is None or self._phone.windows.focused is not self._served[0]:
            self.hide()

    def _build(self) -> View:
        if self.current == ADB_KEYBOARD:
            return adb_keyboard()
        return latin_keyboard(self.shifted, self.tap_key)

    def tap_key(self, key: str) -> None:
        """A key of the keyboard on the screen was tapped: a character or a name."""
        keyboard = self._phone.input.keyboard
        if key == "shift":
            self.shifted = not self.shifted
        elif key == "backspace":
            keyboard.press(67)
        elif key == "enter":
            keyboard.press(66)
        else:
            keyboard.type(key.upper() if self.shifted else key)
            self.shifted = False
        if self._window is not None:
            self._window.invalidate()

    # -- AdbKeyboard's broadcasts ------------------------------------------------------------
    def broadcast(self, action: str, extras: Mapping[str, Any]) -> BroadcastResult:
        """What `am broadcast` gets back: (result code, data); (0, None) when nobody listens.

        AdbKeyboard listens while it is the input method in use (its receiver is registered
        by the running service), and answers -1, or 0 with "error:..." when it fails.
        """
        handler = _ADB_ACTIONS.get(action)
        if handler is None or self.current != ADB_KEYBOARD:
            return RESULT_CANCELED, None
        try:
            return RESULT_OK, handler(self, extras)
        except (ValueError, binascii.Error) as error:
            return RESULT_CANCELED, f"error:{error}"

    def adb_input(self, extras: Mapping[str, Any]) -> str | None:
        text = _decoded(extras)
        self._phone.input.keyboard.edit(lambda state: state.insert(text))
        return None

    def adb_set(self, extras: Mapping[str, Any]) -> str | None:
        text = _decoded(extras)
        self._phone.input.keyboard.edit(lambda state: state.replace(text))
        return None

    def adb_clear(self, extras: Mapping[str, Any]) -> str | None:
        self._phone.input.keyboard.edit(lambda state: state.replace(""))
        return None

    def adb_key(self, extras: Mapping[str, Any]) -> str | None:
        self._phone.input.keyboard.press(int(extras.get("code", -1)))
        return None

    def adb_editor_action(self, extras: Mapping[str, Any]) -> str | None:
        if isinstance(extras.get("code"), int):  # getIntExtra: a string extra is not seen
            self._phone.input.keyboard.editor_action()
        return None

    def adb_smart_enter(self, extras: Mapping[str, Any]) -> str | None:
        found = self._phone.input.keyboard.focused_field()
        if found is None:
            return None
        self._phone.input.keyboard.press(66)
        return "Enter"

    def adb_clipboard(self, extras: Mapping[str, Any]) -> str | None:
        text = self._phone.clipboard.text or ""
        return base64.b64encode(text.encode()).decode()

    def adb_hide(self, extras: Mapping[str, Any]) -> str | None:
        self.hide()
        return None

    def adb_show(self, extras: Mapping[str, Any]) -> str | None:
        found = self._phone.input.keyboard.focused_field()
        if found is not None and isinstance(found[1].state, TextState):
            self.show(found[0], found[1].state)
        return None


def _decoded(extras: Mapping[str, Any]) -> str:
    return base64.b64decode(str(extras.get("text", "")), validate=True).decode("utf-8")


_ADB_ACTIONS: Mapping[str, Callable[[Ime, Mapping[str, Any]], str | None]] = {
    "ADB_KEYBOARD_INPUT_TEXT": Ime.adb_input,
    "ADB_KEYBOARD_SET_TEXT": Ime.adb_set,
    "ADB_KEYBOARD_CLEAR_TEXT": Ime.adb_clear,
    "ADB_KEYBOARD_INPUT_KEYCODE": Ime.adb_key,
    "ADB_KEYBOARD_EDITOR_CODE": Ime.adb_editor_action,
    "ADB_KEYBOARD_SMART_ENTER": Ime.adb_smart_enter,
    "ADB_KEYBOARD_GET_CLIPBOARD": Ime.adb_clipboard,
    "ADB_KEYBOARD_HIDE": Ime.adb_hide,
    "ADB_KEYBOARD_SHOW": Ime.adb_show,
}
