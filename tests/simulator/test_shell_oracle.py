"""The phone's shell against a shell of the host, where both must agree.

The host's shell gets only the fixed snippets of data/shell_snippets.sh, in an empty directory.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.simulator.shell_phone import SmallPhone, sh

BASH = shutil.which("bash")

SNIPPETS = (Path(__file__).parent / "data" / "shell_snippets.sh").read_text()


def _snippets() -> list[str]:
    """Split into snippets: a line each, but what belongs together stays together."""
    from droidcancel.simulator.shell.parser import Parser
    from droidcancel.simulator.shell.syntax import Incomplete

    found, text = [], ""
    for line in SNIPPETS.strip("\n").split("\n"):
        text += line + "\n"
        try:
            Parser(text, more=True).line_node()
        except Incomplete:
            continue
        found.append(text)
        text = ""
    assert not text
    merged: list[str] = []
    for snippet in found:
        if merged and snippet.strip() in ("foo", 'echo "$x"'):
            merged[-1] += snippet
        else:
            merged.append(snippet)
    return merged


@pytest.mark.skipif(BASH is None, reason="needs bash as the oracle")
@pytest.mark.parametrize("script", _snippets())
def test_agrees_with_the_host(script: str, tmp_path: Path) -> None:
    preamble = "cd /data/local/tmp\n"
    host = subprocess.run(
        [str(BASH), "-c", "shopt -s xpg_echo 2>/dev/null\n" + script],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C"},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=10,
        check=False,
    )
    ours = sh(preamble + script, phone=SmallPhone())
    assert ours.stdout == host.stdout.decode()
    # bash gives 127 for what ends a shell with 1 in mksh: an unset parameter
    assert ours.status == (1 if host.returncode == 127 else host.returncode)
