"""uname, id, hostname, which, getprop, setprop, reboot and other facts of the system."""

from __future__ import annotations

import asyncio

from droidcancel.simulator.fsnode import groups_of
from droidcancel.simulator.shell import launch
from droidcancel.simulator.shell.registry import COMMANDS, Invocation, command
from droidcancel.simulator.shell.toybox.tool import Options, UsageError, owner, tool

KERNELS = {21: "3.4.0", 24: "3.18.31", 26: "4.4.88", 28: "4.9.124", 29: "4.14.117", 30: "4.19.110",
           31: "5.4.61", 33: "5.10.107", 34: "5.15.104", 35: "6.1.75", 36: "6.6.50"}  # fmt: skip
_BUILT = "#1 SMP PREEMPT Thu Jan 1 00:00:00 UTC 2026"


def kernel(api: int) -> str:
    """A kernel release that phones of that API level ran."""
    number = max(level for level in KERNELS if level <= api)
    return f"{KERNELS[number]}-android{number - 20}-gki"


@tool("uname", spec="paoimrvns")
async def uname(inv: Invocation, options: Options) -> int:
    machine = "aarch64"
    parts = {"s": "Linux", "n": "localhost", "r": kernel(inv.api), "v": _BUILT, "m": machine,
             "p": "unknown", "i": "unknown", "o": "Toybox"}  # fmt: skip
    letters = "snrvm" + ("o" if inv.api >= 31 else "") if "a" in options else "".join(
        letter for letter in "snrvmpio" if letter in options)  # fmt: skip
    await inv.out(" ".join(parts[letter] for letter in letters or "s") + "\n")
    return 0


@tool("id", "whoami", "groups", "logname", spec="ZGgnru")
async def identity(inv: Invocation, options: Options) -> int:
    groups = sorted(groups_of(inv.uid) - {inv.uid} - ({9997} if inv.uid == 2000 else set()))
    if inv.name == "groups" or "G" in options:
        numbers = [inv.uid, *groups]
        named = inv.name == "groups" or "n" in options
        await inv.out(" ".join(owner(n) if named else str(n) for n in numbers) + "\n")
    elif inv.name != "id" or "u" in options or "g" in options:
        named = inv.name != "id" or "n" in options
        await inv.out((owner(inv.uid) if named else str(inv.uid)) + "\n")
    elif "Z" in options:
        await inv.out(_label(inv.uid) + "\n")
    else:
        me = f"{inv.uid}({owner(inv.uid)})"
        listed = ",".join(f"{number}({owner(number)})" for number in [inv.uid, *groups])
        await inv.out(f"uid={me} gid={me} groups={listed} context={_label(inv.uid)}\n")
    return 0


def _label(uid: int) -> str:
    domains = {0: "su", 1000: "system_app", 2000: "shell"}
    return f"u:r:{domains.get(uid, 'untrusted_app')}:s0"


@tool("hostname", spec="bdsfF:")
async def hostname(inv: Invocation, options: Options) -> int:
    if options.words:
        await inv.err("hostname: Operation not permitted\n")
        return 1
    await inv.out("localhost\n")
    return 0


@tool("tty", spec="s")
async def tty(inv: Invocation, options: Options) -> int:
    if "s" not in options:
        await inv.out("/dev/pts/0\n" if inv.stdin.tty else "not a tty\n")
    return int(not inv.stdin.tty)


@tool("getenforce", since=21)
async def getenforce(inv: Invocation, options: Options) -> int:
    await inv.out("Enforcing\n")
    return 0


@tool("clear", "reset")
async def clear(inv: Invocation, options: Options) -> int:
    await inv.out("\x1b[2J\x1b[H" if inv.name == "clear" else "\x1bc")
    return 0


@tool("stty", spec="aF:g")
async def stty(inv: Invocation, options: Options) -> int:
    if not inv.stdin.tty:
        await inv.err("stty: not a tty\n")
        return 1
    if options.words == ["size"]:
        await inv.out(f"{inv.size[0]} {inv.size[1]}\n")
    return 0


@tool("true", "false", permute=False)
async def true(inv: Invocation, options: Options) -> int:
    return int(inv.name == "false")


@command("pwd")
async def pwd(inv: Invocation) -> int:
    """The directory of the process."""
    await inv.out(inv.cwd + "\n")
    return 0


@command("echo", "printf", "test", "[")
async def as_builtin(inv: Invocation) -> int:
    """The builtin of that name, run as a program (`env printf`, `xargs echo`)."""
    from droidcancel.simulator.shell.builtins import BUILTINS
    from droidcancel.simulator.shell.runner import Runner

    runner = Runner(inv.child, launch.context_of(inv), name=inv.name)
    return await BUILTINS[inv.name](runner, inv.argv)


