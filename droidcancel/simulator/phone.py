"""The virtual phone: one object on which every part of its state hangs."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from droidcancel.simulator import system_image
from droidcancel.simulator.activities import ActivityManager
from droidcancel.simulator.app_processes import AppProcesses
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_HOME,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.audit import Audit
from droidcancel.simulator.clock import Clock, Latency
from droidcancel.simulator.connectivity import Connectivity
from droidcancel.simulator.fs import FileSystem
from droidcancel.simulator.ime import Ime
from droidcancel.simulator.input import Input
from droidcancel.simulator.installer import Installer
from droidcancel.simulator.jobs import JobScheduler
from droidcancel.simulator.logs import LogBuffer
from droidcancel.simulator.media import MediaStore
from droidcancel.simulator.netpolicy import NetPolicy
from droidcancel.simulator.netstats import NetStats
from droidcancel.simulator.network import Network
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.packages import PackageManager
from droidcancel.simulator.processes import Process, ProcessTable
from droidcancel.simulator.quirks import PIN
from droidcancel.simulator.resolver import IntentResolver
from droidcancel.simulator.screen import Screen
from droidcancel.simulator.screen_timeout import ScreenTimeout
from droidcancel.simulator.services_state import (
    Battery,
    Clipboard,
    DemoMode,
    Notifications,
    Power,
    Toasts,
)
from droidcancel.simulator.settings_store import SettingsStore
from droidcancel.simulator.shell import Shell
from droidcancel.simulator.streams import Ports
from droidcancel.simulator.system_events import SystemEvents
from droidcancel.simulator.windows import WindowManager

if TYPE_CHECKING:
    from droidcancel.simulator.cloud import Cloud

FILE_ENCRYPTION_SINCE = 24  # Android 7.0

RebootHook = Callable[[str], Awaitable[None]]


class Phone:
    """A phone that is switched on by `boot()`; lives on the event loop that runs it."""

    def __init__(self, options: PhoneOptions | None = None, cloud: Cloud | None = None) -> None:
        self.options = options or PhoneOptions()
        self.cloud = cloud
        self.clock = Clock()
        self.latency = Latency(self.options.profile)
        self.log = LogBuffer(self.clock)
        self.fs = FileSystem(self.clock.time, self.options.storage_bytes)
        self.props: dict[str, str] = {}
        self.ports = Ports()
        self.settings = SettingsStore(self.options)
        self.processes = ProcessTable(self.clock)
        self.windows = WindowManager()
        self.packages = PackageManager(self.fs, self.clock, self.options.api)
        self.notifications = Notifications(self.clock, self.changed)
        self.toasts = Toasts(self.clock, self.changed)
        self.clipboard = Clipboard()
        self.demo = DemoMode(self.changed)
        self.battery = Battery()
        self.power = Power(self.changed, self._locks_by_swipe)
        self.jobs = JobScheduler(self)
        self.media = MediaStore(self)
        self.connectivity = Connectivity(self)
        self.netpolicy = NetPolicy(self)
        self.netstats = NetStats(self)
        self.network = Network(self)
        self.resolver = IntentResolver(self)
        self.app_processes = AppProcesses(self)
        self.activities = ActivityManager(self)
        self.installer = Installer(self)
        self.screen = Screen(self)
        self.input = Input(self)
        self.ime = Ime(self)
        self.screen_timeout = ScreenTimeout(self)
        self.shell = Shell(self)
        self.unknown_commands: Counter[str] = Counter()
        self.audit = Audit()
        self.app_locales: dict[str, str] = {}
        self.booted = asyncio.Event()
        self.boot_id = str(uuid.uuid4())
        self.boot_count = 0
        self.zygote_pid = 0
        self.events = SystemEvents(self)
        self.notifications.log = self.events
        self.home = Component.parse(system_image.HOME)
        self.permission_dialog = Component.parse(system_image.permission_dialog(self.options.api))
        self.chooser: Component | None = Component.parse(system_image.chooser(self.options.api))
        self.recents = Component.parse(system_image.RECENTS)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._reboot_hooks: list[RebootHook] = []
        self._state_listeners: list[Callable[[], None]] = []
        self._crash_listeners: list[Callable[[str], None]] = []
        self.system_ui: Any = None
        self.power.on_unlock(self._first_unlock)
        self.log.chatter = lambda: system_image.chatter(self)
        if self.options.has("pin-lock"):
            self.power.pin = PIN
        system_image.provision(self)

    # -- life ------------------------------------------------------------------------------
    async def boot(self) -> None:
        """Switch the phone on; returns when `sys.boot_completed` is 1."""
        self.clock.restart()
        self.boot_count += 1
        self.log.write("I", "boot", "Starting phone")
        system_image.start_processes(self)
        await self.latency.spend("boot")
        self.connectivity.start()
        self.power.start(encrypted=self.options.api >= FILE_ENCRYPTION_SINCE)
        self.props["sys.user.0.ce_available"] = str(self.power.unlocked_once).lower()
        system_image.start_system_ui(self)
        await self.activities.start(self._home_intent(), uid=1000)
        self.props["sys.boot_completed"] = "1"
        self.props["dev.bootcomplete"] = "1"
        self.props["init.svc.bootanim"] = "stopped"
        self.booted.set()
        self.screen_timeout.touched()
        self.media.scan_all()
        self.jobs.after_boot()
        if self.power.unlocked_once:
            await self.boot_completed()

    def _first_unlock(self) -> None:
        """The PIN was given for the first time since the boot: apps and their jobs may run."""
        self.props["sys.user.0.ce_available"] = "true"
        self.jobs.kick()
        if self.booted.is_set():
            self.spawn(self.boot_completed())

    def _locks_by_swipe(self) -> bool:
        return self.settings.get("secure", "lockscreen.disabled") != "1"

    async def boot_completed(self) -> None:
        """ACTION_BOOT_COMPLETED, to the apps that want it, were launched and not stopped."""
        for package in list(self.packages):
            app = package.app
            idle = package.stopped or package.not_launched
            if app is not None and app.receives_boot and not idle:
                running = await self.app_processes.ensure(package.name)
                if running is not None:
                    running.call(running.on_boot)

    async def reboot(self, mode: str = "") -> None:
        """Restart; what was in memory is gone. `mode` is what `adb reboot` was given."""
        self.booted.clear()
        for hook in list(self._reboot_hooks):
            await hook(mode)
        self._stop()
        self.boot_id = str(uuid.uuid4())
        for name in ("sys.boot_completed", "dev.bootcomplete"):
            self.props[name] = ""
        self.props["init.svc.bootanim"] = "running"
        await self.boot()

    async def shutdown(self) -> None:
        """Switch the phone off for good."""
        self.booted.clear()
        self._stop()
        self.connectivity.stop()
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _stop(self) -> None:
        self.screen_timeout.stop()
        self.jobs.stop_all()
        self.activities.clear()
        self.app_processes.clear()
        self.processes.clear()
        self.ports.close()
        self.network.reset()
        self.netpolicy.reset()
        self.netstats.reset()
        self.windows.clear()
        for notification in self.notifications.list():
            self.notifications.cancel(notification.package, notification.id)
        self.clipboard = Clipboard()
        self.demo = DemoMode(self.changed)

    def on_reboot(self, hook: RebootHook) -> None:
        """Await `hook(mode)` when the phone goes down for a reboot (adbd leaves its hosts)."""
        self._reboot_hooks.append(hook)

    # -- work of the system itself -----------------------------------------------------------
    def spawn(self, coro: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run work that belongs to no app; it ends with the phone."""
        task = asyncio.get_running_loop().create_task(self._guard(coro))
        task.add_done_callback(lambda _: coro.close())  # it may end before it has begun
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guard(self, coro: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await coro
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.log.write("E", "system_server", f"{type(error).__name__}: {error}")
            return None

    def call(self, handler: Callable[[], object]) -> None:
        """Run a handler of the system's own windows (`windows.Owner`)."""
        result = handler()
        if asyncio.iscoroutine(result):
            self.spawn(result)

    # -- hooks between the parts -------------------------------------------------------------
    def changed(self) -> None:
        """Something that system windows show has changed."""
        self.windows.invalidate_all()

    def state_changed(self) -> None:
        """An app came to the foreground or left it."""
        for listener in list(self._state_listeners):
            listener()

    def on_state_change(self, listener: Callable[[], None]) -> None:
        self._state_listeners.append(listener)

    def on_crash(self, package: str) -> None:
        for listener in list(self._crash_listeners):
            listener(package)

    def listen_crashes(self, listener: Callable[[str], None]) -> None:
        self._crash_listeners.append(listener)

    def language(self, package: str | None = None) -> str:
        """The language of an app ("en"), its own locale before the phone's."""
        return self.locale(package).partition("-")[0]

    def locale(self, package: str | None = None) -> str:
        """The locale of an app ("pt-BR"), its own before the phone's."""
        return self.app_locales.get(package or "") or self.options.locale

    # -- home and recents --------------------------------------------------------------------
    def _home_intent(self) -> Intent:
        return Intent(
            action=ACTION_MAIN,
            categories=frozenset({CATEGORY_HOME}),
            component=self.home,
            flags=FLAG_ACTIVITY_NEW_TASK,
        )

    def go_home(self) -> None:
        """The Home key: the launcher shows, the shade goes."""
        self.system_ui.close_panels()
        self.show_home()

    def show_home(self) -> None:
        """Show the launcher under whatever panels are open."""
        task = next((t for t in self.activities.tasks if t.affinity == self.home.package), None)
        if task is not None and task.records:
            if task is not self.activities.front:
                self.activities.bring_task(task.id)
        elif self.booted.is_set():
            self.spawn(self.activities.start(self._home_intent(), uid=1000))

    def show_recents(self) -> None:
        """Show the recent apps, unless the phone is locked."""
        if self.power.keyguard:
            return
        self.system_ui.close_panels()
        intent = Intent(component=self.recents, flags=FLAG_ACTIVITY_NEW_TASK)
        self.spawn(self.activities.start(intent, uid=1000))

    def press_back(self) -> None:
        """The Back key: the system's panels and the keyboard go first, then the activity."""
        if not (self.system_ui.back() or self.ime.hide()):
            self.activities.back()

    # -- facts -----------------------------------------------------------------------------
    @property
    def serial(self) -> str:
        """`ro.serialno`: given, or made from the seed."""
        if self.options.serial:
            return self.options.serial
        return "DC" + hashlib.sha1(self.boot_seed).hexdigest()[:10].upper()

    @property
    def boot_seed(self) -> bytes:
        return f"{self.options.seed}:{id(self)}".encode()

    def system_process(self, name: str) -> Process | None:
        return next(iter(self.processes.by_name(name)), None)
