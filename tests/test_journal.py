"""The journal: written before, undone after, right through crashes, twice and for strangers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel import journal_undo
from droidcancel.device import Device
from droidcancel.errors import AdbError, DeviceError, LockedError, RestoreError, UsageError
from droidcancel.journal import Journal, in_order
from droidcancel.journal_file import Record, RecordFile, file_stem, journal_path
from droidcancel.journal_lock import phone_lock


class Table:
    """A settings table that may refuse or lie; what a phone's is, seen from the journal."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}
        self.refuses = False
        self.writes: list[tuple[str, str | None]] = []

    def get(self, namespace: str, key: str) -> str | None:
        return self.values.get((namespace, key))

    def put(self, namespace: str, key: str, value: str) -> None:
        self.values[namespace, key] = value

    def restore(self, namespace: str, key: str, value: str | None) -> None:
        if self.refuses:
            raise DeviceError("the phone refuses")
        self.writes.append((key, value))
        if value is None:
            self.values.pop((namespace, key), None)
        else:
            self.values[namespace, key] = value


class Phone:
    """The part of a device that settings records need."""

    def __init__(self) -> None:
        self.serial = "serial-1"
        self.boot_id = "boot-1"
        self.kind = "usb"
        self.identity = "phone-1"
        self.settings = Table()


KEY = {"namespace": "system", "key": "show_touches"}


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "j.jsonl", run="run-1")


def device(phone: Phone) -> Device:
    return cast(Device, phone)


def touch(phone: Phone, value: str = "1") -> None:
    phone.settings.put("system", "show_touches", value)


def test_the_record_is_on_the_disk_before_the_change(journal: Journal, phone: Phone) -> None:
    touch(phone, "0")
    with journal.change(device(phone), "setting", "1", KEY):
        (line,) = journal.path.read_text().splitlines()
        data = json.loads(line)
        assert data["before"] == "0"
        assert data["set"] == "1"
        assert data["undo"] == {"kind": "setting", "args": KEY}
        assert (data["v"], data["run"], data["serial"], data["boot_id"]) == (
            1,
            "run-1",
            "serial-1",
            "boot-1",
        )
        touch(phone)
    assert phone.settings.get("system", "show_touches") == "0"
    assert journal.open_records() == []


def test_a_key_that_was_not_there_is_gone_again(journal: Journal, phone: Phone) -> None:
    with journal.change(device(phone), "setting", "1", KEY):
        touch(phone)
    assert phone.settings.get("system", "show_touches") is None


def test_an_error_in_between_is_not_hidden_and_the_phone_is_put_back(
    journal: Journal, phone: Phone
) -> None:
    def fail(error: type[BaseException]) -> None:
        with journal.change(device(phone), "setting", "1", KEY):
            touch(phone)
            raise error

    for error in (ValueError, KeyboardInterrupt, SystemExit):
        with pytest.raises(error):
            fail(error)
        assert phone.settings.get("system", "show_touches") is None
    assert journal.open_records() == []


def test_what_somebody_else_changed_is_left_alone(journal: Journal, phone: Phone) -> None:
    with journal.change(device(phone), "setting", "1", KEY) as change:
        touch(phone)
        touch(phone, "7")
    assert phone.settings.get("system", "show_touches") == "7"
    assert change.result is not None
    assert "left alone" in change.result.detail
    assert journal.open_records() == []


def test_an_undo_that_fails_stays_open_and_says_how_to_mend_it(
    journal: Journal, phone: Phone
) -> None:
    touch(phone, "0")

    def change_and_refuse() -> None:
        with journal.change(device(phone), "setting", "1", KEY):
            touch(phone)
            phone.settings.refuses = True

    with pytest.raises(RestoreError) as caught:
        change_and_refuse()
    assert "settings put system show_touches 0" in str(caught.value.hint)
    assert len(journal.open_records()) == 1
    phone.settings.refuses = False
    (restored,) = journal.restore(device(phone))
    assert restored.ok
    assert phone.settings.get("system", "show_touches") == "0"
    assert journal.restore(device(phone)) == []


