"""A phone that lies, and journals that others wrote: no crash, one error, the rest undone."""

from __future__ import annotations

import base64
import contextlib
import errno
import io
import json
import os
import re
import shlex
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from http.client import BadStatusLine
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from droidcancel.apps.dumps import free_path, name_for, read_dump
from droidcancel.apps.profile import AppProfile
from droidcancel.cli.options import print_json
from droidcancel.device import Device, connect
from droidcancel.device.bounded import BoundedSocket
from droidcancel.device.hierarchy import MAX_DEPTH, MAX_TEXT, Hierarchy
from droidcancel.device.shell import quoted
from droidcancel.device.shell_line import Line
from droidcancel.device.shell_stream import RunningCommand
from droidcancel.device.shell_v2 import Framed
from droidcancel.device.ui import _mended, _picture
from droidcancel.errors import (
    MAX_MESSAGE,
    DeviceError,
    DroidCancelError,
    ParseError,
    RestoreError,
    UiError,
    UsageError,
)
from droidcancel.journal import Journal
from droidcancel.journal_file import RecordFile, journal_path, state_dir
from droidcancel.simulator import Simulator
from droidcancel.simulator.uiautomator import METHODS
from tests.device.test_samples import DATA, SAMPLES, parser_of

HOSTILE_WORDS = [
    "$(touch /sdcard/pwned)", "`touch /sdcard/pwned`", "a; touch /sdcard/pwned", "-rf", "--help",
    "a\ntouch /sdcard/pwned", "a'b\"c", "a\\", "*", "~", "${HOME}", "a && touch /sdcard/pwned", "",
    "\U0001f4a5", "\u202eevil", "a|b", ">/sdcard/pwned", "#x", "!x", "{a,b}", "\t", "\r", "é\udcff",
]  # fmt: skip
CLIPS = "org.droidcancel.clips"


@pytest.fixture(scope="module")
def lab(adb_server: int) -> Iterator[tuple[Simulator, Device]]:
    from droidcancel.simulator import PhoneOptions
    from tests.conftest import wait_listed

    with Simulator(PhoneOptions(apps=()), emulator_port=False, adb_server=adb_server) as phone:
        wait_listed(phone.serial)
        device = connect(phone.serial)
        yield phone, device
        device.close()
        phone.withdraw(adb_server)


# -- words --------------------------------------------------------------------------------------
def test_every_word_arrives_as_it_is(lab: tuple[Simulator, Device]) -> None:
    phone, device = lab
    for word in HOSTILE_WORDS:
        said = device.shell.run(["printf", "%s|", "x", word]).stdout
        assert said == b"x|" + word.encode("utf-8", "surrogateescape") + b"|"
    assert not phone.call(lambda: phone.phone.fs.exists("/sdcard/pwned"))


@settings(max_examples=50, deadline=None)
@given(some.lists(some.text(some.characters(exclude_characters="\0"), max_size=12), max_size=4))
def test_any_words_arrive_as_they_are(lab: tuple[Simulator, Device], words: list[str]) -> None:
    try:
        expected = b"".join(word.encode("utf-8", "surrogateescape") + b"|" for word in words)
    except UnicodeEncodeError:
        return
    said = lab[1].shell.run(["printf", "%s|", "x", *words]).stdout
    assert said == b"x|" + expected
    assert shlex.split(quoted(["x", *words])) == ["x", *words]


def test_package_names_settings_and_files_are_words(lab: tuple[Simulator, Device]) -> None:
    phone, device = lab
    looks: list[Callable[[str], object]] = [
        device.packages.info, device.packages.pids, device.packages.force_stop,
        device.packages.launcher, device.jobs.pending, device.activities.tasks_of,
        device.app_network.allowed, device.data_saver.metered, device.media.path_of,
        lambda word: device.settings.put("global", "dc_test", word),
        lambda word: device.settings.get("global", word),
        lambda word: device.activities.share(f"content://x/{word}", "video/mp4", word),
    ]  # fmt: skip
    for word in HOSTILE_WORDS:
        for look in looks:
            with contextlib.suppress(DroidCancelError):
                look(word)
    assert not phone.call(lambda: phone.phone.fs.exists("/sdcard/pwned"))


