"""The way to the cloud: shaping, cuts, firewall, Data Saver, counters."""

from __future__ import annotations

import asyncio
import errno
import itertools
import socket

import pytest

from droidcancel.simulator import http as sim_http
from droidcancel.simulator.netsocket import NetSocket
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.processes import (
    PROCESS_STATE_CACHED_EMPTY,
    PROCESS_STATE_FOREGROUND_SERVICE,
    PROCESS_STATE_TOP,
)
from droidcancel.simulator.shaper import MAX_QUANTUM, Shape
from tests.simulator.net import LEVELS, UID, network_phone, online, run, until

HOST = "sink.example"


class Sink:
    """A server that swallows bytes and counts them."""

    def __init__(self) -> None:
        self.received = 0
        self.broken = 0
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while data := await reader.read(65536):
                self.received += len(data)
        except ConnectionError:
            self.broken += 1
        finally:
            writer.close()

    async def start(self, phone: Phone) -> asyncio.Server:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        phone.network.add_host(HOST, server.sockets[0].getsockname()[1])
        return server


async def forever(stream: NetSocket) -> None:
    while True:
        await stream.write(bytes(32 * 1024))


@pytest.mark.parametrize("api", LEVELS)
def test_a_cut_is_sharp_on_every_level(api: int) -> None:
    async def body() -> None:
        phone, sink = network_phone(api=api, upload_bytes_per_s=4e6), Sink()
        async with await sink.start(phone):
            stream = await phone.network.connect(UID, HOST)
            writing = asyncio.ensure_future(forever(stream))
            await until(lambda: sink.received > 100_000)
            phone.connectivity.set_airplane(True)
            await until(lambda: phone.connectivity.active_network() is None)
            passed, counted = stream.sent_bytes, phone.netstats.tx(UID)
            with pytest.raises(ConnectionAbortedError) as caught:
                await writing
            assert caught.value.errno == errno.ECONNABORTED
            assert stream.sent_bytes == passed
            assert phone.netstats.tx(UID) == counted
            await until(lambda: sink.broken == 1)
            assert sink.received <= passed
            with pytest.raises(ConnectionAbortedError):
                await stream.read()
            with pytest.raises(OSError) as offline:
                await phone.network.connect(UID, HOST)
            assert offline.value.errno == errno.ENETUNREACH
        phone.network.reset()

    run(body())


def test_only_known_hosts_exist() -> None:
    async def body() -> None:
        phone, sink = network_phone(), Sink()
        async with await sink.start(phone):
            with pytest.raises(socket.gaierror):
                await phone.network.connect(UID, "example.com", 443)
            with pytest.raises(socket.gaierror):
                await phone.network.connect(UID, "127.0.0.1", 22)
            with pytest.raises(ConnectionRefusedError):
                await phone.network.connect(UID, HOST, 22)
            stream = await phone.network.connect(UID, HOST.upper(), 80)
            assert phone.network.sockets == {stream}
            stream.close()
            assert not phone.network.sockets
        with pytest.raises(ConnectionRefusedError):
            await phone.network.connect(UID, HOST)

    run(body())


@pytest.mark.parametrize("rate", [200_000, 2_000_000])
def test_bandwidth(rate: float) -> None:
    async def body() -> None:
        phone, sink = network_phone(upload_bytes_per_s=rate), Sink()
        async with await sink.start(phone):
            stream = await phone.network.connect(UID, HOST)
            start = asyncio.get_running_loop().time()
            await stream.write(bytes(int(rate * 0.4)))
            took = asyncio.get_running_loop().time() - start
            stream.close()
        assert 0.36 < took < 2

    run(body())


def test_bytes_pass_in_small_portions() -> None:
    async def body() -> None:
        phone, sink = network_phone(upload_bytes_per_s=1e6), Sink()
        async with await sink.start(phone):
            stream = await phone.network.connect(UID, HOST)
            writing = asyncio.ensure_future(stream.write(bytes(200_000)))
            seen = [0]
            while not writing.done():
                await asyncio.sleep(0)
                if stream.sent_bytes != seen[-1]:
                    seen.append(stream.sent_bytes)
            stream.close()
        steps = [after - before for before, after in itertools.pairwise(seen)]
        assert len(seen) > 15
        assert max(steps) <= 10_000

    run(body())


