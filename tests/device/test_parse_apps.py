"""What phones print of apps, tasks, jobs, media and notifications."""

from __future__ import annotations

import pytest

from droidcancel.device import parse
from droidcancel.device.types import Component
from droidcancel.errors import ParseError

# PackageManagerService, Settings.dumpPackageLPr: the shape of Android 11 and of 14 (appId)
PACKAGE_11 = """\
Activity Resolver Table:
  Non-Data Actions:
      android.intent.action.MAIN:
        5a1b0f5 com.x/.Main filter 82fe0d6

Key Set Manager:
  [com.x]
      Signing KeySets: 47

Packages:
  Package [com.x] (b1946ac):
    userId=10123
    pkg=Package{92ba7a1 com.x}
    codePath=/data/app/~~aa==/com.x-bb==
    versionCode=430104 minSdk=21 targetSdk=33
    versionName=43.1.4
    splits=[base]
    flags=[ HAS_CODE ALLOW_CLEAR_USER_DATA ]
    privateFlags=[ PRIVATE_FLAG_ACTIVITIES_RESIZE_MODE_RESIZEABLE ]
    User 0: ceDataInode=131 installed=true hidden=false suspended=false distractionFlags=0 \
stopped=true notLaunched=false enabled=0 instant=false virtual=false
      gids=[3003]
  Package [com.x.plugin] (1234567):
    userId=10999
    versionCode=1 minSdk=21 targetSdk=33
    versionName=0.1
    User 0: ceDataInode=0 installed=true hidden=false suspended=false stopped=false enabled=0

Hidden system packages:
  Package [com.x] (7654321):
    userId=10123
    versionCode=1 minSdk=21 targetSdk=30
    versionName=factory
    User 0: ceDataInode=0 installed=true stopped=false
"""
PACKAGE_14 = """\
Packages:
  Package [com.sys] (b1946ac):
    appId=1000
    versionCode=34 minSdk=34 targetSdk=34
    versionName=14
    pkgFlags=[ SYSTEM HAS_CODE PERSISTENT ]
    User 0: ceDataInode=1 deDataInode=2 installed=true hidden=false suspended=false \
stopped=false notLaunched=false enabled=0
"""


def test_a_package_is_read_out_of_its_own_block() -> None:
    info = parse.parse_package_dump(PACKAGE_11, "com.x")
    assert info is not None
    assert (info.version_name, info.version_code, info.uid) == ("43.1.4", 430104, 10123)
    assert (info.stopped, info.system) == (True, False)
    other = parse.parse_package_dump(PACKAGE_14, "com.sys")
    assert other is not None
    assert (other.uid, other.system, other.stopped) == (1000, True, False)


def test_a_package_that_is_not_there_is_none() -> None:
    assert parse.parse_package_dump("Unable to find package: com.z\n", "com.z") is None
    assert parse.parse_package_dump(PACKAGE_11, "com.x.plug") is None


def test_a_package_without_a_stopped_flag_is_refused() -> None:
    with pytest.raises(ParseError, match="stopped"):
        parse.parse_package_dump(PACKAGE_11.replace("stopped=", "halted="), "com.x")


def test_the_list_of_packages() -> None:
    text = "package:com.x uid:10123\npackage:com.x.y uid:10124,1010124\n"
    assert parse.parse_package_uids(text) == {"com.x": 10123, "com.x.y": 10124}
    with pytest.raises(ParseError):
        parse.parse_package_uids("Error: Unknown option: -U\n")


TOYBOX_PS = """\
USER           PID  PPID     VSZ    RSS WCHAN            ADDR S NAME
root             1     0   12345   6789 0                   0 S init
u0_a123       9001   500 1234567  89012 0                   0 S com.x
u0_a123       9002   500 1234567  89012 0                   0 S com.x:push
u0_a124       9003   500 1234567  89012 0                   0 S com.x.y
"""
TOOLBOX_PS = """\
USER      PID   PPID  VSIZE  RSS   WCHAN              PC  NAME
u0_a1     1318  123   1010000 27580 SyS_epoll_ 0000000000 S com.x
"""  # as quoted in uiautomator2's source


def test_processes_of_a_package() -> None:
    assert parse.pids_of(parse.parse_ps(TOYBOX_PS), "com.x") == [9001, 9002]
    assert parse.pids_of(parse.parse_ps(TOOLBOX_PS), "com.x") == [1318]
    with pytest.raises(ParseError):
        parse.parse_ps("bad pid '-A'\n")


