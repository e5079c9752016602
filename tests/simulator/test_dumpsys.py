"""`dumpsys` of activities, packages, windows, power, notifications and jobs."""

from __future__ import annotations

import re

import pytest

from droidcancel.simulator.jobs import Job
from tests.simulator.android_phone import PKG, UPLOADING, asynchronous, lab, until

LEVELS = [21, 23, 26, 28, 29, 30, 33, 34, 36]


# -- dumpsys itself -------------------------------------------------------------------------------
@asynchronous
async def test_missing_service_is_told_on_stderr_with_status_0() -> None:
    async with lab() as it:
        done = await it.sh("dumpsys no.such")
        assert (done.stdout, done.stderr, done.status) == ("", "Can't find service: no.such\n", 0)


@pytest.mark.parametrize("api", LEVELS)
@asynchronous
async def test_everything_can_be_dumped(api: int) -> None:
    async with lab(api=api) as it:
        await it.start()
        listed = (await it.out("dumpsys -l")).splitlines()
        assert listed[0] == "Currently running services:"
        names = [line.strip() for line in listed[1:]]
        text = await it.out("dumpsys")
        assert re.findall(r"^DUMP OF SERVICE (\S+):$", text, re.MULTILINE) == names
        assert text.count(" was the duration of dumpsys ") == len(names)
        assert "activity" in names
        assert f"Package [{PKG}]" in text


@asynchronous
async def test_options() -> None:
    async with lab() as it:
        assert "DUMP OF SERVICE power" not in await it.out("dumpsys --skip power,battery")
        assert (await it.out("dumpsys -t 5 power")).startswith("POWER MANAGER (dumpsys power)\n")
        assert (await it.out("dumpsys --help")).startswith("usage: dumpsys\n")


# -- activity -------------------------------------------------------------------------------------
@pytest.mark.parametrize("api", LEVELS)
@asynchronous
async def test_the_resumed_activity_in_the_words_of_the_api_level(api: int) -> None:
    async with lab(api=api) as it:
        await it.start()
        text = await it.out("dumpsys activity activities")
        token = r"ActivityRecord\{\w+ u0 org\.example\.demo/\.Main t\d+\}"
        assert (re.search(rf"mResumedActivity: {token}", text) is not None) is (api <= 33)
        assert (re.search(rf"topResumedActivity={token}", text) is not None) is (api >= 31)
        assert (re.search(rf"  ResumedActivity: {token}", text) is not None) is (api >= 29)


@asynchronous
async def test_top_names_the_activity_in_front_last() -> None:
    async with lab() as it:
        await it.start()
        found = re.findall(r"ACTIVITY (\S+) \w+ pid=(\d+)", await it.out("dumpsys activity top"))
        assert found[-1] == (f"{PKG}/.Main", str(it.pids()[0]))
        assert len(found) == 2


@pytest.mark.parametrize(
    ("api", "task", "field"),
    [
        (28, rf"TaskRecord\{{\w+ #(\d+) A={PKG} U=0 StackId=1 sz=1\}}", "realActivity"),
        (30, rf"Task\{{\w+ #(\d+) type=standard A=\d+:{PKG} U=0", "realActivity"),
        (36, rf"Task\{{\w+ #(\d+) type=standard A=\d+:{PKG} U=0", "mActivityComponent"),
    ],
)
@asynchronous
async def test_recents(api: int, task: str, field: str) -> None:
    async with lab(api=api) as it:
        await it.start()
        text = await it.out("dumpsys activity recents")
        found = re.search(rf"\* Recent #0: {task}", text)
        assert found is not None
        assert int(found[1]) == it.phone.activities.recents()[0].id
        assert f"    {field}={PKG}/.Main\n" in text
        await it.out(f"am force-stop {PKG}")
        assert PKG not in await it.out("dumpsys activity recents")


@asynchronous
async def test_services_show_the_foreground_ones_only() -> None:
    nothing = "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  (nothing)\n"
    async with lab() as it:
        await it.start()
        assert await it.out(f"dumpsys activity services {PKG}") == nothing
        it.demo.start_foreground(UPLOADING)
        text = await it.out(f"dumpsys activity services {PKG}")
        assert re.search(rf"  \* ServiceRecord\{{\w+ u0 {PKG}/\.UploadService\}}", text)
        assert "isForeground=true foregroundId=42 " in text
        assert "foregroundNoti=Notification(channel=upload " in text
        assert await it.out("dumpsys activity services no.such") == nothing


@asynchronous
async def test_processes_and_bad_words() -> None:
    async with lab() as it:
        await it.start()
        text = await it.out(f"dumpsys activity processes {PKG}")
        assert re.search(
            rf"\*APP\* UID \d+ ProcessRecord\{{\w+ {it.pids()[0]}:{PKG}/u0a\d+\}}", text
        )
        assert "curProcState=2 " in text
        assert (await it.out("dumpsys activity frob")).startswith("Bad activity command, or no")
        everything = await it.out("dumpsys activity")
        for section in ("RECENT TASKS", "SERVICES", "ACTIVITIES", "RUNNING PROCESSES"):
            assert f"ACTIVITY MANAGER {section} (dumpsys activity " in everything


