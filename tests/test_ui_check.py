"""`droidcancel ui check`: figures, the bar, false hits, and what is wrong with dumps and labels."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from droidcancel.apps.check import as_data, check_folder, coverage
from droidcancel.apps.dumps import told_by
from droidcancel.apps.profile import AppProfile
from droidcancel.cli import cli
from tests.tiktok_screens import TRILL, Maker

DUMPS = Path(
    os.environ.get(
        "DROIDCANCEL_TIKTOK_DUMPS", Path(__file__).parents[2] / "shared" / "tiktok_dumps"
    )
)


def check(folder: Path, *options: str, app: str = "tiktok") -> Result:
    words = ["ui", "check", str(folder), "--app", app, *options]
    return CliRunner().invoke(cli, words, prog_name="droidcancel")


@pytest.fixture(scope="module")
def tiktok() -> AppProfile:
    return AppProfile.load("tiktok")


Figures = Callable[..., dict[str, Any]]


@pytest.fixture
def figures(tiktok: AppProfile) -> Figures:
    """What the command prints as JSON, the profile loaded once."""

    def read(folder: Path, **given: str) -> dict[str, Any]:
        return as_data(check_folder(tiktok, folder, **given), folder, 0.95)

    return read


def refused(done: Result, *said: str) -> None:
    assert done.exit_code == 2, done.output
    for part in said:
        assert part in done.output
    assert "Traceback" not in done.output
    assert "internal error" not in done.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three dumps: nested in Indonesian, flat in French, and an upload in two windows."""
    indonesian, french = Maker("id-ID", (720, 1600), TRILL), Maker("fr-FR", flat=True)
    english = Maker()
    dumps = {
        "trill-id-post.xml": indonesian.hierarchy(indonesian.post()),
        "musically-47.0.3-fr-camera-flat.xml": french.hierarchy(french.camera()),
        "musically-46-en-uploading.xml": english.hierarchy(english.feed(), english.badge("7%")),
    }
    for name, dump in dumps.items():
        (tmp_path / name).write_text(dump.to_xml(), encoding="utf-8")
    (tmp_path / "labels.yaml").write_text(
        """\
trill-id-post.xml:
  screen: post
  found: {post_button: "[367,1456][698,1536]", drafts_button: "[22,1456][353,1536]"}
  absent: [create_tab, upload_progress]
musically-47.0.3-fr-camera-flat.xml:
  screen: camera
  absent: [post_button]
musically-46-en-uploading.xml:
  screen: feed
  found: {upload_progress: "[65,343][137,384]", home_tab: "[0,2208][216,2340]"}
"""
    )
    return tmp_path


@pytest.mark.skipif(not DUMPS.is_dir(), reason="the hierarchies of real phones are not at hand")
def test_real_hierarchies() -> None:
    done = check(DUMPS, "--json")
    report = json.loads(done.stdout)
    assert report["share"] >= 0.95
    assert report["false_hits"] == 0
    assert report["wrong_screens"] == 0
    assert report["ok"] is True
    assert done.exit_code == 0


def test_all_is_found(folder: Path, figures: Figures) -> None:
    done = check(folder)
    assert done.exit_code == 0, done.output
    assert "4 of 4 elements found (100.0%" in done.output
    assert "0 false hits, 0 wrong screens in 3 dumps" in done.output
    files = {f["file"]: f for f in figures(folder)["files"]}
    assert files["trill-id-post.xml"]["locale"] == "id"
    assert files["musically-47.0.3-fr-camera-flat.xml"]["version"] == "47.0.3"
    assert files["musically-46-en-uploading.xml"]["hits"] == ["upload_progress", "home_tab"]
    found = files["trill-id-post.xml"]["found"]["post_button"]
    assert found["bounds"] == "[367,1456][698,1536]"
    assert found["text"] == "Posting"
    assert found["confidence"] == "D"


def test_a_miss_counts_against_the_bar(folder: Path, figures: Figures) -> None:
    labels = folder / "labels.yaml"
    labels.write_text(labels.read_text().replace("home_tab:", "discard_button:"))
    report = figures(folder)
    assert (report["hits"], report["misses"], report["false_hits"]) == (3, 1, 0)
    assert report["elements"]["discard_button"] == {"hits": 0, "misses": 1, "false_hits": 0}
    done = check(folder)
    assert done.exit_code == 1
    assert "discard_button" in done.output
    assert check(folder, "--min", "0.7").exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("create_tab,", "drafts_button,", "and it is not there"),
        ("[22,1456][353,1536]", "[22,56][353,136]", "and it is at [22,56][353,136]"),
    ],
)
def test_a_false_hit_fails_whatever_the_bar(
    folder: Path, figures: Figures, old: str, new: str, said: str
) -> None:
    labels = folder / "labels.yaml"
    labels.write_text(labels.read_text().replace(old, new))
    done = check(folder, "--min", "0")
    assert done.exit_code == 1
    assert said in done.output
    assert figures(folder)["false_hits"] == 1


def test_a_wrong_screen_fails(folder: Path) -> None:
    labels = folder / "labels.yaml"
    labels.write_text(labels.read_text().replace("screen: camera", "screen: picker"))
    done = check(folder)
    assert done.exit_code == 1
    assert "camera (is picker)" in done.output
    assert "1 wrong screens" in done.output


