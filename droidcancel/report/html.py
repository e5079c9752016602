"""The report page of a run: one HTML file that needs no network and no other file.

It says all that it has to say without its script, which adds the viewer of the screens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from droidcancel.csp import Inline, data_block
from droidcancel.report.chart import NARROW, draw
from droidcancel.report.kept import links
from droidcancel.report.proof import points
from droidcancel.report.timeline import cut_facts, number_rows, rows, state_rows, value_text
from droidcancel.report.trends import WIDTH, in_words, spans
from droidcancel.secret import redacted_json

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = "index.html"
DATA = "run.json"
#: bytes of the pictures on a page, before they are written as text
PICTURES_BYTES = 2_000_000

# What each verdict means, in a sentence for someone who did not run it.
MEANINGS: Mapping[str, str] = {
    "cancelled": "Nothing of this video is live, and nothing is waiting to go on.",
    "draft": "Nothing of this video is live; the app keeps it as a draft on the phone.",
    "deleted": "The video was live and has been removed.",
    "resumed": "The upload went on after the cancel.",
    "published": "The video is live.",
    "passed": "Everything that the recipe set out to prove holds.",
    "failed": "Something that the recipe set out to prove does not hold.",
    "invalid": "The cancel was never applied, so this run says nothing about the app.",
    "unknown": "What was seen does not decide it.",
}
UNDECIDED = ("unknown", "invalid")
SENSE_WORDS: Mapping[str, str] = {
    "good": "as expected",
    "bad": "not as expected",
    "open": "undecided",
}


@dataclass(frozen=True)
class Picture:
    """A screenshot inside the page: `source` is a data: URI, `at` seconds into the run."""

    name: str
    at: float
    source: str
    width: int
    height: int


def write(
    run: Mapping[str, Any],
    folder: Path,
    *,
    truth: str | None = None,
    history: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """Write the page and its data into `folder`; returns the page's path.

    `run` is a run's JSON as `droidcancel run --json` prints it; screenshots that it names are
    read from `folder`. `truth` is a line of what the other side knew, where one could be asked.
    `history`: earlier runs of the same, as mappings with `at`, `sense` and `cut_ms`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = redacted_json(run)
    # half a character (a phone may send one) is no UTF-8; as an escape it is JSON
    data = json.dumps(run, indent=2, ensure_ascii=False) + "\n"
    (folder / DATA).write_text(data, encoding="utf-8", errors="backslashreplace")
    page = folder / PAGE
    text = render(run, folder, truth=truth, history=history)
    page.write_text(text, encoding="utf-8", errors="replace")
    return page


def render(
    run: Mapping[str, Any],
    folder: Path,
    *,
    truth: str | None = None,
    history: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The page's text."""
    from droidcancel.report.sights import screens

    evidence: Sequence[Mapping[str, Any]] = run.get("evidence", [])
    origin = min((float(r["at"]) for r in evidence), default=0.0)
    pictures, numbers = _pictures(evidence, folder, origin)
    seen = screens(evidence, folder, origin, numbers)
    cut = next((float(r["at"]) - origin for r in evidence if r["kind"] == "method"), None)
    return (
        environment()
        .get_template("run.html.j2")
        .render(
            run=run,
            sense=sense(run),
            meaning=MEANINGS.get(str(run.get("verdict")), ""),
            cut_at=cut,
            cut=cut_facts(run.get("cut") or {}),
            points=points(run),
            charts={"wide": draw(evidence, origin), "narrow": draw(evidence, origin, NARROW)},
            rows=rows(evidence, origin),
            pictures=pictures,
            screens=seen,
            screens_data=data_block("screens-data", seen) if seen else "",
            state=state_rows(run.get("phone_state")),
            round_trips=number_rows(run.get("round_trips")),
            environment=_environment(run),
            began=datetime.fromtimestamp(origin, timezone.utc) if origin else None,
            truth=truth,
            earlier=in_words(history),
            trend=spans([*history, _as_told(run)]) if history else [],
            trend_width=WIDTH,
            sense_words=SENSE_WORDS,
            kept=links(run, folder, None if cut is None else origin + cut),
            inline=Inline(
                styles=(asset("base.css") + asset("trend.css") + asset("run.css"),),
                scripts=(asset("viewer.js"),) if seen else (),
            ),
            data=json.dumps(run, indent=2, ensure_ascii=False),
        )
    )


def _as_told(run: Mapping[str, Any]) -> dict[str, Any]:
    """The run as one of a history."""
    cut = run.get("cut") or {}
    return {"at": run.get("started_at"), "sense": sense(run), "cut_ms": cut.get("apply_ms")}


def sense(run: Mapping[str, Any]) -> str:
    """Whether a run ended as wanted: good, bad, or open where it says nothing of the app."""
    if run.get("error") or run.get("interrupted"):
        return "open" if run.get("restored") is True else "bad"
    if run.get("ok"):
        return "good"
    return "open" if run.get("verdict") in UNDECIDED else "bad"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates: what they show is escaped, what they misspell is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("droidcancel.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(name: str) -> str:
    """A style sheet or a script of the templates."""
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def _environment(run: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """What the run ran with, by part; of older runs what there is."""
    kept: Mapping[str, Any] = run.get("environment") or {"phone": run.get("device") or {}}
    return {
        part: [(name.replace("_", " "), value_text(value)) for name, value in told.items()]
        for part, told in kept.items()
        if isinstance(told, Mapping)
    }


def _pictures(
    evidence: Sequence[Mapping[str, Any]], folder: Path, origin: float
) -> tuple[list[Picture], dict[str, int]]:
    """The pictures in order, and the number of each by its file's name."""
    from droidcancel.report.thumbs import thumbs

    named = [r for r in evidence if r["kind"] == "screen" and r.get("screenshot")]
    paths = {str(r["screenshot"]): folder / Path(str(r["screenshot"])).name for r in named}
    made = thumbs(list(paths.values()), PICTURES_BYTES)
    pictures: list[Picture] = []
    numbers: dict[str, int] = {}
    for record in named:
        name = str(record["screenshot"])
        thumb = made.get(paths[name])
        if thumb is None:
            continue
        numbers[name] = len(pictures)
        title = str(record.get("name") or record.get("screen") or paths[name].stem)
        at = float(record["at"]) - origin
        pictures.append(Picture(title, at, thumb.source, thumb.width, thumb.height))
    return pictures, numbers
