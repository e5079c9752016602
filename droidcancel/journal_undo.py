"""The kinds of change that a journal can undo: how each is read, written, and mended by hand.

A kind's ``read`` tells what the phone has now and ``write`` brings it to a value; so the same
pair serves before the change, at the undo, and at its proof. Values are JSON.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from droidcancel.device import Device, NetworkState, poll
from droidcancel.device.settings import setting_value
from droidcancel.journal_file import JSON, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

Args = Mapping[str, JSON]
WIFI_BACK_S = 20.0
STOPPED, IN_USE = "stopped", "in use"
_HARMLESS = re.compile(r"[A-Za-z0-9_.:/,-]*")
_EMPTY = "\"''\""


@dataclass(frozen=True)
class UndoKind:
    """One kind. ``rank`` orders the undoing: the lower first. ``usual`` is what it is set to.

    Where the value is a dictionary, each key is undone for itself, if it is still as we set it;
    the keys of ``follows``, which the phone changes along with them, go back with any of them.
    ``per_user``: the change is one user's of the phone, whom the record names where it is not the
    owner. ``session``: what an undo happens in, such as an app that is open.
    """

    read: Callable[[Device, Args], JSON]
    write: Callable[[Device, Args, JSON], None]
    title: Callable[[Args], str]
    hand: Callable[[Record], str]
    rank: int = 50
    usual: JSON = None
    follows: tuple[str, ...] = ()
    per_user: bool = False
    session: Callable[[Device, Args], AbstractContextManager[None]] = lambda *_: nullcontext()

    def target(self, now: JSON, record: Record) -> tuple[bool, JSON]:
        """Whether anything on the phone is still ours, and what to bring the phone to."""
        if not isinstance(now, dict):
            return now == record.set and now != record.before, record.before
        before, given = as_dict(record.before), as_dict(record.set)
        mine = [k for k, v in given.items() if now.get(k) == v and before.get(k) != v]
        back = {key: before.get(key) for key in (*mine, *self.follows)}
        return bool(mine), {**now, **back}

    def agrees(self, now: JSON, wanted: JSON, record: Record) -> bool:
        """Whether the phone has ``wanted``, in those keys that the change was about."""
        if not isinstance(now, dict):
            return now == wanted
        keys = (*as_dict(record.set), *self.follows)
        return all(now.get(key) == as_dict(wanted).get(key) for key in keys)

    def describe(self, args: Args) -> str:
        """The change in words."""
        return self.title(args)

    def by_hand(self, record: Record) -> str:
        """What a person does when the undo fails."""
        return self.hand(record)


def _network(device: Device, args: Args) -> JSON:
    remembered = {"apm": ["settings", "get", "secure", "wifi_apm_state"]}
    state, texts = device.network.state_and(remembered)
    return {
        "airplane": state.airplane,
        "wifi": state.wifi_enabled,
        "data": state.data_enabled,
        "wifi_apm_state": setting_value(texts["apm"]),
    }


def _put_network_back(device: Device, args: Args, value: JSON) -> None:
    """Airplane first, Wi-Fi last; then the setting that keeps Wi-Fi on in airplane mode.

    Wi-Fi that is switched off while airplane mode is on makes Android remember that choice
    (WIFI WifiSettingsStore), which is the user's to make.
    """
    wanted = as_dict(value)
    before = NetworkState(
        airplane=bool(wanted.get("airplane")),
        wifi_enabled=bool(wanted.get("wifi")),
        wifi_connected=None,
        data_enabled=wanted.get("data"),
        active=None,
    )
    device.network.put_back(before, WIFI_BACK_S)
    remembered = wanted.get("wifi_apm_state")
    if device.settings.get("secure", "wifi_apm_state") != remembered:
        device.settings.restore("secure", "wifi_apm_state", remembered)


def as_dict(value: JSON) -> dict[str, Any]:
    """The value if it is a dictionary, else an empty one."""
    return value if isinstance(value, dict) else {}


def _read_wifi(device: Device, args: Args) -> JSON:
    return device.network.state().wifi_enabled


def _write_wifi(device: Device, args: Args, value: JSON) -> None:
    device.network.set_wifi(bool(value))


def _read_data(device: Device, args: Args) -> JSON:
    return device.network.state().data_enabled


def _write_data(device: Device, args: Args, value: JSON) -> None:
    if value is not None:
        device.network.set_data(bool(value))


def _read_app_network(device: Device, args: Args) -> JSON:
    package = str(args["package"])
    return {
        "allowed": device.app_network.allowed(package),
        "chain": device.app_network.chain_enabled(),
    }


def _write_app_network(device: Device, args: Args, value: JSON) -> None:
    wanted = as_dict(value)
    keep = bool(wanted.get("chain"))
    device.app_network.set(str(args["package"]), bool(wanted.get("allowed")), keep_chain=keep)


def _read_setting(device: Device, args: Args) -> JSON:
    return device.settings.get(str(args["namespace"]), str(args["key"]))


def _write_setting(device: Device, args: Args, value: JSON) -> None:
    text = None if value is None else str(value)
    device.settings.restore(str(args["namespace"]), str(args["key"]), text)


def _read_demo(device: Device, args: Args) -> JSON:
    return device.demo_mode.allowed()


def _write_demo(device: Device, args: Args, value: JSON) -> None:
    device.demo_mode.leave(None if value is None else str(value))


def _read_media(device: Device, args: Args) -> JSON:
    return device.media.holds(str(args["path"]))


def _write_media(device: Device, args: Args, value: JSON) -> None:
    if not value:
        device.media.delete_path(str(args["path"]))


def _read_ime(device: Device, args: Args) -> JSON:
    return device.settings.get("secure", "default_input_method")


def _write_ime(device: Device, args: Args, value: JSON) -> None:
    device.shell.run(["ime", "set", str(value)])
    poll(lambda: True if _read_ime(device, args) == value else None, 5.0)


def _read_restrict_background(device: Device, args: Args) -> JSON:
    return device.data_saver.enabled()


def _write_restrict_background(device: Device, args: Args, value: JSON) -> None:
    word = "true" if value else "false"
    device.shell.run(["cmd", "netpolicy", "set", "restrict-background", word])


def _read_metered_wifi(device: Device, args: Args) -> JSON:
    return device.data_saver.metered(str(args["ssid"]))


def _write_metered_wifi(device: Device, args: Args, value: JSON) -> None:
    device.data_saver.set_metered(str(args["ssid"]), str(value))


def _read_permission(device: Device, args: Args) -> JSON:
    return device.packages.granted(str(args["package"]), str(args["permission"]))


def _write_permission(device: Device, args: Args, value: JSON) -> None:
    change = device.packages.grant if value else device.packages.revoke
    change(str(args["package"]), str(args["permission"]))


def _read_app(device: Device, args: Args) -> JSON:
    return STOPPED if device.packages.stopped(str(args["package"])) else IN_USE


def _write_app(device: Device, args: Args, value: JSON) -> None:
    if value == STOPPED:
        device.packages.force_stop(str(args["package"]))


def _read_task(device: Device, args: Args) -> JSON:
    package = str(args["package"])
    return bool(device.activities.tasks_of(package))


def _write_task(device: Device, args: Args, value: JSON) -> None:
    for task in device.activities.tasks_of(str(args["package"])) if not value else ():
        device.activities.remove_task(task.task_id)


def _adb(words: str) -> str:
    return f"adb shell {words}"


def _switch_by_hand(command: str, older: str, on: bool) -> str:
    """`svc` is gone from Android 17 on, `cmd` has it from 11 on."""
    word = "enable" if on else "disable"
    return f"{_adb(command.format(word))} (before Android 11: {_adb(older.format(word))})"


def _word(value: JSON) -> str:
    """What the phone said, as a word that neither our shell nor the phone's interprets."""
    text = str(value)
    return text if _HARMLESS.fullmatch(text) else shlex.quote(shlex.quote(text))


