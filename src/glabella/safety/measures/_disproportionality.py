"""Closed-form measures of disproportionality: PRR, ROR, chi-squared, RRR and IC with their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._chunks import in_chunks
from glabella.safety.measures._columns import broadcast, complain, frame, whole
from glabella.safety.measures._information_component import Bounds, information_component

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]

_COLUMNS = (
    "expected", "prr", "prr_low", "prr_high", "ror", "ror_low", "ror_high", "chi2", "chi2_yates", "rrr", "ic",
    "ic025", "ic975",
)  # fmt: skip
#: Standard normal quantile of 97.5 %.
_Z = 1.959963984540054
#: Limits of IC for higher counts than this are not tabulated but computed pair by pair.
_TABLE = 1_000_000
#: From so many rows on, equal sums of all four columns are no coincidence.
_ENOUGH = 4


def disproportionality(
    n: ArrayLike,
    n_drug: ArrayLike,
    n_event: ArrayLike,
    n_total: ArrayLike,
    *,
    ic_bounds: Bounds = "closed",
) -> polars.DataFrame:
    """Measure how disproportionately a drug and an event are reported together.

    All counts must rest on one definition of ``n_total``, which is the caller's: reports (each counted once,
    however many drugs and events it names) or pairs. The two give different figures; say which was used.

    Parameters
    ----------
    n : array of whole numbers
        Reports with both the drug and the event; one value per pair, or one value for all.
    n_drug, n_event : array of whole numbers
        Reports with the drug, and reports with the event.
    n_total : array of whole numbers
        All reports.
    ic_bounds : str
        Limits of IC: ``"closed"``, Norén's closed form, or ``"exact"``, quantiles of the gamma distribution
        it approximates. For ``n`` of one or more the two lie within 0.05 of each other.

    Returns
    -------
    polars.DataFrame
        One row per pair, in the order given:

        - ``expected`` = n_drug · n_event / n_total;
        - ``prr``, ``prr_low``, ``prr_high``: proportional reporting ratio, 95 % limits on the log scale;
        - ``ror``, ``ror_low``, ``ror_high``: reporting odds ratio, Woolf's 95 % limits;
        - ``chi2``, ``chi2_yates``: Pearson's chi-squared with one degree of freedom, and with Yates' correction;
        - ``rrr`` = n / expected;
        - ``ic`` = log2((n + ½) / (expected + ½)), ``ic025``, ``ic975``: information component, 95 % limits.

        Where every report of the event has the drug, ``prr`` and ``ror`` are infinite, and ``ror`` also where every
        report of the drug has the event: the strongest pairs there are. Their upper limit is infinite too; a lower
        limit on the log scale does not exist and is null (:func:`exact_ror` gives one). Null is what zero cells
        leave undefined: ``prr`` and ``ror`` with their limits where ``n`` is none, ``ror`` also where every other
        report has the event, ``chi2`` and ``chi2_yates`` where a margin is none or all, ``rrr`` where nothing is
        expected. IC is always defined.

        These are margins. The four cells of a table go through :func:`from_cells`, single rows of reports through
        :func:`count_pairs`: one table of cells taken for margins cannot be told from one of margins, several can.

    Raises
    ------
    ValueError
        If the columns do not fit each other, or a count is not a whole number, is negative, or is more than a
        margin allows; names the column and the row. Also if the four columns of several rows always add up to the
        same number while ``n_total`` does not stay the same: then they are cells.

    Notes
    -----
    PRR and its limits after Evans, Waller and Davis (2001), ROR after van Puijenbroek et al. (2002). IC after
    Norén, Hopstadius and Bate (2013): the exact limits are log2 of the 2.5 % and 97.5 % quantiles of a gamma
    distribution with shape n + ½ and rate expected + ½; the closed form is IC − 3.3 (n + ½)^−½ − 2 (n + ½)^−3⁄2
    and IC + 2.4 (n + ½)^−½ − 0.5 (n + ½)^−3⁄2.

    Examples
    --------
    One drug and one event in the primary-suspect reports of 2022Q3:

    >>> one = disproportionality(9, 207, 1752, 215_867)
    >>> print(*(round(one[name][0], 3) for name in ("ror", "ror_low", "ror_high")))
    5.579 2.856 10.898
    """
    return frame(measured(n, n_drug, n_event, n_total, ic_bounds=ic_bounds), empty=frozenset(_COLUMNS[1:10]))


def measured(
    n: ArrayLike, n_drug: ArrayLike, n_event: ArrayLike, n_total: ArrayLike, *, ic_bounds: Bounds = "closed"
) -> dict[str, Floats]:
    """Give the columns of :func:`disproportionality` as arrays, NaN where nothing is defined."""
    if ic_bounds not in ("closed", "exact"):
        raise ValueError(f"ic_bounds: {ic_bounds!r}, expected 'closed' or 'exact'")
    given = broadcast({"n": n, "n_drug": n_drug, "n_event": n_event, "n_total": n_total})
    rows = len(given["n"])
    _not_cells(given)
    made = {name: np.empty(rows) for name in _COLUMNS}
    limits = _ic_limits(given["n"], ic_bounds)

    def work(part: slice) -> None:
        counts = _checked(given, part)
        out = {name: values[part] for name, values in made.items()}
        with np.errstate(divide="ignore", invalid="ignore"):
            _ratios(counts, out)
            _chi_squared(counts, out)
            _information(counts, out, limits, ic_bounds)

    in_chunks(work, rows)
    return made


def reporting_odds_ratio(
    n: ArrayLike, n_drug: ArrayLike, n_event: ArrayLike, n_total: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Give the reporting odds ratio with Woolf's 95 % limits as plain arrays.

    For a few tables it costs less than :func:`disproportionality`, which loads a library of frames.

    Parameters
    ----------
    n, n_drug, n_event, n_total : array of whole numbers
        As in :func:`disproportionality`.

    Returns
    -------
    tuple of three arrays
        The ratio, its lower and its upper limit, one value per pair; NaN where undefined, infinite as there.

    Raises
    ------
    ValueError
        As :func:`disproportionality`.

    Examples
    --------
    >>> ratio, low, high = reporting_odds_ratio(9, 207, 1752, 215_867)
    >>> print(*(round(float(found[0]), 3) for found in (ratio, low, high)))
    5.579 2.856 10.898
    """
    made = measured(n, n_drug, n_event, n_total)
    return made["ror"], made["ror_low"], made["ror_high"]


