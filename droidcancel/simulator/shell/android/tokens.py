"""How Java objects name themselves in dumps: `ActivityRecord{1a2b3c u0 pkg/.Cls t7}` and kin."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from droidcancel.simulator.processes import user_name

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.processes import Process
    from droidcancel.simulator.tasks import ActivityRecord, Task
    from droidcancel.simulator.windows import Window


def identity(thing: object) -> str:
    """System.identityHashCode in hexadecimal: stays the same as long as the object lives."""
    return hashlib.sha256(str(id(thing)).encode()).hexdigest()[:7].lstrip("0") or "1"


def short_user(uid: int) -> str:
    """UserHandle.formatUid: u0a101 for an app, the number for others."""
    return user_name(uid).replace("_", "") if uid >= 10000 else str(uid)


def activity_token(record: ActivityRecord) -> str:
    return f"ActivityRecord{{{identity(record)} u0 {record.component.short} t{record.task.id}}}"


def process_token(process: Process) -> str:
    name, user = process.name, short_user(process.uid)
    return f"ProcessRecord{{{identity(process)} {process.pid}:{name}/{user}}}"


def window_token(window: Window) -> str:
    return f"Window{{{identity(window)} u0 {window.title}}}"


def task_token(phone: Phone, task: Task) -> str:
    """Task (API 30 on) or TaskRecord."""
    package = phone.packages.get(task.affinity)
    uid = package.uid if package else 1000
    size = len(task.records)
    if phone.options.api < 30:
        stack = 0 if task.affinity == phone.home.package else 1
        return (
            f"TaskRecord{{{identity(task)} #{task.id} A={task.affinity} U=0 "
            f"StackId={stack} sz={size}}}"
        )
    kind = "home" if task.affinity == phone.home.package else "standard"
    visible = str(task is phone.activities.front).lower()
    asked = f" visibleRequested={visible}" if phone.options.api >= 33 else ""
    return (
        f"Task{{{identity(task)} #{task.id} type={kind} A={uid}:{task.affinity} U=0 "
        f"visible={visible}{asked} mode=fullscreen translucent=false sz={size}}}"
    )


def ago(phone: Phone, uptime: float) -> str:
    """A moment as TimeUtils.formatDuration gives it, before now: -1m2s345ms."""
    return "-" + duration(max(0.0, phone.clock.uptime() - uptime))


def duration(seconds: float) -> str:
    """1h2m3s4ms, leading parts left out."""
    left = round(seconds * 1000)
    text = ""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if left >= size or text:
            text += f"{left // size}{unit}"
            left %= size
    return f"{text}{left}ms"


def wall(seconds: float) -> str:
    """Wall time as dumps print it, in UTC, the phone's zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
