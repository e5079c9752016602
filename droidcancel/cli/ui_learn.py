"""`droidcancel ui learn`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli.options import devices_file_option, json_option, print_json, serial_option
from droidcancel.cli.terminal import say
from droidcancel.cli.ui_screen import SeenScreen, dump_options, open_screen
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.apps.learn import Lesson
    from droidcancel.device.hierarchy import Node


@click.command(name="learn")
@click.argument("element")
@serial_option
@devices_file_option
@dump_options
@click.option("--at", metavar="X,Y", help="It is what stands at this pixel.")
@click.option("--text", metavar="TEXT", help="It is what says this.")
@click.option(
    "--pick", type=click.IntRange(1), metavar="N", help="It is the N-th that `ui explain` lists."
)
@click.option(
    "--by",
    type=click.Choice(["desc", "text", "id"]),
    help="What to know it by; without it, the first of these that finds it alone.",
)
@click.option(
    "--overlay",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The overlay to write, in place of your own.",
)
@click.option("--yes", is_flag=True, help="Write it without asking.")
@json_option
def command(
    element: str, serial: str | None, devices_file: Path | None, app: str | None,
    dump: Path | None, locale: str | None, app_version: str | None, at: str | None,
    text: str | None, pick: int | None, by: str | None, overlay: Path | None, yes: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Teach the profile a new locator for an element.

    Takes what you point at, else what is likest to ELEMENT on the screen; shows the locator that
    would find it, asks, and writes it to your overlay of the profile, which is laid over the one
    that ships with droidcancel from then on.
    """
    from droidcancel.apps import learn
    from droidcancel.apps.overlay import overlay_path, read_overlay, with_learned, write

    if sum(given is not None for given in (at, text, pick)) > 1:
        raise UsageError("--at, --text and --pick each name one thing: give one of them")
    with open_screen(serial, devices_file, app, dump, locale, app_version) as screen:
        look = screen.look
        learn.may_learn(look, element)
        node = _node(screen, element, at, text, pick)
        owner = learn.check_owner(look, element, node)
        chosen = _lesson(learn.lessons(look, element, node), by, element)
        path = overlay or overlay_path(look.profile.name)
        changed = with_learned(
            read_overlay(path, look.profile.name), str(path), element, chosen.locator
        )
        _show(screen, element, node, chosen, owner, path)
        if not yes and not _agreed(default=not look.profile.is_sensitive(element)):
            raise UsageError("nothing was written")
        _check(screen, app, changed, path, element, node)
        write(path, changed)
    if as_json:
        print_json({"element": element, "locator": chosen.locator, "overlay": str(path)})
    else:
        say(f"{path}: {element} is now found by {_in_words(chosen)}")


def _node(
    screen: SeenScreen, element: str, at: str | None, text: str | None, pick: int | None
) -> Node:
    """What is pointed at, else what is likest."""
    from droidcancel.apps import learn
    from droidcancel.apps.likeness import propose

    if at is not None:
        return learn.at(screen.look, *_pixel(at))
    if text is not None:
        return learn.saying(screen.look, text)
    proposal = propose(screen.look, element, screen.recall(element))
    if pick is not None:
        if pick > len(proposal.candidates):
            raise UsageError(f"--pick {pick}: there are {len(proposal.candidates)} candidates")
        return proposal.candidates[pick - 1].node
    found = screen.look.find(element)
    if found is not None:
        raise UsageError(
            f"{element} is found already, by locator {found.locator + 1}",
            "point at another thing with --at or --text, if that is the wrong one",
        )
    if proposal.chosen is None:
        raise UsageError(
            f"nothing to learn from by itself: {proposal.why_not}",
            f"point at it with --at, --text or --pick; see `droidcancel ui explain {element}`",
        )
    return proposal.chosen.node


def _pixel(at: str) -> tuple[int, int]:
    x, _, y = at.partition(",")
    try:
        return int(x), int(y)
    except ValueError:
        raise UsageError(f"--at {at}: expected two whole numbers, as 540,1200") from None


def _lesson(made: Sequence[Lesson], by: str | None, element: str) -> Lesson:
    fitting = [lesson for lesson in made if by in (None, lesson.kind)]
    if fitting:
        return fitting[0]
    if made:
        others = ", ".join(dict.fromkeys(lesson.kind for lesson in made))
        raise UsageError(f"by {by} it is not found alone on this screen", f"it is by: {others}")
    raise UsageError(
        f"nothing tells {element} from the rest of this screen: no label, and no resource-id",
        "write a locator by hand, with `area` or `inside`, into the overlay",
    )


def _show(
    screen: SeenScreen, element: str, node: Node, lesson: Lesson, owner: str, path: Path
) -> None:
    from droidcancel.apps.likeness import label_of

    look = screen.look
    private = look.profile.elements[element].private
    what = "" if private else f" {label_of(node)!r}" if label_of(node) else ""
    kind = node.cls.rpartition(".")[2] or "thing"
    say(f"{element} on {look.screen or 'a screen that is not known'}:", err=True)
    say(f"  the {kind}{what} at {list(node.bounds)}", err=True)
    if owner:
        say(f"  note: the profile takes it for {owner}", err=True)
    say(f"  new locator: {_in_words(lesson)}", err=True)
    say(f"  goes to {path}", err=True)


def _in_words(lesson: Lesson) -> str:
    return json.dumps(lesson.locator, ensure_ascii=False)


def _agreed(*, default: bool) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on", "give --yes to write it")
    return click.confirm("Write it?", default=default, err=True)


def _check(
    screen: SeenScreen, app: str | None, text: str, path: Path, element: str, node: Node
) -> None:
    """UsageError, with nothing written, where the profile would not find it by that."""
    from droidcancel.apps.document import Document
    from droidcancel.apps.geometry import clickable
    from droidcancel.apps.profile import AppProfile

    look = screen.look
    profile = AppProfile.load_with(app or look.profile.name, Document.parse(text, str(path)))
    found = profile.look(look.hierarchy, look.locale, look.version).find(element)
    if found is None or found.target is not clickable(node):
        raise UsageError(
            f"{path}: with the new locator, {element} would still be another thing here",
            "look at the locators that are in the overlay already: they may find it first",
        )
