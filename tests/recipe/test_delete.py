"""Saving and deleting drafts and posts on virtual phones, against what the cloud knows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from droidcancel.errors import AppError, UsageError
from droidcancel.recipe.result import RunResult
from droidcancel.simulator.apps.clips.posts import Post, Shelf
from tests.recipe.conftest import CLIPS, Lab, MakeLab

FILES = f"/data/data/{CLIPS}/files"


def shelf(lab: Lab) -> Shelf:
    """The app's drafts, as they lie on the phone."""
    package = lab.simulator.phone.packages.get(CLIPS)
    assert package is not None
    return Shelf(lab.simulator.phone.fs, package.uid, f"{FILES}/drafts")


def have_drafts(lab: Lab, *captions: str) -> None:
    """Older drafts of the user's, the first the oldest."""

    def write() -> None:
        folder = shelf(lab)
        for age, caption in enumerate(captions):
            post = Post.new("old.mp4", 1000, time.time() - 1000 + age).but(caption=caption, size=9)
            folder.save(post)
            lab.simulator.phone.fs.write(folder.video(post.id), b"old video")

    lab.simulator.call(write)


def drafts(lab: Lab) -> list[str]:
    """The captions of the drafts on the phone, newest first."""
    return lab.simulator.call(lambda: [post.caption for post in shelf(lab).list()])


def have_posts(lab: Lab, *captions: str, visibility: Any = "public") -> None:
    """Older videos of the user's, the first the oldest."""

    def post() -> None:
        store = lab.simulator.cloud.store
        store.sign_in("dana")
        for number, caption in enumerate(captions):
            record = store.create("dana", 8 + number, caption, visibility, "")
            record.take(b"x" * (8 + number))
            store.commit(record)

    lab.simulator.call(post)


def states(lab: Lab) -> dict[str, str]:
    """The state of each video at the cloud, by caption."""
    return {record.caption: record.state for record in lab.simulator.cloud.records}


def assert_verdict(result: RunResult, name: str, *, ok: bool = True) -> None:
    assert result.error is None, result.error.explain()
    assert result.verdict.name == name, (result.verdict, result.evidence.to_json())
    assert result.ok == ok, (result.failed_checks, result.verdict)
    assert result.restored


def failed(result: RunResult) -> list[str]:
    return [check.name for check in result.failed_checks]


# -- a draft in place of a post


@pytest.mark.parametrize(("api", "locale"), [(28, "en-US"), (34, "fr-FR")])
def test_save_draft(make_lab: MakeLab, api: int, locale: str) -> None:
    lab = make_lab(api=api, locale=locale)
    result = lab.run("save_draft")
    assert_verdict(result, "draft")
    assert lab.states == []
    assert result.token is not None
    assert [result.token in caption for caption in drafts(lab)] == [True]
    assert any(f"delete_draft -e caption='{result.token}'" in line for line in result.left)
    assert lab.is_as_before()


def test_a_save_that_uploads_is_called(make_lab: MakeLab) -> None:
    lab = make_lab(app_build="draft-uploads", upload_bytes_per_s=4e6)
    result = lab.run("save_draft", values={"video": str(lab.video), "visibility": "everyone"})
    assert_verdict(result, "published", ok=False)
    assert lab.states == ["live"]
    assert any("delete_post" in line for line in result.left)
    assert any("delete_draft" in line for line in result.left)


# -- deleting a draft


@pytest.mark.parametrize(
    ("api", "locale", "build"),
    [(30, "id-ID", "good"), (34, "en-US", "draft-on-kill"), (36, "fr-FR", "service")],
)
def test_an_upload_is_kept_as_a_draft_and_deleted(
    make_lab: MakeLab, api: int, locale: str, build: str
) -> None:
    lab = make_lab(api=api, locale=locale, app_build=build)
    have_drafts(lab, "holiday", "birthday")
    result = lab.run("delete_draft")
    assert_verdict(result, "cancelled")
    assert drafts(lab) == ["birthday", "holiday"]
    assert "live" not in lab.states
    assert [c.ok for c in result.evidence.of(type_checked())] == [True, True]
    assert not result.left
    assert lab.is_as_before()


def type_checked() -> Any:
    from droidcancel.evidence import Checked

    return Checked


def test_a_save_that_uploads_slowly_is_no_draft(make_lab: MakeLab) -> None:
    """How much left by the end decides whether it is called an upload, or bytes unexplained."""
    lab = make_lab(app_build="draft-uploads", upload_bytes_per_s=1.5e5)
    result = lab.run("save_draft")
    assert result.verdict.name in ("resumed", "unknown"), result.verdict
    assert "bytes" in result.verdict.reason
    assert result.exit_code == 1


