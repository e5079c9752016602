"""The server's methods about one object: what it is, clicks, text, children, gestures.

`target` is a selector (dictionary) or the id of an object that an earlier call returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from droidcancel.simulator.hierarchy import Node
from droidcancel.simulator.uiautomator_device import swipe_line, tap_at
from droidcancel.simulator.uiautomator_rpc import (
    STEP_S,
    InvalidParams,
    Service,
    rpc,
    wait_until,
)
from droidcancel.simulator.uiautomator_selector import (
    Selector,
    find_by,
    find_ui,
)
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
    silent = view.widget in ("box", "icon", "image", "space", "scroll", "pager")
    text: str | None = node.text
    if by and silent and not view.text:
        text = None
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
        "scrollable": view.scrollable,
        "selected": view.selected,
        "text": text,
        "visibleBounds": _rect(node.bounds),
    }


# -- reading ---------------------------------------------------------------------------------
@rpc("exist")
async def exist(service: Service, target: Mapping[str, Any] | str) -> bool:
    await service.settle()
    return _exists(service, target)


def _exists(service: Service, target: Mapping[str, Any] | str) -> bool:
    if isinstance(target, str):
        known = service.objects.get(target)
        return known is not None and known.find() is not None
    selector = Selector.parse(target)
    if selector.by:
        return find_by(selector, service.phone.screen.nodes()) is not None
    return service.find_ui(selector) is not None


@rpc("objInfo")
async def obj_info(service: Service, target: Mapping[str, Any] | str) -> dict[str, Any]:
    await service.settle()
    by = not isinstance(target, str) and Selector.parse(target).by
    return describe_node(service.need(target), by=by)


@rpc("objInfoOfAllInstances")
async def obj_info_all(service: Service, target: Mapping[str, Any]) -> list[dict[str, Any]]:
    await service.settle()
    selector = Selector.parse(target)
    return [describe_node(node, by=False) for node in _instances(service, selector)]


def _instances(service: Service, selector: Selector) -> list[Node]:
    """All that a UiSelector finds, one search an instance as u2.jar does it."""
    roots = service.phone.screen.nodes(active_only=True)
    if not roots:
        return []
    if selector.steps[-1][1].instance:
        found = find_ui(selector, roots[0])
        return [] if found is None else [found]
    nodes: list[Node] = []
    while (node := find_ui(selector.with_instance(len(nodes)), roots[0])) is not None:
        nodes.append(node)
    return nodes


@rpc("count")
async def count(service: Service, target: Mapping[str, Any]) -> int:
    await service.settle()
    return len(_instances(service, Selector.parse(target)))


@rpc("getText")
async def get_text(service: Service, target: Mapping[str, Any] | str) -> str:
    await service.settle()
    return service.need(target).range_text


@rpc("waitForExists")
async def wait_for_exists(
    service: Service, target: Mapping[str, Any] | str, timeout: float
) -> bool:
    await service.settle()
    if isinstance(target, str):
        service.handle(target)
    return await wait_until(service.phone, lambda: _exists(service, target), float(timeout) / 1000)


@rpc("waitUntilGone")
async def wait_until_gone(
    service: Service, target: Mapping[str, Any] | str, timeout: float
) -> bool:
    await service.settle()
    if isinstance(target, str):
        service.handle(target)
    return await wait_until(
        service.phone, lambda: not _exists(service, target), float(timeout) / 1000
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
    node = service.need(params[0])
    at = _corner(node, params[1] if len(params) == 2 else None)
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
    await service.settle()
    if not isinstance(target, str):
        await service.tap(service.need(target))  # u2.jar clicks the field first
    return service.put_text(service.need(target), text) or not isinstance(target, str)


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
    start = service.need(target).bounds.center
    end = service.need(rest[0]).bounds.center if len(rest) == 2 else (int(rest[0]), int(rest[1]))
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
    bounds = service.need(params[0]).bounds
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
    service.need(target)
    start, end = (int(start1["x"]), int(start1["y"])), (int(end1["x"]), int(end1["y"]))
    await service.phone.input.drag(*start, *end, int(steps) * STEP_S)
    return True


async def _pinch(service: Service, target: Mapping[str, Any] | str) -> bool:
    await service.settle()
    bounds = service.need(target).bounds
    if bounds.width <= 20:  # FINGER_TOUCH_HALF_WIDTH
        from droidcancel.simulator.uiautomator_rpc import RemoteError

        raise RemoteError(
            "java.lang.IllegalStateException", "Object width is too small for operation"
        )
    return True


@rpc("pinchIn")
async def pinch_in(
    service: Service, target: Mapping[str, Any] | str, percent: int, steps: int
) -> bool:
    return await _pinch(service, target)


@rpc("pinchOut")
async def pinch_out(
    service: Service, target: Mapping[str, Any] | str, percent: int, steps: int
) -> bool:
    return await _pinch(service, target)
