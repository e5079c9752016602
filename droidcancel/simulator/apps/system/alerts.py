"""What the system itself says over everything: toasts, crashes, and who wants to debug."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.intents import FLAG_ACTIVITY_NEW_TASK, Intent
from droidcancel.simulator.views import View, button, checkbox, column, frame, row, switch, text
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import App
    from droidcancel.simulator.apps.system.system_ui import SystemUi
    from droidcancel.simulator.auth import PublicKey
    from droidcancel.simulator.services_state import Toast

DIALOG_DP = 400
REPEATING_S = 60.0  # ProcessList.MIN_CRASH_INTERVAL


class Alert:
    """A dialog of the system: at most one of its kind at a time."""

    package = "android"

    def __init__(self, ui: SystemUi) -> None:
        self._ui = ui
        self._phone = ui.phone
        self._window: Window | None = None

    def show(self, title: str, build: Callable[[], View]) -> None:
        """Show the dialog, in place of one that is there."""
        self.close()
        self._window = self._phone.windows.add(
            Window(
                package=self.package,
                title=title,
                build=build,
                owner=self._phone,
                kind="system_dialog",
                modal=True,
            )
        )

    def changed(self) -> None:
        if self._window is not None:
            self._window.invalidate()

    @property
    def is_open(self) -> bool:
        return self._window is not None

    def close(self) -> bool:
        """Take the dialog away; whether it was there."""
        window, self._window = self._window, None
        if window is not None:
            self._phone.windows.remove(window)
        return window is not None

    def back(self) -> bool:
        """The Back key; whether the dialog took it."""
        return self.close()


def card(*content: View, gap: float = 0) -> View:
    """A dialog's card in the middle of a dimmed screen."""
    return frame(
        column(
            *content,
            background="surface_high",
            radius=28,
            padding=24,
            margin=(24, 0),
            max_width=DIALOG_DP,
            align="center",
            elevation=8,
            gap=gap,
        ),
        height="match",
        background="#80000000",
    )


class CrashDialog(Alert):
    """ "App has stopped", or "keeps stopping" when it does so again soon (AppErrorDialog)."""

    def __init__(self, ui: SystemUi) -> None:
        super().__init__(ui)
        self._crashed: dict[str, float] = {}

    def show_crash(self, package: str) -> None:
        now = self._phone.clock.uptime()
        again = now - self._crashed.get(package, -REPEATING_S) < REPEATING_S
        self._crashed[package] = now
        self.show(f"Application Error: {package}", partial(self._build, package, again))

    def _build(self, package: str, again: bool) -> View:
        title = self._ui.text("repeats" if again else "stopped", app=self._ui.label(package))
        second = ("info", "app_info") if again else ("refresh", "restart")
        action = partial(self._details if again else self._restart, package)
        return card(
            text(title, id="android:id/alertTitle", size=20, margin=(0, 0, 0, 12)),
            choice(second[0], self._ui.text(second[1]), f"aerr_{second[1]}", action),
            choice("close", self._ui.text("close_app"), "aerr_close", self.close),
        )

    def _restart(self, package: str) -> None:
        self.close()
        self._phone.spawn(self._ui.launch(package))

    def _details(self, package: str) -> None:
        self.close()
        action = "android.settings.APPLICATION_DETAILS_SETTINGS"
        intent = Intent(action=action, data=f"package:{package}", flags=FLAG_ACTIVITY_NEW_TASK)
        self._phone.spawn(self._phone.activities.start(intent, uid=1000))


class AnrDialog(Alert):
    """ "App isn't responding": Close app ends it, Wait leaves it (AppNotRespondingDialog)."""

    def show_hung(self, app: App) -> None:
        """Ask about a running app."""
        self.show(f"Application Not Responding: {app.package}", partial(self._build, app))

    def _build(self, app: App) -> View:
        title = self._ui.text("not_responding", app=self._ui.label(app.package))
        return card(
            text(title, id="android:id/alertTitle", size=20, margin=(0, 0, 0, 12)),
            choice("close", self._ui.text("close_app"), "aerr_close", partial(self._end, app)),
            choice("refresh", self._ui.text("wait"), "aerr_wait", self.close),
        )

    def _end(self, app: App) -> None:
        self.close()
        self._phone.processes.end(app.process)

    def back(self) -> bool:
        """It is not cancelable."""
        return True


