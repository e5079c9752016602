"""What every step's record is made of: names that the profile must know, and the shorthand.

``- tap: post_button`` is short for ``- tap: {element: post_button}``; the class names the key that
its shorthand fills. A field marked :class:`Refers` holds a name that the app's profile must know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from droidcancel.apps.document import Frozen
from droidcancel.apps.schema import UploadState
from droidcancel.apps.written import OneOrMore


@dataclass(frozen=True)
class Refers:
    """A mark on a field: its value names an entry of this part of the profile."""

    part: Literal["elements", "screens", "places"]


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


ElementName = Annotated[str, Refers("elements")]
ElementNames = Annotated[
    tuple[str, ...], BeforeValidator(_as_tuple), OneOrMore(), Refers("elements")
]
ScreenNames = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), OneOrMore(), Refers("screens")]
States = Annotated[tuple[UploadState, ...], BeforeValidator(_as_tuple), OneOrMore()]
Direction = Literal["up", "down", "left", "right"]
Key = Literal["back", "home", "recents", "enter", "delete", "power", "wakeup", "search", "menu"]


class Args(Frozen):
    """What a step takes. `shorthand`: the key that a plain value stands for."""

    shorthand: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, value: Any) -> Any:
        if isinstance(value, dict | Args):
            return value
        if value is None:
            return {}
        if cls.shorthand is None:
            raise ValueError("takes no plain value; expected keys: " + ", ".join(cls.keys()))
        return {cls.shorthand: value}

    @classmethod
    def keys(cls) -> list[str]:
        """The keys it takes, as written."""
        return [f.alias or name for name, f in cls.model_fields.items()] or ["none"]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler.resolve_ref_schema(handler(core))
        short = written.get("properties", {}).get(cls.shorthand)
        plain: JsonSchemaValue = short if short is not None else {"type": "null"}
        return {"anyOf": [{**written}, plain], "description": (cls.__doc__ or "").strip()}
