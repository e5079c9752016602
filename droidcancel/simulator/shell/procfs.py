"""/proc: processes and the kernel's facts, made when they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import Node, generated, generated_dir
from droidcancel.simulator.processes import Process

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

_MEMORY_KIB = 5_900_000
TICKS = 100
CORES = 8


def _status(row: Process) -> bytes:
    return (
        f"Name:\t{row.name[-15:]}\nUmask:\t0077\nState:\tS (sleeping)\nTgid:\t{row.pid}\n"
        f"Ngid:\t0\nPid:\t{row.pid}\nPPid:\t{row.ppid}\nTracerPid:\t0\n"
        f"Uid:\t{row.uid}\t{row.uid}\t{row.uid}\t{row.uid}\n"
        f"Gid:\t{row.uid}\t{row.uid}\t{row.uid}\t{row.uid}\n"
        f"VmSize:\t{row.rss * 40} kB\nVmRSS:\t{row.rss} kB\nThreads:\t1\n"
    ).encode()


def _stat(row: Process) -> bytes:
    """Field 22 is the start time in ticks since boot (proc(5))."""
    zeros = "0 " * 14
    started = int(row.started * TICKS)
    return (
        f"{row.pid} ({row.name[-15:]}) S {row.ppid} {row.pid} 0 0 -1 {zeros}{started} "
        f"{row.rss * 40960} {row.rss // 4}\n"
    ).encode()


def _score(row: Process) -> bytes:
    return f"{-1000 if row.uid == 0 else 0 if row.state < 10 else 900}\n".encode()


def _directory(row: Process) -> Node:
    makers: dict[str, Callable[[], bytes]] = {
        "cmdline": lambda: b"\0".join(arg.encode() for arg in row.args) + b"\0",
        "comm": lambda: row.name[-15:].encode() + b"\n",
        "status": lambda: _status(row),
        "stat": lambda: _stat(row),
        "oom_score_adj": lambda: _score(row),
    }
    node = generated_dir(
        lambda: {name: generated(make, uid=row.uid) for name, make in makers.items()}
    )
    node.uid = node.gid = row.uid
    return node


class _Entries(Mapping[str, Node]):
    """The pids, and files about the whole system."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._facts = {name: generated(make) for name, make in _facts(phone).items()}

    def __getitem__(self, name: str) -> Node:
        if name.isdigit():
            row = self._phone.processes.get(int(name[:9]))
            if row is not None:
                return _directory(row)
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        yield from (str(row.pid) for row in self._phone.processes)
        yield from self._facts

    def __len__(self) -> int:
        return len(self._phone.processes) + len(self._facts)


def _facts(phone: Phone) -> dict[str, Callable[[], bytes]]:
    from droidcancel.simulator.shell.toybox.system import kernel

    def memory() -> bytes:
        free = max(0, _MEMORY_KIB - sum(row.rss for row in phone.processes))
        return (
            f"MemTotal:       {_MEMORY_KIB} kB\nMemFree:        {free} kB\n"
            f"MemAvailable:   {free} kB\nBuffers:        4096 kB\nCached:         900000 kB\n"
        ).encode()

    def processors() -> bytes:
        text = "".join(
            f"processor\t: {n}\nBogoMIPS\t: 38.40\nCPU architecture: 8\n\n" for n in range(CORES)
        )
        return text.encode() + b"Hardware\t: droidcancel\n"

    def times() -> bytes:
        """Processors that are idle seven parts of eight, as `uptime` says too."""
        ticks = int(phone.clock.uptime() * TICKS)
        busy = ticks // 16

        def line(name: str, cores: int) -> str:
            user, idle = busy * cores, (ticks - 2 * busy) * cores
            return f"{name} {user} 0 {user} {idle} 0 0 0 0 0 0\n"

        started = int(phone.clock.time() - phone.clock.uptime())
        lines = [line("cpu ", CORES), *(line(f"cpu{n}", 1) for n in range(CORES))]
        tail = f"intr 0\nctxt 0\nbtime {started}\nprocesses {len(phone.processes)}\n"
        return ("".join(lines) + tail + "procs_running 1\nprocs_blocked 0\n").encode()

    banner = f"Linux version {kernel(phone.options.api)} (build@droidcancel)\n".encode()
    return {
        "uptime": lambda: f"{phone.clock.uptime():.2f} {phone.clock.uptime() * 7:.2f}\n".encode(),
        "loadavg": lambda: b"1.02 0.98 0.91 1/900 1234\n",
        "stat": times,
        "meminfo": memory,
        "cpuinfo": processors,
        "version": lambda: banner,
    }


def install(phone: Phone) -> None:
    """Fill /proc; what others put there (/proc/net) stays."""
    entries = _Entries(phone)
    phone.fs.node("/proc").listing = lambda: entries
    if not phone.fs.exists("/proc/sys/kernel/random/boot_id"):
        phone.fs.add_generated(
            "/proc/sys/kernel/random/boot_id", lambda: f"{phone.boot_id}\n".encode()
        )
