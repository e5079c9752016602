"""Background jobs of one shell."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from droidcancel.simulator.shell.process import Child

MAX_FINISHED = 32


@dataclass(eq=False)
class Job:
    """Something started with `&`."""

    number: int
    child: Child
    text: str
    reported: bool = False

    @property
    def state(self) -> str:
        """As `jobs` prints it."""
        if self.child.running:
            return "Running"
        if self.child.killed is not None:
            return signal_text(self.child.killed)
        return "Done" if self.child.status == 0 else f"Done ({self.child.status})"


def signal_text(number: int) -> str:
    """What the shell prints of a process that a signal ended."""
    names = {
        1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 6: "Aborted",
        8: "Floating point exception", 9: "Killed", 10: "User signal 1",
        11: "Segmentation fault", 12: "User signal 2", 13: "Broken pipe", 14: "Alarm clock",
        15: "Terminated",
    }  # fmt: skip
    return names.get(number, f"Signal {number}")


@dataclass
class Jobs:
    """The jobs that a shell remembers."""

    jobs: list[Job] = field(default_factory=list)
    last_pid: int = 0

    def add(self, child: Child, text: str) -> Job:
        """Remember a job; long finished ones are forgotten."""
        finished = [job for job in self.jobs if not job.child.running]
        for job in finished[:-MAX_FINISHED]:
            self.jobs.remove(job)
        used = {job.number for job in self.jobs if job.child.running}
        number = next(n for n in range(1, len(used) + 2) if n not in used)
        job = Job(number, child, text)
        self.jobs.append(job)
        self.last_pid = child.pid
        return job

    def find(self, spec: str) -> Job | None:
        """By pid, `%n`, `%%`, `%+`, `%-` or `%name`."""
        if spec.isdigit():
            return next((job for job in self.jobs if job.child.pid == int(spec)), None)
        name = spec.removeprefix("%")
        if name.isdigit():
            return next((job for job in self.jobs[::-1] if job.number == int(name)), None)
        running = [job for job in self.jobs if job.child.running]
        if name in ("", "%", "+"):
            return running[-1] if running else None
        if name == "-":
            return running[-2] if len(running) > 1 else None
        return next((job for job in running if job.text.startswith(name)), None)

    async def wait_all(self) -> None:
        """Until none runs any more."""
        running = [job.child.done.wait() for job in self.jobs if job.child.running]
        if running:
            await asyncio.gather(*running)
        self.jobs.clear()
