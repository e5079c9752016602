"""What the commands of `droidcancel fleet` share: where the scheduler is, and how it is proven."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

import click

from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.fleet.host import Tls

F = TypeVar("F", bound=Callable[..., Any])
PORT = 8786
INSTALL = "pip install 'droidcancel[fleet]'"


def tls_options(function: F) -> F:
    """The files of TLS; the command gets them as `tls`. Refuses to go on without the extra."""

    @wraps(function)
    def with_tls(*args: Any, ca_file: Any, cert: Any, key: Any, **values: Any) -> Any:
        require()
        return function(*args, tls=_tls(ca_file, cert, key), **values)

    made: Any = with_tls
    for name, what in (
        ("key", "The key of the certificate."),
        ("cert", "A certificate that the authority has signed."),
        ("ca-file", "The lab's own authority; with it all connections are encrypted."),
    ):
        made = click.option(
            f"--tls-{name}",
            name.replace("-", "_"),
            type=click.Path(exists=True, dir_okay=False),
            metavar="FILE",
            envvar=f"DROIDCANCEL_TLS_{name.upper().replace('-', '_')}",
            help=what,
        )(made)
    result: F = made
    return result


def _tls(ca_file: str | None, cert: str | None, key: str | None) -> Tls:
    from droidcancel.fleet.host import Tls

    tls = Tls(ca_file, cert, key)
    tls.security()
    return tls


def require() -> None:
    """Raises UsageError without the extra."""
    if find_spec("distributed") is None:
        raise UsageError("a fleet needs Dask distributed, which is not here", INSTALL)


def scheduler_option(function: F) -> F:
    """--scheduler ADDRESS."""
    return click.option(
        "--scheduler",
        metavar="ADDRESS",
        default=f"127.0.0.1:{PORT}",
        show_default=True,
        envvar="DROIDCANCEL_SCHEDULER",
        show_envvar=True,
        help="Where the scheduler is: HOST:PORT.",
    )(function)


def address(scheduler: str, tls: Tls) -> str:
    """As Dask takes it."""
    plain = scheduler.partition("://")[2] or scheduler
    return f"{'tls' if tls.used else 'tcp'}://{plain}"
