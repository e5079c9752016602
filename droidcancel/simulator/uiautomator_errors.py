"""What a method of uiautomator2's server may end with, other than an answer."""

from __future__ import annotations

NOT_FOUND = "androidx.test.uiautomator.UiObjectNotFoundException"


class RemoteError(Exception):
    """A Java exception in a method: the client gets -32001 with its class name as message."""

    def __init__(self, cls: str, message: str) -> None:
        super().__init__(message)
        self.cls = cls
        self.message = message

    @property
    def data(self) -> str:
        """What u2.jar's error resolver adds: the whole trace, or the selector alone."""
        if self.cls == NOT_FOUND:
            return self.message
        return (
            f"{self.cls}: {self.message}\n"
            "\tat com.wetest.uia2.stub.AutomatorServiceImpl(Unknown Source)\n"
            "\tat java.lang.reflect.Method.invoke(Native Method)\n"
            "\tat com.googlecode.jsonrpc4j.JsonRpcBasicServer.invoke(Unknown Source)\n"
        )


class InvalidParams(Exception):
    """No method of that name takes these parameters."""


def not_found(what: str) -> RemoteError:
    """UiObjectNotFoundException; `what` is the selector as it prints itself."""
    return RemoteError(NOT_FOUND, what)


def illegal_state(message: str) -> RemoteError:
    return RemoteError("java.lang.IllegalStateException", message)


def illegal_argument(message: str) -> RemoteError:
    return RemoteError("java.lang.IllegalArgumentException", message)
