"""The variance between studies: estimators and Q-profile limits, for many meta-analyses at once.

Arrays have shape (batch, k) with a mask of the studies that are present; a masked study has weight zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Fisher scoring gains a factor each round; hundreds of rounds mean that it will not settle.
_MAX_ROUNDS = 1000
#: Relative change at which τ² is settled: near the limit of double precision, as the references are.
_SETTLED = 1e-13


@dataclass(frozen=True, slots=True)
class Moments:
    """Weighted sums at a given τ², each of shape (batch,), and the weights of shape (batch, k)."""

    w: Floats
    sum_w: Floats
    mean: Floats
    q: Floats
    trace_p: Floats
    trace_pp: Floats
    y_pp_y: Floats


def moments(y: Floats, v: Floats, present: Mask, tau2: Floats) -> Moments:
    """Compute what every estimator needs, with P = W - W1(1'W1)⁻¹1'W."""
    w = np.where(present, 1 / (v + tau2[:, None]), 0.0)
    w2 = w * w
    sum_w, sum_w2, sum_w3 = w.sum(axis=1), w2.sum(axis=1), (w2 * w).sum(axis=1)
    safe = np.where(sum_w > 0, sum_w, 1.0)
    mean = (w * y).sum(axis=1) / safe
    residual2 = (y - mean[:, None]) ** 2
    return Moments(
        w=w,
        sum_w=sum_w,
        mean=mean,
        q=(w * residual2).sum(axis=1),
        trace_p=sum_w - sum_w2 / safe,
        trace_pp=sum_w2 - 2 * sum_w3 / safe + (sum_w2 / safe) ** 2,
        y_pp_y=(w2 * residual2).sum(axis=1),
    )


def dersimonian_laird(fixed: Moments, k: NDArray[np.int_]) -> tuple[Floats, Floats]:
    """τ² by moments and its standard error (DerSimonian R, Laird N. Control Clin Trials 1986;7:177-188).

    ``fixed`` are the moments at τ² = 0.
    """
    df = k - 1
    trace = np.where(fixed.trace_p > 0, fixed.trace_p, 1.0)
    tau2 = np.maximum(0.0, (fixed.q - df) / trace)
    variance = 2 * df + 4 * tau2 * fixed.trace_p + 2 * tau2**2 * fixed.trace_pp
    return tau2, np.sqrt(variance) / trace


def restricted_likelihood(y: Floats, v: Floats, present: Mask) -> tuple[Floats, Floats, Mask]:
    """τ² by REML with Fisher scoring, its standard error, and whether it settled.

    Where the likelihood is higher at zero than at the maximum that was found, τ² is zero.

    References
    ----------
    Viechtbauer W. J Educ Behav Stat 2005;30:261-293.
    """
    k = present.sum(axis=1)
    df = np.maximum(k - 1, 1)
    centre = np.where(k > 0, (y * present).sum(axis=1) / np.maximum(k, 1), 0.0)
    between = (np.where(present, (y - centre[:, None]) ** 2, 0.0)).sum(axis=1) / df
    within = np.where(present, v, 0.0).sum(axis=1) / np.maximum(k, 1)
    tau2 = np.maximum(0.0, between - within)
    settled = k < 2
    for _ in range(_MAX_ROUNDS):
        rows = np.flatnonzero(~settled)
        if not rows.size:
            break
        at = moments(y[rows], v[rows], present[rows], tau2[rows])
        new = np.maximum(0.0, tau2[rows] + (at.y_pp_y - at.trace_p) / at.trace_pp)
        scale = new + within[rows]
        settled[rows] = np.abs(new - tau2[rows]) <= _SETTLED * scale
        tau2[rows] = new
    at_zero = np.zeros_like(tau2)
    higher = _log_likelihood(y, v, present, at_zero) > _log_likelihood(y, v, present, tau2)
    tau2 = np.where(higher, 0.0, tau2)
    at = moments(y, v, present, tau2)
    return tau2, np.sqrt(2 / np.where(at.trace_pp > 0, at.trace_pp, np.nan)), settled


def _log_likelihood(y: Floats, v: Floats, present: Mask, tau2: Floats) -> Floats:
    """Restricted log-likelihood, without its constant."""
    at = moments(y, v, present, tau2)
    log_v = np.where(present, np.log(v + tau2[:, None]), 0.0).sum(axis=1)
    return np.asarray(-0.5 * (log_v + np.log(np.where(at.sum_w > 0, at.sum_w, 1.0)) + at.q), dtype=float)


def q_profile(y: Floats, v: Floats, present: Mask, level: float) -> tuple[Floats, Floats]:
    """Limits of τ² at which Q(τ²) meets the chi-squared quantiles; NaN with fewer than two studies.

    Q falls and is convex in τ², so Newton's method from zero approaches each root from below and cannot
    overshoot it.

    References
    ----------
    Viechtbauer W. Stat Med 2007;26:37-52.
    """
    from scipy.special import chdtri

    k = present.sum(axis=1)
    df = np.maximum(k - 1, 1)
    limits = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        target = chdtri(df, tail)
        tau2 = np.zeros(len(y))
        active = k > 1
        for _ in range(_MAX_ROUNDS):
            rows = np.flatnonzero(active)
            if not rows.size:
                break
            at = moments(y[rows], v[rows], present[rows], tau2[rows])
            step = np.where(at.q > target[rows], (at.q - target[rows]) / np.where(at.y_pp_y > 0, at.y_pp_y, 1), 0.0)
            tau2[rows] += step
            active[rows] = step > _SETTLED * (tau2[rows] + 1e-300)
        limits.append(np.where(k > 1, tau2, np.nan))
    return limits[0], limits[1]
