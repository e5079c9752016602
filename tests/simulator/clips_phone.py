"""What the Clips tests share: a phone with the app, driven by what its screen shows."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from lxml import etree

from droidcancel.simulator.apps.clips import PACKAGE, Clips, cloud_behaviour_of
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    ACTION_SEND,
    ACTION_VIEW,
    CATEGORY_LAUNCHER,
    EXTRA_STREAM,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.cloud import Cloud, VideoRecord
from droidcancel.simulator.media import MediaRow
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone

Element = Any
SLOW = 120_000.0  # bytes a second: a video of VIDEO_BYTES takes some seconds
VIDEO_BYTES = 300_000


def run(coro: Coroutine[Any, Any, None], timeout: float = 40) -> None:
    """Run one test's coroutine on a loop of its own."""
    asyncio.run(asyncio.wait_for(coro, timeout))


class User:
    """Somebody who looks at the phone and taps."""

    def __init__(self, phone: Phone, cloud: Cloud) -> None:
        self.phone = phone
        self.cloud = cloud

    @property
    def app(self) -> Clips:
        """The running app."""
        app = self.phone.app_processes.get(PACKAGE)
        assert isinstance(app, Clips)
        return app

    # -- getting there -----------------------------------------------------------------------
    def push(self, name: str = "holiday.mp4", size: int = VIDEO_BYTES) -> tuple[bytes, MediaRow]:
        """Put a video into the gallery; its bytes are the same for the same name and size."""
        data = random.Random(f"{name}{size}").randbytes(size)
        path = f"/sdcard/Movies/{name}"
        self.phone.fs.mkdir("/sdcard/Movies", parents=True)
        self.phone.fs.write(path, data)
        row = self.phone.media.scan(path)
        assert row is not None
        return data, row

    def allow(self, *names: str) -> None:
        package = self.phone.packages.get(PACKAGE)
        assert package is not None
        for name in names:
            package.granted[f"android.permission.{name}"] = True

    async def launch(self) -> None:
        """Start the app from the launcher."""
        intent = Intent(
            action=ACTION_MAIN,
            categories=frozenset({CATEGORY_LAUNCHER}),
            component=Component.parse(f"{PACKAGE}/.MainActivity"),
            flags=FLAG_ACTIVITY_NEW_TASK,
        )
        await self.phone.activities.start(intent, uid=2000)

    async def share(self, row: MediaRow, *, grant: bool = True) -> None:
        """Share a video to the app, as `am start -a SEND -d URI --eu STREAM URI` does."""
        intent = Intent(
            action=ACTION_SEND,
            data=row.uri if grant else None,
            type="video/mp4",
            package=PACKAGE,
            extras={EXTRA_STREAM: row.uri},
            grant_read=grant,
            flags=FLAG_ACTIVITY_NEW_TASK,
        )
        await self.phone.activities.start(intent, uid=2000)

    async def open_link(self, link: str) -> None:
        intent = Intent(
            action=ACTION_VIEW, data=link, package=PACKAGE, flags=FLAG_ACTIVITY_NEW_TASK
        )
        await self.phone.activities.start(intent, uid=2000)

    async def restart(self) -> None:
        """Force-stop and start again."""
        self.phone.activities.force_stop(PACKAGE)
        await self.launch()
        await self.see("main_root")

    # -- looking ---------------------------------------------------------------------------
    def nodes(self) -> list[Element]:
        xml = self.phone.screen.windows_xml()
        return list(etree.fromstring(xml.encode()).iter("node"))

    def all(self, id: str) -> list[Element]:
        """Every node of an id, short for one of the app's."""
        full = id if ":" in id else f"{PACKAGE}:id/{id}"
        return [node for node in self.nodes() if node.get("resource-id") == full]

    def has(self, id: str) -> bool:
        return bool(self.all(id))

    def text(self, id: str) -> str:
        return str(self.all(id)[0].get("text"))

    def texts(self) -> set[str]:
        return {node.get("text") for node in self.nodes()}

    async def until(self, condition: Callable[[], object], timeout: float = 8) -> None:
        """Wait for a condition; fails after `timeout` seconds with what the screen shows."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not condition():
            assert loop.time() < end, self._shown()
            await asyncio.sleep(0.01)

    def _shown(self) -> str:
        lines = [
            f"{node.get('resource-id')} {node.get('text')!r} {node.get('content-desc')!r}"
            for node in self.nodes()
            if node.get("resource-id") or node.get("text")
        ]
        return "did not come; on the screen:\n" + "\n".join(lines)

    async def see(self, id: str, timeout: float = 8) -> Element:
        await self.until(lambda: self.has(id), timeout)
        return self.all(id)[0]

    async def gone(self, id: str, timeout: float = 8) -> None:
        await self.until(lambda: not self.has(id), timeout)

    async def toast(self, words: str) -> None:
        def shown() -> bool:
            current = self.phone.toasts.current
            return current is not None and current.text == words

        await self.until(shown)

    # -- acting ------------------------------------------------------------------------------
    @staticmethod
    def middle(node: Element) -> tuple[float, float]:
        left, top, right, bottom = map(int, re.findall(r"-?\d+", node.get("bounds")))
        assert right > left, "off the screen"
        assert bottom > top, "off the screen"
        return (left + right) / 2, (top + bottom) / 2

    async def tap(self, id: str, at: int = 0) -> None:
        """Wait for a node and tap its middle."""
        await self.until(lambda: len(self.all(id)) > at)
        assert await self.phone.input.tap(*self.middle(self.all(id)[at]))
        await asyncio.sleep(0)

    async def hold(self, id: str, at: int = 0) -> None:
        await self.until(lambda: len(self.all(id)) > at)
        await self.phone.input.long_press(*self.middle(self.all(id)[at]))

    async def type(self, id: str, words: str) -> None:
        await self.tap(id)
        assert await self.phone.input.text(words)

    async def to_post_page(self, row: MediaRow, caption: str = "") -> None:
        """Share a video and go on to the post page."""
        await self.share(row)
        await self.see("editor_video")
        await self.tap("editor_next")
        await self.see("post_root")
        if caption:
            await self.type("caption", caption)

    async def post(self, row: MediaRow, caption: str = "") -> None:
        """Share a video and post it; returns once the upload shows."""
        await self.to_post_page(row, caption)
        await self.tap("post")
        await self.see("upload_banner")

    async def save_draft(self, row: MediaRow, caption: str = "") -> None:
        await self.to_post_page(row, caption)
        await self.tap("save_draft")
        await self.see("profile_root")

    async def progress(self, percent: int) -> None:
        """Wait until the banner shows at least so much."""

        def far_enough() -> bool:
            shown = self.all("upload_progress")
            return bool(shown) and int(shown[0].get("text").rstrip("%")) >= percent

        await self.until(far_enough)

    # -- the cloud -------------------------------------------------------------------------
    @property
    def records(self) -> list[VideoRecord]:
        return self.cloud.records

    def live(self) -> list[VideoRecord]:
        return [record for record in self.records if record.state == "live"]

    async def live_video(self, data: bytes) -> VideoRecord:
        """Wait until exactly this video is live."""
        await self.until(self.live)
        assert [record.sha256 for record in self.live()] == [hashlib.sha256(data).hexdigest()]
        return self.live()[0]


async def _settle() -> None:
    """Let connections that were broken off come to their end on both sides."""
    for _ in range(12):
        await asyncio.sleep(0)


@asynccontextmanager
async def clips(
    *, cloud: Cloud | None = None, app: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[User]:
    """A booted phone with Clips, slow enough that an upload can be watched."""
    options.setdefault("upload_bytes_per_s", SLOW)
    made = PhoneOptions(app_options={PACKAGE: app or {}}, **options)
    service = cloud or Cloud(cloud_behaviour_of(made))
    if cloud is None:
        await service.start()
    phone = Phone(made, service)
    await phone.boot()
    try:
        yield User(phone, service)
    finally:
        await phone.shutdown()
        await _settle()
        if cloud is None:
            await service.stop()
            await _settle()
