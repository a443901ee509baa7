"""Make a document again from its dossier, and say where its file differs: numbers, words, sections, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

from glabella._reading import Block, one_line
from glabella.brief.aligned import aligned, contrasted, parts_of, placed, shortened, steps
from glabella.brief.documents import article_document, document, weighed_document
from glabella.brief.render import as_json, html, markdown
from glabella.brief.render.html import Draw
from glabella.brief.render.pieces import Piece
from glabella.brief.results import Results
from glabella.brief.written import Form, Written, read
from glabella.shown import Claim, Document

if TYPE_CHECKING:
    from glabella.dossier import Evidence, ProblemFile
    from glabella.safety import ReportStore

#: Differences of a kind that are named one by one.
_MOST = 200
#: What a piece is called.
_KINDS = {
    "title": "the title", "heading": "a heading", "sentence": "a sentence", "item": "an item",
    "caption": "a caption", "column": "a head of a column", "labels": "the heads of columns", "cell": "a cell",
    "summary": "the title of a fold", "alt": "the text for those who do not see a picture",
    "certainty": "a certainty", "verdict": "a verdict", "claim": "a number", "mark": "a mark of sources",
    "link": "a link", "text": "a text", "line": "a line",
}  # fmt: skip
_LABEL = re.compile(r' aria-label="([^"]*)"')
_TAG = re.compile(r'<section id="([^"<>]*)"|</section>|<svg\b|</svg>')


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and each difference in a line."""

    claims: int
    pieces: int
    lines: tuple[str, ...]


def verified(
    text: str,
    evidence: Evidence,
    store: ReportStore | None = None,
    draw: Draw | None = None,
    article: tuple[str, Iterable[Block]] | None = None,
) -> Verified:
    """Make the document of a file again, and list what differs.

    Parameters
    ----------
    text : str
        The file's content.
    evidence : Evidence
        The dossier it was made from.
    store : ReportStore, optional
        The reports it was made with.
    draw : callable, optional
        Draws plots, such as ``Studio.svgs``.
    article : (str, iterable of Block), optional
        Of a checked article: the name of the article's file, and the article as read.

    Returns
    -------
    Verified
        Without a line where the file is what the dossier gives, byte for byte.

    Raises
    ------
    ValueError
        If the text is no document.
    """
    found = read(text)
    if found.older:
        raise ValueError("an older version of glabella made it, in a form that is no more; it can only be compared")
    return _beside(text, found, _again(Results(evidence, store), found, article), draw)


def weighed_again(text: str, file: ProblemFile) -> Verified:
    """Weigh a problem again, and list in what the document of a file differs.

    Parameters
    ----------
    text : str
        The document's content.
    file : ProblemFile
        The problem it was made from.

    Returns
    -------
    Verified

    Raises
    ------
    ValueError
        If the text is no document of weighed options.
    """
    found = read(text)
    if found.kind != "weighed":
        raise ValueError("no weighed options, expected what glabella weigh wrote")
    return _beside(text, found, weighed_document(file), None)


def _beside(text: str, found: Written, made: Document, draw: Draw | None) -> Verified:
    """Compare a file with what was made again."""
    fresh = written(made, found.form, draw)
    again = read(fresh)
    return Verified(len(made.claims), len(again.pieces), tuple(_differences((text, found), (fresh, again))))


def _again(results: Results, found: Written, article: tuple[str, Iterable[Block]] | None) -> Document:
    if found.kind == "weighed":
        raise ValueError("weighed options are made again by: glabella weigh verify FILE --problem PROBLEM")
    if found.kind != "check":
        return document(results, found.kind, beside=found.beside)
    if article is None:
        raise ValueError("a checked article is made again from the article: name its file with --article")
    return article_document(results, *article)


def differences(text: str, fresh: str) -> tuple[str, ...]:
    """List in what a document's file differs from another of the same document and form.

    Raises
    ------
    ValueError
        If one of them is no document.
    """
    return tuple(_differences((text, read(text)), (fresh, read(fresh))))


def _differences(stated: tuple[str, Written], made: tuple[str, Written]) -> Iterator[str]:
    (text, found), (fresh, again) = stated, made
    if text == fresh:
        return
    lines = [*_few(_claims(found, again), "numbers"), *_few(_words(found.pieces, again.pieces), "words")]
    if found.form == "html":
        titles = {name: part.title for name, part in parts_of(again.pieces).items()}
        lines += [*_few(_drawings(text, fresh, titles), "drawings"), *_style(text, fresh)]
    yield from map(one_line, lines or [_markup(text, fresh)])


def written(made: Document, form: Form, draw: Draw | None = None) -> str:
    """Write a document in a format that is text."""
    if form == "html":
        return html(made, draw)
    return (markdown if form == "md" else as_json)(made)


def _few(lines: Iterator[str], what: str) -> Iterator[str]:
    yield from islice(lines, _MOST)
    if next(lines, None) is not None:
        yield f"more than {_MOST} differences of {what}; the rest is not listed"


# --- numbers ------------------------------------------------------------------------------------------------


