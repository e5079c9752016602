"""Commands of the phone, by name and API level.

A command is an async function that takes an `Invocation` and returns its exit status. It
registers itself with `@command`; sub-commands of `cmd SERVICE` with `@service_command`, and
what `dumpsys SERVICE` prints with `@dump`. Of several that fit an API level the last added wins.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from droidcancel.simulator.shell.userfiles import UserFiles

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.shell.descriptors import Description
    from droidcancel.simulator.shell.process import Child

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Invocation:
    """One running command: its words, surroundings, and open files.

    `argv[0]` is the name it was called by; `child` is the process it runs in (`child.row` is
    its row in the phone's process table). `size` is the terminal's rows and columns.
    """

    phone: Phone
    argv: list[str]
    env: dict[str, str]
    cwd: str
    uid: int
    pid: int
    tty: bool
    stdin: Description
    stdout: Description
    stderr: Description
    child: Child
    umask: int = 0o22
    size: tuple[int, int] = (24, 80)

    @property
    def api(self) -> int:
        """The phone's API level."""
        return self.phone.options.api

    @property
    def name(self) -> str:
        """The name called by, without a directory."""
        return self.argv[0].rpartition("/")[2]

    async def out(self, text: str) -> None:
        """Write text as it is to stdout."""
        await self.stdout.write(text.encode("utf-8", "surrogateescape"))

    async def err(self, text: str) -> None:
        """Write text as it is to stderr."""
        await self.stderr.write(text.encode("utf-8", "surrogateescape"))

    @property
    def files(self) -> UserFiles:
        """The phone's files as this command may touch them; raises FsError(EACCES) and the like."""
        return UserFiles(self.phone.fs, self.uid, self.cwd, self.umask, self.pid)

    async def run(self, argv: list[str], **kwargs: Any) -> int:
        """Run another command and wait for it; see `launch.run`."""
        from droidcancel.simulator.shell.launch import run

        return await run(self, argv, **kwargs)

    def path(self, name: str) -> str:
        """The absolute phone path that `name` means here (links not followed)."""
        if name.startswith("/"):
            return name
        return f"{self.cwd.rstrip('/')}/{name}"


Command = Callable[[Invocation], Awaitable[int]]
Dump = Callable[[Invocation, list[str]], Awaitable[int]]


@dataclass(frozen=True)
class Entry(Generic[F]):
    """A registered function; there from API level `since` up to and with `until`."""

    name: str
    function: F
    since: int = 21
    until: int | None = None
    cost: str | None = None
    hidden: bool = False

    def fits(self, api: int) -> bool:
        """Whether a phone of that API level has it."""
        return self.since <= api and (self.until is None or api <= self.until)


@dataclass
class Registry(Generic[F]):
    """Entries by name, over those of a `parent` when one is given."""

    parent: Registry[F] | None = None
    _entries: dict[str, list[Entry[F]]] = field(default_factory=dict)

    def add(
        self,
        name: str,
        function: F,
        *,
        since: int = 21,
        until: int | None = None,
        cost: str | None = None,
        hidden: bool = False,
    ) -> None:
        """Register `function`; it wins over what was added before."""
        entry = Entry(name, function, since, until, cost, hidden)
        self._entries.setdefault(name, []).append(entry)

    def remove(self, name: str) -> None:
        """Forget what was added here; what the parent has shows again."""
        self._entries.pop(name, None)

    def lookup(self, name: str, api: int) -> Entry[F] | None:
        """The entry that a phone of that API level runs for `name`."""
        for entry in self._entries.get(name, [])[::-1]:
            if entry.fits(api):
                return entry
        parent: Registry[F] | None = self.parent
        return None if parent is None else parent.lookup(name, api)

    def names(self, api: int) -> list[str]:
        """All names that the API level has, sorted; hidden ones left out."""
        found = {
            name
            for name, entries in self._entries.items()
            if any(entry.fits(api) and not entry.hidden for entry in entries)
        }
        return sorted(found | set(self.parent.names(api) if self.parent else ()))


CommandTable = Registry[Command]
COMMANDS: CommandTable = Registry()
SERVICES: Registry[Command] = Registry()
DUMPS: Registry[Dump] = Registry()


def _decorator(
    registry: Registry[F],
    names: tuple[str, ...],
    since: int,
    until: int | None,
    cost: str | None,
    hidden: bool = False,
) -> Callable[[F], F]:
    def register(function: F) -> F:
        for name in names:
            registry.add(name, function, since=since, until=until, cost=cost, hidden=hidden)
        return function

    return register


def command(
    *names: str,
    since: int = 21,
    until: int | None = None,
    cost: str | None = None,
    hidden: bool = False,
) -> Callable[[Command], Command]:
    """Register a command under each of `names`.

    `cost` is a key of the phone's latency table, awaited before it runs. A `hidden` one runs
    but has no file in /system/bin.
    """
    return _decorator(COMMANDS, names, since, until, cost, hidden)


def service_command(
    *services: str, since: int = 21, until: int | None = None, cost: str | None = "cmd"
) -> Callable[[Command], Command]:
    """Register what `cmd SERVICE ...` runs; its `argv` begins after the service's name."""
    return _decorator(SERVICES, services, since, until, cost)


def dump(
    *services: str, since: int = 21, until: int | None = None, cost: str | None = "dumpsys"
) -> Callable[[Dump], Dump]:
    """Register what `dumpsys SERVICE ARGS` prints: `async (invocation, args) -> status`."""
    return _decorator(DUMPS, services, since, until, cost)
