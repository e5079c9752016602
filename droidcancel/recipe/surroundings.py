"""What a run ran with, and the phone's state before and after it, for its report. Only read.

What a phone does not tell is None; nothing here ends a run.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import droidcancel
from droidcancel.device import Device, PackageInfo
from droidcancel.device.settings import Namespace
from droidcancel.errors import DroidCancelError

#: the libraries that drive the phone
LIBRARIES = ("adbutils", "uiautomator2")
#: what the phone says of itself, by the name that the report gives it
PROPERTIES = {
    "manufacturer": "ro.product.manufacturer",
    "model": "ro.product.model",
    "android": "ro.build.version.release",
    "api_level": "ro.build.version.sdk",
    "security_patch": "ro.build.version.security_patch",
    "build": "ro.build.fingerprint",
}
#: settings that runs change, by the name that the report gives them
SETTINGS: dict[str, tuple[Namespace, str]] = {
    "stays on while plugged in": ("global", "stay_on_while_plugged_in"),
    "screen timeout": ("system", "screen_off_timeout"),
    "turns with the phone": ("system", "accelerometer_rotation"),
    "turned": ("system", "user_rotation"),
    "keyboard": ("secure", "default_input_method"),
    "touches shown": ("system", "show_touches"),
}


def environment(device: Device, app: PackageInfo, locale: str) -> dict[str, dict[str, Any]]:
    """Versions, phone and build: of the `host`, the `phone`, and the `app`."""
    phone = {name: device.properties.get(key) or None for name, key in PROPERTIES.items()}
    return {
        "host": {
            "droidcancel": droidcancel.__version__,
            **{name: _version(name) for name in LIBRARIES},
            "python": platform.python_version(),
            "system": platform.platform(terse=True),
        },
        "phone": {
            **phone,
            "serial": device.serial,
            "connection": device.kind,
            "language": device.locale,
            "screen": _read(lambda: "{} x {} px".format(*device.ui.size())),
            "density": _read(lambda: f"{device.ui.density()} dpi"),
        },
        "app": {
            "package": app.name,
            "version": app.version_name,
            "version_code": app.version_code,
            "language": locale,
        },
    }


def phone_state(device: Device, app: PackageInfo) -> dict[str, Any]:
    """What runs change of a phone, as it is now, by the name that the report gives it."""
    network = _read(device.network.state)
    settings = _read(lambda: device.settings.several(SETTINGS)) or {}
    return {
        "airplane mode": network and network.airplane,
        "Wi-Fi": network and network.wifi_enabled,
        "mobile data": network and network.data_enabled,
        "online": network and network.online,
        "app kept from the network": _read(lambda: _blocked(device, app)),
        "Data Saver": _read(device.data_saver.enabled),
        "app runs": _read(lambda: device.packages.running(app.name)),
        **{name: settings.get(name) for name in SETTINGS},
    }


def _blocked(device: Device, app: PackageInfo) -> bool | None:
    known = device.app_network.can(app.uid).ok
    return device.app_network.blocked(app.name) if known else None


def _read(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except DroidCancelError:
        return None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
