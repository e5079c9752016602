"""After the cancel: the standstill, the network back, the quiet period, and the looks.

The order is that of the proof (see :mod:`droidcancel.verdict`); everything goes into the evidence,
and nothing is decided here.
"""

from __future__ import annotations

import threading
import time

from droidcancel.device import poll
from droidcancel.errors import DroidCancelError, NotEffective, RestoreError, UiError
from droidcancel.evidence import ProcessSeen, TrafficSeen, UploadSeen
from droidcancel.facts import CUTTING, Facts
from droidcancel.recipe.checks import check
from droidcancel.recipe.navigate import go_to, open_app
from droidcancel.recipe.run import Run
from droidcancel.recipe.search import search

#: how long bytes must stand still to count as stopped, and how long that may take
STILL_S = 0.5
GRACE_S = 4.0
STILL_BYTES = 2048
#: what a phone may hold in its socket buffers
DRAIN_BYTES = 524_288
#: how often the app is looked at in the quiet period
LOOK_EVERY_S = 1.0
HOME_S = 30.0
NETWORK_KINDS = frozenset(
    {
        "airplane",
        "network-off",
        "wifi",
        "data",
        "app_network",
        "restrict_background",
        "metered_wifi",
    }
)


def watch_standstill(run: Run) -> None:
    """After the cancel, until the app's bytes stand still; marks `settled` there.

    What the phone had in its socket buffers still drains after a cancel. Where more than that is
    sent, or it does not stop, the mark stands at the end of the cancel, so that it counts.
    """
    ended = run.recorder.now()
    started = time.monotonic()
    found, samples = await_still(run)
    stands = found is not None and _is_a_drain(run, samples, found)
    run.recorder.mark("settled", found.at if found is not None and stands else ended)
    run.sample_network()
    run.sample_processes()
    if run.method_name in CUTTING:
        run.start_watching_network()
    what = "stand still" if found is not None else "still flow"
    run.tell("settled", f"the app's bytes {what} after {time.monotonic() - started:.1f} s")


def await_still(run: Run) -> tuple[TrafficSeen | None, list[TrafficSeen]]:
    """From when on the app's bytes stand still, None when they do not; and all the readings.

    Where they flow on, who sends them is noted at once: it may have ended when they stop.
    """
    samples: list[TrafficSeen] = []
    noted: list[ProcessSeen] = []

    def still() -> TrafficSeen | None:
        now = run.next_traffic()
        if now is None:
            return TrafficSeen(run.recorder.now(), 0)
        samples.append(now)
        since = next(s for s in samples if now.tx_bytes - s.tx_bytes <= STILL_BYTES)
        if now.at - since.at >= STILL_S:
            return since
        if not noted and now.at - samples[0].at >= STILL_S:
            noted.append(run.sample_processes())
        return None

    return poll(still, GRACE_S), samples


def _is_a_drain(run: Run, samples: list[TrafficSeen], still: TrafficSeen) -> bool:
    """Whether what left since the cancel may be what was buffered, and not the upload itself."""
    if not samples:
        return True
    drained = still.tx_bytes - samples[0].tx_bytes
    sent = samples[0].tx_bytes - (run.posted_tx or samples[0].tx_bytes)
    rest = max(0, run.recorder.video_bytes - sent)
    return drained <= min(DRAIN_BYTES, max(STILL_BYTES, rest // 2))


def give_network_back(run: Run, mark: str = "restored") -> None:
    """Undo what the cancel changed of the network, and wait until the phone is online.

    The mark stands at the beginning: bytes may flow before the phone says that it is online.
    """
    run.stop_watching_network()
    began = run.recorder.now()
    undone = run.undo_changes(NETWORK_KINDS)
    run.device.watchdog.disarm()
    left = [r for r in undone if not r.ok]
    if left:
        raise RestoreError(
            "; ".join(f"{r.what}: {r.detail}" for r in left),
            "mend it by hand, then run `droidcancel restore`",
            [r.detail for r in left],
        )
    try:
        run.device.network.wait_online(run.options.limits.network_timeout_s)
    except NotEffective as error:
        run.trouble("network", error)
    run.recorder.mark(mark, began)
    run.sample_network()
    run.tell("restored", "the network is as it was")


def verify(run: Run, *, stop_first: bool, quiet: float | None) -> None:
    """The whole proof. What cannot be done is noted; the verdict names what is missing."""
    if stop_first:
        run.device.packages.force_stop(run.package)
    run.sample_network()  # a network that came back by itself shows here
    give_network_back(run)
    _check_cut(run)
    _restart(run)
    _keep_quiet(run, quiet)
    for place in ("profile", "drafts"):
        search(run, place)
    _last_looks(run)


def _check_cut(run: Run) -> None:
    """A network that came back by itself is a finding, whatever became of the upload."""
    since = Facts(run.recorder.freeze()).back_after
    if since is not None:
        check(run, "the cut", False, f"{since:.1f} s after it the network was back by itself")


def _restart(run: Run) -> None:
    if run.device.packages.running(run.package):
        run.device.packages.force_stop(run.package)
    run.recorder.mark("restarted")
    try:
        with run.within(HOME_S):
            open_app(run)
            go_to(run, run.profile.home)
    except UiError as error:
        run.trouble("restart", error)


def _keep_quiet(run: Run, quiet: float | None) -> None:
    """Watch for the quiet period; longer where the server may have had everything."""
    run.sample_network()
    started = time.monotonic()
    run.recorder.mark("quiet_started")
    run.sample_traffic()
    run.sample_processes()
    facts = Facts(run.recorder.freeze())
    needed = max(facts.quiet_needed, quiet or 0.0)
    run.tell("quiet", f"watching for {needed:g} s", seconds=needed)
    while (left := needed - (time.monotonic() - started)) > 0:
        threading.Event().wait(min(LOOK_EVERY_S, left))
        _glance(run)
    run.sample_traffic()
    run.recorder.mark("quiet_ended")


def _glance(run: Run) -> None:
    try:
        run.look()
    except DroidCancelError as error:
        run.trouble("quiet period", error)


def _last_looks(run: Run) -> None:
    """What shows, runs and waits at the end."""
    try:
        with run.within(HOME_S):
            look = go_to(run, run.profile.home)
        if look.upload.state is not None:
            at = run.seen_at if run.seen_at is not None else run.recorder.now()
            view = look.upload
            run.recorder.add(UploadSeen(at, look.upload.state, view.percent, look.screen))
    except UiError as error:
        run.trouble("last look", error)
    run.sample_network()
    run.sample_processes()
    run.sample_jobs()
    run.sample_traffic()
