"""The phone's file system."""

from __future__ import annotations

import errno
import os
import stat as st

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from droidcancel.simulator.blob import SPILL_BYTES, Pool
from droidcancel.simulator.fs import Blob, FileSystem, FsError, make_tree

SHELL, APP = 2000, 10123


@pytest.fixture
def fs() -> FileSystem:
    made = FileSystem(lambda: 1700000000.0, 64 << 20)
    make_tree(made, 34)
    return made


def number_of(action: object, *args: object) -> int | None:
    """The errno that an operation fails with, None when it does not."""
    try:
        action(*args)  # type: ignore[operator]
    except OSError as error:
        return error.errno
    return None


# -- contents --------------------------------------------------------------------------------------
def test_blob_holds_what_is_written_at_any_offset() -> None:
    blob = Blob()
    blob.write(3, b"abc")
    blob.append(b"def")
    blob.write(0, b"xyz")
    assert (blob.size, blob.read(), blob.read(4, 3)) == (9, b"xyzabcdef", b"bcd")
    blob.truncate(2)
    blob.truncate(4)
    assert blob.read() == b"xy\0\0"
    assert blob.read(99) == b""


def test_big_blobs_leave_memory_and_keep_their_bytes() -> None:
    pool = Pool(1 << 40)
    blob = Blob(pool)
    piece = os.urandom(SPILL_BYTES // 4 + 1)
    for _ in range(5):
        blob.append(piece)
    assert pool.memory == 0
    assert pool.used == blob.size == 5 * len(piece)
    assert blob.read() == piece * 5
    blob.write(10, b"!!")
    assert blob.read(8, 6) == piece[8:10] + b"!!" + piece[12:14]
    blob.truncate(3)
    assert blob.read() == piece[:3]


def test_memory_of_many_small_files_is_bounded(
    fs: FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("droidcancel.simulator.blob.MEMORY_BYTES", 100_000)
    for index in range(30):
        fs.write(f"/data/local/tmp/{index}", bytes([index]) * 10_000)
    assert fs.memory <= 100_000
    assert all(fs.read(f"/data/local/tmp/{i}") == bytes([i]) * 10_000 for i in range(30))


@settings(max_examples=60, deadline=None)
@given(
    some.lists(
        some.one_of(
            some.tuples(some.just("write"), some.integers(0, 400), some.binary(max_size=300)),
            some.tuples(some.just("truncate"), some.integers(0, 500), some.just(b"")),
        ),
        max_size=12,
    ),
    some.booleans(),
)
def test_blob_is_a_bytearray(steps: list[tuple[str, int, bytes]], spilled: bool) -> None:
    blob, model = Blob(), bytearray()
    if spilled:
        blob.truncate(SPILL_BYTES + 1)
        blob.truncate(0)
    for kind, at, data in steps:
        if kind == "truncate":
            blob.truncate(at)
            model = (model + bytes(max(0, at - len(model))))[:at]
        elif data:
            blob.write(at, data)
            model += bytes(max(0, at - len(model)))
            model[at : at + len(data)] = data
    assert blob.read() == bytes(model)


def test_storage_fills_up_and_is_given_back(fs: FileSystem) -> None:
    before = fs.free
    fs.write("/sdcard/a", bytes(1000))
    assert fs.free == before - 1000
    fs.reserve(fs.free - 10)
    assert number_of(fs.write, "/sdcard/b", bytes(11)) == errno.ENOSPC
    assert fs.read("/sdcard/b") == b""
    fs.unlink("/sdcard/a")
    fs.write("/sdcard/b", bytes(1010))
    assert fs.free == 0


def test_an_open_file_outlives_its_name_and_costs_nothing_more(fs: FileSystem) -> None:
    fs.write("/sdcard/a", b"held")
    blob, used = fs.open_blob("/sdcard/a"), fs.used
    fs.unlink("/sdcard/a")
    blob.append(bytes(5000))
    assert fs.used == used - 4
    assert blob.read(0, 4) == b"held"


# -- paths -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "cwd", "expected"),
    [
        ("a/./b/../c", "/x", "/x/a/c"),
        ("/../..//a/", "/x", "/a"),
        ("", "/x/y", "/x/y"),
        ("..", "/", "/"),
    ],
)
def test_normalize(path: str, cwd: str, expected: str) -> None:
    assert FileSystem.normalize(path, cwd) == expected


def test_sdcard_leads_to_the_shared_storage(fs: FileSystem) -> None:
    fs.write("/sdcard/Movies/v.mp4", b"v")
    assert fs.read("/storage/emulated/0/Movies/v.mp4") == b"v"
    assert fs.resolve("/sdcard/Movies/new") == "/storage/emulated/0/Movies/new"
    assert fs.resolve("/sdcard/../x") == "/storage/emulated/x"
    assert fs.readlink("/sdcard") == "/storage/self/primary"


def test_links_that_turn_in_circles_end(fs: FileSystem) -> None:
    fs.symlink("/sdcard/two", "/sdcard/one")
    fs.symlink("one", "/sdcard/two")
    assert number_of(fs.read, "/sdcard/one") == errno.ELOOP
    assert st.S_ISLNK(fs.stat("/sdcard/one", follow=False).mode)
    fs.symlink("self/self/self/self", "/sdcard/self")
    assert number_of(fs.read, "/sdcard/self") == errno.ELOOP


def test_a_slash_at_the_end_follows_the_link(fs: FileSystem) -> None:
    assert st.S_ISLNK(fs.stat("/sdcard", follow=False).mode)
    assert st.S_ISDIR(fs.stat("/sdcard/", follow=False).mode)
    assert st.S_ISDIR(fs.stat("/sdcard/.", follow=False).mode)


def test_a_link_is_not_called_as_a_directory_is(fs: FileSystem) -> None:
    assert number_of(fs.symlink, "/sdcard", "/data/local/tmp/way/") == errno.ENOENT
    assert "way" not in fs.listdir("/data/local/tmp")


def test_names_and_paths_have_limits(fs: FileSystem) -> None:
    assert number_of(fs.write, "/sdcard/" + "n" * 256, b"") == errno.ENAMETOOLONG
    fs.write("/sdcard/" + "é" * 127, b"")
    assert number_of(fs.write, "/sdcard/" + "é" * 128, b"") == errno.ENAMETOOLONG
    assert number_of(fs.stat, "/" + "a/" * 2100) == errno.ENAMETOOLONG


@pytest.mark.parametrize(
    ("action", "path", "expected"),
    [
        ("read", "/nope", errno.ENOENT),
        ("read", "/sdcard/f/x", errno.ENOTDIR),
        ("read", "/sdcard", errno.EISDIR),
        ("read", "/sdcard/f/", errno.ENOTDIR),
        ("listdir", "/sdcard/f", errno.ENOTDIR),
        ("mkdir", "/sdcard/f", errno.EEXIST),
        ("mkdir", "/sdcard/x/y", errno.ENOENT),
        ("rmdir", "/sdcard/d", errno.ENOTEMPTY),
        ("rmdir", "/sdcard/f", errno.ENOTDIR),
        ("rmdir", "/", errno.EBUSY),
        ("unlink", "/sdcard/d", errno.EISDIR),
        ("unlink", "/nope", errno.ENOENT),
        ("readlink", "/sdcard/f", errno.EINVAL),
    ],
)
def test_errors(fs: FileSystem, action: str, path: str, expected: int) -> None:
    fs.write("/sdcard/f", b"")
    fs.mkdir("/sdcard/d/e", parents=True)
    with pytest.raises(FsError) as caught:
        getattr(fs, action)(path)
    assert (caught.value.errno, caught.value.filename) == (expected, path)


def test_rename(fs: FileSystem) -> None:
    fs.write("/sdcard/a", b"1")
    fs.write("/sdcard/b", b"2")
    fs.rename("/sdcard/a", "/sdcard/b")
    assert (fs.read("/sdcard/b"), fs.exists("/sdcard/a")) == (b"1", False)
    fs.mkdir("/sdcard/d/e", parents=True)
    assert number_of(fs.rename, "/sdcard/d", "/sdcard/d/e/x") == errno.EINVAL
    assert number_of(fs.rename, "/sdcard/b", "/sdcard/d") == errno.EISDIR
    assert number_of(fs.rename, "/sdcard/d", "/sdcard/b") == errno.ENOTDIR
    fs.rename("/sdcard/d", "/sdcard/moved")
    assert fs.isdir("/sdcard/moved/e")


def test_rmtree_frees_all(fs: FileSystem) -> None:
    used = fs.used
    for index in range(20):
        fs.mkdir(f"/sdcard/t/{index}/x", parents=True)
        fs.write(f"/sdcard/t/{index}/x/f", bytes(100))
    fs.rmtree("/sdcard/t")
    assert (fs.used, fs.exists("/sdcard/t")) == (used, False)


def test_deep_trees_are_walked_without_recursion(fs: FileSystem) -> None:
    path = "/sdcard"
    for _ in range(700):
        path += "/d"
        fs.mkdir(path)
    assert sum(1 for _ in fs.walk("/sdcard/d")) == 700
    fs.rmtree("/sdcard/d")


def test_generated_files_are_made_at_each_read(fs: FileSystem) -> None:
    count = iter(range(10))
    fs.add_generated("/sys/class/thing/value", lambda: b"%d" % next(count))
    assert [fs.read("/sys/class/thing/value") for _ in range(2)] == [b"0", b"1"]
    assert fs.stat("/sys/class/thing/value").size == 0
    assert number_of(fs.create, "/sys/class/thing/value") == errno.EACCES


# -- permissions -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uid", "path", "access", "expected"),
    [
        (SHELL, "/data/data", "r", False),
        (SHELL, "/data/data", "x", True),
        (SHELL, "/data/data/app", "x", False),
        (SHELL, "/data/data/app/files/secret", "r", False),
        (APP, "/data/data/app/files/secret", "r", True),
        (APP, "/data/local/tmp/x", "w", False),
        (SHELL, "/data/local/tmp/x", "w", True),
        (SHELL, "/data/app/base.apk", "r", True),
        (SHELL, "/data/app", "r", False),
        (SHELL, "/sdcard/Movies/x", "w", True),
        (APP, "/sdcard/Movies", "r", True),
        (SHELL, "/system/bin/x", "w", False),
        (SHELL, "/nope/x", "r", False),
        (0, "/data/data/app/files/secret", "w", True),
    ],
)
def test_may(fs: FileSystem, uid: int, path: str, access: str, expected: bool) -> None:
    fs.mkdir("/data/data/app", 0o700, uid=APP, gid=APP)
    fs.mkdir("/data/data/app/files", 0o771, uid=APP, gid=APP)
    fs.write("/data/data/app/files/secret", b"", mode=0o660, uid=APP, gid=APP)
    fs.write("/data/app/base.apk", b"", mode=0o644)
    assert fs.may(uid, path, access) is expected


