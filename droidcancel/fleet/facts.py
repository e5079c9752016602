"""What is known of a phone in a fleet, and the words of `--on` that choose among them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from droidcancel.errors import UsageError


@dataclass(frozen=True)
class PhoneFacts:
    """One phone of a host. `id`: host and serial, the same for as long as it is offered.

    `host_id`: whose disk keeps the ledger of what was run on it. `protected`, `max_posts`,
    `max_deletes`: as devices.yaml says.
    """

    id: str
    host: str
    host_id: str
    name: str
    serial: str
    kind: str
    model: str
    api: int
    locale: str = ""
    app: str | None = None
    protected: bool = False
    max_posts: int = 10
    max_deletes: int = 10

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""
        return asdict(self)


_NUMBERS: Mapping[str, Callable[[int, int], bool]] = {
    "=": eq, "!=": ne, ">=": ge, "<=": le, ">": gt, "<": lt,
}  # fmt: skip
_TEXTS = ("name", "serial", "kind", "model", "host", "locale")
_CONDITION = re.compile(r"\s*([a-z]+)\s*(!=|>=|<=|=|>|<)\s*(.+?)\s*")


@dataclass(frozen=True)
class Condition:
    """One part of `--on`: a fact, how it is compared, and with what."""

    fact: str
    sign: str
    value: str

    def holds(self, phone: PhoneFacts) -> bool:
        """Whether it is true of a phone."""
        if self.fact == "api":
            return _NUMBERS[self.sign](phone.api, int(self.value))
        told = str(getattr(phone, self.fact)).lower()
        return fnmatchcase(told, self.value.lower()) is (self.sign == "=")


def parse_on(text: str | None) -> tuple[Condition, ...]:
    """``api>=33,kind=usb,model=Pixel*``: all of them must hold. Raises UsageError."""
    parts = [part for part in (text or "").split(",") if part.strip()]
    return tuple(_condition(part) for part in parts)


def _condition(part: str) -> Condition:
    found = _CONDITION.fullmatch(part)
    facts = ", ".join(("api", *_TEXTS))
    if found is None:
        raise UsageError(
            f"--on {part.strip()}: no condition", "as in api>=33,kind=usb,model=Pixel*"
        )
    fact, sign, value = found.groups()
    if fact == "api":
        if not value.isdecimal():
            raise UsageError(f"--on {part.strip()}: expected a number", "as in api>=33")
    elif fact not in _TEXTS:
        raise UsageError(f"--on {part.strip()}: nothing is known by that name", f"facts: {facts}")
    elif sign not in ("=", "!="):
        raise UsageError(f"--on {part.strip()}: {fact} is a text", "use = or !=, with * for any")
    return Condition(fact, sign, value)


def chosen(phones: Sequence[PhoneFacts], on: Sequence[Condition]) -> list[PhoneFacts]:
    """The phones of which all conditions hold."""
    return [phone for phone in phones if all(each.holds(phone) for each in on)]
