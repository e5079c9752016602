"""What the guards and the system's recipes share: noting a check, and changing the phone."""

from __future__ import annotations

from collections.abc import Callable

from droidcancel.apps.profile import Look
from droidcancel.device import poll
from droidcancel.errors import DroidCancelError
from droidcancel.evidence import Checked, Noted
from droidcancel.journal import Restored
from droidcancel.journal_file import JSON
from droidcancel.recipe.navigate import wait_look
from droidcancel.recipe.run import Run

#: screens in which a post is being prepared, and what leads out of them
EDITING = frozenset({"post", "editor", "picker", "camera", "visibility"})
LEAVE_S = 20.0

_MARKS = {True: "holds", False: "does not hold", None: "not known"}


def check(run: Run, name: str, ok: bool | None, detail: str) -> bool | None:
    """Keep what came of a check, and give it back."""
    run.recorder.add(Checked(run.recorder.now(), name, ok, detail))
    kind = "trouble" if ok is False else "check"
    run.tell(kind, f"{name}: {detail}", name=name, ok=ok, words=_MARKS[ok])
    return ok


def note(run: Run, topic: str, text: str) -> None:
    """Keep something measured, or worth telling."""
    run.recorder.add(Noted(run.recorder.now(), topic, text))
    run.tell("note", f"{topic}: {text}", topic=topic)


def keep_set(run: Run, kind: str, value: JSON, **args: str) -> None:
    """Have the journal keep a state before it is set to `value`."""
    run.changes.append(run.journal.begin(run.device, kind, value, args))


def put_back_in_app(run: Run) -> list[Restored]:
    """Put back what was switched in the app itself; what fails stays to be tried again."""
    done: list[Restored] = []
    left: list[tuple[str, Callable[[], None]]] = []
    for what, put_back in reversed(run.afterwards):
        try:
            put_back()
            done.append(Restored(what, True, "put back"))
        except DroidCancelError as error:
            left.insert(0, (what, put_back))
            by_hand = f"{error.message}; by hand: in the app's settings"
            done.append(Restored(what, False, by_hand))
    run.afterwards[:] = left
    return done


def sent_within(run: Run, seconds: float, goes_on: Callable[[int], bool]) -> int | None:
    """Bytes that the app sends from now on, watched as long as `goes_on`, at most `seconds`.

    None where the phone tells no bytes.
    """
    first = run.sample_traffic()
    if first is None:
        return None
    latest = first

    def over() -> bool | None:
        nonlocal latest
        now = run.sample_traffic()
        # a counter that starts again, after a boot, counts from nothing
        latest = now if now is not None else latest
        return None if goes_on(latest - first) else True

    poll(over, seconds)
    return latest - first if latest >= first else latest


def leave_editor(run: Run) -> None:
    """Out of the editor by Back, discarding what this run prepared there."""

    def out(look: Look) -> bool | None:
        if look.screen == "leave_editor":
            discard = look.find("discard_button")
            if discard is not None:
                run.tap_match(discard)
            return None
        if look.screen in EDITING:
            run.device.ui.press("back")
            return None
        return True if look.screen is not None or look.is_elsewhere else None

    wait_look(run, out, LEAVE_S, "the way out of the editor")


def leave_what_was_prepared(run: Run) -> None:
    """Discard what this run prepared; what a person prepared is left on the screen for them."""
    if run.recorder.video_bytes:
        leave_editor(run)
