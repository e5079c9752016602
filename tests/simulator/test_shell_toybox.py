"""Toybox commands: what they print and refuse on Android."""

from __future__ import annotations

import asyncio
import io
import re
import struct
import zipfile
from pathlib import Path

import pytest

from tests.simulator.shell_phone import Session, SmallPhone, run, sh

TMP = "cd /data/local/tmp; "
REFUSED = "Failed to set property '{}' to 'y'.\nSee dmesg for error reason.\n"


def recorded(name: str) -> list[tuple[str, str]]:
    """Scripts and what they print, from a file in which scripts stand behind "$ "."""
    found: list[tuple[str, str]] = []
    for line in (Path(__file__).parent / "data" / name).read_text().splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:-1], ""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


@pytest.mark.parametrize(("script", "stdout"), recorded("toybox_output.txt"))
def test_output(script: str, stdout: str) -> None:
    assert sh(script).stdout == stdout


@pytest.mark.parametrize(
    ("script", "stderr", "status"),
    [
        ("ls /nope", "ls: /nope: No such file or directory\n", 1),
        ("ls /data/data", "ls: /data/data: Permission denied\n", 1),
        ("ls -j", "ls: Unknown option 'j' (see \"ls --help\")\n", 1),
        ("cat /nope", "cat: /nope: No such file or directory\n", 1),
        ("cat /sdcard", "cat: /sdcard: Is a directory\n", 1),
        ("cp /nope /sdcard", "cp: /nope: No such file or directory\n", 1),
        ("cp /etc/hosts /system/x", "cp: /system/x: Read-only file system\n", 1),
        ("cp /etc/hosts", 'cp: Need 2 arguments (see "cp --help")\n', 1),
        ("cp /sdcard/ /data/local/tmp/x", "cp: Skipped dir '/sdcard/'\n", 1),
        ("mv /nope /sdcard", "mv: bad '/nope': No such file or directory\n", 1),
        ("rm /nope", "rm: /nope: No such file or directory\n", 1),
        ("rm /sdcard/Movies", "rm: /sdcard/Movies: Is a directory\n", 1),
        ("rm -r /", "rm: rm /. if you mean it\n", 1),
        ("rm /system/bin/ls", "rm: /system/bin/ls: Read-only file system\n", 1),
        ("mkdir /sdcard/Movies", "mkdir: '/sdcard/Movies': File exists\n", 1),
        ("mkdir /data/x", "mkdir: '/data/x': Permission denied\n", 1),
        ("touch /data/x", "touch: '/data/x': Permission denied\n", 1),
        ("chmod 777 /etc/hosts",
         "chmod: chmod '/etc/hosts' to 777: Operation not permitted\n", 1),
        ("grep -q '(' -E /etc/hosts", "grep: bad regex: Unmatched ( or \\(\n", 2),
        ("grep x /nope", "grep: /nope: No such file or directory\n", 2),
        ("setprop ro.x y", REFUSED.format("ro.x"), 1),
        ("setprop sys.x y", REFUSED.format("sys.x"), 1),
        ("killall nosuch", "killall: nosuch: No such process\n", 1),
        ("toybox nosuch", "toybox: Unknown command nosuch\n", 127),
        ("nohup nosuch", "nohup: exec nosuch: No such file or directory\n", 127),
        ("expr 1 / 0", "expr: division by zero\n", 2),
        ("date 010203042024", "date: cannot set date: Operation not permitted\n", 1),
        ("seq", 'seq: Need 1 argument (see "seq --help")\n', 1),
        ("xxd -c", "xxd: Missing argument to 'c' (see \"xxd --help\")\n", 1),
        ("logcat -b nope", 'logcat: unknown buffer nope (see "logcat --help")\n', 1),
    ],
)  # fmt: skip
def test_refusals(script: str, stderr: str, status: int) -> None:
    result = sh(script)
    assert (result.stderr, result.status) == (stderr, status)


def test_versions_differ() -> None:
    assert "seq --help" not in sh("seq", phone=SmallPhone(api=28)).stderr
    old = sh("ps; mkdir /data/local/tmp/d; ls -l /data/local/tmp", phone=SmallPhone(api=22))
    assert old.stdout.startswith("USER      PID   PPID  VSIZE  RSS   WCHAN            PC  NAME\n")
    assert re.search(r"^drwxrwxrwx shell    shell +\d{4}-\d\d-\d\d \d\d:\d\d d$", old.stdout, re.M)
    assert sh("file /", phone=SmallPhone(api=25)).status == 127


def test_root_where_the_build_allows_it() -> None:
    phone = SmallPhone(debuggable=True)
    assert (
        sh("su 0 id -u; su root sh -c 'ls /data/data && echo ok'", phone=phone).stdout == "0\nok\n"
    )


def test_ps_shows_what_android_shows() -> None:
    result = sh("ps -A; ps -p 198 -o PID,NAME; ps -o PID= -p 1; ps -p 999; echo $?")
    lines = result.stdout.splitlines()
    assert lines[0] == "USER            PID   PPID      VSZ    RSS WCHAN            ADDR S NAME"
    assert re.fullmatch(r"shell +198 +1 +\d+ +\d+ 0 +0 S adbd", lines[2])
    assert lines[5:] == ["   PID NAME", "   198 adbd", "     1", lines[0], "1"]


