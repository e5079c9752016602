"""What the tests of this suite share."""

from __future__ import annotations

from pathlib import Path

import pytest

from droidcancel.sample import sample_video


@pytest.fixture(scope="session")
def upload_file(pytestconfig: pytest.Config) -> Path:
    """Two seconds of video (1.5 MB), unless --droid-upload names another."""
    given = pytestconfig.getoption("droid_upload")
    return Path(given) if given else sample_video(2.0)


@pytest.fixture
def older_draft(run_recipe) -> None:
    """A draft that the account has before the test, which the test must not touch."""
    run_recipe("save_draft", caption="holiday")


@pytest.fixture
def full_cache(phone, app) -> None:
    """A cache worth clearing. A phone in use has one; a fresh virtual phone is given it."""
    if phone.simulator is not None:
        path = f"/data/data/{app.package}/cache/thumbnails.bin"
        files = phone.simulator.phone.fs
        phone.simulator.call(lambda: files.write(path, bytes(3_000_000)))
