"""How a build of Clips behaves: the good one by default, and builds with one defect each."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeVar

from droidcancel.simulator.cloud_records import CloudBehaviour
from droidcancel.simulator.options import PhoneOptions

PACKAGE = "org.droidcancel.clips"

POPUPS = ("notifications", "contacts", "login_info", "terms", "phone_number", "update")
AFTER_KILL = ("failed", "draft", "lost", "continue")


@dataclass(frozen=True)
class Behaviour:
    """Everything about Clips that an option can change. Times in seconds, sizes in bytes.

    The defaults are a good app: what the user cancels stays cancelled, nothing goes on
    behind their back, and nothing that they kept is lost.
    """

    popup_names: ClassVar[tuple[str, ...]] = POPUPS

    # -- account ---------------------------------------------------------------------------
    logged_in: bool = True
    """Whether a fresh install has a session already; False starts at the log-in screen."""
    account: str = "dana"
    """The account of that session."""
    handle: str = ""
    """The name on the profile, without @; the account's name where empty."""

    # -- where and how it uploads ----------------------------------------------------------
    upload_in: Literal["process", "foreground_service", "job"] = "process"
    """What keeps an upload alive: only the app's process, a foreground service with a
    notification (it outlives a swipe from recents), or a job of the JobScheduler."""
    job_backoff_s: float = 10.0
    """How long an upload job waits after it was cut off, doubled each time."""
    wait_s: float = 10.0
    """How long an upload waits for the network before it shows as failed."""
    stall_s: float = 6.0
    """How long no byte may pass before the upload counts as without network."""
    stuck_at: float | None = None
    """The share (0..1) at which the upload sends nothing more and says nothing."""
    fail_at: float | None = None
    """The share (0..1) at which the first attempt fails by itself; Retry goes on."""

    failure_keeps_draft: bool = False
    """A failed upload ends, and is kept as a draft; else it shows with Retry and Cancel."""

    # -- going on by itself ----------------------------------------------------------------
    resume_on_reconnect: bool = True
    """An upload that waits for the network goes on when it returns, while the app lives."""
    resume_failed_on_reconnect: bool = False
    """So does one that shows as failed, and nobody tapped Retry."""
    after_kill: Literal["failed", "draft", "lost", "continue"] = "failed"
    """What the next start makes of an unfinished upload: failed with Retry and Cancel, a
    draft, nothing, or an edit that the app asks to be continued."""
    resume_at_start: bool = False
    """The next start goes on with an unfinished upload by itself."""
    resume_after_boot: bool = False
    """The app starts at boot and goes on with an unfinished upload."""

    # -- cancelling ------------------------------------------------------------------------
    cancel_hides_only: bool = False
    """Cancel takes the progress off the screen and nothing else."""
    progress_frozen: bool = False
    """The percentage stands still while bytes flow."""
    shows_failed_when_done: bool = False
    """Shows as failed what the cloud has taken."""
    retry_posts_twice: bool = False
    """Retry posts a second copy and finishes the first one too."""
    wifi_returns_after_s: float | None = None
    """Switches Wi-Fi on again by itself that long after airplane mode began."""

    # -- drafts ----------------------------------------------------------------------------
    save_draft_uploads: bool = False
    """Save as draft posts the video."""
    draft_delete_wrong: bool = False
    """Deletes another draft than the one that was ticked."""
    draft_comes_back: bool = False
    """Deleted drafts are there again at the next start."""
    drafts_in_cache: bool = False
    """Drafts lie in the cache directory: clearing the cache loses them."""

    # -- posts -----------------------------------------------------------------------------
    posts_wrong_visibility: bool = False
    """Posts for everyone, whatever was chosen."""
    delete_without_confirmation: bool = False
    """Delete of a post or of drafts asks nothing."""
    confirm_public_post: bool = False
    """Asks `Post publicly?` before a post for everyone."""

    # -- the rest --------------------------------------------------------------------------
    session_in_cache: bool = False
    """The session lies in the cache directory: clearing the cache logs out."""
    data_saver: bool = False
    """Whether the app's own Data Saver is on at first: uploads then wait for an unmetered
    network."""
    data_saver_ignored: bool = False
    """The app's Data Saver changes nothing."""
    popups: tuple[str, ...] = ()
    """Dialogs that come up over the feed, one after the other, at the first start."""
    confirm_leave: bool = True
    """Back in the editor offers Discard and Save draft; else it keeps a draft silently."""
    version_name: str = "3.4.1"
    """The installed version, three numbers."""
    feed_plays: bool = True
    """The feed's video plays, so that the screen never gets idle."""

    # -- a redesign ------------------------------------------------------------------------
    id_salt: str = ""
    """Whatever can be tapped has another id, as a shrinker gives each release; none if empty."""
    reworded: bool = False
    """Some labels say the same in slightly other words."""
    without: tuple[str, ...] = ()
    """The ids (those of the good build) of views that this build does not have."""

    def __post_init__(self) -> None:
        checks = (
            (
                self.upload_in in ("process", "foreground_service", "job"),
                f"upload_in must be process, foreground_service or job, not {self.upload_in!r}",
            ),
            (
                self.after_kill in AFTER_KILL,
                f"after_kill must be one of {', '.join(AFTER_KILL)}, not {self.after_kill!r}",
            ),
            (self.wait_s >= 0 and self.stall_s > 0, "wait_s and stall_s must not be negative"),
            (_share(self.stuck_at) and _share(self.fail_at), "stuck_at and fail_at are 0 to 1"),
            (
                set(self.popups) <= set(self.popup_names),
                f"popups are {', '.join(self.popup_names)}",
            ),
        )
        for ok, message in checks:
            if not ok:
                raise ValueError(message)

    @property
    def drafts_failures(self) -> bool:
        """Whether a failed upload becomes a draft, and is done."""
        return self.failure_keeps_draft and not self.resume_failed_on_reconnect

    @property
    def keeps_upload(self) -> bool:
        """Whether the next start finds an unfinished upload as such."""
        resumes = self.resume_at_start or self.resume_after_boot
        return self.after_kill == "failed" or (self.after_kill == "continue" and resumes)


