"""Installed packages: what the package manager knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from droidcancel.simulator.clock import Clock

if TYPE_CHECKING:
    from droidcancel.simulator.apps.base import App
    from droidcancel.simulator.fs import FileSystem

FIRST_APP_UID = 10000
LAST_APP_UID = 19999

# Runtime ("dangerous") permissions that matter here, with the API level they came in.
RUNTIME_PERMISSIONS = {
    "android.permission.CAMERA": 23,
    "android.permission.RECORD_AUDIO": 23,
    "android.permission.READ_CONTACTS": 23,
    "android.permission.READ_EXTERNAL_STORAGE": 23,
    "android.permission.WRITE_EXTERNAL_STORAGE": 23,
    "android.permission.ACCESS_FINE_LOCATION": 23,
    "android.permission.READ_MEDIA_VIDEO": 33,
    "android.permission.READ_MEDIA_IMAGES": 33,
    "android.permission.READ_MEDIA_VISUAL_USER_SELECTED": 34,
    "android.permission.POST_NOTIFICATIONS": 33,
}


@dataclass(eq=False)
class Package:
    """One installed package. Times are wall seconds, sizes bytes."""

    name: str
    label: str
    version_name: str
    version_code: int
    uid: int
    target_sdk: int
    min_sdk: int = 21
    system: bool = False
    enabled: bool = True
    debuggable: bool = False
    apk_path: str = ""
    installer: str | None = None
    requested: tuple[str, ...] = ()
    granted: dict[str, bool] = field(default_factory=dict)
    stopped: bool = False
    not_launched: bool = False
    first_install: float = 0.0
    last_update: float = 0.0
    app: type[App] | None = None
    launcher: str | None = None
    activities: tuple[str, ...] = ()
    input_methods: tuple[str, ...] = ()
    certificate: str = ""
    suspended: bool = False
    restriction: str = "adaptive_bucket"
    standby_bucket: int = 10
    ops: dict[str, str] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """The signer, as PackageSignatures shows it: eight hexadecimal digits."""
        return (self.certificate or hashlib.sha256(self.name.encode()).hexdigest())[:8]

    @property
    def data_dir(self) -> str:
        return f"/data/data/{self.name}"

    def set_op(self, op: str, mode: str) -> None:
        """Set an app op ("RUN_ANY_IN_BACKGROUND") to allow, ignore, deny or default."""
        self.ops[op] = mode

    def has(self, permission: str) -> bool:
        """Whether the permission is held: install-time ones are, once requested."""
        if permission not in self.requested:
            return False
        return permission not in RUNTIME_PERMISSIONS or self.granted.get(permission, False)


class PackageManager:
    """Packages by name, their uids, permissions and data directories."""

    def __init__(self, fs: FileSystem, clock: Clock, api: int) -> None:
        self._fs = fs
        self._clock = clock
        self._api = api
        self._packages: dict[str, Package] = {}
        self._next_uid = FIRST_APP_UID + 100
        self._listeners: list[Callable[[str, Package], None]] = []

    def __iter__(self) -> Iterator[Package]:
        return iter(sorted(self._packages.values(), key=lambda package: package.name))

    def get(self, name: str) -> Package | None:
        return self._packages.get(name)

    def by_uid(self, uid: int) -> list[Package]:
        return [package for package in self if package.uid == uid]

    def on_change(self, listener: Callable[[str, Package], None]) -> None:
        """Call `listener(event, package)`; events: added, replaced, removed, cleared, stopped."""
        self._listeners.append(listener)

    def notify(self, event: str, package: Package) -> None:
        for listener in list(self._listeners):
            listener(event, package)

    def new_uid(self) -> int:
        self._next_uid += 1
        if self._next_uid > LAST_APP_UID:
            raise OverflowError("no uid left")
        return self._next_uid

    def install(self, package: Package) -> Package:
        """Install or replace; an update keeps uid, data and granted permissions."""
        before = self._packages.get(package.name)
        package.last_update = self._clock.time()
        package.first_install = before.first_install if before else package.last_update
        if before is not None:
            package.uid = before.uid
            package.granted = {k: v for k, v in before.granted.items() if k in package.requested}
        if not package.system and self._api < 23:
            package.granted = dict.fromkeys(package.requested, True)
        if not package.apk_path:
            package.apk_path = self.apk_path(package)
        self._packages[package.name] = package
        self._make_data(package)
        self.notify("replaced" if before else "added", package)
        return package

    def apk_path(self, package: Package) -> str:
        """Where the package's APK is, or will be."""
        if package.system:
            return f"/system/app/{package.label.replace(' ', '')}/{package.name}.apk"
        if self._api >= 30:
            salt = hashlib.sha256(package.name.encode()).hexdigest()
            return f"/data/app/~~{salt[:22]}==/{package.name}-{salt[22:44]}==/base.apk"
        return f"/data/app/{package.name}-1/base.apk"

    def _make_data(self, package: Package) -> None:
        for path in ("", "/cache", "/files", "/shared_prefs"):
            self._fs.mkdir(
                package.data_dir + path, 0o700, parents=True, uid=package.uid, gid=package.uid
            )

    def uninstall(self, name: str) -> bool:
        """Remove a package with its data; False when it is not installed or a system one."""
        package = self._packages.get(name)
        if package is None or package.system:
            return False
        del self._packages[name]
        self._fs.rmtree(package.data_dir)
        code = self._code_dir(package)
        if self._fs.exists(code):
            self._fs.rmtree(code)
        self.notify("removed", package)
        return True

    @staticmethod
    def _code_dir(package: Package) -> str:
        """The directory below /data/app that is the package's own."""
        return "/".join(package.apk_path.split("/")[:4])

    def clear_data(self, package: Package) -> None:
        """What `pm clear` does to the files, and to the granted permissions."""
        self._fs.rmtree(package.data_dir)
        self._make_data(package)
        package.granted.clear()
        self.notify("cleared", package)

    def clear_cache(self, package: Package) -> None:
        cache = package.data_dir + "/cache"
        self._fs.rmtree(cache)
        self._fs.mkdir(cache, 0o700, parents=True, uid=package.uid, gid=package.uid)

    def set_stopped(self, package: Package, stopped: bool) -> None:
        package.stopped = stopped
        if stopped:
            self.notify("stopped", package)
        else:
            package.not_launched = False

    def sizes(self, package: Package) -> tuple[int, int, int]:
        """Return (app, data, cache) in bytes; data leaves the cache out."""
        code = self._tree_size(package.apk_path) or 18_000_000
        cache = self._tree_size(package.data_dir + "/cache")
        return code, self._tree_size(package.data_dir) - cache, cache

    def _tree_size(self, path: str) -> int:
        if not self._fs.exists(path):
            return 0
        if not self._fs.isdir(path):
            return self._fs.stat(path).size
        return sum(self._tree_size(f"{path}/{name}") for name in self._fs.listdir(path))
