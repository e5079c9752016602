"""`python -m benchmarks.fuzz`: executions and findings of each target."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from benchmarks.fuzz.target import ROOT

#: how long a child may go on after its time, in seconds
GRACE_S = 90.0
ENGINES = ("atheris", "hypothesis", "mutate")


def fuzz(target: str, engine: str, seconds: float, seed: int, keep: Path) -> dict[str, Any]:
    """One target by one engine; `keep` gets the inputs of what was found."""
    folder = keep / f"{target}-{engine}"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.fuzz.child", target, engine]
    command += [str(seconds), str(seed), str(folder)]
    ended: str | None = None
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=seconds + GRACE_S, check=False, cwd=ROOT
        )
        if done.returncode != 0:
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            ended = f"ended with {done.returncode}: {' '.join(last)[:300]}"
    except subprocess.TimeoutExpired:
        ended = "did not end in its time"
    stats = folder / "stats.json"
    found: dict[str, Any] = {"executions": 0, "findings": []}
    if stats.exists():
        found = json.loads(stats.read_text())
    if ended is not None:
        found["findings"].append({"what": ended, "where": f"{target}, {engine}", "input": ""})
    return {"target": target, "engine": engine, **found}


def has_atheris() -> bool:
    return importlib.util.find_spec("atheris") is not None


@click.command()
@click.option("--seconds", type=float, default=60.0, show_default=True, help="For each target.")
@click.option("--target", "targets", multiple=True, help="Only these; all without it.")
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES))
@click.option("--seed", type=int, default=None, help="Another one each time without it.")
@click.option("--jobs", type=int, default=2, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Where the inputs found are kept.")
@click.option("--json", "as_json", is_flag=True)
def main(
    seconds: float, targets: tuple[str, ...], engines: tuple[str, ...], seed: int | None, jobs: int,
    keep: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Fuzz droidcancel; the exit code is 1 where anything is found."""
    from benchmarks.fuzz.targets import TARGETS

    unknown = [name for name in targets if name not in TARGETS]
    if unknown:
        raise click.UsageError(f"no target {unknown[0]!r}; there are {', '.join(TARGETS)}")
    chosen = engines or tuple(e for e in ENGINES if e != "atheris" or has_atheris())
    if not engines and "atheris" not in chosen:
        click.echo("atheris is not installed: pip install 'droidcancel[fuzz]'", err=True)
    start = int.from_bytes(__import__("os").urandom(3), "big") if seed is None else seed
    folder = keep or Path(tempfile.mkdtemp(prefix="droidcancel-fuzz-"))
    work = [(t, e) for t in targets or TARGETS for e in chosen]
    share = seconds / len(chosen)
    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(lambda one: fuzz(one[0], one[1], share, start, folder), work))
    _show(results, as_json, folder)
    sys.exit(1 if any(r["findings"] for r in results) else 0)


def _show(results: list[dict[str, Any]], as_json: bool, folder: Path) -> None:
    if as_json:
        click.echo(json.dumps(results, indent=1))
        return
    executions: Counter[str] = Counter()
    found: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for result in results:
        executions[result["target"]] += result["executions"]
        for finding in result["findings"]:
            key = (finding["what"].partition(":")[0], finding["where"])
            found.setdefault(result["target"], {})[key] = finding
    click.echo(f"{'target':<12}{'executions':>12}  findings")
    for target, count in executions.items():
        click.echo(f"{target:<12}{count:>12,}  {len(found.get(target, {}))}")
    total = sum(map(len, found.values()))
    click.echo(f"{'all':<12}{sum(executions.values()):>12,}  {total}")
    for target, findings in found.items():
        for finding in findings.values():
            click.echo(
                f"{target}: {finding['where']}: {finding['what']} (input {finding['input']})"
            )
    if found:
        click.echo(f"inputs: {folder}", err=True)


if __name__ == "__main__":
    main()
