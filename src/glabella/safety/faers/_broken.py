"""Records broken over several lines, put together again where there is one way to do so."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise, product

from glabella.safety.faers._evidence import Evidence
from glabella.safety.faers._explain import Row

#: More breaks than this inside one value are not put together.
_MOST_BREAKS = 4
_SPACES = b" \t"


@dataclass(frozen=True, slots=True)
class Piecing:
    """One way to read lines with too few fields, of which some may belong to the whole line before or behind them.

    Attributes
    ----------
    tail, head : int
        How many lines end the record before, and begin the one behind.
    before, behind : list of bytes or None
        Those records, put together.
    rows : list of rows
        The records of the lines between.
    joined : int
        How many records, all told, were put together from more than one line.
    sure : bool
        Whether it is known how the values at the breaks are spelled.
    """

    tail: int
    head: int
    before: Row | None
    behind: Row | None
    rows: list[Row]
    joined: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Lines with too few fields, one behind the other, and the whole lines around them.

    Attributes
    ----------
    pieces : list of bytes
        The lines.
    before, behind : bytes or None
        The whole lines next to them; None where that cannot be part of a broken record.
    widths : set of int
        The lengths of the keys around.
    closed : bool
        Whether rows end in a separator.
    """

    pieces: list[bytes]
    before: bytes | None
    behind: bytes | None
    widths: set[int]
    closed: bool


def piecings(run: Run, evidence: Evidence) -> list[Piecing]:
    """Give the ways to read all lines of a run, at most two: the second says that the first is not the only one."""
    found: list[Piecing] = []
    inner = _Inner(run, evidence)
    count = len(run.pieces)
    if count > _MOST_BREAKS * 2 and not any(b"$" in piece for piece in run.pieces):
        return []
    for tail, before, sure_before in _tails(run, evidence):
        for head, behind, sure_behind in _heads(run, evidence):
            if tail + head <= count:
                for rows, inner_joined, sure in inner.ways(tail, count - head):
                    joined = inner_joined + bool(tail) + bool(head)
                    all_sure = sure and sure_before and sure_behind
                    found.append(Piecing(tail, head, before, behind, rows, joined, all_sure))
                    if len(found) == 2:
                        return found
    return found


def may_belong(run: Run, evidence: Evidence) -> tuple[bool, bool]:
    """Say whether the first lines may belong to the record before the run, and the last to the one behind."""
    return len(_tails(run, evidence)) > 1, len(_heads(run, evidence)) > 1


def _tails(run: Run, evidence: Evidence) -> list[tuple[int, Row | None, bool]]:
    """Give how many of the first lines may end the record before: none, or those that lengthen its last value."""
    found: list[tuple[int, Row | None, bool]] = [(0, None, True)]
    last = evidence.shape.width - 1
    for count, piece in enumerate(run.pieces[:_MOST_BREAKS], start=1):
        if run.before is None or b"$" in piece:
            break
        joined = _joined([run.before, *run.pieces[:count]], evidence, closed=False)
        if joined is not None:
            row, sure = joined
            # That a record that looks whole went on is seen only from a value that others have.
            found.append((count, row, sure and evidence.known(last, row[last])))
    return found


def _heads(run: Run, evidence: Evidence) -> list[tuple[int, Row | None, bool]]:
    """Give how many of the last lines may begin the record behind: none, or those that only lengthen its key."""
    found: list[tuple[int, Row | None, bool]] = [(0, None, True)]
    if run.behind is None:
        return found
    alone = _joined([run.behind], evidence, closed=run.closed)
    alone_fits = alone is not None and _usual_key(alone[0], run, evidence)
    for count in range(1, min(len(run.pieces), _MOST_BREAKS) + 1):
        if not run.pieces[-count].isdigit():
            break
        joined = _joined([*run.pieces[-count:], run.behind], evidence, closed=run.closed)
        if joined is not None and _usual_key(joined[0], run, evidence):
            found.append((count, joined[0], joined[1] and not alone_fits))
    return found


def _usual_key(row: Row, run: Run, evidence: Evidence) -> bool:
    return evidence.shape.case_second or not run.widths or len(row[0]) in run.widths


