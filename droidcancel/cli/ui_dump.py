"""`droidcancel ui dump`."""

from __future__ import annotations

from pathlib import Path

import click

from droidcancel.cli.options import devices_file_option, json_option, print_json, serial_option
from droidcancel.cli.terminal import say
from droidcancel.cli.ui_screen import open_screen


@click.command(name="dump")
@serial_option
@devices_file_option
@click.option("--app", metavar="PROFILE", help="The app profile; else that of the app shown.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The folder to save into.",
)
@click.option("--raw", is_flag=True, help="Keep people's names and words, and the picture sharp.")
@json_option
def command(
    serial: str | None, devices_file: Path | None, app: str | None, output: Path, raw: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Save the screen, with people's names and words removed.

    Writes PACKAGE-VERSION-LOCALE-SCREEN.xml, with every window, and a picture beside it. Names of
    accounts, captions, what is typed and what other apps show become x's in the one, and are
    blurred in the other. What no element of the profile is for may still be somebody's: look
    before you give the files away.
    """
    from droidcancel.apps.dumps import free_path, name_for
    from droidcancel.apps.redact import blurred, redacted
    from droidcancel.device.hierarchy import Hierarchy

    with open_screen(serial, devices_file, app) as screen:
        assert screen.picture is not None  # there is a phone
        assert screen.again is not None
        look, picture = screen.look, screen.picture()
        if raw:
            say(
                "Warning: --raw keeps account names and captions: do not give these files away.",
                err=True,
            )
        kept = None if raw else redacted(look)
        hierarchy: Hierarchy = look.hierarchy if kept is None else kept.hierarchy
        output.mkdir(parents=True, exist_ok=True)
        path = free_path(output, name_for(look, screen.package))
        path.write_text(f"<?xml version='1.0' encoding='UTF-8'?>\n{hierarchy.to_xml()}", "utf-8")
        # the screen may have moved since the dump: what is private after the picture counts too
        shown = picture
        if kept is not None:
            shown = blurred(picture, {*kept.hidden, *redacted(screen.again()).hidden})
        shown.save(path.with_suffix(".png"))
        removed = 0 if kept is None else len(kept.hidden)
    if as_json:
        files = {"xml": str(path), "png": str(path.with_suffix(".png"))}
        print_json({**files, "screen": look.screen, "removed": removed, "raw": raw})
        return
    say(path)
    say(path.with_suffix(".png"))
    if not raw:
        say(f"{removed} texts removed; look before you give the files away.", err=True)
