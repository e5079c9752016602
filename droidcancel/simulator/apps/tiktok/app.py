"""The skin: TikTok's packages, texts and resource-ids on what makes Clips work."""

from __future__ import annotations

from typing import ClassVar

from droidcancel.simulator.apps.base import App
from droidcancel.simulator.apps.clips.app import CATEGORY_BROWSABLE, Clips
from droidcancel.simulator.apps.clips.behaviour import behaviour_as
from droidcancel.simulator.apps.intents import (
    ACTION_SEND,
    ACTION_VIEW,
    CATEGORY_DEFAULT,
    IntentFilter,
)
from droidcancel.simulator.apps.tiktok.behaviour import TikTokBehaviour
from droidcancel.simulator.apps.tiktok.create import CreateScreen
from droidcancel.simulator.apps.tiktok.draft_grid import DraftsScreen
from droidcancel.simulator.apps.tiktok.editor import EditorScreen
from droidcancel.simulator.apps.tiktok.login import LoginScreen
from droidcancel.simulator.apps.tiktok.main import MainScreen
from droidcancel.simulator.apps.tiktok.people import UserScreen
from droidcancel.simulator.apps.tiktok.post import PostScreen
from droidcancel.simulator.apps.tiktok.settings import (
    DataSaverScreen,
    SettingsScreen,
    StorageScreen,
)
from droidcancel.simulator.apps.tiktok.texts import TEXTS
from droidcancel.simulator.apps.tiktok.versions import MUSICALLY, TRILL, Version, version_of
from droidcancel.simulator.apps.tiktok.video import VideoScreen
from droidcancel.simulator.options import PhoneOptions

HOME = "com.ss.android.ugc.aweme"
SPLASH = f"{HOME}.splash.SplashActivity"
RECORD = f"{HOME}.shortvideo.ui.VideoRecordNewActivity"
EDIT = f"{HOME}.shortvideo.edit.VEVideoPublishEditActivity"
PUBLISH = f"{HOME}.shortvideo.ui.VideoPublishActivity"
DRAFTS = f"{HOME}.draft.DraftBoxActivity"
DETAIL = f"{HOME}.detail.ui.DetailActivity"
USER = f"{HOME}.profile.ui.UserProfileActivity"
LOGIN = f"{HOME}.account.login.SignUpOrLoginActivity"
SETTINGS = f"{HOME}.setting.ui.SettingContainerActivity"
STORAGE = f"{HOME}.setting.ui.DiskManagerActivity"
DATA_SAVER = f"{HOME}.setting.ui.DataSaverSettingActivity"


class TikTok(Clips):
    """The app. `version` says which of its builds it looks like."""

    labels = {"en": "TikTok"}
    activities = {
        SPLASH: MainScreen,
        LOGIN: LoginScreen,
        RECORD: CreateScreen,
        EDIT: EditorScreen,
        PUBLISH: PostScreen,
        DRAFTS: DraftsScreen,
        DETAIL: VideoScreen,
        USER: UserScreen,
        SETTINGS: SettingsScreen,
        STORAGE: StorageScreen,
        DATA_SAVER: DataSaverScreen,
    }
    routes = {
        ".MainActivity": SPLASH,
        ".LoginActivity": LOGIN,
        ".RecordActivity": RECORD,
        ".EditActivity": EDIT,
        ".PostActivity": PUBLISH,
        ".DraftsActivity": DRAFTS,
        ".VideoActivity": DETAIL,
        ".UserActivity": USER,
        ".SettingsActivity": SETTINGS,
        ".StorageActivity": STORAGE,
        ".DataSaverActivity": DATA_SAVER,
    }
    launcher = SPLASH
    filters = (
        IntentFilter(EDIT, (ACTION_SEND,), mime_types=("video/*",)),
        IntentFilter(
            USER, (ACTION_VIEW,), (CATEGORY_DEFAULT, CATEGORY_BROWSABLE),
            schemes=("https", "http", "snssdk1233"),
        ),
    )  # fmt: skip
    strings = TEXTS
    job_service = f"{HOME}.upload.UploadJobService"
    video_link = "https://www.tiktok.com/video/{video}"
    tab_after_post = "friends"
    behaviour: ClassVar[TikTokBehaviour] = TikTokBehaviour()
    version: ClassVar[Version]

    @property
    def badge_shows(self) -> bool:
        return self._indicator in ("badge", "both")

    @property
    def bar_shows(self) -> bool:
        return self._indicator in ("bar", "both")

    @property
    def _indicator(self) -> str:
        return self.behaviour.indicator or self.version.indicator


def tiktok(options: PhoneOptions) -> type[App]:
    """The build for most of the world. Raises ValueError for one that there is not."""
    return _build(MUSICALLY, options)


def trill(options: PhoneOptions) -> type[App]:
    """The build for South-East Asia and Japan. Raises ValueError for one that there is not."""
    return _build(TRILL, options)


def _build(name: str, options: PhoneOptions) -> type[App]:
    made = behaviour_as(TikTokBehaviour, name, options)
    # a seeded build may bring a version of Clips' own
    wanted = options.app_options.get(name, {}).get("version_name") or options.app_version
    found = version_of(name, wanted)

    class TikTokBuild(TikTok):
        package = name
        version_name = found.name
        version_code = _code_of(found.name)
        receives_boot = made.resume_after_boot
        version = found

    TikTokBuild.behaviour = made
    return TikTokBuild


def _code_of(version: str) -> int:
    """43.1.4 -> 2024301040, in the manner of the app's own."""
    major, minor, patch = (int(part) for part in version.split("."))
    return 2020000000 + major * 100_000 + minor * 1000 + patch * 10
