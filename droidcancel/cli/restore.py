"""`droidcancel restore`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from droidcancel.cli.options import devices_file_option, json_option, print_json, serial_option
from droidcancel.errors import RestoreError


@click.command(name="restore")
@serial_option
@devices_file_option
@json_option
def command(serial: str | None, devices_file: Path | None, as_json: bool) -> None:
    """Put a phone back as it was, after a crash.

    Undoes what the journal of this phone has open, and only what is still as droidcancel set it.
    Running it again does no harm.
    """
    from droidcancel.cli.phones import open_phone
    from droidcancel.journal import Journal
    from droidcancel.journal_lock import phone_lock

    with open_phone(serial, devices_file) as phone, phone_lock(phone.device.serial):
        restored = Journal.of(phone.device.serial).restore(phone.device)
        if as_json:
            entries = [asdict(item) for item in restored]
            print_json({"serial": phone.device.serial, "restored": entries})
        elif not restored:
            click.echo(f"{phone.device.serial}: nothing to restore.")
        else:
            for item in restored:
                click.echo(f"{'restored' if item.ok else 'LEFT'}: {item.what}: {item.detail}")
        left = [f"{item.what}: {item.detail}" for item in restored if not item.ok]
        if left:
            raise RestoreError("the phone is not fully restored", "; ".join(left), left)
