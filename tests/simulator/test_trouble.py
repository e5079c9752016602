"""What goes wrong on a phone by itself: an app that hangs, a call, a full storage, a bad link."""

from __future__ import annotations

import asyncio
import re
import subprocess
import threading

import pytest

from droidcancel.simulator.apps import base
from droidcancel.simulator.apps.system.call_screen import DIALER, IDLE, RINGING
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.storage import fill
from droidcancel.simulator.touch import window_at
from tests.conftest import MakePhone, run_adb, wait_until, wheel_adb
from tests.simulator.system_phone import NOTES, Hand, asynchronous, hand

NUMBER = "+1 555 010 9999"


# -- an app that hangs ----------------------------------------------------------------------------
@asynchronous
async def test_a_hanging_app_gets_its_touches_later() -> None:
    async with hand() as it:
        await it.launch()
        it.notes.hang(3.0)  # long enough for what follows on any machine
        assert not it.has(id="taps")  # accessibility gets no answer from it
        shown = it.phone.screen.view_at(it.phone.windows.focused)  # type: ignore[arg-type]
        assert shown is not None
        button = next(view for view in shown.shown() if view.id == "taps")
        x, y = button.bounds.center
        await it.phone.input.tap(x, y)
        await it.see(text="1 taps")


@pytest.mark.parametrize(
    ("locale", "title"),
    [("en-US", "Notes isn't responding"), ("fr-FR", "Notes ne répond pas"),
     ("id-ID", "Catatan tidak merespons")],
)  # fmt: skip
def test_who_does_not_take_input_is_asked_about(
    locale: str, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "INPUT_DISPATCHING_TIMEOUT_S", 0.05)

    @asynchronous
    async def body() -> None:
        async with hand(locale=locale) as it:
            await it.launch()
            button = (await it.see(id="taps")).get("bounds")
            assert button
            it.notes.hang(30)
            it.notes.call(lambda: None)  # a touch that it does not get to
            dialog = await it.see(id="android:id/alertTitle", text=title)
            assert dialog.get("package") == "android"
            it.phone.press_back()  # Back does not answer it
            await it.tap(id="android:id/aerr_wait")
            assert it.alive()
            assert not it.has(id="android:id/alertTitle")
            it.phone.system_ui.anr.show_hung(it.notes)
            await it.tap(id="android:id/aerr_close")
            assert not it.alive()

    body()


@asynchronous
async def test_a_hanging_app_in_the_background_is_ended_without_a_word() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.go_home()
        await it.until(lambda: it.top == "Launcher")
        it.phone.app_processes.not_responding(it.notes)
        assert not it.alive()
        assert not it.has(id="android:id/aerr_wait")


# -- a call ---------------------------------------------------------------------------------------
async def ringing(it: Hand, seconds: float = 20) -> asyncio.Task[None]:
    task = asyncio.ensure_future(it.phone.system_ui.call.ring(NUMBER, seconds))
    await it.until(lambda: it.phone.system_ui.call.state == RINGING)
    return task


@asynchronous
async def test_a_call_shows_over_the_app_and_is_missed() -> None:
    async with hand() as it:
        await it.launch()
        call = await ringing(it, 0.4)
        row = await it.see(id="expandableNotificationRow")
        assert row.get("package") == "com.android.systemui"
        assert it.has(text="Incoming call")
        assert it.has(text="Answer")
        left, top, right, bottom = map(int, re.findall(r"\d+", row.get("bounds")))
        takers = [
            window_at(it.phone.screen.layout(), (left + right) / 2, y)
            for y in ((top + bottom) / 2, bottom + 20)
        ]
        assert [t.window.package for t in takers if t] == ["com.android.systemui", NOTES]
        await call
        assert not it.has(text=NUMBER)
        missed = it.phone.notifications.list()
        assert [(n.package, n.title) for n in missed] == [(DIALER, "Missed call")]
        assert it.phone.system_ui.call.touched == []


