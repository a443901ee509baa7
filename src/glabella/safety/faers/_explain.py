"""The explanations of a line with a wrong number of fields, weighed against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glabella.safety.faers._evidence import Evidence

#: Stands for a separator inside a value, which no reader of separated text could tell from a separator. No line
#: that is read has another one: NUL bytes are taken out before.
EMBEDDED = b"\0"
Row = list[bytes]
#: By how many values other rows have to speak for an explanation when they speak for another one too.
_FAR_MORE = 3
#: How the years of likely dates begin, and how long a date to the day is.
_CENTURIES = (b"18", b"19", b"20", b"21")
_FULL_DATE = 8


@dataclass(frozen=True, slots=True)
class Explanation:
    """Rows that a line may stand for, and the damage that would have made the line of them.

    Attributes
    ----------
    reason : str
        The damage, as in ``faers_defects.yaml``.
    rows : list of rows
        What the line stands for.
    eligible : bool
        Whether it may be taken; else it only casts doubt on the others.
    """

    reason: str
    rows: list[Row]
    eligible: bool = True


def explain(index: int, fields: Row, evidence: Evidence, *, closed: bool) -> Explanation | str:
    """Give the one explanation of a line with too many fields, or the reason for which it is refused.

    Parameters
    ----------
    index : int
        Of the line in the newest piece.
    fields : list of bytes
        Of the line.
    evidence : Evidence
        The other lines.
    closed : bool
        Whether the file's rows end in a separator.
    """
    if closed and len(fields) == evidence.shape.width and not _whole(fields, evidence):
        return "ambiguous"
    found: list[Explanation] = []
    variants = _variants(fields, evidence, closed=closed)
    for variant in variants:
        for one in _explanations(index, variant, evidence):
            if all(map(evidence.shape.fits, one.rows)) and one.rows not in [other.rows for other in found]:
                found.append(one)
    if not found:
        return "too_many_fields" if len(fields) > evidence.shape.width else "too_few_fields"
    taken = _outweighing(found, evidence)
    if taken is None or not taken.eligible or not _keys_usual(index, taken, evidence):
        return "ambiguous"
    return "ambiguous" if any(_number_cut(index, one, evidence) for one in variants) else taken


def _keys_usual(index: int, one: Explanation, evidence: Evidence) -> bool:
    """Say whether the keys are as long as those near the line; a key that holds its case needs no such proof."""
    widths = evidence.widths(index, 0)
    return evidence.shape.case_second or not widths or all(len(row[0]) in widths for row in one.rows)


def _number_cut(index: int, fields: Row, evidence: Evidence) -> bool:
    """Say whether a line may be whole but for a separator inside a key, a number or a date.

    It is so where what stands behind the separator is no word of its column, or where what stands before or behind
    it is not as long as others of its column, and the number without it is.
    """
    shape = evidence.shape
    if len(fields) != shape.width + 1:
        return False
    for at in range(shape.width):
        row = [*fields[:at], fields[at] + fields[at + 1], *fields[at + 2 :]]
        if not shape.numeric(at) or not (fields[at] and fields[at + 1]) or not shape.fits(row):
            continue
        odd = [
            place for place in (at, at + 1) if place < shape.width and _odd(index, place, fields[place], evidence)
        ]
        full_date = shape.formats[at] == "date" and len(row[at]) == _FULL_DATE and row[at][:2] in _CENTURIES
        no_word = any(not shape.numeric(place) for place in odd)
        if odd and (full_date or no_word or not _odd(index, at, row[at], evidence)):
            return True
    return False


def _odd(index: int, at: int, value: bytes, evidence: Evidence) -> bool:
    """Say whether a number is of a length that none near the line has, a date of no likely year, a word unknown."""
    if not evidence.shape.numeric(at):
        return not evidence.usual(at, value)
    if evidence.shape.formats[at] == "date" and value[:2] not in _CENTURIES:
        return True
    return len(value) not in evidence.widths(index, at)


def _whole(fields: Row, evidence: Evidence) -> bool:
    """Say whether it is the last separator that a row lacks, and not one between two values."""
    return bool(fields[-1]) or evidence.mixed


def _variants(fields: Row, evidence: Evidence, *, closed: bool) -> list[Row]:
    """Give the fields with and without the empty one behind a last separator, by the habit of the file."""
    if fields[-1] or len(fields) == evidence.shape.width:
        return [fields]
    if evidence.mixed:
        return [fields[:-1], fields]
    return [fields[:-1]] if closed else [fields]


def _explanations(index: int, fields: Row, evidence: Evidence) -> Iterator[Explanation]:
    """Give every explanation by one damage."""
    width = evidence.shape.width
    if len(fields) >= width and not any(fields[width:]):
        yield Explanation("trailing_separator", [fields[:width]])
    yield from _run_on(index, fields, evidence)
    if len(fields) == width + 1:
        yield from _embedded(fields, evidence)
        # A separator written twice between two values is seen only in what it makes of the other explanations.
        for at, value in enumerate(fields[:-1]):
            if not value:
                yield Explanation("doubled_separator", [fields[:at] + fields[at + 1 :]], eligible=False)


def _embedded(fields: Row, evidence: Evidence) -> Iterator[Explanation]:
    """Explain a line by a separator inside a text; at its very end it could as well be one too many."""
    for at in range(evidence.shape.width):
        if evidence.shape.free(at) and (fields[at] or fields[at + 1]):
            whole = fields[at] + EMBEDDED + fields[at + 1]
            row = [*fields[:at], whole, *fields[at + 2 :]]
            yield Explanation("embedded_separator", [row], bool(fields[at] and fields[at + 1]))


def _run_on(index: int, fields: Row, evidence: Evidence) -> Iterator[Explanation]:
    """Explain a line by several rows: with a separator before each further key, or the key glued to a field."""
    width = evidence.shape.width
    if len(fields) >= 2 * width and len(fields) % width == 0:
        rows = [fields[at : at + width] for at in range(0, len(fields), width)]
        widths = evidence.widths(index, 0) or {len(fields[0])}
        if all(evidence.shape.case_second or len(row[0]) in widths for row in rows):
            yield Explanation("run_on", rows)
    if width > 1 and len(fields) >= 2 * width - 1 and (len(fields) - 1) % (width - 1) == 0:
        rows = _unglued(index, fields, evidence)
        if rows:
            yield Explanation("run_on", rows)


def _unglued(index: int, fields: Row, evidence: Evidence) -> list[Row]:
    """Cut keys from the fields they are glued to; nothing where one of the cuts is not the only one."""
    step = evidence.shape.width - 1
    rows: list[Row] = []
    first = fields[0]
    for at in range(step, len(fields) - 1, step):
        cuts = _cuts(index, fields[0], fields[at], fields[at + 1], evidence)
        if len(cuts) != 1:
            return []
        rows.append([first, *fields[at - step + 1 : at], cuts[0][0]])
        first = cuts[0][1]
    return [*rows, [first, *fields[-step:]]]


def _cuts(index: int, first: bytes, glued: bytes, second: bytes, evidence: Evidence) -> list[tuple[bytes, bytes]]:
    """Give the ways to cut a key from the end of a field."""
    shape = evidence.shape
    near = evidence.keys(index)
    if shape.case_second:
        # The key begins with the case in the field behind it.
        starts = [at for at in range(len(glued)) if second and glued.startswith(second, at)]
        cuts = [(glued[:at], glued[at:]) for at in starts]
    else:
        known = {len(key) for key in {first, *near} if glued.endswith(key)}
        cuts = [
            (glued[:-length], glued[-length:])
            for length in known or {len(key) for key in near} or {len(first)}
            if length <= len(glued)
        ]
    last = shape.width - 1
    if last == 1:
        # A row of a key alone says nothing; no file has one.
        cuts = [(end, key) for end, key in cuts if end]
    return [(end, key) for end, key in cuts if shape.suits(last, end) and shape.suits(0, key)]


def _outweighing(found: Sequence[Explanation], evidence: Evidence) -> Explanation | None:
    """Give the explanation that the other lines speak for against each of the others."""
    if len(found) == 1:
        return found[0]
    for one in found:
        if all(one is other or _beats(one, other, evidence) for other in found):
            return one
    if evidence.mixed:
        # Where rows here and there end in a separator, one at the end needs no better reason.
        usual = next((one for one in found if one.reason == "trailing_separator"), None)
        if usual and not any(_beats(other, usual, evidence) for other in found if other is not usual):
            return usual
    return None


def _beats(one: Explanation, other: Explanation, evidence: Evidence) -> bool:
    """Say whether, where they differ, the other rows speak for the one: for it alone, or far more."""
    mine, theirs = (_Voices(values, evidence) for values in _differing(one, other))
    if mine.unheard:
        return False
    if theirs.unheard and theirs.known == 0:
        return True
    far_more = mine.known - mine.strange >= theirs.known - theirs.strange + _FAR_MORE
    return mine.known > 0 and (theirs.known == 0 or far_more)


class _Voices:
    """What other rows say of values in their places: how many are known, how many strange, and if none has any."""

    def __init__(self, values: list[tuple[int, bytes]], evidence: Evidence) -> None:
        self.known = sum(evidence.telling(at, value) for at, value in values)
        self.strange = sum(not evidence.usual(at, value) for at, value in values)
        self.unheard = any(evidence.unheard_of(at, value) for at, value in values)


def _differing(one: Explanation, other: Explanation) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    """Give the places and values in which two explanations differ."""
    if len(one.rows) == len(other.rows) == 1:
        pairs = [(at, a, b) for at, (a, b) in enumerate(zip(one.rows[0], other.rows[0], strict=True)) if a != b]
        return [(at, a) for at, a, _ in pairs], [(at, b) for at, _, b in pairs]
    first, second = ([(at, value) for row in each.rows for at, value in enumerate(row)] for each in (one, other))
    return first, second
