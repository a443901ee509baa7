"""Blocks of a document as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import escape

from glabella.brief.render.inline import line
from glabella.brief.render.marks import Marked
from glabella.brief.render.setting import Setting
from glabella.brief.render.svg import titled
from glabella.brief.render.tables import table
from glabella.shown import (
    Block,
    Columns,
    Details,
    Figure,
    Heading,
    Inline,
    Items,
    Paragraph,
    Section,
    Table,
)

#: What says how wide a drawing is, and how wide one may be to be read on a phone as it is.
_WIDTH, _NARROW = re.compile(r'<svg\b[^>]*? width="([\d.]+)"'), 360
#: Shares of a width are told to the style of a page in twentieths, up to so many.
TWENTIETHS, MOST_TWENTIETHS = 20, 160


@dataclass
class Setter:
    """Sets the blocks of one document, in order.

    Attributes
    ----------
    to : Setting
    pictures : dict of int to str
        SVG of each figure, by the identity of what it shows.
    first : set of str
        Claims that had their first place already.
    """

    to: Setting
    pictures: dict[int, str] = field(default_factory=dict)
    first: set[str] = field(default_factory=set)

    def blocks(self, blocks: tuple[Block, ...], level: int) -> str:
        """Set blocks whose headings are of a level."""
        return "\n".join(self.block(block, level) for block in blocks)

    def block(self, block: Block, level: int) -> str:
        """Set one block."""
        match block:
            case Heading(words, name):
                named = f' id="{escape(name)}"' if name else ""
                return f"<h{level}{named}>{self.line(words)}</h{level}>"
            case Paragraph(content, look):
                return f"<p{_class(look)}>{self.line(content)}</p>"
            case Items(items, ordered):
                kind = "ol" if ordered else "ul"
                entries = "".join(f"<li>{self.line(item)}</li>" for item in items)
                return f"<{kind}>{entries}</{kind}>"
            case Table():
                return table(block, self.to, self.line)
            case Figure():
                return self.figure(block)
            case Details(summary, content):
                return self.details(summary, self.blocks(content, level))
            case Columns():
                return self.columns(block, level)
            case Section():
                return self.section(block, level)

    def columns(self, it: Columns, level: int) -> str:
        """Set parts side by side, with their shares of the width: as a style, or for one that the page has."""
        shares = it.widths or (1.0,) * len(it.parts)
        wide, each = f' style="--w:{" ".join(f"minmax(0,{share:g}fr)" for share in shares)}"', [""] * len(shares)
        if self.to.addresses is not None:
            wide, each = "", [f' data-share="{round(share * TWENTIETHS)}"' for share in shares]
        inner = "".join(
            f"<div{share}>{self.blocks(part, level)}</div>" for part, share in zip(it.parts, each, strict=True)
        )
        return f'<div class="{it.look or "cols"}"{wide}>{inner}</div>'

    def line(self, content: Inline, marked: Marked | None = None) -> str:
        """Set what stands within a line."""
        return line(content, self.to, self.first, marked)

    def details(self, summary: Inline, inner: str) -> str:
        """Set something folded; open on paper."""
        if self.to.paper:
            return f'<div class="in"><p class="sum">{self.line(summary)}</p>{inner}</div>'
        title = line(summary, replace(self.to, still=True), self.first)
        return f'<details><summary>{title}</summary><div class="in">{inner}</div></details>'

    def section(self, it: Section, level: int) -> str:
        """Set a section, named by its title."""
        name = escape(it.id)
        head, label = "", ""
        if it.title:
            head, label = (
                f'<h{level} id="h-{name}">{self.line(it.title)}</h{level}>\n',
                f' aria-labelledby="h-{name}"',
            )
        inner = self.blocks(it.content, level + 1 if it.title else level)
        return f'<section id="{name}"{_class(it.look)}{label}>{head}{inner}</section>'

    def figure(self, it: Figure) -> str:
        """Set a picture with what is seen in it."""
        svg = self.pictures.get(id(it), "")
        svg = titled(svg, it.alt) if self.to.paper else svg
        caption = f"<figcaption>{self.line(it.caption)}</figcaption>" if it.caption else ""
        # On a phone a wide picture keeps its size and scrolls within its box, which keys must reach as well.
        wide = ' class="pic wide" tabindex="0"' if not self.to.paper and _width(svg) > _NARROW else ' class="pic"'
        return (
            f'<figure id="{escape(it.name)}"><div{wide} role="img" aria-label="{escape(it.alt)}">{svg}</div>'
            f"{caption}</figure>"
        )


def _width(svg: str) -> float:
    """Give how wide a drawing is, in pixels; none where it does not say."""
    found = _WIDTH.match(svg)
    return float(found[1]) if found else 0.0


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""
