"""What an adb client, an app or a host sends to the virtual phone."""

from __future__ import annotations

import asyncio
import io
import json
import struct
import zipfile
from collections.abc import Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as some

from benchmarks.fuzz.grammar import JSON, NUMBERS, TEXT, as_json, damaged, encoded, lines
from benchmarks.fuzz.target import ROOT, Target
from droidcancel.simulator import axml
from droidcancel.simulator.apk import ApkError, read_apk
from droidcancel.simulator.auth import KEY_STRUCT, TOKEN_BYTES, PublicKey
from droidcancel.simulator.blob import Blob
from droidcancel.simulator.cloud import Cloud
from droidcancel.simulator.content_query import QueryError, select
from droidcancel.simulator.fs import FileSystem, make_tree
from droidcancel.simulator.http import Request, Response, serve
from droidcancel.simulator.mp4 import DURATION_MAX_MS, read_facts
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.services.sync import Session
from droidcancel.simulator.services.sync_records import REQUEST
from droidcancel.simulator.shell.arith import ArithError, evaluate
from droidcancel.simulator.shell.parser import Parser as ShellParser
from droidcancel.simulator.shell.syntax import Incomplete, SyntaxFault
from droidcancel.simulator.shell.userfiles import UserFiles
from droidcancel.simulator.streams import Stream, pipe
from droidcancel.simulator.uiautomator import METHODS, Server
from droidcancel.simulator.wire import (
    COMMANDS,
    HEADER,
    MAX_PAYLOAD,
    Banner,
    Packet,
    Parser,
    WireError,
    encode,
)

TEST_DATA = ROOT / "tests" / "simulator" / "data"
STORAGE = 64 << 20
SHELL_UID = 2000
PATIENCE_S = 10.0


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


# -- packets ---------------------------------------------------------------------------------------
def packets(data: bytes) -> None:
    """However the bytes are cut, they give the same packets, and no more is kept than one."""
    assert _cut(data, max(1, len(data))) == _cut(data, 11)
    banner = Banner.parse(data)
    assert Banner.parse(banner.encode()).features >= frozenset()


def _cut(data: bytes, step: int) -> list[Any]:
    parser = Parser()
    found: list[Any] = []
    try:
        for start in range(0, len(data), step):
            parser.receive(data[start : start + step])
            while isinstance(packet := parser.next_packet(), Packet):
                found.append(packet)
    except WireError:
        found.append(None)
    assert len(parser._buffer) <= max(len(data), MAX_PAYLOAD + HEADER.size)
    return found


def keys(data: bytes) -> None:
    """A public key, or none; a signature of anybody's is none of its."""
    found = PublicKey.parse(data)
    if found is not None:
        assert not found.verify(bytes(TOKEN_BYTES), data[:256].ljust(256, b"\0"))


_PACKETS = some.builds(
    lambda command, a, b, data: encode(Packet(command, a, b, data)),
    some.sampled_from(COMMANDS), some.integers(0, 2**32 - 1), some.integers(0, 2**32 - 1),
    some.binary(max_size=40),
)  # fmt: skip
_LYING = some.builds(
    lambda packet, length: packet[:12] + struct.pack("<I", length) + packet[16:],
    _PACKETS, some.sampled_from([0, 1, 24, MAX_PAYLOAD, MAX_PAYLOAD + 1, 2**31, 2**32 - 1]),
)  # fmt: skip


