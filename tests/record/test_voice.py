"""A voice for the captions: what is run, what is heard when, and what goes wrong."""

from __future__ import annotations

import shlex
import sys
from array import array
from pathlib import Path

import pytest

from droidcancel.errors import UsageError
from droidcancel.record import cues, voice
from droidcancel.record.render import Look, encode
from droidcancel.record.timeline import held, whole
from droidcancel.record.voice import PAUSE_S, Voice, track
from tests.record.test_pure import drawn

av = pytest.importorskip("av")
#: a tone for each caption, longer the longer the text, at a rate of its own
SPEAKER = """
import math, struct, sys, wave
text, lang, out = sys.argv[1:4]
with open(out + ".args", "w", encoding="utf-8") as file:
    file.write(repr(sys.argv[1:3]))
count = int(22050 * (0.2 + len(text) / 40))
with wave.open(out, "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(22050)
    tone = (int(20000 * math.sin(n * 440 * math.tau / 22050)) for n in range(count))
    file.writeframes(b"".join(struct.pack("<h", n) for n in tone))
"""
EVIL = "$(touch /tmp/x) `id`; {out} 'quote\" -w --help"


def speaker(folder: Path, text: str = SPEAKER) -> Voice:
    path = folder / "speaker with space.py"
    path.write_text(text, encoding="utf-8")
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(path))} {{text}} {{lang}} {{out}}"
    return Voice.of(command)


def test_a_caption_is_one_word_whatever_stands_in_it(tmp_path: Path) -> None:
    spoken = speaker(tmp_path).speak([EVIL, "Tap Post", EVIL], "fr", tmp_path / "v")
    assert list(spoken) == [EVIL, "Tap Post"], "each is spoken once"
    heard = (tmp_path / "v" / "000.wav.args").read_text(encoding="utf-8")
    assert heard == repr([EVIL, "fr"])
    assert spoken["Tap Post"].seconds == pytest.approx(0.4, abs=0.01)


def test_names_are_put_in_after_the_words_are_split() -> None:
    made = Voice.of("sh --out={out} -v {lang} {text}").argv("a {lang} b", "id", Path("/x y.wav"))
    assert made == ["sh", "--out=/x y.wav", "-v", "id", "a {lang} b"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("sh 'open", "No closing quotation"),
        ("", "has no {text}"),
        ("sh -w {out}", "has no {text}"),
        ("sh {text}", "has no {out}"),
        ("no-such-program {text} {out}", "not installed"),
    ],
)
def test_a_command_that_cannot_speak_is_refused(command: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Voice.of(command)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import sys; sys.exit('no such language')", "exit code 1. no such language"),
        ("pass", "wrote no WAV file that can be read"),
        ("import sys; open(sys.argv[3], 'w').write('x')", "wrote no WAV file that can be read"),
        (SPEAKER.replace("count = int", "count = 0 * int"), "its sound lasts 0.0 s"),
        ("import time; time.sleep(30)", "was not spoken within 0.5 s"),
    ],
)
def test_a_command_that_fails_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    if "sleep" in script:
        monkeypatch.setattr(voice, "TIMEOUT_S", 0.5)
    with pytest.raises(UsageError, match=said):
        speaker(tmp_path, script).speak(["Tap Post"], "en", tmp_path / "v")


def test_the_film_is_heard_where_its_captions_are(tmp_path: Path) -> None:
    """Decoded: sound from each caption's time on for as long as it is spoken, and none else."""
    told = [cues.Told(at, f"{at} and some more words", "step") for at in (100.3, 100.6, 102.0)]
    spoken = speaker(tmp_path).speak([t.text for t in told], "en", tmp_path / "v")
    wants = cues.tellings(told, [], 103.0, lambda t: spoken[t.text].seconds + PAUSE_S)
    line = held(whole(100.0, 103.0), wants)
    found = cues.cues(told, line, opening=1.0)
    path = tmp_path / "film.mp4"
    shown = drawn(Look(opening=0.0, ending=0.0))
    shown[-1].count += round((found[-1].end - 3.0) * 30)
    encode(iter(shown), path, shown[0].picture.size, 30, sound=track(found, spoken))
    loud = loudness(path)
    for cue in found:
        ends = cue.start + spoken[cue.text].seconds
        assert cue.end >= ends + PAUSE_S - 0.06, "it is not spoken into the next"
        assert min(loud[round(cue.start * 100) + 6 : round(ends * 100) - 6]) > 3000
        assert max(loud[round(ends * 100) + 6 : round(cue.end * 100) - 6], default=0) < 500
    assert max(loud[: round(found[0].start * 100) - 6]) < 500


def loudness(path: Path) -> list[int]:
    """The loudest sample of each hundredth of a second."""
    samples = array("h")
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        assert stream.codec_context.name == "aac"
        assert film.streams.video[0].codec_context.name == "h264"
        resampler = av.AudioResampler(format="s16", layout="mono", rate=44_100)
        for frame in film.decode(audio=0):
            for piece in resampler.resample(frame):
                samples.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
    return [max(map(abs, samples[n : n + 441])) for n in range(0, len(samples), 441)]
