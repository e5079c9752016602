"""The round signs of apps."""

from __future__ import annotations

from droidcancel.simulator.views import View, frame, icon

SIGNS = {
    "com.android.settings": "settings",
    "com.android.vending": "play",
    "org.droidcancel.clips": "video",
    "com.android.shell": "bell",
    "com.zhiliaoapp.musically": "music",
    "com.ss.android.ugc.trill": "music",
}
OTHER_SIGN = "apps"
COLOURS = ("#d81b60", "#1e88e5", "#43a047", "#e67e00", "#8e24aa", "#00897b")
OWN_COLOURS = {
    "com.android.settings": "#5f6b7a",
    "com.android.vending": "#01875f",
    "org.droidcancel.clips": "#fe2c55",
}


def sign_of(package: str) -> str:
    """The name of the sign (icons.py) of an app."""
    return SIGNS.get(package, OTHER_SIGN)


def app_icon(package: str, size: float = 56) -> View:
    """The round sign of an app, its colour made from its name."""
    colour = OWN_COLOURS.get(package) or COLOURS[sum(package.encode()) % len(COLOURS)]
    return frame(
        icon(sign_of(package), color="#ffffff", icon_size=size / 2, align="center"),
        width=size,
        height=size,
        radius=size / 2,
        background=colour,
        important=False,
    )
