"""Which language an app speaks: it may be set to another one than the phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from droidcancel.apps.locales import keys_of
from droidcancel.apps.matching import normal
from droidcancel.apps.schema import ANY_LOCALE, Element
from droidcancel.device.hierarchy import Node

#: how many more words of another language make it the screen's
SURE_BY = 2


def words_by_locale(elements: Mapping[str, Element]) -> dict[str, frozenset[str]]:
    """Each wording of a profile, and the locales that have it."""
    found: dict[str, set[str]] = {}
    locators = (lo for element in elements.values() for lo in element.find)
    for texts in (t for lo in locators for t in (lo.text, lo.desc, lo.label) if t is not None):
        for locale, words in texts.items():
            for word in words if locale != ANY_LOCALE else ():
                found.setdefault(normal(word), set()).add(locale)
    return {word: frozenset(locales) for word, locales in found.items()}


def spoken(nodes: Iterable[Node], known: Mapping[str, frozenset[str]], locale: str) -> str:
    """The locale whose words a screen shows: the given one, unless another's show for certain.

    An app may be set to another language than the phone. Another one is believed only where it
    explains at least two more of the words, and more than any third.
    """
    shown = {normal(text) for node in nodes for text in (node.text, node.desc) if text}
    votes = Counter(key for word in shown for key in known.get(word, ()))
    own = max((votes[key] for key in (locale, *keys_of(locale))), default=0)
    best = votes.most_common(2)
    clear = len(best) == 1 or (len(best) == 2 and best[0][1] > best[1][1])
    return best[0][0] if clear and best[0][1] >= own + SURE_BY else locale
