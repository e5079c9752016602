"""`droidcancel run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli import deletes, outputs, runs
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import (
    devices_file_option,
    json_option,
    package_option,
    print_json,
    serial_option,
)
from droidcancel.cli.outputs import outputs_options
from droidcancel.cli.terminal import say
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.recipe.load import LoadedRecipe
    from droidcancel.recipe.result import RunResult


@click.command(name="run")
@click.argument("recipes", nargs=-1, required=True, metavar="RECIPE...")
@serial_option
@devices_file_option
@click.option("--app", metavar="PROFILE", help="The app profile, where the recipe names none.")
@package_option
@click.option(
    "--video",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The video to upload; without it a sample is made.",
)
@click.option("--caption", metavar="TEXT", help="The caption; the run's hashtag is added to it.")
@click.option(
    "--at",
    metavar="MOMENT",
    help="When to cancel: 40%, 3MB, 'after 2s', posting, stuck, failed, published.",
)
@click.option("--method", metavar="METHOD", help="How to cancel, in place of the recipe's way.")
@click.option("-e", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable of the recipe.")
@click.option("--in-app", is_flag=True, help="Clear the cache in the app: -e in_app=true.")
@click.option("--repeat", type=click.IntRange(1, 10_000), default=1, show_default=True)
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a report page with screenshots there.",
)
@outputs_options
@click.option(
    "--observer",
    metavar="SERIAL",
    help="A second phone, logged in to another account, to see what others are shown.",
)
@click.option("--max-posts", type=click.IntRange(0), help="Post no more than this, in all.")
@click.option("--max-deletes", type=click.IntRange(0), help="Delete no more than this, in all.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print the steps and touch nothing; of a delete, find and show what it would take.",
)
@click.option(
    "--yes",
    is_flag=True,
    help="Say yes to what a recipe asks; delete without asking; run on a phone that devices.yaml"
    " marks protected.",
)
@history_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, recipes: tuple[str, ...], serial: str | None, devices_file: Path | None,
    app: str | None, package: str | None, video: Path | None, caption: str | None,
    at: str | None, method: str | None,
    pairs: tuple[str, ...], in_app: bool, repeat: int, report: Path | None,
    observer: str | None, max_posts: int | None, max_deletes: int | None, dry_run: bool, yes: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Run recipes on a phone and print each verdict.

    RECIPE is a name (see `droidcancel recipes list`) or the path of a YAML file. With no phone
    attached, a virtual one is booted for the run.
    """
    values = runs.parse_values(pairs)
    values |= {k: str(v) for k, v in (("video", video), ("caption", caption)) if v is not None}
    values |= {"in_app": True} if in_app else {}
    moment = runs.parse_moment(at)
    _known_method(method)
    wish = runs.Wish(
        app=app, package=package, method=method, moment=moment, report=report, as_json=as_json
    )
    loaded = [runs.load(name, values) for name in recipes] * repeat
    runs.refuse_fragments(loaded)
    with outputs.opened(dry_run=dry_run) as written:
        results = _run(
            loaded, wish, written, serial, devices_file,
            observer=observer, limits=(max_posts, max_deletes), dry_run=dry_run, yes=yes,
        )  # fmt: skip
    ctx.exit(runs.exit_code(results))


def _run(
    loaded: list[LoadedRecipe], wish: runs.Wish, written: outputs.Outputs,
    serial: str | None, devices_file: Path | None, *,
    observer: str | None, limits: tuple[int | None, int | None], dry_run: bool, yes: bool,
) -> list[RunResult]:  # fmt: skip
    """Run the recipes, or show what they would do; the results of those that were run."""
    if dry_run:
        _print_plans(loaded, wish)
        loaded = [recipe for recipe in loaded if deletes.names_an_item(recipe)]
        if not loaded:
            return []
        wish = replace(wish, dry_run=True, report=deletes.pictures_folder(wish.report))
    else:
        deletes.ask(loaded, yes)
    from droidcancel.cli.phones import open_phone
    from droidcancel.recipe.model import posts

    with open_phone(serial, devices_file, may_boot=True) as phone:
        phone = runs.limited(phone, *limits)
        runs.check_posts(0 if dry_run else sum(map(posts, loaded)), phone)
        deletes.check_limit(loaded, phone)
        second = observer or phone.entry.observer
        with deletes.observer(second, devices_file, phone) as watching:
            wish = replace(wish, observer=watching)
            done = runs.run_all(loaded, phone, wish, written.take)
    results = [result for result, _ in done]
    if dry_run:
        deletes.show(results, wish.as_json)
    elif not wish.as_json:
        runs.show_table(done)
    return results


def _known_method(method: str | None) -> None:
    from droidcancel.cancel import METHODS

    if method is not None and method not in METHODS:
        raise UsageError(f"no cancel method {method!r}", f"methods: {', '.join(METHODS)}")


def _print_plans(loaded: list[LoadedRecipe], wish: runs.Wish) -> None:
    """Each recipe's steps; as JSON, one object a recipe."""
    for recipe in loaded:
        plan = _plan(recipe, wish)
        if wish.as_json:
            print_json(plan)
            continue
        facts = [plan["method"], plan["moment"]]
        about = ", ".join(str(fact) for fact in facts if fact is not None)
        say(f"{plan['recipe']}{f' ({about})' if about else ''}:")
        for line in plan["steps"]:
            say(f"  {line}")
        say(f"  expected: {' or '.join(plan['expected'])}")


def _plan(loaded: LoadedRecipe, wish: runs.Wish) -> dict[str, Any]:
    from droidcancel.recipe.engine import plan
    from droidcancel.recipe.model import walk_decided

    recipe = loaded.recipe
    kinds = {entry.kind for entry in walk_decided(recipe.steps)}
    # a recipe may have a way with no upload in it, so with neither of these
    method = (wish.method or recipe.method) if "cancel" in kinds else None
    moment = (wish.moment or recipe.moment) if "wait_for_moment" in kinds else None
    return {
        "recipe": recipe.name,
        "method": method,
        "moment": None if moment is None else str(moment),
        "expected": list(recipe.expect),
        "steps": plan(loaded),
    }
