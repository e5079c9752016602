"""How the skin behaves, as far as it is known of the real app; else as Clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from droidcancel.simulator.apps.clips.behaviour import POPUPS, Behaviour
from droidcancel.simulator.apps.tiktok.versions import Indicator

FOR_EVER_S = 1e9


@dataclass(frozen=True)
class TikTokBehaviour(Behaviour):
    """What differs from Clips. An upload that lost its network waits, and says nothing of it."""

    popup_names: ClassVar[tuple[str, ...]] = (*POPUPS, "survey")

    wait_s: float = FOR_EVER_S
    after_kill: Literal["failed", "draft", "lost", "continue"] = "continue"
    failure_keeps_draft: bool = True
    version_name: str = ""
    indicator: Indicator | None = None
    """Where the upload shows: `badge` (a window of its own, top left), `bar` (above the tabs)
    or `both`; None: as in this version."""
    private_tab: bool = True
    """Whether posts that only the account itself may see stand on a page of their own."""
    empty_words: str = ""
    """What an empty page of a profile says; empty: as it is known, or guessed, in each language."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.indicator not in (None, "badge", "bar", "both"):
            raise ValueError(f"indicator must be badge, bar or both, not {self.indicator!r}")
