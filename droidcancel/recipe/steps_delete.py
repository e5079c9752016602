"""The steps that save and delete drafts and posts, and look what others are shown.

A delete touches one item: that which carries the run's token, or the one that the user named. It is
found first, with a picture of it; in a dry run that is all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from droidcancel.apps.schema import Place
from droidcancel.device import poll
from droidcancel.errors import Unsupported, UsageError
from droidcancel.evidence import Checked, MethodApplied, Search
from droidcancel.evidence import Place as PlaceName
from droidcancel.recipe import drafts, posts
from droidcancel.recipe import steps_delete_model as model
from droidcancel.recipe.guards import may_delete
from droidcancel.recipe.items import lost, must_be_found, named, with_token
from droidcancel.recipe.navigate import ANSWER_S, go_to, require
from droidcancel.recipe.observer import look_as_other, look_at_feed
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import drafts_found, read_drafts
from droidcancel.recipe.tiles import fresh_profile, listed, newest, open_tile
from droidcancel.recipe.verify import await_still


def _require(run: Run, what: str, place: PlaceName, elements: Sequence[str]) -> Place:
    """The place; Unsupported where the profile does not know all that it takes."""
    found = run.profile.places.get(place)
    missing = [name for name in elements if name not in run.profile.elements]
    if found is None or missing:
        which = f"no place {place!r}" if found is None else f"no element {', '.join(missing)}"
        raise Unsupported(f"{what} is not possible: the profile {run.profile.name!r} has {which}")
    return found


def _applied(run: Run, name: str, at: float, effective: bool | None, detail: str) -> None:
    """Note what was done to the item. Where something else cancelled before, that stays the cut."""
    ended = run.recorder.now()
    if run.recorder.last(MethodApplied) is None:
        ms = round((ended - at) * 1000, 2)
        run.recorder.add(MethodApplied(at, ended, name, effective, detail, ms))
        run.recorder.mark("settled", ended)
        run.method_name = name
    run.tell("cancel", f"{name}: {detail}", effective=effective)
    run.start_sampling()
    await_still(run)
    run.sample_network()


def _take_over(run: Run, name: str) -> None:
    """The delete of an item that the user named is the run's method: no upload is cancelled."""
    run.method_name, run.moment = name, None


def _check(run: Run, name: str, ok: bool | None, detail: str) -> None:
    run.recorder.add(Checked(run.recorder.now(), name, ok, detail))
    if ok is False:
        run.tell("trouble", f"{name}: {detail}")


# -- a draft in place of a post


def save_draft(run: Run, _args: model.SaveDraft, _runner: object) -> None:
    """Tap Drafts on the post page; every byte that leaves from then on counts."""
    _require(run, "saving a draft", "drafts", ("drafts_button",))
    page = go_to(run, "post").screen
    button = require(run, "drafts_button")
    at = run.recorder.now()
    run.sample_traffic()
    run.tap_match(button)
    left = poll(lambda: True if run.look().screen not in (page, None) else None, ANSWER_S)
    applied = MethodApplied(
        at,
        at,
        "save-draft",
        left is not None,
        "Drafts was tapped" if left else "the post page stayed open",
        round((run.recorder.now() - at) * 1000, 2),
    )
    run.recorder.add(applied)
    run.recorder.mark("settled", at)
    run.method_name = applied.name
    run.tell("cancel", f"{applied.name}: {applied.detail}", effective=applied.effective)
    run.start_sampling()
    await_still(run)
    run.sample_network()


# -- deleting a draft


def delete_draft(run: Run, args: model.DeleteDraft, _runner: object) -> None:
    """Delete the draft that is meant, and look what is gone."""
    place = _require(run, "deleting a draft", "drafts", drafts.NEEDED)
    words = args.caption.strip()
    if words:
        _take_over(run, "delete-draft")
    run.deadline = time.monotonic() + _patience(run)
    before = read_drafts(run, place, args.cached)
    captions = before.captions
    index = named(captions, words) if words else with_token(captions, run.token)
    caption = None if index is None else captions[index]
    if index is None or caption is None:
        run.recorder.add(drafts_found(run, before))
        _not_found(run, words, "among the drafts", captions, args.must)
        return
    if words:
        run.name_item(caption)
    run.recorder.add(drafts_found(run, before))
    if not _goes_on(run, f"the draft {caption!r}, one of {before.total}"):
        return
    go_to(run, run.profile.home)
    read_drafts_top(run, place, args.cached)
    may_delete(run)
    at = run.recorder.now()
    answered = drafts.delete_draft(run, place, caption, index)
    after = read_drafts(run, place, args.cached)
    gone = lost(before.read, after.read, caption)
    search = drafts_found(run, after)
    words = answered.question or "Delete was tapped, with no question"
    detail = f"{words}: {'still among the drafts' if search.found else 'gone from the drafts'}"
    _applied(run, "delete-draft", at, True if search.complete else None, detail)
    run.recorder.add(replace(search, at=run.recorder.now()))
    _check_question(run, answered.asked, after.total < before.total)
    what = f"{len(gone)} other drafts are gone: {', '.join(map(repr, gone))}"
    _check(run, "other drafts", not gone, what if gone else "no other draft was touched")
    go_to(run, run.profile.home)


