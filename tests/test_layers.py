"""Which package may import which: the simulator and the toolkit know nothing of each other."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MakePhone

ROOT = Path(__file__).parents[1] / "droidcancel"

# Each part of the package -> the parts that it may import at run time.
ALLOWED = {
    "errors": set(),
    "closing": set(),
    "csp": set(),
    "secret": set(),
    "simulator": set(),
    "verdict": {"apps", "evidence", "facts"},
    "facts": {"apps", "evidence"},
    "evidence": {"apps"},
    "sample": {"errors"},
    "device": {"closing", "errors", "secret"},
    "history": {"closing", "errors", "journal_file", "secret"},
    "fleet": {"apps", "device", "errors", "history", "journal_file", "journal_lock", "recipe",
              "sample", "secret"},
    "journal": {"device", "errors", "journal_elsewhere", "journal_file", "journal_undo"},
    "journal_elsewhere": {"device", "errors", "journal_file", "journal_lock"},
    "journal_file": {"errors"},
    "journal_lock": {"device", "errors", "journal_file"},
    "journal_undo": {"device", "errors", "journal_file"},
    "apps": {"device", "errors"},
    "cancel": {"apps", "device", "errors", "journal"},
    "recipe": {
        "apps", "cancel", "closing", "device", "errors", "evidence", "journal", "journal_file",
        "journal_lock", "journal_undo", "facts", "secret", "verdict",
    },
    "report": {"closing", "csp", "device", "errors", "recipe", "secret"},
    "record": {"apps", "csp", "device", "errors", "recipe"},
    "api": {"apps", "closing", "cli", "device", "errors", "recipe", "sample", "simulator"},
    "mcp_server": {"api", "apps", "cli", "device", "errors", "journal", "journal_lock", "recipe"},
    "pytest_plugin": {
        "api", "apps", "cli", "device", "errors", "journal", "journal_lock", "recipe", "record",
        "report", "sample", "secret", "simulator", "verdict",
    },
    "cli": {
        "apps", "cancel", "closing", "device", "errors", "evidence", "fleet", "history", "journal",
        "journal_file", "journal_lock", "mcp_server", "recipe", "record", "report", "sample",
        "secret", "simulator", "verdict",
    },
    "__main__": {"cli"},
}  # fmt: skip

# The only places that may speak adb and uiautomator2.
ADB_LIBRARIES = ("adbutils", "uiautomator2")

MODULES = sorted(ROOT.rglob("*.py"))


def part_of(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported(path: Path) -> set[str]:
    """Every absolute module that a file imports, wherever in it, type checking aside or not."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return
    assert part in ALLOWED, f"{part} is a new part: say here what it may import"
    ours = {n.split(".")[1] for n in imported(path) if n.startswith("droidcancel.")}
    ours = {name for name in ours if (ROOT / name).exists() or (ROOT / f"{name}.py").exists()}
    assert ours <= ALLOWED[part] | {part}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_device_layer_speaks_adb(path: Path) -> None:
    used = {name.split(".")[0] for name in imported(path)} & set(ADB_LIBRARIES)
    assert not used or part_of(path) == "device"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from droidcancel.cli import cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        "heavy = {'adbutils', 'uiautomator2', 'PIL', 'lxml', 'pydantic', 'rich', 'av', 'jinja2',"
        " 'asyncio', 'requests', 'ruamel', 'sqlalchemy', 'alembic', 'distributed'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


HEAVY = ("adbutils", "uiautomator2", "PIL", "lxml", "pydantic", "rich", "requests", "ruamel", "h11")


def test_listing_the_phones_imports_nothing_heavy(make_phone: MakePhone) -> None:
    phone = make_phone()
    code = (
        "import sys\n"
        "from droidcancel.cli import cli\n"
        "cli.main(['devices'], standalone_mode=False)\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert phone.serial in done.stdout
