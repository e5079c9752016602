"""uiautomator2's own client against the phone, over a stock adb server."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import adbutils
import pytest
import uiautomator2
from lxml import etree
from uiautomator2.exceptions import (
    AccessibilityServiceAlreadyRegisteredError,
    RPCUnknownError,
    UiObjectNotFoundError,
    XPathElementNotFoundError,
)

from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.uiautomator import METHODS
from tests.conftest import wait_listed, wait_until
from tests.simulator.ui_phone import PACKAGE, ROWS, Main, open_widgets, view_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # The client leaves the socket of a refused or killed server to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


RECYCLER = "androidx.recyclerview.widget.RecyclerView"


@pytest.fixture(scope="module")
def phone(adb_server: int) -> Iterator[Simulator]:
    options = PhoneOptions(apps=())
    with Simulator(options, emulator_port=False, adb_server=adb_server) as simulator:
        wait_listed(simulator.serial)
        yield simulator
        simulator.withdraw(adb_server)


@pytest.fixture(scope="module")
def device(phone: Simulator) -> Iterator[Any]:
    device = uiautomator2.connect(phone.serial)
    device.settings["wait_timeout"] = 3.0
    yield device
    device.stop_uiautomator()


@pytest.fixture
def app(phone: Simulator) -> Main:
    """The widgets app, started anew."""

    async def restart() -> Main:
        phone.phone.power.wake()
        phone.phone.power.dismiss_keyguard()
        phone.phone.activities.force_stop(PACKAGE)
        activity = await open_widgets(phone.phone)
        assert isinstance(activity, Main)
        return activity

    return phone.run(restart())


@pytest.fixture
def d(device: Any, app: Main) -> Any:
    return device


# -- the phone ---------------------------------------------------------------------------------
def test_info_names_the_app_and_the_screen(d: Any) -> None:
    info = d.info
    assert info["currentPackageName"] == PACKAGE
    assert (info["displayWidth"], info["displayHeight"]) == (1080, 2400)
    assert info["sdkInt"] == 34
    assert info["screenOn"] is True
    assert info["displaySizeDpX"] == 411
    assert d.window_size() == (1080, 2400)


def test_dump_parses_and_shows_all_windows(d: Any) -> None:
    xml = d.dump_hierarchy()
    assert xml.startswith("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\r\n")
    root = etree.fromstring(xml.encode())
    packages = [node.get("package") for node in root]
    assert packages[0] == PACKAGE
    assert "com.android.systemui" in packages
    post = root.xpath('//node[@text="Post"]')[0]
    assert post.get("resource-id") == f"{PACKAGE}:id/post"
    assert post.get("class") == "android.widget.Button"


def test_dump_of_the_active_window_alone(d: Any) -> None:
    root = etree.fromstring(d.dump_hierarchy(root_in_active=True).encode())
    assert {node.get("package") for node in root} == {PACKAGE}


def test_compressed_and_shallow_dumps_are_smaller(d: Any) -> None:
    full, compressed = d.dump_hierarchy(), d.dump_hierarchy(compressed=True)
    assert compressed.count("<node") < full.count("<node")
    assert 'text="Post"' in compressed
    assert (
        "LinearLayout"
        not in d.dump_hierarchy(max_depth=1)
        .replace('class="android.widget.LinearLayout" package="com.android.systemui"', "")
        .split("android:id/content")[-1]
        or d.dump_hierarchy(max_depth=1).count("<node") < 20
    )


def test_progress_shows_as_range(d: Any) -> None:
    root = etree.fromstring(d.dump_hierarchy().encode())
    bar = root.xpath('//node[@class="android.widget.ProgressBar"]')[0]
    assert bar.get("text") == "42.0"
    progress = d(className="android.widget.ProgressBar")
    assert progress.get_text() == progress.info["text"] == "42.0"


def test_screenshot_is_the_screen(d: Any, phone: Simulator) -> None:
    picture = d.screenshot()
    assert picture.size == (1080, 2400)
    x, y = phone.call(lambda: view_of(phone.phone, "post").bounds.center)
    corner = picture.getpixel((x - 70, y))
    assert corner[2] > 150 > corner[0], "the filled button is blue"


def test_screenshot_of_adb_itself(d: Any, phone: Simulator) -> None:
    assert adbutils.adb.device(phone.serial).screenshot().size == (1080, 2400)


def test_unlock_screen_off_and_on(d: Any, phone: Simulator) -> None:
    d.screen_off()
    assert d.info["screenOn"] is False
    d.screen_on()
    assert d.info["screenOn"] is True


def test_orientation_turns_and_returns(d: Any) -> None:
    assert d.orientation == "natural"
    d.set_orientation("l")
    assert d.orientation == "left"
    assert d.info["displayWidth"] == 2400
    d.orientation = "n"
    d.freeze_rotation(False)
    assert d.info["displayRotation"] == 0


def test_clipboard_there_and_back(d: Any) -> None:
    d.clipboard = "déjà vu"
    assert d.clipboard == "déjà vu"
    d.set_clipboard("text", "label")
    assert d.clipboard == "text"


def test_toasts_are_caught(d: Any, phone: Simulator) -> None:
    d.clear_toast()
    assert d.last_toast is None
    phone.call(lambda: phone.phone.toasts.show(PACKAGE, "Draft saved", 0.3))
    assert d.last_toast == "Draft saved"
    assert d.toast.get_message(1.0) == "Draft saved"
    d.toast.reset()
    assert d.toast.get_message(0.1, default="none") == "none"


def test_the_methods_are_those_of_the_jar_and_the_client_finds_them() -> None:
    home = Path(uiautomator2.__file__).parent
    with zipfile.ZipFile(home / "assets" / "u2.jar") as jar:
        code = b"".join(jar.read(name) for name in jar.namelist() if name.endswith(".dex"))
    assert [name for name in METHODS if name.encode() not in code] == []
    source = "".join(path.read_text(encoding="utf-8") for path in home.glob("*.py"))
    called = set(re.findall(r"jsonrpc\.(\w+)\(", re.sub(r"#.*", "", source)))
    assert len(called) > 40
    assert called - set(METHODS) == {"makeToast"}


def test_the_server_shows_no_toasts_itself(d: Any) -> None:
    """No u2.jar of uiautomator2 3.3 to 3.7 has makeToast, though the clients still call it."""
    with pytest.raises(RPCUnknownError, match="-32601"):
        d.toast.show("Hello", 0.3)


def test_keys(d: Any, app: Main, phone: Simulator) -> None:
    assert d.press("home")
    wait_until(lambda: d.info["currentPackageName"] == "com.android.launcher3")
    d.press("recent")
    wait_until(lambda: d(text="Clear all").exists or d(textContains="Widgets").exists)
    assert d.press(3)
    d.press("volume_up")
    d.keyevent("back")
    d.long_press("power")


def test_notification_calls_answer(d: Any) -> None:
    assert d.open_notification() in (True, False)
    assert d.open_quick_settings() in (True, False)
    d.press("back")


def test_last_traversed_text_is_empty(d: Any) -> None:
    d.clear_traversed_text()
    assert d.last_traversed_text is None


# -- gestures ------------------------------------------------------------------------------------
def test_click_at_a_place(d: Any, app: Main) -> None:
    x, y = d(text="Post").center()
    d.click(x, y)
    d.double_click(x, y, 0.01)
    assert app.events == ["post"] * 3


def test_long_click(d: Any, app: Main) -> None:
    d(resourceId=f"{PACKAGE}:id/drafts").long_click()
    assert app.events == ["long drafts"]


def test_touch_down_move_up_scrolls(d: Any, app: Main) -> None:
    lx, _, rx, ry = d(className=RECYCLER).bounds()
    x = (lx + rx) // 2
    d.touch.down(x, ry - 40).move(x, ry - 340).up(x, ry - 340)
    wait_until(lambda: app.list.offset >= 300)


def test_swipe_scrolls_and_flings(d: Any, app: Main) -> None:
    lx, ly, _, ry = d(resourceId=f"{PACKAGE}:id/rows").bounds()
    d.swipe(lx + 200, ry - 20, lx + 200, ly + 20, steps=400)
    slow = app.list.offset
    assert slow > 0
    app.list.offset = 0
    d.swipe(lx + 200, ry - 20, lx + 200, ly + 20, steps=10)
    assert app.list.offset > slow
    d.swipe_points([(lx + 200, ly + 20), (lx + 200, ry - 20)], 0.05)
    assert app.list.offset < 1000


def test_swipe_turns_pages(d: Any, app: Main) -> None:
    d(resourceId=f"{PACKAGE}:id/pages").swipe("left")
    assert d(text="Page 2").exists
    d.swipe_ext("right", box=d(resourceId=f"{PACKAGE}:id/pages").bounds())
    assert d(text="Page 1").exists


def test_drag_does_not_fling(d: Any, app: Main) -> None:
    lx, ly, _, ry = d(resourceId=f"{PACKAGE}:id/rows").bounds()
    d.drag(lx + 200, ry - 20, lx + 200, ry - 320, 0.05)
    assert 250 <= app.list.offset <= 320
    d(text="Row 5").drag_to(text="Row 4")
    d(text="Row 5").drag_to(lx + 300, ly + 300, duration=0.05)


def test_two_finger_gestures_answer(d: Any) -> None:
    area = d(resourceId=f"{PACKAGE}:id/rows")
    assert area.pinch_in(50, 5)
    assert area.pinch_out(50, 5)
    with pytest.raises(RPCUnknownError, match="Percent must be between 0 and 100"):
        area.pinch_in(101, 5)
    with pytest.raises(UiObjectNotFoundError):
        d(text="Nope").pinch_out(50, 5)
    assert area.gesture((100, 1400), (200, 1400), (100, 1500), (200, 1500), 5)


# -- selectors -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "criteria",
    [
        {"text": "Row 3"},
        {"textContains": "ow 3"},
        {"textMatches": r"Row\s3"},
        {"textStartsWith": "Row 3"},
        {"description": "size of 3"},
        {"descriptionContains": "of 3"},
        {"descriptionMatches": "size.*3"},
        {"descriptionStartsWith": "size of 3"},
        {"className": "android.widget.Switch"},
        {"classNameMatches": r".*\.Switch"},
        {"packageName": PACKAGE, "checkable": True, "className": "android.widget.CheckBox"},
        {"packageNameMatches": r"org\.example\..*", "text": "Post"},
        {"resourceId": f"{PACKAGE}:id/title"},
        {"resourceIdMatches": ".*:id/title"},
        {"enabled": False, "text": "Off"},
        {"longClickable": True, "textStartsWith": "Drafts"},
        {"scrollable": True, "className": RECYCLER},
        {"clickable": True, "focusable": True, "text": "Post"},
        {"checked": False, "text": "I agree"},
        {"selected": False, "focused": False, "text": "Post"},
        {"index": 1, "className": "android.widget.TextView", "text": "Widgets"},
        {"className": "android.widget.Button", "instance": 1},
    ],
)
def test_each_criterion_finds(d: Any, criteria: dict[str, Any]) -> None:
    assert d(**criteria).exists
    assert d(**criteria).wait(timeout=1)
    assert d(**criteria).info["packageName"] == PACKAGE


def test_a_part_is_not_a_full_match(d: Any) -> None:
    assert not d(textMatches="Row").exists
    assert not d(text="row 3").exists


def test_case_is_heeded_by_the_wide_look_up_only(d: Any) -> None:
    assert not d(textContains="ROW 3").exists, "BySelector heeds case"
    assert d(textContains="ROW 3", instance=0).wait(timeout=0), "UiSelector does not"


def test_exists_forgets_the_instance_as_the_server_does(d: Any) -> None:
    assert d(text="Post", instance=7).exists, "u2.jar's exist() makes a BySelector of it"
    assert not d(text="Post", instance=7).wait(timeout=0)
    assert d(text="Post", instance=7).count == 0
    with pytest.raises(RPCUnknownError, match="NullPointerException"):
        bool(d(instance=3).exists)
    with pytest.raises(RPCUnknownError, match="NullPointerException"):
        bool(d().exists)
    assert d(className="android.widget.Button", instance=0).count == 1


def test_the_wide_look_up_finds_the_innermost_first(d: Any) -> None:
    label = d(packageName=PACKAGE, className="android.widget.LinearLayout").info
    assert label["childCount"] == 3, "the bar inside, and not the column that holds it"
    assert d(className=".CheckBox").info["text"] == "I agree"
    assert not d(className=".CheckBox", instance=0).wait(timeout=0), "a UiSelector knows no dots"


@pytest.mark.parametrize(
    ("criteria", "what"),
    [
        ({"text": "Post", "textContains": "o"}, "Text"),
        ({"description": "More", "descriptionStartsWith": "M"}, "Description"),
        ({"className": "a.B", "classNameMatches": ".*"}, "Class"),
        ({"packageName": PACKAGE, "packageNameMatches": ".*"}, "Package"),
        ({"resourceId": "x", "resourceIdMatches": ".*"}, "Resource name"),
        ({"checkable": True, "checked": False}, "Checkable"),
    ],
)
def test_one_thing_is_asked_for_once(d: Any, criteria: dict[str, Any], what: str) -> None:
    with pytest.raises(RPCUnknownError, match=f"{what} selector is already defined"):
        bool(d(**criteria).exists)
    with pytest.raises(RPCUnknownError, match="IllegalStateException"):
        d(**criteria).info  # noqa: B018
    assert d(text="Post", textContains="o", instance=0).wait(timeout=0), "a UiSelector takes both"


def test_info_of_an_object(d: Any) -> None:
    info = d(text="Drafts & <more>").info
    assert info["className"] == "android.widget.Button"
    assert info["resourceName"] == f"{PACKAGE}:id/drafts"
    assert info["bounds"] == info["visibleBounds"]
    assert info["contentDescription"] is None
    assert info["longClickable"] is True
    assert d(text="Drafts & <more>").get_text() == "Drafts & <more>"


def test_count_iterate_and_instances(d: Any) -> None:
    rows = d(resourceId=f"{PACKAGE}:id/label")
    assert 5 < rows.count < ROWS, "rows off the screen are not there"
    assert len(rows.info_list()) == rows.count
    assert [row.get_text() for row in list(rows)[:3]] == ["Row 0", "Row 1", "Row 2"]
    assert rows[2].get_text() == "Row 2"
    assert rows[-1].get_text() == f"Row {rows.count - 1}"


def test_child_and_sibling(d: Any, app: Main) -> None:
    parent = d(resourceId=f"{PACKAGE}:id/row", instance=4)
    assert parent.child(className="android.widget.TextView", instance=1).get_text() == "28 kB"
    assert d(text="Row 4").sibling(resourceId=f"{PACKAGE}:id/size").get_text() == "28 kB"
    assert not d(text="Row 4").child(text="28 kB").exists
    assert d(resourceId=f"{PACKAGE}:id/rows").child(text="Row 2").exists


def test_instances_of_children_are_counted_within_one_parent(d: Any) -> None:
    texts = d(resourceId=f"{PACKAGE}:id/row").child(className="android.widget.TextView")
    assert texts.count == 2, "a row has two texts; the next row starts a new count"
    assert texts[1].get_text() == "0 kB"
    infos = texts.info_list()
    assert [info["text"] for info in infos] == ["Row 0", "Row 1"], "the instance is the row's"


def test_children_of_collections(d: Any, app: Main) -> None:
    rows = d(resourceId=f"{PACKAGE}:id/rows")
    found = rows.child_by_text("Row 30", className="android.widget.LinearLayout")
    assert found.exists
    found.click()
    assert app.events == ["row 30"]
    by_description = rows.child_by_description(
        "size of 30", allow_scroll_search=False, className="android.widget.LinearLayout"
    )
    assert by_description.info["className"] == "android.widget.LinearLayout"
    part = rows.child_by_description("SIZE OF 3", className="android.widget.LinearLayout")
    assert part.exists, "a part of a description is enough, in any case"
    third = rows.child_by_instance(2, className="android.widget.LinearLayout")
    assert third.exists
    with pytest.raises(UiObjectNotFoundError):
        rows.child_by_text("Row 99", className="android.widget.LinearLayout")


def test_relative_positions(d: Any) -> None:
    post = d(text="Post")
    assert post.right(className="android.widget.Button").get_text() == "Drafts & <more>"
    assert d(text="Off").left(className="android.widget.Button").get_text() == "Drafts & <more>"
    assert d(text="Row 1").up(resourceId=f"{PACKAGE}:id/label").get_text() == "Row 0"
    assert d(text="Row 1").down(resourceId=f"{PACKAGE}:id/label").get_text() == "Row 2"


def test_missing_objects_raise(d: Any) -> None:
    with pytest.raises(UiObjectNotFoundError):
        d(text="Nope").click(timeout=0.1)
    with pytest.raises(UiObjectNotFoundError):
        _ = d(text="Nope").info
    assert not d(text="Nope").click_exists()
    assert d(text="Nope").wait_gone(timeout=0.1)
    assert d(text="Nope").count == 0


def test_unknown_methods_and_patterns_are_errors(d: Any) -> None:
    with pytest.raises(RPCUnknownError, match="-32601"):
        d.jsonrpc.noSuchMethod()
    with pytest.raises(RPCUnknownError, match="-32602"):
        d.jsonrpc.drag(1)
    with pytest.raises(RPCUnknownError, match="PatternSyntaxException"):
        bool(d(textMatches="(").exists)


def test_scrolling_family(d: Any, app: Main) -> None:
    rows = d(resourceId=f"{PACKAGE}:id/rows", scrollable=True)
    assert rows.scroll.to(text="Row 25")
    assert d(text="Row 25").exists
    assert not rows.scroll.to(text="Row 99")
    assert rows.scroll.toBeginning(max_swipes=20)
    assert app.list.offset == 0
    assert rows.scroll.forward()
    assert not rows.scroll.toBeginning() or rows.scroll.backward() is False
    assert not rows.scroll.toEnd(max_swipes=1), "one swipe does not reach the end"
    assert rows.scroll.toEnd(max_swipes=30)
    assert app.list.offset == app.list.maximum
    assert rows.fling.toBeginning(max_swipes=20)
    rows.fling.forward()
    assert app.list.offset > 0
    rows.fling.backward()
    assert rows.fling.toEnd(max_swipes=20)
    pages = d(resourceId=f"{PACKAGE}:id/pages")
    pages.scroll.horiz.forward()
    assert d(text="Page 2").exists


def test_a_list_that_fits_says_that_it_does_not_scroll(d: Any, phone: Simulator) -> None:
    d.shell("am start -a android.settings.WIRELESS_SETTINGS")
    assert d(text="Airplane mode").wait(timeout=5)
    rows = d(packageName="com.android.settings", className=RECYCLER)
    assert rows.exists
    assert rows.info["scrollable"] is False
    assert not d(packageName="com.android.settings", scrollable=True).exists


def test_screenrecord_of_the_client_never_reaches_a_phone(d: Any) -> None:
    """It reads minicap's pictures from `Device.address`, which went with atx-agent in 3.0."""
    source = Path(uiautomator2.__file__).with_name("screenrecord.py").read_text()
    assert "self._d.address" in source
    assert not hasattr(d, "address")