def test_the_link_changes_at_run_time_and_may_halt() -> None:
    async def body() -> None:
        phone, sink = network_phone(upload_bytes_per_s=50_000), Sink()
        async with await sink.start(phone):
            stream = await phone.network.connect(UID, HOST)
            writing = asyncio.ensure_future(stream.write(bytes(400_000)))
            await until(lambda: sink.received > 1000)
            assert phone.network.shape(up=0).up == 0
            await until(lambda: stream.sent_bytes == sink.received)
            halted = stream.sent_bytes
            phone.network.shape(up=8e6, delay=0.002)
            await writing
            assert halted < 100_000
            await until(lambda: sink.received == 400_000)
            stream.close()

    run(body())


def test_a_halted_link_lets_go_of_a_destroyed_socket() -> None:
    async def body() -> None:
        phone, sink = network_phone(), Sink()
        async with await sink.start(phone):
            stream = await phone.network.connect(UID, HOST)
            phone.network.shape(up=0)
            writing = asyncio.ensure_future(stream.write(b"x"))
            phone.connectivity.set_airplane(True)
            with pytest.raises(ConnectionAbortedError):
                await writing

    run(body())


@pytest.mark.parametrize("link", [(-1, 1, 0, 0), (1, 1, 0, 1), (1, 1, -1, 0)])
def test_what_is_no_link_is_refused(link: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="not a link"):
        Shape(*link)


def test_delay_is_paid_once_a_round_trip() -> None:
    async def body() -> None:
        async with online(delay_s=0.1) as (phone, cloud):
            loop = asyncio.get_running_loop()
            start = loop.time()
            stream = await phone.network.connect(UID, cloud.host)
            connected = loop.time()
            answer = await sim_http.request(stream, "OPTIONS", "/uploads", host=cloud.host)
            answered = loop.time()
            assert answer.status == 204
            assert 0.19 < connected - start < 0.39
            assert 0.19 < answered - connected < 0.39

    run(body())


def test_loss_costs_time_and_bytes() -> None:
    async def body() -> tuple[float, int]:
        phone, sink = network_phone(upload_bytes_per_s=2e6), Sink()
        async with await sink.start(phone):
            loop = asyncio.get_running_loop()
            stream = await phone.network.connect(UID, HOST)
            before, start = phone.netstats.tx(UID), loop.time()
            await stream.write(bytes(300_000))
            clean = loop.time() - start, phone.netstats.tx(UID) - before
            phone.network.shape(loss=0.1)
            before, start = phone.netstats.tx(UID), loop.time()
            await stream.write(bytes(300_000))
            lossy = loop.time() - start, phone.netstats.tx(UID) - before
            await until(lambda: sink.received == 600_000)
            stream.close()
        return lossy[0], lossy[1] - clean[1]

    seconds, resent = run(body())
    assert resent > 0.05 * 300_000
    assert seconds > (300_000 + resent * 0.9) / 2e6


@pytest.mark.parametrize("state", ["up", "down"])
def test_a_socket_stays_on_its_network(state: str) -> None:
    async def body() -> None:
        phone, sink = network_phone(), Sink()
        async with await sink.start(phone):
            phone.connectivity.set_wifi(False)
            await until(lambda: len(phone.connectivity.networks()) == 1)
            on_cell = await phone.network.connect(UID, HOST)
            phone.connectivity.set_wifi(True)
            await until(lambda: len(phone.connectivity.networks()) == 2)
            assert (await phone.network.connect(UID, HOST)).link.transport == "wifi"
            await on_cell.write(b"still here")
            if state == "down":
                phone.connectivity.set_data(False)
                await until(lambda: on_cell.closed)
                with pytest.raises(ConnectionAbortedError):
                    await on_cell.write(b"x")
            phone.network.reset()

    run(body())


