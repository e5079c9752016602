"""Simulators for synchronous callers: an event loop in a thread, and phones on it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from droidcancel.simulator.adbd import Adbd
from droidcancel.simulator.apps.clips import cloud_behaviour_of
from droidcancel.simulator.auth import PublicKey
from droidcancel.simulator.cloud import Cloud
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone

T = TypeVar("T")

# The adb server looks for emulators at these ports of the loopback address (adb's
# transport_local.cpp); the serial is the console's port, one below.
EMULATOR_PORTS = range(5555, 5586, 2)
LOOPBACK = "127.0.0.1"
# What `adb devices` says of a phone that it has not got through to yet.
NOT_YET = ("offline", "connecting", "authorizing")
KNOWN_TIMEOUT_S, KNOWN_POLL_S = 5.0, 0.005


class LoopThread:
    """An event loop that runs in a daemon thread for as long as someone holds it."""

    _lock = threading.Lock()
    _shared: LoopThread | None = None

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._holders = 0
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._thread.start()

    @classmethod
    def acquire(cls) -> LoopThread:
        with cls._lock:
            if cls._shared is None:
                cls._shared = LoopThread()
            cls._shared._holders += 1
            return cls._shared

    def release(self) -> None:
        with LoopThread._lock:
            self._holders -= 1
            if self._holders:
                return
            LoopThread._shared = None
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        pending = asyncio.all_tasks(self.loop)
        for task in pending:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def run(self, coro: Coroutine[Any, Any, T], timeout: float | None = 60.0) -> T:
        """Run a coroutine on the loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coro, self.loop).result(timeout)


class Simulator:
    """A virtual phone that any adb client drives; a context manager.

        with Simulator(PhoneOptions(api=34)) as sim:
            adbutils.adb.device(sim.serial).shell("getprop ro.build.version.sdk")

    `emulator_port` True takes the first free port where the adb server looks for emulators
    (and falls back to `adb connect` when there is none); False takes any free port; a number
    that port. `adb_server` is the port of a server to make it known to, or None.
    """

    def __init__(
        self,
        options: PhoneOptions | None = None,
        *,
        cloud: Cloud | None = None,
        emulator_port: bool | int = True,
        adb_server: int | None = None,
    ) -> None:
        self.options = options or PhoneOptions()
        self._given_cloud = cloud
        self._emulator_port = emulator_port
        self._adb_server = adb_server
        self._thread: LoopThread | None = None
        self._phone: Phone | None = None
        self._cloud: Cloud | None = None
        self._adbd: Adbd | None = None
        self.port = 0

    # -- life ------------------------------------------------------------------------------
    def start(self) -> Simulator:
        """Boot the phone and listen for adb. Raises OSError when a given port is taken."""
        self._thread = LoopThread.acquire()
        try:
            self._thread.run(self._start())
        except BaseException:
            self.stop()
            raise
        if self._adb_server is not None:
            self.announce(self._adb_server)
        return self

    async def _start(self) -> None:
        if self._given_cloud is None:
            self._cloud = Cloud(cloud_behaviour_of(self.options))
            await self._cloud.start()
        else:
            self._cloud = self._given_cloud
        self._phone = Phone(self.options, self._cloud)
        self._adbd = adbd_of(self._phone)
        self.port = await listen(self._adbd, self._emulator_port)
        await self._phone.boot()

    def stop(self) -> None:
        """Switch the phone off; may be called again."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            thread.run(self._stop())
        finally:
            thread.release()

    async def _stop(self) -> None:
        if self._adbd is not None:
            await self._adbd.stop()
        if self._phone is not None:
            await self._phone.shutdown()
        if self._cloud is not None and self._given_cloud is None:
            await self._cloud.stop()

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # -- use -------------------------------------------------------------------------------
    @property
    def phone(self) -> Phone:
        if self._phone is None:
            raise RuntimeError("the simulator is not running")
        return self._phone

    @property
    def cloud(self) -> Cloud:
        if self._cloud is None:
            raise RuntimeError("the simulator is not running")
        return self._cloud

    @property
    def adbd(self) -> Adbd:
        if self._adbd is None:
            raise RuntimeError("the simulator is not running")
        return self._adbd

    @property
    def serial(self) -> str:
        """The serial under which an adb server lists it."""
        return serial_of(self.port)

    def run(self, coro: Coroutine[Any, Any, T], timeout: float | None = 60.0) -> T:
        """Run a coroutine on the phone's loop and wait for its result."""
        if self._thread is None:
            coro.close()
            raise RuntimeError("the simulator is not running")
        return self._thread.run(coro, timeout)

    def call(self, function: Callable[[], T]) -> T:
        """Call a function on the phone's loop, where its state may be read and changed."""

        async def wrapped() -> T:
            return function()

        return self.run(wrapped())

    def announce(self, server_port: int) -> bool:
        """Tell a running adb server of this phone; False when no server listens there."""
        return tell_server(server_port, self.port)

    def withdraw(self, server_port: int) -> None:
        """Have an adb server forget a phone that it was told to connect to."""
        if self.port not in EMULATOR_PORTS:
            _ask_server(server_port, f"host:disconnect:{self.serial}", answer=True)


