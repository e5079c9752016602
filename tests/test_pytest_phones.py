"""The pytest plugin with phones: leases, uploads, recipes as tests, and whose fault an end is.

Each test here is a test run of its own, with pytester, on virtual phones and a real adb server.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import MakePhone
from tests.pytest_lab import lines, run

pytest_plugins = ["pytester"]

#: the first breath of a recipe, without an upload
LOOK = """
name: look
title: Look at the feed
expect: {expect}
steps:
  - launch: feed
  - screenshot: feed
"""


FAULTS = """
import pytest

from droidcancel.errors import AdbError, Unsupported

def test_bad(upload, cancel, verdict):
    assert upload.token.startswith("#dc")
    assert cancel("in-app", at="30%").progress_percent >= 30
    verdict.must_be("cancelled", "draft")

def test_not_here(phone):
    raise Unsupported("this phone cannot do it")

def test_the_link_is_gone(phone):
    raise AdbError("the link dropped", "look at the cable")
"""

REST = """
def test_good(upload, cancel, verdict):
    assert upload.view().state in ("posting", "waiting")
    cancel("force-stop", at="30%")
    assert not upload.search("profile").found
    verdict.must_be("cancelled", "draft")
    assert verdict().name == verdict.result.verdict.name

def test_too_late(run_recipe):
    run_recipe("cancel_force_stop", at="failed")

def test_the_app_is_gone(phone, run_recipe):
    phone.device.shell.run(["pm", "uninstall", "org.droidcancel.clips"])
    run_recipe("cancel_force_stop")
"""


def test_whose_fault_an_end_is(lab: pytest.Pytester) -> None:
    """A bad app is a failure, a lost phone an error, what cannot be done a skip, in each output."""
    lab.makepyfile(FAULTS)
    done = run(
        lab, "-rA", "--droid-app-build=cancel-hides", "--droid-jsonl=runs.jsonl",
        "--junitxml=junit.xml", "--droid-allure=allure",
    )  # fmt: skip
    done.assert_outcomes(failed=1, errors=1, skipped=1)
    done.stdout.fnmatch_lines_random(
        [
            "*BadVerdict: cancel_in_app: resumed, expected cancelled or draft: the upload went on*",
            "*this phone cannot do it*",
            "*AdbError: the link dropped*",
            "look at the cable",
        ]
    )
    tree = ElementTree.parse(lab.path / "junit.xml")
    cases = {case.get("name"): {each.tag for each in case} for case in tree.iter("testcase")}
    assert "failure" in cases["test_bad"]
    assert cases["test_the_link_is_gone"] & {"error", "failure"} == {"error"}
    assert "skipped" in cases["test_not_here"]
    (run_,) = lines(lab.path / "runs.jsonl")
    told = (run_["test"], run_["outcome"], run_["verdict"])
    assert told == ("test_whose_fault_an_end_is.py::test_bad", "failed", "resumed")
    (result,) = [json.loads(path.read_text()) for path in lab.path.glob("allure/*-result.json")]
    assert result["status"] == "failed"
    assert {each["name"] for each in result["attachments"]} >= {"index.html", "run.json"}
    kept = {path.name for path in lab.path.glob("out/*/*test_bad*/**/*") if path.is_file()}
    assert {"index.html", "run.json", "hierarchy.xml", "logcat.txt", "screen.png"} <= kept


@pytest.mark.extended
@pytest.mark.timeout(300)  # four whole runs
def test_what_passes_and_what_is_hindered(lab: pytest.Pytester) -> None:
    """A pass leaves nothing behind; a moment that never came is a skip, or an error if asked."""
    lab.makepyfile(REST)
    done = run(lab, "-rA", "--droid-jsonl=runs.jsonl")
    done.assert_outcomes(passed=1, errors=1, skipped=1)
    done.stdout.fnmatch_lines_random(
        [
            "*invalid, expected cancelled or draft: the upload ended before its moment came*",
            "*AppError: *is not installed on*",
        ]
    )
    told = {str(each["test"]).partition("::")[2]: each for each in lines(lab.path / "runs.jsonl")}
    outcomes = {name: each["outcome"] for name, each in told.items()}
    assert outcomes == {"test_good": "passed", "test_too_late": "skipped"}
    assert not list(lab.path.glob("out/*/*test_good*"))
    kept = set((lab.path / "out").iterdir())
    run(lab, "-k", "good").assert_outcomes(passed=1)
    assert set((lab.path / "out").iterdir()) == kept, "a session that keeps nothing leaves nothing"
    strict = run(lab, "-k", "too_late", "--droid-undecided=error")
    strict.assert_outcomes(errors=1)


LEASE = """
import os
from droidcancel.journal_lock import lock_path

