"""The how-to: a numbered step with its picture each, in the recipe's words, and the verdict.

As Markdown and as one HTML page beside the pictures. Nothing of a phone's text gets into the page
unescaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from droidcancel.csp import Inline
from droidcancel.device import Bounds
from droidcancel.record.frames import Frame
from droidcancel.record.hiding import Hiding
from droidcancel.record.overlay import highlighted
from droidcancel.record.pictures import Picture, pictures
from droidcancel.record.story import Step, Touch
from droidcancel.record.words import Teller

#: a picture shows the screen as it was just before it was touched
BEFORE_TOUCH_S = 0.02
BEFORE_NEXT_S = 0.1
#: steps in which the run looks at something for itself
LOOKING = frozenset({"baseline"})
WIDTH = 540
PICTURES = "steps"
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Shot:
    """The moment of a step's picture, and the element to mark on it."""

    at: float
    box: Bounds | None


def told(steps: Iterable[Step], teller: Teller) -> list[tuple[Step, str]]:
    """The steps that a reader is told of, those that repeat once."""
    found: list[tuple[Step, str]] = []
    for step in steps:
        text = teller.step(step)
        if text and not (found and found[-1][1] == text):
            found.append((step, text))
    return found


def shots(steps: Sequence[Step], told_of: Sequence[Step], end: float) -> list[Shot]:
    """When to look for each told step: before its last touch, else at its end.

    What is done in steps that are not told belongs to the told one before them.
    """
    chosen = {id(step) for step in told_of}
    found = []
    for number, step in enumerate(steps):
        if id(step) not in chosen:
            continue
        own, until = _own(steps, number, chosen, end)
        touch = next((t for t in reversed(own) if t.start is not None or t.box is not None), None)
        if touch is None:
            found.append(Shot(max(step.at, until - BEFORE_NEXT_S), None))
        else:
            found.append(Shot(max(step.at, touch.at - BEFORE_TOUCH_S), touch.box))
    return found


def _own(
    steps: Sequence[Step], number: int, chosen: set[int], end: float
) -> tuple[list[Touch], float]:
    """The touches of a step and of the untold ones after it, and when that ends."""
    touches = list(steps[number].touches)
    for step in steps[number + 1 :]:
        if id(step) in chosen or step.kind in LOOKING:
            return touches, step.at
        touches += step.touches
    return touches, end


def save_shots(
    wanted: Sequence[Shot], frames: Iterator[Frame], hiding: Hiding, folder: Path
) -> list[Path | None]:
    """Write each shot's picture; None where the film had none yet."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n].at)
    saved: list[Path | None] = [None] * len(wanted)
    shown = pictures(frames, hiding)
    now: Picture | None = None
    coming = next(shown, None)
    for number in order:
        shot = wanted[number]
        while coming is not None and coming.at <= shot.at:
            now, coming = coming, next(shown, None)
        picture = now or coming
        if picture is not None:
            saved[number] = _save(picture, shot, hiding, folder / f"{number + 1:02d}.png")
    return saved


def _save(taken: Picture, shot: Shot, hiding: Hiding, path: Path) -> Path:
    picture = taken.clean(shot.at, hiding)
    if shot.box is not None:
        picture = highlighted(picture, shot.box)
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, optimize=True)
    return path


@dataclass(frozen=True)
class Article:
    """One how-to in one language. `pictures`: by step, relative to the article."""

    locale: str
    title: str
    description: str
    steps: Sequence[str]
    pictures: Sequence[str | None]
    verdict: str
    verdict_text: str
    reason: str
    facts: Mapping[str, str]
    result_word: str
    step_word: str
    film: str | None

    def markdown(self) -> str:
        """CommonMark."""
        lines = [f"# {_md(self.title)}", ""]
        if self.description:
            lines += [_md(self.description), ""]
        if self.film is not None:
            lines += [f"![{_md(self.title)}]({self.film})", ""]
        for number, text in enumerate(self.steps, 1):
            mark = f"{number}. "
            lines += [f"{mark}{_md(text)}", ""]
            picture = self.pictures[number - 1]
            if picture is not None:
                alt = f"{self.step_word} {number}: {text}"
                lines += [f"{' ' * len(mark)}![{_md(alt)}]({picture})", ""]
        lines += [
            f"**{_md(self.result_word)} {_md(self.verdict_text)}**",
            "",
            *([_md(self.reason), ""] if self.reason else []),
        ]
        lines += [f"- {_md(name)}: {_md(value)}" for name, value in self.facts.items()]
        return "\n".join(lines).rstrip() + "\n"

    def html(self) -> str:
        """One page; its pictures are files beside it."""
        from jinja2 import Environment, PackageLoader

        pages = Environment(
            loader=PackageLoader("droidcancel.record", "templates"), autoescape=True
        )
        style = TEMPLATES.joinpath("article.css").read_text(encoding="utf-8")
        inline = Inline(styles=(style,), beside=True)
        return pages.get_template("article.html").render(article=self, inline=inline)


def _md(text: str) -> str:
    """Text as text: nothing in it is taken for markup."""
    flat = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|" else sign for sign in flat)
