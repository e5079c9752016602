"""Boot and reboot, jobs, packages, settings of apps, notifications and power of a phone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from droidcancel.simulator.apps.base import Prefs
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.jobs import MAX_BACKOFF_S, Job
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.packages import LAST_APP_UID, Package
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.resolver import ActivityNotFoundError
from droidcancel.simulator.services_state import MAX_ATTEMPTS
from droidcancel.simulator.system_image import package_of
from tests.simulator.system_phone import NOTES, Hand, Notes, Other, asynchronous, hand


def job(number: int = 1, **more: object) -> Job:
    return Job(number, NOTES, ".Job", **more)  # type: ignore[arg-type]


# -- boot and reboot ------------------------------------------------------------------------------
@asynchronous
async def test_a_booted_phone_says_so_and_shows_its_home() -> None:
    async with hand() as it:
        props = it.phone.props
        assert (props["sys.boot_completed"], props["init.svc.bootanim"]) == ("1", "stopped")
        assert props["sys.user.0.ce_available"] == "true"
        assert it.top == "Launcher"
        assert it.phone.connectivity.active_network() is not None
        names = [process.name for process in it.phone.processes]
        assert {"init", "zygote64", "system_server", "com.android.systemui"} <= set(names)


@asynchronous
async def test_a_reboot_ends_everything_and_begins_anew() -> None:
    async with hand() as it:
        await it.launch()
        it.notes.start_foreground(it.upload_note())
        it.phone.clipboard.text = "copied"
        before, heard = it.phone.boot_id, []
        process = it.notes.process

        async def hook(mode: str) -> None:
            heard.append((mode, it.phone.booted.is_set()))

        it.phone.on_reboot(hook)
        await it.phone.reboot("recovery")
        assert heard == [("recovery", False)]
        assert it.phone.boot_id != before
        assert not process.alive
        assert it.phone.notifications.list() == []
        assert it.phone.clipboard.text is None
        assert it.top == "Launcher"
        assert len([w for w in it.phone.windows.visible() if w.kind == "status"]) == 1
        assert it.phone.clock.uptime() < 5
        assert it.phone.booted.is_set()


@asynchronous
async def test_who_hears_of_the_boot() -> None:
    async with hand() as it:
        assert it.events() == [], "never launched"
        await it.launch()
        it.events()
        await it.phone.reboot()
        await it.until(lambda: it.events() == ["process", "boot"])
        it.phone.activities.force_stop(NOTES)
        await it.phone.reboot()
        await asyncio.sleep(0.02)
        assert it.events() == [], "stopped"


@asynchronous
async def test_with_a_pin_apps_wait_for_the_first_unlock() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.jobs.schedule(job(persisted=True, needs_network=False))
        it.phone.power.pin = "4711"
        it.events()
        await it.phone.reboot()
        assert it.phone.power.keyguard
        assert not it.phone.power.unlocked_once
        assert it.phone.props["sys.user.0.ce_available"] == "false"
        with pytest.raises(ActivityNotFoundError):
            await it.launch()
        await it.start(".Settings", "com.android.settings")
        await asyncio.sleep(0.02)
        assert it.events() == []
        assert not it.phone.power.try_pin("0000")
        assert it.phone.power.try_pin("4711")
        seen: list[str] = []
        await it.until(lambda: seen.extend(it.events()) or {"boot", "job 1"} <= set(seen))
        assert it.phone.props["sys.user.0.ce_available"] == "true"
        it.phone.power.sleep()
        assert it.phone.power.try_pin("4711")
        await asyncio.sleep(0.02)
        assert "boot" not in it.events(), "once a boot"


@asynchronous
async def test_before_file_encryption_a_locked_phone_runs_its_apps() -> None:
    async with hand(api=23) as it:
        it.phone.power.pin = "4711"
        await it.phone.reboot()
        assert it.phone.power.keyguard
        await it.launch()
        assert it.alive()


@asynchronous
async def test_a_phone_that_is_off_has_nothing_left() -> None:
    before = asyncio.all_tasks()
    phone = Phone(PhoneOptions(apps=()))
    await phone.boot()
    await phone.shutdown()
    assert len(phone.processes) == 0
    assert phone.windows.visible() == []
    assert phone.connectivity.active_network() is None
    assert asyncio.all_tasks() == before


@asynchronous
async def test_what_the_system_does_may_fail_without_the_phone() -> None:
    async with hand() as it:

        async def fail() -> None:
            raise ValueError("of no use")

        assert await it.phone.spawn(fail()) is None
        assert any("ValueError: of no use" in line.message for line in it.phone.log.lines())


# -- jobs -----------------------------------------------------------------------------------------
def done(it: Hand, number: int, again: bool = False) -> None:
    """Let the job that runs come to its end."""
    it.notes.job_result.set_result(again)


@asynchronous
async def test_a_job_runs_at_once_where_it_may_and_is_over() -> None:
    async with hand() as it:
        it.phone.jobs.schedule(job())
        await it.until(lambda: it.events() == ["process", "job 1"])
        assert it.phone.jobs.list(NOTES)[0].state == "active"
        done(it, 1)
        await it.until(lambda: not it.phone.jobs.list(NOTES))


@asynchronous
async def test_a_job_waits_for_the_network() -> None:
    async with hand() as it:
        it.phone.connectivity.set_airplane(True)
        await it.until(lambda: it.phone.connectivity.active_network() is None)
        waiting = job()
        it.phone.jobs.schedule(waiting)
        assert it.phone.jobs.constraints(waiting) == {"UNLOCKED": True, "CONNECTIVITY": False}
        assert not it.phone.jobs.run_now(NOTES, 1)
        it.phone.jobs.schedule(job(2, needs_network=False))
        await it.until(lambda: "job 2" in it.events())
        it.phone.connectivity.set_airplane(False)
        await it.until(lambda: "job 1" in it.events())


@asynchronous
async def test_a_forced_job_asks_for_nothing() -> None:
    async with hand() as it:
        it.phone.connectivity.set_airplane(True)
        await it.until(lambda: it.phone.connectivity.active_network() is None)
        it.phone.jobs.schedule(job())
        assert it.phone.jobs.run_now(NOTES, 1, force=True)
        await it.until(lambda: "job 1" in it.events())


@asynchronous
async def test_a_job_that_asks_for_another_run_waits_longer_each_time() -> None:
    async with hand() as it:
        again = job(backoff_s=0.02)
        it.phone.jobs.schedule(again)
        await it.until(lambda: "job 1" in it.events())
        done(it, 1, again=True)
        await it.until(lambda: again.failures == 1)
        assert 0 < again.ready_at - it.phone.clock.uptime() <= 0.02
        await it.until(lambda: again.failures >= 3)
        assert it.events().count("job 1") >= 2
        slow = job(2, backoff_s=MAX_BACKOFF_S, failures=5)
        it.phone.jobs.schedule(slow)
        await it.until(lambda: slow.failures == 6)
        assert slow.ready_at <= it.phone.clock.uptime() + MAX_BACKOFF_S
        it.phone.jobs.cancel(NOTES)


@asynchronous
async def test_a_job_whose_process_dies_is_run_again() -> None:
    async with hand() as it:
        victim = job(backoff_s=0.02)
        it.phone.jobs.schedule(victim)
        await it.until(lambda: "job 1" in it.events())
        it.phone.processes.signal(it.notes.process.pid, 9)
        await it.until(lambda: "job 1 stopped" in it.events())
        await it.until(lambda: victim.failures == 1)
        await it.until(lambda: "job 1" in it.events())


@asynchronous
async def test_a_job_that_crashes_its_app_is_run_again() -> None:
    async with hand() as it:
        victim = job(backoff_s=30.0)
        it.phone.jobs.schedule(victim)
        await it.until(lambda: "job 1" in it.events())
        it.notes.job_result.set_exception(OSError("broken"))
        await it.until(lambda: victim.failures == 1)
        assert not it.alive()
        it.phone.jobs.cancel(NOTES)


@asynchronous
async def test_cancelled_and_stopped_jobs_leave_the_app() -> None:
    async with hand() as it:
        first = job()
        it.phone.jobs.schedule(first)
        await it.until(lambda: "job 1" in it.events())
        assert it.phone.jobs.stop(NOTES) == [first]
        await it.until(lambda: "job 1 stopped" in it.events())
        assert it.phone.jobs.list(NOTES) == [first], "tried again later"
        assert it.phone.jobs.cancel(NOTES, 2) == []
        assert it.phone.jobs.cancel(NOTES) == [first]
        assert it.phone.jobs.list(NOTES) == []


@asynchronous
async def test_a_job_replaced_while_it_runs_is_one_job() -> None:
    async with hand() as it:
        it.phone.jobs.schedule(job())
        await it.until(lambda: "job 1" in it.events())
        second = job()
        it.phone.jobs.schedule(second)
        seen: list[str] = []
        await it.until(lambda: seen.extend(it.events()) or {"job 1 stopped", "job 1"} <= set(seen))
        it.phone.jobs.kick()
        await asyncio.sleep(0.01)
        assert "job 1" not in it.events(), "it runs already"
        assert second.state == "active"
        done(it, 1)
        await it.until(lambda: not it.phone.jobs.list(NOTES))


@asynchronous
async def test_only_persisted_jobs_survive_a_reboot() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.jobs.schedule(job(1, persisted=True, needs_network=False, ready_at=1e9))
        it.phone.jobs.schedule(job(2, ready_at=1e9))
        it.events()
        await it.phone.reboot()
        assert [kept.id for kept in it.phone.jobs.list(NOTES)] == [1]
        seen: list[str] = []
        await it.until(lambda: seen.extend(it.events()) or "job 1" in seen)


@asynchronous
async def test_jobs_of_a_removed_app_are_of_no_use() -> None:
    async with hand() as it:
        it.phone.jobs.schedule(Job(1, "org.example.none", ".Job"))
        await it.until(lambda: not it.phone.jobs.list())


# -- packages -------------------------------------------------------------------------------------
@asynchronous
async def test_an_update_keeps_uid_data_and_permissions() -> None:
    async with hand() as it:
        it.grant("CAMERA")
        it.grant("READ_EXTERNAL_STORAGE")
        old = it.package
        it.phone.fs.write(f"{old.data_dir}/files/kept", b"data")
        heard: list[str] = []
        it.phone.packages.on_change(lambda event, package: heard.append(event))
        fresh = replace(
            package_of(Notes, "en", it.phone),
            version_name="2.0",
            requested=("android.permission.CAMERA",),
        )
        it.phone.packages.install(fresh)
        now = it.package
        assert (now.uid, now.version_name) == (old.uid, "2.0")
        assert now.granted == {"android.permission.CAMERA": True}
        assert now.first_install == old.first_install
        assert it.phone.fs.read(f"{now.data_dir}/files/kept") == b"data"
        assert heard == ["replaced"]


@asynchronous
async def test_an_uninstalled_app_leaves_nothing() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.activities.force_stop(NOTES)
        package = it.package
        assert it.phone.packages.uninstall(NOTES)
        assert it.phone.packages.get(NOTES) is None
        assert not it.phone.fs.exists(package.data_dir)
        assert it.phone.packages.by_uid(package.uid) == []
        assert not it.phone.packages.uninstall(NOTES)
        assert not it.phone.packages.uninstall("com.android.settings"), "of the system"
        again = it.phone.packages.install(package_of(Notes, "en", it.phone))
        assert again.uid != package.uid


@asynchronous
async def test_sizes_tell_cache_from_data() -> None:
    async with hand() as it:
        packages, fs = it.phone.packages, it.phone.fs
        fs.write(f"{it.package.data_dir}/cache/a", b"x" * 1000)
        fs.mkdir(f"{it.package.data_dir}/files/deep")
        fs.write(f"{it.package.data_dir}/files/deep/b", b"x" * 300)
        assert packages.sizes(it.package)[1:] == (300, 1000)
        packages.clear_cache(it.package)
        assert packages.sizes(it.package)[1:] == (300, 0)
        it.grant("CAMERA")
        packages.clear_data(it.package)
        assert packages.sizes(it.package)[1:] == (0, 0)
        assert not it.package.has("android.permission.CAMERA")
        assert fs.stat(it.package.data_dir).uid == it.package.uid


@asynchronous
async def test_permissions_are_asked_for_since_android_6() -> None:
    for api, held in ((22, True), (23, False)):
        async with hand(api=api) as it:
            assert it.package.has("android.permission.CAMERA") == held
            assert it.package.has("android.permission.INTERNET")
            assert not it.package.has("android.permission.READ_SMS"), "not requested"


@asynchronous
async def test_uids_end_somewhere() -> None:
    async with hand() as it:
        while it.phone.packages.new_uid() < LAST_APP_UID:
            pass
        with pytest.raises(OverflowError):
            it.phone.packages.new_uid()


def test_where_an_apk_lies() -> None:
    phone = Phone(PhoneOptions(api=29, apps=()))
    made = Package("org.example.a", "A", "1", 1, 10200, 29)
    assert phone.packages.install(made).apk_path == "/data/app/org.example.a-1/base.apk"
    phone = Phone(PhoneOptions(api=30, apps=()))
    path = phone.packages.install(replace(made, apk_path="")).apk_path
    assert path.startswith("/data/app/~~")
    assert path.endswith("==/base.apk")


# -- what apps keep -------------------------------------------------------------------------------
@asynchronous
async def test_preferences_survive_a_kill_and_a_reboot_but_not_a_clear() -> None:
    async with hand() as it:
        await it.launch()
        it.notes.prefs.set("name", "Ana")
        it.notes.prefs.set("list", [1, {"two": None}])
        it.notes.prefs.set("gone", 1)
        it.notes.prefs.remove("gone")
        it.phone.processes.signal(it.notes.process.pid, 9)
        await it.launch()
        assert (it.notes.prefs.get("name"), it.notes.prefs.get("list")) == (
            "Ana",
            [1, {"two": None}],
        )
        await it.phone.reboot()
        await it.launch()
        assert it.notes.prefs.get("name") == "Ana"
        assert it.notes.prefs.get("gone", "nothing") == "nothing"
        it.phone.activities.force_stop(NOTES)
        it.phone.packages.clear_data(it.package)
        await it.launch()
        assert it.notes.prefs.get("name") is None


@asynchronous
async def test_a_full_phone_takes_no_preferences() -> None:
    async with hand(free_bytes=0) as it:
        with pytest.raises(FsError):
            Prefs(it.phone, it.package).set("key", "x" * 10_000)


# -- notifications, toasts, power -----------------------------------------------------------------
@asynchronous
async def test_notifications_are_newest_first_and_replaced_by_id() -> None:
    async with hand() as it:
        note, notes = it.upload_note(), it.phone.notifications
        notes.post(note)
        notes.post(replace(note, id=8))
        notes.post(replace(note, progress=90))
        assert [(n.id, n.progress) for n in notes.list()] == [(7, 90), (8, 45)]
        before = it.phone.windows.version
        notes.cancel(NOTES, 99)
        assert it.phone.windows.version == before
        notes.cancel_package(NOTES)
        assert notes.list() == []


@asynchronous
async def test_a_toast_is_there_for_its_time_and_gives_way_to_the_next() -> None:
    async with hand() as it:
        it.phone.toasts.show(NOTES, "first", 5.0)
        it.phone.toasts.show(NOTES, "second", 0.03)
        windows = [w for w in it.phone.windows.visible() if w.kind == "toast"]
        assert len(windows) == 1
        assert it.phone.toasts.current is not None
        assert it.phone.toasts.current.text == "second"
        await it.until(lambda: it.phone.toasts.current is None)
        await it.until(lambda: not [w for w in it.phone.windows.visible() if w.kind == "toast"])


@asynchronous
async def test_the_keyguard_comes_with_sleep_unless_it_is_switched_off() -> None:
    async with hand() as it:
        power = it.phone.power
        power.sleep()
        power.wake()
        assert power.keyguard
        assert power.dismiss_keyguard()
        it.phone.settings.put("secure", "lockscreen.disabled", "1")
        power.toggle()
        power.toggle()
        assert (power.screen_on, power.keyguard) == (True, False)
        power.pin = "1234"
        power.sleep()
        assert power.keyguard, "a PIN locks in any case"


@asynchronous
async def test_wrong_pins_are_counted_then_throttled() -> None:
    async with hand() as it:
        power = it.phone.power
        power.pin = "1234"
        power.sleep()
        power.wake()
        assert not power.dismiss_keyguard()
        for _ in range(MAX_ATTEMPTS):
            power.type_pin("00-0x0")
            assert power.typed == "0000"
            assert not power.enter_pin()
        assert 25 < power.throttled <= 30
        assert not power.try_pin("1234"), "not even the right one"
        power._throttled_until -= 30
        assert power.try_pin("1234")
        assert power.attempts == 0


@asynchronous
async def test_the_phone_speaks_the_language_of_the_app() -> None:
    async with hand(Other, locale="fr-FR") as it:
        it.phone.app_locales[NOTES] = "id-ID"
        assert it.phone.language() == "fr"
        assert it.phone.language(NOTES) == "id"
        assert Notes.label("id") == "Catatan"
        assert Other.label("id") == "Other"


def test_options_that_make_no_phone() -> None:
    wrongs = {
        "api": 20,
        "width": 10,
        "locale": "xx",
        "density": 1,
        "loss": 1.0,
        "profile": "none",
    } | {"upload_bytes_per_s": 0, "on_network_loss": "x"}
    for wrong in ({name: value} for name, value in wrongs.items()):
        with pytest.raises(ValueError):
            PhoneOptions(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no app"):
        Phone(PhoneOptions(apps=("none",)))
