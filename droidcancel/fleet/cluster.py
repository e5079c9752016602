"""The coordinator's line to the scheduler: which phones there are, and jobs to and from them."""

from __future__ import annotations

import contextlib
import queue
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from distributed import Client
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from droidcancel.device import poll
from droidcancel.errors import DeviceError
from droidcancel.fleet import tasks
from droidcancel.fleet.facts import PhoneFacts
from droidcancel.fleet.host import Tls, configure
from droidcancel.fleet.jobs import Job

CONNECT_S = 5.0
ASK_S = 10.0
#: results that are fetched at once
FETCHERS = 64
#: a link that is down, or a worker that is: nobody knows what became of the job
DOUBT = (KilledWorker, CommClosedError, CancelledError, TimeoutError, OSError)


@dataclass(frozen=True)
class Event:
    """News of a job. `kind`: an answer of a host, `doubt` where the way to it was lost, or `broken`
    where the host could not make sense of it."""

    key: str
    kind: Literal["answer", "doubt", "broken"]
    answer: dict[str, Any]


class Cluster:
    """A client of the scheduler, which comes back by itself when the scheduler does."""

    def __init__(self, address: str, tls: Tls, patience_s: float) -> None:
        """Reach it. Raises DeviceError."""
        configure()
        self.address = address
        self.events: queue.Queue[Event] = queue.Queue()
        self._security = tls.security()
        self._patience_s = patience_s
        self._futures: dict[str, Any] = {}
        self._fetchers = ThreadPoolExecutor(FETCHERS, "fetch")
        self._client = self._reach(CONNECT_S)

    def close(self) -> None:
        """Leave; what was begun on the hosts goes on there."""
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def _reach(self, seconds: float) -> Client:
        refused: list[Exception] = []

        def reached() -> Client | None:
            try:
                return Client(
                    self.address, timeout=CONNECT_S, security=self._security, set_as_default=False
                )
            except (OSError, TimeoutError, ValueError) as error:
                refused[:] = [error]
                return None

        found = poll(reached, seconds)
        if found is None:
            why = str(refused[0]) or type(refused[0]).__name__
            raise DeviceError(
                f"no scheduler answers at {self.address}: {why}",
                "start one with `droidcancel fleet scheduler`, or name it with --scheduler",
            ) from refused[0]
        return found

    def phones(self) -> dict[str, tuple[PhoneFacts, str]]:
        """The phones that are offered now, by id, each with the address of its worker.

        A scheduler that is gone is waited for; what it had is in doubt. Raises DeviceError.
        """
        try:
            if self._client.status != "running":
                raise OSError(self._client.status)
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
        except (OSError, TimeoutError, CancelledError, KeyError):
            self._again()
            return {}
        found = {}
        for address, worker in workers.items():
            for facts in worker.get("metrics", {}).get("phones", ()):
                found[facts["id"]] = (PhoneFacts(**facts), str(address))
        return found

    def _again(self) -> None:
        for key in list(self._futures):
            self._futures.pop(key, None)
            self.events.put(Event(key, "doubt", {}))
        self.close()
        self._client = self._reach(self._patience_s)

    def run(self, job: Job, phone: PhoneFacts) -> None:
        """Have a phone run a job; what comes of it is an event."""
        self._send(job, tasks.run, job.to_json(), phone.id, resources={f"phone:{phone.id}": 1})

    def resolve(self, job: Job, worker: str) -> None:
        """Ask a worker what its host knows of a job."""
        self._send(job, tasks.resolve_job, job.to_json(), workers=[worker])

    def _send(self, job: Job, task: Any, *args: Any, **where: Any) -> None:
        name = f"{job.key}-{time.monotonic_ns()}"
        try:
            future = self._client.submit(
                task, *args, key=name, pure=False, retries=0, allow_other_workers=False, **where
            )
        except Exception:  # the client has just lost its scheduler
            self.events.put(Event(job.key, "doubt", {}))
            return
        self._futures[job.key] = future
        # Dask has one thread for all callbacks: fetching a result of a dead worker would hold it up
        future.add_done_callback(lambda done: self._fetchers.submit(self._done, job.key, done))

    def _done(self, key: str, future: Any) -> None:
        if key not in self._futures or self._futures[key] is not future:
            return  # it is in doubt already
        self._futures.pop(key, None)
        try:
            self.events.put(Event(key, "answer", future.result(timeout=ASK_S)))
        except DOUBT:
            self.events.put(Event(key, "doubt", {}))
        except Exception as error:
            self.events.put(Event(key, "broken", {"error": f"{type(error).__name__}: {error}"}))
