"""How like two labels, two roles and two places are: pure, each from 0 to 1."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from math import hypot

from droidcancel.apps.matching import normal
from droidcancel.device.hierarchy import Bounds, Node

#: left, top, right, bottom in fractions of the screen
Box = tuple[float, float, float, float]

#: how far off, in screens, a place is that has nothing to do with another
FAR = 0.25
#: a gap between two neighbours, in screens, beyond which they are none
GAP = 0.2
#: words of fewer letters must begin alike to be one in two forms: `Next` is not `Text`
SHORT = 5
SAME_WORD = 0.8
#: all capitals, or not, tells a mode from a button in some apps
OTHER_CASE = 0.8
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
#: written without blanks between words: each sign is compared as a word
_NO_BLANKS = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PLAIN = frozenset({"Button", "ImageButton", "TextView", "ImageView", "View", "LinearLayout",
                    "FrameLayout", "RelativeLayout", "ViewGroup", "ConstraintLayout"})  # fmt: skip
_TICKED = frozenset({"CheckBox", "RadioButton", "Switch", "ToggleButton", "CheckedTextView"})


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a label, small; numbers and signs left out."""
    found: list[str] = []
    for word in _WORD.findall(normal(text).casefold()):
        found.extend(word if _NO_BLANKS.search(word) else (word,))
    return tuple(found)


@lru_cache(maxsize=16384)
def words_alike(given: str, wanted: str) -> float:
    """How like two labels are: the words that they share, in any order.

    ``Post video`` and ``Post`` are alike by 2/3; ``Text`` and ``Next`` not at all, though they
    differ by one letter. ``POST`` may be something else than ``Post``.
    """
    if normal(given) == normal(wanted):
        return 1.0
    a, b = words_of(given), list(words_of(wanted))
    if not a or not b:
        return 0.0
    total, shared = len(a) + len(b), 0.0
    for word in a:
        best = max(b, key=lambda other: _word_alike(word, other), default="")
        likeness = _word_alike(word, best) if best else 0.0
        if likeness:
            b.remove(best)
            shared += likeness
    other_case = given.isupper() != wanted.isupper()
    return round(2 * shared / total * (OTHER_CASE if other_case else 1), 3)


@lru_cache(maxsize=16384)
def _word_alike(one: str, other: str) -> float:
    """1 for the same word, 0.8 and more for two forms of one, else 0."""
    if one == other:
        return 1.0
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    short = min(len(one), len(other)) < SHORT
    begins = one.startswith(other) or other.startswith(one)
    if ratio < SAME_WORD or (short and not begins):
        return 0.0
    return ratio


def role_of(node: Node) -> str:
    """``Button`` of ``android.widget.Button``; empty where a dump does not say."""
    return node.cls.rpartition(".")[2].rpartition("$")[2]


def same_role(given: str, wanted: str, *, takes_tap: bool) -> float | None:
    """How like two classes are; what is wanted may be unknown, and what is given too."""
    if not given:
        return None
    if wanted and given == wanted:
        return 1.0
    if wanted and not ({given, wanted} <= _PLAIN or {given, wanted} <= _TICKED):
        return 0.0
    return 1.0 if takes_tap and not wanted else 0.7 if takes_tap else 0.2


def box_of(bounds: Bounds, frame: Bounds) -> Box:
    """A box in fractions of the screen."""
    width, height = max(1, frame.width), max(1, frame.height)
    return (
        round((bounds.left - frame.left) / width, 4),
        round((bounds.top - frame.top) / height, 4),
        round((bounds.right - frame.left) / width, 4),
        round((bounds.bottom - frame.top) / height, 4),
    )


def mirrored(box: Box) -> Box:
    """The same place on a screen that runs from right to left."""
    return 1 - box[2], box[1], 1 - box[0], box[3]


def center(box: Box) -> tuple[float, float]:
    """The middle of a box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def same_place(box: Box, other: Box) -> float:
    """1 at the same centre, 0 a quarter of the screen away and more."""
    (x, y), (u, v) = center(box), center(other)
    return _closeness(hypot(x - u, y - v))


def in_area(box: Box, area: Box) -> float:
    """1 where the centre lies in an area, less beside it."""
    x, y = center(box)
    beyond_x = max(area[0] - x, 0.0, x - area[2])
    beyond_y = max(area[1] - y, 0.0, y - area[3])
    return _closeness(hypot(beyond_x, beyond_y))


def near(bounds: Bounds, other: Bounds, away: tuple[float, float], frame: Bounds) -> float:
    """How like the way from one centre to another is to what it once was."""
    (x, y), (u, v) = center(box_of(bounds, frame)), center(box_of(other, frame))
    return _closeness(hypot(u - x - away[0], v - y - away[1]))


def next_to(bounds: Bounds, other: Bounds, frame: Bounds) -> float:
    """1 for two that touch in one row or column, 0 for two that share none or are far apart."""
    a, b = box_of(bounds, frame), box_of(other, frame)
    in_row = _shared(a[1], a[3], b[1], b[3])
    in_column = _shared(a[0], a[2], b[0], b[2])
    apart_x = max(b[0] - a[2], a[0] - b[2])
    apart_y = max(b[1] - a[3], a[1] - b[3])
    if apart_x < 0 and apart_y < 0:
        return 0.0  # one lies over the other
    beside = in_row * _closeness(max(0.0, apart_x), GAP) if apart_x >= 0 else 0.0
    below = in_column * _closeness(max(0.0, apart_y), GAP) if apart_y >= 0 else 0.0
    return max(beside, below)


def _shared(start: float, end: float, other_start: float, other_end: float) -> float:
    """How much of the shorter of two stretches lies within the other."""
    shorter = min(end - start, other_end - other_start)
    common = min(end, other_end) - max(start, other_start)
    return max(0.0, min(1.0, common / shorter)) if shorter > 0 else 0.0


def _closeness(distance: float, far: float = FAR) -> float:
    return round(max(0.0, 1.0 - distance / far), 3)
