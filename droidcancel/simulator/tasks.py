"""Tasks: the stacks of activities that recents shows, and what a start finds in them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_LAUNCHER,
    Component,
    Intent,
)

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import Activity


@dataclass(eq=False)
class ActivityRecord:
    """An activity in a task; `activity` is None while its process is dead."""

    component: Component
    intent: Intent
    task: Task
    cls: type[Activity]
    activity: Activity | None = None
    saved: dict[str, Any] = field(default_factory=dict)
    result: asyncio.Future[Any] | None = None
    state: str = "INITIALIZING"


@dataclass(eq=False)
class Task:
    """A task: a stack of activities that recents shows as one card."""

    id: int
    affinity: str
    records: list[ActivityRecord] = field(default_factory=list)
    last_active: float = 0.0

    @property
    def top(self) -> ActivityRecord | None:
        return self.records[-1] if self.records else None

    @property
    def apart(self) -> bool:
        """Whether it is one that recents leaves out, which no other activity joins."""
        return bool(self.records) and self.records[0].cls.exclude_from_recents

    def is_entered_by(self, intent: Intent, cls: type[Activity]) -> bool:
        """Whether the start only brings this task or an activity in it forward."""
        launched = intent.action == ACTION_MAIN and (
            CATEGORY_LAUNCHER in intent.categories or intent.component is not None
        )
        root = self.records[0]
        if root.cls is cls and (launched or root.intent.same_filter(intent)):
            return True
        if cls.launch_mode == "singleTask":
            return any(record.cls is cls for record in self.records)
        return cls.launch_mode == "singleTop" and self.records[-1].cls is cls


@dataclass(frozen=True)
class StartResult:
    """What became of a start: "started", "to_front" or "new_intent"; with the component."""

    outcome: str
    component: Component
    record: ActivityRecord
