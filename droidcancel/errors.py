"""Every error that droidcancel raises on purpose, in one tree.

    DroidCancelError                exit code 1
    ├── UsageError                  2   a wrong option, a missing argument, an unknown name
    │   └── ConfigError             2   a wrong file: says file, line, column and key
    ├── DeviceError                 3   the phone did not do, or did not say, what it should
    │   ├── AdbError                3   no way to the phone: server, cable, authorisation, drop
    │   │   └── ShellTimeout        3   a command on the phone did not end in its time
    │   ├── ParseError              3   the phone printed something that nothing here can read
    │   ├── NotEffective            3   a change was sent, and the phone did not follow
    │   ├── Unsupported             3   this phone has no safe way to do it
    │   ├── LinkAtRisk              3   refused: it would cut droidcancel's own link to the phone
    │   └── UiError                 3   the screen could not be read or touched
    ├── AppError                    3   the app is not installed, not logged in, or not as known
    ├── LockedError                 3   another run is using the phone
    ├── JournalError                2   the host has no place for the journal: nothing is changed
    ├── HistoryError                3   the database of earlier runs cannot be used
    └── RestoreError                4   the phone could not be put back as it was

The message says what happened and what was expected; ``hint`` says how to mend it. The exit
code of each class is the process's exit code when the error ends a command.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

#: characters of a message: what a phone or a file says in it may be of any length
MAX_MESSAGE = 10_000


class DroidCancelError(Exception):
    """The root. ``hint`` is one sentence on how to mend it, or None."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        message = message if len(message) <= MAX_MESSAGE else message[:MAX_MESSAGE] + "…"
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message

    def explain(self) -> str:
        """The message, then the hint on a line of its own."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(DroidCancelError):
    """The command line, or a call, asks for something that cannot be meant."""

    exit_code: ClassVar[int] = 2


class ConfigError(UsageError):
    """A file says something it may not. Line and column count from 1; key is dotted."""

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
        key: str | None = None,
    ) -> None:
        self.file = None if file is None else str(file)
        self.line = line
        self.column = column
        self.key = key
        self.problem = message
        super().__init__(self._located(message), hint)

    def _located(self, message: str) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return ": ".join(part for part in (where, self.key, message) if part)


class DeviceError(DroidCancelError):
    """The phone did not do, or did not say, what it should."""

    exit_code: ClassVar[int] = 3


class AdbError(DeviceError):
    """No way to the phone: adb server, cable, authorisation, or a link that dropped."""


class ShellTimeout(AdbError):
    """A command on the phone did not end in its time; its channel was abandoned."""


class ParseError(DeviceError):
    """Output of the phone that fits nothing known. Shows the line; nothing is guessed."""

    def __init__(self, what: str, line: str, hint: str | None = None) -> None:
        shown = line if len(line) <= 200 else line[:200] + "…"
        super().__init__(f"cannot read {what}: {shown!r}", hint)
        self.what = what
        self.line = line


class NotEffective(DeviceError):
    """A change was sent and answered, but reading the phone back shows it was not made."""


class Unsupported(DeviceError):
    """This phone has no way, or no safe way, to do it."""


class LinkAtRisk(DeviceError):
    """Refused: the change would cut the link that droidcancel itself rides on."""


class UiError(DeviceError):
    """The screen could not be read or touched."""


class AppError(DroidCancelError):
    """The app under test is not installed, not logged in, or not as its profile knows it."""

    exit_code: ClassVar[int] = 3


class LockedError(DroidCancelError):
    """Another run holds the phone."""

    exit_code: ClassVar[int] = 3


class JournalError(DroidCancelError):
    """What is about to be changed cannot be written down first, so it is not changed."""

    exit_code: ClassVar[int] = 2


class HistoryError(DroidCancelError):
    """The database of earlier runs cannot be reached, read or written."""

    exit_code: ClassVar[int] = 3


class RestoreError(DroidCancelError):
    """The phone could not be put back as it was. ``left`` names what is left and the mending."""

    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, hint: str | None = None, left: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.left = tuple(left)
