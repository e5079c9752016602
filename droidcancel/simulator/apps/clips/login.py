"""The log-in screen."""

from __future__ import annotations

from droidcancel.simulator.apps.clips.api import ApiError, OfflineError
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.session import Session
from droidcancel.simulator.pictures import tile
from droidcancel.simulator.views import (
    TextState,
    View,
    button,
    column,
    edit_text,
    image,
    spacer,
    spinner,
    text,
)


class LoginScreen(Screen):
    """User name and password; the cloud's answer is the session."""

    needs_session = False

    def on_open(self) -> None:
        self.user = TextState(max_length=64, on_change=self._typed)
        self.password = TextState(max_length=64, on_change=self._typed, on_done=self._log_in)
        self.error = ""
        self.working = False

    def _typed(self, value: str) -> None:
        self.error = ""
        self.invalidate()

    @property
    def ready(self) -> bool:
        return bool(self.user.text.strip() and self.password.text) and not self.working

    def views(self) -> View:
        return column(
            spacer(height=40),
            image(tile("play", "#fe2c55"), width=72, height=72, radius=20, desc="Clips"),
            text(self.text("log_in_title"), size=24, bold=True, margin=(0, 20, 0, 28), id="title"),
            edit_text(self.user, id="username", hint=self.text("username")),
            spacer(height=14),
            edit_text(self.password, id="password", hint=self.text("password"), password=True),
            text(self.error, id="login_error", size=14, color="error", visible=bool(self.error)),
            text(
                self.text("forgot_password"),
                size=14,
                bold=True,
                margin=(0, 14, 0, 24),
                align="start",
            ),
            button(
                self.text("log_in"),
                id="login",
                background="accent" if self.ready else "surface_high",
                color="white" if self.ready else "on_surface_variant",
                enabled=self.ready,
                width="match",
                min_height=50,
                radius=8,
                on_click=self._log_in,
            ),
            *([spinner(margin=16)] if self.working else []),
            gravity="center_horizontal",
            padding=(32, 16),
            height="match",
            background="surface",
            id="login_root",
        )

    def _log_in(self) -> None:
        if self.ready:
            self.working = True
            self.invalidate()
            self.spawn(self._ask_cloud(self.user.text.strip(), self.password.text))

    async def _ask_cloud(self, user: str, password: str) -> None:
        try:
            token = await self.clips.api.log_in(user, password)
        except OfflineError:
            self.error = self.text("no_internet")
        except ApiError:
            self.error = self.text("wrong_password")
        else:
            self.clips.session.open(Session(user, token))
            self.restart_at(".MainActivity")
        self.working = False
        self.invalidate()
