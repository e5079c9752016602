"""The app's own Cancel: what its profile says must be tapped, in that order.

The first tap goes where the last look saw the button, since a new look may cost a second while the
upload runs on. Each further one waits for its button.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.cancel.method import Applied, CancelContext, Cuts, Prepared
from droidcancel.device import Capability, poll
from droidcancel.device.shell import Command
from droidcancel.errors import DeviceError

TAKES_S = 15.0


@dataclass(frozen=True)
class InApp:
    """Taps through the profile's `upload.cancel`."""

    name: str = "in-app"
    cuts: Cuts = "nothing"
    late: bool = False

    def probe(self, context: CancelContext) -> Capability:
        """Whether the app has a Cancel at all."""
        chain = context.profile.upload.cancel
        if chain:
            return Capability(True, " → ".join(chain))
        why = f"{context.profile.title} shows no Cancel while it uploads"
        return Capability(False, why_not=why)

    def prepare(self, context: CancelContext) -> Prepared:
        """Nothing waits on the phone; the button is tapped where it was last seen."""
        with suppress(DeviceError):  # then a toast of before may make it undecided, and no more
            context.device.ui.forget_toast()
        return PreparedTaps(context)


@dataclass(frozen=True)
class PreparedTaps:
    """The taps to come."""

    context: CancelContext
    command: Command | None = None
    lead_s: float = 0.0

    def fired(self, at: float) -> Applied:
        """No phone taps by itself."""
        raise NotImplementedError("in-app has no command that a phone could run")

    def fire(self) -> Applied:
        """Tap through, until the upload no longer shows."""
        started = time.monotonic()
        chain = self.context.profile.upload.cancel
        tapped = self._tap_seen(chain[0])
        deadline = started + TAKES_S
        last = chain[-1]
        while time.monotonic() < deadline:
            look = self.context.look()
            found = self._furthest(look)
            if found is not None:
                self.context.tap(found)
                tapped = found.element
            elif look.upload.state == "none":
                break
            else:
                self._wait_for_change()
        return self._outcome(started, tapped, last)

    def close(self) -> None:
        """Nothing was begun."""

    def _tap_seen(self, element: str) -> str | None:
        look = self.context.last_look()
        match = look.find(element) if look is not None else None
        if match is None:
            return None
        self.context.tap(match)
        return element

    def _furthest(self, look: Look) -> Match | None:
        """The button of the latest stage that shows: a dialog lies over the banner."""
        chain = self.context.profile.upload.cancel
        return next((m for name in reversed(chain) if (m := look.find(name))), None)

    def _wait_for_change(self) -> None:
        def changed() -> bool | None:
            look = self.context.look()
            return True if self._furthest(look) or look.upload.state == "none" else None

        poll(changed, 2.0)

    def _outcome(self, started: float, tapped: str | None, last: str) -> Applied:
        ended = time.monotonic()
        state = self.context.look().upload.state
        readback = {"tapped": tapped, "upload": state}
        said = self._posted_toast() if tapped == last else None
        if said is not None:
            why = f"the app said {said!r} when {last} was tapped: the upload had ended"
            return Applied(False, why, started, ended, readback)
        if tapped == last and state in ("none", None):
            detail = f"tapped {' → '.join(self.context.profile.upload.cancel)}; no upload shows"
            return Applied(True if state == "none" else None, detail, started, ended, readback)
        if tapped is None:
            return Applied(False, "the app showed no Cancel", started, ended, readback)
        if state == "none":
            why = f"the upload ended after {tapped} was tapped, before {last} could be"
        else:
            why = f"the upload still shows as {state} after {tapped} was tapped"
        return Applied(False, why, started, ended, readback)

    def _posted_toast(self) -> str | None:
        """What the app said meanwhile, where it says that it has posted."""
        try:
            said = self.context.device.ui.last_toast()
        except DeviceError:
            return None
        return said if said and self.context.profile.says_done(said) else None


METHOD = InApp()
