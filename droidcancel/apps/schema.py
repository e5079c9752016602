"""What an app profile may say: ``droidcancel/apps/*.yaml`` as checked, frozen records."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from droidcancel.apps import patterns
from droidcancel.apps.document import Frozen
from droidcancel.apps.locales import keys_of
from droidcancel.apps.written import ByLocale, OneOrMore

#: D seen in a real dump, M measured on a phone, C used by working code, U a guess
Confidence = Literal["D", "M", "C", "U"]

#: one for all locales, or by locale with ``*`` for the others
Certainty = Confidence | dict[str, Confidence]

#: what may follow a label: anything that a separator begins (``any``), only a number or a share,
#: such for certain (``counted``), or nothing
Tail = Literal["any", "count", "counted", "none"]

#: `done`: the app says that it posted; `none`: nothing of an upload shows
UploadState = Literal["none", "posting", "waiting", "failed", "done"]

ANY_LOCALE = "*"
#: packages whose windows may lie over any app's: the permission dialogs
SYSTEM_PACKAGES = (
    "com.android.permissioncontroller",
    "com.google.android.permissioncontroller",
    "com.android.packageinstaller",
    "com.google.android.packageinstaller",
)

_RANGE = re.compile(r"(?:\s*(>=|<=|>|<|==))?\s*(\d{1,18}(?:\.\d{1,18}){0,20})\s*")
_VERSION = re.compile(r"\d{1,18}(?:\.\d{1,18}){0,20}")


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _as_texts(value: Any) -> Any:
    """``Post``, ``[Post, Publish]`` or ``{en: Post, fr: [Publier]}``: all become the last form."""
    if isinstance(value, dict):
        return {locale: _as_tuple(texts) for locale, texts in value.items()}
    return {ANY_LOCALE: _as_tuple(value)}


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), OneOrMore()]
Texts = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_as_texts), ByLocale()]
Fraction = Annotated[float, Field(ge=0, le=1)]
#: left, top, right, bottom
Area = tuple[Fraction, Fraction, Fraction, Fraction]


def _in_slots(value: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= value[0] <= value[1]:
        raise ValueError("expected [n, of], as [1, 5] for the first of five")
    return value


Slot = Annotated[tuple[int, int], AfterValidator(_in_slots)]


class Locator(Frozen):
    """One way to find an element; all that is given must hold.

    `desc`, `text`: the label whole (trimmed), or followed by a separator; `label`: either of them.
    `id`: the resource-id's last part. `pattern`: a regular expression for the whole text.
    `area`: left, top, right, bottom as fractions of the screen, in which the centre lies.
    `inside`: an element around it; `outside`: elements of which none is; `without`: elements of
    which none lies on it. `beside`: an element in the same row; `near`: one close by; `above`: the
    row below it. `with`: elements that must show; `unless`: that must not. `own_window`: in a small
    window over the app's. `slot`: the n-th of so many equal things that fill a row and stay where
    they are, one of them chosen, as tabs are.
    `tail`: what may follow the label. `versions`: as ``>=43.1, <44``. `pick`: which of several.
    `confidence`: where it differs from the element's.
    """

    desc: Texts | None = None
    text: Texts | None = None
    label: Texts | None = None
    id: Names | None = None
    pattern: str | None = None
    class_: str | None = Field(default=None, alias="class")
    area: Area | None = None
    inside: str | None = None
    outside: Names = ()
    without: Names = ()
    beside: str | None = None
    near: str | None = None
    above: str | None = None
    with_: Names = Field(default=(), alias="with")
    unless: Names = ()
    own_window: bool = False
    slot: Slot | None = None
    tail: Tail = "any"
    clickable: bool | None = None
    enabled: bool | None = None
    selected: bool | None = None
    versions: str | None = None
    pick: Literal["first", "last", "left", "right", "top", "bottom"] = "first"
    confidence: Certainty | None = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            patterns.check(value)
        return value

    @field_validator("versions")
    @classmethod
    def _is_range(cls, value: str | None) -> str | None:
        if value is not None:
            version_range(value)
        return value

    @model_validator(mode="after")
    def _names_something(self) -> Locator:
        given = (self.desc, self.text, self.label, self.id, self.pattern, self.class_, self.slot)
        by_place = self.clickable and (self.area or self.above or self.inside)
        if not any(given) and not by_place:
            raise ValueError("expected one of desc, text, label, id, pattern, class, slot")
        return self

    def relations(self) -> tuple[str, ...]:
        """The other elements that it asks for."""
        single = (self.inside, self.beside, self.near, self.above)
        others = (*self.outside, *self.without, *self.with_, *self.unless)
        return (*filter(None, single), *others)


class Element(Frozen):
    """One thing on a screen. `find`: locators in order of trust; the first that finds, wins.

    `learned`: locators that the user's overlay adds, tried before those, the last first.
    `private`: shows people's names or words, blanked in reports. `never`: must not be tapped, and
    is not taken for any other element. `sensitive`: it publishes or destroys something.
    `package`: ``system`` for the phone's own dialogs, ``launcher`` for its home screen's.

    What follows is for :mod:`droidcancel.apps.likeness`, once all locators miss. `on`: screens that
    are never without it; on no other is it looked for by likeness. `role`: its class, without the
    package. `area`: where on the screen its centre lies, as in a locator. `neighbours`: elements
    that stand next to it in its row or column.
    """

    find: tuple[Locator, ...] = Field(min_length=1)
    learned: tuple[Locator, ...] = ()
    confidence: Certainty = "U"
    private: bool = False
    never: bool = False
    sensitive: bool = False
    package: Literal["app", "system", "launcher"] = "app"
    on: Names = ()
    role: str | None = None
    area: Area | None = None
    neighbours: Names = ()
    note: str = ""

    @property
    def locators(self) -> tuple[Locator, ...]:
        """All of them, in the order in which they are tried."""
        return (*reversed(self.learned), *self.find)

    @field_validator("area")
    @classmethod
    def _encloses(cls, value: Area | None) -> Area | None:
        if value is not None and not (value[0] < value[2] and value[1] < value[3]):
            raise ValueError("expected left, top, right, bottom with left < right, top < bottom")
        return value

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Element:
        if self.never and (self.sensitive or self.on):
            raise ValueError("`never` goes without `sensitive` and `on`: it is not looked for")
        if self.on and self.package != "app":
            raise ValueError("`on` is for the app's own elements: the phone's are not guessed")
        return self

    def confidence_in(self, locale: str, locator: int | None = None) -> Confidence:
        """How sure we are of it in a locale; of one locator, where its number is given."""
        own = self.locators[locator].confidence if locator is not None else None
        return certainty_in(own if own is not None else self.confidence, locale)


class Screen(Frozen):
    """How a screen is known: `all` of these elements, `any` of those, `none` of the third.

    `least`: how many of `any`. With two and more, no single one that drifted hides the screen.
    """

    all: Names = ()
    any: Names = ()
    none: Names = ()
    least: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _has_a_sign(self) -> Screen:
        if not (self.all or self.any):
            raise ValueError("expected `all` or `any`: a screen needs a sign")
        if self.least > max(1, len(self.any)):
            raise ValueError(f"`least` is {self.least}, and `any` has {len(self.any)} elements")
        return self


class Popup(Frozen):
    """Something that may lie on top: known by `sign`, refused by tapping `dismiss`.

    `dismiss`: an element, or ``back`` where nothing on it refuses.
    """

    sign: Names
    dismiss: str


class Share(Frozen):
    """Whether a SEND intent with a video opens the editor."""

    mime: str = "video/mp4"
    activity: str | None = None


class Upload(Frozen):
    """How the app shows an upload; each entry names elements.

    `shown_on`: screens on which an upload in progress would be seen, so that its absence says
    something. `confirm`: what to tap when the app asks again after Post. `cancel`: what to tap, in
    order, to cancel it there. `jobs`: patterns of job services that upload.
    """

    percent: Names = ()
    posting: Names = ()
    waiting: Names = ()
    failed: Names = ()
    done: Names = ()
    shown_on: Names = ()
    confirm: Names = ()
    cancel: Names = ()
    jobs: Names = ()

    @field_validator("jobs")
    @classmethod
    def _compile(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            patterns.check(pattern)
        return value


class Place(Frozen):
    """Where to look for this run's video, see :mod:`droidcancel.recipe.verify`.

    `screen`: its screen; `count`: the element whose number says how many there are; `cell`: each
    item; `caption`: the element that shows an item's caption, on the screen that `opens` names when
    it is not in the list itself; `pages`: what leads to each part of a list that is split, in
    order; `entry`: what leads there from the own profile's first part. `busy`: shown
    while the list is loaded; `broken`: shown where it could not be, so that it proves nothing.
    `empty`: shown where it holds nothing; `grid`: what holds the items, of an app that shows it
    only once they are loaded: a grid with nothing to tap but the drafts is empty, too. Without
    such a sign, a list in which no item is found may be one whose items are not known any more.
    `link`: an address that opens the screen, with ``{name}`` for the name of an account.
    """

    screen: str
    cell: str
    caption: str
    opens: str | None = None
    count: str | None = None
    entry: str | None = None
    link: str | None = None
    pages: Names = ()
    busy: Names = ()
    broken: Names = ()
    empty: Names = ()
    grid: str | None = None


def certainty_in(certainty: Certainty, locale: str) -> Confidence:
    """How sure we are in a locale; a guess where nothing is said of it."""
    if isinstance(certainty, str):
        return certainty
    known = (certainty[key] for key in (*keys_of(locale), ANY_LOCALE) if key in certainty)
    return next(known, "U")


def version_range(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """``>=43.1, <44`` as pairs of operator and version. ValueError when it is none."""
    parts = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise ValueError(f"expected a range of versions as '>=43.1, <44', got {text!r}")
        parts.append((match[1] or "==", version_of(match[2])))
    return parts


def version_of(text: str) -> tuple[int, ...]:
    """``43.1.4-beta`` as (43, 1, 4)."""
    match = _VERSION.match(text)
    return tuple(int(part) for part in match[0].split(".")) if match else ()
