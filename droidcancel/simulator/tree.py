"""What is on a phone's storage after its first boot (AOSP system/core/rootdir/init.rc)."""

from __future__ import annotations

import stat as st

from droidcancel.simulator.fs import FileSystem
from droidcancel.simulator.fsnode import Node

# path: (mode, uid, gid)
DIRECTORIES: dict[str, tuple[int, int, int]] = {
    "/acct": (0o555, 0, 0),
    "/apex": (0o755, 0, 0),
    "/cache": (0o770, 1000, 2001),
    "/config": (0o500, 0, 0),
    "/data": (0o771, 1000, 1000),
    "/data/anr": (0o775, 1000, 1000),
    "/data/app": (0o771, 1000, 1000),
    "/data/data": (0o771, 1000, 1000),
    "/data/local": (0o751, 0, 0),
    "/data/local/tmp": (0o771, 2000, 2000),
    "/data/local/traces": (0o777, 2000, 2000),
    "/data/media": (0o770, 1023, 1023),
    "/data/misc": (0o1771, 1000, 9998),
    "/data/misc/adb": (0o2750, 1000, 2000),
    "/data/system": (0o770, 1000, 1000),
    "/data/tombstones": (0o771, 1000, 1000),
    "/data/user": (0o711, 1000, 1000),
    "/dev": (0o755, 0, 0),
    "/dev/block": (0o750, 0, 1000),
    "/dev/input": (0o755, 0, 1004),
    "/dev/socket": (0o755, 0, 0),
    "/mnt": (0o755, 0, 1000),
    "/mnt/sdcard": (0o755, 0, 0),
    "/odm": (0o755, 0, 0),
    "/oem": (0o755, 0, 0),
    "/proc": (0o555, 0, 0),
    "/product": (0o755, 0, 0),
    "/storage": (0o711, 0, 1028),
    "/storage/emulated": (0o711, 0, 1015),
    "/storage/emulated/0": (0o2771, 0, 1015),
    "/storage/self": (0o755, 0, 0),
    "/sys": (0o555, 0, 0),
    "/system": (0o755, 0, 0),
    "/system/app": (0o755, 0, 0),
    "/system/bin": (0o751, 0, 2000),
    "/system/etc": (0o755, 0, 0),
    "/system/fonts": (0o755, 0, 0),
    "/system/framework": (0o755, 0, 0),
    "/system/lib": (0o755, 0, 0),
    "/system/lib64": (0o755, 0, 0),
    "/system/media": (0o755, 0, 0),
    "/system/priv-app": (0o755, 0, 0),
    "/system/usr": (0o755, 0, 0),
    "/system/xbin": (0o751, 0, 2000),
    "/system_ext": (0o755, 0, 0),
    "/vendor": (0o755, 0, 2000),
    "/vendor/bin": (0o751, 0, 2000),
}
SHARED = (
    "Alarms Android Android/data Android/media Android/obb Audiobooks DCIM DCIM/Camera Documents"
    " Download Movies Music Notifications Pictures Pictures/Screenshots Podcasts Recordings"
    " Ringtones"
)
LINKS = {
    "/bin": "/system/bin",
    "/d": "/sys/kernel/debug",
    "/data/user/0": "/data/data",
    "/etc": "/system/etc",
    "/sdcard": "/storage/self/primary",
    "/storage/self/primary": "/storage/emulated/0",
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}
# name: (major, minor) as in the kernel's devices.txt
DEVICES = {
    "null": (1, 3),
    "zero": (1, 5),
    "full": (1, 7),
    "random": (1, 8),
    "urandom": (1, 9),
    "tty": (5, 0),
}


def fill(fs: FileSystem, api: int) -> None:
    """Make the tree; harmless on a file system that has it already."""
    for path, (mode, uid, gid) in DIRECTORIES.items():
        if not fs.exists(path):
            fs.mkdir(path, mode, uid=uid, gid=gid)
    for name in SHARED.split():
        path = f"/storage/emulated/0/{name}"
        if not fs.exists(path) and (api >= 31 or name != "Recordings"):
            fs.mkdir(path, 0o2770, uid=1023 if api >= 30 else 0, gid=1015)
    for path, target in LINKS.items():
        if not fs.exists(path, follow=False):
            fs.symlink(target, path)
    for name, number in DEVICES.items():
        if not fs.exists(f"/dev/{name}"):
            fs.add_node(f"/dev/{name}", Node(st.S_IFCHR | 0o666, device=number))
    _texts(fs)


def _texts(fs: FileSystem) -> None:
    hosts = b"127.0.0.1       localhost\n::1             ip6-localhost\n"
    for path, text in {
        "/system/etc/hosts": hosts,
        "/system/etc/mkshrc": b"# /system/etc/mkshrc\n",
    }.items():
        if not fs.exists(path):
            fs.write(path, text)