AnyBehaviour = TypeVar("AnyBehaviour", bound=Behaviour)


def _share(value: float | None) -> bool:
    return value is None or 0 <= value <= 1


@dataclass(frozen=True)
class Build:
    """A build by name: what it does differently, in the app and at the cloud's side."""

    description: str
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    cloud: Mapping[str, Any] = field(default_factory=dict)


BUILDS: Mapping[str, Build] = {
    "good": Build("the good app"),
    "service": Build(
        "good: uploads in a foreground service that outlives a swipe from recents",
        {"upload_in": "foreground_service"},
    ),
    "draft-on-kill": Build(
        "good: an upload that was cut off by a kill is kept as a draft", {"after_kill": "draft"}
    ),
    "lost-on-kill": Build(
        "good: an upload that was cut off by a kill is forgotten", {"after_kill": "lost"}
    ),
    "popups": Build("good: dialogs come up over the feed", {"popups": POPUPS}),
    "redesigned": Build(
        "good: a release with other ids and slightly other labels",
        {"id_salt": "r4", "reworded": True, "version_name": "4.0.0"},
    ),
    "silent-draft": Build(
        "good: leaving the editor keeps a draft and asks nothing", {"confirm_leave": False}
    ),
    "resumes-on-network": Build(
        "a failed upload goes on when the network returns",
        {"wait_s": 2.0, "resume_failed_on_reconnect": True},
    ),
    "resumes-at-start": Build(
        "an upload that was cut off goes on at the next start", {"resume_at_start": True}
    ),
    "resumes-after-boot": Build(
        "an upload that was cut off goes on after a reboot", {"resume_after_boot": True}
    ),
    "outlives-swipe": Build(
        "a foreground service goes on uploading after the swipe, with no way to stop it",
        {"upload_in": "foreground_service", "resume_at_start": True},
    ),
    "job-upload": Build(
        "a job uploads in the background and is queued anew at each start",
        {"upload_in": "job", "resume_at_start": True},
    ),
    "cancel-hides": Build(
        "Cancel takes the progress off the screen, the upload goes on", {"cancel_hides_only": True}
    ),
    "late-commit": Build(
        "what was sent before the cut goes live some seconds later, cancelled or not",
        cloud={"commit_delay_s": 3.0, "commit_beats_cancel": True},
    ),
    "live-on-partial": Build(
        "a cut upload goes live as an incomplete video", cloud={"live_on_partial": True}
    ),
    "wrong-draft": Build("deletes another draft than the ticked one", {"draft_delete_wrong": True}),
    "draft-returns": Build("deleted drafts are back at the next start", {"draft_comes_back": True}),
    "delete-hides": Build(
        "a deleted post leaves the own profile and stays reachable to others",
        cloud={"delete_hides_only": True},
    ),
    "delete-unasked": Build("deletes with no confirmation", {"delete_without_confirmation": True}),
    "cache-logs-out": Build("clearing the cache logs out", {"session_in_cache": True}),
    "cache-loses-drafts": Build("clearing the cache loses the drafts", {"drafts_in_cache": True}),
    "wrong-visibility": Build(
        "posts for everyone, whatever was chosen", {"posts_wrong_visibility": True}
    ),
    "visibility-ignored": Build(
        "private posts are shown to everybody", cloud={"ignore_visibility": True}
    ),
    "draft-uploads": Build("Save as draft posts the video", {"save_draft_uploads": True}),
    "data-saver-ignored": Build(
        "the app's Data Saver changes nothing", {"data_saver_ignored": True}
    ),
    "retry-twice": Build("Retry leaves two copies live", {"retry_posts_twice": True}),
    "frozen-progress": Build(
        "the percentage stands still while bytes flow", {"progress_frozen": True}
    ),
    "false-failure": Build(
        "shows as failed what the cloud has taken", {"shows_failed_when_done": True}
    ),
    "wifi-returns": Build(
        "switches Wi-Fi on again in airplane mode", {"wifi_returns_after_s": 1.0}
    ),
}


