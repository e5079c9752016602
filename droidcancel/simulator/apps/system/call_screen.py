"""An incoming call: a heads-up notification over the app in use, the whole screen over a lock.

The heads-up stays while it rings (a notification with a full-screen intent, HeadsUpManager); swiped
up it goes to the shade, and rings on. Taps beside it reach the app.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.system.bars import STATUS_BAR_DP
from droidcancel.simulator.services_state import Notification
from droidcancel.simulator.views import View, button, column, icon, row, spacer, text
from droidcancel.simulator.viewtree import Rect
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.apps.system.system_ui import SystemUi

DIALER = "com.android.dialer"
CALL_ID, MISSED_ID = 1, 2
HEIGHT_DP = 132
POLL_S = 0.05
#: TelephonyManager.CALL_STATE_*
IDLE, RINGING, OFFHOOK = 0, 1, 2


class CallScreen:
    """The phone's one call. `state`: CALL_STATE_*; `touched`: what was done with calls so far."""

    def __init__(self, ui: SystemUi) -> None:
        self._ui = ui
        self._phone = ui.phone
        self._window: Window | None = None
        self._hidden = False
        self._opened = False
        self.number = ""
        self.state = IDLE
        self.touched: list[str] = []

    async def ring(self, number: str, seconds: float) -> None:
        """Ring until the caller gives up, it is answered or declined, or the radio goes."""
        if self.state != IDLE or not self._phone.connectivity.cell.registered:
            return
        self.number, self.state = number, RINGING
        self._hidden = self._opened = False
        self._phone.notifications.post(self._notification())
        until = self._phone.clock.uptime() + seconds
        try:
            self._phone.power.wake()
            while self.state == RINGING and self._phone.clock.uptime() < until:
                if not self._phone.connectivity.cell.registered:
                    break
                self._sync()
                await asyncio.sleep(POLL_S)
            missed = self.state == RINGING
            while self.state == OFFHOOK and self._phone.connectivity.cell.registered:
                self._sync()
                await asyncio.sleep(POLL_S)
        finally:
            self._over()
        if missed:
            note = Notification(DIALER, MISSED_ID, self._ui.text("missed_call"), number)
            self._phone.notifications.post(note)

    def hang_up(self) -> None:
        """The other side ends the call."""
        self.state = IDLE

    def restart(self) -> None:
        """After a boot there is no call."""
        self.state = IDLE
        self._window = None

    def _over(self) -> None:
        self.state = IDLE
        self._phone.notifications.cancel(DIALER, CALL_ID)
        self._take_away()

    def _notification(self) -> Notification:
        actions = (
            (self._ui.text("decline"), self._decline),
            (self._ui.text("answer"), self._answer),
        )
        incoming = self._ui.text("incoming_call")
        return Notification(
            DIALER, CALL_ID, self.number, incoming, ongoing=True, actions=actions
        )  # fmt: skip

    def _decline(self) -> None:
        if self.state == RINGING:
            self.touched.append("declined")
            self.state = IDLE

    def _answer(self) -> None:
        if self.state == RINGING:
            self.touched.append("answered")
            self.state = OFFHOOK
            self._take_away()  # what it shows then is drawn anew

    # -- windows -----------------------------------------------------------------------------
    def _sync(self) -> None:
        """Which of the two shows: the whole screen while locked or in a call."""
        whole = self._phone.power.keyguard or self._opened or self.state == OFFHOOK
        if self._hidden and not whole:
            self._take_away()
        elif self._window is None or (self._window.kind == "keyguard") != whole:
            self._take_away()
            self._window = self._phone.windows.add(self._full() if whole else self._heads_up())

    def _take_away(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            self._phone.windows.remove(window)

    def _full(self) -> Window:
        return Window(
            package=DIALER,
            title="InCallActivity",
            build=self._build_full,
            owner=self._phone,
            kind="keyguard",
            modal=True,
            covers=True,
        )

    def _heads_up(self) -> Window:
        screen, scale = self._phone.screen, self._phone.screen.density / 160
        top = round(STATUS_BAR_DP * scale)
        return Window(
            package=self._ui.package,
            title="NotificationShade",
            build=self._build_heads_up,
            owner=self._phone,
            kind="overlay",
            frame=Rect(0, top, screen.width, top + round(HEIGHT_DP * scale)),
            focusable=False,
        )

    def _build_heads_up(self) -> View:
        card = column(
            row(
                icon("person", icon_size=24, color="primary"),
                column(
                    text(self.number, id="android:id/title", size=15, bold=True, lines=1),
                    text(self._ui.text("incoming_call"), id="android:id/text", size=14),
                ),
                gap=12,
            ),
            self._buttons(),
            id="expandableNotificationRow",
            cls="android.widget.FrameLayout",
            background="surface_high",
            radius=24,
            padding=(16, 10),
            margin=(8, 0),
            elevation=8,
            height="match",
            gap=8,
            on_click=self._open,
            on_swipe=self._swiped,
        )
        return column(card, id="notification_stack_scroller", height="match", width="match")

    def _build_full(self) -> View:
        calling = self.state == RINGING
        under = "incoming_call" if calling else "in_call"
        return column(
            spacer(weight=1),
            text(self.number, id="contactgrid_contact_name", size=32, gravity="center"),
            text(self._ui.text(under), id="contactgrid_status_text", size=16, gravity="center"),
            spacer(weight=2),
            self._buttons() if calling else spacer(),
            spacer(weight=1),
            id="incall_root",
            height="match",
            width="match",
            gravity="center_horizontal",
            background="surface",
        )

    def _buttons(self) -> View:
        return row(
            button(
                self._ui.text("decline"),
                id="android:id/action0",
                weight=1,
                on_click=self._decline,
            ),
            button(
                self._ui.text("answer"),
                id="android:id/action0",
                weight=1,
                on_click=self._answer,
            ),
            id="android:id/actions",
            gap=8,
        )

    def _open(self) -> None:
        """A tap on the heads-up opens the call's own screen, as the full-screen intent does."""
        self.touched.append("opened")
        self._opened = True

    def _swiped(self, direction: str) -> None:
        if direction == "up":
            self._hidden = True