def test_an_undo_that_does_not_take_is_found_out(journal: Journal, phone: Phone) -> None:
    touch(phone, "0")
    change = journal.begin(device(phone), "setting", "1", KEY)
    touch(phone)
    phone.settings.restore = lambda *_: None  # type: ignore[method-assign]
    assert not change.undo().ok
    assert len(journal.open_records()) == 1


@pytest.mark.parametrize("came_through", [True, False])
def test_an_undo_whose_link_dropped_is_looked_at_again(
    journal: Journal, phone: Phone, came_through: bool
) -> None:
    change = journal.begin(device(phone), "setting", "1", KEY)
    touch(phone)
    restore, drops = phone.settings.restore, [True]

    def drop(namespace: str, key: str, value: str | None) -> None:
        if came_through or not drops:
            restore(namespace, key, value)
        if drops:
            drops.clear()
            raise AdbError("the link to the phone dropped")

    phone.settings.restore = drop  # type: ignore[method-assign]
    assert change.undo().ok
    assert phone.settings.get("system", "show_touches") is None
    assert phone.settings.writes == [("show_touches", None)]
    assert journal.open_records() == []


def test_undoing_twice_writes_once(journal: Journal, phone: Phone) -> None:
    change = journal.begin(device(phone), "setting", "1", KEY)
    touch(phone)
    assert change.undo().ok
    assert change.undo().ok
    assert phone.settings.writes == [("show_touches", None)]


def test_a_change_that_is_kept_is_not_undone(journal: Journal, phone: Phone) -> None:
    with journal.change(device(phone), "setting", "1", KEY) as change:
        touch(phone)
        change.keep("wanted")
    assert phone.settings.get("system", "show_touches") == "1"
    assert journal.open_records() == []


def test_airplane_comes_before_wifi_and_the_latest_before_the_earliest() -> None:
    kinds = ["setting", "wifi", "media", "airplane", "data", "setting", "unknown"]
    records = [Record(str(i), "s", "b", k, k, None, True) for i, k in enumerate(kinds)]
    ordered = [(record.kind, record.id) for record in in_order(records)]
    assert ordered == [
        ("airplane", "3"),
        ("data", "4"),
        ("wifi", "1"),
        ("setting", "5"),
        ("setting", "0"),
        ("media", "2"),
        ("unknown", "6"),
    ]


def network(**values: Any) -> dict[str, Any]:
    return {"airplane": False, "wifi": True, "data": True, "wifi_apm_state": None, **values}


@pytest.mark.parametrize(
    ("now", "ours", "target"),
    [
        (network(airplane=True, wifi=False), True, network()),
        # airplane mode was ended by hand, Wi-Fi is still off by us
        (network(wifi=False), True, network()),
        # Wi-Fi was switched on by hand in airplane mode: it stays, airplane mode goes
        (network(airplane=True, wifi_apm_state="1"), True, network()),
        # all as it was, mobile data switched by somebody else
        (network(data=False), False, None),
    ],
)
def test_of_the_network_only_what_is_ours_goes_back(
    now: dict[str, Any], ours: bool, target: dict[str, Any] | None
) -> None:
    kind = journal_undo.UNDO_KINDS["airplane"]
    record = Record("1", "s", "b", "airplane mode", "airplane", network(), kind.usual)
    is_ours, wanted = kind.target(now, record)
    assert is_ours is ours
    if ours:
        assert wanted == target


