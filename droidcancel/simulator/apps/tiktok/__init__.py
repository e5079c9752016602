"""The TikTok skin: its packages, texts and resource-ids by version and locale, as far as known."""

from __future__ import annotations

from droidcancel.simulator.apps.tiktok.app import TikTok, tiktok, trill
from droidcancel.simulator.apps.tiktok.versions import MUSICALLY, TRILL, VERSIONS, Version

__all__ = ["MUSICALLY", "TRILL", "VERSIONS", "TikTok", "Version", "tiktok", "trill"]
