"""`droidcancel devices`."""

from __future__ import annotations

from dataclasses import asdict

import click

from droidcancel.cli.options import json_option, out, print_json, print_plain, table
from droidcancel.cli.terminal import say


@click.command(name="devices")
@json_option
def command(as_json: bool) -> None:
    """List the phones and simulators that adb reaches."""
    from droidcancel.device.attached import list_devices

    devices = list_devices()
    if as_json:
        print_json([asdict(device) for device in devices])
        return
    if not devices:
        say("No device is attached.", err=True)
        say("Plug a phone in with USB debugging on, or: droidcancel simulator start", err=True)
        return
    head = ("serial", "state", "kind", "model", "what to do")
    rows = [(d.serial, d.state, d.kind, d.model, d.advice) for d in devices]
    if not print_plain(head, rows):
        shown = table(*head, folds=("model", "what to do"))
        for row in rows:
            shown.add_row(*row)
        out().print(shown)
