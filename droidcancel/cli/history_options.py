"""What the commands of `droidcancel history` share: which runs, which database, how to show."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from droidcancel.cli import keeping
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.history.query import Filter
    from droidcancel.history.store import History

F = TypeVar("F", bound=Callable[..., Any])
_NAMES = ("recipe", "app", "version", "phone", "verdict", "outcome", "since", "until")


def filter_options(function: F) -> F:
    """The options that say which runs are meant; the command gets them as `wanted`."""

    @wraps(function)
    def with_filter(*args: Any, **values: Any) -> Any:
        given = {name: values.pop(name) for name in _NAMES}
        return function(*args, wanted=_filter(**given), **values)

    made: Any = with_filter
    for option in (
        click.option("--until", metavar="TIME", help="Only runs before this time."),
        click.option(
            "--since", metavar="TIME", help="Only runs since: 12h, 7d (ago), or a date or time."
        ),
        click.option(
            "--outcome",
            metavar="OUTCOME",
            help="Only runs that were ok, differs (a verdict not expected), undecided or error.",
        ),
        click.option("--verdict", metavar="VERDICT", help="Only runs with this verdict."),
        click.option("--phone", metavar="PHONE", help="Only runs on this serial or model."),
        click.option(
            "--app-version", "version", metavar="VERSION", help="Only runs of this build."
        ),
        click.option("--app", metavar="APP", help="Only runs of this app profile or package."),
        click.option("--recipe", metavar="RECIPE", help="Only runs of this recipe."),
    ):
        made = option(made)
    result: F = made
    return result


def _filter(since: str | None, until: str | None, **names: str | None) -> Filter:
    from droidcancel.history.where import require

    require()
    from droidcancel.history.query import Filter, parse_time
    from droidcancel.history.rows import OUTCOMES

    if names["verdict"] is not None:
        from droidcancel.verdict import VERDICTS

        _one_of("--verdict", names["verdict"], VERDICTS)
    _one_of("--outcome", names["outcome"], OUTCOMES)
    return Filter(
        **names,
        since=None if since is None else parse_time(since),
        until=None if until is None else parse_time(until),
    )


def _one_of(option: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise UsageError(f"{option} {value}: there is none of that name", f"{', '.join(known)}")


def by_option(default: str) -> Callable[[F], F]:
    """--by: what runs are put together by."""
    return click.option(
        "--by",
        metavar="LIST",
        default=default,
        show_default=True,
        help="What to put together by: recipe, method, moment, phone, model, api, app, version,"
        " host; with commas.",
    )


def groups_of(text: str) -> list[str]:
    """The parts of --by."""
    return [part.strip() for part in text.split(",") if part.strip()]


@contextlib.contextmanager
def opened() -> Iterator[History]:
    """The database, with what earlier commands could not write to it."""
    place = keeping.chosen()
    if place is None:
        raise UsageError("the history is off", "name a database with --history")
    from droidcancel.history.where import require

    require()
    from droidcancel.history.recorder import open_history

    with open_history(place) as history:
        yield history


def when(seconds: float) -> str:
    """A time of this place, for a table."""
    import datetime as dt

    return dt.datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")


def milliseconds(value: float | None) -> str:
    """A duration for a table."""
    return "" if value is None else f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