def choice(sign: str, words: str, identity: str, action: Callable[[], object]) -> View:
    """One answer of the two dialogs about an app (app_anr_dialog.xml, app_error_dialog.xml)."""
    return button(
        words,
        icon=sign,
        id=f"android:id/{identity}",
        gravity="center_vertical",
        width="match",
        color="on_surface",
        padding=(0, 12),
        size=16,
        bold=False,
        on_click=action,
    )


class InternetPanel(Alert):
    """What the Internet tile opens (internet_connectivity_dialog.xml)."""

    package = "com.android.systemui"

    def open(self) -> None:
        self.show("InternetDialog", self._build)

    def _build(self) -> View:
        net = self._phone.connectivity
        return card(
            text(self._ui.text("internet"), id="internet_dialog_title", size=22),
            self._switch("mobile", net.data_enabled, net.set_data, net.cell.operator),
            self._switch("wifi", net.wifi.enabled, net.set_wifi, ""),
            *([self._network(net.wifi.ssid)] if net.wifi.connected else []),
            row(
                button(self._ui.text("done"), id="done_button", outlined=True, on_click=self.close),
                gravity="end",
            ),
            gap=8,
        )

    def _switch(self, name: str, on: bool, change: Callable[[bool], object], under: str) -> View:
        below = [text(under, size=13, color="on_surface_variant")] if under else []
        return row(
            column(text(self._ui.text(name), size=16), *below, weight=1),
            switch(on, change, id=f"{name}_toggle"),
            min_height=56,
        )

    def _network(self, ssid: str) -> View:
        return column(
            text(ssid, id="wifi_title", size=16, lines=1),
            text(self._ui.text("connected"), id="wifi_summary", size=13),
            background="primary_container",
            radius=16,
            padding=(16, 10),
        )


class DebuggingDialog(Alert):
    """ "Allow USB debugging?" about the key of a host (UsbDebuggingActivity)."""

    package = "com.android.systemui"

    def __init__(self, ui: SystemUi) -> None:
        super().__init__(ui)
        self._always = False
        self._answer: asyncio.Future[bool] | None = None

    async def ask(self, key: PublicKey) -> bool:
        """Show the dialog, and wait for the answer; a newer host's question replaces it."""
        self._settle(False)
        self._always = False
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self.show("UsbDebuggingActivity", partial(self._build, key))
        try:
            return await answer
        finally:
            if self._answer is answer:
                self._answer = None
                self.close()

    def back(self) -> bool:
        """Back says no."""
        return self._settle(False)

    def _settle(self, allowed: bool) -> bool:
        answer = self._answer
        if answer is None or answer.done():
            return False
        answer.set_result(allowed)
        return self.close()

    def _tick(self, on: bool) -> None:
        self._always = on
        self.changed()

    def _build(self, key: PublicKey) -> View:
        words = self._ui.text("usb_text", fingerprint=key.fingerprint)
        always = self._ui.text("usb_always")
        return card(
            text(self._ui.text("usb_title"), id="android:id/alertTitle", size=22),
            text(words, id="android:id/message", size=15),
            checkbox(
                self._always, self._tick, text=always, id="android:id/alwaysUse", width="match"
            ),
            row(
                button(
                    self._ui.text("cancel"),
                    id="android:id/button2",
                    on_click=partial(self._settle, False),
                ),
                button(
                    self._ui.text("allow"),
                    id="android:id/button1",
                    on_click=partial(self._settle, True),
                ),
                gravity="end",
            ),
            gap=12,
        )


class ToastWindow:
    """The toast that is on the screen."""

    def __init__(self, ui: SystemUi) -> None:
        self._phone = ui.phone
        self._window: Window | None = None

    def show(self, toast: Toast) -> None:
        if self._window is not None:
            self._phone.windows.remove(self._window)
        self._window = self._phone.windows.add(
            Window(
                package=toast.package,
                title="Toast",
                build=partial(self._build, toast),
                owner=self._phone,
                kind="toast",
                focusable=False,
            )
        )
        self._phone.spawn(self._expire(self._window, toast))

    async def _expire(self, window: Window, toast: Toast) -> None:
        await self._phone.clock.sleep(toast.until - self._phone.clock.uptime())
        self._phone.windows.remove(window)

    @staticmethod
    def _build(toast: Toast) -> View:
        return text(
            toast.text,
            id="android:id/message",
            size=14,
            color="on_toast",
            background="toast",
            radius=24,
            padding=(20, 14),
            margin=(24, 0),
            max_width=DIALOG_DP,
            gravity="center",
            elevation=4,
        )
