"""Reading what a phone says of itself: properties, users, displays, help texts. Pure."""

from __future__ import annotations

import re

from droidcancel.device.reads import first_line, reads
from droidcancel.device.types import Listed, User
from droidcancel.errors import ParseError

_NO_SERIAL = "(no serial number)"  # what adb lists for a phone that has none
_LISTED = re.compile(
    rf"^(?P<serial>{re.escape(_NO_SERIAL)}|\S+)\s+(?P<state>no permissions|\S+)(?P<rest>.*)$"
)
_TAG = re.compile(r"(?:^|\s)(?P<key>usb|product|model|device|transport_id):(?P<value>\S+)")
_PROPERTY = re.compile(r"^\[(?P<key>[^\]]+)\]: \[(?P<value>.*)\]$")
_PROPERTY_START = re.compile(r"^\[(?P<key>[^\]]+)\]: \[(?P<value>.*)$")
_USER = re.compile(
    r"^\s*UserInfo\{(?P<id>\d+):(?P<name>.*):(?P<flags>[0-9a-fA-F]+)\}(?P<running> running)?"
)
_MANAGED_PROFILE = 0x20  # UserInfo.FLAG_MANAGED_PROFILE
_DISPLAY = re.compile(r"^Display (?P<id>\d+)\b")
_LIMIT = re.compile(r"Default(?: / maximum)? is (?P<seconds>\d+)")


@reads
def parse_device_list(text: str) -> list[Listed]:
    """`adb devices -l`, without its heading (adb transport.cpp, append_transport).

    ``no permissions`` is a state of two words, with what to do behind it in brackets; a phone
    without a serial number is listed as ``(no serial number)``.
    """
    listed = []
    for line in filter(str.strip, text.splitlines()):
        found = _LISTED.match(line.strip())
        if not found:
            raise ParseError("the list of devices", line)
        tags = {tag["key"]: tag["value"] for tag in _TAG.finditer(found["rest"])}
        detail = "" if found["state"] == "device" else _TAG.sub("", found["rest"]).strip()
        listed.append(Listed(found["serial"], found["state"], tags, detail))
    return listed


@reads
def parse_adb_version(text: str) -> int:
    """`adb version`: 41 of ``Android Debug Bridge version 1.0.41``."""
    found = re.search(r"^Android Debug Bridge version \d+\.\d+\.(\d{1,4})\b", text, re.MULTILINE)
    if not found:
        raise ParseError("the version of adb", first_line(text))
    return int(found[1])


@reads
def parse_properties(text: str) -> dict[str, str]:
    """`getprop`: ``[key]: [value]`` a line; a value may run over lines."""
    values: dict[str, str] = {}
    open_key = ""
    for line in text.splitlines():
        found = _PROPERTY.match(line)
        started = _PROPERTY_START.match(line)
        if found:
            values[found["key"]], open_key = found["value"], ""
        elif started:
            open_key = started["key"]
            values[open_key] = started["value"]
        elif open_key:
            ends = line.endswith("]")
            values[open_key] += "\n" + (line[:-1] if ends else line)
            open_key = "" if ends else open_key
    return values


@reads
def parse_api_level(text: str) -> int:
    """The property ``ro.build.version.sdk``: 24 for Android 7.0."""
    word = text.strip()
    if not re.fullmatch(r"[1-9]\d{0,2}", word):
        raise ParseError("the API level (ro.build.version.sdk)", first_line(text))
    return int(word)


@reads
def parse_current_user(text: str) -> int:
    """`am get-current-user`: a number alone."""
    word = text.strip()
    if not re.fullmatch(r"\d{1,9}", word):
        raise ParseError("the current user", first_line(text))
    return int(word)


@reads
def parse_users(text: str) -> list[User]:
    """`pm list users`: ``UserInfo{10:Work profile:30} running`` a line (UserInfo.toString)."""
    head, *lines = text.strip().splitlines() or [""]
    if head.strip() != "Users:":
        raise ParseError("the list of users", first_line(text))
    users = []
    for line in filter(str.strip, lines):
        found = _USER.match(line)
        if not found:
            raise ParseError("the list of users", line)
        work = bool(int(found["flags"], 16) & _MANAGED_PROFILE)
        users.append(User(int(found["id"]), found["name"], bool(found["running"]), work))
    return users


@reads
def parse_displays(text: str) -> tuple[int, ...]:
    """`dumpsys SurfaceFlinger --display-id`: the ids of the screens that are built in."""
    found = tuple(int(d["id"]) for line in text.splitlines() if (d := _DISPLAY.match(line)))
    if not found:
        raise ParseError("the list of displays", first_line(text))
    return found


@reads
def parse_record_limit(text: str) -> int | None:
    """`screenrecord --help`: the longest film in seconds, None where there is no limit.

    ``Default / maximum is 180`` up to Android 13; ``Default is 180. Set to 0 to remove the time
    limit.`` from 14 on (frameworks/av screenrecord.cpp).
    """
    said = " ".join(text.split())
    found = _LIMIT.search(said)
    if "screenrecord" not in said or not found:
        raise ParseError("the help of screenrecord", first_line(text))
    return None if "Set to 0 to remove the time limit" in said else int(found["seconds"])
