"""The film itself: frames at a constant rate, drawn one after the other, encoded as MP4.

A frame is drawn anew only where something on it changed, and encoded as often as it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from droidcancel.device import Bounds
from droidcancel.record import overlay
from droidcancel.record.canvas import Canvas, Crop, Shape, zoomed
from droidcancel.record.cues import Cue
from droidcancel.record.frames import Frame, need_av
from droidcancel.record.hiding import Hiding
from droidcancel.record.pictures import Picture, pictures
from droidcancel.record.story import Touch
from droidcancel.record.timeline import Timeline
from droidcancel.record.voice import RATE, sound_frames

if TYPE_CHECKING:
    from PIL import Image

FPS = 30
#: encoders by preference: the first that this PyAV has
CODECS = ("libx264", "libopenh264", "h264_videotoolbox", "h264")
#: the zoom goes in before a touch and out after it, in seconds
ZOOM_IN_S, ZOOM_STAY_S, ZOOM_OUT_S = 0.4, 0.9, 0.5
#: a wait that is played less than so much faster is not marked
MARKED_SPEED = 1.25


@dataclass(frozen=True)
class Look:
    """How the film looks. `opening`, `ending`: seconds of the cards. `zoom`: 0 none, 1 strong."""

    shape: Shape = "portrait"
    frame: bool = False
    zoom: float = 0.0
    opening: float = 2.0
    ending: float = 3.0
    fps: int = FPS
    captions: bool = True


@dataclass(frozen=True)
class Script:
    """All that a film is made of. Times of touches and hidden places are the run's."""

    timeline: Timeline
    cues: Sequence[Cue]
    touches: Sequence[Touch]
    hiding: Hiding
    title: str
    subtitle: Sequence[str]
    verdict: str
    verdict_text: str
    reason: str


@dataclass
class Shown:
    """One drawn frame, and for how many of the film's frames it stands."""

    picture: Image.Image
    count: int = 1
    key: Any = field(default=None, compare=False)


class Painter:
    """Draws a film's frames in order, from the pictures of the phone's screen in order."""

    def __init__(self, script: Script, look: Look, frames: Iterator[Frame]) -> None:
        self._script, self._look = script, look
        self._pictures = pictures(frames, script.hiding)
        self._next = next(self._pictures, None)
        self._now: Picture | None = None
        line = script.timeline
        self._touched = [(line.first_shown(touch.at), touch) for touch in script.touches]
        self._clean: tuple[Any, Image.Image] | None = None
        self._ground: tuple[Any, Image.Image] | None = None
        first = self._next.frame.picture.size if self._next is not None else (1080, 2400)
        self.canvas = Canvas(look.shape, first, look.frame)

    def frames(self) -> Iterator[Shown]:
        """The whole film: title card, the run, end card."""
        look = self._look
        if look.opening:
            yield Shown(self._title(), round(look.opening * look.fps))
        yield from self._run()
        if look.ending:
            yield Shown(self._end(), round(look.ending * look.fps))

    def _title(self) -> Image.Image:
        script = self._script
        return overlay.card(self.canvas.size, script.title, script.subtitle, overlay.RING)

    def _end(self) -> Image.Image:
        script = self._script
        colour = overlay.VERDICT_COLOURS.get(script.verdict, overlay.OPEN)
        return overlay.card(
            self.canvas.size, script.verdict_text, [script.reason] if script.reason else [], colour
        )

    def _run(self) -> Iterator[Shown]:
        """Equal frames in a row are one."""
        last: Shown | None = None
        count = round(self._script.timeline.length * self._look.fps)
        for number in range(count):
            shown = number / self._look.fps
            moment = self._script.timeline.moment_at(shown)
            self._advance(moment)
            key = self._key(moment, shown)
            if last is not None and last.key == key:
                last.count += 1
                continue
            if last is not None:
                yield last
            last = Shown(self._draw(moment, shown), 1, key)
        if last is not None:
            yield last

    # -- what is to be seen at a moment

    def _advance(self, moment: float) -> None:
        while self._next is not None and self._next.at <= moment:
            self._now, self._next = self._next, next(self._pictures, None)

    @property
    def _frame(self) -> Picture | None:
        """The screen now; before the first picture came, that one."""
        return self._now if self._now is not None else self._next

    def _key(self, moment: float, shown: float) -> Any:
        """What makes a frame another one than the one before."""
        live = [(t.at, round(age, 3)) for t, age in self._touches(shown)]
        frame = self._frame
        return (
            frame.at if frame is not None else None,
            tuple(live),
            self._caption(shown),
            self._speed(shown),
            self._crop(moment),
            self._places(moment),
        )

    def _touches(self, shown: float) -> list[tuple[Touch, float]]:
        """Those that are to be seen then, and how long each has been."""
        longest = max(overlay.RING_S, overlay.TRAIL_S, overlay.KEY_S)
        ages = [(touch, shown - at) for at, touch in self._touched]
        return [(touch, age) for touch, age in ages if 0 <= age <= longest]

    def _caption(self, shown: float) -> Cue | None:
        at = shown + self._look.opening
        found = [
            c for c in self._script.cues if c.start <= at < c.end and c.kind in ("step", "turn")
        ]
        return found[-1] if found else None

    def _speed(self, shown: float) -> float | None:
        speed = self._script.timeline.speed_at(shown)
        return round(speed, 1) if speed >= MARKED_SPEED or speed == 0 else None

    def _crop(self, moment: float) -> Crop | None:
        """Zoomed in on a touch that is near in time."""
        if not self._look.zoom:
            return None
        best, where = 0.0, None
        for touch in self._script.touches:
            strength = _near(moment - touch.at) if touch.kind in ("tap", "long_press") else 0.0
            if strength > best and touch.start is not None:
                best, where = strength, touch.start
        if where is None:
            return None
        return zoomed(self.canvas, where, round(best * self._look.zoom, 2))

    def _places(self, moment: float) -> tuple[Bounds, ...]:
        """What must not be seen then."""
        picture = self._frame
        return () if picture is None else picture.places(moment, self._script.hiding)

    # -- drawing

    def _draw(self, moment: float, shown: float) -> Image.Image:
        from PIL import Image, ImageDraw

        frame = self._frame
        if frame is None:
            return Image.new("RGB", self.canvas.size, (40, 42, 48))
        crop = self._crop(moment)
        image = self._base(frame, moment, crop).copy()
        draw = ImageDraw.Draw(image)
        for touch, age in self._touches(shown):
            if touch.kind == "key" and age <= overlay.KEY_S:
                overlay.draw_key(draw, self.canvas, touch.text)
            else:
                overlay.draw_touch(draw, self.canvas, touch, age, crop)
        speed = self._speed(shown)
        if speed is not None:
            overlay.draw_pace(draw, self.canvas, speed)
        self._draw_caption(draw, shown)
        return image

    def _base(self, frame: Picture, moment: float, crop: Crop | None) -> Image.Image:
        """The screen on its canvas: the same for many frames, as where a ring grows on it."""
        key = (frame.at, self._places(moment), crop)
        if self._ground is None or self._ground[0] != key:
            self._ground = (key, self.canvas.base(self._without_people(frame, moment), crop))
        return self._ground[1]

    def _draw_caption(self, draw: Any, shown: float) -> None:
        cue = self._caption(shown)
        if cue is None or not self._look.captions:
            return
        colour = overlay.RING if cue.kind == "step" else overlay.OPEN
        overlay.draw_caption(draw, self.canvas.strip, cue.text, colour)

    def _without_people(self, frame: Picture, moment: float) -> Image.Image:
        key = (frame.at, self._places(moment))
        if self._clean is None or self._clean[0] != key:
            self._clean = (key, frame.clean(moment, self._script.hiding))
        return self._clean[1]


