"""Activities, tasks and the back stack: ActivityTaskManager."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from droidcancel.simulator.apps.intents import (
    EXTRA_STREAM,
    FLAG_ACTIVITY_CLEAR_TASK,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.tasks import ActivityRecord, StartResult, Task

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import Activity, App
    from droidcancel.simulator.packages import Package
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.windows import Window


class ActivityManager:
    """Starts, stops and orders activities."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self.tasks: list[Task] = []
        self._next_task = 1
        self._resumed: ActivityRecord | None = None
        self._shown: list[Window] = []

    # -- looking ---------------------------------------------------------------------------
    @property
    def front(self) -> Task | None:
        return self.tasks[-1] if self.tasks else None

    @property
    def top(self) -> ActivityRecord | None:
        return self.front.top if self.front else None

    @property
    def resumed(self) -> ActivityRecord | None:
        """The activity that has the user's attention."""
        return self._resumed

    def has_any_of(self, package: str) -> bool:
        """Whether an activity of the package is in any task, shown or not."""
        return any(r.component.package == package for t in self.tasks for r in t.records)

    def recents(self) -> list[Task]:
        """The tasks that recents shows, newest first."""
        return [t for t in reversed(self.tasks) if t.records and not self._hidden(t)]

    def _hidden(self, task: Task) -> bool:
        return task.affinity == self._phone.home.package or any(
            record.cls.exclude_from_recents for record in task.records
        )

    # -- ended processes -------------------------------------------------------------------
    def process_ended(self, app: App) -> None:
        """Its process is gone: what it showed goes, what lay below is made anew when shown."""
        for task in list(self.tasks):
            self._drop_dead(task, app)
        if self._resumed is not None and self._resumed.activity is None:
            self._resumed = None
        self._settle()

    def _drop_dead(self, task: Task, app: App) -> None:
        for record in list(task.records):
            if record.activity is not None and record.activity.app is app:
                record.activity = None
                if record.state == "RESUMED" and record in task.records:
                    self._forget(record)
                record.state = "DESTROYED"

    # -- starting --------------------------------------------------------------------------
    async def start(
        self,
        intent: Intent,
        *,
        source: ActivityRecord | None = None,
        uid: int | None = None,
        result: asyncio.Future[Any] | None = None,
    ) -> StartResult:
        """Start an activity. Raises ActivityNotFoundError, NotExportedError."""
        caller = uid if uid is not None else self._uid_of(source)
        package, cls = self._phone.resolver.resolve(intent, uid=caller)
        component = self._phone.resolver.component_of(package, cls)
        self._phone.log.write(
            "I",
            "ActivityTaskManager",
            f"START u0 {{{intent.describe(self._phone.options.api)}}} from uid {caller}",
        )
        fresh = self._phone.app_processes.get(package.name) is None
        app = await self._phone.app_processes.ensure(package.name)
        assert app is not None
        if not fresh:
            await self._phone.latency.spend("activity")
        if package.stopped or package.not_launched:
            self._phone.packages.set_stopped(package, False)
        placed = self._place(intent, component, cls, source, result)
        self._grant(intent, placed.record, package, from_app=source is not None)
        return placed

    def _grant(
        self, intent: Intent, record: ActivityRecord, package: Package, *, from_app: bool
    ) -> None:
        """Let the started activity read what the intent points at, for as long as it lives.

        An app's own start also counts EXTRA_STREAM (Instrumentation calls
        Intent.migrateExtraStreamToClipData); a start by the shell does not.
        """
        if not intent.grants_read:
            return
        stream = intent.extras.get(EXTRA_STREAM) if from_app else None
        streams = stream if isinstance(stream, (list, tuple)) else [stream]
        uris = [uri for uri in (intent.data, *streams) if isinstance(uri, str)]
        grants = self._phone.media.grants
        grants.add(package.uid, uris, lambda: record in record.task.records)

    def _uid_of(self, source: ActivityRecord | None) -> int:
        if source is None:
            return 1000
        package = self._phone.packages.get(source.component.package)
        return package.uid if package else 1000

    def _place(
        self,
        intent: Intent,
        component: Component,
        cls: type[Activity],
        source: ActivityRecord | None,
        result: asyncio.Future[Any] | None,
    ) -> StartResult:
        """Put the activity on a task, or bring forward the one that is there."""
        new_task = source is None or bool(intent.flags & FLAG_ACTIVITY_NEW_TASK)
        task = (
            self._task_for(component, cls)
            if new_task or cls.launch_mode == "singleTask"
            else (source.task if source else None)
        )
        if task is not None and intent.flags & FLAG_ACTIVITY_CLEAR_TASK:
            self._finish_all(task)
            task = None
        if task is None or task not in self.tasks:
            task = Task(self._next_task, component.package)
            self._next_task += 1
            self.tasks.append(task)
        elif task.records and task.is_entered_by(intent, cls):
            return self._bring_forward(task, intent, cls)
        self._move_to_front(task)
        record = ActivityRecord(component, intent, task, cls, result=result)
        task.records.append(record)
        self._settle()
        return StartResult("started", component, record)

    def _task_for(self, component: Component, cls: type[Activity]) -> Task | None:
        """The app's task; screens that recents leaves out have each its own, and share none."""
        if cls.exclude_from_recents:
            return None
        shared = (t for t in reversed(self.tasks) if not t.apart)
        return next((t for t in shared if t.affinity == component.package), None)

    def _bring_forward(self, task: Task, intent: Intent, cls: type[Activity]) -> StartResult:
        outcome = "to_front"
        if cls.launch_mode != "standard":
            while task.records[-1].cls is not cls and any(r.cls is cls for r in task.records):
                self._destroy(task.records[-1])
                task.records.pop()
            outcome = "new_intent"
        self._move_to_front(task)
        self._settle()
        record = task.records[-1]
        if outcome == "new_intent" and record.activity is not None and record.cls is cls:
            record.intent = intent
            activity = record.activity
            activity.intent = intent
            activity.app.call(lambda: activity.on_new_intent(intent))
        return StartResult(outcome, record.component, record)

    def _move_to_front(self, task: Task) -> None:
        self.tasks.remove(task)
        self.tasks.append(task)
        task.last_active = self._phone.clock.uptime()

    # -- finishing -------------------------------------------------------------------------
    def finish(self, record: ActivityRecord, result: Any = None) -> None:
        """Finish an activity and show what was below it."""
        if record.result is not None and not record.result.done():
            record.result.set_result(result)
        if record in record.task.records:
            self._destroy(record)
            self._forget(record)
        self._settle()

    def _forget(self, record: ActivityRecord) -> None:
        task = record.task
        task.records.remove(record)
        if record.result is not None and not record.result.done():
            record.result.set_result(None)
        if not task.records and task in self.tasks:
            self.tasks.remove(task)

    def _destroy(self, record: ActivityRecord) -> None:
        if self._resumed is record:
            self._pause(record)
        activity = record.activity
        record.activity = None
        record.state = "DESTROYED"
        if activity is not None:
            activity.app.call(activity.on_destroy)

    def _finish_all(self, task: Task) -> None:
        for record in reversed(list(task.records)):
            self._destroy(record)
            self._forget(record)
        if task in self.tasks:
            self.tasks.remove(task)

    # -- settling: what is on top is resumed, what is not is paused ---------------------------
    def _settle(self) -> None:
        top = self.top
        if self._resumed is not None and self._resumed is not top:
            self._pause(self._resumed)
        if top is None:
            self._phone.show_home()
        elif top.activity is None:
            self._create(top)
        if top is not None and top.activity is not None and self._resumed is not top:
            self._resume(top)
        self.sync_windows()
        self._phone.app_processes.update_states()

    def _create(self, record: ActivityRecord) -> None:
        app = self._phone.app_processes.get(record.component.package)
        if app is None:
            self._phone.spawn(self._recreate(record))
            return
        activity = record.cls(app, record.intent, record)
        record.activity = activity
        record.state = "CREATED"
        app.call(activity.on_create)

    async def _recreate(self, record: ActivityRecord) -> None:
        """The process of an activity that comes to the top again was dead: start it."""
        if (
            await self._phone.app_processes.ensure(record.component.package) is not None
            and record is self.top
        ):
            self._settle()

    def _resume(self, record: ActivityRecord) -> None:
        self._resumed = record
        record.state = "RESUMED"
        record.task.last_active = self._phone.clock.uptime()
        activity = record.activity
        assert activity is not None
        activity.app.call(activity.on_resume)
        self._phone.log.write(
            "I", "ActivityTaskManager", f"Displayed {record.component.short} for user 0"
        )

    def _pause(self, record: ActivityRecord) -> None:
        self._resumed = None
        activity = record.activity
        if activity is not None:
            record.state = "STOPPED"
            activity.app.call(activity.on_pause)
            activity.app.call(activity.on_stop)

    def sync_windows(self) -> None:
        """Show the windows of the top activity (and of those seen through it)."""
        wanted: list[Window] = []
        for record in self._seen():
            if record.activity is not None:
                shown = record.activity
                wanted = [shown.window, *shown.panels, *shown.dialogs, *wanted]
        for window in self._shown:
            if window not in wanted:
                self._phone.windows.remove(window)
        for window in wanted:
            if window not in self._shown:
                self._phone.windows.add(window)
        self._shown = wanted
        self._phone.windows.touch()

    def _seen(self) -> list[ActivityRecord]:
        seen = []
        for task in reversed(self.tasks):
            for record in reversed(task.records):
                seen.append(record)
                if not record.cls.translucent:
                    return seen
        return seen

    # -- keys ------------------------------------------------------------------------------
    def back(self) -> None:
        """The Back key, once neither the keyboard nor a system panel wanted it."""
        record = self._resumed
        if record is None or record.activity is None:
            return
        activity = record.activity
        if activity.dialogs and not activity.takes_back:
            dialog = activity.dialogs[-1]
            activity.dismiss(dialog)
            if dialog.on_dismiss is not None:
                activity.app.call(dialog.on_dismiss)
            return
        activity.app.call(lambda: self._back_into(activity))

    def _back_into(self, activity: Activity) -> None:
        if activity.on_back():
            return
        record = activity.record
        if record.component == self._phone.home:
            return
        # Since Android 12 the root activity of a launcher task goes to the back, alive.
        if (
            self._phone.options.api >= 31
            and len(record.task.records) == 1
            and self._is_launcher(record)
        ):
            self.home()
            return
        self.finish(record)

    def _is_launcher(self, record: ActivityRecord) -> bool:
        package = self._phone.packages.get(record.component.package)
        app = package.app if package else None
        return (
            app is not None
            and app.launcher is not None
            and (app.activities[app.launcher] is record.cls)
        )

    def home(self) -> None:
        self._phone.go_home()

    def bring_task(self, task_id: int) -> bool:
        """Bring a task forward, as a tap on its card in recents does."""
        task = self.task(task_id)
        if task is None:
            return False
        self._move_to_front(task)
        self._settle()
        return True

    def task(self, task_id: int) -> Task | None:
        return next((task for task in self.tasks if task.id == task_id), None)

    # -- ending apps -----------------------------------------------------------------------
    def force_stop(self, package_name: str) -> bool:
        """`am force-stop`: processes, services, jobs and activities go; False if unknown."""
        package = self._phone.packages.get(package_name)
        if package is None:
            return False
        self._phone.packages.set_stopped(package, True)
        self.stop_package(package_name)
        return True

    def stop_package(self, package_name: str) -> None:
        """End all that a package runs, without the mark that a force-stop leaves."""
        self._phone.jobs.cancel(package_name)
        self._phone.notifications.cancel_package(package_name)
        for task in list(self.tasks):
            for record in list(task.records):
                if record.component.package == package_name:
                    if self._resumed is record:
                        self._resumed = None
                    record.activity = None
                    self._forget(record)
        self._phone.app_processes.stop(package_name)
        self._settle()

    def remove_task(self, task_id: int) -> bool:
        """What a swipe in recents does (ActivityTaskSupervisor.cleanUpRemovedTask).

        The processes are killed unless one of the package runs a foreground service or
        another task of the package is left.
        """
        task = self.task(task_id)
        if task is None:
            return False
        package = task.affinity
        self._finish_all(task)
        app = self._phone.app_processes.get(package)
        if app is not None:
            app.call(app.on_task_removed)
            others = any(t.affinity == package for t in self.tasks)
            kept = app.process.foreground_services or others or app.outlives_task
            if not kept:
                for process in self._phone.processes.by_package(package):
                    self._phone.processes.end(process)
        if self._phone.options.has("swipe-force-stops") and not self._is_system(package):
            self.force_stop(package)
        self._settle()
        return True

    def _is_system(self, name: str) -> bool:
        package = self._phone.packages.get(name)
        return package is None or package.system

    def clear(self) -> None:
        """A reboot: no task is left on the screen."""
        for window in self._shown:
            self._phone.windows.remove(window)
        self._shown = []
        self._resumed = None
        self.tasks.clear()
