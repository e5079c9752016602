"""Bytes that an app has sent, by its uid, since the phone booted.

The counter stands in three different dumps by version, and in a kernel table before them; the
first whose answer holds the table is taken. A packet that the firewall drops is not counted
(CONN bpf_progs/netd.c), so no growth is a proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from droidcancel.device.acts import Acts
from droidcancel.device.byte_watch import (
    SHORTEST_CS,
    ByteWatch,
    OnReading,
    Reading,
    script,
)
from droidcancel.device.known import Known
from droidcancel.device.parse import UidBytes, parse_qtaguid, parse_uid_map
from droidcancel.device.parse_traffic import NOT_COUNTED, UNTAGGED
from droidcancel.device.shell import Command, ShellChannel, quoted
from droidcancel.device.types import Capability
from droidcancel.device.ways import CONNECTIVITY_CONTROLLER, NETD_CONTROLLER, NETSTATS, QTAGUID
from droidcancel.errors import ParseError, Unsupported

READ_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Source:
    """One place where the counter may stand."""

    name: str
    command: tuple[str, ...]
    parse: Callable[[str], dict[int, UidBytes]]

    def on_phone(self, uid: int) -> str:
        """Shell text that prints the bytes that a uid has sent, one number for each row of it."""
        if self.parse is parse_qtaguid:
            row, fields = f"^[0-9]+ [^ ]+ {UNTAGGED} {uid} ", "_ i _ _ _ _ _ b _"
            rows, skipped = f"grep -E {quoted([row])}", "|".join(f"{name}*" for name in NOT_COUNTED)
            tell = f"case $i in {skipped}) ;; *) echo $b;; esac"
        else:
            row, fields = f"^ *{uid} [0-9]+ [0-9]+ [0-9]+ [0-9]+ *$", "_ _ _ b _"
            rows, tell = f"grep -E {quoted([row])} | tail -n 1", "echo $b"
        read = f"{quoted(self.command)} 2>/dev/null | {rows}"
        return f"{read} | while read -r {fields}; do {tell}; done"


SOURCES = (
    Source(NETSTATS, ("dumpsys", "netstats"), parse_uid_map),
    Source(
        CONNECTIVITY_CONTROLLER,
        ("dumpsys", "connectivity", "trafficcontroller"),
        parse_uid_map,
    ),
    Source(NETD_CONTROLLER, ("dumpsys", "netd", "trafficcontroller"), parse_uid_map),
    Source(QTAGUID, ("cat", "/proc/net/xt_qtaguid/stats"), parse_qtaguid),
)


class Traffic:
    """The traffic counters of one phone."""

    def __init__(self, shell: ShellChannel, known: Known | None = None) -> None:
        self._shell = shell
        self._known = known or Known()
        self.acts = Acts()
        self._source: Source | None = None
        self.read_seconds: float | None = None

    @property
    def source(self) -> str:
        """Where the counter is read. Raises Unsupported when it stands nowhere."""
        return self._chosen().name

    def can(self) -> Capability:
        """Whether bytes can be counted here, and where."""
        try:
            return Capability(True, self.source)
        except Unsupported as error:
            return Capability(False, why_not=str(error))

    def bytes_of(self, uid: int) -> UidBytes:
        """Received and sent since boot; a uid without a row has used no network yet."""
        counted = self._read(self._chosen()).get(uid, UidBytes(0, 0))
        self.acts.tell("sent", uid=uid, bytes=counted.tx)
        return counted

    def tx_bytes(self, uid: int) -> int:
        """Bytes sent since boot, with the overhead of TLS, TCP and IP."""
        return self.bytes_of(uid).tx

    def watch(
        self,
        uid: int,
        at_bytes: int | None,
        then: Command | None,
        on_reading: OnReading,
        *,
        every_s: float | None = None,
        lead_s: float = 0.0,
    ) -> ByteWatch:
        """Have the phone itself watch the uid's counter, and run ``then`` at so many bytes.

        ``at_bytes``: sent since boot; None only tells the readings, one each ``every_s`` seconds.
        ``then`` None: the host is told that the moment has come, and acts. ``lead_s``: what
        ``then`` takes until it has its effect. Raises Unsupported where no counter stands.
        """
        every_cs = SHORTEST_CS if every_s is None else round(every_s * 100)
        text = script(self._chosen().on_phone(uid), at_bytes, then, every_cs, round(lead_s * 100))

        def read(reading: Reading) -> None:
            self.acts.tell("sent", reading.at, uid=uid, bytes=reading.sent)
            on_reading(reading)

        return ByteWatch(self._shell, text, read, cuts=then is not None)

    def _chosen(self) -> Source:
        if self._source is None:
            self._source = self._find()
        return self._source

    def _find(self) -> Source:
        for source in sorted(SOURCES, key=self._doubt):
            try:
                self._read(source)
            except ParseError:
                continue
            return source
        raise Unsupported(
            "this phone shows no per-app byte counters to the shell",
            "the verdict then rests on what the app shows",
        )

    def _doubt(self, source: Source) -> int:
        """The source that the doctor found is tried first; the order stays otherwise."""
        return 0 if self._known.says("traffic counters", source.name) else 1

    def _read(self, source: Source) -> dict[int, UidBytes]:
        started = time.monotonic()
        text = self._shell.text(source.command, READ_TIMEOUT_S)
        table = source.parse(text)
        self.read_seconds = time.monotonic() - started
        return table
