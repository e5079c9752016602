"""Settings and Quick Settings in every language of the phone, and as vendors build them."""

from __future__ import annotations

from typing import Any

import pytest

from droidcancel.simulator.options import LOCALES, RIGHT_TO_LEFT
from tests.simulator.system_phone import NOTES, Hand, asynchronous, flaws, hand, middle

SMALL = {"width": 720, "height": 1280, "density": 320}
DETAILS = "android.settings.APPLICATION_DETAILS_SETTINGS"
CACHE = 400_000
each_locale = pytest.mark.parametrize("locale", LOCALES)


async def app_info(it: Hand) -> None:
    await it.launch()
    it.phone.go_home()
    it.phone.fs.write(f"/data/data/{NOTES}/cache/thumbs", bytes(CACHE))
    it.phone.fs.write(f"/data/data/{NOTES}/files/draft", b"x" * 700_000)
    await it.open(DETAILS, f"package:{NOTES}")
    await it.see(id="entity_header_title")


async def to_storage(it: Hand, at: int = 0) -> None:
    """The storage row is the one whose summary is a size."""
    await it.tap(at=at, id="android:id/summary")
    await it.until(lambda: len(it.all(id="android:id/summary")) >= 3)


@each_locale
def test_every_language_can_be_read(locale: str) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(api=26 + LOCALES.index(locale) % 10, locale=locale, **SMALL) as it:
            for action in ("SETTINGS", "AIRPLANE_MODE_SETTINGS", "DATA_SAVER_SETTINGS"):
                await it.open(f"android.settings.{action}")
                assert (action, flaws(it.phone)) == (action, [])
            await app_info(it)
            await to_storage(it)
            assert flaws(it.phone) == []
            it.phone.system_ui.open_quick_settings()
            assert flaws(it.phone) == []
            it.phone.system_ui.close_panels()

    body()


@pytest.mark.parametrize("locale", ["ar-EG", "en-US"])
def test_where_people_read_from_the_right_the_switch_stands_at_the_left(locale: str) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(api=26, locale=locale) as it:
            await it.open("android.settings.AIRPLANE_MODE_SETTINGS")
            x, _ = middle(await it.see(id="android:id/switch_widget"))
            right_to_left = locale.partition("-")[0] in RIGHT_TO_LEFT
            assert (x < it.phone.screen.width / 2) == right_to_left
            before = it.phone.connectivity.data_enabled
            await it.tap(id="android:id/switch_widget")
            assert it.phone.connectivity.data_enabled is not before

    body()


VENDORS: dict[str, dict[str, Any]] = {
    "one-ui": {"vendor": "samsung", "api": 33},
    "one-ui-small-de": {"vendor": "samsung", "api": 28, "locale": "de-DE", **SMALL},
    "miui": {"vendor": "xiaomi", "api": 31},
    "miui-small-ja": {"vendor": "xiaomi", "api": 29, "locale": "ja-JP", **SMALL},
}


@pytest.mark.parametrize("make", VENDORS.values(), ids=VENDORS)
def test_a_vendors_pages_can_be_read_and_used(make: dict[str, Any]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(**make) as it:
            await it.open("android.settings.AIRPLANE_MODE_SETTINGS")
            assert flaws(it.phone) == []
            switches = [node for node in it.nodes() if node.get("checkable") == "true"]
            assert len(switches) > 1  # the place of a switch tells nothing
            await app_info(it)
            assert flaws(it.phone) == []
            await to_storage(it)
            assert flaws(it.phone) == []

    body()


@asynchronous
async def test_one_uis_buttons_clear_what_they_say() -> None:
    async with hand(vendor="samsung", api=33) as it:
        await app_info(it)
        await to_storage(it)
        await it.tap(text="Clear cache")
        assert it.phone.packages.sizes(it.package)[1:] == (700_000, 0)
        await it.tap(text="Clear data")
        await it.tap(id="android:id/button1")
        assert it.phone.packages.sizes(it.package)[1] < 700_000


@asynchronous
async def test_miuis_clear_data_opens_a_sheet() -> None:
    async with hand(vendor="xiaomi", api=33) as it:
        await app_info(it)
        await to_storage(it)
        assert not it.has(text="Clear cache")
        await it.tap(text="Clear data")
        await it.see(text="Clear all data")
        assert flaws(it.phone) == []
        await it.tap(text="Cancel")
        assert it.phone.packages.sizes(it.package)[1:] == (700_000, CACHE)
        await it.tap(text="Clear data")
        await it.tap(text="Clear cache")
        assert it.phone.packages.sizes(it.package)[1:] == (700_000, 0)
