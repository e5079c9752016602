"""Leave to read a content: URI, given with an intent (UriGrantsManagerService)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """`uid` may read `uri` for as long as `holds()` (the activity that got it is there)."""

    uid: int
    uri: str
    holds: Callable[[], bool]


class UriGrants:
    """The grants in force; those whose activity is gone are dropped when looked at."""

    def __init__(self) -> None:
        self._grants: list[Grant] = []

    def add(self, uid: int, uris: Iterable[str], holds: Callable[[], bool]) -> None:
        """Grant each of `uris` to `uid` while `holds()` is true."""
        self._grants.extend(Grant(uid, uri, holds) for uri in uris)

    def allows(self, uid: int, uri: str) -> bool:
        """Whether `uid` was granted `uri`, or something below which it lies."""
        return any(
            grant.uid == uid and (uri == grant.uri or uri.startswith(grant.uri.rstrip("/") + "/"))
            for grant in self.list()
        )

    def list(self) -> list[Grant]:
        self._grants = [grant for grant in self._grants if grant.holds()]
        return list(self._grants)

    def revoke(self, uid: int) -> None:
        """Drop all that `uid` was granted: its package was removed or cleared."""
        self._grants = [grant for grant in self._grants if grant.uid != uid]
