"""The plain film of a test: what the phone's screen showed, and where it was touched, as one MP4.

It is filmed as a recording is, but has no words: `droidcancel record` makes the film of a recipe.
What it films is not known beforehand, and most of it is thrown away: nothing is decoded or drawn
before somebody wants the film.
"""

from __future__ import annotations

import shutil
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Device
from droidcancel.errors import DeviceError
from droidcancel.recipe.options import silent
from droidcancel.record.recording import Recording
from droidcancel.record.render import Look, Painter, Script, encode
from droidcancel.record.story import Step
from droidcancel.record.timeline import whole

if TYPE_CHECKING:
    from droidcancel.recipe.options import OnEvent

#: frames a second: a test's film is looked at, not shown around
FPS = 10


class PlainFilm:
    """Films from `begin` until `close`; `write` then makes the MP4, `discard` nothing.

    `began_at`: seconds since 1970 at its first moment. `problems`: what went wrong, in words.
    """

    def __init__(
        self, device: Device, profile: AppProfile, folder: Path, locale: str | None = None
    ) -> None:
        """The phone's own stream is kept in a folder in `folder`. UsageError without PyAV."""
        self._recording = Recording(device, profile, locale, folder, pace=0.0)
        self._on_event = self._recording.heard(silent)
        self.began_at = time.time()

    def begin(self) -> PlainFilm:
        """Film from now on. DeviceError where the phone gives no picture at all."""
        try:
            self._recording.begin()
        except BaseException:
            self.discard()
            raise
        story = self._recording.story
        # a touch belongs to a step, and not all that a test does is one
        story.steps.append(Step(story.began, "test", {}, {}))
        self.began_at = time.time() - (time.monotonic() - story.began)
        return self

    @property
    def on_event(self) -> OnEvent:
        """For the runs that are filmed: while one waits for its cut, a slow camera stands still."""
        return self._on_event

    @property
    def problems(self) -> list[str]:
        """What went wrong, each once."""
        return list(dict.fromkeys(self._recording.problems))

    def close(self) -> None:
        """End the film; it is whole up to here, also where the phone is gone."""
        self._recording.close()

    def write(self, path: Path) -> float:
        """Make the MP4. Returns its seconds. DeviceError where there is nothing to show."""
        self.close()
        story = self._recording.story
        end = story.ended or story.began
        script = Script(
            timeline=whole(story.began, end),
            cues=(),
            touches=[touch for step in story.steps for touch in step.touches],
            hiding=story.hiding(),
            title="", subtitle=(), verdict="", verdict_text="", reason="",
        )  # fmt: skip
        look = Look(shape="screen", opening=0.0, ending=0.0, fps=FPS, captions=False)
        pictures = self._recording.frames()
        first = next(pictures, None)
        if first is None:
            raise DeviceError("the phone gave no picture")
        painter = Painter(script, look, chain([first], pictures))
        part = path.with_name(f".{path.name}")
        try:
            count = encode(painter.frames(), part, painter.canvas.size, FPS)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return count / FPS

    def discard(self) -> None:
        """Take away what the phone sent; the MP4 that was made of it stays."""
        self._recording.close()
        shutil.rmtree(self._recording.raw, ignore_errors=True)
