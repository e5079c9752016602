"""bugreport and bugreportz: every dump in one text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Awaitable, Callable

from droidcancel.simulator.shell.descriptors import Collector
from droidcancel.simulator.shell.registry import DUMPS, Invocation, command
from droidcancel.simulator.shell.toybox.system import kernel
from droidcancel.simulator.shell.toybox.tool import local

MAX_SECTION = 8 << 20
MAX_REPORT = 64 << 20
_SECTIONS = (
    ("UPTIME", ["uptime"]), ("SYSTEM PROPERTIES", ["getprop"]), ("PROCESSES", ["ps", "-A"]),
    ("SYSTEM LOG", ["logcat", "-d", "-v", "threadtime"]), ("FILESYSTEMS & FREE SPACE", ["df"]),
    ("MOUNT", ["mount"]), ("PACKAGES", ["pm", "list", "packages", "-f"]),
)  # fmt: skip


def _heading(inv: Invocation) -> str:
    props, bar = inv.phone.props, "=" * 56
    when = local(inv, inv.phone.clock.time()).strftime("%Y-%m-%d %H:%M:%S")
    return (
        f"{bar}\n== dumpstate: {when}\n{bar}\n\nBuild: {props.get('ro.build.display.id', '')}\n"
        f"Build fingerprint: '{props.get('ro.build.fingerprint', '')}'\n"
        f"Bootloader: unknown\nRadio: unknown\nKernel: Linux version {kernel(inv.api)}\n"
        f"Command line: (unknown)\nUptime: {int(inv.phone.clock.uptime())} s\n\n"
    )


async def _collected(inv: Invocation, argv: list[str]) -> bytes:
    output = Collector(MAX_SECTION)
    await inv.run(argv, stdout=output, stderr=output)
    output.close()
    return bytes(output.data)


async def _report(inv: Invocation, write: Callable[[bytes], Awaitable[None]]) -> None:
    await write(_heading(inv).encode())
    for title, words in _SECTIONS:
        argv = words[:1] if words[0] == "ps" and inv.api < 26 else words
        body = await _collected(inv, argv)
        await write(f"------ {title} ({' '.join(argv)}) ------\n".encode() + body + b"\n")
    for service in DUMPS.names(inv.api):
        body = await _collected(inv, ["dumpsys", service])
        bar = "-" * 79
        await write(f"{bar}\nDUMP OF SERVICE {service}:\n".encode() + body + b"\n")
    await write(b"== dumpstate: done\n")


@command("bugreport", cost="dumpsys")
async def bugreport(inv: Invocation) -> int:
    """The report as text, as it is made."""
    await _report(inv, inv.stdout.write)
    return 0


@command("bugreportz", since=24, cost="dumpsys")
async def bugreportz(inv: Invocation) -> int:
    """The report as a zip file; its path is printed when it is done (-p for progress)."""
    if inv.argv[1:] == ["-v"]:
        await inv.err("1.2\n")
        return 0
    parts: list[bytes] = []

    async def keep(data: bytes) -> None:
        if sum(map(len, parts)) < MAX_REPORT:
            parts.append(data)

    if "-p" in inv.argv:
        await inv.out("BEGIN:/bugreports/bugreport.zip\nPROGRESS:10/100\n")
    await _report(inv, keep)
    stamp = local(inv, inv.phone.clock.time()).strftime("%Y-%m-%d-%H-%M-%S")
    device = inv.phone.props.get("ro.product.device", "generic")
    name = f"bugreport-{device}-{stamp}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.txt", b"".join(parts))
        archive.writestr("main_entry.txt", f"{name}.txt")
    folder = "/data/user_de/0/com.android.shell/files/bugreports"
    inv.phone.fs.mkdir(folder, 0o771, parents=True, uid=2000, gid=2000)
    inv.phone.fs.write(f"{folder}/{name}.zip", buffer.getvalue(), uid=2000, gid=2000)
    await inv.out(f"OK:{folder}/{name}.zip\n")
    return 0
