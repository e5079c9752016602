"""The cancel methods, by the name that recipes and the command line use."""

from __future__ import annotations

from collections.abc import Mapping

from droidcancel.cancel import (
    airplane,
    app_network,
    clear_cache,
    force_stop,
    in_app,
    network_off,
    restart,
    swipe_recents,
)
from droidcancel.cancel.method import Applied, CancelContext, CancelMethod, Prepared

METHODS: Mapping[str, CancelMethod] = {
    method.name: method
    for method in (
        airplane.METHOD,
        network_off.METHOD,
        app_network.METHOD,
        in_app.METHOD,
        force_stop.METHOD,
        swipe_recents.METHOD,
        clear_cache.METHOD,
        restart.METHOD,
    )
}

__all__ = ["METHODS", "Applied", "CancelContext", "CancelMethod", "Prepared"]
