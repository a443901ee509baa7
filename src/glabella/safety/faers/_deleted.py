"""The lists of deleted cases, in whatever way somebody wrote them: no case of them may be lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.safety.faers._errors import LayoutError
from glabella.safety.faers._mend import Tally

if TYPE_CHECKING:
    import polars as pl

_HEADER = re.compile(r"(?:fda\W*)?case(?:\W|_)*(?:id|no|num|number|s)?\.?", re.IGNORECASE)
_BETWEEN = r"[,;|$\t ]+"
_NUMBER = r"^0*[1-9][0-9]{0,17}(?:\.0+)?$"
_DATE = r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$"
#: A number with commas between its thousands is one only in quotes.
_THOUSANDS = re.compile(r'"(\d{1,3}(?:,\d{3}){2,})"')
_MARKS = "\"'\ufeff\0\x1a\xa0"


@dataclass(slots=True)
class ListReader:
    """Reads the lines of one list, piece by piece.

    Attributes
    ----------
    label : str
        The file, for errors.
    tally : Tally
        Is counted into.
    begun : bool
        Whether a line with text has been seen: before it there may be a header.
    column : int or None
        Which of a header's columns holds the cases; -1 where none does, None without a header of several columns.
    separator : str
        Between the columns of a header.
    """

    label: str
    tally: Tally
    begun: bool = False
    column: int | None = None
    separator: str = ","

    def read(self, data: bytes) -> pl.DataFrame:
        """Give the case numbers of whole lines; lines that are not understood are counted."""
        import polars as pl

        lines = pl.Series("line", self._lines(data), dtype=pl.String)
        frame = lines.to_frame().with_columns(bare=pl.col("line").str.replace_all(f"[{re.escape(_MARKS)}]", ""))
        blank = frame.select((pl.col("bare").str.strip_chars() == "").sum()).item()
        frame = frame.filter(pl.col("bare").str.strip_chars() != "")
        self.tally.read += lines.len()
        self.tally.rejected["blank_line"] += blank
        frame = frame.with_columns(numbers=self._numbers())
        good = frame.filter(pl.col("numbers").list.eval(pl.element().str.contains(_NUMBER)).list.all())
        good = good.filter(pl.col("numbers").list.len() > 0)
        self.tally.rejected["bad_key"] += frame.height - good.height
        self._count(good)
        cases = good.select(caseid=pl.col("numbers")).explode("caseid", empty_as_null=True, keep_nulls=True)
        self.tally.added += cases.height - good.height
        self.tally.kept += cases.height
        return cases.select(pl.col("caseid").str.replace(r"\.0+$", "").str.strip_chars_start("0"))

    def _lines(self, data: bytes) -> list[str]:
        """Split text into lines without the header."""
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise LayoutError(f"{self.label}: written in UTF-16, expected one case number a line in ASCII or UTF-8")
        if not self.begun and data.startswith(b"\xef\xbb\xbf"):
            self.tally.repaired["byte_order_mark"] += 1
            data = data[3:]
        self.tally.repaired["crlf"] += data.count(b"\r\n")
        text = _THOUSANDS.sub(lambda found: found[1].replace(",", ""), data.decode("utf-8", "replace"))
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []
        if self.begun:
            return lines
        first = next((at for at, line in enumerate(lines) if line.strip(_MARKS + " \t")), None)
        if first is None:
            return lines
        self.begun = True
        return [*lines[:first], *lines[first + 1 :]] if self._is_header(lines[first]) else lines

    def _is_header(self, line: str) -> bool:
        """Say whether a line names columns, and note where the cases are."""
        self.separator = max(",;|$\t", key=line.count)
        names = [name.strip(_MARKS + " ") for name in line.split(self.separator)]
        while names and not names[-1]:
            names.pop()
        if any(re.fullmatch(r"\d+", name) for name in names) or not any(map(str.isidentifier, names)):
            return False
        cases = [at for at, name in enumerate(names) if _HEADER.fullmatch(name)]
        if len(names) == 1:
            return bool(cases)
        self.column = cases[0] if cases else -1
        return True

    def _numbers(self) -> pl.Expr:
        """Give the numbers of each line: of the header's column, or all of them but a date behind a case."""
        import polars as pl

        if self.column == -1:
            return pl.lit(None, pl.List(pl.String)).fill_null([])
        if self.column is not None:
            column = pl.col("bare").str.split(self.separator).list.get(self.column, null_on_oob=True)
            return pl.concat_list(column.fill_null("").str.strip_chars())
        parts = pl.col("bare").str.replace_all(_BETWEEN, " ").str.strip_chars().str.split(" ")
        second = parts.list.get(1, null_on_oob=True).str.contains(_DATE)
        pair = parts.list.len() == 2
        dated = (pair & second & ~parts.list.get(0).str.contains(_DATE)).fill_null(value=False)
        # Numbers that happen to be dates are few: only where all second numbers are dates they are none of cases.
        return pl.when(dated & (dated | ~pair).all()).then(parts.list.head(1)).otherwise(parts)

    def _count(self, good: pl.DataFrame) -> None:
        """Count what stood around the numbers."""
        import polars as pl

        number = pl.col("numbers").list.first()
        written = pl.col("line").str.strip_chars()
        counts = good.select(
            trailing_separator=written.str.contains(r"^[0-9]+\$$").sum(),
            key_spaces=((written == number) & (written != pl.col("line"))).sum(),
            list_marks=((written != number) & ~written.str.contains(r"^[0-9]+\$$")).sum(),
        ).row(0, named=True)
        self.tally.repaired["trailing_separator"] += counts["trailing_separator"]
        self.tally.repaired["list_marks"] += counts["list_marks"]
        self.tally.normalised["key_spaces"] += counts["key_spaces"]
