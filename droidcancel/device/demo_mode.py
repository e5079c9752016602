"""SystemUI's demo mode: a clean status bar for pictures (AOSP packages/SystemUI/docs/demo_mode.md).

It cannot be read back from the phone; what can be is the setting that allows it. It is only used
where that setting is off, so that switching it off again ends what was begun here, and nobody's own
demo mode. Signs of the network are left as they are: a film of airplane mode must show it.
"""

from __future__ import annotations

from droidcancel.device.settings import Settings
from droidcancel.device.shell import ShellChannel
from droidcancel.errors import NotEffective

ACTION = "com.android.systemui.demo"
ALLOWED = ("global", "sysui_demo_allowed")
#: what the status bar then shows: a round hour, a full battery, no notifications
CLEAN = (
    ("clock", ("hhmm", "1000")),
    ("battery", ("level", "100"), ("plugged", "false")),
    ("notifications", ("visible", "false")),
)


class DemoMode:
    """The demo mode of one phone."""

    def __init__(self, shell: ShellChannel, settings: Settings) -> None:
        self._shell = shell
        self._settings = settings

    def allowed(self) -> str | None:
        """The setting that allows it; None where it was never set."""
        return self._settings.get(*ALLOWED)

    def enter(self) -> None:
        """Allow it, and show a clean status bar. Raises NotEffective."""
        self._settings.put(*ALLOWED, "1")
        self._send("enter")
        for command, *pairs in CLEAN:
            self._send(command, *pairs)

    def leave(self, allowed: str | None) -> None:
        """Show the true status bar again, and bring the setting to what it was."""
        self._send("exit")
        self._settings.restore(*ALLOWED, allowed)

    def _send(self, command: str, *pairs: tuple[str, str]) -> None:
        words = [word for key, value in pairs for word in ("-e", key, value)]
        said = self._shell.run(["am", "broadcast", "-a", ACTION, "-e", "command", command, *words])
        if "Broadcast completed" not in said.text:
            raise NotEffective(f"demo mode: the broadcast was not taken: {said.everything[:160]}")
