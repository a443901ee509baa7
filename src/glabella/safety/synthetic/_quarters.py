"""Quarters: their names, eras and days."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FIRST, LAST_LEGACY = "2004Q1", "2012Q3"
_NAME = re.compile(r"(\d{4})[Qq]([1-4])")


def parse_quarters(quarters: str | Sequence[str]) -> tuple[str, ...]:
    """Read quarters: names, or a span such as ``"2004Q1..2026Q2"``; sorted, each once.

    Raises
    ------
    ValueError
        For a name that is no quarter, one before 2004Q1, or none at all.
    """
    names = quarters.split(",") if isinstance(quarters, str) else list(quarters)
    found: set[int] = set()
    for name in names:
        ends = [_number(part) for part in name.strip().split("..")]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise ValueError(f"quarters: found {name!r}, expected a quarter or a span such as 2012Q4..2014Q2")
        found.update(range(ends[0], ends[-1] + 1))
    if not found:
        raise ValueError("quarters: found none, expected at least one such as 2012Q4")
    if min(found) < _number(FIRST):
        raise ValueError(f"quarters: found {_quarter(min(found))}, expected none before {FIRST}")
    return tuple(_quarter(one) for one in sorted(found))


def is_legacy(quarter: str) -> bool:
    """Tell whether the quarter's files have the layout of AERS."""
    return quarter <= LAST_LEGACY


def days(quarter: str) -> NDArray[np.datetime64]:
    """Give the days of a quarter."""
    month = np.datetime64(f"{quarter[:4]}-{3 * int(quarter[5]) - 2:02d}", "M")
    return np.arange(month.astype("M8[D]"), (month + 3).astype("M8[D]")).astype("M8[D]")


def as_integer(dates: NDArray[np.datetime64]) -> NDArray[np.int32]:
    """Write days as yyyymmdd."""
    months = dates.astype("M8[M]")
    year = dates.astype("M8[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (dates - months.astype("M8[D]")).astype(np.int64) + 1
    return np.asarray(year * 10000 + month * 100 + day, np.int32)


def _number(name: str) -> int:
    match = _NAME.fullmatch(name.strip())
    if not match:
        raise ValueError(f"quarters: found {name!r}, expected a quarter such as 2012Q4")
    return 4 * int(match[1]) + int(match[2]) - 1


def _quarter(number: int) -> str:
    return f"{number // 4}Q{number % 4 + 1}"
