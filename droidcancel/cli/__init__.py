"""The command line: a table of commands, each in a module that is imported when it is run."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import IO, Any

import click

import droidcancel
from droidcancel.cli.lazy import LazyGroup
from droidcancel.cli.terminal import say
from droidcancel.errors import DroidCancelError

# name -> (module, first line of its help). The module holds a click command called `command`.
# A test checks that each line here is the first line of the command's own help.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "Boot a virtual phone, cancel an upload on it, and write the report."),
    "devices": ("devices", "List the phones and simulators that adb reaches."),
    "doctor": ("doctor", "Say what each cancel method can do on a phone, and why not."),
    "recipes": ("recipes", "List, show and check recipes."),
    "validate": (
        "validate",
        "Check recipes, devices.yaml and app profiles without a phone, as a pre-commit hook does.",
    ),
    "schema": (
        "schema",
        "Print the JSON Schema of recipes, of devices.yaml or of app profiles, for editors.",
    ),
    "run": ("run", "Run recipes on a phone and print each verdict."),
    "cancel": ("cancel", "Cancel the upload that is running on the phone right now."),
    "matrix": ("matrix", "Try every cancel method at every moment, as a table and a heat map."),
    "report": ("report", "Write one page of many runs, out of their reports."),
    "record": ("record", "Run a recipe with recording: film, GIF, captions, and an article."),
    "history": ("history", "Look at earlier runs: which, how steady, how fast, what regressed."),
    "fleet": ("fleet", "Many phones on many hosts: offer them, and run recipes on them."),
    "ui": ("ui", "See what a profile finds on a screen, and mend it."),
    "restore": ("restore", "Put a phone back as it was, after a crash."),
    "simulator": ("simulator", "Start, list and stop virtual phones for any adb client."),
    "mcp": ("mcp", "Serve agents: an MCP server on stdin and stdout, whose tools read."),
    "emulator": (
        "emulator",
        "Start Android's emulator without a window, wait for it, and stop it.",
    ),
}
INTERRUPTED = 130
INTERNAL_ERROR = 3
CANNOT_WRITE = 2
# What the host refuses, or has no room for: nobody's defect.
NOT_OURS = frozenset({errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOTDIR, errno.EEXIST})


class Failure(click.ClickException):
    """An error of ours, as the command line shows it."""

    def __init__(self, message: str, exit_code: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance
        self.hint = hint

    def show(self, file: IO[Any] | None = None) -> None:
        click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
        say(self.message, err=True)
        if self.hint:
            say(self.hint, err=True)


class Commands(LazyGroup):
    """The top group; turns every error into one message and the right exit code."""

    table = COMMANDS

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            raise click.UsageError(_no_such(name), ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DroidCancelError as error:
            raise Failure(error.message, error.exit_code, error.hint) from error
        except KeyboardInterrupt:
            raise Failure("interrupted", INTERRUPTED) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except OSError as error:
            if error.errno not in NOT_OURS:
                raise _internal(error) from error
            raise Failure(_about(error), CANNOT_WRITE) from error
        except Exception as error:
            raise _internal(error) from error


def _about(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename is not None else "cannot write: "
    return f"{where}{error.strerror}"


def _internal(error: Exception) -> Failure:
    """A defect of ours, said as one."""
    if os.environ.get("DROIDCANCEL_DEBUG"):
        traceback.print_exception(error)
    return Failure(
        f"internal error: {type(error).__name__}: {error}",
        INTERNAL_ERROR,
        "This is a defect of droidcancel; DROIDCANCEL_DEBUG=1 shows where it arose.",
    )


def _no_such(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return f"no such command {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(droidcancel.__version__, prog_name="droidcancel")
def cli() -> None:
    """Start an upload in an Android app, cancel it at a chosen moment, and prove what happened.

    Without a phone, begin with: droidcancel demo

    Exit codes: 0 every verdict as expected, 1 a verdict differs, 2 usage or configuration,
    3 device, adb or app, 4 the phone could not be fully restored, 130 interrupted and restored.
    """


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(args: Sequence[str] | None = None) -> None:
    """The console script. SIGTERM and SIGHUP end a run as Ctrl-C does: the phone is restored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        cli.main(args=args, prog_name="droidcancel")
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
