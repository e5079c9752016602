"""The resumable uploader that apps on the phone use (a tus 1.0.0 client)."""

from __future__ import annotations

import asyncio
import base64
import errno
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from droidcancel.simulator.http import Body, Headers, HttpProtocolError, Response, request

if TYPE_CHECKING:
    from droidcancel.simulator.netsocket import NetSocket
    from droidcancel.simulator.phone import Phone

State = Literal[
    "queued", "creating", "uploading", "stalled", "failed", "committing", "done", "cancelled"
]
FINAL: frozenset[State] = frozenset({"done", "cancelled"})
TUS_VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
ANSWER_LIMIT = 256 * 1024


class Source(Protocol):
    """What is uploaded: `fs.Blob`, or anything like it."""

    size: int

    def read(self, offset: int = 0, length: int = -1) -> bytes: ...


@dataclass(frozen=True)
class UploadPolicy:
    """How an app goes about it; times in seconds.

    retries              breaks in a row before it gives up ("failed"), None for never
    resume_on_reconnect  try again as soon as there is a network, before the backoff is over
    io_timeout_s         without a byte for so long, the connection is given up
    stalled_after_s      without a byte for so long, the state is "stalled"
    commit               publish when all bytes are there
    """

    retries: int | None = None
    backoff_s: float = 0.5
    backoff_max_s: float = 30.0
    resume_on_reconnect: bool = True
    io_timeout_s: float = 15.0
    stalled_after_s: float = 1.0
    poll_s: float = 0.2
    commit: bool = True


class _Refused(Exception):
    """The service will not have it; trying again is of no use."""


class _Gone(OSError):
    """The service has forgotten the upload; it begins anew."""


def encode_metadata(metadata: Mapping[str, str]) -> str:
    """Upload-Metadata of the tus protocol."""
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items()
    )


