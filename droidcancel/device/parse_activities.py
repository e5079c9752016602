"""Reading what is in front, the recents, and the lock screen. Pure."""

from __future__ import annotations

import re

from droidcancel.device.reads import first_line, reads
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
# `realActivity={a/b}` from Android 11 on, without the braces before; 15 has mActivityComponent
_TASK_COMPONENT = re.compile(
    r"\b(?:realActivity|mActivityComponent)=\{?(?P<component>[\w.]+/[\w.$]+)"
)
_INTENT = re.compile(r"\bI=(?P<component>[\w.]+/[\w.$]+)")
_AFFINITY = re.compile(r"\bA=(?:\d+:)?(?P<package>[A-Za-z]\w*(?:\.\w+)+)")
_TASK_USER = re.compile(r"\bU=(?P<id>\d+)|\b(?:mU|u)serId=(?P<old>\d+)")
_DISPLAY = re.compile(r"^Display #(?P<id>\d+)\b")
_STACK = re.compile(r"^\s*(?:RootTask|Stack) id=(?P<id>\d+)")
_STACK_TASK = re.compile(r"^\s*taskId=(?P<id>\d+): (?P<component>\S+)")
_STARTED = "Starting:"
# KeyguardServiceDelegate.INTERACTIVE_STATE_*, by name and by number
_INTERACTIVE = {
    **dict.fromkeys(("SLEEP", "GOING_TO_SLEEP", "0", "3"), False),
    **dict.fromkeys(("AWAKE", "WAKING", "2", "1"), True),
}


@reads
def parse_resumed(text: str) -> Component | None:
    """`dumpsys activity activities`: the resumed activity, None when nothing is resumed.

    Of a phone with several displays only the first, number 0, counts: it is the one that is seen
    and touched here. Lines ``Display #N`` may be left out of the text where there is but one.
    """
    text, seen = _of_first_display(text), False
    for pattern in _RESUMED:
        for found in pattern.finditer(text):
            seen = True
            if found["component"]:
                return Component.parse(found["component"])
    if not seen:
        raise ParseError("the resumed activity", first_line(text))
    return None


def _of_first_display(text: str) -> str:
    kept, display = [], "0"
    for line in text.splitlines():
        head = _DISPLAY.match(line)
        display = head["id"] if head else display
        if display == "0":
            kept.append(line)
    return "\n".join(kept)


@reads
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


@reads
def parse_recents(text: str) -> list[Task]:
    """`dumpsys activity recents`: tasks, latest first (RecentTasks.dump), both forms of Task.

    The package is that of the task's activity. A task that shows none (One UI 8) goes by its
    affinity, which is the package's name unless an app chose another.
    """
    if _RECENTS_HEADER not in text:
        raise ParseError("the recents", first_line(text))
    blocks: list[tuple[re.Match[str], list[str]]] = []
    for line in text.splitlines():
        head = _RECENT.match(line)
        if head:
            blocks.append((head, []))
        elif line.lstrip().startswith("Visible recent tasks"):
            break  # what follows tells the same tasks once more
        elif blocks:
            blocks[-1][1].append(line)
    return [_recent_task(head, "\n".join(body)) for head, body in blocks]


def _recent_task(head: re.Match[str], body: str) -> Task:
    rest = head["rest"]
    user = _TASK_USER.search(rest) or _TASK_USER.search(body)
    named = _TASK_COMPONENT.search(body) or _INTENT.search(rest)
    affinity = _AFFINITY.search(rest)
    component = Component.parse(named["component"]) if named else None
    package = component.package if component else affinity["package"] if affinity else ""
    number = int(user["id"] or user["old"]) if user else None
    return Task(int(head["id"]), component, package=package, user=number)


@reads
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
    user = _TASK_USER.search(found.string)
    number = int(user["old"] or user["id"]) if user else None
    package = component.package if component else ""
    return Task(int(found["id"]), component, stack, package, number)


@reads
def parse_keyguard(text: str) -> Keyguard:
    """`dumpsys window policy`, section KeyguardServiceDelegate (A11 KeyguardServiceDelegate)."""
    _, found, section = text.partition("KeyguardServiceDelegate")
    showing = re.search(r"\bshowing=(true|false)", section)
    secure = re.search(r"\bsecure=(true|false)", section)
    if not found or not showing or not secure:
        raise ParseError("the lock screen", first_line(text))
    return Keyguard(showing=showing[1] == "true", secure=secure[1] == "true", awake=_awake(section))


def _awake(section: str) -> bool | None:
    """``INTERACTIVE_STATE_AWAKE`` from Android 9 on, a number before; waking counts as awake."""
    found = re.search(r"\binteractiveState=(?:INTERACTIVE_STATE_)?(\w+)", section)
    return _INTERACTIVE.get(found[1]) if found else None


def started(stdout: str, stderr: str) -> bool:
    """Whether `am start` started it.

    A warning that its task came to the front, or that it got the intent, is success; one that it
    was ``not started because`` of something is none, though `am` exits with 0 (Am.java).
    """
    wrong = re.search(
        r"^(Error\b|java\.lang\.|Exception occurred|Warning: Activity not started because)",
        stdout + "\n" + stderr,
        re.M,
    )
    return _STARTED in stdout and not wrong
