"""Clips, a short-video app: its manifest and what a process of it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from droidcancel.simulator.apps.base import App
from droidcancel.simulator.apps.clips.api import Api
from droidcancel.simulator.apps.clips.behaviour import PACKAGE, Behaviour, behaviour_of
from droidcancel.simulator.apps.clips.camera import CameraScreen
from droidcancel.simulator.apps.clips.draft_list import DraftsScreen
from droidcancel.simulator.apps.clips.editor import EditScreen
from droidcancel.simulator.apps.clips.library import Library
from droidcancel.simulator.apps.clips.login import LoginScreen
from droidcancel.simulator.apps.clips.main import MainScreen
from droidcancel.simulator.apps.clips.picker import PickerScreen
from droidcancel.simulator.apps.clips.post import PostScreen
from droidcancel.simulator.apps.clips.posts import Post, Shelf
from droidcancel.simulator.apps.clips.redesign import REWORDED
from droidcancel.simulator.apps.clips.session import Session, SessionStore
from droidcancel.simulator.apps.clips.settings import SettingsScreen, StorageScreen
from droidcancel.simulator.apps.clips.strings import STRINGS
from droidcancel.simulator.apps.clips.uploads import UploadService
from droidcancel.simulator.apps.clips.user import UserScreen
from droidcancel.simulator.apps.clips.video import VideoScreen
from droidcancel.simulator.apps.intents import (
    ACTION_SEND,
    ACTION_VIEW,
    CATEGORY_DEFAULT,
    IntentFilter,
)
from droidcancel.simulator.media import MEDIA_IMAGE, MEDIA_VIDEO
from droidcancel.simulator.options import PhoneOptions

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.screen import Screen
    from droidcancel.simulator.jobs import Job
    from droidcancel.simulator.media import MediaRow

CATEGORY_BROWSABLE = "android.intent.category.BROWSABLE"


class Clips(App):
    """The app. `behaviour` is what this build of it does."""

    package = PACKAGE
    labels = {"en": "Clips"}
    version_name = "3.4.1"
    version_code = 30401
    permissions = (
        "android.permission.INTERNET",
        "android.permission.ACCESS_NETWORK_STATE",
        "android.permission.CAMERA",
        "android.permission.RECORD_AUDIO",
        "android.permission.READ_CONTACTS",
        "android.permission.READ_EXTERNAL_STORAGE",
        "android.permission.READ_MEDIA_VIDEO",
        "android.permission.READ_MEDIA_IMAGES",
        "android.permission.POST_NOTIFICATIONS",
        "android.permission.FOREGROUND_SERVICE",
        "android.permission.RECEIVE_BOOT_COMPLETED",
    )
    activities = {
        ".MainActivity": MainScreen,
        ".LoginActivity": LoginScreen,
        ".RecordActivity": CameraScreen,
        ".PickerActivity": PickerScreen,
        ".EditActivity": EditScreen,
        ".PostActivity": PostScreen,
        ".DraftsActivity": DraftsScreen,
        ".VideoActivity": VideoScreen,
        ".UserActivity": UserScreen,
        ".SettingsActivity": SettingsScreen,
        ".StorageActivity": StorageScreen,
    }
    launcher = ".MainActivity"
    filters = (
        IntentFilter(".EditActivity", (ACTION_SEND,), mime_types=("video/*",)),
        IntentFilter(
            ".UserActivity", (ACTION_VIEW,), (CATEGORY_DEFAULT, CATEGORY_BROWSABLE),
            schemes=("clips",),
        ),
    )  # fmt: skip
    strings = STRINGS
    behaviour: ClassVar[Behaviour] = Behaviour()
    # What a skin of the app has other names for.
    routes: ClassVar[Mapping[str, str]] = {}
    job_service: ClassVar[str] = "org.droidcancel.clips.UploadJobService"
    video_link: ClassVar[str] = "https://clips.example/v/{video}"
    tab_after_post: ClassVar[str] = "home"

    def on_create(self) -> None:
        behaviour, fs, uid = self.behaviour, self.phone.fs, self.installed.uid
        self.screens: set[Screen] = set()
        self.session = SessionStore(self)
        self.api = Api(self)
        self.library = Library(self)
        drafts = self.cache_dir if behaviour.drafts_in_cache else self.files_dir
        self.drafts = Shelf(fs, uid, f"{drafts}/drafts")
        self.editing = Shelf(fs, uid, f"{self.files_dir}/editing")
        self.deleted_drafts = Shelf(fs, uid, f"{self.files_dir}/bin")
        self._bring_drafts_back()
        self.uploads = UploadService(self)
        self.uploads.start()

    def text(self, name: str, **values: object) -> str:
        language = self.phone.language(self.package)
        template = REWORDED.get(language, {}).get(name) if self.behaviour.reworded else None
        return super().text(name, **values) if template is None else template

    def _bring_drafts_back(self) -> None:
        for post in self.deleted_drafts.list():
            self.drafts.take_over(post, self.deleted_drafts)

    def on_boot(self) -> None:
        if self.behaviour.resume_after_boot:
            self.uploads.resume()

    async def run_job(self, job: Job) -> bool:
        return await self.uploads.run_job()

    # -- state of the whole app --------------------------------------------------------------
    def refresh(self) -> None:
        """Something that screens show has changed."""
        for screen in list(self.screens):
            screen.invalidate()

    def warn(self, error: Exception) -> None:
        """Write a failure that the user is not to be bothered with to the log."""
        self.phone.log.write(
            "W",
            "Clips",
            f"{type(error).__name__}: {error}",
            pid=self.process.pid,
            uid=self.process.uid,
        )

    @property
    def data_saver(self) -> bool:
        """The app's own Data Saver."""
        return bool(self.prefs.get("data_saver", self.behaviour.data_saver))

    def set_data_saver(self, on: bool) -> None:
        self.prefs.set("data_saver", on)
        self.uploads.review()
        self.refresh()

    @property
    def handle(self) -> str:
        """The name of the account on the profile, without @."""
        session = self.session.current
        account = session.account if session else self.behaviour.account
        own = account == self.behaviour.account
        return (own and self.behaviour.handle) or account

    def copy_link(self, video_id: str) -> None:
        """Put a video's address on the clipboard."""
        self.phone.clipboard.text = self.video_link.format(video=video_id)
        self.toast(self.text("link_copied"))

    def media_rows(self) -> list[MediaRow]:
        """The gallery as this app may see it, newest first."""
        media, uid = self.phone.media, self.installed.uid
        rows = [row for row in media.rows() if row.media_type in (MEDIA_IMAGE, MEDIA_VIDEO)]
        rows.sort(key=lambda row: (row.modified, row.id), reverse=True)
        return [row for row in rows if media.may_read(row, uid)]

    # -- edits and drafts ------------------------------------------------------------------
    def abandoned_edits(self) -> list[Post]:
        """Edits that no screen works on: a killed process left them."""
        held = {screen.saved.get("edit") for screen in self.screens}
        return [post for post in self.editing.list() if post.id not in held]

    async def keep_draft(self, post: Post, source: Shelf) -> None:
        """Save a post as a draft. Raises FsError on a full phone."""
        if source is not self.drafts:
            self.drafts.take_over(post, source)
        if self.behaviour.save_draft_uploads:
            await self.uploads.post_secretly(post, self.drafts)
        self.refresh()

    def delete_drafts(self, ids: list[str]) -> None:
        """Delete drafts from this phone."""
        if self.behaviour.draft_delete_wrong:
            others = [post.id for post in self.drafts.list() if post.id not in ids]
            ids = others[: len(ids)] or ids
        for post_id in ids:
            post = self.drafts.get(post_id)
            if post is not None and self.behaviour.draft_comes_back:
                self.deleted_drafts.take_over(post, self.drafts)
            self.drafts.remove(post_id)
        self.refresh()

    # -- session ---------------------------------------------------------------------------
    def session_expired(self, session: Session) -> None:
        """The cloud does not know the token any more."""
        if self.session.current == session:
            self.log_out()
            self.toast(self.text("logged_out"))

    def log_out(self) -> None:
        """Forget the account; drafts stay on the phone."""
        self.uploads.keep_as_draft()
        self.session.close()
        self.library.forget()
        for screen in list(self.screens):
            if screen.record is self.phone.activities.resumed:
                screen.restart_at(".LoginActivity")

    # -- cache -----------------------------------------------------------------------------
    def cache_size(self) -> int:
        """Bytes in the cache directory."""
        return self.phone.packages.sizes(self.installed)[2]

    def clear_cache(self) -> None:
        """What the app's own Settings do: as Android's Clear cache, from inside."""
        self.phone.packages.clear_cache(self.installed)
        self.library.forget()
        self.refresh()


def clips(options: PhoneOptions) -> type[App]:
    """The build of Clips that a phone's options ask for. Raises ValueError."""
    behaviour = behaviour_of(options)
    version = behaviour.version_name

    class ClipsBuild(Clips):
        version_name = version
        version_code = _code_of(version)
        receives_boot = behaviour.resume_after_boot

    ClipsBuild.behaviour = behaviour
    return ClipsBuild


def _code_of(version: str) -> int:
    """3.4.1 -> 30401."""
    code = 0
    for part in version.split("."):
        code = code * 100 + int(part)
    return code
