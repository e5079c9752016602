"""sh, su, run-as and the commands that run other commands."""

from __future__ import annotations

import asyncio
import signal

from droidcancel.simulator.shell.builtins.processes import duration
from droidcancel.simulator.shell.launch import begin, context_of
from droidcancel.simulator.shell.process import Session, signal_number
from droidcancel.simulator.shell.registry import Invocation, command
from droidcancel.simulator.shell.session import run_command, run_script, run_stdin

_EXEC_FAILED = "{caller}: exec {name}: {reason}\n"


@command("sh", "mksh")
async def sh(inv: Invocation) -> int:
    """mksh [-ceux] [-s] [script | -c command [name]] [args]."""
    words = inv.argv[1:]
    options: set[str] = set()
    command_wanted = interactive = stdin_wanted = False
    while words and words[0][:1] in ("-", "+") and words[0] not in ("-", "--"):
        letters = words[0][1:]
        words = words[1:]
        if letters == "o" and words:
            words = words[1:]
            continue
        command_wanted |= "c" in letters
        interactive |= "i" in letters
        stdin_wanted |= "s" in letters
        options |= set(letters) & set("eux")
    words = words[1:] if words[:1] in (["-"], ["--"]) else words
    context = context_of(inv)
    if command_wanted:
        if not words:
            await inv.err(f"{inv.argv[0]}: -c requires an argument\n")
            return 1
        name = words[1] if len(words) > 1 else inv.argv[0]
        return await run_command(
            inv.child, words[0], context, name=name, positional=words[2:], options=options
        )
    if words and not stdin_wanted:
        return await run_script(inv.child, words[0], words[1:], context, options)
    interactive |= inv.stdin.tty
    return await run_stdin(
        inv.child, context, interactive=interactive, positional=words, options=options
    )


@command("env", "printenv")
async def env(inv: Invocation) -> int:
    """env [-i] [-u NAME] [NAME=VALUE...] [COMMAND...]."""
    variables, words = dict(inv.env), inv.argv[1:]
    if inv.name == "printenv":
        return await _printenv(inv, words)
    while words and words[0].startswith("-"):
        word, words = words[0], words[1:]
        if word in ("-i", "-"):
            variables = {}
        elif word == "-u" and words:
            variables.pop(words.pop(0), None)
        elif word.startswith("-u"):
            variables.pop(word[2:], None)
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    if words:
        return await inv.run(words, env=variables)
    await inv.out("".join(f"{name}={value}\n" for name, value in variables.items()))
    return 0


async def _printenv(inv: Invocation, words: list[str]) -> int:
    if not words:
        await inv.out("".join(f"{name}={value}\n" for name, value in inv.env.items()))
        return 0
    for name in words:
        if name in inv.env:
            await inv.out(inv.env[name] + "\n")
    return int(any(name not in inv.env for name in words))


@command("nohup")
async def nohup(inv: Invocation) -> int:
    """Run a command that a hangup does not end."""
    if len(inv.argv) < 2:
        await inv.err("nohup: Need 1 argument\n")
        return 125
    return await inv.run(inv.argv[1:], ignored={int(signal.SIGHUP)}, missing=_EXEC_FAILED)


@command("setsid")
async def setsid(inv: Invocation) -> int:
    """Run a command in a session of its own, without a terminal."""
    words, detached = inv.argv[1:], False
    while words and words[0] in ("-w", "-c", "-d"):
        detached |= words.pop(0) == "-d"
    if not words:
        await inv.err("setsid: Need 1 argument\n")
        return 1
    child = await begin(inv, words, session=Session(), missing=_EXEC_FAILED)
    if isinstance(child, int) or detached:
        return child if isinstance(child, int) else 0
    inv.child.ignored |= {int(signal.SIGHUP), int(signal.SIGINT)}
    inv.child.row.name = child.row.name
    return await child.wait()


@command("timeout")
async def timeout(inv: Invocation) -> int:
    """timeout [-k DURATION] [-s SIGNAL] DURATION COMMAND..."""
    words, number, kill_after = inv.argv[1:], int(signal.SIGTERM), None
    while words and words[0].startswith("-"):
        word = words.pop(0)
        value = word[2:] or (words.pop(0) if word[1:2] in ("k", "s") and words else "")
        if word[1:2] == "k":
            kill_after = duration(value)
        elif word[1:2] == "s":
            number = signal_number(value) or number
    seconds = duration(words[0]) if words else None
    if seconds is None or len(words) < 2:
        text = f"bad number '{words[0]}'" if words and seconds is None else "Need 2 arguments"
        await inv.err(f"timeout: {text}\n")
        return 1
    child = await begin(inv, words[1:])
    if isinstance(child, int):
        return child
    try:
        return await asyncio.wait_for(child.wait(), seconds or None)
    except asyncio.TimeoutError:
        child.deliver(number)
    except asyncio.CancelledError:
        child.deliver(number)
        raise
    if kill_after is not None:
        try:
            await asyncio.wait_for(child.wait(), kill_after)
        except asyncio.TimeoutError:
            child.deliver(int(signal.SIGKILL))
    await child.wait()
    return 124 if number != signal.SIGKILL else 137


@command("time", hidden=True)
async def time(inv: Invocation) -> int:
    """time COMMAND."""
    started = inv.phone.clock.uptime()
    status = await inv.run(inv.argv[1:]) if len(inv.argv) > 1 else 0
    spent = inv.phone.clock.uptime() - started
    await inv.err(f"real {spent:.6f}\nuser 0.000000\nsys 0.000000\n")
    return status


@command("su")
async def su(inv: Invocation) -> int:
    """Only on debuggable builds: su [UID [COMMAND...]]."""
    if not inv.phone.options.debuggable:
        await inv.err("/system/bin/sh: su: inaccessible or not found\n" if inv.api >= 29 else
                      "/system/bin/sh: su: not found\n")  # fmt: skip
        return 127
    words = inv.argv[1:]
    if inv.uid not in (0, 2000):
        await inv.err("su: uid not allowed\n")
        return 1
    uid = _uid(words.pop(0)) if words and words[0] != "-c" else 0
    if words[:1] == ["-c"]:
        words = ["sh", "-c", *words[1:]]
    env = {**inv.env, "USER": "root", "LOGNAME": "root"}
    return await inv.run(words or ["sh"], uid=uid, env=env)


def _uid(name: str) -> int:
    known = {"root": 0, "system": 1000, "shell": 2000}
    return known.get(name, int(name.split(",")[0]) if name.split(",")[0].isdigit() else 0)


@command("run-as")
async def run_as(inv: Invocation) -> int:
    """run-as PACKAGE COMMAND: only for debuggable packages."""
    if len(inv.argv) < 2:
        await inv.err("run-as: usage: run-as <package-name> [--user <uid>] <command> [<args>]\n")
        return 1
    name = inv.argv[1]
    package = inv.phone.packages.get(name)
    if package is None:
        await inv.err(f"run-as: unknown package: {name}\n")
        return 1
    if not (getattr(package, "debuggable", False) or inv.phone.options.debuggable):
        await inv.err(f"run-as: package not debuggable: {name}\n")
        return 1
    return await inv.run(inv.argv[2:] or ["sh"], uid=package.uid)
