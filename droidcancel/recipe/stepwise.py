"""A run whose parts are asked for one by one: start an upload, cancel it, say what became of it.

    with begin_upload(device, app, values) as upload:
        upload.cancel("airplane", at="40%")
        print(upload.verdict())

What is done after the cancel, and what may be expected, is the method's own recipe's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from pydantic import ValidationError

from droidcancel.apps.document import nearest
from droidcancel.apps.profile import AppProfile, UploadView
from droidcancel.device import Device
from droidcancel.errors import UsageError
from droidcancel.evidence import MethodApplied, Place, Search
from droidcancel.recipe.engine import Engine, opened, run_step
from droidcancel.recipe.fallback import settle_on_method
from droidcancel.recipe.load import LoadedRecipe, load_recipe
from droidcancel.recipe.model import Value
from droidcancel.recipe.navigate import open_app
from droidcancel.recipe.options import OnEvent, RunOptions, silent
from droidcancel.recipe.result import Cut, RunResult, cut_of
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import search
from droidcancel.recipe.steps_model import StepEntry
from droidcancel.recipe.values import MOMENT_FORMS, Moment

T = TypeVar("T")
UPLOAD = "upload_video"
SEARCH_S = 60.0


class Upload:
    """An upload that was started. `token` stands in its caption, and is how it is known.

    Every call raises what `run_recipe` puts into a result; the phone is put back all the same.
    """

    def __init__(self, engine: Engine, values: Mapping[str, Value]) -> None:
        self._engine = engine
        self._values = dict(values)
        self._rest: tuple[StepEntry, ...] = ()
        self._result: RunResult | None = None

    @property
    def run(self) -> Run:
        """What the steps share."""
        return self._engine.context

    @property
    def token(self) -> str | None:
        """The hashtag in the caption, None where the run has none."""
        return self.run.token

    @property
    def package(self) -> str:
        """The app's package."""
        return self.run.package

    def begin(self) -> None:
        """Share the video with the app, and post it."""
        self._engine.begin()
        self._take(self.run.recipe.steps)

    def view(self) -> UploadView:
        """What the app shows of the upload right now."""
        return self._guarded(lambda: self.run.look().upload)

    def search(self, place: Place = "profile") -> Search:
        """Look for this very video on the own profile, or among the drafts."""

        def look() -> Search:
            self.run.deadline = time.monotonic() + SEARCH_S
            if not self.run.device.packages.running(self.package):
                open_app(self.run)
            return search(self.run, place)

        return self._guarded(look)

    def wait(self, at: str) -> bool:
        """Wait for a moment, as 40% or 'after 2s'; whether it came before the upload had ended."""
        self.run.moment = _moment(at)
        self._take((StepEntry.model_validate("wait_for_moment"),))
        return not self.run.ended_early

    def cancel(self, method: str, at: str | None = None) -> Cut:
        """Wait for the moment, and cancel; at once without a moment. UsageError for a second time.

        Where the upload has ended before, nothing is cancelled, and the verdict says so.
        """
        if self._rest or self._result is not None:
            raise UsageError("this upload was cancelled already", "start another one")
        recipe = recipe_of(method, self._values)
        if at is not None:
            _moment(at)
        run = self.run
        run.loaded, run.recipe, run.method_name = recipe, recipe.recipe, recipe.recipe.method
        run.recorder.cancel_due = True
        self._guarded(lambda: settle_on_method(run))
        steps = recipe.recipe.steps
        here = next(i for i, entry in enumerate(steps) if entry.kind == "cancel")
        self._rest = steps[here + 1 :]
        if at is not None and not run.ended_early:
            self.wait(at)
        self._take((steps[here],))
        return cut_of(run.recorder.freeze())

    def verdict(self) -> RunResult:
        """Finish as the method's recipe does, put the phone back, and say what became of it."""
        if self._result is None:
            if not self._rest and self.run.recorder.last(MethodApplied) is None:
                raise UsageError("nothing was cancelled yet", "call cancel() before verdict()")
            self._take(self._rest)
            self.end()
        assert self._result is not None  # end() sets it
        return self._result

    def end(self) -> RunResult:
        """Put the phone back without a further look; harmless a second time."""
        if self._result is None:
            self._result = self._engine.end()
        return self._result

    def _take(self, steps: tuple[StepEntry, ...]) -> None:
        for entry in steps:
            self._guarded(lambda entry=entry: run_step(self.run, entry))  # type: ignore[misc]

    def _guarded(self, act: Callable[[], T]) -> T:
        """An act on the phone; one that fails ends the run, and puts the phone back."""
        if self._result is not None:
            raise UsageError("this upload has its verdict already", "start another one")
        try:
            return act()
        except BaseException as error:
            try:
                self._engine.broke_off(error)
            finally:
                self.end()
            raise


@contextmanager
def begin_upload(
    device: Device,
    app: AppProfile,
    values: Mapping[str, Value],
    options: RunOptions | None = None,
    on_event: OnEvent = silent,
) -> Iterator[Upload]:
    """Start an upload and hold the phone for it; put back at the end, whatever ends it.

    `values`: `video`, and if wanted `caption` and `visibility`. Raises as `run_recipe`.
    """
    loaded = load_recipe(UPLOAD, values)
    with opened(loaded, device, app, options, on_event) as engine:
        upload = Upload(engine, values)
        try:
            upload.begin()
            yield upload
        finally:
            upload.end()


def recipe_of(method: str, values: Mapping[str, Value]) -> LoadedRecipe:
    """The recipe that cancels an upload by this method. UsageError for one that there is not."""
    from droidcancel.recipe.matrix import rows

    known = rows()
    if method not in known:
        hint = f"methods: {', '.join(known)}"
        raise UsageError(f"no cancel method {method!r}{nearest(method, known)}", hint)
    name = known[method]
    declared = load_recipe(name).recipe.vars
    return load_recipe(name, {k: v for k, v in values.items() if k in declared})


def _moment(text: str) -> Moment:
    """UsageError for what is no moment."""
    try:
        return Moment.model_validate(text)
    except ValidationError as error:
        raise UsageError(f"{text!r} is no moment", f"expected: {MOMENT_FORMS}") from error
