"""The TikTok profile on screens that no dump showed: languages, sizes, what lies under."""

from __future__ import annotations

import re
from itertools import product

import pytest

from droidcancel.apps.likeness import propose
from droidcancel.apps.locales import keys_of
from droidcancel.apps.profile import AppProfile, Look, UploadView
from droidcancel.device.hierarchy import Hierarchy
from droidcancel.recipe.load import load_recipe, recipe_names
from tests.tiktok_screens import MUSICALLY, RIGHT_TO_LEFT, SIZES, TRILL, WORDS, Maker, View, button

LOCALES = list(WORDS)
NEVER_HERE = {
    "feed": ("post_button", "drafts_button", "next_button", "caption_field", "upload_progress",
             "pending_progress", "save_draft_button", "discard_button", "confirm_delete", "handle",
             "title_field", "visibility_row", "media_cell", "gallery_button", "drafts_tile"),
    "camera": ("post_button", "drafts_button", "next_button", "create_tab", "home_tab", "handle",
               "profile_tab", "upload_progress", "caption_field", "media_cell"),
    "picker": ("post_button", "drafts_button", "upload_progress", "home_tab", "caption_field"),
    "editor": ("post_button", "drafts_button", "upload_progress", "home_tab", "caption_field",
               "save_draft_button", "discard_button", "continue_edit"),
    "post": ("next_button", "upload_progress", "home_tab", "create_tab", "save_draft_button",
             "confirm_delete", "handle", "publish_at_once"),
    "profile": ("post_button", "drafts_button", "next_button", "upload_progress", "caption_field",
                "continue_edit", "visibility_friends"),
}  # fmt: skip


@pytest.fixture(scope="module")
def tiktok() -> AppProfile:
    return AppProfile.load("tiktok")


def absent(look: Look, screen: str) -> list[str]:
    return [name for name in NEVER_HERE[screen] if look.find(name) is not None]


def words_at(look: Look, element: str) -> str | None:
    match = look.find(element)
    return match.text if match is not None else None


makers = pytest.mark.parametrize(
    "maker",
    [
        *(Maker(locale, size) for locale, size in zip(LOCALES, SIZES * 4, strict=False)),
        *(
            Maker(locale, package=TRILL, flat=True)
            for locale in ("en-US", "id-ID", "ar-EG", "zh_TW")
        ),
    ],
    ids=lambda m: f"{m.locale}-{m.size[0]}x{m.size[1]}{'-flat' if m.flat else ''}",
)


@makers
def test_the_feed_with_every_word_that_could_be_mistaken(tiktok: AppProfile, maker: Maker) -> None:
    look = tiktok.look(maker.hierarchy(maker.feed(), maker.status_bar()), maker.locale)
    assert look.screen == "feed"
    assert absent(look, "feed") == []
    assert look.upload == UploadView("none")
    assert look.popup is None
    tabs = [look.find(f"{n}_tab") for n in ("home", "friends", "create", "inbox", "profile")]
    assert None not in tabs
    places = [tab.center[0] for tab in tabs if tab is not None]
    assert places == sorted(places, reverse=maker.locale in RIGHT_TO_LEFT)
    assert all(tab.node.bounds.top > 0.9 * maker.size[1] for tab in tabs if tab is not None)


@makers
def test_the_cameras_mode_is_no_post_button(tiktok: AppProfile, maker: Maker) -> None:
    for readable in (True, False):
        look = tiktok.look(maker.hierarchy(maker.camera(readable=readable)), maker.locale)
        assert look.screen == "camera"
        assert absent(look, "camera") == []
        gallery = look.find("gallery_button")
        if readable or maker.locale not in RIGHT_TO_LEFT:
            assert gallery is not None
            assert gallery.node.resource_id.endswith("upload_hot_area" if readable else "y0p")


@makers
def test_the_picker_over_the_camera(tiktok: AppProfile, maker: Maker) -> None:
    for count in (0, 3):
        shown = maker.hierarchy([*maker.camera(), *maker.picker(count=count)])
        look = tiktok.look(shown, maker.locale)
        assert look.screen == "picker"
        assert absent(look, "picker") == []
        assert words_at(look, "media_cell") == "00:06"
        match = look.find("next_button")
        assert match is not None
        assert match.node.resource_id.endswith("/wz7")


