"""Hostile scripts: other clients are answered all the while, and memory stays bounded."""

from __future__ import annotations

import asyncio
import time

import pytest

from droidcancel.simulator.bounded_regex import BadPattern, Pattern, SlowMatch
from droidcancel.simulator.shell.toybox import tool
from tests.simulator.shell_phone import Session, SmallPhone, sh

# In seconds of the process, since other processes may hold the machine.
LONGEST_TURN = 1.0


async def _attack(script: str, seconds: float) -> float:
    """Run a script for at most a while; the longest time for which it held the loop."""
    phone = SmallPhone(storage_bytes=20_000_000)
    session = Session(phone, script)
    finish = asyncio.ensure_future(session.finish(60))
    began, longest = time.monotonic(), 0.0
    while not finish.done() and time.monotonic() - began < seconds:
        before = time.process_time()
        await asyncio.sleep(0)
        longest = max(longest, time.process_time() - before)
    session.process.kill(9)
    await finish
    return longest


LONG = "x=$(yes aaa | head -c 200000 | tr -d '\\n')"


@pytest.mark.parametrize(
    "script",
    [
        "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '(a|aa)+$'",
        "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | sed -E 's/(a|aa)+$/x/'",
        "expr aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! : '\\(a*\\|aa\\)*$'",
        "[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! =~ (a|aa)+$ ]]",
        "echo x | grep -E '((((x{255}){255}){255}){255}){255}'",
        f"{LONG}; echo ${{x//a*b/c}}",
        f"{LONG}; echo ${{x//?a?b/c}}",
        f"{LONG}; echo ${{x##*a*a*a*a*a*a*a*b}}",
        f"{LONG}; y='*'; for i in 1 2 3 4 5 6 7 8 9 10; do y=$y????????; done; "
        "case $x in ${y}b) echo yes;; esac",
        "echo $(yes '' | head -c 1000000) $(yes a | head -c 1000000)",
        "mkdir d; cd d; i=0; while [ $i -lt 80 ]; do ln -s . l$i; i=$((i+1)); done; echo */*/*/*",
        "echo a | sed ':a;s/a/aa/g;ta'",
        "cat /dev/zero | cut -c1,3,5,7,9,11,13,15",
        "seq 200000 | sort -n",
    ],
)
def test_nobody_waits_for_a_hostile_script(script: str) -> None:
    assert asyncio.run(_attack(f"cd /data/local/tmp; {script}", 2)) < LONGEST_TURN


@pytest.mark.parametrize("command", ["sort", "tac", "tail -n 99999999", "paste", "paste -s"])
def test_commands_keep_so_many_lines_and_no_more(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool.Held.__init__, "__defaults__", (100_000,))
    monkeypatch.setattr("droidcancel.simulator.shell.toybox.sorting.MAX_SORTED", 100_000)
    assert f"{command.split()[0]}: Cannot allocate memory" in sh(f"yes | {command}").stderr


def test_tail_lets_go_of_what_it_will_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool.Held.__init__, "__defaults__", (100_000,))
    assert sh("seq 20000 | tail -n 2").stdout == "19999\n20000\n"


@pytest.mark.parametrize(
    ("script", "out"),
    [
        ("echo abcdef | cut -c2-3,3-4,6", "bcdf\n"),
        ("echo a:b:c | cut -d: -f3,1", "a:c\n"),
        ("x=aXbXc; echo ${x//X*X/-} ${x##*X} ${x//[XY]/.}", "a-c c a.b.c\n"),
        ("x=$(seq 19999 | tr -d '\\n'); y=${x//[0-9]/ab}; echo ${#x} ${#y}", "88889 177778\n"),
        (r"x=a1b2; y='\1\g<0>\\'; printf %s " + '"${x//[0-9]/$y}"', "a\\1\\g<0>\\\\b\\1\\g<0>\\\\"),
        ("x=aab?b; echo ${x//?b/-} ${x/?b/-} ${x//\\?b/-}", "a-- a-?b aab-\n"),
        ("case 'a*b' in 'a*b') echo plain;; esac; case axb in 'a*b') echo bad;; esac", "plain\n"),
    ],
)
def test_the_limits_change_no_answer(script: str, out: str) -> None:
    assert sh(script).stdout == out


@pytest.mark.parametrize("source", ["(" * 5000, "a" * 5000, "(a{300}){400}", "[", "(?P<x"])
def test_expressions_that_are_too_much_are_refused(source: str) -> None:
    with pytest.raises(BadPattern):
        Pattern(source)


def test_a_match_ends_in_time() -> None:
    pattern = Pattern("(a|aa)+$")
    subject = "a" * 60 + "!"
    before = time.process_time()
    for attempt in (pattern.search, pattern.match, pattern.fullmatch):
        with pytest.raises(SlowMatch):
            attempt(subject)
    with pytest.raises(SlowMatch):
        list(pattern.finditer(subject))
    with pytest.raises(SlowMatch):
        pattern.sub(lambda match: "", subject)
    assert time.process_time() - before < 5
