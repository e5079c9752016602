"""The app's task is swept out of the recents.

It is no force-stop: a foreground service goes on, jobs stay. So the effect read back is that the
task is gone; whether the upload is, the bytes tell. An app that was opened by a share may have two
tasks; as long as one is left nothing of the app ends, so all of them are swept away.
"""

from __future__ import annotations

from droidcancel.cancel.method import CancelContext, Plan, PlannedMethod
from droidcancel.device import Capability, Script, Task, must_poll, poll, until
from droidcancel.device.activities import Activities
from droidcancel.device.shell import spell
from droidcancel.errors import AppError

GONE_WITHIN_S = 10.0
ENDS_WITHIN_S = 2.0


def _probe(context: CancelContext) -> Capability:
    return context.device.activities.can_remove_task()


def _tasks(activities: Activities, package: str) -> list[Task]:
    """The app's tasks. After Post one may just be ending: it gets a moment to be gone."""

    def all_stand() -> list[Task] | None:
        tasks = activities.tasks_of(package)
        return tasks if all(map(activities.stands, tasks)) else None

    found = poll(all_stand, ENDS_WITHIN_S)
    return activities.tasks_of(package) if found is None else found


def _plan(context: CancelContext) -> Plan:
    activities, package = context.device.activities, context.package
    tasks = _tasks(activities, package)
    if not tasks:
        raise AppError(
            f"{package} has no task among the recents, so there is nothing to swipe away",
            "open the app first",
        )

    def follow(_started: float) -> str:
        def swept() -> bool:
            """A start that was under way at the swipe puts the app back: it is swept again."""
            left = activities.tasks_of(package)
            for task in filter(activities.stands, left):
                context.device.shell.run(activities.remove_command(task))
            return not left

        must_poll(until(swept), GONE_WITHIN_S, f"the task of {package} is still among the recents")
        alive = len(context.device.packages.pids(package))
        left = f"{alive} processes live on" if alive else "no process is left"
        return f"the task of {package} is gone from the recents; {left}"

    return Plan(follow, Script("; ".join(spell(activities.remove_command(t)) for t in tasks)))


# an app that begins anew after Post has another task then
METHOD = PlannedMethod("swipe-recents", _probe, _plan, late=True)
