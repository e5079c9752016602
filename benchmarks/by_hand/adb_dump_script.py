"""What a person writes with adb alone: `uiautomator dump` to look, `input tap` to touch.

    python benchmarks/by_hand/adb_dump_script.py SERIAL VIDEO MOMENT

MOMENT is `posting`, a percentage (`40%`) or a size (`3MB`). ADB names the adb to use.
"""

import os
import re
import subprocess
import sys
import time

APP = "org.droidcancel.clips"
NEXT = 798, 2174  # where the editor's button is on this screen
REMOTE = "/sdcard/Movies/by-hand.mp4"
ADB = os.environ.get("ADB", "adb")


def adb(*words):
    done = subprocess.run([ADB, "-s", SERIAL, *words], capture_output=True, text=True)
    return done.stdout


def shell(line):
    return adb("shell", line)


def dump():
    return shell("uiautomator dump /sdcard/ui.xml >/dev/null; cat /sdcard/ui.xml")


def find(xml, name):
    """Bounds and text of the node with that resource-id."""
    for node in re.findall(r"<node[^>]*>", xml):
        if f'resource-id="{APP}:id/{name}"' in node:
            left, top, right, bottom = map(
                int, re.search(r'bounds="\[(\d+),(\d+)\]\[(\d+),(\d+)\]"', node).groups()
            )
            text = re.search(r' text="([^"]*)"', node).group(1)
            return (left + right) // 2, (top + bottom) // 2, text
    return None


def wait(name, seconds=30):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = find(dump(), name)
        if found:
            return found
    raise SystemExit(f"{name} did not show")


def tap(name):
    x, y, _ = wait(name)
    shell(f"input tap {x} {y}")


def upload(video):
    adb("push", video, REMOTE)
    path = REMOTE.replace("/sdcard", "/storage/emulated/0")
    said = shell(f"content call --uri content://media --method scan_file --arg {path}")
    uri = re.search(r"content://media/\S+?/\d+", said).group()
    shell(f"monkey -p {APP} -c android.intent.category.LAUNCHER 1")
    wait("tab_home")
    shell(
        f"am start -a android.intent.action.SEND -t video/mp4 -d {uri} "
        f"--eu android.intent.extra.STREAM {uri} --grant-read-uri-permission -p {APP}"
    )
    # the editor plays the video, and uiautomator dump gives up on what is never idle
    while "EditActivity" not in shell("dumpsys activity activities | grep ResumedActivity"):
        pass
    shell("input tap {} {}".format(*NEXT))
    tap("caption")
    shell("input text by%shand")
    shell("input keyevent 4")  # the keyboard lies over the button
    tap("post")


def sent_bytes(uid):
    found = re.findall(rf"^ *{uid} \d+ \d+ (\d+) \d+ *$", shell("dumpsys netstats"), re.M)
    return int(found[-1]) if found else 0


def wait_for(moment, uid, before):
    if moment == "posting":
        wait("upload_banner")
    elif moment.endswith("%"):
        wanted, seen = int(moment[:-1]), False
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            found = find(dump(), "upload_progress")
            if (found and int(found[2].rstrip("%")) >= wanted) or (seen and not found):
                return
            seen = seen or found is not None
        raise SystemExit("upload_progress did not show")
    else:
        wanted = float(moment.removesuffix("MB")) * 1e6
        while sent_bytes(uid) - before < wanted:
            pass


def wait_network(there):
    while ("Active default network: none" in shell("dumpsys connectivity")) == there:
        time.sleep(0.5)


def main(video, moment):
    uid = re.search(r"uid:(\d+)", shell(f"pm list packages -U {APP}")).group(1)
    before = sent_bytes(uid) if moment.endswith("MB") else 0
    upload(video)
    wait_for(moment, uid, before)
    shell("cmd connectivity airplane-mode enable")
    wait_network(False)
    shell("cmd connectivity airplane-mode disable")
    shell(f"rm -f {REMOTE}")


if __name__ == "__main__":
    SERIAL = sys.argv[1]
    main(*sys.argv[2:])
