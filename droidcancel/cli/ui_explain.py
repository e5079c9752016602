"""`droidcancel ui explain`."""

from __future__ import annotations

from pathlib import Path

import click

from droidcancel.cli.options import devices_file_option, json_option, print_json, serial_option
from droidcancel.cli.terminal import say
from droidcancel.cli.ui_screen import dump_options, open_screen


@click.command(name="explain")
@click.argument("element")
@serial_option
@devices_file_option
@dump_options
@json_option
def command(
    element: str, serial: str | None, devices_file: Path | None, app: str | None,
    dump: Path | None, locale: str | None, app_version: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Say why an element is found on the screen, or is not.

    Shows the screen and the signs that it is known by, what each locator of ELEMENT asks and
    found, which match is used, and what came nearest.
    """
    from droidcancel.apps.explain import as_data, explain, lines

    with open_screen(serial, devices_file, app, dump, locale, app_version) as screen:
        told = explain(screen.look, element, screen.recall(element))
        if as_json:
            print_json(as_data(told))
            return
        look = screen.look
        say(f"{look.profile.title} {look.version or '(version not known)'}, {look.locale}")
        for line in lines(told):
            say(line)
