"""What clients had the phone run: every program with its words, and what destroys a user's data."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MAX_PROGRAMS = 5_000
MAX_WORDS = 32
MAX_WORD = 128
MAX_HARMFUL = 100

#: first words of programs that change a phone beyond the app that is in front
CHANGING = (
    ("settings", "put"), ("settings", "delete"), ("settings", "reset"), ("svc",), ("setprop",),
    ("pm", "clear"), ("pm", "install"), ("pm", "uninstall"), ("pm", "grant"), ("pm", "revoke"),
    ("pm", "disable-user"), ("pm", "enable"), ("pm", "trim-caches"), ("appops", "set"),
    ("content", "insert"), ("content", "update"), ("content", "delete"), ("content", "call"),
    ("rm",), ("mkdir",), ("mv",), ("cp",), ("touch",), ("chmod",), ("ln",), ("dd",), ("reboot",),
    ("am", "broadcast"), ("am", "kill"), ("am", "stack"), ("am", "task"), ("am", "set-inactive"),
    ("wm", "size"), ("wm", "density"), ("input", "text"), ("locksettings",), ("ime", "set"),
    ("ime", "enable"), ("ime", "disable"), ("cmd", "wifi", "set-wifi-enabled"),
    ("cmd", "connectivity", "airplane-mode", "enable"), ("cmd", "phone", "data"),
    ("cmd", "connectivity", "airplane-mode", "disable"), ("cmd", "netpolicy", "set"),
    ("cmd", "connectivity", "set-chain3-enabled"), ("cmd", "netpolicy", "add"),
    ("cmd", "connectivity", "set-package-networking-enabled"), ("cmd", "netpolicy", "remove"),
    ("cmd", "jobscheduler"), ("ip",), ("iptables",), ("ndc",),
)  # fmt: skip

#: those that only tell, when nothing stands behind them
TELLING = frozenset({("wm", "size"), ("wm", "density")})


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

    @property
    def changing(self) -> list[tuple[str, ...]]:
        """The programs that change the phone, of those in CHANGING, oldest first."""
        programs = (argv for argv in self.programs if argv not in TELLING)
        return [argv for argv in programs if any(argv[: len(w)] == w for w in CHANGING)]