def _near(age: float) -> float:
    """How far the zoom is in, `age` seconds after a touch (before it, less than 0): 0 to 1."""
    if -ZOOM_IN_S <= age < 0:
        return _soft(1 + age / ZOOM_IN_S)
    if 0 <= age <= ZOOM_STAY_S:
        return 1.0
    if ZOOM_STAY_S < age <= ZOOM_STAY_S + ZOOM_OUT_S:
        return _soft(1 - (age - ZOOM_STAY_S) / ZOOM_OUT_S)
    return 0.0


def _soft(part: float) -> float:
    return part * part * (3 - 2 * part)


def encode(
    shown: Iterator[Shown],
    path: Path,
    size: tuple[int, int],
    fps: int = FPS,
    chapters: Sequence[Cue] = (),
    watch: Callable[[Shown], None] | None = None,
    sound: bytes = b"",
) -> int:
    """Write an MP4: H.264, yuv420p, its index first, a constant rate. Returns its frames.

    `watch` sees each drawn frame as well. `sound`: a track of :func:`voice.track`, as AAC.
    UsageError where PyAV or an encoder is missing.
    """
    av = need_av()
    codec = next((name for name in CODECS if name in av.codecs_available), CODECS[0])
    total = 0
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        stream.options = {"crf": "20", "preset": "veryfast"}
        spoken = _Sound(container, sound, fps)
        if chapters:
            container.set_chapters(_chapters(chapters))
        for drawn in shown:
            if watch is not None:
                watch(drawn)
            # converted once, however often it is shown
            frame = av.VideoFrame.from_image(drawn.picture.convert("RGB"))
            frame = frame.reformat(format="yuv420p")
            for _ in range(drawn.count):
                frame.pts, frame.time_base = total, Fraction(1, fps)
                container.mux(stream.encode(frame))
                total += 1
            spoken.until(total)
        container.mux(stream.encode(None))
        spoken.end()
    return total


class _Sound:
    """The sound beside the picture, muxed as the picture goes on."""

    def __init__(self, container: Any, sound: bytes, fps: int) -> None:
        self._container, self._fps = container, fps
        self._stream: Any = None
        if sound:
            self._stream = container.add_stream("aac", rate=RATE, layout="mono")
        self._frames = sound_frames(sound) if sound else iter(())
        self._at = 0.0

    def until(self, frame: int) -> None:
        """Write what is heard until that frame of the film."""
        while self._at < frame / self._fps and (piece := next(self._frames, None)) is not None:
            self._at = piece.pts / RATE
            self._container.mux(self._stream.encode(piece))

    def end(self) -> None:
        """Write the rest."""
        if self._stream is None:
            return
        for piece in self._frames:
            self._container.mux(self._stream.encode(piece))
        self._container.mux(self._stream.encode(None))


def _chapters(cues: Sequence[Cue]) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "start": round(cue.start * 1000),
            "end": round(cue.end * 1000),
            "time_base": Fraction(1, 1000),
            "metadata": {"title": cue.text},
        }
        for number, cue in enumerate(cues)
    ]
