"""The virtual phones of a soak, in a process of their own, so that what each side holds is told.

The process answers over a pipe, one request at a time: `("counts",)`, `("settle", serial)`; None
ends it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.random_phone import kept, snapshot
from benchmarks.soak_counts import Counts, of_process
from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.audit import MAX_PROGRAMS
from droidcancel.simulator.logs import CAPACITY


def serve(pipe: Connection, phones: int, server: int, rate: float) -> None:
    """Boot the phones, send their serials, and answer until told to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ExitStack() as stack:
        made = {}
        for number in range(phones):
            options = PhoneOptions(upload_bytes_per_s=rate, seed=number)
            phone = Simulator(options, emulator_port=False, adb_server=server)
            stack.enter_context(phone)
            phone.call(partial(_use_for_long, phone))
            made[phone.serial] = phone
        pipe.send(list(made))
        while (request := pipe.recv()) is not None:
            word, *serials = request
            pipe.send(_settle(made[serials[0]]) if word == "settle" else _counts(made.values()))


def _use_for_long(simulator: Simulator) -> None:
    """Its rings of log lines and the like are full, as those of a phone that is not new are."""
    phone = simulator.phone
    for number in range(CAPACITY):
        phone.log.write("D", "OldLog", f"a line of before, number {number}")
    for number in range(MAX_PROGRAMS):
        phone.audit.ran(["true", str(number)])


def _settle(phone: Simulator) -> dict[str, Any]:
    """What service and phone know after a run; from here on the service may forget its videos."""
    store = phone.cloud.store

    def told() -> dict[str, Any]:
        states = Counter(record.state for record in store.records)
        for record in list(store.records):
            store.forget(record)
        return {
            "states": dict(states),
            "kept": kept(phone.phone),
            "snapshot": snapshot(phone.phone),
        }

    return phone.call(told)


def _counts(phones: Any) -> Counts:
    """Of this process, and of all phones together."""
    counts = {f"phone process: {name}": value for name, value in of_process(os.getpid()).items()}
    total: Counter[str] = Counter()
    for phone in phones:
        total.update(phone.call(partial(_of_phone, phone)))
    counts["phone process: loop tasks"] = phone.call(lambda: len(asyncio.all_tasks()))
    return {**counts, **{f"phone: {name}": value for name, value in total.items()}}


def _of_phone(simulator: Simulator) -> dict[str, int]:
    phone = simulator.phone
    return {
        "files": phone.fs._nodes,
        "bytes of files": phone.fs.used,
        "media rows": len(list(phone.media.rows())),
        "processes": len(phone.processes),
        "tasks": len(phone.activities.tasks),
        "notifications": len(phone.notifications.list()),
        "jobs": len(phone.jobs.list()),
        "adb connections": len(simulator.adbd.connections),
        "adb streams": sum(len(c._streams) for c in simulator.adbd.connections),
        "listening ports": len(phone.ports.addresses()),
    }
