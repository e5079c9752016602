"""What the pages of Settings share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from droidcancel.simulator.apps.base import Activity
from droidcancel.simulator.apps.system.settings_rows import page, preference, size_text
from droidcancel.simulator.views import ScrollState, View


class Page(Activity):
    """A page of Settings: a title and rows."""

    exported = True
    title: ClassVar[str] = "settings"

    def on_create(self) -> None:
        self.scroll = ScrollState()

    def on_resume(self) -> None:
        self.invalidate()

    def build(self) -> View:
        return page(self.text(self.title), *self.rows(), state=self.scroll, on_back=self.finish)

    def rows(self) -> list[View]:
        raise NotImplementedError(f"{type(self).__name__} has no rows")

    def size(self, count: int) -> str:
        return size_text(count, self.phone.language(self.app.package))

    def link(self, title: str, cls: str, summary: str = "") -> View:
        return preference(self.text(title), summary, on_click=partial(self.open, cls))

    def after(self, change: Callable[[bool], object]) -> Callable[[bool], None]:
        """A switch's handler: do the change, then show it."""

        def changed(on: bool) -> None:
            change(on)
            self.invalidate()

        return changed
