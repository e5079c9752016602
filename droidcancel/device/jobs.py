"""Jobs that the phone would run for an app later: what may make an upload come back."""

from __future__ import annotations

from droidcancel.device.acts import Acts
from droidcancel.device.parse import parse_jobs, parse_progress
from droidcancel.device.shell import ShellChannel
from droidcancel.device.types import Job, Progress


class Jobs:
    """JobScheduler of one phone for one user, and the progress bars of notifications."""

    def __init__(self, shell: ShellChannel, user: int = 0) -> None:
        self._shell = shell
        self.user = user
        self.acts = Acts()

    def pending(self, package: str) -> list[Job]:
        """The registered jobs of a package, running ones among them."""
        jobs = parse_jobs(self._shell.text(["dumpsys", "jobscheduler", package], 20.0), package)
        found = [job for job in jobs if job.user in (None, self.user)]
        self.acts.tell("jobs", package=package, names=tuple(job.service for job in found))
        return found

    def cancel(self, package: str) -> None:
        """Cancel every job of a package. WorkManager makes its own again at the next start."""
        mine = ["-u", str(self.user)] if self.user else []
        self._shell.run(["cmd", "jobscheduler", "cancel", *mine, package])
        for space in {job.namespace for job in self.pending(package) if job.namespace}:
            self._shell.run(["cmd", "jobscheduler", "cancel", *mine, "-n", space, package])

    def progress(self, package: str) -> list[Progress]:
        """The progress bars in the notifications of a package."""
        text = self._shell.text(["dumpsys", "notification", "--noredact"], 20.0)
        return parse_progress(text, package)
