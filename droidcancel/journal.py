"""The write-ahead list of changes made to a phone, with how to undo each.

Before a change its record is appended and forced to the disk; after the undo has been read back
a second record marks it done. Whatever ends a run, the next start finds the open records and
puts the phone back. Only what is still as we set it is undone: what somebody else changed since
then is theirs.

    journal = Journal.of(device.serial)
    with journal.change(device, "airplane"):
        device.network.set_airplane(True)
    # airplane mode is off again here, and read back, or RestoreError says what is left

One file of JSON lines a serial, in the user's state directory or ``DROIDCANCEL_STATE_DIR``.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from droidcancel.errors import AdbError, DroidCancelError, RestoreError, UsageError
from droidcancel.journal_file import JSON, Record, RecordFile
from droidcancel.journal_undo import STOPPED, UNDO_KINDS, UndoKind

if TYPE_CHECKING:
    from droidcancel.device import Device

#: bytes of a journal from which on what is done is forgotten at the next start
LARGE = 256 * 1024
LONGEST_STEM = 150
STATE_VARIABLE = "DROIDCANCEL_STATE_DIR"


@dataclass(frozen=True)
class Restored:
    """What became of one change: ``detail`` says how it was undone, or how to mend it by hand.

    ``unreachable``: the phone did not answer at all.
    """

    what: str
    ok: bool
    detail: str
    id: str = ""
    unreachable: bool = False


class OpenChange:
    """A change that stands on the phone. `undo` takes it back, once; a second time is harmless."""

    def __init__(self, journal: Journal, device: Device, record: Record) -> None:
        self._journal = journal
        self._device = device
        self.record = record
        self.result: Restored | None = None

    def undo(self) -> Restored:
        """Undo it now, if the phone still has it as it was set, and read that back."""
        if self.result is None or not self.result.ok:
            self.result = self._journal.undo(self._device, self.record)
        return self.result

    def leave(self, why: str) -> Restored:
        """Leave it for the next start, if it is not undone yet."""
        if self.result is None or not self.result.ok:
            self.result = self._journal.leave(self.record, why)
        return self.result

    def keep(self, why: str) -> None:
        """Leave the change on the phone for good: it was wanted, or is gone by itself."""
        self._journal.mark_done(self.record, why)
        self.result = Restored(self.record.what, True, why, self.record.id)


class Journal:
    """The journal of one phone."""

    def __init__(self, path: Path, run: str = "") -> None:
        self.path = path
        self.run = run
        self._file = RecordFile(path)

    @classmethod
    def of(cls, serial: str, run: str = "") -> Journal:
        """The journal of a serial, in the state directory."""
        return cls(journal_path(serial), run)

    # -- writing

    def begin(
        self,
        device: Device,
        kind: str,
        value: JSON = None,
        args: Mapping[str, JSON] | None = None,
        before: JSON = None,
    ) -> OpenChange:
        """Write down that ``kind`` is about to be set to ``value``; on the disk when it returns.

        What it is now is read first, unless ``before`` says what to go back to. ``args`` say which
        one (the key of a setting, the package). Without a value it is the kind's usual one
        (airplane mode on, the file there...).
        """
        undo = _kind(kind)
        details = dict(args or {})
        if undo.per_user and device.user:
            details["user"] = device.user
        record = Record(
            id=secrets.token_hex(8),
            run=self.run,
            serial=device.serial,
            boot_id=device.boot_id,
            phone=device.identity,
            what=undo.describe(details),
            kind=kind,
            args=details,
            before=undo.read(device, details) if before is None else before,
            set=undo.usual if value is None else value,
            t=time.time(),
        )
        self._file.append(record.to_json())
        return OpenChange(self, device, record)

    def begin_use(self, device: Device, package: str) -> OpenChange:
        """Write down that an app is about to be used: after a crash it is stopped before all else.

        So it is where it ran before, too: an upload that was cut must not go on unwatched.
        """
        return self.begin(device, "app", args={"package": package}, before=STOPPED)

    @contextmanager
    def change(
        self,
        device: Device,
        kind: str,
        value: JSON = None,
        args: Mapping[str, JSON] | None = None,
    ) -> Iterator[OpenChange]:
        """As `begin`, and undone at the end, whatever ends it.

        Raises RestoreError when the phone does not take it back; an error of the body itself
        goes on instead, and the record stays open for `restore`.
        """
        opened = self.begin(device, kind, value, args)
        try:
            yield opened
        except BaseException:
            opened.undo()
            raise
        result = opened.undo()
        if not result.ok:
            raise RestoreError(f"{result.what} was not put back", result.detail, [result.detail])

    def mark_done(self, record: Record, how: str) -> None:
        """Write down that a change stands no more."""
        self._file.append({"v": 1, "done": record.id, "how": how, "t": time.time()})

    # -- undoing

    def open_records(self) -> list[Record]:
        """The changes that were not undone, oldest first."""
        return self._file.open_records()

    def undo(self, device: Device, record: Record) -> Restored:
        """Undo one change and read it back; never raises for what the phone does, nor for
        a journal that cannot be written."""
        kind = UNDO_KINDS.get(record.kind)
        if kind is None:
            return Restored(record.what, False, f"unknown kind {record.kind!r}", record.id)
        try:
            how = _undo(kind, device, record)
        except DroidCancelError as error:
            detail = f"{error}; by hand: {kind.by_hand(record)}"
            gone = isinstance(error, AdbError)
            return Restored(record.what, False, detail, record.id, unreachable=gone)
        except (KeyError, TypeError, ValueError) as error:
            detail = f"its record is damaged ({error!r}); by hand: {kind.by_hand(record)}"
            return Restored(record.what, False, detail, record.id)
        try:
            self.mark_done(record, how)
        except OSError as error:  # the phone is what counts; the next restore finds it as it was
            how += f" (but {self.path} cannot be written: {error.strerror or error})"
        return Restored(record.what, True, how, record.id)

    def leave(self, record: Record, why: str) -> Restored:
        """Leave a change for the next start, without trying."""
        kind = UNDO_KINDS.get(record.kind)
        by_hand = f"; by hand: {kind.by_hand(record)}" if kind is not None else ""
        return Restored(record.what, False, f"{why}{by_hand}", record.id, unreachable=True)

    def restore(self, device: Device) -> list[Restored]:
        """Undo every open record of this phone, latest first, but airplane mode before Wi-Fi.

        Safe to call again; what could not be undone stays open, and so does what was done to
        another phone that had this serial, see `of_others`.
        """
        mine = [record for record in self.open_records() if _is_of(record, device)]
        return [self.undo(device, record) for record in in_order(mine)]

    def of_others(self, device: Device) -> list[Record]:
        """Open changes of another phone under the same serial."""
        return [record for record in self.open_records() if not _is_of(record, device)]

    def forget(self, device: Device) -> list[Record]:
        """Count this phone's open changes as done, for a person who saw to them by hand."""
        mine = [record for record in self.open_records() if _is_of(record, device)]
        for record in mine:
            self.mark_done(record, "forgotten at a person's word")
        return mine

    def compact(self, above: int = 0) -> None:
        """Forget what is done, where the file has more bytes than ``above``."""
        if self.path.exists() and self.path.stat().st_size > above:
            self._file.compact()


