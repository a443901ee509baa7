"""The measures by which pairs are ranked, and the thresholds by which they are called signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from glabella.safety.measures import evans

if TYPE_CHECKING:
    import polars

#: Columns that rank pairs, the shrunken ones first.
SCORES = ("eb05", "ic025", "ebgm", "prr", "prr_low", "ror_low", "chi2", "n")


def rank_scores(measured: polars.DataFrame) -> polars.DataFrame:
    """Give the scores with what is undefined put last.

    Parameters
    ----------
    measured : polars.DataFrame
        ``n`` with the measures of ``disproportionality`` and of a ``GPS`` prior.

    Returns
    -------
    polars.DataFrame
        The columns of ``SCORES`` that are there; null became minus infinity. A ratio without a report of both, and
        the lower limit of an infinite one, are undefined, and whoever sorts a table of signals by them finds the
        pair at the end; an infinite ratio stands at its head. A column without any
        value, such as EBGM where its prior could not be fitted, is left out. ``chi2`` has the sign of
        n − expected: by itself it ranks what is reported too seldom as high as what is reported too often.
    """
    import polars as pl

    there = [name for name in SCORES if name in measured.columns and measured[name].null_count() < measured.height]
    signed = measured.with_columns(chi2=pl.col("chi2") * (pl.col("n") - pl.col("expected")).sign())
    return signed.select(pl.col(name).cast(pl.Float64).fill_null(float("-inf")) for name in there)


def threshold_rules(measured: polars.DataFrame) -> Mapping[str, polars.Series]:
    """Apply the published thresholds: EB05 ≥ 2, IC025 > 0, and those of Evans et al. on the PRR.

    Parameters
    ----------
    measured : polars.DataFrame
        As for :func:`rank_scores`.

    Returns
    -------
    Mapping of str to polars.Series
        Whether each pair is flagged; false where a measure is undefined. Without EB05 that rule is not there.
    """
    rules = {
        "IC025 > 0": (measured["ic025"] > 0).fill_null(False),
        "PRR ≥ 2, chi² ≥ 4, n ≥ 3": evans(measured["n"].to_numpy(), measured),
    }
    if "eb05" not in measured.columns or measured["eb05"].null_count() == measured.height:
        return rules
    return {"EB05 ≥ 2": (measured["eb05"] >= 2).fill_null(False), **rules}
