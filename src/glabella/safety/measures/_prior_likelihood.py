"""The marginal likelihood of counts under a mixture of two gamma priors, with its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Convention = Literal["all", "mixture", "component"]


@dataclass(frozen=True, slots=True)
class Points:
    """Counts with their expected counts, each standing for ``weight`` pairs.

    Attributes
    ----------
    n, expected, weight : array
        A weight may be negative: observed pairs are taken away from all cells to leave those never seen.
    counts, which : array
        The distinct counts, and which of them each point has: gamma functions are needed only of these.
    """

    n: Floats
    expected: Floats
    weight: Floats
    counts: Floats
    which: NDArray[np.intp]


def points(n: Floats, expected: Floats, weight: Floats) -> Points:
    """Prepare points for :func:`log_likelihood`; a cell with nothing expected and nothing seen says nothing."""
    kept = expected > 0
    n, expected, weight = n[kept], expected[kept], weight[kept]
    counts, which = np.unique(n, return_inverse=True)
    return Points(n=n, expected=expected, weight=weight, counts=counts, which=which)


@dataclass(frozen=True, slots=True)
class _Component:
    """One negative binomial at every point: log density and its slopes, and the same of a count of zero."""

    log_density: Floats
    slope_alpha: Floats
    slope_beta: Floats
    log_zero: Floats
    zero_slope_beta: Floats


def _component(at: Points, log_alpha: float, log_beta: float) -> _Component:
    from scipy.special import digamma, gammaln

    alpha, beta = np.exp(log_alpha), np.exp(log_beta)
    rising = gammaln(alpha + at.counts) - gammaln(alpha) - gammaln(at.counts + 1)
    rising_slope = digamma(alpha + at.counts) - digamma(alpha)
    share = at.expected / (beta + at.expected)
    log_zero = -alpha * np.log1p(at.expected / beta)
    return _Component(
        log_density=rising[at.which] + log_zero + at.n * np.log(share),
        slope_alpha=alpha * rising_slope[at.which] + log_zero,
        slope_beta=alpha * share - at.n * (1 - share),
        log_zero=log_zero,
        zero_slope_beta=alpha * share,
    )


def _truncated(one: _Component) -> _Component:
    """Condition a component on being seen at all."""
    odds = np.exp(one.log_zero) / -np.expm1(one.log_zero)
    return _Component(
        log_density=one.log_density - np.log(-np.expm1(one.log_zero)),
        slope_alpha=one.slope_alpha + odds * one.log_zero,
        slope_beta=one.slope_beta + odds * one.zero_slope_beta,
        log_zero=one.log_zero,
        zero_slope_beta=one.zero_slope_beta,
    )


def log_likelihood(theta: Floats, at: Points, convention: Convention) -> tuple[float, Floats]:
    """Give the log-likelihood and its gradient.

    Parameters
    ----------
    theta : array of 5
        ``log alpha1, log beta1, log alpha2, log beta2, logit p``.
    at : Points
        What was observed.
    convention : str
        ``"all"``: zero cells are among the points. ``"mixture"``: only pairs seen, and the mixture is
        conditioned on a count above zero. ``"component"``: each component is conditioned separately.
    """
    p = 1 / (1 + np.exp(-theta[4]))
    log_p, log_rest = -np.logaddexp(0, -theta[4]), -np.logaddexp(0, theta[4])
    plain = _component(at, theta[0], theta[1]), _component(at, theta[2], theta[3])
    first, second = (_truncated(plain[0]), _truncated(plain[1])) if convention == "component" else plain
    ones, twos = log_p + first.log_density, log_rest + second.log_density
    total = np.logaddexp(ones, twos)
    share = np.exp(ones - total)
    slopes = [
        share * first.slope_alpha,
        share * first.slope_beta,
        (1 - share) * second.slope_alpha,
        (1 - share) * second.slope_beta,
        share - p,
    ]
    if convention == "mixture":
        unseen = [np.exp(one.log_zero) for one in plain]
        seen = -p * np.expm1(plain[0].log_zero) - (1 - p) * np.expm1(plain[1].log_zero)
        total = total - np.log(seen)
        weights = p * unseen[0] / seen, (1 - p) * unseen[1] / seen
        slopes[0] = slopes[0] + weights[0] * plain[0].log_zero
        slopes[1] = slopes[1] + weights[0] * plain[0].zero_slope_beta
        slopes[2] = slopes[2] + weights[1] * plain[1].log_zero
        slopes[3] = slopes[3] + weights[1] * plain[1].zero_slope_beta
        slopes[4] = slopes[4] + p * (1 - p) * (unseen[0] - unseen[1]) / seen
    # Not by a matrix product: its library starts threads for as many points, and the starts have threads already.
    sums = np.einsum("i,ji->j", at.weight, np.stack([total, *slopes]))
    return float(sums[0]), sums[1:]
