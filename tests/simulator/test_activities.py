"""Activities, tasks, the back stack and what ends apps, on a booted phone."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from droidcancel.simulator import processes as proc
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    ACTION_SEND,
    ACTION_VIEW,
    EXTRA_STREAM,
    FLAG_ACTIVITY_CLEAR_TASK,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.jobs import Job
from droidcancel.simulator.resolver import ActivityNotFoundError, NotExportedError
from tests.simulator.system_phone import NOTES, OTHER, Hand, Notes, Other, asynchronous, hand

CYCLE = ["create", "resume"]


def lives(name: str, *events: str) -> list[str]:
    return [f"{name}.{event}" for event in events]


def record(it: Hand) -> Any:
    found = it.phone.activities.resumed
    assert found is not None
    return found


# -- starting and the back stack ------------------------------------------------------------------
@asynchronous
async def test_a_launch_creates_and_resumes() -> None:
    async with hand() as it:
        await it.launch()
        assert it.events() == ["process", *lives("Main", "create", "resume")]
        assert it.has(id="name", text="Main")
        assert record(it).state == "RESUMED"
        assert it.phone.windows.focused is record(it).activity.window


@asynchronous
async def test_home_stops_and_the_launcher_brings_the_same_screen_back() -> None:
    async with hand() as it:
        await it.launch()
        activity = record(it).activity
        it.events()
        it.phone.go_home()
        assert it.events() == lives("Main", "pause", "stop")
        assert it.top == "Launcher"
        await it.launch()
        assert it.events() == lives("Main", "resume")
        assert record(it).activity is activity


@asynchronous
async def test_back_returns_to_what_was_below() -> None:
    async with hand() as it:
        await it.launch()
        record(it).activity.open(".Detail")
        await it.until(lambda: it.top == "Detail")
        it.events()
        it.phone.press_back()
        assert it.top == "Main"
        assert it.events() == lives("Detail", "pause", "stop", "destroy") + lives("Main", "resume")


@pytest.mark.parametrize(("api", "stays"), [(28, False), (30, False), (31, True), (36, True)])
def test_back_from_the_root(api: int, stays: bool) -> None:
    """Since Android 12 the root of a launcher's task goes to the back instead of ending."""

    @asynchronous
    async def body() -> None:
        async with hand(api=api) as it:
            await it.launch()
            activity = record(it).activity
            it.phone.press_back()
            assert it.top == "Launcher"
            assert bool(it.phone.activities.recents()) == stays
            assert ("Main.destroy" in it.events()) != stays
            await it.launch()
            assert (record(it).activity is activity) == stays

    body()


@asynchronous
async def test_results_come_back_and_back_gives_none() -> None:
    async with hand() as it:
        await it.launch()
        main = record(it).activity
        for outcome in ("picked", None):
            asking = asyncio.ensure_future(
                main.start_for_result(Intent(component=Component.parse(f"{NOTES}/.Detail")))
            )
            await it.until(lambda: it.top == "Detail")
            if outcome:
                record(it).activity.finish(outcome)
            else:
                it.phone.press_back()
            assert await asking == outcome
            assert it.top == "Main"


@asynchronous
async def test_the_launcher_finds_the_task_however_deep() -> None:
    async with hand() as it:
        await it.launch()
        record(it).activity.open(".Detail")
        await it.until(lambda: it.top == "Detail")
        it.phone.go_home()
        await it.launch()
        assert it.top == "Detail"
        assert len(it.phone.activities.recents()) == 1


@asynchronous
async def test_clear_task_starts_over() -> None:
    async with hand() as it:
        await it.launch()
        record(it).activity.open(".Detail")
        await it.until(lambda: it.top == "Detail")
        it.events()
        await it.start(flags=FLAG_ACTIVITY_NEW_TASK | FLAG_ACTIVITY_CLEAR_TASK)
        assert it.top == "Main"
        ended = ["Detail.pause", "Detail.stop", "Detail.destroy", "Main.destroy"]
        assert it.events() == ended + lives("Main", *CYCLE)


@asynchronous
async def test_single_top_gets_the_new_intent() -> None:
    async with hand() as it:
        await it.start(".Top", action="first")
        activity = record(it).activity
        it.events()
        await it.start(".Top", action="second")
        assert it.events() == ["Top.new second"]
        assert record(it).activity is activity
        assert activity.intent.action == "second"


