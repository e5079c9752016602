"""`content` in the phone's own shell, and the media library behind it."""

from __future__ import annotations

import pytest

from droidcancel.simulator.content_query import QueryError, select
from tests.simulator.android_phone import asynchronous, lab

VIDEOS = "content://media/external/video/media"
SCAN = "content call --uri content://media --method scan_file --arg"


@pytest.mark.parametrize("api", [30, 33, 36])
@asynchronous
async def test_scan_then_query_then_delete(api: int) -> None:
    async with lab(api=api) as it:
        it.video()
        stat = it.phone.fs.stat("/sdcard/Movies/clip.mp4")
        scanned = await it.out(f"{SCAN} /storage/emulated/0/Movies/clip.mp4")
        assert scanned == (
            "Result: Bundle[{android.intent.extra.STREAM="
            "content://media/external_primary/video/media/1}]\n"
        )
        where = "\"_display_name='clip.mp4'\""
        columns = "_id:_data:_size:duration:width:height"
        row = await it.out(f"content query --uri {VIDEOS} --projection {columns} --where {where}")
        assert row == (
            f"Row: 0 _id=1, _data=/storage/emulated/0/Movies/clip.mp4, _size={stat.size}, "
            "duration=2500, width=720, height=1280\n"
        )
        assert await it.out(f"content delete --uri {VIDEOS} --where '_id=1'") == ""
        assert not it.phone.fs.exists("/sdcard/Movies/clip.mp4")
        assert await it.out(f"content query --uri {VIDEOS}") == "No result found.\n"


@asynchronous
async def test_scan_of_nothing() -> None:
    async with lab() as it:
        text = await it.out(f"{SCAN} /sdcard/none.mp4")
        assert text == "Result: Bundle[{android.intent.extra.STREAM=null}]\n"


@asynchronous
async def test_scan_call_of_api_29_and_28_throws_and_still_returns_0() -> None:
    for api, error in ((29, "NullPointerException"), (28, "UnsupportedOperationException")):
        async with lab(api=api) as it:
            it.video()
            done = await it.sh(f"{SCAN} /sdcard/Movies/clip.mp4")
            assert done.stdout == ""
            assert done.stderr.startswith("Error while accessing provider:media\njava.lang.")
            assert error in done.stderr
            assert done.status == 0
            assert it.phone.media.videos() == []


@asynchronous
async def test_rows_go_with_their_files() -> None:
    async with lab() as it:
        it.video("/sdcard/DCIM/Camera/one.mp4")
        it.video("/sdcard/DCIM/Camera/two.mp4")
        for name in ("one", "two"):
            await it.out(f"{SCAN} /sdcard/DCIM/Camera/{name}.mp4")
        await it.out("rm /sdcard/DCIM/Camera/one.mp4")
        names = await it.out(f"content query --uri {VIDEOS} --projection _display_name --sort _id")
        assert names == "Row: 0 _display_name=two.mp4\n"


@asynchronous
async def test_a_reboot_indexes_what_was_never_scanned() -> None:
    async with lab() as it:
        it.video()
        assert it.phone.media.videos() == []
        await it.phone.reboot()
        assert [row.name for row in it.phone.media.videos()] == ["clip.mp4"]


@asynchronous
async def test_sorting_and_other_tables() -> None:
    async with lab() as it:
        it.video("/sdcard/Movies/a.mp4", 1)
        it.video("/sdcard/Movies/b.mp4", 9)
        it.phone.fs.write("/sdcard/Movies/note.txt", b"text")
        it.phone.media.scan("/sdcard/Movies")
        sort = "--projection _display_name:duration --sort 'duration DESC'"
        text = await it.out(f"content query --uri {VIDEOS} {sort}")
        assert text == (
            "Row: 0 _display_name=b.mp4, duration=9000\nRow: 1 _display_name=a.mp4, duration=1000\n"
        )
        files = await it.out(
            "content query --uri content://media/external/file --projection _display_name:duration"
            " --where 'media_type=0'"
        )
        assert files == "Row: 0 _display_name=note.txt, duration=NULL\n"
        images = await it.out("content query --uri content://media/external/images/media")
        assert images == "No result found.\n"


@asynchronous
async def test_hidden_files_are_no_media() -> None:
    async with lab() as it:
        it.video("/sdcard/Movies/.hidden.mp4")
        it.video("/sdcard/Movies/quiet/x.mp4")
        it.phone.fs.write("/sdcard/Movies/quiet/.nomedia", b"")
        it.video("/data/local/tmp/x.mp4")
        for path in ("/sdcard/Movies/.hidden.mp4", "/sdcard/Movies/quiet/x.mp4"):
            assert it.phone.media.scan(path) is None
        assert it.phone.media.scan("/data/local/tmp/x.mp4") is None


