"""Two documents' pieces held beside each other, section by section, so that what moved is not taken for new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from glabella.brief.render.pieces import Piece

#: Characters of a text that are shown, and of a title.
LONGEST, _TITLE = 200, 80
#: Characters before the first difference that are shown of a longer one.
_BEFORE = 40


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in one section, or outside of any, where both names are empty.

    Attributes
    ----------
    name : str
        Its id, where the file has ids; else its title, in Markdown with its level.
    title : str
    pieces : tuple of Piece
        In order, those of sections within it left out.
    """

    name: str
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """The parts of two documents.

    Attributes
    ----------
    both : tuple of (Part, Part)
        What both have, the first document's part first.
    gone, new : tuple of Part
        What only the first or only the second has.
    moved : tuple of (str, str, str)
        Titles of a part that stands elsewhere, of the one before it in the first and of that in the second.
    """

    both: tuple[tuple[Part, Part], ...]
    gone: tuple[Part, ...]
    new: tuple[Part, ...]
    moved: tuple[tuple[str, str, str], ...]


def parts_of(pieces: Iterable[Piece]) -> dict[str, Part]:
    """Sort a document's pieces by the section that they stand in; parts are in the order in which they begin."""
    pieces = tuple(pieces)
    ids: dict[str, str] = {}
    for one, next_ in pairwise(pieces):
        if one.kind == "section" and next_.kind != "section" and next_.where:
            ids.setdefault(next_.where, one.text)
    found: dict[str, tuple[str, list[Piece]]] = {}
    name = ""
    for piece in pieces:
        if piece.kind == "section":
            continue
        if piece.kind != "line":
            name = ids.get(piece.where, piece.where)
        elif piece.text.startswith("#"):
            # Markdown has no ids: the same title on another level is another part.
            name = piece.text
        found.setdefault(name, (piece.where, []))[1].append(piece)
    return {name: Part(name, title, tuple(those)) for name, (title, those) in found.items()}


def aligned(one: Iterable[Piece], other: Iterable[Piece]) -> Aligned:
    """Hold two documents' parts beside each other.

    Parts go together by their name; of the others those that say mostly the same.
    """
    first, second = parts_of(one), parts_of(other)
    pairs = {name: name for name in first if name in second}
    left = [name for name in second if name not in first]
    for name in first:
        if name not in second and (like := next((it for it in left if _alike(first[name], second[it])), None)):
            pairs[name] = like
            left.remove(like)
    return Aligned(
        both=tuple((first[name], second[pairs[name]]) for name in first if name in pairs),
        gone=tuple(part for name, part in first.items() if name not in pairs),
        new=tuple(second[name] for name in left),
        moved=tuple(_moved(first, second, pairs)),
    )


def _alike(one: Part, other: Part) -> bool:
    """Tell whether two parts have most of their pieces in common."""
    here, there = (Counter((piece.kind, piece.text) for piece in part.pieces) for part in (one, other))
    return 2 * (here & there).total() > max(here.total(), there.total())


def _moved(
    first: dict[str, Part], second: dict[str, Part], pairs: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    back = {there: here for here, there in pairs.items()}
    order = [name for name in first if name in pairs]
    other = [back[name] for name in second if name in back]
    stays: set[str] = set()
    for start, _, size in SequenceMatcher(None, order, other, autojunk=False).get_matching_blocks():
        stays.update(order[start : start + size])
    for name in order:
        if name not in stays:
            yield first[name].title, _before(name, order, first), _before(name, other, first)


def _before(name: str, order: list[str], parts: dict[str, Part]) -> str:
    place = order.index(name)
    return parts[order[place - 1]].title if place else ""


def steps(one: Sequence[object], other: Sequence[object]) -> Iterator[tuple[slice, slice]]:
    """Give the stretches in which two lists differ; what they begin and end with alike costs nothing."""
    shorter = min(len(one), len(other))
    start = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    end = next((at for at in range(shorter - start) if one[-1 - at] != other[-1 - at]), shorter - start)
    here, there = one[start : len(one) - end], other[start : len(other) - end]
    for kind, a, b, c, d in SequenceMatcher(None, here, there).get_opcodes():
        if kind != "equal":
            yield slice(start + a, start + b), slice(start + c, start + d)


def shortened(text: str, most: int = LONGEST) -> str:
    """Give the beginning of a long text."""
    return text if len(text) <= most else f"{text[:most]}…"


def contrasted(one: str, other: str) -> tuple[str, str]:
    """Give two texts, of long ones what lies around their first difference.

    >>> contrasted("a" * 500 + "b", "a" * 500 + "c") == ("…" + "a" * 40 + "b", "…" + "a" * 40 + "c")
    True
    """
    if max(len(one), len(other)) <= LONGEST:
        return one, other
    shorter = min(len(one), len(other))
    start = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    begin = max(0, start - _BEFORE)
    before = "…" if begin else ""
    return before + shortened(one[begin:]), before + shortened(other[begin:])


def placed(title: str) -> str:
    """Say where something stands by the title of its part."""
    return shortened(title, _TITLE) or "outside of sections"
