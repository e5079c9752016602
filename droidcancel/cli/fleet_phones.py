"""`droidcancel fleet phones`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from droidcancel.cli.fleet_options import address, scheduler_option, tls_options
from droidcancel.cli.options import json_option, out, print_json, table
from droidcancel.cli.terminal import say

if TYPE_CHECKING:
    from droidcancel.fleet.host import Tls


@click.command(name="phones")
@scheduler_option
@click.option("--on", metavar="CONDITIONS", help="Only these: api>=33,kind=usb,model=Pixel*.")
@tls_options
@json_option
def command(scheduler: str, on: str | None, tls: Tls, as_json: bool) -> None:
    """List the phones that hosts offer."""
    from droidcancel.fleet.cluster import Cluster
    from droidcancel.fleet.facts import chosen, parse_on

    conditions = parse_on(on)
    with closing(Cluster(address(scheduler, tls), tls, 0.0)) as cluster:
        phones = chosen([facts for facts, _ in cluster.phones().values()], conditions)
    if as_json:
        for phone in phones:
            print_json(phone.to_json())
        return
    if not phones:
        say("No phone is offered. On each host: droidcancel fleet worker", err=True)
        return
    rows = table("host", "serial", "kind", "api", "model", "", folds=("model",))
    for phone in phones:
        told = "protected" if phone.protected else ""
        rows.add_row(phone.host, phone.serial, phone.kind, str(phone.api), phone.model, told)
    out().print(rows)
