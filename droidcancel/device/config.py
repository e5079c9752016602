"""devices.yaml: the phones of a lab by name, and how patient to be with each.

Looked for in this order: the option, ``DROIDCANCEL_DEVICES``, ``./devices.yaml``, the user's
configuration directory, and what is embedded here: one simulator.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from droidcancel.device.yaml_positions import Positioned, check, load_yaml, read_text
from droidcancel.errors import UsageError
from droidcancel.secret import Secret

FILE_NAME = "devices.yaml"
VARIABLE = "DROIDCANCEL_DEVICES"
EMBEDDED = "simulator"
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

#: a command, word by word; it never goes through a shell
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class _Strict(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """How patient to be, and how much may be done. The defaults are for real phones.

    quiet_period_s: how long the network must stay quiet before "cancelled" is believed.
    late_period_s: the same, where all bytes had already left before the cut.
    watch_resume_s: how long the restarted app is watched for an upload that comes back.
    noise_bytes: what an idle app may send in a quiet period.
    step_timeout_s, upload_timeout_s, network_timeout_s: deadlines of one step, of an upload, of
    the network's coming back. patience_s: how long an element's locators must have missed before
    it is looked for by likeness; half of what its step has left, where that is less.
    max_posts, max_deletes: the most that one command may post and delete on this phone.
    """

    quiet_period_s: Seconds = 180.0
    late_period_s: Seconds = 300.0
    watch_resume_s: Seconds = 240.0
    noise_bytes: int = Field(default=262_144, ge=0)
    step_timeout_s: Seconds = 60.0
    upload_timeout_s: Seconds = 900.0
    network_timeout_s: Seconds = 120.0
    patience_s: Seconds = 10.0
    max_posts: int = Field(default=10, ge=0)
    max_deletes: int = Field(default=10, ge=0)


SIMULATOR_LIMITS = Limits(
    quiet_period_s=1.5,
    late_period_s=4.0,
    watch_resume_s=3.0,
    noise_bytes=65_536,
    step_timeout_s=20.0,
    upload_timeout_s=90.0,
    network_timeout_s=20.0,
    patience_s=4.0,
    max_posts=1000,
    max_deletes=1000,
)


class _Entry(_Strict):
    """What every kind has.

    observer: a second phone, by name or serial, that is logged in to another account.
    account: the only one in whose name anything is posted or deleted.
    pin_env, pin_from: where the PIN of the lock screen is, which is never in the file itself.
    user: whose apps are meant on a phone with a work profile or second copies of apps.
    connect: an address for `adb connect`; or, of a farm, the words of a command that prints one.
    release: the words of a command that gives such a phone back; {address} is what was printed.
    """

    serial: str | None = None
    connect: str | Words | None = None
    release: Words | None = None
    app: str | None = None
    locale: str | None = None
    pin_env: str | None = None
    pin_from: Literal["prompt", "keyring"] | None = None
    account: str | None = Field(default=None, min_length=1, max_length=100)
    protected: bool = False
    observer: str | None = None
    user: int | None = Field(default=None, ge=0, le=9999)
    limits: Limits = Limits()

    @field_validator("serial", "connect", "pin_env", mode="before")
    @classmethod
    def _number_is_text(cls, value: Any) -> Any:
        """A serial of digits only is a number to YAML; a PIN is not wanted here at all."""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return value

    @field_validator("pin_env")
    @classmethod
    def _name_of_a_variable(cls, value: str | None) -> str | None:
        if value is not None and not _VARIABLE_NAME.fullmatch(value):
            raise ValueError(
                "expected the name of an environment variable that holds the PIN, not the PIN"
            )
        return value

    @field_validator("locale")
    @classmethod
    def _a_locale(cls, value: str | None) -> str | None:
        if value is not None and not _LOCALE.fullmatch(value.replace("_", "-")):
            raise ValueError("expected a locale such as en-US")
        return value and value.replace("_", "-")

    @model_validator(mode="after")
    def _one_source_of_the_pin(self) -> _Entry:
        if self.pin_env is not None and self.pin_from is not None:
            raise ValueError("`pin_env` and `pin_from` both say where the PIN is: keep one")
        return self

    @model_validator(mode="after")
    def _gives_back_what_it_was_lent(self) -> _Entry:
        if self.release is not None and not isinstance(self.connect, tuple):
            raise ValueError("`release` goes with a `connect` that is a command: a list of words")
        if isinstance(self.connect, tuple) and self.serial is not None:
            raise ValueError("a phone of a farm has no `serial`: its command prints the address")
        return self

    def pin(self, ask: Callable[[], str] | None = None) -> Secret | None:
        """The PIN from where the entry says it is, None where it names no place.

        `ask` asks a person for it. Raises UsageError where it is not there.
        """
        if self.pin_from == "keyring":
            return _from_keyring(self.serial or self.address or self.kind_name)
        if self.pin_from == "prompt":
            if ask is None:
                raise UsageError(
                    "pin_from: prompt, and there is no terminal to ask for the PIN on",
                    "name an environment variable with pin_env in its place",
                )
            return Secret(ask())
        if self.pin_env is None:
            return None
        value = os.environ.get(self.pin_env)
        if not value:
            raise UsageError(f"the environment variable {self.pin_env} (pin_env) is not set")
        return Secret(value)

    @property
    def address(self) -> str | None:
        """Where it is in the network, as far as the file itself says."""
        return self.connect if isinstance(self.connect, str) else None

    @property
    def kind_name(self) -> str:
        """The kind, as the file has it."""
        return str(getattr(self, "kind", ""))


def _from_keyring(name: str) -> Secret:
    """The system's keyring, service ``droidcancel``, under the phone's serial. UsageError."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise UsageError(
            "pin_from: keyring needs the package keyring", "pip install 'droidcancel[keyring]'"
        ) from None
    try:
        value = keyring.get_password("droidcancel", name)
    except (keyring.errors.KeyringError, ImportError, OSError, ValueError, RuntimeError) as error:
        # its words are left out: they may tell what was asked for
        raise UsageError(
            f"the keyring did not answer: {type(error).__name__}",
            "`keyring diagnose` tells which backend is used; PYTHON_KEYRING_BACKEND names another",
        ) from None
    if not value:
        raise UsageError(
            f"the keyring has no PIN of {name}", f"store it with `keyring set droidcancel {name}`"
        )
    return Secret(value)


