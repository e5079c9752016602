"""`pm resolve-activity`, `pm query-activities` and `pm dump`."""

from __future__ import annotations

from dataclasses import replace

from droidcancel.simulator.apps.intents import Component, Intent
from droidcancel.simulator.packages import Package
from droidcancel.simulator.resolver import ActivityNotFoundError, NotExportedError
from droidcancel.simulator.shell.android.am_intents import parse
from droidcancel.simulator.shell.android.java import Args, Failure
from droidcancel.simulator.shell.android.pm_service import PM
from droidcancel.simulator.shell.registry import DUMPS, Invocation

RESOLVER = Component("android", "com.android.internal.app.ResolverActivity")
_MATCH_PLAIN, _MATCH_TYPED = "0x108000", "0x608000"


class _Query:
    """An intent, and how the answer is to be shown."""

    def __init__(self, args: Args) -> None:
        self.brief = self.components = False
        words: list[str] = []
        while (word := args.next()) is not None:
            if word == "--brief":
                self.brief = True
            elif word == "--components":
                self.components = True
            elif word == "--query-flags":
                args.required()
            else:
                words.append(word)
        self.intent: Intent = parse(Args(words))[0]

    def found(self, invocation: Invocation) -> list[tuple[Package | None, Component]]:
        """Who takes the intent. The phone's own questions see what is not exported as well."""
        resolver = invocation.phone.resolver
        if self.intent.component is None:
            matches = resolver.candidates(self.intent)
            return [(pkg, resolver.component_of(pkg, cls)) for pkg, cls in matches]
        try:
            package, cls = resolver.resolve(self.intent, uid=0)
        except (ActivityNotFoundError, NotExportedError):
            return []
        return [(package, resolver.component_of(package, cls))]

    def text(self, package: Package | None, component: Component, indent: str) -> str:
        """One ResolveInfo (ResolveInfo.dump), or its short forms."""
        if self.components:
            return f"{component.short}\n"
        match = _MATCH_TYPED if self.intent.type else _MATCH_PLAIN
        head = (
            f"{indent}priority=0 preferredOrder=0 match={match} specificIndex=-1 isDefault=true\n"
        )
        if self.brief:
            return f"{head}{indent}{component.short}\n"
        return head + _activity_info(package, component, indent)


def _activity_info(package: Package | None, component: Component, indent: str) -> str:
    lines = [
        "ActivityInfo:",
        f"  name={component.cls}",
        f"  packageName={component.package}",
        "  enabled=true exported=true directBootAware=false",
    ]
    if package is not None:
        lines += [
            "  ApplicationInfo:",
            f"    packageName={package.name}",
            f"    uid={package.uid} flags=0x20c8be44 privateFlags=0x0 theme=0x0",
            f"    sourceDir={package.apk_path}",
            f"    dataDir=/data/user/0/{package.name}",
            f"    enabled={str(package.enabled).lower()} minSdkVersion={package.min_sdk} "
            f"targetSdkVersion={package.target_sdk} versionCode={package.version_code}",
        ]
    return "".join(f"{indent}{line}\n" for line in lines)


@PM.sub("resolve-activity", since=24)
async def resolve_activity(invocation: Invocation, args: Args) -> int:
    query = _Query(args)
    found = query.found(invocation)
    if not found:
        await invocation.out("No activity found\n")
        return 0
    package, component = found[0] if len(found) == 1 else (None, RESOLVER)
    await invocation.out(query.text(package, component, ""))
    return 0


@PM.sub("query-activities", since=24)
async def query_activities(invocation: Invocation, args: Args) -> int:
    query = _Query(args)
    found = query.found(invocation)
    if not found:
        await invocation.out("No activities found\n")
        return 0
    if not query.components:
        await invocation.out(f"{len(found)} activities found:\n")
    for number, (package, component) in enumerate(found):
        if not query.components:
            await invocation.out(f"  Activity #{number}:\n")
        await invocation.out(query.text(package, component, "    "))
    return 0


@PM.sub("query-services", "query-receivers", since=24)
async def query_none(invocation: Invocation, args: Args) -> int:
    """No app here offers services or receivers to others."""
    kind = args.verb.partition("-")[2]
    await invocation.out(f"No {kind} found\n")
    return 0


@PM.sub("dump")
async def dump(invocation: Invocation, args: Args) -> int:
    """What several services know of one package (`dumpsys` of each, headed)."""
    name = args.next()
    if name is None:
        raise Failure("Error: no package specified\n", 1)
    for service in ("package", "activity", "jobscheduler", "netstats", "notification"):
        entry = DUMPS.lookup(service, invocation.api)
        if entry is not None:
            await invocation.out(f"DUMP OF SERVICE {service}:\n")
            words = [service, "--noredact"] if service == "notification" else [service, name]
            called = replace(invocation, argv=["dumpsys", *words])
            await entry.function(called, words[1:])
            await invocation.out("\n")
    return 0
