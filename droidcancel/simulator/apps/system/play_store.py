"""The Play Store: the page of an app that is installed, with its updates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    ACTION_VIEW,
    CATEGORY_DEFAULT,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
    IntentFilter,
)
from droidcancel.simulator.apps.system.app_icons import app_icon
from droidcancel.simulator.packages import Package
from droidcancel.simulator.views import (
    ScrollState,
    View,
    button,
    column,
    image_button,
    list_view,
    progress,
    row,
    text,
)

STRINGS = {
    "en": {
        "manage": "Manage apps & device",
        "version": "Version {version}",
        "new_version": "Version {version} is available",
        "update": "Update",
        "open": "Open",
        "uninstall": "Uninstall",
        "installing": "Installing…",
        "not_found": "Item not found.",
        "offline": "You’re offline",
        "up": "Navigate up",
        "by": "Installed from Google Play",
    },
    "fr": {
        "manage": "Gérer les applis et l'appareil",
        "version": "Version {version}",
        "new_version": "La version {version} est disponible",
        "update": "Mettre à jour",
        "open": "Ouvrir",
        "uninstall": "Désinstaller",
        "installing": "Installation…",
        "not_found": "Élément introuvable.",
        "offline": "Vous êtes hors connexion",
        "up": "Revenir en haut de la page",
        "by": "Installée depuis Google Play",
    },
    "id": {
        "manage": "Kelola aplikasi & perangkat",
        "version": "Versi {version}",
        "new_version": "Versi {version} tersedia",
        "update": "Update",
        "open": "Buka",
        "uninstall": "Uninstal",
        "installing": "Menginstal…",
        "not_found": "Item tidak ditemukan.",
        "offline": "Anda sedang offline",
        "up": "Kembali ke atas",
        "by": "Diinstal dari Google Play",
    },
}
PACKAGE = "com.android.vending"
DETAILS = "com.google.android.finsky.activities.MarketDeepLinkHandlerActivity"
CATEGORY_BROWSABLE = "android.intent.category.BROWSABLE"


class Store(Activity):
    """The installed apps, those with an update first."""

    exported = True

    def on_create(self) -> None:
        self.scroll = ScrollState()

    def on_resume(self) -> None:
        self.invalidate()

    def build(self) -> View:
        assert isinstance(self.app, PlayStore)
        store = self.app
        shown = [p for p in self.phone.packages if p.launcher and not p.system]
        shown.sort(key=lambda package: store.update_of(package) is None)
        return column(
            text(self.text("manage"), size=22, padding=(24, 16)),
            list_view(*map(self._row, shown), state=self.scroll, weight=1),
            background="surface",
            height="match",
        )

    def _row(self, package: Package) -> View:
        assert isinstance(self.app, PlayStore)
        update = self.app.update_of(package)
        below = (
            self.text("new_version", version=update)
            if update
            else self.text("version", version=package.version_name)
        )
        link = f"market://details?id={package.name}"
        return row(
            app_icon(package.name, 48),
            column(
                text(package.label, size=16, lines=1),
                text(below, size=14, color="on_surface_variant", lines=1),
                weight=1,
                margin=(16, 0, 0, 0),
            ),
            padding=(24, 10),
            on_click=lambda: self.start(
                Intent(action=ACTION_VIEW, data=link, package=self.app.package)
            ),
        )


class Details(Activity):
    """One app: its version, and what can be done with it."""

    exported = True

    def on_create(self) -> None:
        self.installing = False

    def on_resume(self) -> None:
        self.invalidate()

    def on_new_intent(self, intent: Intent) -> None:
        self.invalidate()

    @property
    def subject(self) -> Package | None:
        """The installed app that the link names."""
        wanted = parse_qs(urlsplit(self.intent.data or "").query).get("id", [""])
        package = self.phone.packages.get(wanted[0])
        return package if package is not None and package.app is not None else None

    def build(self) -> View:
        package = self.subject
        up = image_button(icon="back", desc=self.text("up"), on_click=self.finish)
        return column(
            row(up, padding=(4, 8)),
            *(self._page(package) if package is not None else [self._missing()]),
            background="surface",
            height="match",
        )

    def _missing(self) -> View:
        return text(self.text("not_found"), size=18, gravity="center", weight=1, width="match")

    def _page(self, package: Package) -> list[View]:
        title = column(
            text(package.label, id="title", size=24, lines=2),
            text(self.text("version", version=package.version_name), id="version", size=14),
            text(self.text("by"), size=13, color="on_surface_variant", lines=2),
            weight=1,
            margin=(20, 0, 0, 0),
        )
        head = row(app_icon(package.name, 72), title, padding=(24, 8))
        if self.installing:
            label = text(self.text("installing"), size=14, padding=(24, 16, 24, 8))
            return [head, label, progress(None, margin=(24, 0))]
        return [head, row(*self._buttons(package), padding=(24, 16), gap=12)]

    def _buttons(self, package: Package) -> list[View]:
        assert isinstance(self.app, PlayStore)
        buttons = []
        if not package.system:
            buttons.append(
                button(
                    self.text("uninstall"),
                    outlined=True,
                    weight=1,
                    on_click=lambda: self._uninstall(package),
                )
            )
        if self.app.update_of(package) is not None:
            update = button(
                self.text("update"), filled=True, weight=1, on_click=lambda: self._update(package)
            )
            buttons.append(update)
        elif package.launcher:
            opener = button(
                self.text("open"), filled=True, weight=1, on_click=lambda: self._open(package)
            )
            buttons.append(opener)
        return buttons

    def _open(self, package: Package) -> None:
        self.start(
            Intent(
                action=ACTION_MAIN,
                categories=frozenset({CATEGORY_LAUNCHER}),
                component=Component.parse(f"{package.name}/{package.launcher}"),
                flags=FLAG_ACTIVITY_NEW_TASK,
            )
        )

    def _uninstall(self, package: Package) -> None:
        self.phone.activities.force_stop(package.name)
        self.phone.packages.uninstall(package.name)
        self.invalidate()

    async def _update(self, package: Package) -> None:
        assert isinstance(self.app, PlayStore)
        if self.phone.connectivity.active_network() is None:
            self.app.toast(self.text("offline"))
            return
        self.installing = True
        self.invalidate()
        await self.phone.latency.spend("install")
        self.app.update(package)
        self.installing = False
        self.invalidate()


class PlayStore(App):
    """The store. Its option "updates" maps a package to the version that it offers."""

    package = PACKAGE
    labels = {"en": "Play Store"}
    version_name = "43.1.19"
    version_code = 84311900
    uid = 10058
    system = True
    launcher = ".AssetBrowserActivity"
    activities = {".AssetBrowserActivity": Store, DETAILS: Details}
    filters = (
        IntentFilter(
            DETAILS, (ACTION_VIEW,), (CATEGORY_DEFAULT, CATEGORY_BROWSABLE), schemes=("market",)
        ),
    )
    strings = STRINGS

    def update_of(self, package: Package) -> str | None:
        """The version that an app can be updated to."""
        updates: Mapping[str, str] = self.options.get("updates", {})
        offered = updates.get(package.name)
        return offered if offered != package.version_name else None

    def update(self, package: Package) -> None:
        """Install the offered version over the app, which is stopped for it."""
        offered = self.update_of(package)
        if offered is None:
            return
        self.phone.activities.stop_package(package.name)
        code = package.version_code + 1
        self.phone.packages.install(replace(package, version_name=offered, version_code=code))
