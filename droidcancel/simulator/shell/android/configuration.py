"""The phone's Configuration, in the forms that commands print it (Configuration.java)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone


def _dp(phone: Phone) -> tuple[int, int]:
    scale = 160 / phone.screen.density
    return round(phone.screen.width * scale), round(phone.screen.height * scale)


def configuration(phone: Phone, activity_type: str = "standard") -> str:
    """As Configuration.toString, with the windowConfiguration that API 28 and later add."""
    width, height = _dp(phone)
    language, _, region = phone.options.locale.partition("-")
    turned = "land" if width > height else "port"
    night = " night" if phone.screen.night else ""
    text = (
        f"{{1.0 310mcc260mnc [{language}_{region}] ldltr sw{min(width, height)}dp "
        f"w{width}dp h{height}dp {phone.screen.density}dpi nrml long {turned}{night} finger "
        "-keyb/v/h -nav/h"
    )
    if phone.options.api < 28:
        return f"{text} s.5}}"
    rect = f"Rect(0, 0 - {phone.screen.width}, {phone.screen.height})"
    return (
        f"{text} winConfig={{ mBounds={rect} mAppBounds={rect} mWindowingMode=fullscreen "
        f"mDisplayWindowingMode=fullscreen mActivityType={activity_type} "
        f"mAlwaysOnTop=undefined mRotation=ROTATION_{phone.screen.rotation * 90}}} s.5}}"
    )


def resource_qualifiers(phone: Phone) -> str:
    """As Configuration.resourceQualifierString, the first line of `am get-config`."""
    width, height = _dp(phone)
    language, _, region = phone.options.locale.partition("-")
    turned = "land" if width > height else "port"
    night = "night" if phone.screen.night else "notnight"
    return (
        f"mcc310-mnc260-{language}-r{region}-ldltr-sw{min(width, height)}dp-w{width}dp-"
        f"h{height}dp-normal-long-notround-lowdr-nowidecg-{turned}-{night}-"
        f"{phone.screen.density}dpi-finger-keyshidden-nokeys-navhidden-nonav-"
        f"v{phone.options.api}"
    )
