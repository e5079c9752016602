"""Randomized runs against the ground truth: many phones, every method, good apps and bad ones.

    python -m benchmarks.random_truth                    2,000 runs on two worker processes
    python -m benchmarks.random_truth --only 1000042     one of them again, alone

Each run is drawn from its number: method, moment, bandwidth, phone, app with or without a seeded
bug, and some with a fault on the way. The verdict is compared with what the upload service knows,
at once and after the app has been opened again; the phone with what it was before. Exits with 1
when anything does not hold.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import queue
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click

from benchmarks.random_cases import draw

RUN_TIMEOUT_S = 240.0
STOP_S = 10.0
SEED_SPAN = 1_000_000
MOST_UNKNOWN = 0.02
Row = dict[str, Any]


# -- a worker process: an adb server of its own, and some phones at once ---------------------------


def work(numbers: Any, rows: Any, phones: int, fault_share: float) -> None:
    """Do runs until there are no more numbers; `numbers` and `rows` are queues."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    try:
        with tempfile.TemporaryDirectory(prefix="droidcancel-truth-") as home:
            _work_in(Path(home), numbers, rows, phones, fault_share)
        who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        usage = [resource.getrusage(each) for each in who]
        rows.put({"cpu_s": sum(u.ru_utime + u.ru_stime for u in usage)})
        rows.close()
        rows.join_thread()
    except Exception:
        traceback.print_exc()
    finally:
        _adb("kill-server")
        os._exit(0)  # at once: a run that hangs does not end, and would start the server anew


def _work_in(home: Path, numbers: Any, rows: Any, phones: int, fault_share: float) -> None:
    server = _environment(str(home))
    if problem := _adb("start-server"):
        raise RuntimeError(f"the adb server did not start: {problem}")
    slots = [
        threading.Thread(
            target=_slot, args=(numbers, rows, server, home / f"{i}", fault_share), daemon=True
        )
        for i in range(phones)
    ]
    for slot in slots:
        slot.start()
    for slot in slots:
        slot.join()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """The bench was interrupted: the adb server and the files of this worker go too."""
    sys.exit(1)


