"""A notification as the shade shows it (notification_template_material_base.xml)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.system.app_icons import sign_of
from droidcancel.simulator.views import View, button, column, icon, progress, row, spacer, text

if TYPE_CHECKING:
    from droidcancel.simulator.apps.system.system_ui import SystemUi
    from droidcancel.simulator.services_state import Notification


def notification_row(
    ui: SystemUi,
    note: Notification,
    on_click: Callable[[], object],
    on_swipe: Callable[[str], object] | None,
) -> View:
    """The notification with its progress and its buttons."""
    return column(
        _header(ui, note),
        text(note.title, id="android:id/title", size=15, bold=True, lines=1),
        *([_line(note.text)] if note.text else []),
        *_progress(note),
        *_actions(ui, note),
        id="expandableNotificationRow",
        cls="android.widget.FrameLayout",
        background="surface",
        radius=20,
        padding=(16, 12),
        gap=2,
        on_click=on_click,
        on_swipe=on_swipe,
    )


def _line(words: str) -> View:
    return text(words, id="android:id/text", size=14, color="on_surface_variant", lines=2)


def _header(ui: SystemUi, note: Notification) -> View:
    return row(
        icon(sign_of(note.package), icon_size=16, color="primary", id="android:id/icon"),
        text(ui.label(note.package), id="android:id/app_name_text", size=12, lines=1),
        text("•", size=12, important=False),
        text(ui.age(note), id="android:id/time", size=12, color="on_surface_variant"),
        spacer(weight=1),
        gap=6,
    )


def _progress(note: Notification) -> list[View]:
    if not note.progress_max and not note.indeterminate:
        return []
    done = None if note.indeterminate else note.progress / note.progress_max
    return [progress(done, id="android:id/progress", height=6, margin=(0, 8, 0, 4))]


def _actions(ui: SystemUi, note: Notification) -> list[View]:
    if not note.actions:
        return []
    buttons = [
        button(
            label,
            id="android:id/action0",
            padding=(8, 6),
            on_click=partial(ui.run_action, note.package, action),
        )
        for label, action in note.actions
    ]
    return [row(*buttons, id="android:id/actions", gap=8)]
