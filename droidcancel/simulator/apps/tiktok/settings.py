"""Settings and privacy; below it Free up space, and Data Saver on a page of its own."""

from __future__ import annotations

from functools import partial

from droidcancel.simulator.apps.clips.settings import SettingsScreen as ClipsSettings
from droidcancel.simulator.apps.clips.settings import StorageScreen as ClipsStorage
from droidcancel.simulator.apps.clips.settings import size_text
from droidcancel.simulator.apps.tiktok.skin import Skin
from droidcancel.simulator.views import (
    Handler,
    View,
    button,
    column,
    divider,
    row,
    scroll,
    switch,
    text,
)


class SettingsScreen(Skin, ClipsSettings):
    """The list."""

    def views(self) -> View:
        app = self.clips
        lines = column(
            self._section("account"),
            self.line("person", self.text("account"), value=f"@{app.handle}"),
            self._section("cache_section"),
            self.line("trash", self.text("free_up_space"),
                      on_click=partial(self.go, ".StorageActivity")),
            self.line("data", self.text("data_saver"),
                      on_click=partial(self.go, ".DataSaverActivity")),
            divider(margin=(0, 16)),
            self.line("close", self.text("log_out"), on_click=self._ask_to_log_out),
            text(self.text("version", number=app.version_name, code=app.version_code),
                 id=self.rid("version"), size=13, color="on_surface_variant", gravity="center",
                 width="match", padding=(16, 20)),
        )  # fmt: skip
        page = column(
            self.bar(self.text("settings")),
            scroll(lines, self._scroll, weight=1, id=self.rid("settings_list")),
            height="match",
        )
        return self.scene(page, root="settings_root")

    def _section(self, name: str) -> View:
        return text(self.text(name), size=13, color="on_surface_variant", padding=(16, 16, 16, 4),
                    id=self.rid("settings_section"))  # fmt: skip


class StorageScreen(Skin, ClipsStorage):
    """What the app keeps on the phone. The row of drafts deletes them all."""

    def views(self) -> View:
        drafts = sum(post.size for post in self.clips.drafts.list())
        page = column(
            self.bar(self.text("free_up_space")),
            self._part("cache", self.clips.cache_size(), self._ask_cache),
            self._part("drafts", drafts, self._ask_drafts),
            height="match",
        )
        return self.scene(page, root="storage_root")

    def _part(self, name: str, size: int, act: Handler) -> View:
        return row(
            column(
                text(f"{self.text(name)}: {size_text(size)}", id=self.rid("space_size"), size=16,
                     bold=True),
                text(self.text(f"{name}_text"), size=13, color="on_surface_variant"),
                weight=1,
            ),
            button(self.text("clear"), id=self.rid("space_clear"), outlined=True,
                   color="on_surface", radius=4, on_click=act),
            gap=16,
            padding=(16, 16),
        )  # fmt: skip


class DataSaverScreen(Skin):
    """The app's own Data Saver."""

    def views(self) -> View:
        on = self.clips.data_saver
        page = column(
            self.bar(self.text("data_saver")),
            row(
                column(
                    text(self.text("data_saver"), size=16, lines=1),
                    text(self.text("data_saver_text"), size=13, color="on_surface_variant"),
                    weight=1,
                ),
                switch(on, self.clips.set_data_saver, id=self.rid("saver_switch"),
                       desc=self.text("data_saver")),
                padding=(16, 12),
            ),
            height="match",
        )  # fmt: skip
        return self.scene(page, root="data_saver_root")
