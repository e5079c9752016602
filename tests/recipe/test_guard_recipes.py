"""Recipes that stand before Post, end to end, against the upload service's record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.recipe.conftest import CLIPS, Lab, MakeLab
from tests.recipe.test_system_recipes import checks, ended, notes

YES, NO = (lambda _: True), (lambda _: False)


def visible(lab: Lab) -> list[str]:
    return [record.visibility for record in lab.simulator.cloud.records if record.state == "live"]


# -- the network


@pytest.mark.parametrize(("api", "locale"), [(28, "en-US"), (34, "fr-FR")])
def test_network_guard(make_lab: MakeLab, api: int, locale: str) -> None:
    lab = make_lab(api=api, locale=locale)
    result = lab.run("network_guard")
    assert ended(result) == ("passed", 0)
    assert lab.states == ["live"]
    assert "kbit/s (Android's estimate, dumpsys connectivity)" in notes(result, "network")
    assert "0 of 5 pings to 10.0.2.2 lost" in notes(result, "network")
    assert "kbit/s (the app's byte counter" in notes(result, "upload")
    assert lab.is_as_before()


@pytest.mark.parametrize(
    ("recipe", "moment", "verdict"),
    [("network_guard", None, "passed"), ("cancel_airplane", "90%", "invalid")],
)
def test_an_upload_that_is_over_before_it_is_looked_at(
    make_lab: MakeLab, recipe: str, moment: str | None, verdict: str
) -> None:
    """The app's bytes tell that it was there, where no look was quick enough to see it."""
    lab = make_lab(upload_bytes_per_s=8e6)
    result = lab.run(recipe, moment)
    assert (result.error, result.verdict.name) == (None, verdict)
    assert lab.states == ["live"]
    assert lab.is_as_before()


@pytest.mark.parametrize("on_slow", ["warn", "stop"])
def test_a_slow_network(make_lab: MakeLab, on_slow: str) -> None:
    lab = make_lab(api=33)
    values = {"video": str(lab.video), "on_slow": on_slow, "min_kbps": 9000}
    result = lab.run("network_guard", values=values)
    if on_slow == "warn":
        assert ended(result) == ("passed", 0)
        assert "slow network: 3040 kbit/s up, 9000 are wanted" in notes(result, "warning")
        assert lab.states == ["live"]
    else:
        assert ended(result) == ("failed", 1)
        assert "3040 kbit/s up, 9000 are wanted" in result.verdict.reason
        assert lab.states == []
    assert lab.is_as_before()


def test_waiting_for_a_better_network(make_lab: MakeLab) -> None:
    lab = make_lab(api=36)
    lab.device.network.set_wifi(False)
    lab.device.network.set_data(False)
    waited: list[str] = []

    def heard(event: Any) -> None:
        if "waiting for a better network" in event.text and not waited:
            waited.append(event.text)
            lab.simulator.call(lambda: lab.simulator.phone.connectivity.set_wifi(True))

    recipe = lab.report.parent / "guard.yaml"
    recipe.write_text(
        "name: guard\ntitle: Guard\nexpect: passed\nsettings: {token: false}\nsteps:\n"
        "  - network_guard: {on_slow: wait, wait: 20s}\n"
    )
    result = lab.run(recipe, values={}, on_event=heard)
    assert ended(result) == ("passed", 0)
    assert waited == ["waiting for a better network: the phone has no network"]


# -- a person's yes


@pytest.mark.parametrize(
    ("api", "locale", "by", "way"),
    [
        (34, "en-US", "auto", "network"),
        (36, "id-ID", "permission", "permission"),
        (30, "fr-FR", "auto", "permission"),
    ],
)
def test_confirm_before_upload(make_lab: MakeLab, api: int, locale: str, by: str, way: str) -> None:
    lab = make_lab(api=api, locale=locale)
    asked: list[tuple[str, int]] = []

    def yes(question: str) -> bool:
        asked.append((question, sum(r.received for r in lab.simulator.cloud.records)))
        return True

    values = {"video": str(lab.video), "by": by}
    result = lab.run("confirm_before_upload", values=values, confirm=yes)
    assert ended(result) == ("passed", 0)
    assert [sent for _, sent in asked] == [0]
    assert lab.states == ["live"]
    proof = {
        "network": "nothing was sent before the yes",
        "permission": "the app asks before it reads the gallery",
    }
    assert checks(result)[proof[way]] is True
    if way == "permission":
        assert "media permissions withdrawn" in notes(result, "held")
    assert lab.is_as_before()


@pytest.mark.parametrize("by", ["network", "permission"])
@pytest.mark.parametrize("profile", ["pixel", "budget"])
def test_questions_that_come_up_slowly_are_answered_one_by_one(
    make_lab: MakeLab, profile: str, by: str
) -> None:
    """On a real phone a screen is there before its question is."""
    lab = make_lab(profile=profile)
    values = {"video": str(lab.video), "by": by}
    result = lab.run("confirm_before_upload", values=values, confirm=lambda question: True)
    assert ended(result) == ("passed", 0), (result.error, result.verdict)
    assert lab.states == ["live"]
    assert lab.is_as_before()


