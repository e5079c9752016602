"""All targets, by name."""

from __future__ import annotations

import importlib

from benchmarks.fuzz.target import Target

#: the module of each; only that is imported, as atheris takes its time over each module
TARGETS = {
    **dict.fromkeys(("hierarchy", "parsers", "frames", "locators"), "phone_side"),
    **dict.fromkeys(
        ("recipe", "profile", "devices", "cassette", "journal", "report", "options"), "file_side"
    ),
    **dict.fromkeys(
        ("packets", "keys", "grammar", "sync", "packages", "rpc", "http", "queries"), "adb_side"
    ),
}


def load(name: str) -> Target:
    """A target by its name."""
    module = importlib.import_module(f"benchmarks.fuzz.{TARGETS[name]}")
    found: dict[str, Target] = {target.name: target for target in module.TARGETS}
    return found[name]
