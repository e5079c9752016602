"""The launcher: the home screen with its apps, and recents."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_HOME,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
    IntentFilter,
)
from droidcancel.simulator.views import (
    PagerState,
    View,
    button,
    column,
    frame,
    grid,
    icon,
    pager,
    row,
    spacer,
    text,
)

if TYPE_CHECKING:
    from droidcancel.simulator.activities import Task
    from droidcancel.simulator.packages import Package

STRINGS = {
    "en": {"clear_all": "Clear all", "no_recents": "No recent items"},
    "fr": {"clear_all": "Tout effacer", "no_recents": "Aucun élément récent"},
    "id": {"clear_all": "Hapus semua", "no_recents": "Tidak ada item yang baru dibuka"},
}
ICONS = {"com.android.settings": "settings", "com.android.vending": "play"}
COLOURS = ("#d81b60", "#1e88e5", "#43a047", "#fb8c00", "#8e24aa", "#00897b")


def app_icon(package: str, size: float = 56) -> View:
    """The round sign of an app, its colour made from its name."""
    colour = COLOURS[sum(package.encode()) % len(COLOURS)]
    return frame(
        icon(ICONS.get(package, "play"), color="#ffffff", icon_size=size / 2, align="center"),
        width=size,
        height=size,
        radius=size / 2,
        background=colour,
        important=False,
    )


class HomeScreen(Activity):
    """The apps, four in a row; a tap starts one."""

    launch_mode = "singleTask"

    def build(self) -> View:
        apps = [self._entry(package) for package in self._apps()]
        return column(
            spacer(weight=1),
            grid(*apps, columns=4, id="apps_view", padding=(8, 8)),
            spacer(height=64),
            background="#25304a",
            height="match",
            id="workspace",
            edge_to_edge=True,
        )

    def _apps(self) -> list[Package]:
        return [p for p in self.phone.packages if p.launcher and p.enabled and p.app]

    def _entry(self, package: Package) -> View:
        assert package.app is not None
        label = package.app.label(self.phone.language())
        return column(
            app_icon(package.name),
            text(label, size=12, color="#ffffff", lines=1, gravity="center", margin=(0, 6, 0, 0)),
            gravity="center_horizontal",
            padding=(4, 10),
            desc=label,
            id="icon",
            on_click=partial(self._launch, package),
        )

    def _launch(self, package: Package) -> None:
        assert package.launcher is not None
        self.start(
            Intent(
                action=ACTION_MAIN,
                categories=frozenset({CATEGORY_LAUNCHER}),
                component=Component.parse(f"{package.name}/{package.launcher}"),
                flags=FLAG_ACTIVITY_NEW_TASK,
            )
        )

    def on_back(self) -> bool:
        return True


class Recents(Activity):
    """The overview: a card a task; a tap opens it, a swipe up removes it."""

    exclude_from_recents = True

    def on_create(self) -> None:
        self.pages = PagerState(horizontal=True)

    def on_resume(self) -> None:
        self.invalidate()

    def build(self) -> View:
        tasks = self.phone.activities.recents()
        body = self._cards(tasks) if tasks else self._empty()
        return column(
            spacer(height=40),
            body,
            background="#3a4256",
            height="match",
            id="overview_panel",
            edge_to_edge=True,
        )

    def _empty(self) -> View:
        return text(self.text("no_recents"), color="#ffffff", size=18, gravity="center", weight=1)

    def _cards(self, tasks: list[Task]) -> View:
        return column(
            pager(*map(self._card, tasks), state=self.pages, weight=1, id="task_pager"),
            row(
                button(
                    self.text("clear_all"),
                    outlined=True,
                    color="#ffffff",
                    id="clear_all",
                    on_click=partial(self._clear, tasks),
                ),
                gravity="center",
                padding=16,
            ),
            weight=1,
        )

    def _card(self, task: Task) -> View:
        package = self.phone.packages.get(task.affinity)
        label = package.app.label(self.phone.language()) if package and package.app else ""
        return column(
            row(
                app_icon(task.affinity, 32),
                text(label, color="#ffffff", size=16, margin=(12, 0)),
                padding=(8, 8),
            ),
            frame(
                app_icon(task.affinity, 96),
                gravity="center",
                background="#11151f",
                radius=24,
                weight=1,
                id="snapshot",
            ),
            desc=label,
            id="task",
            margin=(48, 16),
            height="match",
            on_click=partial(self._open, task),
            on_swipe=partial(self._swiped, task),
        )

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


class Launcher(App):
    package = "com.android.launcher3"
    labels = {"en": "Launcher3"}
    uid = 10055
    system = True
    activities = {".Launcher": HomeScreen, ".RecentsActivity": Recents}
    filters = (IntentFilter(".Launcher", (ACTION_MAIN,), (CATEGORY_HOME,)),)
    strings = STRINGS
