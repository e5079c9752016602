"""`droidcancel schema`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click


def _recipe() -> dict[str, Any]:
    from droidcancel.recipe.model import json_schema

    return json_schema()


def _devices() -> dict[str, Any]:
    from droidcancel.apps.written import DIALECT
    from droidcancel.device.config import Devices

    return {"$schema": DIALECT, **Devices.model_json_schema(by_alias=True)}


def _profile() -> dict[str, Any]:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.apps.written import DIALECT

    return {"$schema": DIALECT, **AppProfile.model_json_schema(by_alias=True)}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "recipe": _recipe,
    "devices": _devices,
    "profile": _profile,
}


def text_of(what: str) -> str:
    """A schema as the text of a file."""
    return json.dumps(SCHEMAS[what](), indent=2, ensure_ascii=False) + "\n"


@click.command(name="schema")
@click.argument("what", type=click.Choice(list(SCHEMAS)))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def command(what: str, output: Path | None) -> None:
    """Print the JSON Schema of recipes, of devices.yaml or of app profiles, for editors."""
    if output is None:
        click.echo(text_of(what), nl=False)
    else:
        output.write_text(text_of(what), encoding="utf-8")
