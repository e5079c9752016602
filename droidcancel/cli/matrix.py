"""`droidcancel matrix`: every cancel method at every moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli import keeping, outputs, runs
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import (
    devices_file_option,
    err,
    json_option,
    out,
    package_option,
    print_json,
    serial_option,
)
from droidcancel.cli.outputs import outputs_options
from droidcancel.errors import Unsupported, UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from droidcancel.cli.phones import OpenPhone
    from droidcancel.recipe.load import LoadedRecipe
    from droidcancel.recipe.matrix import Cell, Matrix
    from droidcancel.recipe.result import RunResult

NOT_RESTORED = 4
INTERRUPTED = 130
#: seconds of the sample, and how long a virtual phone that is booted here takes to upload it
SAMPLE_S = 2.0
UPLOAD_S = 2.0
#: so many runs one after the other that end in an error of the phone, and it is given up
GIVE_UP = 3
STYLES: Mapping[str, str] = {
    "ok": "green",
    "differs": "bold red",
    "impossible": "dim",
    "error": "bold yellow",
    "open": "dim",
}


@click.command(name="matrix")
@click.option("--methods", metavar="LIST", help="Cancel methods, with commas; all without.")
@click.option("--moments", metavar="LIST", help="When to cancel: posting,40%,3MB,'after 2s',...")
@serial_option
@devices_file_option
@click.option("--app", metavar="PROFILE", help="The app that uploads.")
@package_option
@click.option(
    "--video",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The video to upload; without it a sample is made.",
)
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    default=Path("reports/matrix"),
    show_default=True,
)
@outputs_options
@click.option("--resume", is_flag=True, help="Go on with the matrix that DIR holds.")
@click.option("--yes", is_flag=True, help="Run on a phone that devices.yaml marks protected.")
@history_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, methods: str | None, moments: str | None, serial: str | None,
    devices_file: Path | None, app: str | None, package: str | None, video: Path | None,
    repeat: int, report: Path, resume: bool, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Try every cancel method at every moment, as a table and a heat map.

    A row is a cancel method, or for-sure, the safe chain; a column is a moment. DIR gets the heat
    map, its data and the page of each run; what is finished there is not run again with --resume.
    """
    from droidcancel.cli.phones import open_phone
    from droidcancel.recipe.matrix import MOMENTS, Matrix, Plan, chosen_rows
    from droidcancel.sample import sample_video

    recipes = chosen_rows(_listed(methods))
    columns = tuple(str(runs.parse_moment(m)) for m in _listed(moments) or MOMENTS)
    file = video or sample_video(SAMPLE_S)
    loaded = {row: runs.load(name, {"video": str(file)}) for row, name in recipes.items()}
    rate = file.stat().st_size / UPLOAD_S
    with open_phone(serial, devices_file, may_boot=True, rate=rate) as phone:
        runs.refuse_protected(phone)
        wish = runs.Wish(app=app, package=package)
        names = {row: each.recipe.name for row, each in loaded.items()}
        plan = Plan(names, columns, repeat, _ground(phone, wish, loaded, file))
        matrix = Matrix.open(plan, report, resume=resume)
        _check_posts(matrix, phone)
        with outputs.opened() as written:
            _take_kept(matrix, written)
            interrupted = _run_all(matrix, loaded, phone, wish, written)
            _take_impossible(matrix, written)
    _write_page(matrix)
    keeping.keep_matrix(matrix.to_json())
    if as_json:
        print_json(matrix.to_json())
    else:
        _show(matrix)
    ctx.exit(INTERRUPTED if interrupted else matrix.exit_code)


def _listed(text: str | None) -> list[str] | None:
    """The parts of a list with commas, each once; None without."""
    if text is None:
        return None
    parts = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not parts:
        raise UsageError("the list is empty", "give names with commas between them")
    return parts


def _ground(
    phone: OpenPhone, wish: runs.Wish, loaded: Mapping[str, LoadedRecipe], video: Path
) -> dict[str, Any]:
    """What must be the same for a matrix to be gone on with."""
    first = next(iter(loaded.values()))
    return {
        "app": runs.profile_for(first, phone, wish).name,
        "kind": phone.device.kind,
        "model": phone.device.model,
        "api_level": phone.device.api_level,
        "video_bytes": video.stat().st_size,
    }


def _check_posts(matrix: Matrix, phone: OpenPhone) -> None:
    """UsageError where more would be posted than devices.yaml allows."""
    posts = sum(cell.repeat - len(cell.finished) for cell in matrix.cells if not cell.done)
    most = phone.entry.limits.max_posts
    if posts > most:
        raise UsageError(
            f"{posts} runs would post more than max_posts ({most}) of this phone",
            "name fewer with --methods and --moments, or raise limits.max_posts in devices.yaml",
        )


# -- running


