"""Fingers, keys, typing and input methods."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable

import pytest

from droidcancel.simulator import keys
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.viewtree import TextState
from tests.simulator.shell_phone import run as sh
from tests.simulator.ui_phone import PACKAGE, Main, run, view_of, widgets_phone

LATIN = "com.android.inputmethod.latin/.LatinIME"
ADB_KEYBOARD = "com.github.uiautomator/.AdbKeyboard"

Body = Callable[[Phone, Main], Awaitable[None]]


def on_phone(body: Body, **options: object) -> None:
    async def main() -> None:
        async with widgets_phone(**options) as (phone, app):
            await body(phone, app)

    run(main())


async def tap(phone: Phone, id: str) -> bool:
    return await phone.input.tap(*view_of(phone, id).bounds.center)


# -- fingers -------------------------------------------------------------------------------------
def test_tap_clicks_and_what_is_disabled_keeps_still() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "post")
        await tap(phone, "off")
        assert app.events == ["post"]

    on_phone(body)


def test_child_that_does_nothing_leaves_the_tap_to_its_parent() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "label")
        assert app.events == ["row 0"]

    on_phone(body)


def test_touches_while_the_screen_is_off_do_nothing() -> None:
    async def body(phone: Phone, app: Main) -> None:
        phone.power.sleep()
        assert not await tap(phone, "post")
        assert not await phone.input.key(keys.KEYCODES["HOME"])
        assert app.events == []

    on_phone(body)


@pytest.mark.parametrize(("ms", "events"), [(499, ["drafts"]), (500, ["long drafts"])])
def test_long_press_begins_at_500_ms(ms: int, events: list[str]) -> None:
    async def body(phone: Phone, app: Main) -> None:
        await phone.input.long_press(*view_of(phone, "drafts").bounds.center, ms)
        assert app.events == events

    on_phone(body)


def test_long_press_of_what_has_none_is_a_click() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await phone.input.long_press(*view_of(phone, "post").bounds.center, 900)
        assert app.events == ["post"]

    on_phone(body)


def test_moving_the_finger_cancels_the_click() -> None:
    async def body(phone: Phone, app: Main) -> None:
        x, y = view_of(phone, "post").bounds.center
        await phone.input.swipe(x, y, x + 200, y, 0.1)
        assert app.events == []

    on_phone(body)


def test_fast_swipes_fling_slow_ones_do_not() -> None:
    async def body(phone: Phone, app: Main) -> None:
        x, y = view_of(phone, "rows").bounds.center
        await phone.input.swipe(x, y + 200, x, y - 200, 60)
        slow, app.list.offset = app.list.offset, 0
        await phone.input.swipe(x, y + 200, x, y - 200, 0.1)
        assert 350 <= slow <= 400
        assert app.list.offset > 2 * slow

    on_phone(body)


def test_scrolling_shows_other_rows() -> None:
    async def body(phone: Phone, app: Main) -> None:
        x, y = view_of(phone, "rows").bounds.center
        assert "Row 30" not in phone.screen.windows_xml()
        for _ in range(6):
            await phone.input.swipe(x, y + 300, x, y - 300, 1)
        assert app.list.offset == app.list.maximum
        xml = phone.screen.windows_xml()
        assert '"Row 39"' in xml
        assert '"Row 0"' not in xml

    on_phone(body)


def test_pages_turn_by_swipes_along_their_axis_only() -> None:
    async def body(phone: Phone, app: Main) -> None:
        x, y = view_of(phone, "pages").bounds.center
        await phone.input.swipe(x, y, x, y - 100, 0.1)
        assert app.pages.index == 0
        await phone.input.swipe(x + 200, y, x - 200, y, 0.1)
        assert app.pages.index == 1
        await phone.input.swipe(x - 200, y, x + 200, y, 0.1)
        assert app.pages.index == 0

    on_phone(body)


def test_dialog_takes_all_touches_and_one_outside_cancels_it() -> None:
    async def body(phone: Phone, app: Main) -> None:
        app.ask()
        await tap(phone, "post")
        assert app.events == ["dismissed"]
        await tap(phone, "post")
        assert app.events == ["dismissed", "post"]

    on_phone(body)


def test_switch_and_checkbox_toggle() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "wifi")
        await tap(phone, "agree")
        assert app.wifi
        assert view_of(phone, "wifi").checked
        assert view_of(phone, "agree").checked

    on_phone(body)


def test_a_crashing_handler_ends_the_app() -> None:
    async def body(phone: Phone, app: Main) -> None:
        phone.screen.layout()
        view_of(phone, "post").on_click = lambda: 1 // 0
        await tap(phone, "post")
        await asyncio.sleep(0)
        assert not app.app.process.alive

    on_phone(body)


# -- keys ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "code"),
    [("KEYCODE_HOME", 3), ("home", 3), ("66", 66), ("KEYCODE_A", 29), ("9", 9), ("nonsense", 0)],
)
def test_key_names(name: str, code: int) -> None:
    assert keys.keycode(name) == code


def test_what_keys_type() -> None:
    assert keys.character(29) == "a"
    assert keys.character(29, keys.META_SHIFT) == "A"
    assert keys.character(9) == "2"
    assert keys.character(9, keys.META_SHIFT) == "@"
    assert keys.character(66) is None


def test_typing_editing_and_moving_the_caret() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "name")
        press = phone.input.key
        for code in (30, 29, 30):  # b a b
            await press(code)
        await press(29, keys.META_SHIFT)
        await press(keys.KEYCODES["MOVE_HOME"])
        await press(keys.KEYCODES["FORWARD_DEL"])
        await press(keys.KEYCODES["MOVE_END"])
        await press(keys.KEYCODES["DPAD_LEFT"])
        await press(keys.KEYCODES["DEL"])
        assert app.name.text == "aA"
        await press(keys.KEYCODES["A"], keys.META_CTRL)
        await press(keys.KEYCODES["X"], keys.META_CTRL)
        assert (app.name.text, phone.clipboard.text) == ("", "aA")
        await press(keys.KEYCODES["PASTE"])
        await press(keys.KEYCODES["V"], keys.META_CTRL)
        assert app.name.text == "aAaA"

    on_phone(body)


def test_tab_moves_on_and_enter_ends_lines_or_acts() -> None:
    async def body(phone: Phone, app: Main) -> None:
        done: list[str] = []
        app.name.on_done = lambda: done.append("done")
        await tap(phone, "name")
        await phone.input.key(keys.KEYCODES["ENTER"])
        assert done == ["done"]
        await phone.input.key(keys.KEYCODES["TAB"])
        await phone.input.text("one")
        await phone.input.key(keys.KEYCODES["ENTER"])
        await phone.input.text("two")
        assert app.note_state.text == "one\ntwo"

    on_phone(body)


def test_text_without_a_focus_goes_nowhere() -> None:
    async def body(phone: Phone, app: Main) -> None:
        assert not await phone.input.text("lost")
        assert (app.name.text, app.note_state.text) == ("", "")

    on_phone(body)


def test_home_back_and_recents() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await phone.input.key(keys.KEYCODES["HOME"])
        await _until(phone, "com.android.launcher3")
        await phone.input.key(keys.KEYCODES["APP_SWITCH"])
        for _ in range(100):
            if "Widgets" in phone.screen.windows_xml():
                break
            await phone.windows.wait_change(phone.windows.version, 0.1)
        assert "Widgets" in phone.screen.windows_xml()

    on_phone(body)


def test_swiping_a_card_up_removes_its_task() -> None:
    async def body(phone: Phone, app: Main) -> None:
        task = app.record.task
        await phone.input.key(keys.KEYCODES["APP_SWITCH"])
        await _until(phone, "com.android.launcher3")
        x, y = view_of(phone, "task").bounds.center
        await phone.input.swipe(x, y, x - 500, y, 0.1)
        assert phone.activities.task(task.id) is not None, "sideways turns the pages"
        await phone.input.swipe(x, y, x, y - 900, 0.1)
        assert phone.activities.task(task.id) is None

    on_phone(body)


async def _until(phone: Phone, package: str) -> None:
    for _ in range(100):
        active = phone.screen.active()
        if active is not None and active.window.package == package:
            return
        await phone.windows.wait_change(phone.windows.version, 0.1)
    pytest.fail(f"{package} did not come to the front")


def test_power_keys() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await phone.input.key(keys.KEYCODES["SLEEP"])
        assert not phone.power.screen_on
        await phone.input.key(keys.KEYCODES["WAKEUP"])
        assert phone.power.screen_on
        await phone.input.key(keys.KEYCODES["POWER"])
        assert not phone.power.screen_on

    on_phone(body)


def test_pin_is_typed_on_the_keyguard() -> None:
    async def body(phone: Phone, app: Main) -> None:
        phone.power.pin = "1234"
        phone.power.sleep()
        phone.power.wake()
        await phone.input.key(keys.KEYCODES["MENU"])
        await phone.input.text("999")
        await phone.input.key(keys.KEYCODES["ENTER"])
        assert phone.power.keyguard
        for digit in "1234":
            await phone.input.key(keys.KEYCODES[digit])
        await phone.input.key(keys.KEYCODES["ENTER"])
        assert not phone.power.keyguard

    on_phone(body)


# -- the keyboard on the screen --------------------------------------------------------------------
def test_keyboard_comes_with_the_focus_and_back_hides_it_first() -> None:
    async def body(phone: Phone, app: Main) -> None:
        assert not phone.ime.visible
        before = view_of(phone, "rows").bounds.bottom
        await tap(phone, "name")
        assert phone.ime.visible
        assert view_of(phone, "rows").bounds.bottom < before, "the app makes room for it"
        assert view_of(phone, "name").focused
        await phone.input.key(keys.KEYCODES["BACK"])
        assert not phone.ime.visible
        assert phone.activities.resumed is app.record
        assert view_of(phone, "rows").bounds.bottom == before

    on_phone(body)


def test_keys_of_the_keyboard_type() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "name")
        for label in ("Shift", "H", "i", "Delete", "o"):
            view = next(
                view
                for shown in phone.screen.layout()
                if shown.window.kind == "ime"
                for view in shown.root.shown()
                if label in (view.text, view.desc)
            )
            await phone.input.tap(*view.bounds.center)
        assert app.name.text == "Ho"

    on_phone(body)


def test_keyboard_goes_with_its_window() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "name")
        app.ask()
        phone.screen.layout()
        assert not phone.ime.visible

    on_phone(body)


# -- input methods -----------------------------------------------------------------------------
def test_ime_commands() -> None:
    async def body(phone: Phone, app: Main) -> None:
        assert (await sh(phone, "ime list -s")).stdout == f"{LATIN}\n"
        refused = await sh(phone, f"ime enable {ADB_KEYBOARD}")
        assert refused.status == 255
        assert refused.stderr == (
            f"Unknown input method {ADB_KEYBOARD} cannot be enabled for user #0\n"
        )
        phone.ime.register(ADB_KEYBOARD)
        assert ADB_KEYBOARD in (await sh(phone, "ime list -a -s")).stdout
        assert ADB_KEYBOARD not in (await sh(phone, "ime list -s")).stdout
        assert (await sh(phone, f"ime set {ADB_KEYBOARD}")).status == 255, "not enabled yet"
        enabled = await sh(phone, f"ime enable {ADB_KEYBOARD}")
        assert enabled.stdout == f"Input method {ADB_KEYBOARD}: now enabled for user #0\n"
        assert (await sh(phone, f"ime set {ADB_KEYBOARD}")).stdout == (
            f"Input method {ADB_KEYBOARD} selected for user #0\n"
        )
        assert phone.settings.get("secure", "default_input_method") == ADB_KEYBOARD
        await sh(phone, f"ime disable {ADB_KEYBOARD}")
        assert phone.settings.get("secure", "default_input_method") == LATIN
        await sh(phone, f"ime enable {ADB_KEYBOARD}; ime set {ADB_KEYBOARD}; ime reset")
        assert phone.ime.current == LATIN
        assert f"mId={LATIN}" in (await sh(phone, "ime list")).stdout

    on_phone(body)


def test_adb_keyboard_takes_broadcasts_while_it_is_in_use() -> None:
    async def body(phone: Phone, app: Main) -> None:
        text = base64.b64encode("déjà".encode()).decode()
        assert phone.ime.broadcast("ADB_KEYBOARD_INPUT_TEXT", {"text": text}) == (0, None)
        phone.ime.register(ADB_KEYBOARD)
        phone.ime.enable(ADB_KEYBOARD)
        phone.ime.set(ADB_KEYBOARD)
        await tap(phone, "name")
        say = phone.ime.broadcast
        assert say("ADB_KEYBOARD_INPUT_TEXT", {"text": text}) == (-1, None)
        assert app.name.text == "déjà"
        say("ADB_KEYBOARD_INPUT_TEXT", {"text": text})
        assert app.name.text == "déjàdéjà"
        say("ADB_KEYBOARD_SET_TEXT", {"text": text})
        assert app.name.text == "déjà"
        say("ADB_KEYBOARD_INPUT_KEYCODE", {"code": 67})
        assert app.name.text == "déj"
        say("ADB_KEYBOARD_CLEAR_TEXT", {})
        assert app.name.text == ""
        phone.clipboard.text = "clip"
        assert say("ADB_KEYBOARD_GET_CLIPBOARD", {}) == (-1, base64.b64encode(b"clip").decode())
        assert say("ADB_KEYBOARD_INPUT_TEXT", {"text": "???"})[0] == 0
        say("ADB_KEYBOARD_HIDE", {})
        assert not phone.ime.visible
        say("ADB_KEYBOARD_SHOW", {})
        assert phone.ime.visible
        assert say("ADB_KEYBOARD_SMART_ENTER", {}) == (-1, "Enter")
        assert not phone.ime.visible

    on_phone(body)


# -- the command ---------------------------------------------------------------------------------
@pytest.mark.parametrize("api", [23, 30, 31, 37])
def test_input_command(api: int) -> None:
    async def body(phone: Phone, app: Main) -> None:
        x, y = view_of(phone, "post").bounds.center
        await sh(phone, f"input tap {x} {y}")
        await sh(phone, f"input touchscreen tap {x} {y}")
        x, y = view_of(phone, "drafts").bounds.center
        await sh(phone, f"input swipe {x} {y} {x} {y} 700")
        assert app.events == ["post", "post", "long drafts"]
        x, y = view_of(phone, "name").bounds.center
        await sh(phone, f"input tap {x} {y}; input text hello%sthere; input keyevent 67 KEYCODE_A")
        assert app.name.text == "hello thera"
        await sh(phone, "input keyevent BACK")
        assert not phone.ime.visible
        x, y = view_of(phone, "rows").bounds.center
        await sh(phone, f"input swipe {x} {y} {x} {y - 300}")
        assert app.list.offset > 0

    on_phone(body, api=api)


def test_input_of_api_31_and_later() -> None:
    async def body(phone: Phone, app: Main) -> None:
        x, y = view_of(phone, "name").bounds.center
        await sh(phone, f"input tap {x} {y}; input text abc; input keycombination 113 29")
        await sh(phone, "input keyevent DEL")
        assert app.name.text == ""
        await sh(phone, f"input motionevent DOWN {x} {y}; input motionevent UP {x} {y}")
        unknown = await sh(phone, "input frobnicate")
        assert (unknown.stdout, unknown.status) == ("Unknown command: frobnicate\n", 0)
        wrong = await sh(phone, "input tap here there")
        assert wrong.status == 255
        assert "Error: Invalid arguments for command: tap" in wrong.stderr

    on_phone(body)


def test_input_up_to_api_30_prints_its_usage_with_status_0() -> None:
    async def body(phone: Phone, app: Main) -> None:
        for words in ("keycombination 113 29", "tap here there", ""):
            done = await sh(phone, f"input {words}")
            assert done.status == 0
            assert done.stderr.startswith("Usage: input [<source>]")

    on_phone(body, api=30)


def test_refused_text_is_an_error() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "name")
        done = await sh(phone, "input text é")
        assert "NullPointerException" in done.stderr
        assert app.name.text == ""

    on_phone(body)


def test_latency_is_paid_where_the_profile_has_it() -> None:
    async def body(phone: Phone, app: Main) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        x, y = view_of(phone, "post").bounds.center
        await sh(phone, f"input tap {x} {y}")
        assert loop.time() - start >= phone.latency.cost("input") > 0
        assert app.events == ["post"]

    on_phone(body, profile="pixel")


def test_focus_is_of_one_field_at_a_time() -> None:
    async def body(phone: Phone, app: Main) -> None:
        await tap(phone, "name")
        await tap(phone, "notes")
        focused = [s.focused for s in (app.name, app.note_state)]
        assert focused == [False, True]
        assert isinstance(view_of(phone, "notes").state, TextState)
        assert phone.screen.windows_xml().count('focused="true"') == 1
        assert PACKAGE in phone.screen.windows_xml()

    on_phone(body)
