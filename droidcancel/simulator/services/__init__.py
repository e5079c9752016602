"""The services that a host opens on the phone, by the name that it asks for.

Source: packages/modules/adb, docs/dev/services.md ("LOCAL SERVICES") and daemon/services.cpp.
What is not here (backup, restore, sideload, dev, localfilesystem, ...) is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from droidcancel.simulator.services import (
    control,
    framebuffer,
    reverse,
    shells,
    sockets,
    sync,
    trackers,
)

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream

Service = Callable[["AdbStream"], Awaitable[None]]
# Given the connection and what follows the prefix: what serves the stream, or None to refuse.
# The service accepts the stream, or returns without doing so to refuse it after all.
Opener = Callable[["Connection", str], "Service | None"]


SERVICES: Mapping[str, Opener] = {
    "shell:": shells.shell_v1,
    "shell,": shells.shell_with_options,
    "exec:": shells.exec_raw,
    "abb:": shells.abb,
    "abb_exec:": shells.abb_exec,
    "sync:": sync.opener,
    "tcp:": sockets.tcp,
    "localabstract:": sockets.abstract,
    "reverse:": reverse.opener,
    "framebuffer:": framebuffer.opener,
    "reboot:": control.reboot,
    "root:": control.root,
    "unroot:": control.unroot,
    "remount:": control.remount,
    "tcpip:": control.tcpip,
    "usb:": control.usb,
    "reconnect": control.reconnect,
    "jdwp": trackers.jdwp,
    "track-jdwp": trackers.track_jdwp,
    "track-app": trackers.track_app,
}


def open_service(connection: Connection, name: str) -> Service | None:
    """What serves `name`, or None when this phone has no such service."""
    for prefix, opener in SERVICES.items():
        if name.startswith(prefix):
            return opener(connection, name[len(prefix) :])
    return None
