"""A user's table: read as CSV, text until a column is asked for, with the row named that is wrong."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from glabella.synthesis import Design

#: Cells that hold no number.
_EMPTY = ("", "NA")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
#: What a decimal mark looks like where it may stand between thousands, too.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
#: Numbers that are written as names are: 01, 007.
_PADDED = re.compile(r"[+-]?0\d")


@dataclass(frozen=True)
class Table:
    """Cells of a file as text, stripped of spaces around them, a list a column.

    Attributes
    ----------
    cells : dict of str to list of str
        By the names in the header.
    separator : str
        What stood between cells.
    """

    cells: dict[str, list[str]]
    separator: str

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self.cells)

    def find(self, name: str) -> str | None:
        """Find a column by its name, in capitals or small letters; None if there is none."""
        alike = [each for each in self.cells if each.casefold() == name.casefold()]
        if len(alike) > 1:
            raise ValueError(f"column {name!r} may be {' or '.join(map(repr, alike))}, expected one of them")
        return alike[0] if alike else None

    def column(self, name: str) -> list[str]:
        """Take a column as it stands."""
        found = self.find(name)
        if found is None:
            raise ValueError(f"column {name!r} is missing; the file holds {self.columns}")
        return self.cells[found]

    @cached_property
    def _numeric(self) -> list[list[str]]:
        return [column for column in self.cells.values() if all(map(_number_like, column))]

    @cached_property
    def decimal_commas(self) -> bool:
        """Whether numbers have decimal commas, as they may where no comma stands between cells."""
        return self.separator != "," and any("," in cell for column in self._numeric for cell in column)

    @cached_property
    def thousands(self) -> bool:
        """Whether every mark in a number may stand between thousands, as the point of 1.200 beside semicolons."""
        if self.separator == "," or (self.decimal_commas and self.separator == ";"):
            return False
        marked = [cell for column in self._numeric for cell in column if "." in cell or "," in cell]
        return bool(marked) and all(map(_THOUSANDS.fullmatch, marked))


def read(file: Path, comment: str | None = None) -> Table:
    """Read a CSV table, without the lines that begin with ``comment``.

    Commas, semicolons or tabs stand between cells, as spreadsheets write them; the header tells which.

    Raises
    ------
    ValueError
        If it is not there or is no table.
    """
    try:
        text = _decoded(file.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot be read as CSV: {error}") from error
    # Old Macs end lines by a carriage return alone.
    lines = [line for line in io.StringIO(text, newline=None) if comment is None or not line.startswith(comment)]
    separator = _separator(lines)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator, strict=True)]
    except csv.Error as error:
        raise ValueError(f"cannot be read as CSV: {error}; is a quotation mark not closed?") from error
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        raise ValueError(f"holds {'a header and no row' if rows else 'nothing'}, expected a header and rows")
    return Table(_by_name(rows[0], rows[1:]), separator)


def numbers(table: Table, name: str) -> Any:
    """Take a column of numbers, none missing."""
    import numpy as np

    column, commas = table.column(name), table.decimal_commas
    expected = "a number" + " with a decimal comma, as others in the file have" * commas
    found = np.empty(len(column))
    for row, cell in enumerate(column):
        if cell in _EMPTY:
            raise ValueError(f"column {name!r} is empty in row {row + 1}, expected a number; or leave the row out")
        plain = _plain_number(cell, commas)
        if plain is None:
            raise ValueError(f"column {name!r} holds {cell!r} in row {row + 1}, expected {expected}")
        found[row] = plain
    if table.thousands and (unclear := [cell for cell in column if "." in cell or "," in cell]):
        raise ValueError(f"column {name!r} holds {unclear[0]!r}, and no number in the file tells whether the mark "
                         "is decimal or one between thousands; expected no marks between thousands, and commas "
                         "between cells")  # fmt: skip
    return found


def texts(table: Table, name: str) -> list[str]:
    """Take a column of names, none missing, each as it is written: 007, NA and 1e5 are names too."""
    column = table.column(name)
    if "" in column:
        raise ValueError(f"column {name!r} is empty in row {column.index('') + 1}, expected a name")
    return column


def moderators(table: Table, formula: str, keep: Any) -> Design:
    """Build a design from the columns that a formula names: numbers, or names, as ``C(...)`` makes them.

    Every row must be whole; only those that ``keep`` marks are taken.
    """
    from glabella.synthesis import design
    from glabella.synthesis._design import variables

    # A formula of no column counts rows.
    data: dict[str, Any] = {name: range(int(keep.sum())) for name in table.columns}
    for name, only_names in variables(formula, table.columns).items():
        if name in data:
            column = _levels(texts(table, name)) if only_names else _numbers_or_names(table, name)
            data[name] = column[keep]
    return design(formula, data)


def plain(value: Any) -> Any:
    """Give a value as JSON has it, which has no NaN: what is unknown is null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _decoded(content: bytes) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"cannot be read as CSV: byte {error.start + 1} is no {'UTF-16' if wide else 'UTF-8'}, "
                         "expected a file saved as CSV UTF-8") from error  # fmt: skip
    if "\0" in text:
        raise ValueError("cannot be read as CSV: it holds zero bytes, expected a file saved as CSV UTF-8")
    return text


