"""The picture: what is drawn stands where the bounds say."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from droidcancel.simulator import fonts, icons, pictures
from droidcancel.simulator.draw import Painter
from droidcancel.simulator.draw_palette import resolve
from droidcancel.simulator.layout import LayoutEngine
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.views import (
    Rect,
    ScrollState,
    TextState,
    View,
    button,
    checkbox,
    column,
    edit_text,
    frame,
    icon,
    image,
    image_button,
    list_view,
    progress,
    radio,
    spinner,
    switch,
    text,
    video,
)
from tests.simulator.shell_phone import run as sh
from tests.simulator.ui_phone import open_widgets, run, view_of, widgets_phone

SIZE = (600, 800)


def painted(root: View, night: bool = False) -> Image.Image:
    engine = LayoutEngine(240)
    engine.arrange(root, Rect(0, 0, *SIZE))
    canvas = Image.new("RGB", SIZE, (255, 255, 255))
    Painter(canvas, engine, night).paint(root)
    return canvas


def ink(picture: Image.Image, without: Image.Image) -> Rect | None:
    """Where two pictures differ."""
    box = ImageChops.difference(picture, without).getbbox()
    return None if box is None else Rect(*box)


def within(inner: Rect, outer: Rect) -> bool:
    return inner.intersect(outer) == inner


WIDGETS: dict[str, Callable[[], View]] = {
    "text": lambda: text("Hxg", size=20),
    "bold": lambda: text("Hxg", size=20, bold=True),
    "accents": lambda: text("Éàçñ", size=20),
    "wrapped": lambda: text("one two three four", width=60),
    "button": lambda: button("Post", filled=True),
    "outlined": lambda: button("Post", outlined=True),
    "icon": lambda: icon("heart"),
    "image_button": lambda: image_button(icon="back"),
    "edit": lambda: edit_text(TextState("typed", focused=True)),
    "hint": lambda: edit_text(TextState(), hint="hint"),
    "switch": lambda: switch(True, text="On"),
    "checkbox": lambda: checkbox(True, text="On"),
    "radio": lambda: radio(True, text="On"),
    "progress": lambda: progress(0.5),
    "spinner": lambda: spinner(0.5),
    "image": lambda: image(pictures.scene("a"), width=80, height=60),
    "face": lambda: image(pictures.face("Zoé"), width=40, height=40),
    "video": lambda: video(True, pictures.scene("a", 3), height=90),
}


@pytest.mark.parametrize("name", WIDGETS)
def test_each_widget_draws_within_its_bounds(name: str) -> None:
    widget = WIDGETS[name]()
    root = column(frame(height=30), frame(widget, padding=(40, 0), width="match"))
    drawn = ink(painted(root), Image.new("RGB", SIZE, (255, 255, 255)))
    assert drawn is not None, "nothing was drawn"
    assert within(drawn, widget.bounds), (drawn, widget.bounds)
    assert drawn.height > widget.bounds.height // 5


def test_a_button_differs_inside_from_outside() -> None:
    root = column(frame(height=30), frame(post := button("Post", filled=True), padding=40))
    picture = painted(root)
    left, middle = post.bounds.left, post.bounds.center[1]
    assert picture.getpixel((left + 12, middle)) == resolve("primary", False)[:3]
    assert picture.getpixel((left - 2, middle)) == (255, 255, 255)
    assert picture.getpixel((left, post.bounds.top)) == (255, 255, 255), "its corners are round"


def test_scrolled_content_is_clipped() -> None:
    rows = [frame(height=100, background="#ff0000") for _ in range(9)]
    root = column(
        frame(height=50), list_view(*rows, state=ScrollState(), height=100), frame(height=10)
    )
    drawn = ink(painted(root), Image.new("RGB", SIZE, (255, 255, 255)))
    assert drawn == root.children[1].bounds


def test_what_is_disabled_is_paler() -> None:
    strong = painted(column(text("Text", size=40)))
    pale = painted(column(text("Text", size=40, enabled=False)))
    assert strong.convert("L").getextrema()[0] < pale.convert("L").getextrema()[0] - 60


def test_night_turns_light_to_dark() -> None:
    root = column(text("Text", size=30), background="surface", height="match")
    assert painted(root).getpixel((590, 790))[0] > 200
    assert painted(root, night=True).getpixel((590, 790))[0] < 60


def test_progress_fills_its_part() -> None:
    bar = progress(0.25, height=10)
    picture = painted(column(bar))
    y = bar.bounds.center[1]
    assert picture.getpixel((100, y)) == resolve("primary", False)[:3]
    assert picture.getpixel((200, y)) == resolve("track", False)[:3]


@pytest.mark.parametrize("name", icons.ICONS)
def test_every_icon_has_ink(name: str) -> None:
    mask = icons.mask(name, 48)
    assert mask.size == (48, 48)
    assert 0.04 < sum(mask.get_flattened_data() if hasattr(mask, "get_flattened_data")
                      else mask.getdata()) / 255 / 48**2 < 0.7  # fmt: skip


def test_accents_are_drawn() -> None:
    for plain, accented in (("e", "é"), ("A", "Å"), ("c", "ç"), ("i", "î"), ("o", "ø")):
        one, other = fonts.line_mask(plain, 40, False), fonts.line_mask(accented, 40, False)
        assert ImageChops.difference(one, other).getbbox() is not None


def test_pictures_are_the_same_in_every_run() -> None:
    first = pictures.scene("seed", 2)(90, 160)
    pictures._scene.cache_clear()
    assert ImageChops.difference(first, pictures.scene("seed", 2)(90, 160)).getbbox() is None
    assert ImageChops.difference(first, pictures.scene("seed", 3)(90, 160)).getbbox() is not None


# -- the whole screen ----------------------------------------------------------------------------
def test_capture_is_kept_until_something_changes() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, app):
            first = phone.screen.capture()
            assert phone.screen.capture() is first
            assert await phone.screen.capture_async() is first
            app.wifi = True
            app.invalidate()
            assert phone.screen.capture() is not first

    run(body())


def test_screen_that_is_off_is_black() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            phone.power.sleep()
            assert phone.screen.capture().getbbox() is None

    run(body())


def test_secure_windows_are_black_and_still_read() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            await open_widgets(phone, ".Secret")
            assert phone.screen.capture().getpixel((500, 1200)) == (0, 0, 0)
            assert "Top secret" in phone.screen.windows_xml()

    run(body())


def test_thumbnail_is_the_window_made_small() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, app):
            small = phone.screen.thumbnail(app.window)(270, 600)
            assert small.size == (270, 600)
            whole = phone.screen.capture().resize((270, 600)).crop((0, 40, 270, 500))
            assert _difference(small.crop((0, 40, 270, 500)), whole) < 3

    run(body())


def test_dialogs_dim_what_is_below() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, app):
            bright = phone.screen.capture().getpixel((540, 2200))
            app.ask()
            dark = phone.screen.capture().getpixel((540, 2200))
            assert max(dark) < 0.5 * max(bright)
            question = view_of(phone, "question").bounds
            assert abs(question.center[1] - 1200) < 300, "a dialog stands in the middle"

    run(body())


def test_app_ends_where_the_bars_begin() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            content = view_of(phone, "android:id/content").bounds
            assert content == Rect(0, 63, 1080, 2400 - 126)
            assert view_of(phone, "android:id/statusBarBackground").bounds.height == 63

    run(body())


def test_show_touches_marks_the_finger() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            before = phone.screen.capture().copy()
            phone.settings.put("system", "show_touches", "1")
            phone.input.down(500, 1900)
            mark = ink(phone.screen.capture(), before)
            phone.input.up(500, 1900)
            assert mark is not None
            assert mark.contains(500, 1900)
            assert mark.width < 120
            while phone.input.pointer is not None:
                await phone.windows.wait_change(phone.windows.version, 1)
            assert ink(phone.screen.capture(), before) is None

    run(body())


# -- commands ------------------------------------------------------------------------------------
def test_screencap_gives_png_and_raw_pixels() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            phone.clock.set_time(10.0)  # the clock on the screen changes with the minute
            phone.changed()
            done = await sh(phone, "screencap -p /sdcard/a.png; screencap /sdcard/b.png")
            assert done.status == 0
            data = phone.fs.read("/sdcard/a.png")
            assert data.startswith(b"\x89PNG")
            assert data == phone.fs.read("/sdcard/b.png")
            await sh(phone, "screencap /sdcard/raw")
            raw = phone.fs.read("/sdcard/raw")
            assert struct.unpack("<4I", raw[:16]) == (1080, 2400, 1, 1)
            assert len(raw) == 16 + 1080 * 2400 * 4

    run(body())


def test_screencap_refuses_what_it_cannot_open() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            done = await sh(phone, "screencap -p /system/a.png")
            assert done.status == 1
            assert "Error opening file: /system/a.png" in done.stderr

    run(body())


def test_wm_size_and_density_change_the_screen() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            assert (await sh(phone, "wm size")).stdout == "Physical size: 1080x2400\n"
            await sh(phone, "wm size 720x1280; wm density 320")
            assert phone.screen.capture().size == (720, 1280)
            assert (await sh(phone, "wm size")).stdout.endswith("Override size: 720x1280\n")
            assert "Override density: 320" in (await sh(phone, "wm density")).stdout
            await sh(phone, "wm size reset; wm density reset")
            assert phone.screen.size == (1080, 2400)
            assert (await sh(phone, "wm size 1x1")).status == 255

    run(body())


def test_rotation_by_settings_and_wm() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            await sh(phone, "wm user-rotation lock 1")
            assert phone.screen.size == (2400, 1080)
            assert (await sh(phone, "wm user-rotation")).stdout == "lock 1\n"
            phone.settings.put("system", "user_rotation", "3")
            assert phone.screen.rotation == 3
            await sh(phone, "wm user-rotation free")
            assert phone.screen.rotation == 0

    run(body())


def test_uiautomator_dump_writes_the_active_window() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            done = await sh(phone, "uiautomator dump")
            assert done.stdout == "UI hierchary dumped to: /sdcard/window_dump.xml\n"
            xml = phone.fs.read("/sdcard/window_dump.xml").decode()
            assert 'text="Post"' in xml
            assert "com.android.systemui" not in xml
            tty = await sh(phone, "uiautomator dump --compressed /dev/tty")
            assert tty.stdout.startswith("<?xml")
            every = await sh(phone, "uiautomator dump --windows /dev/tty")
            assert '<display id="0"><window ' in every.stdout
            assert "com.android.systemui" in every.stdout

    run(body())


def test_uiautomator_dump_fails_while_a_video_plays() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, app):
            app.playing = True
            app.invalidate()
            done = await sh(phone, "uiautomator dump /sdcard/video.xml")
            assert done.stderr == "ERROR: could not get idle state.\n"
            assert not phone.fs.exists("/sdcard/video.xml")
            assert 'text="Post"' in phone.screen.windows_xml(), "uiautomator2 does not wait"

    run(body())


def test_one_ui_automation_at_a_time() -> None:
    async def body() -> None:
        async with widgets_phone() as (phone, _):
            phone.screen.automation.owner = object()
            done = await sh(phone, "uiautomator dump")
            assert done.status == 137
            assert "already registered!" in done.stderr

    run(body())


# -- films ---------------------------------------------------------------------------------------
def test_screenrecord_makes_a_film_that_plays(tmp_path: object) -> None:
    av = pytest.importorskip("av")

    async def body() -> None:
        async with widgets_phone(width=360, height=640, density=160) as (phone, app):
            recording = asyncio.create_task(sh(phone, "screenrecord --verbose /sdcard/a.mp4"))
            await _filmed(phone)
            for _ in range(5):
                app.wifi = not app.wifi
                app.invalidate()
                await asyncio.sleep(0.05)
            row = next(row for row in phone.processes if row.name == "screenrecord")
            phone.processes.signal(row.pid, 2)
            done = await recording
            assert (done.status, done.stderr) == (0, "")
            assert "Encoder stopping; recorded" in done.stdout
            frames = _frames(av, phone.fs.read("/sdcard/a.mp4"))
            assert 3 <= len(frames) <= 8, "a frame a change, none in between"
            assert frames[0].size == (360, 640)
            drawn = phone.screen.capture()
            assert _difference(frames[-1], drawn) < 8

    run(body())


async def _filmed(phone: Phone) -> None:
    """Wait until a recording has begun to write."""
    for _ in range(1000):
        if phone.fs.exists("/sdcard/a.mp4") and phone.fs.stat("/sdcard/a.mp4").size:
            return
        await asyncio.sleep(0.01)
    pytest.fail("nothing was recorded")


def _frames(av: object, data: bytes) -> list[Image.Image]:
    import io

    with av.open(io.BytesIO(data)) as film:  # type: ignore[attr-defined]
        return [frame.to_image() for frame in film.decode(video=0)]


def _difference(one: Image.Image, other: Image.Image) -> float:
    histogram = ImageChops.difference(one, other).convert("L").histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)


def test_a_killed_recording_has_no_index() -> None:
    av = pytest.importorskip("av")

    async def body() -> None:
        async with widgets_phone(width=360, height=640, density=160) as (phone, _):
            recording = asyncio.create_task(sh(phone, "screenrecord /sdcard/a.mp4"))
            await _filmed(phone)
            row = next(row for row in phone.processes if row.name == "screenrecord")
            phone.processes.signal(row.pid, 9)
            assert (await recording).status == 137
            with pytest.raises(av.error.FFmpegError):
                _frames(av, phone.fs.read("/sdcard/a.mp4"))

    run(body())


def test_screenrecord_streams_h264_and_ends_at_its_limit() -> None:
    av = pytest.importorskip("av")

    async def body() -> None:
        async with widgets_phone(width=360, height=640, density=160) as (phone, _):
            await sh(phone, "screenrecord --time-limit 1 --output-format=h264 - > /sdcard/a.h264")
            data = phone.fs.read("/sdcard/a.h264")
            assert data.startswith(b"\x00\x00\x00\x01")
            assert _frames(av, data)[0].size == (360, 640)

    run(body())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Must specify output file (see --help).\n"),
        ("--size 0x5 a.mp4", "Invalid size 0x5, width and height may not be zero\n"),
        ("--size big a.mp4", "Invalid size 'big', must be width x height\n"),
        ("--bit-rate 5 a.mp4", "Bit rate 5bps outside acceptable range [100000,200000000]\n"),
        ("--time-limit 181 a.mp4", "Time limit 181s outside acceptable range [1,180]\n"),
        ("--output-format=gif a.gif", "Unknown format 'gif'\n"),
    ],
)
def test_screenrecord_refuses(words: str, says: str) -> None:
    async def body() -> None:
        async with widgets_phone(api=30) as (phone, _):
            done = await sh(phone, f"screenrecord {words}")
            assert (done.status, done.stderr) == (2, says)

    run(body())


@pytest.mark.parametrize(("api", "unlimited"), [(30, False), (33, False), (34, True), (37, True)])
def test_screenrecord_help_tells_of_the_limit(api: int, unlimited: bool) -> None:
    async def body() -> None:
        async with widgets_phone(api=api) as (phone, _):
            done = await sh(phone, "screenrecord --help")
            assert done.status == 0
            assert ("Set to 0" in done.stderr) == unlimited

    run(body())


def test_without_pyav_a_phone_has_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "av", None)

    async def body() -> None:
        async with widgets_phone() as (phone, _):
            done = await sh(phone, "screenrecord /sdcard/a.mp4")
            says = "ERROR: unable to create video/avc codec instance\n"
            assert (done.status, done.stderr) == (1, says)

    run(body())
