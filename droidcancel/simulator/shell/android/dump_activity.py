"""`dumpsys activity [activities|top|recents|services|processes|broadcasts] [PACKAGE]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.processes import (
    PROCESS_STATE_FOREGROUND_SERVICE,
    PROCESS_STATE_SERVICE,
    PROCESS_STATE_TOP,
)
from droidcancel.simulator.shell.android.am_tasks import is_home, stack_id
from droidcancel.simulator.shell.android.tokens import (
    activity_token,
    ago,
    identity,
    process_token,
    short_user,
    task_token,
)
from droidcancel.simulator.shell.registry import Invocation, dump

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import App
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.services_state import Notification
    from droidcancel.simulator.tasks import ActivityRecord, Task

Section = Callable[["Phone", "str | None"], str]


def _tasks(phone: Phone) -> list[Task]:
    """Front to back."""
    return [task for task in reversed(phone.activities.tasks) if task.records]


# -- activities ---------------------------------------------------------------------------------
def activities(phone: Phone, package: str | None) -> str:
    lines = ["ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)"]
    lines.append("Display #0 (activities from top to bottom):")
    resumed = phone.activities.resumed
    for task in _tasks(phone):
        if package in (None, task.affinity):
            lines += _task_lines(phone, task, resumed)
    lines += _resumed_lines(phone, resumed)
    return "\n".join(lines) + "\n"


def _task_lines(phone: Phone, task: Task, resumed: ActivityRecord | None) -> list[str]:
    lines = []
    if phone.options.api < 30:
        kind = "home" if is_home(phone, task) else "standard"
        lines.append(f"  Stack #{stack_id(phone, task)}: type={kind} mode=fullscreen")
    lines.append(f"  * {task_token(phone, task)}")
    here = resumed is not None and resumed.task is task
    if here and resumed is not None and 30 <= phone.options.api <= 33:
        lines.append(f"    mResumedActivity: {activity_token(resumed)}")
    for number in reversed(range(len(task.records))):
        lines += _record_lines(phone, task, number)
    if here and resumed is not None and phone.options.api < 30:
        lines += ["", f"    mResumedActivity: {activity_token(resumed)}"]
    return [*lines, ""]


def _record_lines(phone: Phone, task: Task, number: int) -> list[str]:
    record = task.records[number]
    package = record.component.package
    lines = [
        f"    * Hist #{number}: {activity_token(record)}",
        f"        packageName={package} processName={package}",
        f"        Intent {{ {record.intent.describe(phone.options.api)} }}",
        f"        frontOfTask={str(number == 0).lower()} task={task_token(phone, task)}",
        f"        taskAffinity={package}",
        f"        mActivityComponent={record.component.short}"
        if phone.options.api >= 29
        else f"        realActivity={record.component.short}",
        f"        state={record.state} stopped={str(record.state != 'RESUMED').lower()} "
        "delayedResume=false finishing=false",
    ]
    app = phone.app_processes.get(package)
    if app is not None:
        lines.insert(2, f"        app={process_token(app.process)}")
    return lines


def _resumed_lines(phone: Phone, resumed: ActivityRecord | None) -> list[str]:
    """Where the resumed activity is named; the words changed with Android 12."""
    api = phone.options.api
    token = activity_token(resumed) if resumed else "null"
    lines = []
    if api >= 31:
        if resumed is not None:
            lines += ["  Resumed activities in task display areas (from top to bottom):"]
            lines += [f"    Resumed: {token}", ""]
        lines.append(f"    topResumedActivity={token}")
    lines.append(f"  ResumedActivity: {token}" if api >= 29 else f"  mResumedActivity: {token}")
    front = phone.activities.front
    if front is not None:
        owner = "ActivityTaskSupervisor" if api >= 31 else "ActivityStackSupervisor"
        lines += ["", f"{owner} state:", f"  mFocusedTask={task_token(phone, front)}"]
    return lines


# -- top ----------------------------------------------------------------------------------------
def top(phone: Phone, package: str | None) -> str:
    """The activities that live, those in front last."""
    text = ""
    for task in reversed(_tasks(phone)):
        record = task.records[-1]
        app = phone.app_processes.get(record.component.package)
        if app is None or record.activity is None or package not in (None, task.affinity):
            continue
        shown = record is phone.activities.resumed
        text += (
            f"TASK {task.affinity} id={task.id} userId=0\n"
            f"  ACTIVITY {record.component.short} {identity(record)} pid={app.process.pid}\n"
            f"    Local Activity {identity(record.activity)} State:\n"
            f"      mResumed={str(shown).lower()} mStopped={str(not shown).lower()} "
            "mFinished=false\n      mChangingConfigurations=false\n\n"
        )
    return text


# -- recents --------------------------------------------------------------------------------------
def recents(phone: Phone, package: str | None) -> str:
    home = [task for task in _tasks(phone) if is_home(phone, task)]
    tasks = [*phone.activities.recents(), *home]
    lines = ["ACTIVITY MANAGER RECENT TASKS (dumpsys activity recents)"]
    if phone.options.api >= 28:
        lines += [f"mRecentsUid={_uid(phone, phone.recents.package)}"]
        lines += [f"mRecentsComponent=ComponentInfo{{{phone.recents}}}"]
    if not tasks:
        return "\n".join([*lines, "  (nothing)", ""])
    lines.append("  Recent tasks:")
    for number, task in enumerate(tasks):
        if package in (None, task.affinity):
            lines.append(f"  * Recent #{number}: {task_token(phone, task)}")
            lines += _recent_lines(phone, task)
    return "\n".join(lines) + "\n"


def _uid(phone: Phone, package: str) -> int:
    found = phone.packages.get(package)
    return found.uid if found else 1000


def _recent_lines(phone: Phone, task: Task) -> list[str]:
    api, root = phone.options.api, task.records[0]
    uid = _uid(phone, task.affinity)
    prefix = f"{uid}:" if api >= 30 else ""
    field = "mActivityComponent" if api >= 35 else "realActivity"
    stack = f"rootTaskId={task.id}" if api >= 31 else f"stackId={stack_id(phone, task)}"
    history = ", ".join(activity_token(record) for record in task.records)
    return [
        f"    userId=0 effectiveUid={short_user(uid)} mCallingUid={short_user(uid)}",
        f"    affinity={prefix}{task.affinity}",
        f"    intent={{{root.intent.describe(api)}}}",
        f"    {field}={root.component.short}",
        f"    Activities=[{history}]",
        "    askedCompatMode=false inRecents=true isAvailable=true",
        f"    taskId={task.id} {stack}",
        f"    lastActiveTime={round(task.last_active * 1000)} "
        f"(inactive for {round(phone.clock.uptime() - task.last_active)}s)",
    ]


# -- services -------------------------------------------------------------------------------------
def services(phone: Phone, package: str | None) -> str:
    head = "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n"
    body = "".join(
        _service(phone, app, number, notification)
        for app in phone.app_processes.running()
        if package in (None, app.package)
        for number, notification in app.process.foreground_services.items()
    )
    return f"{head}  User 0 active services:\n{body}" if body else f"{head}  (nothing)\n"


def _service(phone: Phone, app: App, number: int, notification: Notification) -> str:
    component = f"{app.package}/{app.service}"
    foreground_type = " types=0x00000001" if phone.options.api >= 34 else ""
    return (
        f"  * ServiceRecord{{{identity(notification)} u0 {component}}}\n"
        f"    intent={{cmp={component}}}\n"
        f"    packageName={app.package}\n"
        f"    processName={app.package}\n"
        f"    baseDir={app.installed.apk_path}\n"
        f"    dataDir=/data/user/0/{app.package}\n"
        f"    app={process_token(app.process)}\n"
        f"    createTime={ago(phone, app.process.started)} startingBgTimeout=--\n"
        f"    isForeground=true foregroundId={number}{foreground_type} "
        f"foregroundNoti=Notification(channel={notification.channel} shortcut=null "
        "contentView=null vibrate=null sound=null defaults=0x0 flags=0x62 color=0x00000000 "
        f"actions={len(notification.actions)} vis=PRIVATE)\n"
        "    startRequested=true delayedStop=false stopIfKilled=false callStart=true "
        "lastStartId=1\n\n"
    )


# -- processes and broadcasts ---------------------------------------------------------------------
_ADJ = (
    (PROCESS_STATE_TOP, 0, "fg"),
    (PROCESS_STATE_FOREGROUND_SERVICE, 50, "prcp"),
    (PROCESS_STATE_SERVICE, 500, "svc"),
    (15, 700, "prev"),
)


def _adj(state: int) -> tuple[int, str]:
    return next(((adj, name) for top_state, adj, name in _ADJ if state <= top_state), (900, "cch"))


def processes(phone: Phone, package: str | None) -> str:
    apps = [app for app in phone.app_processes.running() if package in (None, app.package)]
    lines = ["ACTIVITY MANAGER RUNNING PROCESSES (dumpsys activity processes)"]
    lines.append("  All known processes:")
    for app in apps:
        adj, _ = _adj(app.process.state)
        lines += [
            f"  *APP* UID {app.process.uid} {process_token(app.process)}",
            f"    user #0 uid={app.process.uid} gids={{}}",
            f"    dir={app.installed.apk_path} data=/data/user/0/{app.package}",
            f"    packageList={{{app.package}}}",
            f"    oom: max=1001 curRaw={adj} setRaw={adj} cur={adj} set={adj}",
            f"    curProcState={app.process.state} repProcState={app.process.state}",
            f"    hasForegroundServices={str(bool(app.process.foreground_services)).lower()}",
        ]
    lines += ["", f"  Process LRU list (sorted by oom_adj, {len(apps)} total):"]
    for number, app in enumerate(sorted(apps, key=lambda app: app.process.state)):
        name = _adj(app.process.state)[1]
        user = short_user(app.process.uid)
        lines.append(
            f"    Proc #{number:>2}: {name:<5} trm: 0 {app.process.pid}:{app.package}/{user}"
        )
    return "\n".join(lines) + "\n"


def broadcasts(phone: Phone, package: str | None) -> str:
    return "ACTIVITY MANAGER BROADCAST STATE (dumpsys activity broadcasts)\n  (nothing)\n"


SECTIONS: dict[str, Section] = {
    "broadcasts": broadcasts,
    "services": services,
    "recents": recents,
    "activities": activities,
    "processes": processes,
}
NAMES: dict[str, Section] = {**SECTIONS, "top": top}
NAMES |= {"a": activities, "r": recents, "s": services, "p": processes, "b": broadcasts}
HELP = """\
Activity manager dump options:
  [-a] [-c] [-p PACKAGE] [-h] [WHAT] ...
  WHAT may be one of:
    a[ctivities]: activity stack state
    r[recents]: recent activities state
    b[roadcasts] [PACKAGE_NAME] [history [-s]]: broadcast state
    p[rocesses] [PACKAGE_NAME]: process state
    s[ervices] [COMP_SPEC ...]: service state
    top: state of activity at top
"""


def _package_of(args: list[str]) -> str | None:
    """The package that a dump is limited to: its name, or a component's."""
    words = [word for word in args if not word.startswith("-")]
    return words[0].partition("/")[0] if words else None


@dump("activity")
async def dump_activity(invocation: Invocation, args: list[str]) -> int:
    phone = invocation.phone
    package = args[args.index("-p") + 1] if "-p" in args[:-1] else None
    words = [word for word in args if not word.startswith("-") and word != package]
    if "-h" in args:
        await invocation.out(HELP)
    elif not words or phone.packages.get(words[0]) is not None:
        await _everything(invocation, package or (words[0] if words else None))
    elif words[0] in NAMES:
        await invocation.out(NAMES[words[0]](phone, package or _package_of(words[1:])))
    else:
        await invocation.out(
            f"Bad activity command, or no activities match: {words[0]}\nUse -h for help.\n"
        )
    return 0


async def _everything(invocation: Invocation, package: str | None) -> None:
    for number, section in enumerate(SECTIONS.values()):
        await invocation.out("\n" * bool(number) + section(invocation.phone, package))
