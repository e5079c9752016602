"""Runs are kept once each, whatever happens; tables are made and changed by themselves."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from droidcancel.errors import HistoryError
from droidcancel.history import migrate, schema
from droidcancel.history.query import Filter, find, matching, show
from droidcancel.history.recorder import Recorder, bring_in, open_history, waiting_folder
from droidcancel.history.rows import row_of
from droidcancel.history.store import History
from droidcancel.history.where import Where, where
from droidcancel.secret import Secret
from tests.history.conftest import a_run, failed, put, resumed


def test_a_run_is_kept_as_it_was(history: History) -> None:
    run = resumed(cut={"apply_ms": None, "bytes_sent": 2**40}, device={"api_level": 21})
    put(history, run)
    kept = show(history, run["run_id"])
    assert (kept["verdict"], kept["outcome"], kept["exit_code"]) == ("resumed", "differs", 1)
    assert (kept["bytes_sent"], kept["apply_ms"], kept["api_level"]) == (2**40, None, 21)
    assert kept["started_at"] == run["started_at"]
    assert kept["data"] == {name: value for name, value in run.items() if name != "evidence"}
    assert find(history, Filter())[0] == {n: v for n, v in kept.items() if n != "data"}


def test_a_run_is_kept_once(history: History) -> None:
    run, other = a_run(), a_run()
    rows = [row_of(run), row_of(other), row_of(run)]
    assert history.add(rows) == 2
    assert history.add([row_of({**run, "verdict": "published"})]) == 0
    assert matching(history, Filter()) == 2
    assert show(history, run["run_id"])["verdict"] == "cancelled"


def test_only_a_lost_run_gives_way_to_what_became_of_it(history: History) -> None:
    lost = failed()
    lost["error"] |= {"type": "JobLost"}
    put(history, lost)
    assert history.add([row_of(lost)]) == 0
    found = a_run(run_id=lost["run_id"])
    assert history.add([row_of(found)]) == 1
    assert show(history, lost["run_id"])["data"] == row_of(found)["data"]
    assert history.add([row_of(lost)]) == 0
    assert [row["verdict"] for row in find(history, Filter())] == ["cancelled"]


def test_words_that_a_database_refuses(history: History) -> None:
    run = failed("a phone said \0 and \ud800", cut={"apply_ms": float("inf"), "bytes_sent": 10**30})
    put(history, run)
    kept = show(history, run["run_id"])
    assert kept["error"] == "a phone said \ufffd and ?"
    assert kept["data"]["error"]["message"] == kept["error"]
    assert kept["apply_ms"] is None


def test_a_matrix_grows(history: History) -> None:
    row = {"matrix_id": "m1", "started_at": 1.0, "host": "h", "app": "clips"}
    history.put_matrix({**row, "exit_code": 0, "data": {"cells": []}})
    history.put_matrix({**row, "exit_code": 1, "data": {"cells": [1]}})
    with history.reading() as connection:
        (kept,) = connection.execute(schema.matrices.select()).mappings()
    assert (kept["exit_code"], kept["data"]) == (1, {"cells": [1]})


def test_a_secret_is_not_written(place: Where) -> None:
    pin = Secret("482915")
    recorder = Recorder(place, print)
    run = failed(f"the phone said {pin.reveal()}")
    recorder.keep(run)
    recorder.close()
    with open_history(place) as history:
        kept = show(history, run["run_id"])
    assert pin.reveal() not in str(kept)
    assert kept["error"].startswith("the phone said ")


# -- the tables


def test_migrations_make_the_tables_that_the_code_has(history: History) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with history.reading() as connection:
        assert migrate.revision(connection) == schema.HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_every_migration_can_be_taken_back(history: History) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    with history.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with history.writing() as connection:
        assert migrate.revision(connection) is None
        migrate.bring_up_to_date(connection, "here")
    put(history, a_run())


def test_an_older_database_is_brought_up_to_date_with_its_runs(place: Where) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    engine = create_engine(place.url)
    run = row_of(a_run())
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        old = {k: v for k, v in run.items() if k != "data"}
        names = ", ".join([*old, "data"])
        marks = ", ".join(f":{name}" for name in [*old, "data"])
        connection.execute(
            text(f"INSERT INTO runs ({names}) VALUES ({marks})"),
            {**old, "data": json.dumps(run["data"])},
        )
    engine.dispose()
    with History(place) as history:
        assert show(history, run["run_id"])["recipe"] == "cancel_airplane"


def test_a_newer_database_is_not_touched(place: Where) -> None:
    with History(place) as history, history.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HistoryError, match=r"newer droidcancel .*9999.*up to") as refused:
        History(place)
    assert "update droidcancel" in str(refused.value.hint)


CHILD = """
import sys
from droidcancel.history.recorder import Recorder
from droidcancel.history.where import where
from droidcancel.secret import Secret
from tests.history.conftest import a_run
place = where(sys.argv[1])
recorder = Recorder(place, print)
for number in range(int(sys.argv[3])):
    recorder.keep(a_run(run_id=f"{sys.argv[2]}-{number}"))
    if number % 3 == 0:
        recorder.keep(a_run(run_id=f"shared-{number}"))
