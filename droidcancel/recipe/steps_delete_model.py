"""The steps that save, delete and look after posts and drafts, as records."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from droidcancel.recipe.steps_base import Args


class SaveDraft(Args):
    """On the post page, save the video as a draft in place of posting it."""


class Named(Args):
    """An item that the user named by its caption; empty for what carries the run's token."""

    shorthand: ClassVar[str | None] = "caption"
    caption: str = ""


class DeleteDraft(Named):
    """In Drafts, tick exactly one draft and delete it: the run's own, or the one named.

    `cached`: while the app is offline too. `must`: whether it is an error that there is none.
    """

    cached: bool = False
    must: bool = True


class DeletePost(Named):
    """On the profile, open the video, and delete it: the run's own, or the one named.

    `newest`: how many of the newest videos are opened and read to find it.
    """

    newest: int = Field(default=9, ge=1, le=200)


class LookFor(Named):
    """Be about a video that the user named, cancelled some other way: nothing is touched."""

    newest: int = Field(default=9, ge=1, le=200)


class Observe(Args):
    """Look whether others are shown it: in the feed, and as the observer's account."""

    feed: bool = True
