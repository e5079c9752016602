"""Views that several screens of Clips share."""

from __future__ import annotations

from collections.abc import Sequence

from droidcancel.simulator.views import (
    Handler,
    View,
    button,
    column,
    divider,
    frame,
    icon,
    image_button,
    row,
    spacer,
    text,
)

INK = "white"
DIM = "#b3ffffff"
SHADE = "#8c1a1a1a"


def top_bar(
    title: str, on_back: Handler, back: str, *actions: View, title_id: str = "title"
) -> View:
    """Back, a centred title, and what stands at the end; as wide as the screen."""
    return row(
        frame(
            image_button(icon="back", desc=back, id="back", on_click=on_back),
            width=72,
            height="match",
            gravity="start center_vertical",
        ),
        text(title, id=title_id, size=17, bold=True, gravity="center", lines=1, weight=1),
        row(
            *actions,
            width=72,
            gravity="end center_vertical",
            height="match",
            padding=(0, 0, 4, 0),
        ),
        height=52,
        id="top_bar",
    )


def labelled_icon(
    sign: str,
    label: str,
    *,
    id: str = "",
    desc: str = "",
    on_click: Handler | None = None,
    color: str = INK,
) -> View:
    """A sign with a small word under it, as they stand beside a video."""
    return column(
        icon(sign, icon_size=30, color=color, important=False),
        text(label, size=12, color=color, lines=1, gravity="center", shadow=color == INK),
        width=64,
        gravity="center_horizontal",
        padding=(0, 6),
        id=id,
        desc=desc,
        on_click=on_click,
    )


def setting_row(
    sign: str,
    title: str,
    *,
    id: str,
    on_click: Handler | None = None,
    value: str = "",
    end: View | None = None,
) -> View:
    """A line of a list: sign, words, and a value or a chevron at its end."""
    tail = end if end is not None else icon("chevron_right", icon_size=20, important=False)
    return row(
        icon(sign, icon_size=22, color="on_surface", important=False),
        text(title, size=16, weight=1, margin=(14, 0), lines=2),
        *([text(value, size=14, color="on_surface_variant", lines=1)] if value else []),
        tail,
        id=id,
        desc=title,
        cls="android.widget.Button",
        min_height=56,
        padding=(16, 6),
        on_click=on_click,
    )


def section(title: str) -> View:
    return text(title, size=13, color="on_surface_variant", padding=(16, 16, 16, 4))


def empty_state(sign: str, words: str, *more: View) -> View:
    """What a screen shows that has nothing to show."""
    return column(
        icon(sign, icon_size=56, color="outline", important=False),
        text(words, size=15, color="on_surface_variant", gravity="center", margin=(32, 12)),
        *more,
        gravity="center",
        height="match",
        padding=(24, 48),
    )


def question(title: str, words: str, answers: Sequence[tuple[str, str, Handler, str]]) -> View:
    """A dialog with its answers below one another: (id, label, handler, colour)."""
    lines: list[View] = []
    for id, label, handler, color in answers:
        lines += [
            divider(),
            button(
                label, id=id, on_click=handler, color=color, width="match", min_height=52, radius=0
            ),
        ]
    return column(
        column(
            text(title, id="dialog_title", size=18, bold=True, gravity="center", width="match"),
            *(
                [
                    text(
                        words,
                        size=14,
                        color="on_surface_variant",
                        gravity="center",
                        margin=(0, 8, 0, 0),
                        width="match",
                    )
                ]
                if words
                else []
            ),
            padding=(24, 22),
        ),
        *lines,
        id="dialog",
        background="surface",
        radius=16,
    )


def sheet(*children: View, id: str, title: str = "", on_close: Handler, close: str) -> View:
    """A panel that rises from the bottom edge."""
    head = row(
        spacer(width=48),
        text(title, size=16, bold=True, gravity="center", lines=1, weight=1),
        image_button(icon="close", desc=close, id="sheet_close", on_click=on_close, icon_size=20),
        padding=(4, 4),
    )
    return column(
        head,
        *children,
        id=id,
        background="surface",
        radius=16,
        align="bottom",
        padding=(0, 0, 0, 16),
    )


def pill(label: str, *, id: str, on_click: Handler, sign: str = "") -> View:
    """A small grey button, for hashtags and the like."""
    return row(
        *([icon(sign, icon_size=16, color="on_surface", important=False)] if sign else []),
        text(label, size=13, bold=True, lines=1),
        cls="android.widget.Button",
        id=id,
        desc=label,
        width="wrap",
        gap=4,
        background="surface_container",
        radius=6,
        padding=(12, 8),
        on_click=on_click,
    )


def check_circle(checked: bool, on_click: Handler, *, id: str, over_picture: bool = True) -> View:
    """A round mark to tick: hollow, or filled with a check."""
    mark = icon("check", icon_size=16, color="white", align="center", important=False)
    made = frame(
        frame(
            *([mark] if checked else []),
            width=24,
            height=24,
            radius=12,
            background="accent" if checked else ("#4d000000" if over_picture else "surface"),
            border="white" if over_picture else "outline",
            align="center",
        ),
        cls="android.widget.CheckBox",
        id=id,
        checkable=True,
        width=44,
        height=44,
        on_click=on_click,
    )
    made.checked = checked
    return made