def test_a_stalling_phone_goes_on_when_its_network_is_back() -> None:
    async def body() -> None:
        phone, sink = network_phone(on_network_loss="stall"), Sink()
        async with await sink.start(phone):
            stream = await phone.network.connect(UID, HOST)
            writing = asyncio.ensure_future(forever(stream))
            await until(lambda: sink.received > 10_000)
            phone.connectivity.set_airplane(True)
            await until(lambda: phone.connectivity.active_network() is None)
            passed = stream.sent_bytes
            await until(lambda: sink.received == passed)
            assert not writing.done()
            phone.connectivity.set_airplane(False)
            await until(lambda: phone.connectivity.active_network() is not None)
            assert stream.sent_bytes == passed
            await until(lambda: stream.sent_bytes > passed)
            writing.cancel()
            stream.close()

    run(body())


# -- the firewall chain ----------------------------------------------------------------------
@pytest.mark.parametrize(("api", "closes"), [(33, False), (34, True), (35, True), (36, True)])
def test_deny_then_enable(api: int, closes: bool) -> None:
    async def body() -> None:
        phone, sink = network_phone(api=api), Sink()
        async with await sink.start(phone):
            mine, other = [await phone.network.connect(uid, HOST) for uid in (UID, UID + 1)]
            phone.netpolicy.set_package_networking(UID, enabled=False)
            await mine.write(b"the chain is not enabled yet")
            phone.netpolicy.set_chain3(True)
            assert mine.closed is closes
            sent, counted = mine.sent_bytes, phone.netstats.tx(UID)
            writing = asyncio.ensure_future(mine.write(b"more"))
            await other.write(b"unharmed")
            with pytest.raises(PermissionError):
                await phone.network.connect(UID, HOST)
            assert (mine.sent_bytes, phone.netstats.tx(UID)) == (sent, counted)
            if closes:
                with pytest.raises(ConnectionAbortedError):
                    await writing
            else:
                assert not writing.done()
                phone.netpolicy.set_chain3(False)
                await writing
            phone.network.reset()

    run(body())


@pytest.mark.parametrize("api", [33, 36])
def test_denying_on_an_enabled_chain_only_drops(api: int) -> None:
    async def body() -> None:
        phone, sink = network_phone(api=api), Sink()
        async with await sink.start(phone):
            phone.netpolicy.set_chain3(True)
            stream = await phone.network.connect(UID, HOST)
            phone.netpolicy.set_package_networking(UID, enabled=False)
            assert not stream.closed
            writing = asyncio.ensure_future(stream.write(b"x"))
            done, _ = await asyncio.wait((writing,), timeout=0.05)
            assert not done
            phone.netpolicy.set_package_networking(UID, enabled=True)
            await writing
            stream.close()

    run(body())


def test_the_firewall_counts_apps_not_users_and_is_gone_after_a_reboot() -> None:
    phone = run(_denied())
    assert phone.netpolicy.denied(UID)
    assert phone.netpolicy.denied(UID + 10 * 100_000)
    assert not phone.netpolicy.denied(UID + 1)
    phone.netpolicy.reset()
    assert not phone.netpolicy.denied(UID)
    assert not phone.netpolicy.chain3_enabled


async def _denied() -> Phone:
    phone = network_phone()
    phone.netpolicy.set_package_networking(UID, enabled=False)
    phone.netpolicy.set_chain3(True)
    return phone


# -- Data Saver ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("importance", "metered", "policy", "blocked"),
    [
        (PROCESS_STATE_CACHED_EMPTY, True, 0, True),
        (PROCESS_STATE_CACHED_EMPTY, False, 0, False),
        (PROCESS_STATE_CACHED_EMPTY, True, 4, False),
        (PROCESS_STATE_TOP, True, 0, False),
        (PROCESS_STATE_FOREGROUND_SERVICE, True, 0, False),
    ],
)
def test_data_saver_stops_background_traffic_on_metered_networks_only(
    importance: int, metered: bool, policy: int, blocked: bool
) -> None:
    async def body() -> None:
        phone, sink = network_phone(), Sink()
        async with await sink.start(phone):
            process = phone.processes.start("app", uid=UID)
            process.state = importance
            stream = await phone.network.connect(UID, HOST)
            phone.netpolicy.set_metered("AndroidWifi", metered or None)
            phone.netpolicy.set_uid_policy(UID, policy)
            phone.netpolicy.set_restrict_background(True)
            writing = asyncio.ensure_future(stream.write(b"x"))
            done, _ = await asyncio.wait((writing,), timeout=0.05)
            assert bool(done) is not blocked
            process.state = PROCESS_STATE_TOP
            await writing
            stream.close()

    run(body())


