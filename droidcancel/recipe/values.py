"""Values that a recipe writes as people do: ``2s``, ``3MB``, ``40%``, and the moment to cancel."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from droidcancel.apps.document import Frozen

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_BYTES = {"b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2}
_AMOUNT = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)\s*([a-zA-Z%]*)")
#: seconds, or bytes, beyond all sense: every wait has an end
MOST_SECONDS, MOST_BYTES = 7 * 86_400.0, 2.0**50


def seconds(value: Any) -> float:
    """``2``, ``2s``, ``500ms``, ``1.5m`` as seconds. ValueError for anything else."""
    expected = "a duration such as 500ms, 2s or 3m, of at most 7 days"
    return _amount(value, _SECONDS, "s", expected, MOST_SECONDS)


def size(value: Any) -> int:
    """``3MB``, ``512KiB``, ``4096`` as bytes. ValueError for anything else."""
    return int(_amount(value, _BYTES, "b", "a size such as 512KiB or 3MB", MOST_BYTES))


def _amount(value: Any, units: dict[str, Any], default: str, expected: str, most: float) -> float:
    if isinstance(value, bool):
        raise ValueError(f"expected {expected}")
    if isinstance(value, int | float) and 0 <= value <= most:
        return float(value)
    match = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    unit = (match[2].lower() or default) if match else ""
    if match is None or unit not in units:
        raise ValueError(f"expected {expected}")
    found = float(match[1]) * float(units[unit])
    if found > most:
        raise ValueError(f"expected {expected}")
    return found


Duration = Annotated[
    float,
    BeforeValidator(seconds),
    WithJsonSchema({"type": ["number", "string"], "examples": [2, "500ms", "2s", "3m"]}),
]

MomentKind = Literal["posting", "percent", "bytes", "after", "stuck", "failed", "published"]
PLAIN_MOMENTS = ("posting", "stuck", "failed", "published")
MOMENT_FORMS = "posting, stuck, failed, published, {at: 40%}, {at: 3MB}, {after: 2s}, {stuck: 30s}"
MOMENT_WORDS = "posting, stuck, failed, published, 40%, 3MB, 'after 2s', 'stuck 30s'"  # for a shell


class Moment(Frozen):
    """When to cancel. `value`: percent, bytes or seconds, by kind; 0 where the kind needs none.

    `stuck`: how many seconds nothing may move; 0 leaves that to the recipe's settings.
    """

    kind: MomentKind
    value: float = 0.0

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if isinstance(value, Moment) or (isinstance(value, dict) and "kind" in value):
            return value
        return parse_moment(value)

    def __str__(self) -> str:
        amounts = {
            "percent": f"at {self.value:g}%",
            "bytes": f"at {self.value / 1e6:g}MB",
            "after": f"after {self.value:g}s",
            **({"stuck": f"stuck {self.value:g}s"} if self.value else {}),
        }
        return amounts.get(self.kind, self.kind)


def parse_moment(value: Any) -> dict[str, Any]:
    """``posting``, ``40%``, ``at 3MB``, ``{after: 2s}`` as kind and value. ValueError otherwise."""
    if isinstance(value, dict) and len(value) == 1:
        ((word, amount),) = value.items()
        return _timed(str(word), amount)
    text = str(value).strip()
    if text in PLAIN_MOMENTS:
        return {"kind": text}
    word, amount = re.fullmatch(r"(?:(at|after|stuck)\b[: ]*)?(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr] # .* matches all
    return _timed(word or "at", amount)


def _timed(word: str, amount: Any) -> dict[str, Any]:
    text = str(amount).strip()
    if word in ("after", "stuck"):
        return {"kind": word, "value": seconds(amount)}
    match = _AMOUNT.fullmatch(text)
    if word == "at" and match and match[2] == "%" and 0 <= float(match[1]) <= 100:
        return {"kind": "percent", "value": float(match[1])}
    if word == "at" and match and match[2].lower() in _BYTES:
        return {"kind": "bytes", "value": size(text)}
    raise ValueError(f"expected a moment: {MOMENT_FORMS}")


def _json_schema() -> dict[str, Any]:
    return {
        "anyOf": [
            {"type": "string", "enum": list(PLAIN_MOMENTS)},
            {"type": "string", "pattern": r"^\d+(\.\d+)?\s*(%|[kKmMgG]i?[bB])$"},
            *(
                {
                    "type": "object",
                    "properties": {word: {"type": ["string", "number"]}},
                    "required": [word],
                    "additionalProperties": False,
                }
                for word in ("at", "after", "stuck")
            ),
        ]
    }


MomentField = Annotated[Moment, WithJsonSchema(_json_schema())]
