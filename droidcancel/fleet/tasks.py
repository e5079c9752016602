"""What Dask runs on a host, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from droidcancel.fleet.agent import Agent, resolve

_AGENTS: list[Agent] = []


def offer(agent: Agent) -> None:
    """Make this process the host's worker."""
    _AGENTS[:] = [agent]


def run(job: Mapping[str, Any], phone: str) -> dict[str, Any]:
    """Run a job on a phone of this worker."""
    return _AGENTS[0].run(job, phone)


def resolve_job(job: Mapping[str, Any]) -> dict[str, Any]:
    """What became of a job that another process of this host was given."""
    return resolve(job)


def phones_of(_worker: object) -> list[dict[str, Any]]:
    """What the worker tells with each heartbeat: its phones."""
    return _AGENTS[0].describe()
