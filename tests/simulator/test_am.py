"""`am`, `cmd activity` and `monkey` in the phone's own shell."""

from __future__ import annotations

import re

import pytest

from droidcancel.simulator.jobs import Job
from tests.simulator.android_phone import PKG, UPLOADING, asynchronous, lab, until

MAIN = f"{PKG}/.Main"
LAUNCH = f"am start -a android.intent.action.MAIN -c android.intent.category.LAUNCHER -n {MAIN}"


@asynchronous
async def test_start_shows_the_intent_and_the_activity() -> None:
    async with lab() as it:
        done = await it.sh(f"am start -n {MAIN}")
        assert done.stdout == f"Starting: Intent {{ cmp={MAIN} }}\n"
        assert (done.stderr, done.status) == ("", 0)
        assert it.phone.activities.resumed is not None
        assert it.phone.activities.resumed.component.short == MAIN


@pytest.mark.parametrize("api", [28, 29, 30, 36])
@asynchronous
async def test_missing_class_is_error_type_3(api: int) -> None:
    async with lab(api=api) as it:
        done = await it.sh(f"am start -n {PKG}/.Nope")
        assert done.stderr == (
            f"Error type 3\nError: Activity class {{{PKG}/{PKG}.Nope}} does not exist.\n"
        )
        assert done.status == (1 if api >= 30 else 0)


@asynchronous
async def test_unresolved_intent_is_told_on_stderr_or_with_wait_on_stdout() -> None:
    text = "Error: Activity not started, unable to resolve Intent { act=no.SUCH flg=0x10000000 }\n"
    async with lab(api=33) as it:
        done = await it.sh("am start -a no.SUCH")
        assert (done.stderr, done.status) == (text, 1)
        waited = await it.sh("am start -W -a no.SUCH")
        assert waited.stdout.endswith(text)
        assert waited.stderr == ""


@pytest.mark.parametrize(
    ("api", "first"),
    [
        (34, "\nException occurred while executing 'start':\njava.lang.SecurityException: "),
        (28, "Security exception: Permission Denial: starting Intent"),
        (24, "java.lang.SecurityException: Permission Denial"),
    ],
)
@asynchronous
async def test_what_is_not_exported_is_refused(api: int, first: str) -> None:
    async with lab(api=api) as it:
        done = await it.sh(f"am start -n {PKG}/.Detail")
        assert done.stderr.startswith(first)
        uid = it.phone.packages.get(PKG).uid  # type: ignore[union-attr]  # it is installed
        assert f"uid=2000) not exported from uid {uid}" in done.stderr
        assert done.status == (1 if api == 24 else 255)


@asynchronous
async def test_second_start_only_brings_the_task_forward() -> None:
    async with lab() as it:
        await it.out(LAUNCH)
        again = await it.sh(LAUNCH)
        assert again.stderr == (
            "Warning: Activity not started, its current task has been brought to the front\n"
        )
        assert again.status == 0
        assert len(it.phone.activities.recents()) == 1
        assert len(it.phone.activities.recents()[0].records) == 1


@asynchronous
async def test_single_top_gets_the_intent_delivered() -> None:
    async with lab() as it:
        await it.out(f"am start -a one -n {PKG}/.Single")
        done = await it.sh(f"am start -a two -n {PKG}/.Single")
        assert "delivered to currently running top-most instance" in done.stderr


@pytest.mark.parametrize("api", [28, 30, 36])
@asynchronous
async def test_wait_reports_the_launch(api: int) -> None:
    async with lab(api=api) as it:
        text = await it.out(f"am start -W -n {MAIN}")
        assert f"\nStatus: ok\n{'LaunchState: COLD' if api >= 29 else 'Activity'}" in text
        assert f"\nActivity: {MAIN}\n" in text
        assert ("ThisTime: " in text) is (api <= 28)
        assert re.search(r"TotalTime: \d+\nWaitTime: \d+\nComplete\n$", text)
        await it.out("input keyevent HOME")
        again = await it.sh(f"am start -W -n {MAIN}")
        if api >= 29:
            assert "LaunchState: HOT" in again.stdout


