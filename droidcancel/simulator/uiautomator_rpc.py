"""What the methods of uiautomator2's server share: state, look-ups, waiting, errors, registry.

Facts are those of u2.jar 0.4.x (com.wetest.uia2) and of androidx.test.uiautomator 2.
"""

from __future__ import annotations

import asyncio
import inspect
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from droidcancel.simulator.hierarchy import Node
from droidcancel.simulator.uiautomator_errors import InvalidParams, not_found
from droidcancel.simulator.uiautomator_selector import Selector, find_by, find_ui
from droidcancel.simulator.viewtree import TextState

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

MAX_OBJECTS = 256  # u2.jar forgets an object after a minute; here the oldest goes first
IDLE_S = 0.5  # UiDevice's QUIET_TIME_TO_BE_CONSIDERED_IDLE_STATE
STEP_S = 0.005  # one step of a swipe


@dataclass
class Configurator:
    """ConfiguratorInfo: timeouts in ms, as u2.jar sets them at its start."""

    waitForIdleTimeout: int = 0  # noqa: N815  # names of the protocol
    waitForSelectorTimeout: int = 0  # noqa: N815
    actionAcknowledgmentTimeout: int = 500  # noqa: N815
    scrollAcknowledgmentTimeout: int = 200  # noqa: N815
    keyInjectionDelay: int = 0  # noqa: N815
    uiAutomationFlags: int = 0  # noqa: N815

    def update(self, values: Mapping[str, Any]) -> None:
        for name in asdict(self):
            if values.get(name) is not None:
                setattr(self, name, int(values[name]))


Finder = Callable[[], "Node | None"]


@dataclass(frozen=True)
class Handle:
    """An object that the client refers to by id: found anew at each use."""

    find: Finder
    describe: str


@dataclass(eq=False)
class Service:
    """The state of one running server."""

    phone: Phone
    config: Configurator = field(default_factory=Configurator)
    objects: OrderedDict[str, Handle] = field(default_factory=OrderedDict)
    watchers: dict[str, Callable[[], Awaitable[bool]]] = field(default_factory=dict)
    triggered: set[str] = field(default_factory=set)

    # -- looking ---------------------------------------------------------------------------
    async def settle(self) -> None:
        """waitForIdle() before each query, as far as waitForIdleTimeout asks for it."""
        await self.phone.latency.spend("hierarchy")
        timeout = self.config.waitForIdleTimeout / 1000
        if timeout > 0:
            await wait_idle(self.phone, IDLE_S, timeout)

    def _active_root(self) -> Node | None:
        roots = self.phone.screen.nodes(active_only=True)
        return roots[0] if roots else None

    def find_ui(self, selector: Selector) -> Node | None:
        """In the active window, as a UiSelector."""
        root = self._active_root()
        return None if root is None else find_ui(selector, root)

    def find_by(self, selector: Selector) -> Node | None:
        """In all windows, as a BySelector; none for a selector that makes no BySelector."""
        if not selector.by:
            return None
        return find_by(selector, self.phone.screen.nodes())

    def find(self, target: Mapping[str, Any] | str) -> Node | None:
        """A selector (BySelector first where u2.jar uses one) or an object id."""
        if isinstance(target, str):
            return self.handle(target).find()
        selector = Selector.parse(target)
        return self.find_by(selector) or self.find_ui(selector)

    def find_object(self, target: Mapping[str, Any] | str) -> Node | None:
        """A selector as a UiSelector alone, or an object id: gestures and scrolling use these."""
        if isinstance(target, str):
            return self.handle(target).find()
        return self.find_ui(Selector.parse(target))

    def need(self, target: Mapping[str, Any] | str) -> Node:
        """As `find`. Raises UiObjectNotFoundException."""
        return self._there(self.find(target), target)

    def need_object(self, target: Mapping[str, Any] | str) -> Node:
        """As `find_object`. Raises UiObjectNotFoundException."""
        return self._there(self.find_object(target), target)

    def _there(self, node: Node | None, target: Mapping[str, Any] | str) -> Node:
        if node is None:
            raise not_found(self.describe(target))
        return node

    def describe(self, target: Mapping[str, Any] | str) -> str:
        if isinstance(target, str):
            return self.handle(target).describe
        return Selector.parse(target).describe()

    # -- objects by id ---------------------------------------------------------------------
    def keep(self, find: Finder, describe: str) -> str:
        """Remember an object; its id."""
        name = str(uuid.uuid4())
        self.objects[name] = Handle(find, describe)
        while len(self.objects) > MAX_OBJECTS:
            self.objects.popitem(last=False)
        return name

    def handle(self, name: str) -> Handle:
        found = self.objects.get(name)
        if found is None:
            raise not_found(f"UiObject {name} not found!")
        return found

    # -- acting ----------------------------------------------------------------------------
    async def tap(self, node: Node, at: tuple[int, int] | None = None) -> bool:
        x, y = at or node.bounds.center
        await self.phone.latency.spend("input")
        return await self.phone.input.tap(x, y)

    def put_text(self, node: Node, text: str) -> bool:
        """ACTION_SET_TEXT; False for what holds no text."""
        state = node.view.state
        if not isinstance(state, TextState):
            return False
        for shown in self.phone.screen.layout():
            if any(view is node.view for view in shown.root.walk()):
                shown.window.owner.call(lambda: _replace(state, text))
                shown.window.invalidate()
                return True
        return False

    async def run_watchers(self) -> None:
        """Run the registered watchers; note those whose condition held."""
        for name, watcher in list(self.watchers.items()):
            if await watcher():
                self.triggered.add(name)


def _replace(state: TextState, text: str) -> None:
    state.replace(text)


async def wait_idle(phone: Phone, quiet: float, timeout: float) -> bool:
    """Wait until nothing on the screen changed for `quiet` seconds; False at the timeout.

    A playing video sends events without an end.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while loop.time() < deadline:
        version = phone.windows.version
        wait = min(quiet, max(0.001, deadline - loop.time()))
        changed = await phone.windows.wait_change(version, wait)
        if not changed and not phone.screen.restless and wait >= quiet:
            return True
    return False


async def wait_until(phone: Phone, condition: Callable[[], bool], timeout: float) -> bool:
    """Wait for `condition`, looked at after each change of the screen."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while True:
        version = phone.windows.version
        if condition():
            return True
        left = deadline - loop.time()
        if left <= 0:
            return False
        if phone.windows.version == version:
            await phone.windows.wait_change(version, left)


# -- registry --------------------------------------------------------------------------------
Method = Callable[..., Awaitable[Any]]
F = TypeVar("F", bound=Method)
METHODS: dict[str, Method] = {}


def rpc(name: str) -> Callable[[F], F]:
    """Register a method of AutomatorService; its first parameter is the `Service`."""

    def register(function: F) -> F:
        METHODS[name] = function
        return function

    return register


async def invoke(service: Service, name: str, params: Any) -> Any:
    """Call a method. Raises KeyError (there is none), InvalidParams, RemoteError."""
    method = METHODS[name]
    given = list(params) if isinstance(params, list) else []
    named = params if isinstance(params, dict) else {}
    try:
        bound = inspect.signature(method).bind(service, *given, **named)
    except TypeError:
        raise InvalidParams(name) from None
    return await method(*bound.args, **bound.kwargs)