def test_waiting_sees_changes(d: Any, app: Main, phone: Simulator) -> None:
    async def later() -> None:
        import asyncio

        await asyncio.sleep(0.2)
        app.ask()

    start = time.monotonic()
    phone.run(_spawn(phone, later))
    assert d(text="Discard the post?").wait(timeout=5)
    assert 0.1 < time.monotonic() - start < 3
    assert not d(text="Post", instance=0).wait(timeout=0), (
        "a UiSelector sees the active window only"
    )
    assert d(text="Post").exists, "a BySelector sees all windows"
    d(text="Keep").click_gone(interval=0.05)
    assert d(text="Discard the post?").wait_gone(timeout=5)
    assert app.events == ["keep"]


async def _spawn(phone: Simulator, make: Callable[[], Any]) -> None:
    phone.phone.spawn(make())


def test_idle_and_window_updates(d: Any) -> None:
    d.jsonrpc.waitForIdle(50)
    assert d.jsonrpc.waitForWindowUpdate(None, 50) is False


def test_configurator(d: Any) -> None:
    assert d.jsonrpc.getConfigurator()["waitForIdleTimeout"] == 0
    changed = d.jsonrpc.setConfigurator({"waitForIdleTimeout": 20})
    assert changed["waitForIdleTimeout"] == 20
    assert d(text="Post").exists
    d.jsonrpc.setConfigurator({"waitForIdleTimeout": 0})