def evans(n: ArrayLike, measures: polars.DataFrame) -> polars.Series:
    """Apply the criteria of Evans et al. (2001): PRR ≥ 2, chi-squared ≥ 4 and at least three reports.

    Parameters
    ----------
    n : array
        Reports with both, one per row of ``measures``.
    measures : polars.DataFrame
        As :func:`disproportionality` gives it. Pearson's chi-squared is used.

    Returns
    -------
    polars.Series
        True where all three hold, an infinite PRR included; false where a measure is undefined.

    Raises
    ------
    ValueError
        If ``n`` and ``measures`` differ in length.
    """
    held = (measures["prr"] >= 2) & (measures["chi2"] >= 4)
    return (held.fill_null(False) & _at_least_three(n, measures)).alias("evans")


def ema(n: ArrayLike, measures: polars.DataFrame, *, by: Literal["ror", "prr"] = "ror") -> polars.Series:
    """Apply the rule of EudraVigilance: the lower 95 % limit above one and at least three reports.

    Parameters
    ----------
    n : array
        Reports with both, one per row of ``measures``.
    measures : polars.DataFrame
        As :func:`disproportionality` gives it.
    by : str
        Whose limit: the reporting odds ratio's, or the proportional reporting ratio's as in earlier years.

    Returns
    -------
    polars.Series
        True where both hold; false where the ratio is undefined. Of an infinite ratio, which has no limit on the
        log scale, the limit is that of Pearson's test turned round: above one where chi-squared is above 3.84.

    Raises
    ------
    ValueError
        If ``n`` and ``measures`` differ in length.
    """
    if by not in ("ror", "prr"):
        raise ValueError(f"by: {by!r}, expected 'ror' or 'prr'")
    infinite = measures[by].is_infinite() & (measures["chi2"] > _Z**2)
    held = (measures[f"{by}_low"] > 1).fill_null(False) | infinite.fill_null(False)
    return (held & _at_least_three(n, measures)).alias("ema")


def _at_least_three(n: ArrayLike, measures: polars.DataFrame) -> polars.Series:
    import polars

    counts = np.atleast_1d(np.asarray(n))
    if len(counts) != measures.height:
        raise ValueError(f"n: {len(counts)} counts, expected one for each of the {measures.height} rows")
    return polars.Series("n", counts >= 3)