def _claims(found: Written, fresh: Written) -> Iterator[str]:
    """Name claims that are missing, beyond or otherwise."""
    for name in sorted(found.claims.keys() | fresh.claims.keys()):
        stated, made = found.claims.get(name), fresh.claims.get(name)
        if made is None:
            yield f"{name}: in the file, but not in the document made again"
        elif stated is None:
            yield f"{name}: missing from the file"
        else:
            for field in fields(Claim):
                was, now = getattr(stated, field.name), getattr(made, field.name)
                if was != now:
                    yield _two(f"{name}: {field.name} is", repr(was), repr(now))
            for was, now in zip(found.said.get(name, ()), fresh.said.get(name, ()), strict=False):
                if was != now:
                    yield _two(f"{name}: what its numbers give is", repr(was), repr(now))


def _two(before: str, was: str, now: str) -> str:
    was, now = contrasted(was, now)
    return f"{before} {was}, made again {now}"


# --- words --------------------------------------------------------------------------------------------------


def _words(found: tuple[Piece, ...], fresh: tuple[Piece, ...]) -> Iterator[str]:
    """Name each section and each piece that says something else, is missing, was added or stands elsewhere."""
    held = aligned(found, fresh)
    for part in held.gone:
        said = " ".join(it.text for it in part.pieces[1:])
        yield f"section “{placed(part.title)}” was added: {shortened(said)!r}"
    for part in held.new:
        yield f"section “{placed(part.title)}” is missing"
    for title, here, there in held.moved:
        yield f"section “{placed(title)}” stands elsewhere: {_after(here)}, made again {_after(there)}"
    for one, other in held.both:
        yield from _pieces(other.title, one.pieces, other.pieces)


def _after(title: str) -> str:
    return f"after “{placed(title)}”" if title else "first"


def _pieces(title: str, found: tuple[Piece, ...], fresh: tuple[Piece, ...]) -> Iterator[str]:
    """Name each piece of a section that differs; in a stretch that differs those of a kind go together."""
    place = placed(title)
    for here, there in steps([(it.kind, it.text) for it in found], [(it.kind, it.text) for it in fresh]):
        left = list(fresh[there])
        for was in found[here]:
            now = next((it for it in left if it.kind == was.kind), None)
            if now is None:
                yield f"{place}: {_KINDS[was.kind]} was added: {shortened(was.text)!r}"
                continue
            left.remove(now)
            if was.text != now.text:
                yield _two(f"{place}: {_KINDS[now.kind]} says", repr(was.text), repr(now.text))
        for now in left:
            yield f"{place}: {_KINDS[now.kind]} is missing: {shortened(now.text)!r}"


# --- what is neither ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Drawing:
    """An element that draws, without its words, and those: what it says of itself, or the word behind it."""

    svg: str
    words: str


def _drawings(text: str, fresh: str, titles: dict[str, str]) -> Iterator[str]:
    """Name the figures, intervals and icons that are drawn otherwise, of sections that both have."""
    found, made = _drawn(text), _drawn(fresh)
    for section in made:
        if section not in found:
            continue
        place = placed(titles.get(section, section))
        for here, there in steps([it.svg for it in found[section]], [it.svg for it in made[section]]):
            stated, again = found[section][here], made[section][there]
            for one in again[: len(stated)]:
                yield f"{place}: {_named(one)} is drawn otherwise"
            for one in stated[len(again) :]:
                yield f"{place}: {_named(one)} was added"
            for one in again[len(stated) :]:
                yield f"{place}: {_named(one)} is missing"


def _drawn(page: str) -> dict[str, list[_Drawing]]:
    """Give the drawings of each section by its id, in order; one that does not end is none."""
    found: dict[str, list[_Drawing]] = {}
    sections, depth, start = [""], 0, 0
    for tag in _TAG.finditer(page):
        if tag[1] is not None:
            sections.append(tag[1])
        elif tag[0] == "</section>":
            sections = sections[:-1] or [""]
        elif tag[0] == "<svg":
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                found.setdefault(sections[-1], []).append(_drawing(page, start, tag.end()))
    return found


def _drawing(page: str, start: int, end: int) -> _Drawing:
    svg = page[start:end]
    around = page[page.rfind("<", 0, start) : start]
    said = _LABEL.search(around) or _LABEL.search(svg)
    return _Drawing(_LABEL.sub("", svg), unescape(said[1] if said else page[end : page.find("<", end)]).strip())


def _named(drawing: _Drawing) -> str:
    return f"the drawing “{shortened(drawing.words)}”" if drawing.words else "a drawing"


def _style(text: str, fresh: str) -> Iterator[str]:
    """Say that a page looks otherwise."""
    if _between(text) != _between(fresh):
        yield "its style was changed: what is seen, where and how large may not be what was made"


def _between(page: str) -> str:
    return page.partition("<style>")[2].partition("</style>")[0]


def _markup(text: str, fresh: str) -> str:
    """Say where a file that says the same begins to be written otherwise."""
    shorter = min(len(text), len(fresh))
    at = next((at for at in range(shorter) if text[at] != fresh[at]), shorter)
    was, now = (page[max(0, at - 40) : at + 60] for page in (text, fresh))
    line = text.count("\n", 0, at) + 1
    return (
        f"the words and numbers are as made again, but the file was changed in its markup, first in line {line}: "
        f"{was!r}, made again {now!r}"
    )
