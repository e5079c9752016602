"""The Content-Security-Policy of a page: its own styles and scripts by their hashes, nothing else.

A page is put together from an :class:`Inline`, whose texts are those of this package. What a phone,
an app or a recipe said never stands among them: it is shown as escaped text, or handed to a script
by `data_block`. So a text that gets into the page unescaped by some mistake still runs nothing,
loads nothing and sends nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

#: what would end the element or begin a comment in it, and what a browser reads as another sign
_ENDS = re.compile(r"</(?:style|script)|<!--|<script|[\r\0]", re.IGNORECASE)
#: what means something to an HTML parser, and U+2028 and U+2029, which end a line of script
_SPECIAL = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
_ID = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Inline:
    """The styles and scripts of a page. `media`: it also plays films that are inside it.

    `beside`: its pictures are files beside it, and none are inside it.
    Raises ValueError for a text that cannot stand inside its element as it is.
    """

    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    media: bool = False
    beside: bool = False

    def __post_init__(self) -> None:
        for text in (*self.styles, *self.scripts):
            if found := _ENDS.search(text):
                raise ValueError(f"a style or script of the page holds {found[0]!r}")

    @property
    def policy(self) -> str:
        """The policy: what is not named here may not be loaded, run, sent to, or framed."""
        parts = {
            "default-src": "'none'",
            "img-src": "'self'" if self.beside else "data:",
            **({"media-src": "data:"} if self.media else {}),
            "style-src": _sources(self.styles),
            "script-src": _sources(self.scripts),
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        return "; ".join(f"{name} {value}" for name, value in parts.items())

    @property
    def meta(self) -> Markup:
        """The element that sets the policy: the first in the head, as it holds for what follows."""
        made = '<meta http-equiv="Content-Security-Policy" content="{}">'
        # the quotes of the sources are no end of the attribute, and are easier read as they are
        return Markup(made.format(self.policy))

    @property
    def style_tags(self) -> Markup:
        """The styles, for the head."""
        return Markup("\n".join(f"<style>{text}</style>" for text in self.styles))

    @property
    def script_tags(self) -> Markup:
        """The scripts, for the end of the body."""
        return Markup("\n".join(f"<script>{text}</script>" for text in self.scripts))


def _sources(texts: Iterable[str]) -> str:
    return " ".join(f"'{source}'" for source in map(hash_source, texts)) or "'none'"


def hash_source(text: str) -> str:
    """The source that allows this very text, and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


def data_block(name: str, value: Any) -> Markup:
    """A value for the page's scripts, in an element that no browser runs: its id is `name`.

    Read with ``JSON.parse(document.getElementById(name).textContent)``.
    """
    if not _ID.fullmatch(name):
        raise ValueError(f"no id for an element: {name!r}")
    text = json.dumps(value, ensure_ascii=False).translate(_SPECIAL)
    return Markup(f'<script type="application/json" id="{name}">{text}</script>')
