"""The process behind `droidcancel simulator start`: phones until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import os
import secrets
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from droidcancel.simulator.apps.clips import cloud_behaviour_of
from droidcancel.simulator.apps.clips.behaviour import PACKAGE
from droidcancel.simulator.cloud import Cloud
from droidcancel.simulator.host import LOOPBACK, adbd_of, listen, serial_of, tell_server
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.registry import RunningSimulator, runtime_dir


class Hosted:
    """One phone of this process with its adb port, and the upload service that its app talks to."""

    def __init__(self, name: str, options: PhoneOptions, cloud: Cloud) -> None:
        self.name = name
        self.cloud = cloud
        self.phone = Phone(options, self.cloud)
        self.adbd = adbd_of(self.phone)
        self.port = 0
        self.started = time.time()

    async def open(self, emulator_port: bool | int) -> None:
        """Take an adb port; the phone is not booted yet."""
        self.port = await listen(self.adbd, emulator_port)

    async def stop(self) -> None:
        await self.adbd.stop()
        await self.phone.shutdown()

    @property
    def serial(self) -> str:
        return serial_of(self.port)

    def describe(self) -> dict[str, Any]:
        options = self.phone.options
        return RunningSimulator(
            name=self.name,
            serial=self.serial,
            adb_port=self.port,
            pid=os.getpid(),
            api=options.api,
            profile=options.profile,
            model=options.model,
            locale=options.locale,
            app_build=options.app_build,
            cloud_url=self.cloud.url,
            started=self.started,
        ).__dict__


def logged_in_as(options: PhoneOptions, account: str) -> PhoneOptions:
    """The same phone, with the app logged in to that account."""
    app = {**options.app_options.get(PACKAGE, {}), "account": account}
    return replace(options, app_options={**options.app_options, PACKAGE: app})


class Daemon:
    """The phones, and the control port through which they are listed and stopped."""

    def __init__(self) -> None:
        self.phones: dict[str, Hosted] = {}
        self._clouds: list[Cloud] = []
        self.ended = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._secret = secrets.token_hex(16)
        self._note: Path = runtime_dir() / f"{os.getpid()}.json"

    async def start(self, request: dict[str, Any]) -> None:
        tuples = {key: tuple(request["options"][key]) for key in ("apps", "quirks")}
        options = PhoneOptions(**{**request["options"], **tuples})
        accounts = request.get("accounts") or [None] * request["count"]
        for number, account in enumerate(accounts):
            name = f"sim{os.getpid()}" + (f"-{number + 1}" if len(accounts) > 1 else "")
            own = options if account is None else logged_in_as(options, account)
            hosted = Hosted(name, own, await self._cloud_for(own, shared=account is not None))
            self.phones[name] = hosted
            await hosted.open(request["emulator_port"])
        await asyncio.gather(*(hosted.phone.boot() for hosted in self.phones.values()))
        if request["adb_server"] is not None:
            for hosted in self.phones.values():
                await asyncio.to_thread(tell_server, request["adb_server"], hosted.port)
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        port = self._server.sockets[0].getsockname()[1]
        descriptor = os.open(self._note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as note:
            json.dump({"port": port, "secret": self._secret, "pid": os.getpid()}, note)

    async def _cloud_for(self, options: PhoneOptions, *, shared: bool) -> Cloud:
        """An upload service: one for all accounts that were asked for, else one a phone."""
        if not (shared and self._clouds):
            cloud = Cloud(cloud_behaviour_of(options))
            await cloud.start()
            self._clouds.append(cloud)
        return self._clouds[-1]

    async def _stop_clouds(self) -> None:
        """Those that no phone is left at."""
        used = [hosted.cloud for hosted in self.phones.values()]
        for cloud in [cloud for cloud in self._clouds if cloud not in used]:
            self._clouds.remove(cloud)
            await cloud.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, RecursionError, asyncio.TimeoutError):
            line = await asyncio.wait_for(reader.readline(), 10)
            request = json.loads(line)
            secret = str(request.get("secret", "")) if isinstance(request, dict) else ""
            if hmac.compare_digest(secret.encode(), self._secret.encode()):
                answer = await self._answer(request)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()
        if not self.phones:
            self.ended.set()

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "list":
                return {"phones": [phone.describe() for phone in self.phones.values()]}
            case "truth":
                hosted = self._named(request.get("name"))
                return {"records": hosted[0].cloud.truth() if hosted else None}
            case "stop":
                names = request.get("names")
                chosen = list(self.phones.values()) if names is None else self._named(*names)
                for hosted_phone in chosen:
                    del self.phones[hosted_phone.name]
                    await hosted_phone.stop()
                await self._stop_clouds()
                return {"stopped": [phone.name for phone in chosen], "last": not self.phones}
        return {"error": "unknown request"}

    def _named(self, *names: object) -> list[Hosted]:
        return [p for p in self.phones.values() if p.name in names or p.serial in names]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for hosted in self.phones.values():
            await hosted.stop()
        self.phones.clear()
        await self._stop_clouds()
        self._note.unlink(missing_ok=True)


async def _run(request: dict[str, Any]) -> None:
    daemon = Daemon()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, daemon.ended.set)
    try:
        await daemon.start(request)
    except (OSError, ValueError, TypeError) as error:
        wrong_wish = isinstance(error, ValueError)
        print(json.dumps({"error": str(error), "usage": wrong_wish}), flush=True)
        await daemon.stop()
        return
    print(json.dumps({"phones": [p.describe() for p in daemon.phones.values()]}), flush=True)
    _detach()
    await daemon.ended.wait()
    await daemon.stop()


def _detach() -> None:
    """Let go of the starter's pipes: it may end long before the phones do."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def main() -> None:
    asyncio.run(_run(json.loads(sys.stdin.readline())))


if __name__ == "__main__":
    main()
