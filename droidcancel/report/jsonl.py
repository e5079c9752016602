"""Runs as JSON Lines: one a line, written as each ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from droidcancel.closing import Closing


class JsonLines(Closing):
    """A file that begins empty; each run is on the disk before the next begins."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8", errors="backslashreplace")

    def write(self, run: Mapping[str, Any]) -> None:
        """Add a run's JSON."""
        self._file.write(json.dumps(run, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()
