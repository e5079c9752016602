"""1. From the trigger to the command at the phone: armed, and what else sends a command."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable

import adbutils

from benchmarks.lab import ADB, LOOPBACK, Phones, adb_server
from benchmarks.measure import Goal, Result, Table, median, ms, percentile, times
from droidcancel.simulator import PhoneOptions

WORD = "id"


def run(rounds: int = 200) -> Result:
    """p50, p95 and p99 of each way, one after the other in every round."""
    import uiautomator2

    from droidcancel.device import connect

    found: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    with adb_server() as server, Phones(PhoneOptions(), server) as phones:
        serial = phones.serials[0]
        client = adbutils.AdbClient(host=LOOPBACK, port=server).device(serial)
        u2 = uiautomator2.Device(client)
        u2.shell("true")
        spawned = [ADB, "-P", str(server), "-s", serial, "shell", "-x", WORD]
        with connect(serial) as device:

            def arm_and_fire() -> tuple[float, float]:
                armed = device.shell.arm([WORD])
                fired = armed.fire()
                armed.result()
                return fired, time.monotonic()

            ways: dict[str, Callable[[], tuple[float, float]]] = {
                "armed (droidcancel)": arm_and_fire,
                "adbutils shell": _timed(lambda: client.shell(WORD)),
                "uiautomator2 shell": _timed(lambda: u2.shell(WORD)),
                "adb shell, spawned": _timed(
                    lambda: subprocess.run(spawned, capture_output=True, check=True)
                ),
            }
            limit = Line(server, serial)
            loopback = Loopback()
            for number in range(rounds):
                for name, way in ways.items():
                    if name.startswith("adb shell") and number % 2:
                        continue
                    phones.watch()
                    began, ended = way()
                    ran = phones.timeline().ran(WORD)
                    assert ran is not None, name
                    found.setdefault(name, []).append(ran - began)
                    whole.setdefault(name, []).append(ended - began)
                phones.watch()
                began = limit.send()
                arrived = phones.timeline().arrivals
                found.setdefault("bare socket, through adb", []).append(arrived[0] - began)
                found.setdefault("bare socket, loopback alone", []).append(loopback.one_way())
            limit.close()
            loopback.close()
    return _result(found, whole)


def _timed(call: Callable[[], object]) -> Callable[[], tuple[float, float]]:
    def way() -> tuple[float, float]:
        began = time.monotonic()
        call()
        return began, time.monotonic()

    return way


class Line:
    """A byte down a stream that adb has already opened: what no command can be faster than.

    The phone's adbd notes when it comes; `cat` is at the end of the stream and sends it back.
    """

    def __init__(self, server: int, serial: str) -> None:
        device = adbutils.AdbClient(host=LOOPBACK, port=server).device(serial)
        self._connection = device.open_transport()
        self._connection.send_command("exec:cat")
        self._connection.check_okay()
        self._socket: socket.socket = self._connection.conn
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> float:
        """When it was sent (monotonic seconds); returns once it came back."""
        began = time.monotonic()
        self._socket.sendall(b"\n")
        self._socket.recv(1)
        return began

    def close(self) -> None:
        self._connection.close()


class Loopback:
    """A byte between two sockets of this machine, with nothing in between: half of both ways."""

    def __init__(self) -> None:
        listener = socket.create_server((LOOPBACK, 0))

        def echo() -> None:
            far, _ = listener.accept()
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while data := far.recv(16):
                far.sendall(data)

        threading.Thread(target=echo, daemon=True).start()
        self._socket = socket.create_connection(listener.getsockname())
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def one_way(self) -> float:
        started = time.perf_counter()
        self._socket.sendall(b"\n")
        self._socket.recv(1)
        return (time.perf_counter() - started) / 2

    def close(self) -> None:
        self._socket.close()


def _result(found: dict[str, list[float]], whole: dict[str, list[float]]) -> Result:
    rows = [
        [
            name,
            *(ms(percentile(values, share)) for share in (0.5, 0.95, 0.99)),
            ms(median(whole[name])) if name in whole else "",
            str(len(values)),
        ]
        for name, values in found.items()
    ]
    p50 = {name: median(values) for name, values in found.items()}
    armed, bare = p50["armed (droidcancel)"], p50["bare socket, through adb"]
    other = median(whole["adbutils shell"])
    arrives = p50["adbutils shell"]
    return Result(
        "trigger",
        "Trigger to command at the phone",
        "python -m benchmarks.bench trigger",
        "Milliseconds from the host's decision until the phone starts the program `id`; `call`: "
        "until the caller has the answer. A phone without costs of its own (profile `instant`), "
        "all ways in turn in every round.",
        [
            Goal(
                1,
                "armed p50 at most 2 times the bare socket",
                f"{ms(armed)} ms against {ms(bare)} ms",
                times(armed / bare),
                armed <= 2 * bare,
                ""
                if armed <= 2 * bare
                else "the phone is a Python program here: to take up the line that waits, make "
                "a process and open its files takes it the rest; the bare byte starts nothing",
            ),
            Goal(
                1,
                "armed at least 50 times faster than adbutils' `shell`",
                f"{ms(armed)} ms against {ms(other)} ms a call ({ms(arrives)} ms until it starts)",
                times(other / armed),
                other >= 50 * armed,
                "" if other >= 50 * armed else "by the call; see the table for both",
            ),
        ],
        [Table("", ["way", "p50", "p95", "p99", "call, p50", "rounds"], rows)],
        {name: {"p50": median(v), "p95": percentile(v, 0.95)} for name, v in found.items()},
    )
