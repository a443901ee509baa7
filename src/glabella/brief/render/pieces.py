"""Everything that a reader meets in a document, piece by piece in order, so that two can be held beside each other.

The pieces of a document are those of its page, without its pictures; its other files are brought to the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import unquote

from glabella.brief.render.html import page
from glabella.brief.render.json import document_of_json
from glabella.brief.render.setting import setting_of
from glabella.shown import Document, Drawable
from glabella.shown.document import ASIDE

Kind = Literal[
    "title", "section", "heading", "sentence", "item", "caption", "column", "labels", "cell", "summary", "alt",
    "certainty", "verdict", "claim", "mark", "link", "text", "line",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that a reader meets.

    Attributes
    ----------
    where : str
        Title of its section; its name where it has no title, empty outside of any.
    kind : str
        ``claim`` holds the id and what is shown of it, ``mark`` which sources, ``link`` words and where they lead,
        ``alt`` what a picture shows, ``labels`` the heads of columns that stand before values on a narrow screen;
        ``text`` is whatever stands where a document has nothing.
    text : str
        What is read, its spaces as one.
    """

    where: str
    kind: Kind
    text: str


def pieces(document: Document) -> tuple[Piece, ...]:
    """Give everything that a reader meets in a document, in the order of its page.

    Parameters
    ----------
    document : Document

    Returns
    -------
    tuple of Piece
    """
    return pieces_of_html(page(setting_of(document), _undrawn))


def _undrawn(plots: Iterable[Drawable]) -> Iterator[str]:
    return ("" for _ in plots)


def pieces_of_html(text: str) -> tuple[Piece, ...]:
    """Give everything that a reader meets in a page; for any text, whatever it is.

    Raises
    ------
    ValueError
        If its elements lie within each other as no page's do, to go through which would take hours, or a
        declaration in it has no name.
    """
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError as error:
        # The library says so of a declaration without a name.
        raise ValueError(f"not readable as HTML: {error}") from None
    return reader.finished()


def pieces_of_json(text: str) -> tuple[Piece, ...]:
    """Give everything that a reader meets in a document written as JSON.

    Raises
    ------
    ValueError
        If it is no document as glabella writes it.
    """
    return pieces(document_of_json(text))


def pieces_of_markdown(text: str) -> tuple[Piece, ...]:
    """Give the lines of a document written as Markdown, by the heading above them."""
    found, where = [], ""
    for line in text.splitlines():
        if line.startswith("#"):
            where = line.lstrip("#").strip()
        if line.strip():
            found.append(Piece(where, "line", _spaced(line)))
    return tuple(found)


def _spaced(text: str) -> str:
    """Give a text as a page shows it: one space for several; those that do not break a line are no such spaces."""
    return re.sub(r"[ \t\n\r\f]+", " ", text).strip(" ")


# --- the page -----------------------------------------------------------------------------------------------

#: Which elements hold a piece each, and of which kind it is.
_BLOCKS: dict[str, Kind] = {
    "title": "title", "h1": "title", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading",
    "p": "sentence", "li": "item", "caption": "caption", "th": "column", "td": "cell", "figcaption": "caption",
    "summary": "summary", "dt": "item", "dd": "item", "b.v": "item",
}  # fmt: skip
#: What stands within a line is part of the line too; a mark is not.
_WITHIN = frozenset({"claim", "certainty", "verdict", "link"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
                   "wbr"})  # fmt: skip
#: Elements within each other; a page has some twenty.
_DEEPEST = 200
#: What begins where another of it is open ends that one.
_ONCE = {"li": "li", "dt": "dd", "dd": "dt", "p": "p", "td": "td", "th": "th", "tr": "tr"}
_LABEL = re.compile(r"--[a-z]:'((?:[^'\\]|\\.)*)'")
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6}) ?")