def test_an_app_that_keeps_nothing_has_no_draft_to_delete(make_lab: MakeLab) -> None:
    lab = make_lab(app_build="lost-on-kill")
    have_drafts(lab, "holiday")
    result = lab.run("delete_draft")
    assert_verdict(result, "cancelled")
    assert drafts(lab) == ["holiday"]


def named(lab: Lab, recipe: str, caption: str, **options: Any) -> RunResult:
    values = {"video": str(lab.video), "caption": caption}
    return lab.run(recipe, values=values, **options)


def test_a_draft_by_name(make_lab: MakeLab) -> None:
    lab = make_lab(locale="fr-FR")
    old = [f"clip {number} of the summer" for number in range(12)]
    have_drafts(lab, "cat", *old)
    result = named(lab, "delete_draft", "CAT")
    assert_verdict(result, "cancelled")
    assert drafts(lab) == old[::-1]
    assert result.method == "delete-draft"
    assert result.token == "cat"
    assert "the draft is deleted" in result.verdict.reason


@pytest.mark.parametrize(
    ("there", "wanted", "error", "words"),
    [
        (["my cat one", "my cat two"], "my cat", UsageError, "2 items fit"),
        (["cat", "cat"], "cat", UsageError, "2 items fit"),
        (["dog"], "cat", AppError, "nothing that carries 'cat' is among the drafts; it has 'dog'"),
        ([], "cat", AppError, "it is empty"),
    ],
)
def test_what_is_not_named_clearly_stays(
    make_lab: MakeLab, there: list[str], wanted: str, error: type[Exception], words: str
) -> None:
    lab = make_lab()
    have_drafts(lab, *there)
    result = named(lab, "delete_draft", wanted)
    assert isinstance(result.error, error), result.error
    assert words in result.error.message
    assert sorted(drafts(lab)) == sorted(there)
    assert result.exit_code in (2, 3)
    assert lab.is_as_before()


CALLED_DRAFTS: Sequence[tuple[str, str, str, list[str]]] = [
    ("wrong-draft", "draft", "other drafts", ["cat"]),
    ("draft-returns", "draft", "", ["cat", "holiday"]),
    ("delete-unasked", "cancelled", "question before the delete", ["holiday"]),
]


@pytest.mark.parametrize(("build", "verdict", "check", "left"), CALLED_DRAFTS)
def test_bad_deletes_of_drafts_are_called(
    make_lab: MakeLab, build: str, verdict: str, check: str, left: list[str]
) -> None:
    lab = make_lab(app_build=build)
    have_drafts(lab, "holiday", "cat")
    result = named(lab, "delete_draft", "cat")
    assert_verdict(result, verdict, ok=False)
    assert failed(result) == ([check] if check else [])
    assert result.exit_code == 1
    assert drafts(lab) == left
    if build == "draft-returns":
        assert "came back" in result.verdict.reason


# -- deleting a post


@pytest.mark.parametrize(
    ("api", "locale", "visibility"), [(28, "id-ID", "only_me"), (36, "en-US", "everyone")]
)
def test_delete_post(make_lab: MakeLab, api: int, locale: str, visibility: str) -> None:
    lab = make_lab(api=api, locale=locale)
    have_posts(lab, "holiday", "birthday")
    result = lab.run("delete_post", values={"video": str(lab.video), "visibility": visibility})
    assert_verdict(result, "deleted")
    assert lab.states == ["live", "live", "deleted"]
    assert (result.method, result.moment) == ("delete-post", "published")
    assert "no second account" in str(result.to_json()["evidence"])
    assert lab.is_as_before()


def test_a_post_by_name(make_lab: MakeLab) -> None:
    lab = make_lab(locale="fr-FR", api=30)
    have_posts(lab, "chat", "chien", "cheval", "chouette")
    result = named(lab, "delete_post", "chien")
    assert_verdict(result, "deleted")
    assert states(lab) == {"chat": "live", "chien": "deleted", "cheval": "live", "chouette": "live"}
    result = named(lab, "delete_post", "chien")
    assert isinstance(result.error, AppError)
    assert "nothing that carries 'chien' is on the profile" in result.error.message


def test_posts_that_share_a_caption_stay(make_lab: MakeLab) -> None:
    lab = make_lab()
    have_posts(lab, "cat", "dog", "cat")
    result = named(lab, "delete_post", "cat")
    assert isinstance(result.error, UsageError)
    assert set(lab.states) == {"live"}


def test_a_post_deleted_with_no_question_is_called(make_lab: MakeLab) -> None:
    lab = make_lab(app_build="delete-unasked")
    have_posts(lab, "cat", "dog")
    result = named(lab, "delete_post", "cat")
    assert_verdict(result, "deleted", ok=False)
    assert failed(result) == ["question before the delete"]
    assert states(lab) == {"cat": "deleted", "dog": "live"}