def test_a_link_does_not_lead_around_a_closed_directory(fs: FileSystem) -> None:
    fs.mkdir("/data/data/app", 0o700, uid=APP, gid=APP)
    fs.write("/data/data/app/secret", b"", mode=0o666, uid=APP)
    fs.symlink("/data/data/app/secret", "/data/local/tmp/way", uid=SHELL)
    assert not fs.may(SHELL, "/data/local/tmp/way", "r")


ACTIONS = (
    "mkdir", "write", "unlink", "rmdir", "rmtree", "rename", "symlink", "read", "listdir",
    "resolve",
)  # fmt: skip
NAMES = some.sampled_from(["a", "b", "c", "..", ".", "", "a/b", "l", "x" * 300])


@settings(max_examples=150, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(
                [
                    "mkdir",
                    "write",
                    "unlink",
                    "rmdir",
                    "rmtree",
                    "rename",
                    "symlink",
                    "read",
                    "listdir",
                    "resolve",
                ]
            ),
            some.lists(NAMES, min_size=1, max_size=4).map("/".join),
            some.lists(NAMES, min_size=1, max_size=4).map("/".join),
        ),
        max_size=25,
    )
)
def test_any_order_of_operations_keeps_the_books(steps: list[tuple[str, str, str]]) -> None:
    """Only FsError comes out, and the bytes used are those of the files that are left."""
    fs = FileSystem(lambda: 0.0, 5000)
    for action, one, two in steps:
        path, other = f"/{one}", f"/{two}"
        arguments = {"write": (path, b"x" * 700), "rename": (path, other), "symlink": (two, path)}
        try:
            getattr(fs, action)(*arguments.get(action, (path,)))
        except FsError:
            continue
    sizes = [fs.stat(path, False) for path in fs.walk("/")]
    assert fs.used == sum(found.size for found in sizes if st.S_ISREG(found.mode))
