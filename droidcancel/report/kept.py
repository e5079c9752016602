"""What a test kept beside a run's page, as links of the page."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

WORDS: Mapping[str, str] = {
    "video": "Film of the test",
    "screenshots": "Screen at its end",
    "hierarchy": "Hierarchy at its end",
    "logcat": "What the phone logged",
}
#: a film is begun so many seconds before the cut
LEAD_S = 2.0


def links(run: Mapping[str, Any], folder: Path, cut_at: float | None) -> list[tuple[str, str]]:
    """Text and address of each, relative to the page's folder; a film's also from the cut on.

    `cut_at`: seconds since 1970.
    """
    found = []
    for each in run.get("kept") or ():
        text = WORDS.get(each["name"], str(each["name"]))
        href = quote(os.path.relpath(each["path"], folder).replace(os.sep, "/"))
        found.append((text, href))
        began = each.get("began_at")
        if began is not None and cut_at is not None and cut_at > float(began):
            start = max(0.0, cut_at - float(began) - LEAD_S)
            found.append((f"{text}, from just before the cut", f"{href}#t={start:.1f}"))
    return found
