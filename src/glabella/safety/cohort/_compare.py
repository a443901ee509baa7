"""From a cube of counted reports to ratios: crude, exact, stratified and adjusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

    from glabella.safety.cohort._settings import Setting

Floats = NDArray[np.float64]

#: Below this a cell is too small for Woolf's limits, and the exact ones stand beside them.
_SMALL = 5


def cells(cube: pl.DataFrame, chosen: Setting, lists: tuple[str, ...], adjust: tuple[str, ...]) -> pl.DataFrame:
    """Count the four cells of one setting in every stratum.

    Parameters
    ----------
    cube : polars.DataFrame
        An arm's reports, as :mod:`glabella.safety.cohort` counts them.
    chosen : Setting
        What counts.
    lists : tuple of str
        Event lists in the order of their bits.
    adjust : tuple of str
        Columns of the strata.

    Returns
    -------
    polars.DataFrame
        The strata, and ``a``, ``b`` (exposed with and without the event), ``c``, ``d`` (the others). A report
        that is on both sides counts as exposed.
    """
    import polars as pl

    keep = chosen.keeps(lists)
    kept = cube.filter(keep["counts"]).with_columns(exposed=keep["exposed"], event=keep["event"])
    n = pl.col("reports")
    exposed, event = pl.col("exposed"), pl.col("event")
    sums = {
        "a": n.filter(exposed & event),
        "b": n.filter(exposed & ~event),
        "c": n.filter(~exposed & event),
        "d": n.filter(~exposed & ~event),
    }
    summed = [one.sum().cast(pl.Int64).alias(name) for name, one in sums.items()]
    if not adjust:
        return kept.select(summed)
    return kept.group_by(adjust).agg(summed).sort(adjust, nulls_last=True)


def compare(tables: list[pl.DataFrame]) -> pl.DataFrame:
    """Compute the ratios of many settings at once.

    Parameters
    ----------
    tables : list of polars.DataFrame
        One a setting, as :func:`cells` gives them.

    Returns
    -------
    polars.DataFrame
        One row a setting: the four cells; ``ror`` with Woolf's and, where a cell is below five, the exact limits;
        ``prr``; the Mantel-Haenszel odds ratio over the strata with the test that it is the same in all; how many
        strata there are and how many reports lie in strata that can tell nothing.
    """
    import polars as pl

    from glabella.safety.measures import disproportionality, exact_ror, mantel_haenszel

    sums = np.array([[table[name].sum() for name in "abcd"] for table in tables], dtype=float).reshape(-1, 4)
    a, b, c, d = sums.T
    found = pl.DataFrame(
        {
            "exposed_with": a.astype(int),
            "exposed_without": b.astype(int),
            "comparator_with": c.astype(int),
            "comparator_without": d.astype(int),
        }
    )
    usable = (a + b > 0) & (c + d > 0)
    crude = disproportionality(a, a + b, a + c, np.maximum(sums.sum(axis=1), 1))
    found = found.with_columns(crude.select("ror", "ror_low", "ror_high", "prr", "prr_low", "prr_high"))
    small = usable & (sums.min(axis=1) < _SMALL) & (a + c > 0) & (b + d > 0)
    exact = {name: np.full(len(a), np.nan) for name in ("ror_exact_low", "ror_exact_high")}
    if small.any():
        limits = exact_ror(a[small], b[small], c[small], d[small])
        exact["ror_exact_low"][small] = limits["ror_low"].to_numpy()
        exact["ror_exact_high"][small] = limits["ror_high"].to_numpy()
    found = found.with_columns(pl.Series(name, values).fill_nan(None) for name, values in exact.items())
    stratified = mantel_haenszel(*_padded(tables))
    return found.with_columns(
        mh=pl.Series(stratified.odds_ratio).fill_nan(None),
        mh_low=pl.Series(stratified.odds_ratio_low).fill_nan(None),
        mh_high=pl.Series(stratified.odds_ratio_high).fill_nan(None),
        homogeneity_p=pl.Series(stratified.breslow_day_p).fill_nan(None),
        strata=pl.Series([len(table) for table in tables]),
        reports_in_empty_strata=pl.Series([_untold(table) for table in tables]),
    )


def _padded(tables: list[pl.DataFrame]) -> tuple[Floats, Floats, Floats, Floats]:
    """Stack settings with different strata: empty strata count nothing."""
    longest = max((len(table) for table in tables), default=0) or 1
    found = np.zeros((4, len(tables), longest))
    for row, table in enumerate(tables):
        for place, name in enumerate("abcd"):
            found[place, row, : len(table)] = table[name].to_numpy()
    return found[0], found[1], found[2], found[3]


def _untold(table: pl.DataFrame) -> int:
    """Reports in strata where one side, or one outcome, is missing."""
    a, b, c, d = (table[name].to_numpy() for name in "abcd")
    silent = (a + b == 0) | (c + d == 0) | (a + c == 0) | (b + d == 0)
    return int((a + b + c + d)[silent].sum())