@pytest.mark.parametrize(
    "name", ["a b'c\"$(id).mp4", "-rf.mp4", "é\u202e\U0001f4a5;id.mp4", "a\nb.mp4"]
)
def test_a_video_of_any_name_is_pushed_under_a_plain_one(
    name: str, lab: tuple[Simulator, Device], tmp_path: Path
) -> None:
    video = tmp_path / name
    video.write_bytes(bytes(range(256)))
    item = lab[1].media.push(video)
    assert item.size == 256
    assert set(item.path.rpartition("/")[2]) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
    )
    lab[1].media.delete(item)


# -- lies ---------------------------------------------------------------------------------------
GARBAGE = [
    b"", b"\n", b"\xff\xfe\0garbage\n" * 3, b"null\n", b"-1\n", b"9" * 5000 + b"\n",
    b"x\n" * 50_000, b"[]{}<>%s%d$(id)\n", b"Physical size: axb\n",
    b"Row: 0 _id=abc, _data=, _size=\n",
    b"ResumedActivity: ActivityRecord{\nTask{1 #999999999999999999999\n",
    b"versionCode=x\nuserId=\n",
    b"  uid=1000 tag=0x0 rxBytes=abc txBytes=-5\n", b"Filesystem 1K-blocks\n/data a b c\n",
]  # fmt: skip


def looks(device: Device) -> Mapping[str, Callable[[], object]]:
    return {
        "network": device.network.state,
        "wifi": lambda: device.network.set_wifi(True),
        "package": lambda: device.packages.info(CLIPS),
        "pids": lambda: device.packages.pids(CLIPS),
        "services": lambda: device.packages.foreground_services(CLIPS),
        "launcher": lambda: device.packages.launcher(CLIPS),
        "foreground": device.activities.foreground,
        "recents": device.activities.recents,
        "free": device.media.free_bytes,
        "find": lambda: device.media.find("x.mp4"),
        "bytes": lambda: device.traffic.tx_bytes(10_100),
        "jobs": lambda: device.jobs.pending(CLIPS),
        "setting": lambda: device.settings.get("global", "x"),
        "size": device.ui.size,
        "app network": lambda: device.app_network.allowed(CLIPS),
        "metered": lambda: device.data_saver.metered("x"),
    }


