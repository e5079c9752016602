"""What the network tests share: a phone with its radios up, a cloud, waits for conditions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from droidcancel.simulator import http as sim_http
from droidcancel.simulator.cloud import Cloud, CloudBehaviour
from droidcancel.simulator.fs import Blob
from droidcancel.simulator.http import Body, Response
from droidcancel.simulator.netsocket import open_tcp
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.upload import Upload, UploadPolicy

T = TypeVar("T")

UID = 10123
LEVELS = tuple(range(21, 38))
POLICY = UploadPolicy(backoff_s=0.02, backoff_max_s=0.1, stalled_after_s=0.1, poll_s=0.01)


def run(coro: Coroutine[Any, Any, T], timeout: float = 30) -> T:
    """Run one test's coroutine on a loop of its own."""
    return asyncio.run(asyncio.wait_for(coro, timeout))


async def until(condition: Callable[[], object], timeout: float = 10, why: str = "") -> float:
    """Wait for a condition; returns the seconds it took, fails after `timeout`."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    while not condition():
        assert loop.time() - start < timeout, why or "the condition did not come true"
        await asyncio.sleep(0.001)
    return loop.time() - start


def network_phone(cloud: Cloud | None = None, **options: Any) -> Phone:
    """A phone whose radios are up; the rest of it is not booted."""
    phone = Phone(PhoneOptions(**options), cloud)
    phone.connectivity.start()
    return phone


@asynccontextmanager
async def online(
    behaviour: CloudBehaviour | None = None, **options: Any
) -> AsyncIterator[tuple[Phone, Cloud]]:
    """A phone and a cloud that it reaches."""
    cloud = Cloud(behaviour)
    await cloud.start()
    phone = network_phone(cloud, **options)
    try:
        yield phone, cloud
    finally:
        await phone.shutdown()
        phone.network.reset()
        await cloud.stop()


def video(size: int) -> Blob:
    """Bytes that differ everywhere, so that a wrong offset shows in the hash."""
    blob = Blob()
    blob.append(b"".join(i.to_bytes(4, "big") for i in range(size // 4 + 1))[:size])
    return blob


def new_upload(
    phone: Phone, cloud: Cloud, size: int, policy: UploadPolicy = POLICY, **metadata: str
) -> Upload:
    """An upload of alice's."""
    fields = {"caption": "cats #dcABC123", **metadata}
    return Upload(phone, UID, video(size), fields, cloud.token("alice"), cloud.host, policy)


class Client:
    """A client of the cloud on the host, signed in as one account."""

    def __init__(self, cloud: Cloud, account: str | None = None) -> None:
        self._cloud = cloud
        self._headers = {"tus-resumable": "1.0.0"}
        if account is not None:
            self._headers["authorization"] = f"Bearer {cloud.token(account)}"

    async def ask(self, method: str, target: str, body: Body = b"", **headers: str) -> Response:
        """One request on a connection of its own; header names with _ for -."""
        fields = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        stream = await open_tcp(self._cloud.port)
        try:
            return await sim_http.request(
                stream, method, target, host="cloud", headers=fields, body=body
            )
        finally:
            await stream.finish(5)

    async def json(self, method: str, target: str, value: object = None) -> Any:
        """One request whose answer, a 2xx, is JSON."""
        body = b"" if value is None else json.dumps(value).encode()
        answer = await self.ask(method, target, body)
        assert answer.status < 300, answer
        return json.loads(answer.body)

    async def upload(self, data: bytes, metadata: str = "") -> str:
        """A complete upload that is not committed; its path."""
        made = await self.ask(
            "POST", "/uploads", upload_length=str(len(data)), upload_metadata=metadata
        )
        assert made.status == 201, made
        sent = await self.patch(made.headers["location"], 0, data)
        assert sent.status == 204, sent
        return made.headers["location"]

    async def patch(self, target: str, offset: int, data: Body, **headers: str) -> Response:
        headers = {"content_type": "application/offset+octet-stream", **headers}
        return await self.ask("PATCH", target, data, upload_offset=str(offset), **headers)

    async def publish(self, data: bytes, metadata: str = "") -> str:
        """A video; its id."""
        path = await self.upload(data, metadata)
        return str((await self.json("POST", f"{path}/commit"))["id"])
