"""Typing a PIN on the lock screen, so that neither this machine nor the phone lists it.

The words of a command are seen by whoever may list the phone's processes, `input text 2580` among
them, and by whoever reads a shell's error here. So the keys go to the screen server, each as a
number in the body of a request over adb; nothing is told to those who listen to what is done on
the screen, and uiautomator2's log, which has every request, is silent meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from droidcancel.errors import UsageError
from droidcancel.secret import Secret

Press = Callable[[int, int], object]  # key code, meta state

ENTER = 66
SHIFT = 1  # KeyEvent.META_SHIFT_ON
#: KeyEvent.KEYCODE_*: signs that are a key of their own, and those above the digits with shift
_SIGNS = {" ": 62, ",": 55, ".": 56, "-": 69, "=": 70, "/": 76, "@": 77, "+": 81, "*": 17, "#": 18}
_SHIFTED = {"!": 8, "$": 11, "%": 12, "^": 13, "&": 14, "(": 16, ")": 7, "_": 69}
_LOGGERS = ("uiautomator2", "uiautomator2.core", "adbutils", "urllib3")


def type_pin(pin: Secret, press: Press) -> None:
    """Press the keys of a PIN or password, and Enter. UsageError for one that has no keys.

    What goes wrong is told without the key at which it did.
    """
    keys = [_key(sign) for sign in pin.reveal()]
    with _silent_logs():
        for code, meta in [*keys, (ENTER, 0)]:
            press(code, meta)


def _key(sign: str) -> tuple[int, int]:
    if sign in "0123456789":
        return 7 + int(sign), 0
    if "a" <= sign.lower() <= "z" and sign.isascii():
        return 29 + ord(sign.lower()) - ord("a"), SHIFT if sign.isupper() else 0
    if sign in _SIGNS:
        return _SIGNS[sign], 0
    if sign in _SHIFTED:
        return _SHIFTED[sign], SHIFT
    raise UsageError(
        "the PIN holds a sign that has no key",
        "digits, letters and the commonest signs can be typed; unlock the phone by hand",
    ) from None


@contextmanager
def _silent_logs() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, was in zip(loggers, before, strict=True):
            logger.disabled = was
