"""`pm` and `cmd package` in the phone's own shell."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import uiautomator2

from tests.simulator.android_phone import PKG, Lab, asynchronous, lab

APK = Path(uiautomator2.__file__).parent / "assets" / "app-uiautomator.apk"
KEYBOARD = "com.github.uiautomator"
CAMERA = "android.permission.CAMERA"


def push(it: Lab, data: bytes | None = None) -> str:
    path = "/data/local/tmp/app.apk"
    it.phone.fs.write(path, data or APK.read_bytes(), 0o644, uid=2000, gid=2000)
    return path


# -- list -----------------------------------------------------------------------------------------
@asynchronous
async def test_list_packages_and_its_filters() -> None:
    async with lab() as it:
        uid = it.phone.packages.get(PKG).uid  # type: ignore[union-attr]  # it is installed
        assert await it.out("pm list packages -3") == f"package:{PKG}\n"
        assert await it.out("pm list packages -U example.de") == f"package:{PKG} uid:{uid}\n"
        assert await it.out(f"pm list packages --show-versioncode {PKG}") == (
            f"package:{PKG} versionCode:251\n"
        )
        assert await it.out("pm list packages -i -3") == (
            f"package:{PKG}  installer=com.android.vending\n"
        )
        assert await it.out("pm list packages no.such") == ""
        everything = (await it.out("pm list packages")).splitlines()
        system = (await it.out("cmd package list packages -s --user 0")).splitlines()
        assert set(everything) - set(system) == {f"package:{PKG}"}
        assert f"/base.apk={PKG}\n" in await it.out("pm list packages -f -3")
        wrong = await it.sh("pm list packages -x")
        assert (wrong.stdout, wrong.status) == ("Error: Unknown option: -x\n", 255)


@asynchronous
async def test_disabled_packages() -> None:
    async with lab() as it:
        assert await it.out("pm list packages -d") == ""
        disabled = await it.out(f"pm disable-user --user 0 {PKG}")
        assert disabled == f"Package {PKG} new state: disabled-user\n"
        assert await it.out("pm list packages -d") == f"package:{PKG}\n"
        assert (await it.sh(f"am start -n {PKG}/.Main")).status == 1
        assert await it.out(f"pm enable {PKG}") == f"Package {PKG} new state: enabled\n"
        await it.start()
        refused = await it.sh(f"pm disable {PKG}")
        assert "java.lang.SecurityException: Shell cannot change component state" in refused.stderr


@asynchronous
async def test_path_of_a_package() -> None:
    async with lab(api=34) as it:
        text = await it.out(f"pm path {PKG}")
        assert text.startswith("package:/data/app/~~")
        assert text.endswith(f"==/{PKG}-{text.split(PKG + '-')[1]}")
        missing = await it.sh("pm path no.such")
        assert (missing.stdout, missing.stderr, missing.status) == ("", "", 1)


@asynchronous
async def test_users_features_and_help() -> None:
    async with lab(api=34) as it:
        assert await it.out("pm list users") == "Users:\n\tUserInfo{0:Owner:4c13} running\n"
        assert "feature:android.hardware.wifi\n" in await it.out("pm list features")
        assert await it.out("pm has-feature android.hardware.camera") == "true\n"
        assert (await it.sh("pm has-feature android.hardware.nfc")).status == 1
        assert (await it.sh("pm frob")).stdout == "Unknown command: frob\n"
        assert "[--cache-only]" in (await it.sh("cmd package help")).stdout
    async with lab(api=31) as it:
        assert "[--cache-only]" not in (await it.sh("cmd package help")).stdout


# -- install --------------------------------------------------------------------------------------
@asynchronous
async def test_install_a_real_apk_and_remove_it() -> None:
    async with lab(api=34) as it:
        assert await it.out(f"pm install -r -t {push(it)}") == "Success\n"
        dump = await it.out(f"dumpsys package {KEYBOARD}")
        assert "versionName=2.4.0\n" in dump
        assert "versionCode=2004001 minSdk=19 targetSdk=32\n" in dump
        assert "flags=[ DEBUGGABLE HAS_CODE" in dump
        installed = it.phone.packages.get(KEYBOARD)
        assert installed is not None
        assert f"{KEYBOARD}/.AdbKeyboard" in installed.input_methods
        assert f"{KEYBOARD}/.AdbKeyboard\n" in await it.out("ime list -s -a")
        (line,) = (await it.out(f"pm path {KEYBOARD}")).splitlines()
        path = line.removeprefix("package:")
        assert it.phone.fs.read(path) == APK.read_bytes()
        await it.out(f"am start -n {KEYBOARD}/.MainActivity")
        assert it.phone.activities.resumed is not None
        assert it.phone.activities.resumed.component.package == KEYBOARD
        assert await it.out(f"pm uninstall {KEYBOARD}") == "Success\n"
        assert not it.phone.fs.exists(path)
        assert not it.phone.processes.by_package(KEYBOARD)


@asynchronous
async def test_install_from_standard_input() -> None:
    async with lab() as it:
        data = APK.read_bytes()
        path = push(it, data)
        size = len(data)
        done = await it.sh(f"cat {path} | cmd package install -S {size}")
        assert (done.stdout, done.status) == ("Success\n", 0)
        short = await it.sh(f"head -c 1000 {path} | cmd package install -S {size}")
        assert short.stderr == "Error: failed to write; unexpected end of stream\n"
        assert short.status == 1


@asynchronous
async def test_install_session() -> None:
    async with lab() as it:
        path = push(it)
        created = await it.out("pm install-create -r")
        number = created.removeprefix("Success: created install session [").rstrip("]\n")
        size = APK.stat().st_size
        written = await it.out(f"pm install-write -S {size} {number} base.apk {path}")
        assert written == f"Success: streamed {size} bytes\n"
        assert await it.out(f"pm install-commit {number}") == "Success\n"
        gone = await it.sh(f"pm install-commit {number}")
        assert f"java.lang.IllegalArgumentException: Unknown session {number}" in gone.stderr


@asynchronous
async def test_installs_that_fail() -> None:
    async with lab(api=34) as it:
        missing = await it.sh("pm install /data/local/tmp/none.apk")
        assert missing.stderr.startswith("Error: Unable to open file: /data/local/tmp/none.apk\n")
        nothing = await it.sh("pm install")
        assert nothing.stderr == "Error: must either specify a package size or an APK file\n"
        junk = await it.sh(f"pm install {push(it, b'PK not a package')}")
        assert junk.stdout.startswith("Failure [INSTALL_PARSE_FAILED_NOT_APK: Failed to parse")
        assert junk.status == 1
        path = push(it)
        await it.out(f"pm install {path}")
        again = await it.sh(f"pm install -R {path}")
        assert again.stdout.startswith("Failure [INSTALL_FAILED_ALREADY_EXISTS: Attempt to re-")
        it.phone.packages.get(KEYBOARD).version_code = 9_999_999  # type: ignore[union-attr]
        older = await it.sh(f"pm install {path}")
        assert older.stdout.startswith("Failure [INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade")
        assert (await it.sh(f"pm install -d {path}")).stdout == "Success\n"
        it.phone.packages.get(KEYBOARD).certificate = "other"  # type: ignore[union-attr]
        other = await it.sh(f"pm install {path}")
        assert "INSTALL_FAILED_UPDATE_INCOMPATIBLE" in other.stdout


@asynchronous
async def test_install_on_a_full_phone() -> None:
    async with lab(free_bytes=100_000) as it:
        path = "/data/local/tmp/app.apk"
        done = await it.sh(f"pm install -S {APK.stat().st_size} < /dev/null")
        assert "not enough space" in done.stderr
        assert not it.phone.fs.exists(path)


@asynchronous
async def test_uninstall_what_is_not_there() -> None:
    async with lab() as it:
        done = await it.sh("pm uninstall no.such")
        assert (done.stdout, done.status) == ("Failure [DELETE_FAILED_INTERNAL_ERROR]\n", 1)
        for_user = await it.sh("pm uninstall --user 0 no.such")
        assert for_user.stdout == "Failure [not installed for 0]\n"


# -- clear ----------------------------------------------------------------------------------------
async def fill(it: Lab) -> None:
    """Give the app something to lose, and let it run."""
    for name in ("files/draft", "cache/thumb"):
        it.phone.fs.write(f"/data/data/{PKG}/{name}", b"x" * 100)
    await it.start()


def left(it: Lab) -> set[str]:
    found = (it.phone.fs.listdir(f"/data/data/{PKG}/{name}") for name in ("files", "cache"))
    return {name for names in found for name in names}


@asynchronous
async def test_clear_wipes_all_and_stops_the_app() -> None:
    async with lab() as it:
        await fill(it)
        await it.out(f"pm grant {PKG} {CAMERA}")
        assert await it.out(f"pm clear {PKG}") == "Success\n"
        assert left(it) == set()
        assert it.pids() == []
        assert not it.phone.packages.get(PKG).has(CAMERA)  # type: ignore[union-attr]
        missing = await it.sh("pm clear no.such")
        assert (missing.stdout, missing.stderr, missing.status) == ("", "Failed\n", 1)


@pytest.mark.parametrize("api", [28, 31, 32])
@asynchronous
async def test_cache_only_wipes_everything_up_to_api_32(api: int) -> None:
    async with lab(api=api) as it:
        await fill(it)
        assert await it.out(f"pm clear --cache-only {PKG}") == "Success\n"
        assert left(it) == set()
        assert it.pids() == []


@pytest.mark.parametrize("api", [33, 36])
@asynchronous
async def test_cache_only_hangs_for_ever_from_api_33_on(api: int) -> None:
    async with lab(api=api) as it:
        await fill(it)
        with pytest.raises(asyncio.TimeoutError):
            await it.sh(f"pm clear --cache-only {PKG}", timeout=0.3)
        assert left(it) == {"draft", "thumb"}
        assert len(it.pids()) == 1
        assert any("silently ignoring" in line.message for line in it.phone.log.lines())
        assert (await it.sh(f"pm clear --cache-only {PKG}", uid=0)).stdout == "Success\n"
        assert left(it) == {"draft"}


@asynchronous
async def test_the_flag_after_the_package_wipes_everything() -> None:
    async with lab(api=34) as it:
        await fill(it)
        assert await it.out(f"pm clear {PKG} --cache-only") == "Success\n"
        assert left(it) == set()
        unknown = await it.sh(f"pm clear --frob {PKG}")
        assert (unknown.stdout, unknown.status) == ("Error: Unknown option: --frob\n", 1)


@asynchronous
async def test_trim_caches_only_as_far_as_needed() -> None:
    async with lab() as it:
        await fill(it)
        assert await it.out("pm trim-caches 1K") == ""
        assert left(it) == {"draft", "thumb"}
        assert await it.out("pm trim-caches 999G internal") == ""
        assert left(it) == {"draft"}


# -- permissions ----------------------------------------------------------------------------------
@asynchronous
async def test_grant_and_revoke() -> None:
    async with lab() as it:
        await it.start()
        assert await it.out(f"pm grant {PKG} {CAMERA}") == ""
        assert f"{CAMERA}: granted=true" in await it.out(f"dumpsys package {PKG}")
        assert len(it.pids()) == 1
        assert await it.out(f"pm revoke {PKG} {CAMERA}") == ""
        assert it.pids() == []
        assert f"{CAMERA}: granted=false" in await it.out(f"dumpsys package {PKG}")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (f"{PKG} android.permission.NFC", f"Package {PKG} has not requested permission android."),
        (f"{PKG} android.permission.INTERNET", "is not a changeable permission type"),
        (f"no.such {CAMERA}", "java.lang.IllegalArgumentException: Unknown package: no.such"),
    ],
)
@asynchronous
async def test_grants_that_are_refused(words: str, message: str) -> None:
    async with lab() as it:
        done = await it.sh(f"pm grant {words}")
        assert message in done.stderr
        assert done.status == 255
    async with lab(api=26) as it:
        old = await it.sh(f"pm grant {words}")
        assert old.stderr.startswith(("Operation not allowed: ", "Bad argument: "))
        assert old.status == 1


# -- queries --------------------------------------------------------------------------------------
@asynchronous
async def test_resolve_activity() -> None:
    async with lab() as it:
        brief = await it.out(f"cmd package resolve-activity --brief {PKG}")
        assert brief.splitlines()[0].startswith("priority=0 preferredOrder=0 match=0x108000")
        assert brief.splitlines()[1] == f"{PKG}/.Main"
        none = await it.out("cmd package resolve-activity --brief no.such")
        assert none == "No activity found\n"
        full = await it.out(f"pm resolve-activity {PKG}")
        assert f"  name={PKG}.Main\n  packageName={PKG}\n" in full


@asynchronous
async def test_query_activities() -> None:
    async with lab() as it:
        send = "-a android.intent.action.SEND -t video/mp4"
        listed = await it.out(f"pm query-activities --components {send}")
        assert f"{PKG}/.Share\n" in listed
        counted = await it.out(f"pm query-activities --brief {send}")
        assert counted.startswith("1 activities found:\n  Activity #0:\n    priority=0")
        assert await it.out("pm query-activities -a no.SUCH") == "No activities found\n"


@asynchronous
async def test_suspend() -> None:
    async with lab() as it:
        text = await it.out(f"pm suspend {PKG}")
        assert text == f"Package {PKG} new suspended state: true\n"
        assert "suspended=true" in await it.out(f"dumpsys package {PKG}")
        await it.out(f"pm unsuspend {PKG}")
        assert "suspended=false" in await it.out(f"dumpsys package {PKG}")


@asynchronous
async def test_the_front_end_of_api_27_has_its_own_errors() -> None:
    async with lab(api=27) as it:
        done = await it.sh("pm frob")
        assert done.stderr.endswith("\nError: unknown command 'frob'\n")
        assert done.status == 1
