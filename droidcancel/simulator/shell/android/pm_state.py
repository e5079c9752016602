"""`pm` on what a package is allowed to be: its data, caches, enabled and suspended state."""

from __future__ import annotations

import asyncio

from droidcancel.simulator.packages import Package
from droidcancel.simulator.shell.android.java import (
    Args,
    Failure,
    bad_number,
    parse_user,
    security,
)
from droidcancel.simulator.shell.android.pm_service import PM, known_package, take_user
from droidcancel.simulator.shell.registry import Invocation

_UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3}


def _target(args: Args) -> str:
    name = args.next()
    if name is None:
        raise Failure("Error: no package specified\n", 1)
    return name


async def _clear_data(invocation: Invocation, name: str) -> int:
    """ActivityManager.clearApplicationUserData: all data goes, and the app is stopped."""
    phone = invocation.phone
    package = phone.packages.get(name)
    if package is None:
        raise Failure("Failed\n", 1)
    phone.activities.stop_package(name)
    phone.packages.clear_data(package)
    await invocation.out("Success\n")
    return 0


@PM.sub("clear", until=32)
async def clear_all(invocation: Invocation, args: Args) -> int:
    """One option is read, and ignored unless it is --user: `--cache-only` wipes all data."""
    invocation.phone.audit.harm("pm", *args.words)
    if args.option() == "--user":
        parse_user(args.required())
    return await _clear_data(invocation, _target(args))


@PM.sub("clear", since=33)
async def clear(invocation: Invocation, args: Args) -> int:
    invocation.phone.audit.harm("pm", *args.words)
    cache_only = False
    while (option := args.option()) is not None:
        if option == "--user":
            parse_user(args.required())
        elif option == "--cache-only":
            cache_only = True
        else:
            raise Failure(f"Error: Unknown option: {option}\n", 1, on_stdout=True)
    name = _target(args)
    if not cache_only:
        return await _clear_data(invocation, name)
    return await _clear_cache(invocation, name)


async def _clear_cache(invocation: Invocation, name: str) -> int:
    """The package manager ignores callers like the shell, and never calls them back."""
    phone = invocation.phone
    if invocation.uid not in (0, 1000):
        phone.log.write(
            "W",
            "PackageManager",
            f"Calling uid {invocation.uid} does not have "
            "android.permission.INTERNAL_DELETE_CACHE_FILES, silently ignoring",
        )
        await asyncio.Event().wait()
    package = phone.packages.get(name)
    if package is None:
        raise Failure("Failed\n", 1)
    phone.packages.clear_cache(package)
    await invocation.out("Success\n")
    return 0


@PM.sub("trim-caches")
async def trim_caches(invocation: Invocation, args: Args) -> int:
    """Caches go, whole apps at a time, until so much is free; says nothing."""
    phone, wanted = invocation.phone, _size(args.next())
    args.next()
    for package in sorted(phone.packages, key=lambda package: package.last_update):
        if phone.fs.free >= wanted:
            break
        phone.packages.clear_cache(package)
    return 0


def _size(text: str | None) -> int:
    if text is None:
        raise Failure("Error: must specify desired number of bytes\n", 1)
    unit = _UNITS.get(text[-1:].upper())
    digits = text[:-1] if unit else text
    if not unit and text and not text[-1].isdigit():
        raise Failure(f"Invalid suffix: {text[-1]}\n", 1)
    if not digits.isdigit():
        raise bad_number(digits)
    return int(digits) * (unit or 1)


# -- enabled --------------------------------------------------------------------------------------
_STATES = {
    "enable": "enabled",
    "disable": "disabled",
    "disable-user": "disabled-user",
    "disable-until-used": "disabled-until-used",
    "default-state": "default",
}


@PM.sub(*_STATES)
async def set_enabled(invocation: Invocation, args: Args) -> int:
    verb = args.verb
    take_user(args)
    name = args.next()
    if name is None:
        raise Failure("Error: no package or component specified\n", 1)
    package = known_package(invocation, name.partition("/")[0])
    if "/" in name:
        await invocation.out(f"Component {{{name}}} new state: {_STATES[verb]}\n")
        return 0
    if verb == "disable" and invocation.uid == 2000:
        raise security(f"Shell cannot change component state for {name}/null to 2")
    _set_enabled(invocation, package, verb in ("enable", "default-state"))
    await invocation.out(f"Package {name} new state: {_STATES[verb]}\n")
    return 0


def _set_enabled(invocation: Invocation, package: Package, enabled: bool) -> None:
    package.enabled = enabled
    if not enabled:
        invocation.phone.activities.stop_package(package.name)
    invocation.phone.packages.notify("changed", package)


@PM.sub("suspend", since=24)
async def suspend(invocation: Invocation, args: Args) -> int:
    return await _set_suspended(invocation, args, True)


@PM.sub("unsuspend", since=24)
async def unsuspend(invocation: Invocation, args: Args) -> int:
    return await _set_suspended(invocation, args, False)


async def _set_suspended(invocation: Invocation, args: Args, suspended: bool) -> int:
    """Keeps the user from starting it; what runs goes on."""
    while (option := args.option()) is not None:
        if option not in ("--user", "--dialogMessage"):
            raise Failure(f"Error: Unknown option: {option}\n", 1)
        args.required()
    name = args.next()
    if name is None:
        raise Failure("Error: package name not specified\n", 1)
    package = known_package(invocation, name)
    package.suspended = suspended
    await invocation.out(f"Package {name} new suspended state: {str(suspended).lower()}\n")
    return 0
