"""Clips: what its screens show, in three languages and on several sizes of screen."""

from __future__ import annotations

import re

import pytest

from droidcancel.simulator.apps.clips import PACKAGE
from droidcancel.simulator.apps.clips.strings import STRINGS
from tests.simulator.clips_phone import User, clips, run

FAST = 4e6
LOCALES = ("en-US", "fr-FR", "id-ID")
SIZES = ((720, 1280, 320), (1080, 2400, 420), (1440, 3120, 560), (1600, 2560, 320))

TABS = {
    "en-US": ("Home", "Friends", "Create", "Inbox", "Profile"),
    "fr-FR": ("Accueil", "Amis", "Créer", "Messages", "Profil"),
    "id-ID": ("Beranda", "Teman", "Buat", "Kotak masuk", "Profil"),
}
WORDS = {
    "en-US": {
        "editor_next": "Next",
        "story": "Your Story",
        "visibility": "Everyone can view this post",
        "save_draft": "Drafts",
        "post": "Post",
        "caption": "Add description...",
        "upload_state": "Posting...",
        "failed": "Couldn't post video",
        "waiting": "Waiting for network...",
        "upload_retry": "Retry",
        "upload_cancel": "Cancel",
        "dialog_title": "Discard this post?",
        "discard_confirm": "Discard",
        "save_draft_confirm": "Save draft",
        "keep_uploading": "Keep uploading",
        "drafts": "Drafts: 1",
    },
    "fr-FR": {
        "editor_next": "Suivant",
        "story": "Ta Story",
        "visibility": "Tout le monde peut voir cette publication",
        "save_draft": "Brouillons",
        "post": "Publier",
        "caption": "Ajouter une description…",
        "upload_state": "Publication…",
        "failed": "Échec de la publication",
        "waiting": "En attente du réseau…",
        "upload_retry": "Réessayer",
        "upload_cancel": "Annuler",
        "dialog_title": "Abandonner cette publication ?",
        "discard_confirm": "Abandonner",
        "save_draft_confirm": "Enregistrer le brouillon",
        "keep_uploading": "Continuer",
        "drafts": "Brouillons : 1",
    },
    "id-ID": {
        "editor_next": "Berikutnya",
        "story": "Story Anda",
        "visibility": "Semua orang bisa melihat postingan ini",
        "save_draft": "Draf",
        "post": "Posting",
        "caption": "Tambah deskripsi...",
        "upload_state": "Mengunggah...",
        "failed": "Gagal mengunggah",
        "waiting": "Menunggu jaringan...",
        "upload_retry": "Coba lagi",
        "upload_cancel": "Batal",
        "dialog_title": "Buang postingan ini?",
        "discard_confirm": "Buang",
        "save_draft_confirm": "Simpan draf",
        "keep_uploading": "Lanjutkan",
        "drafts": "Draf: 1",
    },
}


def test_every_text_exists_in_every_language_with_the_same_blanks() -> None:
    blank = re.compile(r"\{\w+\}")
    for language, table in STRINGS.items():
        assert table.keys() == STRINGS["en"].keys(), language
        for name, words in table.items():
            assert sorted(blank.findall(words)) == sorted(blank.findall(STRINGS["en"][name])), name


@pytest.mark.parametrize("locale", LOCALES)
def test_a_post_and_its_cancel_in_every_language(locale: str) -> None:
    words = WORDS[locale]

    async def check() -> None:
        async with clips(locale=locale, app={"wait_s": 0.4}) as user:
            await user.launch()
            await user.see("feed_root")
            tabs = ("home", "friends", "create", "inbox", "profile")
            shown = [user.all(f"tab_{tab}")[0] for tab in tabs]
            assert tuple(node.get("content-desc") for node in shown) == TABS[locale]
            kinds = {node.get("class").rpartition(".")[2] for node in shown}
            assert (shown[2].get("class"), kinds) == (
                "android.widget.Button",
                {"Button", "FrameLayout"},
            )
            _, row = user.push()
            await user.share(row)
            await user.see("editor_video")
            for id in ("editor_next", "story"):
                assert user.text(id) == words[id]
            await user.tap("editor_next")
            await user.see("post_root")
            for id in ("save_draft", "post"):
                assert user.text(id) == words[id]
            assert user.all("caption")[0].get("text") == words["caption"]
            assert words["visibility"] in user.texts()
            await user.tap("post")
            await user.see("upload_banner")
            for id in ("upload_state", "upload_cancel"):
                assert user.text(id) == words[id]
            await user.progress(10)
            await user.tap("upload_cancel")
            for id in ("dialog_title", "discard_confirm", "save_draft_confirm", "keep_uploading"):
                assert user.text(id) == words[id]
            await user.tap("keep_uploading")
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: user.text("upload_state") == words["waiting"])
            await user.until(lambda: user.text("upload_state") == words["failed"])
            assert user.text("upload_retry") == words["upload_retry"]
            await user.tap("upload_cancel")
            await user.tap("save_draft_confirm")
            await user.tap("tab_profile")
            await user.until(lambda: user.has("drafts_label"))
            assert user.text("drafts_label") == words["drafts"]
            assert user.text("handle") == "@dana"

    run(check())