@tool("which", spec="a", least=1)
async def which(inv: Invocation, options: Options) -> int:
    status = 0
    for name in options.words:
        before = inv.phone.unknown_commands.copy()
        program = launch.find(inv.phone, name, launch.context_of(inv))
        inv.phone.unknown_commands = before
        if isinstance(program, launch.Missing):
            status = 1
            continue
        path = program.path if isinstance(program, launch.Script) else f"/system/bin/{name}"
        await inv.out((name if "/" in name else path) + "\n")
    return status


@command("toybox")
async def toybox(inv: Invocation) -> int:
    """toybox [COMMAND ARGS...]: the list of commands, or one of them."""
    words = inv.argv[1:]
    if words[:1] == ["--version"]:
        await inv.out("toybox 0.8.9-android\n" if inv.api >= 34 else "toybox 0.8.3-android\n")
        return 0
    if not words:
        names = [n for n in COMMANDS.names(inv.api) if n not in _NOT_TOYBOX and _is_toybox(inv, n)]
        await inv.out(" ".join(names) + "\n")
        return 0
    entry = inv.phone.shell.commands.lookup(words[0], inv.api)
    if entry is None or not _is_toybox(inv, words[0]):
        await inv.err(f"toybox: Unknown command {words[0]}\n")
        return 127
    inv.argv = words
    return await entry.function(inv)


_NOT_TOYBOX = frozenset({
    "sh", "mksh", "su", "run-as", "toybox", "logcat", "bugreport", "bugreportz", "reboot",
    "toolbox", "ll", "hexdump",
})  # fmt: skip


def _is_toybox(inv: Invocation, name: str) -> bool:
    entry = inv.phone.shell.commands.lookup(name, inv.api)
    return entry is not None and entry.function.__module__.startswith(__package__ or "")


# -- properties -----------------------------------------------------------------------------------
_WRITABLE = ("debug.", "log.", "persist.log.", "persist.debug.", "shell.", "sys.usb.", "test.",
             "persist.traced.", "cache_key.", "persist.simpleperf.", "sys.powerctl")  # fmt: skip
MAX_PROPERTY = 91
MAX_PROPERTIES = 4096


@tool("getprop", spec="TZ")
async def getprop(inv: Invocation, options: Options) -> int:
    props = inv.phone.props
    if options.words:
        default = options.words[1] if len(options.words) > 1 else ""
        await inv.out((props.get(options.words[0]) or default) + "\n")
        return 0
    await inv.out("".join(f"[{name}]: [{props[name]}]\n" for name in sorted(props)))
    return 0


def _may_set(inv: Invocation, name: str, value: str) -> bool:
    props = inv.phone.props
    if len(value.encode()) > MAX_PROPERTY and not name.startswith("ro."):
        return False
    if name.startswith("ro."):
        return inv.uid == 0 and name not in props
    if name not in props and len(props) >= MAX_PROPERTIES:
        return False
    return inv.uid in (0, 1000) or name.startswith(_WRITABLE)


@tool("setprop", permute=False)
async def setprop(inv: Invocation, options: Options) -> int:
    if len(options.words) != 2:
        raise UsageError("Need 2 arguments" if len(options.words) < 2 else "Max 2 arguments")
    name, value = options.words
    if not _may_set(inv, name, value):
        if inv.api < 26:
            await inv.err("could not set property\n")
            return 1
        await inv.err(f"Failed to set property '{name}' to '{value}'.\n"
                      "See dmesg for error reason.\n")  # fmt: skip
        return 1
    inv.phone.props[name] = value
    if name == "sys.powerctl":
        await _power(inv, value.partition(",")[2], off=value.startswith("shutdown"))
    return 0


# -- power ----------------------------------------------------------------------------------------
async def _power(inv: Invocation, mode: str, off: bool) -> None:
    """Go down, taking this process along."""
    phone = inv.phone
    phone.spawn(phone.shutdown() if off else phone.reboot(mode))
    await asyncio.Event().wait()


@tool("reboot", spec="pfn")
async def reboot(inv: Invocation, options: Options) -> int:
    await _power(inv, options.words[0] if options.words else "", off="p" in options)
    return 0


@tool("netstat", spec="pWrxwutneal")
async def netstat(inv: Invocation, options: Options) -> int:
    await inv.out("Active Internet connections (w/o servers)\n"
                  "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n"
                  )  # fmt: skip
    if "l" in options or "a" in options:
        for address in inv.phone.ports.addresses():
            kind, _, number = address.partition(":")
            if kind == "tcp":
                place = f"127.0.0.1:{number}"
                await inv.out(f"tcp        0      0 {place:<23} 0.0.0.0:*               LISTEN\n")
    return 0