def observer_of(make_lab: MakeLab, lab: Lab, account: str = "eve") -> Lab:
    """A second phone with another account at the same service."""
    return make_lab({"account": account}, cloud=lab.simulator.cloud)


@pytest.mark.parametrize(("build", "verdict"), [("good", "deleted"), ("delete-hides", "published")])
def test_a_second_account_sees_what_others_are_shown(
    make_lab: MakeLab, build: str, verdict: str
) -> None:
    lab = make_lab(app_build=build)
    have_posts(lab, "cat", "dog")
    eve = observer_of(make_lab, lab)
    result = named(lab, "delete_post", "cat", observer=eve.device)
    assert_verdict(result, verdict, ok=verdict == "deleted")
    words = "and for others" if build == "good" else "others are still shown it"
    assert words in result.verdict.reason
    assert not eve.device.packages.running(CLIPS)


def test_an_observer_of_the_same_account_proves_nothing(make_lab: MakeLab) -> None:
    lab = make_lab(app_build="delete-hides")
    have_posts(lab, "cat")
    twin = observer_of(make_lab, lab, "dana")
    result = named(lab, "delete_post", "cat", observer=twin.device)
    others = [r for r in result.to_json()["evidence"] if r.get("place") == "others"]
    assert [r["complete"] for r in others] == [False, False]
    assert "logged in as dana too" in others[0]["detail"]


# -- guards


@pytest.mark.parametrize("recipe", ["delete_draft", "delete_post"])
def test_a_dry_run_shows_the_item_and_changes_nothing(make_lab: MakeLab, recipe: str) -> None:
    lab = make_lab()
    have_drafts(lab, "cat", "dog")
    have_posts(lab, "cat", "dog")
    result = named(lab, recipe, "cat", dry_run=True)
    assert result.error is None, result.error
    assert len(result.would) == 1
    assert "'cat'" in result.would[0]
    assert (result.ok, result.exit_code) == (True, 0)
    kept = {path.name for path in lab.report.iterdir()}
    assert {"target.png", "target.xml"} <= kept
    assert "cat" in (lab.report / "target.xml").read_text()  # the item that the user named
    assert "dog" not in (lab.report / "target.xml").read_text()
    assert drafts(lab) == ["dog", "cat"]
    assert set(lab.states) == {"live"}
    assert lab.is_as_before()


def test_no_more_deletes_than_allowed(make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.recipe import conftest

    monkeypatch.setattr(conftest, "LIMITS", conftest.LIMITS.model_copy(update={"max_deletes": 0}))
    lab = make_lab()
    have_posts(lab, "cat")
    result = named(lab, "delete_post", "cat")
    assert isinstance(result.error, UsageError)
    assert "max_deletes (0)" in result.error.message
    assert lab.states == ["live"]


# -- the outcome of a cancel


def test_verify_outcome(make_lab: MakeLab) -> None:
    lab = make_lab(api=30, locale="id-ID")
    eve = observer_of(make_lab, lab)
    result = lab.run("verify_outcome", observer=eve.device)
    assert_verdict(result, "cancelled")
    assert lab.states == ["terminated"]
    assert lab.is_as_before()


@pytest.mark.parametrize(
    ("has", "verdict"), [("nothing", "cancelled"), ("draft", "draft"), ("post", "published")]
)
def test_the_outcome_of_what_somebody_cancelled(make_lab: MakeLab, has: str, verdict: str) -> None:
    lab = make_lab()
    if has == "draft":
        have_drafts(lab, "my cat today")
    if has == "post":
        have_posts(lab, "my cat today", "dog")
    result = named(lab, "verify_outcome", "cat today")
    assert_verdict(result, verdict, ok=verdict != "published")
    hints = {"nothing": "", "draft": "delete_draft", "post": "delete_post"}
    assert hints[has] in "".join(result.left)
    assert bool(result.left) == (has != "nothing")


def test_a_draft_that_was_kept_silently_is_found(make_lab: MakeLab, tmp_path: Any) -> None:
    lab = make_lab(app_build="silent-draft")
    recipe = tmp_path / "leave.yaml"
    recipe.write_text(
        "name: leave\ntitle: Leave\nexpect: draft\nvars: {video: }\nsteps:\n"
        "  - launch: feed\n  - share_video: ${video}\n  - caption: never mind\n"
        "  - press: back\n  - wait_for: {screen: editor}\n  - press: back\n"
        "  - look_for: never mind\n  - verify\n"
    )
    result = lab.run(recipe)
    assert_verdict(result, "draft")
    assert lab.states == []
    assert any("delete_draft" in line for line in result.left)
