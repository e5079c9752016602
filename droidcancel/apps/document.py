"""A YAML file whose every value knows its place, checked by a pydantic model.

Errors come as one :class:`ConfigError`: the first problem's ``file:line:column`` on the error
itself, all problems in its message, each with what was expected and, for a misspelt name, the
nearest one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from droidcancel.device.yaml_positions import key_place, load_yaml, read_text
from droidcancel.errors import ConfigError

#: so many of a file's problems are told at once
MOST_PROBLEMS = 50

Loc = tuple[int | str, ...]
Position = tuple[int, int]


class Frozen(BaseModel):
    """A checked record: no unknown keys, no changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file."""

    loc: Loc
    message: str


@dataclass(frozen=True)
class Document:
    """A parsed file: plain data, and the place of each key and item (line and column from 1).

    `files`: which other file a key or item comes from, where one was laid over this.
    """

    file: str
    data: Any
    places: Mapping[Loc, Position] = field(default_factory=dict)
    files: Mapping[Loc, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Document:
        """Parse a file. ConfigError when it cannot be read or is no YAML."""
        return cls.parse(read_text(path), str(path))

    @classmethod
    def parse(cls, text: str, file: str = "<text>") -> Document:
        """Parse YAML text. ConfigError where it is none, or no mapping."""
        tree = load_yaml(text, file).data
        places: dict[Loc, Position] = {(): (1, 1)}
        return cls(file, _plain(tree, (), places), places)

    def place(self, loc: Loc) -> Position:
        """The place of a value, or of the nearest thing around it that stands in the file."""
        return self.places.get(self._nearest(loc), (1, 1))

    def file_of(self, loc: Loc) -> str:
        """The file in which that place is."""
        return self.files.get(self._nearest(loc), self.file)

    def _nearest(self, loc: Loc) -> Loc:
        while loc not in self.places and loc:
            loc = loc[:-1]
        return loc

    def under(self, over: Document) -> Document:
        """This one with another laid over it, key by key; each keeps its own places."""
        return Document(
            self.file,
            _merged(self.data, over.data),
            {**self.places, **over.places},
            {**self.files, **{loc: over.file_of(loc) for loc in over.places if loc}},
        )

    def error(self, problems: Sequence[Problem], hint: str | None = None) -> ConfigError:
        """All problems as one error, in the order of the file."""
        ordered = sorted(problems, key=lambda p: (self.file_of(p.loc), self.place(p.loc)))
        first = ordered[0]
        line, column = self.place(first.loc)
        rest = [self._line(p) for p in ordered[1:MOST_PROBLEMS]]
        if len(ordered) > MOST_PROBLEMS:
            rest.append(f"and {len(ordered) - MOST_PROBLEMS} more")
        return ConfigError(
            "\n".join([first.message, *rest]),
            hint,
            file=self.file_of(first.loc),
            line=line,
            column=column,
            key=dotted(first.loc) or None,
        )

    def _line(self, problem: Problem) -> str:
        line, column = self.place(problem.loc)
        file = self.file_of(problem.loc)
        return f"{file}:{line}:{column}: {dotted(problem.loc)}: {problem.message}"

    def check(self, model: type[M], context: Mapping[str, Any] | None = None) -> M:
        """The data as a model. ConfigError with every problem found."""
        try:
            return model.model_validate(self.data, context=dict(context or {}))
        except ValidationError as error:
            raise self.error(self.problems(model, error)) from error

    def problems(self, model: type[BaseModel], error: ValidationError) -> list[Problem]:
        """Pydantic's errors in this file's terms."""
        details = error.errors()
        # a list whose items are wrong is also called too short: only the items are to blame
        inner = {d["loc"][:n] for d in details for n in range(len(d["loc"]))}
        told = [d for d in details if d["type"] != "too_short" or d["loc"] not in inner]
        found = [_problem(model, detail, self.places) for detail in told]
        return list({(p.loc, p.message): p for p in found}.values())


def dotted(loc: Iterable[int | str]) -> str:
    """``steps.2.tap``."""
    return ".".join(str(part) for part in loc)


def nearest(name: object, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or nothing."""
    close = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _merged(base: Any, over: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    keys = {**base, **over}
    return {k: _merged(base.get(k), over[k]) if k in over else base[k] for k in keys}


def _plain(node: Any, loc: Loc, places: dict[Loc, Position]) -> Any:
    """The tree as dicts, lists and scalars; fills `places`."""
    if isinstance(node, CommentedMap):
        return {
            key: _child(key_place(node, key), v, (*loc, key), places) for key, v in node.items()
        }
    if isinstance(node, CommentedSeq):
        return [_child(node.lc.item(i), v, (*loc, i), places) for i, v in enumerate(node)]
    return _scalar(node)


def _child(mark: tuple[int, int], node: Any, loc: Loc, places: dict[Loc, Position]) -> Any:
    places[loc] = (mark[0] + 1, mark[1] + 1)
    return _plain(node, loc, places)


def _scalar(node: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return None if node is None else str(node)


def _problem(
    model: type[BaseModel], detail: ErrorDetails, places: Mapping[Loc, Position]
) -> Problem:
    loc = in_file(tuple(detail["loc"]), places)
    if detail["type"] == "extra_forbidden":
        key = detail["loc"][-1]
        known = known_keys(model, tuple(detail["loc"][:-1]))
        expected = f"; known: {', '.join(sorted(known))}" if known else ""
        return Problem(loc, f"unknown key {key!r}{nearest(key, known)}{expected}")
    if detail["type"] == "missing":
        return Problem(loc[:-1] if loc not in places else loc, f"{detail['loc'][-1]!r} is missing")
    given = detail.get("input")
    if detail["type"] == "literal_error":
        expected = str(detail["ctx"]["expected"])
        near = nearest(given, expected.replace(" or ", ", ").replace("'", "").split(", "))
        return Problem(loc, f"expected {expected}{near}, got {given!r}")
    shown = f", got {given!r}" if isinstance(given, str | int | float) else ""
    message = detail["msg"].removeprefix("Value error, ")
    return Problem(loc, message if repr(given) in message else message + shown)


def in_file(loc: Loc, places: Mapping[Loc, Position]) -> Loc:
    """A location of pydantic without what it adds (names of union members, ``[key]``)."""
    kept: Loc = ()
    for index, part in enumerate(loc):
        last = index == len(loc) - 1 and isinstance(part, str) and part.isidentifier()
        if (*kept, part) in places or last:
            kept = (*kept, part)
    return kept


def known_keys(model: type[BaseModel], loc: Loc) -> set[str]:
    """The keys that the model at a location takes."""
    found = _model_at(model, loc)
    if found is None:
        return set()
    return {f.alias or name for name, f in found.model_fields.items()}


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    current: Any = model
    for part in loc:
        models = [m for m in _models(current) if isinstance(part, str)]
        field_type = next((t for m in models if (t := _field_type(m, str(part)))), None)
        current = field_type if field_type is not None else current
    return next(iter(_models(current)), None)


def _field_type(model: type[BaseModel], key: str) -> Any:
    for name, info in model.model_fields.items():
        if key in (name, info.alias):
            return info.annotation
    return None


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside an annotation: ``dict[str, X]`` and ``tuple[X, ...]`` give X."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for arg in getattr(annotation, "__args__", ()) for m in _models(arg)]
