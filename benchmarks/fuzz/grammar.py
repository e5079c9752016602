"""What several grammars are made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as some

from benchmarks.fuzz.target import Bytes

#: numbers that are too large, no numbers for `int`, or none at all
NUMBERS = (
    "0", "-1", "1", "9" * 30, "9" * 5000, "2147483648", "18446744073709551616", "0x7f", "1e999",
    "²", "٣", "nan", "-", "",
)  # fmt: skip
WORDS = (
    "\0", "\ud800", "\u202e", "\U0001f4a5", "\x1b[31m", "../" * 8 + "etc/passwd", "$(id)", "`id`",
    "'; id #", '"', "'", "\\", "\n", "\r\n", "\t", "${x}", "$$", "<script>", "</script>", "]]>", "&lt;",  # noqa: E501
    "&#0;", "&a;", "%s%n", "{}", "[]", "null", "true", "None",
)  # fmt: skip
TEXT = some.one_of(some.sampled_from(NUMBERS + WORDS), some.text(max_size=20))
JSON = some.recursive(
    some.one_of(
        some.none(), some.booleans(), some.integers(), some.floats(), TEXT,
        some.sampled_from([10**30, -(10**30), 1e308]),
    ),
    lambda inner: some.one_of(
        some.lists(inner, max_size=4), some.dictionaries(TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def damaged(samples: Sequence[bytes]) -> Bytes:
    """A sample of which a piece is doubled, cut out or replaced."""

    def damage(sample: bytes, at: int, length: int, by: str, times: int) -> bytes:
        start = at % (len(sample) + 1)
        return sample[:start] + encoded(by) * times + sample[start + length :]

    return some.builds(
        damage, some.sampled_from(list(samples)), some.integers(0, 1 << 16), some.integers(0, 40),
        TEXT, some.sampled_from([0, 1, 1, 1, 2, 50, 3000]),
    )  # fmt: skip


def lines(samples: Sequence[bytes]) -> Bytes:
    """Lines of several samples, mixed, some many times over."""
    pool = [line for sample in samples for line in sample.splitlines(keepends=True)] or [b"\n"]
    line = some.builds(
        lambda one, times: one * times,
        some.sampled_from(pool) | TEXT.map(lambda t: encoded(t) + b"\n"),
        some.sampled_from([1, 1, 1, 1, 2, 400]),
    )
    return some.lists(line, max_size=12).map(b"".join)
