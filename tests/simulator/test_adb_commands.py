"""The commands of a stock adb, each once: what it says, and how it ends."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uiautomator2

from droidcancel.simulator import PhoneOptions, Simulator
from tests.conftest import MakePhone, run_adb, wait_listed, wait_until, wheel_adb
from tests.simulator.test_adb_clients import BINARIES

APK = Path(uiautomator2.__file__).parent / "assets" / "app-uiautomator.apk"
KEYBOARD = "com.github.uiautomator"
NEWER = "only newer adb binaries have this"

Adb = Callable[..., Any]


@pytest.fixture(scope="module")
def phone(adb_server: int) -> Iterator[Simulator]:
    with Simulator(PhoneOptions(apps=()), emulator_port=False, adb_server=adb_server) as phone:
        wait_listed(phone.serial)
        yield phone
        phone.withdraw(adb_server)


@pytest.fixture(params=BINARIES, ids=["wheel", "system"][: len(BINARIES)])
def adb(request: pytest.FixtureRequest, phone: Simulator) -> Adb:
    """Runs a command on the phone. The older binary talks to the newer one's server."""

    def run(*words: str, **more: Any) -> Any:
        done = run_adb("-s", phone.serial, *words, adb=str(request.param), **more)
        if b"unrecognized option" in done.stderr or b"unknown command" in done.stderr:
            pytest.skip(NEWER)
        if b"adb server version" in done.stderr and done.returncode:
            pytest.skip("another protocol than the server's")
        return done

    return run


# -- states ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("get-state", "device\n"),
        ("get-serialno", "{serial}\n"),
        ("wait-for-device", ""),
        ("wait-for-any-device", ""),
        ("wait-for-local-device", ""),
    ],
)
def test_states(adb: Adb, phone: Simulator, command: str, said: str) -> None:
    done = adb(command, timeout=10)
    assert (done.stdout.decode(), done.returncode) == (said.format(serial=phone.serial), 0)


# -- shell ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "stdout", "stderr", "status"),
    [
        (("shell", "-T", "echo a; echo b >&2; exit 6"), b"a\n", b"b\n", 6),
        (("shell", "-x", "echo a; echo b >&2; exit 6"), b"a\nb\n", b"", 0),
        (("shell", "-n", "cat; echo end"), b"end\n", b"", 0),
        (("shell", "-e", "none", "echo x"), b"x\n", b"", 0),
        (("shell", "echo", "a   b", "'c  d'"), b"a b c  d\n", b"", 0),
        (("exec-out", "echo a; echo b >&2; exit 6"), b"a\nb\n", b"", 0),
    ],
)  # fmt: skip
def test_kinds_of_shell(
    adb: Adb, words: tuple[str, ...], stdout: bytes, stderr: bytes, status: int
) -> None:
    done = adb(*words, input=b"typed\n")
    assert (done.stdout, done.stderr, done.returncode) == (stdout, stderr, status)


def test_a_terminal_is_not_asked_for_without_one(adb: Adb) -> None:
    forced = adb("shell", "-tt", "tty; stty size; exit 3", stdin=subprocess.DEVNULL)
    assert (forced.stdout, forced.returncode) == (b"/dev/pts/0\r\n24 80\r\n", 3)
    done = adb("shell", "-t", "tty; exit 3", input=b"")
    assert (done.stdout, done.returncode) == (b"not a tty\n", 3)
    assert b"stdin is not a terminal" in done.stderr


def test_pipes_of_any_bytes_there_and_back(adb: Adb) -> None:
    data = bytes(range(256)) * 20_000
    digest = hashlib.md5(data).hexdigest().encode()
    assert adb("shell", "md5sum", input=data).stdout.split()[0] == digest
    assert adb("exec-in", "cat > /sdcard/in.bin", input=data).returncode == 0
    wait_until(lambda: adb("shell", "md5sum < /sdcard/in.bin").stdout.split()[0] == digest)
    assert adb("exec-out", "cat /sdcard/in.bin").stdout == data


def test_outputs_as_large_as_a_bugreport(adb: Adb) -> None:
    done = adb("shell", "yes 0123456789abcde | head -c 40000000; echo end >&2")
    assert done.stdout == (b"0123456789abcde\n" * 2_500_000)[:40_000_000]
    assert done.stderr == b"end\n"


def test_a_bugreport_is_pulled_as_an_archive(adb: Adb, tmp_path: Path) -> None:
    file = tmp_path / "bug.zip"
    assert adb("bugreport", str(file)).returncode == 0
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert any(name.startswith("bugreport-") for name in archive.namelist())


