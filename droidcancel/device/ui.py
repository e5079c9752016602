"""Looking at and touching the screen, through uiautomator2's server on the phone.

The server is pushed and started at the first use. It never waits for an idle screen: a feed of
videos has none. No keyboard app is installed: text is set on the focused field, or pasted.
"""

from __future__ import annotations

import atexit
import base64
import io
import re
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final

import adbutils
import requests
import uiautomator2
from PIL import Image
from uiautomator2 import exceptions as u2

from droidcancel.device.acts import Acts
from droidcancel.device.hierarchy import Hierarchy, Node
from droidcancel.device.parse import parse_density, parse_screen_size
from droidcancel.device.poll import poll
from droidcancel.device.shell import ShellChannel
from droidcancel.errors import DeviceError, UiError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PIXELS: Final = 50_000_000  # a screen of 8K has 33 million
RPC_TIMEOUT_S: Final = 30.0
DUMP_DEPTH: Final = 80
TEXT_TIMEOUT_S: Final = 5.0
FOCUS_TIMEOUT_S: Final = 3.0
LINK_BACK_S: Final = 5.0
LINK_PAUSE_S: Final = 0.2
KEYS: Final = {"home": 3, "back": 4, "enter": 66, "delete": 67, "recents": 187, "wakeup": 224}
_IDLE_OFF: Final = {"waitForIdleTimeout": 0, "waitForSelectorTimeout": 0}
#: what leaves the screen as it is
_READING: Final = frozenset(
    {"dumpWindowHierarchy", "takeScreenshot", "getLastToast", "waitForWindowUpdate", "getClipboard"}
)
#: the link dropped, or the server ended: some phones kill it, and the next use starts it anew
_LINK_ERRORS: Final = (
    adbutils.AdbError, ConnectionError, EOFError, u2.HTTPError, u2.LaunchUiAutomationError
)  # fmt: skip
#: what uiautomator2 makes of answers that are JSON and no answers, or nested without an end
_NONSENSE: Final = (AttributeError, TypeError, KeyError, IndexError, RecursionError)
_BOMBS: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_HINTS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (
        u2.AccessibilityServiceAlreadyRegisteredError,
        "another UI automation holds the phone (Appium, uiautomator, a scanner): stop it",
    ),
    (
        u2.InjectPermissionError,
        "allow it: Developer options > USB debugging (Security settings)",
    ),
    (u2.LaunchUiAutomationError, "unlock the phone and look at `adb logcat` for app_process"),
    (u2.HTTPError, "the server on the phone ended: some phones kill it; try again"),
    (adbutils.AdbError, "check the cable and `adb devices`"),
)


