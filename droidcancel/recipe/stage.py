"""The phone as a run needs it: awake, unlocked, held upright. What is set is put back after it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from droidcancel.errors import DeviceError

if TYPE_CHECKING:
    from droidcancel.recipe.run import Run

#: BatteryManager.BATTERY_PLUGGED_AC, _USB and _WIRELESS: stay on with any of them
STAY_ON = ("global", "stay_on_while_plugged_in", "7")
TIMEOUT = ("system", "screen_off_timeout")
UPRIGHT = (("system", "accelerometer_rotation", "0"), ("system", "user_rotation", "0"))
#: so often at most is the phone asked whether it sleeps, in seconds
ASK_EVERY_S = 2.0


def set_stage(run: Run) -> None:
    """Keep the screen on for as long as a run watches, and upright. A refusal ends nothing."""
    for prepare in (_stay_on, _upright, _clean):
        try:
            prepare(run)
        except DeviceError as error:
            run.trouble("stage", error)


def _stay_on(run: Run) -> None:
    """Without a touch for as long as the quiet period lasts, a phone goes to sleep, and locks.

    Only one that is plugged in can be told to stay on; another is woken when it has gone to sleep.
    """
    limits = run.options.limits
    longest = max(limits.quiet_period_s, limits.late_period_s, limits.watch_resume_s)
    timeout = run.device.settings.get(*TIMEOUT) or ""
    if (
        re.fullmatch(r"[0-9]{1,12}", timeout)
        and int(timeout) / 1000 <= longest + limits.step_timeout_s
    ):
        run.set_setting(*STAY_ON)


def _upright(run: Run) -> None:
    """Turned sideways, a phone's keyboard covers all but a strip of the screen."""
    if run.device.ui.dump().rotation % 2:
        for setting in UPRIGHT:
            run.set_setting(*setting)


def _clean(run: Run) -> None:
    """A status bar without notifications, where that is wanted and nobody else uses demo mode."""
    device = run.device
    if run.options.clean_status_bar and device.demo_mode.allowed() != "1":
        run.changes.append(run.journal.begin(device, "demo", "1"))
        device.demo_mode.enter()


class Wakener:
    """Sees to it that a screen on which nothing of the app shows is not just switched off."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._asked_at = float("-inf")

    def woke(self) -> bool:
        """Whether the phone slept or was locked until now. NotEffective: it stays locked."""
        now = time.monotonic()
        if now - self._asked_at < ASK_EVERY_S:
            return False
        self._asked_at = now
        keyguard = self._run.device.activities.keyguard()
        if not keyguard.showing and keyguard.awake is not False:
            return False
        self._run.trouble("look", "the screen was off or locked; it was switched on again")
        self._run.device.unlock(self._run.options.pin)
        return True