@asynchronous
async def test_stop_option_stops_first() -> None:
    async with lab() as it:
        await it.start()
        (before,) = it.pids()
        text = await it.out(f"am start -S -n {MAIN}")
        assert text.startswith(f"Stopping: {PKG}\nStarting: ")
        assert it.pids() != [before]
        assert len(it.pids()) == 1


@asynchronous
async def test_extras_arrive_with_their_types() -> None:
    async with lab() as it:
        await it.out(
            f"am start -n {MAIN} -e text 'two words' --ez yes true --ei number 0x10 --el long 5 "
            "--ef part 1.5 --eu uri content://x/1 --esn none --esa list a,b --eia numbers 1,2"
        )
        record = it.phone.activities.resumed
        assert record is not None
        assert dict(record.intent.extras) == {
            "text": "two words",
            "yes": True,
            "number": 16,
            "long": 5,
            "part": 1.5,
            "uri": "content://x/1",
            "none": None,
            "list": ["a", "b"],
            "numbers": [1, 2],
        }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "No intent supplied"),
        ("--frobnicate", "Unknown option: --frobnicate"),
        ("-n nonsense", "Bad component name: nonsense"),
        ("-a", 'Argument expected after "-a"'),
        ("-a x --ez k maybe", "Invalid boolean value: maybe"),
    ],
)
@asynchronous
async def test_bad_words_are_illegal_arguments(words: str, message: str) -> None:
    async with lab() as it:
        done = await it.sh(f"am start {words}")
        assert done.status == 255
        assert f"java.lang.IllegalArgumentException: {message}\n" in done.stderr


@pytest.mark.parametrize(
    ("api", "data"), [(30, "content://media/external/video/media/1"), (34, "content://media/...")]
)
@asynchronous
async def test_share_grants_what_is_named_as_data(api: int, data: str) -> None:
    uri = "content://media/external/video/media/1"
    async with lab(api=api) as it:
        it.video()
        assert it.phone.media.scan("/sdcard/Movies/clip.mp4") is not None
        uid = it.phone.packages.get(PKG).uid  # type: ignore[union-attr]  # it is installed
        send = f"am start -a android.intent.action.SEND -t video/mp4 -p {PKG} --eu x {uri}"
        stream = f"--eu android.intent.extra.STREAM {uri} --grant-read-uri-permission"
        await it.out(f"{send} {stream}")
        with pytest.raises(PermissionError):
            it.phone.media.open(uri, uid)
        shown = await it.out(f"{send} {stream} -d {uri}")
        assert f"dat={data} typ=video/mp4 flg=0x1 pkg={PKG} (has extras)" in shown
        assert it.phone.media.open(uri, uid).size > 1000
        assert it.phone.media.open(uri.replace("external", "external_primary"), uid).size > 1000
        await it.out(f"am force-stop {PKG}")
        with pytest.raises(PermissionError):
            it.phone.media.open(uri, uid)


# -- broadcasts -----------------------------------------------------------------------------------
@asynchronous
async def test_broadcast_without_receiver() -> None:
    async with lab() as it:
        assert await it.out("am broadcast -a foo.BAR") == (
            "Broadcasting: Intent { act=foo.BAR flg=0x400000 }\nBroadcast completed: result=0\n"
        )


@asynchronous
async def test_airplane_broadcast_is_the_systems_from_api_24_on() -> None:
    command = "am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true"
    async with lab(api=25) as it:
        done = await it.sh(command)
        assert (
            "java.lang.SecurityException: Permission Denial: not allowed to send broadcast "
            "android.intent.action.AIRPLANE_MODE from pid=" in done.stderr
        )
        assert "uid=2000" in done.stderr
        assert "completed" not in done.stdout
        assert (await it.sh(command, uid=0)).status == 0


@asynchronous
async def test_airplane_broadcast_switches_radios_on_api_23() -> None:
    async with lab(api=23) as it:
        await it.out("settings put global airplane_mode_on 1")
        assert not it.phone.connectivity.airplane
        await it.out("am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true")
        await until(lambda: it.phone.connectivity.airplane)


