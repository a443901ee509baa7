"""What a document is made of. Sections build this tree; a renderer turns it into HTML, Markdown, JSON or PDF.

Nothing in it knows of a format, and no renderer adds a word of its own about what the document says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from glabella.shown.claim import Claim

#: In which form a claim is written: with unit and interval, the number alone, without the unit, the interval alone.
Form = Literal["text", "number", "bare", "limits"]

#: What sets off an aside where it cannot be set smaller, and nothing else does.
ASIDE = ", "


# --- within a line ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim, and in which of its forms it is written."""

    claim: Claim
    form: Form = "text"

    @property
    def text(self) -> str:
        """What is written."""
        claim = self.claim
        return {"text": claim.text, "number": claim.number, "bare": claim.bare, "limits": claim.interval_text}[
            self.form
        ]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may hold digits which are no numbers: a study, a scale, a product."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that a hurried reader should not miss."""

    content: Inline


@dataclass(frozen=True, slots=True)
class Small:
    """An aside, set smaller."""

    content: Inline


@dataclass(frozen=True, slots=True)
class Cite:
    """Marks that lead to entries of the references."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a section or a named heading: of this document, or of the report beside it."""

    text: str
    section: str


@dataclass(frozen=True, slots=True)
class Icon:
    """A drawn sign before its word: circles for a certainty, a glyph for a verdict. The word always stands too."""

    kind: Literal["certainty", "verdict"]
    word: str


Inline = str | Claim | Shown | Name | Strong | Small | Cite | Link | Icon | tuple["Inline", ...]


# --- blocks -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section; ``name`` where a link may lead to it."""

    text: Inline
    name: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words and claims; ``lead`` for a section's answer, ``note`` for what stands below a table."""

    content: Inline
    look: Literal["", "lead", "note"] = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Inline, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis on which a table draws its claims.

    Attributes
    ----------
    low, high : float
        Ends; what reaches further ends in an arrow.
    null : float
        Value of no difference, drawn as a line.
    ratio : bool
        Whether the axis is logarithmic.
    left, right : str
        What each side means.
    important : float or None
        The smallest difference that matters, drawn as a dashed line.
    """

    low: float
    high: float
    null: float
    ratio: bool = False
    left: str = ""
    right: str = ""
    important: float | None = None

    def __post_init__(self) -> None:
        """Refuse ends between which nothing can be drawn."""
        if not self.low < self.high or (self.ratio and self.low <= 0):
            least = " of a positive number" if self.ratio else ""
            raise ValueError(f"an axis from {self.low:g} to {self.high:g}, expected one{least} to a larger one")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A claim drawn on its table's axis: a square of its weight, a diamond, or a dashed line of prediction.

    Weights are in any unit; a square's area is its share of the largest weight in its table.
    """

    claim: Claim
    look: Literal["trial", "pooled", "prediction"] = "trial"
    weight: float = 1.0


Cell = Inline | Drawn


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head, and how its cells stand."""

    head: Inline
    look: Literal["", "number", "drawn", "wide"] = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row; its first cell names it."""

    cells: tuple[Cell, ...]
    look: Literal["", "pooled"] = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; where a column is drawn, ``axis`` says on what.

    Attributes
    ----------
    caption : Inline
        What it shows; empty where its section's title says so.
    columns, rows
        As many cells in each row as there are columns.
    axis : Axis or None
        Of its drawn column.
    note : Inline
        What stands below it.
    look : str
        ``time`` where each row is a time; ``list`` where the heads need not be seen.
    """

    caption: Inline
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    axis: Axis | None = None
    note: Inline = ""
    look: Literal["", "time", "list"] = ""

    def __post_init__(self) -> None:
        """Refuse a row of another length than the head."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                found, head = len(row.cells), len(self.columns)
                raise ValueError(f"a row has {found} cells, expected {head}: {plain(self.caption)}")
        if self.axis is None and any(column.look == "drawn" for column in self.columns):
            raise ValueError(f"a drawn column needs an axis: {plain(self.caption)}")


