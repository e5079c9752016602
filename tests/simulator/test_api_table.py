"""What each Android from 7.0 to 17 answers to the commands that automation relies on.

One row is a command at some API levels: what it prints on either stream, and its exit status. The
first column is the section of the collected Android facts that says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.simulator.android_phone import PKG, asynchronous, lab

LEVELS = range(24, 38)
RELEASES = {
    24: "7.0", 25: "7.1.1", 26: "8.0.0", 27: "8.1.0", 28: "9", 29: "10", 30: "11", 31: "12",
    32: "12", 33: "13", 34: "14", 35: "15", 36: "16", 37: "17",
}  # fmt: skip
NO_SHELL = "No shell command implementation.\n"
VIDEOS = "content://media/external/video/media"


@dataclass(frozen=True)
class Row:
    """`out` and `err` are whole texts, or patterns to be found where they begin with ~."""

    section: str
    command: str
    out: str = ""
    err: str = ""
    rc: int = 0
    since: int = 24
    until: int = 37

    def differs(self, stdout: str, stderr: str, status: int) -> str:
        """What is not as it should be, in words; empty where all is."""
        same = _fits(self.out, stdout) and _fits(self.err, stderr) and status == self.rc
        wanted, got = (self.out, self.err, self.rc), (stdout[:400], stderr[:400], status)
        return "" if same else f"[{self.section}] {self.command}: {got} instead of {wanted}"


def _fits(wanted: str, got: str) -> bool:
    if wanted.startswith("~"):
        return re.search(wanted[1:], got, re.MULTILINE) is not None
    return wanted == got


# -- what changes nothing ---------------------------------------------------------------------
READS = (
    # exit codes and streams
    Row("0", "cmd nosuch x", err="cmd: Can't find service: nosuch\n", rc=20),
    Row("0", "dumpsys nosuch 2>&1", "Can't find service: nosuch\n"),
    Row("0", "cmd activity frob", err=NO_SHELL, until=25),
    Row("0", "cmd activity frob", "Unknown command: frob\n", rc=255, since=26),
    Row("0", "input frob", err="~^Usage: input .*\n", until=30),
    Row("0", "input frob", "Unknown command: frob\n", since=31),
    Row("0", "cmd input frob", err=NO_SHELL, until=30),
    Row("0", "input tap x y", err="~Exception occurred while executing 'tap'", rc=255, since=31),
    Row("0", "content query --uri content://no.such/x",
        err="~^Error while accessing provider:no.such\n"),
    Row("0", "content frob", "~^\\[ERROR\\] Unsupported operation: frob\n"),
    Row("0", "am force-stop 'x;echo INJECTED'"),
    Row("0", "am force-stop x;echo INJECTED", "INJECTED\n"),
    Row("0", "nosuchprogram", err="/system/bin/sh: nosuchprogram: not found\n", rc=127, until=28),
    Row("0", "nosuchprogram", err="/system/bin/sh: nosuchprogram: inaccessible or not found\n",
        rc=127, since=29),
    Row("0", "service check connectivity", "Service connectivity: found\n"),
    # airplane mode
    Row("1.1", "cmd connectivity airplane-mode", err=NO_SHELL, until=27),
    Row("1.2", "cmd connectivity airplane-mode", "disabled\n", since=28),
    Row("1.2", "cmd connectivity airplane-mode enabled", "~^Connectivity service commands:\n",
        rc=255, since=28),
    Row("1.3", "am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true",
        "~^Broadcasting: Intent ", "~SecurityException: Permission Denial: not allowed to send "
        "broadcast android.intent.action.AIRPLANE_MODE from pid=\\d+, uid=2000", rc=1, until=25),
    Row("1.3", "am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true",
        "~^Broadcasting: Intent ", "~SecurityException: Permission Denial: not allowed to send "
        "broadcast android.intent.action.AIRPLANE_MODE from pid=\\d+, uid=2000", rc=255, since=26),
    Row("1.4", "settings get global wifi_on", "1\n"),
    Row("1.4", "settings get global apm_enhancement_enabled", "null\n", until=32),
    Row("1.4", "settings get secure wifi_apm_state", "null\n"),
    Row("1.4", "settings get global airplane_mode_radios", "cell,bluetooth,wifi,nfc,wimax\n"),
    # Wi-Fi and mobile data
    Row("2", "svc wifi frob", err="~usage: svc wifi \\[enable\\|disable\\]", until=29),
    Row("2", "svc wifi frob", "~usage: svc wifi \\[enable\\|disable\\]", rc=1, since=30, until=36),
    Row("2", "svc data frob", "~usage: svc data \\[enable\\|disable\\]", rc=1, since=30, until=36),
    Row("2", "svc wifi enable", until=36),
    Row("2", "svc wifi enable", err="~^Available commands:\n", since=37),
    Row("2", "svc data enable", err="~^Available commands:\n", since=37),
    Row("2", "svc help 2>&1 | grep -c -E '^ +(wifi|data) '", "2\n", until=29),
    Row("2", "svc help 2>&1 | grep -c -E '^ +(wifi|data) '", "0\n", rc=1, since=37),
    Row("2", "cmd wifi set-wifi-enabled true", err=NO_SHELL, until=27),
    Row("2", "cmd wifi set-wifi-enabled enabled", err="~SecurityException", rc=255, since=28,
        until=29),
    Row("2", "cmd wifi set-wifi-enabled true", "Invalid args for set-wifi-enabled: "
        "java.lang.IllegalArgumentException: Expected 'enabled' or 'disabled' as next arg but got "
        "'true'\n", rc=255, since=30),
    Row("2", "cmd wifi set-wifi-enabled enabled", since=30),
    Row("2", "cmd -w wifi set-wifi-enabled enabled", since=30),
    Row("2", "cmd wifi force-low-latency-mode enabled", err="~SecurityException: Uid 2000 does not "
        "have access to force-low-latency-mode wifi command", rc=255, since=30),
    Row("2", "cmd wifi status", "~\\AWifi is enabled\nWifi scanning is ", since=30),
    Row("2", "cmd wifi status", "~^==== Primary ClientModeManager instance ====$", since=31),
    Row("2", "dumpsys wifi | head -1", "Wi-Fi is enabled\n"),
    Row("2", "cmd phone data enable", err=NO_SHELL, until=29),
    Row("2", "cmd phone data enable", since=30),
    Row("2", "dumpsys connectivity | grep -c '^Active default network: 10[0-9]$'", "1\n"),
    Row("2", "dumpsys telephony.registry", "~^ +mDataConnectionState=2$"),
    # killing
    Row("3", "am force-stop no.such"),
    Row("3", "am kill no.such"),
    Row("3", "am stack list", "~\\AStack id=\\d+ bounds=", until=30),
    Row("3", "am stack list", "~\\ARootTask id=\\d+ bounds=", since=31),
    Row("3", "am stack list",
        f"~^  taskId=\\d+: {PKG}/.*bounds=.* userId=0 visible=true topActivity="),
    Row("3", "am stack remove 99"),
    Row("3", "am task remove 3", err="Error: unknown command 'remove'\n", rc=255),
    Row("3", "dumpsys activity recents", "~\\* Recent #0: TaskRecord\\{", until=29),
    Row("3", "dumpsys activity recents",
        f"~\\* Recent #0: Task\\{{\\w+ #\\d+ type=standard A=\\d+:{PKG} ", since=30),
    Row("3", "dumpsys activity recents", f"~realActivity=.*{PKG}/", until=34),
    Row("3", "dumpsys activity recents", f"~mActivityComponent=.*{PKG}/", since=35),
    Row("3", f"dumpsys package {PKG}",
        "~^    User 0: ceDataInode=\\d+ installed=true .*stopped=false "),
    # caches
    Row("4", "cmd package help | grep -c -e --cache-only", "0\n", rc=1, until=32),
    Row("4", "cmd package help | grep -c -e --cache-only", "1\n", since=33),
    Row("4", "pm clear --frob no.such", "Error: Unknown option: --frob\n", rc=1, since=33),
    Row("4", "pm trim-caches 1K"),
    Row("4", "dumpsys diskstats | grep -c '^Cache Sizes: \\['", "1\n", since=26),
    # Data Saver and one app's network; the words were never renamed
    Row("5.1", "cmd netpolicy get restrict-background", "Restrict background status: disabled\n"),
    Row("5.1", "cmd netpolicy set restrict-background", "Error: didn't specify BOOLEAN\n", rc=255),
    Row("5.1", "cmd netpolicy list restrict-background-blacklist",
        "Restrict background blacklisted UIDs: none\n\n"),
    Row("5.1", "cmd netpolicy list restrict-background-whitelist",
        "Restrict background whitelisted UIDs: none\n\n"),
    Row("5.1", "cmd netpolicy list restrict-background-denylist",
        "Error: unknown list type 'restrict-background-denylist'\n", rc=255),
    Row("5.1", "cmd netpolicy remove restrict-background-blacklist 10123",
        "Error: UID 10123 not blacklisted\n", rc=255),
    Row("5.1", "cmd netpolicy list wifi-networks", "AndroidWifi;false\n", until=27),
    Row("5.1", "cmd netpolicy list wifi-networks", "AndroidWifi;none\n", since=28),
    Row("5.1", "dumpsys netpolicy", "~^Restrict background: false$"),
    Row("5.1", f"cmd package list packages -U {PKG}", f"~\\Apackage:{PKG} uid:\\d+\n\\Z"),
    Row("5.2", "cmd connectivity get-chain3-enabled", err=NO_SHELL, until=27),
    Row("5.2", "cmd connectivity get-chain3-enabled", "Unknown command: get-chain3-enabled\n",
        rc=255, since=28, until=32),
    Row("5.2", "cmd connectivity get-chain3-enabled", "chain:disabled\n", since=33),
    Row("5.2", "cmd connectivity help | grep -c chain3", "0\n", rc=1, since=28, until=32),
    Row("5.2", "cmd connectivity help | grep -c chain3-enabled", "2\n", since=33),
    Row("5.2", "cmd connectivity set-package-networking-enabled false no.such",
        "android.content.pm.PackageManager$NameNotFoundException: no.such\n", rc=255, since=33),
    Row("5.2", "cmd connectivity set-package-networking-enabled false com.android.settings",
        "java.lang.RuntimeException: Can't set package firewall rule for system app "
        "com.android.settings with appId 1000\n", rc=255, since=33),
    Row("5.3", f"cmd jobscheduler cancel {PKG}",
        f"Canceling all jobs for {PKG} in user 0\nNo matching jobs found.\n", since=26),
    Row("5.3", f"cmd jobscheduler timeout {PKG}", "No matching executing jobs found.\n"),
    Row("5.3", f"am set-bg-restriction-level {PKG} unrestricted", since=33),
    # bytes by uid
    Row("6", "head -1 /proc/net/xt_qtaguid/stats", "~^idx iface acct_tag_hex uid_tag_int cnt_set "
        "rx_bytes rx_packets tx_bytes ", until=28),
    Row("6", "cat /proc/net/xt_qtaguid/stats",
        err="cat: /proc/net/xt_qtaguid/stats: No such file or directory\n", rc=1, since=29),
    Row("6", "dumpsys netd trafficcontroller",
        "~^ +mAppUidStatsMap::?\n +uid rxBytes rxPackets txBytes txPackets\n", since=29, until=32),
    Row("6", "dumpsys netd trafficcontroller | grep -c 'uid rxBytes'", "0\n", rc=1, since=33),
    Row("6", "dumpsys connectivity trafficcontroller", "~not available on pre-T devices, use "
        "dumpsys netd trafficcontroller instead", since=31, until=32),
    Row("6", "dumpsys connectivity trafficcontroller",
        "~^ +mAppUidStatsMap::?\n +uid rxBytes rxPackets txBytes txPackets\n", since=33, until=33),
    Row("6", "dumpsys connectivity trafficcontroller | grep -c 'uid rxBytes'", "0\n", rc=1,
        since=34),
    Row("6", "dumpsys netstats | grep -c 'uid rxBytes'", "0\n", rc=1, until=33),
    Row("6", "dumpsys netstats", "~^BPF map content:\n(.*\n)+  mAppUidStatsMap:\n"
        "    uid rxBytes rxPackets txBytes txPackets\n", since=34),
    Row("6", "dumpsys netstats --poll", "Forced poll\n"),
    Row("6", "dumpsys netstats detail", '~ident=\\[\\{type=WIFI, subType=COMBINED, networkId="',
        until=30),
    Row("6", "dumpsys netstats detail", '~ident=\\[\\{type=1, ratType=COMBINED, wifiNetworkKey="',
        since=33),
    # media
    Row("7", f"content query --uri {VIDEOS} --projection _id", "No result found.\n"),
    Row("7", "content call --uri content://media --method scan_file --arg /sdcard/Movies/no.mp4",
        err="~^Error while accessing provider:media\n.*UnsupportedOperationException", until=28),
    Row("7", "content call --uri content://media --method scan_file --arg /sdcard/Movies/no.mp4",
        err="~^Error while accessing provider:media\njava.lang.NullPointerException", since=29,
        until=29),
    Row("7", "content call --uri content://media --method scan_file --arg /sdcard/Movies/no.mp4",
        "~^Result: (null|Bundle\\[\\{android.intent.extra.STREAM=null\\}\\])$", since=30),
    Row("7", "am start -n no.such/.Main", "~^Starting: Intent \\{",
        "~^Error type 3\nError: Activity class \\{no.such/no.such.Main\\} does not exist.",
        until=29),
    Row("7", "am start -n no.such/.Main", "~^Starting: Intent \\{",
        "~^Error type 3\nError: Activity class \\{no.such/no.such.Main\\} does not exist.", rc=1,
        since=30),
    # boot and lock
    Row("8", "getprop sys.boot_completed; getprop init.svc.bootanim", "1\nstopped\n"),
    Row("8", "getprop sys.user.0.ce_available", "true\n"),
    Row("8", "am get-started-user-state 0", "RUNNING_UNLOCKED\n"),
    Row("8", "am get-started-user-state 10", "User is not started: 10\n"),
    Row("8", "dumpsys window policy", "~^ +KeyguardServiceDelegate\n +showing=false\n"),
    Row("8", "dumpsys window policy", "~^ +secure=false$"),
    Row("8", "dumpsys window policy", "~^ +interactiveState=INTERACTIVE_STATE_AWAKE$", since=28),
    Row("8", "dumpsys trust", '~^ User "Owner" \\(id=0, flags=0x\\w+\\) \\(current\\): trusted=0, '
        "trustManaged=0, deviceLocked=0, strongAuthRequired=0x0"),
    Row("8", "wm dismiss-keyguard", since=26),
    Row("8", "locksettings get-disabled",
        err="~locksettings: (inaccessible or )?not found", rc=127, until=26),
    Row("8", "locksettings get-disabled", "false\n", since=27),
    Row("8", "locksettings verify --old 1234 2>&1 | head -1",
        "Old password provided but user has no password\n", since=27),
    # recording
    Row("9", "screenrecord --help 2>&1", "~Default / maximum is 180", rc=0, until=33),
    Row("9", "screenrecord --help 2>&1", "~Default is 180. Set to 0\n +to remove the time limit",
        since=34),
    Row("9", "screenrecord --time-limit 200 /sdcard/x.mp4",
        err="Time limit 200s outside acceptable range [1,180]\n", rc=2, until=33),
    Row("9", "settings get system show_touches", "null\n"),
    # an emulator, and which Android it is
    Row("10", "getprop ro.kernel.qemu; getprop ro.boot.qemu", "1\n1\n"),
    *(Row("10", "getprop ro.build.version.sdk; getprop ro.build.version.release",
          f"{api}\n{release}\n", since=api, until=api) for api, release in RELEASES.items()),
    # languages and permissions
    Row("11", f"cmd locale get-app-locales {PKG}", err="cmd: Can't find service: locale\n", rc=20,
        until=32),
    Row("11", f"cmd locale get-app-locales {PKG} --user 0",
        f"Locales for {PKG} for user 0 are []\n", since=33),
    Row("11", f"pm grant {PKG} android.permission.FOO",
        err=f"~SecurityException: Package {PKG} has not requested permission", rc=1, until=27),
    Row("11", f"pm grant {PKG} android.permission.FOO",
        err=f"~SecurityException: Package {PKG} has not requested permission", rc=255, since=28),
    Row("11", f"pm grant {PKG} android.permission.CAMERA"),
    Row("11", "settings get system system_locales", "en-US\n"),
)  # fmt: skip


@pytest.mark.parametrize("api", LEVELS)
def test_what_a_phone_at_rest_answers(api: int) -> None:
    @asynchronous
    async def body() -> None:
        wrong: list[str] = []
        async with lab(api=api) as it:
            await it.start()
            for row in READS:
                if row.since <= api <= row.until:
                    done = await it.sh(row.command)
                    wrong.append(row.differs(done.stdout, done.stderr, done.status))
        assert [text for text in wrong if text] == []

    body()


def test_every_section_has_its_rows() -> None:
    assert {row.section for row in READS} == {
        "0", "1.1", "1.2", "1.3", "1.4", "2", "3", "4", "5.1", "5.2", "5.3", "6", "7", "8", "9",
        "10", "11",
    }  # fmt: skip
