"""The apps that a phone's image carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.options import PhoneOptions

if TYPE_CHECKING:
    from droidcancel.simulator.apps.system.system_ui import SystemUi
    from droidcancel.simulator.phone import Phone

__all__ = ["Activity", "App", "image", "system_ui"]


def _clips(options: PhoneOptions) -> type[App]:
    from droidcancel.simulator.apps.clips import clips

    return clips(options)


def _tiktok(options: PhoneOptions) -> type[App]:
    from droidcancel.simulator.apps.tiktok import tiktok

    return tiktok(options)


def _trill(options: PhoneOptions) -> type[App]:
    from droidcancel.simulator.apps.tiktok import trill

    return trill(options)


# The packages of the apps that a phone may be given.
PACKAGES: Mapping[str, str] = {
    "clips": "org.droidcancel.clips",
    "tiktok": "com.zhiliaoapp.musically",
    "trill": "com.ss.android.ugc.trill",
}
# The apps that a phone may be given, by the name that options have for them.
OPTIONAL: Mapping[str, Callable[[PhoneOptions], type[App]]] = {
    "clips": _clips,
    "tiktok": _tiktok,
    "trill": _trill,
}


def image(options: PhoneOptions) -> list[type[App]]:
    """The apps on a new phone: those of the system, and those that the options name.

    Raises ValueError for an app, a build or an app option that there is not.
    """
    from droidcancel.simulator.apps.system import SYSTEM_APPS

    unknown = [name for name in options.apps if name not in OPTIONAL]
    if unknown:
        raise ValueError(f"no app {unknown[0]!r}: there are {', '.join(OPTIONAL)}")
    system = [make(options) for make in SYSTEM_APPS]
    chosen = [OPTIONAL[name](options) for name in options.apps]
    if options.replay is not None:
        recorded = _recorded(options, options.replay)
        # the recorded app takes the place of the simulator's own of that name
        chosen = [*(app for app in chosen if app.package != recorded.package), recorded]
    return [*system, *chosen]


def _recorded(options: PhoneOptions, path: str) -> type[App]:
    """The app of a cassette. Raises CassetteError (a ValueError)."""
    from droidcancel.simulator.apps.replay import replay
    from droidcancel.simulator.cassette import Cassette, CassetteError

    cassette = Cassette.load(path)
    if not cassette.fits(options):
        raise CassetteError(
            f"{path}: the capture was made on a screen of {cassette.width}x{cassette.height} px, "
            f"this phone has {options.width}x{options.height}: see cassette.phone_for"
        )
    return replay(cassette)


def system_ui(phone: Phone) -> SystemUi:
    """What draws the bars around the apps."""
    from droidcancel.simulator.apps.system.system_ui import SystemUi

    return SystemUi(phone)
