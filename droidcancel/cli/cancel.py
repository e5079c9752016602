"""`droidcancel cancel`: the panic button."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli import runs
from droidcancel.cli.options import devices_file_option, json_option, serial_option
from droidcancel.errors import Unsupported, UsageError

if TYPE_CHECKING:
    from droidcancel.device.device import Device

RECIPE = "cancel_now"
# Which way is taken when none is named: the first that this phone can do.
PREFERRED = ("airplane", "network-off", "app-network", "force-stop")


@click.command(name="cancel")
@click.argument("method", required=False)
@serial_option
@devices_file_option
@click.option("--app", metavar="PROFILE", help="The app that uploads.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a report page with screenshots there.",
)
@click.option("--yes", is_flag=True, help="Act on a phone that devices.yaml marks protected.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, method: str | None, serial: str | None, devices_file: Path | None,
    app: str | None, report: Path | None, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Cancel the upload that is running on the phone right now.

    METHOD is a cancel method; without one, the first that is possible of airplane, network-off,
    app-network and force-stop. The app is then restarted offline, what it still shows of the
    upload is discarded, and the network comes back and is watched.
    """
    from droidcancel.cancel import METHODS
    from droidcancel.cli.phones import open_phone

    if method is not None and method not in METHODS:
        raise UsageError(f"no cancel method {method!r}", f"methods: {', '.join(METHODS)}")
    loaded = runs.load(RECIPE, {})
    with open_phone(serial, devices_file) as phone:
        chosen = method or _possible(phone.device)
        wish = runs.Wish(app=app, method=chosen, report=report, as_json=as_json)
        done = runs.run_all([loaded], phone, wish)
    if not as_json:
        runs.show_table(done)
    ctx.exit(runs.exit_code([result for result, _ in done]))


def _possible(device: Device) -> str:
    """The first preferred method that this phone can do, found by reading only."""
    from droidcancel.device.doctor import examine

    can = {finding.topic: finding for finding in examine(device)}
    for name in PREFERRED:
        if name in can and can[name].ok:
            return name
    why = "; ".join(f"{name}: {can[name].why}" for name in PREFERRED if name in can)
    raise Unsupported(f"no way to cancel is possible on this phone: {why}")
