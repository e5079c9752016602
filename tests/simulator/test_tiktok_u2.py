"""The TikTok skin driven as a tester drives a phone: adb and uiautomator2's own client."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import adbutils
import pytest
import uiautomator2
from lxml import etree

from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.apps import PACKAGES
from tests.conftest import wait_listed, wait_until

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # The client leaves the socket of a refused or killed server to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TAG = "#dcab12cd"
VIDEO = random.Random(7).randbytes(900_000)
SPLASH = "com.ss.android.ugc.aweme.splash.SplashActivity"

MakeSkin = Callable[..., tuple[Simulator, Any]]


@pytest.fixture
def skin(adb_server: int) -> Iterator[MakeSkin]:
    """Boots a phone with the skin: `skin("tiktok", "43.1.4")`; gives it and its client."""
    made: list[tuple[Simulator, Any]] = []

    def make(app: str, version: str = "", **options: Any) -> tuple[Simulator, Any]:
        options = {"upload_bytes_per_s": 300_000.0, **options}
        phone = Simulator(
            PhoneOptions(apps=(app,), app_version=version, **options),
            emulator_port=False,
            adb_server=adb_server,
        ).start()
        wait_listed(phone.serial)
        client = uiautomator2.connect(phone.serial)
        client.settings["wait_timeout"] = 8.0
        made.append((phone, client))
        return phone, client

    yield make
    for phone, client in made:
        client.stop_uiautomator()
        phone.withdraw(adb_server)
        phone.stop()


def push(phone: Simulator, tmp_path: Path) -> str:
    """A video in the gallery; its address there."""
    device = adbutils.adb.device(phone.serial)
    local = tmp_path / "day.mp4"
    local.write_bytes(VIDEO)
    device.sync.push(local, "/sdcard/Movies/day.mp4")
    device.shell("content call --uri content://media --method scan_volume --arg external_primary")
    return str(phone.call(lambda: phone.phone.media.videos()[0]).uri)


def share(phone: Simulator, package: str, tmp_path: Path) -> None:
    """Share a video to the app, which opens its editor."""
    uri = push(phone, tmp_path)
    out = adbutils.adb.device(phone.serial).shell(
        f"am start -a android.intent.action.SEND -t video/mp4 -d {uri} "
        f"--eu android.intent.extra.STREAM {uri} --grant-read-uri-permission -p {package}"
    )
    assert "Error" not in out


def one_window(phone: Simulator) -> str:
    """What a dump of the active window alone has."""
    return phone.call(lambda: phone.phone.screen.windows_xml(active_only=True))


def words(xml: str) -> list[str]:
    """All texts and descriptions of a dump."""
    nodes = etree.fromstring(xml.encode()).iter("node")
    return [word for n in nodes for word in (n.get("text"), n.get("content-desc")) if word]


def test_a_post_shows_in_a_badge_of_its_own_window_and_goes_live(
    skin: MakeSkin, tmp_path: Path
) -> None:
    phone, d = skin("tiktok", "47.0.3")
    package = PACKAGES["tiktok"]
    share(phone, package, tmp_path)
    assert d(resourceId=f"{package}:id/tv_quick_publish").get_text() == "Your Story"
    d(text="Next").click()
    post = d(resourceId=f"{package}:id/tiq")
    top = post.info["bounds"]["top"]
    d(className="android.widget.EditText", instance=1).click()
    assert post.wait_gone(timeout=8), "the keyboard is open"
    assert d(text="Post").info["bounds"]["top"] < top / 2, "the small one at the top"
    d(className="android.widget.EditText", instance=1).set_text(f"A day {TAG}")
    d.press("back")
    post.click()
    badge = d(resourceId=f"{package}:id/tvProgress")
    assert badge.wait(timeout=8)
    assert badge.get_text().endswith("%")
    assert badge.info["bounds"]["right"] < 200, "at the left edge"
    assert d(resourceId=f"{package}:id/omp").info["selected"], "after Post the tab is Friends"
    assert "Posting..." not in words(d.dump_hierarchy()), "this version has no bar"
    assert "tvProgress" in d.dump_hierarchy()
    assert "tvProgress" not in one_window(phone)
    wait_until(lambda: phone.cloud.records and phone.cloud.records[0].state == "live")
    record = phone.cloud.records[0]
    assert (record.caption, record.visibility) == (f"A day {TAG}", "public")
    assert record.sha256 == hashlib.sha256(VIDEO).hexdigest()
    assert badge.wait_gone(timeout=8)


def test_the_same_letters_mean_something_else_in_another_version(
    skin: MakeSkin, tmp_path: Path
) -> None:
    found = {}
    for version, post in (("43.1.4", "qrb"), ("47.0.3", "tiq")):
        phone, d = skin("tiktok", version, locale="fr-FR")
        package = PACKAGES["tiktok"]
        share(phone, package, tmp_path)
        d(text="Suivant").click()
        button = d(resourceId=f"{package}:id/{post}")
        assert button.get_text() == "Publier"
        assert d(text="Brouillons").info["bounds"]["top"] == button.info["bounds"]["top"]
        other = d(resourceId=f"{package}:id/qrb")
        found[version] = other.info["contentDescription"] or other.get_text()
    assert found == {"43.1.4": "Publier", "47.0.3": "Ajouter un lien"}


def test_earlier_screens_stay_mounted(skin: MakeSkin, tmp_path: Path) -> None:
    phone, d = skin("trill", locale="id-ID")
    package = PACKAGES["trill"]
    push(phone, tmp_path)
    d.app_start(package, SPLASH)
    d(description="Buat").click()
    for _ in range(2):  # camera and microphone are refused
        d(resourceIdMatches=".*:id/permission_deny_button").click()
    d(resourceId=f"{package}:id/upload_hot_area").click()
    d(resourceIdMatches=".*:id/permission_allow_all_button").click()
    assert d(resourceId=f"{package}:id/viewpager_choose_media").exists
    assert not d(text="Berikutnya").exists, "nothing is ticked"
    shown = words(d.dump_hierarchy())
    assert {"POSTING", "15 detik", "Terbaru", "00:00"} <= set(shown)
    assert "day.mp4" not in " ".join(shown)
    d(resourceId=f"{package}:id/kkb").click()
    assert d(text="Berikutnya").count == 1
    d(resourceId=f"{package}:id/obu").click()
    assert d(text="Berikutnya").wait(timeout=8)
    assert d(text="Berikutnya").count == 2, "the gallery's and the preview's"


def test_a_killed_upload_is_offered_kept_and_deleted(skin: MakeSkin, tmp_path: Path) -> None:
    phone, d = skin("tiktok", "43.1.4")
    package = PACKAGES["tiktok"]
    share(phone, package, tmp_path)
    d(text="Next").click()
    d(text="Post").click()
    assert d(resourceId=f"{package}:id/x44").wait(timeout=8), "the badge of this version"
    assert d(text="Posting...").exists
    d.app_stop(package)
    d.app_start(package, SPLASH)
    assert d(text="Continue editing this post?").wait(timeout=8)
    d(text="Save draft").click()
    d(description="Profile").click()
    d(text="Drafts: 1").click()
    d(text="Select").click()
    d(className="android.widget.CheckBox").click()
    d(text="Delete").click()
    assert d(text="Delete 1 draft?").wait(timeout=8)
    d(text="Delete").click()  # that of the dialog, which has the focus
    assert d(text="Delete 1 draft?").wait_gone(timeout=8)
    assert not d(textStartsWith="Drafts:").exists
    wait_until(lambda: phone.cloud.records[0].state == "terminated")


def test_offline_it_says_nothing_and_goes_on_when_the_network_returns(
    skin: MakeSkin, tmp_path: Path
) -> None:
    phone, d = skin("trill", locale="id-ID")
    share(phone, PACKAGES["trill"], tmp_path)
    d(text="Berikutnya").click()
    d(text="Posting").click()
    assert d(text="Mengunggah...").wait(timeout=8)
    wait_until(lambda: phone.cloud.records and phone.cloud.records[0].received > 0)
    d.shell("cmd connectivity airplane-mode enable")
    wait_until(lambda: phone.call(lambda: phone.phone.connectivity.active_network()) is None)
    before = words(d.dump_hierarchy())
    assert not {"Batalkan", "Coba lagi", "Cancel", "Retry"} & set(before)
    d(description="Profil").click()
    assert d(textMatches=r"Mengunggah\.\.\. \d+%").wait(timeout=8), "the cell of the profile"
    d.shell("cmd connectivity airplane-mode disable")
    wait_until(lambda: phone.cloud.records[0].state == "live", 30)


def test_private_posts_stand_behind_the_lock(skin: MakeSkin, tmp_path: Path) -> None:
    phone, d = skin("tiktok", "47.0.3", locale="vi-VN", upload_bytes_per_s=9e6)
    package = PACKAGES["tiktok"]
    share(phone, package, tmp_path)
    d(text="Tiếp").click()
    d(description="Mọi người đều có thể xem bài đăng này").click()
    d(text="Chỉ mình bạn").click()
    d(text="Đăng").click()
    wait_until(lambda: phone.cloud.records and phone.cloud.records[0].state == "live")
    assert phone.cloud.records[0].visibility == "private"
    d(description="Hồ sơ").click()
    plays = d(resourceId=f"{package}:id/tv_play_count")
    assert d(text="Chưa có bài đăng nào").wait(timeout=8)
    assert not plays.exists
    d(description="Bài đăng riêng tư").click()
    assert plays.wait(timeout=8)
    assert plays.get_text() == "0"
