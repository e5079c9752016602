"""A phone that runs out of storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.services_state import Notification

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

LOW_ID = 23  # SystemMessage.NOTE_LOW_STORAGE


def fill(phone: Phone) -> Callable[[], None]:
    """Leave no byte free: what is written gets ENOSPC. Returns what gives the room back.

    The system tells it in a notification (DeviceStorageMonitorService).
    """
    taken = phone.fs.free
    phone.fs.reserve(taken)
    ui = phone.system_ui
    words = ui.text("storage_low"), ui.text("storage_low_text")
    phone.notifications.post(Notification("android", LOW_ID, *words, ongoing=True))

    def give_back() -> None:
        phone.fs.reserve(-taken)
        phone.notifications.cancel("android", LOW_ID)

    return give_back
