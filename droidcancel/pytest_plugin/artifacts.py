"""What is kept of a test: pages, screenshots, the hierarchy, the log, the film."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from droidcancel.errors import DroidCancelError
from droidcancel.pytest_plugin import options
from droidcancel.pytest_plugin.reports import record_of

if TYPE_CHECKING:
    from droidcancel.api import Phone
    from droidcancel.recipe.options import OnEvent
    from droidcancel.record.plain import PlainFilm

LOG_LINES = 20_000
#: what is kept of a test, beside the folders of its runs
FILES = {
    "screenshots": "screen.png",
    "hierarchy": "hierarchy.xml",
    "logcat": "logcat.txt",
    "video": "video.mp4",
}


class Artifacts:
    """The folder of one test, made by it alone. `retain-on-failure` takes away what a pass left."""

    def __init__(self, item: pytest.Item, phone: Phone, app: str | None = None) -> None:
        """`app`: the profile by which names of people are blurred in a film."""
        self._item = item
        self.phone = phone
        self._app = app
        self._keep = {
            name: str(options.value(item.config, name)) for name in ("report", *FILES)
        }  # fmt: skip
        self.folder = _free(options.session_folder(item.config) / _slug(item.nodeid))
        #: what was kept, by its option's name
        self.files: dict[str, Path] = {}
        self._folders: list[Path] = []
        self._ended = self._closed = False
        self._log_since = self._now() if self.wants("logcat") else ""
        self._film: PlainFilm | None = None
        OPEN.append(self)
        if self.wants("video"):
            self._try("video", self._begin_film)

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
    def on_event(self) -> OnEvent | None:
        """What the test's runs tell of what they do, for the film's sake."""
        return None if self._film is None else self._film.on_event

    @property
    def pictures(self) -> bool:
        """Whether runs take screenshots."""
        return self.wants("screenshots")

    def end(self, *, bad: bool) -> None:
        """Keep how the phone looks at the end of a test; what cannot be had ends nothing."""
        if self._ended:
            return
        self._ended = True
        if self._film is not None:
            self._try("end of the video", self._film.close)
        takers = {
            "screenshots": self._screenshot,
            "hierarchy": self._hierarchy,
            "logcat": self._log,
        }
        for name, take in takers.items():
            if self._kept(name, bad=bad):
                self._try(name, take)

    def _kept(self, name: str, *, bad: bool) -> bool:
        return self._keep[name] == options.ON or (bad and self._keep[name] == options.RETAIN)

    def close(self, *, bad: bool) -> None:
        """Make the film, and take away what was kept only for a failure."""
        if self._closed:
            return
        self._closed = True
        OPEN.remove(self)
        self.end(bad=bad)
        self._close_film(bad=bad)
        if bad:
            return
        kept = [name for name in ("report", "screenshots") if self._keep[name] == options.ON]
        if not kept:
            for folder in self._folders:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in (*self.folder.glob("*/"), self.folder):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def told(self) -> list[dict[str, Any]]:
        """What was kept, for reports: `name`, `path`, and of a film `began_at`."""
        found: list[dict[str, Any]] = [
            {"name": name, "path": str(path)} for name, path in self.files.items()
        ]
        for each in found:
            if each["name"] == "video" and self._film is not None:
                each["began_at"] = self._film.began_at
        return found

    # -- one each

    def _screenshot(self) -> None:
        self.phone.device.ui.screenshot().save(self._file("screenshots"))

    def _hierarchy(self) -> None:
        text = self.phone.device.ui.dump().to_xml()
        self._file("hierarchy").write_text(text, encoding="utf-8")

    def _log(self) -> None:
        command = ["logcat", "-d", "-v", "threadtime", "-t", self._log_since or str(LOG_LINES)]
        output = self.phone.device.shell.run(command, 30.0)
        self._file("logcat").write_bytes(output.stdout)

    def _begin_film(self) -> None:
        from droidcancel.api import profile_of
        from droidcancel.record.plain import PlainFilm

        profile = profile_of(self.phone, self._app)
        locale = self.phone.entry.locale
        self._film = PlainFilm(self.phone.device, profile, self.folder, locale).begin()

    def _close_film(self, *, bad: bool) -> None:
        film = self._film
        if film is None:
            return
        try:
            if self._kept("video", bad=bad):
                self._try("video", lambda: film.write(self._file("video")))
                record_of(self._item).told += [f"video: {each}" for each in film.problems]
        finally:
            film.discard()

    def _now(self) -> str:
        """The phone's time, as logcat wants it."""
        try:
            return self.phone.device.shell.text(["date", "+%m-%d %H:%M:%S.000"]).strip()
        except DroidCancelError:
            return ""

    def _file(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / FILES[name]

    def _try(self, name: str, take: Callable[[], object]) -> None:
        """Do it, and know its file as kept where there is one now."""
        try:
            take()
        except (DroidCancelError, OSError) as error:
            record_of(self._item).told.append(f"no {name}: {error}")
        file = self.folder / FILES.get(name, "")
        if file.is_file():
            self.files[name] = file


#: those of tests that are not over
OPEN: list[Artifacts] = []


def close_all() -> None:
    """At the end of a session that was broken off: a test that was not ended counts as bad."""
    for left in tuple(OPEN):
        left.close(bad=True)


def artifacts_of(item: pytest.Item, phone: Phone, app: str | None) -> Artifacts:
    """What is kept of a test that uses this phone; of an other one that it used, no more is."""
    record = record_of(item)
    before = record.artifacts
    if before is not None and before.phone is phone:
        return before
    if before is not None:
        before.close(bad=False)
    record.artifacts = made = Artifacts(item, phone, app)
    return made


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
