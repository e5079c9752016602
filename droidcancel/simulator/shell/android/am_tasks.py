"""`am stack` and `am task`: tasks as the shell sees and removes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.shell.android.am_service import AM
from droidcancel.simulator.shell.android.configuration import configuration
from droidcancel.simulator.shell.android.java import (
    FAILED,
    Args,
    Failure,
    Handler,
    illegal_argument,
)
from droidcancel.simulator.shell.registry import Invocation

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.tasks import Task

FULLSCREEN_STACK = 1


def is_home(phone: Phone, task: Task) -> bool:
    return task.affinity == phone.home.package


def stack_id(phone: Phone, task: Task) -> int:
    """The number that `am stack` knows a task by.

    From API 31 on it is the task's own. On 29 and 30 each task has a stack with a number of
    its own; before, all full-screen tasks share one.
    """
    if phone.options.api >= 31:
        return task.id
    if is_home(phone, task):
        return 0
    return FULLSCREEN_STACK if phone.options.api <= 28 else task.id + 1


def bounds(phone: Phone) -> str:
    return f"[0,0][{phone.screen.width},{phone.screen.height}]"


def _stacks(phone: Phone) -> dict[int, list[Task]]:
    """Tasks by stack, the front one first."""
    stacks: dict[int, list[Task]] = {}
    for task in reversed(phone.activities.tasks):
        if task.records:
            stacks.setdefault(stack_id(phone, task), []).append(task)
    return stacks


def _task_line(phone: Phone, task: Task) -> str:
    root, top = task.records[0].component, task.records[-1].component
    visible = str(task is phone.activities.front).lower()
    return (
        f"  taskId={task.id}: {root} bounds={bounds(phone)} userId=0 visible={visible} "
        f"topActivity=ComponentInfo{{{top}}}\n"
    )


def stack_text(phone: Phone, number: int, tasks: list[Task]) -> str:
    """RootTaskInfo.toString, to API 30 ActivityManager.StackInfo.toString."""
    kind = "RootTask" if phone.options.api >= 31 else "Stack"
    activity_type = "home" if is_home(phone, tasks[0]) else "standard"
    head = f"{kind} id={number} bounds={bounds(phone)} displayId=0 userId=0\n"
    if phone.options.api >= 26:
        head += f" configuration={configuration(phone, activity_type)}\n"
    return head + "".join(_task_line(phone, task) for task in tasks) + "\n"


@AM.sub("stack")
async def stack(invocation: Invocation, args: Args) -> int:
    word = args.required()
    handler = _STACK.get(word)
    if handler is None:
        raise Failure(f"Error: unknown command '{word}'\n", FAILED)
    return await handler(invocation, args)


async def _list(invocation: Invocation, args: Args) -> int:
    for number, tasks in _stacks(invocation.phone).items():
        await invocation.out(stack_text(invocation.phone, number, tasks))
    return 0


async def _remove(invocation: Invocation, args: Args) -> int:
    """Removes as a swipe in recents does; says nothing, also of what is not there."""
    phone, number = invocation.phone, args.integer()
    tasks = _stacks(phone).get(number, [])
    if invocation.api <= 30 and any(is_home(phone, task) for task in tasks):
        raise illegal_argument("Removing non-standard stack is not allowed.")
    for task in tasks:
        phone.activities.remove_task(task.id)
    return 0


_STACK: dict[str, Handler] = {"list": _list, "remove": _remove}


@AM.sub("task")
async def task(invocation: Invocation, args: Args) -> int:
    word = args.required()
    if word == "lock":
        args.required()
        return 0
    if word in ("resizeable", "resize") or (word == "focus" and invocation.api >= 29):
        number = args.integer()
        if word == "focus":
            invocation.phone.activities.bring_task(number)
        return 0
    raise Failure(f"Error: unknown command '{word}'\n", FAILED)