class PhoneEntry(_Entry):
    """A phone on a cable (usb) or in the network (tcp)."""

    kind: Literal["usb", "tcp"]

    @model_validator(mode="after")
    def _reachable(self) -> PhoneEntry:
        if not self.serial and not self.connect:
            raise ValueError("needs `serial`, or `connect` for a phone in the network")
        return self


class EmulatorEntry(_Entry):
    """Android's emulator, by its serial or by the name of its AVD."""

    kind: Literal["emulator"]
    avd: str | None = None

    @model_validator(mode="after")
    def _reachable(self) -> EmulatorEntry:
        if not self.serial and not self.connect and not self.avd:
            raise ValueError("needs `avd`, `serial` or `connect`")
        return self


class SimulatorEntry(_Entry):
    """droidcancel's own virtual phone, started when it is needed.

    apps: the apps on it, that of `app` where none are named; app_version: their version.
    replay: a cassette (docs/capture.md), whose app is installed; the phone is like that of the
    capture.
    """

    kind: Literal["simulator"]
    api: int = Field(default=34, ge=21, le=37)
    profile: str = "instant"
    app_build: str = "good"
    model: str | None = None
    upload_bytes_per_s: float | None = Field(default=None, gt=0)
    apps: tuple[str, ...] = ()
    app_version: str = ""
    app_options: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    seed: int = 0
    replay: Path | None = None
    limits: Limits = SIMULATOR_LIMITS

    @field_validator("limits", mode="before")
    @classmethod
    def _short_by_default(cls, value: Any) -> Any:
        """Limits that the file leaves out are the simulator's, not those of real phones."""
        if isinstance(value, Mapping):
            return {**SIMULATOR_LIMITS.model_dump(), **value}
        return value


