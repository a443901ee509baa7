"""Ratios adjusted for strata: Mantel-Haenszel, whether the strata agree, and expected counts within strata."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._check import check_level, counts, within

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Cells held at once: some twenty working arrays of this size stay within 100 MB.
BLOCK = 1 << 19


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """Ratios over strata, every attribute an array of the shape of the pairs.

    Attributes
    ----------
    ror, ror_low, ror_high : ndarray
        Mantel-Haenszel reporting odds ratio.
    ror_se : ndarray
        Standard error of its logarithm (Robins, Breslow, Greenland).
    prr, prr_low, prr_high, prr_se : ndarray
        Mantel-Haenszel proportional reporting ratio, standard error after Greenland and Robins.
    crude_ror, crude_ror_low, crude_ror_high, crude_prr, crude_prr_low, crude_prr_high : ndarray
        Of the table summed over the strata, limits after Woolf and Katz.
    breslow_day, breslow_day_p, tarone, tarone_p : ndarray
        Test that the odds ratio is one and the same in all strata, and Tarone's correction of it.
    strata : ndarray of int
        Strata that inform the odds ratio: no margin of their table is empty.
    left_out : ndarray of int
        Strata with reports that do not inform it.
    reports_left_out : ndarray
        Reports in these.
    """

    ror: Floats
    ror_se: Floats
    ror_low: Floats
    ror_high: Floats
    prr: Floats
    prr_se: Floats
    prr_low: Floats
    prr_high: Floats
    crude_ror: Floats
    crude_ror_low: Floats
    crude_ror_high: Floats
    crude_prr: Floats
    crude_prr_low: Floats
    crude_prr_high: Floats
    breslow_day: Floats
    breslow_day_p: Floats
    tarone: Floats
    tarone_p: Floats
    strata: Ints
    left_out: Ints
    reports_left_out: Floats

    def table(self) -> pl.DataFrame:
        """Give one row a pair."""
        import polars as pl

        return pl.DataFrame({field.name: np.ravel(getattr(self, field.name)) for field in fields(self)})


def mantel_haenszel(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, level: float = 0.95
) -> MantelHaenszel:
    """Pool 2×2 tables over strata.

    Parameters
    ----------
    a, b, c, d : array_like of shape (..., strata), broadcast together
        Reports with drug and event, drug without event, event without drug, and neither.
    level : float
        Of the confidence intervals.

    Returns
    -------
    MantelHaenszel
        Arrays of shape (...). A ratio of which only the denominator is zero is infinite, one of which both parts
        are zero is nan; a ratio of zero or infinity stands, but its limits are nan. The tests need two informative
        strata, else they are nan.

    Raises
    ------
    ValueError
        If a count is negative or not finite, the shapes do not broadcast, there is no axis of strata, or
        ``level`` is none.

    Notes
    -----
    With n the reports of a stratum, n1 = a + b, n0 = c + d, R = ad / n, S = bc / n, P = (a + d) / n and
    Q = (b + c) / n, the odds ratio is ΣR / ΣS and the variance of its logarithm
    ΣPR / 2(ΣR)² + Σ(PS + QR) / 2ΣRΣS + ΣQS / 2(ΣS)². The proportional reporting ratio is
    Σ(a n0 / n) / Σ(c n1 / n), variance Σ[(n1 n0 (a + c) - acn) / n²] / [Σ(a n0 / n) Σ(c n1 / n)].

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748. Robins J, Breslow N, Greenland S. Biometrics
    1986;42:311-323. Greenland S, Robins JM. Biometrics 1985;41:55-68. Breslow NE, Day NE. Statistical Methods in
    Cancer Research, volume 1. IARC 1980, equation 4.30. Tarone RE. Biometrika 1985;72:91-95.
    On subgroups rather than adjustment in large databases: Seabroke S et al. Drug Saf 2016;39:355-364.

    Examples
    --------
    >>> fit = mantel_haenszel(a=[9, 4], b=[6, 16], c=[2, 1], d=[13, 19])
    >>> print(fit.ror.round(2), fit.crude_ror.round(2))
    7.25 6.3
    """
    from scipy.special import ndtri

    check_level(level)
    cells = counts(a=a, b=b, c=c, d=d)
    if cells[0].ndim == 0:
        raise ValueError("a, b, c, d are single numbers, expected a last axis of strata")
    *shape, strata = cells[0].shape
    flat = [cell.reshape(-1, strata) for cell in cells]
    pairs = flat[0].shape[0]
    whole = {field.name: np.empty(pairs, dtype=np.int64 if field.name in _WHOLE else float) for field in _FIELDS}
    critical = float(ndtri(0.5 + level / 2))
    step = max(1, BLOCK // max(strata, 1))
    for start in range(0, pairs, step):
        block = slice(start, start + step)
        for name, found in _block(*(cell[block] for cell in flat), critical=critical).items():
            whole[name][block] = found
    return MantelHaenszel(**{name: found.reshape(shape) for name, found in whole.items()})


def stratified_expected(n_drug: ArrayLike, n_event: ArrayLike, n_total: ArrayLike) -> Floats:
    """Sum over strata the reports expected within each, for measures adjusted for the strata.

    Parameters
    ----------
    n_drug, n_event, n_total : array_like of shape (..., strata), broadcast together
        Reports with the drug, with the event, and all reports, of each stratum. Empty strata are allowed.

    Returns
    -------
    ndarray of shape (...)
        Σ n_drug n_event / n_total, the expected count of a shrunken ratio such as EBGM or IC.

    Raises
    ------
    ValueError
        If a count is negative or not finite, or a margin is greater than ``n_total``.

    References
    ----------
    DuMouchel W. Am Stat 1999;53:177-190, equation 1. Norén GN, Hopstadius J, Bate A. Stat Methods Med Res
    2013;22:57-69.

    Examples
    --------
    >>> print(stratified_expected([10, 20], [30, 5], [100, 100]))
    4.0
    """
    drug, event, total = counts(n_drug=n_drug, n_event=n_event, n_total=n_total)
    within(drug, total, "n_drug", "n_total")
    within(event, total, "n_event", "n_total")
    if drug.ndim == 0:
        raise ValueError("n_drug, n_event, n_total are single numbers, expected a last axis of strata")
    # The margins of an empty stratum are zero, so any number but zero may stand below them.
    return np.asarray(np.einsum("...k,...k,...k->...", drug, event, 1 / np.maximum(total, 1)))


def _divide(up: Floats, down: Floats) -> Floats:
    """Divide, nan where the denominator is zero."""
    return np.asarray(np.divide(up, down, out=np.full(np.broadcast(up, down).shape, np.nan), where=down > 0))


def _ratio(up: Floats, down: Floats) -> Floats:
    """Divide counts; infinite where only the denominator is zero, nan where both are."""
    return np.where((down == 0) & (up > 0), np.inf, _divide(up, down))


def _limits(name: str, ratio: Floats, variance: Floats, critical: float, *, se: bool) -> dict[str, Floats]:
    se_log = np.sqrt(np.where((ratio > 0) & np.isfinite(ratio), variance, np.nan))
    low, high = ratio * np.exp(-critical * se_log), ratio * np.exp(critical * se_log)
    found = {name: ratio, f"{name}_low": low, f"{name}_high": high}
    return found | {f"{name}_se": se_log} if se else found


def _block(a: Floats, b: Floats, c: Floats, d: Floats, *, critical: float) -> dict[str, Floats | Ints]:
    n1, n0, m1, m0 = a + b, c + d, a + c, b + d
    n = n1 + n0
    inverse = 1 / np.maximum(n, np.finfo(float).tiny)
    informs = (n1 > 0) & (n0 > 0) & (m1 > 0) & (m0 > 0)
    left_out = ~informs & (n > 0)
    ror, ror_variance = _odds_ratio(a, b, c, d, inverse)
    up, down = (a * n0 * inverse).sum(-1), (c * n1 * inverse).sum(-1)
    prr = _ratio(up, down)
    prr_variance = _divide(((n1 * n0 * m1 * inverse - a * c) * inverse).sum(-1), up * down)
    return {
        **_limits("ror", ror, ror_variance, critical, se=True),
        **_limits("prr", prr, prr_variance, critical, se=True),
        **_crude(*(cell.sum(-1) for cell in (a, b, c, d)), critical=critical),
        **_homogeneity(ror, a, n1, n0, m1, informs),
        "strata": informs.sum(-1),
        "left_out": left_out.sum(-1),
        "reports_left_out": np.where(left_out, n, 0).sum(-1),
    }


def _odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    r, s = a * d * inverse, b * c * inverse
    p, q = (a + d) * inverse, (b + c) * inverse
    R, S = r.sum(-1), s.sum(-1)
    variance = (
        _divide((p * r).sum(-1), R**2) + _divide((p * s + q * r).sum(-1), R * S) + _divide((q * s).sum(-1), S**2)
    )
    return _ratio(R, S), variance / 2


def _crude(a: Floats, b: Floats, c: Floats, d: Floats, *, critical: float) -> dict[str, Floats]:
    cells = [_divide(np.ones_like(cell), cell) for cell in (a, b, c, d)]
    n1, n0 = a + b, c + d
    woolf = cells[0] + cells[1] + cells[2] + cells[3]
    katz = cells[0] + cells[2] - _divide(np.ones_like(n1), n1) - _divide(np.ones_like(n0), n0)
    return _limits("crude_ror", _ratio(a * d, b * c), woolf, critical, se=False) | _limits(
        "crude_prr", _ratio(a * n0, c * n1), katz, critical, se=False
    )


def _homogeneity(
    ror: Floats, a: Floats, n1: Floats, n0: Floats, m1: Floats, informs: NDArray[np.bool_]
) -> dict[str, Floats]:
    """Breslow and Day's test at the Mantel-Haenszel odds ratio, and Tarone's correction of it."""
    from scipy.special import chdtrc

    ratio = np.where((ror > 0) & np.isfinite(ror), ror, np.nan)[:, None]
    # Expected reports solve e (n0 - m1 + e) = ratio (n1 - e) (m1 - e). The root with the discriminant in the
    # denominator loses no digits near ratio 1, where the square term vanishes.
    linear, product = n0 - m1 + ratio * (n1 + m1), ratio * n1 * m1
    root = linear + np.sqrt(np.maximum(linear**2 + 4 * (1 - ratio) * product, 0))
    e = _divide(2 * product, root)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = 1 / e + 1 / (n1 - e) + 1 / (m1 - e) + 1 / (n0 - m1 + e)
    difference = np.where(informs, a - e, 0.0)
    variance = np.where(informs, 1 / np.where(informs, weight, 1), 0.0)
    statistic = np.where(informs, difference**2 * np.where(informs, weight, 0), 0.0).sum(-1)
    corrected = np.maximum(statistic - _divide(difference.sum(-1) ** 2, variance.sum(-1)), 0)
    df = informs.sum(-1) - 1.0
    tested = df > 0
    found = {"breslow_day": np.where(tested, statistic, np.nan), "tarone": np.where(tested, corrected, np.nan)}
    return found | {f"{name}_p": chdtrc(np.where(tested, df, np.nan), value) for name, value in found.items()}


_FIELDS = fields(MantelHaenszel)
_WHOLE = {"strata", "left_out"}
