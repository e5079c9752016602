"""The upload service: tus 1.0.0, publishing, visibility, defects by option, hostile input."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from droidcancel.simulator import cloud_tus
from droidcancel.simulator.cloud import Cloud, CloudBehaviour, VideoRecord
from droidcancel.simulator.http import HttpError, Response
from droidcancel.simulator.netsocket import open_tcp
from droidcancel.simulator.upload import encode_metadata
from tests.simulator.net import Client, run, until

DATA = bytes(range(256)) * 40
SECRET = {"caption": "secret", "visibility": "private"}


def serving(
    test: Callable[[Cloud, Client], Awaitable[None]], behaviour: CloudBehaviour | None = None
) -> None:
    """Run `test` with a cloud and alice's client."""

    async def body() -> None:
        cloud = Cloud(behaviour)
        await cloud.start()
        try:
            await test(cloud, Client(cloud, "alice"))
        finally:
            await cloud.stop()

    run(body())


def states(record: VideoRecord) -> list[str]:
    return [event.event for event in record.events]


async def begun(client: Client, size: int = len(DATA), **metadata: str) -> str:
    answer = await client.ask(
        "POST", "/uploads", upload_length=str(size), upload_metadata=encode_metadata(metadata)
    )
    assert answer.status == 201, answer
    return answer.headers["location"]


# -- tus -------------------------------------------------------------------------------------
def test_what_the_server_can_do() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        answer = await Client(cloud).ask("OPTIONS", "/uploads")
        assert answer.status == 204
        assert answer.headers["tus-version"] == "1.0.0"
        assert set(answer.headers["tus-extension"].split(",")) == {
            "creation",
            "expiration",
            "checksum",
            "termination",
        }

    serving(test)


def test_an_upload_in_two_requests_is_what_was_sent() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path = await begun(alice, caption="héllo", filename="a.mp4")
        first = await alice.patch(path, 0, DATA[:4000])
        assert (first.status, first.headers["upload-offset"]) == (204, "4000")
        head = await alice.ask("HEAD", path)
        assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("4000", "10240")
        assert head.headers["cache-control"] == "no-store"
        assert (await alice.patch(path, 4000, DATA[4000:])).status == 204
        (record,) = cloud.records
        assert (record.caption, record.state, record.received) == ("héllo", "partial", 10240)
        assert record.sha256 == hashlib.sha256(DATA).hexdigest()
        assert states(record) == ["created", "first_byte", "complete"]
        assert (await alice.json("GET", "/me/videos"))["videos"] == []

    serving(test)


Ask = Callable[[Client, str], Awaitable[Response]]


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda c, p: c.patch(p, 5, b"x"), 409),
        (lambda c, p: c.patch(p, 0, b"x" * 20_000), 413),
        (lambda c, p: c.patch(p, 0, b"x", content_type="text/plain"), 415),
        (lambda c, p: c.patch(p, 0, b"x", tus_resumable="0.2.0"), 412),
        (lambda c, p: c.ask("HEAD", p, tus_resumable=""), 412),
        (lambda c, p: c.ask("PATCH", p, content_type="application/offset+octet-stream"), 400),
        (lambda c, p: c.ask("POST", "/uploads"), 400),
        (lambda c, p: c.ask("POST", "/uploads", upload_length="0"), 400),
        (lambda c, p: c.ask("POST", "/uploads", upload_length="-1"), 400),
        (lambda c, p: c.ask("POST", "/uploads", upload_length="9" * 17), 413),
        (lambda c, p: c.ask("POST", "/uploads", upload_length="1", upload_metadata="a %"), 400),
        (lambda c, p: c.ask("POST", "/uploads", upload_length="1", upload_metadata="a /w=="), 400),
        (
            lambda c, p: c.ask(
                "POST",
                "/uploads",
                upload_length="1",
                upload_metadata=encode_metadata({"visibility": "everyone"}),
            ),
            400,
        ),
        (lambda c, p: c.ask("HEAD", "/uploads/0123"), 404),
        (lambda c, p: c.ask("PUT", p), 405),
        (lambda c, p: c.ask("GET", "/nothing"), 404),
        (lambda c, p: c.ask("GET", "/%2e%2e/_truth"), 404),
        (lambda c, p: c.ask("GET", "//[/feed"), 400),
        (lambda c, p: c.ask("POST", f"{p}/commit"), 409),
        (lambda c, p: c.ask("GET", "/feed", authorization="Bearer wrong"), 401),
        (lambda c, p: c.ask("GET", "/feed?limit=x"), 400),
        (lambda c, p: c.ask("POST", "/login", b"[]"), 400),
        (lambda c, p: c.ask("POST", "/login", b"[" * 50_000), 400),
        (lambda c, p: c.ask("POST", "/login", b'{"user": "../../etc"}'), 400),
        (lambda c, p: c.ask("POST", "/login", b"x" * 100_000), 413),
    ],
)
def test_refusals(ask: Ask, status: int) -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        answer = await ask(alice, await begun(alice))
        assert answer.status == status, answer
        assert [(r.received, r.state) for r in cloud.records] == [(0, "partial")]

    serving(test)