@makers
def test_the_preview_over_the_picker_has_two_next(tiktok: AppProfile, maker: Maker) -> None:
    shown = maker.hierarchy([*maker.camera(), *maker.picker(), *maker.preview()])
    look = tiktok.look(shown, maker.locale)
    assert look.screen == ("picker" if maker.flat else "preview")
    match = look.find("next_button")
    assert match is not None
    assert match.node.resource_id.endswith("/pv1")


@makers
def test_your_story_is_never_taken_for_next(tiktok: AppProfile, maker: Maker) -> None:
    shown = maker.hierarchy([*maker.camera(), *maker.picker(), *maker.editor()])
    look = tiktok.look(shown, maker.locale)
    assert look.screen == "editor"
    assert absent(look, "editor") == []
    assert words_at(look, "next_button") == maker.words["next"]
    story = look.find("publish_at_once")
    assert story is not None
    forbidden = {story.node.bounds, story.target.bounds}
    for name, element in tiktok.elements.items():
        match = look.find(name)
        if match is not None and not element.never and name != "editor_root":
            assert match.node.bounds not in forbidden, name


@makers
def test_leaving_the_editor(tiktok: AppProfile, maker: Maker) -> None:
    look = tiktok.look(maker.hierarchy([*maker.editor(), *maker.leave_menu()]), maker.locale)
    assert look.screen == "leave_editor"
    assert words_at(look, "discard_button") == maker.words["discard"]
    assert words_at(look, "save_draft_button") == maker.words["save_draft"]
    assert look.find("post_button") is None


@makers
def test_the_post_page_over_all_that_came_before(tiktok: AppProfile, maker: Maker) -> None:
    under = [*maker.camera(), *maker.picker(), *maker.editor()]
    for as_text, below in product((False, True), ([], under, [*maker.feed(), *under])):
        look = tiktok.look(maker.hierarchy([*below, *maker.post(as_text=as_text)]), maker.locale)
        assert look.screen == "post"
        assert words_at(look, "post_button") == maker.words["post"]
        assert words_at(look, "drafts_button") == maker.words["drafts"]
        assert below or absent(look, "post") == []
        if not maker.flat:
            assert words_at(look, "caption_field") == "two"
            assert words_at(look, "title_field") == "#one"
        row = look.find("visibility_row")
        assert row is not None
        assert words_at(look, "visibility_row") == "…"


@makers
def test_the_small_post_with_the_keyboard_open(tiktok: AppProfile, maker: Maker) -> None:
    look = tiktok.look(maker.hierarchy(maker.post(keyboard=True)), maker.locale)
    assert look.screen == "post"
    match = look.find("post_button")
    assert match is not None
    assert match.node.resource_id.endswith("/zz1")
    assert look.find("drafts_button") is None


def reworded(views: list[View], words: dict[str, str]) -> list[View]:
    """The views with other words, as after an update."""
    for view in views:
        view.text = words.get(view.text, view.text)
        reworded(view.children, words)
    return views


@makers
def test_the_post_page_is_known_without_its_post(tiktok: AppProfile, maker: Maker) -> None:
    """Post says something else: the page is known by the rest of it, and Post by likeness."""
    word = maker.words["post"]
    for as_text in (False, True):
        page = reworded(maker.post(as_text=as_text), {word: f"{word} xyz"})
        look = tiktok.look(maker.hierarchy(page), maker.locale)
        assert look.screen == "post"
        assert look.find("post_button") is None
        assert words_at(look, "drafts_button") == maker.words["drafts"]
        if maker.flat:
            continue  # what has no classes has no roles: that is not guessed
        assert words_at(look, "caption_field") == "two"
        chosen = propose(look, "post_button").chosen
        assert chosen is not None
        assert chosen.label == f"{word} xyz"
        assert "place" in chosen.sure_signs


@makers
def test_the_post_page_is_known_without_its_bar(tiktok: AppProfile, maker: Maker) -> None:
    both = {maker.words[key]: "…" for key in ("post", "drafts")}
    look = tiktok.look(maker.hierarchy(reworded(maker.post(), both)), maker.locale)
    assert look.screen == "post"
    assert look.find("post_button") is None
    assert propose(look, "post_button").chosen is None  # nothing says anything like it


