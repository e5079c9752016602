"""What the system writes to the `events` buffer of the log: notifications and services of apps.

Tags and fields as EventLogTags.logtags of NotificationManagerService and of ActivityManagerService
have them (AOSP; lines of phones with Android 8, 9 and 17 agree): `notification_enqueue` tells no
text, so how far an upload has come is never in them. Before Android 12 nothing tells that a service
came to the foreground, only that it was created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.services_state import Notification

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import App
    from droidcancel.simulator.phone import Phone

FLAG_ONGOING, FLAG_NO_CLEAR, FLAG_FOREGROUND_SERVICE = 0x2, 0x20, 0x40
CHANNELS_SINCE = 26
FOREGROUND_LOGGED_SINCE = 31
FOREGROUND_TYPE_SINCE = 34
DATA_SYNC = 1  # ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC
NEW, UPDATE = 0, 1  # EVENTLOG_ENQUEUE_STATUS_*
APP_CANCEL, PACKAGE_CHANGED = 8, 5  # NotificationListenerService.REASON_*


def flags_of(phone: Phone, notification: Notification) -> int:
    """Notification.flags."""
    flags = FLAG_ONGOING | FLAG_NO_CLEAR if notification.ongoing else 0
    app = phone.app_processes.get(notification.package)
    foreground = app is not None and notification.id in app.process.foreground_services
    return flags | FLAG_FOREGROUND_SERVICE if foreground else flags


class SystemEvents:
    """Writes them, by the process `system_server`."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def posted(self, notification: Notification, update: bool) -> None:
        """NotificationManagerService took a notification."""
        words = self._words(notification)
        status = UPDATE if update else NEW
        self._notification("notification_enqueue", notification, f"0,{words},{status}")

    def cancelled(self, notification: Notification) -> None:
        """An app, or the end of its foreground service, took one back."""
        self._notification("notification_cancel", notification, f"0,0,0,{APP_CANCEL},NULL")

    def cancelled_all(self, package: str) -> None:
        """A package was stopped."""
        uid, pid = self._who(package)
        text = f"[{uid},{pid},{package},0,0,0,{PACKAGE_CHANGED},NULL]"
        self._write("notification_cancel_all", text)

    def service(self, app: App, runs: bool) -> None:
        """A foreground service of an app began, or ended."""
        pid, uid, api = app.process.pid, app.process.uid, self._phone.options.api
        record = id(app) & 0xFFFFFFF
        if runs:  # of the name, what stands behind the last dot (ActiveServices)
            name = f".{(app.service or '').rpartition('.')[2]}"
            self._write("am_create_service", f"[0,{record},{name},{uid},{pid}]")
        if api >= FOREGROUND_LOGGED_SINCE:
            kind = f",{DATA_SYNC}" if api >= FOREGROUND_TYPE_SINCE else ""
            why = "UNKNOWN" if runs else "STOP_FOREGROUND"
            fields = f"1,PROC_STATE_TOP,{api},{api},0,{int(not runs)},0,1,{why}{kind}"
            tag = f"am_foreground_service_{'start' if runs else 'stop'}"
            self._write(tag, f"[0,{app.package}/{app.service},{fields}]")
        if not runs:
            self._write("am_destroy_service", f"[0,{record},{pid}]")

    def _words(self, notification: Notification) -> str:
        with_channel = self._phone.options.api >= CHANNELS_SINCE
        head = f"channel={notification.channel} shortcut=null" if with_channel else "pri=0"
        return (
            f"Notification({head} contentView=null vibrate=null sound=null defaults=0x0 "
            f"flags=0x{flags_of(self._phone, notification):x} color=0x00000000 vis=PRIVATE)"
        )

    def _notification(self, tag: str, notification: Notification, rest: str) -> None:
        uid, pid = self._who(notification.package)
        self._write(tag, f"[{uid},{pid},{notification.package},{notification.id},NULL,{rest}]")

    def _who(self, package: str) -> tuple[int, int]:
        found = self._phone.packages.get(package)
        app = self._phone.app_processes.get(package)
        return found.uid if found else 1000, app.process.pid if app else 0

    def _write(self, tag: str, text: str) -> None:
        server = next((p.pid for p in self._phone.processes if p.name == "system_server"), 1)
        self._phone.log.write("I", tag, text, pid=server, buffer="events")
