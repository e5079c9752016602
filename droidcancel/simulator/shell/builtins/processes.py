"""sleep, wait, jobs, kill, times: processes and time."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

from droidcancel.simulator.shell.builtins.table import builtin, usage
from droidcancel.simulator.shell.process import SIGNALS, signal_number
from droidcancel.simulator.shell.signals import send

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner


def duration(text: str) -> float | None:
    """Seconds of `1`, `0.5`, `2m`, `1h`, `1d`; None for anything else."""
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}.get(text[-1:], 0)
    try:
        seconds = float(text[:-1] if unit else text) * (unit or 1)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


@builtin("sleep")
async def sleep(runner: Runner, argv: list[str]) -> int:
    words = [word for word in argv[1:] if word != "--"]
    seconds = duration(words[0]) if len(words) == 1 else None
    if seconds is None:
        return await usage(
            runner, f"sleep: {words[0]}: bad time" if words else "sleep: syntax error"
        )
    await runner.interruptible(runner.phone.clock.sleep(seconds))
    return 0


@builtin("wait")
async def wait(runner: Runner, argv: list[str]) -> int:
    if len(argv) == 1:
        await runner.interruptible(runner.jobs.wait_all())
        return 0
    status = 0
    for spec in argv[1:]:
        job = runner.jobs.find(spec)
        if job is None:
            status = 127
            continue
        status_or_none = await runner.interruptible(job.child.wait())
        status = 129 if status_or_none is None else status_or_none
        if status_or_none is not None and job in runner.jobs.jobs:
            runner.jobs.jobs.remove(job)
    return status


@builtin("jobs")
async def jobs(runner: Runner, argv: list[str]) -> int:
    running = [job for job in runner.jobs.jobs if job.child.running]
    for job in list(runner.jobs.jobs):
        mark = "+" if running[-1:] == [job] else "-" if running[-2:-1] == [job] else " "
        if "-p" in argv:
            await runner.out(f"{job.child.pid}\n")
        else:
            pid = f"{job.child.pid} " if "-l" in argv else ""
            await runner.out(f"[{job.number}] {mark} {pid}{job.state:<20} {job.text} \n")
        if not job.child.running:
            runner.jobs.jobs.remove(job)
    return 0


@builtin("fg")
async def fg(runner: Runner, argv: list[str]) -> int:
    job = runner.jobs.find(argv[1] if len(argv) > 1 else "%%")
    if job is None:
        return await usage(runner, "fg: no such job" if len(argv) > 1 else "fg: no current job")
    job.child.background = False
    await runner.out(job.text + "\n")
    return await job.child.wait()


@builtin("bg", "disown")
async def bg(runner: Runner, argv: list[str]) -> int:
    return 0


@builtin("kill")
async def kill(runner: Runner, argv: list[str]) -> int:
    words, number = argv[1:], 15
    if words[:1] in (["-l"], ["-L"]):
        return await _list(runner, words[1:])
    if words[:1] == ["-s"] or words[:1] == ["-n"]:
        name, words = words[1] if len(words) > 1 else "", words[2:]
        found = signal_number(name)
    elif words and words[0].startswith("-") and words[0] != "--" and len(words[0]) > 1:
        name, words = words[0][1:], words[1:]
        found = signal_number(name)
    else:
        name, found = "", number
    if found is None:
        return await usage(runner, f"kill: bad signal '{name}'")
    words = [word for word in words if word != "--"]
    if not words:
        return await usage(runner, "kill: missing argument")
    status = 0
    for word in words:
        status |= await _kill_one(runner, word, found)
    await asyncio.sleep(0)
    return status


async def _list(runner: Runner, words: list[str]) -> int:
    names = {number: name for name, number in SIGNALS.items()}
    if words:
        for word in words:
            number = int(word) & 127 if word.isdigit() else 0
            known = names.get(number) or str(signal_number(word) or word)
            await runner.out(known + "\n")
        return 0
    await runner.out(" ".join(names[number] for number in sorted(names)) + "\n")
    return 0


async def _kill_one(runner: Runner, word: str, number: int) -> int:
    if word.startswith("%"):
        job = runner.jobs.find(word)
        if job is None:
            return await usage(runner, f"kill: {word}: no such job")
        pid = job.child.pid
    elif word.lstrip("-").isdigit():
        pid = int(word[:12])
    else:
        return await usage(runner, f"kill: {word}: bad process ID")
    problem = send(runner.phone, runner.uid, pid, number)
    if problem:
        return await usage(runner, f"kill: {word}: {problem}")
    return 0


@builtin("times")
async def times(runner: Runner, argv: list[str]) -> int:
    cpu = time.process_time()
    await runner.out(f"Shell:  {0:3}m{cpu % 60:05.2f}s user    0m00.00s system\n")
    await runner.out("Kids:     0m00.00s user    0m00.00s system\n")
    return 0