def a_field(hint: str, top: float = 0.5) -> View:
    return View((0.04, top, 0.7, top + 0.05), hint, cls="EditText", clickable=True)


@pytest.mark.parametrize(
    "page",
    [
        # a comment with the keyboard open: its Post is a sign at the end of the field
        [a_field("Add comment..."), View((0.8, 0.5, 0.95, 0.55), desc="Post", clickable=True)],
        [a_field("Search", 0.06), View((0.8, 0.06, 0.95, 0.1), "Search", cls="Button")],
        # a report: a field, and how long what is written is
        [a_field("Tell us more"), View((0.04, 0.6, 0.2, 0.62), "0/500"), button(
            (0.1, 0.9, 0.9, 0.95), "Submit")],
        # a chat: the menu in the corner of any page
        [a_field("Message...", 0.7), View((0.88, 0.05, 0.98, 0.1), desc="More options")],
        [a_field("Add location", 0.06), View((0.04, 0.12, 0.4, 0.15), "Location")],
        [View((0.04, 0.9, 0.4, 0.94), "Drafts"), a_field("Name")],
    ],
    ids=["comment", "search", "report", "chat", "place", "name"],
)  # fmt: skip
def test_what_is_no_post_page(tiktok: AppProfile, page: list[View]) -> None:
    maker = Maker()
    for below in ([], maker.feed()):
        look = tiktok.look(maker.hierarchy([*below, *page]), "en-US")
        assert look.screen != "post"
        assert look.find("caption_field") is None or look.find("post_bar") is not None
        assert look.find("post_button") is None


@makers
def test_the_editor_and_the_choice_are_known_by_two_signs(tiktok: AppProfile, maker: Maker) -> None:
    editor = reworded(maker.editor(), {maker.words["next"]: f"{maker.words['next']} xyz"})
    look = tiktok.look(maker.hierarchy(editor), maker.locale)
    assert look.screen == "editor"
    if not maker.flat:
        chosen = propose(look, "next_button").chosen
        assert chosen is not None
        assert chosen.label == f"{maker.words['next']} xyz"
    everyone, friends, only_me = (maker.words[k] for k in ("everyone", "friends", "only_me"))
    words = (everyone, friends, f"{only_me} xyz")
    rows = [button((0, 0.7 + 0.06 * i, 1, 0.76 + 0.06 * i), t) for i, t in enumerate(words)]
    look = tiktok.look(maker.hierarchy([*maker.post(), *rows]), maker.locale)
    assert look.screen == "visibility"
    assert words_at(look, "visibility_friends") == friends
    if not maker.flat:
        chosen = propose(look, "visibility_only_me").chosen
        assert chosen is not None
        assert chosen.label == words[2]


@pytest.mark.parametrize("locale", ["en-US", "th-TH"])
@pytest.mark.parametrize("scrolls", [False, True])
def test_the_row_of_actions_is_no_row_of_tabs(
    tiktok: AppProfile, locale: str, scrolls: bool
) -> None:
    """Five actions fill the bottom of a share sheet as the tabs do that of the feed."""
    maker = Maker()
    deeds = [View((i / 5, 0.88, (i + 1) / 5, 0.97), clickable=True) for i in range(5)]
    for place, deed in enumerate(deeds):
        left, top, right, bottom = deed.box
        words = ("Pin", "Save", "Duet", "ลบ", "Share")[place]
        deed.children = [View((left, top + 0.06, right, bottom), words, cls="TextView")]
    row = View((0, 0.86, 1, 0.98), cls="RecyclerView", scrollable=scrolls, children=deeds)
    if scrolls:
        deeds[0].selected = True
    sheet = View((0, 0.5, 1, 1), desc="Bottom sheet" if locale == "en-US" else "", children=[row])
    look = tiktok.look(maker.hierarchy([View((0, 0, 1, 1), id="player_view"), sheet]), locale)
    assert look.screen not in ("feed", "profile")
    assert [n for n in ("home_tab", "create_tab", "profile_tab") if look.find(n)] == []


