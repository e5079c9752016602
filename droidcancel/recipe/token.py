"""The run's token: a short unique hashtag in the caption, by which this video is known."""

from __future__ import annotations

import secrets

#: no letters or digits that look alike, and no vowels that could make words
ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
LENGTH = 6


def new_token() -> str:
    """``#dc`` and six letters or digits: 387 million of them."""
    return "#dc" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def with_token(caption: str, token: str | None) -> str:
    """A caption that carries the token, once."""
    if token is None or carries(caption, token):
        return caption
    return f"{caption.rstrip()} {token}".lstrip()


def carries(text: str, token: str) -> bool:
    """Whether a text carries the token; apps may change a hashtag's case."""
    return token.casefold() in text.casefold()