def _not_cells(given: dict[str, NDArray[Any]]) -> None:
    """Refuse the cells a, b, c, d of several tables of one database in the place of n and its margins."""
    total = given["n_total"]
    if len(total) < _ENOUGH or (total[:_ENOUGH] == total[0]).all():
        return
    sums = np.sum([values.astype(np.float64) for values in given.values()], axis=0)
    if (sums == sums[0]).all():
        raise ValueError(
            f"n, n_drug, n_event, n_total add up to {sums[0]:.0f} in every row and n_total changes, as the cells "
            "a, b, c, d of one database do, expected margins; give cells to from_cells"
        )


def _checked(given: dict[str, NDArray[Any]], part: slice) -> tuple[Floats, Floats, Floats, Floats]:
    start = part.start
    n, n_drug, n_event, n_total = (whole(name, values[part], start) for name, values in given.items())
    complain("n", n, n > n_drug, "no more than n_drug", start)
    complain("n", n, n > n_event, "no more than n_event", start)
    complain("n_drug", n_drug, n_drug > n_total, "no more than n_total", start)
    complain("n_event", n_event, n_event > n_total, "no more than n_total", start)
    least = n_drug + n_event - n
    complain("n_total", n_total, least > n_total, "at least n_drug + n_event − n", start)
    return n, n_drug, n_event, n_total


def _ratios(counts: tuple[Floats, Floats, Floats, Floats], out: dict[str, Floats]) -> None:
    n, n_drug, n_event, n_total = counts
    np.divide(n_drug * n_event, n_total, out=out["expected"])
    out["expected"][n_total == 0] = 0
    np.divide(n, out["expected"], out=out["rrr"])
    b, c, others = n_drug - n, n_event - n, n_total - n_drug
    d = others - c
    inverse_n, inverse_c = 1 / n, 1 / c
    empty = n == 0
    variance = inverse_n - 1 / n_drug + inverse_c - 1 / others
    _with_limits(out, "prr", (n * others) / (n_drug * c), variance, empty)
    empty |= d == 0
    _with_limits(out, "ror", (n * d) / (b * c), inverse_n + inverse_c + 1 / b + 1 / d, empty)


def _with_limits(
    out: dict[str, Floats], name: str, ratio: Floats, variance: Floats, empty: NDArray[np.bool_]
) -> None:
    # Rounding can leave a variance that is zero in truth (no other reports at all) just below it. Of an infinite
    # ratio the variance is infinite: its lower limit comes out as NaN and its upper one as infinite.
    factor = np.exp(_Z * np.sqrt(np.maximum(variance, 0)))
    ratio[empty] = np.nan
    out[name][:] = ratio
    np.divide(ratio, factor, out=out[f"{name}_low"])
    np.multiply(ratio, factor, out=out[f"{name}_high"])


def _chi_squared(counts: tuple[Floats, Floats, Floats, Floats], out: dict[str, Floats]) -> None:
    n, n_drug, n_event, n_total = counts
    # (ad − bc) / N is the difference to the expected count, so that nothing large is squared.
    distance = np.abs(n - out["expected"])
    scale = n_total / (n_drug * n_event)
    scale *= n_total / (n_total - n_drug)
    scale *= n_total / (n_total - n_event)
    scale[~np.isfinite(scale)] = np.nan
    np.multiply(distance * distance, scale, out=out["chi2"])
    distance -= 0.5
    np.maximum(distance, 0, out=distance)
    np.multiply(distance * distance, scale, out=out["chi2_yates"])


def _ic_limits(n: NDArray[Any], bounds: Bounds) -> tuple[Floats, Floats] | None:
    """Tabulate how far the limits of IC lie from it: that depends on the count alone."""
    most = n.max(initial=0)
    if not (most <= _TABLE and n.min(initial=0) >= 0):
        return None
    return _distances(np.arange(int(most) + 1.0), bounds)


def _distances(n: Floats, bounds: Bounds) -> tuple[Floats, Floats]:
    # As much expected as seen makes an IC of zero.
    _, low, high = information_component(n, n, bounds=bounds)
    return low, high


def _information(
    counts: tuple[Floats, Floats, Floats, Floats],
    out: dict[str, Floats],
    limits: tuple[Floats, Floats] | None,
    bounds: Bounds,
) -> None:
    n = counts[0]
    np.log2((n + 0.5) / (out["expected"] + 0.5), out=out["ic"])
    if limits is None:
        low, high = _distances(n, bounds)
    else:
        at = n.astype(np.intp)
        low, high = limits[0][at], limits[1][at]
    np.add(out["ic"], low, out=out["ic025"])
    np.add(out["ic"], high, out=out["ic975"])
