"""The journal when the host fails: a full disk, no place at all, another format, another serial."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from droidcancel import journal_elsewhere
from droidcancel.device import Device
from droidcancel.errors import JournalError, LockedError, RestoreError
from droidcancel.journal import Journal
from droidcancel.journal_file import VERSION, Record, RecordFile, journal_path
from droidcancel.journal_lock import device_lock, phone_lock
from tests.test_journal import KEY, Phone, device, touch


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory of the test's own."""
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def journal(phone: Phone) -> Journal:
    return Journal.of(phone.serial)


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file of this process grows over so many bytes meanwhile.

    The kernel takes what fits and refuses the rest, as on a disk that has no room any more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_cannot_be_written_down_is_not_done(journal: Journal, phone: Phone) -> None:
    journal.begin(device(phone), "setting", "1", KEY)
    whole = journal.path.read_bytes()

    def change() -> None:
        with journal.change(device(phone), "setting", "1", KEY):
            touch(phone)

    with full_disk(len(whole) + 20), pytest.raises(JournalError) as caught:
        change()
    assert str(caught.value) == f"{journal.path} cannot be written: File too large"
    assert caught.value.exit_code == 2
    assert phone.settings.values == {}
    assert journal.path.read_bytes() == whole


def test_an_undo_that_cannot_be_struck_out_is_done_all_the_same(
    journal: Journal, phone: Phone
) -> None:
    journal.begin(device(phone), "setting", "1", KEY)
    touch(phone)
    with full_disk(journal.path.stat().st_size):
        (restored,) = journal.restore(device(phone))
    assert restored.ok
    assert restored.detail == f"put back (but {journal.path} cannot be written: File too large)"
    assert phone.settings.values == {}
    (again,) = journal.restore(device(phone))
    assert (again.ok, again.detail) == (True, "already as it was")


def test_a_journal_that_cannot_be_compacted_stays(journal: Journal, phone: Phone) -> None:
    for value in ("1", "2"):
        journal.begin(device(phone), "setting", value, KEY)
    whole = journal.path.read_bytes()
    killed = journal.path.with_name(f"{journal.path.name}.99.new")
    killed.write_bytes(whole[:10])
    with full_disk(len(whole) - 1):
        journal.compact()
    assert journal.path.read_bytes() == whole
    assert list(journal.path.parent.glob("*.new")) == []


def test_no_place_for_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "file" / "below"))
    with pytest.raises(JournalError, match=r"file/below cannot be written: Not a dir") as caught:
        Journal.of("x")
    assert "DROIDCANCEL_STATE_DIR" in str(caught.value.hint)
    with pytest.raises(JournalError), phone_lock("x"):
        pass


def test_a_newer_journal_is_left_as_it_is(journal: Journal, phone: Phone) -> None:
    touch(phone)
    mine = Record("1", "serial-1", "boot-1", "touches", "setting", None, "1", args=KEY).to_json()
    newer = {**mine, "v": VERSION + 1, "id": "2", "what": "the colour of the case"}
    RecordFile(journal.path).append(mine)
    RecordFile(journal.path).append(newer)
    whole = journal.path.read_bytes()
    for ask in (lambda: journal.restore(device(phone)), journal.open_records, journal.compact):
        with pytest.raises(RestoreError, match=r"the colour of the case\) has format 2") as caught:
            ask()
        assert caught.value.exit_code == 4
        assert "with that droidcancel" in str(caught.value.hint)
    assert journal.path.read_bytes() == whole
    assert phone.settings.writes == []


def test_a_journal_that_cannot_be_read(journal: Journal, phone: Phone) -> None:
    journal.path.mkdir()
    with pytest.raises(RestoreError, match="cannot be read: Is a directory"):
        journal.restore(device(phone))


def test_an_older_journal_is_read(journal: Journal, phone: Phone) -> None:
    """As version 0.1 wrote it: without the phone's id, the run, and the user."""
    touch(phone)
    old = {
        "v": 1, "id": "1", "serial": "serial-1", "boot_id": "b", "what": "touches",
        "before": "0", "set": "1", "undo": {"kind": "setting", "args": KEY},
    }  # fmt: skip
    journal.path.write_text(json.dumps(old) + "\n")
    (restored,) = journal.restore(device(phone))
    assert restored.ok
    assert phone.settings.get("system", "show_touches") == "0"


# -- the same phone under another serial


class Attached:
    """What adb lists."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.serials: list[str] = []
        monkeypatch.setattr(journal_elsewhere, "list_serials", lambda: self.serials)


@pytest.fixture
def attached(monkeypatch: pytest.MonkeyPatch) -> Attached:
    return Attached(monkeypatch)


def by_wifi(phone: Phone) -> Phone:
    """The same phone, reached over the network."""
    other = Phone()
    other.serial, other.identity, other.settings = "10.0.0.7:5555", phone.identity, phone.settings
    return other


def left_changed(phone: Phone) -> None:
    Journal.of(phone.serial).begin(device(phone), "setting", "1", KEY)
    touch(phone)


def test_the_phone_comes_back_under_another_serial(phone: Phone, attached: Attached) -> None:
    left_changed(phone)
    attached.serials = ["10.0.0.7:5555"]
    (restored,) = Journal.of("10.0.0.7:5555").restore(device(by_wifi(phone)))
    assert (restored.ok, restored.detail) == (True, "put back")
    assert Journal.of(phone.serial).open_records() == []
    assert not journal_path("10.0.0.7:5555").exists()
    with phone_lock(phone.serial):
        pass


def test_a_serial_that_is_attached_is_left_to_itself(phone: Phone, attached: Attached) -> None:
    """Two emulators begun from one snapshot have one id."""
    left_changed(phone)
    clone = by_wifi(phone)
    clone.boot_id = "boot-2"
    attached.serials = [phone.serial, clone.serial]
    assert Journal.of(clone.serial).restore(device(clone)) == []
    assert len(Journal.of(phone.serial).open_records()) == 1
    clone.boot_id = phone.boot_id  # it is the same phone, attached twice
    assert len(Journal.of(clone.serial).restore(device(clone))) == 1


def test_a_serial_that_another_holds_is_passed_over(phone: Phone, attached: Attached) -> None:
    left_changed(phone)
    with phone_lock(phone.serial):
        assert Journal.of("10.0.0.7:5555").restore(device(by_wifi(phone))) == []
    assert len(Journal.of(phone.serial).open_records()) == 1


def test_what_stands_under_another_serial_can_be_forgotten(
    phone: Phone, attached: Attached
) -> None:
    left_changed(phone)
    assert len(Journal.of("10.0.0.7:5555").forget(device(by_wifi(phone)))) == 1
    assert Journal.of(phone.serial).open_records() == []


def test_one_run_a_phone_by_whatever_serial(phone: Phone, state: Path) -> None:
    other = by_wifi(phone)
    with device_lock(device(phone)):
        with (
            pytest.raises(LockedError, match=rf"by another serial.*pid {os.getpid()}"),
            device_lock(device(other)),
        ):
            pass
        other.boot_id = "boot-2"
        with device_lock(device(other)):
            pass
    with device_lock(cast(Device, by_wifi(phone))):
        pass
    assert list(state.glob("boot-*")) == []
