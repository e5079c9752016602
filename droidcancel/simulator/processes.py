"""The process table."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from droidcancel.simulator.clock import Clock

MAX_PROCESSES = 4096

# ActivityManager's process states (frameworks/base core/java/android/app/ActivityManager.java).
PROCESS_STATE_PERSISTENT = 0
PROCESS_STATE_TOP = 2
PROCESS_STATE_FOREGROUND_SERVICE = 4
PROCESS_STATE_BOUND_FOREGROUND_SERVICE = 5
PROCESS_STATE_SERVICE = 10
PROCESS_STATE_LAST_ACTIVITY = 15
PROCESS_STATE_CACHED_EMPTY = 19


def user_name(uid: int) -> str:
    """The name that `ps` and `ls` print for a uid (android_filesystem_config.h)."""
    names = {0: "root", 1000: "system", 1001: "radio", 1010: "wifi", 1015: "sdcard_rw"}
    names |= {1023: "media_rw", 1073: "network_stack", 2000: "shell", 9997: "everybody"}
    if uid in names:
        return names[uid]
    if uid >= 10000:
        return f"u{uid // 100000}_a{uid % 100000 - 10000}"
    return str(uid)


@dataclass(eq=False)
class Process:
    """A running process. `started` is in seconds since boot, `rss` in KiB."""

    pid: int
    ppid: int
    uid: int
    name: str
    args: list[str]
    started: float
    package: str | None = None
    rss: int = 4000
    state: int = PROCESS_STATE_CACHED_EMPTY
    foreground_services: dict[int, Any] = field(default_factory=dict)
    on_signal: Callable[[int], None] | None = None
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    alive: bool = True

    def spawn(self, coro: Coroutine[Any, Any, Any], name: str | None = None) -> asyncio.Task[Any]:
        """Run `coro` as a part of this process: it is cancelled when the process dies."""
        task = asyncio.get_running_loop().create_task(coro, name=name or self.name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        if not self.alive:
            task.cancel()
        return task


class ProcessTable:
    """All processes by pid. Pids grow and wrap at 32768 as Linux does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._processes: dict[int, Process] = {}
        self._last_pid = 200
        self._exit_listeners: list[Callable[[Process], None]] = []

    def __iter__(self) -> Iterator[Process]:
        return iter(sorted(self._processes.values(), key=lambda process: process.pid))

    def __len__(self) -> int:
        return len(self._processes)

    def start(
        self,
        name: str,
        *,
        uid: int,
        ppid: int = 1,
        args: list[str] | None = None,
        package: str | None = None,
        rss: int = 4000,
        pid: int | None = None,
        on_signal: Callable[[int], None] | None = None,
    ) -> Process:
        """Add a process. Raises BlockingIOError (EAGAIN) when the table is full."""
        if len(self._processes) >= MAX_PROCESSES:
            raise BlockingIOError("Try again")
        if pid is None:
            pid = self._free_pid()
        process = Process(
            pid,
            ppid,
            uid,
            name,
            args or [name],
            self._clock.uptime(),
            package,
            rss,
            on_signal=on_signal,
        )
        self._processes[pid] = process
        return process

    def _free_pid(self) -> int:
        pid = self._last_pid
        while True:
            pid = pid + 1 if pid < 32767 else 300
            if pid not in self._processes:
                self._last_pid = pid
                return pid

    def get(self, pid: int) -> Process | None:
        return self._processes.get(pid)

    def by_name(self, name: str) -> list[Process]:
        return [process for process in self if process.name == name]

    def by_package(self, package: str) -> list[Process]:
        return [process for process in self if process.package == package]

    def by_uid(self, uid: int) -> list[Process]:
        return [process for process in self if process.uid == uid]

    def importance(self, uid: int) -> int:
        """The best (lowest) process state among the processes of `uid`."""
        return min((p.state for p in self.by_uid(uid)), default=PROCESS_STATE_CACHED_EMPTY)

    def signal(self, pid: int, number: int) -> bool:
        """Send a signal; False when there is no such process."""
        process = self._processes.get(pid)
        if process is None:
            return False
        if process.on_signal is not None:
            process.on_signal(number)
        elif number not in (0, signal.SIGCONT, signal.SIGCHLD):
            self.end(process)
        return True

    def end(self, process: Process) -> None:
        """Remove a process and cancel what it was doing. Harmless when it ended before."""
        if not process.alive:
            return
        process.alive = False
        self._processes.pop(process.pid, None)
        current = _current_task()
        for task in list(process.tasks):
            if task is not current:
                task.cancel()
        for listener in list(self._exit_listeners):
            listener(process)

    def on_exit(self, listener: Callable[[Process], None]) -> None:
        self._exit_listeners.append(listener)

    def clear(self) -> None:
        """End everything, as a reboot does."""
        for process in list(self._processes.values()):
            self.end(process)
        self._last_pid = 200


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
