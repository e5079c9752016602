"""The share sheet: asks which app a shared thing goes to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import Intent
from droidcancel.simulator.apps.system.app_icons import app_icon
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.packages import Package
from droidcancel.simulator.views import View, column, frame, grid, spacer, text

STRINGS = {
    "en": {"share": "Share", "none": "No apps can perform this action."},
    "fr": {"share": "Partager", "none": "Aucune application ne peut effectuer cette action."},
    "id": {"share": "Bagikan", "none": "Tidak ada aplikasi yang dapat melakukan tindakan ini."},
}


class Chooser(Activity):
    """The apps that take the intent, at the bottom of the screen; Back leaves it."""

    translucent = True
    exported = True
    exclude_from_recents = True

    def build(self) -> View:
        target = self._target()
        found = [
            (package, cls)
            for package, cls in self.phone.resolver.candidates(target)
            if package.name != self.app.package
        ]
        entries = [self._entry(target, package, cls) for package, cls in found]
        body = (
            grid(*entries, columns=4, id="resolver_list")
            if entries
            else text(self.text("none"), padding=24)
        )
        return column(
            spacer(weight=1),
            column(
                text(self.text("share"), id="android:id/title", size=20, padding=(24, 16)),
                body,
                spacer(height=32),
                background="surface",
                radius=28,
                id="contentPanel",
            ),
            background="#80000000",
            height="match",
        )

    def _target(self) -> Intent:
        """What is shared: the intent inside, or the very intent that nobody was named for."""
        inner = self.intent.extras.get("android.intent.extra.INTENT")
        return inner if isinstance(inner, Intent) else replace(self.intent, component=None)

    def _entry(self, target: Intent, package: Package, cls: type[Activity]) -> View:
        return column(
            frame(app_icon(package.name), width="wrap"),
            text(package.label, size=12, lines=1, id="android:id/text1"),
            gravity="center_horizontal",
            padding=8,
            desc=package.label,
            on_click=partial(self._choose, target, package, cls),
        )

    def _choose(self, target: Intent, package: Package, cls: type[Activity]) -> None:
        component = self.phone.resolver.component_of(package, cls)
        self.start(replace(target, component=component))
        self.finish()


def share_sheet(options: PhoneOptions) -> type[App]:
    """The app that asks: a module of its own since Android 14."""
    name = "com.android.intentresolver" if options.api >= 34 else "android.chooser"

    class ShareSheet(App):
        package = name
        labels = {"en": "Android System"}
        uid = 10057
        system = True
        activities = {".ChooserActivity": Chooser}
        strings = STRINGS

    return ShareSheet
