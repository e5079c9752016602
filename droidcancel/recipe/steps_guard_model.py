"""The steps that guard an upload, and those of the phone's own pages, as records."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from droidcancel.apps.document import Frozen
from droidcancel.apps.schema import version_of
from droidcancel.recipe.steps_base import Args
from droidcancel.recipe.values import Duration

Who = Literal["everyone", "friends", "only_me"]


class RememberAccount(Args):
    """Note the account that the app is logged in with, and its drafts, to compare with later."""


class CheckAccount(Args):
    """Check that the account is still logged in, and that its drafts are all there."""


class ClearCache(Args):
    """Clear the app's cache, and nothing else: on the phone's storage page, or `in_app`."""

    shorthand: ClassVar[str | None] = "in_app"
    in_app: bool = False


class CheckDropped(Args):
    """Check that the upload does not go on by itself, watching for so many seconds."""

    shorthand: ClassVar[str | None] = "seconds"
    seconds: Duration = 5.0


class DataSaver(Args):
    """Switch Data Saver on, on a network that counts as metered: Android's, the app's, or both."""

    shorthand: ClassVar[str | None] = "whose"
    whose: Literal["android", "app", "both"] = "both"


class PutBackInApp(Args):
    """Put back now what was switched in the app itself, in place of at the end."""


class CheckHeld(Args):
    """Check that Data Saver holds the upload back, watching for so many seconds.

    Android's own does not stop an app on the screen: under it alone, what was sent is only noted.
    """

    shorthand: ClassVar[str | None] = "whose"
    whose: Literal["android", "app", "both"] = "both"
    seconds: Duration = 4.0


class CheckVersion(Args):
    """Check the installed version against the one wanted; show the app's page in the store."""

    shorthand: ClassVar[str | None] = "min_version"
    min_version: str
    store: bool = True

    @field_validator("min_version", mode="before")
    @classmethod
    def _a_version(cls, value: object) -> object:
        text = str(value).strip()
        if not version_of(text) and not text.startswith("${"):  # a variable without a value yet
            raise ValueError("expected a version such as 43.1.4")
        return text


class NetworkGuard(Args):
    """Measure the phone's way up before the upload; warn, wait or stop where it is slow.

    `min_kbps`: the least that is wanted; `most_lost`: the greatest share of pings that may be
    lost; `host`: what to ping in place of the gateway; `wait`: how long to wait for better.
    """

    shorthand: ClassVar[str | None] = "on_slow"
    on_slow: Literal["warn", "wait", "stop"] = "warn"
    min_kbps: float = Field(default=1000.0, ge=0)
    most_lost: float = Field(default=0.2, ge=0, le=1)
    host: str | None = None
    wait: Duration = 120.0

    @field_validator("host", mode="before")
    @classmethod
    def _no_host(cls, value: object) -> object:
        return value or None


class MeasureUpload(Args):
    """Note how fast the upload goes, by the app's own bytes, in its first seconds."""

    shorthand: ClassVar[str | None] = "seconds"
    seconds: Duration = 3.0


class HoldUpload(Args):
    """Make an upload impossible until somebody says yes.

    `by` network: the app's own network is cut (Android 13 and later). `by` permission: the
    permissions to read media are withdrawn, so that the app must ask for them. auto: what this
    phone can do.
    """

    shorthand: ClassVar[str | None] = "by"
    by: Literal["auto", "network", "permission"] = "auto"


class ConfirmUpload(Args):
    """Ask a person whether to upload; without a yes nothing is posted."""


class ReviewPost(Args):
    """Compare the post page with what is wanted; where it differs, refuse to post."""

    caption: str | None = None
    visibility: Who | None = None


class CheckPublished(Args):
    """Wait for the end of the upload; check that the video is live, and who may see it."""

    shorthand: ClassVar[str | None] = "visibility"
    visibility: Who | None = None


class GuardSteps(Frozen):
    """The kinds of steps above, each as the key of an entry."""

    remember_account: RememberAccount | None = None
    check_account: CheckAccount | None = None
    clear_cache: ClearCache | None = None
    check_dropped: CheckDropped | None = None
    data_saver: DataSaver | None = None
    put_back_in_app: PutBackInApp | None = None
    check_held: CheckHeld | None = None
    check_version: CheckVersion | None = None
    network_guard: NetworkGuard | None = None
    measure_upload: MeasureUpload | None = None
    hold_upload: HoldUpload | None = None
    confirm_upload: ConfirmUpload | None = None
    review_post: ReviewPost | None = None
    check_published: CheckPublished | None = None
