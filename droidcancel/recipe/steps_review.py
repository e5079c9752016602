"""Steps that compare what is posted with what is wanted: on the post page, and once it is live."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, get_args

from droidcancel.apps.matching import Match, normal
from droidcancel.apps.profile import Look
from droidcancel.device import Node, poll
from droidcancel.errors import UiError, UsageError
from droidcancel.recipe import steps_guard_model as model
from droidcancel.recipe.checks import check, leave_what_was_prepared
from droidcancel.recipe.navigate import go_to, swipe, tap, wait_look
from droidcancel.recipe.observer import look_as_other
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import search
from droidcancel.recipe.stop import StopRun
from droidcancel.recipe.tiles import listed, open_tile, words_of
from droidcancel.recipe.token import carries
from droidcancel.recipe.values import Moment
from droidcancel.recipe.watch import wait_for_moment

VISIBILITIES: tuple[str, ...] = get_args(model.Who)
SHEET_S = 8.0
LIVE_S = 20.0
MOST_SWIPES = 6
_HASHTAG = re.compile(r"#\w+")


# -- the post page


def review_post(run: Run, args: model.ReviewPost, _runner: object) -> None:
    """Compare caption, hashtags and visibility; a difference ends the run before Post."""
    wait_look(run, lambda k: True if k.screen == "post" else None, run.left(), "the post page")
    differences: list[str] = []
    if args.caption is not None:
        shown = _caption_shown(run)
        differences += caption_differences(args.caption, shown, run.token)
        _know_by(run, shown)
    if args.visibility is not None:
        seen = _visibility_chosen(run)
        if seen != args.visibility:
            differences.append(f"visibility: wanted {args.visibility}, the page has {seen}")
    name = "the post page is as wanted"
    if differences:
        check(run, name, False, "; ".join(differences))
        run.screenshot("difference")
        leave_what_was_prepared(run)
        raise StopRun(f"the post page differs; nothing was posted: {differences[0]}")
    check(run, name, True, f"caption and visibility ({args.visibility or 'not asked'}) are right")


def _know_by(run: Run, caption: str) -> None:
    """A post that somebody prepared by hand carries no token: it is known by its caption."""
    if run.token is None or not carries(caption, run.token):
        if not caption.strip():
            raise UsageError(
                "a post without a caption could not be found again", "write a caption first"
            )
        run.name_item(caption)


def _caption_shown(run: Run) -> str:
    match = run.look().find("caption_field")
    if match is None:
        raise UiError("the post page shows no caption field")
    return words_of(match)


def caption_differences(wanted: str, shown: str, token: str | None) -> list[str]:
    """What differs, in words; the run's token and white space do not count."""
    want, have = _without(wanted, token), _without(shown, token)
    if want == have:
        return []
    found = []
    tags, there = _tags(want), _tags(have)
    if tags != there:
        missing, more = sorted(tags - there), sorted(there - tags)
        parts = [f"{', '.join(missing)} missing"] if missing else []
        parts += [f"{', '.join(more)} not wanted"] if more else []
        found.append(f"hashtags: {'; '.join(parts)}")
    if _HASHTAG.sub("", want).split() != _HASHTAG.sub("", have).split() or not found:
        found.append(f"caption: wanted {want!r}, the page has {have!r}")
    return found


def _tags(text: str) -> set[str]:
    return {tag.casefold() for tag in _HASHTAG.findall(text)}


def _without(text: str, token: str | None) -> str:
    if token is not None:
        text = re.sub(re.escape(token), "", text, flags=re.IGNORECASE)
    return " ".join(normal(text).split())


def _visibility_chosen(run: Run) -> str:
    """What is ticked on the sheet behind the row; the sheet is closed by Back."""
    tap(run, "visibility_row")
    chosen = _ticked(run)
    run.device.ui.press("back")
    wait_look(run, lambda k: True if k.screen == "post" else None, run.left(), "the post page")
    return chosen


