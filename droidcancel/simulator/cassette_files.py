"""The files of a cassette, each bounded in size; a zip, or a folder that nothing leads out of."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from droidcancel.simulator.cassette import CassetteError

MOST_ALL = 256 * 2**20

#: gives a file of at most so many bytes
Fetch = Callable[[str, int], bytes]


class Files:
    """One cassette being read; `fail` raises a CassetteError that names it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = MOST_ALL

    def fail(self, what: str) -> NoReturn:
        raise CassetteError(f"{self._path}: {what[:500]}")

    @contextmanager
    def opened(self) -> Iterator[Fetch]:
        """The way to its files."""
        if self._path.is_dir():
            yield self._from_folder
            return
        if not self._path.is_file():
            self.fail("there is no such cassette; make one with `droidcancel simulator capture`")
        try:
            with zipfile.ZipFile(self._path) as archive:
                yield lambda name, most: self._from_zip(archive, name, most)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
            self.fail(f"is no cassette: {error}")
        except OSError as error:
            self.fail(f"cannot be read: {error.strerror or error}")

    def _from_zip(self, archive: zipfile.ZipFile, name: str, most: int) -> bytes:
        try:
            info = archive.getinfo(name)
        except KeyError:
            self.fail(f"{name} is missing")
        if info.flag_bits & 1:
            self.fail(f"{name} is encrypted")
        try:
            # what the directory says of the size may be a lie: no more than `most` is unpacked
            with archive.open(info) as stream:
                return self._bounded(name, stream.read(most + 1), most)
        except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
            self.fail(f"{name} is broken: {error}")
        except Exception as error:  # zlib.error and its like, one a compression
            self.fail(f"{name} is broken: {type(error).__name__}: {error}")

    def _from_folder(self, name: str, most: int) -> bytes:
        path = self._path / name
        for part in (path, path.parent):
            if part != self._path and part.is_symlink():
                self.fail(f"{name} is a link")
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                self.fail(f"{name} is no file")
            with path.open("rb") as stream:
                return self._bounded(name, stream.read(most + 1), most)
        except FileNotFoundError:
            self.fail(f"{name} is missing")
        except OSError as error:
            self.fail(f"{name} cannot be read: {error.strerror or error}")

    def _bounded(self, name: str, data: bytes, most: int) -> bytes:
        if len(data) > most:
            self.fail(f"{name} has more than {most} bytes")
        self._left -= len(data)
        if self._left < 0:
            self.fail(f"holds more than {MOST_ALL} bytes")
        return data
