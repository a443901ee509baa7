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

#: Tags that people put into text and Markdown; what else stands in angle brackets is text.
_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|del|details|div|em|figcaption|figure|font|"
    r"footer|h[1-6]|header|hr|i|img|ins|kbd|li|main|mark|nav|ol|p|pre|q|s|section|small|span|strike|strong|sub|summary|"
    r"sup|table|tbody|td|th|thead|tr|u|ul)"
    r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*/?>""",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|del|em|font|i|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|u)\b",
    re.IGNORECASE,
)
#: A heading is a line without an end; a longer one is a sentence whose stop was forgotten.
_HEADING_WORDS = 12
#: What marks a heading, or a numbered post of a forum; of a word it makes a tag, which stands in sentences.
_MARKED = re.compile(r"#+(?:\s|\d|$)")
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

    A heading is what is marked as one (``#``, or a line of ``=`` or ``-`` below it). Of paragraphs of at most
    twelve words without a stop those are headings that open a text, before its first paragraph, and those that
    stand right above a text. All others, at the end or above another such line, are sentences whose stop was
    forgotten; so is every line of a file that has no other.

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
    >>> [block.kind for block in blocks_of_markdown("What it does\n\nIt helps.\n\nIt never harms")]
    ['heading', 'paragraph', 'paragraph']
    """
    found = [(kind, said) for kind, said in _pieces(text) if said]
    opening = next((place for place, (kind, _) in enumerate(found) if kind != "title"), 0)
    below = [kind for kind, _ in found[1:]]
    out: list[Block] = []
    for place, (kind, said) in enumerate(found):
        stands_above = place < opening or (place < len(below) and below[place] != "title")
        out.append(Block(("heading" if stands_above else "paragraph") if kind == "title" else kind, said))
    return tuple(out)


def _pieces(text: str) -> Iterator[tuple[Kind | Literal["title"], str]]:
    """Give pieces in order; of a short line without a stop it is not known yet whether it is a heading."""
    held: list[str] = []
    kind: Kind = "paragraph"

    def flush() -> Iterator[tuple[Kind | Literal["title"], str]]:
        nonlocal held, kind
        if held:
            said = _plain(" ".join(held))
            yield ("title" if kind == "paragraph" and _without_stop(said) else kind, said)
        held, kind = [], "paragraph"

    fenced = False
    for written in _uncommented(text).splitlines():
        raw = _TAG.sub(_untagged, written) if "<" in written else written
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
        elif _MARKED.match(line):
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


def _uncommented(text: str) -> str:
    """Take comments away; one without an end is none.

    >>> _uncommented("a<!-- b --><!---->c<!-- d")
    'ac<!-- d'
    """
    kept, start = [], 0
    while (begin := text.find("<!--", start)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        kept.append(text[start:begin])
        start = end + 3
    return "".join((*kept, text[start:]))


def _untagged(found: re.Match[str]) -> str:
    """Put nothing for a tag within a word, and a space for one that parts blocks."""
    return "" if _INLINE.match(found.group()) else " "


def _plain(text: str) -> str:
    """Take Markdown's marks away."""
    return _MARKUP.sub(lambda found: found.group(2) or "", text).strip()


def _without_stop(text: str) -> bool:
    """Whether a text is a short line without an end, as titles are."""
    return not re.search(r"""[.!?…;,]["'”’)\]]*$""", text) and len(text.split()) <= _HEADING_WORDS


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


#: Never words of an article, wherever they end.
_NEVER = frozenset(["script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select"])
#: What may stand in a page's head, whose end may be left out; what else begins ends it.
_IN_HEAD = frozenset(["head", "title", "meta", "link", "base", "script", "style", "noscript", "template"])
_TITLES = frozenset(f"h{level}" for level in range(1, 7))
#: Elements whose end may be left out: by what begins next to them, and by the end of what holds them.
_NEXT = {"li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "td": ("td", "th", "tr"), "th": ("td", "th", "tr")}
_HOLDS = {"li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",), "td": ("tr", "table"), "th": ("tr", "table")}


class _Reader(HTMLParser):
    """Collects blocks as tags open and close; what is left open closes at the end.

    What is left out goes when its own end comes: tags within it need no end. Where that never comes its words are
    kept, for else all that follows would be lost.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.title: list[str] = []
        self._held: list[str] = []
        self._kinds: list[tuple[str, Kind]] = []
        # Elements that are open, the outermost and how often one of its name is open within it: of what never is
        # words, and of what is left out, with the blocks and kinds that were there before.
        self._never: tuple[str, int] | None = None
        self._out: tuple[str, int] | None = None
        self._before: tuple[int, list[tuple[str, Kind]]] = (0, [])
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._never is not None:
            self._never = _deeper(self._never, tag)
            return
        if self._out is not None and self._out[0] == "head" and tag not in _IN_HEAD:
            self._leave()
        self._in_title = self._in_title or tag == "title"
        if tag in _NEVER:
            self._never = (tag, 1)
        elif self._out is not None:
            self._out = _deeper(self._out, tag)
        elif tag in _LEFT_OUT or (tag not in _VOID and any(name == "hidden" for name, _ in attrs)):
            self._end()
            self._out, self._before = (tag, 1), (len(self.blocks), list(self._kinds))
            return
        if tag in _KINDS or tag in _APART:
            self._end()
            last = self._kinds[-1][0] if self._kinds else ""
            # A title holds no other block.
            if (last in _TITLES and tag not in _VOID) or tag in _NEXT.get(last, ()):
                self._kinds.pop()
            if tag in _KINDS:
                self._kinds.append((tag, _KINDS[tag]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._never is not None:
            self._never = _shallower(self._never, tag)
            return
        if self._out is not None and tag == self._out[0]:
            self._out = _shallower(self._out, tag)
            if self._out is None:
                self._leave()
            return
        if tag in _KINDS or tag in _APART:
            self._end()
            last = self._kinds[-1][0] if self._kinds else ""
            if last == tag or tag in _HOLDS.get(last, ()):
                self._kinds.pop()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif self._never is None:
            self._held.append(data)

    def _leave(self) -> None:
        """Take away what stood in an element that is left out."""
        self._end()
        before, self._kinds = self._before
        del self.blocks[before:]
        self._out = None

    def _end(self) -> None:
        text = " ".join("".join(self._held).split())
        self._held = []
        if text:
            self.blocks.append(Block(self._kinds[-1][1] if self._kinds else "paragraph", text))

    def close(self) -> None:
        super().close()
        self._end()


def _deeper(open_: tuple[str, int], tag: str) -> tuple[str, int]:
    name, depth = open_
    return (name, depth + (tag == name))


def _shallower(open_: tuple[str, int], tag: str) -> tuple[str, int] | None:
    name, depth = open_
    left = depth - (tag == name)
    return (name, left) if left else None


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
