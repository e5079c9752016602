"""`droidcancel doctor`: what it prints, keeps, tries, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from droidcancel.device import ways
from droidcancel.journal import Journal
from tests.conftest import MakePhone
from tests.test_cli import run


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROIDCANCEL_CACHE_DIR", str(tmp_path / "cache"))


def test_the_table_says_what_is_used_and_that_nothing_was_tried(make_phone: MakePhone) -> None:
    phone = make_phone(api=28, apps=("clips",))
    done = run("doctor", "-s", phone.serial)
    assert done.exit_code == 0, done.output
    assert "by reading only" in done.stdout
    assert "--probe tries what can be undone" in done.stdout
    assert "No way for: app network." in done.stdout
    lines = [line for line in done.stdout.splitlines() if "→" in line and "(→)" not in line]
    assert any(ways.AIRPLANE_CMD in line for line in lines)
    assert any(ways.WIFI_SVC in line for line in lines)
    assert not any(ways.CACHE_ONLY in line for line in lines)


def test_json_has_each_way_and_the_probes(make_phone: MakePhone) -> None:
    phone = make_phone(api=34, apps=("clips",))
    first = json.loads(run("doctor", "-s", phone.serial, "--json").stdout)
    assert (first["probed"], first["known_since"], first["left"]) == (False, None, [])
    assert [entry["thing"] for entry in first["ways"]] == list(ways.THINGS)
    again = json.loads(run("doctor", "-s", phone.serial, "--json").stdout)
    assert again["known_since"] is not None
    assert {e["thing"]: e["used"] for e in again["ways"]} == {
        e["thing"]: e["used"] for e in first["ways"]
    }
    done = run("doctor", "-s", phone.serial, "--probe", "--json")
    assert done.exit_code == 0, done.output
    probed = json.loads(done.stdout)
    airplane = next(e for e in probed["ways"] if e["thing"] == "airplane")
    assert probed["probed"]
    assert airplane["ways"][0]["status"] == "works"
    cache = next(e for e in probed["ways"] if e["thing"] == "cache-only clear")
    assert [way["status"] for way in cache["ways"]] == ["works", "refused", "refused"]
    assert "left as it is" in cache["ways"][0]["why"]
    assert Journal.of(phone.serial).open_records() == []
    kept = json.loads(run("doctor", "-s", phone.serial, "--json").stdout)
    assert kept["probed"]  # what was tried is known, and not asked again
    fresh = json.loads(run("doctor", "-s", phone.serial, "--json", "--fresh").stdout)
    assert (fresh["probed"], fresh["known_since"]) == (False, None)


def test_nothing_is_tried_on_a_phone_that_another_run_left_changed(make_phone: MakePhone) -> None:
    phone = make_phone(api=34, apps=("clips",))
    journal = Journal.of(phone.serial)
    journal.path.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "v": 1, "id": "1", "serial": phone.serial, "boot_id": "b", "what": "x", "before": "0",
        "set": "1", "undo": {"kind": "no such kind", "args": {}},
    }  # fmt: skip
    journal.path.write_text(json.dumps(record) + "\n")
    try:
        done = run("doctor", "-s", phone.serial, "--probe")
    finally:
        journal.path.unlink()
    assert done.exit_code == 4
    assert "nothing is tried" in done.output
