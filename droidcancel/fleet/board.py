"""How a fleet run stands, in a folder: a line for each thing that happened, on the disk at once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from droidcancel.errors import UsageError
from droidcancel.fleet.facts import PhoneFacts
from droidcancel.fleet.jobs import Job

FILE = "fleet.jsonl"
FORMAT = 1
State = Literal["waiting", "running", "doubt", "finished", "lost"]


@dataclass
class Tracked:
    """A job and how it stands. `phone`: which one it was sent to last. `since`: for how long.

    `sure`: of a lost one, whether its host itself has said so. `refused_by`: the phones that could
    not begin it.
    """

    job: Job
    state: State = "waiting"
    phone: PhoneFacts | None = None
    since: float = 0.0
    run: dict[str, Any] | None = None
    sure: bool = True
    refused_by: set[str] = field(default_factory=set)

    @property
    def done(self) -> bool:
        """Whether nothing is left to be done for it."""
        return self.state in ("finished", "lost")


class Board:
    """All jobs of a fleet run, kept in a folder."""

    def __init__(self, folder: Path, jobs: Sequence[Job], on: str | None = None) -> None:
        """`on`: which phones are meant, as the option has it."""
        self.folder = folder
        self.on = on
        self.jobs = {job.run_id: Tracked(job) for job in jobs}

    @classmethod
    def begin(cls, folder: Path, jobs: Sequence[Job], on: str | None = None) -> Board:
        """A new one. UsageError where the folder holds one."""
        path = folder / FILE
        if path.exists():
            raise UsageError(
                f"{folder} holds a fleet run already",
                "give --resume to go on with it, or another folder with --report",
            )
        folder.mkdir(parents=True, exist_ok=True)
        board = cls(folder, jobs, on)
        board._append({"format": FORMAT, "on": on, "jobs": [job.to_json() for job in jobs]})
        return board

    @classmethod
    def resume(cls, folder: Path) -> Board:
        """The one that a folder holds; what was sent and not heard of is in doubt. UsageError."""
        path = folder / FILE
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError:
            hint = "name its folder with --report"
            raise UsageError(f"{folder} holds no fleet run", hint) from None
        entries = [entry for line in lines if (entry := _parsed(line)) is not None]
        if not entries or entries[0].get("format") != FORMAT:
            raise UsageError(f"{path} is no fleet run", "name another folder with --report")
        jobs = [Job.from_json(job) for job in entries[0]["jobs"]]
        board = cls(folder, jobs, entries[0].get("on"))
        if not path.read_bytes().endswith(b"\n"):  # a line that a crash has torn is ended
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")
        for entry in entries[1:]:
            board._replay(entry)
        for tracked in board.jobs.values():
            if tracked.state == "running" or (tracked.state == "lost" and not tracked.sure):
                tracked.state, tracked.since = "doubt", 0.0
        return board

    def _replay(self, entry: Mapping[str, Any]) -> None:
        tracked = self.jobs.get(str(entry.get("job")))
        if tracked is None:
            return
        if entry["did"] == "sent":
            tracked.job = replace(tracked.job, attempt=entry["attempt"])
            tracked.phone, tracked.state = PhoneFacts(**entry["phone"]), "running"
        elif entry["did"] == "withdrawn":
            tracked.job = replace(tracked.job, attempt=entry["attempt"])
            tracked.phone, tracked.state = None, "waiting"
        else:
            tracked.state, tracked.run = entry["did"], entry["run"]
            tracked.sure = entry["sure"]

    def sent(self, tracked: Tracked, phone: PhoneFacts) -> None:
        """It is about to be sent to a phone."""
        tracked.phone, tracked.state = phone, "running"
        self._append(
            {"did": "sent", "job": tracked.job.run_id, "attempt": tracked.job.attempt,
             "phone": phone.to_json()}
        )  # fmt: skip

    def withdrawn(self, tracked: Tracked) -> None:
        """It was never begun, and may be sent anew."""
        tracked.job = replace(tracked.job, attempt=tracked.job.attempt + 1)
        tracked.phone, tracked.state = None, "waiting"
        self._append(
            {"did": "withdrawn", "job": tracked.job.run_id, "attempt": tracked.job.attempt}
        )

    def done(
        self, tracked: Tracked, state: Literal["finished", "lost"], run: dict[str, Any], sure: bool
    ) -> None:
        """It has come to its end."""
        tracked.state, tracked.run, tracked.sure = state, run, sure
        self._append({"did": state, "job": tracked.job.run_id, "run": run, "sure": sure})

    def _append(self, entry: Mapping[str, Any]) -> None:
        with (self.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _parsed(line: str) -> dict[str, Any] | None:
    """A line; None for one that a crash has torn."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