class Drawable(Protocol):
    """A description that draws itself, such as :class:`glabella.plot.Plot`."""

    @property
    def spec(self) -> dict[str, Any]:
        """The description, JSON through and through."""

    def svg(self) -> str:
        """Draw as SVG."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that repeats, for the eye, numbers that stand in the text; ``alt`` says what is seen in it.

    The picture is a description to be drawn, or an SVG element; None in a document read again from its file.
    """

    name: str
    picture: Drawable | str | None = field(repr=False, compare=False)
    alt: str = ""
    caption: Inline = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Something folded away on a screen; open on paper."""

    summary: Inline
    content: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Parts that stand side by side where there is room; ``widths`` are shares.

    In the look ``icons`` each part is a picture of people, as large as any other.
    """

    parts: tuple[tuple[Block, ...], ...]
    widths: tuple[float, ...] = ()
    look: Literal["", "icons"] = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document with a name to link to.

    Attributes
    ----------
    id : str
        Stable name.
    title : Inline
        Its heading; empty where what it holds names itself.
    content : tuple of Block
        What it says, its answer first.
    look : str
        ``bottom`` for the bottom line, ``box`` for what is set apart.
    claims : tuple of Claim
        Every claim made for it, those that are only drawn included.
    """

    id: str
    title: Inline
    content: tuple[Block, ...]
    look: Literal["", "bottom", "box"] = ""
    claims: tuple[Claim, ...] = ()


Block = Heading | Paragraph | Items | Table | Figure | Details | Columns | Section


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as a list of references shows it, and what of it was seen; ``short`` as one would say it."""

    key: str
    text: str
    address: str | None = None
    seen: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes
    ----------
    kind : str
        ``brief``, ``report``, ``check`` of an article, ``weighed`` options, a ``consultation`` for a person, or
        the page to take ``home``; names its file.
    id, title, edition : str
        Of the dossier, or of a problem's file; ``edition`` is its date.
    header : tuple of Block
        What stands below the title, before the first section.
    sections : tuple of Section or Columns
        In order; those that stand side by side in columns.
    footer : tuple of Block
        What stands last.
    references : tuple of Reference
        Every source that it cites.
    claims : tuple of Claim
        Every claim that it shows or draws, in order.
    beside : str or None
        File name of the report that lies beside a brief, or of the brief beside a report; None for a document
        alone.
    about : Inline
        What stands with the edition above the title: when was searched, and how.
    """

    kind: Literal["brief", "report", "check", "weighed", "consultation", "home"]
    id: str
    title: str
    edition: str
    header: tuple[Block, ...]
    sections: tuple[Section | Columns, ...]
    footer: tuple[Block, ...]
    references: tuple[Reference, ...]
    claims: tuple[Claim, ...]
    beside: str | None = None
    about: Inline = ""

    @property
    def body(self) -> tuple[Block, ...]:
        """Everything between its title and its sources, in order."""
        return (*self.header, *self.sections, *self.footer)


# --- walking the tree ---------------------------------------------------------------------------------------


def blocks_of(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Give every block, each before what it holds."""
    for block in blocks:
        yield block
        match block:
            case Details() | Section():
                yield from blocks_of(block.content)
            case Columns():
                for part in block.parts:
                    yield from blocks_of(part)


def inlines_of(blocks: tuple[Block, ...]) -> Iterator[Cell]:
    """Give every piece of text in reading order, none holding another."""
    for block in blocks_of(blocks):
        match block:
            case Heading(text=text):
                yield from _flat(text)
            case Paragraph(content):
                yield from _flat(content)
            case Items(items):
                for item in items:
                    yield from _flat(item)
            case Table():
                for part in (block.caption, *(column.head for column in block.columns)):
                    yield from _flat(part)
                for row in block.rows:
                    for cell in row.cells:
                        yield from _flat(cell)
                yield from _flat(block.note)
            case Figure():
                yield from _flat(block.caption)
            case Details():
                yield from _flat(block.summary)
            case Section():
                yield from _flat(block.title)


def _flat(content: Cell) -> Iterator[Cell]:
    match content:
        case tuple():
            for part in content:
                yield from _flat(part)
        case Strong(inner) | Small(inner):
            yield from _flat(inner)
        case "":
            return
        case _:
            yield content


def claims_of(blocks: tuple[Block, ...]) -> tuple[Claim, ...]:
    """Give the claims that are written or drawn, each once, in reading order."""
    found: dict[str, Claim] = {}
    for piece in inlines_of(blocks):
        match piece:
            case Claim():
                found.setdefault(piece.id, piece)
            case Shown(claim) | Drawn(claim):
                found.setdefault(claim.id, claim)
    return tuple(found.values())


def sources_of(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Give the keys of every source behind what is written, each once, in reading order."""
    found: dict[str, None] = {}
    for piece in inlines_of(blocks):
        match piece:
            case Cite(keys):
                found.update(dict.fromkeys(keys))
            case Claim(sources=sources) | Shown(Claim(sources=sources)) | Drawn(Claim(sources=sources)):
                found.update(dict.fromkeys(source.reference for source in sources))
    return tuple(found)


def plain(content: Cell) -> str:
    """Give what is written, without any look; an aside that follows without a space is set off by a comma.

    >>> plain(("A ", Strong("large"), " trial, ", Name("Brin 2020")))
    'A large trial, Brin 2020'
    >>> plain(("All together", Small("five trials")))
    'All together, five trials'
    """
    return _plain(content, "")


def _plain(content: Cell, before: str) -> str:
    """Give ``before`` and what is written behind it."""
    match content:
        case str():
            return before + content
        case tuple():
            for part in content:
                before = _plain(part, before)
            return before
        case Claim() | Shown() | Name() | Link():
            return before + content.text
        case Strong(inner):
            return _plain(inner, before)
        case Small(inner):
            return _plain(inner, before + ASIDE if before and not before[-1].isspace() else before)
        case Icon():
            return before + content.word
        case _:
            return before
