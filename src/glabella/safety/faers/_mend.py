"""Defective lines found and mended, so that what is left is one row a line with the same number of fields in each.

Only lines with an unusual number of separators, or with bytes no text has, see Python code; the others are counted
in arrays. What each repair and refusal means is in the shipped table ``faers_defects.yaml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from glabella.safety.faers._layout import FORMATS

_FEED, _RETURN, _DOLLAR = 10, 13, 36
#: Stands for a separator inside a value, which no reader of separated text could tell from a separator. No line
#: that is read has another one: NUL bytes are taken out before.
EMBEDDED = b"\0"
_BLANK = b" \t\x1a\xa0"
_NEAR = 3


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
class Shape:
    """What a row of a file looks like.

    Attributes
    ----------
    formats : tuple of str
        The format of each column, in the order of the file.
    case_second : bool
        Whether the second column is the case number, with which the key begins.
    """

    formats: tuple[str, ...]
    case_second: bool

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.formats)

    @property
    def sender(self) -> int | None:
        """The position of the column with a small vocabulary."""
        return self.formats.index("sender") if "sender" in self.formats else None

    def fits(self, row: Sequence[bytes]) -> bool:
        """Say whether every value has the format of its column, and the key the number of its case."""
        if not all(FORMATS[name].fullmatch(value) for name, value in zip(self.formats, row, strict=True)):
            return False
        return not self.case_second or (row[1] != b"" and row[0].startswith(row[1]))


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


def mend(data: bytes, shape: Shape, tally: Tally) -> Mended:
    """Mend whole lines.

    Parameters
    ----------
    data : bytes
        Lines, each ended by a line feed.
    shape : Shape
        Of the rows.
    tally : Tally
        Is counted into.
    """
    data, suspicious = _returns(data, tally)
    lines = _Lines(data, shape)
    tally.read += lines.starts.size
    closed = int(lines.closed.sum()) > int(lines.plain.sum())
    good = lines.closed if closed else lines.plain
    if suspicious or not _is_text(data):
        good = good & ~lines.odd(suspicious)
    if closed:
        tally.repaired["trailing_separator"] += int(good.sum())
    bad = np.flatnonzero(~good)
    if bad.size == 0:
        return Mended(data, lines.starts.size, closed, embedded=False)
    mender = _Mender(lines, good, shape, tally, closed)
    pieces: list[bytes] = []
    done = 0
    rows = int(good.sum())
    for index in bad.tolist():
        start, end = int(lines.starts[index]), int(lines.ends[index])
        pieces.append(data[done:start])
        for row in mender.rows(index, data[start:end]):
            pieces.append(b"$".join(row) + (b"$\n" if closed else b"\n"))
            rows += 1
        done = end + 1
    pieces.append(data[done:])
    return Mended(b"".join(pieces), rows, closed, mender.embedded)


def _returns(data: bytes, tally: Tally) -> tuple[bytes, bool]:
    """Take out the carriage returns before line feeds; say whether lines need a closer look for single bytes."""
    alone = False
    if b"\r" in data:
        array = np.frombuffer(data, np.uint8)
        places = np.flatnonzero(array == _RETURN)
        paired = array[places + 1] == _FEED  # the last byte is a line feed
        tally.repaired["crlf"] += int(np.count_nonzero(paired))
        alone = not paired.all()
        data = (np.delete(array, places[paired]) if alone else array[array != _RETURN]).tobytes()
    return data, alone or b"\0" in data


def _is_text(data: bytes) -> bool:
    """Say whether the bytes are UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """Where lines begin and end, and which have the usual number of separators."""

    def __init__(self, data: bytes, shape: Shape) -> None:
        self.data = data
        self.bytes: NDArray[np.uint8] = np.frombuffer(data, np.uint8)
        marks = np.flatnonzero((self.bytes == _FEED) | (self.bytes == _DOLLAR))
        last = np.flatnonzero(self.bytes[marks] == _FEED)
        self.ends = marks[last]
        self.starts = np.concatenate(([0], self.ends[:-1] + 1)) if self.ends.size else self.ends
        separators = np.diff(last, prepend=-1) - 1
        # A file of one column has no separator that would tell a row from a blank line.
        self.plain = (separators == shape.width - 1) & (shape.width > 1)
        self.closed = (separators == shape.width) & (self.bytes[self.ends - 1] == _DOLLAR) & (shape.width > 1)

    def odd(self, suspicious: bool) -> NDArray[np.bool_]:
        """Find the lines with bytes outside ASCII, and with NUL bytes and carriage returns where there are some."""
        mask = self.bytes >= 128
        if suspicious:
            mask |= (self.bytes == _RETURN) | (self.bytes == 0)
        odd = np.zeros(self.ends.size, np.bool_)
        odd[np.searchsorted(self.ends, np.flatnonzero(mask))] = True
        return odd

    def fields(self, index: int) -> list[bytes]:
        """Split a line."""
        return self.data[self.starts[index] : self.ends[index]].split(b"$")


