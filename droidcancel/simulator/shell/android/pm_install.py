"""`pm install`, install sessions, and `pm uninstall`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from droidcancel.simulator.blob import Blob
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.installer import InstallError, InstallOptions, Session
from droidcancel.simulator.shell.android.java import (
    FAILED,
    Args,
    Failure,
    illegal_argument,
    parse_user,
)
from droidcancel.simulator.shell.android.pm_service import PM, known_package, take_user
from droidcancel.simulator.shell.registry import Invocation

_WITH_VALUE = frozenset(
    (
        "--user",
        "-p",
        "--pkg",
        "--install-location",
        "--abi",
        "--originating-uri",
        "--referrer",
        "--install-reason",
        "--update-ownership",
        "--dexopt-compiler-filter",
        "--wait",
        "--staged-ready-timeout",
        "--rollback-impact-level",
        "--package-source",
    )
)


@dataclass
class _Asked:
    options: InstallOptions
    size: int | None = None


def _asked(invocation: Invocation, args: Args) -> _Asked:
    """The options of install and install-create; since Android 9 replacing is the default."""
    options, size = InstallOptions(replace=invocation.api >= 28), None
    while (option := args.option()) is not None:
        if option == "-S":
            size = args.integer()
            if size <= 0:
                raise illegal_argument("Size must be positive")
        elif option == "-i":
            options = replace(options, installer=args.required())
        elif option in _WITH_VALUE:
            args.required()
        else:
            options = _switch(options, option, args)
    return _Asked(options, size)


def _switch(options: InstallOptions, option: str, args: Args) -> InstallOptions:
    if option == "-R":
        return replace(options, replace=False)
    if option == "-r":
        return replace(options, replace=True)
    if option == "-d":
        return replace(options, downgrade=True)
    if option == "-t":
        return replace(options, test=True)
    if option == "-g":
        return replace(options, grant_all=True)
    if option == "--bypass-low-target-sdk-block":
        return replace(options, low_target=True)
    if option in ("-l", "-f", "-s") or option.startswith("--"):
        return options
    raise illegal_argument(f"Unknown option {option}")


async def _from_stdin(invocation: Invocation, size: int) -> Blob:
    """Exactly `size` bytes of stdin. Failure when it ends before, or there is no room."""
    if size > invocation.phone.fs.free:
        why = "java.io.IOException: Requested internal only, but not enough space"
        raise Failure(f"Error: {why}\n", 1)
    blob = Blob()
    while blob.size < size:
        data = await invocation.stdin.read(min(65536, size - blob.size))
        if not data:
            raise Failure("Error: failed to write; unexpected end of stream\n", 1)
        blob.append(data)
    return blob


def _from_file(invocation: Invocation, name: str) -> Blob:
    path = invocation.path(name)
    fs = invocation.phone.fs
    try:
        if not fs.may(invocation.uid, path, "r"):
            raise FsError(13, path)
        return fs.open_blob(path)
    except FsError:
        hint = "Consider using a file under /data/local/tmp/\n"
        raise Failure(f"Error: Unable to open file: {name}\n{hint}", 1) from None


async def _blob(invocation: Invocation, size: int | None, name: str | None) -> Blob:
    if name in (None, "-"):
        if size is None:
            raise Failure("Error: must either specify a package size or an APK file\n", 1)
        return await _from_stdin(invocation, size)
    assert name is not None
    return _from_file(invocation, name)


async def _answer(invocation: Invocation, error: InstallError | None) -> int:
    await invocation.out(f"Failure [{error}]\n" if error else "Success\n")
    return 1 if error else 0


@PM.sub("install", "install-streaming")
async def install(invocation: Invocation, args: Args) -> int:
    asked = _asked(invocation, args)
    name = args.next()
    blob = await _blob(invocation, asked.size, name)
    if invocation.api <= 23 and name not in (None, "-"):
        await invocation.out(f"\tpkg: {name}\n")
    await invocation.phone.latency.spend("install")
    try:
        invocation.phone.installer.install(blob, asked.options)
    except InstallError as error:
        return await _answer(invocation, error)
    return await _answer(invocation, None)


@PM.sub("install-create")
async def install_create(invocation: Invocation, args: Args) -> int:
    session = invocation.phone.installer.create_session(_asked(invocation, args).options)
    await invocation.out(f"Success: created install session [{session.id}]\n")
    return 0


def _session(invocation: Invocation, args: Args) -> Session:
    number = args.integer()
    session = invocation.phone.installer.session(number)
    if session is None:
        raise illegal_argument(f"Unknown session {number}")
    return session


@PM.sub("install-write")
async def install_write(invocation: Invocation, args: Args) -> int:
    size = None
    while (option := args.option()) is not None:
        if option != "-S":
            raise illegal_argument(f"Unknown option: {option}")
        size = args.integer()
    session, split, name = _session(invocation, args), args.required(), args.next()
    source = await _blob(invocation, size, name)
    copy = Blob()
    for offset in range(0, source.size, 1 << 20):
        copy.append(source.read(offset, 1 << 20))
    session.splits[split] = copy
    await invocation.out(f"Success: streamed {copy.size} bytes\n")
    return 0


@PM.sub("install-commit")
async def install_commit(invocation: Invocation, args: Args) -> int:
    session = _session(invocation, args)
    await invocation.phone.latency.spend("install")
    try:
        invocation.phone.installer.commit(session.id)
    except InstallError as error:
        return await _answer(invocation, error)
    return await _answer(invocation, None)


@PM.sub("install-abandon", "install-destroy")
async def install_abandon(invocation: Invocation, args: Args) -> int:
    invocation.phone.installer.drop_session(_session(invocation, args).id)
    return await _answer(invocation, None)


@PM.sub("install-existing", since=26)
async def install_existing(invocation: Invocation, args: Args) -> int:
    user = take_user(args)
    name = args.required()
    if invocation.phone.packages.get(name) is None:
        text = f"android.content.pm.PackageManager$NameNotFoundException: Package {name} "
        raise Failure(f"{text}doesn't exist\n", 1, on_stdout=True)
    await invocation.out(f"Package {name} installed for user: {user}\n")
    return 0


@PM.sub("uninstall")
async def uninstall(invocation: Invocation, args: Args) -> int:
    user = -1
    while (option := args.option()) is not None:
        if option == "--user":
            user = parse_user(args.required())
        elif option == "--versionCode":
            args.required()
        elif option != "-k":
            raise Failure(f"Error: Unknown option: {option}\n", 1)
    name = args.next()
    if name is None:
        raise Failure("Error: package name not specified\n", 1)
    package = invocation.phone.packages.get(name)
    if package is None and user >= 0:
        raise Failure(f"Failure [not installed for {user}]\n", 1, on_stdout=True)
    if package is None or package.system:
        raise Failure("Failure [DELETE_FAILED_INTERNAL_ERROR]\n", 1, on_stdout=True)
    invocation.phone.activities.stop_package(name)
    invocation.phone.packages.uninstall(name)
    return await _answer(invocation, None)


@PM.sub("set-installer")
async def set_installer(invocation: Invocation, args: Args) -> int:
    package = known_package(invocation, args.required())
    package.installer = args.required()
    return await _answer(invocation, None)


@PM.sub("compile", "force-dex-opt", "bg-dexopt-job", since=24)
async def compile_(invocation: Invocation, args: Args) -> int:
    """There is no code to compile."""
    return await _answer(invocation, None) if args.rest() else FAILED
