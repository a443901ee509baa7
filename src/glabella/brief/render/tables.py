"""Tables as HTML: with drawn columns, and with the heads of columns for a screen too narrow for rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import sqrt
from typing import Protocol

from glabella.brief.render.inline import text
from glabella.brief.render.interval import LARGEST, LINE, SMALLEST, axis_svg, interval, share, tick_text
from glabella.brief.render.marks import Marked
from glabella.brief.render.setting import Setting
from glabella.brief.render.svg import titled
from glabella.shown import Axis, Claim, Column, Drawn, Inline, Paragraph, Row, Shown, Table, inlines_of, plain

#: Tables of at most so many rows draw the axis at every row on a narrow screen, and in their head on a wide one.
_FEW = 4
#: Tables of more columns turn into blocks on a narrower screen than others.
_MANY = 6
#: Names of the style's variables that hold the heads of columns, from the second on.
LETTERS = "bcdefghijklmnop"
#: Width in points of a drawing on paper, in tables of at most so many columns.
_WIDTHS, _LEAST = ((5, 150.0), (7, 120.0)), 95.0
#: What stands left and right of a drawing in its cell, as the style of paper has it.
_INSET, _OUTSET = 5.0, 12.0


class Line(Protocol):
    """Sets what stands within a line."""

    def __call__(self, content: Inline, marked: Marked | None = None) -> str:
        """Give it as HTML; ``marked`` where it is read together with others."""


def table(it: Table, to: Setting, line: Line) -> str:
    """Set a table; on a narrow screen its rows become blocks."""
    return _Setter(it, to, line).whole()


@dataclass(frozen=True, slots=True)
class _Setter:
    """Sets one table."""

    it: Table
    to: Setting
    line: Line

    def whole(self) -> str:
        it = self.it
        looks = [_look(it, place) for place in range(len(it.columns))]
        caption = f"<caption>{self.line(it.caption)}</caption>" if it.caption else ""
        heads = "".join(
            f'<th scope="col"{_class(look)}{self.wide(look)}>{self.head(column)}</th>'
            for column, look in zip(it.columns, looks, strict=True)
        )
        rows = "\n".join(self.row(row, looks) for row in it.rows)
        names = (
            it.look,
            "many" if len(it.columns) > _MANY else "",
            "forest" if it.axis else "",
            "tight" if self.to.paper and len(it.columns) >= _MANY else "",
        )
        note = f'<p class="note">{self.line(it.note)}</p>' if it.note else ""
        before = ""
        if self.to.paper and it.caption:
            # Its renderer would leave a caption at the foot of a page, and begin the table on the next.
            before, caption = f'<p class="cap">{self.line(it.caption)}</p>', ""
        return (
            f"{before}<table{_class(' '.join(filter(None, names)))}{self.labels()}>{caption}"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>{self.foot(looks)}</table>{note}"
        )

    @property
    def few(self) -> bool:
        """Whether every row can have an axis of its own."""
        return len(self.it.rows) <= _FEW

    @property
    def width(self) -> float | None:
        """Of a drawing in points on paper; on a screen it is as wide as its cell."""
        if not self.to.paper:
            return None
        return next((width for columns, width in _WIDTHS if len(self.it.columns) <= columns), _LEAST)

    def wide(self, look: str) -> str:
        """Give a drawn column on paper the width of its drawing."""
        if self.width is None or look != "fig":
            return ""
        return f' style="width:{_INSET + self.width + _OUTSET:g}px"'

    def labels(self) -> str:
        """Give the heads of columns to the style, which sets them before values on a narrow screen."""
        if self.to.paper or self.it.look == "list" or self.to.addresses:
            return ""
        words = (
            f"--{letter}:{_quoted(plain(column.head))}"
            for letter, column in zip(LETTERS, self.it.columns[1:], strict=False)
            if plain(column.head) and column.look != "drawn"
        )
        style = ";".join(words)
        return f' style="{text(style).replace(chr(34), "&quot;")}"' if style else ""

    def label(self, place: int) -> str:
        """Give a cell its column's head, where no style of a table's own can hold it."""
        column = self.it.columns[place]
        if not place or self.to.addresses is None or self.it.look == "list" or column.look == "drawn":
            return ""
        words = plain(column.head)
        return f' data-head="{escape(words)}"' if words else ""

    def head(self, column: Column) -> str:
        """Set a column's head; of a drawn one also what each side means, and where rows are few the axis."""
        words = self.line(column.head)
        if column.look != "drawn" or self.it.axis is None:
            return words
        axis = self.it.axis
        return f'<span class="vh">{words or "Drawn"}</span>{_sides(axis)}{self.axis(axis) if self.few else ""}'

    def axis(self, axis: Axis) -> str:
        """Draw an axis, on paper at a fixed width."""
        if self.width is None:
            return axis_svg(axis)
        ends = f"axis from {tick_text(axis.low)} to {tick_text(axis.high)}"
        return titled(axis_svg(axis, width=self.width), ends)

    def row(self, row: Row, looks: list[str]) -> str:
        """Set a row; its first cell is its head."""
        cells = []
        marked = Marked(cell for cell in row.cells if not isinstance(cell, Drawn))
        for place, (cell, look) in enumerate(zip(row.cells, looks, strict=True)):
            ruled = ""
            if isinstance(cell, Drawn) and self.it.axis is not None:
                body = self.drawn(cell, self.it.axis, plain(row.cells[0]))
                ruled = _ruled(self.it.axis, self.width) if self.width is not None else ""
            else:
                assert not isinstance(cell, Drawn)  # as Table sees to
                body = self.line(cell, marked)
            start = "td" if place else 'th scope="row"'
            cells.append(f"<{start}{_class(look)}{ruled}{self.label(place)}>{body}</{start[:2]}>")
        return f"<tr{_class(row.look)}>{''.join(cells)}</tr>"

    def drawn(self, cell: Drawn, axis: Axis, name: str) -> str:
        """Draw a claim; where rows are few, with an axis of its own for a narrow screen."""
        largest = _largest(self.it)
        side = LARGEST * sqrt(max(cell.weight, 0.0) / largest) if largest > 0 else LARGEST
        label = f"{name}: {cell.claim.text}"
        svg = interval(cell, axis, label=label, side=max(side, SMALLEST), width=self.width)
        svg = titled(svg, label) if self.to.paper else svg
        own = ""
        if self.few and not self.to.paper:
            own = f'<div class="own" aria-hidden="true">{axis_svg(axis)}{_sides(axis)}</div>'
        return f'<div class="iw" data-claim="{escape(cell.claim.id)}">{svg}</div>{own}'

    def foot(self, looks: list[str]) -> str:
        """Set the axis below a long table."""
        if self.it.axis is None or self.few:
            return ""
        drawn = f'<td class="fig">{self.axis(self.it.axis)}{_sides(self.it.axis)}</td>'
        cells = "".join(drawn if look == "fig" else "<td></td>" for look in looks)
        return f'<tfoot aria-hidden="true"><tr>{cells}</tr></tfoot>'


