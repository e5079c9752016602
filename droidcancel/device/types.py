"""The records that the device package hands out: frozen, plain, one idea each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["emulator", "usb", "tcp", "simulator"]


@dataclass(frozen=True)
class Capability:
    """Whether something can be done on this phone: how, or why not (and what to do instead)."""

    ok: bool
    way: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Output:
    """What a command printed. ``rc`` proves nothing on Android: read the state back."""

    stdout: bytes
    stderr: bytes
    rc: int
    seconds: float

    @property
    def text(self) -> str:
        """Standard output as text; bytes that are no UTF-8 become U+FFFD."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def errors(self) -> str:
        """Standard error as text."""
        return self.stderr.decode("utf-8", "replace")

    @property
    def everything(self) -> str:
        """Standard output, then standard error, for messages."""
        return "\n".join(part for part in (self.text.strip(), self.errors.strip()) if part)


@dataclass(frozen=True)
class Component:
    """An activity: package and class name, the class written out in full."""

    package: str
    activity: str

    @classmethod
    def parse(cls, text: str) -> Component:
        """Read ``pkg/.Name`` or ``pkg/full.Name``."""
        package, _, name = text.partition("/")
        return cls(package, package + name if name.startswith(".") else name)

    def __str__(self) -> str:
        return f"{self.package}/{self.activity}"


@dataclass(frozen=True)
class Task:
    """One task of the recents. ``stack_id`` is what `am stack remove` takes before API 31.

    ``user`` is whose task it is, None where the phone does not say.
    """

    task_id: int
    component: Component | None
    stack_id: int | None = None
    package: str = ""
    user: int | None = None


@dataclass(frozen=True)
class PackageInfo:
    """A package as it is installed for one user; ``stopped`` is its force-stopped flag there.

    ``uid`` is the one that its processes have for that user.
    """

    name: str
    version_name: str
    version_code: int
    uid: int
    stopped: bool
    system: bool = False
    user: int = 0


@dataclass(frozen=True)
class NetworkState:
    """The phone's network, as read. ``active`` is the default network's id, None for none.

    ``wifi_connected`` and ``data_enabled`` are None where the phone does not say.
    """

    airplane: bool
    wifi_enabled: bool
    wifi_connected: bool | None
    data_enabled: bool | None
    active: str | None
    raw: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def online(self) -> bool:
        """Whether there is a default network."""
        return self.active is not None


@dataclass(frozen=True)
class Change:
    """A change that was made and read back. ``seconds`` from sending until it was read back."""

    what: str
    before: object
    after: object
    way: str
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MediaItem:
    """A video in the phone's media library. ``path`` is on the phone, ``size`` in bytes.

    ``duration_ms`` is 0 where the library does not know it.
    """

    id: int
    uri: str
    path: str
    size: int
    duration_ms: int = 0


@dataclass(frozen=True)
class Job:
    """One registered job of JobScheduler."""

    uid: str
    job_id: str
    service: str
    namespace: str = ""
    needs_network: bool = False
    persisted: bool = False
    active: bool = False
    upload_bytes: int | None = None
    user: int | None = None


@dataclass(frozen=True)
class ForegroundService:
    """A service that runs in the foreground, and so outlives a swipe from the recents."""

    component: Component
    notification_id: int | None = None
    user: int | None = None


@dataclass(frozen=True)
class Progress:
    """The progress bar of a notification; ``value`` of ``maximum``."""

    package: str
    value: int
    maximum: int
    indeterminate: bool

    @property
    def percent(self) -> float | None:
        """0 to 100, or None where the bar says nothing."""
        if self.indeterminate or self.maximum <= 0:
            return None
        return 100.0 * self.value / self.maximum


@dataclass(frozen=True)
class Keyguard:
    """The lock screen: whether it shows, and whether it wants a PIN."""

    showing: bool
    secure: bool
    awake: bool | None = None


@dataclass(frozen=True)
class User:
    """One user of the phone. ``work``: a managed profile, as a work profile is."""

    id: int
    name: str
    running: bool
    work: bool = False


@dataclass(frozen=True)
class Listed:
    """One line of the adb server's list. ``detail`` is what it says besides of the state."""

    serial: str
    state: str
    tags: dict[str, str] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True)
class Attached:
    """One line of the list of devices. ``advice`` mends a state that is not ``device``."""

    serial: str
    state: str
    kind: Kind
    model: str = ""
    advice: str = ""

    @property
    def usable(self) -> bool:
        """Whether commands can be sent to it."""
        return self.state == "device"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: what was looked at, how it would be done, and why not."""

    topic: str
    ok: bool
    way: str = ""
    why: str = ""


Status = Literal["works", "refused", "not there", "not tried"]


@dataclass(frozen=True)
class WayFinding:
    """What was found out of one way to do a thing.

    ``works``: read, or tried and read back; ``refused``: the phone has it and does not let us, or
    we do not; ``not there``: the phone has no such thing; ``not tried``: it is there as far as
    reading tells, and only `doctor --probe` or the use of it says more. ``sure`` is False where the
    phone gave no answer, which is no finding to keep.
    """

    way: str
    status: Status
    why: str = ""
    sure: bool = True

    @property
    def usable(self) -> bool:
        """Whether it would be used, if it came first."""
        return self.status in ("works", "not tried")


@dataclass(frozen=True)
class ThingFinding:
    """The ways of one thing, in the order in which they are preferred."""

    thing: str
    ways: tuple[WayFinding, ...]

    @property
    def used(self) -> str | None:
        """The way that will be used, None where there is none."""
        return next((way.way for way in self.ways if way.usable), None)


@dataclass(frozen=True)
class RoundTrips:
    """What was asked of a phone, by count: each had to be answered before the next.

    `shell`: commands through the lasting shells; `rpc`: calls to the screen server, each of which
    opens a stream of its own; `shells`: lasting shells opened; `files`: copied to or from it.
    """

    shell: int = 0
    rpc: int = 0
    shells: int = 0
    files: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.shell + self.rpc + self.shells + self.files

    def since(self, before: RoundTrips) -> RoundTrips:
        """Those that came after a count."""
        return RoundTrips(
            self.shell - before.shell,
            self.rpc - before.rpc,
            self.shells - before.shells,
            self.files - before.files,
        )
