"""Running each kind of node."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from droidcancel.simulator.shell import pattern as patterns
from droidcancel.simulator.shell.conditions import evaluate_condition
from droidcancel.simulator.shell.control import Break, Continue, Exit
from droidcancel.simulator.shell.descriptors import FdTable, Null, make_pipe
from droidcancel.simulator.shell.redirect import RedirectError, apply
from droidcancel.simulator.shell.simple import run_simple
from droidcancel.simulator.shell.syntax import (
    AndOr,
    ArithCommand,
    Background,
    Case,
    Condition,
    For,
    Function,
    If,
    Node,
    Pipeline,
    Redirected,
    Sequence,
    Simple,
    Subshell,
    While,
)

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

Handler = Callable[["Runner", Any, bool], Awaitable[int]]


def failed(runner: Runner, status: int) -> int:
    """`set -e`: leave when a command failed whose status nobody looks at."""
    if status and "e" in runner.options and not runner.unguarded:
        raise Exit(status)
    return status


async def _condition(runner: Runner, node: Node) -> int:
    runner.unguarded += 1  # where a failure is an answer, not a failure
    try:
        return await runner.run(node)
    finally:
        runner.unguarded -= 1


async def _simple(runner: Runner, node: Simple, tail: bool) -> int:
    await runner.tick()
    return failed(runner, await run_simple(runner, node, tail))


async def _sequence(runner: Runner, node: Sequence, tail: bool) -> int:
    for item in node.items[:-1]:
        await runner.run(item)
    return await runner.run(node.items[-1], tail)


async def _and_or(runner: Runner, node: AndOr, tail: bool) -> int:
    status = await _condition(runner, node.first)
    for index, (operator, following) in enumerate(node.rest):
        if (status == 0) != (operator == "&&"):
            continue
        last = index == len(node.rest) - 1
        status = await (runner.run(following, tail) if last else _condition(runner, following))
    return status


async def _pipeline(runner: Runner, node: Pipeline, tail: bool) -> int:
    started, cpu = time.perf_counter(), time.process_time()
    if not node.commands:
        status = 0
    elif len(node.commands) == 1:
        status = await (_condition if node.negate else _plain)(runner, node.commands[0])
    else:
        status = await _piped(runner, node)
    if node.timed:
        await _report_time(runner, time.perf_counter() - started, time.process_time() - cpu)
    if node.negate:
        return int(status == 0)
    return failed(runner, status)


async def _plain(runner: Runner, node: Node) -> int:
    return await runner.run(node)


async def _report_time(runner: Runner, seconds: float, cpu: float) -> None:
    minutes, rest = divmod(seconds, 60)
    cpu = min(cpu, seconds)
    text = (
        f"\n{int(minutes):5}m{rest:05.2f}s real  {0:5}m{cpu:05.2f}s user  {0:5}m{0:05.2f}s system\n"
    )
    await runner.write(2, text.lstrip("\n"))


async def _piped(runner: Runner, node: Pipeline) -> int:
    children = []
    incoming = None
    for index, command in enumerate(node.commands):
        fds = runner.fds.fork()
        if incoming is not None:
            fds.put(0, incoming)
        incoming = None
        if index < len(node.commands) - 1:
            incoming, writer = make_pipe()
            fds.put(1, writer)
        try:
            children.append(runner.fork(command, fds, guarded=node.negate))
        except BaseException:
            if incoming is not None:
                incoming.close()
            raise
    status = 0
    statuses = []
    for child in children:
        statuses.append(await child.wait())
    status = statuses[-1]
    if "pipefail" in runner.options:
        status = next((code for code in reversed(statuses) if code), 0)
    await runner.tick()
    return status


async def _background(runner: Runner, node: Background, tail: bool) -> int:
    fds = runner.fds.fork()
    if not runner.interactive:
        fds.put(0, Null())
    child = runner.fork(node.body, fds, background=True)
    job = runner.jobs.add(child, node.text)
    if runner.interactive:
        await runner.write(2, f"[{job.number}] {child.pid}\n")
    return 0


async def _subshell(runner: Runner, node: Subshell, tail: bool) -> int:
    if tail and runner.is_fork and runner.may_become:
        return await runner.run(node.body, tail)
    child = runner.fork(node.body, runner.fds.fork())
    return failed(runner, await child.wait())


async def _if(runner: Runner, node: If, tail: bool) -> int:
    for condition, body in node.clauses:
        if await _condition(runner, condition) == 0:
            return await runner.run(body, tail)
    return 0 if node.otherwise is None else await runner.run(node.otherwise, tail)


async def _turn(runner: Runner, body: Node) -> bool:
    """One turn of a loop; False when the loop is left."""
    try:
        await runner.tick()
        await runner.run(body)
    except Break as leave:
        if leave.levels > 1 and runner.loops > 1:
            raise Break(leave.levels - 1) from None
        return False
    except Continue as leave:
        if leave.levels > 1 and runner.loops > 1:
            raise Continue(leave.levels - 1) from None
    return True


async def _while(runner: Runner, node: While, tail: bool) -> int:
    status = 0
    runner.loops += 1
    depth = runner.depth
    try:
        while True:
            runner.depth = depth
            if (await _loop_condition(runner, node.condition) == 0) == node.until:
                break
            more = await _turn(runner, node.body)
            status = runner.status
            if not more:
                break
    finally:
        runner.loops -= 1
    return status


async def _loop_condition(runner: Runner, node: Node) -> int:
    try:
        return await _condition(runner, node)
    except Break as leave:
        if leave.levels > 1 and runner.loops > 1:
            raise Break(leave.levels - 1) from None
        return 1
    except Continue:
        return 1


async def _for(runner: Runner, node: For, tail: bool) -> int:
    if node.words is None:
        values = list(runner.variables.positional)
    else:
        values = await runner.expander.arguments(node.words)
    runner.loops += 1
    runner.status = 0
    try:
        for value in values:
            runner.variables.set(node.name, value)
            if not await _turn(runner, node.body):
                break
    finally:
        runner.loops -= 1
    return runner.status


async def _case(runner: Runner, node: Case, tail: bool) -> int:
    subject = await runner.expander.text(node.subject)
    falling = False
    status = 0
    for item in node.items:
        if not falling:
            for word in item.patterns:
                if patterns.matches(await runner.expander.pattern(word), subject):
                    break
            else:
                continue
        if item.body is not None:
            status = await runner.run(item.body, tail and not item.falls)
        if not item.falls:
            return status
        falling = True
    return status


async def _function(runner: Runner, node: Function, tail: bool) -> int:
    runner.variables.functions[node.name] = node.body
    return 0


async def _arith(runner: Runner, node: ArithCommand, tail: bool) -> int:
    await runner.tick()
    return failed(runner, int(await runner.expander.arithmetic(node.text) == 0))


async def _test(runner: Runner, node: Condition, tail: bool) -> int:
    await runner.tick()
    return failed(runner, int(not await evaluate_condition(runner, node.expression)))


async def _redirected(runner: Runner, node: Redirected, tail: bool) -> int:
    """With redirections in force."""
    outer = runner.fds
    inner: FdTable = outer.fork()
    try:
        await apply(runner, node.redirects, inner)
        runner.fds = inner
        return await runner.run(node.body)
    except RedirectError as error:
        runner.fds = outer
        await runner.error(str(error))
        return failed(runner, 1)
    finally:
        runner.fds = outer
        inner.close_all()


HANDLERS: dict[type, Handler] = {
    Simple: _simple,
    Sequence: _sequence,
    AndOr: _and_or,
    Pipeline: _pipeline,
    Background: _background,
    Subshell: _subshell,
    If: _if,
    While: _while,
    For: _for,
    Case: _case,
    Function: _function,
    ArithCommand: _arith,
    Condition: _test,
    Redirected: _redirected,
}
