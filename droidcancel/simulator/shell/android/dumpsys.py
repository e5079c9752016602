"""`dumpsys`: what a service says of its state (frameworks/native cmds/dumpsys)."""

from __future__ import annotations

import time
from dataclasses import replace

from droidcancel.simulator.shell.android.cmd import services
from droidcancel.simulator.shell.registry import DUMPS, Invocation, command

RULE = "-" * 79
USAGE = """\
usage: dumpsys
         To dump all services.
or:
       dumpsys [-t TIMEOUT] [--priority LEVEL] [--pid] [--thread] [--help | -l | --skip SERVICES \
| SERVICE [ARGS]]
         --help: shows this help
         -l: only list services, do not dump them
         -t TIMEOUT_SEC: TIMEOUT to use in seconds instead of default 10 seconds
         --priority LEVEL: filter services based on specified priority
               LEVEL must be one of CRITICAL | HIGH | NORMAL
         --skip SERVICES: dumps all services but SERVICES (comma-separated list)
         SERVICE [ARGS]: dumps only service SERVICE, optionally passing ARGS to it
"""
_WITH_VALUE = ("-t", "-T", "--priority")
_SWITCHES = ("--proto", "--pid", "--thread", "--stability", "--clients", "--dump")


class _Line:
    """The words of `dumpsys` before the service's own."""

    def __init__(self, words: list[str]) -> None:
        self.words = list(words)
        self.list_only = self.help = False
        self.skipped: set[str] = set()
        while self.words and self.words[0].startswith("-"):
            word = self.words.pop(0)
            if word in _WITH_VALUE:
                del self.words[:1]
            elif word == "--skip":
                self.skipped = set(",".join(self.words).split(","))
                self.words = []
            self.list_only = self.list_only or word == "-l"
            known = word in (*_WITH_VALUE, *_SWITCHES, "-l", "--skip")
            self.help = self.help or not known


def _running(invocation: Invocation) -> list[str]:
    names = set(services(invocation))
    if names:
        names |= set(DUMPS.names(invocation.api))
    return sorted(names)


@command("dumpsys")
async def dumpsys(invocation: Invocation) -> int:
    line = _Line(invocation.argv[1:])
    if line.help:
        await invocation.out(USAGE)
        return 0
    if line.words:
        return await dump_service(invocation, line.words[0], line.words[1:])
    names = [name for name in _running(invocation) if name not in line.skipped]
    await invocation.out("Currently running services:\n")
    await invocation.out("".join(f"  {name}\n" for name in names))
    if not line.list_only:
        for name in names:
            await _section(invocation, name)
    return 0


async def dump_service(invocation: Invocation, name: str, args: list[str]) -> int:
    """Dump one service; a missing one is told on stderr, with status 0."""
    if name not in _running(invocation):
        await invocation.err(f"Can't find service: {name}\n")
        return 0
    entry = DUMPS.lookup(name, invocation.api)
    if entry is None:
        return 0
    if entry.cost:
        await invocation.phone.latency.spend(entry.cost)
    await entry.function(replace(invocation, argv=["dumpsys", name, *args]), args)
    return 0


async def _section(invocation: Invocation, name: str) -> None:
    """One service of a dump of all."""
    began = time.monotonic()
    await invocation.out(f"{RULE}\nDUMP OF SERVICE {name}:\n")
    await dump_service(invocation, name, [])
    took = time.monotonic() - began
    ended = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(invocation.phone.clock.time()))
    await invocation.out(
        f"--------- {took:.3f}s was the duration of dumpsys {name}, ending at: {ended}\n"
    )
