"""What changed between two documents, in sentences, by what changed it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from glabella._reading import one_line
from glabella.brief.render.pieces import Piece
from glabella.brief.written import Written, read
from glabella.shown import Claim

#: Ids that were renamed, by how they began: an older document's claims are found under their new names.
RENAMED: dict[str, str] = {}
_NUMBER = re.compile(r"[−-]?\d[\d,.]*")
#: Pieces whose changes claims tell, or nobody reads as a sentence.
_TOLD = frozenset({"claim", "mark", "labels", "link"})


def changed(old: str, new: str) -> list[str]:
    """Say what changed between two documents' files, grouped by the study or file that changed it.

    Parameters
    ----------
    old, new : str
        Contents of two files in HTML or JSON; of Markdown only words are compared.

    Returns
    -------
    list of str
        Empty where nothing changed.

    Raises
    ------
    ValueError
        If one of them is no document.
    """
    before, after = read(old), read(new)
    groups: dict[str, list[str]] = {}
    for cause, line in _claims(before, after):
        groups.setdefault(cause, []).append(line)
    found = []
    for cause, lines in groups.items():
        found += [f"{cause}:", *(f"  {line}" for line in lines)]
    words = list(_words(before.pieces, after.pieces))
    if words:
        found += ["Words:", *(f"  {line}" for line in words)]
    return [one_line(line) if not line.startswith("  ") else f"  {one_line(line.strip())}" for line in found]


def renamed(name: str) -> str:
    """Give the name that a claim's id has now.

    >>> renamed("scores_all.estimate")
    'scores_all.estimate'
    """
    for old, new in RENAMED.items():
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name


def _claims(before: Written, after: Written) -> Iterator[tuple[str, str]]:
    """Give each claim that is new, gone or moved, with what moved it."""
    old = {renamed(name): claim for name, claim in before.claims.items()}
    for name in sorted(old.keys() | after.claims.keys()):
        was, now = old.get(name), after.claims.get(name)
        if was is None and now is not None:
            yield "New", f"{now.label}: {now.text}"
        elif now is None and was is not None:
            yield "Gone", f"{was.label}: was {was.text}"
        elif was is not None and now is not None and was.text != now.text:
            yield _cause(was, now), f"{now.label}: was {was.text}, is now {now.text}"


def _cause(was: Claim, now: Claim) -> str:
    """Name the files whose content a number rests on and that differ; else the program, or what is shown."""
    one, other = dict(was.inputs), dict(now.inputs)
    moved = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    if moved:
        return f"Changed by {', '.join(moved)}"
    if was.version != now.version:
        return f"Changed by the program, {was.version} to {now.version}"
    return "Changed by the program, or written otherwise"


def _words(before: tuple[Piece, ...], after: tuple[Piece, ...]) -> Iterator[str]:
    """Give each piece of text that says something else, numbers apart."""
    one, other = (tuple(piece for piece in those if piece.kind not in _TOLD) for those in (before, after))
    matcher = SequenceMatcher(None, [_worded(piece) for piece in one], [_worded(piece) for piece in other])
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for was, now in zip(one[a:b], other[c:d], strict=False):
            yield f"{now.where or 'outside of sections'}: “{was.text}” became “{now.text}”"
        for was in one[a + (d - c) : b]:
            yield f"{was.where or 'outside of sections'}: “{was.text}” is gone"
        for now in other[c + (b - a) : d]:
            yield f"{now.where or 'outside of sections'}: “{now.text}” is new"


def _worded(piece: Piece) -> tuple[str, str, str]:
    return piece.where, piece.kind, _NUMBER.sub("#", piece.text)
