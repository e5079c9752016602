"""The dialog that asks for runtime permissions."""

from __future__ import annotations

from functools import partial
from typing import Literal

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

DIALOG_DP = 400

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
        "permission_allow_selected_button": "Allow limited access",
        "permission_allow_foreground_only_button": "While using the app",
        "permission_allow_one_time_button": "Only this time",
        "only_while_using": "Allow only while using the app",
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
        "permission_allow_selected_button": "Autoriser un accès limité",
        "permission_allow_foreground_only_button": "Lorsque vous utilisez l’appli",
        "permission_allow_one_time_button": "Uniquement cette fois-ci",
        "only_while_using": "Autoriser seulement si l’appli est en cours d’utilisation",
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
        "permission_allow_selected_button": "Izinkan akses terbatas",
        "permission_allow_foreground_only_button": "Saat aplikasi digunakan",
        "permission_allow_one_time_button": "Hanya kali ini",
        "only_while_using": "Izinkan hanya saat aplikasi digunakan",
        "permission_deny_button": "Jangan izinkan",
        "permission_deny_button_old": "Tolak",
    },
}


CAPITALS = range(24, 29)  # on these the buttons' text is reported in capitals, as it shows
LIMITED = "android.permission.READ_MEDIA_VISUAL_USER_SELECTED"
Answer = Literal["all", "selected", "none"]


class GrantPermissions(Activity):
    """Asks for one group of permissions after the other; Back denies what is left."""

    translucent = True
    exported = True

    def on_create(self) -> None:
        self.pending: list[str] = list(self.intent.extras.get("permissions", ()))

    def build(self) -> View:
        """The views of grant_permissions.xml: grant_singleton, grant_dialog, its content."""
        kind, sign = self._kind()
        buttons = [self._button(name, label, answer) for name, label, answer in self._offer(kind)]
        dialog = column(
            self._content(kind, sign),
            *buttons,
            id="grant_dialog",
            clickable=True,
            background="surface",
            radius=28,
            padding=(16, 8, 16, 16),
            elevation=8,
        )
        return frame(
            column(
                dialog,
                id="grant_singleton",
                clickable=True,
                align="center",
                margin=(24, 0),
                max_width=DIALOG_DP,
            ),
            height="match",
            background="#80000000",
        )

    def _content(self, kind: str, sign: str) -> View:
        package = self.phone.packages.get(str(self.intent.extras.get("package")))
        label = package.app.label(self.phone.language()) if package and package.app else "?"
        return column(
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
        )

    def _kind(self) -> tuple[str, str]:
        name = self.pending[0].rpartition(".")[2] if self.pending else "CAMERA"
        return ASKS.get(name, ("files", "gallery"))

    def _offer(self, kind: str) -> list[tuple[str, str, Answer]]:
        """The answers that this Android offers, top to bottom: id, text, what it grants."""
        api = self.phone.options.api
        deny = "permission_deny_button" if api >= 31 else "permission_deny_button_old"
        no: tuple[str, str, Answer] = ("permission_deny_button", deny, "none")
        if kind == "media" and api >= 34:
            selected = "permission_allow_selected_button"
            everything = "permission_allow_all_button"
            return [(selected, selected, "selected"), (everything, everything, "all"), no]
        foreground = "permission_allow_foreground_only_button"
        if kind == "location" and api == 29:
            return [(foreground, "only_while_using", "all"), no]
        if kind in ("camera", "microphone", "location") and api >= 30:
            once = "permission_allow_one_time_button"
            return [(foreground, foreground, "all"), (once, once, "all"), no]
        return [("permission_allow_button", "permission_allow_button", "all"), no]

    def _button(self, name: str, label: str, answer: Answer) -> View:
        words = self.text(label)
        return button(
            words.upper() if self.phone.options.api in CAPITALS else words,
            id=name,
            outlined=True,
            width="match",
            margin=(0, 4),
            on_click=partial(self._answer, answer),
        )

    def _answer(self, answer: Answer) -> None:
        """Answer for the whole group, as Android does, and go on to the next one."""
        kind = self._kind()
        package = self.phone.packages.get(str(self.intent.extras.get("package")))
        rest = []
        for name in self.pending:
            if ASKS.get(name.rpartition(".")[2], ("files", "gallery")) != kind:
                rest.append(name)
            elif package is not None:
                package.granted[name] = answer == "all"
        if answer == "selected" and package is not None and LIMITED in package.requested:
            package.granted[LIMITED] = True  # and nothing was picked: the app sees no media
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
