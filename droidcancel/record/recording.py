"""A recording: the run filmed and told, and what is made of it afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Device
from droidcancel.errors import DeviceError, DroidCancelError
from droidcancel.recipe.model import walk
from droidcancel.record import article as how_to
from droidcancel.record import cues as captions
from droidcancel.record import moving, scrcpy
from droidcancel.record.canvas import Shape
from droidcancel.record.cues import reading_s
from droidcancel.record.film import Film
from droidcancel.record.frames import Frame, need_av
from droidcancel.record.lag import Lag, lag
from droidcancel.record.pace import PACE_S, Pace, Window
from droidcancel.record.render import Look, Painter, Script, encode
from droidcancel.record.scrcpy import Scrcpy
from droidcancel.record.stills import Stills
from droidcancel.record.story import Story
from droidcancel.record.timeline import Timeline, held, rung, trimmed, whole
from droidcancel.record.voice import PAUSE_S, Spoken, Voice, track
from droidcancel.record.words import ENGLISH, Teller, first_of, said_in

if TYPE_CHECKING:
    from droidcancel.recipe.model import Recipe
    from droidcancel.recipe.options import Event, OnEvent
    from droidcancel.recipe.result import RunResult

RAW = ".film"
Source = Literal["auto", "screenrecord", "screenshots", "scrcpy"]
SOURCES: Mapping[str, type[Film | Scrcpy | Stills]] = {
    "screenrecord": Film,
    "screenshots": Stills,
    "scrcpy": Scrcpy,
}
#: how long the picture stands still for a touch, so that its ring is seen on what it met
RUNG_S = 0.45
#: waits of the moving picture are never longer than so many seconds
GIF_WAIT_S = 1.0
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What is to be made. `trim_idle`: seconds that a wait may last, None leaves them long.

    `hold`: whether the film stands still where a caption could not be read in time. `moving`: what
    moving picture, under `moving_bytes`. `locale`: of the captions in the film.
    `voice`: speaks them; it needs `hold`.
    """

    shapes: tuple[Shape, ...] = ("portrait",)
    trim_idle: float | None = None
    hold: bool = True
    zoom: float = 0.0
    frame: bool = False
    moving: tuple[moving.Kind, ...] = ("gif",)
    moving_bytes: int = 4 * MEGABYTE
    locale: str | None = None
    voice: Voice | None = None
    keep_raw: bool = False


@dataclass
class Made:
    """The files that were written, by what they are, and what could not be made, in words."""

    files: dict[str, Path] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    frames: int = 0
    trimmed_s: float = 0.0
    held_s: float = 0.0
    seconds: float = 0.0