class Upload:
    """One video on its way to the service.

    `run()` carries it to an end and may be called again after "failed" (Retry). `sent` is
    the number of bytes of the video that passed the network or that the service has
    confirmed; after a break it goes back to what the service holds. `to_dict()` is all
    that an app needs to keep to go on after a restart, by `Upload.restore`.
    """

    def __init__(
        self,
        phone: Phone,
        uid: int,
        blob: Source,
        metadata: Mapping[str, str],
        token: str,
        host: str,
        policy: UploadPolicy | None = None,
    ) -> None:
        self._phone = phone
        self._uid = uid
        self._blob = blob
        self._token = token
        self._socket: NetSocket | None = None
        self._listeners: list[Callable[[], object]] = []
        self._wakers: set[asyncio.Future[None]] = set()
        self._last_byte = 0.0
        self._told = -1
        self.metadata = dict(metadata)
        self.host = host
        self.policy = policy or UploadPolicy()
        self.size = blob.size
        self.state: State = "queued"
        self.sent = 0
        self.url: str | None = None
        self.video_id: str | None = None
        self.error: str | None = None
        self.unconfirmed_cancel = False

    # -- what is seen of it ----------------------------------------------------------------
    @property
    def progress(self) -> float:
        """0 to 1, of the bytes that passed."""
        return self.sent / self.size if self.size else 0.0

    @property
    def active(self) -> bool:
        """Whether `run()` is at work."""
        return self.state not in FINAL and self.state not in ("queued", "failed")

    def on_change(self, listener: Callable[[], object]) -> None:
        """Call `listener()` at each change of state and each whole percent."""
        self._listeners.append(listener)

    def to_dict(self) -> dict[str, Any]:
        """What to keep, as JSON takes it."""
        names = ("metadata", "host", "size", "state", "sent", "url", "video_id")
        return {name: getattr(self, name) for name in (*names, "unconfirmed_cancel")}

    @classmethod
    def restore(
        cls,
        phone: Phone,
        uid: int,
        blob: Source,
        token: str,
        saved: Mapping[str, Any],
        policy: UploadPolicy | None = None,
    ) -> Upload:
        """Go on with what `to_dict` kept; what was under way is queued."""
        upload = cls(phone, uid, blob, saved["metadata"], token, saved["host"], policy)
        for name in ("sent", "url", "video_id", "unconfirmed_cancel"):
            setattr(upload, name, saved[name])
        resting = saved["state"] in (*FINAL, "failed")
        upload.state = saved["state"] if resting else "queued"
        return upload

    def _set(self, state: State) -> None:
        if self.state != state and self.state not in FINAL:
            self.state = state
            self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def _moved(self, sent: int) -> None:
        self.sent = sent
        self._last_byte = asyncio.get_running_loop().time()
        if self.state == "stalled":
            self._set("uploading")
        percent = int(self.progress * 100)
        if percent != self._told:
            self._told = percent
            self._tell()

    # -- running ---------------------------------------------------------------------------
    async def run(self) -> State:
        """Upload and publish; returns the state that ended it: done, failed or cancelled."""
        self.error = None
        breaks = 0
        while self.state not in FINAL:
            before = self.sent
            try:
                await self._once()
                return self.state
            except _Refused as error:
                return self._fail(str(error))
            except OSError as error:
                self.error = str(error)
                breaks = 1 if self.sent > before else breaks + 1
                if self.policy.retries is not None and breaks > self.policy.retries:
                    return self._fail(self.error)
                self._set("stalled")
                await self._pause(breaks)
        return self.state

    def _fail(self, reason: str) -> State:
        self.error = reason
        self._set("failed")
        return self.state

    async def _once(self) -> None:
        """One connection: carry on from where the service is."""
        watch: asyncio.Task[None] | None = None
        try:
            self._socket = await self._phone.network.connect(self._uid, self.host)
            watch = asyncio.get_running_loop().create_task(self._watch(self._socket))
            self._alive()
            await self._locate()
            if self.sent < self.size:
                await self._transfer()
            await self._publish()
        finally:
            if watch is not None:
                watch.cancel()
            if self._socket is not None:
                self._socket.abort()
                self._socket = None

    def _alive(self) -> None:
        if self.state in FINAL:
            raise ConnectionAbortedError(errno.ECONNABORTED, "cancelled")
        self._last_byte = asyncio.get_running_loop().time()

    async def _locate(self) -> None:
        """Have an upload at the service, and know how far it is."""
        if self.url is None:
            await self._create()
            return
        answer = await self._ask("HEAD", self.url, accept=(200, 404, 410))
        if answer.status != 200:
            self.url, self.sent = None, 0
            raise _Gone(errno.ESTALE, "the service has forgotten the upload")
        self._moved(min(int(answer.headers.get("upload-offset", "0")), self.size))

    async def _create(self) -> None:
        self._set("creating")
        fields = {
            "upload-length": str(self.size),
            "upload-metadata": encode_metadata(self.metadata),
        }
        answer = await self._ask("POST", "/uploads", fields, accept=(201,))
        self.url = answer.headers["location"]
        self._moved(0)
        self._tell()

    async def _transfer(self) -> None:
        """Send what is missing in one request."""
        assert self.url is not None
        self._set("uploading")
        fields = {
            "content-type": CONTENT_TYPE,
            "content-length": str(self.size - self.sent),
            "upload-offset": str(self.sent),
        }
        answer = await self._ask("PATCH", self.url, fields, self._pieces(), accept=(204, 409, 423))
        if answer.status != 204:
            raise HttpProtocolError("the service is at another offset")
        self._moved(int(answer.headers.get("upload-offset", str(self.size))))

    async def _pieces(self) -> AsyncIterator[bytes]:
        """The rest of the video; one piece has passed when the next is asked for."""
        offset = self.sent
        while offset < self.size:
            length = self._phone.network.shaper.up.quantum()
            piece = self._blob.read(offset, min(length, self.size - offset))
            if not piece:
                raise _Refused("the file is shorter than it was")
            yield piece
            offset += len(piece)
            self._moved(offset)

    async def _publish(self) -> None:
        if not self.policy.commit:
            self._set("done")
            return
        assert self.url is not None
        self._set("committing")
        answer = await self._ask("POST", f"{self.url}/commit", accept=(201, 202))
        self.video_id = str(json.loads(answer.body)["id"])
        while answer.status == 202:
            await self._sleep(self.policy.poll_s)
            self._alive()
            video = await self._ask("GET", f"/videos/{self.video_id}", accept=(200, 404))
            if video.status == 404:
                raise _Refused("the service did not publish the video")
            answer.status = 201 if json.loads(video.body)["state"] == "live" else 202
        self._set("done")

    async def _ask(
        self,
        method: str,
        target: str,
        fields: Mapping[str, str] | None = None,
        body: Body = b"",
        *,
        accept: tuple[int, ...],
    ) -> Response:
        """One request on the open connection. Raises _Refused, or OSError for a 5xx."""
        assert self._socket is not None
        headers: Headers = {"tus-resumable": TUS_VERSION, "authorization": f"Bearer {self._token}"}
        headers |= fields or {}
        answer = await request(
            self._socket,
            method,
            target,
            host=self.host,
            headers=headers,
            body=body,
            limit=ANSWER_LIMIT,
        )
        self._alive()
        if answer.status in accept:
            return answer
        reason = f"{method} {target}: {answer.status} {answer.body[:200].decode(errors='replace')}"
        raise HttpProtocolError(reason) if answer.status >= 500 else _Refused(reason)

    # -- waiting ---------------------------------------------------------------------------
    async def _watch(self, socket: NetSocket) -> None:
        """See that bytes move; give the connection up when they do not for too long."""
        policy = self.policy
        while True:
            await asyncio.sleep(min(policy.stalled_after_s, policy.io_timeout_s) / 4)
            idle = asyncio.get_running_loop().time() - self._last_byte
            if idle >= policy.io_timeout_s:
                socket.destroy(TimeoutError(errno.ETIMEDOUT, "timeout"))
                return
            if idle >= policy.stalled_after_s and self.state == "uploading":
                self._set("stalled")

    async def _pause(self, breaks: int) -> None:
        """Wait before the next try: for the backoff, or for a network to come."""
        seconds = min(self.policy.backoff_s * 2 ** min(breaks - 1, 16), self.policy.backoff_max_s)
        forget = self._phone.connectivity.on_change(self._network_changed)
        try:
            await self._sleep(seconds)
        finally:
            forget()

    def _network_changed(self) -> None:
        online = self._phone.connectivity.active_network() is not None
        if self.policy.resume_on_reconnect and online:
            self._wake()

    async def _sleep(self, seconds: float) -> None:
        """Sleep, unless woken."""
        waker = asyncio.get_running_loop().create_future()
        self._wakers.add(waker)
        try:
            if self.state not in FINAL:
                await asyncio.wait((waker,), timeout=seconds)
        finally:
            self._wakers.discard(waker)

    def _wake(self) -> None:
        for waker in self._wakers:
            if not waker.done():
                waker.set_result(None)

    # -- cancelling ------------------------------------------------------------------------
    async def cancel(self) -> bool:
        """Stop at once, and have the service throw away what it got.

        True when the service has nothing of it any more. False where it could not be told
        (`unconfirmed_cancel`; `confirm_cancel` tries again) or where the video is live: the
        state is "done" then.
        """
        if self.state in FINAL:
            return self.state == "cancelled" and not self.unconfirmed_cancel
        self._set("cancelled")
        self._wake()
        if self._socket is not None:
            self._socket.destroy()
        self.unconfirmed_cancel = self.url is not None
        return await self.confirm_cancel()

    async def confirm_cancel(self) -> bool:
        """Tell the service of a cancel that it may not know of; as `cancel` returns."""
        if not self.unconfirmed_cancel or self.url is None:
            return self.state == "cancelled"
        try:
            status = await asyncio.wait_for(self._terminate(self.url), self.policy.io_timeout_s)
        except (OSError, asyncio.TimeoutError) as error:
            self.error = str(error)
            return False
        self.unconfirmed_cancel = False
        if status == 409:
            self.state = "done"
        self._tell()
        return self.state == "cancelled"

    async def _terminate(self, url: str) -> int:
        socket = await self._phone.network.connect(self._uid, self.host)
        headers = {"tus-resumable": TUS_VERSION, "authorization": f"Bearer {self._token}"}
        try:
            answer = await request(socket, "DELETE", url, host=self.host, headers=headers)
        finally:
            socket.close()
        return answer.status
