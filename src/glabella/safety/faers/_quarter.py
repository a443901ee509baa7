"""Calendar quarters, as the agency names its releases."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter.

    Attributes
    ----------
    year : int
        Four digits.
    number : int
        From 1 to 4.
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``2012Q4``, in either case.

        Raises
        ------
        ValueError
            When the text is no quarter.
        """
        found = re.fullmatch(r"(\d{4})[qQ]([1-4])", text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no quarter: expected a year and a quarter, such as 2012Q4")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def short(cls, year: str, number: str) -> Quarter:
        """Read the two-digit year of a file name; all files are of this century."""
        return cls(2000 + int(year), int(number))

    def next(self) -> Quarter:
        """Give the quarter after this one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def __str__(self) -> str:
        """Print as the store names its folders."""
        return f"{self.year}Q{self.number}"


def quarters(text: str) -> tuple[Quarter, ...]:
    """Read a list of quarters and ranges of quarters.

    Parameters
    ----------
    text : str
        Such as ``2012Q4``, ``2012Q4..2026Q2`` (both ends included), or several of these with commas between.

    Returns
    -------
    tuple of Quarter
        In calendar order, each once.

    Raises
    ------
    ValueError
        When a part is no quarter, or a range runs backwards.

    Examples
    --------
    >>> [str(quarter) for quarter in quarters("2012Q3..2013Q1")]
    ['2012Q3', '2012Q4', '2013Q1']
    """
    found: set[Quarter] = set()
    for part in text.split(","):
        first, dots, last = part.partition("..")
        start = Quarter.parse(first)
        end = Quarter.parse(last) if dots else start
        if end < start:
            raise ValueError(f"the range {part.strip()!r} runs backwards: {start} is after {end}")
        while start <= end:
            found.add(start)
            start = start.next()
    return tuple(sorted(found))
