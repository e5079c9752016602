"""One target and one engine, in a process of its own: it may be broken off, and has little memory.

python -m benchmarks.fuzz.child TARGET ENGINE SECONDS SEED OUT
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path

from benchmarks.fuzz.targets import load

NOTE_S = 0.5


def main() -> None:
    name, engine, seconds, seed, out = sys.argv[1:]
    warnings.simplefilter("ignore")
    if engine == "atheris":
        import atheris  # type: ignore[import-untyped,unused-ignore]

        with atheris.instrument_imports(include=["droidcancel"]):
            target = load(name)
    else:
        target = load(name)
    from benchmarks.fuzz.engines import ENGINES
    from benchmarks.fuzz.target import MEMORY, Runner

    if engine != "atheris":  # which keeps far more addresses than memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    runner = Runner(target)
    folder, noted = Path(out), 0.0

    def write() -> None:
        found = [f.to_json() for f in runner.findings.values()]
        for finding in runner.findings.values():
            (folder / f"{name}-{finding.to_json()['input']}").write_bytes(finding.data)
        draft = folder / "stats.new"
        draft.write_text(json.dumps({"executions": runner.executions, "findings": found}))
        draft.replace(folder / "stats.json")

    def note() -> None:
        nonlocal noted
        if time.monotonic() > noted + NOTE_S:
            noted = time.monotonic()
            write()

    try:
        ENGINES[engine](runner, time.monotonic() + float(seconds), note, int(seed))
    finally:
        write()


if __name__ == "__main__":
    main()
