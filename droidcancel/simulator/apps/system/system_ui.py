"""SystemUI: the bars, the shade, the lock screen, toasts and the system's own dialogs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.base import App
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.apps.system.alerts import (
    AnrDialog,
    CrashDialog,
    DebuggingDialog,
    InternetPanel,
    ToastWindow,
)
from droidcancel.simulator.apps.system.bars import Bars
from droidcancel.simulator.apps.system.call_screen import CallScreen
from droidcancel.simulator.apps.system.keyguard import Keyguard
from droidcancel.simulator.apps.system.shade import Shade
from droidcancel.simulator.apps.system.system_strings import translate
from droidcancel.simulator.views import View
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.auth import PublicKey
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.services_state import Notification

PACKAGE = "com.android.systemui"
POST_NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
ASKED_SINCE = 33  # the API level from which apps need that permission
OPAQUE, CLEAR = "#000000", "transparent"


class SystemUiApp(App):
    """The package of SystemUI; its windows are kept by `SystemUi`."""

    package = PACKAGE
    labels = {"en": "System UI"}
    uid = 10050
    system = True


class SystemUi:
    """The windows around the apps, started with the phone; each part is told of the others."""

    package = PACKAGE

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.flashlight = False
        self.bars = Bars(self)
        self.internet = InternetPanel(self)
        self.crash = CrashDialog(self)
        self.anr = AnrDialog(self)
        self.call = CallScreen(self)
        self.debugging = DebuggingDialog(self)
        self.toast = ToastWindow(self)
        self.shade = Shade(self)
        self.keyguard = Keyguard(self)
        self._bar_windows: list[Window] = []
        self.bar_color = OPAQUE

    def start(self) -> None:
        """After a boot: put up what is always there; listen to the phone from the first on."""
        for part in (self.internet, self.crash, self.anr, self.debugging, self.shade):
            part.close()
        self.call.restart()
        self.flashlight = False
        self.bar_color = OPAQUE
        self._bar_windows = [
            self._bar("status", "StatusBar", self.bars.status),
            self._bar("navigation", "NavigationBar0", self.bars.navigation),
        ]
        if self.phone.boot_count == 1:
            self._listen()
        self.keyguard.restart()

    def _listen(self) -> None:
        phone = self.phone
        phone.toasts.on_show(self.toast.show)
        phone.listen_crashes(self.crash.show_crash)
        phone.settings.on_change(lambda *_: phone.changed())
        phone.netpolicy.on_change(phone.changed)
        phone.power.on_change(self._power_changed)
        phone.on_state_change(self.bars_changed)
        phone.spawn(self._each_minute())

    def _bar(self, kind: str, title: str, build: Callable[[], View]) -> Window:
        return self.phone.windows.add(
            Window(
                package=PACKAGE,
                title=title,
                build=build,
                owner=self.phone,
                kind=kind,
                focusable=False,
            )
        )

    async def _each_minute(self) -> None:
        """The clocks on the screen go on."""
        while True:
            await self.phone.clock.sleep(60.0 - self.phone.clock.time() % 60.0)
            self._redraw_bars()
            self.keyguard.sync()

    # -- what others ask for -----------------------------------------------------------------
    def open_notifications(self) -> None:
        """Pull the shade down (`cmd statusbar expand-notifications`)."""
        if self.phone.power.screen_on and not self.phone.power.bouncer:
            self.shade.open()

    def open_quick_settings(self) -> None:
        """Open all of quick settings (`cmd statusbar expand-settings`)."""
        if self.phone.power.screen_on and not self.phone.power.bouncer:
            self.shade.open(expanded=True)

    def close_panels(self) -> bool:
        """Put shade and panels away (`cmd statusbar collapse`); whether one was open."""
        panel = self.internet.close()
        return self.shade.close() or panel

    def back(self) -> bool:
        """The Back key; whether it was for the system."""
        alerts = (self.debugging, self.anr, self.crash, self.internet)
        return (
            any(alert.back() for alert in alerts if alert.is_open)
            or self.shade.close()
            or self.phone.power.hide_bouncer()
            or self.phone.power.keyguard
        )

    async def ask_debugging(self, key: PublicKey) -> bool:
        """Ask the user whether a host may debug (`KeyRing.ask`)."""
        return await self.debugging.ask(key)

    # -- what the parts share ----------------------------------------------------------------
    def text(self, name: str, **values: object) -> str:
        return translate(self.phone.locale(), name, **values)

    def label(self, package: str) -> str:
        """The name of an app, in the phone's language."""
        installed = self.phone.packages.get(package)
        if installed is None:
            return package
        if installed.app is None:
            return installed.label
        return installed.app.label(self.phone.language())

    def posted(self) -> list[Notification]:
        """The notifications that the user sees: those of apps that may post."""
        return [note for note in self.phone.notifications.list() if self._may_post(note.package)]

    def _may_post(self, name: str) -> bool:
        package = self.phone.packages.get(name)
        if package is None or package.system or self.phone.options.api < ASKED_SINCE:
            return True
        return package.has(POST_NOTIFICATIONS)

    def age(self, note: Notification) -> str:
        """How long ago it was posted."""
        minutes = int((self.phone.clock.time() - note.posted) // 60)
        return self.text("minutes", count=minutes) if minutes > 0 else self.text("now")

    def run_action(self, package: str, action: Callable[[], object]) -> None:
        """A notification's button, in its app's process; one that is gone is started first."""
        self.phone.spawn(self._run_in(package, action))

    async def _run_in(self, package: str, action: Callable[[], object]) -> None:
        app = self.phone.app_processes.get(package)
        if app is not None:
            app.call(action)
        else:
            await self.launch(package)

    def open_notification(self, note: Notification) -> None:
        """A tap on a notification: what its app wants, else the app itself."""
        if not note.ongoing:
            self.phone.notifications.cancel(note.package, note.id)
        if note.on_click is not None:
            self.run_action(note.package, note.on_click)
        else:
            self.phone.spawn(self.launch(note.package))

    async def launch(self, name: str) -> None:
        """Start an app as the launcher does."""
        package = self.phone.packages.get(name)
        if package is None or package.launcher is None:
            return
        intent = Intent(
            action=ACTION_MAIN,
            categories=frozenset({CATEGORY_LAUNCHER}),
            component=Component.parse(f"{name}/{package.launcher}"),
            flags=FLAG_ACTIVITY_NEW_TASK,
        )
        await self.phone.activities.start(intent, uid=1000)

    def set_flashlight(self, on: bool) -> None:
        self.flashlight = on
        self.phone.changed()

    # -- following the phone -----------------------------------------------------------------
    def _power_changed(self) -> None:
        if not self.phone.power.screen_on:
            self.close_panels()
        self.keyguard.sync()
        self.bars_changed()

    def bars_changed(self) -> None:
        """Over wallpaper the bars are clear, over apps they are black."""
        top = self.phone.activities.top
        home = top is not None and top.component.package == self.phone.home.package
        clear = home or self.shade.is_open or self.phone.power.keyguard
        color = CLEAR if clear else OPAQUE
        if color != self.bar_color:
            self.bar_color = color
            self._redraw_bars()

    def _redraw_bars(self) -> None:
        for window in self._bar_windows:
            window.invalidate()
