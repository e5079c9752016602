"""The pieces that Settings pages are made of (SettingsLib's preferences)."""

from __future__ import annotations

from collections.abc import Callable

from droidcancel.simulator.views import (
    Handler,
    ScrollState,
    View,
    button,
    column,
    frame,
    image_button,
    list_view,
    row,
    switch,
    text,
)

DIALOG_DP = 400


def page(title: str, *rows: View, state: ScrollState, on_back: Handler) -> View:
    """A page: its title with the way back, then its rows, scrolling."""
    return column(
        row(
            image_button(icon="back", desc="Navigate up", on_click=on_back),
            text(title, size=22, id="collapsing_toolbar", margin=(8, 0)),
            id="action_bar",
            padding=(4, 8),
        ),
        list_view(*rows, state=state, id="recycler_view", weight=1),
        height="match",
        background="surface",
        id="content_parent",
    )


def preference(
    title: str, summary: str = "", *, on_click: Handler | None = None, widget: View | None = None
) -> View:
    """A row with a title, a summary under it, and perhaps a switch at its end."""
    lines = [text(title, id="android:id/title", size=17)]
    if summary:
        lines.append(
            text(summary, id="android:id/summary", size=14, color="on_surface_variant", lines=3)
        )
    ends = [widget] if widget is not None else []
    return row(
        column(*lines, weight=1, padding=(0, 2)),
        *ends,
        padding=(24, 14),
        min_height=64,
        on_click=on_click,
        enabled=on_click is not None,
    )


def toggle(title: str, checked: bool, on_change: Callable[[bool], object]) -> View:
    """A row that is a switch; a tap anywhere on it toggles."""
    knob = frame(
        switch(checked, on_change, id="android:id/switch_widget"),
        width="wrap",
        margin=(16, 0, 0, 0),
        id="android:id/widget_frame",
    )
    return preference(title, on_click=lambda: on_change(not checked), widget=knob)


def action_buttons(*actions: tuple[str, str, Handler | None]) -> View:
    """Buttons side by side (settings_action_buttons.xml): id, label, handler."""
    made = [
        button(
            label,
            id=name,
            weight=1,
            enabled=handler is not None,
            on_click=handler,
            background="surface_container",
            margin=(4, 0),
            padding=(4, 10),
            size=13,
            lines=2,
        )
        for name, label, handler in actions
    ]
    return row(*made, padding=(20, 12))


def confirm(title: str, body: str, yes: str, no: str, on_yes: Handler, on_no: Handler) -> View:
    """An AlertDialog with two buttons."""
    return frame(
        column(
            text(title, id="android:id/alertTitle", size=22),
            text(body, id="android:id/message", size=15, margin=(0, 12)),
            row(
                button(no, id="android:id/button2", on_click=on_no),
                button(yes, id="android:id/button1", on_click=on_yes),
                gravity="end",
            ),
            background="surface_high",
            radius=28,
            padding=24,
            margin=(32, 0),
            max_width=DIALOG_DP,
            align="center",
            elevation=8,
        ),
        height="match",
        background="#80000000",
    )


# The units of Formatter.formatFileSize, what stands before decimals and before the unit.
SIZES = {
    "en": ("B kB MB GB", ".", " "),
    "fr": ("o ko Mo Go", ",", "\u00a0"),
    "id": ("B kB MB GB", ",", " "),
}


def size_text(count: int, language: str = "en") -> str:
    """A size as Formatter.formatFileSize prints it: "18.00 MB", in French "18,00 Mo"."""
    names, point, gap = SIZES.get(language, SIZES["en"])
    units = names.split()
    value, unit = float(count), units[0]
    for larger in units[1:]:
        if value <= 900:
            break
        value, unit = value / 1000, larger
    digits = 0 if value >= 100 or unit == units[0] else 2
    return f"{value:.{digits}f}".replace(".", point) + gap + unit
