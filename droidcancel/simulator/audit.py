"""What clients had the phone run: every program with its words, and what destroys a user's data."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MAX_PROGRAMS = 5_000
MAX_WORDS = 32
MAX_WORD = 128
MAX_HARMFUL = 100


@dataclass(eq=False)
class Audit:
    """The programs that ran, latest last, and the harmful commands; kept across reboots.

    `harmful`: `pm clear` in any form, which wipes an app's account, drafts and settings, or hangs.
    """

    programs: deque[tuple[str, ...]] = field(default_factory=lambda: deque(maxlen=MAX_PROGRAMS))
    harmful: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_HARMFUL))

    def ran(self, argv: list[str]) -> None:
        """Note a program and its words, as far as they are worth the room."""
        self.programs.append(tuple(word[:MAX_WORD] for word in argv[:MAX_WORDS]))

    def harm(self, *words: str) -> None:
        """Note a command that may take a user's data away."""
        self.harmful.append(" ".join(words)[:MAX_WORD])

    def matching(self, *words: str) -> list[tuple[str, ...]]:
        """The programs that were called with these words first, oldest first."""
        return [argv for argv in self.programs if argv[: len(words)] == words]
