"""The server's methods about scrolling containers (UiScrollable), and its watchers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from droidcancel.simulator.hierarchy import Node
from droidcancel.simulator.uiautomator_device import press_key
from droidcancel.simulator.uiautomator_rpc import STEP_S, Service, rpc
from droidcancel.simulator.uiautomator_selector import Selector, find_below
from droidcancel.simulator.viewtree import PagerState, ScrollState

DEAD_ZONE = 0.1  # UiScrollable.DEFAULT_SWIPE_DEADZONE_PCT
SCROLL_STEPS = 55
FLING_STEPS = 5
MAX_SEARCH_SWIPES = 30


def _place(node: Node) -> tuple[int, int]:
    """(how far it is scrolled, how far it can be)."""
    state = node.view.state
    if isinstance(state, ScrollState):
        return state.offset, state.maximum
    if isinstance(state, PagerState):
        return state.index, state.count - 1
    return 0, 0


async def _swipe(
    service: Service, target: Mapping[str, Any], vertical: bool, forward: bool, steps: int
) -> bool:
    """One swipe over most of the container; False at an end, where there is no more."""
    node = service.need_object(target)
    bounds = node.bounds
    before, _ = _place(node)
    x, y = bounds.center
    if vertical:
        margin = int(bounds.height * DEAD_ZONE)
        line = (x, bounds.bottom - margin, x, bounds.top + margin)
    else:
        margin = int(bounds.width * DEAD_ZONE)
        line = (bounds.right - margin, y, bounds.left + margin, y)
    if not forward:
        line = (line[2], line[3], line[0], line[1])
    await service.phone.latency.spend("input")
    flung = steps <= FLING_STEPS or isinstance(node.view.state, PagerState)
    if flung:
        await service.phone.input.swipe(*line, steps * STEP_S)
    else:
        await service.phone.input.drag(*line, steps * STEP_S)
    after, maximum = _place(service.need_object(target))
    return after != before and after not in (0, maximum)


@rpc("scrollForward")
async def scroll_forward(
    service: Service, target: Mapping[str, Any], vertical: bool, steps: int = SCROLL_STEPS
) -> bool:
    await service.settle()
    return await _swipe(service, target, vertical, True, steps)


@rpc("scrollBackward")
async def scroll_backward(
    service: Service, target: Mapping[str, Any], vertical: bool, steps: int = SCROLL_STEPS
) -> bool:
    await service.settle()
    return await _swipe(service, target, vertical, False, steps)


@rpc("flingForward")
async def fling_forward(service: Service, target: Mapping[str, Any], vertical: bool) -> bool:
    return await scroll_forward(service, target, vertical, FLING_STEPS)


@rpc("flingBackward")
async def fling_backward(service: Service, target: Mapping[str, Any], vertical: bool) -> bool:
    return await scroll_backward(service, target, vertical, FLING_STEPS)


async def _to_end(
    service: Service,
    target: Mapping[str, Any],
    how: tuple[bool, bool, int],
    max_swipes: int,
) -> bool:
    """Swipe until there is no more: true; false if that took more than `max_swipes`."""
    vertical, forward, steps = how
    await service.settle()
    for _ in range(max_swipes):
        if not await _swipe(service, target, vertical, forward, steps):
            return True
    return False


@rpc("scrollToBeginning")
async def scroll_to_beginning(
    service: Service, target: Mapping[str, Any], vertical: bool, max_swipes: int, steps: int
) -> bool:
    return await _to_end(service, target, (vertical, False, steps), max_swipes)


@rpc("scrollToEnd")
async def scroll_to_end(
    service: Service, target: Mapping[str, Any], vertical: bool, max_swipes: int, steps: int
) -> bool:
    return await _to_end(service, target, (vertical, True, steps), max_swipes)


@rpc("flingToBeginning")
async def fling_to_beginning(
    service: Service, target: Mapping[str, Any], vertical: bool, max_swipes: int
) -> bool:
    return await _to_end(service, target, (vertical, False, FLING_STEPS), max_swipes)


@rpc("flingToEnd")
async def fling_to_end(
    service: Service, target: Mapping[str, Any], vertical: bool, max_swipes: int
) -> bool:
    return await _to_end(service, target, (vertical, True, FLING_STEPS), max_swipes)


@rpc("scrollTo")
async def scroll_to(
    service: Service, target: Mapping[str, Any], wanted: Mapping[str, Any], vertical: bool
) -> bool:
    await service.settle()
    return await scroll_into_view(service, target, Selector.parse(wanted), vertical)


async def scroll_into_view(
    service: Service, target: Mapping[str, Any], wanted: Selector, vertical: bool = True
) -> bool:
    """UiScrollable.scrollIntoView: as it is, else from the beginning on, page by page."""

    def there() -> bool:
        return find_below(wanted, service.need_object(target)) is not None

    if there():
        return True
    await _to_end(service, target, (vertical, False, SCROLL_STEPS), MAX_SEARCH_SWIPES)
    for _ in range(MAX_SEARCH_SWIPES):
        if there():
            return True
        if not await _swipe(service, target, vertical, True, SCROLL_STEPS):
            return there()
    return False


# -- watchers --------------------------------------------------------------------------------
@rpc("registerClickUiObjectWatcher")
async def register_click_watcher(
    service: Service,
    name: str,
    conditions: Sequence[Mapping[str, Any]],
    target: Mapping[str, Any],
) -> None:
    async def watch() -> bool:
        if not _all_there(service, conditions):
            return False
        node = service.find_object(target)
        if node is not None:
            await service.tap(node)
        return True

    service.watchers[name] = watch


@rpc("registerPressKeyskWatcher")
async def register_keys_watcher(
    service: Service, name: str, conditions: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> None:
    async def watch() -> bool:
        if not _all_there(service, conditions):
            return False
        for key in names:
            await press_key(service, key)
        return True

    service.watchers[name] = watch


def _all_there(service: Service, conditions: Sequence[Mapping[str, Any]]) -> bool:
    return all(service.find_ui(Selector.parse(each)) is not None for each in conditions)


@rpc("removeWatcher")
async def remove_watcher(service: Service, name: str) -> None:
    service.watchers.pop(name, None)


@rpc("getWatchers")
async def get_watchers(service: Service) -> list[str]:
    return list(service.watchers)


@rpc("runWatchers")
async def run_watchers(service: Service) -> None:
    await service.run_watchers()


@rpc("hasWatcherTriggered")
async def has_watcher_triggered(service: Service, name: str) -> bool:
    return name in service.triggered


@rpc("hasAnyWatcherTriggered")
async def has_any_watcher_triggered(service: Service) -> bool:
    return bool(service.triggered)


@rpc("resetWatcherTriggers")
async def reset_watcher_triggers(service: Service) -> None:
    service.triggered.clear()
