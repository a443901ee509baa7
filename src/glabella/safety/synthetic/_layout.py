"""Columns of the seven files in each quarter."""

from __future__ import annotations

from dataclasses import dataclass

from glabella.safety.synthetic._data import read
from glabella.safety.synthetic._quarters import is_legacy

TABLES = ("demo", "drug", "reac", "outc", "rpsr", "ther", "indi")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how the quarter spells it, and what it means in both eras."""

    written: str
    meaning: str


def columns(table: str, quarter: str) -> list[Column]:
    """List the columns of a table as a quarter's file has them, in order."""
    found = []
    for entry in read("layout")["legacy" if is_legacy(quarter) else "faers"][table]:
        if isinstance(entry, str):
            found.append(Column(entry, entry))
            continue
        bounds = dict(entry)
        first, last = bounds.pop("from", "0000Q0"), bounds.pop("until", "9999Q9")
        (pair,) = bounds.items()
        if first <= quarter <= last:
            found.append(Column(*pair))
    return found