def _environment(home: str) -> int:
    """What adb and droidcancel read, so that nothing is shared; returns the server's port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    os.environ.update(
        ANDROID_ADB_SERVER_PORT=str(port),
        ADB_EMU="0",
        ADB_LOCAL_TRANSPORT_MAX_PORT="5553",
        ADB_MDNS_OPENSCREEN="0",
        ADB_MDNS_AUTO_CONNECT="",
        DROIDCANCEL_STATE_DIR=f"{home}/state",
        DROIDCANCEL_RUNTIME_DIR=f"{home}/run",
    )
    for name in ("ANDROID_SERIAL", "ANDROID_ADB_SERVER_ADDRESS", "DROIDCANCEL_DEVICES"):
        os.environ.pop(name, None)
    return port


def _adb(word: str) -> str:
    """Run an adb command; what it said when it failed."""
    import adbutils

    command = [str(adbutils.adb_path()), word]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.stderr or "failed" if done.returncode else ""


def _slot(numbers: Any, rows: Any, server: int, folder: Path, fault_share: float) -> None:
    folder.mkdir()
    bench = os.getppid()
    while os.getppid() == bench:  # else the bench was killed, and its worker is an orphan
        try:
            number = numbers.get_nowait()
        except queue.Empty:
            return
        rows.put(one_run(number, server, folder / "cat.mp4", fault_share))


def one_run(number: int, server: int, video: Path, fault_share: float) -> Row:
    """The run of that number as a JSON object; one that hangs is given up, and told."""
    from benchmarks.random_checks import Outcome
    from benchmarks.random_runs import run_case

    case = draw(number, fault_share)
    done: list[Outcome] = []
    thread = threading.Thread(
        target=lambda: done.append(run_case(case, server, video)), daemon=True
    )
    thread.start()
    thread.join(RUN_TIMEOUT_S)
    if not done:
        done.append(Outcome(case, RUN_TIMEOUT_S, crash=f"hangs:\n{_stack(thread)}"))
    return done[0].to_json()


def _stack(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return "".join(traceback.format_stack(frame, limit=8)) if frame else "it ended with an error"


# -- all of them -----------------------------------------------------------------------------------


def collect(numbers: Sequence[int], workers: int, phones: int, fault_share: float) -> Iterator[Row]:
    """The runs as they end, and {"cpu_s": seconds} of each worker."""
    context = mp.get_context("spawn")
    waiting, rows = context.Queue(), context.Queue()
    for number in numbers:
        waiting.put(number)
    processes = [
        context.Process(target=work, args=(waiting, rows, phones, fault_share), daemon=True)
        for _ in range(workers)
    ]
    for process in processes:
        process.start()
    try:
        while any(process.is_alive() for process in processes) or not rows.empty():
            try:
                yield rows.get(timeout=1.0)
            except queue.Empty:
                continue
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(STOP_S)


def line_of(count: int, row: Row) -> str:
    """One run in one line, and what does not hold below it."""
    sign = "DIFF" if row["violations"] else "ok  "
    lines = [f"{count:5d} {sign} {row['verdict']!s:9s} {row['seconds']:5.1f} s  {row['case_text']}"]
    lines += [f"           {wrong}" for wrong in row["violations"]]
    return "\n".join(lines)


def summary(rows: Sequence[Row], wanted: int, cpu_s: float, seconds: float) -> Row:
    """Figures, the table of verdicts by method, and every violation."""
    calm = [row for row in rows if row["case"]["fault"] is None]
    table: dict[str, Counter[str]] = {}
    for row in rows:
        build = row["case"]["build"]
        table.setdefault(f"{row['case']['method']}", Counter())[str(row["verdict"])] += 1
        table.setdefault(f"build {build}", Counter())[_called(row)] += 1
    return {
        "runs": len(rows),
        "lost": wanted - len(rows),
        "minutes": round(seconds / 60, 1),
        "runs_per_minute": round(60 * len(rows) / seconds, 1) if seconds else 0.0,
        "cpu_s_per_run": round(cpu_s / max(1, len(rows)), 2),
        "seconds_median": sorted(row["seconds"] for row in rows)[len(rows) // 2] if rows else None,
        "false_clean": sum(any(w.startswith("FALSE") for w in row["violations"]) for row in rows),
        "unknown_without_faults": _share(calm, "unknown"),
        "unknown_with_faults": _share([row for row in rows if row not in calm], "unknown"),
        "table": {key: dict(sorted(counter.items())) for key, counter in sorted(table.items())},
        "unknown": [_told(row, row["reason"]) for row in calm if row["verdict"] == "unknown"],
        "violations": [_told(row, *row["violations"]) for row in rows if row["violations"]],
    }


def _called(row: Row) -> str:
    return f"{row['verdict']}{', live' if row['live'] else ''}"


def _share(rows: Sequence[Row], verdict: str) -> str:
    count = sum(row["verdict"] == verdict for row in rows)
    return f"{count} of {len(rows)} ({100 * count / max(1, len(rows)):.2f} %)"


def _told(row: Row, *words: str) -> str:
    return f"{row['case_text']}: {row['verdict']}: {'; '.join(words)}"


def fails(result: Mapping[str, Any], rows: Sequence[Row]) -> bool:
    """Whether anything does not hold."""
    calm = [row["verdict"] for row in rows if row["case"]["fault"] is None]
    too_many = calm.count("unknown") > MOST_UNKNOWN * max(50, len(calm))
    return bool(result["violations"] or result["lost"] or too_many)


@click.command()
@click.option("--runs", default=2000, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Another seed draws other runs.")
@click.option("--only", type=int, multiple=True, help="The number of one run; may be repeated.")
@click.option("--workers", default=2, show_default=True, help="Worker processes.")
@click.option("--phones", default=8, show_default=True, help="Phones at once in each.")
@click.option("--faults", default=0.15, show_default=True, help="Share of runs with a fault.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports/random_truth.jsonl"),
    show_default=True,
)  # fmt: skip
def main(
    runs: int, seed: int, only: tuple[int, ...], workers: int, phones: int, faults: float, out: Path
) -> None:
    """Compare the verdicts of randomized runs with the ground truth."""
    numbers = list(only) or [seed * SEED_SPAN + number for number in range(runs)]
    out.parent.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    cpu_s, began = 0.0, time.monotonic()
    try:
        with out.open("w", encoding="utf-8") as log:
            for row in collect(numbers, min(workers, len(numbers)), phones, faults):
                if "cpu_s" in row:
                    cpu_s += row["cpu_s"]
                    continue
                rows.append(row)
                log.write(json.dumps(row) + "\n")
                log.flush()
                click.echo(line_of(len(rows), row), err=True)
    except KeyboardInterrupt:
        click.echo("interrupted: what was done so far", err=True)
    result = summary(rows, len(numbers), cpu_s, time.monotonic() - began)
    click.echo(json.dumps(result, indent=2))
    sys.exit(1 if fails(result, rows) else 0)


if __name__ == "__main__":
    main()
