"""Which database is meant: an option or `DROIDCANCEL_HISTORY`, else a file in the state directory.

off                               nothing is recorded
runs.db, sqlite:///runs.db        a file
postgresql://user@host/database   a server
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from droidcancel.errors import UsageError
from droidcancel.journal_file import state_dir

VARIABLE = "DROIDCANCEL_HISTORY"
OFF = "off"
FILE_NAME = "history.db"
INSTALL = "pip install 'droidcancel[history]'"
_SCHEMES = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS = "expected a file, sqlite:///FILE, postgresql://USER@HOST/DATABASE, or off"
_PASSWORDS = (
    (re.compile(r"(//[^/@:]*):[^/]*@"), r"\1:***@"),
    (re.compile(r"([?&](?:ssl)?password=)[^&]*"), r"\1***"),
)


@dataclass(frozen=True)
class Where:
    """A database. `url` is SQLAlchemy's, `shown` the same for people: without a password."""

    kind: Literal["sqlite", "postgresql"]
    url: str
    shown: str
    file: Path | None = None


def installed() -> bool:
    """Whether the extra `history` is there."""
    return find_spec("sqlalchemy") is not None and find_spec("alembic") is not None


def require() -> None:
    """Raises UsageError without the extra."""
    if not installed():
        raise UsageError("the history needs SQLAlchemy and Alembic, which are not here", INSTALL)


def where(text: str | None) -> Where | None:
    """The database that an option or the variable names; the usual file for None; None for off.

    Raises UsageError.
    """
    if text is None or not text.strip():
        return _file(state_dir() / FILE_NAME)
    text = text.strip()
    if text == OFF:
        return None
    if "://" not in text:
        return _file(Path(text).expanduser())
    scheme = text.partition("://")[0].lower()
    if scheme == "sqlite":
        return _file(_sqlite_path(text))
    if scheme not in _SCHEMES:
        raise UsageError(f"the history cannot be at {_hidden(text)}", _FORMS)
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError as error:
        raise UsageError(f"the history's URL cannot be read: {error}", _FORMS) from None
    if not has_port or not parts.path.strip("/"):
        raise UsageError(f"{_hidden(text)} names no database", _FORMS)
    url = f"{_SCHEMES[scheme]}://{text.partition('://')[2]}"
    return Where("postgresql", url, _hidden(text))


def _sqlite_path(text: str) -> Path:
    path = text.partition("://")[2]
    if not path.startswith("/") or path in ("/", "/:memory:"):
        raise UsageError(f"{text} names no file", "sqlite:///FILE, with a fourth / for /FILE")
    return Path(path[1:]).expanduser()


def _file(path: Path) -> Where:
    absolute = path.absolute()
    return Where("sqlite", f"sqlite:///{absolute}", str(absolute), absolute)


def _hidden(url: str) -> str:
    """A URL without its password."""
    for pattern, instead in _PASSWORDS:
        url = pattern.sub(instead, url)
    return url
