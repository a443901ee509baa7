"""Standard derivations of what a report leaves out: SDs from their relatives, g from test statistics.

Each is one formula on scalars or arrays. References: Higgins JPT et al. (eds), Cochrane Handbook version 6.5,
section 6.5.2; Borenstein M et al. Introduction to Meta-Analysis, 2009, chapters 4 and 7.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._effect_size import correction

Floats = NDArray[np.float64]


def sd_from_se(se: ArrayLike, n: ArrayLike) -> Floats:
    """SD of a group of ``n`` from the standard error of its mean (Handbook 6.5.2.2)."""
    return np.asarray(np.asarray(se, dtype=float) * np.sqrt(np.asarray(n, dtype=float)), dtype=float)


def sd_from_ci(low: ArrayLike, high: ArrayLike, n: ArrayLike, level: float = 0.95) -> Floats:
    """SD of a group of ``n`` from the confidence interval of its mean, by Student's t (Handbook 6.5.2.2)."""
    from scipy.special import stdtrit

    n = np.asarray(n, dtype=float)
    width = np.asarray(high, dtype=float) - np.asarray(low, dtype=float)
    return np.asarray(np.sqrt(n) * width / (2 * stdtrit(n - 1, 0.5 + level / 2)), dtype=float)


def sd_of_change(baseline: ArrayLike, endpoint: ArrayLike, correlation: ArrayLike) -> Floats:
    """SD of change from the SDs before and after and their correlation (Handbook 6.5.2.8)."""
    before, after = np.asarray(baseline, dtype=float), np.asarray(endpoint, dtype=float)
    r = np.asarray(correlation, dtype=float)
    if np.any(np.abs(r) > 1):
        raise ValueError(f"correlation is {r}, expected -1 to 1")
    return np.asarray(np.sqrt(before**2 + after**2 - 2 * r * before * after), dtype=float)


def smd_from_d(d: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its large-sample variance from Cohen's d (Borenstein 4.18 to 4.24, exact J).

    Raises
    ------
    ValueError
        If the groups together have fewer than four people.
    """
    n1, n2 = np.asarray(n1, dtype=float), np.asarray(n2, dtype=float)
    if np.any(n1 + n2 < 4):
        raise ValueError("g needs four people or more in the two groups together")
    g = correction(n1 + n2 - 2) * np.asarray(d, dtype=float)
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def smd_from_t(t: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its variance from Student's t of two independent groups."""
    n1, n2 = np.asarray(n1, dtype=float), np.asarray(n2, dtype=float)
    return smd_from_d(np.asarray(t, dtype=float) * np.sqrt(1 / n1 + 1 / n2), n1, n2)


def smd_from_f(f: ArrayLike, n1: ArrayLike, n2: ArrayLike, sign: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its variance from F with one numerator degree of freedom, which is t squared.

    Raises
    ------
    ValueError
        If F is negative.
    """
    f = np.asarray(f, dtype=float)
    if np.any(f < 0):
        raise ValueError(f"F is {f}, expected 0 or more")
    return smd_from_t(np.sign(sign) * np.sqrt(f), n1, n2)


def smd_from_p(p: ArrayLike, n1: ArrayLike, n2: ArrayLike, sign: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its variance from the exact two-sided P of a t test.

    Raises
    ------
    ValueError
        If P is not between 0 and 1.
    """
    from scipy.special import stdtrit

    p = _probability(p)
    df = np.asarray(n1, dtype=float) + np.asarray(n2, dtype=float) - 2
    return smd_from_t(-np.sign(sign) * stdtrit(df, p / 2), n1, n2)


def se_from_p(difference: ArrayLike, p: ArrayLike) -> Floats:
    """Find the standard error of a difference from its exact two-sided P, by the normal distribution (6.5.2.3).

    Raises
    ------
    ValueError
        If P is not between 0 and 1.
    """
    from scipy.special import ndtri

    return np.asarray(np.abs(np.asarray(difference, dtype=float)) / -ndtri(_probability(p) / 2), dtype=float)


def sd_from_difference_se(se: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Floats:
    """Within-group SD that gives this standard error of the difference of two means (6.5.2.3)."""
    per_group = 1 / np.asarray(n1, dtype=float) + 1 / np.asarray(n2, dtype=float)
    return np.asarray(np.asarray(se, dtype=float) / np.sqrt(per_group), dtype=float)


def smd_from_odds_ratio(log_or: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats]:
    """SMD and its variance from a log odds ratio: times √3/π (Chinn S, Stat Med 2000;19:3127-3131)."""
    factor = np.sqrt(3.0) / np.pi
    return factor * np.asarray(log_or, dtype=float), factor**2 * np.asarray(variance, dtype=float)


def _probability(p: ArrayLike) -> Floats:
    p = np.asarray(p, dtype=float)
    if np.any((p <= 0) | (p >= 1)):
        raise ValueError(f"P is {p}, expected more than 0 and less than 1")
    return p
