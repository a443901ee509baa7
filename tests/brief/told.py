"""What a section says, as plain lines: for tests that read sentences rather than trees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from glabella.brief.results import Results
from glabella.dossier import Evidence
from glabella.shown import (
    Block,
    Cell,
    Claim,
    Details,
    Figure,
    Heading,
    Items,
    Ledger,
    Paragraph,
    Section,
    Table,
    blocks_of,
    inlines_of,
    plain,
)

Make = Callable[[Results, Ledger], Section | None]


def told(make: Make, evidence: Evidence) -> tuple[Section, dict[str, Claim]]:
    """Build one section of a dossier that has it, and give its claims by id."""
    book = Ledger()
    section = make(Results(evidence), book)
    assert section is not None
    return section, book.claims


def lines(section: Section) -> list[str]:
    """Give every line of a section in reading order: sentences, captions, heads, rows and what figures show."""
    return [plain(section.title), *(line for block in blocks_of(section.content) for line in _lines(block))]


def text(section: Section) -> str:
    """Give a section's lines as one text."""
    return "\n".join(lines(section))


def lead(section: Section) -> str:
    """Give a section's answer, which stands first."""
    first = section.content[0]
    assert isinstance(first, Paragraph)
    assert first.look == "lead"
    return plain(first.content)


def tables(section: Section) -> list[Table]:
    """Give a section's tables."""
    return [block for block in blocks_of(section.content) if isinstance(block, Table)]


def table(section: Section, first: str) -> list[tuple[str, ...]]:
    """Give the rows of the table whose first head is as named, as texts."""
    (found,) = [each for each in tables(section) if plain(each.columns[0].head) == first]
    return [tuple(map(plain, row.cells)) for row in found.rows]


def figures(section: Section) -> dict[str, Figure]:
    """Give a section's figures by name."""
    return {block.name: block for block in blocks_of(section.content) if isinstance(block, Figure)}


def bare_digits(section: Section, names: tuple[str, ...]) -> list[str]:
    """Give every text with a digit that is neither in a claim nor in a name."""
    pieces: list[Cell] = [*inlines_of((section,)), *(figure.alt for figure in figures(section).values())]
    return [piece for piece in pieces if isinstance(piece, str) and re.search(r"\d", _without(piece, names))]


def _without(piece: str, names: tuple[str, ...]) -> str:
    for name in sorted(names, key=len, reverse=True):
        piece = piece.replace(name, "")
    return piece


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(content) | Paragraph(content) | Details(content):
            yield plain(content)
        case Items(items):
            yield from map(plain, items)
        case Figure(_, _, alt, caption):
            yield from (alt, plain(caption))
        case Table():
            yield plain(block.caption)
            yield " | ".join(plain(column.head) for column in block.columns)
            for row in block.rows:
                yield " | ".join(map(plain, row.cells))
