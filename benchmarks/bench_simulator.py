"""6. The simulator: boot to first command, memory a phone, commands and dumps a second."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.lab import Phones, adb_server
from benchmarks.measure import Goal, Result, Table
from droidcancel.simulator import PhoneOptions

COUNTS = (1, 10, 50, 200)
MOST_BUSY = 8
BUSY_S = 3.0


def run(seconds: float = BUSY_S) -> Result:
    """A process of phones for each count; some of them are kept busy for some seconds."""
    rows, values = [], {}
    for count in COUNTS:
        with adb_server() as server:
            values[count] = measured = _phones(server, count, seconds)
        rows.append(
            [
                str(count),
                f"{measured['each'] * 1000:.0f}",
                f"{measured['memory'] / 1e6:.1f}",
                f"{measured['commands']:.0f}",
                f"{measured['dumps']:.0f}",
                str(measured["busy"]),
            ]
        )
    one, most = values[1], values[COUNTS[-1]]
    return Result(
        "simulator",
        "The simulator",
        "python -m benchmarks.bench simulator",
        "Phones of one process (its start aside; bytecode is compiled, as pip leaves it), boot to "
        "the answer of the first shell command of "
        f"the last of them, through a real adb server. Up to {MOST_BUSY} phones are kept busy at "
        "the same time, each by one client: commands down lasting shells, and whole dumps of the "
        "launcher through uiautomator2's server, read and parsed.",
        [
            Goal(
                6,
                "a phone in under 40 MB",
                f"{one['memory'] / 1e6:.0f} MB for the first, {most['memory'] / 1e6:.1f} MB each "
                f"of {COUNTS[-1]}",
                "",
                max(one["memory"], most["memory"]) < 40e6,
            ),
            Goal(
                6,
                "a phone in under 0.3 s",
                f"{one['each']:.2f} s for the first, {most['each']:.3f} s each of {COUNTS[-1]}",
                "",
                one["each"] < 0.3,
                ""
                if one["each"] < 0.3
                else "the first phone of a process also loads the code of "
                "the phone's commands and apps, some 200 modules, which the others share",
            ),
            Goal(
                6,
                "200 at once",
                f"{most['answered']} answer, after {most['boot']:.1f} s",
                "",
                most["answered"] == COUNTS[-1],
            ),
        ],
        [
            Table(
                "",
                ["phones", "boot, ms each", "MB each", "commands/s", "dumps/s", "busy phones"],
                rows,
            )
        ],
        {str(count): measured for count, measured in values.items()},
    )


def _phones(server: int, count: int, seconds: float) -> dict[str, float]:
    import droidcancel.device.device
    import droidcancel.device.handle  # noqa: F401  # the client's imports are no boot of a phone
    from droidcancel.device import connect

    with Phones(PhoneOptions(), server, 0) as phones:
        before = _memory(phones.pid)
        started = time.monotonic()
        serials = [phones.add() for _ in range(count)]
        with connect(serials[-1]) as device:
            device.shell.text(["echo", "up"])
        boot = time.monotonic() - started
        memory = (_memory(phones.pid) - before) / count
        busy = serials[:MOST_BUSY]
        with ThreadPoolExecutor(32) as pool:
            answered = sum(pool.map(_answers, serials))
        devices = [connect(serial) for serial in busy]
        try:
            commands = _rate(lambda i: devices[i].shell.text(["id"]), len(busy), seconds)
            for device in devices:
                device.ui.dump()
            dumps = _rate(lambda i: devices[i].ui.dump(), len(busy), seconds)
        finally:
            for device in devices:
                device.close()
    return {
        "boot": boot,
        "each": boot / count,
        "memory": memory,
        "answered": answered,
        "commands": commands,
        "dumps": dumps,
        "busy": len(busy),
    }


def _answers(serial: str) -> bool:
    from droidcancel.device import adb
    from droidcancel.device.way import Way

    line = adb.open_line(Way(adb.client(), serial), True)
    try:
        return line.execute("echo up", "echo up", 30.0, 1000).text == "up\n"
    finally:
        line.close()


def _rate(call, threads: int, seconds: float) -> float:  # type: ignore[no-untyped-def]
    """Calls a second, of so many threads together."""
    done = [0] * threads
    ends = time.monotonic() + seconds

    def work(number: int) -> None:
        while time.monotonic() < ends:
            call(number)
            done[number] += 1

    started = time.monotonic()
    workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (time.monotonic() - started)


def _memory(pid: int) -> int:
    """Resident bytes of a process that it shares with none (Linux)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in rollup if line.startswith("Private")) * 1024
