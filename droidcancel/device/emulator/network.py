"""The emulator's network: how fast, and how late.

An unknown name is no error to the emulator: it reads `3g` as 3 kbit/s and says OK. So names are
checked here, and what is in force is read back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from droidcancel.device.emulator.console import Console
from droidcancel.errors import NotEffective, ParseError, UsageError

# up and down in kbit/s, as `emulator -help-netspeed` tells
SPEEDS: dict[str, tuple[float, float]] = {
    "gsm": (14.4, 14.4),
    "hscsd": (14.4, 57.6),
    "gprs": (28.8, 57.6),
    "edge": (473.6, 473.6),
    "umts": (384.0, 384.0),
    "hsdpa": (5760.0, 13_980.0),
    "lte": (58_000.0, 173_000.0),
    "evdo": (75_000.0, 280_000.0),
    "full": (0.0, 0.0),
}
# least and most, in ms, as `emulator -help-netdelay` tells
DELAYS: dict[str, tuple[int, int]] = {
    "gsm": (150, 550),
    "gprs": (150, 550),
    "edge": (80, 400),
    "umts": (35, 200),
    "none": (0, 0),
}
_NUMBERS = re.compile(r"(\d{1,9})(?::(\d{1,9}))?")
_STATUS = {
    "down": re.compile(r"download speed:\s*(\d+) bits/s"),
    "up": re.compile(r"upload speed:\s*(\d+) bits/s"),
    "least": re.compile(r"minimum latency:\s*(\d+) ms"),
    "most": re.compile(r"maximum latency:\s*(\d+) ms"),
}


@dataclass(frozen=True)
class NetworkStatus:
    """What is in force: bits a second, 0 for as fast as it goes; delays in ms."""

    up_bits: int
    down_bits: int
    least_ms: int
    most_ms: int

    def to_json(self) -> dict[str, Any]:
        return {
            "up_bits_per_s": self.up_bits,
            "down_bits_per_s": self.down_bits,
            "delay_ms": [self.least_ms, self.most_ms],
        }


def checked_speed(text: str) -> str:
    """A name of the table, or UP:DOWN in kbit/s. UsageError for anything else."""
    return _checked(text, "speed", SPEEDS, "UP:DOWN in kbit/s, such as 1000:8000")


def checked_delay(text: str) -> str:
    """A name of the table, or MIN:MAX in ms. UsageError for anything else."""
    return _checked(text, "delay", DELAYS, "MIN:MAX in ms, such as 50:200")


def _checked(text: str, what: str, names: dict[str, Any], form: str) -> str:
    if text in names or _NUMBERS.fullmatch(text):
        return text
    raise UsageError(f"no network {what} {text!r}", f"one of {', '.join(names)}, or {form}")


def parse_network(lines: list[str]) -> NetworkStatus:
    """`network status`. ParseError where a line is missing."""
    text = "\n".join(lines)
    found = {name: pattern.search(text) for name, pattern in _STATUS.items()}
    missing = [name for name, match in found.items() if match is None]
    if missing:
        raise ParseError("the emulator's network status", lines[0] if lines else "")
    values = {name: int(match[1]) for name, match in found.items() if match is not None}
    return NetworkStatus(values["up"], values["down"], values["least"], values["most"])


def read_network(console: Console) -> NetworkStatus:
    """What is in force."""
    return parse_network(console.ask("network status"))


def set_network(
    console: Console, speed: str | None = None, delay: str | None = None
) -> NetworkStatus:
    """Set speed and delay, and read them back. Raises UsageError, NotEffective, DeviceError."""
    commands = []
    if speed is not None:
        commands.append(f"network speed {checked_speed(speed)}")
    if delay is not None:
        commands.append(f"network delay {checked_delay(delay)}")
    for command in commands:
        console.ask(command)
    status = read_network(console)
    if speed is not None and not _same_speed(speed, status):
        raise NotEffective(f"the emulator took network speed {speed} for {status.to_json()}")
    if delay is not None and _delay_of(delay) != (status.least_ms, status.most_ms):
        raise NotEffective(f"the emulator took network delay {delay} for {status.to_json()}")
    return status


def _same_speed(speed: str, status: NetworkStatus) -> bool:
    """To a tenth: versions of the emulator round some of the names' speeds."""
    up, down = SPEEDS[speed] if speed in SPEEDS else _pair(speed)
    return _near(up * 1000, status.up_bits) and _near(down * 1000, status.down_bits)


def _near(wanted: float, shown: int) -> bool:
    return abs(wanted - shown) <= wanted / 10


def _delay_of(delay: str) -> tuple[int, int]:
    least, most = DELAYS[delay] if delay in DELAYS else _pair(delay)
    return int(least), int(most)


def _pair(text: str) -> tuple[float, float]:
    match = _NUMBERS.fullmatch(text)
    assert match is not None  # it was checked
    return float(match[1]), float(match[2] if match[2] is not None else match[1])
