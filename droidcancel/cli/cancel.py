"""`droidcancel cancel`: the panic button."""

from __future__ import annotations

from pathlib import Path

import click

from droidcancel.cli import runs
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import (
    devices_file_option,
    json_option,
    package_option,
    serial_option,
)
from droidcancel.errors import UsageError

RECIPE = "cancel_now"


@click.command(name="cancel")
@click.argument("method", required=False)
@serial_option
@devices_file_option
@click.option("--app", metavar="PROFILE", help="The app that uploads.")
@package_option
@click.option("--caption", metavar="WORDS", help="Words of the caption of the video that uploads.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a report page with screenshots there.",
)
@click.option("--yes", is_flag=True, help="Act on a phone that devices.yaml marks protected.")
@history_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, method: str | None, serial: str | None, devices_file: Path | None,
    app: str | None, package: str | None, caption: str | None, report: Path | None, yes: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Cancel the upload that is running on the phone right now.

    METHOD is a cancel method; without one, the first that is possible of airplane, network-off,
    app-network and force-stop. Then the safe chain: the app is restarted offline, what it still
    keeps of the upload is cleared, it is stopped, the network comes back, and it is watched. With
    --caption the video is known by words of its caption; without, by what is new on the profile.
    """
    from droidcancel.cancel import METHODS
    from droidcancel.cli.phones import open_phone

    if method is not None and method not in METHODS:
        raise UsageError(f"no cancel method {method!r}", f"methods: {', '.join(METHODS)}")
    loaded = runs.load(RECIPE, {})
    with open_phone(serial, devices_file) as phone:
        wish = runs.Wish(
            app=app, package=package, method=method, report=report, as_json=as_json,
            known_as=caption,
        )  # fmt: skip
        done = runs.run_all([loaded], phone, wish)
    if not as_json:
        runs.show_table(done)
    ctx.exit(runs.exit_code([result for result, _ in done]))
