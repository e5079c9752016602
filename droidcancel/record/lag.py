"""How much later than the screen its pictures come: a bare H.264 stream has no times. Pure.

A touch changes the screen, and the first picture after it shows that. In between lies what the app
takes to answer, and what encoder and link take to bring it. Pictures are taken to be as late as the
quickest of these answers: so none is shown before the touch that it answers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

#: what comes later is not of that touch
LONGEST_S = 1.0
#: a touch counts where no picture came for so long before it: nothing else is on its way
CALM_S = 0.25
#: fewer answers tell nothing
FEWEST = 3
#: the quickest answer comes so long after its touch, in the film
LEAST_S = 0.005


@dataclass(frozen=True)
class Lag:
    """`seconds`: what pictures are taken to be late. `answers`: of how many touches that is."""

    seconds: float
    answers: int


def lag(touches: Sequence[float], came: Sequence[float]) -> Lag | None:
    """Of touches and of the pictures' arrival, both ascending; None where it cannot be known."""
    answers = []
    for number, touch in enumerate(touches):
        after = bisect_right(came, touch)
        if after == len(came) or (after and touch - came[after - 1] < CALM_S):
            continue
        took = came[after] - touch
        following = touches[number + 1] if number + 1 < len(touches) else float("inf")
        if took < LONGEST_S and came[after] <= following:
            answers.append(took)
    if len(answers) < FEWEST:
        return None
    return Lag(round(max(0.0, min(answers) - LEAST_S), 4), len(answers))
