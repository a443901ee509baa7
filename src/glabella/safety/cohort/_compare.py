"""From a cube of counted reports to ratios: crude, exact, stratified and adjusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

#: Below this a cell is too small for Woolf's limits, and the exact ones stand beside them.
_SMALL = 5


def cells(cube: pl.DataFrame, keep: dict[str, pl.Expr], adjust: tuple[str, ...]) -> pl.DataFrame:
    """Count the four cells of one setting in every stratum.

    Parameters
    ----------
    cube : polars.DataFrame
        An arm's reports, as :mod:`glabella.safety.cohort` counts them.
    keep : dict of str to polars.Expr
        What counts, as :meth:`Setting.keeps` gives it.
    adjust : tuple of str
        Columns of the strata.

    Returns
    -------
    polars.DataFrame
        The strata, and ``a``, ``b`` (exposed with and without the event), ``c``, ``d`` (the others). A report
        that is on both sides counts as exposed.
    """
    import polars as pl

    kept = cube.filter(keep["counts"]).with_columns(exposed=keep["exposed"], event=keep["event"])
    n = pl.col("n")
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
        ``prr``; the Mantel-Haenszel odds ratio over the strata with Tarone's test that it is the same in all; how
        many strata inform it, and how many reports lie in the others.
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
        limits = exact_ror(a[small], (a + b)[small], (a + c)[small], sums.sum(axis=1)[small])
        for name, column in exact.items():
            column[small] = limits[name.removeprefix("ror_")].to_numpy()
    found = found.with_columns(pl.Series(name, values).fill_nan(None) for name, values in exact.items())
    stratified = mantel_haenszel(*_padded(tables))
    return found.with_columns(
        mh=pl.Series(stratified.ror).fill_nan(None),
        mh_low=pl.Series(stratified.ror_low).fill_nan(None),
        mh_high=pl.Series(stratified.ror_high).fill_nan(None),
        homogeneity_p=pl.Series(stratified.tarone_p).fill_nan(None),
        strata=pl.Series(stratified.strata),
        reports_in_silent_strata=pl.Series(stratified.reports_left_out).cast(pl.Int64),
    )


def _padded(tables: list[pl.DataFrame]) -> tuple[Floats, Floats, Floats, Floats]:
    """Stack settings with different strata: empty strata count nothing."""
    longest = max((len(table) for table in tables), default=0) or 1
    found = np.zeros((4, len(tables), longest))
    for row, table in enumerate(tables):
        for place, name in enumerate("abcd"):
            found[place, row, : len(table)] = table[name].to_numpy()
    return found[0], found[1], found[2], found[3]


def adjusted(table: pl.DataFrame, adjust: tuple[str, ...]) -> dict[str, float | None]:
    """Adjust one setting's ratio by logistic regression on its strata.

    Returns
    -------
    dict
        ``adjusted``, ``adjusted_low``, ``adjusted_high`` with Wald limits; None where the
        data do not hold one.
    """
    from glabella.safety.measures import logistic_ratio

    exposed = np.repeat([1.0, 0.0], len(table))
    events = np.concatenate([table["a"].to_numpy(), table["c"].to_numpy()]).astype(float)
    total = events + np.concatenate([table["b"].to_numpy(), table["d"].to_numpy()])
    seen = total > 0
    factors = {name: np.tile(table[name].cast(str).fill_null("not known").to_numpy(), 2)[seen] for name in adjust}
    nothing = dict.fromkeys(("adjusted", "adjusted_low", "adjusted_high"))
    try:
        fit = logistic_ratio(exposed[seen], events[seen], factors, total=total[seen])
    except ValueError:
        # No report with or without the event, or on one of the sides: the cells beside this say so.
        return nothing
    found = (fit.odds_ratio, fit.low, fit.high)
    return {name: float(value) if np.isfinite(value) else None for name, value in zip(nothing, found, strict=True)}
