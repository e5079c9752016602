"""`droidcancel history show`."""

from __future__ import annotations

import click

from droidcancel.cli.history_options import milliseconds, opened, when
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import json_option, out, print_json


@click.command(name="show")
@click.argument("run", metavar="RUN")
@history_option
@json_option
def command(run: str, as_json: bool) -> None:
    """Show one earlier run.

    RUN is its id, or the beginning of it. With --json, all that the history has of it; the evidence
    is in the report's folder, where one was written.
    """
    from droidcancel.history.where import require

    require()
    from droidcancel.history.query import show

    with opened() as history:
        row = show(history, run)
    if as_json:
        print_json(row)
        return
    data = row["data"]
    cut = data.get("cut") or {}
    facts = {
        "run": row["run_id"],
        "matrix": row["matrix_id"],
        "when": f"{when(row['started_at'])}, for {row['duration_s']:.1f} s, on {row['host']}",
        "recipe": f"{row['recipe']} {row['method']} {row['moment']}".strip(),
        "app": " ".join(filter(None, (row["app"], row["package"], row["app_version"]))),
        "phone": f"{row['serial']}: {row['model']}, API {row['api_level']}, {row['kind']}",
        "token": row["token"],
        "verdict": f"{row['verdict']} (expected: {' or '.join(data.get('expected', ()))})",
        "reason": row["reason"],
        "missing": ", ".join(data.get("missing") or ()),
        "error": row["error"],
        "cut at": None if row["progress_percent"] is None else f"{row['progress_percent']} %",
        "cut took": milliseconds(row["apply_ms"]),
        "seen before": milliseconds(row["detect_ms"]),
        "sent after": cut.get("bytes_after_cut"),
        "restored": "yes" if row["restored"] else "NO",
        "left behind": "; ".join(data.get("left") or ()),
        "report": data.get("report"),
    }
    for name, value in facts.items():
        if value not in (None, ""):
            out().print(f"{name:12s} {value}", markup=False, soft_wrap=True)
