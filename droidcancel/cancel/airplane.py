"""Airplane mode on: every radio of the phone goes."""

from __future__ import annotations

from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability, NetworkState
from droidcancel.errors import Unsupported


def _probe(context: CancelContext) -> Capability:
    return context.device.network.can("airplane")


def _plan(context: CancelContext) -> Plan:
    network = context.device.network
    before = network.state()
    context.keep("airplane")

    def follow(started: float) -> str:
        change = network.follow_airplane(True, before, started)
        if not isinstance(change.after, NetworkState) or change.after.online:
            network.wait_offline()
        return "; ".join((f"airplane mode is on, no default network ({change.way})", *change.notes))

    try:
        return Plan(follow, network.command("airplane", True))
    except Unsupported:  # no command for it here; the Settings page is clicked instead
        return Plan(follow, act=lambda: _switch(context))


def _switch(context: CancelContext) -> None:
    context.device.network.set_airplane(True)


METHOD = PlannedMethod("airplane", _probe, _plan, cuts="phone")
