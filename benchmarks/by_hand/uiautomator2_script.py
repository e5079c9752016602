"""What a person writes with uiautomator2, from its README: upload, wait for the moment, cut.

    python benchmarks/by_hand/uiautomator2_script.py SERIAL VIDEO MOMENT [--to-the-end]

MOMENT is `posting`, a percentage (`40%`) or a size (`3MB`). With --to-the-end it also discards the
upload offline, goes online again, waits, and looks at the profile and the drafts, as the recipe
`cancel_airplane` does.
"""

import re
import sys
import time

import uiautomator2 as u2

APP = "org.droidcancel.clips"
REMOTE = "/sdcard/Movies/by-hand.mp4"
CAPTION = "uploaded by hand"
QUIET_S = 6.0


def upload(d, video):
    d.push(video, REMOTE)
    path = REMOTE.replace("/sdcard", "/storage/emulated/0")
    said = d.shell(["content", "call", "--uri", "content://media", "--method", "scan_file",
                    "--arg", path]).output  # fmt: skip
    uri = re.search(r"content://media/\S+?/\d+", said).group()
    d.app_start(APP, wait=True)
    d(resourceId=f"{APP}:id/tab_home").wait(timeout=20)
    d.shell(["am", "start", "-a", "android.intent.action.SEND", "-t", "video/mp4", "-d", uri,
             "--eu", "android.intent.extra.STREAM", uri, "--grant-read-uri-permission",
             "-p", APP])  # fmt: skip
    d(resourceId=f"{APP}:id/editor_next").click(timeout=20)
    d(resourceId=f"{APP}:id/caption").set_text(CAPTION, timeout=20)
    if d(resourceId=f"{APP}:id/visibility").exists:
        d(resourceId=f"{APP}:id/visibility").click()
        d(resourceId=f"{APP}:id/visibility_only_me").click(timeout=20)
    d(resourceId=f"{APP}:id/post").click(timeout=20)


def sent_bytes(d):
    uid = re.search(r"uid:(\d+)", d.shell(f"pm list packages -U {APP}").output).group(1)
    rows = d.shell("dumpsys netstats").output
    found = re.findall(rf"^ *{uid} \d+ \d+ (\d+) \d+ *$", rows, re.M)
    return int(found[-1]) if found else 0


def wait_for(d, moment, before):
    if moment == "posting":
        d(resourceId=f"{APP}:id/upload_banner").wait(timeout=20)
    elif moment.endswith("%"):
        wanted = int(moment[:-1])
        progress = d(resourceId=f"{APP}:id/upload_progress")
        progress.wait(timeout=20)
        while progress.exists and int(progress.get_text().rstrip("%")) < wanted:
            pass
    else:
        wanted = float(moment.removesuffix("MB")) * 1e6
        while sent_bytes(d) - before < wanted:
            pass


def airplane(d, on):
    d.shell(f"cmd connectivity airplane-mode {'enable' if on else 'disable'}")


def wait_network(d, there):
    while ("Active default network: none" in d.shell("dumpsys connectivity").output) == there:
        time.sleep(0.5)


def to_the_end(d):
    wait_network(d, False)
    d.app_stop(APP)
    d.app_start(APP)
    if d(resourceId=f"{APP}:id/upload_cancel").wait(timeout=5):
        d(resourceId=f"{APP}:id/upload_cancel").click()
        d(resourceId=f"{APP}:id/discard_confirm").click(timeout=5)
        d(resourceId=f"{APP}:id/upload_banner").wait_gone(timeout=5)
    d.app_stop(APP)
    airplane(d, False)
    wait_network(d, True)
    d.app_start(APP)
    d(resourceId=f"{APP}:id/tab_profile").wait(timeout=20)
    ends = time.monotonic() + QUIET_S
    while time.monotonic() < ends:
        if d(resourceId=f"{APP}:id/upload_banner").exists:
            return "resumed"
        time.sleep(1)
    d(resourceId=f"{APP}:id/tab_profile").click()
    d(resourceId=f"{APP}:id/profile_root").wait(timeout=20)
    return "published" if CAPTION in d.dump_hierarchy() else "cancelled"


def main(serial, video, moment, *options):
    d = u2.connect(serial)
    before = sent_bytes(d) if moment.endswith("MB") else 0
    upload(d, video)
    wait_for(d, moment, before)
    airplane(d, True)
    if "--to-the-end" in options:
        print(to_the_end(d))
    else:
        wait_network(d, False)
        airplane(d, False)
    d.shell(["rm", "-f", REMOTE])


if __name__ == "__main__":
    main(*sys.argv[1:])
