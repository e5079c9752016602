"""Recipes as tests: `pytest recipes/` runs each YAML file that is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from droidcancel.pytest_plugin import options

SUFFIXES = (".yaml", ".yml")
#: without the option or the ini key
USUAL = ("recipes/*.yaml", "recipes/*.yml")


def collect(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A collector for a file that is named as a test, or lies where recipes do, and is a recipe."""
    if path.suffix not in SUFFIXES:
        return None
    named = parent.session.isinitpath(path)
    if not named and not _is_meant(path, parent.config):
        return None
    if not named and not _looks_like_one(path):
        return None
    return RecipeFile.from_parent(parent, path=path)


def _is_meant(path: Path, config: pytest.Config) -> bool:
    patterns = options.names(config, "recipes") or USUAL
    return any(fnmatch(path.as_posix(), f"*/{pattern}") for pattern in patterns)


def _looks_like_one(path: Path) -> bool:
    """Whether a file has the keys of a recipe that runs by itself; nothing is imported for it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    keys = set(re.findall(r"^([a-z_]+):", text, re.MULTILINE))
    fragment = re.search(r"^fragment:\s*true\b", text, re.MULTILINE)
    return {"name", "title", "steps"} <= keys and fragment is None


class RecipeFile(pytest.Module):
    """A recipe's file: one test, which runs it on `phone`."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        from droidcancel.errors import DroidCancelError
        from droidcancel.recipe.load import load_recipe

        try:
            recipe = load_recipe(self.path).recipe
        except DroidCancelError as error:
            raise self.CollectError(error.explain()) from None
        if recipe.fragment:
            raise self.CollectError(f"{self.path.name} is a part of other recipes")
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        setattr(module, recipe.name, _test_of(self.path, recipe.app))
        self.obj = module
        return super().collect()

    def funcnamefilter(self, name: str) -> bool:
        """The function of a recipe has its name."""
        return True


def _test_of(path: Path, app: str | None) -> Callable[..., Any]:
    def test(run_recipe: Callable[..., Any]) -> None:
        __tracebackhide__ = True
        run_recipe(path)

    return test if app is None else pytest.mark.droid(app=app)(test)