@asynchronous
async def test_single_task_ends_what_is_above_it() -> None:
    async with hand() as it:
        await it.start(".Only", action="first")
        record(it).activity.open(".Detail")
        await it.until(lambda: it.top == "Detail")
        it.events()
        await it.start(".Only", action="second")
        assert it.top == "Only"
        assert "Detail.destroy" in it.events()


@asynchronous
async def test_what_lies_under_a_translucent_screen_is_seen() -> None:
    async with hand() as it:
        await it.launch()
        record(it).activity.open(".Sheet")
        await it.until(lambda: it.top == "Sheet")
        shown = [w.title.rpartition(".")[2] for w in it.phone.windows.visible() if w.kind == "app"]
        assert shown == ["Main", "Sheet"]


@asynchronous
async def test_dialogs_go_before_screens() -> None:
    async with hand() as it:
        await it.launch()
        told: list[str] = []
        activity = record(it).activity
        activity.show_dialog(activity.build, on_dismiss=lambda: told.append("dismissed"))
        assert it.phone.windows.focused is activity.dialogs[-1]
        it.phone.press_back()
        assert (told, activity.dialogs) == (["dismissed"], [])
        assert it.top == "Main"


@asynchronous
async def test_starts_that_nothing_takes() -> None:
    async with hand() as it:
        for name in (f"{NOTES}/.None", "org.example.none/.Main"):
            with pytest.raises(ActivityNotFoundError, match="does not exist"):
                await it.phone.activities.start(Intent(component=Component.parse(name)), uid=2000)
        with pytest.raises(ActivityNotFoundError, match="act=android"):
            await it.open(ACTION_VIEW, "nothing://here")
        with pytest.raises(NotExportedError, match="not exported from uid"):
            await it.start(".Detail")
        assert it.top == "Launcher"


@asynchronous
async def test_a_disabled_app_is_not_started() -> None:
    async with hand() as it:
        it.package.enabled = False
        with pytest.raises(ActivityNotFoundError):
            await it.launch()


@asynchronous
async def test_two_takers_make_the_system_ask_and_one_does_not() -> None:
    async with hand() as it:
        send = Intent(action=ACTION_SEND, type="video/mp4", flags=FLAG_ACTIVITY_NEW_TASK)
        await it.phone.activities.start(send, uid=2000)
        assert it.top == "Share"
    async with hand(Other) as it:
        await it.phone.activities.start(send, uid=2000)
        assert it.top == "ChooserActivity"


@asynchronous
async def test_grants_end_with_the_screen_that_has_them() -> None:
    async with hand() as it:
        uri = "content://media/external/video/media/1"
        grants, uid = it.phone.media.grants, it.package.uid
        await it.phone.activities.start(
            Intent(
                action=ACTION_SEND,
                type="video/mp4",
                data=uri,
                extras={EXTRA_STREAM: "content://media/external/video/media/2"},
                grant_read=True,
                flags=FLAG_ACTIVITY_NEW_TASK,
            ),
            uid=2000,
        )
        assert grants.allows(uid, uri)
        assert not grants.allows(uid, "content://media/external/video/media/2"), "the shell's start"
        it.phone.press_back()
        assert not grants.allows(uid, uri)


# -- processes ------------------------------------------------------------------------------------
@asynchronous
async def test_process_states_follow_what_the_app_does() -> None:
    async with hand() as it:
        await it.launch()
        process = it.notes.process
        assert process.state == proc.PROCESS_STATE_TOP
        it.phone.go_home()
        assert process.state == proc.PROCESS_STATE_LAST_ACTIVITY
        it.notes.start_foreground(it.upload_note())
        assert process.state == proc.PROCESS_STATE_FOREGROUND_SERVICE
        it.notes.stop_foreground(7)
        it.phone.jobs.schedule(Job(1, NOTES, ".Job"))
        await it.until(lambda: process.state == proc.PROCESS_STATE_SERVICE)
        it.phone.jobs.cancel(NOTES)
        it.phone.activities.remove_task(it.phone.activities.recents()[0].id)
        assert not process.alive


