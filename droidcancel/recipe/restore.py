"""What every command does that may change a phone: undo what an earlier one has left on it."""

from __future__ import annotations

from droidcancel.device import Device
from droidcancel.errors import RestoreError
from droidcancel.journal import LARGE, Journal
from droidcancel.journal_undo import UNDO_KINDS
from droidcancel.recipe.app_switch import KIND, AppSwitch


def phone_journal(serial: str, run: str = "") -> Journal:
    """The journal of a serial, with what takes the app's screens to undo."""
    return Journal.of(serial, run, {**UNDO_KINDS, KIND: AppSwitch().kind()})


def restore_first(journal: Journal, device: Device) -> None:
    """Undo what an earlier run may have left. RestoreError where the phone does not take it."""
    left = [r for r in journal.restore(device) if not r.ok]
    if left:
        raise RestoreError(
            f"an earlier run left {', '.join(r.what for r in left)} on {device.serial}, and it "
            "could not be put back",
            f"{'; '.join(r.detail for r in left)}; then `droidcancel restore --forget`",
            [r.detail for r in left],
        )
    device.watchdog.sweep()
    journal.compact(LARGE)
