"""All benchmarks, or some: `python -m benchmarks.bench [NAME...]`, or `make bench`.

Each leaves `benchmarks/results/NAME.json`, and the tables of docs/performance.md are written anew
from what is there. `--page` only writes the page.
"""

from __future__ import annotations

import compileall
import importlib
import json
import time
from pathlib import Path
from typing import Any

import click

from benchmarks.lab import scratch
from benchmarks.measure import RESULTS

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
#: in the order of the page; each is the module benchmarks.bench_NAME with a function `run`
NAMES = ("trigger", "cut", "precision", "recipe", "startup", "simulator", "growth", "record")
#: rounds (cuts, seconds) of each with --quick
QUICK = {
    "trigger": 50, "cut": 1, "precision": 24, "recipe": 1, "startup": 4, "simulator": 1.5,
    "growth": 3, "record": 1,
}  # fmt: skip
BUSY = 1.5


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="Fewer rounds: a look, and no figure to quote.")
@click.option("--page", "page_only", is_flag=True, help="Only write the page anew.")
def main(names: tuple[str, ...], quick: bool, page_only: bool) -> None:
    """Measure, and write the results and the page."""
    # as pip leaves a package; a checkout may have none, and PYTHONDONTWRITEBYTECODE keeps it so
    compileall.compile_dir(Path(__file__).parent.parent / "droidcancel", quiet=1)
    for name in () if page_only else names or NAMES:
        click.echo(f"{name} ...", err=True)
        started = time.monotonic()
        with scratch():
            measure = importlib.import_module(f"benchmarks.bench_{name}").run
            result = measure(QUICK[name]) if quick else measure()
        if quick:
            result.how += " Of fewer rounds than usual (`--quick`)."
        result.seconds = round(time.monotonic() - started, 1)
        result.save()
        for goal in result.goals:
            click.echo(f"  {_mark(goal.met)}  {goal.goal}: {goal.measured} {goal.ratio}", err=True)
    write_page()


def write_page() -> None:
    """Put the tables between the two marks of the page."""
    found = [json.loads(p.read_text()) for n in NAMES if (p := RESULTS / f"{n}.json").exists()]
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{_page(found)}\n{END}{tail}", encoding="utf-8")


def _page(found: list[dict[str, Any]]) -> str:
    parts = ["## Goals\n", _goals(found)]
    missed = [goal for result in found for goal in result["goals"] if goal["met"] is False]
    if missed:
        parts.append("### Not met, and why\n")
        parts.append(
            "".join(
                f"- {g['goal']}: {g['measured']}" + (f". {g['why']}." if g["why"] else "") + "\n"
                for g in missed
            )
        )
    parts += [_section(number, result) for number, result in enumerate(found, start=1)]
    return "\n".join(parts)


def _goals(found: list[dict[str, Any]]) -> str:
    rows = [
        [str(g["number"]), g["goal"], g["measured"], g["ratio"], _mark(g["met"]),
         f"`{result['command']}`"]
        for result in found
        for g in result["goals"]
    ]  # fmt: skip
    return _table(["", "goal", "measured", "ratio", "met", "command"], rows)


def _mark(met: bool | None) -> str:
    return {True: "yes", False: "**no**", None: ""}[met]


def _section(number: int, result: dict[str, Any]) -> str:
    parts = [f"## {result['title']}\n", f"{result['how']}\n"]
    for table in result["tables"]:
        if table["title"]:
            parts.append(f"{table['title']}:\n")
        parts.append(_table(table["head"], table["rows"]))
        if table["note"]:
            parts.append(f"{table['note']}\n")
    parts.append(f"{_where(result['machine'])} `{result['command']}`, {result['seconds']:.0f} s.\n")
    return "\n".join(parts)


def _where(machine: dict[str, Any]) -> str:
    per_core = machine["load"][0] / (machine["cores"] or 1)
    busy = (
        f" The machine was busy with other work (load {machine['load'][0]:g} on "
        f"{machine['cores']} cores): ratios hold, times are longer than they need be."
        if per_core > BUSY
        else ""
    )
    return (
        f"Measured {machine['date']} on {machine['cores']} cores of {machine['cpu']}, "
        f"{machine['system']}, Python {machine['python']}.{busy}"
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    main()
