"""Phones of other forms and in other states: the same recipe, and the phone left as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from droidcancel.errors import NotEffective
from droidcancel.evidence import Trouble
from droidcancel.recipe.options import Event
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import Lab, MakeLab

Act = Callable[[Lab], object]
SLOW = 200_000.0


def shell(*words: str) -> Act:
    return lambda lab: lab.device.shell.run(list(words))


def aside(*words: str) -> Act:
    """A command by another adb connection: the run holds its own."""
    import adbutils

    from tests.conftest import SERVER_PORT

    client = adbutils.AdbClient(port=SERVER_PORT)
    return lambda lab: client.device(lab.device.serial).shell(list(words))


SLEEP = ("input", "keyevent", "223")


@dataclass(frozen=True)
class Form:
    """A phone, what is done to it before a run, and at a step of it."""

    options: dict[str, Any] = field(default_factory=dict)
    before: tuple[Act, ...] = ()
    step: str = ""
    then: tuple[Act, ...] = ()
    recipe: str = "cancel_airplane"
    pin: str | None = None


FOLDABLE = {"width": 2208, "height": 1840, "folded_width": 1080, "folded_height": 2092}
FORMS = {
    "foldable-closed": Form(
        {**FOLDABLE, "navigation": "gesture"},
        step="wait_for_moment", then=(aside("cmd", "device_state", "state", "0"),),
    ),
    "foldable-opened": Form(
        FOLDABLE, before=(shell("cmd", "device_state", "state", "0"),),
        step="caption", then=(aside("cmd", "device_state", "state", "2"),),
    ),
    "gestures": Form({"navigation": "gesture"}),
    "gestures-swipe": Form({"navigation": "gesture", "api": 30}, recipe="cancel_swipe_recents"),
    "gestures-draft": Form({"navigation": "gesture", "api": 36}, recipe="save_draft"),
    "tablet": Form({"width": 1600, "height": 2560, "density": 320}),
    "tablet-landscape": Form({"width": 2560, "height": 1600, "density": 320}),
    "tablet-huge": Form({"width": 2960, "height": 1848, "density": 240, "navigation": "gesture"}),
    "small": Form({"width": 480, "height": 854, "density": 240}),
    "sideways": Form(before=(
        shell("settings", "put", "system", "accelerometer_rotation", "0"),
        shell("settings", "put", "system", "user_rotation", "1"),
    )),
    "turned-midway": Form(
        step="wait_for_moment",
        then=(aside("settings", "put", "system", "user_rotation", "1"),),
    ),
    "off": Form(before=(shell(*SLEEP),)),
    "off-at-caption": Form(step="caption", then=(aside(*SLEEP),)),
    "off-midway": Form(step="wait_for_moment", then=(aside(*SLEEP),)),
    "off-at-verify": Form(step="verify", then=(aside(*SLEEP),)),
    "pin": Form(
        before=(shell("locksettings", "set-pin", "1234"), shell(*SLEEP)), pin="1234",
    ),
    "pin-midway": Form(
        {"upload_bytes_per_s": SLOW}, before=(shell("locksettings", "set-pin", "1234"),),
        step="wait_for_moment", then=(aside(*SLEEP),), pin="1234",
    ),
    "pin-at-verify": Form(
        before=(shell("locksettings", "set-pin", "1234"),),
        step="verify", then=(aside(*SLEEP),), pin="1234",
    ),
}  # fmt: skip


def done(lab: Lab, form: Form, **more: Any) -> RunResult:
    for act in form.before:
        act(lab)

    def heard(event: Event) -> None:
        if form.step and event.kind == "step" and event.data["step"] == form.step:
            for act in form.then:
                act(lab)

    return lab.run(form.recipe, on_event=heard, pin=form.pin, **more)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_phone(make_lab: MakeLab, name: str) -> None:
    form = FORMS[name]
    lab = make_lab(**{"api": 34, **form.options})
    result = done(lab, form)
    assert result.error is None, result.error
    assert result.ok, result.verdict
    assert result.restored
    assert lab.is_as_before()
    assert "published" not in lab.states
    rotation = lab.device.settings.get("system", "user_rotation")
    assert rotation == ("1" if name in ("sideways", "turned-midway") else "0")


def test_a_lock_whose_pin_nobody_gave_is_told(make_lab: MakeLab) -> None:
    form = FORMS["pin"]
    lab = make_lab(api=34)
    result = done(lab, Form(before=form.before))
    assert isinstance(result.error, NotEffective)
    assert "stays locked" in result.error.message
    assert "pin_env" in (result.error.hint or "")
    assert result.verdict.name == "invalid"
    assert result.exit_code == 3


@pytest.mark.parametrize("plugged", [True, False], ids=["plugged", "on-battery"])
def test_the_screen_goes_off_by_itself(make_lab: MakeLab, plugged: bool) -> None:
    """As real phones do within the quiet period; a plugged one is told to stay on meanwhile."""
    lab = make_lab(api=34)
    key = ("global", "stay_on_while_plugged_in")
    lab.device.settings.put("system", "screen_off_timeout", "800")
    if not plugged:
        lab.simulator.call(lambda: setattr(lab.simulator.phone.battery, "usb", False))
    result = lab.run("save_draft")
    assert result.error is None, result.error
    assert result.verdict.name == "draft"
    woken = [t for t in result.evidence.of(Trouble) if "was off or locked" in t.message]
    assert bool(woken) != plugged
    assert lab.device.settings.get(*key) == "0"
    assert any(undone.ok and "stay_on" in undone.what for undone in result.undone)
