"""The documentation site: Sphinx with Furo, built by `make site`, with no need of the network."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import generated  # noqa: E402

import droidcancel  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "droidcancel"
author = "The droidcancel developers"
project_copyright = author
version = release = droidcancel.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["**/.*"]
nitpicky = True
# Types of the code's own inside are not documented; those of the standard library are elsewhere.
nitpick_ignore_regex = [("py:.*", r".*")]
smartquotes = False  # `--option` is no dash
default_role = "code"  # docstrings are written in Markdown's way
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]

html_theme = "furo"
html_title = "droidcancel"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("keys.js", {"defer": "defer"})]
html_show_sphinx = False
html_copy_source = False
# The repository that builds it, as GitHub says; without, pages have no link to their source.
_repository = os.environ.get("GITHUB_REPOSITORY")
html_theme_options = (
    {
        "source_repository": f"https://github.com/{_repository}",
        "source_branch": "main",
        "source_directory": "docs/",
    }
    if _repository
    else {}
)

#: what pages link to beside themselves, as GitHub shows it -> the page of the site that shows it
BESIDE = {
    "SECURITY.md": "about/security.md",
    "CONTRIBUTING.md": "about/contributing.md",
    "CHANGELOG.md": "about/changelog.md",
    "README.md": "index.md",
    "devices.yaml": "reference/devices.md",
    "schemas": "reference/examples.md",
    "recipes": "reference/recipes.md",
    "examples/pytest": "reference/examples.md",
    "examples/github/simulator.yml": "reference/examples.md",
    "examples/github/emulator.yml": "reference/examples.md",
}
_LINK = re.compile(r"\]\((?:\.\./)*([\w./-]+)((?:#[\w-]+)?)\)")
_FILE = re.compile(r"<!-- file of the repository: ([A-Z]+\.md) -->")


def _beside(found: re.Match[str]) -> str:
    """A link out of docs/ as a link within the site; others are left as they are."""
    page = BESIDE.get(found[1].rstrip("/"))
    return found[0] if page is None else f"](/{page}{found[2]})"


def _file(found: re.Match[str]) -> str:
    """A file that lies beside docs/, with its links as a page of the site has them."""
    text = (HERE.parent / found[1]).read_text(encoding="utf-8")
    return text.replace("](docs/", "](/")


def _read(app: Sphinx, name: str, content: list[str]) -> None:
    text = _FILE.sub(_file, content[0])
    content[0] = generated.fill(_LINK.sub(_beside, text))


def _examples(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """An indented example of a docstring as code."""
    for number in range(len(lines) - 1, 0, -1):
        begins = lines[number].startswith("    ") and not lines[number - 1].strip()
        if begins and not lines[number - 2].startswith("    "):
            lines[number:number] = [".. code-block:: python", ""]


def setup(app: Sphinx) -> None:
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", _examples)
