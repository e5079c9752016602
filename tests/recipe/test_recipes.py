"""Recipes: from YAML to checked records, and what each wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.apps.profile import AppProfile
from droidcancel.cancel import METHODS
from droidcancel.errors import ConfigError, UsageError
from droidcancel.recipe.engine import plan
from droidcancel.recipe.load import fill, load_recipe, recipe_names
from droidcancel.recipe.model import json_schema, walk
from droidcancel.recipe.steps import ACTIONS
from droidcancel.recipe.steps_model import KINDS
from droidcancel.recipe.values import Moment, seconds, size

HEAD = """\
name: mine
title: Mine
method: airplane
moment: {at: 40%}
expect: cancelled
vars: {video: v.mp4, wait: 5s, open: }
steps:
"""


def written(tmp_path: Path, steps: str, head: str = HEAD, name: str = "mine.yaml") -> Path:
    path = tmp_path / name
    path.write_text(head + steps)
    return path


def wrong(tmp_path: Path, steps: str, head: str = HEAD) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_recipe(written(tmp_path, steps, head))
    return caught.value


# -- what ships


def test_what_shipped_recipes_expect() -> None:
    recipes = {name: load_recipe(name).recipe for name in recipe_names()}
    assert {recipe.method for recipe in recipes.values() if recipe.method} <= set(METHODS)
    cancels = [recipe for name, recipe in recipes.items() if name.startswith("cancel_")]
    assert all({"cancelled", "draft"} == set(recipe.expect) for recipe in cancels)
    wanted = {
        "save_draft": ("draft",),
        "delete_draft": ("cancelled",),
        "delete_post": ("deleted",),
        "verify_outcome": ("cancelled", "draft"),
    }
    assert {name: recipes[name].expect for name in wanted} == wanted
    assert all("en" in recipe.title for recipe in recipes.values())


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_fit_every_profile(name: str) -> None:
    loaded = load_recipe(name)
    declared = loaded.document.data.get("vars") or {}
    assert loaded.missing == tuple(n for n, value in declared.items() if value is None)
    assert set(loaded.missing) <= {"video", "min_version"}
    for profile in AppProfile.names():
        loaded.check_names(AppProfile.load(profile))
    given_ = {"video": "cat.mp4", "min_version": "1.2.3"}
    lines = plan(load_recipe(name, {n: given_[n] for n in loaded.missing}))
    pushes = any(f"{verb}_video cat.mp4" in line for line in lines for verb in ("share", "pick"))
    assert pushes == ("video" in loaded.missing)
    assert all(".yaml:" in line for line in lines)


def test_every_kind_of_step_has_its_function() -> None:
    assert set(ACTIONS) == set(KINDS)


# -- values


@pytest.mark.parametrize(
    ("given_", "kind", "value", "text"),
    [
        ("posting", "posting", 0, "posting"),
        ("40%", "percent", 40, "at 40%"),
        ("at 40%", "percent", 40, "at 40%"),
        ({"at": "40%"}, "percent", 40, "at 40%"),
        ({"at": "3MB"}, "bytes", 3_000_000, "at 3MB"),
        ("512KiB", "bytes", 524_288, "at 0.524288MB"),
        ({"after": 2}, "after", 2, "after 2s"),
        ("after: 500ms", "after", 0.5, "after 0.5s"),
        ("published", "published", 0, "published"),
        ("stuck", "stuck", 0, "stuck"),
        ({"stuck": "30s"}, "stuck", 30, "stuck 30s"),
    ],
)
def test_moments(given_: object, kind: str, value: float, text: str) -> None:
    moment = Moment.model_validate(given_)
    assert (moment.kind, moment.value, str(moment)) == (kind, value, text)
    assert Moment.model_validate(str(moment)) == moment


@pytest.mark.parametrize("bad", ["soon", "at 140%", {"at": "2s"}, {"after": "40%"}, {}, None, "at"])
def test_wrong_moments(bad: object) -> None:
    with pytest.raises(ValueError, match="expected a"):
        Moment.model_validate(bad)


def test_durations_and_sizes() -> None:
    assert [seconds(v) for v in (2, "2", "500ms", "1.5m", "2 s")] == [2, 2, 0.5, 90, 2]
    assert [size(v) for v in ("3MB", "1KiB", 7)] == [3_000_000, 1024, 7]
    for bad in ("2 weeks", True, -1, "", "ms"):
        with pytest.raises(ValueError, match="expected a duration"):
            seconds(bad)


def test_variables_keep_their_type_and_are_read_once() -> None:
    assert fill("${n}", {"n": 3}) == 3
    assert fill("a ${n} $$ {n}", {"n": 3}) == "a 3 $ {n}"
    assert fill("${a}", {"a": "${b}", "b": "no"}) == "${b}"
    assert fill("x ${token}", {}) == "x ${token}"
    with pytest.raises(ValueError, match="did you mean 'video'"):
        fill("${vidoe}", {"video": "v"})
    with pytest.raises(ValueError, match="expected a variable's name"):
        fill("${a b}", {})


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=20), min_size=2))
def test_a_value_is_never_searched_for_variables(values: dict[str, str]) -> None:
    assert fill("<${a}>", values) == f"<{values['a']}>"


# -- from YAML


def test_shorthands(tmp_path: Path) -> None:
    steps = """\
  - post
  - tap: post_button
    timeout: ${wait}
    retry: 2
  - wait_for: {gone: [post_button, drafts_button], upload: posting}
  - when:
      screen: feed
      steps: [relaunch]
      otherwise:
        - press: back
  - repeat: {times: 3, steps: [{swipe: up}]}
