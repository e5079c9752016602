"""Connections to the screen server that are used again, each answer within its bounds."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any

from droidcancel.device.bounded import BoundedSocket

#: an idle connection to the screen server is used again for so long; the server, a NanoHTTPD, gives
#: it up after 5 s (SOCKET_READ_TIMEOUT)
KEPT_S = 2.0


class Kept(BoundedSocket):
    """Takes over a connection; handed back when its user closes it, if its answer came whole.

    One that broke off, timed out, or has more to say than was read is closed for good.
    """

    def __init__(self, plain: socket.socket, give_back: Callable[[Kept], None]) -> None:
        super().__init__(plain)
        self._give_back = give_back
        self._answered = self._broken = False
        self._since = 0.0

    def sendall(self, *arguments: Any) -> None:
        """As a socket's; what fails is not used again."""
        self._answered = False
        self._noted(super().sendall, *arguments)

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        """As a socket's; an end of the stream is noted."""
        count: int = self._noted(super().recv_into, *arguments, **named)
        self._broken = self._broken or count == 0
        self._answered = True
        return count

    def _noted(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            return call(*arguments, **named)
        except BaseException:
            self._broken = True
            raise

    def usable(self) -> bool:
        """Whether the server still has it: idle for no long, and nothing has come meanwhile."""
        return time.monotonic() - self._since < KEPT_S and self.quiet()

    def quiet(self) -> bool:
        """Whether nothing has come that nobody asked for, as the end of the stream."""
        return not select.select([self], [], [], 0)[0]

    def close(self) -> None:
        """Give it back, or close it."""
        if self._answered and not self._broken and self.quiet():
            self._answered = False
            self._since = time.monotonic()
            self._give_back(self)
        else:
            self.end()

    def end(self) -> None:
        """Close it for good."""
        self._answered = False
        super().close()
