"""JSON Schema of values as people write them, where a record keeps another form of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STRINGS = {"type": "array", "items": {"type": "string"}}
_TEXTS = {"anyOf": [{"type": "string"}, _STRINGS]}


@dataclass(frozen=True)
class OneOrMore:
    """A mark on a tuple: one item may stand for itself."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler(core)
        return {"anyOf": [written["items"], written]}


@dataclass(frozen=True)
class ByLocale:
    """A mark on texts: one, several, or by locale."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [*_TEXTS["anyOf"], {"type": "object", "additionalProperties": _TEXTS}]}


def with_variables(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, in which a variable may stand for any value that is no free text."""
    return {key: _opened(value) if key in ("$defs", "properties") else value
            for key, value in schema.items()}  # fmt: skip


_VARIABLE = {"type": "string", "pattern": r"\$\{[^}]+\}"}


def _opened(definitions: dict[str, Any]) -> dict[str, Any]:
    return {name: _with_variable(each) for name, each in definitions.items()}


def _with_variable(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {
        key: _opened(value) if key == "properties"
        else [_with_variable(each) for each in value] if key == "anyOf"
        else _with_variable(value) if key == "items"
        else value
        for key, value in node.items()
    }  # fmt: skip
    closed = (
        "enum" in node or "const" in node or node.get("type") in ("integer", "number", "boolean")
    )
    return {"anyOf": [inner, _VARIABLE]} if closed else inner