# ServiceRecord.dump
SERVICES = """\
ACTIVITY MANAGER SERVICES (dumpsys activity services)
  User 0 active services:
  * ServiceRecord{9f2f9f2 u0 com.x/.Idle}
    intent={cmp=com.x/.Idle}
    isForeground=false foregroundId=0 foregroundNoti=null
  * ServiceRecord{c0ffee u0 com.x/com.x.up.Upload c:com.x}
    packageName=com.x
    isForeground=true foregroundId=42 types=0x00000001 foregroundNoti=Notification(channel=up)
"""


def test_foreground_services() -> None:
    found = parse.parse_foreground_services(SERVICES)
    assert [(str(s.component), s.notification_id) for s in found] == [("com.x/com.x.up.Upload", 42)]
    assert (
        parse.parse_foreground_services(
            "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  (nothing)\n"
        )
        == []
    )
    with pytest.raises(ParseError):
        parse.parse_foreground_services("Can't find service: activity")


# the heads are of Android 10 and 16, as quoted by public repositories and issues
JOBS = """\
Settings:
    min_ready_non_active_jobs_count=1

Registered 3 jobs:
  JOB #u0a123/45: 216a359 com.x/androidx.work.impl.background.systemjob.SystemJobService
    u0a123 tag=*job*/com.x/androidx.work.impl.background.systemjob.SystemJobService#45
    Source: uid=u0a123 user=0 pkg=com.x
    JobInfo:
      Service: com.x/androidx.work.impl.background.systemjob.SystemJobService
      PERSISTED
      Network type: NetworkRequest [ NONE id=0, [ Capabilities: INTERNET] ]
      Network upload bytes: 1048576
    Required constraints: TIMING_DELAY CONNECTIVITY [0x90000000]

    Unsatisfied constraints: CONNECTIVITY [0x10000000]
  JOB androidx.work.systemjobscheduler:u0a217/0: 5d421eb \
#Up#@androidx.work.systemjobscheduler@com.x/androidx.work.impl.background.systemjob.SystemJobService
    Source: uid=u0a217 user=0 pkg=com.x
    Required constraints: DEADLINE [0x40000000]
  JOB #u0a9/7: aaaaaaa com.other/.Svc
    Source: uid=u0a9 user=0 pkg=com.other
    Required constraints: CONNECTIVITY [0x10000000]

Job history:
    -15s819ms START: #u0a123/44 com.x/.Old
Pending queue:
  Pending #0: abc #u0a9/7 com.other/.Svc

Active jobs:
  Slot #0(ID=12): 216a359 #u0a123/45 com.x/androidx.work.impl.background.systemjob.SystemJobService
    Running for: +2s, timeout at: +9m58s
  Slot #1: inactive since -4s216ms, stopped because: none
"""


def test_jobs_of_both_forms() -> None:
    first, second = parse.parse_jobs(JOBS, "com.x")
    assert (first.uid, first.job_id, first.namespace) == ("u0a123", "45", "")
    assert first.service.startswith("com.x/androidx.work.")
    assert (first.needs_network, first.persisted, first.active) == (True, True, True)
    assert first.upload_bytes == 1048576
    assert second.namespace == "androidx.work.systemjobscheduler"
    assert second.service.startswith("com.x/androidx.work.")
    assert (second.needs_network, second.persisted, second.active) == (False, False, False)
    assert parse.parse_jobs(JOBS, "com.y") == []


def test_no_list_of_jobs_is_not_no_jobs() -> None:
    assert parse.parse_jobs("Registered 0 jobs:\n  None.\n", "com.x") == []
    with pytest.raises(ParseError):
        parse.parse_jobs("Can't find service: jobscheduler\n", "com.x")


def test_the_launcher_activity() -> None:
    text = (
        "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\ncom.x/.Main\n"
    )
    assert parse.parse_resolved_activity(text) == Component("com.x", "com.x.Main")
    assert parse.parse_resolved_activity("No activity found\n") is None
    with pytest.raises(ParseError):
        parse.parse_resolved_activity("Unknown command: resolve-activity\n")


