"""A film of the phone's screen, by its own `screenrecord`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from droidcancel.device import Device, poll, unique_name, until
from droidcancel.errors import NotEffective, Unsupported
from droidcancel.journal import Journal

#: how long the file may take to be finished, and how long screenrecord may take to begin
FINISH_S = 20.0
#: what Android up to 13 allows (frameworks/av screenrecord.cpp); a longer film ends there
LONGEST_S = 180


@contextmanager
def filmed(device: Device, path: Path) -> Iterator[None]:
    """Film the screen for as long as the context lasts, three minutes at most, into a local MP4.

    The file on the phone goes through the journal. Raises Unsupported where the phone has no
    screenrecord, NotEffective where it leaves no film.
    """
    helped = device.shell.run(["screenrecord", "--help"]).everything
    if "--time-limit" not in helped:
        raise Unsupported(f"{device.serial} has no screenrecord")
    remote = device.media.path_of(unique_name("film"))
    with Journal.of(device.serial, "film").change(device, "media", args={"path": remote}):
        command = ["screenrecord", "--time-limit", str(LONGEST_S), remote]
        with device.shell.stream(command) as recording:
            try:
                yield
            finally:
                device.shell.run(["kill", "-2", str(recording.pid)])
                gone = ["kill", "-0", str(recording.pid)]
                poll(until(lambda: device.shell.run(gone).rc != 0), FINISH_S)
        if not device.media.size(remote):
            raise NotEffective("screenrecord left no film: the screen may not have changed")
        device.pull(remote, path)
