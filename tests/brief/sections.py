"""Helpers for tests of sections: what one says as plain lines, and a small dossier whose parts are replaced.

All numbers of such dossiers are made up.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from glabella.dossier import Evidence, load, write_starter
from glabella.shown import (
    Block,
    Cite,
    Details,
    Drawn,
    Heading,
    Items,
    Name,
    Paragraph,
    Section,
    Small,
    Strong,
    Table,
    blocks_of,
    plain,
)
from glabella.shown.document import Cell


def number(value: float | None, status: str = "seen", **more: Any) -> dict[str, Any]:
    """Give a number as a dossier's file holds it, from the starter's only source."""
    if status in ("seen", "reported"):
        more |= {"source": "EXAMPLE", "at": "abstract"}
    if status == "derived":
        more |= {"derived_from": ["EXAMPLE"], "note": "made up"}
    return {"value": value, "status": status, **more}


def sentence(text: str, status: str = "seen", **values: float) -> dict[str, Any]:
    """Give a sentence as a dossier's file holds it."""
    source = {} if status in ("missing", "recalled") else {"source": "EXAMPLE"}
    return {"text": text, "status": status, **source, "values": {key: number(it) for key, it in values.items()}}


def starter(folder: Path) -> Evidence:
    """Read the untouched starter."""
    write_starter(folder / "mine")
    return load(folder / "mine")


def changed(part: BaseModel, **fields: Any) -> Any:
    """Give a part of a dossier with other fields, checked as if read from its file."""
    return type(part).model_validate({**part.model_dump(mode="json"), **fields})


def with_study(evidence: Evidence, **fields: Any) -> Evidence:
    """Give the starter with other fields of its only study."""
    (study,) = evidence.studies.values()
    return replace(evidence, studies={study.id: changed(study, **fields)})


def lines(section: Section) -> list[str]:
    """Give what a section says, a line for each paragraph, item, heading and row."""
    return list(_lines((section,)))


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks_of(blocks):
        match block:
            case Section(title=title):
                yield f"# {text(title)}"
            case Heading(words):
                yield f"## {text(words)}"
            case Paragraph(words):
                yield text(words)
            case Items(items):
                yield from (f"- {text(item)}" for item in items)
            case Table():
                yield text(block.caption)
                yield " | ".join(text(column.head) for column in block.columns)
                yield from (" | ".join(map(text, row.cells)) for row in block.rows)
                if block.note:
                    yield text(block.note)
            case Details(summary):
                yield f"> {text(summary)}"


def text(content: Cell) -> str:
    """Give an inline as text, with its references in brackets and what is only drawn named so."""
    match content:
        case tuple():
            return "".join(map(text, content))
        case Strong(inner) | Small(inner):
            return text(inner)
        case Cite(keys):
            return f"[{', '.join(keys)}]"
        case Drawn(claim):
            return f"drawn {claim.bare}"
        case _:
            return plain(content)


def bare_digits(section: Section, names: tuple[str, ...] = ()) -> list[str]:
    """Give the texts that hold a digit though they are no claim, no name, and no declared name or year."""
    found = []
    for piece in _texts(section):
        rest = piece
        for name in sorted(names, key=len, reverse=True):
            rest = rest.replace(name, "")
        if re.search(r"\d", re.sub(r"\bNCT\d+\b|\b(?:19|20)\d\d\b", "", rest)):
            found.append(piece)
    return found


def _texts(section: Section) -> Iterator[str]:
    from glabella.shown import inlines_of

    for piece in inlines_of((section,)):
        if isinstance(piece, str):
            yield piece
        assert not isinstance(piece, Name) or piece.text
