"""The emulator's command line, as a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from droidcancel.errors import UsageError

#: even ports are consoles, the odd one above each is its adb (emulator console documentation)
CONSOLE_PORTS = range(5554, 5586, 2)


@dataclass(frozen=True)
class StartOptions:
    """How to start it. `port`: of the console. `snapshot`: loaded in place of a boot.

    Without a window it draws in software and makes no sound: it is meant for machines with neither.
    `wipe`: the AVD's data is lost. `read_only`: several of the same AVD may run; nothing is kept.
    """

    port: int
    window: bool = False
    snapshot: str | None = None
    wipe: bool = False
    read_only: bool = False
    gpu: str | None = None
    extra: tuple[str, ...] = ()


def start_command(program: Path, avd: str, options: StartOptions) -> list[str]:
    """The words that start an AVD. UsageError for options that contradict each other."""
    if options.port not in CONSOLE_PORTS:
        raise UsageError(
            f"{options.port} is no port of an emulator's console",
            f"an even number from {CONSOLE_PORTS[0]} to {CONSOLE_PORTS[-1]}",
        )
    if options.wipe and options.snapshot is not None:
        raise UsageError("a wiped AVD has no snapshots", "leave out --wipe or --snapshot")
    if options.wipe and options.read_only:
        raise UsageError("an AVD that is read only cannot be wiped", "leave out one of the two")
    words = [str(program), "-avd", avd, "-port", str(options.port), "-no-boot-anim"]
    if not options.window:
        words += ["-no-window", "-no-audio"]
    gpu = options.gpu or (None if options.window else "swiftshader_indirect")
    words += ["-gpu", gpu] if gpu is not None else []
    # a snapshot that is saved at the exit by itself would bring radios and time of then back
    words += ["-no-snapshot-save"] if options.snapshot is not None else ["-no-snapshot"]
    words += ["-snapshot", options.snapshot] if options.snapshot is not None else []
    words += ["-wipe-data"] if options.wipe else []
    words += ["-read-only"] if options.read_only else []
    return [*words, *options.extra]
