"""Event dates as the files of a quarter tell them: to the day, partial, or padded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._quarters import is_legacy

#: From this quarter on FDA pads partial event dates again, as it did in legacy.
PADDED_AGAIN = "2021Q4"


def pads(quarter: str) -> bool:
    """Tell whether partial event dates of a quarter are padded to the first day."""
    return is_legacy(quarter) or quarter >= PADDED_AGAIN


def told_dates(
    date: NDArray[np.int32], precision: NDArray[np.uint8], padded: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Give yyyymmdd, yyyymm or yyyy as the precision says, padded where padding is in use, 0 for nothing.

    Precision is 0 nothing, 1 year, 2 month, 3 day.
    """
    month, year = date // 100, date // 10000
    partial = np.where(precision == 2, month, year)
    filled = np.where(precision == 2, month * 100 + 1, year * 10000 + 101)
    told = np.where(precision == 3, date, np.where(padded, filled, partial))
    return np.where(precision == 0, 0, told).astype(np.int32)