def behaviour_of(options: PhoneOptions) -> Behaviour:
    """The behaviour of Clips that a phone's options ask for, see :func:`behaviour_as`."""
    return behaviour_as(Behaviour, PACKAGE, options)


def behaviour_as(kind: type[AnyBehaviour], package: str, options: PhoneOptions) -> AnyBehaviour:
    """The behaviour of an app: the build's, changed by the options that the phone has for it.

    Raises ValueError for a build or an option that there is not, or a value out of range.
    """
    version = {"version_name": options.app_version} if options.app_version else {}
    build = build_of(options)
    values = {**version, **build.behaviour, **options.app_options.get(package, {})}
    known = {item.name for item in fields(kind)}
    for name in values:
        if name not in known:
            raise ValueError(_unknown(f"option of {package}", name, known))
    for name in ("popups", "without"):
        if isinstance(values.get(name), list):
            values[name] = tuple(values[name])
    try:
        return kind(**values)
    except ValueError as error:
        raise ValueError(f"{package}: {error}") from error


def build_of(options: PhoneOptions) -> Build:
    """The build that the options name. Raises ValueError for one that there is not."""
    build = BUILDS.get(options.app_build)
    if build is None:
        raise ValueError(_unknown("app build", options.app_build, BUILDS))
    return build


def cloud_behaviour_of(options: PhoneOptions) -> CloudBehaviour:
    """How the cloud behaves where the build's defect is on its side."""
    return CloudBehaviour(**build_of(options).cloud)


def _unknown(kind: str, name: str, known: Mapping[str, Any] | set[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"
    return f"no {kind} {name!r}: {hint}"
