"""`droidcancel devices`."""

from __future__ import annotations

from dataclasses import asdict

import click

from droidcancel.cli.options import json_option, out, print_json, table
from droidcancel.cli.terminal import say


@click.command(name="devices")
@json_option
def command(as_json: bool) -> None:
    """List the phones and simulators that adb reaches."""
    from droidcancel.device.connect import list_devices

    devices = list_devices()
    if as_json:
        print_json([asdict(device) for device in devices])
        return
    if not devices:
        say("No device is attached.", err=True)
        say("Plug a phone in with USB debugging on, or: droidcancel simulator start", err=True)
        return
    rows = table("serial", "state", "kind", "model", "what to do", folds=("model", "what to do"))
    for device in devices:
        rows.add_row(device.serial, device.state, device.kind, device.model, device.advice)
    out().print(rows)
