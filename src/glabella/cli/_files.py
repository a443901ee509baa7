"""What every command does with files: the exit code for bad input, writing whole or not at all, and safe CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glabella._writing import FORMULA, NUMBER, harmless, replace, replace_all

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BAD_INPUT", "csv_bytes", "harmless", "replace", "replace_all"]

BAD_INPUT = 2


def csv_bytes(table: pl.DataFrame) -> bytes:
    """Write a table as CSV that a spreadsheet opens without running anything in it."""
    import polars as pl

    text = pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String)
    formula = text.str.contains(rf"^\s*{FORMULA}") & ~text.str.contains(rf"^(?:{NUMBER})$")
    safe = table.with_columns(pl.when(formula).then(pl.lit("'") + text).otherwise(text).name.keep())
    return safe.rename({name: harmless(name) for name in table.columns}).write_csv().encode()
