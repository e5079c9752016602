"""A virtual phone as one randomized run finds it: its old posts, its state, and its faults."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.random_cases import Case
from droidcancel.device import poll
from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.apps.clips.behaviour import PACKAGE
from droidcancel.simulator.apps.clips.posts import Shelf
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
)
from droidcancel.simulator.cloud import CloudBehaviour
from droidcancel.simulator.phone import Phone

SHELL_UID = 2000
FLAPS = 3
OLD = "old "
TABLES = ("system", "secure", "global")
Snapshot = dict[str, Any]


def options_of(case: Case) -> PhoneOptions:
    """The phone that a case asks for."""
    return PhoneOptions(
        api=case.api,
        profile=case.profile,
        locale=case.locale,
        upload_bytes_per_s=case.rate,
        loss=case.loss,
        on_network_loss=case.on_network_loss,
        app_build=case.build,
        app_options={PACKAGE: dict(case.behaviour)},
        seed=case.number,
    )


def post_old_videos(simulator: Simulator, count: int) -> None:
    """Videos that the account posted long ago, which no run may touch."""
    store = simulator.cloud.store
    account = str(simulator.options.app_options[PACKAGE].get("account", "dana"))

    def post() -> None:
        for number in range(count):
            record = store.create(account, 1000 + number, f"{OLD}{number}", "public", "")
            record.take(bytes(record.size))
            store.commit(record)

    def post_with_no_defect() -> None:
        defects, store.behaviour = store.behaviour, CloudBehaviour()
        post()
        store.behaviour = defects

    simulator.call(post_with_no_defect)


def snapshot(phone: Phone) -> Snapshot:
    """What must be after a run as it was before it. To be called on the phone's loop."""
    network, policy = phone.connectivity, phone.netpolicy
    return {
        "airplane": (network.airplane, network.airplane_setting),
        "wifi": (network.wifi.enabled, network.wifi.connected),
        "data": (network.data_enabled, network.cell.connected),
        "online": network.active_network() is not None,
        "firewall": (policy.chain3_enabled, sorted(policy.denied_app_ids)),
        "data saver": policy.restrict_background,
        "policies": (dict(policy.uid_policies), dict(policy.metered_wifi)),
        "media": sorted(row.path for row in phone.media.rows()),
        "files": _files(phone, "/sdcard/Movies") + _files(phone, "/data/local/tmp", "droidcancel-"),
        "services": [p.name for p in phone.processes if p.foreground_services],
        "app": bool(phone.processes.by_package(PACKAGE)),
        "shells": sorted(
            p.name if p.name == "adbd" else " ".join(p.args)
            for p in phone.processes
            if p.uid == SHELL_UID
        ),
        "clipboard": phone.clipboard.text,
        **{f"settings {name}": phone.settings.list(name) for name in TABLES},
    }


def _files(phone: Phone, folder: str, prefix: str = "") -> list[str]:
    found = phone.fs.listdir(folder) if phone.fs.isdir(folder) else []
    return [f"{folder}/{name}" for name in sorted(found) if name.startswith(prefix)]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """In words, what is not as it was."""
    return [
        f"{name}: {_brief(before[name], after[name])}"
        for name in before
        if before[name] != after.get(name)
    ]


def last_differences(
    before: Mapping[str, Any], look: Callable[[], Mapping[str, Any]], seconds: float
) -> list[str]:
    """What is still not as it was after so long; empty as soon as one look finds nothing."""
    found: list[str] = []

    def same() -> bool | None:
        found[:] = differences(before, look())
        return None if found else True

    poll(same, seconds)
    return found


def _brief(before: Any, after: Any) -> str:
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
        return ", ".join(f"{k} {before.get(k)!r} -> {after.get(k)!r}" for k in keys)
    return f"{before!r} -> {after!r}"


def kept(phone: Phone) -> dict[str, list[str]]:
    """The captions that the app still keeps: drafts, and uploads that can be tried again."""
    package = phone.packages.get(PACKAGE)
    assert package is not None  # the phone was made with it
    found: dict[str, list[str]] = {}
    for name, folder in (("drafts", "drafts"), ("uploads", "uploads"), ("editing", "editing")):
        notes: list[str] = []
        for root in (f"/data/data/{PACKAGE}/files", f"/data/data/{PACKAGE}/cache"):
            shelf = Shelf(phone.fs, package.uid, f"{root}/{folder}")
            notes += [post.caption for post in shelf.list()]
        found[name] = notes
    return found


def start_app(simulator: Simulator) -> None:
    """The user opens the app."""
    intent = Intent(
        action=ACTION_MAIN,
        categories=frozenset({CATEGORY_LAUNCHER}),
        component=Component.parse(f"{PACKAGE}/.MainActivity"),
        flags=FLAG_ACTIVITY_NEW_TASK,
    )
    simulator.run(simulator.phone.activities.start(intent, uid=SHELL_UID))


def reboot(simulator: Simulator) -> None:
    """The user restarts the phone, and unlocks it."""
    simulator.run(simulator.phone.reboot())
    simulator.call(simulator.phone.power.dismiss_keyguard)


# -- faults -------------------------------------------------------------------------------------


def drop_adb(simulator: Simulator, server: int) -> None:
    """The cable falls out, and is put in again."""
    simulator.call(simulator.adbd.drop_connections)
    threading.Event().wait(0.3)
    simulator.withdraw(server)
    simulator.announce(server)


def kill_uiautomator(simulator: Simulator, _server: int) -> None:
    """The phone kills the screen server, as some do."""

    def kill() -> None:
        for process in list(simulator.phone.processes):
            if "com.wetest.uia2.Main" in " ".join(process.args):
                simulator.phone.processes.signal(process.pid, signal.SIGKILL)

    simulator.call(kill)


def flap_network(simulator: Simulator, _server: int) -> None:
    """Out of reach and back, a few times."""
    connectivity = simulator.phone.connectivity

    def reach(there: bool) -> Callable[[], None]:
        def change() -> None:
            connectivity.set_range("wifi", there)
            connectivity.set_range("cell", there)

        return change

    for _ in range(FLAPS):
        simulator.call(reach(False))
        threading.Event().wait(0.3)
        simulator.call(reach(True))
        threading.Event().wait(0.4)


def kill_app(simulator: Simulator, _server: int) -> None:
    """The phone needs the memory."""

    def kill() -> None:
        for process in simulator.phone.processes.by_package(PACKAGE):
            simulator.phone.processes.signal(process.pid, signal.SIGKILL)

    simulator.call(kill)


FAULTS: Mapping[str, Callable[[Simulator, int], None]] = {
    "adb": drop_adb,
    "uiautomator": kill_uiautomator,
    "network": flap_network,
    "app": kill_app,
}
