"""Apps that were installed from an APK: their screens say that no code of theirs runs here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.views import View, column, text

if TYPE_CHECKING:
    from droidcancel.simulator.apk import ApkInfo


class ForeignActivity(Activity):
    """Stands for any screen of an app that the simulator has no code of."""

    exported = True

    def build(self) -> View:
        return column(
            text(self.app.package, id="android:id/title", size=20),
            text("This app is installed; the simulator does not run its code.", size=14),
            background="surface",
            height="match",
            padding=24,
            gravity="center",
        )


def foreign_app(info: ApkInfo) -> type[App]:
    """The app of an APK, with a screen for each activity of its manifest."""
    label_text = info.package.rpartition(".")[2].capitalize()
    names: dict[str, type[Activity]] = {
        _short(info.package, name): type("Foreign", (ForeignActivity,), {})
        for name in info.activities
    }
    launcher_name = _short(info.package, info.launcher) if info.launcher else None

    class Foreign(App):
        package = info.package
        labels = {"en": label_text}
        version_name = info.version_name
        version_code = info.version_code
        target_sdk = info.target_sdk
        permissions = info.permissions
        activities = names
        launcher = launcher_name

    return Foreign


def _short(package: str, name: str) -> str:
    return name.removeprefix(package) if name.startswith(package + ".") else name