def test_the_own_profile_in_a_language_that_nobody_wrote_down(tiktok: AppProfile) -> None:
    maker = Maker("en-US")
    xml = maker.hierarchy(maker.tabs("profile")).to_xml()
    for number, key in enumerate(("home", "friends", "create", "inbox", "profile")):
        xml = xml.replace(f'"{maker.words[key]}', f'"ก{number}')
    assert tiktok.look(Hierarchy.parse(xml, 0.0), "th-TH").screen == "profile"


# -- an account without posts


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("No videos yet", True),
        ("No videos yet.", False),
        ("Nothing here", False),
        ("No videos yet, says a caption", False),
    ],
)
def test_an_empty_profile_says_so_in_its_own_words_only(
    tiktok: AppProfile, words: str, known: bool, flat: bool
) -> None:
    maker = Maker(flat=flat)
    page = [view for view in maker.profile() if view.cls != "GridView"]
    title = View((0.2, 0.6, 0.8, 0.63), words, id="w4m", cls="TextView")
    look = tiktok.look(maker.hierarchy([*page, title]), "en-US")
    assert look.screen == "profile"
    assert look.all("video_cell") == []
    assert (look.find("no_videos") is not None) is known
    bio = View((0.2, 0.1, 0.8, 0.13), "No videos yet", cls="Button", clickable=True)
    assert tiktok.look(maker.hierarchy([*page, bio]), "en-US").find("no_videos") is None


def test_a_profile_with_only_drafts_does_not_say_that_it_is_empty(tiktok: AppProfile) -> None:
    """Drafts are on the phone, and show before the posts have come."""
    maker = Maker()
    page = maker.profile(drafts=2)
    grid = next(view for view in page if view.cls == "GridView")
    del grid.children[1:]
    look = tiktok.look(maker.hierarchy(page), "en-US")
    assert look.screen == "profile"
    assert look.find("drafts_tile") is not None
    assert look.all("video_cell") == []
    place = tiktok.places["profile"]
    assert place.grid is None
    assert not look.has(place.empty)


@pytest.mark.parametrize(
    ("locale", "words"), [("vi-VN", "Đã xảy ra lỗi"), ("en-US", "Something went wrong")]
)
def test_a_list_that_could_not_be_loaded_is_broken(
    tiktok: AppProfile, locale: str, words: str
) -> None:
    maker = Maker(locale)
    page = [view for view in maker.profile() if view.cls != "GridView"]
    failed = View((0.1, 0.5, 0.9, 0.8), id="tux_status_view")
    failed.children = [View((0.2, 0.6, 0.8, 0.63), words, id="message_tv", cls="TextView")]
    look = tiktok.look(maker.hierarchy([*page, failed]), locale)
    assert look.has(tiktok.places["profile"].broken)
    assert not look.has(tiktok.places["profile"].empty)


@makers
def test_an_upload_shows_in_its_own_window(tiktok: AppProfile, maker: Maker) -> None:
    percent = "%42" if maker.locale.startswith("tr") else "42%"
    windows = (maker.feed("friends"), maker.badge(percent), maker.status_bar())
    look = tiktok.look(maker.hierarchy(*windows), maker.locale)
    assert look.screen == "feed"
    wanted = UploadView("none") if maker.flat else UploadView("posting", 42)
    assert look.upload == wanted  # without windows, a number alone says nothing
    named = (maker.feed(), maker.badge(percent, "tvProgress"))
    assert tiktok.look(maker.hierarchy(*named), maker.locale).upload == UploadView("posting", 42)


@makers
def test_an_upload_shows_above_the_tabs(tiktok: AppProfile, maker: Maker) -> None:
    shown = maker.hierarchy([*maker.feed(), *maker.bar("0%")], maker.status_bar())
    look = tiktok.look(shown, maker.locale)
    assert look.screen == "feed"
    assert look.upload == UploadView("posting", 0)
    assert look.find("post_button") is None
    words = f"{maker.words['posting']} {'%42' if maker.locale.startswith('tr') else '42 %'}"
    line = View((0.05, 0.87, 0.9, 0.9), words, cls="TextView")
    look = tiktok.look(maker.hierarchy([*maker.feed(), line]), maker.locale)
    assert look.upload == UploadView("posting", 42)


