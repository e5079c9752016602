"""README and docs as what can be tried: code blocks, the commands in them, and what they print.

Before a block may stand, each in a line of its own:

    <!-- not run: REASON -->            none of its commands is run; REASON is one of REASONS
    <!-- not run (make test): REASON -->   none that begins so
    <!-- file: NAME -->                 the reader writes it into that file
    <!-- part: WHAT -->                 it is no whole file

A command may end in `# exit code 1` or `# any exit code`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
        ROOT / "examples/pytest/README.md",
        *ROOT.glob("docs/**/*.md"),
    )
)
#: why a command of the documentation is not run by a test
REASONS = {
    "usb": "it needs a phone on a cable",
    "by hand": "it needs an upload that a person began on the phone, or an answer of a person",
    "lab": "it needs other hosts, certificates, or a farm of phones",
    "sdk": "it needs Android's SDK",
    "install": "it changes the machine or asks the network",
    "hours": "it takes hours, or runs the tests themselves",
    "elsewhere": "another test runs it: tests/fleet, tests/history, tests/test_examples_pytest.py",
}
_MARK = re.compile(r"<!-- (not run|file|part)(?: \((.+)\))?: (.+) -->")
_FENCE = re.compile(r"( *)(`{3,})([\w{}-]*)")
_CODE = re.compile(r"(?<!`)`((?:droidcancel|make|pytest|python -m \w+\.\w+) [^`]+)`(?!`)")
_CODE_ENDS = re.compile(r"#\s*(?:exit code (\d+)|(any) exit code)\s*$")


@dataclass(frozen=True)
class Fence:
    """A block of code. `line` counts from 1; `not_run`: beginnings of commands -> the reason."""

    page: str
    line: int
    language: str
    text: str
    not_run: dict[str, str] = field(default_factory=dict)
    file: str | None = None
    part: str | None = None

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command of a page, what the page shows of its output, and its exit code (None: any)."""

    place: str
    text: str
    shown: tuple[str, ...] = ()
    exit_code: int | None = 0
    not_run: str | None = None

    @property
    def plain(self) -> str:
        """Without what is said behind it."""
        return _CODE_ENDS.sub("", self.text).strip()


def fences(page: str) -> list[Fence]:
    """The blocks of code of a page."""
    return list(_fences(page))


def _fences(page: str) -> Iterator[Fence]:
    lines = iter(enumerate((ROOT / page).read_text(encoding="utf-8").splitlines(), 1))
    marks: list[re.Match[str]] = []
    for number, line in lines:
        if mark := _MARK.fullmatch(line.strip()):
            marks.append(mark)
            continue
        opened = _FENCE.fullmatch(line.rstrip())
        if opened is None:
            marks = marks if not line.strip() else []
            continue
        indent, ticks, language = opened.groups()
        body = []
        for _, inner in lines:
            if inner.strip() == ticks:
                break
            body.append(inner.removeprefix(indent))
        said = {kind: what for kind, _, what in (m.groups() for m in marks)}
        not_run = {m[2] or "": m[3] for m in marks if m[1] == "not run"}
        yield Fence(
            page, number, language, "\n".join(body) + "\n", not_run,
            said.get("file"), said.get("part"),
        )  # fmt: skip
        marks = []


def commands(fence: Fence) -> list[Command]:
    """The commands of a block in a shell's language."""
    if fence.language == "sh":
        lines = fence.text.replace("\\\n", " ").splitlines()
        found = [(line.strip(), ()) for line in lines if line.strip()]
        return [_command(fence, text, shown) for text, shown in found if not text.startswith("#")]
    if fence.language != "console":
        return []
    parts = re.split(r"^\$ ", fence.text, flags=re.MULTILINE)
    made = []
    for part in parts[1:]:
        first, _, rest = part.replace("\\\n", " ").partition("\n")
        made.append(_command(fence, first.strip(), tuple(rest.splitlines())))
    return made


def _command(fence: Fence, text: str, shown: tuple[str, ...]) -> Command:
    ends = _CODE_ENDS.search(text)
    code = 0 if ends is None else None if ends[2] else int(ends[1])
    reason = next((why for begin, why in fence.not_run.items() if text.startswith(begin)), None)
    return Command(fence.place, text, shown, code, reason)


def inline(page: str) -> list[Command]:
    """Commands in the middle of a text, as `droidcancel restore`."""
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"^( *`{3,}).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    return [Command(page, " ".join(each.split())) for each in _CODE.findall(text)]


def words(text: str) -> Iterator[list[str]]:
    """The words of each simple command in a line: without comments, redirections, assignments."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    current: list[str] = []
    skip = False
    for token in lexer:
        if set(token) <= set("();<>|&"):
            if set(token) & set("<>"):
                current = current[:-1] if current and current[-1] == "2" else current
                skip = True
                continue
            yield current
            current = []
        elif skip:
            skip = False
        elif current or not re.match(r"[A-Z_]+=", token):
            current.append(token)
    yield current
