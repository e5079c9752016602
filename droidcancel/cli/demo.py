"""`droidcancel demo`: the main job on a virtual phone, with the other side asked at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from droidcancel.cli import runs
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import json_option, out, print_json

WRONG = 1


@click.command(name="demo")
@click.option("--method", default="airplane", show_default=True, metavar="METHOD")
@click.option("--at", default="40%", show_default=True, metavar="MOMENT")
@click.option("--api", type=click.IntRange(21, 37), default=34, show_default=True)
@click.option(
    "--profile",
    type=click.Choice(["instant", "pixel", "budget"]),
    default="pixel",
    show_default=True,
    help="What the phone's commands cost in time.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    default=Path("reports/demo"),
    show_default=True,
)
@history_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, method: str, at: str, api: int, profile: str, report: Path, as_json: bool
) -> None:  # fmt: skip
    """Boot a virtual phone, cancel an upload on it, and write the report.

    A real upload of a real video starts, is cancelled at 40 %, and is proven cancelled; the phone
    is put back as it was. At the end the upload service is asked what it has of the video.
    """
    from droidcancel.cancel import METHODS
    from droidcancel.cli.phones import OpenPhone, boot
    from droidcancel.device.config import SimulatorEntry
    from droidcancel.device.connect import connect
    from droidcancel.errors import UsageError

    if method not in METHODS:
        raise UsageError(f"no cancel method {method!r}", f"methods: {', '.join(METHODS)}")
    moment = runs.parse_moment(at)
    name = f"cancel_{method.replace('-', '_')}"
    loaded = runs.load(name, {})
    entry = SimulatorEntry(kind="simulator", api=api, profile=profile, upload_bytes_per_s=8e5)
    wish = runs.Wish(app="clips", moment=moment, report=report, as_json=as_json)
    with boot(entry) as simulator:
        device = connect(simulator.serial)
        try:
            result = runs.run_one(loaded, OpenPhone(device, entry, simulator), wish, report)
        finally:
            device.close()
        records = simulator.call(simulator.cloud.truth)
    known = describe(records)
    data = runs.as_data(result, report, truth=known)
    runs.show_error(result)
    if as_json:
        print_json({**data, "cloud": records})
    else:
        runs.show_table([(result, data)])
        out().print(f"the upload service, asked after the verdict: {known}", soft_wrap=True)
    live = any(record["state"] == "live" for record in records)
    wrong = live and result.verdict.name in ("cancelled", "draft", "deleted")
    ctx.exit(WRONG if wrong else result.exit_code)


def describe(records: Sequence[Mapping[str, Any]]) -> str:
    """What the upload service has, in a sentence."""
    from droidcancel.report.chart import bytes_text

    if not records:
        return "it never heard of a video"
    parts = [
        f"{record['state']}, {bytes_text(record['received'])} of {bytes_text(record['size'])}"
        for record in records
    ]
    live = sum(record["state"] == "live" for record in records)
    return f"{live or 'no'} video live ({'; '.join(parts)})"