def adbd_of(phone: Phone) -> Adbd:
    """The phone's adbd; where its key ring takes no new key by itself, the phone asks."""
    adbd = Adbd(phone)

    async def ask(key: PublicKey) -> bool:
        return adbd.keys.accept_new or bool(await phone.system_ui.ask_debugging(key))

    adbd.keys.ask = ask
    return adbd


async def listen(adbd: Adbd, wanted: bool | int) -> int:
    """Open the adb port (see `Simulator.emulator_port`); returns it. Raises OSError."""
    if wanted is False:
        return await adbd.start(LOOPBACK, 0)
    if wanted is not True:
        return await adbd.start(LOOPBACK, wanted)
    for port in EMULATOR_PORTS:
        with contextlib.suppress(OSError):
            return await adbd.start(LOOPBACK, port)
    return await adbd.start(LOOPBACK, 0)


def server_runs(server_port: int) -> bool:
    """Whether an adb server listens at a port."""
    return _ask_server(server_port, "host:version", answer=True) is not None


def tell_server(server_port: int, port: int) -> bool:
    """Tell a running adb server of a phone at `port`; False when no server listens.

    Returns once the server has got through to the phone, so that a client may go on at once.
    """
    emulator = port in EMULATOR_PORTS
    query = f"host:emulator:{port}" if emulator else f"host:connect:{LOOPBACK}:{port}"
    if _ask_server(server_port, query, answer=not emulator) is None:
        return False
    _wait_known(server_port, serial_of(port))
    return True


def serial_of(port: int) -> str:
    """The serial under which an adb server lists a phone at `port`."""
    return f"emulator-{port - 1}" if port in EMULATOR_PORTS else f"{LOOPBACK}:{port}"


def _wait_known(server_port: int, serial: str) -> None:
    """Wait until the server says more of a phone than that it is offline."""
    deadline = time.monotonic() + KNOWN_TIMEOUT_S
    while time.monotonic() < deadline:
        answer = _ask_server(server_port, "host:devices", answer=True) or b""
        listed = dict(line.split("\t", 1) for line in answer.decode().splitlines() if "\t" in line)
        if listed.get(serial, "offline") not in NOT_YET:
            return
        time.sleep(KNOWN_POLL_S)


def _ask_server(port: int, query: str, *, answer: bool) -> bytes | None:
    """One host query (SERVICES.TXT); None when no server listens, b"" where it sends nothing."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=5) as connection:
            connection.sendall(f"{len(query):04x}{query}".encode())
            return _read_answer(connection) if answer else b""
    except OSError:
        return None


def _read_answer(connection: socket.socket) -> bytes:
    """What follows OKAY (or FAIL) and four hexadecimal digits that say how long it is."""
    with connection.makefile("rb") as stream:
        head = stream.read(8)
        try:
            return stream.read(int(head[4:], 16))
        except ValueError:
            return b""