def test_watchers_of_the_server(d: Any, app: Main, phone: Simulator) -> None:
    from uiautomator2._selector import Selector

    d.jsonrpc.registerClickUiObjectWatcher(
        "keep", [Selector(text="Discard the post?")], Selector(text="Keep")
    )
    assert d.jsonrpc.getWatchers() == ["keep"]
    d.jsonrpc.runWatchers()
    assert not d.jsonrpc.hasAnyWatcherTriggered()
    phone.call(app.ask)
    d.jsonrpc.runWatchers()
    assert d.jsonrpc.hasWatcherTriggered("keep")
    assert app.events == ["keep"]
    d.jsonrpc.resetWatcherTriggers()
    d.jsonrpc.removeWatcher("keep")


def test_watchers_of_the_client(d: Any, app: Main, phone: Simulator) -> None:
    with d.watch_context() as watch:
        watch.when("Keep").click()
        phone.call(app.ask)
        wait_until(lambda: app.events == ["keep"])


def test_objects_by_id(d: Any) -> None:
    from uiautomator2._selector import Selector

    name = d.jsonrpc.getUiObject(Selector(resourceId=f"{PACKAGE}:id/row"))
    child = d.jsonrpc.getChild(name, Selector(className="android.widget.TextView"))
    assert d.jsonrpc.getText(child) == "Row 0"
    beside = d.jsonrpc.getFromParent(child, Selector(resourceId=f"{PACKAGE}:id/size"))
    assert d.jsonrpc.getText(beside) == "0 kB"
    assert d.jsonrpc.waitForExists(child, 100)
    assert child in d.jsonrpc.getUiObjects()
    d.jsonrpc.removeUiObject(child)
    assert d.jsonrpc.exist(child) is False


