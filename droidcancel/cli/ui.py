"""`droidcancel ui`: its commands, each in a module that is imported when it is run."""

from __future__ import annotations

from collections.abc import Mapping

import click

from droidcancel.cli.lazy import LazyGroup

# name -> (module, first line of its help). The module holds a click command called `command`.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "check": ("ui_check", "Check an app profile against a folder of hierarchy dumps."),
    "explain": ("ui_explain", "Say why an element is found on the screen, or is not."),
    "dump": ("ui_dump", "Save the screen, with people's names and words removed."),
    "learn": ("ui_learn", "Teach the profile a new locator for an element."),
}


class UiCommands(LazyGroup):
    """The group; it imports no command until it is asked for."""

    table = COMMANDS


@click.group(name="ui", cls=UiCommands)
def command() -> None:
    """See what a profile finds on a screen, and mend it."""
