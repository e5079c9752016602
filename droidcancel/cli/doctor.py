"""`droidcancel doctor`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli.options import (
    devices_file_option,
    json_option,
    out,
    print_json,
    serial_option,
    table,
)

if TYPE_CHECKING:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import Finding


@click.command(name="doctor")
@serial_option
@devices_file_option
@click.option("--app", metavar="PROFILE", help="The app profile to look at.")
@json_option
def command(serial: str | None, devices_file: Path | None, app: str | None, as_json: bool) -> None:
    """Say what each cancel method can do on a phone, and why not.

    It only reads: nothing on the phone is changed.
    """
    from droidcancel.apps.profile import AppProfile
    from droidcancel.cli.phones import open_phone
    from droidcancel.device.doctor import examine

    with open_phone(serial, devices_file) as phone:
        profile = AppProfile.load(app or phone.entry.app or "clips")
        known = [name for name in profile.packages if phone.device.packages.info(name)]
        package = (known or profile.packages)[0]
        findings = _with_in_app(examine(phone.device, package), profile)
        if as_json:
            about = {"serial": phone.device.serial, "model": phone.device.model}
            print_json({"device": about, "findings": [asdict(finding) for finding in findings]})
            return
        from rich.markup import escape

        title = f"{phone.device.model} ({phone.device.serial}, API {phone.device.api_level})"
        rows = table("topic", "ok", "how, or why not", folds=("how, or why not",), title=title)
        for finding in findings:
            sign = "[green]yes[/]" if finding.ok else "[red]no[/]"
            rows.add_row(finding.topic, sign, escape(finding.way if finding.ok else finding.why))
        out().print(rows)


def _with_in_app(findings: list[Finding], profile: AppProfile) -> list[Finding]:
    """With the method that hangs on the app's profile instead of the phone, beside the others."""
    from droidcancel.device import Finding

    chain = " → ".join(profile.upload.cancel)
    why = "" if chain else f"{profile.title} shows no Cancel while it uploads"
    place = next(n for n, f in enumerate(findings) if f.topic == "force-stop")
    return [*findings[:place], Finding("in-app", bool(chain), chain, why), *findings[place:]]