def test_another_accounts_upload_is_out_of_reach() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path, bob = await begun(alice), Client(cloud, "bob")
        assert (await bob.ask("HEAD", path)).status == 403
        assert (await bob.patch(path, 0, b"x")).status == 403
        assert (await bob.ask("DELETE", path)).status == 403
        assert (await Client(cloud).ask("HEAD", path)).status == 401

    serving(test)


def test_termination() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path = await begun(alice)
        await alice.patch(path, 0, b"abc")
        assert (await alice.ask("DELETE", path)).status == 204
        assert (await alice.ask("HEAD", path)).status == 410
        assert (await alice.patch(path, 3, b"d")).status == 410
        assert cloud.records[0].state == "terminated"

    serving(test)


def test_expiration() -> None:
    now = [1_000_000.0]

    async def body() -> None:
        cloud = Cloud(CloudBehaviour(expire_s=60), clock=lambda: now[0])
        await cloud.start()
        alice = Client(cloud, "alice")
        path = await begun(alice)
        head = await alice.ask("HEAD", path)
        assert head.headers["upload-expires"] == "Mon, 12 Jan 1970 13:47:40 GMT"
        now[0] += 61
        assert (await alice.ask("HEAD", path)).status == 410
        assert cloud.truth()[0]["state"] == "expired"
        await cloud.stop()

    run(body())


@pytest.mark.parametrize("name", ["sha1", "sha256", "md5"])
def test_checksums(name: str) -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path = await begun(alice)
        digest = base64.b64encode(hashlib.new(name, DATA).digest()).decode()
        wrong = await alice.patch(path, 0, DATA[:-1] + b"!", upload_checksum=f"{name} {digest}")
        assert (wrong.status, cloud.records[0].received) == (460, 0)
        right = await alice.patch(path, 0, DATA, upload_checksum=f"{name} {digest}")
        assert right.status == 204
        assert cloud.records[0].sha256 == hashlib.sha256(DATA).hexdigest()
        assert (await alice.patch(path, 0, b"", upload_checksum="crc9 AAAA")).status in (400, 409)

    serving(test)


async def cut_upload(cloud: Cloud, path: str, sent: int) -> None:
    """Send `sent` bytes of an upload and break the connection."""
    stream = await open_tcp(cloud.port)
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: cloud\r\nAuthorization: Bearer {cloud.token('alice')}\r\n"
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Upload-Offset: 0\r\nContent-Length: {len(DATA)}\r\n\r\n"
    )
    await stream.write(head.encode() + DATA[:sent])
    await until(lambda: cloud.records[0].received == sent)
    stream.abort()
    await until(lambda: cloud.records[0].writer is None or "cut" in states(cloud.records[0]))


def test_what_came_before_a_cut_is_kept_and_written_down() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path = await begun(alice)
        await cut_upload(cloud, path, 4096)
        (record,) = cloud.records
        assert (record.state, record.received) == ("partial", 4096)
        assert record.events[-1][1:] == ("cut", 4096)
        assert (await alice.ask("HEAD", path)).headers["upload-offset"] == "4096"
        assert (await alice.patch(path, 4096, DATA[4096:])).status == 204
        assert record.sha256 == hashlib.sha256(DATA).hexdigest()

    serving(test)


def test_a_second_transfer_takes_over_from_one_that_hangs() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path = await begun(alice)
        release = asyncio.Event()

        async def hanging() -> AsyncIterator[bytes]:
            yield DATA[:1000]
            await release.wait()
            yield DATA[1000:]

        first = asyncio.ensure_future(alice.patch(path, 0, hanging()))
        await until(lambda: cloud.records[0].received == 1000)
        assert (await alice.ask("HEAD", path)).headers["upload-offset"] == "1000"
        assert (await alice.patch(path, 1000, DATA[1000:])).status == 204
        release.set()
        assert (await first).status == 409
        assert cloud.records[0].sha256 == hashlib.sha256(DATA).hexdigest()

    serving(test)


