"""Which database is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from droidcancel.errors import UsageError
from droidcancel.history.where import where


def test_the_usual_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path))
    for text in (None, "", " "):
        found = where(text)
        assert found is not None
        assert found.file == tmp_path / "history.db"


@pytest.mark.parametrize(
    ("text", "file"),
    [("/a/runs.db", "/a/runs.db"), ("sqlite:////a/runs.db", "/a/runs.db"),
     ("~/runs.db", str(Path("~/runs.db").expanduser())),
     ("sqlite:///runs.db", str(Path("runs.db").absolute()))],
)  # fmt: skip
def test_files(text: str, file: str) -> None:
    found = where(text)
    assert found is not None
    assert (found.kind, str(found.file), found.shown) == ("sqlite", file, file)


def test_off() -> None:
    assert where("off") is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "PostgreSQL"])
def test_a_server_and_its_password_is_never_shown(scheme: str) -> None:
    found = where(f"{scheme}://lab:se%40cr:et@db.lan:5433/runs?sslpassword=key&x=1")
    assert found is not None
    assert found.url.startswith("postgresql+psycopg://lab:se%40cr:et@db.lan:5433/runs")
    assert found.shown == f"{scheme}://lab:***@db.lan:5433/runs?sslpassword=***&x=1"


@pytest.mark.parametrize(
    "text",
    ["mysql://u:hidden@h/d", "sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql://h",
     "postgresql://h:port/d", "postgresql://h:99999/d", "postgresql://[::1/d"],
)  # fmt: skip
def test_what_is_no_database(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        where(text)
    assert "hidden" not in refused.value.explain()
