"""Numbers of sources, in the order in which a document first leans on them, and the marks that lead to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from glabella.shown import Cell, Cite, Claim, Document, Drawn, Paragraph, Reference, Shown, inlines_of

#: Longest mark; what leans on so many sources gets a letter, and the list says what it stands for.
_LONGEST = 11


@dataclass(frozen=True, slots=True)
class Marks:
    """Which number each source has, and which letter each large set of them.

    Attributes
    ----------
    sources : tuple of Reference
        In the order of their numbers, from one.
    numbers : dict of str to int
        By key.
    letters : dict of tuple of int to str
        Of sets that would make a long mark.
    """

    sources: tuple[Reference, ...]
    numbers: dict[str, int]
    letters: dict[tuple[int, ...], str]

    def of(self, keys: Iterable[str]) -> tuple[int, ...]:
        """Give the numbers of some sources, each once, in order."""
        return tuple(sorted({self.numbers[key] for key in keys}))

    def text(self, numbers: tuple[int, ...]) -> str:
        """Give what stands between the brackets of a mark."""
        return self.letters.get(numbers) or spanned(numbers)


def spanned(numbers: tuple[int, ...]) -> str:
    """Write numbers in order with runs of three and more as spans, without spaces.

    >>> spanned((1, 2, 3, 7)), spanned((4, 5))
    ('1–3,7', '4,5')
    """
    parts: list[str] = []
    for run in _runs(numbers):
        parts += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return ",".join(parts)


def _runs(numbers: tuple[int, ...]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def keys_of(piece: object) -> tuple[str, ...]:
    """Give the keys of the sources behind a piece of text, each once."""
    match piece:
        case Cite(keys):
            return keys
        case Claim(sources=sources) | Shown(Claim(sources=sources)) | Drawn(Claim(sources=sources)):
            return tuple(dict.fromkeys(source.reference for source in sources))
        case _:
            return ()


class Marked:
    """Which numbers carry their mark: of several that follow each other and lean on the same sources, the last.

    Made for what is read together: a sentence, or the cells of a row.

    Where a citation of the same sources comes next, it stands for them; where a citation only repeats what
    numbers before it have led to, it need not stand on paper.
    """

    def __init__(self, cells: Iterable[Cell]) -> None:
        pieces = (
            piece
            for cell in cells
            for piece in ((cell,) if isinstance(cell, Drawn) else inlines_of((Paragraph(cell),)))
        )
        self._ahead = deque(frozenset(keys) for keys in map(keys_of, pieces) if keys)
        self._done: set[str] = set()
        self._owed = False

    def number(self, claim: Claim) -> tuple[str, ...]:
        """Give the sources that a number's mark leads to; none where a later one does."""
        keys = keys_of(claim)
        if not keys:
            return ()
        own = self._ahead.popleft()
        self._owed = bool(self._ahead) and self._ahead[0] == own
        if self._owed:
            return ()
        self._done |= own
        return keys

    def citation(self, keys: tuple[str, ...]) -> bool:
        """Tell whether a citation says more than the numbers before it."""
        self._ahead.popleft()
        more = self._owed or not self._done.issuperset(keys)
        self._owed = False
        self._done.update(keys)
        return more


def marks_of(document: Document, elsewhere: Container[str] = ()) -> Marks:
    """Give each source of a document its number, but for what stands behind claims alone that are told elsewhere.

    Raises
    ------
    ValueError
        If it cites a source that is not among its references.
    """
    known = {reference.key: reference for reference in document.references}
    numbers: dict[str, int] = {}
    sets: dict[tuple[str, ...], None] = {}
    pieces = [*inlines_of((Paragraph(document.about), *document.body)), *document.claims]
    for piece in pieces:
        if _claim_of(piece) in elsewhere:
            continue
        keys = keys_of(piece)
        for key in keys:
            if key not in known:
                raise ValueError(f"a source is called {key!r}, expected one of the document's references")
            numbers.setdefault(key, len(numbers) + 1)
        sets.setdefault(keys)
    letters: dict[tuple[int, ...], str] = {}
    for keys in sets:
        those = tuple(sorted({numbers[key] for key in keys}))
        if len(spanned(those)) > _LONGEST:
            letters.setdefault(those, _letter(len(letters)))
    return Marks(tuple(known[key] for key in numbers), numbers, letters)


def _claim_of(piece: object) -> str | None:
    match piece:
        case Claim(id=name) | Shown(Claim(id=name)) | Drawn(Claim(id=name)):
            return name
        case _:
            return None


def _letter(place: int) -> str:
    """Name a set: A to Z, then AA and on.

    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, len(ascii_uppercase))
        name = ascii_uppercase[rest] + name
    return name
