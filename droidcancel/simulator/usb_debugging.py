"""The dialog "Allow USB debugging?" of SystemUI (UsbDebuggingActivity), for phones with a user.

adbd.keys.ask = UsbDebugging(phone).ask
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from droidcancel.simulator.views import View, button, column, row, text
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.auth import PublicKey
    from droidcancel.simulator.phone import Phone

Decide = Callable[[bool], None]

PACKAGE = "com.android.systemui"
# Language -> title, message, refuse, allow (SystemUI's strings.xml).
TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "en": (
        "Allow USB debugging?",
        "The computer's RSA key fingerprint is:\n{}",
        "Cancel",
        "Allow",
    ),
    "fr": (
        "Autoriser le débogage USB ?",
        "Empreinte de la clé RSA de l'ordinateur :\n{}",
        "Annuler",
        "Autoriser",
    ),
    "id": (
        "Izinkan debug USB?",
        "Sidik jari kunci RSA komputer adalah:\n{}",
        "Batal",
        "Izinkan",
    ),
}


class UsbDebugging:
    """Asks about one key at a time; a host that goes takes its question along."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._one = asyncio.Lock()

    async def ask(self, key: PublicKey) -> bool:
        """Show the dialog until somebody answers; whether the key is allowed."""
        async with self._one:
            answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

            def decide(allowed: bool) -> None:
                if not answer.done():
                    answer.set_result(allowed)

            window = Window(
                PACKAGE,
                f"{PACKAGE}/{PACKAGE}.usb.UsbDebuggingActivity",
                lambda: self._view(key, decide),
                self._phone,
                kind="system_dialog",
                modal=True,
                on_dismiss=lambda: decide(False),
            )
            self._phone.windows.add(window)
            try:
                return await answer
            finally:
                self._phone.windows.remove(window)

    def _view(self, key: PublicKey, decide: Decide) -> View:
        title, message, refuse, allow = TEXTS.get(self._phone.language(), TEXTS["en"])
        return column(
            text(title, id="android:id/alertTitle", bold=True),
            text(message.format(key.fingerprint), id="android:id/message"),
            row(
                button(refuse, id="android:id/button2", on_click=lambda: decide(False)),
                button(allow, id="android:id/button1", on_click=lambda: decide(True)),
            ),
            padding=24,
            background="surface",
        )