DeviceEntry = PhoneEntry | EmulatorEntry | SimulatorEntry
_Tagged = Annotated[DeviceEntry, Field(discriminator="kind")]
KINDS: Mapping[str, type[DeviceEntry]] = {
    "usb": PhoneEntry,
    "tcp": PhoneEntry,
    "emulator": EmulatorEntry,
    "simulator": SimulatorEntry,
}


class Devices(_Strict):
    """The whole file: devices by name, and which is meant when none is named."""

    default: str | None = None
    devices: Mapping[str, _Tagged] = Field(default_factory=dict)
    _source: str = PrivateAttr(default="embedded")

    @property
    def source(self) -> str:
        """The file that it was read from, or ``embedded``."""
        return self._source

    @model_validator(mode="after")
    def _default_exists(self) -> Devices:
        if self.default is not None and self.default not in self.devices:
            known = ", ".join(sorted(self.devices)) or "none"
            raise ValueError(f"default: there is no device {self.default!r} (known: {known})")
        return self

    def entry(self, name: str | None = None) -> DeviceEntry | None:
        """The device of that name, or the default one. Raises UsageError for an unknown name."""
        wanted = name or self.default
        if wanted is None:
            return None
        if wanted not in self.devices:
            known = ", ".join(sorted(self.devices)) or "none"
            raise UsageError(f"{self.source} has no device {wanted!r}", f"known: {known}")
        return self.devices[wanted]

    def name_of(self, entry: DeviceEntry) -> str:
        """What the file calls an entry; its kind, where it is not in there."""
        return next((n for n, known in self.devices.items() if known == entry), entry.kind)

    def for_serial(self, serial: str) -> DeviceEntry | None:
        """The entry that names this serial, by ``serial``, ``connect`` or its own name."""
        for name, entry in self.devices.items():
            if serial in (entry.serial, entry.connect, name):
                return entry
        return None


def embedded() -> Devices:
    """What counts where no file is found: one simulator."""
    return Devices(default=EMBEDDED, devices={EMBEDDED: SimulatorEntry(kind="simulator")})


def candidates(option: str | Path | None = None) -> list[Path]:
    """Where a file is looked for, the first that exists counts. One that is named must exist."""
    named = option or os.environ.get(VARIABLE)
    if named:
        return [Path(named)]
    return [Path(FILE_NAME), Path(platformdirs.user_config_dir("droidcancel")) / FILE_NAME]


def load_devices(option: str | Path | None = None) -> Devices:
    """The devices of the first file found, or the embedded one.

    Raises ConfigError with file, line, column and key; UsageError when the file that was named
    is not there.
    """
    for path in candidates(option):
        if path.is_file():
            return parse_devices(read_text(path), str(path))
    if option or os.environ.get(VARIABLE):
        raise UsageError(
            f"there is no file {candidates(option)[0]}", "see devices.yaml for a sample"
        )
    return embedded()


def parse_devices(text: str, file: str = FILE_NAME) -> Devices:
    """Check the text of a devices.yaml."""
    document = load_yaml(text, file)
    devices = check(document, Devices, _known_keys)
    devices._source = file
    return devices


def _known_keys(document: Positioned, path: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand at a place, for the suggestion of a near miss."""
    if not path:
        return ["default", "devices"]
    if len(path) >= 2 and path[0] == "devices":
        entry = document.at(path[:2])
        kind = entry.get("kind") if isinstance(entry, Mapping) else None
        model: type[BaseModel] = KINDS.get(str(kind), PhoneEntry)
        return list(Limits.model_fields if path[2:3] == ("limits",) else model.model_fields)
    return []
