"""What a fleet run shows: a line a job on stderr, and on a terminal what each phone is doing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from droidcancel.cli.live import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from droidcancel.fleet.board import Board, Tracked
    from droidcancel.fleet.coordinator import Coordinator

STATES = {"finished": "green", "lost": "bold yellow"}
MOST_PHONES = 30


class FleetProgress(Shown["Live"]):
    """Lines above, and a table of the phones below where there is a terminal."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._board = board
        self._coordinator: Coordinator | None = None

    def _draw(self) -> Live:
        from rich.live import Live

        return Live(console=self._console, refresh_per_second=2, transient=True)

    def follow(self, coordinator: Coordinator) -> None:
        """Show what this one is doing."""
        self._coordinator = coordinator
        coordinator.on_look = self._show

    def done(self, tracked: Tracked) -> None:
        """A line for a job that has come to its end."""
        from rich.text import Text

        run = tracked.run or {}
        ended = sum(each.done for each in self._board.jobs.values())
        line = Text(f"{ended:4d}/{len(self._board.jobs)}  {tracked.job.recipe:24s} ")
        style = "green" if run.get("ok") else "yellow" if run.get("error") else "bold red"
        line.append(f"{run.get('verdict', ''):10s}", style=style)
        where = tracked.phone.id if tracked.phone else ""
        line.append(f" {where}  {run.get('duration_s', 0.0):.1f} s", style="dim")
        if run.get("error"):
            line.append(f"  {run['error']['message']}", style="yellow")
        self._console.print(line, soft_wrap=True)

    def _show(self) -> None:
        if self._drawn is not None and self._coordinator is not None:
            self._drawn.update(self._table(self._coordinator))

    def _table(self, coordinator: Coordinator) -> RenderableType:
        from rich.table import Table

        waiting = sum(tracked.state == "waiting" for tracked in self._board.jobs.values())
        ended = sum(tracked.done for tracked in self._board.jobs.values())
        table = Table(
            "phone", "job", "for", box=None,
            title=f"{ended} of {len(self._board.jobs)} done, {waiting} waiting",
            title_justify="left",
        )  # fmt: skip
        now = time.monotonic()
        busy = coordinator.running()
        for name, tracked in sorted(busy.items())[:MOST_PHONES]:
            what = tracked.job.recipe if tracked.state == "running" else "no answer"
            table.add_row(name, what, f"{now - tracked.since:.0f} s" if tracked.since else "")
        for name, why in coordinator.aside.items():
            table.add_row(name, f"put aside: {why}", "", style="yellow")
        return table