@asynchronous
async def test_update_renames_and_read_gives_the_bytes() -> None:
    async with lab() as it:
        it.video()
        it.phone.media.scan("/sdcard/Movies/clip.mp4")
        await it.out(f"content update --uri {VIDEOS}/1 --bind _display_name:s:new.mp4")
        assert it.phone.fs.exists("/sdcard/Movies/new.mp4")
        size = it.phone.fs.stat("/sdcard/Movies/new.mp4").size
        assert await it.out(f"content read --uri {VIDEOS}/1 | wc -c") == f"{size}\n"
        missing = await it.sh(f"content read --uri {VIDEOS}/99")
        assert "java.io.FileNotFoundException" in missing.stderr
        assert missing.status == 0


@asynchronous
async def test_reading_takes_the_permission_of_the_api_level() -> None:
    for api, permission in ((32, "READ_EXTERNAL_STORAGE"), (36, "READ_MEDIA_VIDEO")):
        async with lab(api=api) as it:
            it.video()
            row = it.phone.media.scan("/sdcard/Movies/clip.mp4")
            package = it.phone.packages.get("org.example.demo")
            assert row is not None
            assert package is not None
            with pytest.raises(PermissionError, match=r"org\.example\.demo has no access to"):
                it.phone.media.open(row.uri, package.uid)
            package.granted[f"android.permission.{permission}"] = True
            assert it.phone.media.open(row.uri, package.uid).size == row.size


@asynchronous
async def test_settings_provider() -> None:
    async with lab() as it:
        uri = "content://settings/global"
        await it.out(f"content insert --uri {uri} --bind name:s:my_key --bind value:s:yes")
        assert await it.out("settings get global my_key") == "yes\n"
        row = await it.out(f"content query --uri {uri} --where \"name='my_key'\"")
        assert row.endswith("name=my_key, value=yes\n")
        called = "content call --uri content://settings --method GET_global --arg my_key"
        assert await it.out(called) == "Result: Bundle[{value=yes}]\n"
        await it.out(f"content delete --uri {uri} --where \"name='my_key'\"")
        assert await it.out("settings get global my_key") == "null\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("query", "Content provider URI not specified. Did you specify --uri argument?"),
        ("frob", "Unsupported operation: frob"),
        (f"query --uri {VIDEOS} --where", "Argument expected after --where"),
        (f"query --uri {VIDEOS} --frob x", "Unsupported argument: --frob"),
        (f"insert --uri {VIDEOS} --bind broken", "Binding not well formed: broken"),
    ],
)
@asynchronous
async def test_usage_errors_go_to_stdout(words: str, message: str) -> None:
    async with lab() as it:
        done = await it.sh(f"content {words}")
        assert done.stdout.startswith(f"[ERROR] {message}\n\nusage: adb shell content")
        assert (done.stderr, done.status) == ("", 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--uri content://no.such/x", "Could not find provider: no.such"),
        ("--uri content://media/nowhere", "java.lang.IllegalArgumentException: Unknown URL"),
        (f"--uri {VIDEOS} --where 'foo('", "android.database.sqlite.SQLiteException: "),
        (f"--uri {VIDEOS} --projection nope", "Invalid column nope"),
    ],
)
@asynchronous
async def test_provider_errors_go_to_stderr(words: str, message: str) -> None:
    async with lab() as it:
        done = await it.sh(f"content query {words}")
        assert message in done.stderr
        assert (done.stdout, done.status) == ("", 0)


TABLE = {"_id": [1, 2, 3], "name": ["a", "b", None]}


def test_conditions_are_sql() -> None:
    assert select(TABLE, ["_id"], "name IS NOT NULL AND _id > 1", None)[1] == [(2,)]
    assert select(TABLE, None, "name LIKE 'A'", None)[1] == [(1, "a")]


@pytest.mark.parametrize(
    "where",
    [
        "1); DROP TABLE t; --",
        "_id = load_extension('x')",
        "length(randomblob(100000000)) > 0",
        "length(printf('%1000000000d', 1)) > 0",
        "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c)",
        "1=1) UNION SELECT readfile('/etc/passwd'), 2 --",
        "x" * 5000,
    ],
)
def test_a_condition_can_only_read_the_table(where: str) -> None:
    with pytest.raises(QueryError):
        select(TABLE, None, where, None)


def test_a_condition_cannot_take_for_ever() -> None:
    ids = list(range(300))
    with pytest.raises(QueryError, match="interrupted"):
        select({"_id": ids}, None, "(SELECT count(*) FROM t a, t b, t c, t d) > 0", None)
