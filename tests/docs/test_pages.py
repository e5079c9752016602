"""README and docs, word by word: each page is followed in a folder of its own.

Files are written where the page says so, commands are run by bash one after the other, and what
the page shows of their output must come, in this order. In what is shown, `...` stands for
anything, and numbers, tokens and serials for others of their kind.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import adbutils
import pytest

from tests.conftest import emulator_ports_held
from tests.docs.fences import PAGES, ROOT, Command, Fence, commands, fences

pytestmark = pytest.mark.extended
#: beginnings of commands that are run on no page -> the reason, as in fences.REASONS
NEVER: Mapping[str, str] = {
    "make ": "hours",
    "python -m benchmarks.": "hours",
    "pip install": "install",
    "python -m pip": "install",
    "python3 -m venv": "install",
    ". .venv": "install",
}
#: pages whose Python is run by another test, as a whole
ELSEWHERE = {"docs/api.md": "tests/test_api.py"}
#: what a page needs to lie in the reader's folder, beside what it says itself
NEEDS: Mapping[str, Sequence[str]] = {
    "README.md": ("recipes", "my_recipe.yaml", "me.mp4", "a phone"),
    "docs/howto/app-profile.md": ("droidcancel",),
    "docs/history.md": ("a run",),
    "docs/capture.md": ("airplane.cassette",),
    "docs/report.md": ("a run",),
}
COMMAND_S = 400
#: commands that boot a virtual phone where no phone is attached
BOOTS = re.compile(r"droidcancel (run|record|demo|simulator capture)|^pytest|^python ")
#: the serial that pages write for the first virtual phone of theirs
WRITTEN = "emulator-5554"


class Reader:
    """Somebody who follows a page."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.serial = WRITTEN
        self.has_phone = False
        adb = Path(adbutils.__file__).parent / "binaries"
        own = Path(sys.executable).parent
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
            "PATH": f"{own}:{os.environ['PATH']}:{adb}",
            "DROIDCANCEL_STATE_DIR": str(folder / ".state"),
            "DROIDCANCEL_RUNTIME_DIR": str(folder / ".run"),
            "DROIDCANCEL_CONFIG_DIR": str(folder / ".config"),
            "DROIDCANCEL_CACHE_DIR": str(cache),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(self, line: str) -> tuple[int, str]:
        """The exit code and all that it prints."""
        command = ["bash", "-c", line.replace(WRITTEN, self.serial)]
        with self._ports(line):
            done = subprocess.run(
                command, cwd=self.folder, env=self.environment, text=True, check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=COMMAND_S,
            )  # fmt: skip
        if "simulator stop" in line:
            self.has_phone = False
        elif "simulator start" in line and not done.returncode:
            self.has_phone = True
            self.serial = done.stdout.split()[-1] if self.serial == WRITTEN else self.serial
        return done.returncode, done.stdout

    def _ports(self, line: str) -> AbstractContextManager[None]:
        """For a command that takes an emulator's port, and no longer: pages are long."""
        boots = BOOTS.search(line) and not self.has_phone
        return emulator_ports_held() if boots or "simulator start" in line else nullcontext()

    def does(self, command: Command) -> None:
        code, printed = self.run(command.plain)
        told = f"{command.place}: {command.text}\nexit code {code}\n{printed}"
        assert command.exit_code in (None, code), told
        missing = not_shown(command.shown, printed)
        assert missing is None, f"not shown: {missing!r}\n{told}"
        assert "Traceback" not in printed, told

    def tries(self, fence: Fence) -> None:
        """A program of the page: a test by pytest, anything else as a script."""
        name = f"test_line_{fence.line}.py"
        (self.folder / name).write_text(fence.text, encoding="utf-8")
        tests = re.search(r"^def test_|^@pytest.fixture", fence.text, re.MULTILINE)
        code, printed = self.run(f"pytest -q {name}" if tests else f"python {name}")
        if not tests:
            (self.folder / name).unlink()
        # 5: fixtures alone, which is no test
        assert code in ((0, 5) if tests else (0,)), f"{fence.place}\n{printed}"

    def has(self, what: str) -> None:
        """Lay something into the folder."""
        if what == "a run":
            code, printed = self.run("droidcancel run cancel_force_stop --report reports/earlier")
            assert code == 0, printed
        elif what == "a phone":
            code, printed = self.run("droidcancel simulator start")
            assert code == 0, printed
        elif what == "me.mp4":
            from droidcancel.sample import sample_video

            shutil.copyfile(sample_video(), self.folder / what)
        elif what == "my_recipe.yaml":
            (recipe,) = (f for f in fences("README.md") if f.language == "yaml")
            text = recipe.text.replace("name: cancel_airplane", "name: my_recipe")
            (self.folder / what).write_text(text, encoding="utf-8")
        elif what == "airplane.cassette":
            code, printed = self.run(f"droidcancel simulator capture cancel_airplane -o {what}")
            assert code == 0, printed
        else:
            (self.folder / what).symlink_to(ROOT / what)


