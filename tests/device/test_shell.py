"""The lasting shell: framing, quoting, hanging, dropping, arming, streaming."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from droidcancel.device.shell import Script, ShellChannel
from droidcancel.errors import AdbError, DeviceError, ShellTimeout
from tests.device.local_shell import LocalShells


@pytest.fixture(params=[True, False], ids=["v2", "v1"])
def shells(request: pytest.FixtureRequest) -> Iterator[LocalShells]:
    opened = LocalShells(v2=request.param)
    yield opened
    opened.close()


@pytest.fixture
def channel(shells: LocalShells) -> Iterator[ShellChannel]:
    channel = ShellChannel(shells.open, reopen_s=0.3)
    yield channel
    channel.close()


def test_streams_and_status_come_apart(channel: ShellChannel, shells: LocalShells) -> None:
    output = channel.run(Script("echo out; echo err >&2; exit 7"))
    assert output.rc == 7
    assert (output.text, output.errors) == (("out\n", "err\n") if shells.v2 else ("out\nerr\n", ""))
    assert channel.run(["false"]).rc == 1
    assert channel.opened == 1
    assert channel.round_trips == 2


def test_output_is_kept_byte_by_byte(channel: ShellChannel) -> None:
    assert channel.run(Script(r"printf '\000\377no newline\r\n\n'")).stdout == (
        b"\x00\xffno newline\r\n\n"
    )
    assert channel.run(["printf", ""]).stdout == b""
    big = channel.run(Script("i=0; while [ $i -lt 3000 ]; do echo $i$i$i; i=$((i+1)); done"))
    assert big.text.count("\n") == 3000


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(words=st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), max_size=4))
def test_no_word_is_interpreted(channel: ShellChannel, words: list[str]) -> None:
    expected = "".join(f"<{word}>" for word in words)
    argv = ["printf", "<%s>" * len(words) or "%s", *words]
    assert channel.run(argv).stdout.decode("utf-8") == expected


def test_a_command_does_not_eat_the_next(channel: ShellChannel) -> None:
    assert channel.run(["cat"]).stdout == b""
    assert channel.text(["echo", "still here"]) == "still here\n"


def test_a_script_leaves_nothing_behind(channel: ShellChannel) -> None:
    channel.run(Script("cd /; x=1; trap 'echo bye' EXIT; set -e; false"))
    assert channel.text(Script('echo "[$x]"; pwd')).startswith("[]\n")
    assert channel.run(Script("if then (")).rc != 0
    assert channel.text(["echo", "alive"]) == "alive\n"
    assert channel.opened == 1


def test_a_hanging_command_is_named_and_left(channel: ShellChannel) -> None:
    started = time.monotonic()
    with pytest.raises(ShellTimeout, match="sleep 60"):
        channel.run(["sleep", "60"], timeout=0.3)
    assert time.monotonic() - started < 2
    assert channel.text(["echo", "next"]) == "next\n"
    assert channel.opened == 2


def test_a_dropped_shell_is_opened_anew(channel: ShellChannel, shells: LocalShells) -> None:
    channel.run(["true"])
    shells.transports[-1].process.kill()
    shells.transports[-1]._pump.join(timeout=5)
    assert channel.text(["echo", "back"]) == "back\n"
    assert channel.opened == 2


def test_a_drop_under_a_command_is_told_unless_it_only_reads(channel: ShellChannel) -> None:
    # $PPID of the subshell's child is the shell of the line
    with pytest.raises(AdbError, match="dropped while it ran"):
        channel.run(Script("kill -9 $$"))
    with pytest.raises(AdbError, match="dropped while it ran"):
        channel.run(Script("kill -9 $$"), repeatable=True)
    assert channel.opened == 3


def test_too_much_output_is_refused(channel: ShellChannel) -> None:
    with pytest.raises(DeviceError, match="more than 1000"):
        channel.run(
            Script("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done"), max_output=1000
        )
    assert channel.text(["echo", "fine"]) == "fine\n"


def test_many_threads_at_once(channel: ShellChannel) -> None:
    wrong: list[str] = []

    def work(number: int) -> None:
        for turn in range(10):
            text = f"{number}.{turn}"
            if channel.text(["echo", text]) != f"{text}\n":
                wrong.append(text)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert channel.round_trips == 60
    assert channel.opened <= 60


def test_what_the_linker_says_is_no_answer(channel: ShellChannel) -> None:
    noisy = Script("echo 'WARNING: linker: app_process32: unused DT entry' >&2; echo null")
    assert channel.batch({"a": noisy, "b": ["echo", "WARNING: x"]}) == {
        "a": "null\n",
        "b": "WARNING: x\n",
    }


def test_a_batch_is_one_round_trip(channel: ShellChannel) -> None:
    texts = channel.batch({"a": ["echo", "1"], "b": Script("echo 2 >&2; exit 3"), "c": ["true"]})
    assert texts == {"a": "1\n", "b": "2\n", "c": ""}
    assert channel.round_trips == 1


def test_an_armed_command_waits_for_the_newline(channel: ShellChannel, tmp_path: object) -> None:
    mark = f"{tmp_path}/mark"
    with channel.arm(Script(f"echo fired > {mark}; echo done; exit 4")) as armed:
        assert channel.run(["ls", mark]).rc != 0
        armed.fire()
        output = armed.result()
    assert (output.text, output.rc) == ("done\n", 4)
    assert channel.text(["cat", mark]) == "fired\n"
    assert 0 < output.seconds < 2
    with pytest.raises(AdbError, match="already fired"):
        armed.fire()


def test_a_command_that_is_not_fired_never_runs(channel: ShellChannel, tmp_path: object) -> None:
    mark = f"{tmp_path}/mark"
    armed = channel.arm(["touch", mark])
    with pytest.raises(AdbError, match="not fired"):
        armed.result()
    armed.close()
    assert channel.run(["ls", mark]).rc != 0


def test_an_armed_command_that_hangs_is_named(channel: ShellChannel) -> None:
    with channel.arm(["sleep", "60"]) as armed:
        armed.fire()
        with pytest.raises(ShellTimeout, match="sleep 60"):
            armed.result(timeout=0.2)


def test_a_long_command_is_read_as_it_goes_and_signalled(channel: ShellChannel) -> None:
    script = Script("trap 'echo stopped; exit 0' INT; echo one; while :; do sleep 0.05; done")
    with channel.stream(script) as running:
        lines = running.lines(timeout=5)
        assert next(lines) == "one"
        channel.run(["kill", "-2", str(running.pid)])
        assert list(lines) == ["stopped"]


def test_words_of_a_stream_are_quoted(channel: ShellChannel) -> None:
    with channel.stream(["printf", "%s", "a b;echo c"]) as running:
        assert list(running.lines(timeout=5)) == ["a b;echo c"]


def test_a_closed_channel_says_so(channel: ShellChannel) -> None:
    channel.close()
    with pytest.raises(AdbError, match="closed"):
        channel.run(["true"])
