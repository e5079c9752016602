"""The scheduler's process, and a host's: Dask's, with our rules, and our agent in the latter.

Dask's messages are pickles: whoever reaches a scheduler or a worker runs what they like on it. So
both listen on the loopback address, unless TLS with a certificate of the lab's own is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Scheduler, Worker
from distributed.security import Security

from droidcancel.errors import DeviceError, UsageError
from droidcancel.fleet import tasks
from droidcancel.fleet.agent import Agent

LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: seconds: between two tries to reach a scheduler, and how long a worker's start may take
AGAIN_S = 2.0
START_S = 15.0
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Tls:
    """The files of a lab's own authority, a certificate and its key; all of them, or none."""

    ca_file: str | None = None
    cert: str | None = None
    key: str | None = None

    @property
    def used(self) -> bool:
        """Whether connections are encrypted, and both sides proven."""
        return self.ca_file is not None

    def security(self) -> Security | None:
        """As Dask takes it. Raises UsageError."""
        given = [part for part in (self.ca_file, self.cert, self.key) if part]
        if not given:
            return None
        if len(given) < 3:
            raise UsageError("TLS needs all of --tls-ca-file, --tls-cert and --tls-key")
        return Security(
            require_encryption=True, tls_ca_file=self.ca_file,
            **{f"tls_{who}_{part}": value for who in ("client", "scheduler", "worker")
               for part, value in (("cert", self.cert), ("key", self.key))},
        )  # fmt: skip


def check_open(host: str, tls: Tls, insecure: bool) -> None:
    """Raises UsageError where anyone in the network could run anything here."""
    if host not in LOOPBACK and not tls.used and not insecure:
        raise UsageError(
            f"on {host} whoever reaches the port could run what they like on this computer",
            "give --tls-ca-file, --tls-cert and --tls-key (docs/fleet.md), or --insecure in a "
            "network of your own",
        )


def configure() -> None:
    """Our rules: Dask runs nothing a second time by itself, and moves nothing to another phone.

    What goes wrong is told by us; Dask's own log would tell it a second time, in its words.
    """
    for name in [*logging.root.manager.loggerDict, "distributed"]:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": 0,
            "distributed.scheduler.work-stealing": False,
            # its sys._current_frames() can stop Python up to 3.11 for good, with all threads
            # (python/cpython#106883, dask/distributed#8616)
            "distributed.worker.profile.enabled": False,
            "distributed.worker.memory.target": False,
            "distributed.worker.memory.spill": False,
            "distributed.worker.memory.pause": False,
            "distributed.worker.memory.terminate": False,
            "distributed.admin.tick.limit": "1h",
        }
    )


async def _until_stopped(stop: asyncio.Event, *others: Any) -> None:
    """Wait for a signal, or for one of the others to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    waiting = [asyncio.ensure_future(each) for each in (stop.wait(), *others)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def run_scheduler(host: str, port: int, tls: Tls, tell: Tell) -> None:
    """Be the scheduler until a signal comes; its address is told. Raises DeviceError."""
    configure()
    asyncio.run(_scheduler(host, port, tls, tell))


async def _scheduler(host: str, port: int, tls: Tls, tell: Tell) -> None:
    try:
        scheduler = await Scheduler(
            host=host, port=port, security=tls.security(), dashboard=False,
            protocol="tls://" if tls.used else "tcp://",
        )  # fmt: skip
    except (OSError, ValueError, RuntimeError) as error:
        raise DeviceError(
            f"the scheduler cannot listen at {host}:{port}: {error}", "is the port in use?"
        ) from error
    tell(scheduler.address)
    await _until_stopped(asyncio.Event(), scheduler.finished())
    await scheduler.close()


def run_worker(agent: Agent, scheduler: str, host: str | None, tls: Tls, tell: Tell) -> None:
    """Offer the phones until a signal comes; a scheduler that goes away is waited for."""
    configure()
    tasks.offer(agent)
    with tempfile.TemporaryDirectory(prefix="droidcancel-worker-") as folder:
        asyncio.run(_worker(agent, scheduler, host, tls, folder, tell))


async def _worker(
    agent: Agent, scheduler: str, host: str | None, tls: Tls, folder: str, tell: Tell
) -> None:
    stop, told = asyncio.Event(), ""
    while not stop.is_set():
        try:
            worker = Worker(
                scheduler, nthreads=2 * len(agent.phones) + 2, host=host, security=tls.security(),
                name=f"{agent.host}-{os.getpid()}", dashboard=False, local_directory=folder,
                memory_limit=0, resources={f"phone:{name}": 1 for name in agent.phones},
                metrics={"phones": tasks.phones_of}, death_timeout=START_S,
            )  # fmt: skip
            await asyncio.wait_for(worker, START_S)
        except (OSError, asyncio.TimeoutError, ValueError, RuntimeError) as error:
            if told != str(error):
                told = str(error)
                tell(f"no scheduler at {scheduler} ({error or type(error).__name__}); trying again")
            await _until_stopped(stop, asyncio.sleep(AGAIN_S))
            continue
        tell(f"{len(agent.phones)} phones are offered at {scheduler}")
        await _until_stopped(stop, worker.finished())
        if stop.is_set():
            await _leave(agent, tell)
        with contextlib.suppress(Exception):
            await worker.close(timeout=2, executor_wait=False)
        if not stop.is_set():
            tell("the scheduler is gone; what was begun is finished, and it is looked for")
            await _until_stopped(stop, asyncio.sleep(AGAIN_S))


async def _leave(agent: Agent, tell: Tell) -> None:
    """Let what was begun come to its end: a phone is never left in the middle."""
    again = asyncio.Event()
    agent.leave()
    if agent.busy:
        tell(f"{len(agent.busy)} runs are being finished first; once more to leave them")

    async def idle() -> None:
        while agent.busy:  # noqa: ASYNC110 (its runs are threads)
            await asyncio.sleep(0.2)

    await _until_stopped(again, idle())
    if agent.busy:
        os._exit(130)  # the phones are put back when the next worker starts
