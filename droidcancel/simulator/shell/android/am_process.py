"""`am` on processes, users and the limits of apps."""

from __future__ import annotations

from droidcancel.simulator.packages import Package
from droidcancel.simulator.processes import PROCESS_STATE_SERVICE
from droidcancel.simulator.shell.android.am_service import AM
from droidcancel.simulator.shell.android.configuration import resource_qualifiers
from droidcancel.simulator.shell.android.java import (
    FAILED,
    Args,
    Failure,
    illegal_argument,
    parse_user,
)
from droidcancel.simulator.shell.registry import Invocation

# UsageStatsManager.STANDBY_BUCKET_*
BUCKETS = {"active": 10, "working_set": 20, "frequent": 30, "rare": 40, "restricted": 45}
BUCKETS |= {"never": 50}
BACKGROUND_LEVELS = ("background_restricted", "hibernation")
LEVELS = (
    "unrestricted",
    "exempted",
    "adaptive_bucket",
    "restricted_bucket",
    *BACKGROUND_LEVELS,
)
CRASH = "android.app.RemoteServiceException: shell-induced crash"
# ActivityManager.procStateToString by PROCESS_STATE_*, as `am get-uid-state` prints it.
STATE_NAMES = {0: "PER", 1: "PERU", 2: "TOP", 3: "BTOP", 4: "FGS", 5: "BFGS", 6: "IMPF"}
STATE_NAMES |= {7: "IMPB", 8: "TRNB", 10: "SVC", 15: "LAST", 19: "CEM", 20: "NONE"}


def _target(args: Args) -> str:
    """[--user N] PACKAGE."""
    while (option := args.option()) is not None:
        if option != "--user":
            raise Failure(f"Error: Unknown option: {option}\n", FAILED)
        parse_user(args.required())
    return args.required()


@AM.sub("force-stop")
async def force_stop(invocation: Invocation, args: Args) -> int:
    """Silent and 0 in every case, also for a package that there is not."""
    invocation.phone.activities.force_stop(_target(args))
    return 0


@AM.sub("kill")
async def kill(invocation: Invocation, args: Args) -> int:
    invocation.phone.app_processes.kill_background(_target(args))
    return 0


@AM.sub("kill-all")
async def kill_all(invocation: Invocation, args: Args) -> int:
    for process in list(invocation.phone.processes):
        if process.package and process.state >= PROCESS_STATE_SERVICE:
            invocation.phone.app_processes.kill_background(process.package)
    return 0


@AM.sub("crash", since=26)
async def crash(invocation: Invocation, args: Args) -> int:
    phone, target = invocation.phone, _target(args)
    processes = [p for p in phone.processes if target in (str(p.pid), p.package)]
    for process in processes:
        app = phone.app_processes.get(process.package or "")
        if app is not None:
            app.crash(CRASH)
    return 0


@AM.sub("send-trim-memory", since=23)
async def send_trim_memory(invocation: Invocation, args: Args) -> int:
    target = _target(args)
    args.required()
    known = any(target in (p.name, str(p.pid)) for p in invocation.phone.processes)
    if not known:
        raise Failure(f"Error: Unknown process: {target}\n", FAILED)
    return 0


# -- users ------------------------------------------------------------------------------------
@AM.sub("get-current-user")
async def get_current_user(invocation: Invocation, args: Args) -> int:
    await invocation.out("0\n")
    return 0


@AM.sub("get-started-user-state", since=24)
async def get_started_user_state(invocation: Invocation, args: Args) -> int:
    user = args.integer()
    unlocked = invocation.phone.power.unlocked_once
    state = "RUNNING_UNLOCKED" if unlocked else "RUNNING_LOCKED"
    await invocation.out(f"{state}\n" if user == 0 else f"User is not started: {user}\n")
    return 0


@AM.sub("switch-user")
async def switch_user(invocation: Invocation, args: Args) -> int:
    user = args.integer()
    if user == 0:
        return 0
    raise Failure(f"Error: Failed to switch to user {user}\n", 1)


@AM.sub("is-user-stopped")
async def is_user_stopped(invocation: Invocation, args: Args) -> int:
    await invocation.out(f"{str(parse_user(args.required()) > 0).lower()}\n")
    return 0


@AM.sub("unlock-user")
async def unlock_user(invocation: Invocation, args: Args) -> int:
    """Unlocks only a user that has no secret."""
    args.required()
    ok = invocation.phone.power.unlocked_once or invocation.phone.power.pin is None
    if not ok:
        raise Failure("Error: could not unlock user\n", FAILED)
    await invocation.out("Success: user unlocked\n")
    return 0


