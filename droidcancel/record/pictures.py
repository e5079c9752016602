"""The film's pictures, each with what of it must not be seen.

A picture's content is as old as the picture: what the screen shows later is not on it. Where a
source sends a picture upon each change, it also is what a look saw while it was the newest, so only
what that look saw is hidden on it. A picture of something that moves, on which a name may stand
anywhere, is left out: the one before stays until the screen rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from droidcancel.apps.redact import blurred
from droidcancel.device import Bounds
from droidcancel.record.frames import Frame
from droidcancel.record.hiding import MOVING_S, Hiding

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture. `until`: when the next one came. `hidden`: what of it; None: ask by the time."""

    frame: Frame
    until: float
    hidden: tuple[Bounds, ...] | None

    @property
    def at(self) -> float:
        """From when on it shows."""
        return self.frame.at

    def places(self, moment: float, hiding: Hiding) -> tuple[Bounds, ...]:
        """What must not be seen of it then."""
        if self.hidden is not None:
            return self.hidden
        return hiding.at(moment, self.until - self.frame.at < MOVING_S)

    def clean(self, moment: float, hiding: Hiding) -> Image.Image:
        """The picture without it."""
        places = self.places(moment, hiding)
        return blurred(self.frame.picture, places) if places else self.frame.picture


def pictures(frames: Iterator[Frame], hiding: Hiding) -> Iterator[Picture]:
    """Those that may be shown, in order."""
    now = next(frames, None)
    while now is not None:
        following = next(frames, None)
        came = now.came if now.came is not None else now.at
        until = float("inf")
        if following is not None:
            until = following.came if following.came is not None else following.at
        if not hiding.by_picture:
            yield Picture(now, until, None)
        elif (places := hiding.of(came, until, min(until, now.ends))) is not None:
            yield Picture(now, until, places)
        now = following