def test_a_name_that_the_profile_has_not_is_a_miss_and_told(folder: Path, figures: Figures) -> None:
    labels = folder / "labels.yaml"
    labels.write_text(labels.read_text().replace("post_button: ", "post_buton: "))
    done = check(folder)
    assert done.exit_code == 1
    assert "the profile has no post_buton (did you mean 'post_button'?)" in done.output
    assert figures(folder)["files"][2]["unknown"] == ["post_buton (did you mean 'post_button'?)"]


def test_without_labels_it_says_what_was_found(folder: Path, figures: Figures) -> None:
    (folder / "labels.yaml").unlink()
    done = check(folder)
    assert done.exit_code == 0
    assert "trill-id-post.xml (id): post" in done.output
    assert "post_button [367,1456][698,1536] 'Posting' (D)" in done.output
    report = figures(folder)
    assert report["labelled"] is False
    assert report["ok"] is True


def test_labels_and_options_say_locale_and_version(folder: Path, figures: Figures) -> None:
    (folder / "trill-id-post.xml").rename(folder / "post.xml")
    labels = folder / "labels.yaml"
    labels.write_text(labels.read_text().replace("trill-id-post.xml:", "post.xml:"))
    files = {f["file"]: f for f in figures(folder, locale="id", version="46.1")["files"]}
    assert (files["post.xml"]["locale"], files["post.xml"]["version"]) == ("id", "46.1")
    assert files["musically-47.0.3-fr-camera-flat.xml"]["version"] == "47.0.3"
    labels.write_text(labels.read_text().replace("post.xml:", "post.xml:\n  locale: in_ID"))
    assert {f["file"]: f["locale"] for f in figures(folder)["files"]}["post.xml"] == "in_ID"


def test_a_label_may_say_little(folder: Path, figures: Figures) -> None:
    (folder / "labels.yaml").write_text(
        "trill-id-post.xml:\nmusically-46-en-uploading.xml:\n  screen: feed\n  found:\n  absent:\n"
    )
    report = figures(folder)
    assert report["ok"] is True
    assert [f["expected_screen"] for f in report["files"]] == ["feed", None, None]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("a: [", ("labels.yaml:1",)),
        ("- a\n", ("labels.yaml",)),
        ("none.xml: {screen: post}\n", ("labels.yaml:1:1", "no such dump")),
        ("trill-id-pos.xml: {screen: post}\n", ("did you mean 'trill-id-post.xml'",)),
        ("trill-id-post.xml: {scren: post}\n", ("labels.yaml:1", "did you mean 'screen'")),
        ("trill-id-post.xml: {found: {post_button: here}}\n", ("expected bounds as",)),
        ("trill-id-post.xml: {found: [post_button]}\n", ("labels.yaml:1",)),
        ("trill-id-post.xml: 7\n", ("labels.yaml:1",)),
    ],
)
def test_wrong_labels_are_told_with_their_place(
    folder: Path, labels: str, said: tuple[str, ...]
) -> None:
    (folder / "labels.yaml").write_text(labels)
    refused(check(folder, app="clips"), *said)


def test_what_is_no_folder_of_dumps(folder: Path, tmp_path: Path) -> None:
    refused(check(tmp_path / "none", app="clips"), "there is no folder")
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(check(empty, app="clips"), "no dumps", "droidcancel ui dump")
    refused(check(folder, app="tiktik"), "did you mean 'tiktok'")
    refused(check(folder, "--min", "2", app="clips"), "2.0 is not in the range")


@pytest.mark.parametrize(
    "content", ["<hierarchy>", "", "no xml", "<nodes/>", "<!DOCTYPE x><hierarchy/>", "\0"]
)
def test_a_dump_that_is_none(folder: Path, content: str) -> None:
    (folder / "broken.xml").write_text(content)
    refused(check(folder, app="clips"), "broken.xml", "expected a dump as uiautomator prints it")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("musically-43.1.4-en-post.xml", ("en", "43.1.4")),
        ("trill-id-post.xml", ("id", None)),
        ("android15-id-media-permission.xml", ("id", None)),
        ("musically-43.1.4-en-post-keyboard-flat.xml", ("en", "43.1.4")),
        ("trill-46.2-pt-BR-post.xml", ("pt-BR", "46.2")),
        ("trill-zh-Hant-TW-feed.xml", ("zh-Hant-TW", None)),
        ("musically-47.0.3-es-419-post.xml", ("es-419", "47.0.3")),
        ("musically-44-post.xml", (None, "44")),
        ("post.xml", (None, None)),
        ("musically-log-in.xml", (None, None)),
        ("id.xml", (None, None)),
    ],
)
def test_what_a_dumps_name_tells(name: str, wanted: tuple[str | None, str | None]) -> None:
    assert told_by(name) == wanted


def test_how_much_is_confirmed_in_each_language(tiktok: AppProfile) -> None:
    sure = {x: sum(coverage(tiktok, x)[c] for c in ("D", "M", "C")) for x in tiktok.locales}
    assert sure["en-US"] > sure["fr-FR"] > sure["de-DE"]
    assert sure["id-ID"] > sure["vi-VN"] > sure["es-ES"]
    assert all(sum(coverage(tiktok, x).values()) == len(tiktok.elements) for x in tiktok.locales)


def test_any_profile_reads_any_folder(folder: Path) -> None:
    (folder / "labels.yaml").unlink()
    report = check_folder(AppProfile.load("clips"), folder)
    assert [f.screen for f in report.files] == [None, None, None]
