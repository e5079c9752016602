"""The server's methods about one object: what it is, clicks, text, children, gestures.

`target` is a selector (dictionary) or the id of an object that an earlier call returned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from droidcancel.simulator.hierarchy import Node
from droidcancel.simulator.uiautomator_device import swipe_line, tap_at
from droidcancel.simulator.uiautomator_errors import (
    InvalidParams,
    illegal_argument,
    illegal_state,
)
from droidcancel.simulator.uiautomator_rpc import STEP_S, Service, rpc, wait_until
from droidcancel.simulator.uiautomator_selector import MASKS, Selector, find_by, find_ui
from droidcancel.simulator.viewtree import Rect

SWIPE_MARGIN = 5  # UiObject.SWIPE_MARGIN_LIMIT, px
FINGER_HALF_WIDTH = 20  # UiObject.FINGER_TOUCH_HALF_WIDTH, px


def _rect(bounds: Rect) -> dict[str, int]:
    return {
        "bottom": bounds.bottom,
        "left": bounds.left,
        "right": bounds.right,
        "top": bounds.top,
    }


def describe_node(node: Node, *, by: bool) -> dict[str, Any]:
    """ObjInfo. Found by a BySelector, what is missing is null, and the resource name is known."""
    view = node.view
    return {
        "bounds": _rect(node.bounds),
        "checkable": view.checkable,
        "checked": view.checked,
        "childCount": len(node.children),
        "className": node.cls,
        "clickable": view.clickable,
        "contentDescription": node.desc or (None if by else ""),
        "enabled": view.enabled,
        "focusable": view.focusable,
        "focused": view.focused,
        "longClickable": view.long_clickable,
        "packageName": node.package,
        "resourceName": (node.resource_id or None) if by else None,
        "scrollable": node.scrollable,
        "selected": view.selected,
        "text": _text(node, by=by),
        "visibleBounds": _rect(node.bounds),
    }


def _text(node: Node, *, by: bool) -> str | None:
    """The text, or a bar's value; null for a view without text that a BySelector found."""
    view = node.view
    silent = view.widget in ("box", "icon", "image", "space", "scroll", "pager")
    return None if by and silent and not view.text else node.range_text


# -- reading ---------------------------------------------------------------------------------
@rpc("exist")
async def exist(service: Service, target: Mapping[str, Any] | str) -> bool:
    """Here u2.jar makes a BySelector of a selector with an instance too, and so forgets it."""
    await service.settle()
    if isinstance(target, str):
        known = service.objects.get(target)
        return known is not None and known.find() is not None
    selector = Selector.parse(target)
    if len(selector.steps) > 1 or selector.mask & MASKS["index"]:
        return service.find_ui(selector) is not None
    return find_by(selector, service.phone.screen.nodes()) is not None


def _there(service: Service, target: Mapping[str, Any] | str) -> bool:
    """What waitForExists and waitUntilGone look for."""
    if isinstance(target, str):
        known = service.objects.get(target)
        return known is not None and known.find() is not None
    selector = Selector.parse(target)
    if len(selector.steps) == 1 and selector.by:
        return service.find_by(selector) is not None
    return service.find_ui(selector) is not None


@rpc("objInfo")
async def obj_info(service: Service, target: Mapping[str, Any] | str) -> dict[str, Any]:
    await service.settle()
    node, by = _found(service, target)
    return describe_node(node, by=by)


def _found(service: Service, target: Mapping[str, Any] | str) -> tuple[Node, bool]:
    """The node, and whether a BySelector found it. Raises UiObjectNotFoundException."""
    if not isinstance(target, str):
        node = service.find_by(Selector.parse(target))
        if node is not None:
            return node, True
    return service.need_object(target), False