#: Rows, how many of them were put together, and whether it is known how their values are spelled.
_Way = tuple[list[Row], int, bool]


class _Inner:
    """The ways to put the inner lines of a run together, each part of which is looked at once."""

    def __init__(self, run: Run, evidence: Evidence) -> None:
        self._run = run
        self._evidence = evidence
        self._known: dict[tuple[int, int], list[_Way]] = {}
        self._separators = [0, *accumulate(piece.count(b"$") for piece in run.pieces)]

    def ways(self, start: int, end: int) -> list[_Way]:
        """Give at most two ways to read the lines from ``start`` to before ``end`` as whole records."""
        if start == end:
            return [([], 0, True)]
        if not self._may_be_whole(start, end):
            return []
        if (start, end) not in self._known:
            found: list[_Way] = []
            for row in self._alone(start):
                found += [([row, *rows], joined, sure) for rows, joined, sure in self.ways(start + 1, end)]
            for after in self._records(start, end):
                record = _joined(self._run.pieces[start:after], self._evidence, closed=self._run.closed)
                if record is not None and _usual_key(record[0], self._run, self._evidence):
                    rest = self.ways(after, end)
                    found += [([record[0], *rows], joined + 1, sure and record[1]) for rows, joined, sure in rest]
            self._known[start, end] = found[:2]
        return self._known[start, end]

    def _may_be_whole(self, start: int, end: int) -> bool:
        """Say whether lines have as many separators as some number of records."""
        separators = self._separators[end] - self._separators[start]
        wanted = self._evidence.shape.width - 1
        if self._run.closed:
            return separators >= wanted
        return separators > 0 and separators % wanted == 0

    def _alone(self, at: int) -> list[Row]:
        """Give the row of a line that lacks nothing but the separator at its end."""
        row = self._run.pieces[at].split(b"$")
        return [row] if self._run.closed and row[-1] and self._evidence.shape.fits(row) else []

    def _records(self, start: int, end: int) -> list[int]:
        """Give where a record that begins at a line may end, by its separators."""
        wanted = self._evidence.shape.width - 1 + self._run.closed
        found, seen = [], 0
        for at in range(start, end):
            seen += self._run.pieces[at].count(b"$")
            if seen == wanted and at > start:
                found.append(at + 1)
            if seen > wanted:
                break
        return found


def _joined(pieces: list[bytes], evidence: Evidence, *, closed: bool) -> tuple[Row, bool] | None:
    """Join lines to one row, if they are one, and say whether there is one way to spell its values."""
    fields = b"\n".join(pieces).split(b"$")
    if closed and fields.pop().strip(_SPACES):
        return None
    if len(fields) != evidence.shape.width:
        return None
    sure = True
    for at, field in enumerate(fields):
        if b"\n" in field:
            spellings = _spellings(at, field, evidence)
            if not spellings:
                return None
            fields[at], sure = spellings[0], sure and len(spellings) == 1
    return (fields, sure) if evidence.shape.fits(fields) else None


def _spellings(at: int, field: bytes, evidence: Evidence) -> list[bytes]:
    """Give the ways to read a value with line ends inside: in a text they may stand for a space or for nothing."""
    parts = field.split(b"\n")
    if len(parts) > _MOST_BREAKS + 1:
        return []
    gaps = [
        (b"", b" ") if evidence.shape.free(at) and _inside_text(left, right) else (b"",)
        for left, right in pairwise(parts)
    ]
    values = {
        b"".join(part + gap for part, gap in zip(parts, [*choice, b""], strict=True)) for choice in product(*gaps)
    }
    fitting = sorted(value for value in values if evidence.shape.suits(at, value))
    known = [value for value in fitting if evidence.known(at, value)]
    return known if len(fitting) > 1 and len(known) == 1 else fitting


def _inside_text(left: bytes, right: bytes) -> bool:
    """Say whether a break has text without a space on both its sides."""
    return bool(left) and bool(right) and left[-1:] not in _SPACES and right[:1] not in _SPACES
