"""The MCP server, asked by the SDK's own client: in this process, and over stdin and stdout."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from droidcancel.errors import UsageError
from droidcancel.mcp_server import CHANGING, READING, server
from tests.conftest import MakePhone

LIMITS = (
    "{quiet_period_s: 1.5, late_period_s: 2, step_timeout_s: 20, network_timeout_s: 20, "
    "max_posts: 1}"
)


def ask(made: Any, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """The answers of some tools, an error as its text; before them, the tools that there are."""

    async def talk() -> list[Any]:
        async with Client(made) as client:
            listed = (await client.list_tools()).tools
            answers: list[Any] = [listed]
            for name, arguments in calls:
                done = await client.call_tool(name, arguments)
                if done.is_error:
                    answers.append(done.content[0].text)
                else:
                    told = done.structured_content
                    assert told is not None
                    answers.append(told.get("result", told))
            return answers

    return asyncio.run(talk())


def names(tools: Sequence[Any]) -> set[str]:
    return {tool.name for tool in tools}


def test_tools_that_change_are_there_only_when_allowed(tmp_path: Path) -> None:
    (reading,) = ask(server(reports=tmp_path))
    assert names(reading) == set(READING)
    assert all(tool.annotations.read_only_hint for tool in reading)
    (every,) = ask(server(reports=tmp_path, allow_changes=True))
    assert names(every) == {*READING, *CHANGING}
    assert {tool.name for tool in every if not tool.annotations.read_only_hint} == set(CHANGING)
    assert all(tool.description for tool in every)


def test_recipes_are_told_and_no_file_is(tmp_path: Path, adb_server: int) -> None:
    _, listed, one, part, wrong, file, phones = ask(
        server(reports=tmp_path),
        ("recipes", {}),
        ("recipe", {"name": "delete_post"}),
        ("recipe", {"name": "upload_video"}),
        ("recipe", {"name": "cancel_airplan"}),
        ("recipe", {"name": str(Path(__file__).parents[1] / "recipes" / "cancel_airplane.yaml")}),
        ("devices", {}),
    )
    assert "cancel_airplane" in {recipe["name"] for recipe in listed}
    assert one["deletes"] == ["delete_post deletes the post that it makes itself"]
    assert part["fragment"]
    assert "no recipe 'cancel_airplan'" in wrong
    assert "cancel_airplane" in wrong
    assert "no recipe" in file
    assert phones == []


def a_server(serial: str, tmp_path: Path, videos: Path | None = None) -> Any:
    """A server that may change one phone, which devices.yaml calls lab."""
    devices = tmp_path / "devices.yaml"
    devices.write_text(
        f"devices:\n  lab: {{kind: emulator, serial: '{serial}', app: clips, limits: {LIMITS}}}\n"
        "  other: {kind: usb, serial: none}\n"
    )
    return server(devices, "lab", tmp_path / "reports", allow_changes=True, videos=videos)


def test_a_phone_is_looked_at(make_phone: MakePhone, tmp_path: Path) -> None:
    serial = make_phone(apps=("clips",)).serial
    _, doctor, screen, none, other, refused, restored = ask(
        a_server(serial, tmp_path),
        ("doctor", {}),
        ("ui_dump", {"device": "lab"}),
        ("results", {}),
        ("doctor", {"device": "other"}),
        ("run_recipe", {"recipe": "delete_post", "variables": {"caption": "cat"}}),
        ("restore", {}),
    )
    assert doctor["serial"] == serial
    assert any(finding["ok"] for finding in doctor["findings"])
    assert screen["hierarchy"].startswith("<hierarchy")
    assert none == []
    assert "only lab may be used" in other
    assert "nobody agreed to it" in refused
    assert restored == []


def test_an_agent_sets_variables_and_no_more(tmp_path: Path) -> None:
    """No word of `api.run` gets by as one, as the yes to a delete; and no file is a profile."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: [\n")
    words = ("confirm", "protected", "package", "report", "observer", "on_event", "source", "self")
    _, *said = ask(
        a_server("none", tmp_path),
        *(
            ("run_recipe", {"recipe": "cancel_force_stop", "variables": {word: "yes"}})
            for word in words
        ),
        *((tool, {"app": str(secret)}) for tool in ("doctor", "ui_dump")),
        ("run_recipe", {"recipe": "cancel_force_stop", "app": str(secret)}),
    )
    variables, profiles = said[: len(words)], said[len(words) :]
    for word, told in zip(words, variables, strict=True):
        assert f"no variable '{word}'" in told, told
    for told in profiles:
        assert "no app profile" in told
        assert "clips" in told


def test_only_a_video_of_the_folder_is_uploaded(tmp_path: Path) -> None:
    """No path, link or odd name leads out of it; no phone is looked for before that is known."""
    videos, home = tmp_path / "videos", tmp_path / "videos-of-mine"
    for folder in (videos, home):
        folder.mkdir()
        (folder / "cat.mp4").write_bytes(bytes(1000))
    (videos / "link.mp4").symlink_to(home / "cat.mp4")
    (videos / "circle.mp4").symlink_to(videos / "circle.mp4")
    (videos / "more").symlink_to(home)

    def asked(video: str) -> tuple[str, dict[str, Any]]:
        return "run_recipe", {"recipe": "cancel_force_stop", "variables": {"video": video}}

    ways_out = (
        str(home / "cat.mp4"), "../videos-of-mine/cat.mp4", "link.mp4", "more/cat.mp4",
        "circle.mp4", "c\0at.mp4", "/etc/passwd", "~/cat.mp4", "", "none.mp4",
    )  # fmt: skip
    made = a_server("none", tmp_path, videos)
    _, *refused = ask(made, *map(asked, ways_out))
    for way, said in zip(ways_out, refused, strict=True):
        assert isinstance(said, str), (way, said)
        assert "is not in the folder of videos" in said or "there is no video" in said, (way, said)
    assert "there are: cat.mp4" in refused[-1]
    _, none = ask(a_server("none", tmp_path), asked(str(videos / "cat.mp4")))
    assert "no folder of videos was named" in none
    assert "--videos DIR" in none
    with pytest.raises(UsageError, match="there is no folder"):
        server(videos=tmp_path / "none")


@pytest.mark.extended
@pytest.mark.timeout(200)  # two whole runs
def test_a_recipe_is_run(make_phone: MakePhone, tmp_path: Path) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    (videos / "cat.mp4").write_bytes(bytes(600_000))
    serial = make_phone(apps=("clips",), upload_bytes_per_s=2e5).serial
    asked = {"recipe": "cancel_force_stop", "at": "40%", "variables": {"video": "cat.mp4"}}
    made = a_server(serial, tmp_path, videos)
    _, run, results, more = ask(
        made, ("run_recipe", asked), ("results", {}), ("run_recipe", asked)
    )  # fmt: skip
    assert "more than max_posts (1)" in more["error"]["message"]
    assert (run["verdict"], run["ok"], run["restored"]) == ("cancelled", True, True)
    assert "evidence" not in run
    assert Path(run["report"]).is_file()
    assert [result["run_id"] for result in results] == [run["run_id"]]


@pytest.mark.extended
def test_over_stdin_and_stdout(tmp_path: Path, adb_server: int) -> None:
    import os

    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "droidcancel", "mcp", "--reports", str(tmp_path)],
        env=dict(os.environ),
        cwd=tmp_path,
    )
    tools, phones = ask(parameters, ("devices", {}))
    assert names(tools) == set(READING)
    assert phones == []
