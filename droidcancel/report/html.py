"""The report page: one HTML file that needs no network, no script and no other file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from droidcancel.report.chart import bytes_text, draw
from droidcancel.report.csp import Inline
from droidcancel.secret import redacted_json

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = "index.html"
DATA = "run.json"
PICTURE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}

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

# The turns of a run and the numbers of its cut, as a reader of the page would call them.
MARKS: Mapping[str, str] = {
    "posted": "Post was tapped",
    "moment": "the moment to cancel had come",
    "missed": "the upload was over before its moment",
    "settled": "the cancel was read back",
    "restored": "the network was as before the run",
    "rebooted": "the phone had restarted",
    "restarted": "the app was started again",
    "quiet_started": "the quiet period began",
    "quiet_ended": "the quiet period ended",
}
CUT_LABELS: Mapping[str, str] = {
    "progress_percent": "Progress shown",
    "bytes_sent": "Sent before the cut",
    "bytes_after_cut": "Sent after the cut",
    "detect_ms": "Age of the last look",
    "apply_ms": "Took to apply",
}


@dataclass(frozen=True)
class Picture:
    """A screenshot inside the page: `source` is a data: URI, `at` seconds into the run."""

    name: str
    at: float
    source: str


def write(run: Mapping[str, Any], folder: Path, *, truth: str | None = None) -> Path:
    """Write the page and its data into `folder`; returns the page's path.

    `run` is a run's JSON as `droidcancel run --json` prints it; screenshots that it names are
    read from `folder`. `truth` is a line of what the other side knew, where one could be asked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = redacted_json(run)
    # half a character (a phone may send one) is no UTF-8; as an escape it is JSON
    data = json.dumps(run, indent=2, ensure_ascii=False) + "\n"
    (folder / DATA).write_text(data, encoding="utf-8", errors="backslashreplace")
    page = folder / PAGE
    page.write_text(render(run, folder, truth=truth), encoding="utf-8", errors="replace")
    return page


def render(run: Mapping[str, Any], folder: Path, *, truth: str | None = None) -> str:
    """The page's text."""
    evidence: Sequence[Mapping[str, Any]] = run.get("evidence", [])
    origin = min((float(r["at"]) for r in evidence), default=0.0)
    template = environment().get_template("run.html.j2")
    return template.render(
        run=run,
        cut=[(label, _number(key, run["cut"].get(key))) for key, label in CUT_LABELS.items()],
        meaning=MEANINGS.get(str(run.get("verdict")), ""),
        chart=draw(evidence, origin),
        events=[_event(record, origin) for record in evidence if _tells(record)],
        pictures=_pictures(evidence, folder, origin),
        began=datetime.fromtimestamp(origin, timezone.utc) if origin else None,
        truth=truth,
        inline=Inline(styles=(style_text("style.css"),)),
        data=json.dumps(run, indent=2, ensure_ascii=False),
    )


@cache
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


def style_text(name: str) -> str:
    """A style sheet of the templates."""
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def _tells(record: Mapping[str, Any]) -> bool:
    """Traffic is in the graph and pictures stand by themselves."""
    return record["kind"] not in ("traffic", "screen")


def _event(record: Mapping[str, Any], origin: float) -> dict[str, Any]:
    """One row of the timeline: when, what kind, and the rest in words."""
    if record["kind"] == "mark":
        name = str(record["name"])
        return {"at": record["at"] - origin, "kind": "turn", "text": MARKS.get(name, name)}
    rest = {k: v for k, v in record.items() if k not in ("kind", "at", "ended_at") and v != ""}
    text = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in rest.items())
    return {"at": record["at"] - origin, "kind": record["kind"], "text": text}


def _number(key: str, value: Any) -> str | None:
    """A number of the cut with its unit; None where it was not seen."""
    if value is None:
        return None
    if "bytes" in key:
        return bytes_text(value)
    return f"{value} %" if "percent" in key else f"{value:.0f} ms"


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _pictures(evidence: Sequence[Mapping[str, Any]], folder: Path, origin: float) -> list[Picture]:
    pictures = []
    for record in evidence:
        name = record.get("screenshot")
        if record["kind"] != "screen" or not name:
            continue
        path = folder / Path(str(name)).name
        media = PICTURE_TYPES.get(path.suffix)
        if media is None or not path.is_file():
            continue
        source = f"data:{media};base64,{base64.b64encode(path.read_bytes()).decode()}"
        title = str(record.get("name") or record.get("screen") or path.stem)
        pictures.append(Picture(title, float(record["at"]) - origin, source))
    return pictures