def test_a_torn_last_line_loses_nothing_else(journal: Journal, phone: Phone) -> None:
    journal.begin(device(phone), "setting", "1", KEY)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + whole[: len(whole) // 2])
    assert len(journal.open_records()) == 1
    journal.begin(device(phone), "setting", "2", KEY)
    assert [record.set for record in journal.open_records()] == ["1", "2"]


@given(st.binary(max_size=300))
def test_any_rubbish_in_the_file_is_survived(tmp_path_factory: Any, rubbish: bytes) -> None:
    path = tmp_path_factory.mktemp("j") / "j.jsonl"
    path.write_bytes(rubbish)
    file = RecordFile(path)
    assert file.open_records() == []
    record = Record("1", "s", "b", "w", "setting", None, "1")
    file.append(record.to_json())
    assert file.open_records() == [record]


def test_compacting_keeps_what_is_open(journal: Journal, phone: Phone) -> None:
    for value in ("1", "2"):
        with journal.change(device(phone), "setting", value, KEY):
            touch(phone, value)
    journal.begin(device(phone), "setting", "3", KEY)
    journal.compact(above=journal.path.stat().st_size)
    assert len(journal.path.read_text().splitlines()) == 5
    journal.compact()
    assert len(journal.path.read_text().splitlines()) == 1
    assert [record.set for record in journal.open_records()] == ["3"]


def test_unknown_kinds_are_refused_when_written_and_reported_when_found(
    journal: Journal, phone: Phone
) -> None:
    with pytest.raises(UsageError, match="no change of kind"):
        journal.begin(device(phone), "colour", 1)
    RecordFile(journal.path).append(Record("1", "s", "b", "w", "colour", 0, 1).to_json())
    (restored,) = journal.restore(device(phone))
    assert not restored.ok


def test_a_killed_run_leaves_its_record(tmp_path: Path) -> None:
    """The process dies between the record and the change, without any chance to tidy up."""
    script = """
        import os, sys
        sys.path.insert(0, sys.argv[2])
        from pathlib import Path
        from tests.test_journal import KEY, Phone, device
        from droidcancel.journal import Journal
        journal = Journal(Path(sys.argv[1]))
        with journal.change(device(Phone()), "setting", "1", KEY):
            os.kill(os.getpid(), 9)
    """
    path = tmp_path / "j.jsonl"
    root = str(Path(__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(path), root], check=False, timeout=60
    )
    assert ended.returncode == -9
    phone = Phone()
    touch(phone)
    (restored,) = Journal(path).restore(device(phone))
    assert restored.ok
    assert phone.settings.get("system", "show_touches") is None


def test_what_was_done_to_another_phone_is_left_to_it(journal: Journal, phone: Phone) -> None:
    """An emulator's serial is its port: the next AVD there is another phone."""
    journal.begin(device(phone), "setting", "1", KEY)
    other = Phone()
    other.identity = "phone-2"
    touch(other)
    assert journal.restore(device(other)) == []
    assert other.settings.writes == []
    assert [record.what for record in journal.of_others(device(other))] == [
        "the setting system/show_touches"
    ]
    assert journal.forget(device(other)) == []
    touch(phone)
    (restored,) = journal.restore(device(phone))
    assert restored.ok
    assert phone.settings.writes == [("show_touches", None)]


def test_a_record_of_before_phones_were_told_apart(journal: Journal, phone: Phone) -> None:
    old = Record("1", "serial-1", "boot-0", "touches", "setting", None, "1", args=KEY).to_json()
    old.pop("phone")
    RecordFile(journal.path).append(old)
    touch(phone)
    (restored,) = journal.restore(device(phone))
    assert restored.ok


def test_what_cannot_be_undone_is_forgotten_at_a_persons_word(
    journal: Journal, phone: Phone
) -> None:
    journal.begin(device(phone), "setting", "1", KEY)
    touch(phone)
    phone.settings.refuses = True
    assert not journal.restore(device(phone))[0].ok
    assert len(journal.forget(device(phone))) == 1
    assert journal.restore(device(phone)) == []


def test_files_of_serials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    path = journal_path("../192.168.1.2:5555")
    assert path.parent == tmp_path / "state"
    assert path.parent.is_dir()
    serials = ["a:b", "a_b", "a/b", "..", "", "a_3a_b"]
    assert len({file_stem(serial) for serial in serials}) == len(serials)


def test_one_run_a_phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path))
    with phone_lock("x"):
        with pytest.raises(LockedError, match=f"pid {os.getpid()}"), phone_lock("x"):
            pass
        with phone_lock("y"):
            pass
    with phone_lock("x"):
        pass
