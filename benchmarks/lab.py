"""What the benchmarks stand on: an adb server of their own, phones in a process of their own, and a
proxy that counts the round trips of whoever talks to the server through it.

The phones' process knows the truth: when each byte of the app left, when its upload showed, when
each program ran. Its times are `time.monotonic()`, which on Linux all processes share.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import adbutils

from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.adb_stream import AdbStream
from droidcancel.simulator.apps.clips.posts import Post

LOOPBACK = "127.0.0.1"
CLIPS = "org.droidcancel.clips"
ADB = str(adbutils.adb_path())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def adb_server() -> Iterator[int]:
    """The port of an adb server that looks for no phones by itself; clients here use it."""
    port = free_port()
    quiet = {"ADB_EMU": "0", "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553", "ADB_MDNS_AUTO_CONNECT": "0"}
    environment = {**os.environ, **quiet, "ANDROID_ADB_SERVER_PORT": str(port)}
    server = subprocess.Popen(
        [ADB, "-P", str(port), "nodaemon", "server"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = os.environ.get("ANDROID_ADB_SERVER_PORT")
    os.environ["ANDROID_ADB_SERVER_PORT"] = str(port)
    try:
        _await_port(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=10)
        if before is None:
            del os.environ["ANDROID_ADB_SERVER_PORT"]
        else:
            os.environ["ANDROID_ADB_SERVER_PORT"] = before


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)  # the server gives no sign but its port


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for state and reports; droidcancel keeps nothing of the benchmarks elsewhere."""
    with TemporaryDirectory(prefix="droidcancel-bench-") as name:
        folder = Path(name)
        for part in ("STATE", "CACHE", "RUNTIME"):
            os.environ[f"DROIDCANCEL_{part}_DIR"] = str(folder / part.lower())
        yield folder


# -- the phones ------------------------------------------------------------------------------


@dataclass
class Timeline:
    """What really happened on a phone. Times are monotonic seconds.

    `sent`: (time, bytes of the app since boot) at each change; `visible`: the first sight of an
    upload on the screen; `percents`: (time, per cent) at each change; `programs`: (time, words);
    `arrivals`: when a packet for an open stream came to the phone's adbd.
    """

    sent: list[tuple[float, int]] = field(default_factory=list)
    visible: float | None = None
    percents: list[tuple[float, int]] = field(default_factory=list)
    programs: list[tuple[float, list[str]]] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)

    def bytes_at(self, at: float) -> int:
        """Bytes sent until then."""
        return next((n for t, n in reversed(self.sent) if t <= at), self.sent[0][1])

    def ran(self, *words: str) -> float | None:
        """When a program with these words first ran."""
        return next((t for t, argv in self.programs if argv[: len(words)] == list(words)), None)

    def end_of_upload(
        self, since: float, still_s: float = 0.5, until: float | None = None
    ) -> float:
        """The last byte before nothing was sent for so long, or before `until`."""
        last = since
        for at, _ in self.sent:
            if at < since:
                continue
            if at - last > still_s or (until is not None and at >= until):
                break
            last = at
        return last


class Phones:
    """Phones in a process of their own, known to an adb server. A context manager."""

    def __init__(self, options: PhoneOptions, server: int, count: int = 1) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(
            target=_phones, args=(far, asdict(options), server, count), daemon=True
        )
        self._lock = threading.Lock()

    def __enter__(self) -> Phones:
        self._process.start()
        self.serials: list[str] = self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, EOFError):
            self.ask("end")
        self._process.join(timeout=20)
        if self._process.is_alive():
            self._process.kill()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def ask(self, what: str, phone: int = 0, *arguments: Any) -> Any:
        with self._lock:
            self._pipe.send((what, phone, arguments))
            answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def add(self) -> str:
        """One phone more; its serial."""
        return str(self.ask("add"))

    def watch(self, phone: int = 0) -> None:
        """Begin a new timeline."""
        self.ask("watch", phone)

    def timeline(self, phone: int = 0) -> Timeline:
        """What happened since `watch`."""
        timeline: Timeline = self.ask("timeline", phone)
        return timeline

    def reset(self, phone: int = 0) -> None:
        """The app forgets its upload and ends; the phone is online."""
        self.ask("reset", phone)


def _phones(pipe: Connection, options: dict[str, Any], server: int, count: int) -> None:
    tuples = {key: tuple(options[key]) for key in ("apps", "quirks")}
    chosen = PhoneOptions(**{**options, **tuples})
    with contextlib.ExitStack() as stack:
        watched: list[_Watched] = []

        def add() -> str:
            simulator = stack.enter_context(Simulator(chosen, emulator_port=False))
            simulator.announce(server)
            stack.callback(simulator.withdraw, server)
            watched.append(_Watched(simulator))
            return simulator.serial

        for _ in range(count):
            add()
        pipe.send([each.simulator.serial for each in watched])
        while True:
            what, phone, arguments = pipe.recv()
            if what == "end":
                pipe.send(None)
                return
            try:
                pipe.send(add() if what == "add" else getattr(watched[phone], what)(*arguments))
            except Exception as error:  # told to the other process
                pipe.send(error)