def test_a_uid_policy_rejects_without_data_saver() -> None:
    async def body() -> None:
        phone = network_phone()
        phone.processes.start("app", uid=UID)
        phone.netpolicy.set_uid_policy(UID, 1)
        assert phone.netpolicy.restricted(UID, metered=True)
        assert not phone.netpolicy.restricted(UID, metered=False)
        assert phone.netpolicy.uids(1) == [UID]
        phone.netpolicy.set_uid_policy(UID, 0)
        assert not phone.netpolicy.restricted(UID, metered=True)

    run(body())


# -- counters --------------------------------------------------------------------------------
def test_counters_are_of_ip_level_bytes_and_cumulative() -> None:
    async def body() -> None:
        phone, sink = network_phone(upload_bytes_per_s=2e7), Sink()
        async with await sink.start(phone):
            for _ in range(2):
                stream = await phone.network.connect(UID, HOST)
                await stream.write(bytes(140_000))
                stream.close()
        stats = phone.netstats
        overhead = stats.tx(UID) - 280_000
        assert 2 * 100 * 40 <= overhead <= 2 * 140 * 40
        assert 0 < stats.rx(UID) < 10_000
        assert stats.tx(UID + 1) == 0
        assert stats.by_interface["wlan0"].tx_bytes == stats.tx(UID)

    run(body())


def test_history_moves_at_a_poll_only() -> None:
    async def body() -> None:
        phone, sink = network_phone(upload_bytes_per_s=2e7), Sink()
        async with await sink.start(phone):
            stream = await phone.network.connect(UID, HOST)
            await stream.write(bytes(50_000))
            stats = phone.netstats
            assert not stats.history
            assert stats.pending_bytes > 50_000
            stats.poll()
            assert stats.pending_bytes == 0
            ((key, buckets),) = stats.history.items()
            assert (key.uid, key.transport, key.kind) == (UID, "wifi", "DEFAULT")
            assert sum(bucket.tx_bytes for bucket in buckets.values()) == stats.tx(UID)
            stats.reset()
            assert stats.tx(UID) == 0
            assert stats.history
            stats.forget(UID)
            assert not stats.history
            stream.close()

    run(body())


def test_a_dead_process_leaves_no_socket() -> None:
    async def body() -> None:
        phone, sink = network_phone(), Sink()
        async with await sink.start(phone):
            first, second = (phone.processes.start("app", uid=UID) for _ in range(2))
            stream = await phone.network.connect(UID, HOST)
            phone.processes.end(first)
            assert not stream.closed
            phone.processes.end(second)
            assert stream.closed
            assert not phone.network.sockets

    run(body())


def test_two_connections_share_the_link() -> None:
    async def body() -> None:
        phone, sink = network_phone(upload_bytes_per_s=1e6), Sink()
        async with await sink.start(phone):
            one, two = [await phone.network.connect(UID, HOST) for _ in range(2)]
            start = asyncio.get_running_loop().time()
            await asyncio.gather(one.write(bytes(150_000)), two.write(bytes(150_000)))
            took = asyncio.get_running_loop().time() - start
            assert 0.27 < took < 1.5
            assert max(one.sent_bytes, two.sent_bytes) == 150_000
            phone.network.reset()

    run(body())


def test_portions_are_bounded() -> None:
    phone = run(_denied())
    phone.network.shape(up=1e12)
    assert phone.network.shaper.up.quantum() == MAX_QUANTUM
