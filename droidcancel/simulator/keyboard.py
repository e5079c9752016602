"""Keys and typing: what reaches the focused text field, and what the system takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator import keys
from droidcancel.simulator.viewtree import ScrollState, TextState, View

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.windows import Window


class Keyboard:
    """The hardware keyboard that injected keys come from."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._select_all: TextState | None = None

    # -- focus -----------------------------------------------------------------------------
    def focused_field(self) -> tuple[Window, View] | None:
        """The text field that typing goes to, with its window."""
        active = self._phone.screen.active()
        if active is None:
            return None
        for view in active.root.shown():
            if isinstance(view.state, TextState) and view.state.focused and view.enabled:
                return active.window, view
        return None

    def focus(self, window: Window, state: TextState, *, keyboard: bool = True) -> None:
        """Give a field the focus, and show the keyboard for it."""
        root = self._phone.screen.view_at(window)
        for view in root.walk() if root is not None else ():
            if isinstance(view.state, TextState):
                view.state.focused = False
        state.focused = True
        self._select_all = None
        window.invalidate()
        if keyboard:
            self._phone.ime.show(window, state)

    def edit(self, change: Callable[[TextState], object]) -> bool:
        """Change the focused field's text, within its app; False when there is none."""
        found = self.focused_field()
        if found is None:
            return False
        window, view = found
        state = view.state
        assert isinstance(state, TextState)
        window.owner.call(lambda: _ignore(change(state)))
        window.invalidate()
        return True

    def type(self, text: str) -> bool:
        """Type into the focused field; where the keyguard asks for the PIN, there."""
        if self._typing_pin():
            self._phone.power.type_pin(text)
            return True
        return self.edit(lambda state: self._type(state, text))

    def _type(self, state: TextState, text: str) -> None:
        if self._select_all is state:
            self._select_all = None
            state.replace(text)
        else:
            state.insert(text)

    def _typing_pin(self) -> bool:
        power = self._phone.power
        return power.keyguard and power.bouncer and power.screen_on

    # -- keys ------------------------------------------------------------------------------
    def press(self, code: int, meta: int = 0) -> bool:
        """A key, down and up. Power and wake keys work while the screen is off."""
        self._phone.screen_timeout.touched()
        power = _POWER_KEYS.get(code)
        if power is not None:
            power(self)
            return True
        if not self._phone.power.screen_on:
            return False
        if self._typing_pin() and self._pin_key(code):
            return True
        if meta & keys.META_CTRL and code in _CTRL_KEYS:
            return _CTRL_KEYS[code](self)
        handler = _KEYS.get(code)
        if handler is not None:
            return handler(self)
        typed = keys.character(code, meta)
        return False if typed is None else self.edit(lambda state: self._type(state, typed))

    def _toggle_power(self) -> None:
        self._phone.power.toggle()

    def _sleep(self) -> None:
        self._phone.power.sleep()

    def _wake(self) -> None:
        self._phone.power.wake()

    def _pin_key(self, code: int) -> bool:
        typed, power = keys.character(code), self._phone.power
        if typed is not None:
            power.type_pin(typed)
        elif code == keys.KEYCODES["DEL"]:
            power.erase_pin()
        elif code in (keys.KEYCODES["ENTER"], keys.KEYCODES["NUMPAD_ENTER"]):
            power.enter_pin()
        else:
            return False
        return True

    def back(self) -> bool:
        """The Back key."""
        self._phone.press_back()
        return True

    def _home(self) -> bool:
        self._phone.ime.hide()
        self._phone.go_home()
        return True

    def _menu(self) -> bool:
        """The Menu key leaves the keyguard, or has it ask for the PIN."""
        if not self._phone.power.keyguard:
            return False
        self._phone.power.dismiss_keyguard()
        return True

    def _panel(self) -> bool:
        self._phone.system_ui.open_notifications()
        return True

    def _recents(self) -> bool:
        self._phone.ime.hide()
        self._phone.show_recents()
        return True

    def _enter(self) -> bool:
        found = self.focused_field()
        if found is None:
            return False
        state = found[1].state
        assert isinstance(state, TextState)
        if state.multiline:
            return self.edit(lambda field: self._type(field, "\n"))
        return self.editor_action()

    def editor_action(self) -> bool:
        """The keyboard's action key (EditorInfo.IME_ACTION_*)."""
        found = self.focused_field()
        if found is None:
            return False
        state = found[1].state
        assert isinstance(state, TextState)
        self._phone.ime.hide()
        if state.on_done is not None:
            found[0].owner.call(state.on_done)
        return True

    def _delete(self) -> bool:
        return self.edit(self._delete_before)

    def _delete_before(self, state: TextState) -> None:
        if self._select_all is state:
            self._select_all = None
            state.replace("")
        else:
            state.delete(1)

    def _delete_after(self) -> bool:
        return self.edit(lambda state: state.delete(0, 1))

    def _caret(self, place: Callable[[TextState], int]) -> bool:
        def move(state: TextState) -> None:
            self._select_all = None
            spot = place(state)
            state.cursor = -1 if spot >= len(state.text) else max(0, spot)

        return self.edit(move)

    def _all(self) -> bool:
        def mark(state: TextState) -> None:
            self._select_all = state

        return self.edit(mark)

    def _copy(self) -> bool:
        def copy(state: TextState) -> None:
            self._phone.clipboard.text = state.text

        return self.edit(copy)

    def _cut(self) -> bool:
        return self._copy() and self.edit(lambda state: state.replace(""))

    def paste(self) -> bool:
        """Ctrl-V."""
        text = self._phone.clipboard.text
        return text is not None and self.edit(lambda state: self._type(state, text))

    def _next_field(self, step: int) -> bool:
        """Move the focus among the fields of the active window (Tab, D-pad)."""
        active = self._phone.screen.active()
        if active is None:
            return False
        fields = [view for view in active.root.shown() if isinstance(view.state, TextState)]
        if not fields:
            return False
        at = next((i for i, view in enumerate(fields) if view.focused), -1 if step > 0 else 0)
        state = fields[(at + step) % len(fields)].state
        assert isinstance(state, TextState)
        self.focus(active.window, state, keyboard=False)
        return True

    def _page(self, step: int) -> bool:
        """Page up and down scroll the largest list of the active window."""
        active = self._phone.screen.active()
        views = active.root.shown() if active is not None else iter(())
        lists = [v for v in views if isinstance(v.state, ScrollState) and not v.state.horizontal]
        if not lists:
            return False
        view = max(lists, key=lambda view: view.bounds.height * view.bounds.width)
        assert isinstance(view.state, ScrollState)
        if view.state.scroll_by(step * view.bounds.height):
            self._phone.windows.touch()
        return True