# -- text ----------------------------------------------------------------------------------------
def test_set_and_clear_text(d: Any, app: Main) -> None:
    field = d(resourceId=f"{PACKAGE}:id/name")
    assert field.get_text() == "Your name", "an empty field tells its hint"
    field.set_text("Zoë Ångström")
    assert app.name.text == "Zoë Ångström"
    assert field.get_text() == "Zoë Ångström"
    field.clear_text()
    assert app.name.text == ""
    assert app.events[:1] == ["name=Zoë Ångström"]


def test_paste_and_clear_of_the_focused_field(d: Any, app: Main) -> None:
    d(resourceId=f"{PACKAGE}:id/name").click()
    assert d(focused=True).exists
    d.jsonrpc.setClipboard(None, "pasted ")
    d.jsonrpc.pasteClipboard()
    d.jsonrpc.pasteClipboard()
    assert app.name.text == "pasted pasted "
    d.jsonrpc.clearInputText()
    assert app.name.text == ""


def test_send_keys_through_the_clients_own_keyboard(d: Any, app: Main, phone: Simulator) -> None:
    before = d.current_ime()
    d(resourceId=f"{PACKAGE}:id/name").click()
    d.set_input_ime()
    assert d.current_ime() == "com.github.uiautomator/.AdbKeyboard"
    d.send_keys("naïve café #dcA1B2", clear=True)
    assert app.name.text == "naïve café #dcA1B2"
    assert not phone.call(lambda: phone.phone.ime.visible), "send_keys hides the keyboard"
    d.clear_text()
    assert app.name.text == ""
    d.send_action("search")
    d.hide_keyboard()
    d.set_input_ime(False)
    assert d.current_ime() == before


