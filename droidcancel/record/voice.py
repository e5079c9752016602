"""A voice for the captions, by a command of this host that the user names.

The command is words, split as a shell would split them; `{text}`, `{lang}` and `{out}` are put in
after that, so that a caption is one word whatever stands in it, and no shell ever sees it. It must
write a WAV file to `{out}`. What it says is put on the film's sound at each caption's time.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from droidcancel.errors import UsageError
from droidcancel.record.cues import Cue
from droidcancel.record.frames import need_av

EXAMPLE = "--voice 'espeak-ng -v {lang} -w {out} -- {text}'"
TIMEOUT_S = 60.0
#: between the end of what is said and the next caption
PAUSE_S = 0.3
RATE = 44_100
#: a spoken caption that lasts longer is no caption
LONGEST_S = 60.0
#: bytes of a sample, and samples that are encoded at once
WIDTH, SAMPLES = 2, 1024
_NAME = re.compile(r"\{(text|lang|out)\}")


@dataclass(frozen=True)
class Voice:
    """The words of the command. Make it by :meth:`of`."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, command: str) -> Voice:
        """Split a command. Raises UsageError for one that cannot be split, found, or speak."""
        try:
            words = tuple(shlex.split(command))
        except ValueError as error:
            raise UsageError(f"--voice {command}: {error}", EXAMPLE) from error
        missing = [name for name in ("text", "out") if f"{{{name}}}" not in " ".join(words)]
        if not words or missing:
            raise UsageError(f"--voice {command}: it has no {{{missing[0]}}}", EXAMPLE)
        if shutil.which(words[0]) is None:
            raise UsageError(f"--voice: {words[0]} is not installed, or not in PATH", EXAMPLE)
        return cls(words)

    def argv(self, text: str, language: str, out: Path) -> list[str]:
        """The words of the command for one caption."""
        given = {"text": text, "lang": language, "out": str(out)}
        # one pass: what a caption puts in is not looked into again
        return [_NAME.sub(lambda found: given[found[1]], word) for word in self.words]

    def speak(self, texts: Iterable[str], language: str, folder: Path) -> dict[str, Spoken]:
        """Have texts spoken, each once, into files of a folder. Raises UsageError."""
        folder.mkdir(parents=True, exist_ok=True)
        found: dict[str, Spoken] = {}
        for number, text in enumerate(dict.fromkeys(texts)):
            out = folder / f"{number:03d}.wav"
            self._run(self.argv(text, language, out), text)
            found[text] = _spoken(out, f"--voice {self.words[0]}: \u201c{text}\u201d")
        return found

    def _run(self, argv: list[str], text: str) -> None:
        what = f"--voice {self.words[0]}: \u201c{text}\u201d"
        try:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise UsageError(f"{what} was not spoken within {TIMEOUT_S:g} s") from error
        except OSError as error:
            raise UsageError(f"{what} was not spoken: {error}", EXAMPLE) from error
        if done.returncode:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-200:]
            raise UsageError(f"{what} was not spoken: exit code {done.returncode}. {said}".strip())


@dataclass(frozen=True)
class Spoken:
    """A caption as sound: a WAV file, and how long it is."""

    path: Path
    seconds: float


def _spoken(path: Path, what: str) -> Spoken:
    try:
        with wave.open(str(path), "rb") as file:
            seconds = file.getnframes() / file.getframerate()
    except (OSError, EOFError, wave.Error, ZeroDivisionError) as error:
        raise UsageError(
            f"{what}: the command ended well, and wrote no WAV file that can be read ({error})",
            "it must write PCM to {out}",
        ) from error
    if not 0 < seconds <= LONGEST_S:
        raise UsageError(f"{what}: its sound lasts {seconds:.1f} s, expected up to {LONGEST_S:g} s")
    return Spoken(path, seconds)


def track(cues: Sequence[Cue], spoken: Mapping[str, Spoken]) -> bytes:
    """The film's sound: 16 bit, one channel, RATE; each caption from its own time on.

    What would reach into the next caption ends there.
    """
    sound = bytearray()
    for cue in cues:
        said = spoken.get(cue.text)
        if said is None:
            continue
        start = round(cue.start * RATE) * WIDTH
        room = round((cue.end - cue.start) * RATE) * WIDTH
        sound += bytes(max(0, start - len(sound)))
        sound += _pcm(said.path)[:room]
    return bytes(sound)


def _pcm(path: Path) -> bytes:
    av = need_av()
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    found = bytearray()
    with av.open(str(path)) as file:
        for frame in (*file.decode(audio=0), None):
            for piece in resampler.resample(frame):
                found += bytes(piece.planes[0])[: piece.samples * WIDTH]
    return bytes(found)


def sound_frames(sound: bytes) -> Iterator[Any]:
    """The track in pieces of PyAV's, in order."""
    av = need_av()
    for at in range(0, len(sound), SAMPLES * WIDTH):
        data = sound[at : at + SAMPLES * WIDTH]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(data) // WIDTH)
        frame.planes[0].update(data.ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts = RATE, at // WIDTH
        frame.time_base = Fraction(1, RATE)
        yield frame
