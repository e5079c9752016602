"""`screenrecord`: a film of the screen (AOSP frameworks/av/cmds/screenrecord)."""

from __future__ import annotations

import asyncio
import re
import signal
from dataclasses import dataclass

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.screenrecord import BlobFile, NoEncoder, Recorder
from droidcancel.simulator.shell.registry import Invocation, command
from droidcancel.simulator.shell.userfiles import UserFiles

MIN_BIT_RATE, MAX_BIT_RATE = 100_000, 200_000_000
MAX_SECONDS = 180
FRAME_S = 1 / 60
UNLIMITED_API = 34  # from Android 14 on `--time-limit 0` is without an end


def record_usage(api: int) -> str:
    """The help of that API level."""
    version = "1.4" if api >= UNLIMITED_API else "1.3" if api >= 30 else "1.2"
    rate = 20 if api >= 26 else 4
    limit = (
        f"Default is {MAX_SECONDS}. Set to 0\n    to remove the time limit.\n"
        if api >= UNLIMITED_API
        else f"Default / maximum is {MAX_SECONDS}.\n"
    )
    display = (
        "--display-id ID\n"
        "    specify the physical display ID to record. Default is the primary display.\n"
        '    see "dumpsys SurfaceFlinger --display-id" for valid display IDs.\n'
        if api >= 29
        else ""
    )
    return (
        "Usage: screenrecord [options] <filename>\n"
        "\n"
        f"Android screenrecord v{version}.  Records the device's display to a .mp4 file.\n"
        "\n"
        "Options:\n"
        "--size WIDTHxHEIGHT\n"
        '    Set the video size, e.g. "1280x720".  Default is the device\'s main\n'
        "    display resolution (if supported), 1280x720 if not.  For best results,\n"
        "    use a size supported by the AVC encoder.\n"
        "--bit-rate RATE\n"
        "    Set the video bit rate, in bits per second.  Value may be specified as\n"
        f"    bits or megabits, e.g. '4000000' is equivalent to '4M'.  Default {rate}Mbps.\n"
        "--bugreport\n"
        "    Add additional information, such as a timestamp overlay, that is helpful\n"
        "    in videos captured to illustrate bugs.\n"
        "--time-limit TIME\n"
        f"    Set the maximum recording time, in seconds.  {limit}{display}"
        "--verbose\n"
        "    Display interesting information on stdout.\n"
        "--help\n"
        "    Show this message.\n"
        "\n"
        "Recording continues until Ctrl-C is hit or the time limit is reached.\n"
        "\n"
    )


@dataclass
class RecordOptions:
    """What the command line asks for; `limit` 0 is without an end."""

    size: tuple[int, int] | None = None
    bit_rate: int = 20_000_000
    limit: int = MAX_SECONDS
    output: str = "mp4"
    verbose: bool = False
    name: str = ""


class _Refused(Exception):
    def __init__(self, text: str, status: int = 2) -> None:
        super().__init__(text)
        self.status = status


TAKES_VALUE = {"size", "bit-rate", "time-limit", "output-format", "display-id", "codec-name",
               "bframes"}  # fmt: skip
ALONE = {"verbose", "bugreport", "rotate", "show-device-info", "show-frame-time",
         "monotonic-time", "persistent-surface"}  # fmt: skip


def parse_record(words: list[str], api: int) -> RecordOptions:
    """Read the options. Raises _Refused with what screenrecord says."""
    options = RecordOptions(bit_rate=20_000_000 if api >= 26 else 4_000_000)
    names: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            names.append(word)
            continue
        name, _, value = word[2:].partition("=")
        if name == "help":
            raise _Refused(record_usage(api), 0)
        if name in TAKES_VALUE:
            if not value and not words:
                raise _Refused(f"screenrecord: option '--{name}' requires an argument\n")
            _set(options, name, value or words.pop(0), api)
        elif name not in ALONE:
            raise _Refused(f"screenrecord: unrecognized option '{word}'\n")
        options.verbose |= name == "verbose"
    if len(names) != 1:
        raise _Refused("Must specify output file (see --help).\n")
    options.name = names[0]
    return options


def _set(options: RecordOptions, name: str, value: str, api: int) -> None:
    if name == "size":
        options.size = _size(value)
    elif name == "bit-rate":
        options.bit_rate = _bit_rate(value)
    elif name == "time-limit":
        options.limit = _limit(value, api)
    elif name == "output-format":
        if value not in ("mp4", "h264"):
            raise _Refused(f"Unknown format '{value}'\n")
        options.output = value


