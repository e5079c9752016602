"""What a run shows while it goes on: lines on stderr, and where it stands right now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from droidcancel.cli.live import Shown

if TYPE_CHECKING:
    from rich.status import Status

    from droidcancel.recipe.options import Event

STYLES = {
    "step": "bold",
    "moment": "yellow",
    "cancel": "red",
    "settled": "red",
    "restored": "green",
    "quiet": "cyan",
    "search": "cyan",
    "missed": "yellow",
    "trouble": "yellow",
    "drift": "yellow",
    "verdict": "bold",
}


class LiveProgress(Shown["Status"]):
    """Prints each event; on a terminal the latest progress stands in a line of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._began: float | None = None

    def _draw(self) -> Status:
        return self._console.status("starting")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Out of the way while a person is asked something."""
        if self._drawn is not None:
            self._drawn.stop()
        try:
            yield
        finally:
            if self._drawn is not None:
                self._drawn.start()

    def __call__(self, event: Event) -> None:
        from rich.text import Text

        if self._began is None:
            self._began = event.at
        if event.kind == "progress":
            if self._drawn is not None:
                self._drawn.update(Text(event.text))
            return
        line = Text(f"{event.at - self._began:7.2f} s  ", style="dim")
        line.append(event.text, style=STYLES.get(event.kind, ""))
        self._console.print(line, soft_wrap=True)
