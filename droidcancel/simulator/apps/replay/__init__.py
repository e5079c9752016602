"""A recorded app: a capture of a run on a real phone, replayed from its cassette."""

from __future__ import annotations

from droidcancel.simulator.apps.replay.app import Replay, replay

__all__ = ["Replay", "replay"]
