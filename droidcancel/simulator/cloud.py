"""The upload service: a small HTTP server on loopback, and the ground truth it keeps.

    POST   /login                       OPTIONS/POST /uploads       tus 1.0.0
    GET    /me, /me/videos              HEAD/PATCH/DELETE /uploads/ID
    GET    /feed, /users/NAME/videos    POST /uploads/ID/commit
    GET/PATCH/DELETE /videos/ID         GET /_truth                 admin token only

One cloud serves any number of phones. It keeps a hash and the size of what it received,
never the videos.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from droidcancel.simulator import cloud_api, cloud_tus
from droidcancel.simulator.cloud_records import CloudBehaviour, VideoRecord
from droidcancel.simulator.cloud_routes import answer, as_json, bearer
from droidcancel.simulator.cloud_store import CloudStore
from droidcancel.simulator.http import HttpError, Request, Response, serve
from droidcancel.simulator.tcp import TcpStream

__all__ = ["Cloud", "CloudBehaviour", "VideoRecord", "cloud_api", "cloud_tus"]

HOST = "upload.clips.example"
MAX_CONNECTIONS = 512
IDLE_S = 300.0
FLUSH_S = 5.0  # for the last answer to leave
READ_BYTES = 64 * 1024


class Cloud:
    """The service; `behaviour` may be changed while it runs."""

    def __init__(
        self,
        behaviour: CloudBehaviour | None = None,
        *,
        host: str = HOST,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = CloudStore(behaviour, clock)
        self.host = host
        self.port = 0
        self.admin_token = secrets.token_urlsafe(24)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=READ_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and break every connection; the records stay."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.store.close()
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where the host's own processes reach it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def behaviour(self) -> CloudBehaviour:
        return self.store.behaviour

    @behaviour.setter
    def behaviour(self, behaviour: CloudBehaviour) -> None:
        self.store.behaviour = behaviour

    def token(self, account: str) -> str:
        """The bearer token of an account, made when there is none."""
        return self.store.sign_in(account)

    @property
    def records(self) -> list[VideoRecord]:
        """Every upload ever begun, oldest first."""
        for record in self.store.records:
            self.store.expire(record)
        return self.store.records

    def truth(self) -> list[dict[str, Any]]:
        """The records as JSON takes them."""
        return [record.truth() for record in self.records]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = TcpStream(reader, writer)
        if len(self._serving) >= MAX_CONNECTIONS:
            stream.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(stream))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, stream: TcpStream) -> None:
        try:
            with suppress(OSError):
                await serve(stream, self._answer, idle_s=IDLE_S)
        finally:
            await stream.finish(FLUSH_S)

    async def _answer(self, request: Request) -> Response:
        if request.method == "GET" and request.target == "/_truth":
            return self._truth(request)
        return await answer(self.store, request)

    def _truth(self, request: Request) -> Response:
        if not hmac.compare_digest(bearer(request).encode(), self.admin_token.encode()):
            raise HttpError(401)
        return as_json({"records": self.truth()})