# -- the limits of apps -------------------------------------------------------------------------
def _package(invocation: Invocation, name: str) -> Package:
    package = invocation.phone.packages.get(name)
    if package is None:
        raise Failure(f"Error: Unknown package: {name}\n", FAILED)
    return package


@AM.sub("set-bg-restriction-level", since=33)
async def set_bg_restriction_level(invocation: Invocation, args: Args) -> int:
    package, level = _package(invocation, _target(args)), args.required()
    if level not in LEVELS:
        raise Failure(f"Error: invalid restriction level: {level}\n", FAILED)
    package.restriction = level
    background = "ignore" if level in BACKGROUND_LEVELS else "allow"
    package.set_op("RUN_ANY_IN_BACKGROUND", background)
    invocation.phone.jobs.kick()
    return 0


@AM.sub("get-bg-restriction-level", since=33)
async def get_bg_restriction_level(invocation: Invocation, args: Args) -> int:
    await invocation.out(f"{_package(invocation, _target(args)).restriction}\n")
    return 0


@AM.sub("set-standby-bucket", since=28)
async def set_standby_bucket(invocation: Invocation, args: Args) -> int:
    target, bucket = _target(args), args.required()
    if bucket not in BUCKETS and not bucket.isdigit():
        raise Failure(f"Error: Unknown bucket: {bucket}\n", FAILED)
    package = invocation.phone.packages.get(target)
    if package is not None:
        package.standby_bucket = BUCKETS.get(bucket) or int(bucket)
    return 0


@AM.sub("get-standby-bucket", since=28)
async def get_standby_bucket(invocation: Invocation, args: Args) -> int:
    target = args.next()
    if target is not None:
        package = invocation.phone.packages.get(target)
        await invocation.out(f"{package.standby_bucket if package else BUCKETS['never']}\n")
        return 0
    for package in invocation.phone.packages:
        await invocation.out(f"{package.name}: {package.standby_bucket}\n")
    return 0


@AM.sub("set-inactive", since=23)
async def set_inactive(invocation: Invocation, args: Args) -> int:
    target, value = _target(args), args.required()
    package = invocation.phone.packages.get(target)
    if package is not None:
        package.standby_bucket = BUCKETS["rare" if value == "true" else "active"]
    return 0


@AM.sub("get-inactive", since=23)
async def get_inactive(invocation: Invocation, args: Args) -> int:
    package = invocation.phone.packages.get(_target(args))
    idle = package is not None and package.standby_bucket >= BUCKETS["rare"]
    await invocation.out(f"Idle={str(idle).lower()}\n")
    return 0


@AM.sub("get-uid-state", since=28)
async def get_uid_state(invocation: Invocation, args: Args) -> int:
    uid = args.integer()
    running = invocation.phone.processes.by_uid(uid)
    state = invocation.phone.processes.importance(uid) if running else 20
    await invocation.out(f"{state} ({STATE_NAMES.get(state, 'UNKNOWN')})\n")
    return 0


# -- the rest -----------------------------------------------------------------------------------
@AM.sub("get-config")
async def get_config(invocation: Invocation, args: Args) -> int:
    phone = invocation.phone
    await invocation.out(f"config: {resource_qualifiers(phone)}\n")
    await invocation.out(f"abi: {phone.props['ro.product.cpu.abilist']}\n")
    return 0


@AM.sub("supports-multiwindow", "supports-split-screen-multi-window", since=26)
async def supports_multiwindow(invocation: Invocation, args: Args) -> int:
    await invocation.out("true\n")
    return 0


@AM.sub("wait-for-broadcast-idle", since=29)
async def wait_for_broadcast_idle(invocation: Invocation, args: Args) -> int:
    await invocation.out("All broadcast queues are idle!\n")
    return 0


@AM.sub("idle-maintenance", "no-home-screen", "wait-for-broadcast-barrier", since=24)
async def nothing(invocation: Invocation, args: Args) -> int:
    """What shows in nothing else here."""
    return 0


@AM.sub("write", since=24)
async def write(invocation: Invocation, args: Args) -> int:
    await invocation.out("All tasks persisted.\n")
    return 0


@AM.sub("to-uri", "to-intent-uri", "to-app-uri")
async def to_uri(invocation: Invocation, args: Args) -> int:
    word = args.rest()[-1:]
    if not word:
        raise illegal_argument("No intent supplied")
    await invocation.out(f"{word[0]}\n")
    return 0
