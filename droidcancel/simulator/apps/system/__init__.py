"""Apps of the system, one module each; `SYSTEM_APPS` makes them for a phone's options."""

from __future__ import annotations

from collections.abc import Callable

from droidcancel.simulator.apps.base import App
from droidcancel.simulator.apps.system.launcher import Launcher
from droidcancel.simulator.apps.system.permissions import permission_controller
from droidcancel.simulator.apps.system.play_store import PlayStore
from droidcancel.simulator.apps.system.share_sheet import share_sheet
from droidcancel.simulator.apps.system.system_ui import SystemUiApp
from droidcancel.simulator.apps.system.vendor_settings import settings_app
from droidcancel.simulator.options import PhoneOptions

SYSTEM_APPS: tuple[Callable[[PhoneOptions], type[App]], ...] = (
    lambda _: Launcher,
    lambda _: SystemUiApp,
    settings_app,
    lambda _: PlayStore,
    permission_controller,
    share_sheet,
)