@makers
def test_the_own_profile(tiktok: AppProfile, maker: Maker) -> None:
    look = tiktok.look(maker.hierarchy(maker.profile(drafts=2), maker.status_bar()), maker.locale)
    assert look.screen == "profile"
    assert absent(look, "profile") == []
    assert look.find("pending_progress") is None
    assert words_at(look, "handle") == "@some.body1"
    assert (words_at(look, "drafts_tile") or "").endswith(": 2")
    assert len(look.all("video_cell")) == 3  # the drafts are no video
    for text in ("4%", "Mengunggah... 4%"):
        look = tiktok.look(maker.hierarchy(maker.profile(text)), maker.locale)
        assert look.upload == UploadView("posting", 4)
        assert look.find("drafts_tile") is None
        assert len(look.all("video_cell")) == 3


@pytest.mark.parametrize("flat", [False, True])
def test_the_drafts_folder(tiktok: AppProfile, flat: bool) -> None:
    maker = Maker("id-ID", (720, 1640), TRILL, flat)
    look = tiktok.look(maker.hierarchy(maker.drafts()), "id-ID")
    assert look.screen == "drafts"
    assert words_at(look, "drafts_select") == "Pilih"
    assert len(look.all("draft_cell")) == 2
    assert look.find("drafts_delete") is None
    assert look.find("draft_check") is None

    look = tiktok.look(maker.hierarchy(maker.drafts(select=True)), "id-ID")
    assert look.screen == "drafts"
    assert words_at(look, "drafts_select_all") == "Pilih semua"
    assert words_at(look, "drafts_delete") == "Hapus"
    assert len(look.all("draft_check")) == 2
    assert look.find("drafts_select") is None
    assert look.find("confirm_delete") is None

    look = tiktok.look(maker.hierarchy(maker.drafts(select=True, ask=True)), "id-ID")
    assert look.screen == "confirm_delete"
    assert words_at(look, "drafts_question") == "Hapus 1 draf?"
    assert words_at(look, "confirm_keep") == "Pertahankan"
    match = look.find("confirm_delete")
    assert match is not None
    assert match.node.bounds.left == 360
    assert look.find("drafts_delete") is None


@makers
def test_a_post_that_was_not_finished(tiktok: AppProfile, maker: Maker) -> None:
    shown = maker.hierarchy([*maker.feed(), *maker.resume_banner()])
    look = tiktok.look(shown, maker.locale)
    assert look.screen == "continue_editing"
    assert words_at(look, "continue_save_draft") == maker.words["save_draft"]
    assert words_at(look, "continue_edit") == maker.words["edit"]
    assert look.find("discard_button") is None
    assert look.find("save_draft_button") is None


def test_another_language_than_the_phones(tiktok: AppProfile) -> None:
    for said, phone in product(LOCALES, ("en-US", "ja-JP", "ar-EG", "th-TH", "")):
        maker = Maker(said)
        look = tiktok.look(maker.hierarchy(maker.post()), phone)
        if said == phone or (said, phone) in (("in_ID", "id-ID"),):
            continue
        match = look.find("post_button")
        assert match is None or match.text == maker.words["post"], (said, phone)
        feed = tiktok.look(maker.hierarchy(maker.feed()), phone)
        assert feed.screen == "feed", (said, phone)
        assert absent(feed, "feed") == [], (said, phone)


def test_a_language_that_nobody_wrote_down_has_its_tabs(tiktok: AppProfile) -> None:
    maker = Maker("en-US")
    xml = maker.hierarchy(maker.tabs()).to_xml()
    for number, key in enumerate(("home", "friends", "create", "inbox", "profile")):
        xml = xml.replace(f'"{maker.words[key]}', f'"ก{number}')
    look = tiktok.look(Hierarchy.parse(xml, 0.0), "th-TH")
    assert look.screen == "feed"
    assert words_at(look, "create_tab") == "ก2"
    assert words_at(look, "profile_tab") == "ก4"


