"""Installing packages from APKs: the checks that the package manager makes, and sessions."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from droidcancel.simulator.apk import ApkError, ApkInfo, read_apk
from droidcancel.simulator.apps.foreign import foreign_app
from droidcancel.simulator.blob import Blob
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.packages import RUNTIME_PERMISSIONS, Package

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

SESSIONS_MAX = 50
CHUNK = 1 << 20

# Android 14 and 15 refuse apps for versions older than these (InstallPackageHelper).
LOWEST_TARGET = {34: 23, 35: 24, 36: 24, 37: 24}


class InstallError(Exception):
    """An install that failed: PackageManager's code, and the words after it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)


@dataclass(frozen=True)
class InstallOptions:
    """The flags of `pm install` that make a difference here."""

    replace: bool = True
    downgrade: bool = False
    test: bool = False
    grant_all: bool = False
    low_target: bool = False
    installer: str | None = None


@dataclass
class Session:
    """An install session: splits that were written, by name."""

    id: int
    options: InstallOptions
    splits: dict[str, Blob] = field(default_factory=dict)


class Installer:
    """Installs packages on one phone."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._sessions: dict[int, Session] = {}

    # -- sessions ----------------------------------------------------------------------------
    def create_session(self, options: InstallOptions) -> Session:
        if len(self._sessions) >= SESSIONS_MAX:
            raise InstallError("INSTALL_FAILED_INTERNAL_ERROR", "Too many active sessions")
        number = random.randrange(100_000_000, 2_000_000_000)
        return self._sessions.setdefault(number, Session(number, options))

    def session(self, number: int) -> Session | None:
        return self._sessions.get(number)

    def drop_session(self, number: int) -> bool:
        return self._sessions.pop(number, None) is not None

    def commit(self, number: int) -> Package:
        """Install what was written into a session. Raises InstallError."""
        session = self._sessions.pop(number)
        if not session.splits:
            raise InstallError("INSTALL_FAILED_INVALID_APK", "No packages staged")
        base = session.splits.get("base.apk") or next(iter(session.splits.values()))
        return self.install(base, session.options)

    # -- installing --------------------------------------------------------------------------
    def install(self, blob: Blob, options: InstallOptions) -> Package:
        """Check and install one APK; the package. Raises InstallError."""
        try:
            info = read_apk(blob)
        except ApkError as error:
            raise InstallError(
                "INSTALL_PARSE_FAILED_NOT_APK", f"Failed to parse base.apk: {error}"
            ) from None
        before = self._phone.packages.get(info.package)
        self._check_sdk(info, options)
        if before is not None:
            self._check_update(info, before, options)
        return self._place(info, blob, before, options)

    def _check_sdk(self, info: ApkInfo, options: InstallOptions) -> None:
        api = self._phone.options.api
        if info.min_sdk > api:
            raise InstallError(
                "INSTALL_FAILED_OLDER_SDK",
                f"Failed parse during installPackageLI: Requires newer sdk version "
                f"#{info.min_sdk} (current version is #{api})",
            )
        lowest = LOWEST_TARGET.get(api, 0)
        if info.target_sdk < lowest and not options.low_target:
            raise InstallError(
                "INSTALL_FAILED_DEPRECATED_SDK_VERSION",
                f"App package must target at least SDK version {lowest}, "
                f"but found {info.target_sdk}",
            )
        if info.test_only and not options.test:
            raise InstallError(
                "INSTALL_FAILED_TEST_ONLY",
                "Failed to install test-only apk. Did you forget to add -t?",
            )

    def _check_update(self, info: ApkInfo, before: Package, options: InstallOptions) -> None:
        if not options.replace:
            raise InstallError(
                "INSTALL_FAILED_ALREADY_EXISTS",
                f"Attempt to re-install {info.package} without first uninstalling.",
            )
        if before.certificate and info.certificate != before.certificate:
            raise InstallError(
                "INSTALL_FAILED_UPDATE_INCOMPATIBLE",
                f"Existing package {info.package} signatures do not match newer version; ignoring!",
            )
        older = info.version_code < before.version_code
        if older and not (options.downgrade and (before.debuggable or info.debuggable)):
            raise InstallError(
                "INSTALL_FAILED_VERSION_DOWNGRADE",
                f"Downgrade detected: Update version code {info.version_code} "
                f"is older than current {before.version_code}",
            )

    def _place(
        self, info: ApkInfo, blob: Blob, before: Package | None, options: InstallOptions
    ) -> Package:
        phone = self._phone
        package = _package(info, before, options)
        package.uid = before.uid if before else phone.packages.new_uid()
        if before is not None:
            phone.activities.stop_package(info.package)
        package.apk_path = phone.packages.apk_path(package)
        self._store(package.apk_path, blob)
        phone.packages.install(package)
        if options.grant_all:
            runtime = [name for name in package.requested if name in RUNTIME_PERMISSIONS]
            package.granted.update(dict.fromkeys(runtime, True))
        phone.log.write("I", "PackageManager", f"Package {info.package} installed")
        return package

    def _store(self, path: str, blob: Blob) -> None:
        fs = self._phone.fs
        try:
            fs.mkdir(path.rpartition("/")[0], 0o755, parents=True, uid=1000, gid=1000)
            copy = fs.create(path, 0o644, uid=1000, gid=1000)
            for offset in range(0, blob.size, CHUNK):
                copy.append(blob.read(offset, CHUNK))
        except (FsError, OSError):
            raise InstallError(
                "INSTALL_FAILED_INSUFFICIENT_STORAGE",
                f"Failed to override installation location: {blob.size} bytes needed",
            ) from None


def _package(info: ApkInfo, before: Package | None, options: InstallOptions) -> Package:
    """The package of an APK; a replaced one keeps the code that the simulator runs for it."""
    app = before.app if before and before.app else foreign_app(info)
    return Package(
        name=info.package,
        label=app.label("en"),
        version_name=info.version_name,
        version_code=info.version_code,
        uid=0,
        target_sdk=info.target_sdk,
        min_sdk=info.min_sdk,
        system=before.system if before else False,
        debuggable=info.debuggable,
        installer=options.installer,
        requested=info.permissions,
        stopped=before.stopped if before else True,
        not_launched=before.not_launched if before else True,
        app=app,
        launcher=app.launcher,
        activities=tuple(app.activities),
        input_methods=info.input_methods,
        certificate=info.certificate,
    )
