"""Deleting one post: found on the own profile by its caption, opened, read again, deleted."""

from __future__ import annotations

import time
from dataclasses import dataclass

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.apps.schema import Place
from droidcancel.errors import AppError, UiError
from droidcancel.recipe.drafts import Answered, await_question, press_delete
from droidcancel.recipe.items import named, same, with_token
from droidcancel.recipe.navigate import swipe, wait_look
from droidcancel.recipe.run import Run
from droidcancel.recipe.tiles import READ_S, Tile, fresh_profile, listed, newest, open_tile

#: elements that the profile must know
NEEDED = ("share_video", "action_delete", "confirm_delete")
#: how long a server may take to show a post that it has
LIVE_S = 60.0
MOST_SWIPES = 8
#: how long it may take to open a video, read it and come back
TILE_S = 10.0
OPENERS = ("share_video", "more_button")


@dataclass(frozen=True)
class Post:
    """A video on the profile: where it stands, `number` from 0; and all captions that were read."""

    number: int
    tile: Tile
    caption: str
    captions: tuple[str | None, ...]


def find_post(run: Run, place: Place, words: str, most: int) -> Post | None:
    """The video that is meant: the one named, or (`words` empty) the one with the run's token.

    UsageError where the words fit several.
    """
    fresh_profile(run, place)
    tiles = listed(run, place, most).tiles
    if words:
        captions = newest(run, place, tiles)
        index = named(captions, words)
    else:
        captions = newest(run, place, tiles, until=run.is_ours)
        index = with_token(captions, run.token)
    if index is None:
        return None
    return Post(index, tiles[index], captions[index] or "", tuple(captions))


def await_post(run: Run, place: Place, most: int) -> Post | None:
    """The run's own video, waited for while the server may still be at it."""
    deadline = time.monotonic() + LIVE_S
    while True:
        found = find_post(run, place, "", most)
        if found is not None or time.monotonic() > deadline:
            return found


def delete_post(run: Run, place: Place, post: Post) -> Answered:
    """Delete it, having read its caption once more.

    AppError, with nothing deleted, where the video that opens is another one.
    """
    caption = open_tile(run, place, post.tile)
    if caption is None or not same(caption, post.caption):
        raise AppError(
            f"the video that opened says {caption!r}, not {post.caption!r}; nothing was deleted",
            "the profile changed meanwhile: run it again",
        )
    run.tap_match(_find_delete(run))
    look = await_question(run, lambda look: look.screen == place.screen)
    if look is None:
        return Answered(False)
    press_delete(run, look)
    return Answered(True)


def _find_delete(run: Run) -> Match:
    """Delete among the actions: behind the share arrow, or behind the three dots."""
    for opener in OPENERS:
        button = run.look().find(opener) if opener in run.profile.elements else None
        if button is None:
            continue
        run.tap_match(button)
        if _scroll_to_delete(run):
            return _at_rest(run)
        run.device.ui.press("back")  # closes the actions
        wait_look(run, lambda look: look.find(OPENERS[0]), READ_S, "the video")
    raise UiError("no Delete is among the actions of the video", "is it a video of your own?")


def _scroll_to_delete(run: Run) -> bool:
    """Move the row of actions aside until Delete comes; whether it came."""

    def opened(look: Look) -> Look | None:
        return look if look.find("action_delete") or _row(look) else None

    look = wait_look(run, opened, READ_S, "the actions of the video")
    for _ in range(MOST_SWIPES):
        row = _row(look)
        if look.find("action_delete") is not None or row is None:
            break
        before = look.everything
        swipe(run, "left", row.node.bounds, 0.6)
        look = run.look()
        if look.everything == before:
            break
    return look.find("action_delete") is not None


def _row(look: Look) -> Match | None:
    """The actions' row, which may have to be moved aside."""
    return look.find("action_row") if "action_row" in look.profile.elements else None


def _at_rest(run: Run) -> Match:
    """Delete, once it no longer moves."""
    before: list[Match | None] = [None]

    def still(look: Look) -> Match | None:
        match = look.find("action_delete")
        last, before[0] = before[0], match
        same_place = last and match and last.node.bounds == match.node.bounds
        return match if same_place else None

    return wait_look(run, still, READ_S, "Delete, at rest")
