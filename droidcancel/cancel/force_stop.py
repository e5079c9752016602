"""Force-stop: all processes of the app end, its jobs and alarms go.

An upload that WorkManager keeps is only paused by it: it comes back at the app's next start.
"""

from __future__ import annotations

from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability
from droidcancel.errors import NotEffective

AT_ONCE_S = 3.0


def _probe(context: CancelContext) -> Capability:
    return Capability(True, "am force-stop")


def _plan(context: CancelContext) -> Plan:
    packages, package = context.device.packages, context.package
    before = packages.pids(package)

    def follow(started: float) -> str:
        ended = f"{package} is stopped; {len(before)} processes ended"
        try:
            packages.follow_stop(package, before, started, AT_ONCE_S)
        except NotEffective:  # a start that was under way at the stop puts the app back
            context.device.shell.run(packages.stop_command(package))
            packages.follow_stop(package, before, started)
            return f"{ended}; it had come back at once, and was stopped again"
        return ended

    return Plan(follow, packages.stop_command(package))


METHOD = PlannedMethod("force-stop", _probe, _plan)
