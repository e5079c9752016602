"""The commands that are part of the shell."""

from __future__ import annotations

from droidcancel.simulator.shell.builtins import (  # noqa: F401
    flow,
    names,
    output,
    processes,
    reading,
    state,
)
from droidcancel.simulator.shell.builtins.table import BUILTINS, SPECIAL

__all__ = ["BUILTINS", "SPECIAL"]