COMMANDS = [
    "cmd",
    "settings",
    "dumpsys",
    "content",
    "pm",
    "wm",
    "df",
    "pidof",
    "cat",
    "grep",
    "echo",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_lies_is_an_answer_or_a_clear_error(
    command: str, lab: tuple[Simulator, Device]
) -> None:
    phone, device = lab
    table = phone.call(lambda: phone.phone.shell.commands)
    errors: list[DroidCancelError] = []
    for garbage, status in [(text, 0) for text in GARBAGE] + [(b"x\n", 1), (b"", 255)]:

        async def lie(invocation: Any, garbage: bytes = garbage, status: int = status) -> int:
            await invocation.stdout.write(garbage)
            return status

        phone.call(lambda lie=lie: table.add(command, lie))
        try:
            for look in looks(device).values():
                try:
                    look()
                except DroidCancelError as error:
                    errors.append(error)
        finally:
            phone.call(lambda: table.remove(command))
    assert {error.exit_code for error in errors} <= {2, 3}
    assert max((len(error.message) for error in errors), default=0) < 2000


@pytest.mark.parametrize(
    "answer", [b"$? garbage", b"9" * 5000, b"1 2", b"0x10", b"\xff", b"--", b"--5"]
)
def test_an_exit_status_that_is_none_is_a_device_error(answer: bytes) -> None:
    framed = Framed(b"dc-1")
    with pytest.raises(DeviceError):
        framed.feed(b"output dc-1 " + answer + b"\n")


@settings(max_examples=100, deadline=None)
@given(some.lists(some.one_of(some.binary(max_size=9), some.just(b"dc-1"), some.just(b"\n"))))
def test_any_answer_is_read_or_refused(parts: list[bytes]) -> None:
    framed = Framed(b"dc-1")
    try:
        for part in parts:
            framed.feed(part)
    except DeviceError:
        return


def _bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("make", [lambda: b"", lambda: b"GIF89a", lambda: os.urandom(99), _bomb])
def test_a_picture_that_is_none_is_an_error_of_the_screen(make: Callable[[], bytes]) -> None:
    with pytest.raises(UiError):
        _picture(base64.b64encode(make()))


def test_a_picture_may_be_large_and_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    Image.new("1", (200, 100)).save(out, "PNG")
    assert _picture(base64.b64encode(out.getvalue())).size == (200, 100)
    monkeypatch.setattr("droidcancel.device.ui.MAX_PIXELS", 19_999)
    with pytest.raises(UiError, match="200 x 100 pixels"):
        _picture(base64.b64encode(out.getvalue()))


ANSWERS: list[Any] = [None, 1, True, [], {}, {"a": [None]}, "", "\ud800", "<x/>", ["x"] * 3, 1e308]


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_a_screen_server_that_lies_is_an_answer_or_an_error(
    answer: Any, lab: tuple[Simulator, Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lie(*_: Any, **__: Any) -> Any:
        return answer

    _, device = lab
    for name in ("dumpWindowHierarchy", "takeScreenshot", "getLastToast", "click", "getClipboard"):
        monkeypatch.setitem(METHODS, name, lie)
    asked: list[Callable[[], object]] = [
        device.ui.dump, device.ui.last_toast, lambda: device.ui.tap(1, 1),
    ]  # fmt: skip
    for ask in asked:
        with contextlib.suppress(UiError):
            ask()


@pytest.mark.parametrize("error", ["x", None, [], {"message": None}, {"code": {}, "data": 5}])
def test_a_screen_server_whose_errors_are_none_is_an_error(error: Any) -> None:
    def answers(*_: Any) -> Any:
        from uiautomator2 import core

        def say(*_: Any, **__: Any) -> core.HTTPResponse:
            return core.HTTPResponse(json.dumps({"error": error}).encode())

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(core, "_http_request", say)
            return core._jsonrpc_call(None, 1, "x", [], 1.0, False)

    with pytest.raises(UiError), _mended("x"):
        answers()


@pytest.mark.parametrize("error", [RecursionError(), BadStatusLine("x"), KeyError("result")])
def test_whatever_a_screen_server_makes_of_its_client_is_one_error(error: Exception) -> None:
    with pytest.raises(UiError), _mended("x"):
        raise error


def test_an_answer_without_an_end_is_broken_off() -> None:
    near, far = socket.socketpair()
    with far, BoundedSocket(near, most=1000) as bounded:
        far.sendall(b"x" * 1001)
        assert bounded.recv(500) == b"x" * 500
        with pytest.raises(OSError, match="too long"), bounded.makefile("rb") as file:
            file.read()  # as http.client reads
    near, far = socket.socketpair()
    with far, BoundedSocket(near, seconds=0) as bounded:
        far.sendall(b"x")
        with pytest.raises(TimeoutError):
            bounded.recv(1)


def test_uiautomator2_keeps_no_output_without_an_end(lab: tuple[Simulator, Device]) -> None:
    handle = lab[1].handle
    with pytest.raises(DeviceError, match="more than"):
        handle.shell("yes")
    assert handle.shell(["echo", "a b", "$(id)"]) == "a b $(id)"
    endless = handle.shell("yes", stream=True)
    endless._left = 10
    assert endless.conn.recv(100) == b"y\n" * 5
    closing = threading.Timer(0.2, lambda: endless._connection.conn.shutdown(socket.SHUT_RDWR))
    closing.start()
    with contextlib.suppress(OSError):
        assert endless.recv(100) == b""
    closing.join()
    endless.close()


@pytest.mark.parametrize("said", [b"x\n", b"-1\n", b"9" * 50 + b"\n", b"y" * (3 << 20)])
def test_a_process_id_that_is_none_is_a_device_error(said: bytes) -> None:
    near, far = socket.socketpair()
    line = Line(cast("Any", SimpleNamespace(conn=near, close=near.close)), v2=False)

    def answer() -> None:
        far.recv(100)
        with contextlib.suppress(OSError):  # nobody reads it all
            far.sendall(said)

    answering = threading.Thread(target=answer)
    answering.start()
    with pytest.raises(DeviceError, match="where a process id belongs"):
        RunningCommand(line, "x", "x", 10.0)
    near.close()
    far.close()
    answering.join()


# -- parsers ------------------------------------------------------------------------------------
@pytest.mark.parametrize("digits", ["9" * 5000, "²5", "٣", "9" * 400])
def test_numbers_that_are_none_or_endless_are_read_or_refused(digits: str) -> None:
    for sample in SAMPLES:
        text = (DATA / sample["file"]).read_text(encoding="utf-8")
        for number in sorted(set(re.findall(r"\d+", text)))[:25]:
            with contextlib.suppress(ParseError):
                parser_of(sample["parser"])(
                    text.replace(number, digits, 3), *sample.get("args", [])
                )


# -- dumps of the screen ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE h [<!ENTITY a "&#120;"><!ENTITY b "&a;&a;">]>'
        '<hierarchy><node text="&b;"/></hierarchy>',
        '<!DOCTYPE h SYSTEM "file:///etc/passwd"><hierarchy/>',
        "<hierarchy>" + "<node>" * (MAX_DEPTH + 5) + "</node>" * (MAX_DEPTH + 5) + "</hierarchy>",
        "<hierarchy>" + "<node/>" * 250_000 + "</hierarchy>",
        "<hierarchy>" + "<node/>" * 4_000_000 + "</hierarchy>",
        "<hierarchy><node " + " ".join(f"a{n}=''" for n in range(2_100_000)) + "/></hierarchy>",
        "<hierarchy text='" + "x" * (33 << 20) + "'/>",
        "<hierarchy>",
        "",
        "\0",
        "<other/>",
        "<hierarchy><node text='&undefined;'/></hierarchy>",
    ],
)
def test_hostile_dumps_are_refused(xml: str) -> None:
    with pytest.raises(UiError):
        Hierarchy.parse(xml)


def test_a_hundred_thousand_nodes_are_read() -> None:
    xml = '<hierarchy rotation="9z">' + "<node text='\0&#0;&#xD800;x' bounds='[a'/>" * 100_000
    nodes = Hierarchy.parse(xml + "</hierarchy>").nodes()
    assert len(nodes) == 100_000
    assert nodes[0].text == "x"


@pytest.mark.parametrize("rotation", ["²", "9" * 5000, "-1", "x", "٣"])
def test_what_a_dump_says_is_no_longer_than_a_phone_can_say_it(rotation: str) -> None:
    box = "[" + "9" * 5000 + ",0][1,1]"
    text = "x" * (MAX_TEXT + 5)
    tree = Hierarchy.parse(
        f"<hierarchy rotation='{rotation}'><node text='{text}' bounds='{box}'/></hierarchy>"
    )
    assert tree.rotation == 0
    assert tree.nodes()[0].text == "x" * MAX_TEXT
    assert tree.nodes()[0].bounds.empty


def test_an_error_is_no_longer_than_it_is_read() -> None:
    assert len(UiError("x" * 10**6).message) <= MAX_MESSAGE + 1


# -- names of files -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "serial", ["../../x", "/etc/passwd", "..", ".", "", "a/b", "\U0001f4a5" * 130, "x" * 4000, "\0"]
)
def test_a_serial_is_one_file_of_the_state_folder(serial: str) -> None:
    path = journal_path(serial)
    assert path.parent.resolve() == state_dir().resolve()
    assert len(path.name.encode()) < 255
    path.write_text("x")
    path.unlink()
    assert path != journal_path(serial + "y")


