"""Clips, a short-video app with real uploads; see `Behaviour` and `BUILDS` for its builds."""

from __future__ import annotations

from droidcancel.simulator.apps.clips.app import Clips, clips
from droidcancel.simulator.apps.clips.behaviour import (
    BUILDS,
    PACKAGE,
    Behaviour,
    Build,
    behaviour_of,
    cloud_behaviour_of,
)

__all__ = [
    "BUILDS",
    "PACKAGE",
    "Behaviour",
    "Build",
    "Clips",
    "behaviour_of",
    "clips",
    "cloud_behaviour_of",
]
