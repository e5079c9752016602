"""A booted phone with one small app, and its own shell: for the tests of Android's commands."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import ACTION_SEND, IntentFilter
from droidcancel.simulator.jobs import Job
from droidcancel.simulator.mp4 import VideoFacts
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.services_state import Notification
from droidcancel.simulator.system_image import package_of
from droidcancel.simulator.views import View, text
from tests.simulator.shell_phone import Result, run

PKG = "org.example.demo"
UPLOADING = Notification(
    PKG, 42, "Uploading", "45%", channel="upload", progress=45, progress_max=100, ongoing=True
)


class Main(Activity):
    """The launcher's screen."""

    def build(self) -> View:
        return text("Main", id="main")


class Detail(Activity):
    """A screen that no other app may start."""

    def build(self) -> View:
        return text("Detail", id="detail")


class Share(Activity):
    """Takes videos from others."""

    def build(self) -> View:
        return text("Share", id="share")


class Single(Activity):
    """Delivered to, when it is on top already."""

    launch_mode = "singleTop"
    exported = True

    def build(self) -> View:
        return text("Single", id="single")


class Demo(App):
    """The app."""

    package = PKG
    labels = {"en": "Demo"}
    version_name = "2.5.1"
    version_code = 251
    target_sdk = 33
    permissions = (
        "android.permission.INTERNET",
        "android.permission.CAMERA",
        "android.permission.READ_EXTERNAL_STORAGE",
        "android.permission.READ_MEDIA_VIDEO",
    )
    activities = {".Main": Main, ".Detail": Detail, ".Share": Share, ".Single": Single}
    launcher = ".Main"
    filters = (IntentFilter(".Share", (ACTION_SEND,), mime_types=("video/*",)),)
    service = ".UploadService"

    async def run_job(self, job: Job) -> bool:
        await asyncio.Event().wait()
        return False


class Lab:
    """The phone and its shell."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    async def sh(self, command: str, stdin: str = "", **how: Any) -> Result:
        return await run(self.phone, command, stdin, **how)

    async def out(self, command: str, **how: Any) -> str:
        """Stdout of a command that must succeed and leave stderr empty."""
        done = await self.sh(command, **how)
        assert (done.status, done.stderr) == (0, ""), done
        return done.stdout

    async def start(self, name: str = ".Main") -> None:
        await self.out(f"am start -n {PKG}/{name}")

    @property
    def demo(self) -> Demo:
        app = self.phone.app_processes.get(PKG)
        assert isinstance(app, Demo)
        return app

    def pids(self) -> list[int]:
        return [process.pid for process in self.phone.processes.by_package(PKG)]

    def video(self, path: str = "/sdcard/Movies/clip.mp4", seconds: float = 2.5) -> None:
        """Put a small MP4 on the phone."""
        self.phone.fs.mkdir(path.rpartition("/")[0], parents=True)
        facts = VideoFacts(round(seconds * 1000), 720, 1280)
        self.phone.fs.write(path, mp4_bytes(facts), 0o660, uid=2000, gid=1023)


@asynccontextmanager
async def lab(**options: Any) -> AsyncIterator[Lab]:
    """Boot a phone with the app; `options` are those of PhoneOptions."""
    phone = Phone(PhoneOptions(apps=(), **options))
    phone.packages.install(package_of(Demo, "en", phone))
    await phone.boot()
    try:
        yield Lab(phone)
    finally:
        await phone.shutdown()


async def until(condition: Callable[[], object]) -> None:
    """Wait for what the phone does in its own time; the test's time limit ends a vain wait."""
    while not condition():  # noqa: ASYNC110  # the phone has no event for most of its state
        await asyncio.sleep(0.002)


def asynchronous(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test's coroutine on a loop of its own."""

    @functools.wraps(test)
    def call(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 40))

    return call


# -- MP4 ------------------------------------------------------------------------------------------
def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def mvhd(scale: int, duration: int, version: int = 0) -> bytes:
    wide = 8 if version else 4
    head = bytes([version, 0, 0, 0]) + bytes(2 * wide)
    return box(
        b"mvhd", head + scale.to_bytes(4, "big") + duration.to_bytes(wide, "big") + bytes(80)
    )


def tkhd(width: int, height: int) -> bytes:
    size = (width << 16).to_bytes(4, "big") + (height << 16).to_bytes(4, "big")
    return box(b"trak", box(b"tkhd", bytes(76) + size))


def mp4_bytes(facts: VideoFacts, *, last: bool = False, version: int = 0) -> bytes:
    """An MP4 with no pictures in it; its movie box at the end if `last`."""
    sound, picture = tkhd(0, 0), tkhd(facts.width, facts.height)
    moov = box(b"moov", mvhd(1000, facts.duration_ms, version) + sound + picture)
    media = box(b"mdat", bytes(1000))
    head = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
    return head + (media + moov if last else moov + media)
