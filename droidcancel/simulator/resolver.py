"""Which activity takes an intent: PackageManager's resolution of explicit and implicit ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_LAUNCHER,
    Component,
    Intent,
)

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import Activity, App
    from droidcancel.simulator.packages import Package
    from droidcancel.simulator.phone import Phone


class ActivityNotFoundError(Exception):
    """No activity takes the intent."""


class NotExportedError(Exception):
    """The activity belongs to another app and is not exported."""


class IntentResolver:
    """Finds the activities of the installed packages that an intent means."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def resolve(self, intent: Intent, *, uid: int = 2000) -> tuple[Package, type[Activity]]:
        """Find the activity for an intent. Raises ActivityNotFoundError, NotExportedError."""
        if intent.component is not None:
            return self._resolve_component(intent.component, uid)
        found = self.candidates(intent)
        if not found:
            raise ActivityNotFoundError(f"Intent {{ {intent.describe(self._phone.options.api)} }}")
        if len(found) > 1 and self._phone.chooser is not None:
            return self._resolve_component(self._phone.chooser, 1000)
        return found[0]

    def _resolve_component(self, component: Component, uid: int) -> tuple[Package, type[Activity]]:
        package = self._phone.packages.get(component.package)
        if package is None or package.app is None or not package.enabled:
            raise ActivityNotFoundError(f"Activity class {{{component}}} does not exist.")
        cls = self._activity_class(package.app, component)
        if cls is None:
            raise ActivityNotFoundError(f"Activity class {{{component}}} does not exist.")
        if not (package.system or self._phone.power.unlocked_once):  # not directBootAware
            raise ActivityNotFoundError(f"Activity class {{{component}}} does not exist.")
        exported = cls.exported or uid in (0, 1000, package.uid) or self._has_filter(package, cls)
        if not exported:
            raise NotExportedError(f"{component} not exported from uid {package.uid}")
        return package, cls

    @staticmethod
    def _activity_class(app: type[App], component: Component) -> type[Activity] | None:
        for name, cls in app.activities.items():
            if Component.parse(f"{app.package}/{name}").cls == component.cls:
                return cls
        return None

    @staticmethod
    def _has_filter(package: Package, cls: type[Activity]) -> bool:
        assert package.app is not None
        names = [name for name, other in package.app.activities.items() if other is cls]
        launcher = package.app.launcher in names
        return launcher or any(f.activity in names for f in package.app.filters)

    def candidates(self, intent: Intent) -> list[tuple[Package, type[Activity]]]:
        """Every activity whose filters take an implicit intent."""
        found = []
        for package in self._phone.packages:
            app = package.app
            if app is None or not package.enabled or intent.package not in (None, package.name):
                continue
            if intent.action == ACTION_MAIN and CATEGORY_LAUNCHER in intent.categories:
                if app.launcher:
                    found.append((package, app.activities[app.launcher]))
                continue
            for entry in app.filters:
                if entry.matches(intent):
                    found.append((package, app.activities[entry.activity]))
                    break
        return found

    @staticmethod
    def component_of(package: Package, cls: type[Activity]) -> Component:
        assert package.app is not None
        name = next(name for name, other in package.app.activities.items() if other is cls)
        return Component.parse(f"{package.name}/{name}")
