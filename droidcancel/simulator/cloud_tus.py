"""Resumable uploads: tus 1.0.0 (tus.io/protocols/resumable-upload) with creation,
expiration, checksum and termination, and a commit of our own that makes a video live."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from email.utils import formatdate
from typing import Any

from droidcancel.simulator.cloud_records import VISIBILITIES, VideoRecord
from droidcancel.simulator.cloud_routes import Call, as_json, route
from droidcancel.simulator.cloud_store import CloudStore
from droidcancel.simulator.http import Headers, HttpError, Request, Response

VERSION = "1.0.0"
MAX_SIZE = 16 * 2**30
MAX_METADATA = 8 * 1024
MAX_CAPTION = 4000
CHECKSUMS = ("sha1", "sha256", "md5")
CONTENT_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460

TUS: Headers = {"tus-resumable": VERSION}


def _versioned(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise HttpError(412, "Tus-Resumable: 1.0.0 is wanted", {"tus-version": VERSION})


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise HttpError(400, f"{name} must be a number")
    return int(text)


def parse_metadata(text: str) -> dict[str, str]:
    """Upload-Metadata: `key base64,key base64`. Raises HttpError(400)."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:  # no base64, no UTF-8, or not even ASCII
            raise HttpError(400, "Upload-Metadata must be base64 of UTF-8") from None
    return found


def _expires(store: CloudStore, record: VideoRecord) -> Headers:
    limit, created = store.behaviour.expire_s, record.when("created")
    if limit is None or created is None or record.state != "partial":
        return {}
    return {"upload-expires": formatdate(created + limit, usegmt=True)}


@route("OPTIONS", "/uploads", signed_in=False)
async def options(call: Call) -> Response:
    """What this server can do."""
    headers = {
        "tus-version": VERSION,
        "tus-max-size": str(MAX_SIZE),
        "tus-extension": "creation,expiration,checksum,termination",
        "tus-checksum-algorithm": ",".join(CHECKSUMS),
    }
    return Response(204, {**TUS, **headers})


@route("POST", "/uploads")
async def create(call: Call) -> Response:
    """Begin an upload of Upload-Length bytes; Upload-Metadata has caption and visibility."""
    request = call.request
    _versioned(request)
    size = _number(request, "upload-length")
    if not 0 < size <= MAX_SIZE:
        raise HttpError(413 if size else 400, "Upload-Length out of range")
    metadata = request.headers.get("upload-metadata", "")
    if len(metadata) > MAX_METADATA:
        raise HttpError(400, "Upload-Metadata is too long")
    fields = parse_metadata(metadata)
    visibility = fields.get("visibility", "public")
    if visibility not in VISIBILITIES or len(fields.get("caption", "")) > MAX_CAPTION:
        raise HttpError(400, "caption or visibility is not valid")
    record = call.store.create(call.account, size, fields.get("caption", ""), visibility, metadata)
    location = {"location": f"/uploads/{record.upload_id}"}
    return Response(201, {**TUS, **location, **_expires(call.store, record)})


@route("HEAD", "/uploads/*")
async def head(call: Call) -> Response:
    """How far the upload is; a transfer that still hangs is given up for the one to come."""
    _versioned(call.request)
    record = call.store.upload(call.parts[0], call.account)
    record.writer = None
    headers = {
        **TUS,
        "upload-offset": str(record.received),
        "upload-length": str(record.size),
        "cache-control": "no-store",
    }
    if record.metadata:
        headers["upload-metadata"] = record.metadata
    return Response(200, {**headers, **_expires(call.store, record)})


@route("PATCH", "/uploads/*")
async def patch(call: Call) -> Response:
    """Bytes at Upload-Offset, which must be the end of what is here (409 otherwise)."""
    request = call.request
    _versioned(request)
    if request.headers.get("content-type") != CONTENT_TYPE:
        raise HttpError(415)
    record = call.store.upload(call.parts[0], call.account)
    if record.state != "partial":
        raise HttpError(409, f"the video is {record.state}")
    if _number(request, "upload-offset") != record.received:
        raise HttpError(409, "wrong Upload-Offset", {"upload-offset": str(record.received)})
    if int(request.headers.get("content-length", "0")) > record.size - record.received:
        raise HttpError(413, "more than Upload-Length")
    expected = _checksum(request)
    if expected is None:
        await _receive(call.store, record, request.chunks())
    else:
        await _receive_checked(call.store, record, request, expected)
    done = {"upload-offset": str(record.received)}
    return Response(204, {**TUS, **done, **_expires(call.store, record)})


async def _receive(store: CloudStore, record: VideoRecord, chunks: AsyncIterator[bytes]) -> None:
    """Take the body as it comes; a break leaves what came, as tus wants it."""
    me = record.writer = object()
    try:
        async for data in chunks:
            if record.writer is not me or record.state != "partial":
                raise HttpError(409, "another request has taken over")
            room = record.size - record.received
            record.take(data[:room])
            if len(data) > room:
                raise HttpError(413, "more than Upload-Length")
    except ConnectionError:
        if record.writer is me:
            store.cut(record)
        raise
    if record.complete:
        record.note("complete")


def _checksum(request: Request) -> tuple[str, bytes] | None:
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    name, _, value = text.partition(" ")
    if name not in CHECKSUMS:
        raise HttpError(400, "unknown checksum algorithm")
    try:
        return name, base64.b64decode(value, validate=True)
    except ValueError:
        raise HttpError(400, "Upload-Checksum must be base64") from None


async def _receive_checked(
    store: CloudStore, record: VideoRecord, request: Request, expected: tuple[str, bytes]
) -> None:
    """As `_receive`, but a body that is cut or does not fit its checksum is thrown away."""
    mark = record.mark()
    digest: Any = hashlib.new(expected[0], usedforsecurity=False)

    async def hashed() -> AsyncIterator[bytes]:
        async for data in request.chunks():
            digest.update(data)
            yield data

    try:
        await _receive(store, record, hashed())
    except ConnectionError:
        record.back_to(mark)
        raise
    if digest.digest() != expected[1]:
        record.back_to(mark)
        raise HttpError(CHECKSUM_MISMATCH, "Checksum Mismatch")


@route("DELETE", "/uploads/*")
async def terminate(call: Call) -> Response:
    """Give the upload up; 409 when its video is live already."""
    _versioned(call.request)
    call.store.terminate(call.store.upload(call.parts[0], call.account))
    return Response(204, dict(TUS))


@route("POST", "/uploads/*/commit")
async def commit(call: Call) -> Response:
    """Publish a complete upload: 201 once it is live, 202 while that takes its time."""
    record = call.store.upload(call.parts[0], call.account)
    call.store.commit(record)
    return as_json(record.public(), 201 if record.state == "live" else 202)
