"""Wi-Fi and mobile data off; with one alone the upload would go over to the other."""

from __future__ import annotations

from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability


def _probe(context: CancelContext) -> Capability:
    return context.device.network.can("network-off")


def _plan(context: CancelContext) -> Plan:
    network = context.device.network
    context.keep("network-off")

    def follow(_started: float) -> str:
        network.follow_cut()
        return f"no default network ({network.can('network-off').way})"

    return Plan(follow, network.command("network-off", True))


METHOD = PlannedMethod("network-off", _probe, _plan, cuts="phone")