# -- XPath -----------------------------------------------------------------------------------------
def test_xpath(d: Any, app: Main) -> None:
    assert d.xpath("Post").exists
    assert d.xpath("//android.widget.Button").all()[0].text == "Post"
    d.xpath('//*[@content-desc="More"]').click()
    assert d.xpath("@android:id/content").exists
    assert d.xpath("%the post?").get_text() == "Discard the post?"
    d.xpath("//*[@text='Keep']").click()
    assert app.events == ["keep"]
    with pytest.raises(XPathElementNotFoundError):
        d.xpath("Nope").click(timeout=0.1)
    bounds = d.xpath("Post").get().bounds
    assert bounds == d(text="Post").bounds()
    d.xpath("//*[@resource-id='org.example.widgets:id/name']").set_text("typed")
    assert app.name.text == "typed"


# -- the server as a process -----------------------------------------------------------------------
def server_pid(phone: Simulator) -> int:
    """The pid of the running server."""

    def look() -> int:
        table = phone.phone.processes
        return next(row.pid for row in table if "com.wetest.uia2.Main" in row.args)

    return phone.call(look)


def test_the_server_is_a_process(d: Any, phone: Simulator) -> None:
    assert server_pid(phone) > 0


def test_a_second_server_is_refused(d: Any, phone: Simulator) -> None:
    with pytest.raises(AccessibilityServiceAlreadyRegisteredError):
        uiautomator2.connect(phone.serial, port=9018)