"""
    recipe = load_recipe(written(tmp_path, steps)).recipe
    kinds = [entry.kind for entry in walk(recipe.steps)]
    assert kinds == ["post", "tap", "wait_for", "when", "relaunch", "press", "repeat", "swipe"]
    tap = recipe.steps[1]
    assert (tap.timeout, tap.retry, tap.place) == (5.0, 2, "mine.yaml:9:5")
    assert recipe.steps[2].wait_for is not None
    assert recipe.steps[2].wait_for.gone == ("post_button", "drafts_button")


CASES = {
    "wrong step": ("  - post\n  - tpa: post_button\n", (9, 5), "did you mean 'tap'"),
    "bare wrong step": ("  - pots\n", (8, 5), "did you mean 'post'"),
    "two kinds": ("  - post:\n    cancel:\n", (8, 5), "exactly one kind of step, got post, cancel"),
    "no kind": ("  - retry: 2\n", (8, 5), "exactly one kind of step, got none"),
    "wrong key inside": (
        "  - tap:\n      elment: post_button\n",
        (9, 7),
        "unknown key 'elment' (did you mean 'element'?); known: at, element, text",
    ),
    "nothing to tap": ("  - tap: {}\n", (8, 5), "exactly one of element, text, at"),
    "wrong duration": ("  - post:\n    timeout: soon\n", (9, 5), "expected a duration"),
    "wrong state": (
        "  - assert: {upload: postin}\n",
        (8, 14),
        "(did you mean 'posting'?), got 'postin'",
    ),
    "wrong choice": ("  - visibility: all\n", (8, 5), "'everyone', 'friends' or 'only_me'"),
    "no plain value": ("  - stop_app: now\n", (8, 5), "takes no plain value"),
    "unknown variable": ("  - caption: ${vidoe}\n", (8, 5), "did you mean 'video'"),
    "no such recipe": ("  - run_recipe: upload_vidoe\n", (8, 5), "did you mean 'upload_video'"),
    "variable the other has not": (
        "  - run_recipe: {recipe: upload_video, vars: {vidoe: x}}\n",
        (8, 47),
        "did you mean 'video'",
    ),
    "runs itself": ("  - run_recipe: mine\n", (8, 5), "runs itself: mine → mine"),
    "no YAML": ("  - tap: [post\n", (9, 1), "expected"),
}


@pytest.mark.parametrize("name", CASES)
def test_wrong_recipes(tmp_path: Path, name: str) -> None:
    steps, place, message = CASES[name]
    error = wrong(tmp_path, steps)
    assert message in str(error)
    assert (error.line, error.column) == place
    assert str(error).startswith(f"{tmp_path / 'mine.yaml'}:{place[0]}:{place[1]}: ")
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("method: airplane", "method: aeroplane", "did you mean 'airplane'"),
        ("method: airplane\n", "", "a recipe with a `cancel` step needs `method`"),
        ("moment: {at: 40%}", "moment: {at: noon}", "expected a moment"),
        ("expect: cancelled", "expect: canceled", "did you mean 'cancelled'?"),
        ("expect: cancelled\n", "", "the verdicts that this recipe may end in"),
        ("name: mine", "name: Mine!", "pattern"),
        ("name: mine", "nmae: mine", "did you mean 'name'"),
    ],
)
def test_wrong_heads(tmp_path: Path, old: str, new: str, message: str) -> None:
    error = wrong(tmp_path, "  - cancel\n", HEAD.replace(old, new))
    assert message in str(error)
    assert error.line is not None


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    error = wrong(tmp_path, "  - tpa: x\n  - visibility: all\n")
    assert error.line == 8
    assert f"{tmp_path / 'mine.yaml'}:9:5: steps.1.visibility" in str(error)


def test_wrong_element_is_told_before_a_step_runs(tmp_path: Path) -> None:
    loaded = load_recipe(written(tmp_path, "  - post\n  - wait_for: {gone: [post_button, pst]}\n"))
    with pytest.raises(ConfigError, match="'clips' has no element 'pst'") as caught:
        loaded.check_names(AppProfile.load("clips"))
    assert caught.value.line == 9
    loaded = load_recipe(written(tmp_path, "  - launch: fed\n"))
    with pytest.raises(ConfigError, match="no screen 'fed' \\(did you mean 'feed'"):
        loaded.check_names(AppProfile.load("clips"))


def test_wrong_element_in_a_recipe_that_is_run(tmp_path: Path) -> None:
    head = "name: part\ntitle: Part\nfragment: true\nsteps:\n"
    written(tmp_path, "  - tap: nowhere\n", head, "part.yaml")
    loaded = load_recipe(written(tmp_path, "  - run_recipe: part\n"))
    with pytest.raises(ConfigError) as caught:
        loaded.check_names(AppProfile.load("clips"))
    assert str(caught.value).startswith(f"{tmp_path / 'part.yaml'}:5:5: steps.0.tap.element")


def test_values_are_wanted_to_run(tmp_path: Path) -> None:
    loaded = load_recipe(written(tmp_path, "  - caption: ${open}\n"))
    with pytest.raises(UsageError, match="no value for open") as caught:
        loaded.check_complete()
    assert caught.value.hint == "give it with -e open=VALUE"
    load_recipe(loaded.document.file, {"open": "sesame"}).check_complete()
    with pytest.raises(UsageError, match=r"no variable 'opne'.*did you mean 'open'"):
        load_recipe(loaded.document.file, {"opne": "x"})


def test_unknown_recipe_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'cancel_airplane'"):
        load_recipe("cancel_aeroplane")
    with pytest.raises(UsageError, match="no recipe file"):
        load_recipe(tmp_path / "none.yaml")


def test_schema_knows_every_kind_and_its_shorthand() -> None:
    schema = json_schema()
    forms = schema["$defs"]["StepEntry"]["anyOf"]
    entry = next(form["properties"] for form in forms if "properties" in form)
    assert set(KINDS) <= set(entry)
    tap = schema["$defs"]["Tap"]["anyOf"]
    assert any("properties" in form for form in tap)
    assert any("properties" not in form for form in tap)


@given(st.text(max_size=300))
def test_any_text_is_a_recipe_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_recipe(path)
