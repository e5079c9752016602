"""`cmd connectivity`: airplane mode, and the firewall chain that cuts off one app.

Facts from AOSP's ConnectivityService.ShellCmd: unlike other services it catches everything and
prints only the exception's own text, to stdout.
"""

from __future__ import annotations

from droidcancel.simulator.netpolicy import FIRST_APP_ID, app_id
from droidcancel.simulator.packages import Package
from droidcancel.simulator.shell.android.java import (
    FAILED,
    Args,
    Handler,
    JavaError,
    no_shell,
    security,
)
from droidcancel.simulator.shell.registry import Invocation, Registry, service_command

AIRPLANE_SINCE = 28
CHAIN3_SINCE = 33
PRIVILEGED_UIDS = frozenset((0, 1000, 1001, 1073, 2000))
TABLE: Registry[Handler] = Registry()

_HELP = """\
Connectivity service commands:
  help
    Print this help text.
  airplane-mode [enable|disable]
    Turn airplane mode on or off.
  airplane-mode
    Get airplane mode.
"""
_CHAIN3_HELP = """\
  set-chain3-enabled [true|false]
    Enable or disable FIREWALL_CHAIN_OEM_DENY_3 for debugging.
  get-chain3-enabled
    Returns whether FIREWALL_CHAIN_OEM_DENY_3 is enabled.
  set-package-networking-enabled [true|false] [package name]
    Set the deny bit in FIREWALL_CHAIN_OEM_DENY_3 to package. This has
    no effect if the chain is disabled.
  get-package-networking-enabled [package name]
    Get the deny bit in FIREWALL_CHAIN_OEM_DENY_3 for package.
"""


def _has_chain3(invocation: Invocation) -> bool:
    """Android 14 has it, and an Android 13 whose Connectivity module was updated."""
    old = invocation.phone.options.has("modules-not-updated")
    return invocation.api >= CHAIN3_SINCE + old


def help_text(invocation: Invocation) -> str:
    """What `cmd connectivity help` prints."""
    return _HELP + (_CHAIN3_HELP if _has_chain3(invocation) else "")


service_command("connectivity", since=24, until=AIRPLANE_SINCE - 1)(no_shell)


@service_command("connectivity", since=AIRPLANE_SINCE)
async def connectivity(invocation: Invocation) -> int:
    words = invocation.argv
    if not words or words[0] in ("help", "-h"):
        return await _usage(invocation)
    entry = TABLE.lookup(words[0], invocation.api)
    if entry is None or (words[0] in CHAIN3 and not _has_chain3(invocation)):
        await invocation.out(f"Unknown command: {words[0]}\n")
        return FAILED
    args = Args(words)
    args.next()
    try:
        return await entry.function(invocation, args)
    except JavaError as error:
        await invocation.out(f"{error}\n")
        return FAILED


async def _usage(invocation: Invocation) -> int:
    await invocation.out(help_text(invocation))
    return FAILED


def _must_be_privileged(invocation: Invocation, refused: bool = False) -> None:
    if invocation.uid in PRIVILEGED_UIDS and not refused:
        return
    if invocation.api < 30:
        raise security(
            f"ConnectivityService: Neither user {invocation.uid} nor current process has "
            "android.permission.CONNECTIVITY_INTERNAL."
        )
    raise security(
        "Requires one of the following permissions: android.permission.NETWORK_AIRPLANE_MODE, "
        "android.permission.NETWORK_SETTINGS, android.permission.NETWORK_SETUP_WIZARD, "
        "android.permission.NETWORK_STACK, android.permission.MAINLINE_NETWORK_STACK"
    )


async def airplane_mode(invocation: Invocation, args: Args) -> int:
    """Returns before any radio has moved; the reading is of the setting alone."""
    phone, word = invocation.phone, args.next()
    if word is None:
        on = phone.connectivity.airplane_setting
        await invocation.out("enabled\n" if on else "disabled\n")
        return 0
    if word not in ("enable", "disable"):
        return await _usage(invocation)
    _must_be_privileged(invocation, phone.options.has("airplane-cmd-refused"))
    phone.connectivity.set_airplane(word == "enable")
    return 0


async def set_chain3(invocation: Invocation, args: Args) -> int:
    word = args.next()
    if word not in ("true", "false"):
        return await _usage(invocation)
    _must_be_privileged(invocation)
    invocation.phone.netpolicy.set_chain3(word == "true")
    return 0


async def get_chain3(invocation: Invocation, args: Args) -> int:
    on = invocation.phone.netpolicy.chain3_enabled
    await invocation.out(f"chain:{'enabled' if on else 'disabled'}\n")
    return 0


def _package(invocation: Invocation, name: str) -> Package:
    package = invocation.phone.packages.get(name)
    if package is None:
        raise JavaError("android.content.pm.PackageManager$NameNotFoundException", name)
    return package


async def set_package_networking(invocation: Invocation, args: Args) -> int:
    word, name = args.next(), args.next()
    if word not in ("true", "false") or name is None:
        return await _usage(invocation)
    _must_be_privileged(invocation)
    package = _package(invocation, name)
    number, enabled = app_id(package.uid), word == "true"
    if number < FIRST_APP_ID:
        raise JavaError(
            "java.lang.RuntimeException",
            f"Can't set package firewall rule for system app {name} with appId {number}",
        )
    invocation.phone.netpolicy.set_package_networking(package.uid, enabled)
    done = "Enabled" if enabled else "Disabled"
    await invocation.out(f"{done} networking for {name}, appId {number}\n")
    return 0


async def get_package_networking(invocation: Invocation, args: Args) -> int:
    name = args.next()
    if name is None:
        return await _usage(invocation)
    denied = app_id(_package(invocation, name).uid) in invocation.phone.netpolicy.denied_app_ids
    await invocation.out(f"{name}:{'deny' if denied else 'allow'}\n")
    return 0


TABLE.add("airplane-mode", airplane_mode, since=AIRPLANE_SINCE)
CHAIN3: dict[str, Handler] = {
    "set-chain3-enabled": set_chain3,
    "get-chain3-enabled": get_chain3,
    "set-package-networking-enabled": set_package_networking,
    "get-package-networking-enabled": get_package_networking,
}
for _name, _function in CHAIN3.items():
    TABLE.add(_name, _function, since=CHAIN3_SINCE)
