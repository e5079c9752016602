"""HTTP/1.1 over a `Stream`, in both roles: h11 keeps the rules, this moves the bytes.

The same two functions serve the phone's own servers (uiautomator2's JSON-RPC), the cloud,
and the apps' uploads. Bodies stream in both directions, so memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeAlias

import h11

from droidcancel.simulator.streams import Stream

READ_SIZE = 65536
EVENTS_A_TURN = 32
MAX_HEADER_BYTES = 32 * 1024
MAX_BODY_BYTES = 64 * 2**20
MAX_DRAIN_BYTES = 2**20  # of a body that the handler left unread, before the connection is closed

Headers: TypeAlias = dict[str, str]
Body: TypeAlias = "bytes | AsyncIterator[bytes]"


class HttpError(Exception):
    """A request that is answered with `status`; raised by `Request.body` and by handlers."""

    def __init__(self, status: int, message: str = "", headers: Headers | None = None) -> None:
        super().__init__(message or reason(status))
        self.status = status
        self.headers = headers or {}


class HttpProtocolError(ConnectionError):
    """The peer broke the protocol, or the connection ended in the middle of a message."""


@dataclass(eq=False)
class Request:
    """A request whose head has arrived; header names are in lower case."""

    method: str
    target: str
    headers: Headers
    stream_body: AsyncIterator[bytes]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises HttpProtocolError when the connection breaks."""
        return self.stream_body

    async def body(self, limit: int = MAX_BODY_BYTES) -> bytes:
        """The whole body. Raises HttpError(413) above `limit` bytes."""
        parts: list[bytes] = []
        size = 0
        async for part in self.stream_body:
            size += len(part)
            if size > limit:
                raise HttpError(413)
            parts.append(part)
        return b"".join(parts)


@dataclass
class Response:
    """An answer. As a server's reply it needs no content-length: that follows from the body."""

    status: int = 200
    headers: Headers = field(default_factory=dict)
    body: bytes = b""


Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


def reason(status: int) -> str:
    """The standard phrase of a status code."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _joined(headers: list[tuple[bytes, bytes]]) -> Headers:
    """Header fields as text; fields that come twice are joined by a comma (RFC 9110, 5.3)."""
    joined: Headers = {}
    for name, value in headers:
        key, text = name.decode("ascii").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


class _Link:
    """An h11 connection that reads and writes a stream."""

    def __init__(
        self,
        stream: Stream,
        role: type[h11.CLIENT] | type[h11.SERVER],
        idle_s: float | None = None,
    ) -> None:
        self.stream = stream
        self.state = h11.Connection(role, max_incomplete_event_size=MAX_HEADER_BYTES)
        self._idle_s = idle_s
        self._events = 0

    async def send(self, event: h11.Event) -> None:
        data = self.state.send(event)
        if data:
            await self.stream.write(data)

    async def next(self) -> h11.Event:
        """The next event. Raises HttpProtocolError when the peer broke off or the rules."""
        while True:
            try:
                event = self.state.next_event()
            except h11.RemoteProtocolError as error:
                raise _BadMessage(str(error), error.error_status_hint) from error
            if isinstance(event, h11.Event):
                self._events += 1
                if self._events % EVENTS_A_TURN == 0:  # a chunk may have one byte
                    await asyncio.sleep(0)
                return event
            if event is h11.PAUSED:
                raise HttpProtocolError("the peer sent more than one message at a time")
            self.state.receive_data(await self._read())

    async def _read(self) -> bytes:
        reading = self.stream.read(READ_SIZE)
        if self._idle_s is None:
            return await reading
        try:
            return await asyncio.wait_for(reading, self._idle_s)
        except asyncio.TimeoutError:
            raise HttpProtocolError(f"nothing came for {self._idle_s} s") from None

    def all_read(self) -> bool:
        """Whether the current message has ended; an empty rest that lies ready is taken."""
        if self.state.their_state is h11.SEND_BODY:
            with suppress(h11.RemoteProtocolError):
                self.state.next_event()
        return self.state.their_state is h11.DONE

    async def body(self) -> AsyncIterator[bytes]:
        """The body of the current message, as it arrives."""
        while True:
            if self.state.they_are_waiting_for_100_continue:
                await self.send(h11.InformationalResponse(status_code=100, headers=[]))
            event = await self.next()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            else:
                return


class _BadMessage(HttpProtocolError):
    """The peer's bytes are not HTTP; `status` says how a server answers that."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def serve(stream: Stream, handler: Handler, *, idle_s: float | None = None) -> None:
    """Answer the requests that come over `stream` until its end, then close it.

    `idle_s`: seconds without a byte after which the connection is given up (None: never).
    A handler's HttpError becomes that answer, any other exception of its own a 500.
    """
    link = _Link(stream, h11.SERVER, idle_s)
    try:
        while await _serve_one(link, handler):
            link.state.start_next_cycle()
    except ConnectionError:
        pass
    finally:
        stream.close()