@asynchronous
async def test_a_screen_is_made_anew_after_its_process_died() -> None:
    async with hand() as it:
        await it.launch()
        await it.tap(id="taps")
        await it.tap(id="taps")
        before = record(it)
        it.phone.go_home()
        it.phone.processes.signal(it.notes.process.pid, 9)
        assert not it.alive()
        assert [task.top for task in it.phone.activities.recents()] == [before]
        it.events()
        it.phone.activities.bring_task(before.task.id)
        await it.until(lambda: it.phone.activities.resumed is before)
        assert it.events() == ["process", *lives("Main", "create", "resume")]
        assert it.has(id="taps", text="2 taps"), "the saved state"


@asynchronous
async def test_the_screen_on_top_goes_with_its_process_those_below_come_back() -> None:
    async with hand() as it:
        await it.launch()
        record(it).activity.open(".Detail")
        await it.until(lambda: it.top == "Detail")
        it.phone.processes.signal(it.notes.process.pid, 9)
        await it.until(lambda: it.phone.activities.resumed is not None and it.top == "Main")
        assert len(record(it).task.records) == 1


@asynchronous
async def test_the_last_screen_dies_and_home_shows() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.processes.signal(it.notes.process.pid, 9)
        await it.until(lambda: it.top == "Launcher")
        assert it.phone.activities.recents() == []


@asynchronous
async def test_a_dead_process_leaves_its_notifications_but_not_its_services() -> None:
    async with hand() as it:
        await it.launch()
        note = it.upload_note()
        it.phone.notifications.post(note)
        it.notes.start_foreground(type(note)(NOTES, 8, "Service"))
        it.phone.processes.signal(it.notes.process.pid, 9)
        assert [n.id for n in it.phone.notifications.list()] == [7]


@asynchronous
async def test_kill_spares_what_the_user_would_miss() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.app_processes.kill_background(NOTES)
        assert it.alive(), "on the screen"
        it.phone.go_home()
        it.notes.start_foreground(it.upload_note())
        it.phone.app_processes.kill_background(NOTES)
        assert it.alive(), "a foreground service"
        it.notes.stop_foreground(7)
        it.phone.app_processes.kill_background(NOTES)
        assert not it.alive()
        assert len(it.phone.activities.recents()) == 1, "the task stays"


@asynchronous
async def test_force_stop_takes_everything() -> None:
    async with hand() as it:
        await it.launch()
        it.notes.start_foreground(it.upload_note())
        it.phone.jobs.schedule(Job(1, NOTES, ".Job", persisted=True))
        asking = asyncio.ensure_future(
            record(it).activity.start_for_result(
                Intent(component=Component.parse(f"{NOTES}/.Detail"))
            )
        )
        await it.until(lambda: it.top == "Detail")
        assert it.phone.activities.force_stop(NOTES)
        assert not it.alive()
        assert it.phone.activities.recents() == []
        assert it.phone.notifications.list() == []
        assert it.phone.jobs.list(NOTES) == []
        assert it.package.stopped
        assert await asyncio.wait_for(asking, 1) is None
        await it.until(lambda: it.top == "Launcher")
        await it.launch()
        assert not it.package.stopped
        assert not it.phone.activities.force_stop("org.example.none")


@asynchronous
async def test_an_app_that_throws_is_ended_and_the_user_told() -> None:
    async with hand() as it:
        await it.launch()
        await it.start(".Broken")
        await it.tap(id="crash")
        assert not it.alive()
        assert it.has(id="android:id/alertTitle", text="Notes has stopped")
        log = "\n".join(line.message for line in it.phone.log.lines() if line.buffer == "crash")
        assert "FATAL EXCEPTION: main" in log
        assert "RuntimeError: as asked" in log
        await it.tap(id="android:id/aerr_close")
        assert not it.has(id="android:id/alertTitle")


# -- recents --------------------------------------------------------------------------------------
@asynchronous
async def test_a_removed_task_takes_the_process_along() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.go_home()
        it.events()
        it.phone.jobs.schedule(Job(1, NOTES, ".Job", needs_network=False, ready_at=1e9))
        assert it.phone.activities.remove_task(it.phone.activities.recents()[0].id)
        assert it.events() == ["Main.destroy", "task removed"]
        assert not it.alive()
        assert not it.package.stopped, "not a force-stop"
        assert len(it.phone.jobs.list(NOTES)) == 1, "jobs survive"
        assert not it.phone.activities.remove_task(999)


