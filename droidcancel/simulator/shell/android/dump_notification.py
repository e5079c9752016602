"""`dumpsys notification [--noredact]` (NotificationRecord.dump)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.shell.android.tokens import identity
from droidcancel.simulator.shell.registry import Invocation, dump
from droidcancel.simulator.system_events import flags_of

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.services_state import Notification


def _extras(notification: Notification, redact: bool) -> list[str]:
    """Strings show only their length when redacted; numbers always show."""
    lines = []
    for key, text in (("title", notification.title), ("text", notification.text)):
        value = f"[length={len(text)}]" if redact else f"({text})"
        lines.append(f"android.{key}=String {value}")
    lines += [
        f"android.progress=Integer ({notification.progress})",
        f"android.progressMax=Integer ({notification.progress_max})",
        f"android.progressIndeterminate=Boolean ({str(notification.indeterminate).lower()})",
        "android.showChronometer=Boolean (false)",
        "android.showWhen=Boolean (true)",
        f"android.appInfo=ApplicationInfo (ApplicationInfo{{{identity(notification)} "
        f"{notification.package}}})",
    ]
    return lines


def _record(phone: Phone, notification: Notification, redact: bool) -> list[str]:
    package = phone.packages.get(notification.package)
    uid = package.uid if package else 1000
    key = f"0|{notification.package}|{notification.id}|null|{uid}"
    flags = flags_of(phone, notification)
    body = (
        f"Notification(channel={notification.channel} shortcut=null contentView=null "
        f"vibrate=null sound=null defaults=0x0 flags=0x{flags:x} color=0x00000000 "
        f"actions={len(notification.actions)} vis=PRIVATE)"
    )
    return [
        f"    NotificationRecord(0x{identity(notification)}: pkg={notification.package} "
        f"user=UserHandle{{0}} id={notification.id} tag=null importance=2 key={key}: {body})",
        f"      uid={uid} userId=0",
        f"      opPkg={notification.package}",
        f"      flags=0x{flags:x}",
        "      pri=0",
        f"      key={key}",
        "      seen=false",
        f"      when={round(notification.posted * 1000)}",
        "      extras={",
        *(f"        {line}" for line in _extras(notification, redact)),
        "      }",
    ]


@dump("notification")
async def dump_notification(invocation: Invocation, args: list[str]) -> int:
    phone = invocation.phone
    redact = "--noredact" not in args
    limit = args[args.index("-p") + 1] if "-p" in args[:-1] else None
    limit = args[args.index("--package") + 1] if "--package" in args[:-1] else limit
    lines = ["Current Notification Manager state:", "  Notification List:"]
    for notification in phone.notifications.list():
        if limit in (None, notification.package):
            lines += _record(phone, notification, redact)
    lines += ["", "  mArchive=Archive (0 notifications)", "  mZenMode=ZEN_MODE_OFF"]
    await invocation.out("\n".join(lines) + "\n")
    return 0