@pytest.mark.parametrize(
    "text",
    [
        "    mResumedActivity: ActivityRecord{a1 u0 com.x/.Main t12}\n",  # Android 7 to 9
        "  ResumedActivity: ActivityRecord{868ec37 u0 com.x/.Main t271}\n",  # 10 and later
        "    topResumedActivity=ActivityRecord{12376650 u0 com.x/.Main t349}\n"
        "  ResumedActivity: ActivityRecord{1 u0 com.y/.Under t3}\n",  # 12 and later
        "    mResumedActivity: null\n    mResumedActivity: ActivityRecord{a1 u0 com.x/.Main t12}\n",
    ],
)
def test_the_resumed_activity(text: str) -> None:
    assert parse.parse_resumed(text) == Component("com.x", "com.x.Main")


def test_nothing_resumed_and_unreadable_are_told_apart() -> None:
    assert parse.parse_resumed("    mResumedActivity: null\n") is None
    with pytest.raises(ParseError):
        parse.parse_resumed("")
    focus = "  mCurrentFocus=Window{48b4735 u0 com.x/com.x.Main}\n"
    assert parse.parse_focus("  mCurrentFocus=null\n" + focus) == Component("com.x", "com.x.Main")
    assert parse.parse_focus("  mCurrentFocus=Window{48b4735 u0 NotificationShade}\n") is None
    with pytest.raises(ParseError):
        parse.parse_focus("no such thing")


RECENTS = """\
ACTIVITY MANAGER RECENT TASKS (dumpsys activity recents)
mRecentsUid=10138
  Recent tasks:
  * Recent #0: Task{1814e4e #42 type=standard A=10086:com.x U=0 visible=true}
    userId=0 effectiveUid=u0a86 mCallingUid=u0a86
    intent={flg=0x10000000 cmp=com.x/.Splash}
    mActivityComponent=com.x/.Main
    Activities=[ActivityRecord{111 u0 com.x/.Main t42}]
  * Recent #1: Task{bbb2222 #43 type=home I=com.miui.home/.launcher.Launcher}
    mActivityComponent=com.miui.home/.launcher.Launcher
  * Recent #2: TaskRecord{e6d7a8e #156 A=com.old U=0 StackId=1 sz=1}
    realActivity=com.old/.Blog
  Visible recent tasks (most recent first):
  * RecentTaskInfo #0:
    id=42 userId=0 hasTask=true
"""  # shapes of Android 14, HyperOS and Android 7, as public fixtures quote them


def test_recents_of_every_form() -> None:
    tasks = parse.parse_recents(RECENTS)
    assert [(t.task_id, t.package, str(t.component)) for t in tasks] == [
        (42, "com.x", "com.x/com.x.Main"),
        (43, "com.miui.home", "com.miui.home/com.miui.home.launcher.Launcher"),
        (156, "com.old", "com.old/com.old.Blog"),
    ]
    assert parse.parse_recents("ACTIVITY MANAGER RECENT TASKS (dumpsys activity recents)\n") == []
    with pytest.raises(ParseError):
        parse.parse_recents("Unknown command: recents")


@pytest.mark.parametrize(
    ("head", "stack"),
    [("Stack id=5", 5), ("RootTask id=28", 28)],
)
def test_stacks_of_both_forms(head: str, stack: int) -> None:
    text = (
        f"{head} bounds=[0,0][1080,2400] displayId=0 userId=0\n"
        " configuration={1.0 310mcc260mnc [en_US] ldltr sw411dp}\n"
        "  taskId=28: com.x/com.x.Main bounds=[0,0][1080,2400] userId=0 visible=true "
        "topActivity=ComponentInfo{com.x/com.x.Main}\n"
        "  taskId=29: unknown bounds=[0,0][0,0] userId=0 visible=false\n"
    )
    tasks = parse.parse_stacks(text)
    assert [(t.task_id, t.stack_id, t.package) for t in tasks] == [
        (28, stack, "com.x"),
        (29, stack, ""),
    ]
    with pytest.raises(ParseError):
        parse.parse_stacks("Error: unknown command 'stack'\n")


# KeyguardServiceDelegate.dump
POLICY = """\
  KeyguardServiceDelegate
    showing=true
    showingAndNotOccluded=true
    inputRestricted=false
    occluded=false
    secure={secure}
    dreaming=false
    systemIsReady=true
    bootCompleted=true
    screenState=SCREEN_STATE_ON
    interactiveState=INTERACTIVE_STATE_AWAKE
"""