@asynchronous
async def test_a_foreground_service_outlives_its_task() -> None:
    async with hand() as it:
        await it.launch()
        it.notes.start_foreground(it.upload_note())
        it.phone.activities.remove_task(it.phone.activities.recents()[0].id)
        assert it.alive()
        assert "task removed" in it.events()
        assert [n.id for n in it.phone.notifications.list()] == [7]
        assert it.notes.process.state == proc.PROCESS_STATE_FOREGROUND_SERVICE


@asynchronous
async def test_another_task_of_the_app_keeps_its_process() -> None:
    async with hand() as it:
        await it.start(".Apart")
        await it.launch()
        assert len(it.phone.activities.recents()) == 1
        it.phone.activities.remove_task(it.phone.activities.recents()[0].id)
        assert it.alive()
        assert it.top == "Apart"


@asynchronous
async def test_recents_are_newest_first() -> None:
    async with hand(Other) as it:
        await it.launch()
        await it.launch(package=OTHER)
        assert [task.affinity for task in it.phone.activities.recents()] == [OTHER, NOTES]
        it.phone.activities.bring_task(it.phone.activities.recents()[1].id)
        assert [task.affinity for task in it.phone.activities.recents()] == [NOTES, OTHER]


# -- whatever happens in whatever order -----------------------------------------------------------
async def _launch(it: Hand, chance: random.Random) -> None:
    await it.launch(package=chance.choice((NOTES, OTHER)))


async def _open(it: Hand, chance: random.Random) -> None:
    top = it.phone.activities.resumed
    if top is not None and top.activity is not None and top.component.package == NOTES:
        top.activity.open(chance.choice((".Detail", ".Top", ".Only", ".Sheet", ".Apart")))
        await asyncio.sleep(0.02)


async def _key(it: Hand, chance: random.Random) -> None:
    chance.choice((it.phone.press_back, it.phone.go_home, it.phone.show_recents))()


async def _kill(it: Hand, chance: random.Random) -> None:
    for process in it.phone.processes.by_package(chance.choice((NOTES, OTHER))):
        it.phone.processes.signal(process.pid, 9)


async def _stop(it: Hand, chance: random.Random) -> None:
    it.phone.activities.force_stop(chance.choice((NOTES, OTHER)))


async def _task(it: Hand, chance: random.Random) -> None:
    tasks = it.phone.activities.recents()
    if tasks:
        manager, task = it.phone.activities, chance.choice(tasks)
        chance.choice((manager.remove_task, manager.bring_task))(task.id)


async def _service(it: Hand, chance: random.Random) -> None:
    app = it.phone.app_processes.get(NOTES)
    if isinstance(app, Notes):
        if app.process.foreground_services:
            app.stop_foreground(7)
        else:
            app.start_foreground(it.upload_note())


STEPS = (_launch, _launch, _open, _open, _key, _kill, _stop, _task, _service)


def check(it: Hand) -> None:
    """What must always hold of tasks, activities, windows and processes."""
    manager, phone = it.phone.activities, it.phone
    assert manager.resumed is manager.top
    assert manager.resumed is not None
    assert manager.resumed.activity is not None
    assert all(task.records for task in manager.tasks)
    assert len({task.id for task in manager.tasks}) == len(manager.tasks)
    for task in manager.tasks:
        for each in task.records:
            assert each.task is task
            assert each.activity is None or each.activity.app.process.alive
            assert (each.state == "RESUMED") == (each is manager.resumed)
    for window in phone.windows.visible():
        if window.kind in ("app", "dialog"):
            assert getattr(window.owner, "process").alive  # noqa: B009  # owners differ
    for app in phone.app_processes.running():
        assert app.process.alive
        assert phone.processes.get(app.process.pid) is app.process


@pytest.mark.parametrize("seed", range(12))
def test_no_order_of_events_leaves_the_stack_in_disorder(seed: int) -> None:
    @asynchronous
    async def body() -> None:
        chance = random.Random(seed)
        async with hand(Other, api=chance.choice((28, 34))) as it:
            for _ in range(60):
                await chance.choice(STEPS)(it, chance)
                await it.until(lambda: it.phone.activities.resumed is it.phone.activities.top)
                await it.until(lambda: it.phone.activities.resumed is not None)
                check(it)

    body()


def test_a_start_names_the_default_action_only_for_the_launcher() -> None:
    """A started component keeps the intent that it was started with."""

    @asynchronous
    async def body() -> None:
        async with hand() as it:
            await it.start(action=ACTION_MAIN)
            assert record(it).intent.action == ACTION_MAIN

    body()
