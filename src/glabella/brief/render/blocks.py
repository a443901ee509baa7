"""Blocks of a document as HTML."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from math import sqrt

from glabella.brief.render.inline import line, text
from glabella.brief.render.interval import LARGEST, LINE, SMALLEST, axis_svg, interval, share, tick_text
from glabella.brief.render.marks import Marked
from glabella.brief.render.setting import Setting
from glabella.brief.render.svg import titled
from glabella.shown import (
    Axis,
    Block,
    Cell,
    Claim,
    Column,
    Columns,
    Details,
    Drawn,
    Figure,
    Heading,
    Inline,
    Items,
    Paragraph,
    Row,
    Section,
    Shown,
    Table,
    inlines_of,
    plain,
)

#: Tables of at most so many rows draw the axis at every row on a narrow screen, and in their head on a wide one.
_FEW = 4
#: Tables of more columns turn into blocks on a narrower screen than others.
_MANY = 6
#: Names of the style's variables that hold the heads of columns, from the second on.
LETTERS = "bcdefghijklmnop"
#: Width in points of a drawing on paper.
PAPER = 150.0
#: What stands left of it in its cell, as the style has it.
INSET = 5.0


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
            case Heading(words):
                return f"<h{level}>{self.line(words)}</h{level}>"
            case Paragraph(content, look):
                return f"<p{_class(look)}>{self.line(content)}</p>"
            case Items(items, ordered):
                kind = "ol" if ordered else "ul"
                entries = "".join(f"<li>{self.line(item)}</li>" for item in items)
                return f"<{kind}>{entries}</{kind}>"
            case Table():
                return self.table(block)
            case Figure():
                return self.figure(block)
            case Details(summary, content):
                return self.details(summary, self.blocks(content, level))
            case Columns(parts, widths):
                inner = "".join(f"<div>{self.blocks(part, level)}</div>" for part in parts)
                return f'<div class="cols"{_shares(widths, len(parts))}>{inner}</div>'
            case Section():
                return self.section(block, level)

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
        return (
            f'<figure id="{escape(it.name)}"><div class="pic" role="img" aria-label="{escape(it.alt)}">{svg}</div>'
            f"{caption}</figure>"
        )

    # --- tables ---------------------------------------------------------------------------------------------

    def table(self, it: Table) -> str:
        """Set a table; on a narrow screen its rows become blocks."""
        few = len(it.rows) <= _FEW
        looks = [_look(it, place) for place in range(len(it.columns))]
        caption = f"<caption>{self.line(it.caption)}</caption>" if it.caption else ""
        heads = "".join(
            f'<th scope="col"{_class(look)}>{self.head(it, column, few)}</th>'
            for column, look in zip(it.columns, looks, strict=True)
        )
        largest = _largest(it)
        rows = "\n".join(self.row(it, row, looks, few, largest) for row in it.rows)
        foot = self.foot(it, looks) if it.axis and not few else ""
        many = "many" if len(it.columns) > _MANY else ""
        drawn = "forest" if it.axis else ""
        names = " ".join(name for name in (it.look, many, drawn) if name)
        note = f'<p class="note">{self.line(it.note)}</p>' if it.note else ""
        return (
            f"<table{_class(names)}{self.labels(it)}>{caption}<thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody>{foot}</table>{note}"
        )

    def labels(self, it: Table) -> str:
        """Give the heads of columns to the style, which sets them before values on a narrow screen."""
        if self.to.paper or it.look == "list":
            return ""
        words = (
            f"--{letter}:{_quoted(plain(column.head))}"
            for letter, column in zip(LETTERS, it.columns[1:], strict=False)
            if plain(column.head) and column.look != "drawn"
        )
        style = ";".join(words)
        return f' style="{text(style).replace(chr(34), "&quot;")}"' if style else ""

    def head(self, it: Table, column: Column, few: bool) -> str:
        """Set a column's head; of a drawn one also what each side means, and where rows are few the axis."""
        words = self.line(column.head)
        if column.look != "drawn" or it.axis is None:
            return words
        seen = f'<span class="vh">{words}</span>' if words else '<span class="vh">Drawn</span>'
        return seen + _sides(it.axis) + (self.axis(it.axis) if few else "")

    def axis(self, axis: Axis) -> str:
        """Draw an axis, on paper at a fixed width."""
        if not self.to.paper:
            return axis_svg(axis)
        ends = f"axis from {tick_text(axis.low)} to {tick_text(axis.high)}"
        return titled(axis_svg(axis, width=PAPER), ends)

    def row(self, it: Table, row: Row, looks: list[str], few: bool, largest: float) -> str:
        """Set a row; its first cell is its head."""
        cells = []
        marked = Marked(cell for cell in row.cells if not isinstance(cell, Drawn))
        for place, (cell, look) in enumerate(zip(row.cells, looks, strict=True)):
            if isinstance(cell, Drawn):
                assert it.axis is not None  # as Table sees to
                body = self.drawn(cell, it.axis, plain(row.cells[0]), few, largest)
            else:
                body = self.line(cell, marked)
            more = _ruled(it.axis) if isinstance(cell, Drawn) and it.axis and self.to.paper else ""
            head = f'<th scope="row"{_class(look)}>{body}</th>'
            cells.append(f"<td{_class(look)}{more}>{body}</td>" if place else head)
        return f"<tr{_class(row.look)}>{''.join(cells)}</tr>"

    def drawn(self, cell: Drawn, axis: Axis, name: str, few: bool, largest: float) -> str:
        """Draw a claim; where rows are few, with an axis of its own for a narrow screen."""
        side = LARGEST * sqrt(max(cell.weight, 0.0) / largest) if largest > 0 else LARGEST
        label = f"{name}: {cell.claim.text}"
        svg = interval(cell, axis, label=label, side=max(side, SMALLEST), width=PAPER if self.to.paper else None)
        svg = titled(svg, label) if self.to.paper else svg
        own = ""
        if few and not self.to.paper:
            own = f'<div class="own" aria-hidden="true">{axis_svg(axis)}{_sides(axis)}</div>'
        return f'<div class="iw" data-claim="{escape(cell.claim.id)}">{svg}</div>{own}'

    def foot(self, it: Table, looks: list[str]) -> str:
        """Set the axis below a long table."""
        assert it.axis is not None  # as its caller sees to
        cells = "".join(
            f'<td class="fig">{self.axis(it.axis)}{_sides(it.axis)}</td>' if look == "fig" else "<td></td>"
            for look in looks
        )
        return f'<tfoot aria-hidden="true"><tr>{cells}</tr></tfoot>'


