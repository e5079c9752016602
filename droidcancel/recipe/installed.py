"""Which build of an app a run uses, where its profile knows several."""

from __future__ import annotations

from droidcancel.apps.document import nearest
from droidcancel.apps.profile import AppProfile
from droidcancel.device import Device, PackageInfo
from droidcancel.errors import AppError, UsageError


def installed_build(profile: AppProfile, device: Device, wanted: str | None) -> PackageInfo:
    """The package that is installed of those that the profile knows, or the one `wanted`.

    AppError where none is installed; UsageError where several are and none is wanted: they may be
    logged in to different accounts, so which is meant is not guessed.
    """
    if wanted is not None and wanted not in profile.packages:
        raise UsageError(
            f"the profile {profile.name!r} has no package {wanted!r}"
            f"{nearest(wanted, profile.packages)}",
            f"packages: {', '.join(profile.packages)}",
        )
    names = profile.packages if wanted is None else (wanted,)
    found = [info for name in names if (info := device.packages.info(name)) is not None]
    if not found:
        raise AppError(
            f"{profile.title} is not installed on {device.serial} ({' or '.join(names)})",
            "install it and log in, or name another app with --app",
        )
    if len(found) > 1:
        told = ", ".join(f"{info.name} {info.version_name}".strip() for info in found)
        raise UsageError(
            f"{profile.title} is installed {len(found)} times on {device.serial}: {told}",
            f"say which with --package, as --package {found[0].name}",
        )
    return found[0]
