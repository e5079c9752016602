"""Runs into the history, for every command that makes some; and the option that says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from droidcancel.cli.terminal import say

if TYPE_CHECKING:
    from droidcancel.history.recorder import Recorder
    from droidcancel.history.where import Where

F = TypeVar("F", bound=Callable[..., Any])
_CHOSEN = "droidcancel.history"
_RECORDER = "droidcancel.recorder"
VARIABLE = "DROIDCANCEL_HISTORY"  # that of history.where, which is not imported for a help text


def history_option(function: F) -> F:
    """--history URL: where runs are kept."""
    return click.option(
        "--history",
        metavar="URL",
        envvar=VARIABLE,
        show_envvar=True,
        expose_value=False,
        callback=_remember,
        help="Where runs are kept: a file, postgresql://..., or off.",
    )(function)


def _remember(context: click.Context, option: click.Parameter, value: str | None) -> None:
    from droidcancel.history import where

    place = where.where(value)
    named = context.get_parameter_source("history") is ParameterSource.COMMANDLINE
    if named and place is not None:
        where.require()
    context.meta[_CHOSEN] = (value, place)


def chosen() -> Where | None:
    """The database of the running command, None for off."""
    from droidcancel.history.where import where

    _, place = click.get_current_context().meta.get(_CHOSEN) or (None, where(None))
    return place


def keep(run: Mapping[str, Any], matrix_id: str | None = None) -> None:
    """Keep a run, as its JSON; nothing that goes wrong here ends the command."""
    recorder = _recorder()
    if recorder is not None:
        recorder.keep(run, matrix_id)


def keep_matrix(matrix: Mapping[str, Any]) -> None:
    """Keep a matrix, as its JSON."""
    recorder = _recorder()
    if recorder is not None:
        recorder.keep_matrix(matrix)


def _recorder() -> Recorder | None:
    """The one of this command; it is waited for when the command ends."""
    from droidcancel.history.recorder import Recorder
    from droidcancel.history.where import INSTALL, installed

    context = click.get_current_context(silent=True)
    if context is None:
        return None
    if _RECORDER in context.meta:
        kept: Recorder | None = context.meta[_RECORDER]
        return kept
    recorder, place = None, chosen()
    if place is not None and installed():
        recorder = Recorder(place, warn)
        context.call_on_close(recorder.close)
    elif place is not None and (context.meta.get(_CHOSEN) or (None,))[0]:
        warn(f"history: {VARIABLE} is set, and nothing can be recorded: {INSTALL}")
    context.meta[_RECORDER] = recorder
    return recorder


def warn(text: str) -> None:
    """One line on stderr."""
    click.secho("Warning: ", fg="yellow", nl=False, err=True)
    say(text, err=True)
