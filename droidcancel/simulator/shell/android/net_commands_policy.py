"""`cmd netpolicy` (NetworkPolicyManagerShellCommand) and `dumpsys netpolicy`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from droidcancel.simulator.netpolicy import (
    FIRST_APP_ID,
    POLICY_ALLOW_METERED_BACKGROUND,
    POLICY_REJECT_METERED_BACKGROUND,
)
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.shell.android.java import FAILED, Args, Failure, Service
from droidcancel.simulator.shell.registry import Invocation, dump, service_command

METERED_BY_USER_SINCE = 28  # WifiConfiguration.meteredOverride, and the exit status that lies
NOT_A_NUMBER = 254  # -2
UID_LISTS = {
    "restrict-background-whitelist": ("whitelisted", POLICY_ALLOW_METERED_BACKGROUND),
    "restrict-background-blacklist": ("blacklisted", POLICY_REJECT_METERED_BACKGROUND),
}
POLICY_NAMES = {1: "REJECT_METERED_BACKGROUND", 4: "ALLOW_METERED_BACKGROUND"}
_HELP = """\
Network policy manager (netpolicy) commands:
  help
    Print this help text.

  add restrict-background-whitelist UID
    Adds a UID to the whitelist for restrict background usage.
  add restrict-background-blacklist UID
    Adds a UID to the blacklist for restrict background usage.
  get restrict-background
    Gets the global restrict background usage status.
  list wifi-networks [true|false]
    Lists all saved wifi networks and whether they are metered or not.
    If a boolean argument is passed, filters just the metered (or unmetered)
    networks.
  list restrict-background-whitelist
    Lists UIDs that are whitelisted for restrict background usage.
  list restrict-background-blacklist
    Lists UIDs that are blacklisted for restrict background usage.
  remove restrict-background-whitelist UID
    Removes a UID from the whitelist for restrict background usage.
  remove restrict-background-blacklist UID
    Removes a UID from the blacklist for restrict background usage.
  set metered-network ID [undefined|true|false]
    Toggles whether the given wi-fi network is metered.
  set restrict-background BOOLEAN
    Sets the global restrict background usage status.
"""
NETPOLICY = Service("netpolicy", lambda invocation: _HELP)
Action = Callable[[Invocation, Args], Awaitable[int]]


@service_command("netpolicy", since=24)
async def cmd_netpolicy(invocation: Invocation) -> int:
    return await NETPOLICY.run(invocation, invocation.argv)


def _error(message: str, status: int = FAILED) -> Failure:
    return Failure(f"Error: {message}\n", status, on_stdout=True)


def _word(args: Args, what: str) -> str:
    word = args.next()
    if word is None:
        raise _error(f"didn't specify {what}")
    return word


def _uid(args: Args) -> int:
    word = _word(args, "UID")
    try:
        return int(word)
    except ValueError:
        raise _error(f"UID ({word}) should be a number", NOT_A_NUMBER) from None


async def _get_restrict(invocation: Invocation, args: Args) -> int:
    on = invocation.phone.netpolicy.restrict_background
    await invocation.out(f"Restrict background status: {'enabled' if on else 'disabled'}\n")
    return 0


async def _set_restrict(invocation: Invocation, args: Args) -> int:
    """Boolean.parseBoolean: any word but "true" is false."""
    on = _word(args, "BOOLEAN").lower() == "true"
    invocation.phone.netpolicy.set_restrict_background(on)
    return 0


async def _set_metered(invocation: Invocation, args: Args) -> int:
    """From Android 9 on it succeeds with -1, whatever the network's name."""
    ssid, word = _word(args, "ID"), _word(args, "BOOLEAN").lower()
    phone = invocation.phone
    known = ssid == phone.connectivity.wifi.ssid
    if invocation.api < METERED_BY_USER_SINCE:
        if not known:
            raise _error(f"didn't find network with SSID {ssid}")
        phone.netpolicy.set_metered(ssid, word == "true")
        return 0
    if known:
        phone.netpolicy.set_metered(ssid, {"true": True, "false": False}.get(word))
    return FAILED