def _ruled(axis: Axis, width: float) -> str:
    """Give a cell on paper the lines of its axis as background, so that they run from row to row."""
    lines = ""
    for value, dash in ((axis.null, ""), (axis.important, " stroke-dasharray='9'")):
        if value is not None:
            at = f"{_INSET + width * share(axis, value):.4g}"
            lines += f"<path d='M{at} 0V99' stroke='%23{LINE[1:]}'{dash}/>"
    wide = f"{_INSET + width:g}"
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{wide}' height='99' viewBox='0 0 {wide} 99'"
        f" preserveAspectRatio='none'>{lines}</svg>"
    )
    image = f"background-image:url(&quot;data:image/svg+xml,{svg}&quot;)"
    return f' style="{image};background-size:{wide}px 100%;background-repeat:no-repeat"'


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""


def _look(it: Table, place: int) -> str:
    """Give how a column stands: plain numbers to the right, those with an interval to the left."""
    look = it.columns[place].look
    if look == "drawn":
        return "fig"
    if look != "number":
        return look
    return "num" if any(claim.limits for row in it.rows for claim in _spread(row, place)) else "r"


def _spread(row: Row, place: int) -> Iterator[Claim]:
    """Give the claims in a cell that are written with their interval."""
    cell = row.cells[place]
    if isinstance(cell, Drawn):
        return
    for piece in inlines_of((Paragraph(cell),)):
        if isinstance(piece, Claim):
            yield piece
        elif isinstance(piece, Shown) and piece.form != "number":
            yield piece.claim


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
