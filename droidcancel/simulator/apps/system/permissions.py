"""The dialog that asks for runtime permissions."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.views import View, button, column, frame, icon, text

ASKS = {
    "CAMERA": ("camera", "gallery"),
    "RECORD_AUDIO": ("microphone", "person"),
    "READ_CONTACTS": ("contacts", "person"),
    "READ_EXTERNAL_STORAGE": ("files", "gallery"),
    "WRITE_EXTERNAL_STORAGE": ("files", "gallery"),
    "READ_MEDIA_VIDEO": ("media", "gallery"),
    "READ_MEDIA_IMAGES": ("media", "gallery"),
    "POST_NOTIFICATIONS": ("notifications", "inbox"),
    "ACCESS_FINE_LOCATION": ("location", "search"),
}

STRINGS = {
    "en": {
        "camera": "Allow {app} to take pictures and record video?",
        "microphone": "Allow {app} to record audio?",
        "contacts": "Allow {app} to access your contacts?",
        "files": "Allow {app} to access photos and media on your device?",
        "media": "Allow {app} to access photos and videos on this device?",
        "notifications": "Allow {app} to send you notifications?",
        "location": "Allow {app} to access this device’s location?",
        "permission_allow_button": "Allow",
        "permission_allow_all_button": "Allow all",
        "permission_allow_foreground_only_button": "While using the app",
        "permission_allow_one_time_button": "Only this time",
        "permission_deny_button": "Don’t allow",
        "permission_deny_button_old": "Deny",
    },
    "fr": {
        "camera": "Autoriser {app} à prendre des photos et à filmer des vidéos ?",
        "microphone": "Autoriser {app} à enregistrer des contenus audio ?",
        "contacts": "Autoriser {app} à accéder à vos contacts ?",
        "files": "Autoriser {app} à accéder aux photos et aux contenus multimédias sur cet "
        "appareil ?",
        "media": "Autoriser {app} à accéder aux photos et vidéos sur cet appareil ?",
        "notifications": "Autoriser {app} à vous envoyer des notifications ?",
        "location": "Autoriser {app} à accéder à la position de cet appareil ?",
        "permission_allow_button": "Autoriser",
        "permission_allow_all_button": "Tout autoriser",
        "permission_allow_foreground_only_button": "Lorsque vous utilisez l’appli",
        "permission_allow_one_time_button": "Uniquement cette fois-ci",
        "permission_deny_button": "Ne pas autoriser",
        "permission_deny_button_old": "Refuser",
    },
    "id": {
        "camera": "Izinkan {app} mengambil gambar dan merekam video?",
        "microphone": "Izinkan {app} merekam audio?",
        "contacts": "Izinkan {app} mengakses kontak Anda?",
        "files": "Izinkan {app} mengakses foto dan media di perangkat Anda?",
        "media": "Izinkan {app} mengakses foto dan video di perangkat ini?",
        "notifications": "Izinkan {app} mengirimi Anda notifikasi?",
        "location": "Izinkan {app} mengakses lokasi perangkat ini?",
        "permission_allow_button": "Izinkan",
        "permission_allow_all_button": "Izinkan semua",
        "permission_allow_foreground_only_button": "Saat aplikasi digunakan",
        "permission_allow_one_time_button": "Hanya kali ini",
        "permission_deny_button": "Jangan izinkan",
        "permission_deny_button_old": "Tolak",
    },
}


class GrantPermissions(Activity):
    """Asks for one group of permissions after the other; Back denies what is left."""

    translucent = True
    exported = True

    def on_create(self) -> None:
        self.pending: list[str] = list(self.intent.extras.get("permissions", ()))

    def build(self) -> View:
        kind, sign = self._kind()
        package = self.phone.packages.get(str(self.intent.extras.get("package")))
        label = package.app.label(self.phone.language()) if package and package.app else "?"
        return frame(
            column(
                column(
                    icon(sign, id="permission_icon", color="primary"),
                    text(
                        self.text(kind, app=label),
                        id="permission_message",
                        size=20,
                        gravity="center",
                        margin=(0, 16),
                    ),
                    gravity="center_horizontal",
                    padding=(24, 24, 24, 8),
                    id="content_container",
                ),
                *(self._button(name, allow) for name, allow in self._buttons(kind)),
                id="grant_dialog",
                background="surface",
                radius=28,
                padding=(16, 8, 16, 16),
                align="center",
                margin=(24, 0),
                elevation=8,
            ),
            height="match",
            background="#80000000",
        )

    def _kind(self) -> tuple[str, str]:
        name = self.pending[0].rpartition(".")[2] if self.pending else "CAMERA"
        return ASKS.get(name, ("files", "gallery"))

    def _buttons(self, kind: str) -> list[tuple[str, bool]]:
        """The answers that this Android offers, top to bottom, with what each means."""
        api = self.phone.options.api
        deny = ("permission_deny_button", False)
        if kind == "media" and api >= 34:
            return [("permission_allow_all_button", True), deny]
        if kind in ("camera", "microphone", "location") and api >= 30:
            return [
                ("permission_allow_foreground_only_button", True),
                ("permission_allow_one_time_button", True),
                deny,
            ]
        return [("permission_allow_button", True), deny]

    def _button(self, name: str, allow: bool) -> View:
        label = name
        if name == "permission_deny_button" and self.phone.options.api < 31:
            label = "permission_deny_button_old"
        return button(
            self.text(label),
            id=name,
            outlined=True,
            width="match",
            margin=(0, 4),
            on_click=partial(self._answer, allow),
        )

    def _answer(self, allow: bool) -> None:
        """Answer for the whole group, as Android does, and go on to the next one."""
        kind = self._kind()
        package = self.phone.packages.get(str(self.intent.extras.get("package")))
        rest = []
        for name in self.pending:
            if ASKS.get(name.rpartition(".")[2], ("files", "gallery")) != kind:
                rest.append(name)
            elif package is not None:
                package.granted[name] = allow
        self.pending = rest
        if rest:
            self.invalidate()
        else:
            self.finish(True)


def permission_controller(options: PhoneOptions) -> type[App]:
    """The app that asks: a module of its own since Android 10."""
    modern = options.api >= 29
    name = "com.android.permissioncontroller" if modern else "com.android.packageinstaller"
    activity = ".permission.ui.GrantPermissionsActivity"

    class PermissionController(App):
        package = name
        labels = {"en": "Permission controller"}
        uid = 10056
        system = True
        activities = {activity: GrantPermissions}
        strings = STRINGS

    return PermissionController
