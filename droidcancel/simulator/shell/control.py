"""Ways to leave what a shell is doing."""

from __future__ import annotations


class Leave(Exception):
    """Base of all; not errors."""


class Break(Leave):
    """Leave `levels` loops."""

    def __init__(self, levels: int) -> None:
        super().__init__(levels)
        self.levels = levels


class Continue(Leave):
    """Begin the next turn of the loop `levels` up."""

    def __init__(self, levels: int) -> None:
        super().__init__(levels)
        self.levels = levels


class Return(Leave):
    """Leave a function or a sourced script."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Exit(Leave):
    """Leave the shell; `traps` off after exec."""

    def __init__(self, status: int, traps: bool = True) -> None:
        super().__init__(status)
        self.status, self.traps = status, traps
