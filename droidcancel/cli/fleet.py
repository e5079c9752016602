"""`droidcancel fleet`: its commands, each in a module that is imported when it is run."""

from __future__ import annotations

from collections.abc import Mapping

import click

from droidcancel.cli.lazy import LazyGroup

# name -> (module, first line of its help). The module holds a click command called `command`.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "scheduler": ("fleet_scheduler", "Be the place where hosts and runs meet."),
    "worker": ("fleet_worker", "Offer the phones of this host."),
    "phones": ("fleet_phones", "List the phones that hosts offer."),
    "run": ("fleet_run", "Run recipes on many phones, each job once."),
}


class FleetCommands(LazyGroup):
    """The group; it imports no command until it is asked for."""

    table = COMMANDS


@click.group(name="fleet", cls=FleetCommands)
def command() -> None:
    """Many phones on many hosts: offer them, and run recipes on them.

    `droidcancel fleet scheduler` once, `droidcancel fleet worker` on each host with phones, then
    `droidcancel fleet run`. See docs/fleet.md.
    """
