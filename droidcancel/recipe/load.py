"""From a file to a checked recipe: variables, other recipes that it runs, and names in the profile.

Everything is checked before the first step runs. Variables are put into parsed scalars, once: what
a variable holds is never read as YAML nor searched for further variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from droidcancel.apps.document import Document, Loc, Problem, nearest
from droidcancel.apps.profile import AppProfile
from droidcancel.errors import ConfigError, UsageError
from droidcancel.recipe.model import Recipe, Value
from droidcancel.recipe.steps_base import Refers
from droidcancel.recipe.steps_model import RunRecipe, StepEntry

PACKAGE = Path(__file__).parent.parent
#: known only while a recipe runs; steps put them in
LATE = frozenset({"token"})
#: variables that the command line has options for
_OPTIONS = {"video": "--video FILE", "caption": "--caption TEXT"}
_VARIABLE = re.compile(r"\$\$|\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: characters of a recipe with its variables put in; a variable may hold much, and stand often
MOST_FILLED = 2**19
#: recipes that one runs, those that these run among them, each as often as it is run
MOST_RECIPES = 100


@dataclass(frozen=True)
class LoadedRecipe:
    """A recipe with its file, and the recipes that it runs.

    `missing`: variables that it declares without a default, and that got no value.
    """

    recipe: Recipe
    document: Document
    missing: tuple[str, ...] = ()
    fragments: tuple[LoadedRecipe, ...] = ()

    def check_complete(self) -> None:
        """UsageError for variables without a value."""
        if self.missing:
            names = ", ".join(self.missing)
            raise UsageError(
                f"{self.document.file}: no value for {names}",
                "give it with " + ", ".join(_OPTIONS.get(n, f"-e {n}=VALUE") for n in self.missing),
            )

    def check_names(self, profile: AppProfile) -> None:
        """ConfigError, at its place, for an element or screen that the profile does not have."""
        problems = [
            Problem(loc, f"{profile.name!r} has no {part[:-1]} {name!r}{nearest(name, known)}")
            for loc, part, name in _references(self.recipe, ())
            if name not in (known := getattr(profile, part)) and name not in profile.lacks
        ]
        if problems:
            raise self.document.error(problems)
        for fragment in self.fragments:
            fragment.check_names(profile)


def recipes_dir() -> Path:
    """Where the recipes that ship with droidcancel are: in the wheel, or beside the package."""
    shipped = PACKAGE / "recipes"
    return shipped if shipped.is_dir() else PACKAGE.parent / "recipes"


def recipe_names(fragments: bool = False) -> list[str]:
    """The recipes that ship with droidcancel."""
    paths = sorted(recipes_dir().glob("*.yaml"))
    return [p.stem for p in paths if fragments or not Document.read(p).data.get("fragment")]


def recipe_path(name: str | Path, beside: Path | None = None) -> Path:
    """The file of a recipe: a path, or a name beside another file or among those shipped.

    UsageError where there is none.
    """
    given = Path(name)
    if given.suffix in (".yaml", ".yml"):
        found = given if given.is_absolute() or beside is None else beside / given
        if not found.is_file():
            raise UsageError(f"there is no recipe file {found}")
        return found
    for folder in (beside, recipes_dir()):
        if folder is not None and (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = recipe_names(fragments=True)
    raise UsageError(
        f"no recipe {str(name)!r}{nearest(name, known)}",
        f"recipes: {', '.join(recipe_names())}; or give the path of a YAML file",
    )


def load_recipe(name: str | Path, values: Mapping[str, Value] | None = None) -> LoadedRecipe:
    """A recipe by name or path, with values for its variables.

    Values may be left out here; running it then raises (`check_complete`). ConfigError with file,
    line and column for anything wrong in it, or in a recipe that it runs;
    UsageError for a name or a variable that does not exist.
    """
    return _load(recipe_path(name), dict(values or {}), (), _Reader())


class _Reader:
    """The files of one recipe; each is read once, and there are not too many."""

    def __init__(self) -> None:
        self._documents: dict[Path, Document] = {}
        self._count = 0

    def read(self, path: Path) -> Document:
        self._count += 1
        if self._count > MOST_RECIPES:
            raise ConfigError(f"runs more than {MOST_RECIPES} recipes, in all", file=path)
        if path not in self._documents:
            self._documents[path] = Document.read(path)
        return self._documents[path]


def _load(
    path: Path, given: Mapping[str, Value], running: tuple[Path, ...], reader: _Reader
) -> LoadedRecipe:
    document = reader.read(path)
    values = _values(document, given)
    missing = tuple(n for n in _declared(document) if n not in values)
    filled = Document(document.file, _filled(document, values, missing), document.places)
    recipe = filled.check(Recipe)
    for loc, entry in _entries(recipe.steps, ("steps",)):
        line, column = filled.place(loc)
        entry.stands_at(f"{path.name}:{line}:{column}")
    fragments = tuple(
        _fragment(filled, loc, step, (*running, path.resolve()), reader)
        for loc, step in _run_recipes(recipe)
    )
    return LoadedRecipe(recipe, filled, missing, fragments)


def _fragment(
    document: Document, loc: Loc, step: RunRecipe, running: tuple[Path, ...], reader: _Reader
) -> LoadedRecipe:
    try:
        path = recipe_path(step.recipe, Path(document.file).parent)
    except UsageError as error:
        raise document.error([Problem(loc, error.message)], error.hint) from error
    if path.resolve() in running:
        chain = " → ".join(p.stem for p in (*running, path))
        raise document.error([Problem(loc, f"a recipe that runs itself: {chain}")])
    try:
        loaded = _load(path, step.vars, running, reader)
    except _UnknownVariable as error:
        raise document.error([Problem((*loc, "vars", error.name), error.message)]) from error
    step.loaded(loaded.recipe.steps)
    return loaded


class _UnknownVariable(UsageError):
    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def _values(document: Document, given: Mapping[str, Value]) -> dict[str, Value]:
    """Defaults of the file with the given values over them; those with neither are left out."""
    declared = _declared(document)
    for name in given:
        if name not in declared:
            raise _UnknownVariable(
                name,
                f"{document.file}: no variable {name!r}{nearest(name, declared)}"
                + (f"; it has {', '.join(declared)}" if declared else ""),
            )
    values = {name: given.get(name, default) for name, default in declared.items()}
    return {name: value for name, value in values.items() if value is not None}


def _declared(document: Document) -> dict[str, Value | None]:
    declared = document.data.get("vars")
    return declared if isinstance(declared, dict) else {}


def _filled(
    document: Document, given: Mapping[str, Value], missing: tuple[str, ...]
) -> dict[str, Any]:
    """The file's data with the variables put in. ConfigError for one that is not declared."""
    problems: list[Problem] = []
    values = {**{name: f"${{{name}}}" for name in missing}, **given}
    if _size(document.data, values) > MOST_FILLED:
        problem = Problem(("steps",), f"is longer than {MOST_FILLED} characters with its variables")
        raise document.error([problem], "give them shorter values, or use them less often")
    parts = {
        key: value if key == "vars" else _fill(value, (key,), values, problems)
        for key, value in document.data.items()
    }
    if problems:
        raise document.error(problems, "declare it under `vars`")
    return parts


