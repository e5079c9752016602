"""`content`: the shell's hand on content providers (cmds/content Content.java).

Exceptions of a provider go to stderr with exit status 0; errors of usage go to stdout.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlparse

from droidcancel.simulator.content_query import QueryError, Value
from droidcancel.simulator.shell.android.content_providers import (
    PROVIDERS,
    Provider,
    ProviderError,
)
from droidcancel.simulator.shell.android.java import JavaError
from droidcancel.simulator.shell.registry import Invocation, command

USAGE = """\
usage: adb shell content [subcommand] [options]

usage: adb shell content insert --uri <URI> [--user <USER_ID>] --bind <BINDING> \
[--bind <BINDING>...]
  <URI> a content provider URI.
  <BINDING> binds a typed value to a column and is formatted:
  <COLUMN_NAME>:<TYPE>:<COLUMN_VALUE> where:
  <TYPE> specifies data type such as:
  b - boolean, s - string, i - integer, l - long, f - float, d - double, n - null
  Note: Omit the value for passing an empty string, e.g column:s:

usage: adb shell content update --uri <URI> [--user <USER_ID>] [--where <WHERE>]

usage: adb shell content delete --uri <URI> [--user <USER_ID>] --bind <BINDING> [--where <WHERE>]

usage: adb shell content query --uri <URI> [--user <USER_ID>] [--projection <PROJECTION>] \
[--where <WHERE>] [--sort <SORT_ORDER>]
  <PROJECTION> is a list of colon separated column names and is formatted:
  <COLUMN_NAME>[:<COLUMN_NAME>...]
  <SORT_ORDER> is the order in which rows in the result should be sorted.

usage: adb shell content call --uri <URI> --method <METHOD> [--arg <ARG>]
       [--extra <BINDING> ...]

usage: adb shell content read --uri <URI> [--user <USER_ID>]

usage: adb shell content gettype --uri <URI> [--user <USER_ID>]

usage: adb shell content write --uri <URI> [--user <USER_ID>]
"""


class UsageError(Exception):
    """A command line that is not understood."""


@dataclass
class Asked:
    """A command line taken apart."""

    uri: str = ""
    where: str | None = None
    sort: str | None = None
    projection: list[str] | None = None
    method: str | None = None
    arg: str | None = None
    values: dict[str, Value] = field(default_factory=dict)


_BINDINGS: dict[str, Callable[[str], Value]] = {
    "s": str,
    "b": lambda text: int(text.lower() == "true"),
    "i": int,
    "l": int,
    "f": float,
    "d": float,
    "n": lambda text: None,
}


def _bind(asked: Asked, text: str) -> None:
    column, _, rest = text.partition(":")
    kind, colon, value = rest.partition(":")
    if not column or not colon or kind not in _BINDINGS:
        raise UsageError(f"Binding not well formed: {text}")
    try:
        asked.values[column] = _BINDINGS[kind](value)
    except ValueError:
        raise UsageError(f'For input string: "{value}"') from None


def _parse(words: list[str]) -> Asked:
    asked, pending = Asked(), list(words)
    texts = {"--uri": "uri", "--where": "where", "--sort": "sort", "--method": "method"}
    texts |= {"--arg": "arg"}
    while pending:
        option = pending.pop(0)
        if not pending or (pending[0].startswith("--") and option != "--arg"):
            raise UsageError(f"Argument expected after {option}")
        value = pending.pop(0)
        if option in texts:
            setattr(asked, texts[option], value)
        elif option in ("--bind", "--extra"):
            _bind(asked, value)
        elif option == "--projection":
            asked.projection = [name for name in value.split(":") if name]
        elif option == "--user":
            _check_user(value)
        else:
            raise UsageError(f"Unsupported argument: {option}")
    if not asked.uri:
        raise UsageError("Content provider URI not specified. Did you specify --uri argument?")
    return asked


def _check_user(text: str) -> None:
    if text not in ("current", "cur") and not text.isdigit():
        raise UsageError(f'For input string: "{text}"')


def _provider(asked: Asked) -> Provider:
    authority = urlparse(asked.uri).netloc
    make = PROVIDERS.get(unquote(authority))
    if make is None:
        raise ProviderError(
            "java.lang.IllegalStateException", f"Could not find provider: {authority}"
        )
    return make()


def _shown(value: Value) -> str:
    if value is None:
        return "NULL"
    return repr(value) if isinstance(value, float) else str(value)


async def _query(invocation: Invocation, asked: Asked) -> None:
    columns, rows = _provider(asked).query(
        invocation, asked.uri, asked.projection, asked.where, asked.sort
    )
    if not rows:
        await invocation.out("No result found.\n")
    for number, row in enumerate(rows):
        cells = ", ".join(
            f"{name}={_shown(value)}" for name, value in zip(columns, row, strict=True)
        )
        await invocation.out(f"Row: {number} {cells}\n")


async def _call(invocation: Invocation, asked: Asked) -> None:
    if asked.method is None:
        raise UsageError("Content provider method not specified.")
    if asked.method.startswith("scan_"):
        await invocation.phone.latency.spend("scan")
    result = _provider(asked).call(invocation, asked.method, asked.arg, asked.values)
    if result is None:
        await invocation.out("Result: null\n")
        return
    pairs = ", ".join(f"{key}={'null' if v is None else v}" for key, v in result.items())
    await invocation.out(f"Result: Bundle[{{{pairs}}}]\n")


async def _insert(invocation: Invocation, asked: Asked) -> None:
    if not asked.values:
        raise UsageError("Bindings not specified. Did you specify --bind argument(s)?")
    _provider(asked).insert(invocation, asked.uri, asked.values)


async def _update(invocation: Invocation, asked: Asked) -> None:
    if not asked.values:
        raise UsageError("Bindings not specified. Did you specify --bind argument(s)?")
    _provider(asked).update(invocation, asked.uri, asked.values, asked.where)


async def _delete(invocation: Invocation, asked: Asked) -> None:
    _provider(asked).delete(invocation, asked.uri, asked.where)


async def _read(invocation: Invocation, asked: Asked) -> None:
    blob = _provider(asked).open(invocation, asked.uri)
    for offset in range(0, blob.size, 65536):
        await invocation.stdout.write(blob.read(offset, 65536))


async def _gettype(invocation: Invocation, asked: Asked) -> None:
    kind = _provider(asked).type_of(invocation, asked.uri)
    await invocation.out(f"Result: {kind or 'null'}\n")


_VERBS: dict[str, Callable[[Invocation, Asked], Awaitable[None]]] = {
    "query": _query,
    "call": _call,
    "insert": _insert,
    "update": _update,
    "delete": _delete,
    "read": _read,
    "gettype": _gettype,
}


@command("content", cost="jvm")
async def content(invocation: Invocation) -> int:
    words = invocation.argv[1:]
    try:
        verb = _VERBS.get(words[0]) if words else None
        if verb is None:
            raise UsageError(f"Unsupported operation: {words[0]}" if words else "")
        asked = _parse(words[1:])
    except UsageError as error:
        await invocation.out(f"[ERROR] {error}\n\n{USAGE}\n" if str(error) else USAGE + "\n")
        return 0
    try:
        await verb(invocation, asked)
    except UsageError as error:
        await invocation.out(f"[ERROR] {error}\n\n{USAGE}\n")
    except (JavaError, QueryError) as error:
        authority = urlparse(asked.uri).netloc
        thrown = JavaError(error.cls, str(error)) if isinstance(error, QueryError) else error
        await invocation.err(f"Error while accessing provider:{authority}\n{thrown.trace}")
    return 0
