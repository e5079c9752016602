"""Variables, options, directories: what a shell knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.arith import ArithError, evaluate
from droidcancel.simulator.shell.builtins.table import builtin, usage
from droidcancel.simulator.shell.variables import ShellError

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

_LONG = {
    "errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "verbose": "v",
    "allexport": "a", "noexec": "n", "monitor": "m", "noclobber": "C", "pipefail": "pipefail",
}  # fmt: skip


@builtin("set", special=True)
async def set_(runner: Runner, argv: list[str]) -> int:
    from droidcancel.simulator.shell.simple import quoted

    if len(argv) == 1:
        for name in runner.variables.names():
            await runner.out(f"{name}={quoted(runner.variables.get(name) or '')}\n")
        return 0
    rest = await parse_options(runner, argv[1:])
    if rest is not None:
        runner.variables.positional = rest
    return 0


async def parse_options(runner: Runner, words: list[str]) -> list[str] | None:
    """Apply -eux, +e, -o NAME; the positional parameters that follow, None when none do."""
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            return words[index + 1 :]
        if word[:1] not in ("-", "+") or len(word) < 2:
            return words[index:] if word != "-" else words[index + 1 :]
        if word[1:] == "o":
            index += 1
            name = words[index] if index < len(words) else ""
            if name and name not in _LONG:
                raise ShellError(f"set: {name}: bad option")
            _switch(runner, word[0], _LONG.get(name, ""))
        else:
            for letter in word[1:]:
                if letter not in "abefhkmnpstuvxCDXU":
                    raise ShellError(f"set: {word[0]}{letter}: unknown option")
                _switch(runner, word[0], letter)
        index += 1
    return None


def _switch(runner: Runner, sign: str, letter: str) -> None:
    if sign == "-":
        runner.options.add(letter)
    else:
        runner.options.discard(letter)


@builtin("shift", special=True)
async def shift(runner: Runner, argv: list[str]) -> int:
    text = argv[1] if len(argv) > 1 else "1"
    if not text.isdigit():
        return await usage(runner, f"shift: {text}: bad number")
    count = int(text[:9])
    if count > len(runner.variables.positional):
        raise ShellError("shift: nothing to shift")
    del runner.variables.positional[:count]
    return 0


@builtin("unset", special=True)
async def unset(runner: Runner, argv: list[str]) -> int:
    functions = argv[1:2] == ["-f"]
    for name in argv[1:]:
        if name.startswith("-"):
            continue
        if functions:
            runner.variables.functions.pop(name, None)
        else:
            runner.variables.unset(name)
    return 0


def _split(word: str) -> tuple[str, str | None]:
    name, equals, value = word.partition("=")
    return name, value if equals else None


def _named(word: str) -> tuple[str, str | None]:
    name, value = _split(word)
    if not name.isidentifier() or not name.isascii():
        raise ShellError(f"{name}: is not an identifier")
    return name, value


async def _print_marked(runner: Runner, command: str, attribute: str) -> int:
    from droidcancel.simulator.shell.simple import quoted

    for name in runner.variables.names():
        if getattr(runner.variables.attribute(name), attribute):
            await runner.out(f"{command} {name}={quoted(runner.variables.get(name) or '')}\n")
    return 0


@builtin("export", special=True)
async def export(runner: Runner, argv: list[str]) -> int:
    words = [word for word in argv[1:] if word not in ("-p", "--")]
    if not words:
        return await _print_marked(runner, "export", "exported")
    for word in words:
        name, value = _named(word)
        if value is not None:
            runner.variables.set(name, value)
        runner.variables.attribute(name).exported = True
    return 0


@builtin("readonly", special=True)
async def readonly(runner: Runner, argv: list[str]) -> int:
    words = [word for word in argv[1:] if word not in ("-p", "--")]
    if not words:
        return await _print_marked(runner, "readonly", "readonly")
    for word in words:
        name, value = _named(word)
        if value is not None:
            runner.variables.set(name, value)
        runner.variables.attribute(name).readonly = True
    return 0


@builtin("local", "typeset", "declare", "integer")
async def local(runner: Runner, argv: list[str]) -> int:
    flags = "".join(word[1:] for word in argv[1:] if word[:1] in ("-", "+"))
    for word in argv[1:]:
        if word[:1] in ("-", "+"):
            continue
        name, value = _named(word)
        if runner.variables.in_function:
            runner.variables.make_local(name)
        if value is not None:
            if "i" in flags or argv[0] == "integer":
                value = str(evaluate(value, runner.variables))
            runner.variables.set(name, value)
        attribute = runner.variables.attribute(name)
        attribute.exported |= "x" in flags
        attribute.readonly |= "r" in flags
    return 0


@builtin("let")
async def let(runner: Runner, argv: list[str]) -> int:
    value = 0
    try:
        for word in argv[1:]:
            value = evaluate(word, runner.variables)
    except ArithError as error:
        raise ShellError(str(error)) from None
    return int(value == 0)


@builtin("cd", "chdir")
async def cd(runner: Runner, argv: list[str]) -> int:
    words = [word for word in argv[1:] if word not in ("-P", "-L", "--")]
    target = words[0] if words else runner.variables.get("HOME") or "/"
    if target == "-":
        target = runner.variables.get("OLDPWD") or ""
        if not target:
            return await usage(runner, "cd: no OLDPWD")
        await runner.out(target + "\n")
    path = runner.phone.fs.normalize(target, runner.cwd)
    try:
        runner.files.need(target, "x")
        if not runner.phone.fs.isdir(path):
            return await usage(runner, f"cd: {path}: Not a directory")
    except FsError as error:
        return await usage(runner, f"cd: {path}: {error.strerror}")
    runner.variables.set("OLDPWD", runner.cwd)
    runner.cwd = runner.phone.fs.resolve(path) if "-P" in argv else path
    runner.variables.set("PWD", runner.cwd)
    return 0


@builtin("pwd")
async def pwd(runner: Runner, argv: list[str]) -> int:
    path = runner.phone.fs.resolve(runner.cwd) if "-P" in argv else runner.cwd
    await runner.out(path + "\n")
    return 0


@builtin("umask")
async def umask(runner: Runner, argv: list[str]) -> int:
    if len(argv) == 1:
        await runner.out(f"{runner.umask:04o}\n")
        return 0
    try:
        runner.umask = int(argv[1], 8) & 0o777
    except ValueError:
        return await usage(runner, f"umask: {argv[1]}: bad number")
    return 0


_LIMITS = (
    ("-t: time(cpu-seconds)    ", "unlimited"),
    ("-f: file(blocks)         ", "unlimited"),
    ("-c: coredump(blocks)     ", "0"),
    ("-d: data(KiB)            ", "unlimited"),
    ("-s: stack(KiB)           ", "8192"),
    ("-l: lockedmem(KiB)       ", "65536"),
    ("-n: nofiles(descriptors) ", "32768"),
    ("-p: processes            ", "27415"),
    ("-v: address-space(KiB)   ", "unlimited"),
)


@builtin("ulimit")
async def ulimit(runner: Runner, argv: list[str]) -> int:
    letters = "".join(word[1:] for word in argv[1:] if word.startswith("-")).replace("S", "")
    letters = letters.replace("H", "")
    if "a" in letters:
        await runner.out("".join(f"{name}{value}\n" for name, value in _LIMITS))
        return 0
    values = {name[1]: value for name, value in _LIMITS}
    if any(not word.startswith("-") for word in argv[1:]):
        return 0
    await runner.out(values.get(letters[:1] or "f", "unlimited") + "\n")
    return 0


@builtin("getopts")
async def getopts(runner: Runner, argv: list[str]) -> int:
    if len(argv) < 3:
        return await usage(runner, "getopts: missing argument")
    spec, name = argv[1], argv[2]
    words = argv[3:] or runner.variables.positional
    index = int(runner.variables.get("OPTIND") or "1")
    place = int(runner.variables.get("_OPTPLACE") or "1") if index > 0 else 1
    word = words[index - 1] if 0 < index <= len(words) else ""
    if len(word) < 2 or word[0] != "-" or word == "--":
        runner.variables.set("OPTIND", str(index + (word == "--")))
        runner.variables.set(name, "?")
        return 1
    letter = word[place]
    following = place + 1 < len(word)
    return await _option(runner, spec.lstrip(":"), name, words, (index, place, letter, following),
                         quiet=spec.startswith(":"))  # fmt: skip


async def _option(
    runner: Runner,
    spec: str,
    name: str,
    words: list[str],
    at: tuple[int, int, str, bool],
    quiet: bool,
) -> int:
    index, place, letter, following = at
    position = spec.find(letter) if letter != ":" else -1
    variables = runner.variables
    variables.unset("OPTARG")
    argument = position >= 0 and spec[position + 1 : position + 2] == ":"
    result = letter
    if argument and following:
        variables.set("OPTARG", words[index - 1][place + 1 :])
        following = False
    elif argument and index < len(words):
        variables.set("OPTARG", words[index])
        index += 1
    elif argument or position < 0:
        result = ":" if argument and quiet else "?"
        if quiet:
            variables.set("OPTARG", letter)
        else:
            what = "requires an argument" if argument else "unknown option"
            await runner.error(f"-{letter}: {what}")
    variables.set("OPTIND", str(index if following else index + 1))
    variables.set("_OPTPLACE", str(place + 1 if following else 1))
    variables.set(name, result)
    return 0