class _Watched:
    """A phone whose truth is noted, inside its process."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._timeline = Timeline()
        self._task: asyncio.Task[None] | None = None
        phone = simulator.phone
        package = phone.packages.get(CLIPS)
        assert package is not None
        self._uid = package.uid
        add, ran = phone.netstats.add, phone.audit.ran

        def noted_add(uid: int, network: Any, amount: Any) -> None:
            add(uid, network, amount)
            if uid == self._uid and amount.tx_bytes:
                self._timeline.sent.append((time.monotonic(), phone.netstats.tx(uid)))

        def noted_ran(argv: list[str]) -> None:
            self._timeline.programs.append((time.monotonic(), list(argv)))
            ran(argv)

        received = AdbStream.received

        def noted_received(stream: AdbStream, data: bytes) -> bool:
            self._timeline.arrivals.append(time.monotonic())
            return received(stream, data)

        AdbStream.received = noted_received  # type: ignore[method-assign,assignment]
        phone.netstats.add = noted_add  # type: ignore[method-assign]  # it is listened to
        phone.audit.ran = noted_ran  # type: ignore[method-assign]

    def watch(self) -> None:
        self.simulator.call(self._begin)

    def _begin(self) -> None:
        now, sent = time.monotonic(), self.simulator.phone.netstats.tx(self._uid)
        self._timeline = Timeline(sent=[(now, sent)])
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._follow())

    async def _follow(self) -> None:
        """When the upload shows on the screen, and its per cent."""
        percent: int | None = None
        while True:
            app = self.simulator.phone.app_processes.get(CLIPS)
            posting = app.uploads.current if app is not None else None  # type: ignore[attr-defined]
            if posting is not None:
                if self._timeline.visible is None and self._shows("upload_banner"):
                    self._timeline.visible = time.monotonic()
                if posting.percent != percent:
                    percent = posting.percent
                    self._timeline.percents.append((time.monotonic(), percent))
            await asyncio.sleep(0.002)

    def _shows(self, name: str) -> bool:
        layout = self.simulator.phone.screen.layout()
        return any(view.id == name for shown in layout for view in shown.root.walk())

    def timeline(self) -> Timeline:
        def end() -> Timeline:
            if self._task is not None:
                self._task.cancel()
                self._task = None
            return self._timeline

        return self.simulator.call(end)

    def reset(self) -> None:
        phone = self.simulator.phone

        def forget() -> None:
            app = phone.app_processes.get(CLIPS)
            if app is not None and app.uploads.current is not None:  # type: ignore[attr-defined]
                app.uploads.cancel()  # type: ignore[attr-defined]
            phone.activities.force_stop(CLIPS)

        self.simulator.call(forget)

    def upload(self, size: int) -> None:
        """The app begins to upload a video of so many bytes, with nobody at the screen."""
        phone = self.simulator.phone

        async def begin() -> None:
            app: Any = phone.app_processes.get(CLIPS)
            phone.fs.write("/sdcard/Movies/bench.mp4", os.urandom(size))
            post = Post.new("bench.mp4", 8000, time.time())
            blob = phone.fs.open_blob("/sdcard/Movies/bench.mp4")
            post = await app.drafts.take_copy(post, blob)
            await app.uploads.post(post, app.drafts)

        self.simulator.run(begin())

    def forget_upload(self) -> None:
        """The app's upload is gone, and the app has its network."""
        phone = self.simulator.phone

        def forget() -> None:
            app: Any = phone.app_processes.get(CLIPS)
            if app is not None and app.uploads.current is not None:
                app.uploads.cancel()

        self.simulator.call(forget)

    def shape(self, rate: float) -> None:
        """Bytes a second up."""
        self.simulator.call(lambda: self.simulator.phone.network.shape(up=rate))

    def states(self) -> list[str]:
        """What the upload service knows of each video."""
        return [record.state for record in self.simulator.cloud.records]


# -- round trips -----------------------------------------------------------------------------


class CountingProxy:
    """Stands before an adb server and counts: a client that sends after it was answered begins a
    round trip; each connection costs one more, to be made. The same for every client.
    """

    def __init__(self, server: int) -> None:
        self._server = server
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0
        self.turns = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def round_trips(self) -> int:
        return self.connections + self.turns

    def clear(self) -> None:
        with self._lock:
            self.connections = self.turns = 0

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection((LOOPBACK, self._server))
                for each in (near, far):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self.connections += 1
                asked = [False]
                for source, target, up in ((near, far, True), (far, near, False)):
                    threading.Thread(
                        target=self._pump, args=(source, target, up, asked), daemon=True
                    ).start()

    def _pump(
        self, source: socket.socket, target: socket.socket, up: bool, asked: list[bool]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if up and not asked[0]:
                    asked[0] = True
                    with self._lock:
                        self.turns += 1
                elif not up:
                    asked[0] = False
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()


def poll_until(condition: Callable[[], bool], timeout: float = 20.0) -> None:
    """Wait for a condition. Raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)  # there is no event to wait for across processes
