"""Sending signals to the phone's processes, as a user may."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

NO_PROCESS = "No such process"
DENIED = "Operation not permitted"


def send(phone: Phone, uid: int, pid: int, number: int) -> str:
    """Send a signal to a pid (a group when negative); "" or why it cannot be."""
    row = phone.processes.get(abs(pid))
    if row is None:
        return NO_PROCESS
    if uid not in (0, row.uid):
        return DENIED
    if number and pid < 0:
        for other in list(phone.processes):
            if other.ppid == row.pid and other.uid == row.uid:
                phone.processes.signal(other.pid, number)
    if number:
        phone.processes.signal(row.pid, number)
    return ""
