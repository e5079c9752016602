"""The processes of apps: started for their activities, ended by crashes and the system."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from droidcancel.simulator import processes as proc

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import App
    from droidcancel.simulator.packages import Package
    from droidcancel.simulator.phone import Phone


class AppProcesses:
    """Starts, ranks and ends the processes in which apps run."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._apps: dict[str, App] = {}
        self._starting: dict[str, asyncio.Task[App]] = {}
        phone.processes.on_exit(self._process_ended)

    def get(self, package: str) -> App | None:
        """The running instance of an app, if its process lives."""
        return self._apps.get(package)

    def running(self) -> list[App]:
        """The running instances of all apps, in the order they were started."""
        return list(self._apps.values())

    async def ensure(self, package_name: str) -> App | None:
        """The running app, its process started where needed; None when it is not installed."""
        app = self._apps.get(package_name)
        if app is not None:
            return app
        package = self._phone.packages.get(package_name)
        if package is None or package.app is None:
            return None
        task = self._starting.get(package_name)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._start_process(package))
            self._starting[package_name] = task
            task.add_done_callback(lambda _: self._starting.pop(package_name, None))
        return await asyncio.shield(task)

    async def _start_process(self, package: Package) -> App:
        await self._phone.latency.spend("app_start")
        assert package.app is not None
        process = self._phone.processes.start(
            package.name,
            uid=package.uid,
            ppid=self._phone.zygote_pid,
            package=package.name,
            rss=package.app.rss,
        )
        self._phone.log.write(
            "I",
            "ActivityManager",
            f"Start proc {process.pid}:{package.name}/{proc.user_name(package.uid)}",
        )
        app = package.app(self._phone, process, package)
        self._apps[package.name] = app
        app.call(app.on_create)
        self.update_states()
        return app

    def _process_ended(self, process: proc.Process) -> None:
        package = process.package
        if package is None or (app := self._apps.get(package)) is None or app.process != process:
            return
        del self._apps[package]
        for number in process.foreground_services:  # other notifications outlive the process
            self._phone.notifications.cancel(package, number)
        self._phone.log.write(
            "I", "ActivityManager", f"Process {package} (pid {process.pid}) has died"
        )
        self._phone.activities.process_ended(app)

    def crashed(self, app: App) -> None:
        """An app threw: its process dies, and the system says so."""
        self._phone.log.write("W", "ActivityTaskManager", f"  Force finishing {app.package}")
        self._phone.processes.end(app.process)
        self._phone.on_crash(app.package)

    def not_responding(self, app: App) -> None:
        """An app takes no input: the user is asked, where it is on the screen."""
        self._phone.log.write("E", "ActivityManager", f"ANR in {app.package}")
        if app.process.state == proc.PROCESS_STATE_TOP:
            self._phone.system_ui.anr.show_hung(app)
        else:
            self._phone.processes.end(app.process)

    def update_states(self) -> None:
        """Work out each app process's state (OomAdjuster, much simplified)."""
        for app in self._apps.values():
            app.process.state = self._state_of(app)
        self._phone.state_changed()

    def _state_of(self, app: App) -> int:
        resumed = self._phone.activities.resumed
        if resumed is not None and resumed.component.package == app.package:
            return proc.PROCESS_STATE_TOP
        if app.process.foreground_services:
            return proc.PROCESS_STATE_FOREGROUND_SERVICE
        if any(job.state == "active" for job in self._phone.jobs.list(app.package)):
            return proc.PROCESS_STATE_SERVICE
        if self._phone.activities.has_any_of(app.package):
            return proc.PROCESS_STATE_LAST_ACTIVITY
        return proc.PROCESS_STATE_CACHED_EMPTY

    def stop(self, package_name: str) -> None:
        """End every process of a package, as a force-stop does."""
        for process in self._phone.processes.by_package(package_name):
            self._phone.log.write(
                "I",
                "ActivityManager",
                f"Killing {process.pid}:{package_name}/{proc.user_name(process.uid)} (adj 0): "
                f"stop {package_name} due to from pid 1",
            )
            self._phone.processes.end(process)

    def kill_background(self, package_name: str) -> None:
        """`am kill`: only processes that the user would not miss (adj 500 and above)."""
        for process in self._phone.processes.by_package(package_name):
            if process.state >= proc.PROCESS_STATE_SERVICE:
                self._phone.processes.end(process)

    def clear(self) -> None:
        """A reboot: nothing runs."""
        self._apps.clear()