@pytest.mark.parametrize(("width", "height", "density"), SIZES)
def test_layouts_fit(width: int, height: int, density: int) -> None:
    """What is to be tapped lies on the screen, above the keyboard where there is one."""

    def inside(user: User, *ids: str) -> None:
        for id in ids:
            node = user.all(id)[0]
            left, top, right, bottom = map(int, re.findall(r"-?\d+", node.get("bounds")))
            assert 0 <= left < right <= width, id
            assert 0 <= top < bottom <= height, id
            assert bottom - top >= 24 * density / 160, id

    async def check() -> None:
        async with clips(locale="fr-FR", width=width, height=height, density=density) as user:
            _, row = user.push()
            await user.launch()
            await user.see("feed_root")
            inside(user, "tab_home", "tab_create", "tab_profile", "share_video")
            await user.share(row)
            await user.see("editor_video")
            inside(user, "story", "editor_next")
            await user.tap("editor_next")
            await user.type("caption", "words " * 30)
            inside(user, "caption", "save_draft", "post")
            keyboard = [n for n in user.nodes() if "inputmethod" in n.get("package")]
            top = min(int(re.findall(r"-?\d+", n.get("bounds"))[1]) for n in keyboard)
            post = re.findall(r"-?\d+", user.all("post")[0].get("bounds"))
            assert int(post[3]) <= top
            await user.tap("post")
            await user.see("upload_banner")
            inside(user, "upload_cancel", "tab_profile")
            await user.tap("upload_cancel")
            inside(user, "discard_confirm", "save_draft_confirm", "keep_uploading")

    run(check())


def test_create_asks_for_the_camera_and_the_gallery() -> None:
    controller = "com.android.permissioncontroller:id"

    async def check() -> None:
        async with clips() as user:
            user.push("beach.mp4")
            await user.launch()
            await user.tap("tab_create")
            await user.tap(f"{controller}/permission_deny_button")
            await user.see("camera_denied")
            assert user.all("upload_hot_area")[0].get("content-desc") == "Upload"
            await user.tap("upload_hot_area")
            await user.tap(f"{controller}/permission_deny_button")
            await user.see("picker_root")
            assert user.has("media_grid")
            assert not user.has("media_cell")
            await user.tap("close")
            await user.see("record_root")
            await user.tap("upload_hot_area")
            await user.tap(f"{controller}/permission_allow_all_button")
            cell = await user.see("media_cell")
            assert cell.get("content-desc") == "beach.mp4"
            assert user.text("media_duration") == "00:00"
            assert user.all("next")[0].get("enabled") == "false"
            await user.tap("media_check")
            assert user.all("media_check")[0].get("checked") == "true"
            await user.tap("next")
            await user.see("editor_video")

    run(check())


def test_the_picker_shows_videos_and_photos_apart() -> None:
    async def check() -> None:
        async with clips() as user:
            user.allow("CAMERA", "READ_MEDIA_VIDEO", "READ_MEDIA_IMAGES")
            user.push("a.mp4")
            user.push("b.jpg")
            await user.launch()
            await user.tap("tab_create")
            await user.tap("upload_hot_area")
            await user.until(lambda: len(user.all("media_cell")) == 2)
            for tab, name in (("videos", "a.mp4"), ("photos", "b.jpg")):
                await user.tap(f"media_tab_{tab}")
                cells = [node.get("content-desc") for node in user.all("media_cell")]
                assert cells == [name]

    run(check())


def test_a_share_without_access_is_refused_with_a_toast() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.share(row, grant=False)
            await user.toast("Couldn't open this video")
            await user.gone("editor_root")
            user.allow("READ_MEDIA_VIDEO")
            await user.share(row, grant=False)
            await user.see("editor_video")

    run(check())


def test_log_in() -> None:
    async def check() -> None:
        async with clips(app={"logged_in": False}, upload_bytes_per_s=FAST) as user:
            await user.launch()
            await user.see("login_root")
            assert user.all("login")[0].get("enabled") == "false"
            await user.type("username", "erin")
            await user.type("password", "secret")
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: user.phone.connectivity.active_network() is None)
            await user.tap("login")
            await user.until(lambda: "No internet connection" in user.texts())
            user.phone.connectivity.set_airplane(False)
            await user.until(user.phone.connectivity.active_network)
            await user.tap("login")
            await user.see("feed_root")
            data, row = user.push()
            await user.post(row)
            assert (await user.live_video(data)).account == "erin"
            await user.restart()
            await user.see("feed_root")

    run(check())


def test_a_share_needs_a_session() -> None:
    async def check() -> None:
        async with clips(app={"logged_in": False}) as user:
            _, row = user.push()
            await user.share(row)
            await user.see("login_root")

    run(check())