class Ui:
    """The screen of one phone. Opened at its first use; `close` ends the server."""

    def __init__(self, device: adbutils.AdbDevice, shell: ShellChannel) -> None:
        self._device = device
        self._shell = shell
        self.acts = Acts()
        self._opened: Any = None  # uiautomator2 has no types
        #: when something was last done to the screen (monotonic seconds)
        self.acted_at = float("-inf")

    # -- looking

    def dump(self) -> Hierarchy:
        """The screen, every window of it. Raises UiError."""
        taken_at, begun = time.time(), time.monotonic()
        xml = self._read("dumpWindowHierarchy", False, DUMP_DEPTH)
        if not isinstance(xml, str) or not xml.strip():
            raise UiError("the phone gave an empty screen", "is the screen on and unlocked?")
        hierarchy = Hierarchy.parse(xml, taken_at)
        self.acts.tell("look", begun, hierarchy=hierarchy)
        return hierarchy

    def screenshot(self) -> Image.Image:
        """The screen as a picture; black where a window is secure."""
        data = self._call("takeScreenshot", 1, 80)
        if data:
            return _picture(data)
        return _picture(base64.b64encode(self._shell.run(["screencap", "-p"], 20.0).stdout))

    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as the phone is held naturally."""
        return parse_screen_size(self._shell.text(["wm", "size"]))

    def density(self) -> int:
        """Dots an inch."""
        return parse_density(self._shell.text(["wm", "density"]))

    def last_toast(self) -> str | None:
        """The text of the last toast that was seen."""
        toast = self._call("getLastToast")
        return toast if isinstance(toast, str) else None

    def wait_for_change(self, package: str, seconds: float) -> bool | None:
        """Wait until what the app in front shows changes: an accessibility event of its content.

        False where none came in the time, or another app is in front; None where this phone's
        server tells of none. Only what changes from now on counts. Raises UiError.
        """
        try:
            told = self._call("waitForWindowUpdate", package, int(seconds * 1000))
        except UiError as error:
            if _is_link_error(error):
                raise
            return None
        return told if isinstance(told, bool) else None

    def forget_toast(self) -> None:
        """Only toasts from now on are told by `last_toast`."""
        self._call("clearLastToast")

    # -- touching

    def tap(self, x: int, y: int) -> None:
        """Tap at a pixel."""
        self.acts.tell("tap", x=int(x), y=int(y))
        self._call("click", int(x), int(y))

    def long_press(self, x: int, y: int, seconds: float = 1.0) -> None:
        """Hold a finger on a pixel."""
        self.acts.tell("long_press", x=int(x), y=int(y))
        self._call("click", int(x), int(y), int(seconds * 1000))

    def swipe(self, x1: int, y1: int, x2: int, y2: int, seconds: float = 0.3) -> None:
        """Move a finger from one pixel to another; a step of uiautomator's takes 5 ms."""
        self.acts.tell("swipe", x1=int(x1), y1=int(y1), x2=int(x2), y2=int(y2))
        self._call("swipe", int(x1), int(y1), int(x2), int(y2), max(2, int(seconds * 200)))

    def press(self, key: str | int) -> None:
        """Press a key by name (home, back, enter, ...) or by its Android key code."""
        code = KEYS.get(key) if isinstance(key, str) else key
        if code is None:
            raise UiError(f"no key is called {key!r}", f"known: {', '.join(KEYS)}")
        self.acts.tell("key", code=code)
        self._call("pressKeyCode", code)

    def press_unseen(self, code: int, meta: int = 0) -> None:
        """Press a key of a secret: nobody who listens is told, nor which it was in an error."""
        try:
            with _mended("a key of the PIN"):
                self._server().jsonrpc_call("pressKeyCode", [code, meta], RPC_TIMEOUT_S)
                self.acted_at = time.monotonic()
        except UiError as error:
            kind = type(error.__cause__).__name__
            # uiautomator2's errors carry the parameters of the call
            raise UiError(f"the PIN could not be typed: {kind}", error.hint) from None

    def wake(self) -> None:
        """Switch the screen on."""
        self._call("wakeUp")

    def type_text(self, text: str) -> None:
        """Make ``text`` the whole content of the focused field, and read it back.

        Set directly where the field takes it, else pasted from the clipboard, which is put back
        as it was. Raises UiError when no field has the focus or it shows something else.
        """
        if poll(self._has_focus, FOCUS_TIMEOUT_S) is None:
            raise UiError("no text field has the focus", "tap the field first")
        self.acts.tell("text", text=text)
        ways: tuple[Callable[[str], None], ...] = (self._set_text, self._paste)
        for way in ways:
            try:
                way(text)
            except UiError as error:
                if not _is_link_error(error):
                    raise  # else it may have come through all the same: the field tells
            if poll(lambda: self._shows(text), TEXT_TIMEOUT_S):
                return
        raise UiError(
            f"the field shows {self._focused_field().text!r} after {text!r} was typed",
            "the app changes what is typed; type something plainer",
        )

    def close(self) -> None:
        """End the server on the phone, if it was started here."""
        opened = self._let_go()
        if opened is not None:
            with _mended("stop the screen server"):
                opened.stop_uiautomator(wait=False)

    def forget(self) -> None:
        """The server is gone (the phone rebooted): the next use starts a new one."""
        opened = self._let_go()
        process = getattr(opened, "_process", None)
        if process is not None:
            process.kill()  # closes what it was read through

    # -- inside

    def _let_go(self) -> Any:
        """Its client, which is not kept for the exit of this process either: that is done here."""
        opened, self._opened = self._opened, None
        if opened is not None:
            atexit.unregister(opened.stop_uiautomator)
        return opened

    def _has_focus(self) -> bool | None:
        return True if any(node.focused for node in self.dump().nodes()) else None

    def _focused_field(self) -> Node:
        focused = [node for node in self.dump().nodes() if node.focused]
        for node in focused:
            if "EditText" in node.cls or "AutoComplete" in node.cls:
                return node
        if focused:
            return focused[-1]
        raise UiError("no text field has the focus", "tap the field first")

    def _shows(self, text: str) -> bool | None:
        field = self._focused_field()
        empty = not text and bool(field.hint) and field.text == field.hint
        return True if empty or _same(field.text, text) else None

    def _set_text(self, text: str) -> None:
        with _mended("set the text of the focused field"):
            field = self._server()(focused=True)
            field.set_text(text, timeout=TEXT_TIMEOUT_S)
            self.acted_at = time.monotonic()

    def _paste(self, text: str) -> None:
        before = self._call("getClipboard")
        self._call("setClipboard", None, text)
        try:
            self._call("clearInputText")
            self._call("pasteClipboard")
        finally:
            self._call("setClipboard", None, before if isinstance(before, str) else "")

    def _call(self, method: str, *arguments: Any) -> Any:
        """A JSON-RPC call to the server, its errors as ours."""
        with _mended(method):
            try:
                return self._server().jsonrpc_call(method, list(arguments), RPC_TIMEOUT_S)
            finally:
                if method not in _READING:
                    self.acted_at = time.monotonic()

    def _read(self, method: str, *arguments: Any) -> Any:
        """As `_call`, for what only reads: link and server get a moment to come back."""
        deadline = time.monotonic() + LINK_BACK_S
        while True:
            try:
                return self._call(method, *arguments)
            except UiError as error:
                if not _is_link_error(error) or time.monotonic() >= deadline:
                    raise
            time.sleep(LINK_PAUSE_S)  # the adb server does not tell when a phone is back

    def _server(self) -> Any:
        if self._opened is None:
            opened = uiautomator2.Device(self._device)
            settings = opened.jsonrpc_call("getConfigurator", [], RPC_TIMEOUT_S)
            if isinstance(settings, dict):
                opened.jsonrpc_call("setConfigurator", [{**settings, **_IDLE_OFF}], RPC_TIMEOUT_S)
            self._opened = opened
        return self._opened


