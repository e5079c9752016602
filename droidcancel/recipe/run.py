"""One run of one recipe on one phone: what its steps share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from droidcancel.apps.matching import Match
from droidcancel.apps.memory import Memory
from droidcancel.apps.patterns import matches
from droidcancel.apps.profile import AppProfile, Look
from droidcancel.cancel import METHODS, CancelContext, CancelMethod, Prepared
from droidcancel.device import Component, Device, PackageInfo
from droidcancel.device.byte_watch import Reading
from droidcancel.errors import DeviceError, DroidCancelError, Unsupported, UsageError
from droidcancel.evidence import (
    JobsSeen,
    Limits,
    NetworkSeen,
    ProcessSeen,
    Recorder,
    ToastSeen,
    TrafficSeen,
    Trouble,
    UploadSeen,
)
from droidcancel.journal import Journal, OpenChange, Restored
from droidcancel.recipe.guards import check_account
from droidcancel.recipe.in_the_way import Alerts, clear_point
from droidcancel.recipe.installed import installed_build
from droidcancel.recipe.items import same
from droidcancel.recipe.load import LoadedRecipe
from droidcancel.recipe.model import walk
from droidcancel.recipe.options import Event, OnEvent, RunOptions
from droidcancel.recipe.sampling import Counter, Sampler
from droidcancel.recipe.sights import Sights
from droidcancel.recipe.stage import Wakener
from droidcancel.recipe.token import carries, new_token

if TYPE_CHECKING:
    from droidcancel.recipe.phone_watch import PhoneWatch
    from droidcancel.recipe.search import Drafts

#: the same sight of an upload is noted at most this often, in seconds
REPEAT_S = 0.5
#: a look that ended so long ago is as good as a new one, if nothing was done meanwhile
RECENT_S = 0.05
#: how often bytes are counted in the background, and the network looked at while it is cut
TRAFFIC_S = 0.25
NETWORK_S = 1.0
#: a reading that has not come after so many seconds is asked for
READING_S = 1.0
#: a phone that answered no undo for so many seconds is asked no more
GIVE_UP_S = 20.0
#: a new post is the newest: so many of the newest are opened and read
NEWEST = 3


class Run:
    """The phone, the app, the evidence so far, and what the steps hand to each other."""

    def __init__(
        self,
        loaded: LoadedRecipe,
        device: Device,
        profile: AppProfile,
        options: RunOptions,
        journal: Journal,
        on_event: OnEvent,
    ) -> None:
        self.loaded = loaded
        self.recipe = loaded.recipe
        self.device = device
        self.profile = profile
        self.options = options
        self.journal = journal
        self.locale = options.locale or device.locale
        self.settings = loaded.recipe.settings
        wants_token = self.settings.token if options.token is None else options.token
        self.token = options.known_as or (new_token() if wants_token else None)
        self.recorder = Recorder(
            token=self.token,
            video_bytes=0,
            limits=Limits(
                quiet_s=options.limits.quiet_period_s,
                late_s=options.limits.late_period_s,
                noise_bytes=options.limits.noise_bytes,
            ),
            cancel_due=any(entry.kind == "cancel" for entry in walk(loaded.recipe.steps)),
        )
        self.method_name = options.method or loaded.recipe.method
        self.moment = options.moment or loaded.recipe.moment
        self.exact: str | None = None
        self.newest = NEWEST
        self.account_seen = False
        self.wishes: list[str] = []
        #: what to put back through the app itself at the end: in words, and how
        self.afterwards: list[tuple[str, Callable[[], None]]] = []
        self.account: tuple[str, Drafts] | None = None
        #: what holds the upload back until somebody says yes, and the bytes sent by then
        self.held_by: str | None = None
        self.held_tx: int | None = None
        self.posted_at: float | None = None
        self.posted_tx: int | None = None
        self.seen_at: float | None = None
        #: what earlier runs saw, and what of it no locator finds any more: screen and element
        self.memory = Memory.of(profile.name)
        self.drifted: set[tuple[str | None, str]] = set()
        self.ended_early = False
        self.changes: list[OpenChange] = []
        self.last_look: Look | None = None
        self._looked = (float("-inf"), float("-inf"))
        self._deadline = (float("inf"), 0.0)
        self.step_seconds = 0.0
        self._on_event = on_event
        self.prepared: Prepared | None = None
        self.phone_watch: PhoneWatch | None = None
        self._counter: Counter | None = None
        self._network_sampler: Sampler | None = None
        #: the kind of the step that runs
        self.step = ""
        self.sights = Sights(self)
        self._wakener = Wakener(self)
        self._alerts = Alerts(self)
        self.info: PackageInfo = installed_build(profile, device, options.package)

    # -- the app

    def is_ours(self, caption: str) -> bool:
        """Whether a caption is that of this run's video, or of the item that the user named."""
        if self.exact is not None:
            return same(caption, self.exact)
        return self.token is not None and carries(caption, self.token)

    def name_item(self, caption: str) -> None:
        """From here on, the run is about the item with this caption, which the user named."""
        self.exact = caption
        self.look_for(caption)

    def look_for(self, words: str) -> None:
        """From here on, the run is about what carries these words; no moment is waited for."""
        self.token = self.recorder.token = words
        self.moment = None

    @property
    def package(self) -> str:
        """The build of the app that is used, of those that the profile knows."""
        return self.info.name

    def start_app(self) -> None:
        """Start the app as its icon does."""
        launcher = self.profile.launcher
        activity = Component.parse(f"{self.package}/{launcher}").activity if launcher else None
        self.device.packages.start(self.package, activity)

    # -- telling

    def tell(self, kind: str, text: str, **data: Any) -> None:
        """Tell whoever listens."""
        self._on_event(Event(kind, text, self.recorder.now(), data))

    def would(self, what: str) -> None:
        """In a dry run: what would be done."""
        self.wishes.append(what)
        self.tell("would", f"would {what}")

    def trouble(self, step: str, error: DroidCancelError | OSError | str) -> None:
        """Note something that went wrong without ending the run."""
        message = error.message if isinstance(error, DroidCancelError) else str(error)
        self.recorder.add(Trouble(self.recorder.now(), step, message))
        self.tell("trouble", f"{step}: {message}")

    # -- looking

    def recent_look(self) -> Look:
        """The last look, where a new one could show nothing else: it has just been taken, and
        nothing has been done to the phone since it was begun. Else a new one.
        """
        begun, ended = self._looked
        done = max(self.device.ui.acted_at, self.device.shell.changed_at)
        if self.last_look is None or begun <= done or time.monotonic() - ended > RECENT_S:
            return self.look()
        return self.last_look

    def look(self, *, note: bool = True) -> Look:
        """Dump the screen and read it; what it shows of an upload goes into the evidence."""
        at, begun = self.recorder.now(), time.monotonic()
        hierarchy = self.device.ui.dump()
        if self._alerts.answered(hierarchy):
            return self.look(note=note)
        look = self.profile.look(hierarchy, self.locale, self.info.version_name)
        if look.is_elsewhere and self._wakener.woke():
            return self.look(note=note)
        check_account(self, look)
        self.last_look = look
        self._looked = begun, time.monotonic()
        self.seen_at = at
        if note:
            self._note_upload(at, look)
        return look

    def _note_upload(self, at: float, look: Look) -> None:
        state, percent = look.upload.state, look.upload.percent
        if state is None:
            return
        last = self.recorder.last(UploadSeen)
        same = last is not None and (last.state, last.percent) == (state, percent)
        if last is not None and same and at - last.at < REPEAT_S:
            return
        self.recorder.add(UploadSeen(at, state, percent, look.screen))
        if not same:
            shown = f"{state} {percent}%" if percent is not None else state
            self.tell("progress", f"upload: {shown}", state=state, percent=percent)

    def sample_traffic(self) -> int | None:
        """Note the bytes that the app has sent; None where this phone does not tell.

        At the time that it is known, as the phone's own readings are: at that of the question it
        would stand before one of these that is older, and what lies between be counted twice.
        """
        try:
            sent = self.device.traffic.tx_bytes(self.info.uid)
        except Unsupported:
            return None
        self.recorder.add(TrafficSeen(self.recorder.now(), sent))
        return sent

    def sample_network(self) -> NetworkSeen:
        """Note the phone's connectivity, and whether the firewall denies the app."""
        at = self.recorder.now()
        blocking = self.device.app_network
        asked = blocking.queries(self.package) if blocking.can(self.info.uid).ok else {}
        state, texts = self.device.network.state_and(asked)
        blocked = blocking.told(self.package, texts) if asked else None
        return self.recorder.add(
            NetworkSeen(
                at, state.active, state.airplane, state.wifi_enabled, state.data_enabled, blocked
            )
        )

    def sample_processes(self) -> ProcessSeen:
        """Note the app's processes and foreground services."""
        at = self.recorder.now()
        pids, services = self.device.packages.processes(self.package)
        names = tuple(service.component.activity for service in services)
        return self.recorder.add(ProcessSeen(at, tuple(pids), names))

    def sample_jobs(self) -> JobsSeen:
        """Note the jobs that would upload later, as far as the profile knows them."""
        at = self.recorder.now()
        patterns = self.profile.upload.jobs
        jobs = self.device.jobs.pending(self.package) if patterns else []
        names = (job.service for job in jobs)
        known = tuple(n for n in names if any(matches(p, n) for p in patterns))
        return self.recorder.add(JobsSeen(at, known))

    def note_toast(self) -> None:
        """Note the last toast, where the phone tells."""
        try:
            toast = self.device.ui.last_toast()
        except DeviceError:
            return
        if toast:
            self.recorder.add(ToastSeen(self.recorder.now(), toast))

    def screenshot(self, name: str, shown: tuple[str, ...] = ()) -> None:
        """Keep a picture of the screen; see :meth:`Sights.picture`."""
        self.sights.picture(name, shown)

    # -- the cancel

    @property
    def method(self) -> CancelMethod:
        """The cancel method. UsageError where the run has none."""
        found = METHODS.get(self.method_name or "")
        if found is None:
            known = ", ".join(METHODS)
            raise UsageError(f"no cancel method {self.method_name!r}", f"methods: {known}")
        return found

    @property
    def context(self) -> CancelContext:
        """What a cancel method may use."""
        return CancelContext(
            device=self.device,
            profile=self.profile,
            package=self.package,
            uid=self.info.uid,
            keep=self.keep,
            look=self.look,
            last_look=lambda: self.last_look,
            tap=self.tap_match,
            unlock=lambda: self.device.unlock(self.options.pin),
        )

    def keep(self, kind: str, **args: str) -> None:
        """Have the journal keep a state before it is changed."""
        self.changes.append(self.journal.begin(self.device, kind, args=args))

    def set_setting(self, namespace: str, key: str, value: str) -> None:
        """Change a setting of the phone until the end of the run. Raises NotEffective."""
        args: dict[str, Any] = {"namespace": namespace, "key": key}
        if self.device.settings.get(namespace, key) != value:
            self.changes.append(self.journal.begin(self.device, "setting", value, args))
            self.device.settings.put(namespace, key, value)

    def tap_match(self, match: Match) -> None:
        """Tap what was found, and not what lies over it. UiError."""
        point = self.clear(match.center)
        self.sights.touched("tap", match)
        self.device.ui.tap(*point)

    def clear(self, point: tuple[int, int]) -> tuple[int, int]:
        """The point, with nothing of the phone's own over it any more. UiError."""
        clear_point(self, point)
        return point

    def hold_match(self, match: Match, seconds: float = 1.0) -> None:
        """Hold a finger on what was found, and not on what lies over it. UiError."""
        point = self.clear(match.center)
        self.sights.touched("long_press", match)
        self.device.ui.long_press(*point, seconds)

    def prepare_cancel(self) -> None:
        """Make the method stand ready. Unsupported where this phone or app has no way to it."""
        if self.prepared is not None:
            return
        capability = self.method.probe(self.context)
        if not capability.ok:
            raise Unsupported(
                f"{self.method.name} is not possible here: {capability.why_not}",
                "see `droidcancel doctor` for what is",
            )
        if self.method.cuts == "phone":
            self._arm_watchdog()
        self.prepared = self.method.prepare(self.context)

    def _arm_watchdog(self) -> None:
        """Have the phone itself give its network back, should this host be gone for long."""
        try:
            self.device.watchdog.arm(self.device.network.state())
        except DeviceError as error:
            self.trouble("watchdog", error)

    def take_prepared(self) -> Prepared:
        """The method that stands ready; it stands ready no more."""
        self.prepare_cancel()
        self._looked = (float("-inf"), float("-inf"))  # the screen may be another one after it
        prepared, self.prepared = self.prepared, None
        assert prepared is not None  # prepare_cancel sets it or raises
        return prepared

    # -- time

    @property
    def deadline(self) -> float:
        """When the running step must end (monotonic seconds).

        Time for which a recording holds the run back is not the step's.
        """
        at, held_s = self._deadline
        return at + self.device.acts.held_s - held_s

    @deadline.setter
    def deadline(self, at: float) -> None:
        self._deadline = (at, self.device.acts.held_s)

    def left(self) -> float:
        """Seconds left to the running step."""
        return max(0.0, self.deadline - time.monotonic())

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give what is done inside so many seconds; the step's own deadline counts again after."""
        outer, self.deadline = self.deadline, time.monotonic() + seconds
        try:
            yield
        finally:
            self.deadline = outer

    def start_sampling(self) -> None:
        """Have the phone tell the traffic counter, from now to the end."""
        if self._counter is None:
            self._counter = Counter(
                self.device.traffic, self.info.uid, TRAFFIC_S, self.note_reading
            )

    def note_reading(self, reading: Reading) -> None:
        """Note what the phone told of the bytes that the app has sent."""
        self.recorder.add(TrafficSeen(self.recorder.at(reading.at), reading.sent))

    def next_traffic(self) -> TrafficSeen | None:
        """The next reading of the counter; None where this phone does not tell.

        As the phone tells it by itself, where it does; else it is asked.
        """
        told = self._counter is not None and self._counter.wait(READING_S)
        if not told and self.sample_traffic() is None:
            return None
        return self.recorder.last(TrafficSeen)

    def start_watching_network(self) -> None:
        """Look at the network in the background, until it is given back."""
        if self._network_sampler is None:
            self._network_sampler = Sampler("network", self.sample_network, NETWORK_S)

    def stop_watching_network(self) -> None:
        """Look no more, and wait for a look under way: what is given back is not back by itself."""
        watcher, self._network_sampler = self._network_sampler, None
        if watcher is not None:
            watcher.stop()

    # -- the end

    def undo_changes(self, kinds: frozenset[str] | None = None) -> list[Restored]:
        """Undo the changes of this run, the latest first; all, or those of some kinds.

        A phone that does not answer for long is left to the next start: what is sent to it might
        arrive much later, and in another order.
        """
        mine = [c for c in reversed(self.changes) if kinds is None or c.record.kind in kinds]
        undone: list[Restored] = []
        gone_since: float | None = None
        for change in mine:
            began = time.monotonic()
            if gone_since is not None and began - gone_since > GIVE_UP_S:
                undone.append(change.leave(f"{self.device.serial} does not answer"))
                continue
            undone.append(change.undo())
            if not undone[-1].unreachable:
                gone_since = None
            elif gone_since is None:
                gone_since = began
        return undone

    def close(self) -> None:
        """Stand down and stop sampling."""
        self.stop_watching_network()
        if self._counter is not None:
            self._counter.stop()
        self.memory.save()
        for problem in self.sights.close():
            self.trouble("screenshot", problem)
        if self.phone_watch is not None:
            self.phone_watch.watch.close()
        prepared, self.prepared = self.prepared, None
        if prepared is not None:
            prepared.close()
