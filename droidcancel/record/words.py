"""The words of a recording, in the languages that a recipe has texts for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.apps.document import Document, Frozen
from droidcancel.apps.schema import ANY_LOCALE
from droidcancel.record.story import Step

if TYPE_CHECKING:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.apps.schema import Texts

_NAME = re.compile(r"\{(\w+)\}")
WORDS = Path(__file__).with_name("words.yaml")
ENGLISH = "en"


class Language(Frozen):
    """What can be said in one language; see words.yaml."""

    steps: dict[str, str]
    methods: dict[str, str]
    verdicts: dict[str, str]
    visibility: dict[str, str]
    moments: dict[str, str]
    turns: dict[str, str]
    result: str
    quotes: str
    step: str
    facts: dict[str, str]
    by: str


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Language]:
    """All languages that recordings are made in, by code."""
    data = Document.read(WORDS).data
    return {str(code): Language.model_validate(said) for code, said in data.items()}


def language(locale: str) -> Language:
    """The words of a locale (`fr-FR`): its language's, else English ones."""
    known = languages()
    return known.get(locale.replace("_", "-").partition("-")[0].lower(), known[ENGLISH])


def first_of(texts: Texts | Mapping[str, Sequence[str]], locale: str) -> str | None:
    """What a text says in a locale: exactly it, else its language, else English, else nothing."""
    wanted = locale.replace("_", "-")
    for code in (wanted, wanted.partition("-")[0], ENGLISH, ANY_LOCALE):
        said = texts.get(code)
        if said:
            return said[0]
    return None


def said_in(texts: Texts | Mapping[str, Sequence[str]], locale: str) -> str | None:
    """What a text says in the language of a locale; nothing where it says it in others only.

    A text for any locale is English.
    """
    wanted = locale.replace("_", "-")
    short = wanted.partition("-")[0]
    codes = (wanted, short, *((ANY_LOCALE,) if short == ENGLISH else ()))
    return next((texts[code][0] for code in codes if texts.get(code)), None)


class Teller:
    """Tells steps in one locale. `moment`: the moment to cancel, as a run's result names it."""

    def __init__(
        self, locale: str, profile: AppProfile, method: str | None = None, moment: str | None = None
    ) -> None:
        self.locale = locale
        self.words = language(locale)
        self._profile = profile
        self._method = method
        self._moment = moment

    def step(self, step: Step) -> str | None:
        """A step in words; None for one that a viewer need not be told of."""
        own = first_of({code: [said] for code, said in step.words.items()}, self.locale)
        text = own or self.words.steps.get(step.kind)
        return None if text is None else _filled(text, self._fill(step)) or None

    def method(self) -> str:
        """What the cancel does."""
        return _filled(self.words.methods.get(self._method or "", ""), {"app": self.app})

    def moment(self) -> str:
        """When the cancel is done: `at 40%`, `after 2s`, `posting`..."""
        kind, _, value = (self._moment or "").partition(" ")
        return _filled(self.words.moments.get(kind, kind), {"value": value})

    def turn(self, kind: str) -> str | None:
        """What is told of a turn of the run; None for one that is not."""
        return self.words.turns.get(kind)

    def verdict(self, name: str) -> str:
        """A verdict in words."""
        return self.words.verdicts.get(name, name)

    @property
    def app(self) -> str:
        """The app's name."""
        return self._profile.title

    def _fill(self, step: Step) -> dict[str, str]:
        fill = dict(step.fill)
        who = fill.get("who", "")
        fill["who"] = self.words.visibility.get(who, who)
        fill["app"] = self.app
        fill["moment"] = self.moment()
        fill["method"] = self.method()
        named = next((fill[key] for key in ("element", "visible") if fill.get(key)), None)
        fill["element"] = self._element(named) if named else fill.get("text", "")
        return fill

    def _element(self, name: str) -> str:
        """What an element says in this locale, in quotes; its name where it says nothing."""
        element = self._profile.elements.get(name)
        for locator in element.find if element is not None else ():
            for texts in (locator.text, locator.label, locator.desc):
                said = first_of(texts, self.locale) if texts else None
                if said:
                    return self.words.quotes.replace("{}", said)
        return name.replace("_", " ")


def _filled(text: str, fill: Mapping[str, str]) -> str:
    """The words with what is known put in; a `{name}` that is not known is left out."""
    return _NAME.sub(lambda found: fill.get(found[1], ""), text).strip()
