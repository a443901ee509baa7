"""A user's table: read as CSV, a column at a time, with the row named that is not what it should be."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


def read(file: Path, comment: str | None = None) -> pl.DataFrame:
    """Read a CSV table, without the lines that begin with ``comment``.

    Raises
    ------
    ValueError
        If it is not there or is no table.
    """
    import polars as pl

    try:
        return pl.read_csv(
            file.read_bytes(), infer_schema_length=None, null_values=["", "NA"], comment_prefix=comment
        )
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read as CSV: {error}") from error


def numbers(table: pl.DataFrame, name: str) -> Any:
    """Take a column of numbers, none missing."""
    import polars as pl

    column = _column(table, name)
    if not column.dtype.is_numeric():
        wrong = column.cast(pl.Float64, strict=False).is_null() & column.is_not_null()
        row = int(wrong.arg_max() or 0) if wrong.any() else 0
        raise ValueError(f"column {name!r} holds {column[row]!r} in row {row + 1}, expected a number")
    _complete(column, "a number")
    return column.cast(pl.Float64).to_numpy()


def texts(table: pl.DataFrame, name: str) -> list[str]:
    """Take a column of names, none missing; numbers are names too."""
    import polars as pl

    column = _column(table, name)
    _complete(column, "a name")
    return [text.strip() for text in column.cast(pl.String).to_list()]


def plain(value: Any) -> Any:
    """Give a value as JSON has it, which has no NaN: what is unknown is null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _column(table: pl.DataFrame, name: str) -> pl.Series:
    if name not in table.columns:
        raise ValueError(f"column {name!r} is missing; the file holds {table.columns}")
    return table[name]


def _complete(column: pl.Series, expected: str) -> None:
    if column.null_count():
        row = int(column.is_null().arg_max() or 0)
        raise ValueError(f"column {column.name!r} is empty in row {row + 1}, expected {expected}")
