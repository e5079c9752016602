"""A phone with just what the shell needs, and ways to run commands on it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from droidcancel.simulator.audit import Audit
from droidcancel.simulator.clock import Clock, Latency
from droidcancel.simulator.fs import FileSystem, make_tree
from droidcancel.simulator.logs import LogBuffer
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.processes import ProcessTable
from droidcancel.simulator.shell import Shell, ShellProcess
from droidcancel.simulator.streams import PipeEnd, pipe


class SmallPhone:
    """The parts of a phone that shell and toybox touch."""

    def __init__(self, **options: Any) -> None:
        self.options = PhoneOptions(**options)
        self.clock = Clock()
        self.latency = Latency(self.options.profile)
        self.fs = FileSystem(self.clock.time, self.options.storage_bytes)
        make_tree(self.fs, self.options.api)
        self.log = LogBuffer(self.clock)
        self.processes = ProcessTable(self.clock)
        self.props = {
            "ro.product.device": "generic",
            "ro.build.version.sdk": str(self.options.api),
            "ro.build.type": "userdebug" if self.options.debuggable else "user",
            "ro.debuggable": str(int(self.options.debuggable)),
            "persist.sys.timezone": "Europe/Paris",
        }
        self.unknown_commands: Counter[str] = Counter()
        self.audit = Audit()
        self.boot_id = "00000000-0000-4000-8000-000000000000"
        self.shell = Shell(self)  # type: ignore[arg-type]
        self.processes.start("init", uid=0, ppid=0, pid=1)
        self.processes.start("adbd", uid=2000, pid=198)


@dataclass
class Result:
    """What a command did."""

    stdout: str
    stderr: str
    status: int


class Session:
    """A started shell with the host's ends of its streams."""

    def __init__(self, phone: Any, command: str | None, **how: Any) -> None:
        self.stdin, theirs = pipe()
        self.stdout, out = pipe()
        self.stderr, err = pipe()
        self.process: ShellProcess = phone.shell.start(
            command, stdin=theirs, stdout=out, stderr=err, **how
        )
        self._out, self._err = out, err

    async def send(self, text: str) -> None:
        await self.stdin.write(text.encode())

    async def read_until(self, mark: str, timeout: float = 5) -> str:
        data = b""
        while mark.encode() not in data:
            part = await asyncio.wait_for(self.stdout.read(), timeout)
            if not part:
                break
            data += part
        return data.decode()

    async def finish(self, timeout: float = 10) -> Result:
        self.stdin.close_write()
        gathered = asyncio.gather(_drain(self.stdout), _drain(self.stderr))
        try:
            status = await asyncio.wait_for(self.process.wait(), timeout)
        except asyncio.TimeoutError:
            self.process.kill(9)
            raise
        finally:
            self._out.close()
            self._err.close()
            out, err = await gathered
        return Result(out, err, status)


async def _drain(stream: PipeEnd) -> str:
    parts = []
    while data := await stream.read():
        parts.append(data)
    return b"".join(parts).decode("utf-8", "surrogateescape")


async def run(phone: Any, command: str | None, stdin: str = "", **how: Any) -> Result:
    """Run a command to its end."""
    timeout = how.pop("timeout", 10)
    session = Session(phone, command, **how)
    if stdin:
        await session.send(stdin)
    return await session.finish(timeout)


def sh(command: str | None, stdin: str = "", phone: Any = None, **how: Any) -> Result:
    """Run a command on a small phone, from outside any event loop."""

    async def main() -> Result:
        return await run(phone or SmallPhone(), command, stdin, **how)

    return asyncio.run(main())
