"""Accounts and videos as the service's clients see them."""

from __future__ import annotations

from typing import cast

from droidcancel.simulator.cloud_records import VISIBILITIES, VideoRecord, Visibility
from droidcancel.simulator.cloud_routes import Call, as_json, route
from droidcancel.simulator.cloud_tus import MAX_CAPTION
from droidcancel.simulator.http import HttpError, Response

PAGE = 50
MAX_PAGE = 200


def _page(call: Call, records: list[VideoRecord]) -> Response:
    """Part of a list: `?limit=` (at most 200) and `?offset=`."""
    try:
        limit, offset = int(call.query.get("limit", PAGE)), int(call.query.get("offset", 0))
    except ValueError:
        raise HttpError(400, "limit and offset are numbers") from None
    chosen = records[max(0, offset) :][: max(0, min(limit, MAX_PAGE))]
    return as_json({"videos": [record.public() for record in chosen], "total": len(records)})


@route("POST", "/login", signed_in=False)
async def login(call: Call) -> Response:
    """{"user": name} -> {"user": name, "token": bearer token}; a new name gets an account."""
    name = (await call.json()).get("user")
    if not isinstance(name, str):
        raise HttpError(400, "user is missing")
    return as_json({"user": name, "token": call.store.sign_in(name)})


@route("GET", "/me")
async def me(call: Call) -> Response:
    """Who is signed in."""
    return as_json({"user": call.account})


@route("GET", "/me/videos")
async def my_videos(call: Call) -> Response:
    """The account's own videos, newest first, those that are being published included."""
    return _page(call, call.store.videos(call.account, call.account))


@route("GET", "/feed")
async def feed(call: Call) -> Response:
    """Live videos of everybody that the account is shown."""
    seen = call.store.videos(call.account)
    return _page(call, [record for record in seen if record.state == "live"])


@route("GET", "/users/*/videos")
async def user_videos(call: Call) -> Response:
    """The videos of one user that the account is shown."""
    return _page(call, call.store.videos(call.account, call.parts[0]))


@route("GET", "/videos/*")
async def video(call: Call) -> Response:
    """One video; 404 for whoever is not shown it."""
    return as_json(call.store.video(call.parts[0], call.account).public())


@route("PATCH", "/videos/*")
async def change(call: Call) -> Response:
    """Change caption or visibility of an own video."""
    record = call.store.own_video(call.parts[0], call.account)
    wanted = await call.json()
    visibility, caption = wanted.get("visibility", record.visibility), wanted.get("caption")
    if visibility not in VISIBILITIES:
        raise HttpError(400, f"visibility is one of {', '.join(VISIBILITIES)}")
    if caption is not None and not (isinstance(caption, str) and len(caption) <= MAX_CAPTION):
        raise HttpError(400, "caption is not valid")
    record.visibility = cast(Visibility, visibility)
    record.caption = record.caption if caption is None else caption
    record.note("changed")
    return as_json(record.public())


@route("DELETE", "/videos/*")
async def delete(call: Call) -> Response:
    """Delete an own video."""
    call.store.delete(call.store.own_video(call.parts[0], call.account))
    return Response(204)
