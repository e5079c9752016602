"""Who is logged in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import FsError

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.app import Clips


@dataclass(frozen=True)
class Session:
    """An account and the token that the cloud gave it."""

    account: str
    token: str


class SessionStore:
    """The session in the app's files; gone after `pm clear`."""

    def __init__(self, app: Clips) -> None:
        self._fs = app.phone.fs
        self._uid = app.installed.uid
        where = app.cache_dir if app.behaviour.session_in_cache else app.files_dir
        self._path = f"{where}/session.json"
        if app.installed.not_launched and app.behaviour.logged_in and self.current is None:
            self._provision(app)

    @property
    def current(self) -> Session | None:
        """The session, read anew so that a cleared file counts."""
        if not self._fs.exists(self._path):
            return None
        try:
            return Session(**json.loads(self._fs.read(self._path)))
        except ValueError:  # cut short on a full phone
            return None

    def _provision(self, app: Clips) -> None:
        """A phone comes with its account logged in, as a test phone does."""
        if app.phone.cloud is None:
            return
        account = app.behaviour.account
        try:
            self.open(Session(account, app.phone.cloud.token(account)))
        except FsError as error:
            app.warn(error)

    def open(self, session: Session) -> None:
        data = json.dumps(asdict(session)).encode()
        self._fs.write(self._path, data, mode=0o600, uid=self._uid, gid=self._uid)

    def close(self) -> None:
        if self._fs.exists(self._path):
            self._fs.unlink(self._path)
