"""Cassettes: what a stranger's file may hold, and where a recorded app goes."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from droidcancel.simulator import PhoneOptions
from droidcancel.simulator.apps import image
from droidcancel.simulator.apps.replay.player import Player
from droidcancel.simulator.cassette import Cassette, CassetteError, phone_for
from droidcancel.simulator.windows import Gesture

PACKAGE = "com.example.app"
ROOT = f'<node package="{PACKAGE}" class="android.widget.FrameLayout" bounds="[0,0][1080,2400]"'
XML = f"<?xml version='1.0'?><hierarchy rotation='0'>{ROOT}/></hierarchy>"


def png(width: int = 8, height: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("P", (width, height)).save(out, "PNG")
    return out.getvalue()


def index(**changes: Any) -> dict[str, Any]:
    """A good index, with parts of it changed: `index(steps=[...])`, `index(app={...})`."""
    good: dict[str, Any] = {
        "format": "droidcancel-cassette",
        "version": 1,
        "made": {"by": "t", "at": "now", "recipe": "r", "verdict": "draft"},
        "phone": {
            "model": "M", "api": 33, "width": 1080, "height": 2400, "density": 420,
            "locale": "pt-BR",
        },
        "app": {
            "package": PACKAGE, "label": "App", "version_name": "1.2", "version_code": 12,
            "launcher": f"{PACKAGE}.Main", "share": None, "schemes": [], "permissions": [],
            "windows": [PACKAGE],
        },
        "screens": [{"xml": "screens/0000.xml", "picture": "pictures/0000.png"}],
        "steps": [{"event": {"kind": "start", "action": "android.intent.action.MAIN"},
                   "frames": [[0.0, 0]]}],
    }  # fmt: skip
    for name, value in changes.items():
        merged = isinstance(value, dict) and name in ("app", "phone", "made")
        good[name] = {**good[name], **value} if merged else value
    return good


def tape(folder: Path, value: Any = None, files: Mapping[str, bytes] | None = None) -> Path:
    path = folder / "x.cassette"
    entries = {"screens/0000.xml": XML.encode(), "pictures/0000.png": png(), **(files or {})}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        text = value if isinstance(value, bytes) else json.dumps(value or index()).encode()
        archive.writestr("index.json", text)
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_a_good_one(tmp_path: Path) -> None:
    path = tape(tmp_path)
    options = phone_for(path, PhoneOptions(profile="pixel"))
    assert (options.locale, options.api, options.profile) == ("pt-BR", 33, "pixel")
    apps = {app.package: app for app in image(options)}
    assert apps[PACKAGE].version_name == "1.2"
    assert apps[PACKAGE].launcher == ".Main"
    assert "org.droidcancel.clips" in apps
    with pytest.raises(ValueError, match="made on a screen of 1080x2400 px, this phone has 720x"):
        image(PhoneOptions(replay=str(path), width=720, height=1280))


EVENT: Callable[..., Any] = lambda **event: index(steps=[{"event": event, "frames": []}])  # noqa: E731

WRONG_INDEXES: Mapping[str, tuple[Any, str]] = {
    "no JSON": (b"{", "index.json is no JSON"),
    "deep JSON": (b"[" * 100_000, "index.json is no JSON"),
    "a list": ([], "index.json is no object"),
    "another format": (index(format="har"), "not that of a cassette"),
    "a later version": (index(version=2), "version 2; this droidcancel reads version 1"),
    "a path": (index(screens=[{"xml": "../../etc/passwd"}]), r"screens\[0\].xml cannot be"),
    "an absolute path": (index(screens=[{"xml": "/etc/passwd"}]), r"screens\[0\].xml cannot be"),
    "a path inside": (index(screens=[{"xml": "screens/../x.xml"}]), r"xml cannot be"),
    "a backslash": (index(screens=[{"xml": "screens\\x.xml"}]), r"xml cannot be"),
    "no such file": (index(screens=[{"xml": "screens/9.xml"}]), "screens/9.xml is missing"),
    "no screens": (index(screens=[]), "holds no screens"),
    "many screens": (index(screens=[{}] * 2001), "screens is no list of at most 2000"),
    "a package": (index(app={"package": "a b"}), "app.package cannot be 'a b'"),
    "an activity": (index(app={"launcher": "../x"}), "app.launcher cannot be"),
    "a version": (index(app={"version_code": 1.5}), "app.version_code is no number"),
    "a size": (index(phone={"width": 10**9}), "phone.width is no number from 240 to 4096"),
    "a locale": (index(phone={"locale": "x;rm"}), "phone.locale cannot be"),
    "true as a size": (index(phone={"width": True}), "phone.width is no number"),
    "an event": (EVENT(kind="melt"), "kind is 'melt'; known: tap"),
    "no event": (index(steps=[{}]), r"steps\[0\].event is no object"),
    "a touch of nothing": (EVENT(kind="tap"), "target is no "),
    "a wrong target": (EVENT(kind="tap", target=[0, 0, -1, 9]), "target is no "),
    "a wrong way": (EVENT(kind="swipe", target=[0, 0, 1, 1], direction="in"), "cannot be 'in'"),
    "a long text": (EVENT(kind="text", text="x" * 10_001), "event.text is no text"),
    "a screen that is not": (
        index(steps=[{"event": {"kind": "stop"}, "frames": [[0, 7]]}]), "leads to screen 7, of 1",
    ),
    "a time": (
        index(steps=[{"event": {"kind": "stop"}, "frames": [[-1, 0]]}]), r"expected \[seconds",
    ),
    "not a number": (
        b'{"format":"droidcancel-cassette","version":1,"x":' + b"9" * 5000 + b"}",
        "is no JSON|is no object",
    ),
    "too many bytes": (
        index(steps=[{"event": {"kind": "stop"}, "sent": [[0, 2**34]] * 2}]), "sent is more than",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_INDEXES)
def test_wrong_indexes(tmp_path: Path, name: str) -> None:
    value, message = WRONG_INDEXES[name]
    path = tape(tmp_path, json.dumps(value).encode() if isinstance(value, list) else value)
    with pytest.raises(CassetteError, match=message) as caught:
        Cassette.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
WRONG_FILES: Mapping[str, tuple[str, bytes, str]] = {
    "entities": (
        "screens/0000.xml",
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "l">{LOL}]><hierarchy>&l8;</hierarchy>'
        .encode(),
        "declares a document type: refused",
    ),
    "a file of the host": (
        "screens/0000.xml",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><hierarchy>&e;</hierarchy>',
        "declares a document type: refused",
    ),
    "another encoding": (
        "screens/0000.xml",
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><hierarchy/>'.encode("utf-16"),
        "is not in UTF-8",
    ),
    "deep": ("screens/0000.xml", b"<hierarchy>" + b"<node>" * 60_000, "is broken|is deeper"),
    "deep and whole": (
        "screens/0000.xml",
        b"<hierarchy>" + b"<node>" * 50_000 + b"</node>" * 50_000 + b"</hierarchy>",
        "is deeper than 200 or has over 20000 nodes",
    ),
    "wide": (
        "screens/0000.xml", b"<hierarchy>" + b"<node/>" * 20_001 + b"</hierarchy>", "over 20000",
    ),
    "broken": ("screens/0000.xml", b"<hierarchy><node", "screens/0000.xml is broken"),
    "another root": ("screens/0000.xml", b"<html/>", "is no hierarchy"),
    "a bomb": ("screens/0000.xml", b" " * (4 * 2**20 + 1), "has more than 4194304 bytes"),
    "no picture": ("pictures/0000.png", b"GIF89a", "pictures/0000.png is no PNG"),
    "a cut picture": ("pictures/0000.png", png(64, 64)[:60], "pictures/0000.png is no PNG"),
    "a huge picture": ("pictures/0000.png", png(5000, 4000), "has over 16777216 pixels"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files(tmp_path: Path, name: str) -> None:
    file, data, message = WRONG_FILES[name]
    with pytest.raises(CassetteError, match=message):
        Cassette.load(tape(tmp_path, files={file: data}))


def test_a_zip_whose_directory_lies(tmp_path: Path) -> None:
    """The size that a zip states is not believed: no more is unpacked than may be there."""
    path = tape(tmp_path, files={"screens/0000.xml": b" " * (64 * 2**20)})
    assert path.stat().st_size < 2**20
    raw = bytearray(path.read_bytes())
    lie = (64 * 2**20).to_bytes(4, "little")
    assert raw.count(lie) >= 2
    path.write_bytes(bytes(raw).replace(lie, (100).to_bytes(4, "little")))
    with pytest.raises(CassetteError, match=r"screens/0000\.xml"):
        Cassette.load(path)


def test_all_of_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("droidcancel.simulator.cassette_files.MOST_ALL", 500)
    with pytest.raises(CassetteError, match="holds more than 500 bytes"):
        Cassette.load(tape(tmp_path))


def test_folders_and_what_is_no_cassette(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="there is no such cassette"):
        Cassette.load(tmp_path / "none.cassette")
    other = tmp_path / "text.cassette"
    other.write_text("hello")
    with pytest.raises(CassetteError, match="is no cassette: File is not a zip file"):
        Cassette.load(other)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CassetteError, match=r"index\.json is missing"):
        Cassette.load(empty)
    secret = tmp_path / "secret.xml"
    secret.write_text(XML)
    (empty / "index.json").write_text(json.dumps(index(screens=[{"xml": "screens/0000.xml"}])))
    (empty / "screens").mkdir()
    (empty / "screens" / "0000.xml").symlink_to(secret)
    with pytest.raises(CassetteError, match=r"screens/0000\.xml is a link"):
        Cassette.load(empty)
    (empty / "screens" / "0000.xml").unlink()
    (empty / "screens" / "0000.xml").mkdir()
    with pytest.raises(CassetteError, match=r"screens/0000\.xml is no file"):
        Cassette.load(empty)


# -- the player


def step(kind: str, screen: int | None = None, **event: Any) -> dict[str, Any]:
    frames = [] if screen is None else [[0.0, screen]]
    return {"event": {"kind": kind, **event}, "frames": frames}


MAIN = "android.intent.action.MAIN"
TAPE = [
    step("start", 0, action=MAIN, online=True),
    step("tap", 1, target=[0, 0, 100, 100]),
    step("key", 0, code=4),
    step("tap", 2, target=[200, 0, 300, 100]),
    step("text", 3, text="one two #dcold"),
    step("network", 4, online=False),
    step("stop"),
    step("start", 5, action=MAIN, online=False),
    step("tap", 6, target=[0, 0, 100, 100]),
    step("stop"),
    step("start", 0, action=MAIN, online=True),
]


def player(tmp_path: Path) -> Player:
    files = {f"screens/000{n}.xml": XML.encode() for n in range(7)}
    screens = [{"xml": name} for name in files]
    return Player(Cassette.load(tape(tmp_path, index(screens=screens, steps=TAPE), files)))


def tap(x: int, y: int) -> Gesture:
    return Gesture("tap", x, y)


async def settled() -> None:
    await asyncio.sleep(0.01)


def test_the_way_of_the_capture(tmp_path: Path) -> None:
    async def play() -> None:
        it = player(tmp_path)
        it.start(MAIN, None, True)
        await settled()
        for act, screen in (
            (lambda: it.gesture(tap(50, 50)), 1),
            (lambda: it.key(4), 0),
            (lambda: it.gesture(tap(250, 50)), 2),
            (lambda: it.typed("uno dos #dcnew"), 3),
            (lambda: it.network(False), 4),
        ):
            assert act()
            await settled()
            assert it.screen == screen
        assert it.said("one two #dcold") == "uno dos #dcnew"
        assert it.said("by me: #dcold") == "by me: #dcnew"
        it.stopped()
        assert it.screen is None
        it.start(MAIN, None, False)
        await settled()
        assert it.screen == 5
        it.stopped()
        it.start(MAIN, None, True)
        await settled()
        assert (it.screen, it.at) == (0, 10)
        assert it.missed == []

    asyncio.run(play())


def test_wrong_turns_and_other_ways(tmp_path: Path) -> None:
    async def play() -> None:
        it = player(tmp_path)
        it.start(MAIN, None, True)
        await settled()
        assert not it.gesture(tap(500, 500))
        assert not it.gesture(Gesture("long_press", 50, 50))
        assert not it.key(66)
        assert not it.network(True)  # it has a network: that says nothing new
        assert len(it.missed) == 3
        assert "not in the capture: tap at (500, 500) on screen 0, after step 0" in it.missed
        assert it.gesture(tap(250, 50))  # recorded later from the same screen
        await settled()
        assert it.screen == 2
        assert not it.gesture(tap(50, 50))  # on another screen, and after the network went
        it.start(MAIN, None, False)  # started anew before its time
        await settled()
        assert it.screen == 5
        assert not it.gesture(tap(250, 50))

    asyncio.run(play())


def test_the_same_button_of_another_screen(tmp_path: Path) -> None:
    """A tab leads where it led, though something else on the screen is another."""

    def screen(word: str, tab: str) -> bytes:
        nodes = (
            f'<node package="{PACKAGE}" text="{word}" bounds="[0,0][50,50]"/>'
            f'<node package="{PACKAGE}" resource-id="tab" text="{tab}" bounds="[0,90][50,99]"/>'
        )
        return f"<hierarchy>{ROOT}>{nodes}</node></hierarchy>".encode()

    shown = [screen("a", "Home"), screen("b", "Home"), screen("c", "Other")]
    files = {f"screens/000{n}.xml": data for n, data in enumerate(shown)}
    steps = [
        step("start", 0, action=MAIN),
        step("tap", 1, target=[0, 90, 50, 99]),
        step("key", 2, code=4),
    ]
    screens = [{"xml": name} for name in files]

    async def play() -> None:
        it = Player(Cassette.load(tape(tmp_path, index(screens=screens, steps=steps), files)))
        it.at, it.screen = 2, 1
        assert it.gesture(tap(20, 95))
        assert it.at == 1
        it.at, it.screen = 2, 2
        assert not it.gesture(tap(20, 95))

    asyncio.run(play())


def test_an_impatient_finger_leads_on_once(tmp_path: Path) -> None:
    """What a tap led to comes when it came then; a second tap until then does nothing."""

    async def play() -> None:
        it = player(tmp_path)
        entered: list[Any] = []
        it.on_step = entered.append
        it.start(MAIN, None, True)
        await settled()
        for _ in range(3):
            assert it.gesture(tap(50, 50))
        assert len(entered) == 2
        await settled()
        assert it.screen == 1
        assert not it.gesture(tap(50, 50))

    asyncio.run(play())


def test_no_touch_leads_into_another_life_of_the_app(tmp_path: Path) -> None:
    """Screen 0 shows before the cut and after it; a touch must not skip the cut."""

    async def play() -> None:
        it = player(tmp_path)
        it.at, it.screen = 10, 0
        assert not it.gesture(tap(50, 50))
        it.start(MAIN, None, True)  # there is no later start: the last one that fits
        await settled()
        assert it.at == 10

    asyncio.run(play())
