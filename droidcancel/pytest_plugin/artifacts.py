"""What is kept of a test: pages, screenshots, the hierarchy, the log."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from droidcancel.errors import DroidCancelError
from droidcancel.pytest_plugin import options
from droidcancel.pytest_plugin.reports import record_of

if TYPE_CHECKING:
    from droidcancel.api import Phone

LOG_LINES = 20_000


class Artifacts:
    """The folder of one test, made by it alone. `retain-on-failure` takes away what a pass left."""

    def __init__(self, item: pytest.Item, phone: Phone) -> None:
        self._item = item
        self._phone = phone
        self._keep = {
            name: str(options.value(item.config, name))
            for name in ("report", "screenshots", "hierarchy", "logcat", "video")
        }
        self.folder = _free(options.session_folder(item.config) / _slug(item.nodeid))
        self._folders: list[Path] = []
        self._ended = False
        self._log_since = self._now() if self.wants("logcat") else ""
        if self.wants("video"):
            record_of(item).told.append("no video: tests are not filmed yet")

    def wants(self, name: str) -> bool:
        """Whether it may be kept at all."""
        return self._keep[name] != options.OFF

    def run_folder(self, name: str) -> Path | None:
        """A folder for a run's page and screenshots; None where neither is wanted."""
        if not self.wants("report") and not self.wants("screenshots"):
            return None
        folder = self.folder / f"{len(self._folders) + 1}-{_slug(name)}"
        folder.mkdir(parents=True)
        self._folders.append(folder)
        return folder

    @property
    def pictures(self) -> bool:
        """Whether runs take screenshots."""
        return self.wants("screenshots")

    def end(self, *, bad: bool) -> None:
        """Keep how the phone looks at the end of a test; what cannot be had ends nothing."""
        if self._ended:
            return
        self._ended = True
        takers = {
            "screenshots": self._screenshot,
            "hierarchy": self._hierarchy,
            "logcat": self._log,
        }
        for name, take in takers.items():
            if self._keep[name] == options.ON or (bad and self._keep[name] == options.RETAIN):
                self._try(name, take)

    def close(self, *, bad: bool) -> None:
        """Take away what was kept only for a failure."""
        self.end(bad=bad)
        if bad:
            return
        kept = [name for name in ("report", "screenshots") if self._keep[name] == options.ON]
        if not kept:
            for folder in self._folders:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in (*self.folder.glob("*/"), self.folder):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    # -- one each

    def _screenshot(self) -> None:
        self._phone.device.ui.screenshot().save(self._file("screen.png"))

    def _hierarchy(self) -> None:
        text = self._phone.device.ui.dump().to_xml()
        self._file("hierarchy.xml").write_text(text, encoding="utf-8")

    def _log(self) -> None:
        command = ["logcat", "-d", "-v", "threadtime", "-t", self._log_since or str(LOG_LINES)]
        output = self._phone.device.shell.run(command, 30.0)
        self._file("logcat.txt").write_bytes(output.stdout)

    def _now(self) -> str:
        """The phone's time, as logcat wants it."""
        try:
            return self._phone.device.shell.text(["date", "+%m-%d %H:%M:%S.000"]).strip()
        except DroidCancelError:
            return ""

    def _file(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / name

    def _try(self, name: str, take: object) -> None:
        assert callable(take)
        try:
            take()
        except (DroidCancelError, OSError) as error:
            record_of(self._item).told.append(f"no {name}: {error}")


def _slug(text: str) -> str:
    """A test's id as the name of a folder, the same on every file system."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-.")[:120] or "test"


def _free(path: Path) -> Path:
    for number in range(1, 10_000):
        found = path if number == 1 else path.with_name(f"{path.name}-{number}")
        try:
            found.mkdir(parents=True)
        except FileExistsError:
            continue
        return found
    raise OSError(f"{path} is taken")