@asynchronous
async def test_a_call_is_pushed_away_and_rings_on() -> None:
    async with hand() as it:
        await it.launch()
        call = await ringing(it)
        await it.swipe("up", id="expandableNotificationRow")
        await it.until(lambda: not it.has(id="expandableNotificationRow"))
        assert it.phone.system_ui.call.state == RINGING
        it.phone.system_ui.call.hang_up()
        await call


@asynchronous
async def test_a_call_is_answered_and_airplane_mode_ends_it() -> None:
    async with hand() as it:
        await it.launch()
        call = await ringing(it)
        await it.tap(text="Answer")
        await it.see(text="Ongoing call")
        assert not it.has(id="taps")  # it has the whole screen
        it.phone.connectivity.set_airplane(True)
        await call
        assert it.phone.system_ui.call.touched == ["answered"]
        await it.see(id="taps")


@asynchronous
async def test_a_call_lights_a_locked_phone() -> None:
    async with hand() as it:
        await it.launch()
        it.phone.power.sleep()
        call = await ringing(it)
        await it.tap(text="Decline")
        await call
        assert it.phone.power.screen_on
        assert it.phone.power.keyguard
        assert it.phone.system_ui.call.touched == ["declined"]


@asynchronous
async def test_nobody_calls_a_phone_in_airplane_mode() -> None:
    async with hand() as it:
        it.phone.connectivity.set_airplane(True)
        await it.until(lambda: not it.phone.connectivity.cell.registered)
        await it.phone.system_ui.call.ring(NUMBER, 20)
        assert it.phone.system_ui.call.state == IDLE


# -- storage --------------------------------------------------------------------------------------
@asynchronous
async def test_a_full_phone_takes_no_file() -> None:
    async with hand() as it:
        give_back = fill(it.phone)
        with pytest.raises(FsError, match="No space left"):
            it.phone.fs.write("/sdcard/Movies/a.mp4", b"x" * 5000)
        assert [n.title for n in it.phone.notifications.list()] == ["Storage space running out"]
        give_back()
        it.phone.fs.write("/sdcard/Movies/a.mp4", b"x" * 5000)
        assert it.phone.notifications.list() == []
        assert not it.has(package=NOTES)


# -- the link -------------------------------------------------------------------------------------
def test_a_link_that_hangs_goes_on_where_it_was(make_phone: MakePhone) -> None:
    phone = make_phone()
    command = [wheel_adb(), "-s", phone.serial, "shell", "read line; echo got $line"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        phone.call(lambda: phone.adbd.set_stalled(True))
        shell.stdin.write(b"it\n")
        shell.stdin.flush()
        answer: list[bytes] = []
        reader = threading.Thread(target=lambda: answer.append(shell.stdout.readline()))  # type: ignore[union-attr]
        reader.start()
        reader.join(0.3)
        assert reader.is_alive()
        phone.call(lambda: phone.adbd.set_stalled(False))
        reader.join(10)
        assert answer == [b"got it\n"]


def test_who_connects_to_a_hanging_link_waits(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.call(lambda: phone.adbd.set_stalled(True))
    command = [wheel_adb(), "-s", phone.serial, "shell", "echo here"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as shell:
        with pytest.raises(subprocess.TimeoutExpired):
            shell.wait(0.3)
        phone.call(lambda: phone.adbd.set_stalled(False))
        assert shell.communicate(timeout=10)[0] == b"here\n"


def test_an_adb_server_gives_up_a_link_that_speaks_no_adb(
    make_phone: MakePhone, adb_server: int
) -> None:
    phone = make_phone()
    phone.call(lambda: phone.adbd.garble(b"no adb, " * 12))

    def gone() -> bool:
        listed = run_adb("devices").stdout.decode()
        return f"{phone.serial}\tdevice" not in listed

    wait_until(gone)
    phone.withdraw(adb_server)
    phone.announce(adb_server)
    assert run_adb("-s", phone.serial, "shell", "echo back").stdout == b"back\n"
