"""What a phone has when it leaves the factory: properties, packages, processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator import apps
from droidcancel.simulator.fs import make_tree
from droidcancel.simulator.options import RELEASES, PhoneOptions
from droidcancel.simulator.packages import Package
from droidcancel.simulator.processes import PROCESS_STATE_PERSISTENT

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

HOME = "com.android.launcher3/.Launcher"
RECENTS = "com.android.launcher3/.RecentsActivity"

# Native and Java processes that every phone runs: name, uid, pid, resident KiB.
PROCESSES = (
    ("init", 0, 1, 3200),
    ("kthreadd", 0, 2, 0),
    ("ueventd", 0, 130, 2900),
    ("logd", 1036, 141, 6400),
    ("servicemanager", 1000, 142, 3100),
    ("vold", 0, 145, 7200),
    ("surfaceflinger", 1000, 190, 24000),
    ("netd", 0, 192, 8800),
    ("zygote64", 0, 195, 98000),
    ("adbd", 2000, 198, 4400),
    ("system_server", 1000, 201, 310000),
    ("com.android.systemui", 10050, 202, 220000),
    ("com.android.phone", 1001, 203, 90000),
)


def permission_dialog(api: int) -> str:
    """Where runtime permissions are asked: its own module since Android 10."""
    package = "com.android.permissioncontroller" if api >= 29 else "com.android.packageinstaller"
    return f"{package}/.permission.ui.GrantPermissionsActivity"


def chooser(api: int) -> str:
    """The share sheet: a module of its own since Android 14."""
    package = "com.android.intentresolver" if api >= 34 else "android.chooser"
    return f"{package}/.ChooserActivity"


def properties(options: PhoneOptions, serial: str) -> dict[str, str]:
    """System properties (`getprop`), as a stock image of this make has them."""
    release, codename, build, patch = RELEASES[options.api]
    version = f"{options.device}-user {release} {build} 1 release-keys"
    return {
        "ro.build.version.sdk": str(options.api),
        "ro.build.version.release": release,
        "ro.build.version.codename": "REL",
        "ro.build.version.known_codenames": codename,
        "ro.build.version.security_patch": patch,
        "ro.build.version.incremental": "1",
        "ro.build.id": build,
        "ro.build.display.id": version,
        "ro.build.type": "userdebug" if options.debuggable else "user",
        "ro.build.tags": "release-keys",
        "ro.build.fingerprint": options.fingerprint,
        "ro.build.characteristics": "emulator,nosdcard",
        "ro.product.brand": options.manufacturer,
        "ro.product.device": options.device,
        "ro.product.manufacturer": options.manufacturer,
        "ro.product.model": options.model,
        "ro.product.name": options.device,
        "ro.product.board": options.device,
        "ro.product.cpu.abi": "x86_64" if options.api >= 24 else "x86",
        "ro.product.cpu.abilist": "x86_64,arm64-v8a",
        "ro.product.locale": options.locale,
        "persist.sys.locale": options.locale,
        "persist.sys.timezone": "UTC",
        "persist.sys.usb.config": "adb",
        "ro.hardware": "droidcancel",
        "ro.boot.hardware": "droidcancel",
        "ro.boot.qemu": "1",
        "ro.kernel.qemu": "1",
        "ro.boot.serialno": serial,
        "ro.serialno": serial,
        "ro.boot.qemu.avd_name": options.model.replace(" ", "_"),
        "ro.bootmode": "unknown",
        "ro.crypto.state": "encrypted",
        "ro.crypto.type": "file",
        "ro.debuggable": "1" if options.debuggable else "0",
        "ro.adb.secure": "1" if options.secure else "0",
        "ro.secure": "1",
        "ro.sf.lcd_density": str(options.density),
        "ro.opengles.version": "196610",
        "ro.treble.enabled": "true",
        "ro.zygote": "zygote64",
        "dalvik.vm.heapsize": "512m",
        "gsm.operator.alpha": "" if options.has("no-sim") else "Simulated",
        "gsm.sim.state": _sim_state(options),
        "gsm.network.type": "Unknown" if options.has("no-sim") else "LTE",
        "init.svc.adbd": "running",
        "init.svc.bootanim": "running",
        "init.svc.zygote": "running",
        "net.bt.name": "Android",
        "sys.usb.state": "adb",
        "sys.user.0.ce_available": "true",
        "service.adb.tcp.port": "",
    }


def _sim_state(options: PhoneOptions) -> str:
    if options.has("no-sim"):
        return "ABSENT"
    return "LOADED,LOADED" if options.has("dual-sim") else "LOADED"


def provision(phone: Phone) -> None:
    """Lay out a new phone: files, properties and the packages of its image."""
    options = phone.options
    make_tree(phone.fs, options.api)
    phone.props.update(properties(options, phone.serial))
    for app in apps.image(options):
        phone.packages.install(package_of(app, options.language, phone))
    for name, label in BARE_PACKAGES:
        phone.packages.install(_bare(name, label, options))
    if options.free_bytes is not None:
        phone.fs.reserve(max(0, phone.fs.free - options.free_bytes))


BARE_PACKAGES = (
    ("android", "Android System"),
    ("com.android.shell", "Shell"),
    ("com.android.providers.media.module", "Media"),
    ("com.android.providers.settings", "Settings Storage"),
    ("com.android.phone", "Phone Services"),
    ("com.android.inputmethod.latin", "Android Keyboard (AOSP)"),
)
BARE_UIDS = {"android": 1000, "com.android.shell": 2000, "com.android.phone": 1001}
BARE_UIDS |= {"com.android.providers.settings": 1000, "com.android.providers.media.module": 10060}
BARE_UIDS |= {"com.android.inputmethod.latin": 10061}


def _bare(name: str, label: str, options: PhoneOptions) -> Package:
    """A package of the image that shows no screen here."""
    return Package(
        name=name,
        label=label,
        version_name=options.release,
        version_code=options.api,
        uid=BARE_UIDS[name],
        target_sdk=options.api,
        system=True,
        input_methods=(f"{name}/.LatinIME",) if name.endswith("latin") else (),
    )


def package_of(app: type[apps.App], language: str, phone: Phone) -> Package:
    """The installed package of an app's code."""
    return Package(
        name=app.package,
        label=app.label(language),
        version_name=app.version_name,
        version_code=app.version_code,
        uid=app.uid if app.uid is not None else phone.packages.new_uid(),
        target_sdk=min(app.target_sdk, phone.options.api) if app.system else app.target_sdk,
        system=app.system,
        requested=app.permissions,
        not_launched=not app.system,
        app=app,
        launcher=app.launcher,
        activities=tuple(app.activities),
        installer=None if app.system else "com.android.vending",
    )


def chatter(phone: Phone) -> None:
    """What an emulator's SystemUI logs each second: adbutils' logcat ends only at a line."""
    for process in phone.processes.by_name("com.android.systemui")[:1]:
        times = "avg=1000.05ms min=999.62ms max=1000.48ms count=1"
        phone.log.write(
            "D", "EGL_emulation", f"app_time_stats: {times}", pid=process.pid, uid=process.uid
        )


def start_processes(phone: Phone) -> None:
    """The processes that init and zygote start."""
    for name, uid, pid, rss in PROCESSES:
        process = phone.processes.start(name, uid=uid, pid=pid, ppid=0 if pid < 3 else 1, rss=rss)
        process.state = PROCESS_STATE_PERSISTENT
        process.on_signal = lambda number: None
        if name == "zygote64":
            phone.zygote_pid = pid


def start_system_ui(phone: Phone) -> None:
    """The status bar, the navigation bar, toasts, the keyguard and the shade."""
    if phone.system_ui is None:
        phone.system_ui = apps.system_ui(phone)
    phone.system_ui.start()
