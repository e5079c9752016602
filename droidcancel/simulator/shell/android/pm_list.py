"""`pm list ...`, `pm path`, `pm has-feature`."""

from __future__ import annotations

from dataclasses import dataclass

from droidcancel.simulator.packages import RUNTIME_PERMISSIONS, Package
from droidcancel.simulator.shell.android.java import FAILED, Args, Failure, Handler, parse_user
from droidcancel.simulator.shell.android.pm_service import PM, take_user
from droidcancel.simulator.shell.registry import Invocation

FEATURES = (
    "android.hardware.audio.output",
    "android.hardware.bluetooth",
    "android.hardware.camera",
    "android.hardware.camera.any",
    "android.hardware.camera.front",
    "android.hardware.faketouch",
    "android.hardware.location",
    "android.hardware.microphone",
    "android.hardware.screen.portrait",
    "android.hardware.telephony",
    "android.hardware.touchscreen",
    "android.hardware.touchscreen.multitouch",
    "android.hardware.wifi",
    "android.software.input_methods",
    "android.software.webview",
)
LIBRARIES = (
    "android.ext.shared",
    "android.test.base",
    "android.test.mock",
    "javax.obex",
    "org.apache.http.legacy",
)
GROUPS = ("CAMERA", "CONTACTS", "LOCATION", "MICROPHONE", "STORAGE", "NOTIFICATIONS")


@dataclass
class _Wanted:
    """The options of `pm list packages`."""

    files: bool = False
    disabled: bool = False
    enabled: bool = False
    system: bool = False
    third_party: bool = False
    installer: bool = False
    uid: bool = False
    version: bool = False
    only_uid: int | None = None

    def takes(self, package: Package) -> bool:
        if self.disabled and package.enabled:
            return False
        if self.enabled and not package.enabled:
            return False
        if (self.system and not package.system) or (self.third_party and package.system):
            return False
        return self.only_uid in (None, package.uid)

    def line(self, package: Package) -> str:
        text = "package:"
        if self.files:
            text += package.apk_path + "="
        text += package.name
        if self.version:
            text += f" versionCode:{package.version_code}"
        if self.installer:
            text += f"  installer={package.installer or 'null'}"
        if self.uid:
            text += f" uid:{package.uid}"
        return text + "\n"


_SWITCHES = {
    "-f": "files",
    "-d": "disabled",
    "-e": "enabled",
    "-s": "system",
    "-3": "third_party",
    "-i": "installer",
    "-U": "uid",
    "--show-versioncode": "version",
}
_IGNORED = frozenset(("-a", "-l", "-u", "--match-libraries", "--apex-only", "--factory-only"))


def _wanted(args: Args) -> _Wanted:
    wanted = _Wanted()
    while (option := args.option()) is not None:
        if option in _SWITCHES:
            setattr(wanted, _SWITCHES[option], True)
        elif option == "-l" and args.peek() == "f":
            args.next()
            wanted.files = True
        elif option == "--uid":
            wanted.only_uid, wanted.uid = args.integer(), True
        elif option == "--user":
            parse_user(args.required())
        elif option not in _IGNORED:
            raise Failure(f"Error: Unknown option: {option}\n", FAILED, on_stdout=True)
    return wanted


async def _packages(invocation: Invocation, args: Args) -> int:
    wanted, part = _wanted(args), args.next() or ""
    for package in invocation.phone.packages:
        if part in package.name and wanted.takes(package):
            await invocation.out(wanted.line(package))
    return 0


async def _features(invocation: Invocation, args: Args) -> int:
    await invocation.out("feature:reqGlEsVersion=0x30002\n")
    for name in FEATURES:
        await invocation.out(f"feature:{name}\n")
    return 0


async def _libraries(invocation: Invocation, args: Args) -> int:
    for name in LIBRARIES:
        await invocation.out(f"library:{name}\n")
    return 0


async def _users(invocation: Invocation, args: Args) -> int:
    flags = "4c13" if invocation.api >= 33 else "c13" if invocation.api >= 31 else "13"
    await invocation.out(f"Users:\n\tUserInfo{{0:Owner:{flags}}} running\n")
    return 0


async def _permissions(invocation: Invocation, args: Args) -> int:
    dangerous = False
    while (option := args.option()) is not None:
        dangerous = dangerous or option == "-d"
    await invocation.out("All Permissions:\n\n")
    names = {name for package in invocation.phone.packages for name in package.requested}
    present = {name for name, since in RUNTIME_PERMISSIONS.items() if since <= invocation.api}
    for name in sorted(present if dangerous else names | present):
        await invocation.out(f"permission:{name}\n")
    return 0


async def _permission_groups(invocation: Invocation, args: Args) -> int:
    for name in GROUPS:
        await invocation.out(f"permission group:android.permission-group.{name}\n")
    return 0


async def _nothing(invocation: Invocation, args: Args) -> int:
    return 0


_LISTS: dict[str, Handler] = {
    "package": _packages,
    "packages": _packages,
    "features": _features,
    "libraries": _libraries,
    "users": _users,
    "permissions": _permissions,
    "permission-groups": _permission_groups,
    "instrumentation": _nothing,
    "staged-sessions": _nothing,
}


@PM.sub("list")
async def list_(invocation: Invocation, args: Args) -> int:
    kind = args.next()
    if kind is None:
        raise Failure("Error: didn't specify type of data to list\n", FAILED, on_stdout=True)
    handler = _LISTS.get(kind)
    if handler is None:
        raise Failure(f"Error: unknown list type '{kind}'\n", FAILED, on_stdout=True)
    return await handler(invocation, args)


@PM.sub("path")
async def path(invocation: Invocation, args: Args) -> int:
    """Nothing and 1 for a package that there is not."""
    take_user(args)
    name = args.next()
    if name is None:
        raise Failure("Error: no package specified\n", 1)
    package = invocation.phone.packages.get(name)
    if package is None:
        return 1
    await invocation.out(f"package:{package.apk_path}\n")
    return 0


@PM.sub("has-feature", since=27)
async def has_feature(invocation: Invocation, args: Args) -> int:
    name = args.next()
    if name is None:
        raise Failure("Error: expected FEATURE name\n", 1)
    await invocation.out(f"{str(name in FEATURES).lower()}\n")
    return 0 if name in FEATURES else 1


@PM.sub("get-max-users")
async def get_max_users(invocation: Invocation, args: Args) -> int:
    await invocation.out("Maximum supported users: 4\n")
    return 0


@PM.sub("get-install-location")
async def get_install_location(invocation: Invocation, args: Args) -> int:
    await invocation.out("0[auto]\n")
    return 0
