"""Articles as people save them, read as blocks: headings, paragraphs, items of lists, quotations.

Text, Markdown and HTML here; PDF through a library. Nothing in a file is run and nothing it names is fetched:
scripts, styles, forms and what frames a page are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "quote"]

#: A heading is a line without an end; a longer one is a sentence whose stop was forgotten.
_HEADING_WORDS = 12
_BULLET = re.compile(r"^\s*(?:[-*•–+]|\d{1,2}[.)])\s+")
#: A link holds no other, and its address brackets in pairs alone: else a run of openings would be read over and
#: over.
_MARKUP = re.compile(r"(\*\*|__|`)|!?\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*+\)|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an article.

    Attributes
    ----------
    kind : {"heading", "paragraph", "item", "quote"}
    text : str
    """

    kind: Kind
    text: str


def blocks_of_markdown(text: str) -> tuple[Block, ...]:
    r"""Read the blocks of plain text or Markdown: headings, paragraphs, items of lists, quotations.

    Parameters
    ----------
    text : str
        Lines; an empty one ends a paragraph.

    Returns
    -------
    tuple of Block

    Examples
    --------
    >>> [block.kind for block in blocks_of_markdown("# Title\n\nOne line\nand more.\n- first\n- second")]
    ['heading', 'paragraph', 'item', 'item']
    """
    return tuple(Block(kind, said) for kind, said in _pieces(text) if said)


def _pieces(text: str) -> Iterator[tuple[Kind, str]]:
    held: list[str] = []
    kind: Kind = "paragraph"

    def flush() -> Iterator[tuple[Kind, str]]:
        nonlocal held, kind
        if held:
            said = _plain(" ".join(held))
            yield (_heading_or(kind, said), said)
        held, kind = [], "paragraph"

    fenced = False
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("```"):
            fenced = not fenced
            continue
        if fenced:
            continue
        if not line or re.fullmatch(r"[-*_=~#\s]{3,}", line):
            if line and set(line) <= {"=", "-"} and len(held) == 1 and kind == "paragraph":
                yield ("heading", _plain(held.pop()))
            yield from flush()
        elif line.startswith("#"):
            yield from flush()
            yield ("heading", _plain(line.strip("# ")))
        elif _BULLET.match(raw):
            yield from flush()
            kind, held = "item", [_BULLET.sub("", raw)]
        elif line.startswith(">"):
            if kind != "quote":
                yield from flush()
            kind = "quote"
            held.append(line.lstrip("> "))
        else:
            held.append(line)
    yield from flush()


def _plain(text: str) -> str:
    """Take Markdown's marks away."""
    return _MARKUP.sub(lambda found: found.group(2) or "", text).strip()


def _heading_or(kind: Kind, text: str) -> Kind:
    """Take a short line without an end for a heading."""
    if kind != "paragraph" or re.search(r"""[.!?…;,]["'”’)\]]*$""", text):
        return kind
    return "heading" if len(text.split()) <= _HEADING_WORDS else kind


# --- HTML ---------------------------------------------------------------------------------------------------

#: What is no part of the article's text.
_LEFT_OUT = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "svg",
        "math",
        "iframe",
        "object",
        "head",
        "figcaption",
    ]
)
#: Elements that stand alone, by the kind of block that they make.
_KINDS: dict[str, Kind] = {
    **{f"h{level}": "heading" for level in range(1, 7)}, "li": "item", "dt": "heading", "dd": "paragraph",
    "blockquote": "quote", "td": "item", "th": "heading", "caption": "heading",
}  # fmt: skip
_APART = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "ul",
        "ol",
        "dl",
        "table",
        "tr",
        "body",
        "html",
        "br",
        "hr",
        "pre",
        "figure",
    ]
)
#: Elements without an end.
_VOID = frozenset(
    ["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"]
)


class _Reader(HTMLParser):
    """Collects blocks as tags open and close; what is left open closes at the end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.title: list[str] = []
        self._held: list[str] = []
        self._kinds: list[tuple[str, Kind]] = []
        self._skipped = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hidden = any(name == "hidden" for name, _ in attrs)
        if tag == "title":
            self._in_title = True
        if (tag in _LEFT_OUT or self._skipped) and tag not in _VOID:
            self._skipped += 1
        elif tag in _KINDS or tag in _APART:
            self._end()
            if tag in _KINDS:
                self._kinds.append((tag, _KINDS[tag]))
        elif hidden and tag not in _VOID:
            self._skipped += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._skipped:
            self._skipped -= tag not in _VOID
        elif tag in _KINDS or tag in _APART:
            self._end()
            if self._kinds and self._kinds[-1][0] == tag:
                self._kinds.pop()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif not self._skipped:
            self._held.append(data)

    def _end(self) -> None:
        text = " ".join("".join(self._held).split())
        self._held = []
        if text:
            self.blocks.append(Block(self._kinds[-1][1] if self._kinds else "paragraph", text))

    def close(self) -> None:
        super().close()
        self._end()


def blocks_of_html(text: str) -> tuple[Block, ...]:
    """Read the blocks of an HTML page.

    Examples
    --------
    >>> blocks_of_html("<h1>T</h1><script>x()</script><p>One &amp; two<ul><li>a<li>b</ul>")
    (Block(kind='heading', text='T'), Block(kind='paragraph', text='One & two'), Block(kind='item', text='a'), \
Block(kind='item', text='b'))
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return tuple(reader.blocks)
