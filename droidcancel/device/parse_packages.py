"""Reading the phone's packages, processes and services. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from droidcancel.device.reads import first_line, reads
from droidcancel.device.types import Component, ForegroundService, PackageInfo
from droidcancel.errors import ParseError

# Of a line without an end, each begins once: `\s` would run over the lines that follow, and back.
_PACKAGE_LINE = re.compile(r"^package:(?P<name>\S+)(?:\s+uid:(?P<uids>[\d,]+))?\s*$")
_BLOCK = re.compile(r"^  Package \[(?P<name>[^\]]+)\]", re.MULTILINE)
_USER_ID = re.compile(r"^[ \t]+(?:userId|appId)=(?P<id>\d+)", re.MULTILINE)
_VERSION_NAME = re.compile(r"^[ \t]+versionName=(?P<name>.*)$", re.MULTILINE)
_VERSION_CODE = re.compile(r"^[ \t]+versionCode=(?P<code>\d+)", re.MULTILINE)
_FLAGS = re.compile(r"^[ \t]+(?:pkgFlags|flags)=\[(?P<flags>[^\]\n]*)\]", re.MULTILINE)
_USER_LINE = re.compile(r"^[ \t]+User (?P<id>\d+):(?P<state>.*)$", re.MULTILINE)
_STATE_FLAG = re.compile(r"\b(?P<name>installed|stopped)=(?P<value>true|false)")
_PERMISSION = re.compile(r"^[ \t]+(?P<name>[\w.]+): granted=(?P<granted>true|false)", re.MULTILINE)
_SERVICE = re.compile(r"^\s*\* ServiceRecord\{\S+ u(?P<user>\d+) (?P<component>[^\s}]+)")
_APP_USER = re.compile(r"u(?P<id>\d+)_")
UIDS_A_USER = 100_000  # UserHandle.PER_USER_RANGE
_FOREGROUND = re.compile(r"\bisForeground=(?P<is>true|false)(?:\s+foregroundId=(?P<id>-?\d+))?")
_RESOLVED = re.compile(r"^(?P<component>[\w.]+/[\w.$]+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Process:
    """One line of `ps`."""

    pid: int
    user: str
    name: str


@reads
def parse_package_uids(text: str, user: int = 0) -> dict[str, int]:
    """`pm list packages -U [FILTER]`: name to uid. The filter is a substring: look up exactly.

    A package of several users lists ``uid:10123,1010123``: the one of ``user`` counts, and a
    package that this user has not is left out.
    """
    uids: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _PACKAGE_LINE.match(line)
        if not found or not found["uids"]:
            raise ParseError("the list of packages", line)
        known = [int(uid) for uid in found["uids"].split(",") if uid]
        mine = [uid for uid in known if uid // UIDS_A_USER == user]
        if mine:
            uids[found["name"]] = mine[0]
    return uids


@reads
def parse_package_names(text: str) -> set[str]:
    """`pm list packages`: names alone, as Android 7 prints them too, which knows no ``-U``."""
    names = set()
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _PACKAGE_LINE.match(line)
        if not found:
            raise ParseError("the list of packages", line)
        names.add(found["name"])
    return names


@reads
def parse_package_dump(text: str, name: str, user: int = 0) -> PackageInfo | None:
    """`dumpsys package NAME` (PackageManagerService Settings.dumpPackageLPr), None if absent.

    The block of exactly this package is read: the dump may go on with hidden system packages
    (the factory version of an updated one) and others. A package that is there for other users
    only, or is uninstalled for this one (``installed=false``), is None as well.
    """
    block = _package_block(text, name)
    if block is None:
        return None
    uid = _required(_USER_ID, block, f"the uid of {name}")
    version = _required(_VERSION_NAME, block, f"the version of {name}")
    code = _required(_VERSION_CODE, block, f"the version code of {name}")
    state = _user_state(block, name, user)
    if state is None or state.get("installed") == "false":
        return None
    flags = _FLAGS.search(block)
    return PackageInfo(
        name=name,
        version_name=version["name"].strip(),
        version_code=int(code["code"]),
        uid=user * UIDS_A_USER + int(uid["id"]) % UIDS_A_USER,
        stopped=state["stopped"] == "true",
        system=bool(flags and "SYSTEM" in flags["flags"].split()),
        user=user,
    )


@reads
def dumps_package(text: str, name: str) -> bool:
    """Whether `dumpsys package NAME` tells of the package at all, for whichever user."""
    return _package_block(text, name) is not None


def _user_state(block: str, name: str, user: int) -> dict[str, str] | None:
    """The flags of the line ``User N:``; None where the package has no line for that user."""
    lines = {int(found["id"]): found["state"] for found in _USER_LINE.finditer(block)}
    if not lines:
        raise ParseError(f"the stopped state of {name}", block.strip().splitlines()[0])
    if user not in lines:
        return None
    state = {found["name"]: found["value"] for found in _STATE_FLAG.finditer(lines[user])}
    if "stopped" not in state:
        raise ParseError(f"the stopped state of {name}", f"User {user}:{lines[user]}")
    return state


@reads
def parse_granted(text: str, name: str, permission: str, user: int = 0) -> bool:
    """`dumpsys package NAME`: whether a permission is granted to the package for one user.

    Each user has a list of its own under ``User N:``; above them stand those that came with the
    installation, for all. One that is listed nowhere is not granted. Raises ParseError where the
    dump has no such package.
    """
    block = _package_block(text, name)
    if block is None:
        raise ParseError(f"the permissions of {name}", first_line(text))
    heads = list(_USER_LINE.finditer(block))
    parts = [block[: heads[0].start()] if heads else block]
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if int(head["id"]) == user:
            parts.append(block[head.start() : following.start() if following else len(block)])
    told = [f["granted"] for p in parts for f in _PERMISSION.finditer(p) if f["name"] == permission]
    return "true" in told


def _package_block(text: str, name: str) -> str | None:
    section = text.find("\nPackages:")
    body = text[section + 1 :] if section >= 0 else text
    hidden = body.find("\nHidden system packages:")
    body = body if hidden < 0 else body[:hidden]
    starts = list(_BLOCK.finditer(body))
    ends = [start.start() for start in starts[1:]] + [len(body)]
    for start, end in zip(starts, ends, strict=False):
        if start["name"] == name:
            return body[start.start() : end]
    return None


def _required(pattern: re.Pattern[str], block: str, what: str) -> re.Match[str]:
    found = pattern.search(block)
    if not found:
        raise ParseError(what, block.strip().splitlines()[0])
    return found


@reads
def parse_ps(text: str) -> list[Process]:
    """`ps -A`, or `ps` before API 26, by the names of its header's columns.

    Old toolbox prints a state column without a name, so the process name is the last field.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    header = lines[0].split() if lines else []
    if "PID" not in header or header[-1] not in ("NAME", "CMD", "ARGS"):
        raise ParseError("the list of processes", lines[0] if lines else "")
    user = header.index("USER") if "USER" in header else None
    return [_process(line, header.index("PID"), user) for line in lines[1:]]


