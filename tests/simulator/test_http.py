"""HTTP over streams: our server and client against each other, and against the standard library."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import pytest

from droidcancel.simulator import http as sim_http
from droidcancel.simulator.http import HttpError, HttpProtocolError, Request, Response
from droidcancel.simulator.streams import Stream, pipe
from droidcancel.simulator.tcp import TcpStream

T = TypeVar("T")


def run(coro: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(coro, 20))


async def echo(request: Request) -> Response:
    body = await request.body()
    text = f"{request.method} {request.target} {len(body)}".encode()
    return Response(200, {"X-Seen": request.headers.get("x-one", "")}, text)


async def exchange(
    handler: sim_http.Handler, raw: bytes, *, close_write: bool = True
) -> tuple[bytes, bool]:
    """Send raw bytes to a server; what came back, and whether the server closed."""
    mine, theirs = pipe()
    server = asyncio.ensure_future(sim_http.serve(theirs, handler))
    await mine.write(raw)
    if close_write:
        mine.close_write()
    await server
    parts = []
    while part := await mine.read():
        parts.append(part)
    return b"".join(parts), theirs.closed


async def talk(handler: sim_http.Handler, *calls: dict[str, Any]) -> list[Response]:
    """Several requests over one connection."""
    mine, theirs = pipe(limit=4096)
    server = asyncio.ensure_future(sim_http.serve(theirs, handler))
    answers = [await sim_http.request(mine, host="phone", **call) for call in calls]
    mine.close()
    await server
    return answers


def test_requests_follow_each_other_on_one_connection() -> None:
    first, second, third = run(
        talk(
            echo,
            {"method": "GET", "target": "/a?b=c", "headers": {"X-One": "1"}},
            {"method": "POST", "target": "/d", "body": b"x" * 100_000},
            {"method": "DELETE", "target": "/e"},
        )
    )
    assert (first.body, first.headers["x-seen"]) == (b"GET /a?b=c 0", "1")
    assert second.body == b"POST /d 100000"
    assert third.body == b"DELETE /e 0"


def test_a_body_streams_both_ways() -> None:
    seen: list[int] = []

    async def handler(request: Request) -> Response:
        async for part in request.chunks():
            seen.append(len(part))
        return Response(body=str(sum(seen)).encode())

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"v" * 8192

    (answer,) = run(talk(handler, {"method": "PATCH", "target": "/", "body": parts()}))
    assert answer.body == str(64 * 8192).encode()
    assert len(seen) > 32
    assert max(seen) <= sim_http.READ_SIZE


def test_head_and_no_content_have_no_body() -> None:
    async def handler(request: Request) -> Response:
        return Response(204 if request.method == "DELETE" else 200, {"upload-offset": "7"}, b"abc")

    head, gone = run(
        talk(handler, {"method": "HEAD", "target": "/"}, {"method": "DELETE", "target": "/"})
    )
    assert (head.body, head.headers["content-length"]) == (b"", "3")
    assert (gone.status, gone.body, gone.headers["upload-offset"]) == (204, b"", "7")


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (HttpError(409, "wrong offset"), 409, b"wrong offset"),
        (ZeroDivisionError("of it"), 500, b"ZeroDivisionError: of it"),
    ],
)
def test_a_handlers_error_is_an_answer(error: Exception, status: int, text: bytes) -> None:
    async def handler(request: Request) -> Response:
        raise error

    first, second = run(
        talk(handler, {"method": "GET", "target": "/"}, {"method": "GET", "target": "/"})
    )
    assert (first.status, first.body) == (status, text)
    assert second.status == status


def test_an_unread_body_ends_the_connection() -> None:
    async def handler(request: Request) -> Response:
        return Response(403)

    (answer,) = run(talk(handler, {"method": "POST", "target": "/", "body": b"x" * 200_000}))
    assert (answer.status, answer.headers["connection"]) == (403, "close")


def test_an_endless_unwanted_body_is_not_read_to_its_end() -> None:
    sent = 0

    async def handler(request: Request) -> Response:
        return Response(413)

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield bytes(65536)

    (answer,) = run(talk(handler, {"method": "POST", "target": "/", "body": endless()}))
    assert answer.status == 413
    assert sent < 3 * sim_http.MAX_DRAIN_BYTES


def test_body_limit() -> None:
    async def handler(request: Request) -> Response:
        return Response(body=await request.body(limit=10))

    fits, too_long = run(
        talk(
            handler,
            {"method": "POST", "target": "/", "body": b"x" * 10},
            {"method": "POST", "target": "/", "body": b"x" * 11},
        )
    )
    assert (fits.status, too_long.status) == (200, 413)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\n",
    ],
)
def test_broken_requests_get_a_4xx(raw: bytes) -> None:
    answer, closed = run(exchange(echo, raw))
    assert answer.startswith(b"HTTP/1.1 4")
    assert closed


def test_a_body_cut_short_reaches_no_answer() -> None:
    seen: list[bytes] = []

    async def handler(request: Request) -> Response:
        async for part in request.chunks():
            seen.append(part)
        return Response()

    raw = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"
    answer, closed = run(exchange(handler, raw))
    assert b"".join(seen) == b"abc"
    assert not answer.startswith(b"HTTP/1.1 200")
    assert closed


def test_expect_continue() -> None:
    raw = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"

    async def dialogue() -> bytes:
        mine, theirs = pipe()
        server = asyncio.ensure_future(sim_http.serve(theirs, echo))
        await mine.write(raw)
        first = await mine.read()
        await mine.write(b"hi")
        mine.close_write()
        await server
        return first + await mine.read()

    answer = run(dialogue())
    assert answer.startswith(b"HTTP/1.1 100 ")
    assert answer.endswith(b"POST / 2")


def test_an_idle_connection_is_given_up() -> None:
    async def idle() -> bytes:
        mine, theirs = pipe()
        await sim_http.serve(theirs, echo, idle_s=0.01)
        return await mine.read()

    assert run(idle()) == b""


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", b"hello\r\n\r\n"]
)
def test_broken_answers_raise(raw: bytes) -> None:
    async def ask() -> Response:
        mine, theirs = pipe()
        await theirs.write(raw)
        theirs.close_write()
        return await sim_http.request(mine, "GET", "/", host="a")

    with pytest.raises(HttpProtocolError):
        run(ask())


def test_an_answer_longer_than_the_limit_raises() -> None:
    async def handler(request: Request) -> Response:
        return Response(body=b"x" * 100)

    with pytest.raises(HttpProtocolError):
        run(talk(handler, {"method": "GET", "target": "/", "limit": 99}))


def test_the_standard_librarys_client_agrees() -> None:
    def ask(port: int) -> list[tuple[int, bytes]]:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        answers = []
        for method, body in (("GET", None), ("POST", b"y" * 300_000), ("PUT", iter([b"a", b"bc"]))):
            client.request(method, "/path", body, encode_chunked=True)
            answer = client.getresponse()
            answers.append((answer.status, answer.read()))
        client.close()
        return answers

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream: Stream = TcpStream(reader, writer)
        await sim_http.serve(stream, echo)

    async def both() -> list[tuple[int, bytes]]:
        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(ask, port)

    assert run(both()) == [
        (200, b"GET /path 0"),
        (200, b"POST /path 300000"),
        (200, b"PUT /path 3"),
    ]
