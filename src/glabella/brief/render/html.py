"""A document as one self-contained HTML file: no script, no network, readable on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from glabella._version import __version__
from glabella.brief.render.blocks import MOST_TWENTIETHS, Setter
from glabella.brief.render.claims import embedded
from glabella.brief.render.inline import line, named, text
from glabella.brief.render.marks import spanned
from glabella.brief.render.numbers import boxes, listed
from glabella.brief.render.setting import Addresses, Setting, href, setting_of
from glabella.brief.render.svg import smaller
from glabella.brief.render.tables import LETTERS
from glabella.brief.render.words import EVERY, KINDS, SOURCES, TOGETHER, address_in_short, source_parts
from glabella.shown import Document, Drawable, Figure, Reference, Section, blocks_of, dated, plain

#: Draws descriptions in their order, such as ``Studio.svgs``.
Draw = Callable[[Iterable[Drawable]], Iterator[str]]

_HERE = Path(__file__).parent
#: What of the style is a kind's own.
_OWN = {"report": "report.css", "consultation": "consult.css", "home": "home.css"}
_ROWS = re.compile(r"/\*rows of (.+?)\*/")


def html(document: Document, draw: Draw | None = None) -> str:
    """Write a document as HTML; the same document gives the same bytes.

    Parameters
    ----------
    document : Document
    draw : callable, optional
        Draws the document's plots in their order, such as ``Studio.svgs``, which does it beside the rest; left
        out, each draws itself.

    Returns
    -------
    str
    """
    return page(setting_of(document), draw)


def page(to: Setting, draw: Draw | None = None) -> str:
    """Set a whole page, for a screen or for paper."""
    document = to.document
    drawing = pictures(document, draw)
    setter = Setter(to, drawing)
    main = "\n".join(part for part in _main(to, setter) if part)
    name = f"{document.title}: {KINDS[document.kind].lower()}"
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="generator" content="glabella {__version__}"><title>{text(name)}</title>'
        f"<style>\n{style(document.kind)}</style></head>"
    )
    if to.paper:
        return f'{head}<body class="paper {document.kind}"><main id="main">{main}</main></body></html>\n'
    skip = '<a class="skip" href="#main">Skip to the content</a>'
    inner = f'<main id="main">{main}</main>'
    if document.kind == "report":
        inner = f'<div class="shell">{_contents(to)}{inner}</div>'
    end = "" if to.lists_numbers else boxes(to)
    data = embedded(document.claims, __version__)
    return f'{head}<body class="{document.kind}">{skip}\n{inner}\n{end}\n{data}</body></html>\n'


@dataclass(frozen=True, slots=True)
class Inside:
    """A document, or a part of one, to stand within a page of somebody else's.

    Attributes
    ----------
    header : str
        Title, and what stands below it.
    sections : tuple of str
        Its sections, or what holds several, in order.
    footer : str
        Its sources, and what stands last.
    boxes : str
        Where its numbers come from.
    """

    header: str
    sections: tuple[str, ...]
    footer: str
    boxes: str

    @property
    def main(self) -> str:
        """All its sections."""
        return "\n".join(self.sections)


def inside(
    document: Document, addresses: Addresses, draw: Draw | None = None, *, level: int = 2, cited: bool = False
) -> Inside:
    """Set a document for a page of somebody else's: no style stands in it, and its parts may be elsewhere.

    Parameters
    ----------
    document : Document
    addresses : Addresses
        Where sections and numbers are found.
    draw : callable, optional
        As for :func:`html`.
    level : int
        Of its sections' titles; one for a section that is the page.
    cited : bool
        Whether its list of sources holds those alone that it cites, and not all that stand behind its numbers.

    Returns
    -------
    Inside
    """
    to = setting_of(document, addresses=addresses, cited=cited)
    setter = Setter(to, pictures(document, draw))
    header = _header(to, setter)
    sections = tuple(setter.block(block, level) for block in document.sections)
    return Inside(header, sections, _footer(to, setter), boxes(to))


def _header(to: Setting, setter: Setter) -> str:
    header = setter.blocks(to.document.header, 2)
    return f'<header><p class="label">{_kicker(to)}</p>\n<h1>{named(to.document.title)}</h1>\n{header}</header>'


def _main(to: Setting, setter: Setter) -> Iterator[str]:
    document = to.document
    yield _header(to, setter)
    if to.paper and document.kind == "report":
        yield _contents(to)
    for block in document.sections:
        yield setter.block(block, 2)
    if to.lists_numbers:
        lines = listed(to, 3)
        if lines:
            title = f'<h2 id="h-every">{EVERY}</h2>'
            yield f'<section id="every-number" aria-labelledby="h-every">{title}{lines}</section>'
    yield _footer(to, setter)


def _kicker(to: Setting) -> str:
    document = to.document
    parts = [KINDS[document.kind], f'edition <span class="id">{text(dated(document.edition))}</span>']
    if document.beside and document.kind == "report" and not to.paper:
        parts.insert(0, f'<a href="{escape(document.beside)}">Brief</a>')
    if document.about:
        parts.append(line(document.about, to))
    return " · ".join(parts)


def _contents(to: Setting) -> str:
    """Set the list of sections."""
    entries = [
        (block.id, line(block.title, to) if to.paper else text(plain(block.title)))
        for block in blocks_of(to.document.sections)
        if isinstance(block, Section) and block.title
    ]
    if to.document.claims:
        entries.append(("every-number", EVERY))
    if to.marks.sources:
        entries.append(("sources", SOURCES))
    items = "".join(f'<li><a href="{escape(href(name))}">{title}</a></li>' for name, title in entries)
    return f'<nav class="toc" aria-label="Contents"><p class="label">Contents</p><ol>{items}</ol></nav>'


def _footer(to: Setting, setter: Setter) -> str:
    """Set the sources, then what stands last."""
    hint = "" if to.paper else '<p class="scr">Press any dotted number to see where it comes from.</p>'
    sources = ""
    if to.marks.sources:
        level = "h2" if to.document.kind == "report" else 'h2 class="label"'
        entries = "\n".join(_source(place, it, to) for place, it in enumerate(to.marks.sources, 1))
        sets = " ".join(
            f'<li id="s{letter}"><b>[{letter}]</b> <span class="id">{spanned(numbers)}</span></li>'
            for numbers, letter in to.marks.letters.items()
        )
        together = f'<p class="together">{TOGETHER}</p>\n<ul class="sets">{sets}</ul>' if sets else ""
        sources = f'<{level} id="sources">{SOURCES}</h2><ol class="refs id">{entries}</ol>\n{together}'
    last = setter.blocks(to.document.footer, 2)
    return f'<footer class="foot">{hint}{sources}{last}</footer>'


def _source(place: int, it: Reference, to: Setting) -> str:
    """Set a source: in a brief by its short name, in a report with all that is known of it."""
    # On the one side of paper that somebody takes home there is no room for addresses, and nobody to press them.
    placed = it.address and not (to.paper and to.document.kind == "home")
    where = (
        f'<a href="{escape(it.address)}">{text(address_in_short(it.address))}</a>' if placed and it.address else ""
    )
    parts = [text(part) for part in source_parts(it, to.document.kind)]
    if len(parts) > 1:
        parts[0] = f"<b>{parts[0]}</b>"
    if where and to.document.kind == "home":
        # So that it can be left out where a browser prints the page.
        parts[-1] += f'<span class="where"> · {where}</span>'
    else:
        parts.append(where)
    return f'<li id="s{place}">{" · ".join(part for part in parts if part)}</li>'


@cache
def style(kind: str, *, inside: bool = False) -> str:
    """Give the style of a kind of document; ``inside`` for one within a page of somebody else's."""
    page, blocks, own = (
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("page.css", "blocks.css", _OWN.get(kind, "brief.css"))
    )
    letters = (
        "TABLE td::before{content:attr(data-head)}\n"
        if inside
        else "".join(
            f"TABLE td:nth-child({place})::before{{content:var(--{it})}}\n" for place, it in enumerate(LETTERS, 2)
        )
    )
    shared = (
        "".join(f'[data-share="{it}"]{{flex:{it} 1 0}}' for it in range(1, MOST_TWENTIETHS + 1)) if inside else ""
    )
    # Tables turn into blocks below two widths, the more columns the earlier: the same rules for both.
    return _ROWS.sub(lambda found: (blocks + letters).replace("TABLE", found[1]), page) + own + shared


def pictures(document: Document, draw: Draw | None) -> dict[int, str]:
    """Draw the figures of a document: plots in one batch, and SVG as it is."""
    figures = [block for block in blocks_of(document.body) if isinstance(block, Figure) and block.picture]
    plots = [it.picture for it in figures if not isinstance(it.picture, str | None)]
    drawn = iter(draw(plots) if draw else _in_turn(plots))
    return {id(it): smaller(it.picture if isinstance(it.picture, str) else next(drawn)) for it in figures}


def _in_turn(plots: Iterable[Drawable]) -> Iterator[str]:
    return (plot.svg() for plot in plots)