@asynchronous
async def test_scan_broadcast_answers_before_it_scans() -> None:
    scan = "am broadcast -a android.intent.action.MEDIA_SCANNER_SCAN_FILE -d file:///sdcard/Movies/"
    async with lab(api=29) as it:
        it.video("/sdcard/Movies/a b.mp4")
        assert "result=0" in await it.out(f"{scan}a%20b.mp4")
        await until(it.phone.media.videos)
        assert it.phone.media.videos()[0].name == "a b.mp4"


@asynchronous
async def test_keyboard_broadcast_has_a_result() -> None:
    async with lab() as it:
        it.phone.ime.register("com.github.uiautomator/.AdbKeyboard")
        it.phone.ime.enable("com.github.uiautomator/.AdbKeyboard")
        it.phone.ime.set("com.github.uiautomator/.AdbKeyboard")
        it.phone.clipboard.text = "hello"
        text = await it.out("am broadcast -a ADB_KEYBOARD_GET_CLIPBOARD")
        assert 'Broadcast completed: result=-1, data="aGVsbG8="' in text


@asynchronous
async def test_demo_mode_needs_its_setting() -> None:
    enter = "am broadcast -a com.android.systemui.demo -e command"
    async with lab() as it:
        await it.out(f"{enter} enter")
        assert not it.phone.demo.active
        await it.out("settings put global sysui_demo_allowed 1")
        await it.out(f"{enter} clock -e hhmm 1200")
        assert it.phone.demo.shown == {"clock": {"hhmm": "1200"}}
        await it.out(f"{enter} exit")
        assert not it.phone.demo.active


# -- ending apps ----------------------------------------------------------------------------------
@asynchronous
async def test_force_stop_is_silent_and_thorough() -> None:
    async with lab() as it:
        await it.start()
        it.demo.start_foreground(UPLOADING)
        it.phone.jobs.schedule(Job(45, PKG, ".UploadJob"))
        assert await it.out(f"am force-stop {PKG}") == ""
        assert it.pids() == []
        assert it.phone.jobs.list(PKG) == []
        assert it.phone.notifications.list() == []
        assert it.phone.activities.recents() == []
        assert "stopped=true" in await it.out(f"dumpsys package {PKG}")
        assert await it.out("am force-stop no.such.app") == ""


@asynchronous
async def test_kill_spares_what_the_user_sees_or_a_foreground_service() -> None:
    async with lab() as it:
        await it.start()
        await it.out(f"am kill {PKG}")
        assert len(it.pids()) == 1
        it.demo.start_foreground(UPLOADING)
        await it.out("input keyevent HOME")
        await it.out(f"am kill {PKG}")
        assert len(it.pids()) == 1
        it.demo.stop_foreground(UPLOADING.id)
        await it.out(f"am kill {PKG}")
        assert it.pids() == []
        assert "stopped=false" in await it.out(f"dumpsys package {PKG}")


@asynchronous
async def test_crash_is_logged_and_kills() -> None:
    async with lab() as it:
        await it.start()
        await it.out(f"am crash {PKG}")
        assert it.pids() == []
        assert any("shell-induced crash" in line.message for line in it.phone.log.lines())


# -- tasks ----------------------------------------------------------------------------------------
@asynchronous
async def test_stack_list_and_remove_by_task_id() -> None:
    async with lab(api=34) as it:
        await it.start()
        text = await it.out("am stack list")
        found = re.search(rf"  taskId=(\d+): {PKG}/{PKG}.Main bounds=\[0,0\]\[1080,2400\]", text)
        assert found is not None
        assert f"RootTask id={found[1]} bounds=" in text
        assert "\n configuration={" in text
        assert f"visible=true topActivity=ComponentInfo{{{PKG}/{PKG}.Main}}" in text
        assert await it.out(f"am stack remove {found[1]}") == ""
        assert it.pids() == []
        assert await it.out("am stack remove 4711") == ""