async def _serve_one(link: _Link, handler: Handler) -> bool:
    """Answer one request; whether the connection can carry another."""
    try:
        event = await link.next()
    except _BadMessage as error:
        await _answer(link, "GET", Response(error.status, body=str(error).encode()), close=True)
        return False
    if not isinstance(event, h11.Request):
        return False
    method = event.method.decode("ascii")
    request = Request(
        method, event.target.decode("latin-1"), _joined(list(event.headers)), link.body()
    )
    response = await _handled(request, handler)
    await _answer(link, method, response, close=not link.all_read())
    if link.state.their_state is h11.SEND_BODY:
        await _drain(link)
    return link.state.our_state is h11.DONE and link.state.their_state is h11.DONE


async def _handled(request: Request, handler: Handler) -> Response:
    try:
        return await handler(request)
    except _BadMessage as error:
        return Response(error.status, body=str(error).encode())
    except ConnectionError:
        raise
    except HttpError as error:
        return Response(error.status, dict(error.headers), str(error).encode())
    except Exception as error:
        return Response(500, body=f"{type(error).__name__}: {error}".encode())


async def _answer(link: _Link, method: str, response: Response, *, close: bool) -> None:
    if link.state.our_state is not h11.SEND_RESPONSE and link.state.our_state is not h11.IDLE:
        return
    headers = {name.lower(): value for name, value in response.headers.items()}
    bodiless = response.status in (204, 304)
    if not bodiless:
        headers.setdefault("content-length", str(len(response.body)))
    if close:
        headers["connection"] = "close"
    await link.send(
        h11.Response(
            status_code=response.status,
            headers=list(headers.items()),
            reason=reason(response.status).encode(),
        )
    )
    if response.body and method != "HEAD" and not bodiless:
        await link.send(h11.Data(data=response.body))
    await link.send(h11.EndOfMessage())


async def _drain(link: _Link) -> None:
    """Read a little of an unwanted body, so that the peer sees the answer before the close."""
    left = MAX_DRAIN_BYTES
    async for part in link.body():
        left -= len(part)
        if left < 0:
            return


async def request(
    stream: Stream,
    method: str,
    target: str,
    *,
    host: str,
    headers: Mapping[str, str] | None = None,
    body: Body = b"",
    limit: int = MAX_BODY_BYTES,
    idle_s: float | None = None,
) -> Response:
    """Send one request and return its answer, whose body may have `limit` bytes.

    The stream may carry another request afterwards unless the answer says
    `connection: close`. An iterator as `body` is sent as it comes: chunked, or plain when
    `headers` has its content-length. Raises HttpProtocolError (a ConnectionError) for an
    answer that is broken or cut, and what the stream raises.
    """
    link = _Link(stream, h11.CLIENT, idle_s)
    fields = {name.lower(): value for name, value in (headers or {}).items()}
    fields.setdefault("host", host)
    if isinstance(body, bytes):
        if body or method not in ("GET", "HEAD", "OPTIONS", "DELETE"):
            fields.setdefault("content-length", str(len(body)))
    elif "content-length" not in fields:
        fields["transfer-encoding"] = "chunked"
    await link.send(h11.Request(method=method, target=target, headers=list(fields.items())))
    try:
        await _send_body(link, body)
    except BrokenPipeError:
        pass  # the server answered without reading everything: that answer is still to be read
    return await _answered(link, limit)


async def _send_body(link: _Link, body: Body) -> None:
    if isinstance(body, bytes):
        if body:
            await link.send(h11.Data(data=body))
    else:
        async for part in body:
            if part:
                await link.send(h11.Data(data=part))
    await link.send(h11.EndOfMessage())


async def _answered(link: _Link, limit: int) -> Response:
    event = await link.next()
    while isinstance(event, h11.InformationalResponse):
        event = await link.next()
    if not isinstance(event, h11.Response):
        raise HttpProtocolError("the connection was closed before an answer came")
    parts: list[bytes] = []
    size = 0
    async for part in link.body():
        size += len(part)
        if size > limit:
            raise HttpProtocolError(f"the answer is longer than {limit} bytes")
        parts.append(part)
    return Response(event.status_code, _joined(list(event.headers)), b"".join(parts))
