"""What builds do otherwise than stock Android, seen by the real adb; and the phone's own record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from droidcancel.simulator.options import LOCALES, PhoneOptions
from droidcancel.simulator.quirks import PIN, QUIRKS, VENDORS
from tests.conftest import MakePhone, harmless, run_adb, wait_until

if TYPE_CHECKING:
    from droidcancel.simulator import Simulator

CLIPS = "org.droidcancel.clips"
Said = tuple[int, str, str]


def adb(phone: Simulator, *words: str, timeout: float = 30) -> Said:
    """`adb shell`: exit status, stdout, stderr."""
    done = run_adb("-s", phone.serial, "shell", *words, timeout=timeout)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def setting(phone: Simulator, key: str, namespace: str = "global") -> str:
    return adb(phone, f"settings get {namespace} {key}")[1].strip()


def online(phone: Simulator) -> bool:
    """Whether the phone has a default network, as its own dump says."""
    text = adb(phone, "dumpsys connectivity")[1]
    found = re.search(r"Active default network: (\w+)", text)
    assert found is not None
    return found[1] != "none"


SILENT = (0, "", "")


@pytest.mark.parametrize("api", [23, 26])
def test_a_refused_broadcast(make_phone: MakePhone, api: int) -> None:
    phone = make_phone(api=api, quirks=("airplane-broadcast-refused",), debuggable=True)
    send = "am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true 2>&1"
    assert "Permission Denial: not allowed to send broadcast" in adb(phone, send)[1]
    adb(phone, "settings put global airplane_mode_on 1")
    assert "Permission Denial" in adb(phone, f"su 0 sh -c '{send}'")[1] or api < 24
    assert online(phone)


def test_a_stock_phone_takes_the_broadcast_of_the_shell_until_marshmallow(
    make_phone: MakePhone,
) -> None:
    phone = make_phone(api=23)
    adb(phone, "settings put global airplane_mode_on 1")
    said = adb(phone, "am broadcast -a android.intent.action.AIRPLANE_MODE --ez state true")[1]
    assert "result=0" in said
    wait_until(lambda: not online(phone), what="airplane mode")


@pytest.mark.parametrize("api", [28, 36])
def test_a_refused_airplane_command(make_phone: MakePhone, api: int) -> None:
    phone = make_phone(api=api, quirks=("airplane-cmd-refused",))
    assert adb(phone, "cmd connectivity airplane-mode") == (0, "disabled\n", "")
    status, text, error = adb(phone, "cmd connectivity airplane-mode enable")
    assert (status, error) == (255, "")
    assert text.startswith("java.lang.SecurityException: ")
    assert adb(phone, "cmd connectivity airplane-mode") == (0, "disabled\n", "")


@pytest.mark.parametrize("api", [26, 29, 33])
def test_svc_data_that_lies(make_phone: MakePhone, api: int) -> None:
    phone = make_phone(api=api, quirks=("svc-data-lies",))
    assert adb(phone, "svc data disable") == SILENT
    assert setting(phone, "mobile_data1") == "1"
    assert adb(phone, "svc wifi disable") == SILENT
    wait_until(lambda: setting(phone, "wifi_on") == "0")
    assert online(phone)  # by the mobile network
    if api >= 30:
        assert adb(phone, "cmd phone data disable") == SILENT
        wait_until(lambda: not online(phone))


def test_no_sim_and_a_silent_switch(make_phone: MakePhone) -> None:
    phone = make_phone(api=33, quirks=("no-sim",))
    assert adb(phone, "cmd phone data disable") == SILENT
    assert adb(phone, "cmd phone data enable") == SILENT
    assert setting(phone, "mobile_data1") == "null"
    assert adb(phone, "getprop gsm.sim.state") == (0, "ABSENT\n", "")
    registry = adb(phone, "dumpsys telephony.registry")[1]
    assert "mDataConnectionState=0" in registry
    adb(phone, "cmd wifi set-wifi-enabled disabled")
    wait_until(lambda: not online(phone))


def test_two_sims(make_phone: MakePhone) -> None:
    phone = make_phone(api=33, quirks=("dual-sim",))
    assert adb(phone, "cmd phone data disable") == SILENT
    keys = ("mobile_data", "mobile_data1", "mobile_data2", "multi_sim_data_call")
    assert [setting(phone, key) for key in keys] == ["1", "1", "0", "2"]
    wait_until(lambda: "mDataConnectionState=0" in adb(phone, "dumpsys telephony.registry")[1])


@pytest.mark.parametrize("api", [28, 34])
def test_wifi_comes_back_by_itself(make_phone: MakePhone, api: int) -> None:
    phone = make_phone(api=api, quirks=("wifi-returns",))
    adb(phone, "cmd connectivity airplane-mode enable")
    wait_until(lambda: setting(phone, "wifi_on") == "2")
    wait_until(lambda: online(phone))
    assert adb(phone, "cmd connectivity airplane-mode")[1] == "enabled\n"
    assert setting(phone, "wifi_apm_state", "secure") == "null"  # nobody chose it


@pytest.mark.parametrize(
    ("api", "wifi_on"), [(28, "1"), (32, "1"), (33, "2"), (36, "2"), (37, "2")]
)
def test_wifi_stays_on(make_phone: MakePhone, api: int, wifi_on: str) -> None:
    phone = make_phone(api=api, quirks=("wifi-stays",))
    kept = setting(phone, "wifi_apm_state", "secure")
    assert kept == ("1" if 33 <= api <= 36 else "null")
    adb(phone, "cmd connectivity airplane-mode enable")
    wait_until(lambda: setting(phone, "wifi_on") == wifi_on)
    assert online(phone)
    wifi = "cmd wifi set-wifi-enabled disabled" if api >= 30 else "svc wifi disable"
    assert adb(phone, wifi) == SILENT
    wait_until(lambda: not online(phone))


@pytest.mark.parametrize("api", [29, 33])
def test_settings_that_the_shell_may_not_write(make_phone: MakePhone, api: int) -> None:
    phone = make_phone(api=api, quirks=("settings-put-refused",))
    for command in ("settings put system show_touches 1", "settings delete global wifi_on"):
        status, text, error = adb(phone, command)
        assert (status, text) == (255, "")
        assert "writing to settings requires:android.permission.WRITE_SECURE_SETTINGS" in error
    assert setting(phone, "show_touches", "system") == "null"
    words = "content insert --uri content://settings/system --bind name:s:x --bind value:s:1"
    assert "WRITE_SECURE_SETTINGS" in adb(phone, words)[2]
    assert setting(phone, "x", "system") == "null"
    assert adb(phone, "cmd connectivity airplane-mode enable") == SILENT  # that is no setting


def test_a_pin(make_phone: MakePhone) -> None:
    phone = make_phone(api=33, quirks=("pin-lock",))
    policy = adb(phone, "dumpsys window policy")[1]
    assert "showing=true" in policy
    assert "secure=true" in policy
    assert adb(phone, "am get-started-user-state 0")[1] == "RUNNING_LOCKED\n"
    adb(phone, "wm dismiss-keyguard")
    assert "showing=true" in adb(phone, "dumpsys window policy")[1]
    adb(phone, f"input text {PIN}; input keyevent 66")
    wait_until(lambda: "showing=false" in adb(phone, "dumpsys window policy")[1])
    wait_until(
        lambda: adb(phone, "am get-started-user-state 0")[1] == "RUNNING_UNLOCKED\n",
    )


@pytest.mark.parametrize(("quirks", "stopped"), [((), "false"), (("swipe-force-stops",), "true")])
def test_a_swipe_that_force_stops(
    make_phone: MakePhone, quirks: tuple[str, ...], stopped: str
) -> None:
    phone = make_phone(api=33, quirks=quirks, apps=("clips",))
    adb(phone, f"monkey -p {CLIPS} -c android.intent.category.LAUNCHER 1")
    listed = adb(phone, "am stack list")[1]
    task = re.search(rf"taskId=(\d+): {CLIPS}", listed)
    assert task is not None, listed
    assert adb(phone, f"am stack remove {task[1]}") == SILENT
    assert f"stopped={stopped} " in adb(phone, f"dumpsys package {CLIPS}")[1]


@pytest.mark.parametrize(("quirks", "there"), [((), True), (("modules-not-updated",), False)])
def test_an_android_13_of_the_factory(
    make_phone: MakePhone, quirks: tuple[str, ...], there: bool
) -> None:
    phone = make_phone(api=33, quirks=quirks)
    assert ("chain3" in adb(phone, "cmd connectivity help")[1]) == there
    said = adb(phone, "cmd connectivity get-chain3-enabled")
    assert said == ((0, "chain:disabled\n", "") if there else
                    (255, "Unknown command: get-chain3-enabled\n", ""))  # fmt: skip


# -- the record ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        f"pm clear --cache-only {CLIPS}",
        f"pm clear {CLIPS} --cache-only",
        f"pm clear --user 0 {CLIPS}",
        f"cmd package clear {CLIPS}",
    ],
)
def test_a_client_that_clears_an_apps_data_is_caught(make_phone: MakePhone, words: str) -> None:
    phone = make_phone(api=31, apps=("clips",))
    harmless([phone])
    assert adb(phone, words) == (0, "Success\n", "")
    with pytest.raises(AssertionError, match="clear"):
        harmless([phone])
    phone.call(phone.phone.audit.harmful.clear)


@pytest.mark.parametrize("api", [31, 32])
def test_cache_only_takes_everything_until_12l(make_phone: MakePhone, api: int) -> None:
    phone = make_phone(api=api, apps=("clips",))
    files = phone.phone.packages.get(CLIPS).data_dir + "/files/draft"  # type: ignore[union-attr]
    phone.call(lambda: phone.phone.fs.write(files, b"x"))
    assert adb(phone, f"pm clear --cache-only {CLIPS}")[1] == "Success\n"
    assert not phone.call(lambda: phone.phone.fs.exists(files))
    phone.call(phone.phone.audit.harmful.clear)


@pytest.mark.parametrize("api", [33, 37])
def test_cache_only_hangs_from_13_on_and_takes_nothing(make_phone: MakePhone, api: int) -> None:
    phone = make_phone(api=api, apps=("clips",))
    files = phone.phone.packages.get(CLIPS).data_dir + "/files/draft"  # type: ignore[union-attr]
    phone.call(lambda: phone.phone.fs.write(files, b"x"))
    assert adb(phone, f"timeout 1 pm clear --cache-only {CLIPS}") == (124, "", "")
    assert phone.call(lambda: phone.phone.fs.exists(files))
    assert list(phone.phone.audit.harmful) == [f"pm clear --cache-only {CLIPS}"]
    phone.call(phone.phone.audit.harmful.clear)


def test_programs_are_kept_with_their_words(make_phone: MakePhone) -> None:
    phone = make_phone(api=34)
    adb(phone, "echo a | cat; for i in 1 2; do getprop ro.x$i; done; sh -c 'id -u'")
    audit = phone.phone.audit
    assert [argv[1] for argv in audit.matching("getprop")[-2:]] == ["ro.x1", "ro.x2"]
    assert audit.matching("id", "-u")
    adb(phone, "ls " + "x" * 5000)
    assert len(audit.matching("ls")[-1][1]) < 300


# -- options -------------------------------------------------------------------------------------
def test_a_vendor_is_a_make_and_its_quirks(make_phone: MakePhone) -> None:
    phone = make_phone(api=33, vendor="xiaomi", quirks=("no-sim",))
    props = [
        adb(phone, f"getprop ro.product.{key}")[1].strip() for key in ("manufacturer", "model")
    ]
    assert props == ["Xiaomi", "Redmi Note 9 Pro"]
    assert adb(phone, "getprop ro.build.fingerprint")[1].startswith("xiaomi/joyeuse/")
    assert set(phone.options.quirks) == {*VENDORS["xiaomi"].quirks, "no-sim"}


def test_a_given_model_stays() -> None:
    assert PhoneOptions(vendor="samsung", model="SM-S911B").model == "SM-S911B"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"quirks": ("svc-data-lie",)}, "svc-data-lie; there are"),
        ({"vendor": "nokia"}, "google, samsung, xiaomi, not 'nokia'"),
        ({"locale": "xx-XX"}, "en-US, fr-FR"),
    ],
)
def test_a_wrong_option_is_told(options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        PhoneOptions(**options)  # type: ignore[arg-type]


def test_every_vendor_is_made_of_known_quirks() -> None:
    assert {quirk for vendor in VENDORS.values() for quirk in vendor.quirks} <= set(QUIRKS)
    assert all(PhoneOptions(vendor=name).has(q) for name, v in VENDORS.items() for q in v.quirks)


def test_every_language_says_airplane_mode_its_own_way() -> None:
    from droidcancel.simulator.apps.base import localised
    from droidcancel.simulator.apps.system.settings_strings import STRINGS
    from droidcancel.simulator.apps.system.system_strings import translate

    say: Callable[[str], str] = lambda locale: localised(STRINGS, locale, "airplane")  # noqa: E731
    assert len({say(locale) for locale in LOCALES}) == len(LOCALES)
    assert [translate(locale, "airplane") for locale in LOCALES] == list(map(say, LOCALES))
    assert say("pt-PT") == say("en-US")  # what is not translated shows in English
