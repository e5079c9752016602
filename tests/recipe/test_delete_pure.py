"""Which item a delete may touch, what is left behind, and what the command line asks first."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.apps.profile import AppProfile
from droidcancel.cli import cli
from droidcancel.cli.deletes import deletes
from droidcancel.errors import UsageError
from droidcancel.evidence import (
    Evidence,
    JobsSeen,
    Mark,
    Record,
    Search,
    TrafficSeen,
    UploadSeen,
)
from droidcancel.recipe.drafts import number_in
from droidcancel.recipe.items import lost, named, with_token
from droidcancel.recipe.leftovers import left_behind
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.model import walk, walk_decided
from droidcancel.verdict import VerdictName
from tests.recipe.conftest import Lab, MakeLab
from tests.recipe.test_delete import have_drafts, have_posts, states

TOKEN = "#dcabc234"


# -- which item


@pytest.mark.parametrize(
    ("captions", "words", "index"),
    [
        (["a cat", "a dog"], "a dog", 1),
        (["a cat", "a dog"], "A  Dog ", 1),
        (["a cat", "a cat and a dog"], "a cat", 0),
        (["a cat with a hat", "a dog"], "with a hat", 0),
        (["a cat", "a dog"], "cat", None),  # a part so short could be of anything
        (["a cat", None, "a dog"], "a bird", None),
        ([], "a cat", None),
        ([f"my cat {TOKEN}", "my cat"], TOKEN, 0),
    ],
)
def test_what_words_name(captions: list[str | None], words: str, index: int | None) -> None:
    assert named(captions, words) == index


@pytest.mark.parametrize(
    ("captions", "words"),
    [(["my cat", "my cat"], "my cat"), (["my cat one", "my cat two"], "my cat")],
)
def test_words_that_fit_several_name_none(captions: list[str | None], words: str) -> None:
    with pytest.raises(UsageError, match="2 items fit"):
        named(captions, words)


captions = st.lists(st.text(max_size=12), max_size=6)


@given(captions, st.text(max_size=12))
def test_a_name_never_means_two(listed: list[str], words: str) -> None:
    try:
        index = named(listed, words)
    except UsageError:
        return
    if index is not None:
        whole = [c for c in listed if c.strip().casefold() == words.strip().casefold()]
        assert len(whole) <= 1


@given(captions)
def test_only_what_carries_the_token_is_taken(listed: list[str]) -> None:
    index = with_token(listed, TOKEN)
    assert index is None or TOKEN in listed[index]
    assert with_token([*listed, f"x {TOKEN.upper()}"], TOKEN) is not None
    assert with_token(listed, None) is None


@given(captions.filter(bool), st.data())
def test_what_is_lost_beside_the_target(listed: list[str], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(listed))
    after = list(listed)
    after.remove(target)
    assert lost(listed, after, target) == []
    assert lost(listed, [], target) == sorted(after)
    if after:
        gone = after.pop()
        assert lost(listed, [*after, target], target) == ([gone] if gone != target else [])


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("Delete 1 draft?", 1),
        ("Supprimer 1 brouillon ?", 1),
        ("Hapus 12 draf?", 12),
        ("Delete 1 of 3 drafts?", None),
        ("Delete drafts?", None),
        ("", None),
    ],
)
def test_the_number_in_a_question(words: str, count: int | None) -> None:
    assert number_in(words) == count


def test_select_all_is_never_tapped() -> None:
    profile = AppProfile.load("clips")
    assert profile.elements["drafts_select_all"].never


# -- what is left


@pytest.mark.parametrize(
    ("verdict", "records", "wanted"),
    [
        ("cancelled", (), []),
        ("draft", (Search(1, "drafts", True, (f"x {TOKEN}",)),), ["run delete_draft"]),
        ("draft", (UploadSeen(1, "failed", 40),), ["droidcancel cancel --caption"]),
        ("unknown", (JobsSeen(1, ("UploadJob",)),), ["a pending job (UploadJob): clear it with"]),
        ("unknown", (JobsSeen(1, ("UploadJob",)), JobsSeen(2, ())), []),
        ("resumed", (Search(1, "profile", True, (f"x {TOKEN}",)),), ["run delete_post"]),
        (
            "resumed",
            (Search(1, "profile", True, ()), UploadSeen(2, "posting", 40)),
            ["droidcancel cancel --caption"],
        ),
        (
            "resumed",
            (
                Mark(1, "quiet_started"),
                TrafficSeen(1, 5000),
                TrafficSeen(3, 6000),
                Mark(3, "quiet_ended"),
                UploadSeen(4, "none"),
                Search(5, "profile", True, ()),
            ),
            [],  # it was stopped later in the run
        ),
        ("published", (), ["run delete_post"]),
        (
            "published",
            (Search(1, "drafts", True, (f"x {TOKEN}",)),),
            ["run delete_post", "run delete_draft"],
        ),
        (
            "published",
            (Search(1, "profile", True, ()), Search(2, "others", True, (f"x {TOKEN}",))),
            ["the own profile is not: ask the service"],
        ),
        ("resumed", (), ["droidcancel cancel --caption", "run delete_post"]),
        ("deleted", (Search(1, "drafts", True, ()),), []),
    ],
)
def test_left_behind_names_what_clears_it(
    verdict: VerdictName, records: tuple[Record, ...], wanted: list[str]
) -> None:
    left = left_behind(verdict, Evidence(records, TOKEN))
    assert len(left) == len(wanted)
    assert all(words in line for words, line in zip(wanted, left, strict=True))
    assert all(f"-e caption='{TOKEN}'" in line for line in left if " run " in line)


def test_left_behind_without_a_token_leaves_the_caption_open() -> None:
    (line,) = left_behind("published", Evidence((), None))
    assert line.endswith("-e caption=CAPTION`")


# -- the recipes


@pytest.mark.parametrize("name", ["delete_draft", "delete_post", "verify_outcome"])
def test_a_named_item_needs_no_upload(name: str) -> None:
    alone = walk_decided(load_recipe(name, {"video": "v.mp4"}).recipe.steps)
    named_ = walk_decided(load_recipe(name, {"video": "v.mp4", "caption": "cat"}).recipe.steps)
    uploads = {"share_video", "post", "cancel"}
    assert uploads & {entry.kind for entry in alone}
    assert not uploads & {entry.kind for entry in named_}
    both = walk(load_recipe(name, {"video": "v.mp4"}).recipe.steps)
    assert len(both) > max(len(alone), len(named_))


def test_what_a_recipe_deletes_is_said() -> None:
    assert deletes(load_recipe("cancel_airplane")) == []
    (line,) = deletes(load_recipe("delete_post"))
    assert line == "delete_post deletes the post that it makes itself"
    (line,) = deletes(load_recipe("delete_draft", {"caption": "my cat"}))
    assert line == "delete_draft deletes the draft named 'my cat'"


# -- the command line


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["run", *words], prog_name="droidcancel")


@pytest.mark.parametrize("recipe", ["delete_draft", "delete_post"])
def test_without_a_terminal_a_delete_wants_yes(recipe: str) -> None:
    done = run(recipe, "-e", "caption=my cat")
    assert done.exit_code == 2
    assert "no terminal to ask on" in done.output
    assert "--yes" in done.output


def test_a_dry_run_of_what_is_not_there_yet_only_prints_the_steps() -> None:
    done = run("delete_post", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "delete_post" in done.output
    assert "share_video" in done.output


@pytest.fixture
def lab(make_lab: MakeLab) -> Lab:
    return make_lab()


def test_a_dry_run_then_the_delete(lab: Lab, tmp_path: Path) -> None:
    have_posts(lab, "my cat", "my dog")
    have_drafts(lab, "my cat")
    devices = tmp_path / "devices.yaml"
    devices.write_text(
        "devices:\n  lab:\n    kind: simulator\n"
        f"    serial: {lab.device.serial}\n"
        "    limits: {quiet_period_s: 1.5, late_period_s: 2, max_deletes: 1}\n"
    )
    words = ["delete_post", "-e", "caption=my cat", "-s", "lab", "--devices", str(devices)]
    done = run(*words, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "would delete the video 'my cat', number 2 on the profile" in done.output
    assert "picture: " in done.output
    assert states(lab) == {"my cat": "live", "my dog": "live"}
    done = run(*words, "--yes", "--repeat", "2")
    assert done.exit_code == 2
    assert "2 deletes are more than max_deletes (1)" in done.output
    done = run(*words, "--yes")
    assert done.exit_code == 0, done.output
    assert "deleted" in done.output
    assert "not proven: whether others are shown it" in done.output
    assert states(lab) == {"my cat": "deleted", "my dog": "live"}