def _separator(lines: list[str]) -> str:
    """Find what stands between cells; a first line ``sep=;``, which some programs write, is taken away."""
    if lines and (told := re.fullmatch(r"sep=(.)\s*", lines[0])):
        del lines[0]
        return told[1]
    header = re.sub(r'"[^"]*"', "", next((line for line in lines if line.strip()), ""))
    return max(",;\t", key=header.count)


def _by_name(header: list[str], rows: list[list[str]]) -> dict[str, list[str]]:
    twice = [name for place, name in enumerate(header) if name and name in header[:place]]
    if twice:
        raise ValueError(f"two columns are called {twice[0]!r}, expected each name once")
    for place, row in enumerate(rows, start=1):
        if any(row[len(header) :]):
            raise ValueError(f"row {place} has {len(row)} cells and the header {len(header)}, expected the same; "
                             "where numbers have decimal commas, semicolons between cells")  # fmt: skip
    # Columns without a name are margins of the spreadsheet.
    return {name: [row[place] if place < len(row) else "" for row in rows]
            for place, name in enumerate(header) if name}  # fmt: skip


def _plain_number(cell: str, commas: bool) -> float | None:
    """Read a number as spreadsheets write it, which is less than Python would take."""
    cell = cell.replace("\N{MINUS SIGN}", "-")
    if commas and "." not in cell:
        cell = cell.replace(",", ".")
    elif commas:
        return None
    return float(cell) if _NUMBER.fullmatch(cell) else None


def _number_like(cell: str) -> bool:
    return (
        cell in _EMPTY
        or _plain_number(cell, commas=False) is not None
        or _plain_number(cell, commas=True) is not None
    )


def _numbers_or_names(table: Table, name: str) -> Any:
    """Take a moderator: as numbers if all that is there is one."""
    column = table.column(name)
    like = [_number_like(cell) for cell in column if cell not in _EMPTY]
    if not any(like):
        return _levels(texts(table, name))
    if not all(like):
        words = next(cell for cell in column if not _number_like(cell))
        raise ValueError(f"column {name!r} holds {words!r} in row {column.index(words) + 1} and numbers in others, "
                         f"expected numbers, or C({name}) for names")  # fmt: skip
    found = numbers(table, name)
    if any(map(_PADDED.match, column)) and len(set(column)) > len(set(found.tolist())):
        raise ValueError(f"column {name!r} holds one number as different names, such as 01 and 1, expected "
                         f"C({name}) for names, or numbers written alike")  # fmt: skip
    return found


def _levels(column: list[str]) -> Any:
    """Give names their order: that of numbers where all are."""
    from pandas import Categorical

    levels = sorted(set(column))
    if all(map(_NUMBER.fullmatch, levels)):
        levels.sort(key=float)
    return Categorical(column, categories=levels)
