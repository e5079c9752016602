"""One user's apps among those of others: work profiles, second copies of apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from droidcancel.device import Device
from droidcancel.device.activities import Activities
from droidcancel.device.jobs import Jobs
from droidcancel.device.packages import Packages
from droidcancel.device.shell import ShellChannel
from droidcancel.device.types import Output
from droidcancel.errors import AppError
from droidcancel.journal import Journal

DATA = Path(__file__).parent / "data"


class Answers:
    """A phone's shell that prints samples: what is asked, and the text that answers it."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.asked: list[list[str]] = []

    def run(self, command: Any, timeout: float = 0) -> Output:
        return Output(self.text(command).encode(), b"", 0, 0.0)

    def text(self, command: Any, timeout: float = 0) -> str:
        words = command.split() if isinstance(command, str) else list(command)
        self.asked.append(words)
        return next((text for word, text in self.texts.items() if word in words), "")


def shell(**texts: str) -> ShellChannel:
    return cast("ShellChannel", Answers(**texts))


def sample(name: str) -> str:
    return (DATA / f"{name}.txt").read_text(encoding="utf-8")


def test_the_tasks_of_a_second_copy_are_not_ours() -> None:
    line = shell(recents=sample("recents-12-dual"), stack=sample("stacks-10"))
    assert Activities(line, 31).tasks_of("com.example.app") == []
    (task,) = Activities(line, 31, 999).tasks_of("com.example.app")
    assert task.task_id == 42


def test_the_jobs_of_a_work_profile_are_not_the_owners() -> None:
    line = shell(jobscheduler=sample("jobs-10-upload"))
    assert Jobs(line).pending("com.example.app") == []
    assert len(Jobs(line, 10).pending("com.example.app")) == 1


def test_processes_services_and_uids_of_one_user() -> None:
    line = shell(
        ps=sample("ps-8"),
        services=sample("services-14").replace(" u0 ", " u10 "),
        list=sample("list-packages-users"),
    )
    assert Packages(line).pids("com.example.app") == [9001]
    assert Packages(line, 999).pids("com.example.app") == [9002]
    assert Packages(line).foreground_services("com.example.radar") == []
    assert len(Packages(line, 10).foreground_services("com.example.radar")) == 1
    assert Packages(line, 10).installed() == {"com.example.app": 1010123}


def test_an_app_that_only_another_user_has_names_that_user() -> None:
    line = shell(package=sample("package-14-users"), users=sample("users-work"))
    owner = Packages(line).require("com.example.app")
    work = Packages(line, 10).require("com.example.app")
    assert (owner.uid, owner.stopped) == (10217, False)
    assert (work.uid, work.stopped) == (1010217, True)
    with pytest.raises(AppError, match="not installed for user 11, but for users 0, 10") as caught:
        Packages(line, 11).require("com.example.app")
    assert "--user 0 or --user 10" in str(caught.value.hint)


def test_pages_of_the_phone_are_opened_as_whoever_uses_it() -> None:
    line = Answers(start="Starting: Intent { }")
    activities = Activities(cast("ShellChannel", line), 34, 10)
    activities.view("android.settings.AIRPLANE_MODE_SETTINGS")
    activities.view("android.settings.APPLICATION_DETAILS_SETTINGS", "package:a.b")
    phone, app = line.asked
    assert "--user" not in phone
    assert app[2:4] == ["--user", "10"]


class Phone:
    serial, boot_id, identity = "serial-1", "boot-1", ""

    def __init__(self, user: int) -> None:
        self.user = user
        self.packages = self
        self.has = True

    def granted(self, package: str, permission: str) -> bool:
        return self.has

    def grant(self, package: str, permission: str) -> None:
        self.has = True

    def revoke(self, package: str, permission: str) -> None:
        self.has = False


def test_a_change_of_one_user_is_not_undone_as_another(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    work = Phone(10)
    work.has = False
    what = {"package": "a.b", "permission": "x.Y"}
    journal.begin(cast("Device", work), "permission", args=what)
    work.has = True
    (left,) = journal.restore(cast("Device", Phone(0)))
    assert not left.ok
    assert "droidcancel restore --user 10" in left.detail
    (undone,) = journal.restore(cast("Device", work))
    assert undone.ok
    assert not work.has
