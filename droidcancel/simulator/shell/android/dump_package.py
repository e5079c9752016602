"""`dumpsys package [PACKAGE]` (com.android.server.pm.Settings.dumpPackageLPr)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.packages import RUNTIME_PERMISSIONS, Package
from droidcancel.simulator.shell.android.tokens import identity, wall
from droidcancel.simulator.shell.registry import Invocation, dump

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

ENABLED, DISABLED_BY_USER = 0, 3  # PackageManager.COMPONENT_ENABLED_STATE_*


def _flags(package: Package) -> str:
    names = ["SYSTEM"] if package.system else []
    names += ["DEBUGGABLE"] if package.debuggable else []
    return " ".join([*names, "HAS_CODE", "ALLOW_CLEAR_USER_DATA", "ALLOW_BACKUP"])


def _signatures(package: Package, api: int) -> str:
    if api <= 27:
        return f"PackageSignatures{{{identity(package)} [{package.signature}]}}"
    return (
        f"PackageSignatures{{{identity(package)} version:2, signatures:[{package.signature}], "
        "past signatures:[]}"
    )


def _resolver(phone: Phone, package: Package) -> list[str]:
    """The part of the resolver table that names the launcher activity."""
    if package.launcher is None:
        return []
    component = f"{package.name}/{package.launcher}"
    return [
        "Activity Resolver Table:",
        "  Non-Data Actions:",
        "      android.intent.action.MAIN:",
        f"        {identity(package)} {component} filter {identity(component)}",
        '          Action: "android.intent.action.MAIN"',
        '          Category: "android.intent.category.LAUNCHER"',
        "",
    ]


def _package_lines(phone: Phone, package: Package) -> list[str]:
    api = phone.options.api
    code_dir = package.apk_path.rpartition("/")[0]
    old_times = [f"    firstInstallTime={wall(package.first_install)}"] if api <= 33 else []
    lines = [
        f"  Package [{package.name}] ({identity(package)}):",
        f"    {'appId' if api >= 34 else 'userId'}={package.uid}",
        f"    pkg=Package{{{identity(package)} {package.name}}}",
        f"    codePath={code_dir}",
        f"    resourcePath={code_dir}",
        f"    legacyNativeLibraryDir={code_dir}/lib",
        f"    primaryCpuAbi={phone.props['ro.product.cpu.abi']}",
        "    secondaryCpuAbi=null",
        f"    versionCode={package.version_code} minSdk={package.min_sdk} "
        f"targetSdk={package.target_sdk}",
        f"    versionName={package.version_name}",
        "    splits=[base]",
        "    apkSigningVersion=2",
        f"    flags=[ {_flags(package)} ]",
        f"    dataDir=/data/user/0/{package.name}",
        "    supportsScreens=[small, medium, large, xlarge, resizeable, anyDensity]",
        f"    timeStamp={wall(package.last_update)}",
        *old_times,
        f"    lastUpdateTime={wall(package.last_update)}",
    ]
    if package.installer:
        lines.append(f"    installerPackageName={package.installer}")
    lines += [
        f"    signatures={_signatures(package, api)}",
        "    installPermissionsFixed=true",
        f"    pkgFlags=[ {_flags(package)} ]",
    ]
    return lines + _permission_lines(phone, package) + _user_lines(phone, package)


def _is_runtime(name: str, api: int) -> bool:
    return RUNTIME_PERMISSIONS.get(name, 99) <= api


def _permission_lines(phone: Phone, package: Package) -> list[str]:
    api = phone.options.api
    lines = []
    if package.requested:
        lines = ["    requested permissions:", *(f"      {name}" for name in package.requested)]
    fixed = [name for name in package.requested if not _is_runtime(name, api)]
    if fixed:
        lines.append("    install permissions:" if api >= 23 else "    grantedPermissions:")
        lines += [f"      {name}: granted=true" if api >= 23 else f"      {name}" for name in fixed]
    return lines


def _user_lines(phone: Phone, package: Package) -> list[str]:
    api = phone.options.api
    lines = [f"    User 0: {_state(phone, package)}"]
    if api >= 34:
        lines += ["      installReason=0", f"      firstInstallTime={wall(package.first_install)}"]
    if package.uid >= 10000:
        lines.append("      gids=[3003]")
    runtime = [name for name in package.requested if _is_runtime(name, api)]
    if api >= 23 and runtime:
        lines.append("      runtime permissions:")
        lines += [f"        {name}: {_granted(package, name, api)}" for name in runtime]
    return lines


def _granted(package: Package, name: str, api: int) -> str:
    held = package.granted.get(name)
    flags = [] if held is None else ["USER_SET"]
    if api >= 29:
        flags += ["USER_SENSITIVE_WHEN_GRANTED", "USER_SENSITIVE_WHEN_DENIED"]
    between = "|" if api >= 30 else " "
    shown = f", flags=[ {between.join(flags)}]" if flags else ""
    return f"granted={str(bool(held)).lower()}{shown}"


def _state(phone: Phone, package: Package) -> str:
    """The user's state of a package; words came with API 24, 26, 28 and 30."""
    api = phone.options.api
    inode = phone.fs.stat(package.data_dir).ino if phone.fs.exists(package.data_dir) else 0
    parts = [f"ceDataInode={inode}"] if api >= 24 else []
    parts += ["installed=true", "hidden=false"]
    if api >= 24:
        parts.append(f"suspended={str(package.suspended).lower()}")
    if api >= 30:
        parts.append("distractionFlags=0")
    parts.append(f"stopped={str(package.stopped).lower()}")
    parts.append(f"notLaunched={str(package.not_launched).lower()}")
    parts.append(f"enabled={ENABLED if package.enabled else DISABLED_BY_USER}")
    if api >= 26:
        parts.append("instant=false")
    if api >= 28:
        parts.append("virtual=false")
    return " ".join(parts)


def _dexopt(packages: list[Package]) -> list[str]:
    lines = ["", "Dexopt state:"]
    for package in packages:
        lines += [f"  [{package.name}]", f"    path: {package.apk_path}"]
        lines.append("      x86_64: [status=speed-profile] [reason=install]")
    return lines


@dump("package")
async def dump_package(invocation: Invocation, args: list[str]) -> int:
    """One package, all of them ("packages", or no word), or none that there is."""
    phone = invocation.phone
    words = [word for word in args if not word.startswith("-")]
    word = words[0] if words else None
    everything = word in (None, "packages")
    packages = [p for p in phone.packages if everything or p.name == word]
    lines: list[str] = []
    for package in packages:
        lines += _resolver(phone, package)
    if packages:
        lines.append("Packages:")
    for package in packages:
        lines += _package_lines(phone, package)
    if not everything:
        lines += _dexopt(packages)
        if not packages:
            lines.append(f"  Unable to find package: {word}")
    await invocation.out("\n".join(lines) + "\n")
    return 0