class Recording:
    """Films and listens from `begin` until `close`; `make` then writes the files."""

    def __init__(
        self,
        device: Device,
        profile: AppProfile,
        locale: str | None,
        out: Path,
        source: Source = "auto",
        pace: float = PACE_S,
    ) -> None:
        """`out`: the folder for everything; it is made. UsageError without PyAV.

        `pace`: for how many seconds a screen stands before it is touched; 0 holds nothing back.
        """
        need_av()
        info = next((i for p in profile.packages if (i := device.packages.info(p))), None)
        self._device, self.profile, self.out = device, profile, out
        self.story = Story(device, profile, locale, info.version_name if info is not None else "")
        self.locale = locale or device.locale
        self._source, self._seconds = source, pace
        self._window = Window()
        self.pace: Pace | None = None
        self.film: Film | Scrcpy | Stills | None = None
        self.problems: list[str] = []
        self._closed = False

    @property
    def paced_s(self) -> float:
        """For how long the run was held back, so that its film can be followed."""
        return self.pace.held_s if self.pace is not None else 0.0

    @property
    def films_changes(self) -> bool:
        """Whether the film has a picture of each change of the screen, and tells when it came."""
        return self.film is not None and self.film.on_change and self.film.came is not None

    @property
    def raw(self) -> Path:
        """The folder of the bare film."""
        return self.out / RAW

    def begin(self) -> Recording:
        """Film and listen from now on. DeviceError where a source that was named gives nothing."""
        self.raw.mkdir(parents=True, exist_ok=True)
        self.film = self._filming()
        self.story.begin()
        self.pace = Pace(self._device, self.film, self._window, self._seconds).begin()
        return self

    def _filming(self) -> Film | Scrcpy | Stills:
        """By the source that was named, else by the first that gives a picture."""
        if self._source != "auto":
            return SOURCES[self._source](self._device, self.raw).start()
        try:
            return Film(self._device, self.raw).start()
        except DeviceError:  # no screenrecord, or none that works: a ParseError is one too
            pass
        if scrcpy.find() is not None:
            try:
                return Scrcpy(self._device, self.raw).start()
            except DeviceError as error:
                self.problems.append(error.message)
        return Stills(self._device, self.raw).start()

    def heard(self, then: OnEvent, recipe: Recipe | None = None) -> OnEvent:
        """An `on_event` for the run, which is told too.

        A run is held back before a step, until the film has caught up with it; not while a cut is
        near. `recipe`: tells whether there will be one.
        """
        told = self.story.heard(then)
        if recipe is not None:
            self._window.cut_due = any(entry.kind == "cancel" for entry in walk(recipe.steps))

        def hear(event: Event) -> None:
            step = event.data.get("step")
            if self.pace is not None:
                self.pace.before_event(event.kind, step)
            near = self._window.hear(event.kind, step)
            if self.film is not None:
                self.film.hurry(near)
            told(event)

        return hear

    def close(self) -> None:
        """End the film. It may be called twice."""
        self.story.close()
        if self.pace is not None:
            self.pace.close()
        if self.film is not None and not self._closed:
            self.film.close()
            self.problems += self.film.problems
        self._closed = True

    def discard(self) -> None:
        """Leave nothing behind of a recording of which there is nothing to show."""
        self.close()
        shutil.rmtree(self.raw, ignore_errors=True)
        if self.out.is_dir() and not any(self.out.iterdir()):
            self.out.rmdir()

    def lag(self) -> Lag | None:
        """How late the film's pictures come; None where that is not known."""
        if not isinstance(self.film, Film):
            return None
        touches = [touch.at for step in self.story.steps for touch in step.touches]
        came = [at for segment in self.film.segments for at, _ in segment.chunks]
        return lag(sorted(touches), sorted(came))

    def frames(self) -> Iterator[Frame]:
        """The pictures of the phone's screen, from the first on, each when the screen showed it."""
        found = self.lag()
        late = found.seconds if found is not None else 0.0
        for frame in self.film.frames() if self.film is not None else ():
            yield replace(frame, at=frame.at - late, came=frame.at) if late else frame

    # -- making

    def make(
        self,
        recipe: Recipe,
        result: RunResult,
        wanted: Wanted,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Made:
        """Write film, moving picture, captions and articles. What fails leaves the rest whole."""
        self.close()
        made = Made(problems=list(dict.fromkeys(self.problems)))
        self.raw.mkdir(parents=True, exist_ok=True)
        maker = _Maker(self, recipe, result, wanted, made, tell)
        for part in (
            maker.films,
            maker.moving_pictures,
            maker.captions,
            maker.articles,
            maker.facts,
        ):
            try:
                part()
            except (DroidCancelError, OSError) as error:
                made.problems.append(str(error))
        if not wanted.keep_raw:
            shutil.rmtree(self.raw, ignore_errors=True)
        return made


def _reading(told: captions.Told) -> float:
    return reading_s(told.text)


class _Maker:
    """The files of one recording."""

    def __init__(
        self,
        recording: Recording,
        recipe: Recipe,
        result: RunResult,
        wanted: Wanted,
        made: Made,
        tell: Callable[[str], None],
    ) -> None:
        self._recording, self._recipe, self._result = recording, recipe, result
        self._wanted, self._made, self._tell = wanted, made, tell
        self._story = recording.story
        self._hiding = self._story.hiding()
        self._out = recording.out
        story = self._story
        self._start, self._end = story.began, story.ended or story.began
        self._touches = [t for step in story.steps for t in step.touches]
        self._spoken = self._speak()
        lasts = {name: self._lasts(text, 0.0) for name, text in self._cards().items()}
        usual = Look()
        self._look = Look(
            opening=max(usual.opening, lasts["opening"]), ending=max(usual.ending, lasts["ending"])
        )
        self._timeline = self._line(wanted.trim_idle)

    @property
    def _name(self) -> str:
        return self._recipe.name

    @property
    def _film_locale(self) -> str:
        return self._wanted.locale or self._recording.locale

    @property
    def _locales(self) -> list[str]:
        """The languages that the recipe has texts for, and the film's own."""
        found = [code for code in self._recipe.title if code != "*"] or ["en"]
        own = self._film_locale
        known = {code.partition("-")[0] for code in found}
        return found if own.replace("_", "-").partition("-")[0] in known else [*found, own]

    def _teller(self, locale: str) -> Teller:
        result = self._result
        return Teller(locale, self._recording.profile, result.method, result.moment)

    def _title(self, locale: str) -> str:
        return first_of(self._recipe.title, locale) or self._recipe.name

    def _cards(self) -> dict[str, str]:
        locale = self._film_locale
        verdict = self._teller(locale).verdict(self._result.verdict.name)
        return {"opening": self._title(locale), "ending": verdict}

    def _speak(self) -> dict[str, Spoken]:
        """Every caption of the film as sound; none where the command fails, which is told."""
        if self._wanted.voice is None:
            return {}
        texts = [*self._cards().values(), *(told.text for told in self._told(self._film_locale))]
        self._tell("voice")
        try:
            language = self._film_locale.replace("_", "-").partition("-")[0]
            return self._wanted.voice.speak(texts, language, self._recording.raw / "voice")
        except (DroidCancelError, OSError) as error:
            self._made.problems.append(f"the film has no voice: {error}")
            return {}

    def _lasts(self, text: str, least: float) -> float:
        """How long a caption must be there, to be read and heard."""
        said = self._spoken.get(text)
        return least if said is None else max(least, said.seconds + PAUSE_S)

    def _told(self, locale: str) -> list[captions.Told]:
        return captions.told(self._story.steps, self._story.turns, self._teller(locale))

    def _line(self, longest: float | None, *, spoken: bool = True) -> Timeline:
        """The film's time: waits as long as that, and what is told as long as it takes to read.

        In whatever language: the captions of all of them have the same times.
        """
        line = (
            whole(self._start, self._end)
            if longest is None
            else trimmed(self._start, self._end, self._story.lively, longest)
        )
        if not self._wanted.hold:
            return line
        line = rung(line, [t.at for t in self._touches if t.kind != "text"], RUNG_S)
        needs = self._needs if spoken else _reading
        touched = [touch.at for touch in self._touches]
        for locale in dict.fromkeys([self._film_locale, *self._locales]):
            told = self._told(locale)
            line = held(line, captions.tellings(told, touched, self._end, needs))
        return line

    def _needs(self, told: captions.Told) -> float:
        return self._lasts(told.text, reading_s(told.text))

    def _cues(self, locale: str, timeline: Timeline, look: Look) -> list[captions.Cue]:
        return captions.cues(
            self._told(locale),
            timeline,
            title=self._title(locale),
            opening=look.opening,
            verdict=self._teller(locale).verdict(self._result.verdict.name),
            ending=look.ending,
        )

    def _script(self, timeline: Timeline, look: Look) -> Script:
        locale, result = self._film_locale, self._result
        teller = self._teller(locale)
        by = teller.words.by.replace("{model}", str(result.device["model"]))
        return Script(
            timeline=timeline,
            cues=self._cues(locale, timeline, look),
            touches=self._touches,
            hiding=self._hiding,
            title=self._title(locale),
            subtitle=[f"{teller.app} \u00b7 Android API {result.device['api_level']}", by],
            verdict=result.verdict.name,
            verdict_text=teller.verdict(result.verdict.name),
            reason=self._reason(locale),
        )

    def films(self) -> None:
        """One MP4 a shape."""
        wanted = self._wanted
        for shape in wanted.shapes:
            look = replace(self._look, shape=shape, frame=wanted.frame, zoom=wanted.zoom)
            suffix = "" if shape == wanted.shapes[0] else f"-{shape}"
            path = self._out / f"{self._name}{suffix}.mp4"
            self._tell(f"{path.name}")
            script = self._script(self._timeline, look)
            painter = Painter(script, look, self._recording.frames())
            steps = [cue for cue in script.cues if cue.kind != "turn"]
            size = painter.canvas.size
            sound = track(script.cues, self._spoken)
            self._made.frames = encode(painter.frames(), path, size, look.fps, steps, sound=sound)
            self._made.files["film" + suffix] = path
        self._made.trimmed_s, self._made.held_s = self._timeline.trimmed, self._timeline.held
        self._made.seconds = self._timeline.length

    def moving_pictures(self) -> None:
        """The film in small."""
        wanted = self._wanted
        if not wanted.moving:
            return
        waits = min(GIF_WAIT_S, wanted.trim_idle or GIF_WAIT_S)
        timeline = self._line(waits, spoken=False)
        look = Look(
            shape=wanted.shapes[0], frame=wanted.frame, opening=1.0, ending=2.5, fps=moving.FPS
        )
        painter = Painter(self._script(timeline, look), look, self._recording.frames())
        kept = moving.stills(painter.frames(), look.fps)
        for kind in wanted.moving:
            path = self._out / f"{self._name}.{kind}"
            self._tell(path.name)
            moving.write(kept, path, wanted.moving_bytes, kind)
            self._made.files[kind] = path

    def captions(self) -> None:
        """WebVTT and SRT in each language."""
        for locale in self._locales:
            found = self._cues(locale, self._timeline, self._look)
            for suffix, text in (
                ("vtt", captions.vtt(found, locale)),
                ("srt", captions.srt(found)),
            ):
                path = self._out / f"{self._name}.{locale}.{suffix}"
                path.write_text(text, encoding="utf-8")
                self._made.files[f"{suffix} {locale}"] = path

    def articles(self) -> None:
        """The how-to in each language; the pictures are the same for all."""
        steps = self._story.steps
        teller = self._teller(self._film_locale)
        chosen = [step for step, _ in how_to.told(steps, teller)]
        folder = self._out / how_to.PICTURES
        saved = how_to.save_shots(
            how_to.shots(steps, chosen, self._end), self._recording.frames(), self._hiding, folder
        )
        names = [f"{how_to.PICTURES}/{path.name}" if path else None for path in saved]
        for locale in self._locales:
            told = self._teller(locale)
            texts = [told.step(step) or "" for step in chosen]
            self._write_article(locale, told, texts, names)

    def _write_article(
        self, locale: str, teller: Teller, texts: list[str], names: list[str | None]
    ) -> None:
        result = self._result
        film = next(
            (self._made.files[k].name for k in ("gif", "webp") if k in self._made.files), None
        )
        made = how_to.Article(
            locale=locale,
            title=self._title(locale),
            description=said_in(self._recipe.description, locale) or "",
            steps=texts,
            pictures=names,
            verdict=result.verdict.name,
            verdict_text=teller.verdict(result.verdict.name),
            reason=self._reason(locale),
            facts=self._facts(teller),
            result_word=teller.words.result,
            step_word=teller.words.step,
            film=film,
        )
        for suffix, text in (("md", made.markdown()), ("html", made.html())):
            path = self._out / f"{self._name}.{locale}.{suffix}"
            path.write_text(text, encoding="utf-8")
            self._made.files[f"{suffix} {locale}"] = path

    def _facts(self, teller: Teller) -> dict[str, str]:
        device = self._result.device
        named = teller.words.facts
        return {
            named["app"]: teller.app,
            named["phone"]: f"{device['model']}, Android API {device['api_level']}",
            named["verdict"]: self._result.verdict.name,
        }

    def _reason(self, locale: str) -> str:
        """Why the verdict is so. It is told in English, and would stand strange in other texts."""
        return said_in({ENGLISH: [self._result.verdict.reason]}, locale) or ""

    def facts(self) -> None:
        """Times and places as JSON, for other tools."""
        shown = self._timeline.shown_at
        opening = self._look.opening
        data: dict[str, Any] = {
            "recipe": self._name,
            "run_id": self._result.run_id,
            "verdict": self._result.verdict.name,
            "wall_s": round(self._end - self._start, 3),
            "trimmed_s": round(self._timeline.trimmed, 3),
            "held_s": round(self._timeline.held, 3),
            "paced_s": round(self._recording.paced_s, 3),
            "film_s": round(self._timeline.length, 3),
            "opening_s": opening,
            "ending_s": self._look.ending,
            "fps": self._look.fps,
            "voice": bool(self._spoken),
            "frames": self._made.frames,
            "steps": [
                {"kind": step.kind, "at_s": round(opening + shown(step.at), 3)}
                for step in self._story.steps
            ],
            "captions": [
                {
                    "kind": cue.kind,
                    "from_s": round(cue.start, 3),
                    "to_s": round(cue.end, 3),
                    "text": cue.text,
                }
                for cue in self._cues(self._film_locale, self._timeline, self._look)
            ],
            "touches": [
                {
                    "kind": touch.kind,
                    "at_s": round(opening + self._timeline.first_shown(touch.at), 3),
                    "start": touch.start,
                    "end": touch.end,
                    "element": touch.box,
                }
                for touch in self._touches
            ],
            "turns": [
                {"kind": turn.kind, "at_s": round(opening + shown(turn.at), 3), "text": turn.text}
                for turn in self._story.turns
            ],
            "source": film.source if (film := self._recording.film) is not None else None,
            "lag_s": late.seconds if (late := self._recording.lag()) is not None else None,
            "lag_touches": late.answers if late is not None else 0,
            "problems": self._made.problems,
            "files": {name: path.name for name, path in self._made.files.items()},
        }
        path = self._out / "recording.json"
        path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        self._made.files["facts"] = path
