"""Start an upload in an Android app, cancel it at a chosen moment, and prove what happened.

The names below are the Python API, see docs/api.md; each is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from droidcancel.api import Phone, Recipe, connect, run, start_upload

__version__ = "0.1.0"
__all__ = ["Phone", "Recipe", "connect", "run", "start_upload"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from droidcancel import api

    return getattr(api, name)