def _size(value: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", value)
    if found is None:
        raise _Refused(f"Invalid size '{value}', must be width x height\n")
    width, height = int(found[1]), int(found[2])
    if not width or not height:
        raise _Refused(f"Invalid size {width}x{height}, width and height may not be zero\n")
    return min(width, 4096), min(height, 4096)


def _bit_rate(value: str) -> int:
    found = re.fullmatch(r"(\d+)([mM]?)", value)
    if found is None:
        raise _Refused(f"Unrecognized value: {value}\n")
    rate = int(found[1]) * (1_000_000 if found[2] else 1)
    if not MIN_BIT_RATE <= rate <= MAX_BIT_RATE:
        raise _Refused(
            f"Bit rate {rate}bps outside acceptable range [{MIN_BIT_RATE},{MAX_BIT_RATE}]\n"
        )
    return rate


def _limit(value: str, api: int) -> int:
    seconds = int(value) if value.isdigit() else 0  # atoi
    if api >= UNLIMITED_API:
        return seconds
    if not 1 <= seconds <= MAX_SECONDS:
        raise _Refused(f"Time limit {seconds}s outside acceptable range [1,{MAX_SECONDS}]\n")
    return seconds


@command("screenrecord")
async def screenrecord(invocation: Invocation) -> int:
    try:
        options = parse_record(invocation.argv[1:], invocation.api)
        return await _Film(invocation, options).record()
    except _Refused as refused:
        await invocation.err(str(refused))
        return refused.status


class _Film:
    """One recording, from the first frame to the index at its end."""

    def __init__(self, invocation: Invocation, options: RecordOptions) -> None:
        self._invocation, self._options = invocation, options
        self._phone = invocation.phone
        self._size = options.size or self._phone.screen.size
        self._packets: list[bytes] = []
        to_stdout = options.output == "h264" and options.name == "-"
        self._file = None if to_stdout else _open(invocation, options.name)
        self._stop = asyncio.Event()
        self._frames = 0

    async def record(self) -> int:
        """Record until SIGINT, the limit, or the end of the shell."""
        options = self._options
        try:
            if self._phone.options.has("no-video-encoder"):
                raise NoEncoder
            mp4 = self._file if options.output == "mp4" else None
            recorder = Recorder(self._size, options.bit_rate, file=mp4, stream=self._packets.append)
        except NoEncoder:
            raise _Refused("ERROR: unable to create video/avc codec instance\n", 1) from None
        await self._tell(
            f"Main display is {self._phone.screen.width}x{self._phone.screen.height} @60.00fps\n"
            f"Configuring recorder for {self._size[0]}x{self._size[1]} video/avc at "
            f"{options.bit_rate / 1e6:.2f}Mbps\n"
        )
        _on_interrupt(self._invocation, self._stop)
        await self._film(recorder)
        await asyncio.to_thread(recorder.close)
        await self._flush()
        await self._tell(f"Encoder stopping; recorded {self._frames} frames\n")
        return 0

    async def _tell(self, text: str) -> None:
        if self._options.verbose:
            await self._invocation.out(text)

    async def _film(self, recorder: Recorder) -> None:
        """Add a frame now, and one after each change of the screen."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        end = began + self._options.limit if self._options.limit else float("inf")
        windows = self._phone.windows
        while not self._stop.is_set() and loop.time() < end:
            version, seen = windows.version, loop.time()
            picture = await self._phone.screen.capture_async()
            await asyncio.to_thread(recorder.add, picture, seen - began)
            self._frames += 1
            await self._flush()
            await self._pause(FRAME_S - (loop.time() - seen))
            while windows.version == version and not self._stop.is_set() and loop.time() < end:
                await self._change_or_stop(version, min(end - loop.time(), 60.0))

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(seconds)

    async def _change_or_stop(self, version: int, timeout: float) -> None:
        waits = [
            asyncio.ensure_future(self._phone.windows.wait_change(version, timeout)),
            asyncio.ensure_future(self._stop.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _flush(self) -> None:
        """Pass on what the encoder gave (a bare stream only)."""
        data = b"".join(self._packets)
        self._packets.clear()
        if not data:
            return
        if self._file is None:
            await self._invocation.stdout.write(data)
        else:
            self._file.write(data)


def _on_interrupt(invocation: Invocation, stop: asyncio.Event) -> None:
    """SIGINT, SIGTERM and SIGHUP end the film properly; SIGKILL leaves it without an index."""

    def take(number: int) -> bool:
        ends = number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if ends:
            stop.set()
        return ends

    invocation.child.on_signal = take


def _open(invocation: Invocation, name: str) -> BlobFile:
    try:
        files = UserFiles(invocation.phone.fs, invocation.uid, invocation.cwd)
        return BlobFile(files.blob(name, mode=0o644))
    except FsError as error:
        raise _Refused(f"Unable to open '{name}': {error.strerror}\n", 1) from None
