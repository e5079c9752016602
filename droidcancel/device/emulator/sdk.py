"""The emulator's program, and the virtual devices (AVDs) that it knows."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from droidcancel.errors import DeviceError, UsageError

LIST_TIMEOUT_S = 30.0
SDK_VARIABLES = ("ANDROID_HOME", "ANDROID_SDK_ROOT")
PROGRAM = "emulator"
#: as avdmanager lets an AVD be called; other lines of `-list-avds` are the emulator's own notes
_AVD = re.compile(r"[A-Za-z0-9._-]+")


def candidates(environment: Mapping[str, str]) -> list[Path]:
    """Where the program may stand, in the order in which it is looked for.

    The SDK that ANDROID_HOME names, then ANDROID_SDK_ROOT, then PATH, then where Android Studio
    puts an SDK. `emulator/` counts before `tools/`, whose program of old starts nothing by now.
    """
    sdks = [Path(environment[name]) for name in SDK_VARIABLES if environment.get(name)]
    found = [sdk / folder / PROGRAM for sdk in sdks for folder in ("emulator", "tools")]
    on_path = shutil.which(PROGRAM, path=environment.get("PATH", ""))
    found += [Path(on_path)] if on_path else []
    home = Path(environment.get("HOME", "/"))
    usual = (home / "Android" / "Sdk", home / "Library" / "Android" / "sdk")
    return [*found, *(sdk / "emulator" / PROGRAM for sdk in usual)]


def find_emulator(environment: Mapping[str, str] | None = None) -> Path:
    """The emulator's program. DeviceError where there is none, saying where it was looked for."""
    given = os.environ if environment is None else environment
    looked = candidates(given)
    for path in looked:
        if path.is_file() and os.access(path, os.X_OK):
            return path
    unset = [name for name in SDK_VARIABLES if not given.get(name)]
    notes = f" ({' and '.join(unset)} not set)" if unset else ""
    raise DeviceError(
        f"Android's emulator is not on this machine; looked for {', '.join(map(str, looked))}"
        f" and on PATH{notes}",
        "install it (`sdkmanager emulator`) and set ANDROID_HOME to the SDK; or use droidcancel's "
        "own virtual phone: `droidcancel simulator start`",
    )


def parse_avds(text: str) -> list[str]:
    """`emulator -list-avds`: a name a line, between notes such as `INFO    | Storing ...`."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if _AVD.fullmatch(line)]


def avds(program: Path) -> list[str]:
    """The AVDs of this user. Raises DeviceError."""
    try:
        done = subprocess.run(
            [str(program), "-list-avds"],
            capture_output=True, text=True, errors="replace", timeout=LIST_TIMEOUT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DeviceError(f"{program} -list-avds: {error}", "does it run by hand?") from error
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())[:300]
        raise DeviceError(f"{program} -list-avds ended with {done.returncode}: {said}")
    return parse_avds(done.stdout)


def check_avd(program: Path, name: str) -> None:
    """UsageError for an AVD that there is not, with the nearest one."""
    known = avds(program)
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    meant = f": did you mean {near[0]}?" if near else ""
    raise UsageError(
        f"there is no AVD {name!r}{meant}",
        f"AVDs: {', '.join(known)}" if known else "make one: `avdmanager create avd`, or in Studio",
    )
