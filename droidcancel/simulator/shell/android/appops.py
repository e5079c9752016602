"""`appops`, also `cmd appops`, and `dumpsys appops` (AppOpsService.Shell)."""

from __future__ import annotations

from droidcancel.simulator.packages import Package
from droidcancel.simulator.shell.android.java import FAILED, Args, Failure, Service, parse_user
from droidcancel.simulator.shell.android.tokens import short_user
from droidcancel.simulator.shell.registry import Invocation, command, dump, service_command

OPS = (
    "COARSE_LOCATION FINE_LOCATION VIBRATE READ_CONTACTS WRITE_CONTACTS READ_CALL_LOG "
    "POST_NOTIFICATION CALL_PHONE READ_SMS WRITE_SMS WRITE_SETTINGS SYSTEM_ALERT_WINDOW CAMERA "
    "RECORD_AUDIO PLAY_AUDIO READ_CLIPBOARD WRITE_CLIPBOARD TAKE_AUDIO_FOCUS WAKE_LOCK "
    "GET_USAGE_STATS TOAST_WINDOW PROJECT_MEDIA READ_EXTERNAL_STORAGE WRITE_EXTERNAL_STORAGE "
    "REQUEST_INSTALL_PACKAGES PICTURE_IN_PICTURE INSTANT_APP_START_FOREGROUND RUN_IN_BACKGROUND "
    "RUN_ANY_IN_BACKGROUND START_FOREGROUND MANAGE_EXTERNAL_STORAGE LEGACY_STORAGE "
    "SCHEDULE_EXACT_ALARM USE_FULL_SCREEN_INTENT READ_MEDIA_VIDEO READ_MEDIA_IMAGES"
)
NAMES = frozenset(OPS.split(" "))
MODES = ("allow", "ignore", "deny", "default", "foreground")
HELP = """\
AppOps service (appops) commands:
  help
    Print this help text.
  set [--user <USER_ID>] <[--uid] PACKAGE | <UID>> <OP> <MODE>
    Set the mode for a particular application and operation.
  get [--user <USER_ID>] [--attribution <ATTRIBUTION_TAG>] <PACKAGE | UID> [<OP>]
    Return the mode for a particular application and optional operation.
  query-op [--user <USER_ID>] <OP> [<MODE>]
    Print all packages that currently have the given op in the given mode.
  reset [--user <USER_ID>] [<PACKAGE>]
    Reset the given application or all applications to default modes.
  options:
    <PACKAGE> an Android package name or its UID if prefixed by --uid
    <OP>      an AppOps operation.
    <MODE>    one of allow, ignore, deny, or default
"""
APPOPS = Service("appops", lambda _: HELP)


@service_command("appops", since=24)
async def cmd_appops(invocation: Invocation) -> int:
    return await APPOPS.run(invocation, invocation.argv)


@command("appops", since=24, cost="cmd")
@command("appops", until=23, cost="jvm")
async def appops(invocation: Invocation) -> int:
    return await APPOPS.run(invocation, invocation.argv[1:])


def _take_options(args: Args) -> int:
    user = 0
    while (option := args.option()) is not None:
        if option == "--user":
            user = max(0, parse_user(args.required()))
        elif option == "--attribution":
            args.required()
        elif option != "--uid":
            raise Failure(f"Error: Unknown option: {option}\n", FAILED)
    return user


def _package(invocation: Invocation, args: Args, user: int) -> Package:
    word = args.next()
    if word is None:
        raise Failure("Error: Package not specified.\n", FAILED)
    packages = invocation.phone.packages
    found = packages.get(word)
    if found is None and word.isdigit():
        found = next(iter(packages.by_uid(int(word))), None)
    if found is None:
        raise Failure(f"Error: No UID for {word} in user {user}\n", FAILED)
    return found


def _op(word: str | None) -> str:
    if word is None:
        raise Failure("Error: Operation not specified.\n", FAILED)
    name = word.removeprefix("android:").upper()
    if name not in NAMES:
        raise Failure(f"Error: Unknown operation string: {word}\n", FAILED)
    return name


@APPOPS.sub("set")
async def set_(invocation: Invocation, args: Args) -> int:
    user = _take_options(args)
    package = _package(invocation, args, user)
    op, mode = _op(args.next()), args.next()
    if mode is None:
        raise Failure("Error: Mode not specified.\n", FAILED)
    if mode not in MODES:
        raise Failure(f"Error: Mode {mode} is not valid,\n", FAILED)
    if mode == "default":
        package.ops.pop(op, None)
    else:
        package.set_op(op, mode)
    invocation.phone.jobs.kick()
    return 0


@APPOPS.sub("get")
async def get(invocation: Invocation, args: Args) -> int:
    user = _take_options(args)
    package = _package(invocation, args, user)
    word = args.next()
    op = _op(word) if word is not None else None
    shown = {name: mode for name, mode in package.ops.items() if op in (None, name)}
    if not shown:
        default = "" if op is None else "Default mode: allow\n"
        await invocation.out(f"No operations.\n{default}")
    for name, mode in sorted(shown.items()):
        await invocation.out(f"{name}: {mode}\n")
    return 0


@APPOPS.sub("query-op")
async def query_op(invocation: Invocation, args: Args) -> int:
    _take_options(args)
    op, mode = _op(args.next()), args.next() or "ignore"
    names = [p.name for p in invocation.phone.packages if p.ops.get(op) == mode]
    await invocation.out("".join(f"{name}\n" for name in names) or "No operations.\n")
    return 0


@APPOPS.sub("reset")
async def reset(invocation: Invocation, args: Args) -> int:
    user = _take_options(args)
    one = args.peek() is not None
    packages = [_package(invocation, args, user)] if one else list(invocation.phone.packages)
    for package in packages:
        package.ops.clear()
    invocation.phone.jobs.kick()
    who = packages[0].name if one else "all packages"
    await invocation.out(f"Reset {'package ' if one else ''}{who} modes for user {user}\n")
    return 0


@APPOPS.sub("write-settings", "read-settings")
async def settings(invocation: Invocation, args: Args) -> int:
    await invocation.out(f"{'Current' if args.verb == 'write-settings' else 'Last'} settings.\n")
    return 0


@dump("appops")
async def dump_appops(invocation: Invocation, args: list[str]) -> int:
    await invocation.out("Current AppOps Service state:\n")
    for package in invocation.phone.packages:
        if package.ops:
            await invocation.out(f"  Uid {short_user(package.uid)}:\n    Package {package.name}:\n")
            for name, mode in sorted(package.ops.items()):
                await invocation.out(f"      {name} ({mode}):\n")
    return 0