# -- package --------------------------------------------------------------------------------------
@pytest.mark.parametrize("api", LEVELS)
@asynchronous
async def test_package_facts(api: int) -> None:
    async with lab(api=api) as it:
        text = await it.out(f"dumpsys package {PKG}")
        package = it.phone.packages.get(PKG)
        assert package is not None
        assert f"    {'appId' if api >= 34 else 'userId'}={package.uid}\n" in text
        assert "    versionCode=251 minSdk=21 targetSdk=33\n    versionName=2.5.1\n" in text
        assert re.search(r"firstInstallTime=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n", text)
        assert re.search(r"signatures=PackageSignatures\{.*\[[0-9a-f]{8}\]", text)
        assert "      android.permission.CAMERA\n" in text
        state = re.search(r"    User 0: (.*)\n", text)
        assert state is not None
        assert "stopped=false notLaunched=true enabled=0" in state[1]
        assert ("ceDataInode=" in state[1]) is (api >= 24)
        assert ("distractionFlags=0" in state[1]) is (api >= 30)
        assert ("android.permission.CAMERA: granted=false" in text) is (api >= 23)


@asynchronous
async def test_package_that_is_not_there() -> None:
    async with lab() as it:
        text = await it.out("dumpsys package no.such")
        assert "Unable to find package: no.such" in text
        assert "Package [" not in text


# -- window and display ---------------------------------------------------------------------------
@pytest.mark.parametrize("api", LEVELS)
@asynchronous
async def test_focus_moved_from_windows_to_displays_with_api_29(api: int) -> None:
    async with lab(api=api) as it:
        await it.start()
        focus = re.compile(rf"mCurrentFocus=Window\{{\w+ u0 {PKG}/{PKG}\.Main\}}")
        windows = await it.out("dumpsys window windows")
        displays = await it.out("dumpsys window displays")
        assert (focus.search(windows) is not None) is (api <= 28)
        assert (focus.search(displays) is not None) is (api >= 29)
        everything = await it.out("dumpsys window")
        assert focus.search(everything)
        wrapped = "AppWindowToken{" in everything
        assert wrapped is (api <= 29)
        assert "Window #0 Window{" in windows


@asynchronous
async def test_policy_tells_of_the_keyguard() -> None:
    async with lab(api=34) as it:
        text = await it.out("dumpsys window policy")
        assert "\n    KeyguardServiceDelegate\n      showing=false\n" in text
        assert "interactiveState=INTERACTIVE_STATE_AWAKE" in text
        await it.out("locksettings set-pin 1234")
        await it.out("input keyevent 223")
        text = await it.out("dumpsys window policy")
        assert "\n      showing=true\n" in text
        assert "\n      secure=true\n" in text
        assert "screenState=SCREEN_STATE_OFF" in text
        assert "deviceLocked=1" in await it.out("dumpsys trust")


@asynchronous
async def test_display_and_its_rotation() -> None:
    async with lab() as it:
        text = await it.out("dumpsys display")
        size = "deviceWidth=1080, deviceHeight=2400"
        assert re.search(rf"DisplayViewport\{{.*valid=true, .*orientation=0, .*{size}", text)
        it.phone.screen.set_rotation(1)
        assert "orientation=1, logicalFrame=Rect(0, 0 - 2400, 1080)" in await it.out(
            "dumpsys display"
        )
        await it.out("wm size 720x1280")
        assert "base=720x1280" in await it.out("dumpsys window displays")


# -- power and battery ----------------------------------------------------------------------------
@asynchronous
async def test_power_and_battery() -> None:
    async with lab() as it:
        assert "  mHoldingDisplaySuspendBlocker=true\n" in await it.out("dumpsys power")
        await it.out("input keyevent 223")
        text = await it.out("dumpsys power")
        assert "  mHoldingDisplaySuspendBlocker=false\n" in text
        assert "  mWakefulness=Asleep\n" in text
        await it.out("dumpsys battery unplug")
        await it.out("dumpsys battery set level 7")
        text = await it.out("dumpsys battery")
        assert "  level: 7\n" in text
        assert "  USB powered: false\n" in text
        assert "UPDATES STOPPED" in text
        await it.out("cmd battery reset")
        assert "  level: 100\n" in await it.out("dumpsys battery")