@pytest.mark.parametrize("word", ["../../x", "/x", "..", "\0", "x" * 5000, "\U0001f4a5", "a\nb"])
def test_a_dump_is_one_file_of_its_folder(word: str, tmp_path: Path) -> None:
    look = AppProfile.load("clips").look(Hierarchy.parse("<hierarchy/>"), word, word)
    path = free_path(tmp_path, name_for(look, word))
    assert path.parent == tmp_path
    path.write_text("<hierarchy/>")
    assert read_dump(path).nodes() == []
    with pytest.raises(UsageError, match="too many to read"):
        read_dump(Path("/dev/zero"))


# -- journals -----------------------------------------------------------------------------------
class Table:
    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}

    def get(self, namespace: str, key: str) -> str | None:
        return self.values.get((namespace, key))

    def restore(self, namespace: str, key: str, value: str | None) -> None:
        self.values[namespace, key] = value or ""


class Phone:
    serial, boot_id = "serial-1", "boot-1"

    def __init__(self) -> None:
        self.settings = Table()


LINE: dict[str, Any] = {
    "v": 1, "id": "1", "serial": "serial-1", "boot_id": "b", "what": "x", "before": "0", "set": "1",
    "undo": {"kind": "setting", "args": {"namespace": "system", "key": "a"}},
}  # fmt: skip
JUNK = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.text(max_size=5)),
    lambda inner: some.one_of(some.lists(inner, max_size=2),
                              some.dictionaries(some.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(["v", "id", "before", "set", "undo", "t", "args", "kind"]), JUNK)
def test_any_record_is_undone_or_left_and_the_others_are_undone(
    tmp_path_factory: pytest.TempPathFactory, key: str, junk: Any
) -> None:
    line = json.loads(json.dumps(LINE))
    (line["undo"] if key in ("args", "kind") else line)[key] = junk
    good = {**LINE, "id": "good", "undo": {**LINE["undo"], "args": {"namespace": "n", "key": "k"}}}
    file = tmp_path_factory.mktemp("journal") / "j"
    file.write_text(json.dumps(good) + "\n" + json.dumps(line) + "\n" + '{"torn": ')
    phone = Phone()
    phone.settings.values["n", "k"] = "1"
    if key == "v" and isinstance(junk, int) and junk > 1:
        with pytest.raises(RestoreError, match="newer droidcancel"):
            Journal(file).restore(cast("Device", phone))
        return
    restored = Journal(file).restore(cast("Device", phone))
    assert phone.settings.values["n", "k"] == "0"
    assert [item.ok for item in restored if item.id == "good"] in ([True], [])


def test_noise_in_a_journal_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "j"
    deep = b"[" * 200_000
    file.write_bytes(b"\n".join([os.urandom(200), deep, b"5", b"null", json.dumps(LINE).encode()]))
    assert [record.id for record in RecordFile(file).open_records()] == ["1"]


def test_a_full_disk_does_not_keep_the_phone_from_being_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "j"
    second = {
        **LINE,
        "id": "2",
        "undo": {"kind": "setting", "args": {"namespace": "n", "key": "k"}},
    }
    file.write_text(json.dumps(LINE) + "\n" + json.dumps(second) + "\n")
    phone = Phone()
    phone.settings.values |= {("system", "a"): "1", ("n", "k"): "1"}

    def full(descriptor: int, line: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(RecordFile, "_write", staticmethod(full))
    restored = Journal(file).restore(cast("Device", phone))
    assert [item.ok for item in restored] == [True, True]
    assert "No space left on device" in restored[0].detail
    assert set(phone.settings.values.values()) == {"0"}


def test_how_to_mend_by_hand_may_be_pasted(tmp_path: Path) -> None:
    hostile = "'; touch pwned #"
    line = {**LINE, "before": hostile, "undo": {"kind": "setting", "args": {"key": "$(id)"}}}
    file = tmp_path / "j"
    file.write_text(json.dumps(line) + "\n")
    (item,) = Journal(file).restore(cast("Device", Phone()))
    command = item.detail.partition("by hand: ")[2]
    on_the_phone = shlex.split(" ".join(shlex.split(command)[2:]))
    assert on_the_phone == ["settings", "put", "None", "$(id)", hostile]


@pytest.mark.parametrize("text", ["\udcff", "\U0001f4a5\u202e", "\0\n\x1b[31m"])
def test_any_text_stands_in_the_journal_and_in_json(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = RecordFile(tmp_path / "j")
    file.append({**LINE, "before": text})
    file.compact()
    assert file.path.stat().st_mode & 0o077 == 0
    assert [record.before for record in file.open_records()] == [text]
    print_json({"caption": text})
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert json.loads(line) == {"caption": text}
