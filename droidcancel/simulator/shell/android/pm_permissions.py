"""`pm grant`, `pm revoke`, `pm reset-permissions`."""

from __future__ import annotations

from droidcancel.simulator.packages import RUNTIME_PERMISSIONS, Package
from droidcancel.simulator.processes import user_name
from droidcancel.simulator.shell.android.java import Args, Failure, JavaError, security
from droidcancel.simulator.shell.android.pm_service import PM, known_package, take_user
from droidcancel.simulator.shell.registry import Invocation


def _checked(invocation: Invocation, args: Args) -> tuple[Package, str]:
    """The package and the runtime permission that are meant. Raises as the service does."""
    take_user(args)
    name = args.next()
    if name is None:
        raise Failure("Error: no package specified\n", 1)
    permission = args.next()
    if permission is None:
        raise Failure("Error: no permission specified\n", 1)
    package = known_package(invocation, name)
    if permission not in package.requested:
        raise security(f"Package {name} has not requested permission {permission}")
    if RUNTIME_PERMISSIONS.get(permission, 99) > invocation.api:
        raise security(
            f"Permission {permission} requested by {name} is not a changeable permission type"
        )
    return package, permission


async def _change(invocation: Invocation, args: Args, granted: bool) -> int:
    try:
        package, permission = _checked(invocation, args)
    except JavaError as error:
        if invocation.api >= 28:
            raise
        refused = "Operation not allowed" if "Security" in error.cls else "Bad argument"
        raise Failure(f"{refused}: {error}\n", 1) from None
    had = package.granted.get(permission, False)
    package.granted[permission] = granted
    if had and not granted:
        _kill(invocation, package)
    return 0


def _kill(invocation: Invocation, package: Package) -> None:
    """An app never goes on running with a permission taken from it."""
    phone = invocation.phone
    for process in phone.processes.by_package(package.name):
        phone.log.write(
            "I",
            "ActivityManager",
            f"Killing {process.pid}:{package.name}/{user_name(package.uid)} (adj 0): "
            "permissions revoked",
        )
        phone.processes.end(process)


@PM.sub("grant", since=23)
async def grant(invocation: Invocation, args: Args) -> int:
    return await _change(invocation, args, True)


@PM.sub("revoke", since=23)
async def revoke(invocation: Invocation, args: Args) -> int:
    return await _change(invocation, args, False)


@PM.sub("reset-permissions", since=23)
async def reset_permissions(invocation: Invocation, args: Args) -> int:
    for package in invocation.phone.packages:
        if any(package.granted.values()):
            package.granted.clear()
            _kill(invocation, package)
    return 0
