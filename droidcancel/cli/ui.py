"""`droidcancel ui`: its commands, each in a module that is imported when it is run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

# name -> (module, first line of its help). The module holds a click command called `command`.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "check": ("ui_check", "Check an app profile against a folder of hierarchy dumps."),
    "explain": ("ui_explain", "Say why an element is found on the screen, or is not."),
    "dump": ("ui_dump", "Save the screen, with people's names and words removed."),
    "learn": ("ui_learn", "Teach the profile a new locator for an element."),
}


class UiCommands(click.Group):
    """The group; it imports no command until it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"droidcancel.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(name="ui", cls=UiCommands)
def command() -> None:
    """See what a profile finds on a screen, and mend it."""