@dataclass(slots=True)
class _Open:
    """An element that has begun, and what it does with the text within."""

    tag: str
    kind: Kind | None = None
    skips: bool = False
    section: str | None = None
    about: str = ""
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Takes a page to pieces; text that stands in no block is a piece too."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self.open: list[_Open] = []
        self.loose: list[str] = []

    # --- what begins and ends -------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping():
            if tag not in _VOID:
                self._begin(_Open(tag, skips=True))
            return
        said = {name: value or "" for name, value in attrs}
        if tag in _VOID:
            self._void(tag, said)
            return
        self._end_like(tag)
        self._begin(self._begun(tag, said))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._skipping():
            self._void(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if any(each.tag == tag for each in self.open):
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._skipping():
            return
        within = False
        for each in reversed(self.open):
            if each.kind is not None:
                each.text.append(data)
                within = True
                if each.kind not in _WITHIN:
                    break
        if not within:
            self.loose.append(data)

    def finished(self) -> tuple[Piece, ...]:
        """Give the pieces, once all was read."""
        while self.open:
            self._close()
        self._flush()
        names: dict[str, str] = {}
        for piece in self.found:
            if piece.kind == "heading":
                names.setdefault(piece.where, piece.text)
        return tuple(replace(it, where=names.get(it.where, it.where) if it.where else "") for it in self.found)

    # --- what they mean -------------------------------------------------------------------------------------

    def _begun(self, tag: str, said: dict[str, str]) -> _Open:
        classes = said.get("class", "").split()
        kind = _BLOCKS.get(f"{tag}.{classes[0]}" if classes else tag) or _BLOCKS.get(tag)
        if kind is not None:
            self._flush()
            if kind == "column" and said.get("scope") == "row":
                kind = "cell"
            return _Open(tag, kind)
        if tag == "section":
            self._flush()
            self._add("section", said.get("id", ""))
            return _Open(tag, section=said.get("id", ""))
        if said.get("role") == "region":
            return _Open(tag, section=said.get("aria-label", ""))
        if tag == "table":
            self._add("labels", " · ".join(map(_unquoted, _LABEL.findall(said.get("style", "")))))
        elif tag in ("script", "style") or said.get("aria-hidden") == "true":
            return _Open(tag, skips=True)
        elif said.get("role") == "img":
            self._add("alt", said.get("aria-label", "") or "no words for it")
            return _Open(tag, skips=True)
        elif tag == "small":
            self._aside()
        elif said.get("id", "").startswith("n-"):
            return _Open(tag, "claim", about=f"{said['id'].removeprefix('n-')}: ")
        elif tag in ("a", "button", "span"):
            return self._within(tag, said, classes)
        return _Open(tag)

    def _begin(self, it: _Open) -> None:
        if len(self.open) >= _DEEPEST:
            raise ValueError(f"more than {_DEEPEST} elements within each other, expected fewer")
        self.open.append(it)

    def _within(self, tag: str, said: dict[str, str], classes: list[str]) -> _Open:
        """Give what an element within a line means."""
        leads = said.get("href", "")
        if "n" in classes:
            name = said.get("data-claim") or unquote(leads).removeprefix("#n-")
            return _Open(tag, "claim", about=f"{name}: ")
        if "ref" in classes or "cite" in classes:
            return _Open(tag, "mark")
        if "cert" in classes:
            return _Open(tag, "certainty")
        if "verd" in classes:
            return _Open(tag, "verdict")
        return _Open(tag, "link", about=f"{leads}: ") if tag == "a" else _Open(tag)

    def _void(self, tag: str, said: dict[str, str]) -> None:
        if tag == "br":
            self.handle_data(" ")
        elif "alt" in said:
            self._add("alt", said["alt"] or "no words for it")

    def _aside(self) -> None:
        """Set off an aside as the text of a document does."""
        for each in reversed(self.open):
            if each.kind is not None:
                before = "".join(each.text)
                if before and not before[-1].isspace():
                    each.text.append(ASIDE)
                return

    def _end_like(self, tag: str) -> None:
        """Close what a beginning closes, such as an entry of a list the one before."""
        if tag in _ONCE:
            for each in reversed(self.open):
                if each.tag in (tag, _ONCE[tag]):
                    self.handle_endtag(each.tag)
                    return
                if each.tag in ("ul", "ol", "table", "dl", "div", "section", "details"):
                    return

    def _close(self) -> str:
        it = self.open.pop()
        if it.kind is not None:
            words = "".join(it.text)
            self._add(it.kind, it.about + words)
        elif it.section is not None:
            self._flush()
        return it.tag

    def _add(self, kind: Kind, text: str) -> None:
        if spaced := _spaced(text):
            where = next((each.section for each in reversed(self.open) if each.section is not None), "")
            self.found.append(Piece(where, kind, spaced))

    def _flush(self) -> None:
        words, self.loose = "".join(self.loose), []
        self._add("text", words)

    def _skipping(self) -> bool:
        return bool(self.open) and self.open[-1].skips


def _unquoted(words: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), words)