def test_pages_beside_the_screen_do_not_count(tiktok: AppProfile) -> None:
    maker = Maker()
    for flat in (False, True):
        aside = Maker(flat=flat)
        beside = [
            View((a + 1, b, c + 1, d), v.text, v.desc, v.id, v.cls, v.clickable)
            for v in maker.post()
            for a, b, c, d in [v.box]
        ]
        look = tiktok.look(aside.hierarchy([*maker.feed(), *beside]), "en-US")
        assert look.screen == "feed"
        assert look.find("post_button") is None


def test_a_sheet_over_the_feed_is_closed_by_its_own_close(tiktok: AppProfile) -> None:
    maker = Maker("id-ID", (720, 1640), TRILL)
    sheet = View((0, 0.5, 1, 1))
    sheet.children = [
        View((0.86, 0.51, 0.96, 0.55), desc="Tutup", cls="Button", clickable=True),
        View((0.17, 0.56, 0.83, 0.6), "Tambah nomor telepon", cls="TextView"),
        View((0.36, 0.7, 0.89, 0.75), "Nomor telepon", cls="EditText", clickable=True),
        button((0.08, 0.85, 0.92, 0.9), "Lanjutkan"),
    ]
    reward = View((0.14, 0.1, 0.18, 0.12), desc="Tutup", cls="ImageView", clickable=True)
    look = tiktok.look(maker.hierarchy([*maker.feed(), reward, sheet]), "id-ID")
    assert look.popup is not None
    name, dismiss = look.popup
    assert name == "phone"
    assert dismiss is not None
    assert dismiss.node.bounds.top > 800
    assert look.find("caption_field") is None


@pytest.mark.parametrize(
    ("title", "buttons", "refused_by"),
    [
        ("Simpan info login?", ("Simpan info login", "Tidak sekarang"), "Tidak sekarang"),
        ("Save login for next time", ("Save login", "Not now"), "Not now"),
        ("Find your friends", ("OK", "Don’t allow"), "Don’t allow"),
        ("Virtual items", ("Got it",), "Got it"),
        ("Get updates", ("Allow", "Follow all"), None),
        ("Terms", ("Agree and continue", "OK"), None),
        ("Turn on precise location", ("Allow", "Open settings"), "back"),
        ("Viewer history turned on", ("Save",), "back"),
    ],
)
def test_only_what_refuses_is_tapped(
    tiktok: AppProfile, title: str, buttons: tuple[str, ...], refused_by: str | None
) -> None:
    maker = Maker("id-ID" if "sekarang" in (refused_by or "") else "en-US")
    rows = [button((0.2, 0.5 + i / 20, 0.8, 0.54 + i / 20), t) for i, t in enumerate(buttons)]
    dialog = [View((0.2, 0.4, 0.8, 0.45), title, cls="TextView"), *rows]
    look = tiktok.look(maker.hierarchy([*maker.feed(), *dialog]), maker.locale)
    if refused_by is None:
        assert look.popup is None
        return
    assert look.popup is not None
    assert (look.popup[1].text if look.popup[1] else "back") == refused_by


def test_no_popup_is_answered_with_what_agrees(tiktok: AppProfile) -> None:
    grants = re.compile(
        r"(?i)^(ok|okay|allow|izinkan|autoriser|follow|ikuti|suivre|agree|setuju|accept|buy|beli"
        r"|continue|lanjut\w*|continuer|subscribe|permitir|erlauben|consenti|allow all)$"
    )
    for popup in tiktok.popups.values():
        if popup.dismiss == "back":
            continue
        for locator in tiktok.elements[popup.dismiss].find:
            if locator.label is None:
                assert locator.id is not None
                assert all(
                    name.startswith("permission_deny") or "_no_" in name for name in locator.id
                )
                continue
            assert locator.tail == "none"
            for words in locator.label.values():
                assert [w for w in words if grants.match(w)] == []


def test_what_refuses_a_popup_means_nothing_else(tiktok: AppProfile) -> None:
    refusing = ("popup_refuse", "popup_understood")
    for name, element in tiktok.elements.items():
        if name in refusing or element.package != "app":
            continue
        for mine, theirs in product(refusing, element.find):
            for key, words in (theirs.label or {}).items():
                known = tiktok.elements[mine].find[0].label or {}
                assert not set(words) & set(known.get(key, ())), (name, key)


