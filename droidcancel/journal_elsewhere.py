"""The journals of a phone's other serials: its USB serial, an address in a Wi-Fi, another port.

A phone that was left changed under one serial may come back under another. Its own id tells that
it is the same phone; a serial that is attached itself is left to itself, unless it is this very
phone, as its boot tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.device.attached import list_serials
from droidcancel.errors import LockedError
from droidcancel.journal_file import SUFFIX, Record, RecordFile
from droidcancel.journal_lock import phone_lock

if TYPE_CHECKING:
    from droidcancel.device import Device


@contextmanager
def elsewhere(own: Path, device: Device) -> Iterator[list[tuple[RecordFile, Record]]]:
    """Open changes of this phone in journals of other serials, which are held for us meanwhile.

    One that another droidcancel holds is passed over: it is being worked with.
    """
    found: list[tuple[RecordFile, Record]] = []
    with ExitStack() as held:
        for path in _others(own):
            file = RecordFile(path)
            first = next((r for r in file.open_records() if _is_this(r, device)), None)
            if first is None:
                continue
            try:
                held.enter_context(phone_lock(first.serial))
            except LockedError:
                continue
            found += [(file, r) for r in file.open_records() if _is_this(r, device)]
        yield found


def _others(own: Path) -> list[Path]:
    return sorted(path for path in own.parent.glob(f"*{SUFFIX}") if path != own)


def _is_this(record: Record, device: Device) -> bool:
    if not record.phone or record.phone != device.identity or record.serial == device.serial:
        return False
    same_boot = device.kind != "emulator" and record.boot_id == device.boot_id
    return same_boot or record.serial not in list_serials()
