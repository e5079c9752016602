"""Which item is meant: the one that carries the run's token, or the one that the user named.

A delete touches nothing else. Where a name fits several items, nothing is touched at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from droidcancel.apps.matching import normal
from droidcancel.errors import AppError, UsageError
from droidcancel.recipe.token import carries

#: a part of a caption must have so many letters to name an item
SHORTEST_PART = 4
#: how many captions an error lists
LISTED = 5


def folded(caption: str) -> str:
    """A caption for comparing: white space and case do not count."""
    return " ".join(normal(caption).split()).casefold()


def same(caption: str, other: str) -> bool:
    """Whether two captions are the same words."""
    return folded(caption) == folded(other)


def with_token(captions: Sequence[str | None], token: str | None) -> int | None:
    """The first item that carries the token; None when none does."""
    if token is None:
        return None
    return next((i for i, c in enumerate(captions) if c is not None and carries(c, token)), None)


def named(captions: Sequence[str | None], words: str) -> int | None:
    """The one item that the user's words name: its whole caption, else a part of one only.

    None when no item fits. UsageError for words that fit several, since which is meant is not
    known.
    """
    whole = [i for i, c in enumerate(captions) if c is not None and same(c, words)]
    if not whole and len(folded(words)) >= SHORTEST_PART:
        part = folded(words)
        whole = [i for i, c in enumerate(captions) if c is not None and part in folded(c)]
    if len(whole) > 1:
        fitting = "; ".join(repr(captions[i]) for i in whole[:LISTED])
        raise UsageError(
            f"{len(whole)} items fit {words!r}: {fitting}",
            "name one by its whole caption; items with the same caption are left for you",
        )
    return whole[0] if whole else None


def lost(before: Sequence[str], after: Sequence[str], target: str) -> list[str]:
    """What is gone though only the target was to go."""
    expected = Counter(before)
    expected.subtract([target])
    missing = expected - Counter(after)
    return sorted(missing.elements())


def must_be_found(words: str, where: str, captions: Sequence[str | None]) -> AppError:
    """What to tell where nothing fits."""
    known = [c for c in captions if c]
    seen = f"; it has {', '.join(map(repr, known[:LISTED]))}" if known else "; it is empty"
    return AppError(
        f"nothing that carries {words!r} is {where}{seen if len(captions) <= LISTED else ''}",
        "name it by its caption: -e caption='...'",
    )
