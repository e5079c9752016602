"""The phone's settings tables, written and read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from droidcancel.device.parse import parse_settings_list
from droidcancel.device.shell import ShellChannel
from droidcancel.device.types import Output
from droidcancel.errors import NotEffective, ParseError

Namespace = Literal["system", "secure", "global"]


#: what is printed in place of a value while the service is not there (frameworks/native, cmd.cpp)
_NO_ANSWER: Final = ("cmd: ", "Can't find service", "Exception occurred", "java.lang.", "Error: ")


def setting_value(printed: str) -> str | None:
    """What `settings get` printed; ``null`` is a key that is missing.

    Raises ParseError where the service did not answer: its complaint is nobody's setting, and must
    not be kept as one to put back.
    """
    value = printed.rstrip("\r\n")
    if value.startswith(_NO_ANSWER):
        raise ParseError("a setting", value, "the phone may be starting up: try again")
    return None if value == "null" else value


class Settings:
    """`settings` of the phone. A missing key is None."""

    def __init__(self, shell: ShellChannel) -> None:
        self._shell = shell

    def get(self, namespace: str, key: str) -> str | None:
        """The value of a key; the phone prints ``null`` for one that is missing."""
        return setting_value(self._shell.text(["settings", "get", namespace, key]))

    def several(self, keys: Mapping[str, tuple[Namespace, str]]) -> dict[str, str | None]:
        """The values of several keys, by a name for each; one round trip."""
        told = self._shell.batch(
            {str(n): ["settings", "get", *key] for n, key in enumerate(keys.values())}
        )
        return {name: setting_value(told[str(n)]) for n, name in enumerate(keys)}

    def all(self, namespace: str) -> dict[str, str]:
        """Every key of a table."""
        return parse_settings_list(self._shell.text(["settings", "list", namespace]))

    def put(self, namespace: str, key: str, value: str) -> None:
        """Write a value and read it back. Raises NotEffective when the phone keeps another."""
        output = self._shell.run(["settings", "put", namespace, key, value])
        self._verify(namespace, key, value, output)

    def delete(self, namespace: str, key: str) -> None:
        """Remove a key and read that it is gone."""
        output = self._shell.run(["settings", "delete", namespace, key])
        self._verify(namespace, key, None, output)

    def restore(self, namespace: str, key: str, value: str | None) -> None:
        """Put a key back as it was: its old value, or gone."""
        if value is None:
            self.delete(namespace, key)
        else:
            self.put(namespace, key, value)

    def _verify(self, namespace: str, key: str, wanted: str | None, output: Output) -> None:
        found = self.get(namespace, key)
        if found == wanted:
            return
        raise NotEffective(
            f"the setting {namespace}/{key} is {found!r} after it was set to {wanted!r}"
            + (f": {_reason(output)}" if output.everything else ""),
            _hint(output),
        )


def _reason(output: Output) -> str:
    lines = [line.strip() for line in output.everything.splitlines() if line.strip()]
    return next((line for line in lines if "Exception:" in line), lines[0])


def _hint(output: Output) -> str | None:
    if "WRITE_SECURE_SETTINGS" in output.everything or "SecurityException" in output.everything:
        return (
            "on Xiaomi phones, switch on Developer options > USB debugging (Security settings); "
            "elsewhere, a device owner may forbid it"
        )
    return None