def _ignore(result: object) -> None:
    """Handlers run by an app may return coroutines; an edit's result is neither."""


_POWER_KEYS: dict[int, Callable[[Keyboard], None]] = {
    26: Keyboard._toggle_power,
    223: Keyboard._sleep,
    276: Keyboard._sleep,
    224: Keyboard._wake,
}

_KEYS: dict[int, Callable[[Keyboard], bool]] = {
    3: Keyboard._home,
    4: Keyboard.back,
    111: Keyboard.back,
    82: Keyboard._menu,
    83: Keyboard._panel,
    187: Keyboard._recents,
    66: Keyboard._enter,
    160: Keyboard._enter,
    67: Keyboard._delete,
    112: Keyboard._delete_after,
    28: lambda keyboard: keyboard.edit(lambda state: state.replace("")),
    21: lambda keyboard: keyboard._caret(lambda state: state.caret - 1),
    22: lambda keyboard: keyboard._caret(lambda state: state.caret + 1),
    122: lambda keyboard: keyboard._caret(lambda state: 0),
    123: lambda keyboard: keyboard._caret(lambda state: len(state.text)),
    61: lambda keyboard: keyboard._next_field(1),
    20: lambda keyboard: keyboard._next_field(1),
    19: lambda keyboard: keyboard._next_field(-1),
    92: lambda keyboard: keyboard._page(-1),
    93: lambda keyboard: keyboard._page(1),
    277: Keyboard._cut,
    278: Keyboard._copy,
    279: Keyboard.paste,
}

_CTRL_KEYS: dict[int, Callable[[Keyboard], bool]] = {
    29: Keyboard._all,  # Ctrl-A
    31: Keyboard._copy,  # Ctrl-C
    50: Keyboard.paste,  # Ctrl-V
    52: Keyboard._cut,  # Ctrl-X
}
