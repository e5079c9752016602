"""The log-in screen."""

from __future__ import annotations

from droidcancel.simulator.apps.clips.login import LoginScreen as ClipsLogin
from droidcancel.simulator.apps.tiktok.skin import Skin
from droidcancel.simulator.views import View, button, column, edit_text, spacer, spinner, text


class LoginScreen(Skin, ClipsLogin):
    """Account and password; ways over other services are not part of this phone."""

    def views(self) -> View:
        page = column(
            spacer(height=48),
            text(self.text("log_in_title"), id=self.rid("login_title"), size=24, bold=True,
                 gravity="center", margin=(0, 20, 0, 28)),
            edit_text(self.user, id=self.rid("username"), hint=self.text("username")),
            spacer(height=14),
            edit_text(self.password, id=self.rid("password"), hint=self.text("password"),
                      password=True),
            text(self.error, id=self.rid("login_error"), size=14, color="error",
                 visible=bool(self.error)),
            text(self.text("forgot_password"), size=14, bold=True, margin=(0, 14, 0, 24),
                 align="start"),
            button(self.text("log_in"), id=self.rid("login"),
                   background="accent" if self.ready else "surface_high",
                   color="white" if self.ready else "on_surface_variant", enabled=self.ready,
                   width="match", min_height=48, radius=4, on_click=self._log_in),
            *([spinner(margin=16)] if self.working else []),
            gravity="center_horizontal",
            padding=(32, 16),
            height="match",
        )  # fmt: skip
        return self.scene(page, root="login_root")
