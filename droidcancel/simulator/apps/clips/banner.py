"""The strip above the tabs that shows the upload, and what its buttons ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.posting import Phase, Posting
from droidcancel.simulator.pictures import scene
from droidcancel.simulator.views import View, button, column, image, progress, row, spacer, text

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.screen import Screen

STATE_TEXTS: dict[Phase, str] = {
    "uploading": "posting",
    "waiting": "waiting_network",
    "held": "waiting_unmetered",
    "failed": "post_failed",
}


def upload_banner(screen: Screen) -> list[View]:
    """The banner, or nothing when no upload is to be shown."""
    posting = screen.clips.uploads.current
    if posting is None or posting.phase not in STATE_TEXTS:
        return []
    failed = posting.phase == "failed"
    strip = column(
        row(
            image(scene(posting.post.seed), width=32, height=42, radius=4, id="upload_cover"),
            column(
                text(
                    screen.text(STATE_TEXTS[posting.phase]),
                    id="upload_state",
                    size=14,
                    bold=True,
                    lines=1,
                    color="error" if failed else "on_surface",
                ),
                *([] if failed else [_percent(posting)]),
                weight=1,
                margin=(12, 0),
            ),
            *_buttons(screen, failed),
            padding=(12, 8, 4, 8),
        ),
        progress(
            posting.percent / 100, height=3, color="error" if failed else "accent", id="upload_bar"
        ),
        id="upload_banner",
        background="surface",
    )
    return [strip]


def _percent(posting: Posting) -> View:
    return text(f"{posting.percent}%", id="upload_progress", size=12, color="on_surface_variant")


def _buttons(screen: Screen, failed: bool) -> list[View]:
    uploads = screen.clips.uploads
    cancel = button(
        screen.text("cancel"),
        id="upload_cancel",
        on_click=lambda: ask_to_cancel(screen),
        color="on_surface",
        size=14,
        padding=(12, 8),
    )
    if not failed:
        return [cancel]
    retry = button(
        screen.text("retry"),
        id="upload_retry",
        on_click=uploads.retry,
        color="accent",
        size=14,
        padding=(12, 8),
    )
    return [retry, spacer(width=0), cancel]


def ask_to_cancel(screen: Screen) -> None:
    """Discard this post? The upload goes on until the answer."""
    uploads = screen.clips.uploads
    asked_about = uploads.current

    def still() -> bool:
        return asked_about is not None and uploads.current is asked_about

    screen.ask(
        screen.text("discard_post_title"),
        "",
        (
            "discard_confirm",
            screen.text("discard"),
            lambda: uploads.cancel() if still() else None,
            "accent",
        ),
        (
            "save_draft_confirm",
            screen.text("save_draft"),
            lambda: _keep(screen) if still() else None,
            "on_surface",
        ),
        ("keep_uploading", screen.text("keep_uploading"), None, "on_surface"),
    )


def _keep(screen: Screen) -> None:
    screen.clips.uploads.keep_as_draft()
    screen.clips.toast(screen.text("saved_to_drafts"))
