"""`droidcancel recipes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli.options import json_option, out, print_json, table
from droidcancel.cli.terminal import say
from droidcancel.errors import DroidCancelError

if TYPE_CHECKING:
    from droidcancel.apps.profile import AppProfile


@click.group(name="recipes", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, show and check recipes."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=False)


@command.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List the recipes that ship with droidcancel."""
    from droidcancel.recipe.load import load_recipe, recipe_names

    recipes = [load_recipe(name).recipe for name in recipe_names()]
    if as_json:
        print_json([summary(recipe) for recipe in recipes])
        return
    rows = table("recipe", "method", "moment", "expects", "title", folds=("expects", "title"))
    for recipe in recipes:
        row = summary(recipe)
        expects = " or ".join(row["expect"])
        rows.add_row(row["name"], row["method"], row["moment"], expects, row["title"])
    out().print(rows)


def summary(recipe: Any) -> dict[str, Any]:
    """A recipe in a few words."""
    return {
        "name": recipe.name,
        "title": text_of(recipe.title),
        "method": recipe.method,
        "moment": None if recipe.moment is None else str(recipe.moment),
        "expect": list(recipe.expect),
    }


def text_of(texts: Mapping[str, Sequence[str]]) -> str:
    """A recipe's text in English, or in the first language that it has."""
    english = next((locale for locale in texts if locale.startswith("en")), None)
    chosen = texts[english] if english else next(iter(texts.values()), ("",))
    return chosen[0]


@command.command()
@click.argument("recipe")
def show(recipe: str) -> None:
    """Print a recipe's YAML; RECIPE is a name or a path."""
    from droidcancel.recipe.load import recipe_path

    say(recipe_path(recipe).read_text(encoding="utf-8"), nl=False)


@command.command()
@click.argument("recipes", nargs=-1, metavar="[RECIPE...]")
@click.option("--app", metavar="PROFILE", help="Also check elements against this app profile.")
def validate(recipes: tuple[str, ...], app: str | None) -> None:
    """Check recipes without a phone; what is wrong is shown with its place.

    Without RECIPE, all that ship with droidcancel, against every profile that does.
    """
    from droidcancel.apps.profile import AppProfile
    from droidcancel.recipe.load import recipe_names

    apps = [app] if app is not None else [] if recipes else AppProfile.names()
    profiles = [AppProfile.load(name) for name in apps]
    names = recipes or tuple(recipe_names(fragments=True))
    wrong = [error for name in names if (error := _check(name, profiles)) is not None]
    for error in wrong[:-1]:
        say(f"Error: {error.explain()}", err=True)
    if wrong:
        raise wrong[-1]


def _check(name: str, profiles: Sequence[AppProfile]) -> DroidCancelError | None:
    """What is wrong with a recipe, for these profiles or its own; says so where it is good."""
    from droidcancel.apps.profile import AppProfile
    from droidcancel.recipe.load import load_recipe

    try:
        loaded = load_recipe(name)
        own = loaded.recipe.app
        against = [AppProfile.load(own)] if own is not None and not profiles else profiles
        for profile in against:
            loaded.check_names(profile)
    except DroidCancelError as error:
        return error
    names = ", ".join(profile.name for profile in against)
    say(f"{name}: good{f' ({names})' if names else ''}")
    return None


@command.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def schema(output: Path | None) -> None:
    """Print the JSON Schema of recipes, for editors."""
    import json

    from droidcancel.recipe.model import json_schema

    text = json.dumps(json_schema(), indent=2) + "\n"
    if output is None:
        say(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
