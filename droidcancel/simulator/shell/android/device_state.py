"""`cmd device_state`: folding a foldable (DeviceStateManagerShellCommand, Android 12 and later).

A phone that does not fold has the one state DEFAULT, and takes no other.
"""

from __future__ import annotations

from droidcancel.simulator.shell.android.java import Args, Failure, Service
from droidcancel.simulator.shell.registry import Invocation, service_command

CLOSED, OPENED = 0, 2
FOLDABLE, FIXED = {CLOSED: "CLOSED", OPENED: "OPENED"}, {0: "DEFAULT"}
HELP = """\
Device state manager (device_state) commands:
  help
    Print this help text.
  state [reset|OVERRIDE_DEVICE_STATE]
    Return or override device state.
  print-state
    Return the current device state.
  print-states
    Return list of currently supported device states.
  print-states-simple
    Return the currently supported device states in comma separated format.
"""
STATE = Service("device_state", lambda _: HELP)


@service_command("device_state", since=31)
async def cmd_device_state(invocation: Invocation) -> int:
    return await STATE.run(invocation, invocation.argv)


def _states(invocation: Invocation) -> dict[int, str]:
    return FOLDABLE if invocation.phone.options.folds else FIXED


def _current(invocation: Invocation) -> int:
    if not invocation.phone.options.folds:
        return 0
    return CLOSED if invocation.phone.screen.folded else OPENED


def _shown(invocation: Invocation, state: int) -> str:
    name = _states(invocation)[state]
    return f"DeviceState{{identifier={state}, name='{name}', app_accessible=true}}"


@STATE.sub("state")
async def _state(invocation: Invocation, args: Args) -> int:
    words = args.rest()
    if not words:
        await invocation.out(f"Committed state: {_shown(invocation, _current(invocation))}\n")
        return 0
    wanted = OPENED if words[0] == "reset" else int(words[0]) if words[0].isdigit() else -1
    if words[0] == "reset" and not invocation.phone.options.folds:
        return 0
    if wanted not in _states(invocation):
        known = ", ".join(_shown(invocation, state) for state in _states(invocation))
        raise Failure(f"Error: Invalid state {words[0]}. Supported states: [{known}]\n", 255)
    if invocation.phone.options.folds:
        invocation.phone.screen.fold(wanted == CLOSED)
    return 0


@STATE.sub("print-state")
async def _print_state(invocation: Invocation, args: Args) -> int:
    await invocation.out(f"{_current(invocation)}\n")
    return 0


@STATE.sub("print-states")
async def _print_states(invocation: Invocation, args: Args) -> int:
    lines = [f"  {_shown(invocation, state)}," for state in _states(invocation)]
    await invocation.out("\n".join(["Supported states: [", *lines, "]", ""]))
    return 0


@STATE.sub("print-states-simple")
async def _print_simple(invocation: Invocation, args: Args) -> int:
    await invocation.out(",".join(map(str, _states(invocation))) + "\n")
    return 0
