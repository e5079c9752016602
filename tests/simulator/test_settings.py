"""`settings` and `device_config` in the phone's own shell."""

from __future__ import annotations

import pytest

from tests.simulator.android_phone import asynchronous, lab


@pytest.mark.parametrize("api", [23, 28, 36])
@asynchronous
async def test_put_get_delete(api: int) -> None:
    async with lab(api=api) as it:
        assert await it.out("settings get global no_such") == "null\n"
        assert await it.out("settings put system show_touches 1") == ""
        assert await it.out("settings get system show_touches") == "1\n"
        assert await it.out("settings get --user 0 SYSTEM show_touches") == "1\n"
        assert await it.out("settings delete system show_touches") == "Deleted 1 rows\n"
        assert await it.out("settings delete system show_touches") == "Deleted 0 rows\n"


@asynchronous
async def test_values_keep_spaces_and_may_be_empty() -> None:
    async with lab() as it:
        await it.out("settings put secure words 'a b  c'")
        assert await it.out("settings get secure words") == "a b  c\n"
        await it.out("settings put secure words ''")
        assert await it.out("settings get secure words") == "\n"


@asynchronous
async def test_list_is_sorted_pairs() -> None:
    async with lab() as it:
        lines = (await it.out("settings list global")).splitlines()
        assert "airplane_mode_on=0" in lines
        assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("get global", "Bad arguments"),
        ("put global key", "Bad arguments"),
        ("get", "Bad arguments"),
        ("get nowhere key", "Invalid namespace 'nowhere'"),
        ("frob global key", "Invalid command: frob"),
        ("get global one two", "Too many arguments"),
        ("--user all get global key", "Invalid user: all"),
    ],
)
@asynchronous
async def test_errors(words: str, message: str) -> None:
    async with lab() as it:
        done = await it.sh(f"settings {words}")
        assert (done.stdout, done.stderr, done.status) == ("", f"{message}\n", 255)


@asynchronous
async def test_a_bad_user_is_an_exception() -> None:
    async with lab() as it:
        done = await it.sh("settings --user nobody get global key")
        assert "java.lang.IllegalArgumentException: Bad user number: nobody\n" in done.stderr
        assert done.status == 255


@asynchronous
async def test_old_front_end_prints_its_usage() -> None:
    async with lab(api=23) as it:
        done = await it.sh("settings get global")
        assert done.stderr.startswith("usage:  settings [--user <USER_ID> | current] get namespace")


@asynchronous
async def test_airplane_setting_alone_switches_no_radio() -> None:
    async with lab() as it:
        await it.out("settings put global airplane_mode_on 1")
        assert it.phone.connectivity.active_network() is not None


@asynchronous
async def test_device_config() -> None:
    async with lab() as it:
        assert await it.out("device_config get netd flag") == "null\n"
        await it.out("device_config put netd flag on")
        assert await it.out("cmd device_config list netd") == "flag=on\n"
        assert await it.out("device_config list") == "netd/flag=on\n"
        deleted = await it.out("device_config delete netd flag")
        assert deleted == "Successfully deleted flag from netd\n"
    async with lab(api=28) as it:
        assert (await it.sh("device_config list")).status == 127
