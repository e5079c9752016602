"""The write-ahead list of changes made to a phone, with how to undo each.

Before a change its record is appended and forced to the disk; after the undo has been read back
a second record marks it done. Whatever ends a run, the next start finds the open records and
puts the phone back. Only what is still as we set it is undone: what somebody else changed since
then is theirs.

    journal = Journal.of(device.serial)
    with journal.change(device, "airplane"):
        device.network.set_airplane(True)
    # airplane mode is off again here, and read back, or RestoreError says what is left

One file of JSON lines a serial, in the user's state directory or ``DROIDCANCEL_STATE_DIR``. A
restoring also finds what was done to the same phone under another serial.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.errors import AdbError, DroidCancelError, JournalError, RestoreError, UsageError
from droidcancel.journal_elsewhere import elsewhere
from droidcancel.journal_file import JSON, VERSION, Record, RecordFile, journal_path
from droidcancel.journal_undo import STOPPED, UNDO_KINDS, UndoKind

if TYPE_CHECKING:
    from droidcancel.device import Device

#: bytes of a journal from which on what is done is forgotten at the next start
LARGE = 256 * 1024


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

    def __init__(
        self, path: Path, run: str = "", kinds: Mapping[str, UndoKind] = UNDO_KINDS
    ) -> None:
        self.path = path
        self.run = run
        self._kinds = kinds
        self._file = RecordFile(path)
        #: the files of records that were found in the journal of another serial
        self._homes: dict[str, RecordFile] = {}

    @classmethod
    def of(cls, serial: str, run: str = "", kinds: Mapping[str, UndoKind] = UNDO_KINDS) -> Journal:
        """The journal of a serial, in the state directory. ``kinds``: what it can undo."""
        return cls(journal_path(serial), run, kinds)

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
        undo = self._kind(kind)
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
        """Write down that a change stands no more. Raises JournalError."""
        file = self._homes.get(record.id, self._file)
        file.append({"v": VERSION, "done": record.id, "how": how, "t": time.time()})

    # -- undoing

    def open_records(self) -> list[Record]:
        """The changes that were not undone, oldest first."""
        return self._file.open_records()

    def undo(self, device: Device, record: Record) -> Restored:
        """Undo one change and read it back; never raises for what the phone does, nor for
        a journal that cannot be written."""
        kind = self._kinds.get(record.kind)
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
        except JournalError as error:  # the phone counts; the next restore finds it as it was
            how += f" (but {error})"
        return Restored(record.what, True, how, record.id)

    def leave(self, record: Record, why: str) -> Restored:
        """Leave a change for the next start, without trying."""
        kind = UNDO_KINDS.get(record.kind)
        by_hand = f"; by hand: {kind.by_hand(record)}" if kind is not None else ""
        return Restored(record.what, False, f"{why}{by_hand}", record.id, unreachable=True)

    def restore(self, device: Device) -> list[Restored]:
        """Undo every open record of this phone, latest first, but airplane mode before Wi-Fi.

        Safe to call again; what could not be undone stays open, and so does what was done to
        another phone that had this serial, see `of_others`. Raises RestoreError, before anything
        is undone, for a journal that a newer droidcancel has written.
        """
        with self._of_this(device) as mine:
            return [self.undo(device, record) for record in in_order(mine, self._kinds)]

    @contextmanager
    def _of_this(self, device: Device) -> Iterator[list[Record]]:
        """The open changes of this phone, oldest first, by whatever serial they were made."""
        mine = [record for record in self.open_records() if _is_of(record, device)]
        with elsewhere(self.path, device) as others:
            self._homes.update({record.id: file for file, record in others})
            yield [*(record for _, record in others), *mine]

    def of_others(self, device: Device) -> list[Record]:
        """Open changes of another phone under the same serial."""
        return [record for record in self.open_records() if not _is_of(record, device)]

    def forget(self, device: Device) -> list[Record]:
        """Count this phone's open changes as done, for a person who saw to them by hand."""
        with self._of_this(device) as mine:
            for record in mine:
                self.mark_done(record, "forgotten at a person's word")
        return mine

    def _kind(self, name: str) -> UndoKind:
        if name not in self._kinds:
            known = ", ".join(sorted(self._kinds))
            raise UsageError(f"no change of kind {name!r}", f"known: {known}")
        return self._kinds[name]

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
    with kind.session(device, record.args):
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


def in_order(records: list[Record], kinds: Mapping[str, UndoKind] = UNDO_KINDS) -> list[Record]:
    """The order of undoing: by the rank of the kind, then the latest first."""
    ranks = {name: kind.rank for name, kind in kinds.items()}
    latest_first = list(reversed(records))
    return sorted(latest_first, key=lambda record: ranks.get(record.kind, 99))
