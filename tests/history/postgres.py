"""Debian's PostgreSQL as a child of the tests: a cluster of its own, on a socket in a folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

START_S = 60.0


def binaries() -> Path | None:
    """Where `initdb` and `postgres` are; None where they are not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path))
    for folder in reversed(debian):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    found = shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


def _number(path: Path) -> float:
    try:
        return float(path.parent.name)
    except ValueError:
        return 0.0


def why_not() -> str | None:
    """Why no server can be started here; None where one can."""
    if binaries() is None:
        return "PostgreSQL is not installed: apt-get install -y postgresql"
    if os.geteuid() == 0 and _other_user() is None:
        return "PostgreSQL does not run as root, and there is no user postgres or nobody"
    return None


def _other_user() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@contextmanager
def running() -> Iterator[str]:
    """A server without a port; gives the URL of its database `postgres`."""
    folder = binaries()
    assert folder is not None
    user = _other_user() if os.geteuid() == 0 else None
    # the name of a socket may have 107 bytes only, so it is not in pytest's deep folders
    with tempfile.TemporaryDirectory(prefix="dc-pg-", dir="/tmp") as name:
        home = Path(name)
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
        data = str(home / "data")
        _run([str(folder / "initdb"), "-D", data, "-U", "dc", "-A", "trust", "-E", "UTF8",
              "--locale=C", "--no-sync"], user)  # fmt: skip
        control = [str(folder / "pg_ctl"), "-D", data, "-w", "-t", str(START_S)]
        options = f"-k {home} -c listen_addresses='' -c fsync=off -c max_connections=40"
        _run([*control, "-l", str(home / "log"), "-o", options, "start"], user)
        try:
            yield f"postgresql://dc@/postgres?host={home}"
        finally:
            _run([*control, "-m", "immediate", "stop"], user)


def _run(command: Sequence[str], user: pwd.struct_passwd | None) -> None:
    ids = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=2 * START_S, check=False, **ids,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode(errors="replace")
