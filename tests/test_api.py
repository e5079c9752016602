"""The Python API: the examples of docs/api.md, run as they stand, and what is refused."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import droidcancel
from droidcancel import Recipe, connect, run
from droidcancel.errors import UsageError

GUIDE = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
DEVICES = """
default: simulator
devices:
  simulator: {kind: simulator, app: clips, upload_bytes_per_s: 2000000}
  precious: {kind: simulator, protected: true}
"""


@pytest.fixture
def lab(tmp_path: Path, adb_server: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a devices.yaml."""
    (tmp_path / "devices.yaml").write_text(DEVICES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


@pytest.mark.extended
def test_the_examples_of_the_guide_run(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    exec(compile("\n".join(blocks), "docs/api.md", "exec"), {})  # noqa: S102  # the test
    told = capsys.readouterr().out
    assert re.search(r"^(cancelled|draft) because nothing is live", told, re.MULTILINE)
    assert re.search(r"^known by #dc\w{6}$", told, re.MULTILINE)
    assert (lab / "reports" / "cat" / "index.html").is_file()


def test_every_name_is_in_the_guide_and_imported_late() -> None:
    for name in droidcancel.__all__:
        assert f"`{name}" in GUIDE or f"{name}(" in GUIDE, name
        assert getattr(droidcancel, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'conect'"):
        _ = droidcancel.conect
    code = "import sys, droidcancel; print({'pydantic', 'click', 'lxml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "set()\n"


@pytest.mark.slow
def test_what_nobody_agreed_to_is_refused(lab: Path) -> None:
    with connect("precious") as phone, pytest.raises(UsageError, match="marked protected"):
        run("cancel_airplane", phone)
    with connect() as phone:
        with pytest.raises(UsageError, match="named 'cat', and nobody agreed"):
            run("delete_post", phone, caption="cat")
        with pytest.raises(UsageError, match="has its variables already"):
            run(Recipe("cancel_airplane"), phone, caption="cat")
        with pytest.raises(UsageError, match="part of other recipes"):
            run("upload_video", phone)


def test_a_wrong_recipe_is_told_at_once() -> None:
    with pytest.raises(UsageError, match="no recipe 'cancel_airplan'"):
        Recipe("cancel_airplan")
    with pytest.raises(UsageError, match="no variable 'captain'"):
        Recipe("cancel_airplane", captain="cat")
