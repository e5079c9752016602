"""The user's overlay of a profile: what was learnt on this machine, laid over what ships.

One YAML file a profile, ``profiles/NAME.yaml`` in the user's configuration directory or
``DROIDCANCEL_CONFIG_DIR``. It has the keys of a profile; each that it names replaces the
profile's, and ``learned`` adds locators to an element. Comments and all else in it are kept when it
is written.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import platformdirs
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from droidcancel.apps.document import Document
from droidcancel.device.yaml_positions import load_yaml, read_text
from droidcancel.errors import ConfigError, UsageError

CONFIG_VARIABLE = "DROIDCANCEL_CONFIG_DIR"
HEAD = "# What was learnt of {name} here; laid over the profile that ships with droidcancel.\n"
_WIDTH = 100


def overlay_path(profile: str) -> Path:
    """Where the user's overlay of a profile is, or would be."""
    chosen = os.environ.get(CONFIG_VARIABLE) or platformdirs.user_config_dir("droidcancel")
    return Path(chosen) / "profiles" / f"{Path(profile).name}.yaml"


def read_profile(
    path: Path, overlay: Path | None = None, *, instead: Document | None = None
) -> Document:
    """A profile's file, the user's overlay and then the one given laid over it. ConfigError.

    `instead`: an overlay that is taken in place of the file of its name.
    """
    document = Document.read(path)
    own = overlay_path(str(document.data.get("name") or path.stem))
    given = instead.file if instead is not None else None
    over = {str(p): p for p in (own, overlay) if p is not None and (p == overlay or p.is_file())}
    for name, file in over.items():
        if name not in (document.file, given):
            document = document.under(Document.read(file))
    return document if instead is None else document.under(instead)


def with_learned(text: str, file: str, element: str, locator: Mapping[str, Any]) -> str:
    """An overlay's text with one locator more for an element, its newest.

    ConfigError, with its place, where the text has something else in that place.
    """
    load_yaml(text, file)  # what is no YAML, or no mapping, is told here
    yaml = _round_trip(text)
    data: Any = yaml.load(text)
    empty = data is None
    data = CommentedMap() if empty else data
    place: Any = data
    for path in (("elements",), ("elements", element)):
        if place.get(path[-1]) is None:
            place[path[-1]] = CommentedMap()
        place = place[path[-1]]
        if not isinstance(place, CommentedMap):
            raise _misplaced(text, file, path, "keys and values")
    learned = place.setdefault("learned", CommentedSeq())
    if not isinstance(learned, CommentedSeq):
        raise _misplaced(text, file, ("elements", element, "learned"), "a list of locators")
    learned.append(_flow(locator))
    stream = io.StringIO()
    yaml.dump(data, stream)
    # a text of comments only has no key to hang them on
    return f"{text.rstrip()}\n{stream.getvalue()}" if empty and text.strip() else stream.getvalue()


def _misplaced(text: str, file: str, path: tuple[str, ...], wanted: str) -> ConfigError:
    return load_yaml(text, file).error(f"expected {wanted}", path)


def _flow(value: Any) -> Any:
    """A mapping as it is written in one line; its words are quoted, as YAML misreads some."""
    if isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if not isinstance(value, Mapping):
        return value
    made = CommentedMap({key: _flow(inner) for key, inner in value.items()})
    made.fa.set_flow_style()
    return made


def _round_trip(text: str) -> YAML:
    """A reader and writer that keeps a text's comments, quotes and indentation."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    mapping, offset = _indents(text)
    yaml.indent(mapping=mapping, sequence=offset + 2, offset=offset)
    return yaml


def _indents(text: str) -> tuple[int, int]:
    """How far keys are set in under keys, and lists under theirs, as the text does it first."""
    lines = [x for x in text.splitlines() if x.strip() and not x.lstrip().startswith("#")]
    mapping = offset = None
    for above, line in pairwise(lines):
        if not above.partition(" #")[0].rstrip().endswith(":"):
            continue
        deeper = _indent(line) - _indent(above)
        if line.lstrip().startswith("- "):
            offset = offset if offset is not None else max(0, deeper)
        elif deeper > 0:
            mapping = mapping or deeper
    return mapping or 2, 2 if offset is None else offset


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def read_overlay(path: Path, profile: str) -> str:
    """The text of an overlay, or the beginning of a new one."""
    return read_text(path) if path.exists() else HEAD.format(name=profile)


def write(path: Path, text: str) -> None:
    """Replace a file's content, whole or not at all. UsageError where it cannot be written."""
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                Path(name).chmod(target.stat().st_mode & 0o777)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
