"""The TikTok skin's tables: versions, ids, texts, and what options can be asked for."""

from __future__ import annotations

import re
import string

import pytest

from droidcancel.simulator.apps import PACKAGES, image
from droidcancel.simulator.apps.clips.behaviour import BUILDS
from droidcancel.simulator.apps.tiktok import MUSICALLY, TRILL, VERSIONS, TikTok
from droidcancel.simulator.apps.tiktok.texts import LANGUAGES, TEXTS
from droidcancel.simulator.apps.tiktok.versions import READABLE, version_of
from droidcancel.simulator.options import LOCALES, PhoneOptions

EVERY = [version for versions in VERSIONS.values() for version in versions]


def built(app: str, **options: object) -> type[TikTok]:
    """The app's class on a phone with these options."""
    made = image(PhoneOptions(apps=(app,), **options))[-1]  # type: ignore[arg-type]  # a few
    assert issubclass(made, TikTok)
    return made


def test_every_language_has_every_text_with_the_same_placeholders() -> None:
    assert set(TEXTS) == set(LANGUAGES) <= {locale.partition("-")[0] for locale in LOCALES}
    for name, english in TEXTS["en"].items():
        wanted = {part[1] for part in string.Formatter().parse(english)}
        for language in LANGUAGES:
            text = TEXTS[language][name]
            assert text == text.strip(), name
            assert text, name
            assert {part[1] for part in string.Formatter().parse(text)} == wanted, name


def test_a_version_is_found_by_name_and_a_wrong_one_is_told() -> None:
    assert version_of(MUSICALLY, "").name == "47.0.3"
    assert built("tiktok", app_version="43.1.4").version_name == "43.1.4"
    assert built("trill").package == TRILL == PACKAGES["trill"]
    with pytest.raises(ValueError, match=r"no version '43\.1\.5' of com.zhiliaoapp.*'43\.1\.4'"):
        built("tiktok", app_version="43.1.5")
    with pytest.raises(ValueError, match=r"no option of com\.zhiliaoapp\.musically 'indicatr'"):
        built("tiktok", app_options={MUSICALLY: {"indicatr": "bar"}})
    with pytest.raises(ValueError, match="indicator must be badge, bar or both"):
        built("tiktok", app_options={MUSICALLY: {"indicator": "toast"}})


@pytest.mark.parametrize("build", BUILDS)
def test_every_seeded_build_wears_the_skin(build: str) -> None:
    made = built("tiktok", app_build=build)
    assert made.version_name == "47.0.3"
    for name, value in BUILDS[build].behaviour.items():
        assert getattr(made.behaviour, name) == value


@pytest.mark.parametrize("version", EVERY, ids=lambda version: f"{version.package}-{version.name}")
def test_ids_are_letters_that_stay_the_same_in_a_version(version: object) -> None:
    found = next(each for each in EVERY if each is version)
    for name in ("confirm", "post_root", "dialog_button", "x"):
        letters = found.id(name)
        assert letters == found.id(name)
        assert re.fullmatch(r"[a-z][a-z0-9_]{2}", letters)
    for name in READABLE - found.shuffled - set(found.seen):
        assert found.id(name) == name
    for name in found.shuffled:
        assert found.id(name) != name


def test_ids_differ_between_versions() -> None:
    names = ("post_root", "dialog_button", "storage_root", "post", "tab_create")
    ids = [[version.id(name) for name in names] for version in EVERY]
    assert all(len(set(column)) == len(EVERY) for column in zip(*ids, strict=True))
