"""du, df, mount."""

from __future__ import annotations

import stat as st

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    complain,
    each,
    human,
    tool,
)


@tool("du", spec="abcd:hkmsxLH", long={"max-depth": "d"})
async def du(inv: Invocation, options: Options) -> int:
    unit = {"b": 1, "m": 1 << 20}.get(next((c for c in "bm" if c in options), ""), 1024)
    limit = 0 if "s" in options else options.number("d", 1 << 30)
    grand = 0

    def shown(count: int) -> str:
        return human(count) if "h" in options else str(-(-count // unit))

    async def measure(name: str, depth: int) -> int:
        found = inv.files.stat(name, False)
        total = found.size if "b" in options else found.blocks * 512
        if st.S_ISDIR(found.mode):
            try:
                names = inv.files.listdir(name)
            except FsError as error:
                await complain(inv, name, error)
                names = []
            for entry in names:
                total += await measure(f"{name.rstrip('/')}/{entry}", depth + 1)
        if depth == 0 or (depth <= limit and (st.S_ISDIR(found.mode) or "a" in options)):
            await inv.out(f"{shown(total)}\t{name}\n")
        return total

    async def top(name: str) -> None:
        nonlocal grand
        grand += await measure(name, 0)

    status = await each(inv, options.words or ["."], top)
    if "c" in options:
        await inv.out(f"{shown(grand)}\ttotal\n")
    return status


def mounts(inv: Invocation) -> list[tuple[str, str, str, str]]:
    """Device, mount point, type and options of each file system."""
    data = "rw,lazytime,seclabel,nosuid,nodev,noatime"
    fuse = "rw,lazytime,nosuid,nodev,noexec,noatime,user_id=0,group_id=0,allow_other"
    system = "ro,seclabel,nodev,relatime"
    kind = "fuse" if inv.api >= 30 else "sdcardfs"
    source = "/dev/fuse" if inv.api >= 30 else "/data/media"
    return [
        ("/dev/block/dm-0", "/", "ext4", system),
        ("tmpfs", "/dev", "tmpfs", "rw,seclabel,nosuid,relatime,mode=755"),
        ("proc", "/proc", "proc", "rw,relatime,gid=3009,hidepid=2"),
        ("sysfs", "/sys", "sysfs", "rw,seclabel,relatime"),
        ("/dev/block/dm-1", "/vendor", "ext4", system),
        ("/dev/block/dm-5", "/data", "f2fs", data),
        (source, "/storage/emulated", kind, fuse),
    ]


def _df_rows(inv: Invocation, points: list[str]) -> list[tuple[str, int, int, str]]:
    fs, seen, rows = inv.phone.fs, set(), []
    table = sorted(mounts(inv), key=lambda mount: len(mount[1]), reverse=True)
    wanted = points or [mount[1] for mount in mounts(inv) if mount[1] not in ("/proc", "/sys")]
    for point in wanted:
        path = fs.resolve(inv.path(point))
        device, mount = next((d, m) for d, m, _, _ in table if f"{path}/".startswith(
            f"{m.rstrip('/')}/"))  # fmt: skip
        if mount in seen and not points:
            continue
        seen.add(mount)
        stored = mount in ("/data", "/storage/emulated")
        total = fs.capacity if stored else 2 << 30 if mount != "/dev" else 1 << 30
        used = fs.used if stored else total - (8 << 20) if mount != "/dev" else 1 << 20
        rows.append((device, total, used, mount))
    return rows


@tool("df", spec="HPkhit:a")
async def df(inv: Invocation, options: Options) -> int:
    for name in options.words:
        inv.files.stat(name)

    def shown(count: int) -> str:
        return human(count) if "h" in options else str(count // 1024)

    size = "Size" if "h" in options else "1K-blocks"
    rows = [("Filesystem", size, "Used", "Avail" if "h" in options else "Available", "Use%",
             "Mounted on")]  # fmt: skip
    for device, total, used, mount in _df_rows(inv, options.words):
        percent = f"{-(-used * 100 // max(1, total))}%"
        rows.append((device, shown(total), shown(used), shown(total - used), percent, mount))
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    for row in rows:
        middle = " ".join(f"{row[i]:>{widths[i]}}" for i in range(1, 5))
        await inv.out(f"{row[0]:<{widths[0]}} {middle} {row[5]}\n")
    return 0


@tool("mount", spec="adfwrno:t:O:v")
async def mount(inv: Invocation, options: Options) -> int:
    if options.words:
        await inv.err(f"mount: '{options.words[0]}'->'{options.words[-1]}': Permission denied\n")
        return 1
    for device, point, kind, flags in mounts(inv):
        await inv.out(f"{device} on {point} type {kind} ({flags})\n")
    return 0
