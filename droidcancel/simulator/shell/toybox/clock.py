"""date, uptime, sleep as a program, cal's kin: time."""

from __future__ import annotations

import datetime
import re

from droidcancel.simulator.shell.builtins.processes import duration
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import Options, UsageError, local, tool, zone

_FORMATS = (
    "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M:%S", "%H:%M",
)  # fmt: skip


def parse_time(inv: Invocation, text: str, form: str = "") -> float | None:
    """A time as toybox reads it: @seconds, ISO forms, MMDDhhmm[[CC]YY][.ss]; None for none."""
    if re.fullmatch(r"@-?\d{1,12}(\.\d{1,9})?", text):
        return float(text[1:])
    here = zone(inv)
    now = local(inv, inv.phone.clock.time())
    if text == "now":
        return inv.phone.clock.time()
    for known in (form,) if form else _FORMATS:
        try:
            found = datetime.datetime.strptime(text.rstrip("Z"), known)
        except ValueError:
            continue
        if "%Y" not in known and not form:
            found = found.replace(year=now.year, month=now.month, day=now.day)
        return found.replace(tzinfo=datetime.timezone.utc if text.endswith("Z") else here
                             ).timestamp()  # fmt: skip
    return _posix_time(text, now)


def _posix_time(text: str, now: datetime.datetime) -> float | None:
    match = re.fullmatch(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d{4}|\d\d)?(?:\.(\d\d))?", text)
    if match is None:
        return None
    month, day, hour, minute, year, second = match.groups()
    number = now.year if year is None else int(year) + (2000 if len(year) == 2 else 0)
    try:
        return now.replace(year=number, month=int(month), day=int(day), hour=int(hour),
                           minute=int(minute), second=int(second or 0),
                           microsecond=0).timestamp()  # fmt: skip
    except ValueError:
        return None


def formatted(when: datetime.datetime, form: str, api: int) -> str:
    """strftime with %N (nanoseconds, toybox of Android 8 on) and %s."""
    micro = f"{when.microsecond:06d}000"

    def one(match: re.Match[str]) -> str:
        flags, letter = match.groups()
        if letter == "N" and api >= 26:
            return micro[: int(flags)] if flags.isdigit() else micro
        if letter == "s":
            return str(int(when.timestamp()))
        if letter not in "aAbBcCdDeFgGhHIjklmMnprRStTuUVwWxXyYzZ%P":
            return match.group()
        return when.strftime(f"%{flags if flags in ('-', '_', '') else ''}{letter}")

    return re.sub(r"%([-_0-9]*)([a-zA-Z%])", one, form)


@tool("date", spec="d:D:r:s:uI:", long={"date": "d", "utc": "u", "reference": "r", "set": "s"})
async def date(inv: Invocation, options: Options) -> int:
    if "u" in options:
        inv.env = {**inv.env, "TZ": "UTC"}
    seconds = inv.phone.clock.time()
    if "r" in options:
        seconds = inv.files.stat(options.get("r")).mtime
    form = "%a %b %e %H:%M:%S %Z %Y"
    given = options.get("d")
    setting = options.get("s")
    for word in options.words:
        if word.startswith("+"):
            form = word[1:]
        else:
            setting = setting or word
    if given or setting:
        found = parse_time(inv, given or setting, options.get("D").lstrip("+"))
        if found is None:
            raise UsageError(f"bad date '{given or setting}'")
        seconds = found
    if setting:
        if inv.uid not in (0, 1000):
            await inv.err("date: cannot set date: Operation not permitted\n")
            return 1
        inv.phone.clock.set_time(seconds)
    await inv.out(formatted(local(inv, seconds), form, inv.api) + "\n")
    return 0


@tool("uptime", spec="ps")
async def uptime(inv: Invocation, options: Options) -> int:
    up = int(inv.phone.clock.uptime())
    days, rest = divmod(up, 86400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if "s" in options:
        booted = local(inv, inv.phone.clock.time() - up)
        await inv.out(booted.strftime("%Y-%m-%d %H:%M:%S\n"))
        return 0
    now = local(inv, inv.phone.clock.time()).strftime("%H:%M:%S")
    length = f"{hours}:{minutes:02}" if hours else f"{minutes} min"
    length = f"{days} day{'s' * (days != 1)}, {length}" if days else length
    await inv.out(f" {now} up {length},  0 users,  load average: 1.02, 0.98, 0.91\n")
    return 0


@tool("sleep", least=1)
async def sleep(inv: Invocation, options: Options) -> int:
    total = 0.0
    for word in options.words:
        seconds = duration(word)
        if seconds is None:
            raise UsageError(f"bad number '{word}'")
        total += seconds
    await inv.phone.clock.sleep(total)
    return 0


@tool("usleep", least=1)
async def usleep(inv: Invocation, options: Options) -> int:
    if not options.words[0].isdigit():
        raise UsageError(f"bad number '{options.words[0]}'")
    await inv.phone.clock.sleep(int(options.words[0][:15]) / 1e6)
    return 0