@pytest.mark.parametrize("by", ["network", "permission"])
def test_without_a_yes_nothing_is_posted(make_lab: MakeLab, by: str) -> None:
    lab = make_lab(api=34)
    granted = permissions(lab)
    values = {"video": str(lab.video), "by": by}
    result = lab.run("confirm_before_upload", values=values, confirm=NO)
    assert ended(result) == ("failed", 1)
    assert checks(result)["a person agreed"] is False
    assert lab.states == []
    assert permissions(lab) == granted
    assert lab.is_as_before()


def permissions(lab: Lab) -> set[str]:
    names = ("READ_MEDIA_VIDEO", "READ_MEDIA_IMAGES", "READ_EXTERNAL_STORAGE")
    granted = lab.device.packages.granted
    return {name for name in names if granted(CLIPS, f"android.permission.{name}")}


def test_nobody_to_ask(make_lab: MakeLab) -> None:
    lab = make_lab(api=33)
    result = lab.run("confirm_before_upload")
    assert result.exit_code == 2
    assert "there is nobody to ask" in str(result.error)
    assert lab.states == []
    assert lab.is_as_before()


# -- the post page


@pytest.mark.parametrize(
    ("api", "locale", "who"),
    [(28, "id-ID", "only_me"), (33, "fr-FR", "friends"), (36, "en-US", "everyone")],
)
def test_review_before_post(make_lab: MakeLab, api: int, locale: str, who: str) -> None:
    lab = make_lab(api=api, locale=locale)
    values = {"video": str(lab.video), "visibility": who, "caption": "my cat #cat"}
    result = lab.run("review_before_post", values=values)
    assert ended(result) == ("passed", 0)
    assert lab.states == ["live"]
    assert checks(result)["only those may see it who are meant to"] is True
    assert lab.is_as_before()


def test_a_post_page_that_differs_is_not_posted(make_lab: MakeLab, tmp_path: Path) -> None:
    """Filled in otherwise than wanted: told in words, and discarded."""
    lab = make_lab(api=34)
    recipe = tmp_path / "differs.yaml"
    recipe.write_text(
        "name: differs\ntitle: Differs\nexpect: passed\nvars: {video: }\nsteps:\n"
        "  - launch: feed\n  - share_video: ${video}\n  - caption: 'my dog #dog'\n"
        "  - visibility: friends\n"
        "  - review_post: {caption: 'my cat #cat', visibility: only_me}\n"
        "  - post\n"
    )
    result = lab.run(recipe)
    assert ended(result) == ("failed", 1)
    assert "hashtags: #cat missing; #dog not wanted" in result.verdict.reason
    assert "visibility: wanted only_me, the page has friends" in result.verdict.reason
    assert lab.states == []
    assert lab.is_as_before()


@pytest.mark.parametrize("wanted", ["holidays", "holiday"])
def test_a_page_that_a_person_prepared(make_lab: MakeLab, tmp_path: Path, wanted: str) -> None:
    lab = make_lab(api=33)
    prepare = tmp_path / "prepare.yaml"
    prepare.write_text(
        "name: prepare\ntitle: Prepare\nexpect: unknown\nvars: {video: }\n"
        "settings: {token: false}\nsteps:\n"
        "  - launch: feed\n  - share_video: ${video}\n  - caption: holidays\n"
        "  - visibility: only_me\n"
    )
    lab.device.packages.start(CLIPS)  # so that it stays as it is at the end
    assert lab.run(prepare).error is None
    values = {"video": str(lab.video), "caption": wanted}
    result = lab.run("review_before_post", values=values)
    if wanted == "holidays":
        assert ended(result) == ("passed", 0)
        assert visible(lab) == ["private"]
    else:
        assert ended(result) == ("failed", 1)
        assert "wanted 'holiday', the page has 'holidays'" in result.verdict.reason
        assert lab.states == []
        assert lab.run(prepare_check(tmp_path), values={}).error is None


def prepare_check(tmp_path: Path) -> Path:
    """The person's page still stands there."""
    path = tmp_path / "still.yaml"
    path.write_text(
        "name: still\ntitle: Still\nexpect: unknown\nsteps:\n"
        "  - assert: {screen: post, text: holidays}\n"
    )
    return path


def test_wrong_visibility(make_lab: MakeLab) -> None:
    lab = make_lab(api=34, app_build="wrong-visibility")
    result = lab.run("review_before_post")
    assert ended(result) == ("failed", 1)
    assert "wanted only_me, the video has everyone" in result.verdict.reason
    assert visible(lab) == ["public"]