def _fill(node: Any, loc: Loc, values: Mapping[str, Value], problems: list[Problem]) -> Any:
    if isinstance(node, dict):
        return {k: _fill(v, (*loc, k), values, problems) for k, v in node.items()}
    if isinstance(node, list):
        return [_fill(v, (*loc, i), values, problems) for i, v in enumerate(node)]
    if not isinstance(node, str):
        return node
    try:
        return fill(node, values)
    except ValueError as error:
        problems.append(Problem(loc, str(error)))
        return node


def _size(node: Any, values: Mapping[str, Value]) -> int:
    """How many characters all texts would have, the variables put in."""
    if isinstance(node, dict):
        return sum(_size(value, values) for value in node.values())
    if isinstance(node, list):
        return sum(_size(value, values) for value in node)
    if not isinstance(node, str):
        return 0
    put_in = (values.get(m[1] or "", "") for m in _VARIABLE.finditer(node))
    return len(node) + sum(len(v) for v in put_in if isinstance(v, str))


def fill(text: str, values: Mapping[str, Value]) -> Value:
    """``${name}`` put in, ``$$`` as ``$``; a text that is one variable keeps that value's type.

    ValueError for a variable without a value. Those of :data:`LATE` stay as written.
    """
    whole = _VARIABLE.fullmatch(text)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _VARIABLE.sub(lambda match: _value(match, values), text)


def fill_late(text: str, values: Mapping[str, str]) -> str:
    """The variables that are known only while a recipe runs."""
    return re.sub(r"\$\{(\w+)\}", lambda m: values.get(m[1], m[0]), text)


def _value(match: re.Match[str], values: Mapping[str, Value]) -> str:
    name = match[1]
    if name is None:
        return "$"
    if name in LATE:
        return match[0]
    if name in values:
        return str(values[name])
    if not _NAME.fullmatch(name):
        raise ValueError(f"expected a variable's name in ${{...}}, got {name!r}")
    raise ValueError(f"no variable {name!r}{nearest(name, values)}")


def _run_recipes(recipe: Recipe) -> Iterator[tuple[Loc, RunRecipe]]:
    for loc, entry in _entries(recipe.steps, ("steps",)):
        if entry.run_recipe is not None:
            yield (*loc, "run_recipe"), entry.run_recipe


def _entries(steps: tuple[StepEntry, ...], at: Loc) -> Iterator[tuple[Loc, StepEntry]]:
    for index, entry in enumerate(steps):
        yield (*at, index), entry
        if entry.kind == "run_recipe":
            continue
        for inner in ("steps", "otherwise"):
            inside = getattr(entry.args, inner, ())
            yield from _entries(inside, (*at, index, entry.kind, inner))


def _references(node: Any, loc: Loc) -> Iterator[tuple[Loc, str, str]]:
    """Every name in a recipe that the profile must know: place, part, name."""
    if isinstance(node, BaseModel):
        for name, info in type(node).model_fields.items():
            inner = (*loc, info.alias or name)
            value = getattr(node, name)
            part = _part(info)
            if part is not None and value is not None:
                yield from (
                    (inner, part, n) for n in ([value] if isinstance(value, str) else value)
                )
            else:
                yield from _references(value, inner)
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from _references(item, (*loc, index))


def _part(info: FieldInfo) -> str | None:
    marks: list[Any] = [*info.metadata, *getattr(info.annotation, "__metadata__", ())]
    for argument in getattr(info.annotation, "__args__", ()):
        marks.extend(getattr(argument, "__metadata__", ()))
    return next((mark.part for mark in marks if isinstance(mark, Refers)), None)
