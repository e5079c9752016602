"""A phone may print a line without an end: each parser reads it once, not from every letter on."""

from __future__ import annotations

import resource
import subprocess
import sys

#: what each pattern likes best, over and over: read again from every place, it would take hours
WORST = {
    "parse_jobs": ["Registered 1 jobs:\n  JOB #u0a1/1: a b/.C\n    ", "Source: user=1 ", "x"],
    "parse_transports": ["", "NetworkAgentInfo{ ", "x"],
    "parse_default_network": ["", "\n", "x"],
    "parse_wifi_status": ["Wifi is enabled\nWifi is connected to ", " ", "x"],
    "parse_connected_ssid": ["", "SSID: ", "x"],
    "parse_progress": [
        "Notification List:\n  NotificationRecord(0x1: pkg=org.droidcancel.clips)\n      ",
        "android.progress=a (",
        "x",
    ],
    "parse_package_dump": ["Packages:\n  Package [org.droidcancel.clips] (1):\n", " \n", "x"],
    "parse_granted": ["Packages:\n  Package [org.droidcancel.clips] (1):\n", "\n", "x"],
    "parse_settings_list": ["", "a", "\n"],
    "parse_resumed": ["", "mResumedActivity: ActivityRecord{a u0 a/a", "x"],
    "parse_recents": ["ACTIVITY MANAGER RECENT TASKS\n", "* Recent #1: Task{a #1", "x"],
    "parse_rows": ["Row: 0 ", "_id=", "x"],
    "parse_ps": ["PID NAME\n", "1 ", "x"],
    "parse_device_list": ["a device ", "product:", "x"],
    "parse_properties": ["[a]: [", "]: [", "x"],
}
SIZE = 1_000_000
#: of the processor, for all of them; they take some 2 s. What is read again takes some 1000
CPU_S = 60
SCRIPT = """
import sys
from benchmarks.fuzz.phone_side import PARSERS
from droidcancel.apps.matching import label_matches
from droidcancel.errors import DroidCancelError

worst = {worst!r}
assert set(worst) <= set(PARSERS), set(worst) - set(PARSERS)
for name, (begins, goes_on, ends) in worst.items():
    print(name, flush=True)
    try:
        PARSERS[name](begins + goes_on * ({size} // len(goes_on)) + ends)
    except DroidCancelError:
        pass
print("labels", flush=True)
for tail in ("any", "count", "counted"):
    assert not label_matches("Post" + " " * {size} + "x", "Post", tail)
print("done")
"""


def test_a_line_without_an_end_is_read_once() -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))

    script = SCRIPT.format(worst=WORST, size=SIZE)
    told = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )
    assert told.stdout.split()[-1:] == ["done"], (told.stdout, told.stderr)
