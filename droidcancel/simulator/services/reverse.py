"""`reverse:`: sockets on the phone that lead to the host (adb_listeners.cpp)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.services.sockets import join
from droidcancel.simulator.streams import Listener, Stream

if TYPE_CHECKING:
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.adbd import Connection
    from droidcancel.simulator.services import Service

FIRST_FREE_PORT = 30000
ALLOWED = ("tcp:", "localabstract:")


class ReverseError(Exception):
    """What the host is told after FAIL."""


def opener(connection: Connection, request: str) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        try:
            answer = _answer(connection, request)
        except ReverseError as error:
            answer = b"FAIL" + _block(str(error))
        await stream.write(answer)

    return serve


def _block(text: str) -> bytes:
    data = text.encode()
    return f"{len(data):04x}".encode() + data


def _answer(connection: Connection, request: str) -> bytes:
    verb, _, rest = request.partition(":")
    table = connection.reversed
    if verb == "list-forward":
        lines = "".join(f"host {local} {remote}\n" for local, (_, remote) in table.items())
        return b"OKAY" + _block(lines)
    if verb == "killforward-all":
        for listener, _ in list(table.values()):
            listener.close()
        table.clear()
        return b"OKAY"
    if verb == "killforward":
        entry = table.pop(rest, None)
        if entry is None:
            raise ReverseError(f"listener '{rest}' not found")
        entry[0].close()
        return b"OKAY"
    if verb == "forward":
        return _forward(connection, rest)
    raise ReverseError(f"unknown command: {verb}")


def _forward(connection: Connection, rest: str) -> bytes:
    norebind = rest.startswith("norebind:")
    local, semicolon, remote = rest.removeprefix("norebind:").partition(";")
    if not semicolon or not local.startswith(ALLOWED):
        raise ReverseError(f"bad forward: {rest}")
    table = connection.reversed
    if local in table and norebind:
        raise ReverseError(f"cannot rebind existing socket '{local}'")
    if local in table:
        table.pop(local)[0].close()
    answer = b"OKAY"
    if local == "tcp:0":
        local = f"tcp:{_free_port(connection)}"
        answer += _block(local[4:])
    try:
        listener: Listener = connection.phone.ports.listen(
            local, partial(_to_host, connection, remote)
        )
    except OSError as error:
        raise ReverseError(f"cannot bind listener: {error.strerror}") from error
    table[local] = (listener, remote)
    return answer


def _free_port(connection: Connection) -> int:
    taken = set(connection.phone.ports.addresses())
    return next(p for p in range(FIRST_FREE_PORT, 65536) if f"tcp:{p}" not in taken)


async def _to_host(connection: Connection, remote: str, peer: Stream) -> None:
    stream = await connection.open_to_host(remote)
    await join(stream, peer)
