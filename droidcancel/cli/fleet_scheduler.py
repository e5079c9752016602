"""`droidcancel fleet scheduler`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from droidcancel.cli.fleet_options import PORT, tls_options
from droidcancel.cli.terminal import say

if TYPE_CHECKING:
    from droidcancel.fleet.host import Tls


@click.command(name="scheduler")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True,
    help="The port to listen at; 0 for any.",
)  # fmt: skip
@tls_options
@click.option("--insecure", is_flag=True, help="Listen in a network without TLS, all the same.")
def command(host: str, port: int, tls: Tls, insecure: bool) -> None:
    """Be the place where hosts and runs meet.

    It keeps nothing: one that is started anew at the same address goes on with the same fleet. Its
    address is printed when it is ready.
    """
    from droidcancel.fleet.host import check_open, run_scheduler

    check_open(host, tls, insecure)
    run_scheduler(host, port, tls, say)
