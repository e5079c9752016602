"""What an agent may ask of droidcancel: an MCP server. It reads; changes are an option.

Every answer is JSON. What goes wrong is the tool's error: one message, and how to mend it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from droidcancel.errors import DroidCancelError, UsageError

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from droidcancel.api import Phone
    from droidcancel.recipe.options import Tally

P = ParamSpec("P")
R = TypeVar("R")
INSTRUCTIONS = (
    "droidcancel starts video uploads in Android apps, cancels them in a chosen way at a chosen "
    "moment, and proves what happened. Begin with `devices` and `recipes`. A device is a serial or "
    "a name of devices.yaml. Verdicts: cancelled, draft, deleted, resumed, published, passed, "
    "failed, invalid (the cancel was never applied), unknown (what was seen does not decide)."
)
#: of a run's JSON, what an agent needs not: it is in the report
BULKY = ("evidence",)
MOST_RESULTS = 50


class Tools:
    """The tools, on the phones that the server may use.

    `only`: the one phone that is used whatever an agent names; `reports`: the folder in which
    results are looked for and kept; `videos`: the folder whose videos may be uploaded, None for
    none but the sample.
    """

    def __init__(
        self, devices: Path | None, only: str | None, reports: Path, videos: Path | None = None
    ) -> None:
        self._devices = devices
        self._only = only
        self._reports = reports
        self._videos = videos
        self._tallies: dict[str, Tally] = {}

    # -- reading

    def devices(self) -> list[dict[str, Any]]:
        """The phones and simulators that adb reaches: serial, state, kind, model, advice."""
        from droidcancel.device.connect import list_devices

        return [asdict(device) for device in list_devices()]

    def recipes(self) -> list[dict[str, Any]]:
        """The recipes that ship: name, title, method, moment, the verdicts that each expects."""
        from droidcancel.cli.recipes import summary
        from droidcancel.recipe.load import load_recipe, recipe_names

        return [summary(load_recipe(name).recipe) for name in recipe_names()]

    def recipe(self, name: str) -> dict[str, Any]:
        """One recipe that ships: its variables, its steps in order, what it deletes, its YAML."""
        from droidcancel.api import Recipe
        from droidcancel.recipe.load import load_recipe, recipe_names, recipe_path

        if name not in recipe_names(fragments=True):
            load_recipe(Path(name).name)  # UsageError, with the nearest name
            raise UsageError(f"no recipe {name!r}", "recipes are named, see `recipes`")
        text = recipe_path(name).read_text(encoding="utf-8")
        loaded = load_recipe(name)
        if loaded.recipe.fragment:
            return {"name": name, "fragment": True, "yaml": text}
        made = Recipe(name)
        told = {"name": name, "title": made.title, "expect": list(made.expect)}
        return {**told, "variables": dict(made.variables), "steps": made.steps,
                "deletes": made.deletes, "yaml": text}  # fmt: skip

    def doctor(self, device: str | None = None, app: str | None = None) -> dict[str, Any]:
        """What each cancel method can do on a phone, and why not. Reads only."""
        from droidcancel.api import profile_of
        from droidcancel.device.doctor_topics import examine

        _must_ship(app)
        with self._phone(device) as phone:
            package = next(iter(profile_of(phone, app).packages), None)
            found = [asdict(finding) for finding in examine(phone.device, package)]
            return {"serial": phone.serial, "model": phone.model, "api_level": phone.api_level,
                    "findings": found}  # fmt: skip

    def ui_dump(self, device: str | None = None, app: str | None = None) -> dict[str, Any]:
        """The phone's screen as a hierarchy (XML), people's names and words removed, and which
        screen of the app it is."""
        from droidcancel.api import profile_of
        from droidcancel.apps.redact import redacted

        _must_ship(app)
        with self._phone(device) as phone:
            profile = profile_of(phone, app)
            look = profile.look(phone.device.ui.dump(), phone.device.locale)
            kept = redacted(look)
            return {
                "screen": look.screen,
                "upload": {"state": look.upload.state, "percent": look.upload.percent},
                "removed": len(kept.hidden),
                "hierarchy": kept.hierarchy.to_xml(),
            }

    def results(self, last: int = 10) -> list[dict[str, Any]]:
        """The latest runs in the server's report folder, the newest first, without evidence."""
        found = sorted(
            self._reports.rglob("run.json"), key=lambda path: path.stat().st_mtime, reverse=True
        )
        runs = (
            json.loads(path.read_text(encoding="utf-8"))
            for path in found[: min(last, MOST_RESULTS)]
        )
        return [_slim(run) for run in runs]

    # -- changing

    def run_recipe(
        self,
        recipe: str,
        device: str | None = None,
        at: str | None = None,
        method: str | None = None,
        app: str | None = None,
        variables: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Run a recipe that ships on a phone: it posts a video, cancels it, and proves what
        happened; the phone is put back. `at`: 40%, 3MB, 'after 2s', posting. Takes minutes.
        The variable `video` names a file of the folder that the server was given; leave it out
        for a sample."""
        from droidcancel.api import Recipe, run
        from droidcancel.recipe.load import recipe_names

        if recipe not in recipe_names():
            raise UsageError(f"no recipe {recipe!r}", "see `recipes` for the names")
        _must_ship(app)
        values: dict[str, Any] = dict(variables or {})
        if values.get("video") is not None:
            values["video"] = self._video(values["video"])
        # variables of the recipe and no more: `run` has words of its own, to agree to a delete
        wanted = Recipe(recipe, **values)
        with self._phone(device) as phone:
            folder = _new_folder(self._reports, recipe)
            result = run(wanted, phone, at=at, method=method, app=app, report=folder)
            return _slim({**result.to_json(), "report": result.report})

    def restore(self, device: str | None = None) -> list[dict[str, Any]]:
        """Put a phone back as it was, after a run that was broken off."""
        from droidcancel.journal import Journal
        from droidcancel.journal_lock import phone_lock

        with self._phone(device) as phone, phone_lock(phone.serial):
            undone = Journal.of(phone.serial).restore(phone.device)
            return [asdict(each) for each in undone]

    def _video(self, named: str) -> Path:
        """The file that an agent names: one of the folder for videos, and no way out of it.

        Links are followed before it is decided, so that one in the folder leads nowhere else.
        """
        if self._videos is None:
            raise UsageError(
                f"the video {named!r} may not be uploaded: no folder of videos was named",
                "leave `video` out for a sample; or start the server with --videos DIR",
            )
        root = self._videos.resolve()
        try:
            file = (root / named).resolve()
        except (OSError, ValueError, RuntimeError):  # no name of a file, or links in a circle
            file = root.parent
        if not file.is_relative_to(root):
            raise UsageError(
                f"the video {named!r} is not in the folder of videos",
                f"name a file of {root}, relative to it",
            )
        if not file.is_file():
            known = sorted(each.name for each in root.iterdir() if each.is_file())[:MOST_RESULTS]
            raise UsageError(
                f"there is no video {named!r} in {root}", f"there are: {', '.join(known) or 'none'}"
            )
        return file

    @contextmanager
    def _phone(self, device: str | None) -> Iterator[Phone]:
        from droidcancel.api import connect

        if self._only is not None and device not in (None, self._only):
            raise UsageError(f"only {self._only} may be used", "leave `device` out")
        with connect(device or self._only, devices=self._devices, boot=False) as phone:
            # one count for as long as the server runs, over all of its connections
            phone.tally = self._tallies.setdefault(phone.serial, phone.tally)
            yield phone


READING = ("devices", "recipes", "recipe", "doctor", "ui_dump", "results")
CHANGING = ("run_recipe", "restore")


def server(
    devices: Path | None = None,
    only: str | None = None,
    reports: Path = Path("reports/mcp"),
    *,
    allow_changes: bool = False,
    videos: Path | None = None,
) -> MCPServer:
    """The server. Tools that change something are there only where that is allowed.

    `videos`: the folder whose videos an agent may have uploaded. Raises UsageError where the SDK
    is not installed, and for a folder that is not there.
    """
    if videos is not None and not videos.is_dir():
        raise UsageError(f"--videos: there is no folder {videos}")
    try:
        from mcp.server import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise UsageError(
            "the MCP SDK is not installed", "pip install 'droidcancel[mcp]'"
        ) from error

    import droidcancel

    tools = Tools(devices, only, reports, videos)
    made = MCPServer(
        "droidcancel", instructions=INSTRUCTIONS, version=droidcancel.__version__,
        log_level="WARNING",
    )  # fmt: skip
    for name in (*READING, *(CHANGING if allow_changes else ())):
        changes = name in CHANGING
        hints = ToolAnnotations(read_only_hint=not changes, destructive_hint=changes)
        made.add_tool(_told(getattr(tools, name)), name=name, annotations=hints)
    return made


def _told(tool: Callable[P, R]) -> Callable[P, R]:
    """The tool, whose errors say how to mend them."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return tool(*args, **kwargs)
        except DroidCancelError as error:
            raise ToolError(error.explain()) from error

    return called


def _must_ship(app: str | None) -> None:
    """An agent names a profile; a path would have a file of this host read, and told in part."""
    from droidcancel.apps.profile import AppProfile

    if app is not None and app not in AppProfile.names():
        known = ", ".join(AppProfile.names())
        raise UsageError(f"no app profile {app!r}", f"profiles: {known}; or leave `app` out")


def _slim(run: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in run.items() if key not in BULKY}


def _new_folder(root: Path, name: str) -> Path:
    for number in range(1, 100_000):
        folder = root / f"{number:04d}-{name}"
        if not folder.exists() and not list(root.glob(f"{number:04d}-*")):
            return folder
    raise UsageError(f"{root} is full", "name another folder with --reports")