# -- the shell -------------------------------------------------------------------------------------
class _Names:
    """Variables of an expression."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {"x": "y+1", "y": "x"}

    def arith_get(self, name: str) -> str:
        return self.values.get(name, "")

    def arith_set(self, name: str, value: str) -> None:
        self.values[name] = value


def grammar(data: bytes) -> None:
    """A script is read line by line, as a shell reads its input; and as an expression."""
    text = data.decode("utf-8", "surrogateescape")
    parser = ShellParser(text, more=True)
    try:
        for _ in range(len(text) + 1):
            before = parser.pos
            parser.line_node()
            if parser.pos >= len(text):
                break
            parser.pos += parser.pos == before  # the line's own end
    except (SyntaxFault, Incomplete):
        pass
    try:
        assert -(2**31) <= evaluate(text[:400], _Names()) < 2**31
    except ArithError:
        return


def _script_words() -> tuple[bytes, ...]:
    names = ("fuzz_commands.txt", "fuzz_words.txt")
    return tuple(w for n in names for w in (TEST_DATA / n).read_bytes().splitlines() if w)


_SCRIPT = (TEST_DATA / "shell_snippets.sh").read_bytes()
_LINES = _SCRIPT.splitlines(keepends=True)
_SCRIPTS = tuple(b"".join(_LINES[at : at + 3]) for at in range(0, len(_LINES), 3))
_SHELL_WORDS = (
    b"$(", b"`", b"((", b"))", b"[[", b"]]", b"${x", b"<<E\n", b"|&", b";;", b"case x in ", b"esac",
    b"$'", b"\\\n", b"!", b"~", b"{a,b}", b"2>&1", b"function f {", b"@(a|b)",
)  # fmt: skip


# -- files -----------------------------------------------------------------------------------------
def sync(data: bytes) -> None:
    """Any session ends when the host has said all; nothing of the host is touched."""
    try:
        _end_of(data, _files.of_some())
    except Exception:
        _end_of(data, _files.fresh())  # what earlier sessions left may be the cause
        raise


def _end_of(data: bytes, files: FileSystem) -> None:
    _loop().run_until_complete(asyncio.wait_for(_session(data, files), PATIENCE_S))


class _Files:
    """A phone's files, made anew after some sessions: to make them takes ten times as long."""

    SESSIONS = 30

    def __init__(self) -> None:
        self._made: FileSystem | None = None
        self._left = 0

    def fresh(self) -> FileSystem:
        self._made = FileSystem(lambda: 0.0, STORAGE)
        make_tree(self._made, 34)
        self._left = self.SESSIONS
        return self._made

    def of_some(self) -> FileSystem:
        self._left -= 1
        return self._made if self._made is not None and self._left > 0 else self.fresh()


_files = _Files()


async def _session(data: bytes, files: FileSystem) -> None:
    near, far = pipe()
    session = Session(UserFiles(files, SHELL_UID, umask=0), far, 34)  # type: ignore[arg-type]
    serving = asyncio.ensure_future(session.run())
    reading = asyncio.ensure_future(_read_all(near))
    await near.write(data)
    near.close_write()
    await serving
    far.close()
    await reading


async def _read_all(stream: Stream) -> bytes:
    said = b""
    while part := await stream.read():
        said = (said + part)[-4096:]
    return said


def _request(name: bytes, path: bytes) -> bytes:
    return REQUEST.pack(name, len(path)) + path


_PUSH = (
    _request(b"SEND", b"/data/local/tmp/x,33188") + REQUEST.pack(b"DATA", 5) + b"hello"
    + REQUEST.pack(b"DONE", 1)
)  # fmt: skip
_SESSIONS = (
    _PUSH + _request(b"RECV", b"/data/local/tmp/x") + _request(b"QUIT", b""),
    _request(b"LIST", b"/sdcard") + _request(b"STA2", b"/") + _request(b"LIS2", b"/data"),
    _request(b"SND2", b"/data/local/tmp/y") + struct.pack("<4sII", b"SND2", 0o120777, 0),
)
_PATHS = some.sampled_from([
    b"/", b"/sdcard/../../etc/passwd", b"/data/local/tmp/" + b"d/" * 400, b"", b"\xff", b"/proc/self",  # noqa: E501
    b"/data/local/tmp/l",
])  # fmt: skip
_SYNC = some.one_of(
    some.builds(_request, some.sampled_from(
        [b"STAT", b"STA2", b"LST2", b"LIST", b"LIS2", b"RECV", b"QUIT", b"SEND", b"FOOO"]), _PATHS),
    some.builds(lambda name, length, rest: REQUEST.pack(name, length) + rest,
                some.sampled_from([b"SEND", b"DATA", b"DONE", b"RCV2"]),
                some.sampled_from([0, 1, 1025, 65536, 65537, 2**31, 2**32 - 1]),
                some.binary(max_size=20)),
    some.builds(lambda path, mode: _request(b"SEND", path + b"," + mode)
                + REQUEST.pack(b"DATA", 3) + b"abc" + REQUEST.pack(b"DONE", 9), _PATHS,
                some.sampled_from([b"33188", b"41471", b"9" * 900, b"-1", b"x"])),
)  # fmt: skip