# -- videos ----------------------------------------------------------------------------------
def test_a_committed_video_is_live_and_seen() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        video = await alice.publish(DATA, encode_metadata({"caption": "hi #dcAAAAAA"}))
        bob = Client(cloud, "bob")
        for client, target in ((alice, "/me/videos"), (bob, "/feed"), (bob, "/users/alice/videos")):
            (seen,) = (await client.json("GET", target))["videos"]
            assert (seen["id"], seen["caption"], seen["state"]) == (video, "hi #dcAAAAAA", "live")
        assert (await bob.json("GET", f"/videos/{video}"))["account"] == "alice"
        (record,) = cloud.records
        assert states(record)[-2:] == ["committing", "live"]
        assert (await alice.json("POST", f"/uploads/{record.upload_id}/commit"))["id"] == video
        assert (await alice.ask("DELETE", f"/uploads/{record.upload_id}")).status == 409

    serving(test)


@pytest.mark.parametrize("defect", [False, True])
def test_visibility(defect: bool) -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        video, bob = await alice.publish(DATA, encode_metadata(SECRET)), Client(cloud, "bob")
        expected = 200 if defect else 404
        assert (await bob.ask("GET", f"/videos/{video}")).status == expected
        assert len((await bob.json("GET", "/feed"))["videos"]) == int(defect)
        assert (await alice.ask("GET", f"/videos/{video}")).status == 200
        await alice.json("PATCH", f"/videos/{video}", {"visibility": "public", "caption": "open"})
        assert (await bob.json("GET", f"/videos/{video}"))["caption"] == "open"
        assert (await bob.ask("PATCH", f"/videos/{video}", b"{}")).status == 403
        assert (await alice.ask("PATCH", f"/videos/{video}", b'{"visibility": 3}')).status == 400
        assert (await alice.ask("PATCH", f"/videos/{video}", b'{"caption": 3}')).status == 400

    serving(test, CloudBehaviour(ignore_visibility=defect))


def test_deleting() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        video, bob = await alice.publish(DATA), Client(cloud, "bob")
        assert (await bob.ask("DELETE", f"/videos/{video}")).status == 403
        assert (await alice.ask("DELETE", f"/videos/{video}")).status == 204
        assert (await bob.ask("GET", f"/videos/{video}")).status == 404
        assert (await alice.ask("DELETE", f"/videos/{video}")).status == 404
        assert cloud.records[0].state == "deleted"

    serving(test)


def test_a_delete_that_only_hides() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        video, bob = await alice.publish(DATA), Client(cloud, "bob")
        assert (await alice.ask("DELETE", f"/videos/{video}")).status == 204
        assert (await alice.json("GET", "/me/videos"))["videos"] == []
        assert (await bob.ask("GET", f"/videos/{video}")).status == 200
        assert (cloud.records[0].state, cloud.records[0].hidden) == ("live", True)

    serving(test, CloudBehaviour(delete_hides_only=True))


def test_a_commit_takes_its_time_and_may_be_cancelled() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path = await alice.upload(DATA)
        answer = await alice.ask("POST", f"{path}/commit")
        video = json.loads(answer.body)["id"]
        assert (answer.status, json.loads(answer.body)["state"]) == (202, "processing")
        assert (await Client(cloud, "bob").ask("GET", f"/videos/{video}")).status == 404
        assert (await alice.ask("DELETE", path)).status == 204
        second = await alice.upload(DATA)
        await alice.ask("POST", f"{second}/commit")
        await until(lambda: cloud.records[1].state == "live")
        assert cloud.records[0].state == "terminated"
        created, live = (cloud.records[1].when(event) for event in ("committing", "live"))
        assert created is not None
        assert live is not None
        assert live - created >= 0.05

    serving(test, CloudBehaviour(commit_delay_s=0.05))


def test_a_commit_that_beats_the_cancel() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        path = await alice.upload(DATA)
        await alice.ask("POST", f"{path}/commit")
        assert (await alice.ask("DELETE", path)).status == 204
        await until(lambda: cloud.records[0].state == "live")
        assert "cancel_ignored" in states(cloud.records[0])

    serving(test, CloudBehaviour(commit_delay_s=0.05, commit_beats_cancel=True))


