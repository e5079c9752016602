"""Force-stop: all processes of the app end, its jobs and alarms go.

An upload that WorkManager keeps is only paused by it: it comes back at the app's next start.
"""

from __future__ import annotations

from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability


def _probe(context: CancelContext) -> Capability:
    return Capability(True, "am force-stop")


def _plan(context: CancelContext) -> Plan:
    packages, package = context.device.packages, context.package
    before = packages.pids(package)

    def follow(started: float) -> str:
        packages.follow_stop(package, before, started)
        return f"{package} is stopped; {len(before)} processes ended"

    return Plan(follow, packages.stop_command(package))


METHOD = PlannedMethod("force-stop", _probe, _plan)