# -- files ----------------------------------------------------------------------------------------
def test_a_second_push_skips_what_is_there(adb: Adb, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "a.txt").write_text("a" * 10)
    (tree / "deep" / "b.txt").write_text("b" * 10)
    (tree / "link.txt").symlink_to("a.txt")
    os.utime(tree / "link.txt", (1600000000, 1600000000), follow_symlinks=False)
    adb("shell", "rm -rf /data/local/tmp/tree")
    for expected in (b"files pushed, 0 skipped", b"0 files pushed, 3 skipped"):
        done = adb("push", "--sync", str(tree), "/data/local/tmp/")
        assert expected in done.stdout + done.stderr
    assert adb("shell", "stat -c %Y /data/local/tmp/tree/link.txt").stdout == b"1600000000\n"
    (tree / "a.txt").write_text("c" * 11)
    done = adb("push", "--sync", str(tree), "/data/local/tmp/")
    assert b"1 file pushed, 2 skipped" in done.stdout + done.stderr
    assert adb("shell", "readlink /data/local/tmp/tree/link.txt").stdout == b"a.txt\n"
    assert b"a.txt" in adb("ls", "/data/local/tmp/tree").stdout


def test_a_dry_push_writes_nothing(adb: Adb, tmp_path: Path) -> None:
    file = tmp_path / "dry"
    file.write_bytes(b"x" * 1000)
    assert adb("push", "-n", str(file), "/sdcard/dry").returncode == 0
    assert adb("shell", "ls /sdcard/dry").returncode == 1


@pytest.mark.parametrize("how", ["any", "none"])
def test_compression_that_the_phone_does_not_offer_is_not_used(
    adb: Adb, tmp_path: Path, how: str
) -> None:
    file, back = tmp_path / "z", tmp_path / "back"
    file.write_bytes(b"compressible " * 10_000)
    assert adb("push", "-z", how, str(file), "/sdcard/z").returncode == 0
    assert adb("pull", "-z", how, "/sdcard/z", str(back)).returncode == 0
    assert back.read_bytes() == file.read_bytes()


def test_a_pull_keeps_the_time_when_asked(adb: Adb, tmp_path: Path) -> None:
    adb("shell", "echo x > /sdcard/old; touch -d 2020-01-02T03:04:05 /sdcard/old")
    assert adb("pull", "-a", "/sdcard/old", str(tmp_path / "old")).returncode == 0
    seconds = adb("shell", "stat -c %Y /sdcard/old").stdout
    assert int((tmp_path / "old").stat().st_mtime) == int(seconds)


def test_several_files_go_into_a_directory_only(adb: Adb, tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.write_text("1")
    two.write_text("2")
    assert adb("push", str(one), str(two), "/sdcard/Download/").returncode == 0
    done = adb("push", str(one), str(two), "/sdcard/nowhere")
    assert done.returncode == 1
    assert b"is not a directory" in done.stdout + done.stderr


# -- packages -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        ("install", "-r", "-t", "-g", "-d"),
        ("install", "--no-streaming", "-r"),
        ("install", "--user", "0", "-r"),
        ("install-multiple", "-r"),
    ],
)
def test_ways_to_install(adb: Adb, words: tuple[str, ...]) -> None:
    done = adb(*words, str(APK))
    assert (done.returncode, b"Success" in done.stdout) == (0, True), done
    assert adb("shell", f"pm path {KEYBOARD}").stdout.startswith(b"package:/data/app/")
    assert adb("uninstall", KEYBOARD).stdout == b"Success\n"
    gone = adb("uninstall", KEYBOARD)
    assert (gone.returncode, gone.stdout[:7]) == (1, b"Failure")


def test_what_is_no_apk_is_refused(adb: Adb, tmp_path: Path) -> None:
    file = tmp_path / "junk.apk"
    file.write_bytes(b"junk" * 1000)
    done = adb("install", str(file))
    assert done.returncode == 1
    assert b"INSTALL_PARSE_FAILED_NOT_APK" in done.stdout + done.stderr


# -- the daemon -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("command", "said", "status"),
    [
        (("root",), b"adbd cannot run as root in production builds", 0),
        (("unroot",), b"adbd not running as root", 0),
        (("remount",), b"/system/bin/sh: remount: inaccessible or not found", 127),
        (("sideload", str(APK)), b"closed", 1),
    ],
)
def test_what_a_user_build_answers(
    adb: Adb, command: tuple[str, ...], said: bytes, status: int
) -> None:
    done = adb(*command)
    assert said in done.stdout + done.stderr
    assert done.returncode == status


@pytest.mark.parametrize(
    ("command", "said"),
    [(("usb",), b"restarting in USB mode"), (("tcpip", "5555"), b"restarting in TCP mode port: ")],
)
def test_restarts_of_the_daemon(
    make_phone: MakePhone, command: tuple[str, ...], said: bytes
) -> None:
    phone = make_phone()
    assert said in run_adb("-s", phone.serial, *command).stdout


@pytest.mark.parametrize("command", ["track-devices", "track-jdwp", "track-app"])
def test_tracking_goes_on_until_it_is_stopped(phone: Simulator, command: str) -> None:
    with subprocess.Popen(
        [wheel_adb(), "-s", phone.serial, command], stdout=subprocess.PIPE
    ) as tracking:
        assert tracking.stdout
        first = tracking.stdout.read(4)  # the length of a list, or the head of its text
        assert first
        assert tracking.poll() is None
        tracking.kill()
