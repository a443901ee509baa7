"""What the whole lines of a file say of a damaged one: its shape, and the values its columns have elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.safety.faers._layout import FORMATS

if TYPE_CHECKING:
    import polars as pl

FEED, RETURN, DOLLAR = 10, 13, 36
#: Formats of values that come from a vocabulary or are written by people; the others say nothing by being known.
_TELLING = ("text", "sender", "code", "country")
#: How far from a line its neighbours' keys are looked for.
_NEAR = 3


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

    def free(self, at: int) -> bool:
        """Say whether a column holds text, in which anything can stand."""
        return self.formats[at] in ("text", "sender")

    def numeric(self, at: int) -> bool:
        """Say whether a column holds keys, numbers or dates."""
        return self.formats[at] in ("key", "digits", "number", "date")

    def suits(self, at: int, value: bytes) -> bool:
        """Say whether a value has the format of a column."""
        return FORMATS[self.formats[at]].fullmatch(value) is not None

    def fits(self, row: Sequence[bytes]) -> bool:
        """Say whether every value has the format of its column, and the key the number of its case."""
        if len(row) != self.width or not all(self.suits(at, value) for at, value in enumerate(row)):
            return False
        return not self.case_second or (row[1] != b"" and row[0].startswith(row[1]))


class Lines:
    """Where lines begin and end, and which have the usual number of separators."""

    def __init__(self, data: bytes, width: int) -> None:
        self.data = data
        self.bytes: NDArray[np.uint8] = np.frombuffer(data, np.uint8)
        marks = np.flatnonzero((self.bytes == FEED) | (self.bytes == DOLLAR))
        last = np.flatnonzero(self.bytes[marks] == FEED)
        self.ends = marks[last]
        self.starts = np.concatenate(([0], self.ends[:-1] + 1)) if self.ends.size else self.ends
        self.separators = np.diff(last, prepend=-1) - 1
        self.plain = self.separators == width - 1
        self.closed = (self.separators == width) & (self.bytes[self.ends - 1] == DOLLAR)

    def first(self, count: int) -> Lines:
        """Give the first lines of these."""
        if count == self.ends.size:
            return self
        found = copy(self)
        found.data = self.data[: self.starts[count]]
        found.bytes = self.bytes[: len(found.data)]
        found.starts, found.ends = self.starts[:count], self.ends[:count]
        found.separators, found.plain, found.closed = (
            self.separators[:count],
            self.plain[:count],
            self.closed[:count],
        )
        return found

    def line(self, index: int) -> bytes:
        """Give a line without its end."""
        return self.data[self.starts[index] : self.ends[index]]

    def fields(self, index: int) -> list[bytes]:
        """Split a line."""
        return self.line(index).split(b"$")

    def only(self, kept: NDArray[np.bool_]) -> bytes:
        """Give the text of some of the lines."""
        return self.bytes[np.repeat(kept, self.ends + 1 - self.starts)].tobytes()


class Evidence:
    """The whole lines of a piece of a file and of the piece before it, read only when a damaged line asks."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.mixed = False
        self._pieces: deque[tuple[Lines, NDArray[np.bool_], bool]] = deque(maxlen=2)
        self._frame: pl.DataFrame | None = None
        self._values: dict[int, set[bytes]] = {}

    def add(self, lines: Lines, good: NDArray[np.bool_], *, closed: bool, mixed: bool) -> None:
        """Take the next piece: its lines, which are whole, and whether these end in a separator, or some do."""
        self._pieces.append((lines, good, closed))
        self.mixed = mixed
        self._frame = None
        self._values = {}

    def known(self, at: int, value: bytes) -> bool:
        """Say whether another row has a value in a column."""
        return value != b"" and value in self.values(at)

    def telling(self, at: int, value: bytes) -> bool:
        """Say whether a value speaks for its place: it is known there, and is more than a number or a mark."""
        return self.shape.formats[at] in _TELLING and self.known(at, value)

    def usual(self, at: int, value: bytes) -> bool:
        """Say whether nothing speaks against a value: it is empty, a number or a mark, or known."""
        return value == b"" or self.shape.formats[at] not in _TELLING or self.known(at, value)

    def unheard_of(self, at: int, value: bytes) -> bool:
        """Say whether a value stands where no other row has any."""
        return value != b"" and len(self._rows()) > 1 and not self.values(at) - {b""}

    def values(self, at: int) -> set[bytes]:
        """Give the values of a column."""
        if at not in self._values:
            found = self._rows()[f"{at}"].drop_nulls().unique().to_list()
            self._values[at] = {value.encode() for value in found}
        return self._values[at]

    def widths(self, index: int, at: int) -> set[int]:
        """Give the lengths of the values of a column in the whole lines next to a line of the newest piece."""
        return {len(value) for value in self._near(index, at) if value}

    def keys(self, index: int) -> set[bytes]:
        """Give the keys of the whole lines next to a line of the newest piece."""
        return self._near(index, 0)

    def _near(self, index: int, at: int) -> set[bytes]:
        if not self._pieces:
            return set()
        lines, good, _ = self._pieces[-1]
        first = max(0, index - _NEAR)
        near = np.flatnonzero(good[first : index + _NEAR + 1]) + first
        return {lines.fields(line)[at] for line in near.tolist()}

    def _rows(self) -> pl.DataFrame:
        import polars as pl

        if self._frame is None:
            names = [f"{at}" for at in range(self.shape.width)]
            frames = [
                pl.read_csv(
                    lines.only(good),
                    separator="$",
                    quote_char=None,
                    has_header=False,
                    schema=dict.fromkeys([*names, *(["_closed"] if closed else [])], pl.String),
                    raise_if_empty=False,
                ).select(names)
                for lines, good, closed in self._pieces
            ]
            self._frame = pl.concat(frames)
        return self._frame
