"""Every rule of the verdict, as a table, and properties that no evidence may break."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.evidence import (
    Checked,
    Evidence,
    JobsSeen,
    Limits,
    Mark,
    MethodApplied,
    NetworkSeen,
    ProcessSeen,
    Record,
    Recorder,
    Search,
    TrafficSeen,
    UploadSeen,
)
from droidcancel.facts import Facts
from droidcancel.verdict import DEMANDS, OTHERS_OPEN, TAKEN_UP, VERDICTS, judge

SIZE = 5_000_000
LIMITS = Limits(quiet_s=10, late_s=30, noise_bytes=100_000)
MB = 1_000_000


def method(effective: bool | None = True, name: str = "airplane") -> MethodApplied:
    return MethodApplied(10.0, 10.5, name, effective, "read back", 500.0)


def clean() -> list[Record]:
    """A run cut at 40 % that proves `cancelled`."""
    return [
        Mark(5.0, "posted"),
        TrafficSeen(5.0, 1000),
        UploadSeen(6.0, "posting", 10),
        UploadSeen(9.9, "posting", 40),
        TrafficSeen(9.9, 2 * MB),
        Mark(9.95, "moment"),
        method(),
        Mark(11.0, "settled"),
        NetworkSeen(11.0, None, airplane=True),
        TrafficSeen(11.0, 2 * MB + 1000),
        TrafficSeen(13.0, 2 * MB + 1000),
        UploadSeen(14.0, "failed", 40),
        Mark(15.0, "restored"),
        NetworkSeen(15.0, "101"),
        Mark(16.0, "restarted"),
        Mark(17.0, "quiet_started"),
        TrafficSeen(17.0, 2 * MB + 2000),
        ProcessSeen(18.0, (4711,)),
        UploadSeen(20.0, "none"),
        TrafficSeen(27.5, 2 * MB + 4000),
        Mark(27.5, "quiet_ended"),
        UploadSeen(27.6, "none"),
        NetworkSeen(27.6, "101"),
        Search(29.0, "profile", True, items=3),
        Search(30.0, "drafts", True, items=0),
    ]


def evidence(records: list[Record], **more: Any) -> Evidence:
    ordered = tuple(sorted(records, key=lambda r: r.at))
    return Evidence(
        ordered, **{"token": "#dcabc123", "video_bytes": SIZE, "limits": LIMITS, **more}
    )


def without(records: list[Record], *gone: Record | type[Record]) -> list[Record]:
    types = tuple(g for g in gone if isinstance(g, type))
    return [r for r in records if r not in gone and not isinstance(r, types)]


def marked(records: list[Record], name: str) -> list[Record]:
    return [r for r in records if not (isinstance(r, Mark) and r.name == name)]


LIVE = Search(29.0, "profile", True, found=("a cat #dcabc123",), items=4)
OTHERS = Search(31.0, "others", True, found=("a cat #dcabc123",))
DRAFT = Search(30.0, "drafts", True, found=("a cat #dcabc123",), items=1)


def with_live(records: list[Record]) -> list[Record]:
    return [*(r for r in records if not (isinstance(r, Search) and r.place == "profile")), LIVE]


def with_draft(records: list[Record]) -> list[Record]:
    return [*(r for r in records if not (isinstance(r, Search) and r.place == "drafts")), DRAFT]


def with_sent(records: list[Record], extra: int) -> list[Record]:
    """As many bytes more at the end of the quiet period."""
    return [
        replace(r, tx_bytes=r.tx_bytes + extra) if isinstance(r, TrafficSeen) and r.at > 20 else r
        for r in records
    ]


def with_method(records: list[Record], new: MethodApplied) -> list[Record]:
    return [new if isinstance(r, MethodApplied) else r for r in records]


def deleted() -> list[Record]:
    """A run that deleted what stood on the profile."""
    return [*with_method(clean(), method(name="delete-post")), replace(LIVE, at=8.0)]


def draft_deleted() -> list[Record]:
    """A run that ticked and deleted a draft, which must have been found before."""
    return with_method(clean(), method(name="delete-draft"))


def saved() -> list[Record]:
    """A run in which nothing was posted."""
    kept = without(marked(clean(), "posted"), UploadSeen)
    looks = [UploadSeen(20.0, "none"), UploadSeen(27.6, "none")]
    return [*with_method(kept, method(name="save-draft")), *looks]


DECIDED: dict[str, tuple[list[Record], str]] = {
    "clean": (clean(), "cancelled"),
    "kept as a draft": (with_draft(clean()), "draft"),
    "failed, with retry": (
        [*without(clean(), UploadSeen(27.6, "none")), UploadSeen(27.6, "failed", 40)],
        "draft",
    ),
    "live": (with_live(clean()), "published"),
    "live and draft": (with_live(with_draft(clean())), "published"),
    "live after bytes": (with_sent(with_live(clean()), 3 * MB), "resumed"),
    "bytes, not live yet": (with_sent(clean(), 3 * MB), "resumed"),
    "progress grew": (
        [*clean(), UploadSeen(18.0, "posting", 41), UploadSeen(19.0, "posting", 60)],
        "resumed",
    ),
    "an old progress is shown again": (
        [*clean(), UploadSeen(18.0, "waiting", 0), UploadSeen(19.0, "waiting", 40)],
        "cancelled",
    ),
    "it begins anew": (
        [*clean(), *(UploadSeen(18.0 + p / 9, "posting", p) for p in (0, 3, 9))],
        "resumed",
    ),
    "the network came back by itself": (
        [*with_sent(clean(), 300_000), NetworkSeen(14.5, "102", airplane=True)],
        "resumed",
    ),
    "taken up again, and sent": (
        [*with_sent(clean(), 300_000), UploadSeen(16.5, "posting", 40)],
        "resumed",
    ),
    "on its way again, and nothing sent": ([*clean(), UploadSeen(16.5, "posting", 40)], "resumed"),
    "waits again, and nothing sent": ([*clean(), UploadSeen(16.5, "waiting", 40)], "cancelled"),
    "on its way again, with the network still cut": (
        [
            *without(marked(clean(), "restored"), NetworkSeen(15.0, "101")),
            UploadSeen(16.5, "posting", 40),
            Mark(16.7, "restored"),
            NetworkSeen(16.8, "101"),
        ],
        "cancelled",
    ),
    "rounding is no growth": (
        [*clean(), UploadSeen(18.0, "waiting", 41), UploadSeen(19.0, "waiting", 42)],
        "cancelled",
    ),
    "never applied": (without(clean(), MethodApplied), "invalid"),
    "toggle did not take": (with_method(clean(), method(False)), "invalid"),
    "ended before": ([*clean(), UploadSeen(9.99, "done")], "invalid"),
    "ended before, live": (with_live([*clean(), UploadSeen(9.99, "done")]), "invalid"),
    "live before": ([*clean(), replace(LIVE, at=9.0)], "invalid"),
    "applied and live though not read back": (
        with_live(with_method(clean(), method(None))),
        "published",
    ),
    "deleted": (
        [*with_method(clean(), method(name="delete-post")), replace(LIVE, at=8.0)],
        "deleted",
    ),
    "deleted, also for others": (
        [*deleted(), replace(OTHERS, at=8.5), replace(OTHERS, at=31.0, found=())],
        "deleted",
    ),
    "deleted, and others are still shown it": (
        [*deleted(), replace(OTHERS, at=8.5), OTHERS],
        "published",
    ),
    "live in the feed only": ([*clean(), replace(OTHERS, place="feed")], "published"),
    "a draft deleted": ([*draft_deleted(), replace(DRAFT, at=8.0)], "cancelled"),
    "a draft that came back": (
        [*with_draft(draft_deleted()), replace(DRAFT, at=8.0), replace(DRAFT, at=12.0, found=())],
        "draft",
    ),
    "a draft that stayed": (
        [*with_draft(draft_deleted()), replace(DRAFT, at=8.0)],
        "draft",
    ),
    "saved as a draft": (with_draft(saved()), "draft"),
    "saved, and no draft is there": (saved(), "cancelled"),
    "saved, and published": (with_live(with_draft(saved())), "published"),
    "saved, and bytes flowed": (with_sent(with_draft(saved()), 4 * MB), "resumed"),
    "deleted, and a draft of it is there": (
        [*deleted(), replace(DRAFT, at=30.5)],
        "deleted",
    ),
    "delete that did not": (
        [*with_live(with_method(clean(), method(name="delete-post"))), replace(LIVE, at=8.0)],
        "published",
    ),
}


@pytest.mark.parametrize("name", DECIDED)
def test_decided(name: str) -> None:
    records, wanted = DECIDED[name]
    verdict = judge(evidence(records))
    assert verdict.name == wanted, verdict
    assert verdict.reason
    assert not verdict.missing


UNDECIDED: dict[str, tuple[list[Record], str]] = {
    "no read-back": (with_method(clean(), method(None)), "read-back"),
    "no bytes counted": (without(clean(), TrafficSeen), "bytes after the cancel"),
    "no bytes in the quiet period": (
        [r for r in clean() if not (isinstance(r, TrafficSeen) and r.at > 14)],
        "bytes in the quiet period",
    ),
    "no quiet period": (marked(clean(), "quiet_ended"), "a quiet period"),
    "quiet too short": (
        [*marked(clean(), "quiet_ended"), Mark(22.0, "quiet_ended")],
        "a quiet period of 10 s",
    ),
    "never back online": (without(clean(), NetworkSeen), "network back"),
    "offline again at the end": (
        [*without(clean(), NetworkSeen(27.6, "101")), NetworkSeen(27.6, None)],
        "network still there",
    ),
    "firewalled in the quiet period": (
        [*without(clean(), NetworkSeen(15.0, "101")), NetworkSeen(15.0, "101", app_blocked=True)],
        "network back",
    ),
    "not restarted": (marked(clean(), "restarted"), "a start of the app"),
    "not running": (without(clean(), ProcessSeen), "the app running"),
    "upload not looked at": (without(clean(), UploadSeen), "look at the app's upload"),
    "still shows": (
        [*without(clean(), UploadSeen(27.6, "none")), UploadSeen(27.6, "waiting", 40)],
        "still shows as waiting",
    ),
    "a job waits": ([*clean(), JobsSeen(28.0, ("UploadJob",))], "pending job UploadJob"),
    "profile not looked at": (without(clean(), Search(29.0, "profile", True, items=3)), "profile"),
    "profile unreadable": (
        [
            *without(clean(), Search(29.0, "profile", True, items=3)),
            Search(29.0, "profile", False, detail="no grid"),
        ],
        "no grid",
    ),
    "looked at before the quiet period's end": (
        [
            *without(clean(), Search(29.0, "profile", True, items=3)),
            Search(20.0, "profile", True),
        ],
        "look at the profile after",
    ),
    "drafts not looked at": (without(clean(), Search(30.0, "drafts", True, items=0)), "drafts"),
    "draft found, profile not looked at": (
        with_draft(without(clean(), Search(29.0, "profile", True, items=3))),
        "profile",
    ),
    "deleted, never seen before": (with_method(clean(), method(name="delete-post")), "a sight of"),
    "draft deleted, never seen before": (draft_deleted(), "a sight of it on the drafts"),
    "deleted, and others not looked at again": (
        [*deleted(), replace(OTHERS, at=8.5)],
        "as the other account",
    ),
    "deleted, and others could not be looked at again": (
        [*deleted(), replace(OTHERS, at=8.5), replace(OTHERS, found=(), complete=False)],
        "as the other account",
    ),
    "saved, and nobody looked at the drafts": (
        without(saved(), Search(30.0, "drafts", True, items=0)),
        "drafts",
    ),
    "some bytes, no upload": (with_sent(clean(), 300_000), "bytes sent after"),
    "all had left before": (
        [
            replace(r, percent=99) if isinstance(r, UploadSeen) and r.at == 9.9 else r
            for r in clean()
        ],
        "a quiet period of 30 s",
    ),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_undecided_names_what_is_missing(name: str) -> None:
    records, wanted = UNDECIDED[name]
    verdict = judge(evidence(records))
    assert verdict.name == "unknown", verdict
    assert any(wanted in missing for missing in verdict.missing), verdict.missing


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (UploadSeen(16.5, "waiting", 40), True),
        (UploadSeen(16.5, "waiting", None), True),
        (UploadSeen(16.5, "failed", 40), False),  # it waits for a person
        (UploadSeen(14.5, "waiting", 40), False),  # of the process that was cut off
    ],
)
def test_an_upload_that_is_taken_up_at_the_next_start_is_told(seen: UploadSeen, told: bool) -> None:
    for records in (clean(), with_draft(clean()), without(clean(), JobsSeen, ProcessSeen)):
        verdict = judge(evidence([*records, seen]))
        assert (TAKEN_UP in verdict.reason) == told, verdict
    other = with_method(clean(), method(name="look"))  # an upload that the run is not about
    assert TAKEN_UP not in judge(evidence([*other, seen])).reason


def test_a_network_that_came_back_by_itself_is_timed() -> None:
    back = NetworkSeen(14.5, "102", airplane=True)
    assert Facts(evidence([*clean(), back])).back_after == pytest.approx(3.5)
    assert Facts(evidence(clean())).back_after is None
    blocked = replace(back, app_blocked=True)
    assert Facts(evidence([*clean(), blocked])).back_after is None
    kept = with_method(clean(), method(name="force-stop"))
    assert Facts(evidence([*kept, back])).back_after is None


def test_a_delete_says_whether_others_were_asked() -> None:
    assert OTHERS_OPEN in judge(evidence(deleted())).reason
    unread = replace(OTHERS, found=(), complete=False)
    assert OTHERS_OPEN in judge(evidence([*deleted(), unread])).reason
    looked = judge(evidence([*deleted(), replace(OTHERS, found=())]))
    assert OTHERS_OPEN not in looked.reason
    assert "and for others" in looked.reason


def test_without_a_token_a_baseline_is_needed() -> None:
    assert judge(evidence(clean(), token=None)).name == "unknown"
    counted = [replace(r, new_items=0) if isinstance(r, Search) else r for r in clean()]
    assert judge(evidence(counted, token=None)).name == "cancelled"
    unseen = [r for r in counted if not (isinstance(r, UploadSeen) and r.at < 10)]
    assert "in progress before" in judge(evidence(unseen, token=None)).missing[0]
    uncut = without(counted, UploadSeen(14.0, "failed", 40))
    assert "cut off after" in judge(evidence(uncut, token=None)).missing[0]
    grown = [
        replace(r, new_items=1) if isinstance(r, Search) and r.place == "profile" else r
        for r in counted
    ]
    assert judge(evidence(grown, token=None)).name == "published"


def test_nothing_at_all_is_invalid() -> None:
    assert judge(Evidence()).name == "invalid"


def test_checks_do_not_make_up_for_a_cancel_that_never_came() -> None:
    found = [Checked(3.0, "account", True, "still logged in"), UploadSeen(5.0, "done")]
    assert judge(Evidence(tuple(found))).name == "passed"
    verdict = judge(Evidence(tuple(found), cancel_due=True))
    assert (verdict.name, "ended before its moment" in verdict.reason) == ("invalid", True)


def test_every_demand_is_shown_to_matter() -> None:
    """Each demand has a case in which it alone speaks."""
    speaking = set()
    cases = [evidence(records) for records, _ in UNDECIDED.values()]
    for seen in (*cases, evidence([], token=None)):
        facts = Facts(seen)
        speaking |= {demand for demand in DEMANDS if list(demand(facts))}
    assert speaking == set(DEMANDS)


# -- properties
GOOD = {"cancelled", "draft", "deleted"}
CLEAN = clean()
subsets = st.lists(st.sampled_from(range(len(CLEAN))), unique=True)


@given(subsets)
def test_taking_evidence_away_never_makes_it_good(gone: list[int]) -> None:
    """Only evidence that no rule needs may go without the verdict turning to unknown or invalid."""
    left = [r for i, r in enumerate(CLEAN) if i not in gone]
    verdict = judge(evidence(left))
    needed = {"profile", "drafts"}
    looked = {r.place for r in left if isinstance(r, Search)}
    if verdict.name in GOOD:
        assert looked == needed
        assert any(isinstance(r, MethodApplied) for r in left)
        assert sum(isinstance(r, TrafficSeen) and r.at >= 11 for r in left) >= 4
    assert verdict.name in {"cancelled", "unknown", "invalid"}
    assert (verdict.name == "unknown") == bool(verdict.missing)


times = st.floats(min_value=0, max_value=60, allow_nan=False)
records = st.one_of(
    st.builds(
        UploadSeen,
        times,
        st.sampled_from(["none", "posting", "waiting", "failed", "done"]),
        st.none() | st.integers(0, 100),
    ),
    st.builds(TrafficSeen, times, st.integers(0, 10**8)),
    st.builds(NetworkSeen, times, st.sampled_from([None, "100"])),
    st.builds(ProcessSeen, times, st.sampled_from([(), (1,)])),
    st.builds(
        Search,
        times,
        st.sampled_from(["profile", "drafts", "others"]),
        st.booleans(),
        st.sampled_from([(), ("#dcabc123",)]),
    ),
    st.builds(
        Mark,
        times,
        st.sampled_from(
            ["posted", "settled", "restored", "restarted", "quiet_started", "quiet_ended"]
        ),
    ),
    st.builds(
        MethodApplied,
        times,
        times,
        st.sampled_from(["airplane", "delete-post", "delete-draft", "save-draft", "look"]),
        st.sampled_from([True, False, None]),
        st.just(""),
        st.just(1.0),
    ),
)


@given(st.lists(records, max_size=25), st.booleans())
def test_any_evidence_is_judged(found: list[Record], base: bool) -> None:
    seen = evidence([*found, *(CLEAN if base else [])])
    verdict = judge(seen)
    assert verdict.name in VERDICTS
    assert (verdict.name == "unknown") == bool(verdict.missing)
    if verdict.name not in GOOD:
        return
    facts = Facts(seen)
    assert facts.quiet is not None
    start, end = facts.quiet
    assert seen.method is not None
    assert seen.method.effective is True
    if verdict.name == "deleted":
        assert any(s.place == "profile" and s.found for s in seen.of(Search, until=facts.cut))
    others = [s for s in seen.of(Search, since=facts.settled) if s.place == "others"]
    assert not (others and others[-1].found), "never good where others are shown it"
    after = [s for s in seen.of(Search, since=end) if s.place == "profile"]
    assert after, "never good where nothing was looked at"
    assert not after[-1].found
    if seen.method.name != "delete-post":
        live = [s for s in seen.of(Search, since=facts.settled) if s.place == "profile" and s.found]
        assert not live, "never good where the video was found live"
    sent = seen.of(TrafficSeen, since=start, until=end)
    assert sent[-1].tx_bytes - sent[0].tx_bytes <= LIMITS.noise_bytes


@given(st.integers(LIMITS.noise_bytes + 2100, 10**9))
def test_bytes_in_the_quiet_period_are_never_cancelled(extra: int) -> None:
    assert judge(evidence(with_sent(CLEAN, extra))).name in {"resumed", "unknown"}
    assert judge(evidence(with_sent(with_live(CLEAN), extra))).name == "resumed"


@given(st.permutations(CLEAN))
def test_order_of_noting_does_not_matter(noted: list[Record]) -> None:
    recorder = Recorder(token="#dcabc123", video_bytes=SIZE, limits=LIMITS)
    for record in noted:
        recorder.add(record)
    frozen = recorder.freeze()
    assert [r.at for r in frozen.records] == sorted(r.at for r in noted)
    assert judge(frozen).name == "cancelled"


def test_json_has_kind_and_time_first() -> None:
    rows = evidence(CLEAN).to_json()
    assert all(list(row)[:2] == ["kind", "at"] for row in rows)
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)


def test_recorder_refuses_unknown_marks() -> None:
    with pytest.raises(ValueError, match="no such mark"):
        Recorder(token=None, video_bytes=0, limits=LIMITS).mark("tea")


# -- where it came back


def bytes_at(at: float, extra: int) -> list[Record]:
    """A clean run whose app sends so many bytes more at one time."""
    samples = [
        replace(r, tx_bytes=r.tx_bytes + extra) if isinstance(r, TrafficSeen) and r.at > at else r
        for r in clean()
    ]
    return [*samples, TrafficSeen(at, 2 * MB + 1000 + extra)]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (12.0, "the upload went on after the cancel (3"),
        (15.5, "after the cancel, once the network was back (3"),
        (16.5, "after the cancel, once the app was started again (3"),
    ],
)
def test_where_an_upload_came_back_is_said(at: float, said: str) -> None:
    verdict = judge(evidence(bytes_at(at, 3 * MB)))
    assert verdict.name == "resumed"
    assert said in verdict.reason


@pytest.mark.parametrize(
    ("service", "extra", "name"),
    [
        (("UploadService",), 200_000, "resumed"),
        (("UploadService",), 50_000, "cancelled"),
        ((), 200_000, "unknown"),
    ],
)
def test_a_service_that_sends_behind_the_screen_goes_on(
    service: tuple[str, ...], extra: int, name: str
) -> None:
    """Too few bytes to be told from others, did not a foreground service live on with no screen."""
    records = [*bytes_at(12.0, extra), ProcessSeen(13.0, (4711,), service)]
    assert judge(evidence(records)).name == name


def test_an_upload_that_saving_a_draft_began_is_called_though_little_of_it_left() -> None:
    began = [*with_sent(saved(), 200_000), UploadSeen(14.0, "failed", 3)]
    verdict = judge(evidence(began))
    assert verdict.name == "resumed"
    assert "saving it as a draft began an upload" in verdict.reason
    assert judge(evidence(with_sent(saved(), 200_000))).name == "unknown"
    assert judge(evidence([*saved(), UploadSeen(14.0, "failed", 3)])).name == "cancelled"


def test_a_restart_of_the_phone_is_named_before_what_came_later() -> None:
    records = [*bytes_at(15.8, 3 * MB), Mark(15.6, "rebooted"), Mark(26.0, "restored")]
    assert "once the phone had been restarted" in judge(evidence(records)).reason


def test_a_network_that_is_back_after_a_restart_did_not_come_back_by_itself() -> None:
    records = [*bytes_at(14.9, 3 * MB), Mark(14.0, "rebooted"), NetworkSeen(14.5, "101")]
    assert "by itself" not in judge(evidence(records)).reason
    earlier = [*records, NetworkSeen(13.5, "101")]
    assert "by itself" in judge(evidence(earlier)).reason
