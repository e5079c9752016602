"""What an app on the phone is made of: an `App` a process, an `Activity` a screen."""

from __future__ import annotations

import asyncio
import inspect
import json
import traceback
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from droidcancel.simulator.apps.intents import Component, Intent, IntentFilter
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.jobs import Job
    from droidcancel.simulator.packages import Package
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.processes import Process
    from droidcancel.simulator.services_state import Notification
    from droidcancel.simulator.tasks import ActivityRecord
    from droidcancel.simulator.views import View
    from droidcancel.simulator.viewtree import Rect


#: ActivityTaskManagerService.KEY_DISPATCHING_TIMEOUT_MS: an app that takes no input for so long
#: "isn't responding"
INPUT_DISPATCHING_TIMEOUT_S = 5.0


class Prefs:
    """SharedPreferences: a small dictionary kept in a file of the app."""

    def __init__(self, phone: Phone, package: Package, name: str = "app") -> None:
        self._phone = phone
        self._package = package
        self._path = f"{package.data_dir}/shared_prefs/{name}.json"
        self._values: dict[str, Any] = {}
        if phone.fs.exists(self._path):
            self._values = json.loads(phone.fs.read(self._path))

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep a value (anything that JSON takes). Raises FsError when the phone is full."""
        self._values[key] = value
        uid = self._package.uid
        data = json.dumps(self._values).encode()
        self._phone.fs.write(self._path, data, mode=0o600, uid=uid, gid=uid)

    def remove(self, key: str) -> None:
        if key in self._values:
            del self._values[key]
            self._phone.fs.write(self._path, json.dumps(self._values).encode())


def localised(strings: Mapping[str, Mapping[str, str]], locale: str, name: str) -> str:
    """A text in a locale ("pt-BR"), else in its language, else in English (or its name)."""
    for key in (locale, locale.partition("-")[0], "en"):
        found = strings.get(key, {}).get(name)
        if found is not None:
            return found
    return name


class App:
    """The code of an app, instantiated once a process.

    Class attributes are its manifest. `strings` maps a language or a locale to texts by name; a
    text missing there is taken from English. `service` names the foreground service, if any.
    """

    package: ClassVar[str]
    labels: ClassVar[Mapping[str, str]] = {}
    version_name: ClassVar[str] = "1.0"
    version_code: ClassVar[int] = 1
    target_sdk: ClassVar[int] = 34
    uid: ClassVar[int | None] = None
    system: ClassVar[bool] = False
    permissions: ClassVar[tuple[str, ...]] = ("android.permission.INTERNET",)
    activities: ClassVar[Mapping[str, type[Activity]]] = {}
    launcher: ClassVar[str | None] = None
    filters: ClassVar[tuple[IntentFilter, ...]] = ()
    strings: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    receives_boot: ClassVar[bool] = False
    service: ClassVar[str] = ".ForegroundService"
    rss: ClassVar[int] = 120_000

    def __init__(self, phone: Phone, process: Process, package: Package) -> None:
        self.phone = phone
        self.process = process
        self.installed = package
        self.prefs = Prefs(phone, package)
        self.options: Mapping[str, Any] = phone.options.app_options.get(package.name, {})
        self._hung_until = 0.0
        self._waiting: list[Callable[[], object]] = []

    @classmethod
    def label(cls, language: str) -> str:
        return cls.labels.get(language) or cls.labels.get("en") or cls.package

    @property
    def cache_dir(self) -> str:
        return self.installed.data_dir + "/cache"

    @property
    def files_dir(self) -> str:
        return self.installed.data_dir + "/files"

    def text(self, name: str, **values: object) -> str:
        """A text in the app's language, its {placeholders} filled in."""
        template = localised(self.strings, self.phone.locale(self.package), name)
        return template.format(**values) if values else template

    # -- life ------------------------------------------------------------------------------
    @property
    def outlives_task(self) -> bool:
        """Whether the process lives on when its last task is swiped away, whatever it runs."""
        return False

    def on_create(self) -> None:
        """The process has started, before any activity."""

    def on_boot(self) -> None:
        """ACTION_BOOT_COMPLETED, where the app asks for it and is not stopped."""

    def on_task_removed(self) -> None:
        """The task was swiped away from recents."""

    async def run_job(self, job: Job) -> bool:
        """Do a scheduled job; True asks for it to be run again later."""
        return False

    # -- work ------------------------------------------------------------------------------
    def spawn(self, coro: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run in this process. An exception crashes the app, as on a phone."""
        task = self.process.spawn(self._guard(coro), name=self.package)
        task.add_done_callback(lambda _: coro.close())  # it may end before it has begun
        return task

    async def _guard(self, coro: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await coro
        except asyncio.CancelledError:
            raise
        except Exception:
            self.crash(traceback.format_exc())
            return None

    def call(self, handler: Callable[[], object]) -> None:
        """Run a view's handler, sync or async, on this process's main thread."""
        if not self.process.alive:
            return
        if self.hung:
            self._waiting.append(handler)
            if len(self._waiting) == 1:
                self.process.spawn(self._wait_for_an_answer())
            return
        try:
            result = handler()
        except Exception:
            self.crash(traceback.format_exc())
            return
        if inspect.iscoroutine(result):
            self.spawn(result)

    def crash(self, trace: str) -> None:
        """Die of an exception, as its stack trace in the log says."""
        self.phone.log.write(
            "E",
            "AndroidRuntime",
            f"FATAL EXCEPTION: main\nProcess: {self.package}, PID: {self.process.pid}\n{trace}",
            pid=self.process.pid,
            uid=self.process.uid,
            buffer="crash",
        )
        self.phone.app_processes.crashed(self)

    # -- hanging ---------------------------------------------------------------------------
    @property
    def hung(self) -> bool:
        """Whether the main thread does not get to what it is given."""
        return self.phone.clock.uptime() < self._hung_until

    def hang(self, seconds: float) -> None:
        """Block the main thread: touches and looks wait for it, other threads go on."""
        self._hung_until = self.phone.clock.uptime() + seconds
        self.process.spawn(self._go_on(seconds))

    async def _go_on(self, seconds: float) -> None:
        await self.phone.clock.sleep(seconds)
        while self.hung:  # it was blocked anew meanwhile
            await self.phone.clock.sleep(self._hung_until - self.phone.clock.uptime())
        waiting, self._waiting = self._waiting, []
        for handler in waiting:
            self.call(handler)

    async def _wait_for_an_answer(self) -> None:
        await self.phone.clock.sleep(INPUT_DISPATCHING_TIMEOUT_S)
        if self._waiting and self.hung:
            self.phone.app_processes.not_responding(self)

    # -- services --------------------------------------------------------------------------
    def start_foreground(self, notification: Notification) -> None:
        """Run as a foreground service, shown by `notification`."""
        begins = not self.process.foreground_services
        self.process.foreground_services[notification.id] = notification
        if begins:
            self.phone.events.service(self, True)
        self.phone.notifications.post(notification)
        self.phone.app_processes.update_states()

    def stop_foreground(self, notification_id: int) -> None:
        ran = self.process.foreground_services.pop(notification_id, None) is not None
        self.phone.notifications.cancel(self.package, notification_id)
        if ran and not self.process.foreground_services:
            self.phone.events.service(self, False)
        self.phone.app_processes.update_states()

    def toast(self, text: str, duration: float = 2.0) -> None:
        self.phone.toasts.show(self.package, text, duration)


class Activity:
    """One screen of an app. `build()` gives its view tree; `invalidate()` after a change.

    `saved` outlives the process where the system keeps the activity (not after force-stop).
    """

    launch_mode: ClassVar[str] = "standard"
    translucent: ClassVar[bool] = False
    exclude_from_recents: ClassVar[bool] = False
    exported: ClassVar[bool] = False
    secure: ClassVar[bool] = False
    takes_back: ClassVar[bool] = False  # Back comes to it even while it shows dialogs

    def __init__(self, app: App, intent: Intent, record: ActivityRecord) -> None:
        self.app = app
        self.phone = app.phone
        self.intent = intent
        self.record = record
        self.saved: dict[str, Any] = record.saved
        self.dialogs: list[Window] = []
        self.panels: list[Window] = []
        self.window = Window(
            package=app.package,
            title=str(record.component),
            build=self.build,
            owner=app,
            kind="app",
            activity=str(record.component),
            secure=self.secure,
        )

    def text(self, name: str, **values: object) -> str:
        return self.app.text(name, **values)

    # -- what a screen overrides -----------------------------------------------------------
    def build(self) -> View:
        raise NotImplementedError(f"{type(self).__name__} builds no views")

    def on_create(self) -> None: ...
    def on_resume(self) -> None: ...
    def on_pause(self) -> None: ...
    def on_stop(self) -> None: ...
    def on_destroy(self) -> None: ...
    def on_new_intent(self, intent: Intent) -> None: ...

    def on_back(self) -> bool:
        """The Back key; True when the screen dealt with it."""
        return False

    # -- what a screen calls ---------------------------------------------------------------
    def invalidate(self) -> None:
        self.window.invalidate()
        for other in (*self.panels, *self.dialogs):
            other.invalidate()

    def spawn(self, coro: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        return self.app.spawn(coro)

    def finish(self, result: Any = None) -> None:
        self.phone.activities.finish(self.record, result)

    def start(self, intent: Intent) -> None:
        """Start another activity on top of this one."""
        self.phone.spawn(self.phone.activities.start(intent, source=self.record))

    async def start_for_result(self, intent: Intent) -> Any:
        """Start another activity and wait for what it finishes with (None: cancelled)."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        await self.phone.activities.start(intent, source=self.record, result=future)
        return await future

    def open(self, cls: str, **extras: Any) -> None:
        """Start a screen of the same app."""
        component = Component.parse(f"{self.app.package}/{cls}")
        self.start(Intent(component=component, extras=extras))

    def show_dialog(
        self, build: Callable[[], View], *, on_dismiss: Callable[[], None] | None = None
    ) -> Window:
        """Show a modal dialog over this screen; Back dismisses it."""
        dialog = Window(
            package=self.app.package,
            title=str(self.record.component),
            build=build,
            owner=self.app,
            kind="dialog",
            activity=str(self.record.component),
            modal=True,
            secure=self.secure,
            on_dismiss=on_dismiss,
        )
        self.dialogs.append(dialog)
        self.phone.activities.sync_windows()
        return dialog

    def dismiss(self, dialog: Window) -> None:
        if dialog in self.dialogs:
            self.dialogs.remove(dialog)
            self.phone.activities.sync_windows()

    def show_panel(self, build: Callable[[], View], frame: Rect) -> Window:
        """Show a small window of its own over this screen, in px; Back leaves it alone."""
        panel = Window(
            package=self.app.package,
            title=str(self.record.component),
            build=build,
            owner=self.app,
            kind="panel",
            frame=frame,
            focusable=False,
            secure=self.secure,
        )
        self.panels.append(panel)
        self.phone.activities.sync_windows()
        return panel

    def hide_panel(self, panel: Window) -> None:
        if panel in self.panels:
            self.panels.remove(panel)
            self.phone.activities.sync_windows()

    async def request_permissions(self, *names: str) -> dict[str, bool]:
        """Ask the user for runtime permissions, as far as they are not held yet."""
        package = self.app.installed
        missing = [name for name in names if not package.has(name)]
        if missing and self.phone.options.api >= 23:
            await self.start_for_result(
                Intent(
                    component=self.phone.permission_dialog,
                    extras={"permissions": missing, "package": package.name},
                )
            )
        return {name: package.has(name) for name in names}
