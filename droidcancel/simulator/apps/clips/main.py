"""The main screen: five tabs, the upload's banner above them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from droidcancel.simulator.apps.clips.banner import upload_banner
from droidcancel.simulator.apps.clips.feed import FeedPage
from droidcancel.simulator.apps.clips.people import friends_page, inbox_page
from droidcancel.simulator.apps.clips.posts import Post
from droidcancel.simulator.apps.clips.profile import ProfilePage
from droidcancel.simulator.apps.clips.screen import Screen
from droidcancel.simulator.views import View, column, divider, frame, icon, row, text

TABS = (
    ("home", "home"),
    ("friends", "person"),
    ("create", "plus"),
    ("inbox", "inbox"),
    ("profile", "person"),
)


class MainScreen(Screen):
    """The tabs; `saved["tab"]` is the one that shows."""

    def on_open(self) -> None:
        self.saved.setdefault("tab", self.intent.extras.get("tab", "home"))
        self.make_pages()
        if self.clips.behaviour.resume_at_start:
            self.clips.uploads.resume()
        self._ask_about_edit()

    def make_pages(self) -> None:
        self.feed = FeedPage(self)
        self.profile = ProfilePage(self)

    def on_show(self) -> None:
        self._refresh()
        self._next_popup()

    # -- dialogs that come up by themselves ----------------------------------------------------
    def _ask_about_edit(self) -> None:
        """An edit that a killed process left behind."""
        left = self.clips.abandoned_edits()
        if left:
            self.ask(
                self.text("continue_title"),
                self.text("continue_text"),
                ("continue_edit", self.text("edit"), partial(self._edit, left[0]), "accent"),
                (
                    "continue_save_draft",
                    self.text("save_draft"),
                    partial(self._save_edit, left),
                    "on_surface",
                ),
            )

    def _edit(self, post: Post) -> None:
        self.go(".EditActivity", edit=post.id)

    def _save_edit(self, posts: list[Post]) -> None:
        for post in posts:
            self.clips.drafts.take_over(post, self.clips.editing)
        self.clips.toast(self.text("saved_to_drafts"))
        self.invalidate()

    def _next_popup(self) -> None:
        seen = self.clips.prefs.get("popups_seen", [])
        behaviour = self.clips.behaviour
        due = [name for name in behaviour.popup_names if name in behaviour.popups]
        name = next((name for name in due if name not in seen), None)
        if name is None or self.dialogs:
            return

        def close() -> None:
            self.clips.prefs.set("popups_seen", [*seen, name])
            self._next_popup()

        answers = [("popup_accept", self.text(f"popup_{name}_yes"), close, "accent")]
        if name != "terms":
            answers.append(("popup_refuse", self.refusal(name), close, "on_surface"))
        self.ask(self.text(f"popup_{name}"), "", *answers)

    def refusal(self, popup: str) -> str:
        """What refuses a popup."""
        return self.text("not_now")

    # -- tabs ------------------------------------------------------------------------------
    @property
    def tab(self) -> str:
        return str(self.saved.get("tab", "home"))

    def show_tab(self, name: str) -> None:
        """A tap on a tab; on the one that shows it asks the cloud anew."""
        if name == "create":
            self.go(".RecordActivity")
            return
        self.saved["tab"] = name
        self.invalidate()
        self._refresh()

    def _refresh(self) -> None:
        library = self.clips.library
        if self.tab == "profile":
            self.spawn(library.refresh_own())
        elif self.tab == "home":
            self.spawn(library.refresh_feed())

    def on_leave(self) -> bool:
        if self.tab != "home":
            self.show_tab("home")
            return True
        return False

    # -- views -----------------------------------------------------------------------------
    def views(self) -> View:
        pages: dict[str, Callable[[], View]] = {
            "home": self.feed.build,
            "friends": partial(friends_page, self),
            "inbox": partial(inbox_page, self),
            "profile": self.profile.build,
        }
        return column(
            frame(pages[self.tab](), weight=1, id="main_content"),
            *upload_banner(self),
            divider(background="#333333" if self._dark else "outline_variant"),
            self._tabs(),
            height="match",
            background="black" if self._dark else "surface",
            id="main_root",
        )

    @property
    def _dark(self) -> bool:
        return self.tab == "home"

    def _tabs(self) -> View:
        return row(
            *(self._tab(name, sign) for name, sign in TABS),
            height=52,
            id="main_tabs",
            background="black" if self._dark else "surface",
        )

    def _tab(self, name: str, sign: str) -> View:
        if name == "create":
            return self._create()
        chosen = name == self.tab
        ink = "white" if self._dark else "on_surface"
        color = ink if chosen else ("#8cffffff" if self._dark else "on_surface_variant")
        return frame(
            column(
                icon(sign, icon_size=24, color=color, important=False),
                text(
                    self.text(name),
                    size=10,
                    bold=chosen,
                    color=color,
                    lines=1,
                    gravity="center",
                    important=False,
                ),
                gravity="center",
                width="wrap",
                align="center",
            ),
            id=f"tab_{name}",
            desc=self.text(name),
            selected=chosen,
            weight=1,
            height="match",
            on_click=partial(self.show_tab, name),
        )

    def _create(self) -> View:
        face, ink = ("white", "black") if self._dark else ("on_surface", "surface")
        mark = frame(
            frame(width=40, height=30, radius=9, background="#25f4ee", align="start"),
            frame(width=40, height=30, radius=9, background="accent", align="end"),
            frame(
                icon("plus", icon_size=20, color=ink, align="center", important=False),
                width=40,
                height=30,
                radius=9,
                background=face,
                align="center",
            ),
            width=48,
            height=30,
            align="center",
            important=False,
        )
        return frame(
            mark,
            cls="android.widget.Button",
            id="tab_create",
            desc=self.text("create"),
            weight=1,
            height="match",
            on_click=partial(self.show_tab, "create"),
        )
