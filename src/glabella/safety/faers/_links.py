"""What the tables of a quarter say of each other: rows without a report, reports without drugs, missing terms."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

_Keys = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
#: Tables without which a report says little.
_NEEDED = {"drug": "report_without_drug", "reac": "report_without_reaction"}


class Links:
    """Adds up the report numbers of each table while the rows pass, each run of one number once."""

    def __init__(self) -> None:
        self._keys: dict[str, _Keys] = {}
        self._noticed: dict[str, Counter[str]] = {}

    def add(self, table: str, frame: pl.DataFrame) -> None:
        """Take the rows of a piece."""
        import polars as pl

        noticed = self._noticed.setdefault(table, Counter())
        if table == "deleted":
            return
        if "term" in frame.columns:
            noticed["without_term"] += frame["term"].null_count()
        if table == "drug":
            noticed["without_name"] += frame.select(
                (pl.col("drugname").is_null() & pl.col("prod_ai").is_null()).sum()
            ).item()
        keys = frame["primaryid"].cast(pl.Int64).to_numpy()
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if keys.size else np.empty(0, np.int64)
        self._keys.setdefault(table, []).append((keys[first], np.diff(first, append=keys.size)))

    def noticed(self) -> dict[str, dict[str, int]]:
        """Give what was noticed, by table and reason; see ``faers_defects.yaml``."""
        reports, rows = self._all("demo")
        # In the agency's files they are in order.
        known = reports if (reports[1:] > reports[:-1]).all() else np.unique(reports)
        found = {table: Counter(counts) for table, counts in self._noticed.items()}
        found["demo"]["repeated_report"] += int(rows.sum()) - known.size
        for table in self._keys.keys() - {"demo"}:
            keys, rows = self._all(table)
            places = np.searchsorted(known, keys)
            linked = (
                known[np.minimum(places, known.size - 1)] == keys if known.size else np.zeros(keys.size, np.bool_)
            )
            found[table]["without_report"] += int(rows[~linked].sum())
            if table in _NEEDED:
                found["demo"][_NEEDED[table]] += int(np.count_nonzero(~_marked(known.size, places[linked])))
        return {
            table: {reason: count for reason, count in sorted(counts.items()) if count}
            for table, counts in found.items()
        }

    def _all(self, table: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        pieces = self._keys.get(table, [])
        none = np.empty(0, np.int64)
        keys, rows = zip(*pieces, strict=True) if pieces else ((none,), (none,))
        return np.concatenate(keys), np.concatenate(rows)


def _marked(size: int, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    marks = np.zeros(size, np.bool_)
    marks[places] = True
    return marks
