"""What each kind of step does: one function a kind, and the dictionary of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.device import Bounds, MediaItem, unique_name
from droidcancel.errors import AppError, DroidCancelError, UiError
from droidcancel.evidence import MethodApplied, MomentSeen, Trouble, UploadSeen
from droidcancel.recipe import (
    gallery,
    phone_watch,
    steps_delete,
    steps_guard,
    steps_progress,
    steps_resume,
    steps_review,
    steps_system,
)
from droidcancel.recipe import search as looking
from droidcancel.recipe import steps_model as model
from droidcancel.recipe import verify as proof
from droidcancel.recipe.drift import find_again
from droidcancel.recipe.guards import may_post, may_tap, require_account
from droidcancel.recipe.load import fill_late
from droidcancel.recipe.moment_record import in_words
from droidcancel.recipe.navigate import (
    ASKS_S,
    go_to,
    hide_keyboard,
    open_app,
    refuse_request,
    require,
    swipe,
    tap,
    wait_look,
)
from droidcancel.recipe.run import Run
from droidcancel.recipe.token import with_token
from droidcancel.recipe.values import Moment
from droidcancel.recipe.watch import wait_for_moment

EDITORS = frozenset({"editor", "post"})
#: how long a gallery may take to show a video before it is opened anew
REOPEN_S = 8.0

Runner = Callable[[Run, model.StepEntry], None]
Action = Callable[[Run, Any, Runner], None]


# -- the app


def _launch(run: Run, args: model.Launch, _runner: Runner) -> None:
    open_app(run)
    if args.screen is not None:
        go_to(run, args.screen)


def _relaunch(run: Run, args: model.Relaunch, _runner: Runner) -> None:
    if args.cold:
        run.device.packages.force_stop(run.package)
        run.recorder.mark("restarted")
    open_app(run)


def _stop_app(run: Run, _args: model.StopApp, _runner: Runner) -> None:
    run.device.packages.force_stop(run.package)


def _baseline(run: Run, args: model.Baseline, _runner: Runner) -> None:
    looking.baseline(run, cached=args.cached)


# -- the video, up to Post


def _push(run: Run, file: str) -> MediaItem:
    require_account(run)
    local = Path(file).expanduser()
    run.recorder.video_bytes = local.stat().st_size
    media = run.device.media
    name = unique_name(local.stem, local.suffix.lower() or ".mp4")
    run.keep("media", path=media.path_of(name))
    return media.push(local, name)


def _share_video(run: Run, args: model.ShareVideo, _runner: Runner) -> None:
    if run.profile.share is None:
        raise AppError(f"{run.profile.title} takes no shared videos", "use the step `pick_video`")
    item = _push(run, args.file)
    run.device.activities.share(item.uri, run.profile.share.mime, run.package)
    _wait_for_editor(run)


def _pick_video(run: Run, args: model.PickVideo, _runner: Runner) -> None:
    item = _push(run, args.file)
    _choose(run, item)
    tap(run, "next_button")
    _wait_for_editor(run)


def _choose(run: Run, item: MediaItem) -> None:
    """Tap the video in the gallery, which is opened anew where it does not show for a while.

    Opened anew it lists what is new, and an app asks again where its question was answered amiss:
    the questions of a phone come up one over the other.
    """

    def chosen(look: Look) -> bool | None:
        if look.screen != "picker":
            return False
        cell = gallery.cell_of(item, look.all("media_cell"))
        if cell is not None:
            run.tap_match(cell)
        return True if cell is not None else None

    what = f"the video {Path(item.path).name} in the gallery"
    while True:
        go_to(run, "picker", settle=ASKS_S)
        last = run.left() <= 2 * REOPEN_S
        try:
            if wait_look(run, chosen, run.left() if last else REOPEN_S, what):
                return
        except UiError as error:
            if last:
                raise
            run.trouble("pick_video", f"{error.message}; opening the gallery anew")
            run.device.ui.press("back")


def _wait_for_editor(run: Run) -> None:
    way = run.profile.ways.get("post", {})

    def opened(look: Look) -> bool | None:
        if look.screen in EDITORS:
            return True
        lead = look.find(way[look.screen]) if look.screen in way else None
        if lead is not None:
            run.tap_match(lead)
        return None

    wait_look(run, opened, run.left(), "the editor")


def _caption(run: Run, args: model.Caption, _runner: Runner) -> None:
    go_to(run, "post")
    tokens = {} if run.token is None else {"token": run.token}
    text = with_token(fill_late(args.text, tokens), run.token)
    _type_into(run, "caption_field", text)


def _visibility(run: Run, args: model.Visibility, _runner: Runner) -> None:
    go_to(run, "post")
    tap(run, "visibility_row")
    tap(run, f"visibility_{args.who}")
    go_to(run, "post")


def _post(run: Run, _args: model.Post, _runner: Runner) -> None:
    go_to(run, "post")
    if run.method_name is not None and not run.method.late:
        run.prepare_cancel()
    button = require(run, "post_button")
    may_post(run)
    if run.recorder.cancel_due:
        run.sights.hold()
    run.recorder.mark("posted")
    run.posted_tx = run.sample_traffic()
    phone_watch.begin(run)
    run.tap_match(button)
    run.posted_at = time.monotonic()
    if run.phone_watch is None:  # else the phone tells its readings by itself
        run.start_sampling()


# -- the cancel


def _wait_for_moment(run: Run, _args: model.WaitForMoment, _runner: Runner) -> None:
    moment = run.moment or Moment(kind="posting")
    outcome = wait_for_moment(run, moment)
    if outcome != "moment":
        run.ended_early = True
        run.recorder.mark("missed")
        run.sights.release()
        told = f"the upload {outcome} before the moment '{moment}'"
        run.recorder.add(Trouble(run.recorder.now(), "wait_for_moment", told))
        run.tell("missed", told)
        return
    run.recorder.mark("moment")
    seen = run.recorder.last(MomentSeen)
    how = f", {in_words(seen)}" if seen is not None else ""
    run.tell("moment", f"the moment has come: {moment}{how}")


def _cancel(run: Run, _args: model.Cancel, _runner: Runner) -> None:
    if run.ended_early:
        return
    if run.last_look is None or run.recorder.last(UploadSeen) is None:
        _glance(run)
    applied = phone_watch.apply(run)
    record = MethodApplied(
        at=run.recorder.at(applied.started_at),
        ended_at=run.recorder.at(applied.ended_at),
        name=run.method.name,
        effective=applied.effective,
        detail=applied.detail,
        apply_ms=round(applied.apply_ms, 2),
    )
    run.recorder.add(record)
    run.tell("cancel", f"{record.name}: {record.detail}", effective=record.effective)
    run.start_sampling()
    proof.watch_standstill(run)
    run.sights.release()


def _glance(run: Run) -> None:
    """One look before a cancel that is asked for at once; the cancel does not hang on it."""
    try:
        run.look()
    except DroidCancelError as error:
        run.trouble("cancel", error)


def _verify(run: Run, args: model.Verify, _runner: Runner) -> None:
    proof.verify(run, stop_first=args.stop_first, quiet=args.quiet)


# -- touching and looking


def _target(run: Run, args: model.Target) -> Match | tuple[int, int]:
    """What to touch: an element, or a pixel where only a place is named."""
    if args.element is not None:
        name = args.element
        if (why := run.profile.why_not(name)) is not None:
            raise AppError(f"{run.profile.title} has no {name}: {why}")
        if run.profile.elements[name].never:
            raise AppError(f"{name} must not be tapped")
        may_tap(run, name)
        return require(run, name)
    if args.text is not None:
        text = args.text
        return wait_look(run, lambda look: look.says(text), run.left(), repr(text))
    assert args.at is not None  # the model wants one of the three
    frame = run.look().frame
    return int(frame.width * args.at[0]), int(frame.height * args.at[1])


def _tap(run: Run, args: model.Tap, _runner: Runner) -> None:
    target = _target(run, args)
    if isinstance(target, Match):
        run.tap_match(target)
    else:
        run.device.ui.tap(*run.clear(target))


def _long_press(run: Run, args: model.LongPress, _runner: Runner) -> None:
    target = _target(run, args)
    if isinstance(target, Match):
        run.hold_match(target, args.seconds)
    else:
        run.device.ui.long_press(*run.clear(target), args.seconds)


def _type(run: Run, args: model.Type, _runner: Runner) -> None:
    text = fill_late(args.text, {} if run.token is None else {"token": run.token})
    if args.into is not None:
        _type_into(run, args.into, text)
    else:
        run.device.ui.type_text(text)


def _type_into(run: Run, element: str, text: str) -> None:
    tap(run, element)

    def focused(look: Look) -> bool | None:
        match = find_again(run, look, element)
        return True if match is not None and match.node.focused else None

    wait_look(run, focused, run.left(), f"{element} with the focus")
    run.device.ui.type_text(text)
    hide_keyboard(run)


def _area(run: Run, look: Look, inside: str | None) -> Bounds:
    if inside is None:
        return look.frame
    match = look.find(inside)
    if match is None:
        raise UiError(f"{inside} is not on the screen {look.screen or ''}".rstrip())
    return match.node.bounds


def _swipe(run: Run, args: model.Swipe, _runner: Runner) -> None:
    swipe(run, args.direction, _area(run, run.look(), args.inside), args.distance)


def _scroll_until(run: Run, args: model.ScrollUntil, _runner: Runner) -> None:
    before: set[tuple[str, Bounds]] = set()
    for _ in range(args.most):
        look = run.look()
        if look.find(args.visible) is not None:
            return
        shown = look.everything
        if shown == before or run.left() <= 0:
            break
        before = shown
        swipe(run, args.direction, _area(run, look, args.inside), 0.6)
    raise UiError(f"{args.visible} did not come by scrolling {args.direction}")


def _press(run: Run, args: model.Press, _runner: Runner) -> None:
    run.device.ui.press(args.key)


def _screenshot(run: Run, args: model.Screenshot, _runner: Runner) -> None:
    run.screenshot(args.name)


# -- conditions and flow


def holds(run: Run, condition: model.Condition, look: Look) -> bool:
    """Whether everything that a condition asks is true of a look, and of the phone."""
    checks = (
        all(look.find(name) for name in condition.visible),
        not look.has(condition.gone),
        not condition.screen or look.screen in condition.screen,
        condition.text is None or look.says(condition.text) is not None,
        not condition.upload or look.upload.state in condition.upload,
        condition.given is None or bool(str(condition.given).strip()),
    )
    if not all(checks):
        return False
    return condition.online is None or run.sample_network().online == condition.online


def _in_words(condition: model.Condition) -> str:
    asked = condition.model_dump(exclude_defaults=True, exclude={"steps", "otherwise"})
    return ", ".join(f"{key} {_listed(value)}" for key, value in asked.items())


def _listed(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _wait_for(run: Run, args: model.WaitFor, _runner: Runner) -> None:
    def there(look: Look) -> bool | None:
        if holds(run, args, look):
            return True
        refuse_request(run, look)
        return None

    wait_look(run, there, run.left(), _in_words(args))


def _assert(run: Run, args: model.Assert, _runner: Runner) -> None:
    look = run.look()
    if not holds(run, args, look):
        raise AppError(
            f"expected {_in_words(args)}; the screen is {look.screen or 'none known'}, "
            f"the upload {look.upload.state or 'not to be seen here'}"
        )


def _when(run: Run, args: model.When, runner: Runner) -> None:
    decided = args.decided
    chosen = decided if decided is not None else _chosen(run, args)
    for entry in chosen:
        runner(run, entry)


def _chosen(run: Run, args: model.When) -> tuple[model.StepEntry, ...]:
    return args.steps if holds(run, args, run.recent_look()) else args.otherwise


def _repeat(run: Run, args: model.Repeat, runner: Runner) -> None:
    for _ in range(args.times):
        if args.until is not None and holds(run, args.until, run.recent_look()):
            return
        for entry in args.steps:
            runner(run, entry)
    if args.until is not None and not holds(run, args.until, run.look()):
        raise AppError(f"after {args.times} times, still not: {_in_words(args.until)}")


def _run_recipe(run: Run, args: model.RunRecipe, runner: Runner) -> None:
    for entry in args.steps:
        runner(run, entry)


ACTIONS: dict[str, Action] = {
    "launch": _launch,
    "relaunch": _relaunch,
    "stop_app": _stop_app,
    "baseline": _baseline,
    "share_video": _share_video,
    "pick_video": _pick_video,
    "caption": _caption,
    "visibility": _visibility,
    "post": _post,
    "wait_for_moment": _wait_for_moment,
    "cancel": _cancel,
    "verify": _verify,
    "screenshot": _screenshot,
    "tap": _tap,
    "long_press": _long_press,
    "type": _type,
    "swipe": _swipe,
    "scroll_until": _scroll_until,
    "wait_for": _wait_for,
    "assert": _assert,
    "press": _press,
    "when": _when,
    "repeat": _repeat,
    "run_recipe": _run_recipe,
    **steps_delete.STEPS,
    **steps_guard.STEPS,
    **steps_review.STEPS,
    **steps_system.STEPS,
    **steps_resume.STEPS,
    **steps_progress.STEPS,
}