def test_it_is_ours(phone):
    assert int(lock_path(phone.serial).read_text()) == os.getpid()

def test_it_is_put_back(phone):
    phone.device.network.set_airplane(True)

def test_it_was_put_back(phone):
    assert not phone.device.network.state().airplane
    assert phone.device.network.state().online
"""


@pytest.mark.extended
def test_a_phone_is_leased_and_put_back(lab: pytest.Pytester, make_phone: MakePhone) -> None:
    """A phone that somebody holds is waited for; one that a test left offline is put back."""
    serial = make_phone(api=34).serial
    lab.makepyfile(LEASE)
    done = run(lab, f"--droid-device={serial}")
    done.assert_outcomes(passed=3)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys\nfrom droidcancel.journal_lock import phone_lease\n"
         f"with phone_lease({serial!r}):\n print('held', flush=True)\n sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        busy = run(lab, f"--droid-device={serial}", "--droid-lease-timeout=1")
        busy.assert_outcomes(errors=3)
        busy.stdout.fnmatch_lines([f"*LockedError: {serial} is in use by another*{holder.pid}*"])
    finally:
        holder.communicate()


POSTS = """
def test_first(run_recipe):
    run_recipe("cancel_force_stop")

def test_second(upload): ...
"""


@pytest.mark.extended
def test_a_session_posts_no_more_than_a_phone_allows(
    lab: pytest.Pytester, make_phone: MakePhone
) -> None:
    """Recipes and uploads are counted together, also where the phone is leased for each test."""
    phone = make_phone(apps=("clips",), upload_bytes_per_s=2e5)
    with (lab.path / "devices.yaml").open("a") as file:
        file.write(
            f"  mine: {{kind: emulator, serial: '{phone.serial}', app: clips, limits: "
            "{quiet_period_s: 1.5, late_period_s: 2, max_posts: 1}}\n"
        )
    lab.makepyfile(POSTS)
    done = run(lab, "--droid-device=mine", "--droid-scope=test")
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["*one more post would be more than max_posts (1) of this phone*"])
    assert len(phone.cloud.records) == 1


WORKERS = """
import time

import pytest

@pytest.mark.parametrize("turn", range(4))
def test_one_each(phone, turn, record_property):
    begun = time.time()
    phone.device.shell.run(["sleep", "0.5"])
    with open("seen.txt", "a") as seen:
        seen.write(f"{phone.serial} {begun} {time.time()}\\n")
"""


@pytest.mark.extended
def test_under_xdist_no_phone_has_two_workers(lab: pytest.Pytester, make_phone: MakePhone) -> None:
    """Three workers and two phones: each is used, and never by two at a time."""
    serials = [make_phone(api=34).serial for _ in range(2)]
    lab.makepyfile(WORKERS)
    done = run(lab, "-n3", "--droid-scope=test", f"--droid-device={','.join(serials)}")
    done.assert_outcomes(passed=4)
    seen = [line.split() for line in (lab.path / "seen.txt").read_text().splitlines()]
    assert {serial for serial, _, _ in seen} == set(serials)
    for serial in serials:
        spans = sorted((float(a), float(b)) for name, a, b in seen if name == serial)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


MARKED = """
import pytest

@pytest.mark.droid(api=[28, 34])
def test_on_each(phone, request):
    print("on", phone.api_level)
    assert f"[api{phone.api_level}]" in request.node.name

@pytest.mark.droid(device=["simulator", "old"])
def test_by_name(phone):
    assert phone.api_level in (34, 30)

@pytest.mark.droid(kind="usb")
def test_on_a_cable(phone): ...

@pytest.mark.droid(api=">=40")
def test_of_the_future(phone): ...

@pytest.mark.droid(app="clips", app_options={"account": "eve"})
def test_of_an_app(app, phone):
    assert (app.name, app.package, app.version) == ("clips", "org.droidcancel.clips", "3.4.1")
    app.start()
    assert app.running
    app.stop()
    assert not app.running

