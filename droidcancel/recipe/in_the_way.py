"""What the phone itself puts over an app: that it hangs, that it crashed, that somebody calls.

A hanging app is waited for, a crash is taken note of, and a notification that lies over what is to
be tapped is pushed up into the shade: never is a call answered or declined.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from droidcancel.apps.geometry import within
from droidcancel.device.hierarchy import Bounds, Hierarchy, Node
from droidcancel.errors import UiError

if TYPE_CHECKING:
    from droidcancel.recipe.run import Run

#: AppNotRespondingDialog and AppErrorDialog (app_anr_dialog.xml, app_error_dialog.xml), best first
ANSWERS = ("android:id/aerr_wait", "android:id/aerr_close")
#: whose notifications come up over other apps
OVER_APPS = frozenset({"com.android.systemui"})
#: so many dialogs in a row are answered in one look
MOST_ALERTS = 3
PUSH_S = 0.1
#: a call rings for half a minute or so
RINGS_S = 45.0
PAUSE_S = 0.5


class Alerts:
    """Answers what the system says about an app that hangs or crashed."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._in_a_row = 0

    def answered(self, hierarchy: Hierarchy) -> bool:
        """Whether there was such a dialog, which is answered now."""
        answer = answer_of(hierarchy)
        if answer is None or self._in_a_row >= MOST_ALERTS:
            self._in_a_row = 0
            return False
        self._in_a_row += 1
        said = title_of(hierarchy)
        self._run.trouble("look", f"the phone said {said!r}; {answer.text!r} was tapped")
        self._run.device.ui.tap(*answer.bounds.center)
        return True


def answer_of(hierarchy: Hierarchy) -> Node | None:
    """The answer to the system's dialog about an app, None where none shows."""
    found = {n.resource_id: n for n in hierarchy.nodes() if n.package == "android"}
    return next((found[identity] for identity in ANSWERS if identity in found), None)


def title_of(hierarchy: Hierarchy) -> str:
    """What the system's dialog says."""
    titles = (n.text for n in hierarchy.nodes() if n.resource_id == "android:id/alertTitle")
    return next(titles, "")


def over(hierarchy: Hierarchy, point: tuple[int, int]) -> Node | None:
    """A notification that takes the touches at a point, None where nothing does."""
    x, y = point
    spot = Bounds(x, y, x + 1, y + 1)
    nodes: Iterable[Node] = (n for n in hierarchy.nodes() if n.package in OVER_APPS)
    covering = [n for n in nodes if n.clickable and n.visible and within(spot, n.bounds)]
    return max(covering, key=lambda n: n.bounds.width * n.bounds.height, default=None)


def clear_point(run: Run, point: tuple[int, int]) -> None:
    """Have no notification lie over a point of the last look. UiError where it stays there."""
    look = run.last_look
    lies = None if look is None else over(look.hierarchy, point)
    deadline = time.monotonic() + min(RINGS_S, run.left())
    while lies is not None:
        run.trouble("tap", f"a notification lies over it: {_words(lies)}; it was pushed up")
        x, y = lies.bounds.center
        run.device.ui.swipe(x, y, x, 0, PUSH_S)
        lies = over(run.device.ui.dump(), point)
        if lies is not None and time.monotonic() >= deadline:
            raise UiError(
                f"a notification lies over what is to be tapped: {_words(lies)}",
                "see to it on the phone (a call?), and run it again",
            )
        if lies is not None:
            threading.Event().wait(PAUSE_S)


def _words(node: Node) -> str:
    said = [n.text for n in (node, *node.descendants()) if n.text]
    return repr(", ".join(said)[:80])
