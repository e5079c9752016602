"""What feeds a target: a loop that damages samples, Hypothesis, and atheris."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from benchmarks.fuzz.grammar import NUMBERS, encoded
from benchmarks.fuzz.target import Runner

EXAMPLES_A_ROUND = 200
Note = Callable[[], None]


# -- a loop ----------------------------------------------------------------------------------------
def mutate(runner: Runner, until: float, note: Note, seed: int) -> None:
    """Samples, damaged in one to eight places, until a time (monotonic seconds)."""
    chance = random.Random(seed)
    pool = [*runner.target.seeds]
    for sample in pool:
        runner.run(sample)
    while time.monotonic() < until:
        data = damaged(chance, pool, runner.target.words, runner.target.usual)
        if runner.run(data) is None and chance.random() < 0.01:
            pool.append(data[:10_000])
            del pool[: max(0, len(pool) - 2000)]
        note()


def damaged(
    chance: random.Random, pool: Sequence[bytes], words: Sequence[bytes], usual: int = 8000
) -> bytes:
    """A sample of the pool with a few damages."""
    data = chance.choice(pool) or b"x"
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        data = _damage(chance, data, pool, words)
    return data[: 25 * usual if chance.random() < 0.05 else usual]


def _damage(
    chance: random.Random, data: bytes, pool: Sequence[bytes], words: Sequence[bytes]
) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 200)))
    kind = chance.randrange(9)
    if kind == 0:
        return data[:at] + data[end:]
    if kind == 1:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:]
    if kind == 3:
        return data[:at] + data[at:end] * chance.choice((2, 3, 60, 3000)) + data[end:]
    if kind == 4:
        other = chance.choice(pool)
        return data[:at] + other[chance.randrange(len(other) + 1) :]
    if kind in (5, 6) and words:
        return data[:at] + chance.choice(words) + data[end if kind == 6 else at :]
    if kind == 7:
        return data[:at] + encoded(chance.choice(NUMBERS)) + data[end:]
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


# -- Hypothesis ------------------------------------------------------------------------------------
def hypothesis(runner: Runner, until: float, note: Note, seed: int) -> None:
    """What the target's grammar makes."""
    from hypothesis import seed as seeded

    number = seed
    while time.monotonic() < until:

        @seeded(number)
        @settings(
            max_examples=EXAMPLES_A_ROUND, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(runner.target.grammar)
        def one(data: bytes) -> None:
            if time.monotonic() < until:
                runner.run(data)
                note()

        one()
        number += 1


# -- atheris ---------------------------------------------------------------------------------------
def atheris(runner: Runner, until: float, note: Note, seed: int) -> None:
    """Led by what the bytes reach: ends the process when the time is over."""
    import atheris as engine  # type: ignore[import-untyped,unused-ignore]

    corpus = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, sample in enumerate(runner.target.seeds):
        (corpus / str(number)).write_bytes(sample)
    words = corpus.parent / f"{corpus.name}.dict"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in runner.target.words if word))

    def one(data: bytes) -> None:
        runner.run(data)
        note()

    seconds = max(1, int(until - time.monotonic()))
    engine.Setup(
        [
            sys.argv[0], f"-max_total_time={seconds}", f"-seed={seed or 1}", f"-dict={words}",
            f"-max_len={5 * runner.target.usual // 2}", "-timeout=120", "-rss_limit_mb=0",
            "-verbosity=0", str(corpus),
        ],
        one,
    )  # fmt: skip
    engine.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word[:60])


ENGINES = {"mutate": mutate, "hypothesis": hypothesis, "atheris": atheris}
