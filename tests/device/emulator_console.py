"""A small emulator's console, after the documented protocol: a real server on loopback.

Sources: "Send emulator console commands" (developer.android.com), and the answers recorded in the
notes of people who drove one: CRLF lines, a greeting that ends in OK, `KO: reason`, a KO for an
unknown command, `network speed 3g` taken for 3 kbit/s.
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable
from typing import Any

SPEEDS = {"gsm": "14400 14400", "umts": "384000 384000", "full": "0 0", "lte": "58000000 173000000"}
DELAYS = {"none": "0 0", "umts": "35 200", "gprs": "150 550"}
HEAD = "ID        TAG                 VM SIZE                DATE       VM CLOCK"


class State:
    """What the console knows and was asked."""

    def __init__(self, avd: str, token: str = "", on_kill: Callable[[], None] | None = None):
        self.avd = avd
        self.token = token
        self.on_kill = on_kill or (lambda: None)
        self.asked: list[str] = []
        self.snapshots: list[str] = []
        self.up, self.down = 0, 0
        self.least, self.most = 0, 0


class Handler(socketserver.StreamRequestHandler):
    """One client."""

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def handle(self) -> None:
        state: State = self.server.state  # type: ignore[attr-defined]
        allowed = not state.token
        if not allowed:
            self.say(
                "Android Console: Authentication required",
                "Android Console: type 'auth <auth_token>' to authenticate",
                "Android Console: you can find your <auth_token> in ",
                "'/home/user/.emulator_console_auth_token'",
                "OK",
            )
        else:
            self.say("Android Console: type 'help' for a list of commands", "OK")
        for raw in self.rfile:
            line = raw.decode().strip()
            state.asked.append(line)
            if not allowed:
                allowed = self._auth(state, line)
                continue
            if line == "kill":
                self.say("OK: killing emulator, bye bye")
                threading.Thread(target=state.on_kill, daemon=True).start()
                return
            self.answer(state, line)

    def _auth(self, state: State, line: str) -> bool:
        if line == f"auth {state.token}":
            self.say("Android Console: type 'help' for a list of commands", "OK")
            return True
        wrong = line.startswith("auth ")
        said = "authentication token does not match ~/.emulator_console_auth_token"
        self.say(f"KO: {said}" if wrong else "KO: unknown command, try 'help'")
        return False

    def answer(self, state: State, line: str) -> None:
        verb, _, rest = line.rpartition(" ")
        if line == "avd name":
            self.say(state.avd, "OK")
        elif line == "avd snapshot list":
            rows = (
                f"--        {name}      158 MB 2026-11-24 20:00:00   00:01:02"
                for name in state.snapshots
            )
            if state.snapshots:
                self.say("List of snapshots present on all disks:", HEAD, *rows, "OK")
            else:
                self.say("There is no snapshot available.", "OK")
        elif verb == "avd snapshot save":
            state.snapshots.append(rest)
            self.say("OK")
        elif verb in ("avd snapshot load", "avd snapshot delete"):
            if rest not in state.snapshots:
                self.say(f"KO: snapshot '{rest}' not found")
                return
            if verb.endswith("delete"):
                state.snapshots.remove(rest)
            self.say("OK")
        elif verb == "network speed":
            state.up, state.down = _pair(SPEEDS.get(rest), rest, 1000)
            self.say("OK")
        elif verb == "network delay":
            state.least, state.most = _pair(DELAYS.get(rest), rest, 1)
            self.say("OK")
        elif line == "network status":
            self.say(
                "Current network status:",
                f"  download speed:   {state.down:8} bits/s ({state.down / 8192:.1f} KB/s)",
                f"  upload speed:     {state.up:8} bits/s ({state.up / 8192:.1f} KB/s)",
                f"  minimum latency:  {state.least} ms",
                f"  maximum latency:  {state.most} ms",
                "OK",
            )
        else:
            self.say("KO: unknown command, try 'help'")


def _pair(known: str | None, text: str, unit: int) -> tuple[int, int]:
    if known is not None:
        first, second = known.split()
        return int(first), int(second)
    numbers = [int(n) for n in re.findall(r"\d+", text)] or [0]
    return numbers[0] * unit, numbers[-1] * unit


class ConsoleServer(socketserver.ThreadingTCPServer):
    """Listens until it is closed."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, state: State, port: int = 0, handler: Any = Handler) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.state = state
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def __enter__(self) -> ConsoleServer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
