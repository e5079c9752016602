"""Which phone gets which job, and what is made of the answers.

A job is sent to one phone at a time, and again only once its host has said that it was never
begun. Where a host does not answer, its other workers are asked; where there is none, it is waited
for; and then the job counts as lost, not as not run.
"""

from __future__ import annotations

import queue
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from droidcancel.fleet.board import Board, Tracked
from droidcancel.fleet.cluster import Cluster, Event
from droidcancel.fleet.facts import Condition, PhoneFacts, chosen
from droidcancel.fleet.jobs import broken_run, lost_run

#: seconds: between two looks at the fleet, and between two questions about the same job
LOOK_S = 1.0
ASK_AGAIN_S = 2.0
NOT_RESTORED = 4


@dataclass(frozen=True)
class Rules:
    """`on`: which phones. `yes`: protected ones too. `give_up`: so many failures in a row and a
    phone is put aside. `lost_after`: seconds until a host that is gone is given up. `wait`: seconds
    to wait for a phone."""

    on: Sequence[Condition] = ()
    yes: bool = False
    give_up: int = 3
    lost_after: float = 120.0
    wait: float = 60.0


class Coordinator:
    """The loop. `tell` hears of each job that has come to its end; `aside`: phone -> why."""

    def __init__(
        self, board: Board, cluster: Cluster, rules: Rules, tell: Callable[[Tracked], None]
    ) -> None:
        self.board = board
        self.cluster = cluster
        self.rules = rules
        self.phones: dict[str, tuple[PhoneFacts, str]] = {}
        self.aside: dict[str, str] = {}
        self.on_look: Callable[[], None] = lambda: None
        self._tell = tell
        self._streak: Counter[str] = Counter()
        self._posts: Counter[str] = Counter()
        self._deletes: Counter[str] = Counter()
        self._asked: dict[str, float] = {}
        self._idle_since = time.monotonic()
        self._looked = 0.0
        for tracked in board.jobs.values():
            if tracked.phone is not None:
                self._posts[tracked.phone.id] += tracked.job.posts
                self._deletes[tracked.phone.id] += tracked.job.deletes

    def run(self) -> None:
        """Until every job has come to its end, or none of those left has a phone."""
        while not all(tracked.done for tracked in self.board.jobs.values()):
            self._look()
            self._settle_doubts()
            self._assign()
            if self._stuck():
                return
            self._take()

    def _look(self) -> None:
        if time.monotonic() - self._looked >= LOOK_S:
            self.phones = self.cluster.phones()
            self._looked = time.monotonic()
        self.on_look()

    @property
    def usable(self) -> list[PhoneFacts]:
        """The phones that may be given a job."""
        offered = [facts for facts, _ in self.phones.values()]
        return [
            phone
            for phone in chosen(offered, self.rules.on)
            if phone.id not in self.aside and (self.rules.yes or not phone.protected)
        ]

    def running(self) -> dict[str, Tracked]:
        """What each phone is busy with, by its id."""
        busy = (t for t in self.board.jobs.values() if t.state in ("running", "doubt"))
        return {tracked.phone.id: tracked for tracked in busy if tracked.phone is not None}

    # -- sending

    def _assign(self) -> None:
        waiting = [t for t in self.board.jobs.values() if t.state == "waiting"]
        if not waiting:
            return
        busy = self.running()
        for phone in self.usable:
            if phone.id in busy:
                continue
            tracked = next((t for t in waiting if self._fits(t, phone)), None)
            if tracked is not None:
                waiting.remove(tracked)
                self._send(tracked, phone)

    def _fits(self, tracked: Tracked, phone: PhoneFacts) -> bool:
        job = tracked.job
        return (
            job.phone in (None, phone.id)
            and phone.id not in tracked.refused_by
            and self._posts[phone.id] + job.posts <= phone.max_posts
            and self._deletes[phone.id] + job.deletes <= phone.max_deletes
        )

    def _send(self, tracked: Tracked, phone: PhoneFacts) -> None:
        self._posts[phone.id] += tracked.job.posts
        self._deletes[phone.id] += tracked.job.deletes
        tracked.since = time.monotonic()
        self.board.sent(tracked, phone)
        self.cluster.run(tracked.job, phone)

    def _stuck(self) -> bool:
        """Whether nothing goes on, and has not for so long that no phone is waited for."""
        active = any(t.state in ("running", "doubt") for t in self.board.jobs.values())
        now = time.monotonic()
        if active:
            self._idle_since = now
        return now - self._idle_since > self.rules.wait

    # -- answers

    def _take(self) -> None:
        try:
            event = self.cluster.events.get(timeout=LOOK_S)
        except queue.Empty:
            return
        while True:
            self._hear(event)
            try:
                event = self.cluster.events.get_nowait()
            except queue.Empty:
                return

    def _hear(self, event: Event) -> None:
        tracked = self.board.jobs.get(event.key.rpartition(".")[0])
        if tracked is None or tracked.done or tracked.job.key != event.key:
            return
        phone = tracked.phone
        assert phone is not None  # it was sent somewhere
        if event.kind == "doubt":
            self._doubt(tracked)
        elif event.kind == "broken":
            error = {"type": "JobBroken", "message": f"the host could not run it: "
                     f"{event.answer['error']}", "hint": None, "exit_code": 3}  # fmt: skip
            run = broken_run(tracked.job, phone.to_json(), error)
            self._end(tracked, "finished", {**run, "host": phone.host}, phone)
        else:
            self._answered(tracked, phone, event.answer)

    def _answered(self, tracked: Tracked, phone: PhoneFacts, answer: dict[str, Any]) -> None:
        state = answer["state"]
        if state in ("finished", "lost"):
            self._end(tracked, state, answer["run"], phone)
        elif state == "withdrawn":
            self._withdraw(tracked, phone)
        elif state == "refused":
            self._refused(tracked, phone, answer["run"])
        else:  # another process of that host runs it
            self._doubt(tracked)
            tracked.since = time.monotonic()

    def _refused(self, tracked: Tracked, phone: PhoneFacts, run: dict[str, Any]) -> None:
        """Nothing was begun: another phone may have better luck, unless the job itself is wrong."""
        self._count(phone, run)
        tracked.refused_by.add(phone.id)
        others = any(self._fits(tracked, other) for other in self.usable)
        if run["error"]["exit_code"] == 2 or not others:
            self._end(tracked, "finished", run, None)
        else:
            self._withdraw(tracked, phone)

    def _withdraw(self, tracked: Tracked, phone: PhoneFacts) -> None:
        """It was never begun there, and may be sent anew."""
        self._posts[phone.id] -= tracked.job.posts
        self._deletes[phone.id] -= tracked.job.deletes
        self.board.withdrawn(tracked)

    def _end(
        self, tracked: Tracked, state: Any, run: dict[str, Any], phone: PhoneFacts | None,
        *, sure: bool = True,
    ) -> None:  # fmt: skip
        self.board.done(tracked, state, run, sure)
        if phone is not None and sure:
            self._count(phone, run)
        self._tell(tracked)

    def _count(self, phone: PhoneFacts, run: dict[str, Any]) -> None:
        """Put a phone aside that fails in a row, or that is not as it was."""
        error = run.get("error")
        if error is None or error["exit_code"] == 2:
            self._streak[phone.id] = 0
        else:
            self._streak[phone.id] += 1
        if not run["restored"] or (error is not None and error["exit_code"] == NOT_RESTORED):
            self.aside[phone.id] = (
                "it was not put back as it was: `droidcancel restore` on its host"
            )
        elif self._streak[phone.id] >= self.rules.give_up and error is not None:
            self.aside[phone.id] = f"{self._streak[phone.id]} failures in a row: {error['message']}"

    # -- doubts

    def _doubt(self, tracked: Tracked) -> None:
        if tracked.state != "doubt":
            tracked.since = time.monotonic()
        tracked.state = "doubt"
        self._asked[tracked.job.run_id] = time.monotonic()

    def _settle_doubts(self) -> None:
        for tracked in self.board.jobs.values():
            if tracked.state == "doubt" and not self._asked_lately(tracked):
                self._settle(tracked)

    def _asked_lately(self, tracked: Tracked) -> bool:
        return time.monotonic() - self._asked.get(tracked.job.run_id, -1e9) < ASK_AGAIN_S

    def _settle(self, tracked: Tracked) -> None:
        """Ask the phone's own worker, else another of its host; else wait, and give it up."""
        phone, now = tracked.phone, time.monotonic()
        assert phone is not None
        tracked.since = tracked.since or now
        workers = [address for facts, address in self.phones.values()
                   if facts.host_id == phone.host_id]  # fmt: skip
        if phone.id in self.phones:
            tracked.state = "running"
            self.cluster.run(tracked.job, phone)
        elif workers:
            tracked.state = "running"
            self.cluster.resolve(tracked.job, workers[0])
        elif now - tracked.since > self.rules.lost_after:
            self._give_up(tracked, phone)

    def _give_up(self, tracked: Tracked, phone: PhoneFacts) -> None:
        if not tracked.job.destructive:
            self._withdraw(tracked, phone)
            return
        why = f"its host {phone.host} has been gone for {self.rules.lost_after:g} s"
        run = lost_run(tracked.job, phone.to_json(), why)
        self._end(tracked, "lost", {**run, "host": phone.host}, phone, sure=False)
