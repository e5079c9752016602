"""What a run shows in its report: pictures, the screens as dumps, and what its steps touched.

What is somebody's is blurred in the one and masked in the other (:mod:`droidcancel.apps.redact`),
but for this run's own caption. The phone is asked only where a recipe wants a picture, and between
the tap on Post and the cancel nothing is made ready.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from droidcancel.apps.matching import Match
from droidcancel.apps.redact import blurred
from droidcancel.apps.sight import Sight, sight_of
from droidcancel.device import Bounds
from droidcancel.errors import DeviceError, UsageError
from droidcancel.evidence import ScreenSeen, Touched
from droidcancel.recipe.pictures import Pictures

if TYPE_CHECKING:
    from PIL import Image

    from droidcancel.apps.profile import Look
    from droidcancel.recipe.run import Run

#: a look that is younger, in seconds, may be of the screen on the picture
FRESH_S = 1.0
MOST_ALIKE = 1000
DUMP = ".xml"


class Sights:
    """Of one run. Without a folder for the report, only what was touched is noted."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._folder = run.options.report
        self._pictures = Pictures()
        self._touches = 0

    def hold(self) -> None:
        """The cancel is near: make nothing ready until `release`."""
        self._pictures.hold()

    def release(self) -> None:
        """The cancel is over, or will not come."""
        self._pictures.release()

    def picture(self, name: str, shown: tuple[str, ...] = ()) -> None:
        """Keep a picture of the screen and its dump, in the report's folder, if there is one.

        A picture proves nothing: one that cannot be taken or kept does not end the run. `shown`:
        packages of other apps whose words need not be masked.
        """
        path = None
        if self._folder is not None:
            try:
                path = self._take(self._folder, name, shown)
            except (DeviceError, OSError) as error:
                self._run.trouble(f"screenshot {name}", error)
        look = self._run.last_look
        self._run.recorder.add(
            ScreenSeen(
                self._run.recorder.now(),
                look.screen if look else None,
                name,
                path.name if path else None,
                path.with_suffix(DUMP).name if path else None,
            )
        )

    def touched(self, how: Literal["tap", "long_press"], match: Match) -> None:
        """Note what a step is about to touch, and keep the screen that it stands on."""
        run, look = self._run, self._run.last_look
        path = None
        if self._folder is not None and look is not None:
            self._touches += 1
            name = f"touch-{self._touches:02d}-{match.element}"
            try:
                path = _free_path(self._folder, name, DUMP)
                self._pictures.keep(path, partial(self._dump, look, ()))
            except OSError as error:
                path = None
                run.trouble(name, error)
        run.recorder.add(
            Touched(
                run.recorder.now(),
                how,
                match.element,
                run.step,
                look.screen if look else None,
                tuple(match.node.bounds),
                path.name if path else None,
            )
        )

    def close(self) -> list[str]:
        """Wait until all is written; what could not be, in words."""
        return self._pictures.close()

    def _take(self, folder: Path, name: str, shown: tuple[str, ...]) -> Path:
        """The phone's picture, and the looks that say what of it is somebody's."""
        run, before = self._run, self._run.last_look
        fresh = before is not None and time.time() - before.taken_at < FRESH_S
        picture = run.device.ui.screenshot()
        # the screen may have moved since the last look: what is private after it counts as well
        after = run.profile.look(run.device.ui.dump(), run.locale, run.info.version_name)
        looks = [after] if before is None or not fresh else [before, after]
        path = _free_path(folder, name, ".png")
        dump = path.with_suffix(DUMP)
        self._pictures.keep(path, partial(self._blur, picture, looks, shown))
        self._pictures.keep(dump, partial(self._dump, after, shown))
        return path

    def _blur(
        self, picture: Image.Image, looks: list[Look], shown: tuple[str, ...], path: Path
    ) -> None:
        hidden: set[Bounds] = set()
        for look in looks:
            hidden.update(self._sight(look, shown).hidden)
        blurred(picture, hidden).save(path)

    def _dump(self, look: Look, shown: tuple[str, ...], path: Path) -> None:
        path.write_bytes(self._sight(look, shown).xml)

    def _sight(self, look: Look, shown: tuple[str, ...]) -> Sight:
        """Read anew: the run goes on asking its own look, and what that keeps is not ours."""
        again = look.profile.look(look.hierarchy, self._run.locale, look.version)
        return sight_of(again, self._run.is_ours, shown)


def _free_path(folder: Path, name: str, suffix: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, MOST_ALIKE):
        stem = name if number == 1 else f"{name}-{number}"
        path = folder / f"{stem}{suffix}"
        if not path.exists() and not path.with_suffix(DUMP).exists():
            return path
    raise UsageError(f"{folder} holds too many screenshots called {name!r}")
