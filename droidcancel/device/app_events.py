"""What the phone's log of events says of one app, as it comes: notifications, and services.

The system writes it, not the app: `notification_enqueue` and the rest of the `events` buffer, which
the shell may read. It tells that something happened and not how far an upload is, so it is a reason
to look, and proves nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from droidcancel.closing import Closing
from droidcancel.device.shell import ShellChannel
from droidcancel.errors import DeviceError

#: tags, and which of their fields names the app: its package, its component, its uid.
#: Source: EventLogTags.logtags of services/core; the two of foreground services since Android 12
TAGS: Final = {
    "notification_enqueue": 2,
    "notification_cancel": 2,
    "am_create_service": 3,
    "am_foreground_service_start": 1,
    "am_foreground_service_stop": 1,
}
#: a log may be silent for as long as it likes
SILENT_S: Final = 3600.0
_LINE = re.compile(r"I/(\w+) *\( *\d+\): \[(.*)\]")


def event_of(line: str, package: str, uid: int) -> str | None:
    """The tag of a line of ``logcat -v brief``, where it is one of TAGS and of this app."""
    found = _LINE.match(line)
    if found is None or found[1] not in TAGS:
        return None
    fields = found[2].split(",")
    named = fields[TAGS[found[1]]] if len(fields) > TAGS[found[1]] else ""
    return found[1] if named.partition("/")[0] in (package, str(uid)) else None


class AppEvents(Closing):
    """The events of an app; `on_event` gets the tag of each, in a thread of its own.

    `over` is set when nothing comes any more: the link dropped, or this phone has no such log.
    Raises AdbError where the phone cannot be asked.
    """

    def __init__(
        self, shell: ShellChannel, package: str, uid: int, on_event: Callable[[str], None]
    ) -> None:
        filters = [f"{tag}:I" for tag in TAGS]
        self._running = shell.stream(
            ["logcat", "-b", "events", "-v", "brief", "-T", "1", "-s", *filters]
        )
        self._package, self._uid, self._on_event = package, uid, on_event
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="droidcancel-log", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(DeviceError, OSError, ValueError):
            for line in self._running.lines(SILENT_S):
                tag = event_of(line, self._package, self._uid)
                if tag is not None:
                    self._on_event(tag)
        self.over.set()

    def close(self) -> None:
        """Hang up, which ends logcat on the phone."""
        self._running.close()
        self._thread.join(timeout=5.0)
