"""What stands in for the emulator's program: its command line, its console, and a phone that boots.

Run as a program. The phone is droidcancel's simulator, at the port above the console's, so that
the adb server lists it as emulator-55xx, and waiting for its boot is real.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from droidcancel.simulator import PhoneOptions, Simulator
from tests.device.emulator_console import ConsoleServer, State

AVDS = ("Pixel_8_API_34", "Tablet.API-33")
BOOT_S = 0.5


def main(words: list[str]) -> int:
    if words == ["-list-avds"]:
        print("INFO    | Storing crashdata in: /tmp/android-user/emu-crash.db")
        print("\n".join(AVDS))
        return 0
    avd = words[words.index("-avd") + 1]
    port = int(words[words.index("-port") + 1])
    print("INFO    | Android emulator version 35.2.10.0", flush=True)
    if "-accel" in words:
        print("ERROR   | x86_64 emulation currently requires hardware acceleration!")
        print("ProbeKVM: This user doesn't have permissions to use KVM (/dev/kvm).")
        return 1
    if "-never-boots" in words:
        threading.Event().wait()
    return run(avd, port, words)


def run(avd: str, port: int, words: list[str]) -> int:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    home = Path(os.environ["HOME"])
    state = State(avd, (home / ".emulator_console_auth_token").read_text(), ended.set)
    state.snapshots.append("ready")
    (home / f"words-{port}").write_text("\n".join(words))
    server = int(os.environ["ANDROID_ADB_SERVER_PORT"])
    with ConsoleServer(state, port):
        time.sleep(BOOT_S)
        with Simulator(PhoneOptions(model=avd), emulator_port=port + 1, adb_server=server):
            ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
