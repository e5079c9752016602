"""Intents from the words of `am` (Intent.parseCommandArgs in Intent.java)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_LAUNCHER,
    FLAG_GRANT_READ_URI_PERMISSION,
    Component,
    Intent,
)
from droidcancel.simulator.shell.android.java import Args, illegal_argument, parse_user

FLAGS = {
    "--grant-read-uri-permission": FLAG_GRANT_READ_URI_PERMISSION,
    "--grant-write-uri-permission": 0x00000002,
    "--grant-persistable-uri-permission": 0x00000040,
    "--grant-prefix-uri-permission": 0x00000080,
    "--exclude-stopped-packages": 0x00000010,
    "--include-stopped-packages": 0x00000020,
    "--debug-log-resolution": 0x00000008,
    "--activity-brought-to-front": 0x00400000,
    "--activity-clear-top": 0x04000000,
    "--activity-clear-when-task-reset": 0x00080000,
    "--activity-exclude-from-recents": 0x00800000,
    "--activity-launched-from-history": 0x00100000,
    "--activity-multiple-task": 0x08000000,
    "--activity-no-animation": 0x00010000,
    "--activity-no-history": 0x40000000,
    "--activity-no-user-action": 0x00040000,
    "--activity-previous-is-top": 0x01000000,
    "--activity-reorder-to-front": 0x00020000,
    "--activity-reset-task-if-needed": 0x00200000,
    "--activity-single-top": 0x20000000,
    "--activity-clear-task": 0x00008000,
    "--activity-task-on-home": 0x00004000,
    "--activity-match-external": 0x00000800,
    "--receiver-registered-only": 0x40000000,
    "--receiver-replace-pending": 0x20000000,
    "--receiver-foreground": 0x10000000,
    "--receiver-no-abort": 0x08000000,
    "--receiver-include-background": 0x01000000,
}


@dataclass
class StartOptions:
    """What `am` takes besides the intent (ActivityManagerShellCommand.makeIntent)."""

    wait: bool = False
    stop: bool = False
    repeat: int = 1
    user: int = 0
    task: int | None = None
    is_async: bool = False
    dismiss_keyguard: bool = False


@dataclass
class _Draft:
    action: str | None = None
    component: Component | None = None
    data: str | None = None
    type: str | None = None
    package: str | None = None
    flags: int = 0
    categories: set[str] = field(default_factory=set)
    extras: dict[str, Any] = field(default_factory=dict)
    named: bool = False


def _boolean(text: str) -> bool:
    """Intent's own reading of --ez: true, t, and numbers other than 0."""
    lowered = text.lower()
    if lowered in ("true", "t"):
        return True
    if lowered in ("false", "f"):
        return False
    try:
        return int(text, 0) != 0
    except ValueError:
        raise illegal_argument(f"Invalid boolean value: {text}") from None


def _integer(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise illegal_argument(f"Invalid int value: {text}") from None


def _decimal(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise illegal_argument(f"Invalid float value: {text}") from None


def _component(text: str) -> str:
    return str(_parse_component(text))


def _parse_component(text: str) -> Component:
    try:
        return Component.parse(text)
    except ValueError as error:
        raise illegal_argument(str(error)) from None


def _list_of(one: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    return lambda text: [one(part) for part in text.split(",")]


# Options that put an extra: how the value is read.
EXTRAS: dict[str, Callable[[str], Any]] = {
    "-e": str,
    "--es": str,
    "--ez": _boolean,
    "--ei": _integer,
    "--el": _integer,
    "--ef": _decimal,
    "--ed": _decimal,
    "--eu": str,
    "--ecn": _component,
    "--eia": _list_of(_integer),
    "--eial": _list_of(_integer),
    "--ela": _list_of(_integer),
    "--elal": _list_of(_integer),
    "--efa": _list_of(_decimal),
    "--efal": _list_of(_decimal),
    "--esa": _list_of(str),
    "--esal": _list_of(str),
}


def _take_intent_option(option: str, args: Args, draft: _Draft) -> bool:
    """Apply one option that Intent itself knows; False for any other."""
    if option in EXTRAS:
        key = args.required()
        draft.extras[key] = EXTRAS[option](args.required())
    elif option == "--esn":
        draft.extras[args.required()] = None
    elif option == "-c":
        draft.categories.add(args.required())
    elif option == "-f":
        draft.flags |= args.integer()
    elif option in FLAGS:
        draft.flags |= FLAGS[option]
        return True
    elif option in _TEXTS:
        setattr(draft, _TEXTS[option], args.required())
    elif option == "-n":
        draft.component = _parse_component(args.required())
    else:
        return False
    draft.named = draft.named or option in ("-a", "-d", "-t", "-c", "-n")
    return True


_TEXTS = {"-a": "action", "-d": "data", "-t": "type", "-p": "package", "-i": "identifier"}

# Options with one argument that change nothing here.
_IGNORED_WITH_VALUE = frozenset(
    (
        "-P",
        "--start-profiler",
        "--sampling",
        "--clock-type",
        "--attach-agent",
        "--display",
        "--attach-agent-bind",
        "--windowingMode",
        "--activityType",
        "--receiver-permission",
        "--task-display-area-feature-id",
        "--allow-fgs-start-reason",
    )
)
_IGNORED = frozenset(
    (
        "-D",
        "-N",
        "--suspend",
        "--streaming",
        "--track-allocation",
        "--task-overlay",
        "--lock-task",
        "--splashscreen-show-icon",
        "--allow-background-activity-starts",
    )
)


def _take_start_option(option: str, args: Args, options: StartOptions) -> bool:
    if option == "-W":
        options.wait = True
    elif option == "-S":
        options.stop = True
    elif option == "-R":
        options.repeat = max(1, args.integer())
    elif option == "--user":
        options.user = parse_user(args.required())
    elif option == "--task":
        options.task = args.integer()
    elif option == "--async":
        options.is_async = True
    elif option in ("--dismiss-keyguard", "--dismiss-keyguard-if-insecure"):
        options.dismiss_keyguard = True
    elif option in _IGNORED_WITH_VALUE:
        args.required()
    else:
        return option in _IGNORED
    return True


def parse(args: Args) -> tuple[Intent, StartOptions]:
    """Read options and the intent. Raises JavaError as Intent.parseCommandArgs does."""
    draft, options = _Draft(), StartOptions()
    while (option := args.option()) is not None:
        known = _take_intent_option(option, args, draft)
        if not known and not _take_start_option(option, args, options):
            raise illegal_argument(f"Unknown option: {option}")
    word = args.next()
    if word is None and not draft.named:
        raise illegal_argument("No intent supplied")
    if word is not None:
        _fill_in(draft, word)
    return _finish(draft), options


def _fill_in(draft: _Draft, word: str) -> None:
    """The word after the options: a URI, a component, or a package."""
    if ":" in word:
        draft.action = draft.action or "android.intent.action.VIEW"
        draft.data = draft.data or word
        return
    if "/" in word:
        draft.component = draft.component or _parse_component(word)
    else:
        draft.package = draft.package or word
    if draft.action is None:
        draft.action = ACTION_MAIN
        draft.categories = draft.categories or {CATEGORY_LAUNCHER}


def _finish(draft: _Draft) -> Intent:
    return Intent(
        action=draft.action,
        component=draft.component,
        data=draft.data,
        type=draft.type,
        categories=frozenset(draft.categories),
        package=draft.package,
        flags=draft.flags,
        grant_read=bool(draft.flags & FLAG_GRANT_READ_URI_PERMISSION),
        extras=draft.extras,
    )
