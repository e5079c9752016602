"""A host's part: it runs jobs on its phones, once each, and knows what became of them.

It knows nothing of Dask: a worker that loses its scheduler goes on with what it has begun, and
tells of it when it is asked again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from droidcancel.errors import DroidCancelError, LockedError
from droidcancel.fleet.facts import PhoneFacts
from droidcancel.fleet.jobs import Job, broken_run, lost_run
from droidcancel.fleet.ledger import Ledger
from droidcancel.fleet.phones import LabPhone, restore, run_job
from droidcancel.journal_file import journal_path

Answer = dict[str, Any]
#: seconds that the time of a file may be behind the clock
CLOCK_S = 0.1


class Agent:
    """The phones of one host. Safe to use from several threads."""

    def __init__(self, host: str, host_id: str, phones: Sequence[LabPhone]) -> None:
        self.host = host
        self.host_id = host_id
        self.phones = {phone.facts.id: phone for phone in phones}
        self._running: dict[str, Future[Answer]] = {}
        self._guard = threading.Lock()
        self._leaving = False

    def describe(self) -> list[dict[str, Any]]:
        """The facts of each phone; of none when nothing is begun any more."""
        if self._leaving:
            return []
        return [phone.facts.to_json() for phone in self.phones.values()]

    @property
    def busy(self) -> list[str]:
        """The jobs that are being run."""
        with self._guard:
            return list(self._running)

    def leave(self) -> None:
        """Begin nothing more."""
        with self._guard:
            self._leaving = True

    def run(self, data: Mapping[str, Any], phone_id: str) -> Answer:
        """Run a job, or wait for the run of it that goes on, or tell what became of it.

        The answer's `state` is as the ledger's; `run` is the run's JSON where it is finished or
        lost. `refused`, with `error`: the phone could not be used, and nothing was begun.
        `running`: another process of this host runs it.
        """
        job = Job.from_json(data)
        with self._guard:
            future = self._running.get(job.key)
            if future is None:
                if self._leaving:
                    return {"state": "withdrawn"}
                future = Future()
                self._running[job.key] = future
                words = (job, self.phones[phone_id], future)
                threading.Thread(target=self._work, args=words, name=job.key, daemon=True).start()
        return future.result()

    def _work(self, job: Job, phone: LabPhone, future: Future[Answer]) -> None:
        try:
            future.set_result(self._once(job, phone))
        except BaseException as error:  # told to whoever waits for it
            future.set_exception(error)
        finally:
            with self._guard:
                self._running.pop(job.key, None)

    def _once(self, job: Job, phone: LabPhone) -> Answer:
        ledger = Ledger(job.fleet)
        try:
            with ledger.hold(job.key):
                entry = ledger.read(job.key)
                if entry is not None and entry["state"] != "begun":
                    return entry
                if entry is not None and _may_have_changed(job, entry):
                    return _lose(ledger, job, entry)
                return _begin(ledger, job, phone)
        except LockedError as error:
            return {"state": "running", "error": error.message}


def resolve(data: Mapping[str, Any]) -> Answer:
    """What became of a job that another process of this host was given: nothing is begun.

    A job that was never begun is withdrawn, so that it can be run elsewhere.
    """
    job = Job.from_json(data)
    ledger = Ledger(job.fleet)
    try:
        with ledger.hold(job.key):
            entry = ledger.read(job.key)
            if entry is not None and entry["state"] != "begun":
                return entry
            if entry is not None and _may_have_changed(job, entry):
                return _lose(ledger, job, entry)
            answer = {"state": "withdrawn"}
            ledger.write(job.key, answer)
            return answer
    except LockedError as error:
        return {"state": "running", "error": error.message}


def _begin(ledger: Ledger, job: Job, phone: LabPhone) -> Answer:
    """Run it. What was begun is on the disk before the phone is touched."""
    facts = phone.facts
    begun = {"state": "begun", "phone": facts.to_json(), "at": time.time()}
    ledger.write(job.key, begun)
    try:
        answer = {"state": "finished", "run": {**run_job(job, phone), "host": facts.host}}
    except DroidCancelError as error:  # from before its first change: see run_recipe
        answer = {"state": "withdrawn"}
        ledger.write(job.key, answer)
        told = {
            "type": type(error).__name__, "message": error.message, "hint": error.hint,
            "exit_code": error.exit_code,
        }  # fmt: skip
        run = {**broken_run(job, facts.to_json(), told), "host": facts.host}
        return {"state": "refused", "run": run}
    except Exception as error:  # a defect of ours, and what it left is in the journal
        answer = {"state": "finished", "run": _broken(job, facts, error)}
    ledger.write(job.key, answer)
    return answer


def _broken(job: Job, facts: PhoneFacts, error: Exception) -> dict[str, Any]:
    told = {
        "type": "InternalError", "message": f"internal error: {type(error).__name__}: {error}",
        "hint": "this is a defect of droidcancel", "exit_code": 3,
    }  # fmt: skip
    run = broken_run(job, facts.to_json(), told, restored=restore(facts))
    return {**run, "host": facts.host}


def _may_have_changed(job: Job, entry: Mapping[str, Any]) -> bool:
    """Whether a run whose process was killed may have changed something that is not to be twice.

    It has not where the phone's journal does not name the run, and was not written to since: each
    change, and first of all the use of the app, is written there before it is made.
    """
    if not job.destructive:
        return False
    if "at" not in entry or "phone" not in entry:
        return True
    path = journal_path(entry["phone"]["serial"])
    try:
        named = job.run_id.encode() in path.read_bytes()
        written = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return named or written >= float(entry["at"]) - CLOCK_S


def _lose(ledger: Ledger, job: Job, entry: Mapping[str, Any]) -> Answer:
    """Set down that nobody knows how far it came, and put the phone back as it was."""
    phone = entry.get("phone", {})
    restored = restore(PhoneFacts(**phone)) if phone else False
    run = lost_run(job, phone, "the process that ran it was killed", restored=restored)
    if "at" in entry:
        run["started_at"] = round(float(entry["at"]), 3)
    answer = {"state": "lost", "run": {**run, "host": phone.get("host", "")}}
    ledger.write(job.key, answer)
    return answer
