"""Only this app's network is cut; everything else on the phone stays online."""

from __future__ import annotations

from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability


def _probe(context: CancelContext) -> Capability:
    return context.device.app_network.can(context.uid)


def _plan(context: CancelContext) -> Plan:
    firewall, package = context.device.app_network, context.package
    before = firewall.blocked(package)
    context.keep("app_network", package=package)

    def follow(started: float) -> str:
        change = firewall.follow(package, False, before, started)
        return "; ".join((f"the firewall denies {package}", *change.notes))

    command, a_call = firewall.block_command(package), firewall.call_seconds
    # the second of its two calls is what closes the sockets
    return Plan(follow, command, lead_s=2 * a_call)


METHOD = PlannedMethod("app-network", _probe, _plan, cuts="app")