# -- notification ---------------------------------------------------------------------------------
@asynchronous
async def test_notification_progress_shows_and_texts_only_unredacted() -> None:
    async with lab() as it:
        await it.start()
        it.demo.start_foreground(UPLOADING)
        redacted = await it.out("dumpsys notification")
        assert f": pkg={PKG} user=UserHandle{{0}} id=42 tag=null" in redacted
        assert "        android.progress=Integer (45)\n" in redacted
        assert "        android.progressMax=Integer (100)\n" in redacted
        assert "        android.progressIndeterminate=Boolean (false)\n" in redacted
        assert "android.title=String [length=9]\n" in redacted
        assert "Uploading" not in redacted
        assert "flags=0x62" in redacted
        assert "android.title=String (Uploading)\n" in await it.out(
            "dumpsys notification --noredact"
        )
        assert f"0|{PKG}|42|null|" in await it.out("cmd notification list")
        await it.out(f"am force-stop {PKG}")
        assert PKG not in await it.out("dumpsys notification --noredact")


# -- jobs -----------------------------------------------------------------------------------------
@asynchronous
async def test_jobs_with_their_constraints() -> None:
    async with lab() as it:
        uid = it.phone.packages.get(PKG).uid  # type: ignore[union-attr]  # it is installed
        await it.out("cmd connectivity airplane-mode enable")
        await until(lambda: it.phone.connectivity.active_network() is None)
        it.phone.jobs.schedule(Job(45, PKG, ".UploadJob", persisted=True, upload_bytes=9000))
        text = await it.out(f"dumpsys jobscheduler {PKG}")
        assert "Registered 1 jobs:\n" in text
        assert re.search(rf"  JOB #u0a{uid - 10000}/45: \w+ {PKG}/\.UploadJob\n", text)
        assert f"    Source: uid=u0a{uid - 10000} user=0 pkg={PKG}\n" in text
        assert "      PERSISTED\n" in text
        assert "      Network upload bytes: 9000\n" in text
        assert "    Required constraints: CONNECTIVITY [0x10000000]\n" in text
        assert "    Unsatisfied constraints: CONNECTIVITY [0x10000000]\n" in text
        await it.out("cmd connectivity airplane-mode disable")
        await until(lambda: it.phone.jobs.list(PKG)[0].state == "active")
        text = await it.out(f"dumpsys jobscheduler {PKG}")
        assert "    Unsatisfied constraints:\n" in text
        assert re.search(r"Active jobs:\n  Slot #0: \w+ #u0a\d+/45 ", text)


@asynchronous
async def test_job_commands() -> None:
    async with lab() as it:
        it.phone.jobs.schedule(Job(45, PKG, ".UploadJob"))
        await until(lambda: it.phone.jobs.list(PKG)[0].state == "active")
        assert await it.out(f"cmd jobscheduler get-job-state {PKG} 45") == "active\n"
        assert (await it.out(f"cmd jobscheduler timeout {PKG}")).startswith("Timing out: #u0a")
        await until(lambda: it.phone.jobs.list(PKG)[0].state == "pending")
        held = await it.sh(f"cmd jobscheduler run {PKG} 45")
        assert "has functional constraints but --force not specified" in held.stdout
        assert await it.out(f"cmd jobscheduler run -f {PKG} 45") == "Running job [FORCED]\n"
        await until(lambda: it.phone.jobs.list(PKG)[0].state == "active")
        cancelled = f"Canceling all jobs for {PKG} in user 0\n"
        assert await it.out(f"cmd jobscheduler cancel {PKG}") == cancelled
        assert it.phone.jobs.list(PKG) == []
        again = await it.out(f"cmd jobscheduler cancel {PKG}")
        assert again == cancelled + "No matching jobs found.\n"
        missing = await it.sh(f"cmd jobscheduler run {PKG} 45")
        assert missing.stdout.startswith("Could not find job 45 in package")


# -- the rest -------------------------------------------------------------------------------------
@asynchronous
async def test_diskstats_lists_caches_by_package() -> None:
    async with lab() as it:
        it.phone.fs.write(f"/data/data/{PKG}/cache/thumb", b"x" * 5000)
        text = await it.out("dumpsys diskstats")
        names = re.search(r"^Package Names: \[(.*)\]$", text, re.MULTILINE)
        caches = re.search(r"^Cache Sizes: \[(.*)\]$", text, re.MULTILINE)
        assert names is not None
        assert caches is not None
        sizes = dict(zip(names[1].split(","), caches[1].split(","), strict=True))
        assert sizes[f'"{PKG}"'] == "5000"


@asynchronous
async def test_small_ones() -> None:
    async with lab() as it:
        assert "mCurMethodId=com.android.inputmethod.latin/.LatinIME\n" in await it.out(
            "dumpsys input_method"
        )
        assert (await it.out("dumpsys SurfaceFlinger --display-id")).startswith("Display 46198")
        assert "State: RUNNING_UNLOCKED" in await it.out("dumpsys user")
        assert "No process found for: no.such" in await it.out("dumpsys meminfo no.such")