def _is_of(record: Record, device: Device) -> bool:
    """Whether a change was made to this very phone; one that tells no id is taken to be it."""
    return not record.phone or not device.identity or record.phone == device.identity


def _undo(kind: UndoKind, device: Device, record: Record) -> str:
    """Take a change back; once more where the link dropped, since nobody knows what came through.

    The second time begins with a look: an undo that did come through is not done again.
    """
    try:
        return _take_back(kind, device, record)
    except AdbError:
        return _take_back(kind, device, record)


def _take_back(kind: UndoKind, device: Device, record: Record) -> str:
    whose = record.args.get("user", 0) if kind.per_user else None
    if whose is not None and whose != device.user:
        raise RestoreError(
            f"it was changed for user {whose} and not for user {device.user}:"
            f" droidcancel restore --user {whose}"
        )
    now = kind.read(device, record.args)
    ours, target = kind.target(now, record)
    if not ours:
        back = kind.agrees(now, record.before, record)
        return "already as it was" if back else "left alone: something else changed it since"
    kind.write(device, record.args, target)
    after = kind.read(device, record.args)
    if not kind.agrees(after, target, record):
        raise RestoreError(f"it reads {after!r} after the undo, expected {target!r}")
    return "put back"


def _kind(name: str) -> UndoKind:
    if name not in UNDO_KINDS:
        raise UsageError(f"no change of kind {name!r}", f"known: {', '.join(sorted(UNDO_KINDS))}")
    return UNDO_KINDS[name]


def in_order(records: list[Record]) -> list[Record]:
    """The order of undoing: by the rank of the kind, then the latest first."""
    latest_first = list(reversed(records))
    return sorted(latest_first, key=lambda record: _rank(record.kind))


def _rank(kind: str) -> int:
    return UNDO_KINDS[kind].rank if kind in UNDO_KINDS else 99


def state_dir() -> Path:
    """Where journals and locks live; made when it is not there."""
    chosen = os.environ.get(STATE_VARIABLE) or platformdirs.user_state_dir("droidcancel")
    path = Path(chosen)
    path.mkdir(parents=True, exist_ok=True)
    return path


def file_stem(serial: str) -> str:
    """A serial as a file name; no two serials share one."""
    plain = re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found[0]):x}_", serial)
    if len(plain) > LONGEST_STEM:  # a file system takes 255 bytes
        digest = hashlib.sha256(serial.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{plain[:40]}__{digest}"
    return f"_{plain}" if plain.startswith(".") or not plain else plain


def journal_path(serial: str) -> Path:
    """The journal's file of a serial."""
    return state_dir() / f"{file_stem(serial)}.journal.jsonl"
