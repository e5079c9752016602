"""What a caller may say about one run, and what it hears while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from droidcancel.device import Device, Limits
from droidcancel.recipe.values import Moment
from droidcancel.secret import Secret


@dataclass
class Tally:
    """What one command has posted and deleted so far, over all of its runs."""

    posts: int = 0
    deletes: int = 0


@dataclass(frozen=True)
class RunOptions:
    """How to run a recipe on one phone.

    `method`, `moment`: in place of the recipe's own. `token`: whether the caption carries one; None
    leaves it to the recipe. `known_as`: words of the caption by which the video is known in place
    of a token, for an upload that somebody else began. `limits`: of the phone, from devices.yaml.
    `report`: a folder for screenshots, None for none. `pin`: of the phone's lock screen.
    `dry_run`: find what a delete would touch, and change nothing. `observer`: a second phone,
    logged in to another account, to see what others are shown. `package`: which build of the app,
    where several are installed.
    `run_id`: the run's id, where somebody has given it one already.
    `confirm`: asks a person a question, True for yes; None where there is nobody to ask.
    `clean_status_bar`: show no notifications while it runs, for pictures.
    `account`: the only one in whose name anything is posted or deleted; None for any. `tally`:
    counts against the limits' `max_posts` and `max_deletes`.
    """

    method: str | None = None
    moment: Moment | None = None
    token: bool | None = None
    known_as: str | None = None
    limits: Limits = field(default_factory=Limits)
    locale: str | None = None
    report: Path | None = None
    pin: Secret | None = None
    dry_run: bool = False
    observer: Device | None = None
    package: str | None = None
    confirm: Callable[[str], bool] | None = None
    clean_status_bar: bool = False
    account: str | None = None
    tally: Tally = field(default_factory=Tally)
    run_id: str | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened, for live progress.

    `kind`: step, progress, moment, cancel, settled, restored, quiet, search, trouble, verdict.
    """

    kind: str
    text: str
    at: float
    data: dict[str, Any] = field(default_factory=dict)


OnEvent = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Hear nothing."""