def _process(line: str, pid_column: int, user_column: int | None) -> Process:
    fields = line.split()
    if len(fields) <= pid_column or not fields[pid_column].isdecimal():
        raise ParseError("a line of ps", line)
    user = fields[user_column] if user_column is not None else ""
    return Process(int(fields[pid_column]), user, fields[-1])


def pids_of(processes: list[Process], package: str, user: int = 0) -> list[int]:
    """The processes named as the package, or as the package with a ``:suffix``, of one user.

    Two users' copies of an app have the same name; ``u10_a123`` tells whose a process is.
    """
    return [
        process.pid
        for process in processes
        if (process.name == package or process.name.startswith(f"{package}:"))
        and _may_be_of(process, user)
    ]


def _may_be_of(process: Process, user: int) -> bool:
    found = _APP_USER.match(process.user)
    return found is None or int(found["id"]) == user


@reads
def parse_foreground_services(text: str) -> list[ForegroundService]:
    """`dumpsys activity services PKG`: records with ``isForeground=true`` (ServiceRecord.dump)."""
    if "ACTIVITY MANAGER SERVICES" not in text:
        raise ParseError("the list of services", first_line(text))
    services = []
    record: re.Match[str] | None = None
    for line in text.splitlines():
        head = _SERVICE.match(line)
        if head:
            record = head
            continue
        state = _FOREGROUND.search(line)
        if state and record and state["is"] == "true":
            number = int(state["id"]) if state["id"] else None
            component = Component.parse(record["component"])
            services.append(ForegroundService(component, number, int(record["user"])))
            record = None
    return services


@reads
def parse_resolved_activity(text: str) -> Component | None:
    """`cmd package resolve-activity --brief`: the last line names it; None when there is none."""
    if "No activity found" in text:
        return None
    found = _RESOLVED.findall(text)
    if not found:
        raise ParseError("the launcher activity", first_line(text))
    return Component.parse(found[-1])
