"""Texts in the Markdown and in the claims of a page, read again by a CommonMark renderer and as JSON."""

from __future__ import annotations

import html as entities
import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from glabella.brief import as_json, build, changed, embedded, html, markdown, verify
from glabella.brief._text import text_in_markdown
from glabella.dossier import load
from tests.made_up import write_fuller

#: The strict renderer with tables and struck text: raw HTML and any link of a text would be let through.
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- x", "<?php", "<![CDATA[x", "</p>",
    "[x](javascript:alert(1))", "![x](javascript:alert(1))", "[x]: javascript:alert(1)", "[x][y]",
    "<javascript:alert(1)>", "&lt;script&gt;", "&#60;b&#62;", "&amp;", "a & b", "a < b", "a<b", "`code`", "``x",
    "*a*", "**a**", "_a_", "__a__", "___", "a_b_c", "_ a", "~~a~~", "\\", "\\<b>", "a\\", "\\|", "a|b", "| a | b |",
    "# a", "#", "a #", "## a ##", "> a", "- a", "+ a", "* a", "---", "***", "===", "1. a", "12) a", "1.5 a", "-1.5",
    "~~~", "```", "    indented", "a\n# b", "a\n\n- b", "a\r\n===", "a\u2028b", "tab\tx", "a  \nb", ":---", "[ ] a",
    "<", "a <3", "\\`x\\`", "x ** y", "<a\nhref='x'>", "***a", "&notin;", "&#x3c;", "$x$", "{{7*7}}", "{0}",
]  # fmt: skip


def seen(rendered: str) -> str:
    """Give what a reader sees of one element."""
    return " ".join(entities.unescape(re.sub(r"<[^>]*>", "", rendered)).split())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("form", "tags"),
    [
        ("# {}\n", {"h1"}),
        ("*{}*\n", {"p", "em"}),
        ("- {}\n", {"ul", "li"}),
        ("- **{}** so\n", {"ul", "li", "strong"}),
        ("- x {} y [A, B]\n", {"ul", "li"}),
        ("| a | b |\n|---|---|\n| {} | c |\n", {"table", "thead", "tbody", "tr", "th", "td"}),
    ],
)
def test_a_text_is_seen_as_it_is(form: str, tags: set[str], text: str) -> None:
    rendered = RENDERER.render(form.format(text_in_markdown(text)))
    assert set(re.findall(r"<([a-z0-9]+)", rendered)) <= tags, rendered
    assert "<!--" not in rendered
    shown = " ".join(text.replace("\u2028", " ").split())
    assert shown in seen(rendered), rendered
    if "td" in tags:
        assert rendered.count("<td>") == 2


def test_the_shipped_brief_is_markdown_without_an_escape() -> None:
    assert "\\" not in markdown(build(load()))


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("starter") / "d"
    write_fuller(place)
    return place


def test_a_page_of_the_starter_is_as_recomputed(starter: Path) -> None:
    # One trial has no prediction interval: the page says that it is not known, which is no other number.
    brief = build(load(starter))
    page = html(brief)
    assert '>not known</a> <span class="soft">(prediction interval' in page
    assert verify(page, brief) == []
    assert any("response_all.k" in line for line in verify(re.sub(
        r'(data-claim="response_all.k">)[^<]*', r"\1not known", page), brief))  # fmt: skip


def test_claims_of_older_pages_are_read_too(starter: Path) -> None:
    brief = build(load(starter))
    page = html(brief)
    claims = embedded(page)
    claims["response_all.k"]["label"] = "a </script> and <\\/ b"
    block = json.dumps({"claims": list(claims.values())})
    opened = '<script type="application/json" id="glabella-claims">'
    for written in (block.replace("</", "<\\/"), block.replace("<", "\\u003c")):
        assert embedded(f"{opened}{written}</script>") == claims


@pytest.mark.parametrize(
    "bad",
    ['[]', '{"claims": {}}', '{"claims": ["a"]}', '{"claims": [{"id": ["a"]}]}',
     '{"claims": [{"id": "a", "text": 5}]}',
     '{"claims": [{"id": "a", "inputs": [1]}]}', '{"claims": [{"id": "a", "inputs": [["a", []]]}]}',
     '{"claims": [{"id": "a"}, {"id": "a"}]}', '{"claims": [{"id": "a", "text": NaN}]}'],
)  # fmt: skip
def test_a_brief_that_is_none_is_refused(bad: str, starter: Path) -> None:
    with pytest.raises(ValueError, match="expected a brief"):
        changed(bad, as_json(build(load(starter))))


def test_a_search_in_a_page_of_openings_ends() -> None:
    # 2 MB: begun anew at each opening, this would be read to its end some thirty thousand times.
    opened = '<script type="application/json" id="glabella-claims">'
    with pytest.raises(ValueError, match="no claims found"):
        embedded(opened * 40_000)