def alike(text: str) -> str:
    """A line without what differs from run to run."""
    text = re.sub(r"#dc[a-z0-9]{6}\b", "#TOKEN", text)
    text = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b", "ID", text)
    text = re.sub(r"\bemulator-\d+|\b127\.0\.0\.1:\d+", "SERIAL", text)
    text = re.sub(r"=+( .* )=+", r"==\1==", text)
    return " ".join(re.sub(r"\d+(?:\.\d+)?", "N", text).split())


def not_shown(shown: Sequence[str], printed: str) -> str | None:
    """The first line that is shown and was not printed where it should be, None for none."""
    said = [line for line in map(alike, printed.splitlines()) if line]
    at, anywhere = 0, False
    for line in filter(None, map(alike, shown)):
        if line == "...":
            anywhere = True
            continue
        wanted = re.compile(".*".join(re.escape(part) for part in line.split("...")))
        places = range(at, len(said)) if anywhere else range(at, min(at + 1, len(said)))
        found = next((n for n in places if wanted.fullmatch(said[n])), None)
        if found is None:
            return line
        at, anywhere = found + 1, False
    return None


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def reader(tmp_path: Path, cache: Path, adb_server: int) -> Iterator[Reader]:
    made = Reader(tmp_path, cache)
    yield made
    made.run("droidcancel simulator stop --all")


def tried(page: str) -> bool:
    """Whether there is anything to do on a page."""
    return any(f.language == "python" or runs(f) for f in fences(page)) and page not in ELSEWHERE


def runs(fence: Fence) -> list[Command]:
    """The commands of a block that are run."""
    found = [c for c in commands(fence) if c.not_run is None]
    return [c for c in found if not c.text.startswith(tuple(NEVER))]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("page", [page for page in PAGES if tried(page)])
def test_a_page_is_true(page: str, reader: Reader) -> None:
    for what in NEEDS.get(page, ()):
        reader.has(what)
    for fence in fences(page):
        if fence.file is not None:
            path = reader.folder / fence.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence.text, encoding="utf-8")
        elif fence.language == "python" and fence.part is None:
            reader.tries(fence)
        for command in runs(fence):
            reader.does(command)


def test_what_is_shown_is_compared() -> None:
    printed = "  0.51 s  post\n\n  2.0 s  cut #dcab12cd\nsim12  emulator-5556\nlast\n"
    assert not_shown(["0.4 s post", "1 s cut #dcq7fkr6"], printed) is None
    assert not_shown(["...", "sim9 127.0.0.1:40001"], printed) is None
    assert not_shown(["...", "1 s cut ...", "...", "last"], printed) is None
    assert not_shown(["0.4 s post", "last"], printed) == "last"
    assert not_shown(["...", "last", "0.1 s post"], printed) == "N s post"
    assert not_shown(["0.4 s pots"], printed) == "N s pots"
