"""`reverse:`: sockets on the phone that lead to the host (adb_listeners.cpp, services.cpp)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from droidcancel.simulator.services.sockets import join
from droidcancel.simulator.streams import Listener, Stream

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.services import Service

FREE_PORTS = range(32768, 61000)  # Linux' net.ipv4.ip_local_port_range
LOCAL = ("tcp:", "localabstract:")
MAX_FORWARDS = 256


class ReverseError(Exception):
    """What the host is told after FAIL."""


@dataclass(frozen=True)
class Forward:
    """One socket on the phone (`listener`) and the address on the host it leads to."""

    listener: Listener
    remote: str


def opener(connection: Connection, request: str) -> Service:
    """Answer one request; the sockets it made live as long as the connection."""

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        try:
            answer = _answer(connection, request)
        except ReverseError as error:
            answer = b"FAIL" + _block(str(error))
        await stream.write(answer)

    return serve


def _block(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return f"{len(data):04x}".encode() + data


def _answer(connection: Connection, request: str) -> bytes:
    verb, _, rest = request.partition(":")
    handler = _VERBS.get(verb)
    if handler is None:
        raise ReverseError("not a reverse forwarding command")
    return handler(connection, rest)


def _list(connection: Connection, rest: str) -> bytes:
    """Unlike the others this answer has no OKAY before it."""
    name = f"host-{connection.number}" if connection.phone.options.api >= 29 else "(reverse)"
    lines = [f"{name} {local} {f.remote}\n" for local, f in connection.forwards.items()]
    return _block("".join(lines))


def _kill(connection: Connection, local: str) -> bytes:
    forward = connection.forwards.pop(local, None)
    if forward is None:
        raise ReverseError(f"listener '{local}' not found")
    forward.listener.close()
    return b"OKAY"


def _kill_all(connection: Connection, rest: str) -> bytes:
    for local in list(connection.forwards):
        _kill(connection, local)
    return b"OKAY"


def _forward(connection: Connection, rest: str) -> bytes:
    rebind = not rest.startswith("norebind:")
    local, semicolon, remote = rest.removeprefix("norebind:").partition(";")
    if not (semicolon and local and remote):
        raise ReverseError(f"bad forward: {rest}")
    if not local.startswith(LOCAL):
        raise ReverseError(f"cannot bind listener: unsupported address {local}")
    old = connection.forwards.get(local)
    if old is not None and not rebind:
        raise ReverseError(f"cannot rebind existing socket '{local}'")
    if old is None and len(connection.forwards) >= MAX_FORWARDS:
        raise ReverseError("cannot bind listener: Too many open files")
    if old is not None:
        old.listener.close()
    return _bind(connection, local, remote)


def _bind(connection: Connection, local: str, remote: str) -> bytes:
    answer = b"OKAY"
    if local == "tcp:0":
        local = f"tcp:{_free_port(connection)}"
        answer += _block(local[4:])

    async def to_host(peer: Stream) -> None:
        await join(await connection.open_to_host(remote), peer)

    try:
        listener = connection.phone.ports.listen(local, to_host)
    except OSError as error:
        raise ReverseError(f"cannot bind listener: {error.strerror}") from error
    connection.forwards[local] = Forward(listener, remote)
    return answer


def _free_port(connection: Connection) -> int:
    taken = set(connection.phone.ports.addresses())
    return next(port for port in FREE_PORTS if f"tcp:{port}" not in taken)


_VERBS: Mapping[str, Callable[[Connection, str], bytes]] = {
    "forward": _forward,
    "killforward": _kill,
    "killforward-all": _kill_all,
    "list-forward": _list,
}
