"""What the phone puts over the app in the middle of a run: questions of the system, a call."""

from __future__ import annotations

import pytest

from droidcancel.apps.geometry import contains
from droidcancel.device.hierarchy import Bounds, Hierarchy
from droidcancel.recipe.in_the_way import answer_of, over, title_of
from droidcancel.recipe.options import Event
from tests.conftest import wait_until
from tests.recipe.conftest import CLIPS, Lab, MakeLab


def screen(*nodes: str) -> Hierarchy:
    return Hierarchy.parse(f"<hierarchy>{''.join(nodes)}</hierarchy>")


def node(identity: str, bounds: str, package: str, text: str = "", more: str = "") -> str:
    return (
        f'<node resource-id="{identity}" bounds="{bounds}" package="{package}" text="{text}" '
        f'class="android.widget.Button" clickable="true" {more}/>'
    )


APP = node("org.droidcancel.clips:id/caption", "[0,200][1080,500]", CLIPS)
TITLE = node("android:id/alertTitle", "[90,900][990,1000]", "android", "Clips isn't responding")
CLOSE = node("android:id/aerr_close", "[90,1010][990,1100]", "android", "Close app")
WAIT = node("android:id/aerr_wait", "[90,1110][990,1200]", "android", "Wait")


def test_a_hanging_app_is_waited_for_and_a_crash_closed() -> None:
    anr = screen(APP, TITLE, CLOSE, WAIT)
    found = answer_of(anr)
    assert found is not None
    assert (found.text, title_of(anr)) == ("Wait", "Clips isn't responding")
    crash = answer_of(screen(APP, TITLE, CLOSE))
    assert crash is not None
    assert crash.text == "Close app"


def test_an_apps_own_words_are_no_question_of_the_system() -> None:
    fake = node("android:id/aerr_close", "[0,0][10,10]", CLIPS, "Close app")
    assert answer_of(screen(APP, fake)) is None
    assert answer_of(screen(APP)) is None


def test_only_what_covers_the_point_is_in_the_way() -> None:
    heads_up = node("x:id/row", "[20,66][1060,412]", "com.android.systemui", "+1 555")
    bar = node("com.android.systemui:id/back", "[0,2270][360,2400]", "com.android.systemui")
    shown = screen(APP, heads_up, bar)
    lies = over(shown, (540, 350))
    assert lies is not None
    assert contains(lies.bounds, Bounds(540, 350, 541, 351))
    assert over(shown, (540, 450)) is None
    assert over(screen(APP, bar), (540, 350)) is None


# -- whole runs -----------------------------------------------------------------------------------
def at_step(lab: Lab, step: str, strike: object) -> object:
    """Calls `strike` on the phone's loop when a step of that kind begins, once."""
    due = [True]

    def heard(event: Event) -> None:
        if due and event.data.get("step") == step and callable(strike):
            due.clear()
            lab.simulator.call(strike)

    return heard


@pytest.mark.slow
def test_no_tap_of_a_run_falls_on_a_call(make_lab: MakeLab) -> None:
    """The caption stands at the top of the page, where calls come up."""
    lab = make_lab()
    phone = lab.simulator.phone
    call = phone.system_ui.call
    ring = at_step(lab, "caption", lambda: phone.spawn(call.ring("+1 555 010 9999", 60)))
    result = lab.run("save_draft", on_event=ring)  # type: ignore[arg-type]
    assert result.error is None, result.error
    assert result.verdict.name == "draft", result.verdict
    assert call.touched == []
    assert any("a notification lies over it" in e.text for e in lab.events if e.kind == "trouble")
    lab.simulator.call(call.hang_up)
    assert lab.is_as_before()


@pytest.mark.extended
@pytest.mark.parametrize(
    ("recipe", "step"), [("save_draft", "caption"), ("cancel_airplane", "tap")]
)
def test_a_permission_is_asked_for_on_the_way(make_lab: MakeLab, recipe: str, step: str) -> None:
    lab = make_lab()
    phone = lab.simulator.phone

    def ask() -> None:
        record = phone.activities.resumed
        assert record is not None
        assert record.activity is not None
        record.activity.spawn(
            record.activity.request_permissions("android.permission.READ_CONTACTS")
        )

    struck = at_step(lab, step, ask)
    result = lab.run(recipe, on_event=struck)  # type: ignore[arg-type]
    assert result.error is None, result.error
    expected = {"save_draft": "draft", "cancel_airplane": "cancelled"}
    assert result.verdict.name == expected[recipe], result.verdict
    package = phone.packages.get(CLIPS)
    assert package is not None
    assert package.granted["android.permission.READ_CONTACTS"] is False


@pytest.mark.extended
@pytest.mark.parametrize("hangs", [True, False])
def test_an_app_that_hangs_or_crashes(make_lab: MakeLab, hangs: bool) -> None:
    lab = make_lab()
    phone = lab.simulator.phone

    def strike() -> None:
        app = phone.app_processes.get(CLIPS)
        assert app is not None
        if hangs:
            app.hang(2)
            phone.system_ui.anr.show_hung(app)
        else:
            app.crash("java.lang.OutOfMemoryError")

    struck = at_step(lab, "wait_for_moment" if hangs else "verify", strike)
    result = lab.run("cancel_airplane", "60%", on_event=struck)  # type: ignore[arg-type]
    assert result.error is None, result.error
    assert result.verdict.name == "cancelled", result.verdict
    wait_until(lambda: lab.states == ["terminated"])
    told = [e.text for e in lab.events if e.kind == "trouble"]
    assert any(("'Wait'" if hangs else "'Close app'") in text for text in told), told
    assert lab.is_as_before()
