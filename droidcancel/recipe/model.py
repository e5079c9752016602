"""A recipe as a frozen, fully checked record."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from droidcancel.apps.document import Frozen, nearest
from droidcancel.apps.schema import Texts
from droidcancel.apps.written import DIALECT, OneOrMore, with_variables
from droidcancel.cancel import METHODS
from droidcancel.recipe.steps_model import StepEntry
from droidcancel.recipe.values import Duration, MomentField
from droidcancel.verdict import VerdictName

Value = str | int | float | bool


def _known_method(value: Any) -> Any:
    if value is not None and (not isinstance(value, str) or value not in METHODS):
        known = ", ".join(METHODS)
        raise ValueError(f"expected a cancel method: {known}{nearest(value, METHODS)}")
    return value


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


MethodName = Annotated[
    str, BeforeValidator(_known_method), WithJsonSchema({"type": "string", "enum": list(METHODS)})
]


class Settings(Frozen):
    """What a recipe may set for its run.

    `token`: whether the caption carries the run's hashtag. `step_timeout`: how long a step may
    take. `upload_starts`: how long after Post the upload may take to show. `moment_timeout`: how
    long to watch for the moment. `stuck_after`: how long nothing may move before it is stuck.
    """

    token: bool = True
    step_timeout: Duration | None = None
    upload_starts: Duration = 20.0
    moment_timeout: Duration | None = None
    stuck_after: Duration = 10.0


class Recipe(Frozen):
    """One how-to. A `fragment` is only run by other recipes; anything else expects a verdict.

    `fallback`: what to cancel with, in this order, where the phone has no way to `method`.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    title: Texts
    description: Texts = Field(default_factory=dict)
    app: str | None = None
    fragment: bool = False
    vars: dict[str, Value | None] = Field(default_factory=dict)
    expect: Annotated[tuple[VerdictName, ...], BeforeValidator(_as_tuple), OneOrMore()] = ()
    method: MethodName | None = None
    fallback: tuple[MethodName, ...] = ()
    moment: MomentField | None = None
    settings: Settings = Field(default_factory=Settings)
    steps: tuple[StepEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Recipe:
        if self.fragment:
            return self
        if not self.expect:
            raise ValueError("expected `expect`: the verdicts that this recipe may end in")
        kinds = {entry.kind for entry in walk(self.steps)}
        for kind, needs in (("cancel", "method"), ("wait_for_moment", "moment")):
            if kind in kinds and getattr(self, needs) is None:
                raise ValueError(f"a recipe with a `{kind}` step needs `{needs}`")
        return self


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a recipe file, for editors."""
    return {"$schema": DIALECT, **with_variables(Recipe.model_json_schema(by_alias=True))}


def walk(steps: tuple[StepEntry, ...]) -> list[StepEntry]:
    """All steps, those inside others too, in order."""
    found = []
    for entry in steps:
        found.append(entry)
        for inner in ("steps", "otherwise"):
            found.extend(walk(getattr(entry.args, inner, ())))
    return found


def walk_decided(steps: tuple[StepEntry, ...]) -> list[StepEntry]:
    """All steps that may run: without those that no variable asks for."""
    found = []
    for entry in steps:
        decided = entry.when.decided if entry.when is not None else None
        if decided is not None:
            found.extend(walk_decided(decided))
            continue
        found.append(entry)
        for inner in ("steps", "otherwise"):
            found.extend(walk_decided(getattr(entry.args, inner, ())))
    return found


def posts(loaded: Any) -> int:
    """How often a recipe (a LoadedRecipe) posts at the least; a repeated step counts once."""
    return sum(entry.kind == "post" for entry in walk_decided(loaded.recipe.steps))