def read_drafts_top(run: Run, place: Place, cached: bool) -> None:
    """Open the drafts anew, so that they stand at their top."""
    profile = run.profile.places["profile"]
    fresh_profile(run, profile, cached)
    entry = require(run, place.entry or "")
    run.tap_match(entry)
    go_to(run, place.screen)


def _patience(run: Run) -> float:
    """Seconds for all the looks and taps of a delete."""
    return 6 * run.options.limits.step_timeout_s


def _not_found(
    run: Run, words: str, where: str, captions: Sequence[str | None], must: bool
) -> None:
    error = must_be_found(words or run.token or "", where, captions)
    if must or words:
        raise error
    run.trouble("delete", error)


def _goes_on(run: Run, what: str) -> bool:
    """Whether to delete it: not in a dry run, which shows it and leaves it."""
    run.screenshot("target")
    if run.options.dry_run:
        run.would(f"delete {what}")
    return not run.options.dry_run


def _check_question(run: Run, asked: bool, gone: bool) -> None:
    if asked or gone:
        words = "the app asked before it deleted" if asked else "the app deleted and asked nothing"
        _check(run, "question before the delete", asked, words)


# -- deleting a post


def delete_post(run: Run, args: model.DeletePost, _runner: object) -> None:
    """Delete the post that is meant, and look whether it is gone."""
    place = _require(run, "deleting a post", "profile", posts.NEEDED)
    words = args.caption.strip()
    run.deadline = time.monotonic() + _patience(run) + args.newest * posts.TILE_S
    if words:
        _take_over(run, "delete-post")
        post = posts.find_post(run, place, words, args.newest)
    else:
        post = posts.await_post(run, place, args.newest)
    if post is None:
        shown = listed(run, place, min(args.newest, 5)).tiles if not words else ()
        captions = newest(run, place, shown)
        raise must_be_found(words or run.token or "", "on the profile", captions)
    if words:
        run.name_item(post.caption)
    run.newest = max(run.newest, post.tile.index + 1)
    run.recorder.add(_profile_search(run, post.captions))
    if run.options.dry_run:
        open_tile(run, place, post.tile)
    if not _goes_on(run, f"the video {post.caption!r}, number {post.number + 1} on the profile"):
        return
    may_delete(run)
    at = run.recorder.now()
    answered = posts.delete_post(run, place, post)
    _applied_to_post(run, place, at, answered)


def _applied_to_post(run: Run, place: Place, at: float, answered: drafts.Answered) -> None:
    """Look again: it must be gone now, with the network as it is."""
    fresh_profile(run, place)
    after = newest(run, place, listed(run, place, run.newest).tiles)
    there = any(c is not None and run.is_ours(c) for c in after)
    detail = "still on the profile" if there else "gone from the profile"
    _applied(run, "delete-post", at, None if None in after else True, detail)
    run.recorder.add(_profile_search(run, after))
    _check_question(run, answered.asked, not there)


def _profile_search(run: Run, captions: Sequence[str | None]) -> Search:
    read = tuple(c for c in captions if c is not None)
    found = tuple(c for c in read if run.is_ours(c))
    whole = None not in captions
    return Search(run.recorder.now(), "profile", whole, found, len(captions), read)


# -- looking only


def look_for(run: Run, args: model.LookFor, _runner: object) -> None:
    """From here on the run is about what the user named; nothing is touched."""
    words = args.caption.strip()
    if not words:
        raise UsageError("look_for needs the caption of a video", "give it with -e caption='...'")
    run.look_for(words)
    run.newest = max(run.newest, args.newest)
    _applied(run, "look", run.recorder.now(), True, f"looking for {words!r}; nothing is touched")


def observe(run: Run, args: model.Observe, _runner: object) -> None:
    """Look in the feed, and as the observer's account, where there is one."""
    run.deadline = time.monotonic() + _patience(run)
    if args.feed and "feed" in run.profile.places:
        run.recorder.add(look_at_feed(run))
    observer = run.options.observer
    if observer is None:
        if run.recorder.last(MethodApplied) is not None:
            why = "whether others are shown it was not looked at: no second account (--observer)"
            _check(run, "others", None, why)
        return
    search = run.recorder.add(look_as_other(run, observer))
    run.tell("search", _in_words(search), place="others", found=list(search.found))
    if not search.complete and not search.found and run.recorder.last(MethodApplied) is not None:
        _check(run, "others", None, f"whether others are shown it: {search.detail}")


def _in_words(search: Search) -> str:
    if search.found:
        return "others: they are shown this run's video"
    return "others: they are not shown it" if search.complete else f"others: {search.detail}"


STEPS: dict[str, Callable[[Run, Any, Any], None]] = {
    "save_draft": save_draft,
    "delete_draft": delete_draft,
    "delete_post": delete_post,
    "look_for": look_for,
    "observe": observe,
}