def test_simulated(simulated_phone, simulator_options):
    assert simulated_phone.api_level == simulator_options.api
    assert simulated_phone.kind == "simulator"
"""


@pytest.mark.extended
def test_markers_choose_the_phone(lab: pytest.Pytester) -> None:
    with (lab.path / "devices.yaml").open("a") as file:
        file.write("  old: {kind: simulator, app: clips, api: 30}\n")
    lab.makepyfile(MARKED)
    done = run(lab, "-rA")
    done.assert_outcomes(passed=6, skipped=2)
    done.stdout.fnmatch_lines_random(
        [
            "*test_on_each?api28?*", "*test_by_name?old?*", "*no phone fits*",
        ]
    )  # fmt: skip


def test_a_misspelt_marker_is_told_before_any_test(lab: pytest.Pytester) -> None:
    lab.makepyfile("import pytest\n@pytest.mark.droid(colour='red')\ndef test_it(phone): ...\n")
    done = lab.runpytest_inprocess()
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*droid(colour=...): it has device, api, kind, app*"])


def test_recipes_are_collected(lab: pytest.Pytester) -> None:
    """Files under recipes/ and those that are named; parts of recipes and other YAML are not."""
    recipes = lab.mkdir("recipes")
    (recipes / "look.yaml").write_text(LOOK.format(expect="unknown"))
    (recipes / "part.yaml").write_text("name: part\ntitle: x\nfragment: true\nsteps: [post]\n")
    (recipes / "other.yaml").write_text("steps: [1]\n")
    (lab.path / "elsewhere.yaml").write_text(LOOK.format(expect="unknown"))
    (lab.path / "wrong.yaml").write_text("name: wrong\ntitle: x\nexpect: draft\nsteps: [pots]\n")
    listed = lab.runpytest_inprocess("--collect-only", "-q")
    listed.stdout.fnmatch_lines(["recipes/look.yaml::look"])
    assert "part.yaml" not in str(listed.stdout)
    assert "elsewhere" not in str(listed.stdout)
    named = lab.runpytest_inprocess("--collect-only", "-q", "elsewhere.yaml")
    named.stdout.fnmatch_lines(["elsewhere.yaml::look"])
    wrong = lab.runpytest_inprocess("--collect-only", "-q", "wrong.yaml")
    wrong.stdout.fnmatch_lines(["*wrong.yaml:4:*pots*"])
    assert "Traceback" not in str(wrong.stdout)


@pytest.mark.extended
@pytest.mark.timeout(300)  # two whole runs, one under pytest-xdist
def test_recipes_are_run(lab: pytest.Pytester) -> None:
    """What a recipe does not expect is one message, without a traceback, and its page is there."""
    recipes = lab.mkdir("recipes")
    shipped = Path(__file__).parents[1] / "recipes"
    for name in ("cancel_in_app", "upload_video"):
        (recipes / f"{name}.yaml").write_text((shipped / f"{name}.yaml").read_text())
    good = run(lab, "recipes", "--droid-report=on", "-v")
    good.assert_outcomes(passed=1)
    assert list((lab.path / "out").glob("*/recipes*cancel_in_app*/1-cancel_in_app/index.html"))
    bad = run(lab, "recipes", "--droid-app-build=cancel-hides", "--droid-video=on", "-n1")
    bad.assert_outcomes(failed=1)
    bad.stdout.fnmatch_lines(["cancel_in_app: resumed, expected cancelled or draft: *"])
    assert "Traceback" not in str(bad.stdout)
    page = re.search(r"^report: (.*index.html)$", str(bad.stdout), re.MULTILINE)
    assert page is not None
    assert "resumed" in Path(page[1]).read_text()
    assert list((lab.path / "out").glob("*/recipes*cancel_in_app*/video.mp4"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--droid-lease-timeout=soon",), "*--droid-lease-timeout soon: expected seconds*"),
        (("--droid-var=x",), "*--droid-var x: expected NAME=VALUE*"),
        (("--droid-devices=none.yaml",), "*there is no file*none.yaml*"),
        (("-o", "droid_scope=year"), "*droid_scope = year: expected one of session, module, test*"),
    ],
)
def test_a_wrong_option_is_one_message(
    lab: pytest.Pytester, words: tuple[str, ...], said: str
) -> None:
    done = lab.runpytest_inprocess(*words)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([said])
