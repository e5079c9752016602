"""Random scripts: no crash, no hang, nothing of the host, bounded memory."""

from __future__ import annotations

import asyncio
import sys
import tracemalloc
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from droidcancel.simulator.shell import load_commands
from droidcancel.simulator.shell.parser import Parser
from droidcancel.simulator.shell.registry import COMMANDS
from droidcancel.simulator.shell.syntax import Incomplete, SyntaxFault
from tests.simulator.shell_phone import Session, SmallPhone

DEADLINE = 10.0
NEED_A_WHOLE_PHONE = ("bugreport", "bugreportz", "netstat", "reboot", "run-as", "setprop")
RUN_S = 0.5
QUIET = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _listed(name: str) -> list[str]:
    return (Path(__file__).parent / "data" / name).read_text().splitlines()


load_commands()
WORDS = some.sampled_from(_listed("fuzz_words.txt"))
SIMPLE = some.builds(
    lambda head, rest: " ".join([head, *rest]),
    some.sampled_from(_listed("fuzz_commands.txt")),
    some.lists(WORDS, max_size=4),
)


def _compound(inner: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    pair = some.tuples(inner, inner)
    return some.one_of(
        pair.map("; ".join),
        pair.map(" | ".join),
        pair.map(" && ".join),
        pair.map(" || ".join),
        pair.map("\n".join),
        inner.map("( {} )".format),
        inner.map("{{ {}; }}".format),
        inner.map("{} & wait".format),
        inner.map("f() {{ {}; }}; f a b".format),
        inner.map("for i in 1 2; do {}; done".format),
        inner.map("while {}; do break; done".format),
        inner.map("case $x in a*) {};; esac".format),
        inner.map("x=$({})".format),
        inner.map("trap '{}' EXIT USR1".format),
        inner.map("cat <<E\n{}\nE".format),
        pair.map(lambda two: f"if {two[0]}; then {two[1]}; fi"),
    )


SCRIPTS = some.recursive(SIMPLE, _compound, max_leaves=6)
NOISE = some.text(
    alphabet=some.sampled_from("ax1 \n\t'\"\\$`(){}[]<>|&;!*?#=~%-+/:.,é\0"), max_size=40
)


class HostWatch:
    """Notes what reaches for the host while it is on, from the interpreter's audit events.

    Allowed are Python's own files, time zones and the anonymous files of big contents.
    """

    FORBIDDEN = (
        "subprocess.",
        "os.",
        "socket.connect",
        "socket.bind",
        "shutil.",
        "pty.",
        "ctypes.",
    )
    FINE = ("os.putenv",)

    def __init__(self) -> None:
        self.on = False
        self.touched: list[str] = []
        self.allowed = (sys.prefix, sys.base_prefix, "/usr/share/zoneinfo", "/usr/lib",
                        str(Path(__file__).parents[2] / "droidcancel"))  # fmt: skip
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on or event in self.FINE:
            return
        if event == "open" or event.startswith(self.FORBIDDEN):
            path = str(arguments[0]) if arguments else ""
            spilled = Path(path).name.startswith("droidcancel-")
            if not (spilled or path.startswith(self.allowed)):
                self.touched.append(f"{event} {arguments!r}")


HOST = HostWatch()


async def _play(script: str | None, stdin: bytes = b"", tty: bool = False) -> SmallPhone:
    """Run for a while, then end it; fails when the end does not come."""
    phone = SmallPhone(storage_bytes=20_000_000)
    HOST.touched, HOST.on = [], True
    session = Session(phone, script, tty=tty)
    if stdin:
        await session.stdin.write(stdin)
    finish = asyncio.ensure_future(session.finish(DEADLINE))
    await asyncio.wait({finish}, timeout=RUN_S)
    for number in (15, 9):
        if not finish.done():
            session.process.kill(number)
            await asyncio.wait({finish}, timeout=RUN_S)
    await asyncio.wait_for(finish, DEADLINE)
    phone.processes.clear()
    await asyncio.sleep(0)
    HOST.on = False
    return phone


def _check(phone: SmallPhone) -> None:
    crashes = [line.message for line in phone.log.lines() if line.priority == "F"]
    assert not crashes
    assert not HOST.touched
    assert phone.shell.live == 0


@QUIET
@given(script=SCRIPTS)
def test_any_script_ends_and_nothing_breaks(script: str) -> None:
    _check(asyncio.run(_play(script)))


@QUIET
@given(script=some.one_of(NOISE, some.tuples(SCRIPTS, NOISE).map("".join)))
def test_any_noise_ends_and_nothing_breaks(script: str) -> None:
    _check(asyncio.run(_play(script)))


@settings(QUIET, max_examples=60)
@given(
    script=some.lists(some.one_of(SCRIPTS, NOISE), max_size=4).map("\n".join), tty=some.booleans()
)
def test_any_lines_end_and_nothing_breaks(script: str, tty: bool) -> None:
    _check(asyncio.run(_play(None, script.encode() + b"\n\x04\x03", tty=tty)))


@settings(QUIET, max_examples=200)
@given(
    name=some.sampled_from(COMMANDS.names(34)),
    words=some.lists(
        some.one_of(WORDS, some.text(max_size=8), some.text("-abcdefnrstvxy0123=,./", max_size=5)),
        max_size=5,
    ),
)
def test_any_arguments_are_taken_or_refused(name: str, words: list[str]) -> None:
    entry = COMMANDS.lookup(name, 34)
    assert entry is not None
    if not entry.function.__module__.startswith("droidcancel.simulator.shell.toybox"):
        return
    if name in NEED_A_WHOLE_PHONE:
        return
    quoted = " ".join("'" + word.replace("'", "'\\''").replace("\0", "") + "'" for word in words)
    _check(asyncio.run(_play(f"printf 'b 2\\na 1\\n' | {name} {quoted}")))


@settings(max_examples=400, deadline=None)
@given(some.one_of(NOISE, SCRIPTS, some.tuples(SCRIPTS, NOISE, SCRIPTS).map("".join)))
def test_lines_given_one_by_one_mean_what_they_mean_at_once(script: str) -> None:
    """What is unfinished may be finished; what is wrong stays wrong; skipping is sound."""
    lines = [line + "\n" for line in script.split("\n")]
    text, wanted = "", ""
    for line in lines:
        text += line
        skipped = bool(text != line) and wanted not in line
        try:
            Parser(text, more=True).line_node()
        except Incomplete as early:
            wanted = early.wanted
            continue
        except SyntaxFault:
            return
        assert not skipped
        text, wanted = "", ""


def test_memory_stays_bounded() -> None:
    tracemalloc.start()
    try:
        asyncio.run(_play("x=x; while x=$x$x; do :; done; f() { y=$x; f | f; }; f"))
        asyncio.run(_play("yes | tr -d '\\n' | sort; seq 9999999 | sort"))
        asyncio.run(_play("while :; do echo aaaaaaaaaaaaaaaaaaaaa >> /sdcard/f; done"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 400_000_000
