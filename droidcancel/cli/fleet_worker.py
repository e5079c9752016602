"""`droidcancel fleet worker`."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli.fleet_options import address, scheduler_option, tls_options
from droidcancel.cli.options import devices_file_option
from droidcancel.cli.terminal import say

if TYPE_CHECKING:
    from droidcancel.fleet.host import Tls


@click.command(name="worker")
@scheduler_option
@click.option(
    "-s", "--serial", "serials", multiple=True, metavar="SERIAL",
    help="A phone to offer: a serial, or a name from devices.yaml; may be given several times.",
)  # fmt: skip
@devices_file_option
@click.option("--name", metavar="NAME", help="What this host is called in the fleet.")
@click.option("--host", metavar="ADDRESS", help="The address to listen at.")
@tls_options
@click.option("--insecure", is_flag=True, help="Listen in a network without TLS, all the same.")
def command(
    scheduler: str, serials: tuple[str, ...], devices_file: Path | None, name: str | None,
    host: str | None, tls: Tls, insecure: bool,
) -> None:  # fmt: skip
    """Offer the phones of this host.

    Without -s: every phone that is attached, and those that devices.yaml reaches by `connect`. A
    scheduler that is not there is waited for. Ctrl-C lets what was begun come to its end; a second
    one leaves it.
    """
    from droidcancel.device.config import load_devices
    from droidcancel.fleet.agent import Agent
    from droidcancel.fleet.host import check_open, run_worker
    from droidcancel.fleet.ledger import sweep
    from droidcancel.fleet.phones import find_phones, host_id

    where = address(scheduler, tls)
    remote = where.partition("://")[2].rpartition(":")[0]
    check_open(host or remote, tls, insecure)
    called = name or socket.gethostname()
    sweep()
    with ExitStack() as stack:
        phones = find_phones(serials, load_devices(devices_file), called, stack)
        for phone in phones:
            facts = phone.facts
            say(f"{facts.id}: {facts.model}, API {facts.api}, {facts.kind}", err=True)
        agent = Agent(called, host_id(), phones)
        run_worker(agent, where, host, tls, lambda said: say(said, err=True))
