"""`droidcancel validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from droidcancel.errors import DroidCancelError, UsageError

#: the key that only this kind of file has
KINDS = {"steps": "recipe", "devices": "devices", "elements": "profile"}


@click.command(name="validate")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)  # fmt: skip
def command(files: tuple[Path, ...]) -> None:
    """Check recipes, devices.yaml and app profiles without a phone, as a pre-commit hook does."""
    wrong = [error for file in files if (error := _check(file)) is not None]
    for error in wrong[:-1]:
        click.echo(f"Error: {error.explain()}", err=True)
    if wrong:
        raise wrong[-1]


def _check(file: Path) -> DroidCancelError | None:
    try:
        kind = _kind_of(file)
        _read(file, kind)
    except DroidCancelError as error:
        return error
    click.echo(f"{file}: good ({kind})")
    return None


def _kind_of(file: Path) -> str:
    from droidcancel.apps.document import Document

    keys: Any = Document.read(file).data
    for key, kind in KINDS.items():
        if key in keys:
            return kind
    raise UsageError(
        f"{file}: is no recipe, no devices.yaml and no app profile",
        f"expected one of the keys {', '.join(KINDS)}",
    )


def _read(file: Path, kind: str) -> None:
    """Raises UsageError, ConfigError for anything wrong."""
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device.config import load_devices
    from droidcancel.recipe.load import load_recipe

    if kind == "devices":
        load_devices(file)
    elif kind == "profile":
        AppProfile.load(file)
    else:
        loaded = load_recipe(file.absolute())
        if loaded.recipe.app is not None:
            loaded.check_names(AppProfile.load(loaded.recipe.app))
