"""uiautomator2's server on the phone: HTTP, JSON-RPC, and its life as a process.

`CLASSPATH=/data/local/tmp/u2.jar app_process / com.wetest.uia2.Main -p 9008` runs it. It
answers GET /ping, GET /screenshot/0, GET /stop and POST /jsonrpc/0 as u2.jar's
AutomatorHttpServer (NanoHTTPD and jsonrpc4j) does. Only one UiAutomation may be connected.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from droidcancel.simulator import (
    uiautomator_children,
    uiautomator_device,
    uiautomator_objects,
    uiautomator_scroll,
)
from droidcancel.simulator.bounded_regex import SlowMatch
from droidcancel.simulator.http import Request, Response, serve
from droidcancel.simulator.streams import Stream
from droidcancel.simulator.uiautomator_errors import InvalidParams, RemoteError
from droidcancel.simulator.uiautomator_rpc import METHODS, Service, invoke

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

__all__ = ["METHODS", "AlreadyRegisteredError", "Server", "connect_automation"]

DEFAULT_PORT = 9008
READ_TIMEOUT_S = 5.0  # NanoHTTPD.SOCKET_READ_TIMEOUT: a connection that is kept open is given up
# Importing these registers their methods.
_MODULES = (uiautomator_children, uiautomator_device, uiautomator_objects, uiautomator_scroll)

JSON_TYPE = "application/json"
TEXT_TYPE = "text/html"  # NanoHTTPD's own default


class AlreadyRegisteredError(Exception):
    """Another UiAutomation is connected; the message is Android's."""

    def __init__(self, owner: object) -> None:
        token = f"{id(owner) & 0xFFFFFFF:x}"
        proxy = "android.accessibilityservice.IAccessibilityServiceClient$Stub$Proxy"
        super().__init__(f"UiAutomationService {proxy}@{token}already registered!")

    @property
    def trace(self) -> str:
        return (
            f"java.lang.IllegalStateException: {self}\n"
            "\tat android.os.Parcel.createExceptionOrNull(Parcel.java:3076)\n"
            "\tat android.os.Parcel.createException(Parcel.java:3048)\n"
            "\tat android.os.Parcel.readException(Parcel.java:3031)\n"
            "\tat android.view.accessibility.IAccessibilityManager$Stub$Proxy"
            ".registerUiTestAutomationService(IAccessibilityManager.java:1160)\n"
            "\tat android.app.UiAutomationConnection.connect(UiAutomationConnection.java:133)\n"
            "\tat android.app.UiAutomation.connect(UiAutomation.java:374)\n"
        )


def connect_automation(phone: Phone, owner: object) -> None:
    """Register as the UiAutomation. Raises AlreadyRegisteredError."""
    automation = phone.screen.automation
    if automation.owner is not None:
        raise AlreadyRegisteredError(automation.owner)
    automation.owner = owner
    automation.last_toast = None


def disconnect_automation(phone: Phone, owner: object) -> None:
    if phone.screen.automation.owner is owner:
        phone.screen.automation.owner = None


class Server:
    """One running server. `run()` returns when it was told to stop."""

    def __init__(self, phone: Phone, port: int = DEFAULT_PORT) -> None:
        self.phone = phone
        self.port = port
        self.service = Service(phone)
        self._stopped = asyncio.Event()

    async def run(self, started: Callable[[], Awaitable[None]]) -> None:
        """Serve until /stop. Raises AlreadyRegisteredError, OSError(EADDRINUSE)."""
        connect_automation(self.phone, self)
        try:
            listener = self.phone.ports.listen(f"tcp:{self.port}", self._connection)
            try:
                await started()
                await self._stopped.wait()
            finally:
                listener.close()
        finally:
            disconnect_automation(self.phone, self)

    async def _connection(self, stream: Stream) -> None:
        await serve(stream, self._answer, idle_s=READ_TIMEOUT_S)

    async def _answer(self, request: Request) -> Response:
        target = urlsplit(request.target)
        if target.path == "/ping":
            return _text("pong")
        if target.path == "/stop":
            asyncio.get_running_loop().call_later(0.05, self._stopped.set)
            return _text("Server stopped!!!")
        if target.path == "/screenshot/0":
            return await self._picture(parse_qs(target.query))
        if target.path == "/jsonrpc/0":
            body = await request.body()
            if not body:
                return _text("Invalid http post data!", 500)
            answer = await self._rpc(body)
            return Response(200, {"content-type": JSON_TYPE}, json.dumps(answer).encode())
        return _text("Not Found!!!", 404)

    async def _picture(self, query: dict[str, list[str]]) -> Response:
        await self.phone.latency.spend("screenshot")
        return Response(200, {"content-type": "image/png"}, await self.phone.screen.png())

    async def _rpc(self, body: bytes) -> dict[str, Any]:
        try:
            call = json.loads(body)
        except ValueError:
            return _error(None, -32700, "JSON parse error")
        if not isinstance(call, dict) or not isinstance(call.get("method"), str):
            return _error(None, -32600, "invalid request")
        number, name = call.get("id"), call["method"]
        if name not in METHODS:
            return _error(number, -32601, "method not found")
        try:
            result = await invoke(self.service, name, call.get("params"))
        except RemoteError as error:
            return _error(number, -32001, error.cls, error.data)
        except SlowMatch:  # what backtracking without an end comes to in java.util.regex
            overflow = RemoteError("java.lang.StackOverflowError", "stack size 1039KB")
            return _error(number, -32001, overflow.cls, overflow.data)
        except (InvalidParams, TypeError, ValueError, AttributeError) as error:
            self.phone.log.write("W", "uidumper", f"{name}: {error}")
            return _error(number, -32602, "method parameters invalid")
        return {"jsonrpc": "2.0", "id": number, "result": result}


def _text(text: str, status: int = 200) -> Response:
    return Response(status, {"content-type": TEXT_TYPE}, text.encode())


def _error(number: Any, code: int, message: str, data: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": number, "error": error}