def _network_by_hand(record: Record) -> str:
    before = as_dict(record.before)
    steps: Iterable[str] = (
        f"airplane mode {'on' if before.get('airplane') else 'off'}",
        f"Wi-Fi {'on' if before.get('wifi') else 'off'}",
        f"mobile data {'on' if before.get('data') else 'off'}",
    )
    return f"on the phone: {', then '.join(steps)}"


def _setting_by_hand(record: Record) -> str:
    where = f"{_word(record.args.get('namespace'))} {_word(record.args.get('key'))}"
    if record.before is None:
        return _adb(f"settings delete {where}")
    return _adb(f"settings put {where} {_word(record.before) or _EMPTY}")


def _app_network_by_hand(record: Record) -> str:
    package = _word(record.args.get("package"))
    return (
        _adb(f"cmd connectivity set-package-networking-enabled true {package}")
        + "; "
        + _adb("cmd connectivity set-chain3-enabled false")
        + " (or restart the phone)"
    )


# the app before all: an upload that was cut must not go on when the network returns unwatched;
# airplane before data before Wi-Fi: Wi-Fi switched on in airplane mode would stay on in it
UNDO_KINDS: dict[str, UndoKind] = {
    "app": UndoKind(
        _read_app,
        _write_app,
        lambda args: f"the app {args.get('package')}",
        lambda r: _adb(f"am force-stop {_word(r.args.get('package'))}"),
        5,
        IN_USE,
    ),
    "airplane": UndoKind(
        _network,
        _put_network_back,
        lambda _: "airplane mode",
        _network_by_hand,
        10,
        {"airplane": True, "wifi": False},
        ("wifi_apm_state",),
    ),
    "network-off": UndoKind(
        _network,
        _put_network_back,
        lambda _: "Wi-Fi and mobile data",
        _network_by_hand,
        11,
        {"wifi": False, "data": False},
        ("wifi_apm_state",),
    ),
    "data": UndoKind(
        _read_data,
        _write_data,
        lambda _: "mobile data",
        lambda r: _switch_by_hand("cmd phone data {}", "svc data {}", bool(r.before)),
        12,
        False,
    ),
    "wifi": UndoKind(
        _read_wifi,
        _write_wifi,
        lambda _: "Wi-Fi",
        lambda r: _switch_by_hand("cmd wifi set-wifi-enabled {}d", "svc wifi {}", bool(r.before)),
        13,
        False,
    ),
    "app_network": UndoKind(
        _read_app_network,
        _write_app_network,
        lambda args: f"the network of {args.get('package')}",
        _app_network_by_hand,
        20,
        {"allowed": False, "chain": True},
    ),
    "restrict_background": UndoKind(
        _read_restrict_background,
        _write_restrict_background,
        lambda _: "Data Saver",
        lambda r: _adb(f"cmd netpolicy set restrict-background {str(bool(r.before)).lower()}"),
        30,
        True,
    ),
    "metered_wifi": UndoKind(
        _read_metered_wifi,
        _write_metered_wifi,
        lambda args: f"whether the Wi-Fi {args.get('ssid')} is metered",
        lambda r: "Settings > Network > Wi-Fi > the network > Metered: Detect automatically",
        31,
        "true",
    ),
    "setting": UndoKind(
        _read_setting,
        _write_setting,
        lambda args: f"the setting {args.get('namespace')}/{args.get('key')}",
        _setting_by_hand,
    ),
    "demo": UndoKind(
        _read_demo,
        _write_demo,
        lambda _: "the status bar's demo mode",
        lambda _: _adb("am broadcast -a com.android.systemui.demo -e command exit"),
        usual="1",
    ),
    "ime": UndoKind(
        _read_ime,
        _write_ime,
        lambda _: "the keyboard",
        lambda r: _adb(f"ime set {_word(r.before)}"),
    ),
    "permission": UndoKind(
        _read_permission,
        _write_permission,
        lambda args: f"the permission {args.get('permission')} of {args.get('package')}",
        lambda r: _adb(
            f"pm revoke {_word(r.args.get('package'))} {_word(r.args.get('permission'))}"
        ),
        usual=True,
        per_user=True,
    ),
    "task": UndoKind(
        _read_task,
        _write_task,
        lambda args: f"the task of {args.get('package')}",
        lambda r: f"swipe {r.args.get('package')} out of the recents",
        60,
        True,
        per_user=True,
    ),
    "media": UndoKind(
        _read_media,
        _write_media,
        lambda args: f"the file {args.get('path')}",
        lambda r: _adb(f"rm {_word(r.args.get('path'))}"),
        70,
        True,
    ),
}
