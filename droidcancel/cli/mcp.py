"""`droidcancel mcp`."""

from __future__ import annotations

from pathlib import Path

import click

from droidcancel.cli.options import devices_file_option, serial_option


@click.command(name="mcp")
@serial_option
@devices_file_option
@click.option(
    "--allow-changes",
    is_flag=True,
    help="Also offer tools that run recipes and restore phones; without, tools only read.",
)
@click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    default=Path("reports/mcp"),
    show_default=True,
    help="Where reports of runs are kept, and results are looked for.",
)
@click.option(
    "--videos",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Videos that an agent may have uploaded; without, only the sample.",
)
def command(
    serial: str | None, devices_file: Path | None, allow_changes: bool, reports: Path,
    videos: Path | None,
) -> None:  # fmt: skip
    """Serve agents: an MCP server on stdin and stdout, whose tools read.

    With -s, that phone is the only one that is used.
    """
    from droidcancel.mcp_server import server

    server(devices_file, serial, reports, allow_changes=allow_changes, videos=videos).run("stdio")
