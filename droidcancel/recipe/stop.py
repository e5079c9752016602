"""A recipe that ends early on purpose: what it found speaks against going on."""

from __future__ import annotations


class StopRun(Exception):
    """Ends the run without an error: its checks say why, and judge it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
