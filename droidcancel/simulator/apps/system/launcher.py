"""The launcher: wallpaper, a hotseat and pages of apps; recents is its other screen."""

from __future__ import annotations

from functools import partial

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
from droidcancel.simulator.apps.system.app_icons import app_icon
from droidcancel.simulator.apps.system.bars import NAVIGATION_BAR_DP, STATUS_BAR_DP
from droidcancel.simulator.apps.system.recents import Recents
from droidcancel.simulator.apps.system.system_strings import clock_text, date_text
from droidcancel.simulator.apps.system.wallpaper import wallpaper
from droidcancel.simulator.packages import Package
from droidcancel.simulator.views import (
    PagerState,
    View,
    column,
    frame,
    grid,
    pager,
    row,
    spacer,
    text,
)

STRINGS = {
    "en": {"clear_all": "Clear all", "no_recents": "No recent items"},
    "fr": {"clear_all": "Tout effacer", "no_recents": "Aucun élément récent"},
    "id": {"clear_all": "Hapus semua", "no_recents": "Tidak ada item yang baru dibuka"},
}
COLUMNS, ROWS = 4, 3
HOTSEAT = 4
INK = "#ffffff"


class HomeScreen(Activity):
    """The apps; a tap starts one. The first four stand in the hotseat."""

    launch_mode = "singleTask"

    def on_create(self) -> None:
        self.pages = PagerState(horizontal=True)

    def on_resume(self) -> None:
        self.invalidate()

    def build(self) -> View:
        apps = [p for p in self.phone.packages if p.launcher and p.enabled and p.app]
        return frame(
            wallpaper(),
            column(
                self._glance(),
                self._pages(apps[HOTSEAT:]),
                self._hotseat(apps[:HOTSEAT]),
                height="match",
                padding=(8, STATUS_BAR_DP, 8, NAVIGATION_BAR_DP),
            ),
            background="#25304a",
            height="match",
            id="workspace",
            edge_to_edge=True,
        )

    def _glance(self) -> View:
        now, language = self.phone.clock.time(), self.phone.language()
        return column(
            text(clock_text(now), size=48, color=INK, shadow=True),
            text(date_text(language, now), size=16, color=INK, shadow=True),
            padding=(20, 24),
            id="search_container_workspace",
        )

    def _pages(self, apps: list[Package]) -> View:
        size = COLUMNS * ROWS
        pages = [
            column(spacer(weight=1), grid(*map(self._entry, part), columns=COLUMNS), height="match")
            for part in (apps[i : i + size] for i in range(0, max(1, len(apps)), size))
        ]
        return pager(*pages, state=self.pages, weight=1, id="workspace_pages")

    def _hotseat(self, apps: list[Package]) -> View:
        return row(*(self._entry(app, weight=1) for app in apps), id="hotseat", padding=(0, 8))

    def _entry(self, package: Package, weight: float = 0) -> View:
        assert package.app is not None
        label = package.app.label(self.phone.language())
        return column(
            app_icon(package.name),
            text(
                label, size=12, color=INK, lines=1, gravity="center", margin=(0, 6, 0, 0),
                shadow=True,
            ),
            gravity="center_horizontal",
            padding=(4, 10),
            desc=label,
            id="icon",
            weight=weight,
            on_click=partial(self._launch, package),
        )  # fmt: skip

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


class Launcher(App):
    package = "com.android.launcher3"
    labels = {"en": "Launcher3"}
    uid = 10055
    system = True
    activities = {".Launcher": HomeScreen, ".RecentsActivity": Recents}
    filters = (IntentFilter(".Launcher", (ACTION_MAIN,), (CATEGORY_HOME,)),)
    strings = STRINGS
