"""Hostile HTTP, APK, MP4 and queries: refused in time, by the right error."""

from __future__ import annotations

import asyncio
import io
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from droidcancel.simulator import axml
from droidcancel.simulator.apk import ApkError, read_apk
from droidcancel.simulator.blob import Blob
from droidcancel.simulator.content_query import QueryError, select
from droidcancel.simulator.http import Request, Response, serve
from droidcancel.simulator.mp4 import DURATION_MAX_MS, read_facts
from droidcancel.simulator.streams import pipe


def blob(data: bytes) -> Blob:
    made = Blob()
    made.append(data)
    return made


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def archive(manifest: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("AndroidManifest.xml", manifest)
    return out.getvalue()


def chunked_xml(body: bytes) -> bytes:
    return struct.pack("<HHI", 3, 8, 8 + len(body)) + body


@pytest.mark.parametrize(
    "data",
    [
        archive(bytes(axml.MAX_BYTES + 1)),
        archive(chunked_xml(struct.pack("<HHI", 0x180, 8, 8) * 400_000)),
        archive(chunked_xml(struct.pack("<HHI", 0x0102, 16, 36) + bytes(28))),
        archive(struct.pack("<HHI", 3, 8, 0xFFFFFFFF)),
        archive(b""),
        b"PK\x05\x06" + bytes(8) + b"\xff" * 10,
        b"",
    ],
)
def test_no_apk_is_refused_in_time(data: bytes) -> None:
    before = time.process_time()
    with pytest.raises(ApkError):
        read_apk(blob(data))
    assert time.process_time() - before < 1.5


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=300), some.integers(0, 400), some.binary(max_size=8))
def test_a_damaged_apk_is_an_apk_or_an_apk_error(body: bytes, at: int, noise: bytes) -> None:
    whole = bytearray(archive(chunked_xml(body)))
    whole[at : at + len(noise)] = noise
    try:
        read_apk(blob(bytes(whole)))
    except ApkError:
        return


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=200))
def test_any_movie_box_has_facts_that_an_index_can_hold(body: bytes) -> None:
    movie = box(b"mvhd", b"\1" + bytes(19) + struct.pack(">IQ", 1, 1 << 63) + bytes(80))
    for data in (body, box(b"moov", body), box(b"moov", movie + body)):
        facts = read_facts(blob(data))
        assert facts is None or 0 <= facts.duration_ms <= DURATION_MAX_MS


def test_rows_and_conditions_may_be_no_text() -> None:
    columns = {"name": ["\udcff", "a"], "number": [1 << 70, 2]}
    assert select(columns, None, None, None)[1] == [("?", (1 << 63) - 1), ("a", 2)]
    for where in ("name = '\udcff'", "name = '\0'", "x" * 3000, "load_extension('/x')"):
        with pytest.raises(QueryError):
            select(columns, None, where, None)


def test_a_body_of_tiny_chunks_lets_others_run() -> None:
    async def play() -> float:
        near, far = pipe(4 << 20)

        async def answer(request: Request) -> Response:
            return Response(200, body=str(len(await request.body())).encode())

        serving = asyncio.ensure_future(serve(far, answer))
        head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        await near.write(head + b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n")
        reading = asyncio.ensure_future(near.read())
        longest = 0.0
        while not reading.done():
            before = time.process_time()
            await asyncio.sleep(0)
            longest = max(longest, time.process_time() - before)
        assert reading.result().endswith(b"20000") or b"20000" in await near.read()
        near.close()
        await serving
        return longest

    assert asyncio.run(play()) < 0.5