@asynchronous
async def test_stack_ids_are_not_task_ids_before_api_31() -> None:
    async with lab(api=30) as it:
        await it.start()
        text = await it.out("am stack list")
        found = re.search(rf"^Stack id=(\d+) .*\n.*\n  taskId=(\d+): {PKG}/", text, re.MULTILINE)
        assert found is not None
        assert found[1] != found[2]
        home = re.search(r"^Stack id=(\d+) .*\n.*\n.*launcher", text, re.MULTILINE)
        assert home is not None
        refused = await it.sh(f"am stack remove {home[1]}")
        assert "Removing non-standard stack is not allowed." in refused.stderr
        await it.out(f"am stack remove {found[1]}")
        assert it.phone.activities.recents() == []


@asynchronous
async def test_a_foreground_service_outlives_its_task() -> None:
    async with lab() as it:
        await it.start()
        it.demo.start_foreground(UPLOADING)
        (task,) = it.phone.activities.recents()
        await it.out(f"am stack remove {task.id}")
        assert it.phone.activities.recents() == []
        assert len(it.pids()) == 1


# -- users and the rest ---------------------------------------------------------------------------
@asynchronous
async def test_users() -> None:
    async with lab() as it:
        assert await it.out("am get-current-user") == "0\n"
        assert await it.out("am get-started-user-state 0") == "RUNNING_UNLOCKED\n"
        assert await it.out("am get-started-user-state 10") == "User is not started: 10\n"
        assert (await it.sh("am switch-user 10")).stderr == "Error: Failed to switch to user 10\n"


@asynchronous
async def test_restricted_apps_run_no_jobs() -> None:
    async with lab() as it:
        await it.out(f"am set-bg-restriction-level {PKG} background_restricted")
        assert await it.out(f"am get-bg-restriction-level {PKG}") == "background_restricted\n"
        it.phone.jobs.schedule(Job(45, PKG, ".UploadJob"))
        held = it.phone.jobs.constraints(it.phone.jobs.list(PKG)[0])
        assert held["BACKGROUND_NOT_RESTRICTED"] is False
        await it.out(f"am set-bg-restriction-level {PKG} unrestricted")
        await until(lambda: it.phone.jobs.list(PKG)[0].state == "active")


@asynchronous
async def test_services_and_instrumentation_are_not_there() -> None:
    async with lab() as it:
        started = await it.sh(f"am startservice -n {PKG}/.Sync")
        assert started.stdout == f"Starting service: Intent {{ cmp={PKG}/.Sync }}\n"
        assert (started.stderr, started.status) == ("Error: Not found; no service started.\n", 255)
        test = await it.sh("am instrument -w com.x.test/androidx.test.Runner")
        assert "Unable to find instrumentation info for: ComponentInfo{com.x.test/" in test.stdout
        assert test.status == 1


@asynchronous
async def test_unknown_and_missing_words() -> None:
    async with lab() as it:
        assert (await it.sh("am frob")).stdout == "Unknown command: frob\n"
        assert (await it.sh("cmd activity frob")).status == 255
        assert (await it.sh("am")).stdout.startswith("Activity manager (activity) commands:\n")
    async with lab(api=24) as it:
        done = await it.sh("am frob")
        assert done.stderr.endswith("\nError: unknown command 'frob'\n")
        assert done.status == 1


@pytest.mark.parametrize("api", [23, 30, 36])
@asynchronous
async def test_monkey_starts_the_launcher_activity(api: int) -> None:
    async with lab(api=api) as it:
        done = await it.sh(f"monkey -p {PKG} -c android.intent.category.LAUNCHER 1")
        assert "Events injected: 1\n" in done.stdout
        assert done.status == 0
        assert it.phone.activities.resumed is not None
        assert it.phone.activities.resumed.component.short == MAIN
        none = await it.sh("monkey -p no.such -c android.intent.category.LAUNCHER 1")
        assert none.stdout.endswith("** No activities found to run, monkey aborted.\n")
        assert none.status == 252
