"""Recents: a card for each task."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.base import Activity
from droidcancel.simulator.apps.system.app_icons import app_icon
from droidcancel.simulator.apps.system.bars import NAVIGATION_BAR_DP, STATUS_BAR_DP
from droidcancel.simulator.apps.system.wallpaper import wallpaper
from droidcancel.simulator.views import (
    PagerState,
    View,
    button,
    column,
    frame,
    image,
    pager,
    row,
    text,
)

if TYPE_CHECKING:
    from droidcancel.simulator.tasks import Task

INK = "#ffffff"


class Recents(Activity):
    """The overview: a tap on a card opens its task, a swipe up removes it."""

    exclude_from_recents = True

    def on_create(self) -> None:
        self.pages = PagerState(horizontal=True)

    def on_resume(self) -> None:
        self.pages.index = 0
        self.invalidate()

    def build(self) -> View:
        tasks = self.phone.activities.recents()
        return frame(
            wallpaper(),
            self._cards(tasks) if tasks else self._empty(),
            height="match",
            background="#25304a",
            id="overview_panel",
            edge_to_edge=True,
        )

    def _empty(self) -> View:
        words = text(self.text("no_recents"), color=INK, size=18, align="center")
        return frame(words, height="match", background="#80000000")

    def _cards(self, tasks: list[Task]) -> View:
        clear = button(
            self.text("clear_all"),
            color=INK,
            background="#33ffffff",
            id="clear_all",
            on_click=partial(self._clear, tasks),
        )
        return column(
            pager(*map(self._card, tasks), state=self.pages, weight=1, id="task_pager"),
            row(clear, gravity="center", padding=12),
            height="match",
            padding=(0, STATUS_BAR_DP, 0, NAVIGATION_BAR_DP),
            background="#80000000",
        )

    def _card(self, task: Task) -> View:
        package = self.phone.packages.get(task.affinity)
        label = package.app.label(self.phone.language()) if package and package.app else ""
        return column(
            row(
                app_icon(task.affinity, 32),
                text(label, color=INK, size=16, margin=(12, 0), lines=1),
                padding=(8, 8),
            ),
            self._snapshot(task),
            desc=label,
            id="task",
            margin=(56, 8),
            height="match",
            on_click=partial(self._open, task),
            on_swipe=partial(self._swiped, task),
        )

    def _snapshot(self, task: Task) -> View:
        """How the task looked; of one whose process is gone only its sign."""
        top = task.top
        if top is None or top.activity is None:
            sign = app_icon(task.affinity, 96)
            sign.layout.align = "center"
            return frame(sign, background="#11151f", radius=24, weight=1, id="snapshot")
        window = top.activity.window
        window.root()  # built here, on the loop: pictures are drawn in a thread
        draw = self.phone.screen.thumbnail(window)
        return image(draw, width="match", weight=1, radius=24, id="snapshot")

    def _open(self, task: Task) -> None:
        self.finish()
        self.phone.activities.bring_task(task.id)

    def _swiped(self, task: Task, direction: str) -> None:
        if direction == "up":
            self._clear([task])

    def _clear(self, tasks: list[Task]) -> None:
        for task in tasks:
            self.phone.activities.remove_task(task.id)
        if self.phone.activities.recents():
            self.invalidate()
        else:
            self.finish()
