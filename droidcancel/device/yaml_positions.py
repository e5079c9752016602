"""YAML read with its positions, checked by a pydantic model, errors at their line and column."""

from __future__ import annotations

import difflib
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.parser import RoundTripParser

from droidcancel.errors import ConfigError

Path = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)
MAX_CHARACTERS = 2**18
MAX_DEPTH = 40
PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")
)
MAX_NODES = 20_000  # with every alias written out


def key_place(node: CommentedMap, key: object) -> tuple[int, int]:
    """Line and column, from 0, of a key; of its mapping for a key that was merged in by `<<`."""
    place: tuple[int, int] = (node.lc.line, node.lc.col)
    if node.lc.data and key in node.lc.data:
        place = node.lc.key(key)
    return place


@dataclass(frozen=True)
class Positioned:
    """A document, and where each of its keys stands."""

    file: str
    data: Any

    def at(self, path: Path) -> Any:
        """What stands at a path, None where nothing does."""
        node = self.data
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def position(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of the deepest part of the path that stands in the file."""
        node, place = self.data, (0, 0)
        for part in path:
            if isinstance(node, CommentedMap) and part in node:
                place = key_place(node, part)
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                place = node.lc.item(part)
            else:
                break
            node = node[part]
        return place[0] + 1, place[1] + 1

    def known(self, path: Path) -> Path:
        """The path without what only pydantic put into it (the tag of a union)."""
        kept: Path = ()
        for part in path:
            node = self.at(kept)
            if isinstance(node, list) or (isinstance(node, Mapping) and part in node):
                kept = (*kept, part)
        return kept

    def error(self, message: str, path: Path, hint: str | None = None) -> ConfigError:
        """A ConfigError at a path."""
        line, column = self.position(path)
        key = ".".join(map(str, path)) or None
        return ConfigError(message, hint, file=self.file, line=line, column=column, key=key)


def read_text(path: pathlib.Path) -> str:
    """The text of a file, or so much of it that `load_yaml` sees it is too long.

    Raises ConfigError when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(4 * MAX_CHARACTERS + 4).decode("utf-8", "replace")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}", file=path) from error


def load_yaml(text: str, file: str) -> Positioned:
    """Parse YAML 1.2. Raises ConfigError; twice the same key is an error too."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"has more than {MAX_CHARACTERS} characters", file=file)
    try:
        data = _reader(file).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        problem = (error.problem or "is no YAML").splitlines()[0]
        raise ConfigError(problem, file=file, line=line, column=column) from error
    except (YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = next(iter(str(error).splitlines()), repr(error))
        raise ConfigError(f"is no YAML: {reason}", file=file) from error
    if data is None:
        data = CommentedMap()
    if not isinstance(data, Mapping):
        raise ConfigError("expected keys and values", file=file, line=1, column=1)
    return Positioned(file, data)


def _reader(file: str) -> YAML:
    """A reader of one document, whose events are checked as they come: nothing is read twice."""
    checked = _Checked(file)

    class Parser(RoundTripParser):
        def get_event(self) -> Event:
            event: Event = super().get_event()
            checked.take(event)
            return event

    reader = YAML(typ="rt")
    reader.Parser = Parser
    return reader


class _Checked:
    """Refuses what would take for ever: deep nesting, aliases of aliases; and tags (`!!python`).

    An alias counts as all that its anchor stands for.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._sizes: dict[str, int] = {}
        self._open: list[tuple[str | None, int]] = []
        self._count = 0

    def take(self, event: Event) -> None:
        """The next event. Raises ConfigError."""
        if isinstance(event, NodeEvent):
            self._node(event)
        if isinstance(event, ScalarEvent) and event.anchor:
            self._sizes[event.anchor] = 1
        if isinstance(event, CollectionStartEvent):
            self._open.append((event.anchor, self._count))
        elif isinstance(event, CollectionEndEvent):
            anchor, before = self._open.pop()
            if anchor:
                self._sizes[anchor] = self._count - before + 1

    def _node(self, event: NodeEvent) -> None:
        mark = event.start_mark
        if isinstance(event, AliasEvent):
            if any(anchor == event.anchor for anchor, _ in self._open):
                raise _at(mark, self._file, f"*{event.anchor} contains itself")
            self._count += self._sizes.get(event.anchor, 1)
        elif (tag := _tag(event)) is not None:
            raise _at(mark, self._file, f"the tag {tag} has no meaning here")
        else:
            self._count += 1
        if self._count > MAX_NODES or len(self._open) > MAX_DEPTH:
            raise _at(mark, self._file, "is nested too deeply, or too large")


def _at(mark: StreamMark, file: str, message: str) -> ConfigError:
    return ConfigError(message, file=file, line=mark.line + 1, column=mark.column + 1)


def _tag(event: NodeEvent) -> str | None:
    """The tag that was written before a node, "!!str" and the like aside."""
    tag = getattr(event, "tag", None)
    text = None if tag is None else str(tag)
    return None if text is None or text in PLAIN_TAGS else text


def check(document: Positioned, model: type[M], keys: Callable[[Positioned, Path], list[str]]) -> M:
    """The document as a model. ``keys`` names what may stand at a path, for suggestions."""
    try:
        return model.model_validate(_plain(document.data))
    except ValidationError as error:
        raise _located(document, error.errors()[0], keys) from error


def _plain(node: Any) -> Any:
    """ruamel's containers as dicts and lists."""
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


def _located(
    document: Positioned, detail: ErrorDetails, keys: Callable[[Positioned, Path], list[str]]
) -> ConfigError:
    path = document.known(tuple(detail["loc"]))
    if detail["type"] == "missing":
        return document.error(f"`{detail['loc'][-1]}` is missing", path)
    if detail["type"] == "extra_forbidden":
        return _unknown_key(document, path, keys(document, path[:-1]))
    if detail["type"] == "union_tag_not_found":
        return document.error("`kind` is missing: usb, tcp, emulator or simulator", path)
    if detail["type"] == "union_tag_invalid":
        return _unknown_kind(document, detail["ctx"], path)
    message = detail["msg"].removeprefix("Value error, ")
    given = detail.get("input")
    secret = "pin" in str(path[-1:])
    if isinstance(given, str | int | float) and repr(given) not in message and not secret:
        message += f" (got {given!r})"
    return document.error(message, path)


def _unknown_kind(document: Positioned, told: dict[str, Any], path: Path) -> ConfigError:
    """A word that no member of a union goes by. ``told``: pydantic's words about it."""
    key, given = told["discriminator"].strip("'"), told["tag"]
    known = [word.strip(" '") for word in told["expected_tags"].split(",")]
    close = difflib.get_close_matches(given, known, n=1, cutoff=0.6)
    message = f"expected {', '.join(known)}, got {given!r}"
    return document.error(message, (*path, key), f"did you mean {close[0]!r}?" if close else None)


def _unknown_key(document: Positioned, path: Path, known: list[str]) -> ConfigError:
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.6)
    hint = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}"
    return document.error("unknown key", path, hint if known else None)
