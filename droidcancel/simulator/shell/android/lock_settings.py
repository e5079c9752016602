"""`locksettings`, also `cmd lock_settings` (LockSettingsShellCommand). verify unlocks nothing."""

from __future__ import annotations

from droidcancel.simulator.shell.android.java import FAILED, Args, Failure, Service, parse_user
from droidcancel.simulator.shell.registry import Invocation, command, service_command

ATTEMPTS_BEFORE_THROTTLE = 5
HELP = """\
lockSettings service commands:

NOTE: when lock screen is set, all commands require the --old <CREDENTIAL> argument.

  help
    Prints this help text.

  get-disabled [--old <CREDENTIAL>] [--user USER_ID]
    Checks whether lock screen is disabled.

  set-disabled [--old <CREDENTIAL>] [--user USER_ID] <true|false>
    When true, disables lock screen.

  set-pattern [--old <CREDENTIAL>] [--user USER_ID] <PATTERN>
    Sets the lock screen as pattern, using the given PATTERN to unlock.

  set-pin [--old <CREDENTIAL>] [--user USER_ID] <PIN>
    Sets the lock screen as PIN, using the given PIN to unlock.

  set-password [--old <CREDENTIAL>] [--user USER_ID] <PASSWORD>
    Sets the lock screen as password, using the given PASSOWRD to unlock.

  verify [--old <CREDENTIAL>] [--user USER_ID]
    Verifies the lock credentials.

  clear [--old <CREDENTIAL>] [--user USER_ID]
    Clears the lock credentials.
"""
LOCK = Service("lock_settings", lambda _: HELP)


@service_command("lock_settings", since=27)
async def cmd_lock_settings(invocation: Invocation) -> int:
    return await LOCK.run(invocation, invocation.argv)


@command("locksettings", since=27, until=30, cost="jvm")
@command("locksettings", since=31, cost="cmd")
async def locksettings(invocation: Invocation) -> int:
    return await LOCK.run(invocation, invocation.argv[1:])


def _checked(invocation: Invocation, args: Args) -> str | None:
    """Take the options and check --old; the word after them. Raises Failure."""
    old, power = "", invocation.phone.power
    while (option := args.option()) is not None:
        if option == "--old":
            old = args.required()
        elif option == "--user":
            parse_user(args.required())
        else:
            raise Failure(f"Unknown option: {option}\n", FAILED)
    if power.pin is None and old:
        text = "Old password provided but user has no password\n"
        raise Failure(text, FAILED, on_stdout=True)
    if power.pin is not None:
        if power.attempts >= ATTEMPTS_BEFORE_THROTTLE:
            raise Failure("Request throttled\n", FAILED, on_stdout=True)
        if old != power.pin:
            power.attempts += 1
            raise Failure(f"Old password '{old}' didn't match\n", FAILED, on_stdout=True)
        power.attempts = 0
    return args.next()


@LOCK.sub("verify")
async def verify(invocation: Invocation, args: Args) -> int:
    _checked(invocation, args)
    await invocation.out("Lock credential verified successfully\n")
    return 0


@LOCK.sub("clear")
async def clear(invocation: Invocation, args: Args) -> int:
    _checked(invocation, args)
    invocation.phone.power.pin = None
    await invocation.out("Lock credential cleared\n")
    return 0


async def _set_secret(invocation: Invocation, args: Args, kind: str) -> int:
    secret = _checked(invocation, args)
    if secret is None or len(secret) < 4 or (kind == "Pin" and not secret.isdigit()):
        text = f"New credential doesn't satisfy admin policies: {kind.lower()} too short\n"
        raise Failure(text, FAILED, on_stdout=True)
    invocation.phone.power.pin = secret
    await invocation.out(f"{kind} set to '{secret}'\n")
    return 0


@LOCK.sub("set-pin")
async def set_pin(invocation: Invocation, args: Args) -> int:
    return await _set_secret(invocation, args, "Pin")


@LOCK.sub("set-password")
async def set_password(invocation: Invocation, args: Args) -> int:
    return await _set_secret(invocation, args, "Password")


@LOCK.sub("get-disabled")
async def get_disabled(invocation: Invocation, args: Args) -> int:
    _checked(invocation, args)
    settings = invocation.phone.settings
    disabled = settings.get("secure", "lockscreen.disabled") == "1"
    await invocation.out(f"{str(disabled).lower()}\n")
    return 0


@LOCK.sub("set-disabled")
async def set_disabled(invocation: Invocation, args: Args) -> int:
    disabled = (_checked(invocation, args) or "").lower() == "true"
    invocation.phone.settings.put("secure", "lockscreen.disabled", str(int(disabled)))
    await invocation.out(f"Lock screen disabled set to {str(disabled).lower()}\n")
    return 0