@pytest.mark.parametrize(
    ("message", "buttons", "allowed", "refused"),
    [
        ("Allow TikTok to access photos and videos?", ("allow_all", "allow_selected"), True, False),
        ("Allow TikTok to access photos and media on your device?", ("allow",), True, False),
        ("Izinkan TikTok mengakses foto dan media?", ("allow",), True, False),
        ("Allow TikTok to access your contacts?", ("allow",), False, True),
        ("Allow TikTok to send you notifications?", ("allow",), False, True),
        (
            "Allow TikTok to take pictures and record video?",
            ("allow_foreground_only",),
            False,
            False,
        ),
    ],
)
def test_only_the_media_are_allowed(
    tiktok: AppProfile, message: str, buttons: tuple[str, ...], allowed: bool, refused: bool
) -> None:
    package = "com.android.permissioncontroller"
    maker = Maker(package=package)
    rows = [button((0.1, 0.6 + i / 20, 0.9, 0.64 + i / 20), f"b{i}", f"permission_{name}_button")
            for i, name in enumerate((*buttons, "deny"))]  # fmt: skip
    dialog = [View((0.1, 0.4, 0.9, 0.5), message, id="permission_message"), *rows]
    look = tiktok.look(maker.hierarchy(dialog), "en-US")
    camera = "allow_foreground_only" in buttons
    assert look.screen == ("permission_camera" if camera else "permission")
    assert (look.find("permission_allow_media") is not None) is allowed
    assert look.find("permission_deny") is not None
    assert (look.popup is not None) is refused
    if look.popup is not None:
        assert look.popup[1] is not None
        assert look.popup[1].node.resource_id.endswith("permission_deny_button")


def test_a_captcha_stops_the_run(tiktok: AppProfile) -> None:
    maker = Maker("id-ID", package=TRILL)
    sheet = View((0.1, 0.6, 0.9, 0.65), "Mari kita lakukan pemeriksaan keamanan dengan cepat")
    look = tiktok.look(maker.hierarchy([*maker.feed(), sheet]), "id-ID")
    assert look.screen == "captcha"
    assert "captcha" in tiktok.stops


def test_every_recipe_knows_its_names_in_both_profiles() -> None:
    profiles = [AppProfile.load(app) for app in ("clips", "tiktok")]
    for name in recipe_names(fragments=True):
        for profile in profiles:
            load_recipe(name).check_names(profile)


def test_every_wording_is_there_in_every_language(tiktok: AppProfile) -> None:
    wanted = {key for locale in LOCALES for key in keys_of(locale)[-1:]} - {"zh"}
    wanted |= {"zh-Hans", "zh-Hant"}
    assert len(wanted) == 16
    for name, element in tiktok.elements.items():
        for locator in element.find:
            for texts in (locator.text, locator.desc, locator.label):
                assert texts is None or wanted <= set(texts), name


def test_what_tiktok_lacks_is_said_with_a_reason(tiktok: AppProfile) -> None:
    maker = Maker(package=MUSICALLY)
    look = tiktok.look(maker.hierarchy(maker.feed()), "en-US")
    assert look.find("upload_cancel") is None
    assert look.all("upload_retry") == []
    assert "no Cancel showed" in look.explain("upload_cancel")[0]
    assert tiktok.upload.cancel == ()
    assert not set(tiktok.lacks) & set(tiktok.elements)


def test_confirmed_wordings_are_marked_and_the_rest_are_guesses(tiktok: AppProfile) -> None:
    post, home = tiktok.elements["post_button"], tiktok.elements["home_tab"]
    assert [post.confidence_in(x) for x in ("en-GB", "fr", "in_ID", "zh-CN")] == list("DDDC")
    guessed = ("es", "pt-BR", "de", "it", "ja", "ko", "ar", "tr", "vi", "ru", "hi", "zh-TW")
    assert {post.confidence_in(x) for x in guessed} == {"U"}
    assert home.confidence_in("vi-VN") == "M"
    assert home.confidence_in("th", 1) == "D"  # by place