def test_the_client_restarts_a_killed_server(d: Any, phone: Simulator) -> None:
    before = server_pid(phone)
    d.shell(["kill", "-9", str(before)])
    assert d.info["currentPackageName"] == PACKAGE
    assert server_pid(phone) != before


def test_server_without_its_jar(make_phone: Callable[..., Simulator]) -> None:
    other = make_phone()
    adb = adbutils.adb.device(other.serial)
    run = "CLASSPATH=/data/local/tmp/u2.jar app_process / com.wetest.uia2.Main -p 9008"
    done = adb.shell2(run)
    assert "Aborted" in done.output
    assert done.returncode == 134
    adb.sync.push(io.BytesIO(b"no archive"), "/data/local/tmp/u2.jar")
    assert adb.shell2(run).returncode == 134


def test_a_server_without_a_port_takes_the_usual_one(make_phone: Callable[..., Simulator]) -> None:
    """Clients before 3.6 name no port."""
    other = make_phone()
    jar = Path(uiautomator2.__file__).parent / "assets" / "u2.jar"
    adb = adbutils.adb.device(other.serial)
    adb.sync.push(jar, "/data/local/tmp/u2.jar")
    run = "CLASSPATH=/data/local/tmp/u2.jar app_process / com.wetest.uia2.Main"
    with adb.shell(run, stream=True) as server:
        assert b"[UiAutomator2Server] Starting Server" in server.recv(4096)
        wait_until(lambda: b"pong" in ping(adb))