recorder.close()
"""


def test_several_processes_at_one_new_database(place: Where, url: str) -> None:
    words = [sys.executable, "-W", "error", "-c", CHILD, url]
    children = [
        subprocess.Popen([*words, str(n), "12"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for n in range(2)
    ]
    for child in children:
        said, _ = child.communicate(timeout=60)
        assert (child.returncode, said) == (0, b"")
    with open_history(place) as history:
        assert matching(history, Filter()) == 2 * 12 + 4
    assert list(waiting_folder(place).iterdir()) == []


# -- what cannot be written


def test_a_database_that_does_not_work_is_a_warning_and_loses_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database" * 500)
    place = where(str(broken))
    assert place is not None
    said: list[str] = []
    for _ in range(2):
        recorder = Recorder(place, said.append)
        recorder.keep(a_run())
        recorder.close()
    assert len(said) == 2
    assert "not a database" in said[0]
    broken.unlink()
    with open_history(place) as history:
        assert matching(history, Filter()) == 2


def test_a_server_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    place = where(f"postgresql://dc:secret@/runs?host={tmp_path}")
    assert place is not None
    said: list[str] = []
    recorder = Recorder(place, said.append)
    recorder.keep(a_run())
    recorder.close()
    (told,) = said
    assert "cannot be used" in told
    assert "secret" not in told
    assert len(list(waiting_folder(place).glob("*.run.json"))) == 1


def test_what_is_no_run_is_told_and_ends_nothing(place: Where) -> None:
    said: list[str] = []
    recorder = Recorder(place, said.append)
    recorder.keep({"run_id": "x"})
    recorder.keep(a_run())
    recorder.close()
    assert len(said) == 1
    with open_history(place) as history:
        assert matching(history, Filter()) == 1


def test_what_a_database_refuses_is_set_aside_and_holds_up_nothing(history: History) -> None:
    folder = waiting_folder(history.place)
    folder.mkdir(parents=True)
    good = row_of(a_run())
    waiting = {
        "a.run.json": json.dumps(good),
        "b.run.json": json.dumps({**good, "run_id": "b", "recipe": None}),
        "c.run.json": "{torn",
        "d.run.json": "[]",
        "e.run.json": json.dumps({**good, "run_id": "e"}),
    }
    for name, words in waiting.items():
        (folder / name).write_text(words)
    refused = bring_in(history)
    assert sorted(Path(line.split(": ")[0]).name[0] for line in refused) == ["b", "c", "d"]
    assert {row["run_id"] for row in find(history, Filter())} == {good["run_id"], "e"}
    assert sorted(path.name for path in folder.iterdir()) == [
        "b.run.refused", "c.run.refused", "d.run.refused",
    ]  # fmt: skip
    assert bring_in(history) == []


KILLED = """
import os, signal, sys
from droidcancel.history import recorder
from droidcancel.history.where import where
from droidcancel.secret import Secret
from tests.history.conftest import a_run
recorder.bring_in = lambda history: os.kill(os.getpid(), signal.SIGKILL)  # at the worst moment
found = recorder.Recorder(where(sys.argv[1]), print)
found.keep(a_run(run_id="killed"))
found.close()
"""


def test_a_run_outlives_a_kill_before_it_is_written(place: Where, url: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, url], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    with open_history(place) as history:
        assert show(history, "killed")["recipe"] == "cancel_airplane"


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    place = where(str(tmp_path / "history.db"))
    assert place is not None
    with History(place) as history:
        put(history, a_run())
        with history.writing() as connection:
            connection.execute(schema.runs.delete())
            with History(place) as second, second.reading() as other:
                assert len(other.execute(schema.runs.select()).all()) == 1
        mode = sqlite3.connect(tmp_path / "history.db")
        assert mode.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        mode.close()


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    place = where(str(tmp_path / "file" / "history.db"))
    (tmp_path / "file").write_text("")
    assert place is not None
    with pytest.raises(HistoryError, match="cannot be made"):
        History(place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
