"""A moment in bytes that the phone itself watches for, and at which it cuts by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.cancel import Applied
from droidcancel.device.byte_watch import ByteWatch
from droidcancel.errors import DeviceError

if TYPE_CHECKING:
    from droidcancel.recipe.run import Run


class PhoneWatch:
    """The watch of one run. `cuts`: whether the phone cuts too, or the host does once it is told.

    The readings go into the evidence as they come, so nothing else need read the counter meanwhile.
    """

    def __init__(self, run: Run, at_bytes: int) -> None:
        prepared = run.prepared
        command = prepared.command if prepared is not None else None
        self._run = run
        self.cuts = command is not None
        self.watch: ByteWatch = run.device.traffic.watch(
            run.info.uid,
            at_bytes,
            command,
            run.note_reading,
            lead_s=prepared.lead_s if prepared is not None else 0.0,
        )

    @property
    def has_cut(self) -> bool:
        """Whether the phone has run the command, as far as the host was told."""
        return self.cuts and self.watch.fired.is_set()

    def applied(self) -> Applied | None:
        """What the cut did, read back; None where the link dropped under it: cut once more."""
        fired_at, ended = self.watch.fired_at, self.watch.result()
        self.watch.close()
        if fired_at is None or ended is None:
            return None
        return self._run.take_prepared().fired(fired_at)


def begin(run: Run) -> None:
    """Begin to watch before Post is tapped, where the moment is in bytes and the phone counts."""
    moment = run.moment
    wanted = moment is not None and moment.kind == "bytes" and run.recorder.cancel_due
    if not wanted or moment is None or run.posted_tx is None:
        return
    try:
        run.phone_watch = PhoneWatch(run, run.posted_tx + int(moment.value))
    except DeviceError as error:
        run.trouble("watch", error)


def end(run: Run) -> None:
    """The watch is over: it cuts nothing any more, unless it has done so already."""
    if run.phone_watch is not None:
        run.phone_watch.watch.close()


def apply(run: Run) -> Applied:
    """Cancel: read back what the phone has done by itself, or fire what stands ready."""
    phone, applied = run.phone_watch, None
    if phone is not None and phone.has_cut:
        applied = phone.applied()
    end(run)
    return applied if applied is not None else run.take_prepared().fire()
