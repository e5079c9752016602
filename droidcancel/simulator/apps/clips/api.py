"""What Clips asks its cloud, uploads aside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from droidcancel.simulator.apps.clips.posts import seed_of
from droidcancel.simulator.http import Response, request

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.app import Clips

HOST = "upload.clips.example"
TIMEOUT_S = 15.0


class ApiError(Exception):
    """The cloud said no; `status` is HTTP's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message or f"HTTP {status}")
        self.status = status


class OfflineError(Exception):
    """The cloud could not be reached."""


@dataclass(frozen=True)
class CloudVideo:
    """A video as the cloud lists it. `created` is wall seconds, `state` live or processing."""

    id: str
    account: str
    caption: str
    visibility: str
    state: str = "live"
    size: int = 0
    created: float = 0.0
    plays: int = 0

    @property
    def seed(self) -> str:
        return seed_of(self.size)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> CloudVideo:
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        return cls(**known)


class Api:
    """The calls; each raises OfflineError or ApiError."""

    def __init__(self, app: Clips) -> None:
        self._app = app

    async def call(self, method: str, target: str, body: Any = None, **headers: str) -> Response:
        """One request over a connection of its own."""
        try:
            return await asyncio.wait_for(self._call(method, target, body, headers), TIMEOUT_S)
        except (OSError, asyncio.TimeoutError) as error:
            raise OfflineError(str(error)) from error

    async def _call(
        self, method: str, target: str, body: Any, headers: Mapping[str, str]
    ) -> Response:
        stream = await self._app.phone.network.connect(self._app.installed.uid, HOST, 443)
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            session = self._app.session.current
            if session is not None:
                fields["authorization"] = f"Bearer {session.token}"
            data = b""
            if body is not None:
                data = json.dumps(body).encode()
                fields["content-type"] = "application/json"
            response = await request(stream, method, target, host=HOST, headers=fields, body=data)
        finally:
            stream.close()
        if response.status == 401 and session is not None:
            self._app.session_expired(session)
        if response.status >= 400:
            raise ApiError(response.status, response.body.decode("utf-8", "replace")[:200])
        return response

    async def _json(self, method: str, target: str, body: Any = None) -> dict[str, Any]:
        response = await self.call(method, target, body)
        value: dict[str, Any] = json.loads(response.body)
        return value

    async def log_in(self, user: str, password: str) -> str:
        """The account's token."""
        answer = await self._json("POST", "/login", {"user": user, "password": password})
        return str(answer["token"])

    async def videos(self, user: str) -> list[CloudVideo]:
        """The videos of a user, newest first."""
        answer = await self._json("GET", f"/users/{quote(user, safe='')}/videos?limit=200")
        return [CloudVideo.of(video) for video in answer["videos"]]

    async def feed(self) -> list[CloudVideo]:
        answer = await self._json("GET", "/feed?limit=30")
        return [CloudVideo.of(video) for video in answer["videos"]]

    async def video(self, video_id: str) -> CloudVideo:
        return CloudVideo.of(await self._json("GET", f"/videos/{quote(video_id, safe='')}"))

    async def delete_video(self, video_id: str) -> None:
        await self.call("DELETE", f"/videos/{quote(video_id, safe='')}")

    async def set_visibility(self, video_id: str, visibility: str) -> None:
        await self.call("PATCH", f"/videos/{quote(video_id, safe='')}", {"visibility": visibility})

    async def terminate(self, upload: str) -> None:
        """Give an upload up (tus termination)."""
        await self.call("DELETE", upload, **{"tus-resumable": "1.0.0"})

    async def commit(self, upload: str) -> CloudVideo:
        """Make a complete upload a video."""
        return CloudVideo.of(await self._json("POST", f"{upload}/commit"))
