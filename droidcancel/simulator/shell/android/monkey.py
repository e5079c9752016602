"""`monkey -p PACKAGE -c CATEGORY 1`: how clients start an app whose activity they do not know."""

from __future__ import annotations

from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.shell.registry import Invocation, command

ABORTED = 252  # -4: nothing to run
FLAG_RESET_TASK_IF_NEEDED = 0x00200000
_WITH_VALUE = (
    "-s",
    "-f",
    "--throttle",
    "--port",
    "--setup",
    "--profile-wait",
    "--device-sleep-time",
)

USAGE = """\
usage: monkey [-p ALLOWED_PACKAGE [-p ALLOWED_PACKAGE] ...]
              [-c MAIN_CATEGORY [-c MAIN_CATEGORY] ...]
              [--ignore-crashes] [--ignore-timeouts]
              [--ignore-security-exceptions]
              [--monitor-native-crashes] [--ignore-native-crashes]
              [--kill-process-after-error] [--hprof]
              [-v [-v] ...] [-s SEED] [--throttle MILLISEC]
              COUNT
"""


class _Line:
    """The words of `monkey`. Raises ValueError with what it would print."""

    def __init__(self, words: list[str]) -> None:
        self.packages: list[str] = []
        self.categories: list[str] = []
        self.count = 0
        pending = list(words)
        while pending:
            word = pending.pop(0)
            if word in ("-p", "-c"):
                if not pending:
                    raise ValueError(f"** Error: Argument expected after {word}")
                into = self.packages if word == "-p" else self.categories
                into.append(pending.pop(0))
            elif word in _WITH_VALUE:
                del pending[:1]
            elif word.isdigit():
                self.count = int(word)
            elif not word.startswith("-"):
                raise ValueError(f"** Error: Unknown argument: {word}")
        if self.count == 0:
            raise ValueError("** Error: Count not specified")


@command("monkey", cost="jvm")
async def monkey(invocation: Invocation) -> int:
    words = invocation.argv[1:]
    try:
        line = _Line(words)
    except ValueError as error:
        await invocation.err(f"{error}\n{USAGE}")
        return 255
    if invocation.api >= 24:
        await invocation.out("".join(f"  bash arg: {word}\n" for word in words))
        await invocation.err(f"args: [{', '.join(words)}]\n")
    component = _launchable(invocation, line)
    if component is None:
        await invocation.out("** No activities found to run, monkey aborted.\n")
        return ABORTED
    intent = Intent(
        action=ACTION_MAIN,
        categories=frozenset({CATEGORY_LAUNCHER}),
        component=component,
        flags=FLAG_ACTIVITY_NEW_TASK | FLAG_RESET_TASK_IF_NEEDED,
    )
    began = invocation.phone.clock.uptime()
    await invocation.phone.activities.start(intent, uid=invocation.uid)
    took = round((invocation.phone.clock.uptime() - began) * 1000)
    online = "not connected" if invocation.phone.connectivity.active_network() is None else "wifi"
    await invocation.out(f"Events injected: {line.count}\n")
    spent = f"0ms mobile, {took if online == 'wifi' else 0}ms wifi"
    missed = 0 if online == "wifi" else took
    await invocation.out(
        f"## Network stats: elapsed time={took}ms ({spent}, {missed}ms not connected)\n"
    )
    return 0


def _launchable(invocation: Invocation, line: _Line) -> Component | None:
    """The first launcher activity among the packages allowed."""
    if line.categories and CATEGORY_LAUNCHER not in line.categories:
        return None
    for package in invocation.phone.packages:
        allowed = not line.packages or package.name in line.packages
        if allowed and package.enabled and package.app is not None and package.app.launcher:
            return Component.parse(f"{package.name}/{package.app.launcher}")
    return None
