"""`am start` and its kin (ActivityManagerShellCommand.runStartActivity)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from droidcancel.simulator.apps.intents import FLAG_ACTIVITY_NEW_TASK, Intent
from droidcancel.simulator.media import parse_uri
from droidcancel.simulator.resolver import ActivityNotFoundError, NotExportedError
from droidcancel.simulator.shell.android.am_intents import StartOptions, parse
from droidcancel.simulator.shell.android.am_service import AM
from droidcancel.simulator.shell.android.java import FAILED, Args, Failure, security
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.tasks import StartResult

WARNINGS = {
    "to_front": "Warning: Activity not started, its current task has been brought to the front\n",
    "new_intent": "Warning: Activity not started, intent has been delivered to currently running "
    "top-most instance.\n",
}


def shown(intent: Intent, api: int) -> str:
    """`Intent { ... }`, as Intent.toString gives it."""
    return f"Intent {{ {intent.describe(api)} }}"


@AM.sub("start", "start-activity")
async def start(invocation: Invocation, args: Args) -> int:
    intent, options = parse(args)
    if options.user == -1:
        raise Failure("Error: Can't start service with user 'all'\n", 1)
    status = 0
    for _ in range(options.repeat):
        if options.stop:
            await _stop_first(invocation, intent)
        await invocation.out(f"Starting: {shown(intent, invocation.api)}\n")
        status = await _start(invocation, intent, options)
    return status


async def _stop_first(invocation: Invocation, intent: Intent) -> None:
    """-S: force-stop whom the intent goes to."""
    package = intent.component.package if intent.component else None
    if package is None:
        found = invocation.phone.resolver.candidates(_typed(invocation, intent))
        if len(found) != 1:
            why = "matches multiple activities; can't stop" if found else "does not match any"
            what = why if found else f"{why} activities"
            raise Failure(f"Error: Intent {what}: {shown(intent, invocation.api)}\n", 1)
        package = found[0][0].name
    await invocation.out(f"Stopping: {package}\n")
    invocation.phone.activities.force_stop(package)


async def _start(invocation: Invocation, intent: Intent, options: StartOptions) -> int:
    phone = invocation.phone
    tell = invocation.out if options.wait else invocation.err
    intent = replace(intent, flags=intent.flags | FLAG_ACTIVITY_NEW_TASK)
    if options.dismiss_keyguard:
        phone.power.dismiss_keyguard()
    before = _alive(invocation)
    began = phone.clock.uptime()
    try:
        if options.user not in (0,):
            raise ActivityNotFoundError
        result = await phone.activities.start(_typed(invocation, intent), uid=invocation.uid)
    except ActivityNotFoundError:
        await tell(_not_found(intent, invocation.api))
        return 1 if invocation.api >= 30 else 0
    except NotExportedError as error:
        raise security(
            f"Permission Denial: starting {shown(intent, invocation.api)} from null "
            f"(pid={invocation.pid}, uid={invocation.uid}) {_not_exported(error)}"
        ) from None
    await tell(WARNINGS.get(result.outcome, ""))
    if options.wait:
        took = round((phone.clock.uptime() - began) * 1000)
        await invocation.out(_wait_report(invocation.api, result, before, took))
    return 0


def _typed(invocation: Invocation, intent: Intent) -> Intent:
    """The intent with the type that its content: URI has (Intent.resolveType)."""
    if intent.type is not None or intent.data is None:
        return intent
    wanted = parse_uri(intent.data)
    row = invocation.phone.media.row(wanted.id) if wanted and wanted.id is not None else None
    return replace(intent, type=row.mime) if row else intent


def _alive(invocation: Invocation) -> dict[str, bool]:
    """Running packages, each with whether it has an activity that lives."""
    activities = invocation.phone.activities
    living = {
        record.component.package
        for task in activities.tasks
        for record in task.records
        if record.activity is not None
    }
    names = {process.package for process in invocation.phone.processes if process.package}
    return {name: name in living for name in names}


def _not_found(intent: Intent, api: int) -> str:
    if intent.component is None:
        return f"Error: Activity not started, unable to resolve {shown(intent, api)}\n"
    return f"Error type 3\nError: Activity class {{{intent.component}}} does not exist.\n"


def _not_exported(error: NotExportedError) -> str:
    return "not exported" + str(error).partition("not exported")[2]


def _wait_report(api: int, result: StartResult, before: dict[str, bool], took: int) -> str:
    """What -W prints; LaunchState is told from API 29 on, ThisTime up to 28."""
    package = result.component.package
    if result.outcome == "new_intent":
        state = "UNKNOWN (0)"
    elif package not in before:
        state = "COLD"
    else:
        state = "HOT" if before[package] and result.outcome == "to_front" else "WARM"
    lines = ["Status: ok"]
    if api >= 29:
        lines.append(f"LaunchState: {state}")
    lines.append(f"Activity: {result.component.short}")
    if api <= 28:
        lines.append(f"ThisTime: {took}")
    lines += [f"TotalTime: {took}", f"WaitTime: {took + 2}", "Complete"]
    return "".join(line + "\n" for line in lines)


@AM.sub("startservice", "start-service", "startfgservice", "startforegroundservice")
@AM.sub("start-foreground-service", since=26)
async def start_service(invocation: Invocation, args: Args) -> int:
    """No app here has a service that others may start."""
    intent, _ = parse(args)
    await invocation.out(f"Starting service: {shown(intent, invocation.api)}\n")
    raise Failure("Error: Not found; no service started.\n", FAILED)


@AM.sub("stopservice", "stop-service")
async def stop_service(invocation: Invocation, args: Args) -> int:
    intent, _ = parse(args)
    await invocation.out(f"Stopping service: {shown(intent, invocation.api)}\n")
    raise Failure("Service not stopped: was not running.\n", FAILED)


@AM.sub("instrument")
async def instrument(invocation: Invocation, args: Args) -> int:
    """No package here is a test: what `am instrument` prints then (Instrument.java)."""
    words = args.rest()
    target = words[-1] if words else ""
    await asyncio.sleep(invocation.phone.latency.cost("jvm"))
    package, _, cls = target.partition("/")
    name = f"{package}/{package}{cls}" if cls.startswith(".") else target
    await invocation.out(
        "INSTRUMENTATION_STATUS: id=ActivityManagerService\n"
        "INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: "
        f"ComponentInfo{{{name}}}\nINSTRUMENTATION_STATUS_CODE: -1\n"
    )
    await invocation.err(
        f"android.util.AndroidException: INSTRUMENTATION_FAILED: {target}\n"
        "\tat com.android.commands.am.Instrument.run(Instrument.java:519)\n"
    )
    return 1
