"""The main screen: five tabs, and over them what shows of an upload."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from droidcancel.simulator.apps.clips.main import TABS
from droidcancel.simulator.apps.clips.main import MainScreen as ClipsMain
from droidcancel.simulator.apps.tiktok.feed import FeedPage
from droidcancel.simulator.apps.tiktok.indicators import Badge, upload_bar
from droidcancel.simulator.apps.tiktok.people import friends_page, inbox_page
from droidcancel.simulator.apps.tiktok.profile import ProfilePage
from droidcancel.simulator.apps.tiktok.skin import Skin
from droidcancel.simulator.views import View, column, divider, frame, icon, row, text

DARK = ("home", "friends")


class MainScreen(Skin, ClipsMain):
    """The tabs. It is also what the launcher starts."""

    def make_pages(self) -> None:
        self.own_feed = FeedPage(self)
        self.own_profile = ProfilePage(self)
        self.badge = Badge(self)

    def on_show(self) -> None:
        super().on_show()
        self.badge.sync()

    def invalidate(self) -> None:
        super().invalidate()
        if self.opened:
            self.badge.sync()

    def refusal(self, popup: str) -> str:
        return self.text(f"popup_{popup}_no")

    def show_tab(self, name: str) -> None:
        if name == "profile" and self.tab != "profile":
            self.own_profile.show_page("public")
        super().show_tab(name)

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        pages: dict[str, Callable[[], View]] = {
            "home": self.own_feed.build,
            "friends": partial(friends_page, self),
            "inbox": partial(inbox_page, self),
            "profile": self.own_profile.build,
        }
        dark = self.tab in DARK
        content = frame(pages[self.tab](), weight=1, id=self.rid("tab_content"))
        host = column(
            content,
            *upload_bar(self),
            divider(background="#333333" if dark else "outline_variant"),
            self._tab_row(dark),
            cls="android.widget.TabHost",
            id=self.rid("tab_host"),
            height="match",
        )
        pager = frame(host, cls="androidx.viewpager.widget.ViewPager", height="match",
                      id=self.rid("main_pager"))  # fmt: skip
        return self.scene(pager, background="black" if dark else "surface")

    def _tab_row(self, dark: bool) -> View:
        return row(
            *(self._one_tab(name, sign, dark) for name, sign in TABS),
            height=49,
            id=self.rid("tabs"),
            background="black" if dark else "surface",
        )

    def _one_tab(self, name: str, sign: str, dark: bool) -> View:
        chosen = name == self.tab
        ink = "white" if dark else "on_surface"
        faint = "#8cffffff" if dark else "on_surface_variant"
        color = ink if chosen else faint
        inside = (
            [icon("plus", icon_size=26, color=ink, align="center") for _ in range(2)]
            if name == "create"
            else [
                text(self.text(name), size=10, bold=chosen, color=color, lines=1, gravity="center",
                     width="match", align="bottom", padding=(0, 0, 0, 4), selected=chosen),
                icon(sign, icon_size=24, color=color, align="top center_horizontal",
                     padding=(0, 4, 0, 0), selected=chosen),
            ]
        )  # fmt: skip
        return frame(
            *inside,
            cls="android.widget.Button" if name == "create" else "android.widget.FrameLayout",
            id=self.rid(f"tab_{name}"),
            desc=self.text(name),
            selected=chosen,
            weight=1,
            height="match",
            on_click=partial(self.show_tab, name),
        )
