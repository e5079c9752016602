"""What follows from evidence by counting: the ground on which a verdict stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from droidcancel.evidence import (
    Evidence,
    MethodApplied,
    NetworkSeen,
    Place,
    ProcessSeen,
    Search,
    TrafficSeen,
    UploadSeen,
)

#: methods that take away what is live: for these an upload that ended before is no fault
DELETING = frozenset({"delete-post"})

#: methods that take one item away -> where it must have been found before
TAKES_FROM: Mapping[str, Place] = {"delete-post": "profile", "delete-draft": "drafts"}

#: methods that cancel no upload, so that no sight of one is asked for
WITHOUT_UPLOAD = frozenset({*TAKES_FROM, "save-draft", "look"})

#: where a video that is found is live -> in words
SHOWN: Mapping[Place, str] = {
    "profile": "on the profile",
    "feed": "in the feed",
    "others": "for others",
}

#: methods after which the app has no network until it is given back
CUTTING = frozenset({"airplane", "network-off", "app-network"})

#: turns of the run at which an upload may come back -> in words
TURNS: Mapping[str, str] = {
    "restored": "once the network was back",
    "rebooted": "once the phone had been restarted",
    "restarted": "once the app was started again",
}

#: share of the video's size from which on the server may hold all of it, headers and rounding aside
NEARLY_ALL = 0.95

#: percent points by which a progress shown must grow to be one that goes on
GROWTH = 5


@dataclass(frozen=True)
class Facts:
    """What follows from evidence by counting."""

    evidence: Evidence

    @property
    def method(self) -> MethodApplied | None:
        return self.evidence.method

    @property
    def name(self) -> str:
        """The method's name, empty without one."""
        return self.method.name if self.method else ""

    @property
    def noise(self) -> int:
        return self.evidence.limits.noise_bytes

    @cached_property
    def cut(self) -> float:
        """When the cancel began."""
        return self.method.at if self.method else float("inf")

    @cached_property
    def settled(self) -> float:
        """When the cancel was read back: bytes after this are bytes too many."""
        marked = self.evidence.mark("settled")
        ended = self.method.ended_at if self.method else float("inf")
        return max(marked, ended) if marked is not None else ended

    @cached_property
    def before(self) -> UploadSeen | None:
        """The last sight of the upload before the cut."""
        seen = self.evidence.of(UploadSeen, until=self.cut)
        return seen[-1] if seen else None

    @cached_property
    def after(self) -> list[UploadSeen]:
        return self.evidence.of(UploadSeen, since=self.settled)

    @cached_property
    def quiet(self) -> tuple[float, float] | None:
        """Start and end of the quiet period, None when it did not end."""
        start, end = self.evidence.mark("quiet_started"), self.evidence.mark("quiet_ended")
        return (start, end) if start is not None and end is not None and end >= start else None

    def sent(self, since: float, until: float) -> int | None:
        """Bytes sent by the app in a span, None with fewer than two samples in it."""
        samples = self.evidence.of(TrafficSeen, since=since, until=until)
        if len(samples) < 2:
            return None
        # summed step by step: a counter that starts again (a reboot) must not hide what was sent
        return sum(max(0, b.tx_bytes - a.tx_bytes) for a, b in pairwise(samples))

    @cached_property
    def sent_before(self) -> int | None:
        """Bytes sent from the tap on Post until the cancel stood."""
        posted = self.evidence.mark("posted")
        return None if posted is None else self.sent(posted, self.settled)

    @cached_property
    def sent_after(self) -> int | None:
        """Bytes sent after the cancel stood, to the end."""
        return self.sent(self.settled, float("inf"))

    @cached_property
    def sent_in_quiet(self) -> int | None:
        return self.sent(*self.quiet) if self.quiet else None

    @cached_property
    def nearly_all_sent(self) -> bool:
        """Whether the server may have had the whole video before the cancel stood."""
        if self.before and (self.before.percent or 0) >= NEARLY_ALL * 100:
            return True
        sent, size = self.sent_before, self.evidence.video_bytes
        return sent is not None and size > 0 and sent >= NEARLY_ALL * size

    @property
    def quiet_needed(self) -> float:
        limits = self.evidence.limits
        return max(limits.late_s, limits.quiet_s) if self.nearly_all_sent else limits.quiet_s

    @cached_property
    def grew(self) -> bool:
        """Whether the progress shown went up after the cancel stood, rounding aside.

        An app that starts again may show 0 until it has read how far it was: that is no growth.
        """
        shown = [u.percent for u in self.after if u.active and u.percent]
        return bool(shown) and max(shown) - shown[0] >= GROWTH

    @cached_property
    def back_after(self) -> float | None:
        """Seconds until the app was seen with a network again, before the cut one was given back.

        None where it was not, or where nothing was cut.
        """
        if self.method is None or self.method.name not in CUTTING:
            return None
        until = self.first("restored", "rebooted")
        seen = self.evidence.of(NetworkSeen, since=self.settled, until=until)
        back = (n.at for n in seen if n.online and until is not None and n.at < until)
        return next((at - self.settled for at in back), None)

    @property
    def came_back(self) -> bool:
        """Whether the app had a network again before the cut one was given back."""
        return self.back_after is not None

    def first(self, *names: str) -> float | None:
        """When the run first passed one of these marks after the cancel."""
        passed = (at for name in names for at in self.evidence.marks(name))
        return min((at for at in passed if at >= self.settled), default=None)

    @cached_property
    def taken_up(self) -> bool:
        """Whether the app, stopped and started again, showed the upload as one that goes on."""
        started = self.first("restarted")
        shows = started is not None and any(u.active and u.at >= started for u in self.after)
        return shows and self.name not in WITHOUT_UPLOAD

    @cached_property
    def on_its_way_at(self) -> float | None:
        """When the app, started again, first showed the upload on its way, with a network at hand.

        However little of it left until it was discarded. None where it did not; also where it still
        stands there at the end, with nothing sent: that is not decided.
        """
        since = self.first("restarted")
        if self.name in CUTTING and since is not None:
            online = self.first("restored", "rebooted")
            since = max(since, online) if online is not None else None
        if since is None or not self.taken_up or self.after[-1].active:
            return None
        return next((u.at for u in self.after if u.state == "posting" and u.at >= since), None)

    @cached_property
    def goes_on(self) -> bool:
        """Whether it goes on for sure: an upload's worth of bytes, or progress that grew.

        Where the app itself took the upload up again, more than noise is enough; with a network at
        hand, nothing more is asked for: that it was discarded in time was luck.
        """
        rest = max(0, self.evidence.video_bytes - (self.sent_before or 0))
        much = (self.sent_after or 0) > max(self.noise, rest // 2)
        again = self.on_its_way_at is not None or (self.taken_up and self.went_on)
        return self.grew or much or self.lives_on or self.began or again

    @cached_property
    def began(self) -> bool:
        """Whether saving a draft began an upload: one shows, however it stands, and bytes left."""
        shown = any(seen.state in ("posting", "waiting", "failed") for seen in self.after)
        return self.name == "save-draft" and shown and (self.sent_after or 0) > self.noise

    @cached_property
    def lives_on(self) -> bool:
        """Whether a foreground service went on sending when nothing of the app was to be seen.

        More than noise is an upload then, however little of it came through before the next step.
        """
        served = [
            p.at
            for p in self.evidence.of(ProcessSeen, since=self.settled, until=self.next_start)
            if p.foreground_services
        ]
        return bool(served) and (self.sent(self.settled, served[-1]) or 0) > self.noise

    @cached_property
    def next_start(self) -> float:
        """When the app was first seen or started again after the cancel stood."""
        marks = [self.evidence.mark(name) for name in ("restored", "restarted")]
        seen = [u.at for u in self.after[:1]]
        return min([*(m for m in marks if m is not None), *seen], default=float("inf"))

    @cached_property
    def went_on_at(self) -> float | None:
        """When it first showed that the upload went on; None where it did not."""
        sent = 0
        for before, after in pairwise(self.evidence.of(TrafficSeen, since=self.settled)):
            sent += max(0, after.tx_bytes - before.tx_bytes)
            if sent > self.noise:
                return after.at
        shown = [u for u in self.after if u.active and u.percent is not None]
        grown = next((u.at for u in shown if u.percent != shown[0].percent), None)
        seen = [at for at in (grown, self.on_its_way_at) if at is not None]
        return min(seen, default=None)

    @property
    def turn(self) -> str | None:
        """The latest turn of the run before the upload went on, of :data:`TURNS`."""
        if self.went_on_at is None:
            return None
        passed = [
            (at, name)
            for name in TURNS
            for at in self.evidence.marks(name)
            if self.settled <= at <= self.went_on_at
        ]
        return max(passed)[1] if passed else None

    @property
    def went_on(self) -> bool:
        """Whether the upload went on after the cancel stood."""
        return self.grew or (self.sent_after or 0) > self.noise

    def searches(self, place: Place) -> list[Search]:
        """The looks at one place after the cancel."""
        return [s for s in self.evidence.of(Search, since=self.settled) if s.place == place]

    def final_search(self, place: Place) -> Search | None:
        """The last look at a place, if it came after the quiet period."""
        if self.quiet is None:
            return None
        found = [s for s in self.searches(place) if s.at >= self.quiet[1]]
        return found[-1] if found else None

    @cached_property
    def live_at(self) -> Place | None:
        """Where this video was found live after the cancel, None for nowhere.

        A delete is judged by its last look, anything else by all: what was live once may be again.
        """
        for place in SHOWN:
            looks = self.searches(place)
            if self.name in DELETING:
                looks = looks[-1:]
            if any(is_there(look) for look in looks):
                return place
        return None

    def was_found(self, place: Place) -> bool:
        """Whether this item was found at a place before the cancel."""
        looks = self.evidence.of(Search, until=self.cut)
        return any(look.place == place and look.found for look in looks)

    @cached_property
    def live_before(self) -> bool:
        """Whether this video stood on the profile before the cancel."""
        return self.was_found("profile")

    @cached_property
    def draft_came_back(self) -> bool:
        """Whether the draft was gone after the cancel, and there again later."""
        looks = [s for s in self.searches("drafts") if s.complete]
        gone = [s.at for s in looks if not is_there(s)]
        return bool(gone) and any(is_there(s) and s.at > gone[0] for s in looks)


def is_there(search: Search) -> bool:
    """Whether a look found this run's video, or one more than before."""
    return bool(search.found) or bool(search.new_items and search.new_items > 0)
