"""Reading what is in front, the recents, and the lock screen. Pure."""

from __future__ import annotations

import re

from droidcancel.device.parse_network import first_line
from droidcancel.device.types import Component, Keyguard, Task
from droidcancel.errors import ParseError

_RECORD = r"ActivityRecord\{\S+ u\d+ (?P<component>[\w.]+/[\w.$]+)[^}]*\}"
# from the surest to the weakest: Android 12 and later, 7 to 11, then what a display resumes
_RESUMED = tuple(
    re.compile(rf"\b{name}\s*[:=]\s*(?:{_RECORD}|(?P<none>null))")
    for name in ("topResumedActivity", "mResumedActivity", "ResumedActivity")
)
_FOCUS = re.compile(r"\bmCurrentFocus=(?:Window\{\S+ u\d+ (?P<window>[^}]+)\}|(?P<none>null))")
_RECENTS_HEADER = "ACTIVITY MANAGER RECENT TASKS"
_RECENT = re.compile(r"^\s*\* Recent #\d+: Task(?:Record)?\{\S+ #(?P<id>\d+)(?P<rest>[^}]*)\}")
_TASK_COMPONENT = re.compile(r"\b(?:realActivity|mActivityComponent)=(?P<component>[\w.]+/[\w.$]+)")
_AFFINITY = re.compile(r"\bA=(?:\d+:)?(?P<package>[\w.]+)")
_STACK = re.compile(r"^\s*(?:RootTask|Stack) id=(?P<id>\d+)")
_STACK_TASK = re.compile(r"^\s*taskId=(?P<id>\d+): (?P<component>\S+)")
_STARTED = "Starting:"


def parse_resumed(text: str) -> Component | None:
    """`dumpsys activity activities`: the resumed activity, None when nothing is resumed."""
    seen = False
    for pattern in _RESUMED:
        for found in pattern.finditer(text):
            seen = True
            if found["component"]:
                return Component.parse(found["component"])
    if not seen:
        raise ParseError("the resumed activity", first_line(text))
    return None


def parse_focus(text: str) -> Component | None:
    """`dumpsys window`: the focused window's activity; None for none or a bare window."""
    seen = False
    for found in _FOCUS.finditer(text):
        seen = True
        if found["window"] and "/" in found["window"]:
            return Component.parse(found["window"].split()[0])
    if not seen:
        raise ParseError("the focused window", first_line(text))
    return None


def parse_recents(text: str) -> list[Task]:
    """`dumpsys activity recents`: tasks, latest first (RecentTasks.dump), both forms of Task."""
    if _RECENTS_HEADER not in text:
        raise ParseError("the recents", first_line(text))
    tasks: list[Task] = []
    for line in text.splitlines():
        head = _RECENT.match(line)
        if head:
            affinity = _AFFINITY.search(head["rest"])
            package = affinity["package"] if affinity else ""
            tasks.append(Task(int(head["id"]), None, package=package))
        elif tasks and tasks[-1].component is None:
            tasks[-1] = _with_component(tasks[-1], line)
    return tasks


def _with_component(task: Task, line: str) -> Task:
    found = _TASK_COMPONENT.search(line)
    if not found:
        return task
    component = Component.parse(found["component"])
    return Task(task.task_id, component, task.stack_id, component.package)


def parse_stacks(text: str) -> list[Task]:
    """`am stack list`: each task with the id of the stack (root task) that it stands in."""
    tasks: list[Task] = []
    stack: int | None = None
    seen = False
    for line in text.splitlines():
        head = _STACK.match(line)
        task = _STACK_TASK.match(line)
        if head:
            stack, seen = int(head["id"]), True
        elif task:
            tasks.append(_stack_task(task, stack))
    if not seen:
        raise ParseError("the list of stacks", first_line(text))
    return tasks


def _stack_task(found: re.Match[str], stack: int | None) -> Task:
    name = found["component"]
    component = Component.parse(name) if "/" in name else None
    return Task(int(found["id"]), component, stack, component.package if component else "")


def parse_keyguard(text: str) -> Keyguard:
    """`dumpsys window policy`, section KeyguardServiceDelegate (A11 KeyguardServiceDelegate)."""
    _, found, section = text.partition("KeyguardServiceDelegate")
    showing = re.search(r"\bshowing=(true|false)", section)
    secure = re.search(r"\bsecure=(true|false)", section)
    if not found or not showing or not secure:
        raise ParseError("the lock screen", first_line(text))
    awake = re.search(r"\binteractiveState=INTERACTIVE_STATE_(\w+)", section)
    return Keyguard(
        showing=showing[1] == "true",
        secure=secure[1] == "true",
        awake=awake[1] == "AWAKE" if awake else None,
    )


def started(stdout: str, stderr: str) -> bool:
    """Whether `am start` started it: a warning that its task came to the front is success."""
    wrong = re.search(r"^(Error\b|java\.lang\.|Exception occurred)", stdout + "\n" + stderr, re.M)
    return _STARTED in stdout and not wrong
