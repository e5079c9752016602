"""Restarting the phone: every process ends, and what the app has persisted may begin anew.

Jobs that are kept and receivers of the boot run again after the first unlock, so a restart alone
cancels nothing for sure: what happens afterwards decides.
"""

from __future__ import annotations

from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability
from droidcancel.errors import DeviceError, NotEffective


def _probe(context: CancelContext) -> Capability:
    if context.device.kind == "tcp":
        return Capability(
            False, why_not="a phone that is reached over its own Wi-Fi may not come back to adb"
        )
    return Capability(True, "adb reboot")


def _plan(context: CancelContext) -> Plan:
    before = context.device.packages.pids(context.package)

    def follow(_started: float) -> str:
        change = context.device.reboot()
        _unlock(context)
        ended = f"{len(before)} processes of the app ended"
        return f"the phone has booted anew in {change.seconds:.1f} s; {ended}"

    return Plan(follow)


def _unlock(context: CancelContext) -> None:
    """Leave the lock screen. DeviceError where it stays: nothing can be looked at behind it."""
    try:
        context.unlock()
    except NotEffective as error:
        raise DeviceError(f"the phone was restarted, and {error.message}", error.hint) from error


METHOD = PlannedMethod("restart", _probe, _plan, late=True)
