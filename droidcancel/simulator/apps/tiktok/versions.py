"""The versions of the app that the skin can be: packages, resource-ids, what else differs.

Each build of the real app shuffles its resource-ids. What was seen in a build stands in its table;
what was not, gets letters of its own, the same in every run. Some letters of one build name another
thing in the next, as on real phones.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

MUSICALLY = "com.zhiliaoapp.musically"
TRILL = "com.ss.android.ugc.trill"

Indicator = Literal["badge", "bar", "both"]

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
# Names that builds leave as they are, where they do.
READABLE = frozenset(
    {
        "desc",
        "upload_hot_area",
        "video_record_new_scene_root",
        "viewpager_choose_media",
        "video_image_mixed_bottom_view_root",
        "tv_title",
        "tv_top_text",
        "tv_quick_publish",
        "tvProgress",
        "tv_play_count",
        "tv_draft",
        "cover",
        "video_info_container",
        "widget_container",
        "long_press_layout",
        "tux_status_view",
        "tux_status_view_default_loading",
    }
)


@dataclass(frozen=True)
class Version:
    """One build. `shuffled` are names that others leave readable and this one does not.

    `seen`: element -> the id that it has in this build. `titled`: whether the post page has a field
    for a title. `indicator`: where it shows an upload.
    """

    package: str
    name: str
    indicator: Indicator
    titled: bool
    back: str
    seen: Mapping[str, str] = field(default_factory=dict)
    shuffled: frozenset[str] = frozenset()

    def id(self, name: str) -> str:
        """The resource-id of an element, without the package."""
        if name in self.seen:
            return self.seen[name]
        if name in READABLE and name not in self.shuffled:
            return name
        return self._letters(name)

    def _letters(self, name: str) -> str:
        taken = set(self.seen.values())
        for attempt in range(100):
            digest = hashlib.sha256(f"{self.package} {self.name} {name} {attempt}".encode())
            number = int.from_bytes(digest.digest()[:6], "big")
            letters = LETTERS[number % 26]
            for _ in range(2):
                number //= 37
                letters += LETTERS[number % 37]
            if letters not in taken:
                return letters
        raise AssertionError("a hundred ids are taken")


VERSIONS: Mapping[str, tuple[Version, ...]] = {
    MUSICALLY: (
        Version(
            MUSICALLY,
            "47.0.3",
            indicator="badge",
            titled=True,
            back="@2131888514",
            seen={
                "tabs": "omy",
                "tab_home": "omq",
                "tab_friends": "omp",
                "tab_create": "omm",
                "tab_inbox": "omr",
                "tab_profile": "oms",
                "tab_host": "onj",
                "main_pager": "viewpager",
                "badge": "uxb",
                "badge_cover": "c2h",
                "badge_ring": "mbf",
                "post": "tiq",
                "add_link": "qrb",
                "media_length": "sp3",
                "row_text": "x44",
            },
        ),
        Version(
            MUSICALLY,
            "43.1.4",
            indicator="both",
            titled=True,
            back="@2131888269",
            seen={
                "tabs": "mky",
                "tab_home": "mkq",
                "tab_friends": "mkp",
                "tab_create": "mkn",
                "tab_inbox": "mkr",
                "tab_profile": "mks",
                "tab_host": "mln",
                "main_pager": "zpg",
                "author": "title",
                "like": "f57",
                "share_video": "f57",
                "feed_tab": "text1",
                "search": "irz",
                "tvProgress": "x44",
                "upload_hot_area": "ymg",
                "video_record_new_scene_root": "zck",
                "mode": "v5w",
                "camera_close": "jix",
                "record": "r3r",
                "tool": "w85",
                "back": "b98",
                "post_root": "qre",
                "post_scroll": "qrf",
                "cover_image": "ji6",
                "cover_label": "ji9",
                "catchy_title": "g1c",
                "caption": "g19",
                "hashtags": "awo",
                "mention": "awn",
                "row": "d0z",
                "row_icon": "j2c",
                "row_text": "w4m",
                "add_link": "d0z",
                "location": "d0z",
                "post_bar": "fgc",
                "save_draft": "fex",
                "post": "qrb",
                "post_small": "qr6",
                "share_to": "tbp",
                "hashtag": "tof",
                "select_multiple": "tiq",
            },
            shuffled=READABLE
            - {
                "desc",
                "tv_title",
                "widget_container",
                "long_press_layout",
                "tux_status_view",
                "tux_status_view_default_loading",
            },
        ),
    ),
    TRILL: (
        Version(
            TRILL,
            "45.8.2",
            indicator="bar",
            titled=False,
            back="@2131823409",
            seen={
                "post_root": "sp6",
                "post_scroll": "sp7",
                "post_bar": "g_x",
                "save_draft": "g9g",
                "post": "sp3",
                "caption": "gya",
                "hashtags": "bau",
                "mention": "bat",
                "preview": "f8q",
                "edit_cover": "dv5",
                "cover_image": "kh5",
                "row": "do8",
                "row_icon": "k6e",
                "row_text": "yby",
                "add_link": "do8",
                "location": "do8",
                "share_to": "va0",
                "hashtag": "vnq",
                "back": "bor",
                "mode": "x7f",
                "record": "t27",
                "picker_close": "bov",
                "media_grid": "j_f",
                "media_cell_image": "obu",
                "media_circle": "i_y",
                "media_check": "kkb",
                "media_length": "gge",
                "next": "wz7",
                "select_multiple": "oy1",
                "select_multiple_box": "oxr",
                "story": "sw8",
                "editor_next": "pfk",
                "editor_next_text": "pfm",
                "editor_root": "tyg",
                "sound_close": "dvg",
                "tool": "yfi",
                "bar_text": "su6",
                "bar_percent": "su5",
            },
        ),
    ),
}


def version_of(package: str, name: str) -> Version:
    """A version of a package by name, the newest for "". Raises ValueError when there is none."""
    known = VERSIONS[package]
    if not name:
        return known[0]
    found = next((version for version in known if version.name == name), None)
    if found is None:
        names: Iterable[str] = (version.name for version in known)
        raise ValueError(f"no version {name!r} of {package}{_hint(name, list(names))}")
    return found


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f": did you mean {near[0]!r}?" if near else f": there are {', '.join(known)}"
