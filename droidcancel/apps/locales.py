"""Language tags, as phones and profiles write them: ``pt-BR``, ``zh_TW``, ``in-ID``."""

from __future__ import annotations

import re
from functools import lru_cache

#: written from right to left, so that rows are mirrored
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "ckb"})
#: codes that Java kept long after ISO 639 replaced them
_REPLACED = {"in": "id", "iw": "he", "ji": "yi", "tl": "fil"}
_TRADITIONAL = frozenset({"TW", "HK", "MO"})
_SCRIPT = re.compile(r"[A-Za-z]{4}")
_REGION = re.compile(r"[A-Za-z]{2}|\d{3}")


@lru_cache(maxsize=256)
def keys_of(locale: str) -> tuple[str, ...]:
    """The keys under which words for a locale may stand, the most specific first.

    ``zh_TW`` gives ``zh-Hant-TW``, ``zh-TW``, ``zh-Hant``, ``zh``. What is no tag gives itself.
    """
    language, script, region = _parts(locale)
    if not language:
        return (locale,) if locale else ()
    if language == "zh" and not script:
        script = "Hant" if region in _TRADITIONAL else "Hans"
    tails = ((script, region), ("", region), (script, ""), ("", ""))
    tags = ("-".join(filter(None, (language, *tail))) for tail in tails)
    return tuple(dict.fromkeys(tags))


def is_right_to_left(locale: str) -> bool:
    """Whether screens in this language are mirrored."""
    language, script, _ = _parts(locale)
    return script in ("Arab", "Hebr") or (language in _RIGHT_TO_LEFT and script != "Latn")


def _parts(locale: str) -> tuple[str, str, str]:
    """Language, script and region in their usual case; empty where the tag has none."""
    tag = re.split(r"[.@#]|-u-|-x-", locale.strip().replace("_", "-"))[0]
    language, *rest = tag.removeprefix("b+").replace("+", "-").split("-")
    if not re.fullmatch(r"[A-Za-z]{2,3}", language):
        return "", "", ""
    language = _REPLACED.get(language.lower(), language.lower())
    script = next((p.title() for p in rest[:1] if _SCRIPT.fullmatch(p)), "")
    region = next((p.upper() for p in rest[:2] if _REGION.fullmatch(p)), "")
    return language, script, region
