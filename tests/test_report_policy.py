"""The page's Content-Security-Policy, and what the words of others can do in a page: nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree, html

from droidcancel.csp import Inline, data_block
from droidcancel.report import html as report
from droidcancel.report import junit, matrix
from tests.test_report import a_run

EVIL = [
    "</script><script>alert(1)</script>",
    "</style><style>body{display:none}</style>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><iframe src='javascript:alert(1)'>",
    "' onmouseover='alert(1)",
    "<!--<script>",
    "]]><b>",
    "javascript:alert(1)",
    "<meta http-equiv=refresh content='0;url=http://example.org'>",
    "<base href=//example.org>",
    "{{ 7 * 7 }}{% raw %}",
    "\u2028alert(1)\0\ud800",
    "</TEXTAREA></TITLE></pre></details><form action=//example.org>",
]


def everywhere(value: Any, evil: str) -> Any:
    """The value with each text replaced, but for what the program itself chose."""
    if isinstance(value, dict):
        return {k: v if k == "kind" else everywhere(v, evil) for k, v in value.items()}
    if isinstance(value, list):
        return [everywhere(item, evil) for item in value]
    return evil if isinstance(value, str) else value


def without_words(page: str) -> list[str]:
    """The page's elements with their attributes' names, without any text."""
    root = html.fromstring(page.encode("utf-8", "replace").decode())
    return [f"{e.tag} {sorted(e.keys())}" for e in root.iter() if isinstance(e.tag, str)]


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_words_add_no_element_and_no_attribute(evil: str, tmp_path: Path) -> None:
    run = a_run()
    run["drift"] = [{"text": "x"}]
    run["evidence"].append({"kind": "toast", "at": run["evidence"][-1]["at"], "text": "x"})
    plain = report.render(everywhere(run, "x"), tmp_path, truth="x")
    page = report.render(everywhere(run, evil), tmp_path, truth=evil)
    assert without_words(page) == without_words(plain)
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", page)[0]


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_words_are_written_and_read_back(evil: str, tmp_path: Path) -> None:
    run = everywhere(a_run(), evil)
    html.fromstring(report.write(run, tmp_path / "report").read_bytes())
    assert json.loads((tmp_path / "report" / report.DATA).read_bytes()) == run
    run["error"] = {"message": evil}
    junit.write([run], tmp_path / "junit.xml")
    assert etree.parse(tmp_path / "junit.xml").getroot().get("errors") == "1"


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_words_do_nothing_in_the_heat_map(evil: str) -> None:
    def page(word: str) -> str:
        run = {"page": word, "verdict": "cancelled", "error": None}
        cell = {
            "method": "airplane", "moment": "40%", "why_not": word, "reason": word,
            "status": "done", "verdicts": {"cancelled": 1}, "runs": [run],
        }  # fmt: skip
        return matrix.render(
            {
                "cells": [cell], "recipes": {"airplane": word}, "moments": ["40%"], "repeat": 1,
                "on": {"app": word, "model": word, "api_level": 34, "video_bytes": 1},
            }
        )  # fmt: skip

    assert without_words(page(evil)) == without_words(page("x"))
    links = html.fromstring(page(evil)).xpath("//a/@href")
    assert not [link for link in links if re.match(r"\s*(javascript|data|https?):|//", link)]


def test_the_page_with_scripts_allows_these_alone() -> None:
    inline = Inline(styles=("a{}", "b{}"), scripts=("let a = 1;",), media=True)

    def source(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert inline.policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        "media-src data:",
        f"style-src {source('a{}')} {source('b{}')}",
        f"script-src {source('let a = 1;')}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert "unsafe" not in inline.policy
    page = html.fromstring(f"<html><head>{inline.meta}{inline.style_tags}</head>"
                           f"<body>{inline.script_tags}</body></html>")  # fmt: skip
    assert page.find(".//meta").get("content") == inline.policy
    assert [e.text for e in page.iter("style", "script")] == ["a{}", "b{}", "let a = 1;"]


@pytest.mark.parametrize("text", ["</style>", "x</SCRIPT >", "a\r\nb", "\0", "'<!--'", "<script"])
def test_what_would_not_stay_in_its_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="of the page holds"):
        Inline(styles=(text,))
    with pytest.raises(ValueError, match="of the page holds"):
        Inline(scripts=(text,))


@given(some.recursive(some.text() | some.sampled_from(EVIL) | some.integers(), some.lists))
def test_data_for_scripts_arrives_as_it_is_and_ends_nothing(value: Any) -> None:
    block = data_block("data", value)
    assert block.count("<") == 2
    inside = block.removeprefix('<script type="application/json" id="data">')
    assert json.loads(inside.removesuffix("</script>")) == value
    assert not re.search("[\u2028\u2029]", block)


@pytest.mark.parametrize("name", ["", "a b", '"', "A", "1"])
def test_the_id_of_a_data_block_is_plain(name: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        data_block(name, 1)
