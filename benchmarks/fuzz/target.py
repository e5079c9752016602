"""A target, and one execution of it: what it may not do is told as a finding."""

from __future__ import annotations

import hashlib
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from hypothesis import strategies as some

#: an execution that takes longer, in seconds of processor time, is a finding
SLOW_S = 3.0
#: an execution that does not end by then is broken off, in seconds
HANG_S = 20.0
#: what a process may take, in bytes: more is a MemoryError, and a finding
MEMORY = 3 * 2**30
ROOT = Path(__file__).parents[2]
_OURS = (str(ROOT / "droidcancel"), str(ROOT / "benchmarks" / "fuzz"))

Function = Callable[[bytes], None]
Bytes = some.SearchStrategy[bytes]


class Hang(BaseException):
    """An execution that was broken off. No Exception: nothing may catch it on the way."""


@dataclass(frozen=True)
class Target:
    """`function` raises what is a finding; `seeds` are good inputs, `words` what they are made of.

    `grammar`: what Hypothesis draws from. `usual`: how long most inputs may be, in bytes; of what
    is slow to read, many short ones find more than a few long ones do.
    """

    name: str
    function: Function
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]
    grammar: Bytes
    usual: int = 8000


@dataclass(frozen=True)
class Finding:
    """What a target did. `where` is the innermost place of ours; two of one place are one."""

    target: str
    what: str
    where: str
    data: bytes

    @property
    def key(self) -> tuple[str, str]:
        return self.what.partition(":")[0], self.where

    def to_json(self) -> dict[str, Any]:
        digest = hashlib.sha256(self.data).hexdigest()[:16]
        return {
            "target": self.target, "what": self.what[:500], "where": self.where,
            "input": digest, "bytes": len(self.data),
        }  # fmt: skip


@dataclass
class Runner:
    """Executes one target again and again; `findings` has the first of each place."""

    target: Target
    executions: int = 0
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)

    def run(self, data: bytes) -> Finding | None:
        """One execution; what it did wrong, None where all is well."""
        self.executions += 1
        found = self._run(data)
        if found is not None:
            self.findings.setdefault(found.key, found)
        return found

    def _run(self, data: bytes) -> Finding | None:
        before = time.process_time()
        old = signal.signal(signal.SIGALRM, _break_off)
        signal.setitimer(signal.ITIMER_REAL, HANG_S)
        try:
            self.target.function(data)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            return Finding(self.target.name, _in_words(error), _where(error), data)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
        took = time.process_time() - before
        if took > SLOW_S:
            return Finding(self.target.name, f"Slow: {took:.1f} s", self.target.name, data)
        return None


def _break_off(_number: int, _frame: FrameType | None) -> None:
    raise Hang


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:400]


def _where(error: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_OURS)]
    last = frames[-1] if frames else None
    return f"{Path(last.filename).relative_to(ROOT)}:{last.lineno}" if last else "elsewhere"
