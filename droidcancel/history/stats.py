"""The little statistics that a comparison needs: pure, exact where samples are small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil, comb, erfc, sqrt


def percentile(ordered: Sequence[float], percent: float) -> float | None:
    """The smallest value that so many percent are not above (nearest rank); None of nothing."""
    if not ordered:
        return None
    return float(ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)])


def fisher_more(bad_a: int, all_a: int, bad_b: int, all_b: int) -> float:
    """How likely B has at least so many bad ones by chance, if it is no worse than A (one-sided).

    R. A. Fisher's exact test of a 2x2 table.
    """
    bad, total = bad_a + bad_b, all_a + all_b
    ways = comb(total, all_b)
    least = max(bad_b, bad - all_a)
    most = min(bad, all_b)
    worse = sum(comb(bad, k) * comb(total - bad, all_b - k) for k in range(least, most + 1))
    return worse / ways if ways else 1.0


def mann_whitney_more(a: Sequence[float], b: Sequence[float]) -> float:
    """How likely values of B are above those of A by chance (one-sided, normal approximation).

    With the correction for ties and for continuity; good from some 8 values each on. 1.0 where all
    are equal.
    """
    ranks = _ranks([*a, *b])
    n_a, n_b = len(a), len(b)
    u_b = sum(ranks[n_a:]) - n_b * (n_b + 1) / 2
    total = n_a + n_b
    ties = sum(count**3 - count for count in Counter([*a, *b]).values())
    spread = n_a * n_b / 12 * (total + 1 - ties / (total * (total - 1))) if total > 1 else 0.0
    if spread <= 0:
        return 1.0
    z = (u_b - n_a * n_b / 2 - 0.5) / sqrt(spread)
    return 0.5 * erfc(z / sqrt(2))


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each, equal ones sharing the mean of theirs; from 1."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for place in order[first : last + 1]:
            ranks[place] = (first + last) / 2 + 1
        first = last + 1
    return ranks


def holm(chances: Sequence[float]) -> list[float]:
    """Each chance as it counts when so many things are looked at (S. Holm's step-down)."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    adjusted = [0.0] * len(chances)
    worst = 0.0
    for done, place in enumerate(order):
        worst = max(worst, min(1.0, chances[place] * (len(chances) - done)))
        adjusted[place] = worst
    return adjusted
