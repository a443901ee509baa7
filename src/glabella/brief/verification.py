"""Make a document again from its dossier, and say where its file differs: numbers, words, sections, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from glabella._reading import one_line
from glabella.brief.documents import document
from glabella.brief.render import as_json, html, markdown
from glabella.brief.render.html import Draw
from glabella.brief.render.pieces import Piece
from glabella.brief.results import Results
from glabella.brief.written import Form, Written, read
from glabella.shown import Claim, Document

if TYPE_CHECKING:
    from glabella.dossier import Evidence
    from glabella.safety import ReportStore

#: Characters of a value that are shown.
_LONGEST = 200
#: Differences of words that are named one by one.
_MOST = 200
_FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and each difference in a line."""

    claims: int
    pieces: int
    lines: tuple[str, ...]


def verified(text: str, evidence: Evidence, store: ReportStore | None = None, draw: Draw | None = None) -> Verified:
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
    made = document(Results(evidence, store), found.kind, beside=found.beside)
    fresh = written(made, found.form, draw)
    again = read(fresh)
    if fresh == text:
        return Verified(len(made.claims), len(again.pieces), ())
    lines = [*_claims(found, again), *_words(found.pieces, again.pieces)]
    if found.form == "html":
        lines += _pictures(text, fresh)
    if not lines:
        lines = [
            "the file is not as glabella writes it, though numbers and words are: it was changed in its markup"
        ]
    return Verified(len(made.claims), len(again.pieces), tuple(map(one_line, lines)))


def written(made: Document, form: Form, draw: Draw | None = None) -> str:
    """Write a document in a format that is text."""
    if form == "html":
        return html(made, draw)
    return (markdown if form == "md" else as_json)(made)


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
                    yield f"{name}: {field.name} is {_shortened(was)}, made again {_shortened(now)}"


def _words(found: tuple[Piece, ...], fresh: tuple[Piece, ...]) -> Iterator[str]:
    """Name each piece that says something else, is missing, was added or stands elsewhere."""
    for lines, line in enumerate(_different(found, fresh)):
        if lines == _MOST:
            yield f"more differences than {_MOST} in the words; the rest is not listed"
            return
        yield line


def _different(found: tuple[Piece, ...], fresh: tuple[Piece, ...]) -> Iterator[str]:
    first = next((at for at, pair in enumerate(zip(found, fresh, strict=False)) if pair[0] != pair[1]),
                 min(len(found), len(fresh)))  # fmt: skip
    rest = min(len(found), len(fresh)) - first
    last = next((at for at in range(rest) if found[-1 - at] != fresh[-1 - at]), rest)
    one, other = found[first : len(found) - last], fresh[first : len(fresh) - last]
    for _, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        stated, made = one[a:b], other[c:d]
        if stated == made:
            continue
        for was, now in zip(stated, made, strict=False):
            yield f"{_place(now)} says {_shortened(was.text)}, made again {_shortened(now.text)}"
        for was in stated[len(made) :]:
            yield f"{_place(was)} was added: {_shortened(was.text)}"
        for now in made[len(stated) :]:
            yield f"{_place(now)} is missing: {_shortened(now.text)}"


def _place(piece: Piece) -> str:
    return f"{piece.where or 'outside of sections'}: a {piece.kind}"


def _pictures(text: str, fresh: str) -> Iterator[str]:
    """Name the figures that are drawn otherwise."""
    drawn, again = _FIGURE.findall(text), _FIGURE.findall(fresh)
    if len(drawn) != len(again):
        yield f"the file has {len(drawn)} pictures, made again {len(again)}"
        return
    for at, (one, other) in enumerate(zip(drawn, again, strict=True), 1):
        if one != other:
            yield f"picture {at} is drawn otherwise"


def _shortened(value: object) -> str:
    """Show a value, of a long one the beginning."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