class _Mender:
    """The repair of single lines, with a look at the good lines around them."""

    def __init__(self, lines: _Lines, good: NDArray[np.bool_], shape: Shape, tally: Tally, closed: bool) -> None:
        self._lines = lines
        self._good = good
        self._shape = shape
        self._tally = tally
        self._closed = closed
        self.embedded = False

    def rows(self, index: int, line: bytes) -> list[list[bytes]]:
        """Give the rows of a line: none when it is rejected, two when it is a run-on line."""
        line = self._clean(line)
        if not line.strip(_BLANK):
            self._tally.rejected["blank_line"] += 1
            return []
        fields = line.split(b"$")
        width = self._shape.width
        if len(fields) == width:
            return [fields]
        if len(fields) < width:
            self._tally.rejected["too_few_fields"] += 1
            return []
        if self._closed and len(fields) == width + 1 and not fields[-1]:
            self._tally.repaired["trailing_separator"] += 1
            return [fields[:-1]]
        return self._explained(index, fields)

    def _clean(self, line: bytes) -> bytes:
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

    def _explained(self, index: int, fields: list[bytes]) -> list[list[bytes]]:
        """Give the rows of a line with too many fields, when there is one explanation of it."""
        variants = [fields] if fields[-1] else [fields, fields[:-1]]
        for reason, explain in (
            ("trailing_separator", self._trailing),
            ("run_on", self._run_on),
            ("embedded_separator", self._embedded),
        ):
            found: list[list[list[bytes]]] = []
            for variant in variants:
                found += [rows for rows in explain(index, variant) if rows not in found]
            found = [rows for rows in found if all(map(self._shape.fits, rows))]
            if len(found) > 1:
                found = [rows for rows in found if all(map(self._known_sender, rows))]
                if len(found) != 1:
                    self._tally.rejected["ambiguous"] += 1
                    return []
            if found:
                self._tally.repaired[reason] += 1
                self._tally.added += len(found[0]) - 1
                if reason == "embedded_separator":
                    self.embedded = True
                return found[0]
        self._tally.rejected["too_many_fields"] += 1
        return []

    def _trailing(self, index: int, fields: list[bytes]) -> Iterator[list[list[bytes]]]:
        """Explain a line by a separator after its last field, which the variant has lost."""
        del index
        if len(fields) == self._shape.width:
            yield [fields]

    def _run_on(self, index: int, fields: list[bytes]) -> Iterator[list[list[bytes]]]:
        """Explain a line by two rows: with a separator before the second key, or with that key glued to a field."""
        width = self._shape.width
        near = self._keys(index)
        widths = {len(key) for key in near} or {len(fields[0])}
        if len(fields) == 2 * width and len(fields[width]) in widths:
            yield [fields[:width], fields[width:]]
        if len(fields) == 2 * width - 1:
            glued = fields[width - 1]
            known = [key for key in {fields[0], *near} if glued.endswith(key)]
            for length in {len(key) for key in known} or widths:
                first, key = glued[:-length], glued[-length:]
                yield [[*fields[: width - 1], first], [key, *fields[width:]]]

    def _embedded(self, index: int, fields: list[bytes]) -> Iterator[list[list[bytes]]]:
        """Explain a line by a separator inside a text value, with text on both its sides."""
        del index
        if len(fields) != self._shape.width + 1:
            return
        for at, name in enumerate(self._shape.formats):
            if name in ("text", "sender") and fields[at] and fields[at + 1]:
                yield [[*fields[:at], fields[at] + EMBEDDED + fields[at + 1], *fields[at + 2 :]]]

    def _known_sender(self, row: list[bytes]) -> bool:
        """Say whether a row's sender is one of a good row's."""
        at = self._shape.sender
        return at is None or row[at] in self._senders

    @cached_property
    def _senders(self) -> set[bytes]:
        """The senders of the good rows."""
        at = self._shape.sender
        assert at is not None
        return {self._lines.fields(index)[at] for index in np.flatnonzero(self._good).tolist()}

    def _keys(self, index: int) -> set[bytes]:
        """Give the keys of the good lines next to a line."""
        first = max(0, index - _NEAR)
        near = np.flatnonzero(self._good[first : index + _NEAR + 1]) + first
        return {self._lines.fields(at)[0] for at in near.tolist()}


def _from_latin1(line: bytes) -> bytes:
    """Give a Latin-1 line in UTF-8; bytes that are control characters there are those of Windows."""
    try:
        return line.decode("cp1252").encode()
    except UnicodeDecodeError:
        return line.decode("latin-1").encode()
