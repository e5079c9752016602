"""The own profile: drafts and what uploads come first, then the videos, newest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from droidcancel.simulator.apps.clips.api import CloudVideo
from droidcancel.simulator.apps.clips.pull import PullState
from droidcancel.simulator.apps.tiktok.grid import (
    SHADE,
    offline_line,
    person_head,
    tile,
    video_cell,
    video_grid,
)
from droidcancel.simulator.apps.tiktok.indicators import shown_posting
from droidcancel.simulator.views import (
    View,
    button,
    column,
    divider,
    frame,
    icon,
    row,
    scroll,
    text,
)

if TYPE_CHECKING:
    from droidcancel.simulator.apps.tiktok.main import MainScreen

Page = Literal["public", "private"]
PAGES: tuple[tuple[Page, str], ...] = (("public", "apps"), ("private", "lock"))


class ProfilePage:
    """The profile tab. Posts for the account's own eyes stand on the page behind the lock."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._scroll = PullState(on_pull=self._pulled)
        self._page: Page = "public"

    def show_page(self, page: Page) -> None:
        self._page = page
        self._screen.invalidate()

    def _pulled(self) -> None:
        screen = self._screen
        screen.clips.call(screen.clips.library.refresh_own)

    def build(self) -> View:
        screen = self._screen
        library = screen.clips.library
        offline = library.offline or screen.phone.connectivity.active_network() is None
        page = scroll(
            column(self._head(), *self._pages(), divider(), self._grid()),
            self._scroll,
            id=screen.rid("profile_scroll"),
        )
        return column(
            self._bar(),
            *([offline_line(screen)] if offline else []),
            frame(page, *([self._loading()] if library.loading else []), weight=1),
            height="match",
            background="surface",
            id=screen.rid("profile_root"),
        )

    def _bar(self) -> View:
        screen = self._screen
        return row(
            screen.sign("person", desc=screen.text("add_friends"), id="add_friends",
                        on_click=partial(screen.show_tab, "friends")),
            text(screen.clips.handle, id=screen.rid("profile_name"), size=17, bold=True,
                 gravity="center", weight=1, lines=1),
            screen.sign("menu", desc=screen.text("profile_menu"), id="profile_menu",
                        on_click=lambda: screen.show_dialog(self._menu)),
            height=48,
        )  # fmt: skip

    def _menu(self) -> View:
        """Where the three lines lead: settings are one of its entries."""
        screen = self._screen

        def to_settings() -> None:
            screen.dismiss_all()
            screen.go(".SettingsActivity")

        return screen.sheet(
            "",
            screen.line("globe", screen.text("qr_code"), on_click=screen.dismiss_all),
            screen.line("settings", screen.text("settings"), on_click=to_settings),
        )

    def _head(self) -> View:
        screen = self._screen
        action = button(screen.text("edit_profile"), id=screen.rid("edit_profile"),
                        color="on_surface", background="surface_container", radius=4)  # fmt: skip
        return person_head(screen, screen.clips.handle, action)

    @property
    def _is_split(self) -> bool:
        return self._screen.tiktok.behaviour.private_tab

    def _pages(self) -> list[View]:
        if not self._is_split:
            return []
        return [row(*(self._page_tab(page, sign) for page, sign in PAGES), height=44)]

    def _page_tab(self, page: Page, sign: str) -> View:
        chosen, screen = page == self._page, self._screen
        color = "on_surface" if chosen else "on_surface_variant"
        return frame(
            icon(sign, icon_size=22, align="center", color=color),
            *([frame(height=2, width=40, background="on_surface", align="bottom center_horizontal")]
              if chosen else []),
            cls="android.widget.RelativeLayout",
            id=screen.rid("profile_page"),
            desc=screen.text(f"{page}_posts"),
            selected=chosen,
            weight=1,
            height="match",
            on_click=partial(self.show_page, page),
        )  # fmt: skip

    def _loading(self) -> View:
        """Over the page, so that nothing moves when it goes."""
        screen = self._screen
        dots = frame(width=36, height=36, cls="android.view.View", align="center",
                     id=screen.rid("tux_status_view_default_loading"), radius=18,
                     background="#66000000")  # fmt: skip
        return frame(dots, height=120, align="top", id=screen.rid("tux_status_view"))

    # -- the grid --------------------------------------------------------------------------
    def _grid(self) -> View:
        screen = self._screen
        videos = [video_cell(screen, each) for each in screen.clips.library.own if self._here(each)]
        if self._is_split and self._page == "private":
            return video_grid(screen, videos)
        return video_grid(screen, [*self._drafts(), *self._pending(), *videos])

    def _here(self, video: CloudVideo) -> bool:
        private = video.visibility == "private"
        return not self._is_split or private == (self._page == "private")

    def _drafts(self) -> list[View]:
        screen = self._screen
        drafts = screen.clips.drafts.list()
        if not drafts:
            return []
        label = text(
            screen.text("drafts_count", count=len(drafts)), id=screen.rid("tv_draft"), size=12,
            bold=True, color="white", shadow=True, align="bottom start", margin=6, lines=1,
        )  # fmt: skip
        return [tile(screen, drafts[0].seed, label, on_click=partial(screen.go, ".DraftsActivity"))]

    def _pending(self) -> list[View]:
        screen = self._screen
        posting = shown_posting(screen)
        if posting is None:
            return []
        words = f"{screen.text('posting')} {posting.percent}%"
        shade = frame(height="match", background=SHADE, cls="android.view.View")
        label = text(words, id=screen.rid("pending_text"), size=13, bold=True, color="white",
                     align="center", gravity="center", width="match", lines=2)  # fmt: skip
        return [tile(screen, posting.post.seed, shade, label)]
