"""Small commands of the device: `sm`, `getevent`, `sendevent`, `bmgr`."""

from __future__ import annotations

import asyncio

from droidcancel.simulator.shell.registry import Invocation, command

TOUCH_DEVICE = "/dev/input/event1"
DEVICES = ((TOUCH_DEVICE, "touchscreen"), ("/dev/input/event0", "Power Button"))


@command("sm", until=30, cost="jvm")
@command("sm", since=31, cost="cmd")
async def sm(invocation: Invocation) -> int:
    """StorageManager: one internal volume, no card."""
    words = invocation.argv[1:]
    answers = {
        "list-disks": "",
        "list-volumes": "private mounted null\nemulated;0 mounted null\n",
        "has-adoptable": "false\n",
        "get-primary-storage-uuid": "null\n",
        "get-fbe-mode": "native\n",
        "is-user-storage-unlocked": f"{str(invocation.phone.power.unlocked_once).lower()}\n",
        "fstrim": "",
    }
    if words and words[0] in answers:
        await invocation.out(answers[words[0]])
        return 0
    await invocation.err("usage: sm list-disks [adoptable]\n       sm list-volumes [public]\n")
    return 1


@command("getevent")
async def getevent(invocation: Invocation) -> int:
    """Lists the input devices; without -p or -i it then waits for events of the hardware."""
    words = invocation.argv[1:]
    for number, (path, name) in enumerate(DEVICES, 1):
        await invocation.out(f'add device {number}: {path}\n  name:     "{name}"\n')
        if "-p" in words or "-lp" in words or "-i" in words:
            width, height = invocation.phone.screen.natural_size
            axes = (
                f"    ABS (0003): 0035  : value 0, min 0, max {width}, fuzz 0, flat 0\n"
                f"                0036  : value 0, min 0, max {height}, fuzz 0, flat 0\n"
            )
            await invocation.out(f"  events:\n{axes if path == TOUCH_DEVICE else ''}")
    if not any(word.startswith("-") and set(word) & set("pi") for word in words):
        await asyncio.Event().wait()
    return 0


@command("sendevent")
async def sendevent(invocation: Invocation) -> int:
    """Raw events go to the hardware's driver, which nothing here listens to."""
    words = invocation.argv[1:]
    if len(words) != 4:
        await invocation.err(f"use: {invocation.name} <device> <type> <code> <value>\n")
        return 1
    if words[0] not in dict(DEVICES):
        await invocation.err(f"could not open {words[0]}, No such file or directory\n")
        return 1
    invocation.phone.unknown_commands["sendevent"] += 1
    return 0


@command("bmgr", cost="jvm")
async def bmgr(invocation: Invocation) -> int:
    """The backup manager, off on this phone."""
    await invocation.out("Backup Manager currently disabled\n")
    return 0