def _run_all(
    matrix: Matrix, loaded: Mapping[str, LoadedRecipe], phone: OpenPhone, wish: runs.Wish,
    written: outputs.Outputs,
) -> bool:  # fmt: skip
    """Run what is left; whether it was interrupted."""
    from droidcancel.recipe.result import RunResult

    errors, todo = 0, sum(c.repeat - len(c.finished) for c in matrix.cells if not c.done)
    for done, (cell, number) in enumerate(matrix.left(), 1):
        result = _run(cell, number, loaded[cell.method], phone, wish, matrix.folder)
        if result.interrupted:
            return True
        assert isinstance(result, RunResult)
        _keep(matrix, cell, number, result, written)
        _tell(cell, result, done, todo)
        runs.show_error(result)
        errors = errors + 1 if result.error is not None and cell.why_not is None else 0
        if result.exit_code == NOT_RESTORED or errors >= GIVE_UP:
            err().print("[bold red]given up:[/] the phone does not answer as it should")
            break
    return False


def _run(
    cell: Cell, number: int, loaded: LoadedRecipe, phone: OpenPhone, wish: runs.Wish, folder: Path
) -> RunResult:
    from droidcancel.recipe.engine import run_recipe

    here = folder / cell.folder / str(number)
    here.mkdir(parents=True, exist_ok=True)
    asked = replace(wish, moment=runs.parse_moment(cell.moment))
    options = runs.options_for(phone, asked, here)
    profile = runs.profile_for(loaded, phone, wish)
    with err().status(f"{cell.method} {cell.moment}"):
        return run_recipe(loaded, phone.device, profile, options)


def _keep(
    matrix: Matrix, cell: Cell, number: int, result: RunResult, written: outputs.Outputs
) -> None:
    """The run's page and its place in the cell, written at once."""
    if _is_impossible(result):
        assert result.error is not None
        matrix.refuse(cell.method, result.error.message.partition(" is not possible here: ")[2])
    else:
        folder = f"{cell.folder}/{number}"
        data = runs.as_data(result, matrix.folder / folder, matrix=matrix.id)
        cell.runs.append(_kept(data, result, f"{folder}/index.html"))
        written.take(data)
    matrix.save()


def _take_kept(matrix: Matrix, written: outputs.Outputs) -> None:
    """Hand over the runs that the folder holds already, out of the data of their pages."""
    import json

    from droidcancel.report.html import DATA

    for kept in (run for cell in matrix.cells for run in cell.finished):
        path = (matrix.folder / kept["page"]).with_name(DATA)
        if path.is_file():
            written.take(json.loads(path.read_text(encoding="utf-8")))


def _take_impossible(matrix: Matrix, written: outputs.Outputs) -> None:
    """Hand over the cells that this phone has no way to: as runs that were not made."""
    on = matrix.plan.on
    device = {"serial": "", "kind": on["kind"], "model": on["model"], "api_level": on["api_level"]}
    for cell in (cell for cell in matrix.cells if cell.why_not is not None):
        written.take(
            {
                "run_id": "", "recipe": matrix.plan.recipes[cell.method], "app": on["app"],
                "device": device, "method": cell.method, "moment": cell.moment, "token": None,
                "verdict": "", "expected": [], "ok": False, "reason": cell.why_not, "cut": {},
                "evidence": [], "restored": True, "duration_s": 0.0, "report": None,
                "not_possible": cell.why_not,
            }
        )  # fmt: skip


def _is_impossible(result: RunResult) -> bool:
    """Whether the method was refused before anything was begun."""
    refused = isinstance(result.error, Unsupported) and result.method is not None
    return refused and result.evidence.mark("posted") is None


def _kept(data: Mapping[str, Any], result: RunResult, page: str) -> dict[str, Any]:
    names = ("run_id", "method", "verdict", "reason", "ok", "cut", "token", "restored", "left")
    return {
        **{name: data[name] for name in names},
        "duration_s": data["duration_s"],
        "exit_code": result.exit_code,
        "error": None if result.error is None else result.error.message,
        "page": page,
    }


# -- telling


def _tell(cell: Cell, result: RunResult, done: int, todo: int) -> None:
    from rich.text import Text

    line = Text(f"{done:3d}/{todo}  {cell.method:14s} {cell.moment:10s} ")
    line.append(cell.text or "error", style=STYLES[cell.status])
    line.append(f"  {result.duration_s:.1f} s", style="dim")
    err().print(line)


def _write_page(matrix: Matrix) -> None:
    from droidcancel.cli.earlier import earlier
    from droidcancel.report.matrix import write
    from droidcancel.report.rows import rows_of_matrix

    matrix.save()
    told = matrix.to_json()
    write(told, matrix.folder, history=earlier(rows_of_matrix(told, matrix.folder)))


def _show(matrix: Matrix) -> None:
    console = out()
    console.print(_table(matrix))
    for method, why in {c.method: c.why_not for c in matrix.cells if c.why_not}.items():
        console.print(f"{method} is not possible here: {why}", soft_wrap=True, markup=False)
    for cell in matrix.cells:
        if cell.status in ("differs", "error"):
            line = f"{cell.method} {cell.moment}: {cell.reason}"
            console.print(line, soft_wrap=True, markup=False)
    console.print(f"heat map: {matrix.folder / 'index.html'}", soft_wrap=True, markup=False)


def _table(matrix: Matrix) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("method", *matrix.plan.moments)
    by_place = {(cell.method, cell.moment): cell for cell in matrix.cells}
    for row in matrix.plan.recipes:
        cells = [by_place[row, moment] for moment in matrix.plan.moments]
        table.add_row(row, *(Text(c.text or "not run", style=STYLES[c.status]) for c in cells))
    return table
