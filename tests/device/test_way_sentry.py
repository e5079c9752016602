"""The connection that tells whether an adb server is still the same."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from droidcancel.device.server import Server
from droidcancel.device.way import Sentry


@pytest.mark.skipif(sys.platform == "win32", reason="limits of open files are POSIX")
def test_a_sentry_stands_in_a_process_with_many_connections() -> None:
    """A lab's process has more open files than `select` can name."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1200:
        pytest.skip("no process may have so many open files here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    held: list[int] = []
    try:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            while not held or held[-1] < 1030:
                held.append(os.open(os.devnull, os.O_RDONLY))
            with Sentry(Server("127.0.0.1", listening.getsockname()[1])) as sentry:
                assert sentry.fileno() > 1024
                there, _ = listening.accept()
                assert sentry.stands()
                there.close()
                assert not sentry.stands()
    finally:
        for each in held:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
