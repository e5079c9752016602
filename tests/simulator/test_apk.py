"""APKs, their binary XML, and MP4s: real ones, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
import uiautomator2
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from droidcancel.simulator import axml
from droidcancel.simulator.apk import ApkError, read_apk
from droidcancel.simulator.axml import AxmlError
from droidcancel.simulator.blob import Blob
from droidcancel.simulator.mp4 import VideoFacts, read_facts
from tests.simulator.android_phone import box, mp4_bytes, mvhd

APK = Path(uiautomator2.__file__).parent / "assets" / "app-uiautomator.apk"
with zipfile.ZipFile(APK) as _archive:
    MANIFEST = _archive.read("AndroidManifest.xml")
CALM = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def blob(data: bytes) -> Blob:
    made = Blob()
    made.append(data)
    return made


def archive(**entries: bytes) -> Blob:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name.replace("__", "."), data)
    return blob(buffer.getvalue())


# -- APK ------------------------------------------------------------------------------------------
def test_a_real_apk() -> None:
    info = read_apk(blob(APK.read_bytes()))
    assert (info.package, info.version_name, info.version_code) == (
        "com.github.uiautomator",
        "2.4.0",
        2004001,
    )
    assert (info.min_sdk, info.target_sdk) == (19, 32)
    assert "android.permission.INTERNET" in info.permissions
    assert info.launcher == "com.github.uiautomator.MainActivity"
    assert info.input_methods == ("com.github.uiautomator/.AdbKeyboard",)
    assert info.debuggable
    assert len(info.certificate) == 64


def test_the_same_signer_has_the_same_certificate_whatever_else_differs() -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(APK) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            if name.startswith("META-INF/") or name == "AndroidManifest.xml":
                target.writestr(name, source.read(name))
    again = read_apk(blob(changed.getvalue()))
    assert again.certificate == read_apk(blob(APK.read_bytes())).certificate


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (blob(b""), "Failed to parse"),
        (blob(b"PK\x05\x06" + bytes(18)), "Missing AndroidManifest.xml"),
        (archive(other=b"x"), "Missing AndroidManifest.xml"),
        (archive(AndroidManifest__xml=b"<manifest/>"), "Failed to parse"),
        (archive(AndroidManifest__xml=bytes(axml.MAX_BYTES + 1)), "too large"),
        (archive(AndroidManifest__xml=MANIFEST[: len(MANIFEST) // 2]), "Failed to parse"),
    ],
)
def test_what_is_no_apk(data: Blob, message: str) -> None:
    with pytest.raises(ApkError, match=message):
        read_apk(data)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = archive(AndroidManifest__xml=bytes(256 << 20))
    assert bomb.size < 1 << 20
    with pytest.raises(ApkError, match="too large"):
        read_apk(bomb)


@CALM
@given(st.data())
def test_a_damaged_apk_is_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray(APK.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        tail = data.draw(st.integers(0, 60_000))
        whole[len(whole) - 1 - tail] = data.draw(st.integers(0, 255))
    try:
        assert read_apk(blob(bytes(whole))).package
    except ApkError:
        pass


# -- AXML -----------------------------------------------------------------------------------------
def test_attributes_have_their_types() -> None:
    root = axml.parse(MANIFEST)
    assert root.name == "manifest"
    assert root.attributes["versionCode"] == 2004001
    (application,) = root.find("application")
    assert application.attributes["debuggable"] is True
    assert application.text("label") is None  # a reference


@CALM
@given(st.binary(max_size=400))
@example(struct.pack("<HHI", 3, 8, 0xFFFFFFFF))
@example(struct.pack("<HHI", 3, 8, 16) + struct.pack("<HHI", 1, 8, 8))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    with pytest.raises(AxmlError):
        axml.parse(data)


@CALM
@given(st.lists(st.tuples(st.integers(0, len(MANIFEST) - 1), st.integers(0, 255)), max_size=30))
def test_a_damaged_manifest_is_parsed_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(MANIFEST)
    for place, value in changes:
        data[place] = value
    try:
        assert isinstance(axml.parse(bytes(data)).name, str)
    except AxmlError:
        pass


# -- MP4 ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("version", [0, 1])
def test_facts_of_an_mp4(last: bool, version: int) -> None:
    facts = VideoFacts(61_250, 1080, 1920)
    assert read_facts(blob(mp4_bytes(facts, last=last, version=version))) == facts


def test_boxes_of_64_bits_and_up_to_the_end() -> None:
    moov = box(b"moov", mvhd(600, 1200))
    wide = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + bytes(5)
    open_ended = struct.pack(">I4s", 0, b"moov") + moov[8:]
    assert read_facts(blob(wide + moov)) == VideoFacts(2000)
    assert read_facts(blob(wide + open_ended)) == VideoFacts(2000)


def test_unknown_durations_and_no_movie() -> None:
    assert read_facts(blob(box(b"moov", mvhd(0, 5)))) == VideoFacts(0)
    assert read_facts(blob(box(b"moov", mvhd(1000, 0xFFFFFFFF)))) == VideoFacts(0)
    assert read_facts(blob(b"no mp4 at all")) is None


def test_a_file_of_endless_small_boxes_costs_little() -> None:
    assert read_facts(blob(box(b"free", b"") * 200_000 + mp4_bytes(VideoFacts(1)))) is None


@CALM
@given(st.binary(max_size=300))
@example(struct.pack(">I4sQ", 1, b"moov", 0))
@example(struct.pack(">I4s", 0, b"moov") * 20)
@example(struct.pack(">I4sQ", 1, b"moov", 2**64 - 1))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    facts = read_facts(blob(data))
    assert facts is None or facts.duration_ms >= 0
