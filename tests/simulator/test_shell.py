"""The phone's shell: what is Android's own, sessions, signals, terminals, limits."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.streams import pipe
from tests.simulator.shell_phone import Result, Session, SmallPhone, run, sh

SH = "/system/bin/sh: "


# -- messages ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("script", "stderr", "status"),
    [
        ("foo", SH + "foo: inaccessible or not found\n", 127),
        ("/x/foo", SH + "/x/foo: inaccessible or not found\n", 127),
        ("/etc/hosts", SH + "/etc/hosts: can't execute: Permission denied\n", 126),
        ("/sdcard", SH + "/sdcard: can't execute: Is a directory\n", 126),
        (")", SH + "syntax error: unexpected ')'\n", 1),
        ("echo a; done", SH + "syntax error: unexpected 'done'\n", 1),
        ("if true", SH + "syntax error: unmatched 'if'\n", 1),
        ("echo 'a", SH + "no closing quote\n", 1),
        ("cat <<E", SH + "here document 'E' unclosed\n", 1),
        ("echo a &&", SH + "syntax error: unexpected EOF\n", 1),
        ("echo ${}", SH + "${}: bad substitution\n", 1),
        ("echo $((1/0))", SH + "1/0: zero divisor\n", 1),
        ("set -u; echo $x", SH + "x: parameter not set\n", 1),
        ("echo ${x:?gone}", SH + "x: gone\n", 1),
        ("cd /nope", SH + "cd: /nope: No such file or directory\n", 1),
        ("echo x > /system/x", SH + "can't create /system/x: Read-only file system\n", 1),
        ("echo x > /data/x", SH + "can't create /data/x: Permission denied\n", 1),
        ("cat < /nope", SH + "can't open /nope: No such file or directory\n", 1),
        ("echo x > /dev/full", SH + "No space left on device\n", 1),
        ("readonly a=1; a=2", SH + "read-only: a\n", 1),
        ("sh -c 'kill -9 $$'; exit $?", "Killed \n", 137),
        ("sh -c 'kill $$'; exit $?", "Terminated \n", 143),
        ("sh /nope.sh", SH + "can't open /nope.sh: No such file or directory\n", 127),
        ("kill 99999", SH + "kill: 99999: No such process\n", 1),
        ("kill -9 1", SH + "kill: 1: Operation not permitted\n", 1),
        ("[ 1 -eq ]", SH + "[: -eq: unexpected operator/operand\n", 2),
        ("set -x; a=1; echo $a 'b c'", "+ a=1\n+ echo 1 'b c'\n", 0),
    ],
)
def test_messages(script: str, stderr: str, status: int) -> None:
    result = sh(script)
    assert (result.stderr, result.status) == (stderr, status)


@pytest.mark.parametrize(("api", "text"), [(28, "not found"), (29, "inaccessible or not found")])
def test_unknown_commands_are_counted(api: int, text: str) -> None:
    phone = SmallPhone(api=api)
    result = sh("foo; bar; foo; command -v nosuch; type nosuch", phone=phone)
    assert result.stderr.splitlines()[0] == f"{SH}foo: {text}"
    assert phone.unknown_commands == {"foo": 2, "bar": 1}


def test_lines_of_stdin_and_of_scripts_are_numbered() -> None:
    assert sh(None, "true\nfoo\n").stderr == f"{SH}<stdin>[2]: foo: inaccessible or not found\n"
    script = "printf 'echo a\\n\\nfoo\\n' > /data/local/tmp/s; sh /data/local/tmp/s"
    assert sh(script).stderr == "/data/local/tmp/s[3]: foo: inaccessible or not found\n"


def test_a_wrong_line_comes_after_what_stands_before_it() -> None:
    result = sh("echo first\n)\necho never")
    assert (result.stdout, result.status) == ("first\n", 1)


# -- scripts and programs ------------------------------------------------------------------------
def test_scripts_run_by_name() -> None:
    result = sh(
        "cd /data/local/tmp; printf '#!/system/bin/sh\\necho $0 $1 $#\\nexit 3\\n' > s;"
        "./s a; chmod 755 s; ./s a b; echo $?; PATH=/data/local/tmp:$PATH; s; sh s x"
    )
    assert result.stdout == "./s a 2\n3\n/data/local/tmp/s 0\ns x 1\n"
    assert result.stderr == f"{SH}./s: can't execute: Permission denied\n"


def test_programs_are_rows_of_the_process_table() -> None:
    async def main() -> None:
        phone = SmallPhone()
        session = Session(phone, "sleep 0 & exec yes > /dev/null")
        await asyncio.sleep(0.1)
        rows = {row.name: row for row in phone.processes}
        assert rows["yes"].pid == session.process.pid
        assert rows["yes"].args == ["yes"]
        assert "yes" in (await run(phone, "ps -A -o NAME")).stdout
        assert (await run(phone, "pkill yes; echo $?")).stdout == "0\n"
        assert (await session.finish()).status == 143
        assert [row.name for row in phone.processes] == ["init", "adbd"]

    asyncio.run(main())


def test_commands_of_one_phone_win_and_cost_what_they_cost() -> None:
    async def slow(inv: Invocation) -> int:
        await inv.out(f"{inv.argv} {inv.uid} {inv.cwd} {inv.env['X']}\n")
        return 5

    async def main() -> tuple[Result, Result, float]:
        phone = SmallPhone(profile="pixel")
        phone.shell.commands.add("slow", slow, cost="jvm")
        started = time.perf_counter()
        mine = await run(phone, "cd /sdcard; X=1 slow a 'b c'")
        spent = time.perf_counter() - started
        return mine, await run(SmallPhone(), "slow"), spent

    mine, other, spent = asyncio.run(main())
    assert (mine.stdout, mine.status) == ("['slow', 'a', 'b c'] 2000 /sdcard 1\n", 5)
    assert other.status == 127
    assert spent >= 0.25


def test_a_broken_command_ends_alone_and_leaves_a_trace() -> None:
    async def broken(inv: Invocation) -> int:
        raise ValueError("inner fault")

    phone = SmallPhone()
    phone.shell.commands.add("broken", broken)
    result = sh("broken; echo $?", phone=phone)
    assert result.stdout == "134\n"
    assert any("inner fault" in line.message for line in phone.log.lines())


# -- persistent channel --------------------------------------------------------------------------
def test_input_that_ends_in_a_wrong_command_is_a_syntax_error() -> None:
    result = sh(None, "(\n;\n")
    assert result.status == 1
    assert "syntax error: unexpected ';'" in result.stderr


def test_lines_run_as_they_come_and_share_stdin() -> None:
    async def main() -> None:
        session = Session(SmallPhone(), None)
        for number in range(20):
            await session.send(f"{{ echo {number}; }} </dev/null; printf 'MARK%d %d\\n' 7 $?\n")
            assert await session.read_until("MARK7 0\n") == f"{number}\nMARK7 0\n"
        await session.send("cd /sdcard; x=kept\n")
        await session.send('read line; echo "got $line"\nthe line\n')
        assert await session.read_until("\n") == "got the line\n"
        await session.send("head -n 1\nfor head\necho $x $PWD\n")
        assert await session.read_until("/sdcard\n") == "for head\nkept /sdcard\n"
        assert (await session.finish()).status == 0

    asyncio.run(main())


def test_an_armed_line_fires_with_the_newline() -> None:
    async def main() -> float:
        phone = SmallPhone()
        fired: list[float] = []

        async def cut(inv: Invocation) -> int:
            fired.append(time.perf_counter())
            return 0

        phone.shell.commands.add("cut-now", cut)
        session = Session(phone, None)
        best = 1.0
        for _ in range(20):
            await session.send("echo ready; read _x; cut-now; echo done\n")
            await session.read_until("ready\n")
            await asyncio.sleep(0.002)
            started = time.perf_counter()
            await session.send("\n")
            await session.read_until("done\n")
            best = min(best, fired[-1] - started)
        await session.finish()
        return best

    assert asyncio.run(main()) < 0.005


def test_commands_of_many_lines_wait_for_their_end() -> None:
    async def main() -> None:
        session = Session(SmallPhone(), None)
        for line in ("for i in 1 2", "do", "echo $i", "done", "f() {", "echo 'a", "b'", "}", "f"):
            await session.send(line + "\n")
        assert await session.read_until("b\n") == "1\n2\na\nb\n"
        await session.send("cat <<E | tr a-z A-Z\nhere\nE\n")
        assert await session.read_until("\n") == "HERE\n"
        await session.send("fi\n")
        result = await session.finish()
        assert result.stderr == f"{SH}<stdin>[13]: syntax error: unexpected 'fi'\n"
        assert result.status == 1

    asyncio.run(main())


def test_an_unfinished_end_is_a_fault() -> None:
    result = sh(None, "echo a\nif true\n")
    assert result.stdout == "a\n"
    assert "unmatched 'if'" in result.stderr
    assert result.status == 1


# -- pipes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("script", "stdout"),
    [
        ("yes | head -n 2", "y\ny\n"),
        ("while :; do echo y; done | head -n 1", "y\n"),
        ("yes | { read a; echo $a; } | cat", "y\n"),
        ("seq 100000 | tail -n 1", "100000\n"),
        ("dd if=/dev/zero bs=1000000 count=3 2>/dev/null | wc -c", "3000000\n"),
        ("(sleep 0.05; echo late) | cat", "late\n"),
        ("echo a | (cat; cat) | cat", "a\n"),
        ("{ sleep 0.05 & } | cat; echo end", "end\n"),
        ("cat /dev/zero | head -c 5 | wc -c", "5\n"),
        ("x=$(yes | head -n 1000 | wc -l); echo $x", "1000\n"),
    ],
)
def test_pipes(script: str, stdout: str) -> None:
    assert sh(script).stdout == stdout


def test_a_reader_that_stops_holds_the_writer_back() -> None:
    async def main() -> None:
        phone = SmallPhone()
        stdin, stdin_theirs = pipe()
        out, out_theirs = pipe(1000)
        process = phone.shell.start("yes", stdin=stdin_theirs, stdout=out_theirs, stderr=out_theirs)
        await asyncio.sleep(0.05)
        assert len(await out.read()) <= 1000
        out.close()
        assert await asyncio.wait_for(process.wait(), 5) == 141
        stdin.close()

    asyncio.run(main())


# -- signals and ends ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("script", "stdout", "status"),
    [
        ("trap 'echo bye' EXIT; exit 3", "bye\n", 3),
        ("trap 'echo t' TERM; kill $$; echo on", "t\non\n", 0),
        ("trap '' TERM; kill $$; echo on", "on\n", 0),
        ("trap 'echo bye' EXIT; kill $$; echo never", "bye\n", 143),
        ("trap 'echo bye' EXIT; kill -9 $$; echo never", "", 137),
        ("sleep 10 & kill $!; wait $!; echo $?", "143\n", 0),
        ("(trap 'echo t; exit 5' USR1; sleep 10) & sleep 0.1; kill -USR1 $!; wait $!; echo $?",
         "t\n5\n", 0),
        ("trap 'echo t' USR1; (sleep 0.05; kill -USR1 $$) & sleep 5; echo $?", "t\n0\n", 0),
        ("trap 'echo t' USR1; (sleep 0.05; kill -USR1 $$) & wait; echo $?", "t\n0\n", 0),
        ("timeout 0.05 sleep 10; echo $?", "124\n", 0),
        ("timeout -s KILL 0.05 sleep 10; echo $?", "137\n", 0),
        ("timeout 5 echo in; echo $?", "in\n0\n", 0),
        ("yes >/dev/null & killall yes; wait $!; echo $?", "143\n", 0),
        ("sleep 9 & jobs; kill %1; wait %1; echo $?", f"[1] + {'Running':<20} sleep 9 \n143\n", 0),
    ],
)  # fmt: skip
def test_signals(script: str, stdout: str, status: int) -> None:
    result = sh(script)
    assert (result.stdout, result.status) == (stdout, status)


@pytest.mark.parametrize(
    ("how", "lives"),
    [
        ("yes", False),
        ("nohup yes", True),
        ("setsid yes", True),
        ("(trap '' HUP; yes; true)", True),
    ],
)
def test_what_outlives_its_session(how: str, lives: bool) -> None:
    async def main() -> bool:
        phone = SmallPhone()
        await run(phone, f"{how} </dev/null >/dev/null 2>&1 & sleep 0.1")
        await asyncio.sleep(0.05)
        left = [row for row in phone.processes if row.name == "yes"]
        for row in left:
            phone.processes.signal(row.pid, 9)
        await asyncio.sleep(0.01)
        return bool(left)

    assert asyncio.run(main()) is lives


def test_a_hangup_ends_what_runs_and_its_traps_run() -> None:
    async def main() -> None:
        phone = SmallPhone()
        session = Session(phone, "trap 'echo up > /sdcard/mark' EXIT; echo on; sleep 60; echo no")
        await session.read_until("on\n")
        session.process.kill(1)
        assert (await session.finish()).status == 129
        assert phone.fs.read("/sdcard/mark") == b"up\n"
        assert len(phone.processes) == 2

    asyncio.run(main())


def test_output_is_awaited_while_somebody_holds_it() -> None:
    async def main() -> None:
        started = time.perf_counter()
        result = await run(SmallPhone(), "nohup sh -c 'sleep 0.3; echo late' & echo now")
        assert result.stdout == "now\nlate\n"
        assert time.perf_counter() - started > 0.3

    asyncio.run(main())


def test_a_reboot_ends_everything() -> None:
    async def main() -> None:
        phone = SmallPhone()
        session = Session(phone, "trap 'echo no' EXIT; while :; do sleep 1 | cat; done")
        await asyncio.sleep(0.05)
        phone.processes.clear()
        assert (await session.finish()).stdout == ""
        assert (len(phone.processes), phone.shell.live) == (0, 0)

    asyncio.run(main())


# -- terminals -----------------------------------------------------------------------------------
class Terminal(Session):
    """A session on a terminal; what it shows is gathered in `screen`."""

    async def shows(self, mark: str) -> str:
        return await self.read_until(mark)


def test_a_terminal_prompts_echoes_and_edits() -> None:
    async def main() -> None:
        session = Terminal(SmallPhone(), None, tty=True)
        assert await session.shows("$ ") == "generic:/ $ "
        await session.send("cd /sdcard\r")
        assert await session.shows("$ ") == "cd /sdcard\r\ngeneric:/sdcard $ "
        await session.send("echo ax\x7fb\r")
        assert "\r\nab\r\n" in await session.shows("sdcard $ ")
        await session.send("false\r")
        assert "1|generic:/sdcard $ " in await session.shows("sdcard $ ")
        await session.send("for i in 1\r")
        assert await session.shows("> ") == "for i in 1\r\n> "
        await session.send("do echo $i; done\r")
        assert "done\r\n1\r\n" in await session.shows("sdcard $ ")
        await session.send("cat\rhello\r\x04")
        assert "hello\r\nhello\r\n" in await session.shows("sdcard $ ")
        await session.send("\x04")
        assert (await asyncio.wait_for(session.process.wait(), 5)) == 0

    asyncio.run(main())


def test_control_c_interrupts_what_runs_but_not_the_shell() -> None:
    async def main() -> None:
        session = Terminal(SmallPhone(), None, tty=True)
        await session.shows("$ ")
        for command in ("sleep 60", "while :; do :; done", "cat", "yes > /dev/null", "read x"):
            await session.send(command + "\r")
            await session.shows("\n")
            await asyncio.sleep(0.05)
            await session.send("\x03")
            assert "130|generic:/ $ " in await session.shows("$ "), command
        await session.send("half a line\x03")
        await session.shows("^C")
        await session.send("echo still\r")
        assert "still\r\n" in await session.shows("still\r\n")
        await session.send("exit 4\r")
        assert (await asyncio.wait_for(session.process.wait(), 5)) == 4

    asyncio.run(main())


def test_errors_leave_a_terminal_open() -> None:
    async def main() -> None:
        session = Terminal(SmallPhone(), None, tty=True)
        await session.shows("$ ")
        await session.send("fi\r")
        assert f"{SH}syntax error: unexpected 'fi'\r\n" in await session.shows("1|generic:/ $ ")
        await session.send("foo\r")
        assert f"{SH}foo: inaccessible or not found\r\n" in await session.shows("127|generic")
        await session.send("echo $((1/0)); exit\r")
        await session.shows("1|generic:/ $ ")
        await session.send("[ -t 0 ] && tty; exit\r")
        assert "/dev/pts/0\r\n" in await session.shows("pts/0\r\n")
        assert (await asyncio.wait_for(session.process.wait(), 5)) == 0

    asyncio.run(main())


@pytest.mark.parametrize(("api", "prompt"), [(23, "shell@generic:/ $ "), (24, "generic:/ $ ")])
def test_prompts_by_version(api: int, prompt: str) -> None:
    async def main() -> str:
        session = Terminal(SmallPhone(api=api), None, tty=True)
        text = await session.shows("$ ")
        session.process.kill(1)
        await session.process.wait()
        return text

    assert asyncio.run(main()) == prompt


# -- limits --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("f() { f; }; f", "recursion too deep"),
        ("x=x; while :; do x=$x$x; done", "can't allocate"),
        ("f() { f | f & }; f; sleep 0.3", "can't fork - try again"),
        ('x=\'echo $(eval "$x")\'; eval "$x"', "can't fork - try again"),
        ("trap 'kill -USR1 $$' USR1; kill -USR1 $$; f() { f; }; f", "recursion too deep"),
        ("x=" + "$(" * 100 + ")" * 100, "nesting too deep"),
        ("( " * 200 + ")" * 200, "nesting too deep"),
        ("echo $((" + "(" * 500 + "1" + ")" * 500 + "))", "recursion level exceeded"),
        ("set -- $(seq 110000)", "out of memory"),
        ("ls " + "x" * 2_100_000, "Argument list too long"),
    ],
)
def test_limits(script: str, message: str) -> None:
    assert message in sh(script, timeout=60).stderr


def test_endless_loops_leave_time_for_others() -> None:
    async def main() -> float:
        phone = SmallPhone()
        sessions = [Session(phone, "while :; do x=$((x+1)); done") for _ in range(3)]
        await asyncio.sleep(0.05)
        started = time.perf_counter()
        assert (await run(phone, "echo through")).stdout == "through\n"
        spent = time.perf_counter() - started
        for session in sessions:
            session.process.kill(9)
            await session.finish()
        return spent

    assert asyncio.run(main()) < 2


def test_variables_stay_small_in_memory() -> None:
    script = (
        "x=x; i=0; while [ $i -lt 21 ]; do x=$x$x; i=$((i+1)); done; while :; do eval x$i=\\$x;"
    )
    script += " i=$((i+1)); done"
    result: Any = sh(script, timeout=60)
    assert "can't allocate" in result.stderr
