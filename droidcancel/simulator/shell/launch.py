"""Finding a program by name and running it as a process."""

from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.descriptors import Description, FdTable
from droidcancel.simulator.shell.process import Child, Context, Session
from droidcancel.simulator.shell.registry import Command, Entry, Invocation
from droidcancel.simulator.shell.userfiles import UserFiles

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

BINARIES = ("/system/bin", "/system/xbin", "/product/bin", "/vendor/bin", "/bin")
MAX_ARGUMENTS = 2 << 20
MAX_UNKNOWN = 10_000
DEFAULT_PATH = "/product/bin:/apex/com.android.runtime/bin:/system/bin:/system/xbin:/vendor/bin"


@dataclass(frozen=True)
class Script:
    """A text file to be run by the shell."""

    path: str


@dataclass(frozen=True)
class Missing:
    """Nothing to run: what to say, and the status (126 or 127)."""

    text: str
    status: int


def not_found(phone: Phone, name: str) -> Missing:
    """As mksh words it; the text changed with Android 10."""
    text = "inaccessible or not found" if phone.options.api >= 29 else "not found"
    return Missing(f"{name}: {text}", 127)


def find(phone: Phone, name: str, context: Context) -> Entry[Command] | Script | Missing:
    """What `name` runs, by path or through PATH."""
    if "/" in name:
        return _by_path(phone, name, context)
    for directory in context.env.get("PATH", DEFAULT_PATH).split(":"):
        if directory in BINARIES:
            entry = phone.shell.commands.lookup(name, phone.options.api)
            if entry is not None:
                return entry
        path = f"{directory or context.cwd}/{name}"
        if phone.fs.exists(path) and not phone.fs.isdir(path) and directory not in BINARIES:
            return _by_path(phone, path, context)
    _note_unknown(phone, name[:80])
    return not_found(phone, name)


def _note_unknown(phone: Phone, name: str) -> None:
    if name in phone.unknown_commands or len(phone.unknown_commands) < MAX_UNKNOWN:
        phone.unknown_commands[name] += 1


def _by_path(phone: Phone, name: str, context: Context) -> Entry[Command] | Script | Missing:
    files = UserFiles(phone.fs, context.uid, context.cwd)
    try:
        path = files.need(name, "x")
    except FsError as error:
        if error.errno == errno.EACCES and phone.fs.exists(files.path(name)):
            return Missing(f"{name}: can't execute: Permission denied", 126)
        _note_unknown(phone, name[:80])
        return not_found(phone, name)
    if phone.fs.isdir(path):
        return Missing(f"{name}: can't execute: Is a directory", 126)
    directory, _, base = phone.fs.resolve(path).rpartition("/")
    if directory in BINARIES and phone.fs.node(path).generate is not None:
        entry = phone.shell.commands.lookup(base, phone.options.api)
        return entry if entry is not None else not_found(phone, name)
    return _script(phone, name, path)


def _script(phone: Phone, name: str, path: str) -> Script | Missing:
    head = phone.fs.read(path)[:256]
    if head.startswith(b"\x7fELF"):
        return Missing(f"{name}: not executable: 64-bit ELF file", 126)
    if head.startswith(b"#!"):
        words = head[2:].split(b"\n")[0].split()
        if not words or words[0].rpartition(b"/")[2] not in (b"sh", b"mksh", b"env"):
            return Missing(f"{name}: can't execute: No such file or directory", 126)
    return Script(name)


async def execute(
    child: Child, program: Entry[Command] | Script, argv: list[str], context: Context
) -> int:
    """Run a program in the process `child`, which becomes it."""
    if isinstance(program, Script):
        from droidcancel.simulator.shell.session import run_script

        child.rename(["/system/bin/sh", program.path, *argv[1:]])
        return await run_script(child, program.path, argv[1:], context)
    child.rename(argv)
    child.phone.audit.ran(argv)
    if program.cost:
        await child.phone.latency.spend(program.cost)
    fds = child.fds
    invocation = Invocation(
        phone=child.phone,
        argv=argv,
        env=context.env,
        cwd=context.cwd,
        uid=context.uid,
        pid=child.pid,
        tty=context.tty,
        stdin=fds.get(0) or Description(),
        stdout=fds.get(1) or Description(),
        stderr=fds.get(2) or Description(),
        child=child,
        umask=context.umask,
        size=context.size,
    )
    return await program.function(invocation)


def start(
    parent: Child,
    program: Entry[Command] | Script,
    argv: list[str],
    context: Context,
    fds: FdTable,
    *,
    session: Session | None = None,
    background: bool | None = None,
    ignored: set[int] | None = None,
) -> Child:
    """Start a program as a child of `parent`; takes `fds` over. Raises CannotFork."""
    try:
        child = Child(
            parent.phone,
            argv,
            fds,
            session or parent.session,
            uid=context.uid,
            parent=parent,
            background=parent.background if background is None else background,
        )
    except BaseException:
        fds.close_all()
        raise
    child.ignored |= ignored or set()
    return child.start(lambda child: execute(child, program, argv, context))


def context_of(invocation: Invocation) -> Context:
    """What a command hands on to those that it runs."""
    i = invocation
    return Context(i.env, i.cwd, i.uid, i.umask, i.tty, i.size)


async def run(
    invocation: Invocation,
    argv: list[str],
    *,
    stdin: Description | None = None,
    stdout: Description | None = None,
    stderr: Description | None = None,
    env: dict[str, str] | None = None,
    uid: int | None = None,
    missing: str = "{caller}: exec {name}: {reason}\n",
    **how: Any,
) -> int:
    """Run a command for another one (env, xargs, timeout) and wait for it."""
    child = await begin(
        invocation, argv, stdin=stdin, stdout=stdout, stderr=stderr, env=env, uid=uid,
        missing=missing, **how,
    )  # fmt: skip
    return child if isinstance(child, int) else await child.wait()


async def begin(
    invocation: Invocation,
    argv: list[str],
    *,
    stdin: Description | None = None,
    stdout: Description | None = None,
    stderr: Description | None = None,
    env: dict[str, str] | None = None,
    uid: int | None = None,
    missing: str = "{caller}: exec {name}: {reason}\n",
    **how: Any,
) -> Child | int:
    """Start a command for another one; its status when there is nothing to run."""
    context = replace(
        context_of(invocation),
        env=invocation.env if env is None else env,
        uid=invocation.uid if uid is None else uid,
    )
    program = find(invocation.phone, argv[0], context)
    if isinstance(program, Missing):
        reason = "Permission denied" if program.status == 126 else "No such file or directory"
        text = missing.format(caller=invocation.name, name=argv[0], reason=reason)
        await invocation.err(text)
        return program.status
    given = (stdin, stdout, stderr)
    fds = FdTable()
    for number, description in enumerate(given):
        chosen = description or (invocation.stdin, invocation.stdout, invocation.stderr)[number]
        fds[number] = chosen.dup()
    return start(invocation.child, program, argv, context, fds, **how)