def test_the_lock_screen() -> None:
    guard = parse.parse_keyguard("WINDOW MANAGER POLICY STATE\n" + POLICY.format(secure="true"))
    assert (guard.showing, guard.secure, guard.awake) == (True, True, True)
    assert not parse.parse_keyguard(POLICY.format(secure="false")).secure
    with pytest.raises(ParseError):
        parse.parse_keyguard("showing=true\nsecure=true\n")


@pytest.mark.parametrize(
    ("out", "err", "ok"),
    [
        ("Starting: Intent { cmp=com.x/.Main }\n", "", True),
        (
            "Starting: Intent { cmp=com.x/.Main }\n",
            "Warning: Activity not started, its current task has been brought to the front\n",
            True,
        ),
        (
            "Starting: Intent { cmp=com.x/.No }\n",
            "Error type 3\nError: Activity class {com.x/com.x.No} does not exist.\n",
            False,
        ),
        (
            "Starting: Intent { cmp=com.x/.Secret }\n",
            "\nException occurred while executing 'start':\njava.lang.SecurityException: no\n",
            False,
        ),
        ("", "", False),
    ],
)
def test_whether_an_activity_started(out: str, err: str, ok: bool) -> None:
    assert parse.started(out, err) is ok


def test_rows_of_a_content_provider() -> None:
    columns = ("_id", "_data", "_size")
    text = "Row: 0 _id=42, _data=/storage/emulated/0/Movies/a, b=c.mp4, _size=1000\n"
    assert parse.parse_rows(text, columns) == [
        {"_id": "42", "_data": "/storage/emulated/0/Movies/a, b=c.mp4", "_size": "1000"}
    ]
    assert parse.parse_rows("Row: 0 _id=1, _data=NULL, _size=NULL\n", columns) == [
        {"_id": "1", "_data": None, "_size": None}
    ]
    assert parse.parse_rows("No result found.\n", columns) == []
    with pytest.raises(ParseError):
        parse.parse_rows("Error while accessing provider:media\n", columns)


def test_the_id_of_a_scanned_file() -> None:
    uri = "content://media/external_primary/video/media/42"
    good = f"Result: Bundle[{{android.intent.extra.STREAM={uri}}}]\n"
    assert parse.parse_scanned(good) == 42
    for bad in ("Result: Bundle[{android.intent.extra.STREAM=null}]", "Result: null", ""):
        assert parse.parse_scanned(bad) is None


def test_the_screen_and_the_storage() -> None:
    assert parse.parse_screen_size("Physical size: 1080x2400\n") == (1080, 2400)
    text = "Physical size: 1080x2400\nOverride size: 720x1600\n"
    assert parse.parse_screen_size(text) == (720, 1600)
    with pytest.raises(ParseError):
        parse.parse_screen_size("")
    assert parse.parse_density("Physical density: 420\n") == 420
    assert parse.parse_density("Physical density: 420\nOverride density: 360\n") == 360
    with pytest.raises(ParseError):
        parse.parse_density("")
    df = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/x 100 40 60 40% /data\n"
    assert parse.parse_df(df) == 60 * 1024
    with pytest.raises(ParseError):
        parse.parse_df("df: /data: Permission denied\n")


# NotificationRecord.dump
NOTIFICATIONS = """\
Current Notification Manager state:
  Notification List:
    NotificationRecord(0x01: pkg=com.other user=UserHandle{0} id=1 tag=null importance=3)
      extras={
        android.progress=Integer (1)
        android.progressMax=Integer (2)
      }
    NotificationRecord(0x0badcafe: pkg=com.x user=UserHandle{0} id=42 tag=null importance=2)
      extras={
        android.title=String (Uploading)
        android.progress=Integer (45)
        android.progressMax=Integer (100)
        android.progressIndeterminate=Boolean (false)
      }
"""


def test_progress_in_notifications() -> None:
    (bar,) = parse.parse_progress(NOTIFICATIONS, "com.x")
    assert bar.percent == 45.0
    assert parse.parse_progress(NOTIFICATIONS, "com.y") == []
    waiting = NOTIFICATIONS.replace("(false)", "(true)")
    assert parse.parse_progress(waiting, "com.x")[0].percent is None
    with pytest.raises(ParseError):
        parse.parse_progress("Can't find service: x", "com.x")