def _ticked(run: Run) -> str:
    """The one visibility that is ticked. UiError where the page does not tell."""

    def found() -> str | None:
        look = run.look()
        chosen = [w for w in VISIBILITIES if (m := _option(look, w)) and _is_ticked(m)]
        return chosen[0] if len(chosen) == 1 else None

    who = poll(found, SHEET_S)
    if who is None:
        raise UiError("the app does not show which visibility is chosen")
    return who


def _option(look: Look, who: str) -> Match | None:
    return look.find(f"visibility_{who}")


def _is_ticked(match: Match) -> bool:
    """The option itself, its row, or the button in that row."""
    row: Node = match.target
    return any(n.checked or n.selected for n in (match.node, row, *row.descendants()))


# -- after Post


def check_published(run: Run, args: model.CheckPublished, _runner: object) -> None:
    """The end of the upload, the video on the profile, and who may see it."""
    run.deadline = time.monotonic() + (
        run.settings.moment_timeout or run.options.limits.upload_timeout_s
    )
    wait_for_moment(run, Moment(kind="published"))
    run.deadline = time.monotonic() + run.options.limits.step_timeout_s + LIVE_S
    looked = poll(lambda: s if (s := search(run, "profile")).found else None, LIVE_S)
    looked = looked or search(run, "profile")
    name = "the video is live"
    if not looked.found:
        check(run, name, False if looked.complete else None, looked.detail or "it is not there")
        return
    check(run, name, True, f"on the profile: {looked.found[0]}")
    if args.visibility is not None:
        _check_visibility(run, args.visibility)
        _check_as_other(run, args.visibility)


def _check_as_other(run: Run, wanted: str) -> None:
    """What only the own account may see is not shown to the observer's, where there is one."""
    observer = run.options.observer
    if observer is None or wanted != "only_me":
        return
    seen = run.recorder.add(look_as_other(run, observer))
    name = "no other account is shown it"
    if seen.found:
        check(run, name, False, f"another account is shown {seen.found[0]!r}")
    else:
        check(run, name, True if seen.complete else None, seen.detail or "it is not there for it")


def _check_visibility(run: Run, wanted: str) -> None:
    name = "only those may see it who are meant to"
    if "action_privacy" not in run.profile.elements:
        detail = f"the profile {run.profile.name!r} knows no way to a video's visibility"
        check(run, name, None, detail)
        return
    try:
        seen = _visibility_of_ours(run)
    except UiError as error:
        check(run, name, None, error.message)
        return
    run.screenshot("visibility")
    detail = f"wanted {wanted}, the video has {seen}"
    check(run, name, seen == wanted, detail if seen != wanted else seen)


def _visibility_of_ours(run: Run) -> str:
    """Open this run's video among the newest, then its privacy settings."""
    place = run.profile.places["profile"]
    go_to(run, place.screen)
    for tile in listed(run, place, run.newest).tiles:
        caption = open_tile(run, place, tile)
        if caption is not None and run.is_ours(caption):
            return _read_privacy(run)
        go_to(run, place.screen)
    raise UiError("the video could not be opened again")


def _read_privacy(run: Run) -> str:
    tap(run, "share_video")
    action = _scrolled_to_action(run, "action_privacy")
    run.tap_match(action)
    seen = _ticked(run)
    go_to(run, run.profile.home)
    return seen


def _scrolled_to_action(run: Run, element: str) -> Match:
    wait_look(run, lambda k: k.find("action_row"), SHEET_S, "action_row")
    for _ in range(MOST_SWIPES):
        look = run.look()
        match, row = look.find(element), look.find("action_row")
        if match is not None:
            return match
        if row is None:
            break
        swipe(run, "left", row.node.bounds, 0.6)
    raise UiError(f"{element} is not among the actions of the video")


STEPS: Mapping[str, Callable[[Run, Any, Any], None]] = {
    "review_post": review_post,
    "check_published": check_published,
}
