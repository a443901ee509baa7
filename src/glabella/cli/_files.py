"""What every command does with files: the exit code for bad input, writing whole or not at all, and safe CSV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glabella._writing import replace

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BAD_INPUT", "csv_bytes", "harmless", "replace"]

BAD_INPUT = 2
#: Beginnings that make a spreadsheet take a text for a formula; the wide forms are those of Asian keyboards.
_FORMULA = r"[=+\-@\t\r\n＝＋－＠]"
#: Texts that begin so and are numbers all the same, with or without their limits.
_NUMBER = r"[+\-]?[0-9.,]+([eE][+\-]?[0-9]+)?%?( ?[(\[][-+0-9.,;eE to]*[)\]])?"


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; numbers stay as they are."""
    return f"'{text}" if re.match(rf"\s*{_FORMULA}", text) and not re.fullmatch(_NUMBER, text) else text


def csv_bytes(table: pl.DataFrame) -> bytes:
    """Write a table as CSV that a spreadsheet opens without running anything in it."""
    import polars as pl

    text = pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String)
    formula = text.str.contains(rf"^\s*{_FORMULA}") & ~text.str.contains(rf"^(?:{_NUMBER})$")
    safe = table.with_columns(pl.when(formula).then(pl.lit("'") + text).otherwise(text).name.keep())
    return safe.rename({name: harmless(name) for name in table.columns}).write_csv().encode()
