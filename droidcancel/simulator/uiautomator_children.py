"""The server's methods that hand out objects by id: children of collections, and relatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from droidcancel.simulator.hierarchy import Node
from droidcancel.simulator.uiautomator_errors import not_found
from droidcancel.simulator.uiautomator_rpc import Service, rpc
from droidcancel.simulator.uiautomator_scroll import scroll_into_view
from droidcancel.simulator.uiautomator_selector import (
    MASKS,
    Selector,
    find_below,
    find_pattern,
    pattern_matches,
)


# -- objects by id -------------------------------------------------------------------------------
@rpc("getUiObject")
async def get_ui_object(service: Service, target: Mapping[str, Any]) -> str:
    selector = Selector.parse(target)
    return service.keep(lambda: service.find_ui(selector), selector.describe())


@rpc("getUiObjects")
async def get_ui_objects(service: Service) -> list[str]:
    return list(service.objects)


@rpc("removeUiObject")
async def remove_ui_object(service: Service, name: str) -> None:
    service.objects.pop(name, None)


@rpc("getChild")
async def get_child(service: Service, name: str, target: Mapping[str, Any]) -> str | None:
    return _relative(service, name, target, "child")


@rpc("getFromParent")
async def get_from_parent(service: Service, name: str, target: Mapping[str, Any]) -> str | None:
    return _relative(service, name, target, "sibling")


def _relative(service: Service, name: str, target: Mapping[str, Any], kind: str) -> str | None:
    known = service.objects.get(name)
    if known is None:
        return None
    selector = Selector.parse(target)

    def find() -> Node | None:
        node = known.find()
        above = node if kind == "child" or node is None else node.parent
        return None if above is None else find_below(selector, above)

    return service.keep(find, f"{known.describe} {kind} {selector.describe()}")


# -- children of collections -----------------------------------------------------------------------
@rpc("childByText")
async def child_by_text(
    service: Service,
    target: Mapping[str, Any],
    child: Mapping[str, Any],
    text: str,
    search: bool | None = None,
) -> str:
    return await _child_with(service, target, child, ("text", text), search)


@rpc("childByDescription")
async def child_by_description(
    service: Service,
    target: Mapping[str, Any],
    child: Mapping[str, Any],
    text: str,
    search: bool | None = None,
) -> str:
    return await _child_with(service, target, child, ("description", text), search)


async def _child_with(
    service: Service,
    target: Mapping[str, Any],
    child: Mapping[str, Any],
    wanted: tuple[str, str],
    search: bool | None,
) -> str:
    """UiCollection.getChildByText: the row that has the text, or something in it that has.

    A text must be equal; of a description, a part is enough.
    """
    await service.settle()
    name, text = wanted
    inside = Selector.parse(
        {"text": text, "mask": MASKS["text"]}
        if name == "text"
        else {"descriptionContains": text, "mask": MASKS["descriptionContains"]}
    )
    scrolls = service.need_object(target).scrollable
    if search if search is not None else scrolls:
        await scroll_into_view(service, target, inside)
    pattern = Selector.parse(child)
    for number, row in enumerate(pattern_matches(pattern, service.need_object(target))):
        own = row.text == text if name == "text" else text in row.desc
        if own or find_below(inside, row) is not None:
            return _keep_row(service, target, pattern, number)
    raise not_found(f'for {name}= "{text}"')


def _keep_row(service: Service, target: Mapping[str, Any], pattern: Selector, number: int) -> str:
    def find() -> Node | None:
        container = service.find_object(target)
        return None if container is None else find_pattern(pattern, container, number)

    return service.keep(find, pattern.with_instance(number).describe())


@rpc("childByInstance")
async def child_by_instance(
    service: Service, target: Mapping[str, Any], child: Mapping[str, Any], instance: int
) -> str:
    return _keep_row(service, target, Selector.parse(child), int(instance))