async def _list_networks(invocation: Invocation, args: Args) -> int:
    phone, wanted = invocation.phone, args.next()
    ssid = phone.connectivity.wifi.ssid
    override = phone.netpolicy.metered_wifi.get(ssid)
    if wanted is not None and (wanted.lower() == "true") is not bool(override):
        return 0
    unset = "none" if invocation.api >= METERED_BY_USER_SINCE else "false"
    shown = unset if override is None else str(override).lower()
    await invocation.out(f"{ssid};{shown}\n")
    return 0


async def _list_uids(invocation: Invocation, args: Args, name: str) -> int:
    word, policy = UID_LISTS[name]
    uids = invocation.phone.netpolicy.uids(policy)
    shown = "".join(f"{uid} " for uid in uids) if uids else "none\n"
    await invocation.out(f"Restrict background {word} UIDs: {shown}\n")
    return 0


async def _add_uid(invocation: Invocation, args: Args, name: str) -> int:
    """Overwrites whatever policy the uid had; uids of the system take none."""
    uid = _uid(args)
    if uid >= FIRST_APP_ID:
        invocation.phone.netpolicy.set_uid_policy(uid, UID_LISTS[name][1])
    return 0


async def _remove_uid(invocation: Invocation, args: Args, name: str) -> int:
    uid = _uid(args)
    word, policy = UID_LISTS[name]
    if invocation.phone.netpolicy.uid_policies.get(uid) != policy:
        raise _error(f"UID {uid} not {word}")
    invocation.phone.netpolicy.set_uid_policy(uid, 0)
    return 0


def _for_lists(action: Callable[[Invocation, Args, str], Awaitable[int]]) -> dict[str, Action]:
    """One action for each of the two lists of uids."""

    def bound(name: str) -> Action:
        return lambda invocation, args: action(invocation, args, name)

    return {name: bound(name) for name in UID_LISTS}


ACTIONS: dict[str, dict[str, Action]] = {
    "get": {"restrict-background": _get_restrict},
    "set": {"restrict-background": _set_restrict, "metered-network": _set_metered},
    "list": {"wifi-networks": _list_networks, **_for_lists(_list_uids)},
    "add": _for_lists(_add_uid),
    "remove": _for_lists(_remove_uid),
}


@NETPOLICY.sub(*ACTIONS)
async def act(invocation: Invocation, args: Args) -> int:
    """`get`, `set`, `list`, `add`, `remove` of a type of data."""
    kind = _word(args, f"type of data to {args.verb}")
    action = ACTIONS[args.verb].get(kind)
    if action is None:
        raise _error(f"unknown {args.verb} type '{kind}'")
    return await action(invocation, args)


# -- dumpsys netpolicy -------------------------------------------------------------------------
@dump("netpolicy")
async def dump_netpolicy(invocation: Invocation, args: list[str]) -> int:
    """NetworkPolicyManagerService.dump; an empty list of metered interfaces leaves Data Saver
    without effect."""
    phone = invocation.phone
    policy = phone.netpolicy
    metered = [n.interface for n in phone.connectivity.networks() if phone.connectivity.metered(n)]
    word = "ifaces" if invocation.api >= 29 else "interfaces"
    await invocation.out(
        "System ready: true\n"
        f"Restrict background: {str(policy.restrict_background).lower()}\n"
        "Restrict power: false\nDevice idle: false\n"
        f"Metered {word}: [{', '.join(metered)}]\n\n"
        "Network policies:\n"
        "  NetworkPolicy{template=NetworkTemplate: matchRule=MOBILE, subscriberId=310260... "
        "cycleRule=RecurrenceRule warningBytes=-1 limitBytes=-1 metered=true}\n\n"
        "Policy for UIDs:\n"
        + "".join(
            f"  UID={uid} policy={value} ({POLICY_NAMES.get(value, 'NONE')})\n"
            for uid, value in sorted(policy.uid_policies.items())
        )
        + "Power save whitelist (except idle) app ids:\n  UID=1000: true\n"
        "Default restrict background whitelist uids:\n" + f"{_uid_states(phone)}"
    )
    return 0


def _uid_states(phone: Phone) -> str:
    uids = sorted({process.uid for process in phone.processes if process.uid >= FIRST_APP_ID})
    rows = "".join(
        f"  UID={uid} state={{procState={phone.processes.importance(uid)},seq=0,caps=--------}} "
        f"effective={'foreground' if phone.netpolicy.foreground(uid) else 'background'}\n"
        for uid in uids
    )
    return f"Status for all known UIDs:\n{rows}"
