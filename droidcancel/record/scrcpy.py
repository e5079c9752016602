"""Filming by scrcpy, where it is installed on this host: for phones whose own screenrecord is gone.

It runs beside us, without a window, sound or control, and writes a Matroska file whose times are
the phone's own (scrcpy, doc/recording.md). The first picture's time is when scrcpy says that it has
begun. What it puts on the phone, its server in /data/local/tmp, it takes away itself at its end.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from droidcancel.device import Device
from droidcancel.device.adb import environment
from droidcancel.errors import DeviceError
from droidcancel.record.frames import Frame, need_av

#: what must stand in its --help: since scrcpy 2.1
NEEDS = ("--no-playback", "--no-audio", "--no-control", "--record=")
HELP_S, BEGIN_S, END_S = 15.0, 20.0, 10.0
#: a film that ended by itself is begun anew so often, each after so long
MOST_RETRIES, RETRY_S = 120, 1.0
_BEGUN = "Recording started"


@dataclass
class _Part:
    """One file of it. `began`: when its first picture came, in monotonic seconds."""

    path: Path
    process: subprocess.Popen[str]
    began: float | None = None
    said: list[str] = field(default_factory=list)
    listener: threading.Thread | None = None


def find() -> str | None:
    """The path of scrcpy on this host."""
    return shutil.which("scrcpy")


class Scrcpy:
    """Films until it is closed. `problems`: what went wrong with it, in words."""

    source: Literal["scrcpy"] = "scrcpy"
    on_change = True
    #: it writes its file when it likes; its pictures carry times of their own
    came: float | None = None

    def __init__(self, device: Device, folder: Path) -> None:
        """`folder`: for its files; it is there. DeviceError where there is no usable scrcpy."""
        self._device = device
        self._folder = folder
        self._program = find() or ""
        if not self._program:
            raise DeviceError(
                "scrcpy is not installed on this host", "https://github.com/Genymobile/scrcpy"
            )
        told = self._help()
        missing = [word for word in NEEDS if word not in told]
        if missing:
            raise DeviceError(
                f"{self._program} knows no {', '.join(missing)}", "install scrcpy 2.1 or newer"
            )
        self._window = ["--no-window"] if "--no-window" in told else []
        self._power = ["--no-power-on"] if "--no-power-on" in told else []
        self._stop = threading.Event()
        self._keeper: threading.Thread | None = None
        self._parts: list[_Part] = []
        self.problems: list[str] = []

    def _help(self) -> str:
        try:
            done = subprocess.run(
                [self._program, "--help"], capture_output=True, timeout=HELP_S, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DeviceError(f"{self._program} --help does not answer: {error}") from error
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    def start(self, timeout: float = BEGIN_S) -> Scrcpy:
        """Begin, and wait until it says that it records. DeviceError where it does not."""
        part = self._begin()
        deadline = time.monotonic() + timeout
        while part.began is None:
            if part.process.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise DeviceError(f"scrcpy gives no film: {_last(part)}")
            self._stop.wait(0.02)
        self._keeper = threading.Thread(
            target=self._keep_on, name="droidcancel-scrcpy", daemon=True
        )
        self._keeper.start()
        return self

    def _begin(self) -> _Part:
        path = self._folder / f"{len(self._parts):03d}.mkv"
        command = [
            self._program, f"--serial={self._device.serial}", "--no-playback", *self._window,
            *self._power, "--no-control", "--no-audio", f"--record={path}",
        ]  # fmt: skip
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment(),
                text=True,
                errors="replace",
                start_new_session=True,  # Ctrl-C is ours: its film goes on until all is restored
            )
        except OSError as error:
            raise DeviceError(f"scrcpy does not start: {error}") from error
        part = _Part(path, process)
        part.listener = threading.Thread(
            target=_listen, args=(part,), name="droidcancel-scrcpy-read", daemon=True
        )
        self._parts.append(part)
        part.listener.start()
        return part

    def _keep_on(self) -> None:
        """Begin anew where it has ended by itself: the link dropped, the phone restarted."""
        retries = 0
        while not self._stop.wait(0.2):
            part = self._parts[-1]
            if part.process.poll() is None:
                continue
            problem = f"scrcpy ended: {_last(part)}"
            if problem not in self.problems:
                self.problems.append(problem)
            if retries >= MOST_RETRIES or self._stop.wait(RETRY_S):
                return
            retries += 1
            try:
                self._begin()
            except DeviceError as error:
                self.problems.append(error.message)
                return

    @property
    def begun(self) -> int:
        """How many files have a picture."""
        return sum(part.began is not None for part in self._parts)

    def wait_for_picture(self, seconds: float) -> None:
        """So long: nobody tells of one."""
        self._stop.wait(seconds)

    def hurry(self, on: bool) -> None:
        """It asks nothing of the phone's shell."""

    def close(self) -> None:
        """End it as Ctrl-C does, so that its file is whole, and wait for it."""
        self._stop.set()
        if self._keeper is not None:
            self._keeper.join(timeout=5.0)
        for part in self._parts:
            _end(part, self.problems)

    def frames(self) -> Iterator[Frame]:
        """All pictures in the order of time."""
        begun = [part for part in self._parts if part.began is not None]
        for part in begun:
            yield from _frames(part)


def _listen(part: _Part) -> None:
    """Note what it says, and when it has begun."""
    assert part.process.stdout is not None
    for line in part.process.stdout:
        if part.began is None and _BEGUN in line:
            part.began = time.monotonic()
        if line.strip():
            part.said = [*part.said[-20:], line.strip()]


def _last(part: _Part) -> str:
    """What it said last, the error if there was one."""
    wrong = [line for line in part.said if re.match(r"(\[server\] )?(ERROR|WARN)", line)]
    return (wrong or part.said or ["it said nothing"])[-1]


def _end(part: _Part, problems: list[str]) -> None:
    process = part.process
    for number in (signal.SIGINT, signal.SIGTERM):
        if process.poll() is not None:
            break
        process.send_signal(number if os.name == "posix" else signal.SIGTERM)
        try:
            process.wait(timeout=END_S)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        _kill(process)
        process.wait(timeout=END_S)
        problems.append("scrcpy did not end when it was asked to, and was killed")
    if part.listener is not None:
        part.listener.join(timeout=5.0)
        if part.listener.is_alive():  # something that it started still holds its output
            return  # and closing what is being read waits for that, without an end
    if process.stdout is not None:
        process.stdout.close()


def _kill(process: subprocess.Popen[str]) -> None:
    """End it with all that it started: the adb that runs its server on the phone, say."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # a session of its own, see `_begin`


def _frames(part: _Part) -> Iterator[Frame]:
    """The pictures of one file; of one that was cut off, those that are whole."""
    av = need_av()
    assert part.began is not None
    try:
        with av.open(str(part.path)) as container:
            first: float | None = None
            for picture in container.decode(video=0):
                first = picture.time if first is None else first
                yield Frame(part.began + picture.time - first, picture.to_image)
    except (av.FFmpegError, OSError, IndexError):  # torn, or nothing in it
        return
