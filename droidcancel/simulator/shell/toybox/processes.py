"""ps, pidof, pgrep, pkill, kill, killall, top, free, nproc."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Callable

from droidcancel.simulator.processes import Process, user_name
from droidcancel.simulator.shell.process import SIGNALS, signal_number
from droidcancel.simulator.shell.registry import Command, Invocation, command
from droidcancel.simulator.shell.signals import send
from droidcancel.simulator.shell.toybox.regex import BadRegex, compile_posix
from droidcancel.simulator.shell.toybox.tool import Options, UsageError, human, tool

_MEMORY_KIB = 5_900_000


def cpu_time(inv: Invocation, row: Process) -> str:
    """CPU time as ps prints it: a tenth of a percent of the time it has lived."""
    spent = int((inv.phone.clock.uptime() - row.started) * 0.001)
    return f"{spent // 3600:02}:{spent % 3600 // 60:02}:{spent % 60:02}"


def _elapsed(inv: Invocation, row: Process) -> str:
    seconds = max(0, int(inv.phone.clock.uptime() - row.started))
    days, seconds = divmod(seconds, 86400)
    text = f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return f"{days}-{text}" if days else text.removeprefix("00:")


def _name(row: Process) -> str:
    return row.package or row.name


_FIELDS: dict[str, tuple[int, Callable[[Invocation, Process], str]]] = {
    "USER": (-12, lambda inv, row: user_name(row.uid)),
    "UID": (5, lambda inv, row: str(row.uid)),
    "PID": (6, lambda inv, row: str(row.pid)),
    "TID": (6, lambda inv, row: str(row.pid)),
    "PPID": (6, lambda inv, row: str(row.ppid)),
    "VSZ": (8, lambda inv, row: str(row.rss * 40 + 10_000_000 * (row.rss > 0))),
    "RSS": (6, lambda inv, row: str(row.rss)),
    "WCHAN": (-10, lambda inv, row: "0"),
    "ADDR": (10, lambda inv, row: "0"),
    "S": (1, lambda inv, row: "R" if row.pid == inv.pid else "S"),
    "STAT": (-5, lambda inv, row: "R" if row.pid == inv.pid else "S"),
    "NAME": (-27, lambda inv, row: _name(row)),
    "COMM": (-15, lambda inv, row: _name(row)[-15:]),
    "CMD": (-27, lambda inv, row: _name(row)[-15:]),
    "CMDLINE": (-27, lambda inv, row: " ".join(row.args)),
    "ARGS": (-27, lambda inv, row: " ".join(row.args)),
    "COMMAND": (-27, lambda inv, row: " ".join(row.args)),
    "TIME": (8, cpu_time),
    "TIME+": (9, cpu_time),
    "ETIME": (11, _elapsed),
    "ELAPSED": (11, _elapsed),
    "STIME": (-5, lambda inv, row: "00:00"),
    "C": (1, lambda inv, row: "0"),
    "TTY": (-8, lambda inv, row: "?"),
    "PRI": (3, lambda inv, row: "19"),
    "NI": (3, lambda inv, row: "0"),
    "PCY": (-3, lambda inv, row: "fg"),
    "LABEL": (-30, lambda inv, row: "u:r:shell:s0" if row.uid == 2000 else "u:r:untrusted_app:s0"),
    "%CPU": (4, lambda inv, row: "0.0"),
    "PCPU": (4, lambda inv, row: "0.0"),
    "%MEM": (5, lambda inv, row: f"{row.rss * 100 / _MEMORY_KIB:.1f}"),
}  # fmt: skip
_DEFAULT = ["USER", "PID", "PPID", "VSZ", "RSS", "WCHAN", "ADDR", "S", "NAME"]
_FULL = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]


def table(inv: Invocation, rows: list[Process], fields: list[tuple[str, str]]) -> str:
    """Rows under their titles; a field is its name and its title."""
    lines = []
    if any(title for _, title in fields):
        lines.append(_row([(_FIELDS[name][0], title) for name, title in fields]))
    for row in rows:
        cells = [(_FIELDS[name][0], _FIELDS[name][1](inv, row)) for name, _ in fields]
        lines.append(_row(cells))
    return "".join(lines)


def _row(cells: list[tuple[int, str]]) -> str:
    last = len(cells) - 1
    text = " ".join(
        f"{value}" if index == last and width < 0 else
        f"{value:<{-width}}" if width < 0 else f"{value:>{width}}"
        for index, (width, value) in enumerate(cells)
    )  # fmt: skip
    return text + "\n"


def _columns(given: list[str]) -> list[tuple[str, str]]:
    found = []
    for text in given:
        for piece in text.split(","):
            name, equals, title = piece.partition("=")
            name = name.strip().upper()
            if name not in _FIELDS:
                raise UsageError(f"bad -o '{piece}'")
            found.append((name, title if equals else name))
    return found


@tool("ps", spec="AadefgklMnTwZo:O:p:P:G:g:s:t:u:U:", since=26, long={"pid": "p"})
async def ps(inv: Invocation, options: Options) -> int:
    rows = list(inv.phone.processes)
    if "p" in options or "P" in options:
        wanted = {int(pid) for text in options.values.get("p", ()) for pid in
                  re.split(r"[,\s]+", text) if pid.isdigit()}  # fmt: skip
        wanted |= {int(pid) for pid in options.words if pid.isdigit()}
        rows = [row for row in rows if row.pid in wanted]
    elif "u" in options or "U" in options:
        names = set(",".join([*options.values.get("u", ()), *options.values.get("U", ())]
                             ).split(","))  # fmt: skip
        rows = [row for row in rows if {str(row.uid), user_name(row.uid)} & names]
    elif not any(letter in options for letter in "Aeda"):
        rows = [row for row in rows if row.uid == inv.uid and row.package is None
                and row.name != "adbd"]  # fmt: skip
    fields = [(name, name) for name in (_FULL if "f" in options else _DEFAULT)]
    if "Z" in options:
        fields.insert(0, ("LABEL", "LABEL"))
    if "o" in options:
        fields = _columns(options.values["o"])
    await inv.out(table(inv, rows, fields))
    return int(not rows)


@command("ps", until=25)
async def old_ps(inv: Invocation) -> int:
    """toolbox ps: all processes; any other word filters by pid or by how the name begins."""
    words = [
        word for word in inv.argv[1:] if word not in ("-t", "-x", "-Z", "-P", "-p", "-c", "-n")
    ]
    word = words[-1] if words else ""
    await inv.out("USER      PID   PPID  VSIZE  RSS   WCHAN            PC  NAME\n")
    for row in inv.phone.processes:
        name = _name(row)
        if word and not (word == str(row.pid) if word.isdigit() else name.startswith(word)):
            continue
        size = row.rss * 12 if row.rss else 0
        await inv.out(f"{user_name(row.uid):<9} {row.pid:<5} {row.ppid:<5} {size:<6} {row.rss:<6}"
                      f"SyS_epoll_ 0000000000 S {name}\n")  # fmt: skip
    return 0


def _short(row: Process) -> str:
    return row.args[0].rpartition("/")[2] if row.args else row.name


@tool("pidof", spec="so:x", least=1)
async def pidof(inv: Invocation, options: Options) -> int:
    omitted = {int(pid) for text in options.values.get("o", ()) for pid in text.split(",")
               if pid.isdigit()}  # fmt: skip
    pids = [row.pid for row in inv.phone.processes
            if (row.name in options.words or row.package in options.words
                or _short(row) in options.words) and row.pid not in omitted]  # fmt: skip
    pids = pids[:1] if "s" in options else pids
    if pids:
        await inv.out(" ".join(map(str, pids)) + "\n")
    return int(not pids)


def _selected(inv: Invocation, options: Options) -> list[Process]:
    try:
        patterns = [compile_posix(text, True) for text in options.words]
    except BadRegex as error:
        raise UsageError(f"bad regex '{options.words[0]}': {error}") from None
    users = set(",".join([*options.values.get("u", ()), *options.values.get("U", ())]).split(","))
    users.discard("")
    parents = {int(pid) for text in options.values.get("P", ()) for pid in text.split(",")
               if pid.isdigit()}  # fmt: skip

    def fits(row: Process) -> bool:
        text = " ".join(row.args) if "f" in options else _name(row)
        found = any(p.fullmatch(text) if "x" in options else p.search(text) for p in patterns)
        found = (found or not patterns) != ("v" in options)
        named = not users or bool({str(row.uid), user_name(row.uid)} & users)
        return found and named and (not parents or row.ppid in parents) and row.pid != inv.pid

    rows = [row for row in inv.phone.processes if fits(row)]
    if "n" in options:
        return rows[-1:]
    return rows[:1] if "o" in options else rows


@tool("pgrep", spec="cld:u:U:t:s:P:g:G:fnovxL:a")
async def pgrep(inv: Invocation, options: Options) -> int:
    if not options.words and not set("uUPgGts") & set(options.values):
        raise UsageError("No PATTERN")
    rows = _selected(inv, options)
    if "c" in options:
        await inv.out(f"{len(rows)}\n")
    elif rows:
        shown = [f"{row.pid} {' '.join(row.args) if 'f' in options else _name(row)}"
                 if "l" in options or "a" in options else str(row.pid) for row in rows]  # fmt: skip
        await inv.out(options.get("d", "\n").join(shown) + "\n")
    return int(not rows)


def _signal_first(inv: Invocation) -> int:
    """Take `-9`, `-KILL` or `-SIGKILL` out of the words; the signal, 15 when none."""
    for index, word in enumerate(inv.argv[1:], 1):
        number = signal_number(word[1:]) if word[:1] == "-" and len(word) > 2 else None
        if word[:1] == "-" and word[1:].isdigit():
            number = signal_number(word[1:])
        if number is not None:
            del inv.argv[index]
            return number
    return int(signal.SIGTERM)


async def _signal_all(inv: Invocation, rows: list[Process], number: int) -> int:
    status = 0
    for row in rows:
        problem = send(inv.phone, inv.uid, row.pid, number)
        if problem:
            await inv.err(f"{inv.name}: {row.pid}: {problem}\n")
            status = 1
    await asyncio.sleep(0)
    return status


def _with_signal(tool_function: Command) -> Command:
    """`-9` is no option: take it out before options are read."""

    async def run(inv: Invocation) -> int:
        inv.env = {**inv.env, "_SIGNAL": str(_signal_first(inv))}
        return await tool_function(inv)

    return run


@tool("pkill", spec="fnovxu:U:P:l:s:t:g:G:0123456789")
async def pkill(inv: Invocation, options: Options) -> int:
    rows = _selected(inv, options)
    number = signal_number(options.get("l") or inv.env.get("_SIGNAL", "15")) or 15
    if not options.words and not set("uUP") & set(options.values):
        raise UsageError("No PATTERN")
    status = await _signal_all(inv, rows, number)
    return status or int(not rows)


@tool("killall", spec="s:lqviwx0123456789")
async def killall(inv: Invocation, options: Options) -> int:
    if not options.words:
        raise UsageError("Needs 1 argument")
    number = signal_number(options.get("s") or inv.env.get("_SIGNAL", "15")) or 15
    status = 0
    for word in options.words:
        rows = [row for row in inv.phone.processes
                if word in (row.name, row.package, _short(row)) and row.pid != inv.pid]  # fmt: skip
        if not rows:
            status = 1
            if "q" not in options:
                await inv.err(f"killall: {word}: No such process\n")
        status |= await _signal_all(inv, rows, number)
    return status


@tool("kill", spec="s:l")
async def kill(inv: Invocation, options: Options) -> int:
    if "l" in options:
        names = {number: name for name, number in SIGNALS.items()}
        text = "".join(f"{number:2} {names[number]}\n" for number in sorted(names))
        await inv.out(text)
        return 0
    number = signal_number(options.get("s") or inv.env.get("_SIGNAL", "15"))
    if number is None:
        raise UsageError(f"bad signal '{options.get('s')}'")
    status = 0
    for word in options.words:
        if not word.lstrip("-").isdigit():
            await inv.err(f"kill: unknown pid '{word}'\n")
            status = 1
            continue
        problem = send(inv.phone, inv.uid, int(word[:12]), number)
        if problem:
            await inv.err(f"kill: {word}: {problem}\n")
            status = 1
    await asyncio.sleep(0)
    return status


def _wrap_signals() -> None:
    """Let the four take their signal as an option of its own."""
    from droidcancel.simulator.shell.registry import COMMANDS

    for name in ("pkill", "killall", "kill"):
        entry = COMMANDS.lookup(name, 34)
        if entry is not None:
            COMMANDS.add(name, _with_signal(entry.function))


_wrap_signals()


@tool("top", spec="bHmn:d:o:O:k:p:s:u:qh")
async def top(inv: Invocation, options: Options) -> int:
    rounds = options.number("n", 1 if "b" in options or not inv.tty else 3)
    while rounds > 0:
        await inv.out(_top_page(inv))
        rounds -= 1
        if rounds:
            await inv.phone.clock.sleep(float(options.get("d", "3")[:6] or 3))
    return 0


def _top_page(inv: Invocation) -> str:
    rows = sorted(inv.phone.processes, key=lambda row: -row.rss)
    used = sum(row.rss for row in rows)
    head = (
        f"Tasks: {len(rows)} total,   1 running, {len(rows) - 1} sleeping,   "
        "0 stopped,   0 zombie\n"
        f"  Mem:  {human(_MEMORY_KIB * 1024)} total,  {human(used * 1024)} used,  "
        f"{human((_MEMORY_KIB - used) * 1024)} free,     0 buffers\n"
        " Swap:     0 total,     0 used,     0 free,     0 cached\n"
        "800%cpu   3%user   0%nice   5%sys 792%idle   0%iow   0%irq   0%sirq   0%host\n"
        "  PID USER         PR  NI VIRT  RES  SHR S[%CPU] %MEM     TIME+ ARGS\n"
    )
    body = "".join(
        f"{row.pid:5} {user_name(row.uid):<12} 20   0 {human(row.rss * 4096):>4} "
        f"{human(row.rss * 1024):>4} {human(row.rss * 512):>4} S  0.0 "
        f"{row.rss * 100 / _MEMORY_KIB:5.1f} {cpu_time(inv, row):>9} {' '.join(row.args)}\n"
        for row in rows
    )
    return head + body


@tool("free", spec="htgmkb")
async def free(inv: Invocation, options: Options) -> int:
    used = sum(row.rss for row in inv.phone.processes) * 1024
    total = _MEMORY_KIB * 1024
    unit = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}.get(
        next((letter for letter in "kmg" if letter in options), ""), 1
    )

    def shown(count: int) -> str:
        return human(count) if "h" in options else str(count // unit)

    rows = {"Mem:": (total, used, total - used, 12 << 20, 4 << 20), "Swap:": (0, 0, 0)}
    text = "\t\ttotal        used        free      shared     buffers\n"
    for name, counts in rows.items():
        text += name + "".join(f"{shown(count):>12}" for count in counts) + "\n"
    await inv.out(text)
    return 0


@tool("nproc", spec="a", long={"all": "a"})
async def nproc(inv: Invocation, options: Options) -> int:
    await inv.out("8\n")
    return 0