def ping(adb: Any) -> bytes:
    """What the server answers on its usual port, b"" where there is none."""
    try:
        with adb.create_connection(adbutils.Network.TCP, 9008) as conn:
            conn.send(b"GET /ping HTTP/1.1\r\nHost: phone\r\n\r\n")
            return bytes(conn.recv(4096))
    except adbutils.AdbError:
        return b""


def test_stop_ends_the_server(make_phone: Callable[..., Simulator]) -> None:
    other = make_phone()
    device = uiautomator2.connect(other.serial)
    assert device.info["sdkInt"] == 34
    with adbutils.adb.device(other.serial).create_connection(adbutils.Network.TCP, 9008) as conn:
        conn.send(b"GET /stop HTTP/1.1\r\nHost: phone\r\n\r\n")
        assert b"Server stopped!!!" in conn.recv(4096)
    wait_until(lambda: other.call(lambda: other.phone.screen.automation.owner) is None)


@pytest.mark.parametrize("api", [21, 23, 28, 30, 37])
def test_the_client_works_on_every_level(make_phone: Callable[..., Simulator], api: int) -> None:
    other = make_phone(api=api)
    device = uiautomator2.connect(other.serial)
    root = etree.fromstring(device.dump_hierarchy().encode())
    node = root.xpath("//node")[0]
    assert (node.get("drawing-order") is not None) == (api >= 24)
    assert (node.get("hint") is not None) == (api >= 26)
    assert (node.get("display-id") is not None) == (api >= 30)
    assert device.info["sdkInt"] == api
    device.stop_uiautomator()
