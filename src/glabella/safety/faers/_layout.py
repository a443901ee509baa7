"""The layouts of both eras, read from the shipped table, and the header of a file matched against them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from glabella.safety.faers._errors import LayoutError
from glabella.safety.faers._quarter import Quarter

Era = Literal["aers", "faers"]

#: What a value of each format looks like; an empty value is always allowed but in a key.
FORMATS: Mapping[str, re.Pattern[bytes]] = MappingProxyType(
    {
        "key": re.compile(rb"\d{1,18}"),
        "digits": re.compile(rb"(\d{1,18}(\.0)?)?"),
        "number": re.compile(rb"(-?\d{1,9}(\.\d*)?|-?\.\d+)?"),
        "date": re.compile(rb"(\d{4}|\d{6}|\d{8})?(\.0)?"),
        "flag": re.compile(rb"[A-Za-z0-9]?"),
        "code": re.compile(rb"[A-Za-z0-9#!-]{0,5}"),
        "country": re.compile(rb"(A1|[^0-9]{2,60})?"),
        "image": re.compile(rb"([0-9A-Z]{1,12}-[0-9A-Z])?"),
        "text": re.compile(rb".*", re.DOTALL),
        "sender": re.compile(rb".*", re.DOTALL),
    }
)


@dataclass(frozen=True, slots=True)
class Table:
    """The layout of one table.

    Attributes
    ----------
    name : str
        Such as ``demo``.
    columns : Mapping[str, str]
        Unified names in the order of the store, and the format of each.
    renames : Mapping[str, str]
        The agency's spellings of them.
    required : Mapping[str, tuple of str]
        By era, the columns without which a file is refused.
    """

    name: str
    columns: Mapping[str, str]
    renames: Mapping[str, str]
    required: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """The shipped layouts, limits and units."""

    tables: Mapping[str, Table]
    periods: Mapping[str, tuple[tuple[Quarter, Quarter | None], ...]]
    limits: Mapping[str, float]
    units: Mapping[str, Mapping[str, tuple[float, float]]]

    def within(self, period: str, quarter: Quarter) -> bool:
        """Say whether a quarter lies in a period."""
        return any(first <= quarter and (last is None or quarter <= last) for first, last in self.periods[period])


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file.

    Attributes
    ----------
    columns : tuple of str
        Unified names in the order of the file.
    era : "aers" or "faers" or None
        None for the lists of deleted cases, which have no header.
    repaired : Mapping[str, int]
        What was repaired, by reason.
    """

    columns: tuple[str, ...]
    era: Era | None
    repaired: Mapping[str, int]


def read_data(name: str) -> str:
    """Give the text of a shipped data file."""
    return files("glabella.safety").joinpath("data", name).read_text(encoding="utf-8")


@cache
def layout() -> Layout:
    """Give the shipped layouts."""
    import yaml

    raw: dict[str, Any] = yaml.safe_load(read_data("faers_layout.yaml"))
    tables = {
        name: Table(
            name,
            MappingProxyType(table["columns"]),
            MappingProxyType(table["renames"]),
            MappingProxyType({era: tuple(columns) for era, columns in table["required"].items()}),
        )
        for name, table in raw["tables"].items()
    }
    periods = {
        name: tuple((Quarter.parse(first), Quarter.parse(last) if last else None) for first, last in spans)
        for name, spans in raw["periods"].items()
    }
    return Layout(
        MappingProxyType(tables),
        MappingProxyType(periods),
        MappingProxyType(raw["limits"]),
        MappingProxyType({name: MappingProxyType(_factors(units)) for name, units in raw["units"].items()}),
    )


def _factors(units: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """Read what a number of each unit is multiplied and divided by."""
    return {unit: (float(times), float(over)) for unit, (times, over) in units.items()}


@cache
def countries() -> Mapping[str, str]:
    """Give the two-letter code of each code and name of a country, in capitals."""
    found: dict[str, str] = {}
    for row in csv.DictReader(read_data("faers_countries.csv").splitlines()):
        found[row["code"]] = row["code"]
        found |= dict.fromkeys(row["names"].split("|"), row["code"])
    return MappingProxyType(found)


def read_header(line: bytes, table: Table, name: str) -> Header:
    """Match the first line of a file with the layout of its table.

    Parameters
    ----------
    line : bytes
        Without its line end.
    table : Table
        The layout.
    name : str
        The file, for errors.

    Raises
    ------
    LayoutError
        When a column is unknown, twice there, or a required one is missing.
    """
    repaired: dict[str, int] = {}
    if line.startswith(b"\xef\xbb\xbf"):
        line, repaired["byte_order_mark"] = line[3:], 1
    written = [field.lower() for field in line.decode("latin-1").rstrip("\r").split("$")]
    spellings = [field.strip() for field in written]
    spaced = sum(a != b for a, b in zip(written, spellings, strict=True))
    if spaced:
        repaired["header_spaces"] = spaced
    if len(spellings) > 1 and spellings[-1] in ("", f"v{len(spellings)}"):
        del spellings[-1]
        repaired["stray_header_column"] = 1
    columns = tuple(table.renames.get(spelling, spelling) for spelling in spellings)
    era: Era = "aers" if "isr" in spellings else "faers"
    _check(columns, spellings, table, era, name)
    return Header(columns, era, MappingProxyType(repaired))


def _check(columns: Sequence[str], spellings: Sequence[str], table: Table, era: Era, name: str) -> None:
    """Refuse columns that are not those of the table."""
    expected = ", ".join(table.columns)
    unknown = [spelling for spelling, column in zip(spellings, columns, strict=True) if column not in table.columns]
    if unknown:
        quoted = ", ".join(repr(spelling[:80]) for spelling in unknown[:10])
        raise LayoutError(f"{name}: unknown column {quoted}; expected of a {table.name} file: {expected}")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise LayoutError(f"{name}: column {', '.join(twice)} is there more than once")
    missing = [column for column in table.required[era] if column not in columns]
    if missing:
        raise LayoutError(f"{name}: column {', '.join(missing)} is missing; found {', '.join(columns)}")
