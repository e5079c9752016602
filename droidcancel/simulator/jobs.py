"""JobScheduler: work that waits for its constraints (network, reboot)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from droidcancel.simulator.processes import PROCESS_STATE_TOP

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

# A job that ended with "reschedule" waits this long, doubled each time (JobInfo.java).
INITIAL_BACKOFF_S = 30.0
MAX_BACKOFF_S = 18_000.0


@dataclass(eq=False)
class Job:
    """A scheduled job. `upload_bytes` is what the app declared it would send."""

    id: int
    package: str
    service: str
    needs_network: bool = True
    persisted: bool = False
    upload_bytes: int | None = None
    backoff_s: float = INITIAL_BACKOFF_S
    failures: int = 0
    ready_at: float = 0.0
    state: str = "pending"


class JobScheduler:
    """Runs the jobs whose constraints hold; `kick()` looks at all of them again."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._jobs: dict[tuple[str, int], Job] = {}
        self._running: dict[tuple[str, int], asyncio.Task[None]] = {}

    def schedule(self, job: Job) -> None:
        """Add a job; one with the same id of the same package is replaced."""
        self.cancel(job.package, job.id)
        self._jobs[job.package, job.id] = job
        self.kick()

    def cancel(self, package: str, job_id: int | None = None) -> list[Job]:
        """Cancel one job of a package, or all of them; returns those that there were."""
        keys = [key for key in self._jobs if key[0] == package and job_id in (None, key[1])]
        cancelled = []
        for key in keys:
            cancelled.append(self._jobs.pop(key))
            task = self._running.pop(key, None)
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        return cancelled

    def constraints(self, job: Job) -> dict[str, bool]:
        """Constraint name as `dumpsys jobscheduler` prints it -> whether it is satisfied."""
        phone = self._phone
        held = {"UNLOCKED": phone.power.unlocked_once}
        if job.ready_at:
            held["TIMING_DELAY"] = phone.clock.uptime() >= job.ready_at
        if not self._may_run_in_background(job.package):
            held["BACKGROUND_NOT_RESTRICTED"] = False
        if job.needs_network:
            held["CONNECTIVITY"] = phone.connectivity.active_network() is not None
        return held

    def _may_run_in_background(self, package: str) -> bool:
        """The app op RUN_ANY_IN_BACKGROUND; an app on the screen may in any case."""
        installed = self._phone.packages.get(package)
        mode = installed.ops.get("RUN_ANY_IN_BACKGROUND") if installed else None
        top = any(
            process.state <= PROCESS_STATE_TOP
            for process in self._phone.processes.by_package(package)
        )
        return top or mode not in ("ignore", "deny")

    def stop(self, package: str, job_id: int | None = None) -> list[Job]:
        """Stop running jobs, as a timeout does: they are tried again later."""
        stopped = []
        for key, task in list(self._running.items()):
            if key[0] == package and job_id in (None, key[1]):
                task.cancel()
                stopped.append(self._jobs[key])
                self._back_off(self._jobs[key])
        return stopped

    def run_now(self, package: str, job_id: int, *, force: bool = False) -> bool:
        """Start one job at once; False when its constraints do not hold (unless forced)."""
        job = self._jobs[package, job_id]
        if not force and not all(self.constraints(job).values()):
            return False
        if (package, job_id) not in self._running:
            task = asyncio.get_running_loop().create_task(self._run(job))
            self._running[package, job_id] = task
        return True

    def kick(self) -> None:
        """Start every job that may run now; none does before the phone is up."""
        if not self._phone.booted.is_set():
            return
        for key, job in list(self._jobs.items()):
            if key not in self._running and all(self.constraints(job).values()):
                task = asyncio.get_running_loop().create_task(self._run(job))
                self._running[key] = task

    async def _run(self, job: Job) -> None:
        key = (job.package, job.id)
        job.state = "active"
        again = False
        try:
            again = await self._work(job)
        finally:
            if self._running.get(key) is asyncio.current_task():  # else it was replaced
                del self._running[key]
            job.state = "pending"
        if self._jobs.get(key) is not job:
            return
        if again:
            self._back_off(job)
        else:
            del self._jobs[key]

    async def _work(self, job: Job) -> bool:
        """Run the job in its app's process; whether it is to be run again.

        One whose process dies meanwhile is (JobServiceContext.onServiceDisconnected).
        """
        app = await self._phone.app_processes.ensure(job.package)
        if app is None:
            return False
        self._phone.app_processes.update_states()
        work = app.spawn(app.run_job(job))
        try:
            await asyncio.wait((work,))
        finally:
            work.cancel()
        return work.cancelled() or not app.process.alive or bool(work.result())

    def _back_off(self, job: Job) -> None:
        job.failures += 1
        delay = min(job.backoff_s * 2 ** (job.failures - 1), MAX_BACKOFF_S)
        job.ready_at = self._phone.clock.uptime() + delay
        asyncio.get_running_loop().call_later(delay, self.kick)

    def after_boot(self) -> None:
        """Only persisted jobs survive a reboot; backoff times start anew."""
        self._jobs = {key: job for key, job in self._jobs.items() if job.persisted}
        for job in self._jobs.values():
            job.ready_at = 0.0
        self.kick()

    def stop_all(self) -> None:
        for task in self._running.values():
            task.cancel()
        self._running.clear()

    def list(self, package: str | None = None) -> list[Job]:
        return [job for job in self._jobs.values() if package in (None, job.package)]
