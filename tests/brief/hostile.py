"""Texts that Markdown or HTML might obey, and a strict renderer that shows whether they do."""

from __future__ import annotations

import html as entities
import re

from markdown_it import MarkdownIt

#: The strict renderer with tables and struck text: raw HTML and any link of a text would be let through.
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- x",
    "<?php",
    "<![CDATA[x",
    "</p>",
    "[x](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "[x]: javascript:alert(1)",
    "[x][y]",
    "<javascript:alert(1)>",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "&amp;",
    "a & b",
    "a < b",
    "a<b",
    "`code`",
    "``x",
    "*a*",
    "**a**",
    "_a_",
    "__a__",
    "___",
    "a_b_c",
    "_ a",
    "~~a~~",
    "\\",
    "\\<b>",
    "a\\",
    "\\|",
    "a|b",
    "| a | b |",
    "# a",
    "#",
    "a #",
    "## a ##",
    "> a",
    "- a",
    "+ a",
    "* a",
    "---",
    "***",
    "===",
    "1. a",
    "12) a",
    "1.5 a",
    "-1.5",
    "~~~",
    "```",
    "    indented",
    "a\n# b",
    "a\n\n- b",
    "a\r\n===",
    "a\u2028b",
    "tab\tx",
    "a  \nb",
    ":---",
    "[ ] a",
    "<",
    "a <3",
    "\\`x\\`",
    "x ** y",
    "<a\nhref='x'>",
    "***a",
    "&notin;",
    "&#x3c;",
    "$x$",
    "{{7*7}}",
    "{0}",
]


def seen(rendered: str) -> str:
    """Give what a reader sees of one element."""
    return " ".join(entities.unescape(re.sub(r"<[^>]*>", "", rendered)).split())