def test_log_out_and_pm_clear_end_the_session() -> None:
    async def check() -> None:
        async with clips() as user:
            await user.launch()
            await user.tap("tab_profile")
            await user.tap("profile_menu")
            await user.tap("log_out")
            await user.tap("logout_confirm")
            await user.see("login_root")
        async with clips() as user:
            await user.launch()
            await user.see("feed_root")
            package = user.phone.packages.get(PACKAGE)
            assert package is not None
            user.phone.activities.force_stop(PACKAGE)
            user.phone.packages.clear_data(package)
            await user.launch()
            await user.see("login_root")

    run(check())


def test_a_session_that_ran_out_leads_to_the_log_in() -> None:
    async def check() -> None:
        async with clips() as user:
            await user.launch()
            await user.see("feed_root")
            user.cloud.store.sign_out("dana")
            await user.tap("tab_profile")
            await user.see("login_root")

    run(check())


def test_settings_clear_the_cache_only() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push(size=20_000)
            await user.save_draft(row, "kept")
            await user.tap("tab_home")
            await user.until(lambda: user.app.cache_size() > 0)
            await user.tap("tab_profile")
            await user.tap("profile_menu")
            await user.see("settings_root")
            assert user.all("data_saver")[0].get("checked") == "false"
            await user.tap("data_saver")
            await user.until(lambda: user.all("data_saver")[0].get("checked") == "true")
            await user.tap("free_up_space")
            await user.see("storage_root")
            assert user.text("drafts_size") == "Drafts: 20 KB"
            await user.tap("clear_cache")
            await user.tap("clear_confirm")
            await user.until(lambda: user.app.cache_size() == 0)
            assert [post.caption for post in user.app.drafts.list()] == ["kept"]
            await user.restart()
            assert user.app.data_saver
            assert user.app.session.current is not None

    run(check())


def test_the_profile_offline_shows_what_it_knows() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            await user.post(row)
            await user.live_video(data)
            await user.tap("tab_profile")
            await user.see("video_cell")
            assert not user.has("offline_bar")
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: user.phone.connectivity.active_network() is None)
            await user.restart()
            await user.tap("tab_profile")
            await user.see("offline_bar")
            assert user.text("offline_bar") == "No internet connection"
            assert user.has("video_cell")

    run(check())


def test_a_pull_refreshes_the_profile() -> None:
    async def check() -> None:
        async with clips() as user:
            await user.launch()
            await user.tap("tab_profile")
            await user.see("profile_root")
            await user.until(lambda: not user.app.library.loading)
            store = user.cloud.store
            record = store.create("dana", 5, "from elsewhere", "public", "")
            record.take(b"12345")
            store.commit(record)
            assert not user.has("video_cell")
            scroll = (await user.see("profile_scroll")).get("bounds")
            left, top, right, bottom = map(int, re.findall(r"-?\d+", scroll))
            middle = (left + right) / 2
            await user.phone.input.swipe(middle, top + 200, middle, bottom - 200, 0.3)
            await user.see("video_cell")

    run(check())


def test_the_feed_plays_and_turns() -> None:
    async def check() -> None:
        async with clips() as user:
            await user.launch()
            await user.see("feed_root")
            assert user.phone.screen.restless
            first = user.text("author")
            await user.phone.input.swipe(500, 1500, 500, 500, 0.2)
            await user.until(lambda: user.text("author") != first)

    run(check())


def test_popups_come_one_after_the_other_and_only_once() -> None:
    async def check() -> None:
        async with clips(app={"popups": ("notifications", "terms")}) as user:
            await user.launch()
            await user.see("popup_refuse")
            assert "Turn on notifications?" in user.texts()
            await user.tap("popup_refuse")
            await user.until(lambda: "Got it" in user.texts())
            await user.tap("popup_accept")
            await user.gone("dialog")
            await user.restart()
            assert not user.has("dialog")

    run(check())


def test_hashtags_are_typed_by_a_tap() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.to_post_page(row, "so nice")
            await user.tap("hashtag")
            await user.until(lambda: user.text("caption") == "so nice #fyp ")

    run(check())


def test_other_people_see_what_is_public() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            await user.post(row, "for all")
            await user.live_video(data)
            async with clips(cloud=user.cloud, app={"account": "erin"}) as other:
                await other.launch()
                await other.open_link("clips://user/dana")
                await other.tap("video_cell")
                await other.until(lambda: other.has("desc") and other.text("desc") == "for all")
                await other.tap("more")
                await other.see("action_report")
                assert not other.has("action_delete")

    run(check())


def test_a_build_may_ask_before_it_posts_publicly() -> None:
    async def check() -> None:
        async with clips(app={"confirm_public_post": True}, upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            await user.to_post_page(row)
            await user.tap("post")
            await user.tap("post_now")
            await user.live_video(data)

    run(check())


def test_a_full_phone_never_crashes_the_app() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=FAST) as user:
            _, row = user.push(size=20_000)
            await user.to_post_page(row, "no room")
            user.phone.fs.reserve(user.phone.fs.free)
            await user.tap("post")
            await user.toast("Not enough storage on this phone")
            await user.restart()
            for tab in ("profile", "inbox", "friends", "home"):
                await user.tap(f"tab_{tab}")
            crashes = [line for line in user.phone.log.lines() if line.tag == "AndroidRuntime"]
            assert not crashes

    run(check())
