"""The lock screen: a clock to swipe away, and the PIN pad behind it where there is a PIN."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.system.app_icons import sign_of
from droidcancel.simulator.apps.system.bars import NAVIGATION_BAR_DP, STATUS_BAR_DP
from droidcancel.simulator.apps.system.system_strings import date_text
from droidcancel.simulator.apps.system.wallpaper import wallpaper
from droidcancel.simulator.views import (
    View,
    button,
    column,
    frame,
    grid,
    icon,
    image_button,
    row,
    spacer,
    text,
)
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.apps.system.system_ui import SystemUi

INK = "#ffffff"
SHOWN_NOTIFICATIONS = 3
KEY_DP = 64
PAD_DP = 300


class Keyguard:
    """Follows phone.power: the window is there for as long as the keyguard is."""

    def __init__(self, ui: SystemUi) -> None:
        self._ui = ui
        self._phone = ui.phone
        self._window: Window | None = None

    def sync(self) -> None:
        """Show the window, take it away, or draw it anew."""
        locked = self._phone.power.keyguard
        if locked and self._window is None:
            self._window = self._phone.windows.add(
                Window(
                    package=self._ui.package,
                    title="Keyguard",
                    build=self._build,
                    owner=self._phone,
                    kind="keyguard",
                    modal=True,
                    covers=True,
                )
            )
        elif not locked and self._window is not None:
            self._phone.windows.remove(self._window)
            self._window = None
        elif self._window is not None:
            self._window.invalidate()

    def restart(self) -> None:
        """After a boot: what was shown before it is of no use."""
        window, self._window = self._window, None
        if window is not None:
            self._phone.windows.remove(window)
        self.sync()

    # -- views -----------------------------------------------------------------------------
    def _build(self) -> View:
        pad = self._phone.power.bouncer
        return frame(
            wallpaper(),
            self._bouncer() if pad else self._clock(),
            height="match",
            background="#10141f",
        )

    def _clock(self) -> View:
        phone = self._phone
        date = date_text(phone.language(), phone.clock.time())
        return column(
            spacer(weight=2),
            self._ui.bars.clock(72),
            text(date, id="keyguard_date", size=18, color=INK, margin=(0, 4, 0, 24)),
            *map(self._note, self._ui.posted()[:SHOWN_NOTIFICATIONS]),
            spacer(weight=5),
            icon("lock", color=INK, id="lock_icon_view", desc=self._ui.text("device_locked")),
            text(
                self._ui.text("swipe_up"),
                id="keyguard_indication_text",
                size=14,
                color=INK,
                gravity="center",
                margin=(0, 12, 0, NAVIGATION_BAR_DP),
            ),
            height="match",
            gravity="center_horizontal",
            padding=(16, STATUS_BAR_DP),
            id="keyguard_status_area",
            on_swipe=self._swiped,
        )

    def _note(self, note: object) -> View:
        package, title = str(getattr(note, "package", "")), str(getattr(note, "title", ""))
        return row(
            icon(sign_of(package), icon_size=18, color="primary"),
            text(self._ui.label(package), size=13, lines=1, color="on_surface_variant"),
            text(title, id="android:id/title", size=14, lines=1, weight=1),
            background="surface",
            radius=18,
            padding=(16, 10),
            margin=(0, 0, 0, 4),
            gap=8,
            max_width=480,
        )

    def _swiped(self, direction: str) -> None:
        if direction == "up":
            self._phone.power.dismiss_keyguard()

    def _bouncer(self) -> View:
        power = self._phone.power
        return frame(
            column(
                spacer(weight=1),
                text(self._message(), id="keyguard_message_area", size=16, color=INK,
                     gravity="center", lines=2),
                text("•" * len(power.typed), id="pinEntry", size=28, color=INK, gravity="center",
                     min_height=48, width=PAD_DP, password=True, cls="android.widget.EditText"),
                grid(*self._keys(), columns=3, gap=8, width=PAD_DP, margin=(0, 12)),
                height="match",
                gravity="center_horizontal",
                padding=(16, STATUS_BAR_DP, 16, NAVIGATION_BAR_DP + 16),
                id="keyguard_pin_view",
            ),
            height="match",
            background="#99000000",
        )  # fmt: skip

    def _message(self) -> str:
        power = self._phone.power
        if power.throttled:
            return self._ui.text("throttled", seconds=math.ceil(power.throttled))
        return self._ui.text("wrong_pin" if power.refused else "enter_pin")

    def _keys(self) -> list[View]:
        power = self._phone.power
        digits = {n: self._key(str(n), partial(power.type_pin, str(n))) for n in range(10)}
        delete = self._sign("backspace", "delete", "delete_button", power.erase_pin)
        enter = self._sign("check", "enter", "key_enter", power.enter_pin)
        return [*(digits[n] for n in range(1, 10)), delete, digits[0], enter]

    @staticmethod
    def _key(label: str, action: Callable[[], object]) -> View:
        return button(label, id=f"key{label}", size=24, color=INK, background="#40ffffff",
                      radius=KEY_DP / 2, height=KEY_DP, width="match", padding=0,
                      on_click=action)  # fmt: skip

    def _sign(self, sign: str, name: str, identity: str, action: Callable[[], object]) -> View:
        return image_button(icon=sign, desc=self._ui.text(name), id=identity, color=INK,
                            height=KEY_DP, width="match", on_click=action)  # fmt: skip
