"""From a request to the function that answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from droidcancel.simulator.cloud_store import CloudStore
from droidcancel.simulator.http import HttpError, Request, Response

MAX_JSON_BYTES = 64 * 1024


@dataclass(frozen=True)
class Call:
    """A request on its way: who asks, the parts of the path, the query."""

    request: Request
    store: CloudStore
    account: str
    parts: tuple[str, ...] = ()
    query: dict[str, str] = field(default_factory=dict)

    async def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises HttpError(400)."""
        try:
            value = json.loads(await self.request.body(MAX_JSON_BYTES) or b"{}")
        except (ValueError, RecursionError):
            raise HttpError(400, "not JSON") from None
        if not isinstance(value, dict):
            raise HttpError(400, "not a JSON object")
        return value


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True)
class Route:
    """A method and a path, `*` standing for one part of it."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    signed_in: bool


ROUTES: list[Route] = []


def route(method: str, path: str, *, signed_in: bool = True) -> Callable[[Handler], Handler]:
    """Register the function that answers `method` on `path`."""
    pattern = re.compile(re.escape(path).replace(r"\*", "([^/]{1,256})") + "/?")

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, pattern, handler, signed_in))
        return handler

    return register


def bearer(request: Request) -> str:
    """The token of `Authorization: Bearer ...`, "" without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def as_json(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, {"content-type": "application/json"}, json.dumps(value).encode())


async def answer(store: CloudStore, request: Request) -> Response:
    """Find the route and run it. Raises HttpError 400, 401, 404 or 405."""
    try:
        url = urlsplit(request.target)
    except ValueError:
        raise HttpError(400, "not a target") from None
    fitting = [(each, match) for each in ROUTES if (match := each.pattern.fullmatch(url.path))]
    if not fitting:
        raise HttpError(404)
    chosen = next((pair for pair in fitting if pair[0].method == request.method), None)
    if chosen is None:
        allowed = ", ".join(sorted({each.method for each, _ in fitting}))
        raise HttpError(405, headers={"allow": allowed})
    account = store.account_of(bearer(request))
    if chosen[0].signed_in and account is None:
        raise HttpError(401, headers={"www-authenticate": "Bearer"})
    parts = tuple(unquote(part) for part in chosen[1].groups())
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    return await chosen[0].handler(Call(request, store, account or "", parts, query))
