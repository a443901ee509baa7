"""Defective lines found and mended, so that what is left is one row a line with the same number of fields in each.

Only lines with an unusual number of separators, or with bytes no text has, see Python code; the others are counted
in arrays. A damaged line is read as what the other lines of its file say it was. Where two readings fit, or a whole
line beside it may be half of a broken record, it is refused and counted. What each repair and refusal means is in
the shipped table ``faers_defects.yaml``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glabella.safety.faers._broken import Run, may_belong, piecings
from glabella.safety.faers._evidence import FEED, RETURN, Evidence, Lines, Shape
from glabella.safety.faers._explain import EMBEDDED, Explanation, Row, explain

__all__ = ["EMBEDDED", "Mended", "Mender", "Shape", "Tally"]

_BLANK = np.zeros(256, np.bool_)
_BLANK[list(b" \t\x1a\xa0\0\r\n")] = True
#: So many lines with too few fields in a row are no broken records.
_LONGEST_RUN = 64
#: Bytes below which the mean line is no row: so many lines would fill the memory with their places.
_SHORTEST_ROW = 4
#: A file's rows end in a separator here and there when at least so many lines, and this share of them, do.
_MIXED_LINES, _MIXED_SHARE = 10, 0.01


@dataclass(slots=True)
class Tally:
    """What was counted of one file so far: lines read, rows added and kept, and each reason with its number."""

    read: int = 0
    added: int = 0
    kept: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    normalised: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Mended:
    """Lines that all have the same number of fields.

    Attributes
    ----------
    text : bytes
        Each line ended by a line feed.
    rows : int
        Its lines.
    closed : bool
        Whether each line has a separator after its last field.
    embedded : bool
        Whether a value holds :data:`EMBEDDED` for a separator.
    """

    text: bytes
    rows: int
    closed: bool
    embedded: bool


class Mender:
    """Mends the lines of one file, piece by piece.

    Parameters
    ----------
    shape : Shape
        Of the rows.
    tally : Tally
        Is counted into.
    """

    def __init__(self, shape: Shape, tally: Tally) -> None:
        self._shape = shape
        self._tally = tally
        self._evidence = Evidence(shape)
        self._held = b""
        self._habits = np.zeros(2, np.int64)

    def mend(self, data: bytes, *, last: bool) -> Mended:
        """Mend whole lines, each ended by a line feed; the last of them wait for the next piece."""
        lines, suspicious = self._without_blank(data)
        lines = self._without_long_runs(lines)
        if suspicious or not _is_text(lines.data):
            lines = self._clean(lines, suspicious)
        closed, mixed = self._habit(lines)
        good = lines.closed if closed else lines.plain
        # A line that looks whole may be half a record: the last one behind a whole line waits for the next piece.
        whole = np.flatnonzero(good & np.append(True, good[:-1])) if good.size else np.flatnonzero(good)
        count = lines.ends.size
        if not last and (whole.size or count <= _LONGEST_RUN):
            count = int(whole[-1]) if whole.size else 0
        self._held = lines.data[lines.starts[count] :] if count < lines.ends.size else b""
        self._evidence.add(lines, good, closed=closed, mixed=mixed)
        lines, good = lines.first(count), good[:count]
        self._habits += (np.count_nonzero(lines.closed), np.count_nonzero(lines.plain))
        self._tally.read += count
        edits = _Edits(lines, good, self._evidence, self._tally, closed=closed).all()
        return _assembled(lines, good, edits, self._tally, closed=closed)

    def _habit(self, lines: Lines) -> tuple[bool, bool]:
        """Say whether the rows of the file end in a separator, and whether here they do and there they do not."""
        closed, plain = self._habits + np.array([np.count_nonzero(lines.closed), np.count_nonzero(lines.plain)])
        fewer, more = sorted((int(closed), int(plain)))
        return bool(closed > plain), fewer >= _MIXED_LINES and fewer >= _MIXED_SHARE * more

    def _without_blank(self, data: bytes) -> tuple[Lines, bool]:
        """Take out lines without text; say whether lines need a closer look for single bytes."""
        data, suspicious = _returns(data, self._tally)
        data, empty = _without_empty(self._held + data if self._held else data)
        lines = Lines(data, self._shape.width)
        none = lines.separators == 0
        blank = ~np.logical_or.reduceat(~_BLANK[lines.bytes], lines.starts) & none if none.any() else none
        count = int(np.count_nonzero(blank))
        if count:
            lines = Lines(lines.only(~blank), self._shape.width)
        self._refuse("blank_line", count + empty)
        return lines, suspicious

    def _without_long_runs(self, lines: Lines) -> Lines:
        """Take out what is too long to be broken records, and the line before where it may be the first part."""
        short = _short(lines, self._shape.width, closed=False)
        if np.count_nonzero(short) <= _LONGEST_RUN:
            return lines
        kept = np.ones(short.size, np.bool_)
        for first, end in _runs(short):
            if end - first > _LONGEST_RUN:
                kept[first:end] = False
                if first and lines.plain[first - 1]:
                    kept[first - 1] = False
        self._refuse("too_few_fields", int(np.count_nonzero(~kept)))
        return lines if kept.all() else Lines(lines.only(kept), self._shape.width)

    def _refuse(self, reason: str, count: int) -> None:
        """Count lines that were read and go no further."""
        self._tally.read += count
        self._tally.rejected[reason] += count

    def _clean(self, lines: Lines, suspicious: bool) -> Lines:
        """Take out bytes no text has, and read what is not UTF-8 as Latin-1."""
        mask = lines.bytes >= 128
        if suspicious:
            mask |= (lines.bytes == RETURN) | (lines.bytes == 0)
        odd = np.unique(np.searchsorted(lines.ends, np.flatnonzero(mask)))
        pieces: list[bytes] = []
        done = 0
        for index in odd.tolist():
            pieces += (lines.data[done : lines.starts[index]], self._text(lines.line(index)))
            done = int(lines.ends[index])
        return Lines(b"".join([*pieces, lines.data[done:]]), self._shape.width)

    def _text(self, line: bytes) -> bytes:
        """Give a line without bytes no text has."""
        if b"\0" in line:
            self._tally.repaired["nul_byte"] += 1
            line = line.replace(b"\0", b"")
        if b"\r" in line:
            self._tally.repaired["lone_carriage_return"] += 1
            line = line.replace(b"\r", b" ")
        if not _is_text(line):
            self._tally.repaired["latin1"] += 1
            line = _from_latin1(line)
        return line


class _Edits:
    """The rows that take the place of lines, by the number of the line; none for a line that is refused."""

    def __init__(
        self, lines: Lines, good: NDArray[np.bool_], evidence: Evidence, tally: Tally, *, closed: bool
    ) -> None:
        self._lines = lines
        self._good = good
        self._evidence = evidence
        self._tally = tally
        self._closed = closed
        # Where all rows end in a separator, one that lacks it may be a piece.
        self._pieced = closed and not evidence.mixed
        self._rows: dict[int, list[Row]] = {}

    def all(self) -> dict[int, list[Row]]:
        """Give the rows for every line that is not whole, and for whole ones that are part of a broken record."""
        for first, end in _runs(_short(self._lines, self._evidence.shape.width, closed=self._pieced)):
            self._piece(first, end)
        for index in np.flatnonzero(~self._good).tolist():
            if index not in self._rows:
                self._explain(index)
        return self._rows

    def _explain(self, index: int) -> None:
        """Explain a line with too many fields."""
        found = self._explanation(index)
        if isinstance(found, str):
            self._rows[index] = []
            self._tally.rejected[found] += 1
            return
        self._rows[index] = found.rows
        self._tally.added += len(found.rows) - 1
        if self._lines.separators[index] >= self._evidence.shape.width:
            self._tally.repaired[found.reason] += 1

    def _explanation(self, index: int) -> Explanation | str:
        return explain(index, self._lines.fields(index), self._evidence, closed=self._closed)

    def _piece(self, first: int, end: int) -> None:
        """Put lines with too few fields together, or refuse them and the whole lines that they may belong to."""
        lines = self._lines
        before, behind = first - 1, end
        has_before = before >= 0 and not self._closed and bool(lines.plain[before]) and before not in self._rows
        has_behind = behind < lines.ends.size and bool(self._good[behind])
        run = Run(
            [lines.line(index) for index in range(first, end)],
            lines.line(before) if has_before else None,
            lines.line(behind) if has_behind else None,
            self._evidence.widths(first, 0),
            self._closed,
        )
        found = piecings(run, self._evidence)
        self._rows.update({index: [] for index in range(first, end)})
        if len(found) == 1 and found[0].sure:
            self._rows[first] = found[0].rows
            whole = {before: found[0].before, behind: found[0].behind}
            self._rows.update({index: [row] for index, row in whole.items() if row is not None})
            self._tally.repaired["broken_line"] += found[0].joined
            self._tally.added += len(found[0].rows) - (end - first)
            return
        self._tally.rejected["ambiguous" if found else "too_few_fields"] += end - first
        tail = any(one.tail for one in found) if found else may_belong(run, self._evidence)[0]
        head = any(one.head for one in found) if found else may_belong(run, self._evidence)[1]
        if before >= 0 and (tail or (not found and self._doubtful(before))):
            self._drop(before)
        if self._rows.get(before):
            # It was put together with what stands before it, and may go on behind.
            self._tally.rejected["ambiguous"] += len(self._rows[before])
            self._rows[before] = []
        if behind < lines.ends.size and (head or (not found and self._doubtful(behind))):
            self._drop(behind)

    def _doubtful(self, index: int) -> bool:
        """Say whether a line beside pieces that nothing explains looks damaged itself."""
        fields = self._lines.fields(index)
        return not self._good[index] or not self._evidence.shape.fits(fields[:-1] if self._closed else fields)

    def _drop(self, index: int) -> None:
        """Refuse a line that may be part of a broken record."""
        refused = not self._good[index] and isinstance(self._explanation(index), str)
        if index not in self._rows and not refused:
            self._rows[index] = []
            self._tally.rejected["ambiguous"] += 1


def _assembled(
    lines: Lines, good: NDArray[np.bool_], edits: dict[int, list[Row]], tally: Tally, *, closed: bool
) -> Mended:
    """Put the rows in the places of their lines."""
    rows = int(np.count_nonzero(good)) - sum(bool(good[index]) for index in edits)
    if closed:
        tally.repaired["trailing_separator"] += rows
    pieces: list[bytes] = []
    done = 0
    end = b"$\n" if closed else b"\n"
    for index in sorted(edits):
        pieces.append(lines.data[done : lines.starts[index]])
        pieces += [b"$".join(row) + end for row in edits[index]]
        rows += len(edits[index])
        done = int(lines.ends[index]) + 1
    text = b"".join([*pieces, lines.data[done:]]) if edits else lines.data
    embedded = any(EMBEDDED in value for found in edits.values() for row in found for value in row)
    return Mended(text, rows, closed, embedded)


def _short(lines: Lines, width: int, *, closed: bool) -> NDArray[np.bool_]:
    """Find the lines with too few separators for a row."""
    return lines.separators < (width if closed else width - 1)


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give the first and the one behind the last of each run of true values."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _returns(data: bytes, tally: Tally) -> tuple[bytes, bool]:
    """Take out the carriage returns before line feeds; say whether lines need a closer look for single bytes."""
    alone = False
    if b"\r" in data:
        array = np.frombuffer(data, np.uint8)
        paired = (array[:-1] == RETURN) & (array[1:] == FEED)  # the last byte is a line feed
        returns, before_feeds = int(np.count_nonzero(array == RETURN)), int(np.count_nonzero(paired))
        tally.repaired["crlf"] += before_feeds
        alone = returns > before_feeds
        data = array[np.append(~paired, True)].tobytes()
    return data, alone or b"\0" in data


def _without_empty(data: bytes) -> tuple[bytes, int]:
    """Take out empty lines, where lines are too short to be rows, and count them."""
    if data.count(b"\n") * _SHORTEST_ROW < len(data):
        return data, 0
    array = np.frombuffer(data, np.uint8)
    feeds = array == FEED
    empty = feeds.copy()
    empty[1:] &= feeds[:-1]
    return array[~empty].tobytes(), int(np.count_nonzero(empty))


def _is_text(data: bytes) -> bool:
    """Say whether the bytes are UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _from_latin1(line: bytes) -> bytes:
    """Give a Latin-1 line in UTF-8; bytes that are control characters there are those of Windows."""
    try:
        return line.decode("cp1252").encode()
    except UnicodeDecodeError:
        return line.decode("latin-1").encode()
