"""What a recorded app uploaded, sent anew: true bytes, at the pace of the capture."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from droidcancel.simulator.http import Response, request
from droidcancel.simulator.upload import CONTENT_TYPE, TUS_VERSION, encode_metadata

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import App

#: what sends less in a step was no upload: an app asks its server this and that
LEAST = 16 * 1024
PIECE = 32 * 1024
ACCOUNT = "replay"


async def send(app: App, sent: tuple[tuple[float, int], ...]) -> None:
    """Send what one step of a capture sent, until it is done or the network breaks it off.

    It goes to the cloud as an upload that is never published: a replay has no video.
    """
    total = sum(number for _, number in sent)
    cloud = app.phone.cloud
    if total < LEAST or cloud is None:
        return
    begun = asyncio.get_running_loop().time()
    await _until(begun + sent[0][0])
    try:
        await _upload(app, cloud.host, sent, total, begun)
    except OSError as error:
        app.phone.log.write("I", "Replay", f"the upload broke off: {error}", pid=app.process.pid)


async def _upload(
    app: App, host: str, sent: tuple[tuple[float, int], ...], total: int, begun: float
) -> None:
    stream = await app.phone.network.connect(app.installed.uid, host)
    fields: dict[str, str] = {"tus-resumable": TUS_VERSION}

    async def ask(method: str, target: str, body: object = b"", **more: str) -> Response:
        headers = {**fields, **{name.replace("_", "-"): value for name, value in more.items()}}
        return await request(stream, method, target, host=host, headers=headers, body=body)  # type: ignore[arg-type]

    try:
        answer = await ask("POST", "/login", json.dumps({"user": ACCOUNT}).encode())
        fields["authorization"] = f"Bearer {json.loads(answer.body)['token']}"
        metadata = encode_metadata({"caption": f"replay of {app.package}"})
        answer = await ask("POST", "/uploads", upload_length=str(total), upload_metadata=metadata)
        await ask(
            "PATCH",
            answer.headers["location"],
            _pieces(sent, begun),
            content_type=CONTENT_TYPE,
            content_length=str(total),
            upload_offset="0",
        )
    finally:
        stream.abort()


async def _pieces(sent: tuple[tuple[float, int], ...], begun: float) -> AsyncIterator[bytes]:
    for at, number in sent:
        await _until(begun + at)
        while number > 0:
            yield bytes(min(PIECE, number))
            number -= PIECE


async def _until(when: float) -> None:
    await asyncio.sleep(max(0.0, when - asyncio.get_running_loop().time()))
