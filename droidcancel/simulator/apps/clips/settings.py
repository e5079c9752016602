"""Settings and privacy, and below it Free up space."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.apps.clips.widgets import section, setting_row, top_bar
from droidcancel.simulator.views import (
    Handler,
    ScrollState,
    View,
    button,
    column,
    divider,
    row,
    scroll,
    switch,
    text,
)


def size_text(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} KB"


class SettingsScreen(Screen):
    """Opened by the menu of the own profile."""

    def on_open(self) -> None:
        self._scroll = ScrollState()

    def views(self) -> View:
        app = self.clips
        return column(
            top_bar(self.text("settings"), self.finish, self.text("back")),
            divider(),
            scroll(
                column(
                    section(self.text("account")),
                    setting_row("person", self.text("account"), id="account",
                                value=f"@{app.handle}"),
                    section(self.text("cache_section")),
                    setting_row("trash", self.text("free_up_space"), id="free_up_space",
                                on_click=partial(self.go, ".StorageActivity")),
                    self._data_saver(),
                    divider(margin=(0, 16)),
                    setting_row("close", self.text("log_out"), id="log_out",
                                on_click=self._ask_to_log_out),
                    text(
                        self.text("version", number=app.version_name, code=app.version_code),
                        id="version",
                        size=13,
                        color="on_surface_variant",
                        gravity="center",
                        width="match",
                        padding=(16, 20),
                    ),
                ),
                self._scroll,
                weight=1,
            ),
            height="match",
            background="surface",
            id="settings_root",
        )  # fmt: skip

    def _data_saver(self) -> View:
        return row(
            column(
                text(self.text("data_saver"), size=16, lines=1),
                text(self.text("data_saver_text"), size=13, color="on_surface_variant", lines=2),
                weight=1,
            ),
            switch(self.clips.data_saver, self.clips.set_data_saver, id="data_saver",
                   desc=self.text("data_saver")),
            padding=(16, 8),
            min_height=64,
        )  # fmt: skip

    def _ask_to_log_out(self) -> None:
        self.ask(
            self.text("log_out_title", handle=self.clips.handle),
            "",
            ("logout_confirm", self.text("log_out"), self.clips.log_out, "accent"),
            ("logout_cancel", self.text("cancel"), None, "on_surface"),
        )


class StorageScreen(Screen):
    """What the app keeps on the phone, and buttons to clear it."""

    def on_show(self) -> None:
        self.invalidate()

    def views(self) -> View:
        drafts = sum(post.size for post in self.clips.drafts.list())
        return column(
            top_bar(self.text("free_up_space"), self.finish, self.text("back")),
            divider(),
            self._part("cache", self.clips.cache_size(), self._ask_cache),
            self._part("drafts", drafts, self._ask_drafts),
            height="match",
            background="surface",
            id="storage_root",
        )

    def _part(self, name: str, size: int, act: Handler) -> View:
        return row(
            column(
                text(f"{self.text(name)}: {size_text(size)}", id=f"{name}_size", size=17,
                     bold=True),
                text(self.text(f"{name}_text"), size=13, color="on_surface_variant"),
                weight=1,
            ),
            button(self.text("clear"), id=f"clear_{name}", outlined=True, color="on_surface",
                   radius=8, on_click=act),
            gap=16,
            padding=(16, 16),
        )  # fmt: skip

    def _ask_cache(self) -> None:
        self.ask(
            self.text("clear_cache_title"),
            self.text("cache_text"),
            ("clear_confirm", self.text("clear"), self._clear_cache, "accent"),
            ("clear_cancel", self.text("cancel"), None, "on_surface"),
        )

    def _clear_cache(self) -> None:
        self.clips.clear_cache()
        self.clips.toast(self.text("cache_cleared"))

    def _ask_drafts(self) -> None:
        self.ask(
            self.text("clear_drafts_title"),
            self.text("drafts_text"),
            ("clear_drafts_confirm", self.text("delete"), self._clear_drafts, "accent"),
            ("clear_drafts_cancel", self.text("cancel"), None, "on_surface"),
        )

    def _clear_drafts(self) -> None:
        self.clips.delete_drafts([post.id for post in self.clips.drafts.list()])
