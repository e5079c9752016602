"""How like two labels and two roles are: pure, each from 0 to 1. Of places see geometry.py."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from droidcancel.apps.matching import normal
from droidcancel.device.hierarchy import Node

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