def test_processor_times_add_up() -> None:
    lines = sh("cat /proc/stat").stdout.splitlines()
    total, *cores = [list(map(int, line.split()[1:])) for line in lines if line.startswith("cpu")]
    assert len(cores) == 8
    assert total == [sum(column) for column in zip(*cores, strict=True)]


# -- logcat --------------------------------------------------------------------------------------
def logged() -> SmallPhone:
    phone = SmallPhone()
    phone.clock.set_time(1704164645.678)
    phone.log.write("I", "ActivityManager", "Start proc", pid=201, uid=1000, buffer="system")
    phone.log.write("D", "Up", "sent 5", pid=900, uid=10123)
    phone.log.write("E", "Up", "failed", pid=900, uid=10123)
    return phone


@pytest.mark.parametrize(("script", "stdout"), recorded("logcat_output.txt"))
def test_logcat(script: str, stdout: str) -> None:
    assert sh(script, phone=logged()).stdout == stdout


def test_logcat_follows() -> None:
    async def main() -> None:
        phone = logged()
        one, two = Session(phone, "logcat -v raw Up:V '*:S'"), Session(phone, "logcat -v tag -T 1")
        await one.read_until("failed\n")
        await two.read_until("failed\n")
        for number in range(3):
            phone.log.write("I", "Up", f"line {number}")
            assert f"line {number}\n" in await one.read_until(f"{number}\n")
            assert f"I/Up      : line {number}\n" in await two.read_until(f"{number}\n")
        for session in (one, two):
            session.process.kill(1)
            assert (await session.finish()).status == 129

    asyncio.run(main())


def test_logcat_in_binary_has_headers_and_no_headings() -> None:
    data = bytes.fromhex(sh("logcat -d -B -s Up:E | xxd -p", phone=logged()).stdout)
    size, head, pid, tid, seconds, nanoseconds, buffer, uid = struct.unpack_from("<HHiIIIII", data)
    assert (head, pid, tid, buffer, uid) == (28, 900, 900, 0, 10123)
    assert seconds + nanoseconds / 1e9 == pytest.approx(1704164645.678, abs=1e-3)
    assert data[28:] == b"\x06Up\0failed\0"
    assert size == len(data) - head


def test_log_writes_a_line() -> None:
    script = "log one two; log -p e -t Up three; printf 'a\\nb\\n' | log -t In; logcat -d -v tag"
    phone = SmallPhone()
    assert sh(script, phone=phone).stdout.splitlines()[1:] == [
        "I/log     : one two", "E/Up      : three", "I/In      : a", "I/In      : b"
    ]  # fmt: skip
    assert phone.log.lines()[-1].uid == 2000
    assert sh("log -p x y").stderr == "log: bad -p 'x' (see \"log --help\")\n"


# -- others --------------------------------------------------------------------------------------
def test_tail_follows_a_file() -> None:
    async def main() -> None:
        phone = SmallPhone()
        phone.fs.write("/sdcard/log", b"1\n2\n")
        session = Session(phone, "tail -n 1 -f /sdcard/log")
        assert await session.read_until("\n") == "2\n"
        phone.fs.write("/sdcard/log", b"3\n", append=True)
        assert await session.read_until("\n") == "3\n"
        session.process.kill(1)
        await session.finish()

    asyncio.run(main())


def test_copies_of_big_files_stay_out_of_memory() -> None:
    async def main() -> None:
        phone = SmallPhone()
        phone.fs.write("/sdcard/v.mp4", bytes(30_000_000))
        result = await run(phone, "cp /sdcard/v.mp4 /data/local/tmp/w; cat /sdcard/v.mp4 | sha1sum;"
                           "sha1sum < /data/local/tmp/w")  # fmt: skip
        one, two = result.stdout.splitlines()
        assert one == two
        assert phone.fs.memory < 1_000_000

    asyncio.run(main())


def test_full_storage_is_an_error() -> None:
    phone = SmallPhone(storage_bytes=1_000_000)
    result = sh("dd if=/dev/zero of=/sdcard/x bs=300000; echo $?", phone=phone)
    assert (result.stdout, result.stderr) == ("1\n", "dd: No space left on device\n")
    phone.fs.reserve(phone.fs.free)
    result = sh("echo y > /sdcard/y", phone=phone)
    assert (result.stderr, result.status) == ("/system/bin/sh: No space left on device\n", 1)


def test_bugreport_holds_every_section() -> None:
    result = sh("bugreport", phone=logged())
    assert "------ PROCESSES (ps -A) ------\nUSER" in result.stdout
    assert "E Up      : failed" in result.stdout
    assert result.stdout.endswith("== dumpstate: done\n")


def test_bugreportz_names_a_zip() -> None:
    phone = logged()
    result = sh("bugreportz", phone=phone)
    path = result.stdout.strip().removeprefix("OK:")
    with zipfile.ZipFile(io.BytesIO(phone.fs.read(path))) as archive:
        assert archive.read("main_entry.txt").decode() in archive.namelist()


def test_gzip_bombs_are_refused() -> None:
    script = (
        TMP + "dd if=/dev/zero bs=1000000 count=60 2>/dev/null | gzip > z; gzip -c z > zz;"
        "cat z z | gunzip | wc -c"
    )
    result = sh(script, timeout=60)
    assert "output too long" in result.stderr
