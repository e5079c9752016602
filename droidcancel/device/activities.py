"""What is in front, the recents, swiping a task away, and sharing a video with an app."""

from __future__ import annotations

from dataclasses import replace

from droidcancel.device.acts import Acts
from droidcancel.device.packages import START_TIMEOUT_S
from droidcancel.device.parse import (
    first_line,
    parse_focus,
    parse_keyguard,
    parse_recents,
    parse_resumed,
    parse_stacks,
    started,
)
from droidcancel.device.poll import must_poll, until
from droidcancel.device.shell import Command, Script, ShellChannel
from droidcancel.device.types import Capability, Component, Keyguard, Task
from droidcancel.device.ways import STACK_REMOVE
from droidcancel.errors import AppError, DeviceError, NotEffective, ParseError

STACK_REMOVE_TAKES_TASKS = 31  # `am stack remove`: a stack's id before, a task's id from then on
SWIPE_TIMEOUT_S = 10.0
_SEND = "android.intent.action.SEND"
_STREAM = "android.intent.extra.STREAM"


class Activities:
    """The activities and tasks of one phone; starting is done as one user."""

    def __init__(self, shell: ShellChannel, api: int, user: int = 0) -> None:
        self._shell = shell
        self._api = api
        self.user = user
        self.acts = Acts()

    def foreground(self) -> Component | None:
        """The resumed activity; None when nothing is (screen off, between two)."""
        text = self._shell.text(
            Script("dumpsys activity activities | grep -E 'ResumedActivity *[:=]|^Display #'")
        )
        try:
            return parse_resumed(text)
        except ParseError:
            focus = self._shell.text(Script("dumpsys window | grep mCurrentFocus"))
            return parse_focus(focus)

    def recents(self) -> list[Task]:
        """The recent tasks, latest first, each with the stack it stands in where it has one."""
        tasks = parse_recents(self._shell.text(["dumpsys", "activity", "recents"]))
        stacks = self._stacks()
        return [replace(task, stack_id=stacks.get(task.task_id)) for task in tasks]

    def tasks_of(self, package: str) -> list[Task]:
        """The recent tasks of a package; another user's copy of the app is not meant."""
        found = [
            task
            for task in self.recents()
            if task.package == package and task.user in (None, self.user)
        ]
        self.acts.tell("tasks", package=package, count=len(found))
        return found

    def can_remove_task(self) -> Capability:
        """Whether a task can be removed as a swipe does."""
        text = self._shell.run(["am", "stack", "list"], repeatable=True)
        try:
            parse_stacks(text.text)
        except ParseError:
            return Capability(False, why_not=f"no `am stack` here: {first_line(text.everything)}")
        return Capability(True, STACK_REMOVE)

    def stands(self, task: Task) -> bool:
        """Whether a command can sweep the task away; one that is just ending is in no stack."""
        return self._api >= STACK_REMOVE_TAKES_TASKS or task.stack_id is not None

    def remove_command(self, task: Task) -> Command:
        """What swipes a task away, for arming (`am stack remove`, the same path as a swipe)."""
        if self._api >= STACK_REMOVE_TAKES_TASKS:
            return ["am", "stack", "remove", str(task.task_id)]
        if not self.stands(task):
            raise NotEffective(
                f"task {task.task_id} stands in no stack, so it cannot be swept away by command",
                "swipe it by hand, or use `force-stop`",
            )
        return ["am", "stack", "remove", str(task.stack_id)]

    def remove_task(self, task_id: int, timeout: float = SWIPE_TIMEOUT_S) -> None:
        """Swipe a task away, proven by the recents. It is no force-stop: services live on."""
        task = next((task for task in self.recents() if task.task_id == task_id), None)
        if task is None:
            raise DeviceError(f"there is no task {task_id} among the recents")
        output = self._shell.run(self.remove_command(task))
        must_poll(
            until(lambda: all(other.task_id != task_id for other in self.recents())),
            timeout,
            f"task {task_id} is still among the recents {first_line(output.everything)}".strip(),
        )

    def share(self, uri: str, mime: str, package: str) -> None:
        """Share a media item with an app, the URI named twice so that the grant reaches it.

        Grants are computed from the data and the clip only, and `am` makes no clip out of the
        extra (UriGrantsManagerService). An app whose filter takes no data gets it without.
        """
        extra = ["--eu", _STREAM, uri, "--grant-read-uri-permission", "-p", package]
        base = ["am", "start", *self._other_user(), "-a", _SEND, "-t", mime]
        tries = [[*base, "-d", uri, *extra], [*base, *extra]]
        said = ""
        self.acts.tell("start", package=package, action=_SEND, data=None, mime=mime)
        for command in tries:
            output = self._shell.run(command, START_TIMEOUT_S)
            if started(output.text, output.errors):
                return
            said = output.everything
        raise AppError(f"{package} takes no shared {mime}: {_last_line(said)}")

    def view(self, action: str, data: str | None = None, package: str | None = None) -> None:
        """Start an activity by action (a page of the Settings app, say), of any app or of one.

        A page about something (``data``) is opened as the user whose app is meant; one about the
        phone as whoever uses it now, since a work profile has no such pages.
        """
        more = [*(["-d", data] if data else []), *(["-p", package] if package else [])]
        whose = self._other_user() if data else []
        command = ["am", "start", *whose, "-a", action, *more]
        self.acts.tell("start", package=package, action=action, data=data)
        output = self._shell.run(command, START_TIMEOUT_S)
        if not started(output.text, output.errors):
            raise DeviceError(f"{action} could not be opened: {_last_line(output.everything)}")

    def keyguard(self) -> Keyguard:
        """The lock screen."""
        return parse_keyguard(self._shell.text(["dumpsys", "window", "policy"]))

    def _other_user(self) -> list[str]:
        return ["--user", str(self.user)] if self.user else []

    def _stacks(self) -> dict[int, int | None]:
        try:
            listed = parse_stacks(self._shell.text(["am", "stack", "list"]))
        except ParseError:
            return {}
        return {task.task_id: task.stack_id for task in listed}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next(
        (line for line in lines if "Error:" in line or "Exception" in line), "".join(lines[-1:])
    )