@rpc("objInfoOfAllInstances")
async def obj_info_all(service: Service, target: Mapping[str, Any]) -> list[dict[str, Any] | None]:
    """One entry for each that `count` counts.

    The instance is set on the first part of the selector. So for children and siblings u2.jar
    tells of the first of each parent, and null where there is none.
    """
    await service.settle()
    selector = Selector.parse(target)
    number = _count(service, selector)
    if selector.mask & MASKS["instance"] and number:
        found: list[Node | None] = [service.find_ui(selector)]
    else:
        found = [service.find_ui(selector.with_outer_instance(each)) for each in range(number)]
    return [None if node is None else describe_node(node, by=False) for node in found]


def _count(service: Service, selector: Selector) -> int:
    """How many instances there are; one at most for a selector that names its instance."""
    roots = service.phone.screen.nodes(active_only=True)
    if not roots:
        return 0
    if selector.deep_mask & MASKS["instance"]:
        return int(find_ui(selector, roots[0]) is not None)
    number = 0
    while find_ui(selector.with_instance(number), roots[0]) is not None:
        number += 1
    return number


@rpc("count")
async def count(service: Service, target: Mapping[str, Any]) -> int:
    await service.settle()
    return _count(service, Selector.parse(target))


@rpc("getText")
async def get_text(service: Service, target: Mapping[str, Any] | str) -> str | None:
    await service.settle()
    node, by = _found(service, target)
    return _text(node, by=by)


@rpc("waitForExists")
async def wait_for_exists(
    service: Service, target: Mapping[str, Any] | str, timeout: float
) -> bool:
    await service.settle()
    if isinstance(target, str):
        service.handle(target)
    return await wait_until(service.phone, lambda: _there(service, target), float(timeout) / 1000)


@rpc("waitUntilGone")
async def wait_until_gone(
    service: Service, target: Mapping[str, Any] | str, timeout: float
) -> bool:
    await service.settle()
    if isinstance(target, str):
        service.handle(target)
    return await wait_until(
        service.phone, lambda: not _there(service, target), float(timeout) / 1000
    )


# -- clicking ----------------------------------------------------------------------------------
def _corner(node: Node, corner: str | None) -> tuple[int, int] | None:
    """The place of "tl", "br" or "center"; None for a name that u2.jar does not know."""
    bounds = node.bounds
    name = (corner or "center").lower()
    if name in ("br", "bottomright"):
        return bounds.right - 5, bounds.bottom - 5
    if name in ("tl", "topleft"):
        return bounds.left + 5, bounds.top + 5
    return bounds.center if name in ("c", "center") else None


@rpc("click")
async def click(service: Service, *params: Any) -> bool:
    """(x, y), (x, y, ms), (target) or (target, corner)."""
    if params and isinstance(params[0], (int, float)):
        if len(params) not in (2, 3):
            raise InvalidParams("click")
        return await tap_at(service, *params)
    return await _press(service, params, "click", 0)


@rpc("longClick")
async def long_click(service: Service, *params: Any) -> bool:
    """(target) or (target, corner)."""
    return await _press(service, params, "longClick", 600)


async def _press(service: Service, params: tuple[Any, ...], name: str, ms: int) -> bool:
    if len(params) not in (1, 2):
        raise InvalidParams(name)
    await service.settle()
    cornered = len(params) == 2
    node = service.need_object(params[0]) if cornered else service.need(params[0])
    at = _corner(node, params[1] if cornered else None)
    return False if at is None else await tap_at(service, *at, ms)


@rpc("clickAndWaitForNewWindow")
async def click_and_wait(service: Service, target: Mapping[str, Any] | str, timeout: float) -> bool:
    await service.settle()
    before = service.phone.windows.focused
    await service.tap(service.need(target))
    return await wait_until(
        service.phone,
        lambda: service.phone.windows.focused is not before,
        float(timeout) / 1000,
    )


# -- text --------------------------------------------------------------------------------------
@rpc("setText")
async def set_text(service: Service, target: Mapping[str, Any] | str, text: str) -> bool:
    """A field that a BySelector finds is clicked first, and the answer is true in any case."""
    await service.settle()
    selector = None if isinstance(target, str) else Selector.parse(target)
    if selector is not None and (node := service.find_by(selector)) is not None:
        await service.tap(node)
        if (node := service.find_by(selector)) is not None:
            service.put_text(node, text)
            return True
    return service.put_text(service.need_object(target), text)


