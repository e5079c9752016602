"""echo, print, printf, test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.shell import escapes
from droidcancel.simulator.shell.builtins.table import builtin
from droidcancel.simulator.shell.conditions import TestError, run_test
from droidcancel.simulator.shell.printf import PrintfError, format_all

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner


@builtin("echo")
async def echo(runner: Runner, argv: list[str]) -> int:
    words, newline, escaped = argv[1:], True, True
    while words and words[0][:1] == "-" and words[0][1:] and set(words[0][1:]) <= set("neE"):
        for letter in words[0][1:]:
            if letter == "n":
                newline = False
            else:
                escaped = letter == "e"
        words = words[1:]
    text, stopped = " ".join(words), False
    if escaped and "\\" in text:
        text, stopped = escapes.echo(text)
    await runner.out(text + ("\n" if newline and not stopped else ""))
    return 0


@builtin("print")
async def print_(runner: Runner, argv: list[str]) -> int:
    words, newline, raw, number = argv[1:], True, False, 1
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word, words = words[0], words[1:]
        if word == "--":
            break
        newline &= "n" not in word
        raw |= "r" in word or "R" in word
        if word[1] == "u" and word[2:].isdigit():
            number = int(word[2:])
    text, stopped = " ".join(words), False
    if not raw:
        text, stopped = escapes.echo(text)
    await runner.write(number, text + ("\n" if newline and not stopped else ""))
    return 0


@builtin("printf")
async def printf(runner: Runner, argv: list[str]) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not words:
        await runner.error("printf: missing operand")
        return 1
    problems: list[str] = []
    try:
        text = format_all(words[0], words[1:], problems)
    except PrintfError as error:
        await runner.error(f"printf: {error}")
        return 1
    await runner.out(text)
    for problem in problems:
        await runner.error(f"printf: {problem}")
    return int(bool(problems))


@builtin("test", "[")
async def test(runner: Runner, argv: list[str]) -> int:
    words = argv[1:]
    if argv[0] == "[":
        if words[-1:] != ["]"]:
            await runner.error("[: missing ]")
            return 2
        words = words[:-1]
    try:
        return int(not run_test(runner, words))
    except TestError as error:
        await runner.error(f"{argv[0]}: {error}")
        return 2
