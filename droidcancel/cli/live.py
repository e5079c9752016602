"""What is drawn on stderr for as long as something goes on, where that is a terminal."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from droidcancel.cli.options import err
from droidcancel.closing import Closing

if TYPE_CHECKING:
    from rich.live import Live
    from rich.status import Status
    from typing_extensions import Self

D = TypeVar("D", bound="Live | Status")


class Shown(Closing, Generic[D]):
    """Drawn from the beginning of a `with` to its end; `drawn` is None without a terminal."""

    def __init__(self) -> None:
        self._console = err()
        self._drawn: D | None = None

    @abstractmethod
    def _draw(self) -> D:
        """What is drawn, not started yet."""

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._drawn = self._draw()
            self._drawn.start()
        return self

    def close(self) -> None:
        """Take it away."""
        if self._drawn is not None:
            self._drawn.stop()