def packages(data: bytes) -> None:
    """As an APK, as its manifest, and as a film."""
    blob = Blob()
    blob.append(data)
    for read in (lambda: read_apk(blob), lambda: axml.parse(data)):
        try:
            read()
        except (ApkError, axml.AxmlError):
            continue
    facts = read_facts(blob)
    assert facts is None or 0 <= facts.duration_ms <= DURATION_MAX_MS


def _zipped(manifest: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("AndroidManifest.xml", manifest)
        archive.writestr("META-INF/A.RSA", b"0" * 40)
    return out.getvalue()


def _chunk(kind: int, body: bytes) -> bytes:
    return struct.pack("<HHI", kind, 8, 8 + len(body)) + body


_AXML = _chunk(3, _chunk(1, struct.pack("<5I", 1, 0, 0x100, 32, 0) + struct.pack("<I", 0) + b"\x01\x01a\0")  # noqa: E501
               + struct.pack("<HHI", 0x0102, 16, 36) + bytes(28))  # fmt: skip
_MOVIE = struct.pack(">I4s", 116, b"moov") + struct.pack(">I4s", 108, b"mvhd") + bytes(100)


# -- services --------------------------------------------------------------------------------------
@cache
def _server() -> Server:
    phone = Phone(PhoneOptions(apps=(), storage_bytes=STORAGE))
    _loop().run_until_complete(phone.boot())
    return Server(phone)


def rpc(data: bytes) -> None:
    """uiautomator2's server answers any call with JSON; a wait may be broken off."""
    server = _server()
    try:
        answer = _loop().run_until_complete(asyncio.wait_for(server._rpc(data), 0.5))
    except (asyncio.TimeoutError, RecursionError):  # the one is answered with 500 by the server
        return
    assert isinstance(json.dumps(answer), str)


_SELECTOR = some.fixed_dictionaries(
    {"mask": some.sampled_from([0, 1, 2, 4, 8, 0x10, 0x1FFFFFF, -1]) | some.integers()},
    optional={
        name: JSON | TEXT | some.sampled_from(["(a+)+$", ".*", "[", "OK"])
        for name in ("text", "textMatches", "className", "resourceIdMatches", "instance", "index",
                     "childOrSibling", "childOrSiblingSelector")
    },
)  # fmt: skip
_CALL = some.builds(
    lambda method, params: as_json({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}),
    some.sampled_from(sorted(METHODS)),
    some.lists(_SELECTOR | JSON | some.integers(-5, 3000), max_size=5)
    | some.dictionaries(some.sampled_from(["timeout", "x", "y", "text"]), JSON, max_size=3),
)


@cache
def _cloud() -> Cloud:
    return Cloud()


def http(data: bytes) -> None:
    """The upload service answers what it understands, and closes on the rest."""
    _loop().run_until_complete(asyncio.wait_for(_exchange(data), PATIENCE_S))


async def _exchange(data: bytes) -> None:
    cloud = _cloud()
    crashes: list[str] = []

    async def answer(request: Request) -> Response:
        return await cloud._answer(request)

    near, far = pipe(4 << 20)
    serving = asyncio.ensure_future(serve(far, answer))
    reading = asyncio.ensure_future(_read_all(near))
    token = cloud.token("fuzz").encode()
    try:
        await near.write(data.replace(b"TOKEN", token))
    except BrokenPipeError:
        pass
    near.close_write()
    await serving
    said = await reading
    near.close()
    crashes += [said.decode("latin-1")] if b" 500 " in said.split(b"\r\n")[0] else []
    assert not crashes, crashes
    if len(cloud.store.records) > 500:
        _cloud.cache_clear()


_REQUESTS = (
    b"POST /uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nTus-Resumable: 1.0.0\r\n"
    b"Upload-Length: 5\r\nUpload-Metadata: caption aGk=\r\nContent-Length: 0\r\n\r\n",
    b"GET /feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    b"PATCH /videos/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n"
    b"Content-Length: 27\r\n\r\n{\"visibility\": \"only_me\"}  ",
    b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n0\r\n\r\n",  # noqa: E501
    b"HEAD /uploads/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    b"OPTIONS /uploads HTTP/1.1\r\nHost: x\r\n\r\n",
)  # fmt: skip
_HTTP_WORDS = (
    b"\r\n", b"\r\n\r\n", b"Content-Length: ", b"Transfer-Encoding: chunked", b"0\r\n\r\n", b"Upload-Offset: 0",  # noqa: E501
    b"Upload-Length: ", b"Upload-Metadata: ", b"PATCH ", b"DELETE ", b"/uploads/", b"//[", b"?a=%ff",  # noqa: E501
    b"Expect: 100-continue", b"ffffffffffffffff\r\n",
    *(n.encode() for n in NUMBERS if n),
)  # fmt: skip


def queries(data: bytes) -> None:
    """A condition and an order for a content provider."""
    where, _, sort = data.decode("utf-8", "surrogateescape").partition("\n")
    columns: dict[str, Sequence[str | int | float | None]] = {"_id": [1, 2], "name": ["a", "b"]}
    try:
        select(columns, None, where or None, sort or None)
    except QueryError:
        return


_SQL = (
    b"_id=1\nname DESC", b"name LIKE 'a%' AND _id IN (1,2)", b"1) UNION SELECT 1,2 --",
    b"(SELECT count(*) FROM t)>0", b"WITH RECURSIVE c(x) AS (SELECT 1) SELECT 1",
    b"name GLOB '*" + b"a*" * 40 + b"'", b"randomblob(1000000000)", b"'" + b"x" * 1500,
)  # fmt: skip

TARGETS = (
    Target("packets", packets,
           (encode(Packet(b"CNXN", 1, 2, b"host::features=shell_v2,cmd\0")),
            encode(Packet(b"WRTE", 1, 2, b"x" * 30)) * 3),
           (*COMMANDS, b"\xff\xff\xff\xff", b"features="),
           some.lists(_PACKETS | _LYING | some.binary(max_size=30), max_size=5).map(b"".join)),
    Target("keys", keys, (b"QAAAA" + b"A" * 694 + b" user@host",), (b"=", b" ", b"\0"),
           some.binary(min_size=KEY_STRUCT.size, max_size=KEY_STRUCT.size).map(
               lambda raw: __import__("base64").b64encode(raw) + b" a@b") | some.binary(max_size=99)),  # noqa: E501
    Target("grammar", grammar, _SCRIPTS, _SHELL_WORDS + _script_words(),
           damaged(_SCRIPTS) | lines(_SCRIPTS)
           | some.lists(some.sampled_from(_SHELL_WORDS + _script_words()), max_size=12).map(b" ".join),  # noqa: E501
           usual=1600),
    Target("sync", sync, _SESSIONS, (b"SEND", b"DATA", b"DONE", b"RECV", b"LIS2", b"SND2", b",33188"),  # noqa: E501
           some.lists(_SYNC, max_size=6).map(b"".join)),
    Target("packages", packages, (_zipped(_AXML), _AXML, _MOVIE), (b"PK\x01\x02", b"PK\x05\x06", b"moov",  # noqa: E501
           b"mvhd", b"trak", b"tkhd", b"\xff\xff\xff\xff", b"\x02\x01\x10\0"),
           damaged([_zipped(_AXML), _AXML, _MOVIE])),
    Target("rpc", rpc, (as_json({"jsonrpc": "2.0", "id": 1, "method": "exist",
                                 "params": [{"mask": 1, "text": "OK"}]}),),
           tuple(f'"{n}"'.encode() for n in sorted(METHODS)), _CALL),
    Target("http", http, _REQUESTS, _HTTP_WORDS, damaged(_REQUESTS)
           | some.lists(damaged(_REQUESTS), max_size=4).map(b"".join)),
    Target("queries", queries, _SQL, (b"SELECT ", b"UNION ", b"(", b")", b"--", b"ATTACH ", b"'", b'"'),  # noqa: E501
           damaged(_SQL) | some.lists(TEXT.map(encoded), max_size=4).map(b" ".join)),
)  # fmt: skip
