"""`droidcancel restore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli.options import devices_file_option, json_option, print_json, serial_option
from droidcancel.cli.terminal import say
from droidcancel.errors import RestoreError

if TYPE_CHECKING:
    from droidcancel.journal import Restored


@click.command(name="restore")
@serial_option
@devices_file_option
@click.option("--forget", is_flag=True, help="Forget what is left: you saw to it by hand.")
@json_option
def command(serial: str | None, devices_file: Path | None, forget: bool, as_json: bool) -> None:
    """Put a phone back as it was, after a crash.

    Undoes what the journal of this phone has open, and only what is still as droidcancel set it.
    Running it again does no harm. What the phone does not take back stays in the journal, and is
    told with what to do by hand.
    """
    from droidcancel.cli.phones import open_phone
    from droidcancel.journal_lock import device_lock
    from droidcancel.recipe.restore import phone_journal

    with open_phone(serial, devices_file) as phone, device_lock(phone.device):
        journal = phone_journal(phone.device.serial)
        restored = journal.restore(phone.device)
        forgotten = [r.what for r in journal.forget(phone.device)] if forget else []
        others = sorted({record.what for record in journal.of_others(phone.device)})
        if as_json:
            entries = [asdict(item) for item in restored]
            print_json(
                {
                    "serial": phone.device.serial,
                    "restored": entries,
                    "forgotten": forgotten,
                    "of_another_phone": others,
                }
            )
        else:
            _tell(phone.device.serial, restored, forgotten, others)
        if all(item.ok for item in restored):
            phone.device.watchdog.sweep()
        left = [] if forget else [f"{r.what}: {r.detail}" for r in restored if not r.ok]
        if left:
            raise RestoreError("the phone is not fully restored", "; ".join(left), left)


def _tell(
    serial: str, restored: Sequence[Restored], forgotten: Sequence[str], others: Sequence[str]
) -> None:
    for item in restored:
        say(f"{'restored' if item.ok else 'LEFT'}: {item.what}: {item.detail}")
    if not restored:
        say(f"{serial}: nothing to restore.")
    for what in forgotten:
        say(f"forgotten: {what}")
    for what in others:
        say(f"not of this phone: {what}, of one that had the serial {serial} before")
