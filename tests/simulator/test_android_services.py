"""`cmd`, `service`, and the services with few words."""

from __future__ import annotations

import pytest

from droidcancel.simulator.jobs import Job
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone
from tests.simulator.android_phone import PKG, asynchronous, lab, until
from tests.simulator.shell_phone import run


@asynchronous
async def test_cmd_of_a_service_that_is_missing_or_has_no_shell() -> None:
    async with lab() as it:
        missing = await it.sh("cmd no.such")
        assert (missing.stderr, missing.status) == ("cmd: Can't find service: no.such\n", 20)
        silent = await it.sh("cmd netstats poll")
        assert (silent.stdout, silent.status) == ("", 0)
        assert silent.stderr == "No shell command implementation.\n"
        listed = await it.out("cmd -l")
        assert listed.startswith("Currently running services:\n  SurfaceFlinger\n")
        assert (await it.sh("cmd")).status == 20


@asynchronous
async def test_service_check_and_list() -> None:
    async with lab() as it:
        assert await it.out("service check package") == "Service package: found\n"
        assert await it.out("service check no.such") == "Service no.such: not found\n"
        listed = await it.out("service list")
        assert "\tactivity: [android.app.IActivityManager]\n" in listed
        assert len(listed.splitlines()) == int(listed.split()[1]) + 1


@asynchronous
async def test_services_are_not_there_before_the_boot_is_over() -> None:
    phone = Phone(PhoneOptions(apps=()))
    await phone.boot()
    phone.booted.clear()
    try:
        early = await run(phone, "cmd activity get-current-user")
        assert early.stderr == "cmd: Can't find service: activity\n"
        assert (await run(phone, "service check activity")).stdout.endswith("not found\n")
    finally:
        await phone.shutdown()


# -- app ops --------------------------------------------------------------------------------------
@asynchronous
async def test_app_ops() -> None:
    async with lab() as it:
        assert await it.out(f"appops get {PKG}") == "No operations.\n"
        assert await it.out(f"appops set {PKG} CAMERA ignore") == ""
        assert await it.out(f"cmd appops get {PKG}") == "CAMERA: ignore\n"
        assert await it.out("appops query-op CAMERA ignore") == f"{PKG}\n"
        await it.out(f"appops set {PKG} CAMERA default")
        assert await it.out(f"appops get {PKG} CAMERA") == "No operations.\nDefault mode: allow\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("no.such CAMERA allow", "Error: No UID for no.such in user 0\n"),
        (f"{PKG} FROB allow", "Error: Unknown operation string: FROB\n"),
        (f"{PKG} CAMERA frob", "Error: Mode frob is not valid,\n"),
        (f"{PKG} CAMERA", "Error: Mode not specified.\n"),
    ],
)
@asynchronous
async def test_app_op_errors(words: str, message: str) -> None:
    async with lab() as it:
        done = await it.sh(f"appops set {words}")
        assert (done.stderr, done.status) == (message, 255)


@asynchronous
async def test_ignored_background_keeps_jobs_from_running() -> None:
    async with lab() as it:
        await it.out(f"cmd appops set {PKG} RUN_ANY_IN_BACKGROUND ignore")
        it.phone.jobs.schedule(Job(7, PKG, ".UploadJob"))
        assert it.phone.jobs.list(PKG)[0].state == "pending"
        await it.out(f"cmd appops reset {PKG}")
        await until(lambda: it.phone.jobs.list(PKG)[0].state == "active")


# -- locks ----------------------------------------------------------------------------------------
@asynchronous
async def test_lock_settings() -> None:
    async with lab() as it:
        unset = await it.sh("locksettings verify --old 1234")
        assert unset.stdout == "Old password provided but user has no password\n"
        assert await it.out("locksettings verify") == "Lock credential verified successfully\n"
        assert await it.out("locksettings set-pin 1234") == "Pin set to '1234'\n"
        wrong = await it.sh("cmd lock_settings clear --old 9999")
        assert (wrong.stdout, wrong.status) == ("Old password '9999' didn't match\n", 255)
        await it.out("input keyevent 223")
        assert "verified" in await it.out("locksettings verify --old 1234")
        assert it.phone.power.keyguard
        assert await it.out("locksettings clear --old 1234") == "Lock credential cleared\n"
        assert await it.out("locksettings get-disabled") == "false\n"


@asynchronous
async def test_too_many_wrong_pins_are_throttled() -> None:
    async with lab() as it:
        await it.out("locksettings set-pin 1234")
        for _ in range(5):
            await it.sh("locksettings verify --old 0000")
        right = await it.sh("locksettings verify --old 1234")
        assert right.stdout == "Request throttled\n"


# -- language and night ---------------------------------------------------------------------------
@asynchronous
async def test_language_of_one_app() -> None:
    async with lab(api=34) as it:
        done = await it.out(f"cmd locale set-app-locales {PKG} --user current --locales fr-FR")
        assert done == ""
        assert it.phone.language(PKG) == "fr"
        assert it.phone.language() == "en"
        shown = await it.out(f"cmd locale get-app-locales {PKG}")
        assert shown == f"Locales for {PKG} for user 0 are [fr-FR]\n"
        await it.out(f'cmd locale set-app-locales {PKG} --locales ""')
        assert it.phone.language(PKG) == "en"
    async with lab(api=32) as it:
        assert (await it.sh("cmd locale get-app-locales x")).status == 20


@asynchronous
async def test_night_mode() -> None:
    async with lab() as it:
        assert await it.out("cmd uimode night") == "Night mode: no\n"
        assert await it.out("cmd uimode night yes") == "Night mode: yes\n"
        assert it.phone.screen.night
        assert (await it.sh("cmd uimode night maybe")).stderr.startswith("Error: mode must be")


@asynchronous
async def test_small_services() -> None:
    async with lab(api=34) as it:
        assert await it.out("cmd statusbar collapse") == ""
        assert await it.out("cmd statusbar check-support") == "true\n"
        assert await it.out("cmd role get-role-holders android.app.role.HOME") == (
            f"{it.phone.home.package}\n"
        )
        await it.out("cmd overlay enable com.android.internal.systemui.navbar.gestural")
        assert "[x] com.android.internal.systemui.navbar.gestural\n" in await it.out(
            "cmd overlay list"
        )
        await it.out("cmd notification post -t Hello tag 'some text'")
        (posted,) = it.phone.notifications.list()
        assert (posted.title, posted.text) == ("Hello", "some text")
        assert await it.out("sm has-adoptable") == "false\n"
        assert (await it.sh("telecom get-default-dialer")).status == 127