def _ruled(axis: Axis) -> str:
    """Give a cell on paper the lines of its axis as background, so that they run from row to row."""
    lines = ""
    for value, dash in ((axis.null, ""), (axis.important, " stroke-dasharray='9'")):
        if value is not None:
            at = f"{INSET + PAPER * share(axis, value):.4g}"
            lines += f"<path d='M{at} 0V99' stroke='%23{LINE[1:]}'{dash}/>"
    wide = f"{INSET + PAPER:g}"
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{wide}' height='99' viewBox='0 0 {wide} 99'"
        f" preserveAspectRatio='none'>{lines}</svg>"
    )
    image = f"background-image:url(&quot;data:image/svg+xml,{svg}&quot;)"
    return f' style="{image};background-size:{wide}px 100%;background-repeat:no-repeat"'


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""


def _shares(widths: tuple[float, ...], parts: int) -> str:
    shares = widths or (1.0,) * parts
    return f' style="--w:{" ".join(f"minmax(0,{share:g}fr)" for share in shares)}"'


def _look(it: Table, place: int) -> str:
    """Give how a column stands: plain numbers to the right, those with an interval to the left."""
    look = it.columns[place].look
    if look == "drawn":
        return "fig"
    if look != "number":
        return look
    cells: list[Cell] = [row.cells[place] for row in it.rows]
    claims = [piece for cell in cells for piece in _numbers(cell)]
    return "num" if any(claim.limits for claim in claims) else "r"


def _numbers(cell: Cell) -> list[Claim]:
    """Give the claims in a cell that are written with their interval."""
    if isinstance(cell, Drawn):
        return []
    pieces = inlines_of((Paragraph(cell),))
    return [
        piece if isinstance(piece, Claim) else piece.claim
        for piece in pieces
        if isinstance(piece, Claim) or (isinstance(piece, Shown) and piece.form != "number")
    ]


def _largest(it: Table) -> float:
    """Give the largest weight of a drawn square."""
    cells = (cell for row in it.rows for cell in row.cells)
    return max((cell.weight for cell in cells if isinstance(cell, Drawn) and cell.look == "trial"), default=1.0)


def _sides(axis: Axis) -> str:
    """Say what each side of the line of no effect means."""
    if not axis.left and not axis.right:
        return ""
    left = f"<span>← {text(axis.left)}</span>" if axis.left else "<span></span>"
    right = f"<span>{text(axis.right)} →</span>" if axis.right else ""
    return f' <span class="dirs">{left} {right}</span>'


def _quoted(words: str) -> str:
    """Write words as a string of CSS."""
    return "'" + "".join(f"\\{ord(it):x} " if it in "'\\\n<>" else it for it in words) + "'"
