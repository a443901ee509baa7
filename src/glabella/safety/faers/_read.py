"""A text file of one table, read as a stream of data frames of bounded size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from glabella.safety.faers._deleted import ListReader
from glabella.safety.faers._errors import IngestError, LayoutError
from glabella.safety.faers._find import Part
from glabella.safety.faers._layout import Era, Header, Table, layout, read_header
from glabella.safety.faers._mend import EMBEDDED, Mended, Mender, Shape, Tally
from glabella.safety.faers._quarter import Quarter
from glabella.safety.faers._values import keyed, normalise

if TYPE_CHECKING:
    import polars as pl

#: Bytes of text worked on at a time. The bytes of the Parquet files depend on it.
CHUNK = 16 << 20
LONGEST_HEADER = 64 << 10


class Advance(Protocol):
    """Is told of each piece of text that has been read."""

    def __call__(self, done: int) -> None:
        """Take the number of bytes read since the last call."""


@dataclass(slots=True)
class Reading:
    """A file while it is read: its counts, and at the end its digest."""

    part: Part
    table: Table
    header: Header
    tally: Tally = field(default_factory=Tally)
    sha256: str = ""
    bytes: int = 0


def begin(part: Part) -> Reading:
    """Read the header of a file.

    Raises
    ------
    LayoutError
        When the header is not that of the table, or there is none.
    """
    table = layout().tables[str(part.name.table)]
    if table.name == "deleted":
        return Reading(part, table, Header(("caseid",), None, {}))
    with part.open() as stream:
        line, feed, _ = stream.read(LONGEST_HEADER).partition(b"\n")
    if not feed:
        raise LayoutError(f"{part.label}: no header; the first {LONGEST_HEADER} bytes have no line end")
    reading = Reading(part, table, read_header(line, table, part.label))
    reading.tally.repaired.update(reading.header.repaired)
    return reading


def frames(reading: Reading, era: Era, quarter: Quarter, advance: Advance) -> Iterator[pl.DataFrame]:
    """Read the rows of a file.

    Parameters
    ----------
    reading : Reading
        As from :func:`begin`; its counts are complete at the end.
    era : "aers" or "faers"
        Layout of the quarter.
    quarter : Quarter
        The quarter.
    advance : Advance
        Is told of progress.

    Yields
    ------
    DataFrame
        All columns of the table, in the order of the store; without rows for a file without rows.

    Raises
    ------
    IngestError
        When the file is damaged or cut short.
    """
    if reading.table.name == "deleted":
        yield from _cases(reading, advance)
        return
    header = reading.header
    formats = tuple(reading.table.columns[name] for name in header.columns)
    shape = Shape(formats, era == "faers" and header.columns[:2] == ("primaryid", "caseid"))
    # Unpacking and mending of the next piece run beside the reading and writing of this one.
    with ThreadPoolExecutor(1) as beside:
        pieces = _pieces(reading, shape)
        coming = beside.submit(next, pieces, None)
        empty = True
        while (piece := coming.result()) is not None:
            coming = beside.submit(next, pieces, None)
            mended, size = piece
            if mended.rows:
                yield _frame(reading, mended, era, quarter)
                empty = False
            advance(size)
    if empty:
        yield _frame(reading, Mended(b"", 0, closed=False, embedded=False), era, quarter)


def _cases(reading: Reading, advance: Advance) -> Iterator[pl.DataFrame]:
    """Read a list of deleted cases; it gives at least one frame."""
    listed = ListReader(reading.part.label, reading.tally)
    digest = hashlib.sha256()
    carried = b""
    with reading.part.open() as stream:
        while True:
            read = stream.read(CHUNK)
            digest.update(read)
            reading.bytes += len(read)
            at_end = len(read) < CHUNK
            data = carried + read
            cut = len(data) if at_end else max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
            data, carried = data[:cut], data[cut:]
            if at_end and data and not data.endswith((b"\n", b"\r")):
                reading.tally.repaired["no_final_newline"] += 1
            yield listed.read(data)
            advance(len(read))
            if at_end:
                break
    reading.sha256 = digest.hexdigest()


def _pieces(reading: Reading, shape: Shape) -> Iterator[tuple[Mended, int]]:
    """Give the mended lines of a file piece by piece, and the bytes each was read from."""
    digest = hashlib.sha256()
    mender = Mender(shape, reading.tally)
    carried = b""
    first = reading.header.era is not None
    with reading.part.open() as stream:
        while True:
            read = stream.read(CHUNK)
            digest.update(read)
            reading.bytes += len(read)
            at_end = len(read) < CHUNK
            data = carried + read if carried else read
            if first and data:
                first, data = False, data[data.index(b"\n") + 1 :]
            cut = data.rfind(b"\n") + 1
            data, carried = data[:cut], data[cut:]
            if len(carried) > CHUNK:
                raise IngestError(f"{reading.part.label}: a line of more than {CHUNK} bytes")
            if at_end and carried:
                data, carried = data + _last_line(reading, carried, shape), b""
            yield mender.mend(data, last=at_end), len(read)
            if at_end:
                break
    reading.sha256 = digest.hexdigest()


def _last_line(reading: Reading, line: bytes, shape: Shape) -> bytes:
    """Give the last line a line end, unless it was cut short."""
    line = line.rstrip(b"\r")
    if line.strip(b" \t\x1a\0") and line.count(b"$") < shape.width - 1:
        raise IngestError(
            f"{reading.part.label}: cut short: the last line has no end and {line.count(b'$') + 1} fields, "
            f"expected {shape.width}"
        )
    reading.tally.repaired["no_final_newline"] += 1
    return line + b"\n"


def _frame(reading: Reading, mended: Mended, era: Era, quarter: Quarter) -> pl.DataFrame:
    """Turn mended lines into the columns of the store."""
    import polars as pl

    rows = _parse(reading, mended)
    rows, rejected, spaced = keyed(rows, "primaryid")
    missing = [pl.lit(None, pl.String).alias(name) for name in reading.table.columns if name not in rows.columns]
    rows = rows.with_columns(missing).select(list(reading.table.columns))
    rows, counts = normalise(rows, reading.table.name, era, quarter)
    tally = reading.tally
    tally.kept += rows.height
    tally.rejected["bad_key"] += rejected
    tally.normalised["key_spaces"] += spaced
    tally.normalised.update(counts)
    return rows


def _parse(reading: Reading, mended: Mended) -> pl.DataFrame:
    """Split mended lines into text columns."""
    import polars as pl

    columns = reading.header.columns
    names = (*columns, "_closed") if mended.closed else columns
    rows = pl.read_csv(
        mended.text,
        separator="$",
        quote_char=None,
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        raise_if_empty=False,
    ).select(columns)
    if rows.height != mended.rows:
        raise IngestError(
            f"{reading.part.label}: {rows.height} rows were read of {mended.rows} lines: a fault of ours"
        )
    if mended.embedded:
        rows = rows.with_columns(pl.all().str.replace_all(EMBEDDED.decode(), "$", literal=True))
    return rows