def test_a_cut_upload_that_goes_live() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        await cut_upload(cloud, await begun(alice), 5000)
        assert cloud.records[0].state == "live"
        assert len((await Client(cloud, "bob").json("GET", "/feed"))["videos"]) == 1

    serving(test, CloudBehaviour(live_on_partial=True))


def test_pages() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        made = [await alice.publish(b"v") for _ in range(5)]
        page = await alice.json("GET", "/feed?limit=2&offset=1")
        assert ([v["id"] for v in page["videos"]], page["total"]) == (made[::-1][1:3], 5)

    serving(test)


def test_accounts() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        answer = await Client(cloud).json("POST", "/login", {"user": "carol"})
        assert answer["token"] == cloud.token("carol") != cloud.token("alice")
        assert await Client(cloud, "carol").json("GET", "/me") == {"user": "carol"}
        cloud.store.sign_out("alice")
        assert (await alice.ask("GET", "/me")).status == 401

    serving(test)


# -- ground truth ----------------------------------------------------------------------------
def test_the_truth_is_for_the_holder_of_the_admin_token() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        await alice.publish(DATA)
        for headers in ({}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer wrong"}):
            assert (await Client(cloud).ask("GET", "/_truth", **headers)).status == 401
        assert (await alice.ask("GET", "/_truth")).status == 401
        answer = await Client(cloud).ask(
            "GET", "/_truth", authorization=f"Bearer {cloud.admin_token}"
        )
        (record,) = json.loads(answer.body)["records"]
        assert record == cloud.truth()[0]
        assert (record["state"], record["received"]) == ("live", len(DATA))
        assert record["sha256"] == hashlib.sha256(DATA).hexdigest()
        times = [event["time"] for event in record["events"]]
        assert times == sorted(times)

    serving(test)


# -- hostile input ---------------------------------------------------------------------------
@pytest.mark.parametrize("value", ["aGk²", "aGk=k", "\xff", "/w==", "===", "\ud800"])
def test_metadata_that_is_none_is_a_bad_request(value: str) -> None:
    with pytest.raises(HttpError) as caught:
        cloud_tus.parse_metadata(f"caption {value}")
    assert caught.value.status == 400


def test_memory_stays_bounded_under_a_large_video() -> None:
    size = 48 * 2**20

    async def zeros() -> AsyncIterator[bytes]:
        for _ in range(size // 65536):
            yield bytes(65536)

    async def test(cloud: Cloud, alice: Client) -> None:
        path = await begun(alice, size=size)
        tracemalloc.start()
        answer = await alice.patch(path, 0, zeros(), content_length=str(size))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (answer.status, cloud.records[0].received) == (204, size)
        assert peak < 4 * 2**20

    serving(test)


def test_more_than_was_announced_is_not_taken() -> None:
    async def much() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield bytes(65536)

    async def test(cloud: Cloud, alice: Client) -> None:
        path = await begun(alice, size=1000)
        assert (await alice.patch(path, 0, much())).status == 413
        assert cloud.records[0].received == 1000

    serving(test)


@pytest.mark.parametrize("raw", [b"\x00" * 4096, b"GET / HTTP/9.9\r\n\r\n", b"A" * 200_000])
def test_noise_does_not_hurt(raw: bytes) -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        stream = await open_tcp(cloud.port)
        try:
            await stream.write(raw)
            stream.close_write()
            while await stream.read():
                pass
        except ConnectionError:
            pass
        await stream.finish(1)
        assert (await alice.ask("GET", "/me")).status == 200

    serving(test)


def test_many_clients_at_a_time() -> None:
    async def test(cloud: Cloud, alice: Client) -> None:
        clients = [Client(cloud, f"user{number}") for number in range(20)]
        ids = await asyncio.gather(*(client.publish(DATA) for client in clients))
        assert len(set(ids)) == 20
        truth: list[dict[str, Any]] = cloud.truth()
        assert {record["sha256"] for record in truth} == {hashlib.sha256(DATA).hexdigest()}

    serving(test)


def test_stopping_breaks_what_hangs() -> None:
    async def body() -> None:
        cloud = Cloud()
        await cloud.start()
        stream = await open_tcp(cloud.port)
        await stream.write(b"GET /me HTTP/1.1\r\n")
        await cloud.stop()
        with pytest.raises(ConnectionRefusedError):
            await open_tcp(cloud.port)
        stream.abort()

    run(body())
