"""The services behind adb's commands, used by adbutils and by the adb binaries."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbutils
import pytest

from droidcancel.simulator import Simulator
from droidcancel.simulator.shell.registry import Invocation
from tests.conftest import MakePhone, run_adb, wait_listed, wait_until, wheel_adb

ADBS = {"wheel": wheel_adb()} | ({"system": path} if (path := shutil.which("adb")) else {})


@pytest.fixture(scope="module")
def phone(adb_server: int) -> Iterator[Simulator]:
    from droidcancel.simulator import PhoneOptions

    with Simulator(PhoneOptions(apps=()), emulator_port=False, adb_server=adb_server) as phone:
        wait_listed(phone.serial)
        yield phone
        phone.withdraw(adb_server)


@pytest.fixture
def device(phone: Simulator, adb_server: int) -> adbutils.AdbDevice:
    return adbutils.AdbClient(host="127.0.0.1", port=adb_server).device(phone.serial)


def adb(phone: Simulator, *words: str, **more: Any) -> Any:
    return run_adb("-s", phone.serial, *words, **more)


# -- shell ---------------------------------------------------------------------------------
def test_adbutils_runs_commands(device: adbutils.AdbDevice) -> None:
    assert device.shell("echo one; echo two >&2") == "one\ntwo"
    done = device.shell2("echo out; echo err >&2; exit 9", v2=True)
    assert (done.returncode, done.stdout, done.stderr) == (9, "out\n", "err\n")
    assert device.shell2("(exit 3)").returncode == 3
    assert device.prop.model == "Simulated Phone"
    assert device.get_state() == "device"
    assert "shell_v2" in device.get_features()


def test_adbutils_streams_a_shell(device: adbutils.AdbDevice) -> None:
    stream = device.shell("read x; echo got $x", stream=True)
    stream.send(b"word\n")
    assert stream.read_until_close().strip() == "got word"
    stream.close()


@pytest.mark.parametrize(("api", "end"), [(23, b"\r\n"), (24, b"\n"), (34, b"\n")])
def test_line_ends_by_release(make_phone: MakePhone, api: int, end: bytes) -> None:
    phone = make_phone(api=api)
    assert adb(phone, "exec-out", "echo raw").stdout == b"raw\n"
    # -x asks for no shell protocol: what clients without it get
    assert adb(phone, "shell", "-x", "echo a; echo b").stdout == b"a" + end + b"b" + end


def test_the_terminal_is_the_one_asked_for(phone: Simulator) -> None:
    said = adb(phone, "shell", "-tt", "echo $TERM; [ -t 0 ] && echo tty", env=term("vt220"))
    assert said.stdout == b"vt220\r\ntty\r\n"
    assert adb(phone, "shell", "[ -t 0 ] || echo none").stdout == b"none\n"


def term(name: str) -> dict[str, str]:
    return {**os.environ, "TERM": name}


@pytest.mark.parametrize("binary", ADBS.values(), ids=ADBS)
def test_exec_in_loses_nothing(phone: Simulator, tmp_path: Path, binary: str) -> None:
    data = os.urandom(3_000_001)
    source = tmp_path / "in"
    source.write_bytes(data)
    path = f"/data/local/tmp/in-{Path(binary).parent.name}"
    with source.open("rb") as stdin:
        adb(phone, "exec-in", f"cat > {path}", stdin=stdin, adb=binary)
    wait_until(lambda: phone.call(lambda: phone.phone.fs.stat(path).size) == len(data))
    assert phone.call(lambda: phone.phone.fs.read(path)) == data


def test_stdin_reaches_a_command_to_the_last_byte(phone: Simulator) -> None:
    data = os.urandom(2_000_000)
    done = adb(phone, "shell", "cat", input=data)
    assert done.stdout == data


def test_both_outputs_may_be_large(phone: Simulator) -> None:
    script = "head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2; exit 5"
    done = adb(phone, "shell", script)
    assert (len(done.stdout), len(done.stderr), done.returncode) == (3_000_000, 2_000_000, 5)


# -- install: bytes that a command reads ---------------------------------------------------
@pytest.mark.parametrize("binary", ADBS.values(), ids=ADBS)
@pytest.mark.parametrize("api", [28, 34])
def test_install_streams_the_package(
    make_phone: MakePhone, tmp_path: Path, binary: str, api: int
) -> None:
    """`adb install` hands `cmd package install -S SIZE` the file, by exec: or abb_exec:."""
    phone = make_phone(api=api)
    seen: list[tuple[list[str], bytes]] = []

    async def cmd(invocation: Invocation) -> int:
        size = int(invocation.argv[invocation.argv.index("-S") + 1])
        data = b""
        while len(data) < size:
            data += await invocation.stdin.read(size - len(data))
        seen.append((invocation.argv, data))
        await invocation.out("Success\n")
        return 0

    phone.call(lambda: phone.phone.shell.commands.add("cmd", cmd))
    apk = tmp_path / "a.apk"
    apk.write_bytes(b"PK\3\4" + os.urandom(1_500_000))
    done = adb(phone, "install", "-r", str(apk), adb=binary)
    assert b"Success" in done.stdout, done
    words, data = seen[0]
    assert words[:3] == ["cmd", "package", "install"]
    assert "-r" in words
    assert data == apk.read_bytes()


def test_abb_keeps_words_apart(phone: Simulator, device: adbutils.AdbDevice) -> None:
    async def cmd(invocation: Invocation) -> int:
        await invocation.out("|".join(invocation.argv[1:]))
        return 4

    table = phone.phone.shell.commands
    before = table.lookup("cmd", 34)
    assert before
    phone.call(lambda: table.add("cmd", cmd))
    try:
        stream = device.open_transport()
        stream.send_command("abb:package\0a b\0$(id)\0'x'")
        stream.check_okay()
        data = stream.read_until_close(encoding=None)
        stream.close()
    finally:
        phone.call(lambda: table.add("cmd", before.function))
    text = b"package|a b|$(id)|'x'"
    assert data == struct.pack("<BI", 1, len(text)) + text + struct.pack("<BIB", 3, 1, 4)


# -- sync ----------------------------------------------------------------------------------
def test_adbutils_sync(device: adbutils.AdbDevice, tmp_path: Path) -> None:
    data = os.urandom(700_000)
    device.sync.push(data, "/data/local/tmp/new/dir/file", mode=0o600)
    assert device.sync.read_bytes("/data/local/tmp/new/dir/file") == data
    found = device.sync.stat("/data/local/tmp/new/dir/file")
    assert (found.mode & 0o7777, found.size) == (0o666, len(data)), "the owner's bits go to all"
    names = {entry.path for entry in device.sync.list("/data/local/tmp/new")}
    assert "dir" in names
    assert device.sync.stat("/nope").mode == 0
    assert device.sync.pull("/data/local/tmp/new/dir/file", tmp_path / "f") == len(data)


def test_mode_time_and_links_are_kept(phone: Simulator, tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text("echo ran")
    script.chmod(0o750)
    os.utime(script, (1_500_000_000, 1_500_000_000))
    (tmp_path / "link").symlink_to("run.sh")
    assert adb(phone, "push", str(tmp_path) + "/.", "/data/local/tmp/kept").returncode == 0
    kept = phone.call(lambda: phone.phone.fs.stat("/data/local/tmp/kept/run.sh"))
    assert (kept.mode & 0o777, kept.mtime, kept.uid) == (0o777, 1_500_000_000, 2000)
    assert adb(phone, "shell", "/data/local/tmp/kept/run.sh").stdout == b"ran\n"
    assert adb(phone, "pull", "/proc/version", str(tmp_path / "v")).returncode == 0
    assert (tmp_path / "v").read_text().startswith("Linux version")


def test_a_full_phone_says_so_and_keeps_no_half(make_phone: MakePhone, tmp_path: Path) -> None:
    phone = make_phone(storage_bytes=64 << 20)
    big = tmp_path / "big"
    big.write_bytes(bytes(80 << 20))
    done = adb(phone, "push", str(big), "/data/local/tmp/big")
    assert done.returncode != 0
    assert b"No space left on device" in done.stdout + done.stderr
    assert not phone.call(lambda: phone.phone.fs.exists("/data/local/tmp/big"))


def test_a_push_that_breaks_off_leaves_nothing(
    device: adbutils.AdbDevice, phone: Simulator
) -> None:
    path = "/data/local/tmp/half"
    stream = device.open_transport()
    stream.send_command("sync:")
    stream.check_okay()
    spec = f"{path},33188".encode()
    stream.conn.sendall(struct.pack("<4sI", b"SEND", len(spec)) + spec)
    stream.conn.sendall(struct.pack("<4sI", b"DATA", 4) + b"half")
    wait_until(lambda: phone.call(lambda: phone.phone.fs.exists(path)))
    stream.close()
    wait_until(lambda: not phone.call(lambda: phone.phone.fs.exists(path)), what="it to go")


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (struct.pack("<4sI", b"STAT", 2000), b"path too long"),
        (struct.pack("<4sI", b"EVIL", 0), b"unknown command 4c495645"),
        (struct.pack("<4sI", b"SEND", 2) + b"/x", b"missing , in ID_SEND_V1"),
        (struct.pack("<4sI", b"SEND", 5) + b"/x,zz", b"bad mode"),
        (struct.pack("<4sI", b"RECV", 5) + b"/nope", b"open failed: No such file or directory"),
        (struct.pack("<4sI", b"RECV", 5) + b"/proc", b"read failed: Is a directory"),
        (struct.pack("<4sI", b"RCV2", 2) + b"/x" + struct.pack("<4sI", b"RCV2", 1),
         b"unknown flags: 1"),
        (struct.pack("<4sI", b"SEND", 28) + b"/data/local/tmp/over,0000420"
         + struct.pack("<4sI", b"DATA", 65537), b"oversize data message"),
        (struct.pack("<4sI", b"SEND", 28) + b"/data/local/tmp/over,0000420"
         + struct.pack("<4sI", b"WHAT", 1), b"invalid data message"),
    ],
)  # fmt: skip
def test_what_sync_refuses(device: adbutils.AdbDevice, sent: bytes, answer: bytes) -> None:
    stream = device.open_transport()
    stream.send_command("sync:")
    stream.check_okay()
    stream.conn.sendall(sent)
    said = stream.read_until_close(encoding=None)
    stream.close()
    assert said == struct.pack("<4sI", b"FAIL", len(answer)) + answer


def test_stat_v2_has_error_numbers(device: adbutils.AdbDevice) -> None:
    stream = device.open_transport()
    stream.send_command("sync:")
    stream.check_okay()
    record = struct.Struct("<4sIQQIIIIQqqq")
    stream.conn.sendall(struct.pack("<4sI", b"STA2", 5) + b"/nope")
    assert record.unpack(stream.read_exact(record.size))[:2] == (b"STA2", errno.ENOENT)
    stream.conn.sendall(struct.pack("<4sI", b"LST2", 7) + b"/sdcard")
    found = record.unpack(stream.read_exact(record.size))
    assert found[1] == 0
    assert found[4] & 0o170000 == 0o120000, "lstat sees the link"
    stream.close()


# -- sockets, both ways --------------------------------------------------------------------
def test_adbutils_connects_to_a_port_of_the_phone(
    phone: Simulator, device: adbutils.AdbDevice
) -> None:
    async def shout(stream: Any) -> None:
        while data := await stream.read():
            await stream.write(data.upper())

    for address in ("tcp:7912", "localabstract:shout"):
        listener = phone.call(lambda address=address: phone.phone.ports.listen(address, shout))
        network = adbutils.Network.TCP if address[0] == "t" else adbutils.Network.LOCAL_ABSTRACT
        name: Any = 7912 if address[0] == "t" else "shout"
        with device.create_connection(network, name) as link:
            link.sendall(b"hello")
            assert link.recv(100) == b"HELLO"
        phone.call(listener.close)
    with pytest.raises(adbutils.AdbError):
        device.create_connection(adbutils.Network.TCP, 7912)


def test_reverse_by_adbutils_and_its_end(phone: Simulator, device: adbutils.AdbDevice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        device.reverse("tcp:4000", f"tcp:{port}")
        assert [(i.remote, i.local) for i in device.reverse_list()] == [("tcp:4000", f"tcp:{port}")]

        async def call() -> bytes:
            stream = await phone.phone.ports.connect("tcp:4000")
            await stream.write(b"ping")
            return await stream.read()

        def answer() -> None:
            link, _ = server.accept()
            with link:
                link.sendall(link.recv(10) + b"-pong")

        thread = threading.Thread(target=answer)
        thread.start()
        assert phone.run(call()) == b"ping-pong"
        thread.join()
    # A host that goes takes its sockets on the phone with it.
    phone.call(phone.adbd.drop_connections)
    assert "tcp:4000" not in phone.call(phone.phone.ports.addresses)
    wait_listed(phone.serial)


@pytest.mark.parametrize("binary", ADBS.values(), ids=ADBS)
def test_reverse_commands(phone: Simulator, binary: str) -> None:
    port = adb(phone, "reverse", "tcp:0", "tcp:9", adb=binary).stdout.strip()
    assert port.isdigit()
    assert adb(phone, "reverse", "localabstract:a", "tcp:9", adb=binary).returncode == 0
    again = adb(phone, "reverse", "--no-rebind", "localabstract:a", "tcp:8", adb=binary)
    assert b"cannot rebind existing socket" in again.stderr
    listed = adb(phone, "reverse", "--list", adb=binary).stdout
    assert b"tcp:" + port + b" tcp:9" in listed
    assert b"localabstract:a tcp:9" in listed
    missing = adb(phone, "reverse", "--remove", "tcp:1", adb=binary)
    assert b"listener 'tcp:1' not found" in missing.stderr
    assert adb(phone, "reverse", "--remove-all", adb=binary).returncode == 0
    assert adb(phone, "reverse", "--list", adb=binary).stdout.strip() == b""


# -- the phone itself ----------------------------------------------------------------------
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # adbutils leaves its socket open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_framebuffer(phone: Simulator, device: adbutils.AdbDevice) -> None:
    picture = device.framebuffer()
    gc.collect()
    drawn = phone.run(phone.phone.screen.capture_async())
    assert picture.size == drawn.size
    assert picture.convert("RGB").getpixel((5, 5)) == drawn.convert("RGB").getpixel((5, 5))


def test_root_needs_a_debuggable_build(make_phone: MakePhone) -> None:
    user = make_phone()
    assert b"cannot run as root in production builds" in adb(user, "root").stdout
    debug = make_phone(debuggable=True)
    assert b"restarting adbd as root" in adb(debug, "root").stdout
    wait_listed(debug.serial)
    assert adb(debug, "shell", "id -u").stdout == b"0\n"
    assert b"already running as root" in adb(debug, "root").stdout
    assert b"restarting adbd as non root" in adb(debug, "unroot").stdout
    wait_listed(debug.serial)
    assert adb(debug, "shell", "id -u").stdout == b"2000\n"


def test_reboot_takes_the_mode(make_phone: MakePhone) -> None:
    phone = make_phone()
    modes: list[str] = []

    async def note(mode: str) -> None:
        modes.append(mode)

    phone.call(lambda: phone.phone.on_reboot(note))
    adb(phone, "reboot", "recovery")
    wait_until(lambda: modes == ["recovery"])


def test_trackers_tell_of_debuggable_processes(
    phone: Simulator, device: adbutils.AdbDevice
) -> None:
    stream = device.open_transport()
    stream.send_command("track-jdwp")
    stream.check_okay()
    assert stream.read_exact(4) == b"0000"
    table = phone.phone.processes
    package = phone.call(lambda: next(iter(phone.phone.packages)))

    def start() -> Any:
        package.debuggable = True
        process = table.start("some.app", uid=package.uid, package=package.name)
        phone.phone.state_changed()
        return process

    process = phone.call(start)
    try:
        length = int(stream.read_exact(4), 16)
        assert str(process.pid) in stream.read_exact(length).decode().split()
        app = device.open_transport()
        app.send_command("track-app")
        app.check_okay()
        message = app.read_exact(int(app.read_exact(4), 16))
        app.close()
        assert message[0] == 0x0A
        assert b"x86_64" in message
    finally:
        phone.call(lambda: table.end(process))
        package.debuggable = False
    stream.close()


def test_tracker_of_the_new_adb(phone: Simulator) -> None:
    with subprocess.Popen(
        [wheel_adb(), "-s", phone.serial, "track-app"], stdout=subprocess.PIPE
    ) as client:
        assert client.stdout
        assert client.stdout.readline() == b"Process count: 0\n"
        client.kill()