@rpc("clearTextField")
async def clear_text_field(service: Service, target: Mapping[str, Any] | str) -> None:
    await service.settle()
    service.put_text(service.need(target), "")


# -- gestures ----------------------------------------------------------------------------------
@rpc("dragTo")
async def drag_to(service: Service, target: Mapping[str, Any] | str, *rest: Any) -> bool:
    """(target, x, y, steps) or (target, destination selector, steps)."""
    await service.settle()
    if len(rest) not in (2, 3):
        raise InvalidParams("dragTo")
    start = service.need_object(target).bounds.center
    if len(rest) == 2:
        end = service.need_object(rest[0]).bounds.center
    else:
        end = (int(rest[0]), int(rest[1]))
    return await service.phone.input.drag(*start, *end, int(rest[-1]) * STEP_S)


_SWIPES: Mapping[str, Callable[[Rect], tuple[int, int, int, int]]] = {
    "up": lambda r: (r.center[0], r.bottom - SWIPE_MARGIN, r.center[0], r.top + SWIPE_MARGIN),
    "down": lambda r: (r.center[0], r.top + SWIPE_MARGIN, r.center[0], r.bottom - SWIPE_MARGIN),
    "left": lambda r: (r.right - SWIPE_MARGIN, r.center[1], r.left + SWIPE_MARGIN, r.center[1]),
    "right": lambda r: (r.left + SWIPE_MARGIN, r.center[1], r.right - SWIPE_MARGIN, r.center[1]),
}
_SHORT = {"u": "up", "d": "down", "l": "left", "r": "right"}


@rpc("swipe")
async def swipe(service: Service, *params: Any) -> bool:
    """(x1, y1, x2, y2, steps), (target, direction, steps) or (target, direction, part, steps)."""
    if len(params) == 5:
        return await swipe_line(service, *params)
    if len(params) not in (3, 4):
        raise InvalidParams("swipe")
    await service.settle()
    find = service.need if len(params) == 4 else service.need_object
    bounds = find(params[0]).bounds
    name = str(params[1]).lower()
    line = _SWIPES.get(_SHORT.get(name, name))
    if line is None or min(bounds.width, bounds.height) <= 2 * SWIPE_MARGIN:
        return False
    x1, y1, x2, y2 = line(bounds)
    part = float(params[2]) if len(params) == 4 else 1.0
    end = (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)
    return await swipe_line(service, x1, y1, *end, int(params[-1]))


@rpc("gesture")
async def gesture(
    service: Service,
    target: Mapping[str, Any] | str,
    start1: Mapping[str, Any],
    start2: Mapping[str, Any],
    end1: Mapping[str, Any],
    end2: Mapping[str, Any],
    steps: int,
) -> bool:
    """Two fingers. Nothing here zooms, so the first finger's line is what is felt."""
    await service.settle()
    service.need_object(target)
    start, end = (int(start1["x"]), int(start1["y"])), (int(end1["x"]), int(end1["y"]))
    await service.phone.input.drag(*start, *end, int(steps) * STEP_S)
    return True


async def _pinch(
    service: Service, target: Mapping[str, Any] | str, percent: int, steps: int
) -> bool:
    """Two fingers on one line. Nothing here zooms, but it takes its time."""
    await service.settle()
    if not 0 <= percent <= 100:
        raise illegal_argument("Percent must be between 0 and 100")
    if service.need_object(target).bounds.width <= 2 * FINGER_HALF_WIDTH:
        raise illegal_state("Object width is too small for operation")
    await asyncio.sleep(max(1, int(steps)) * STEP_S)
    return True


@rpc("pinchIn")
async def pinch_in(
    service: Service, target: Mapping[str, Any] | str, percent: int, steps: int
) -> bool:
    return await _pinch(service, target, percent, steps)


@rpc("pinchOut")
async def pinch_out(
    service: Service, target: Mapping[str, Any] | str, percent: int, steps: int
) -> bool:
    return await _pinch(service, target, percent, steps)