def _is_link_error(error: UiError) -> bool:
    return isinstance(error.__cause__, _LINK_ERRORS)


def _same(shown: str, wanted: str) -> bool:
    """Equal but for line ends, blanks at the end that fields add, and what a dump cannot show.

    uiautomator prints a dot for each half of a character beyond U+FFFF (an emoji) and for
    control characters (AccessibilityNodeInfoDumper.stripInvalidXMLChars).
    """
    return _plain(shown) == _plain(wanted)


def _plain(text: str) -> str:
    text = re.sub(r"\r\n?", "\n", text)
    text = re.sub("[\U00010000-\U0010ffff]", "..", text)
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", ".", text).rstrip()


def _picture(data: str | bytes) -> Image.Image:
    """A picture out of base64. Raises UiError for what is none, or too large."""
    try:
        opened = Image.open(io.BytesIO(base64.b64decode(data)))
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"it has {opened.width} x {opened.height} pixels")
        return opened.convert("RGB")
    except (OSError, ValueError, TypeError, SyntaxError, *_BOMBS) as error:
        raise UiError(f"the phone gave no picture of its screen: {_short(error)}") from error


@contextmanager
def _mended(what: str) -> Iterator[None]:
    """Errors of uiautomator2, adbutils and the socket, as UiError with a hint."""
    try:
        yield
    except DeviceError:
        raise
    except (u2.BaseException, adbutils.AdbError, requests.RequestException) as error:
        hint = next((hint for kind, hint in _HINTS if isinstance(error, kind)), None)
        raise UiError(f"the screen server failed at {what}: {_short(error)}", hint) from error
    except (OSError, EOFError, ValueError, HTTPException) as error:
        raise UiError(f"the screen server broke off at {what}: {_short(error)}") from error
    except _NONSENSE as error:
        said = f"the screen server answers {what} with nonsense: {_short(error)}"
        raise UiError(said, "another program may be in its place: restart the phone") from error


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"
