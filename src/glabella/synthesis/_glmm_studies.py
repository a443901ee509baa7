"""Counts of studies as exponential families: each study's log-likelihood by its natural parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Of the natural parameter: the cumulant function and its first three derivatives.
Cumulant = Callable[[Floats], tuple[Floats, Floats, Floats, Floats]]
#: More than these in all tables together would not fit the memory.
_MOST_OUTCOMES = 1e7


@dataclass(frozen=True, slots=True)
class Studies:
    """Exponential-family data: ``y`` of shape (k, groups), their cumulants, and what is known at once."""

    y: Floats
    cumulant: Cumulant
    constant: Floats
    contrast: Floats
    effects: Floats
    intercepts: Floats
    saturated: float
    q_wald: float
    at_infinity: float


def binomial_pairs(a: Floats, b: Floats, c: Floats, d: Floats) -> Studies:
    a, b, c, d = _informative(a, b, c, d)
    y, n = np.stack([a, c], axis=1), np.stack([a + b, c + d], axis=1)
    logit = np.log(y + 0.5) - np.log(n - y + 0.5)
    full = (y > 0).all(axis=1) & (y < n).all(axis=1)
    own = np.log(a[full] * d[full] / (b[full] * c[full]))
    variance = 1 / a[full] + 1 / b[full] + 1 / c[full] + 1 / d[full]
    return Studies(
        y=y,
        cumulant=_logistic(n),
        constant=_log_choose(n, y).sum(axis=1),
        contrast=np.array([0.5, -0.5]),
        effects=logit[:, 0] - logit[:, 1],
        intercepts=logit.mean(axis=1),
        saturated=float(_log_binomial(y, n).sum()),
        q_wald=_inverse_variance_q(own, variance),
        at_infinity=_at_infinity((y > 0) & (y < n), y[:, 0] > 0),
    )


def poisson_pairs(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> Studies:
    from scipy.special import gammaln, xlogy

    informs = x1 + x2 > 0
    x1, t1, x2, t2 = x1[informs], t1[informs], x2[informs], t2[informs]
    if not (x1.sum() > 0 and x2.sum() > 0):
        raise ValueError("the rate ratio is infinite or 0: no study has an event in one of the groups")
    y, t = np.stack([x1, x2], axis=1), np.stack([t1, t2], axis=1)
    log_rate = np.log((y + 0.5) / t)
    full = (y > 0).all(axis=1)
    own = np.log(x1[full] * t2[full] / (x2[full] * t1[full]))
    constant = (xlogy(y, t) - gammaln(y + 1)).sum(axis=1)
    return Studies(
        y=y,
        cumulant=_poisson(t),
        constant=constant,
        contrast=np.array([0.5, -0.5]),
        effects=log_rate[:, 0] - log_rate[:, 1],
        intercepts=log_rate.mean(axis=1),
        saturated=float((constant + (xlogy(y, y / t) - y).sum(axis=1)).sum()),
        q_wald=_inverse_variance_q(own, 1 / x1[full] + 1 / x2[full]),
        at_infinity=-np.inf,
    )


def binomials(x: Floats, rest: Floats) -> Studies:
    if not (x.sum() > 0 and rest.sum() > 0):
        raise ValueError("the logit is infinite: xi is 0 in every study, or ni in every one")
    n = x + rest
    logit = np.log((x + 0.5) / (rest + 0.5))
    full = (x > 0) & (rest > 0)
    return Studies(
        y=x[:, None],
        cumulant=_logistic(n[:, None]),
        constant=_log_choose(n, x),
        contrast=np.array([1.0]),
        effects=logit,
        intercepts=logit,
        saturated=float(_log_binomial(x, n).sum()),
        q_wald=_inverse_variance_q(np.log(x[full] / rest[full]), 1 / x[full] + 1 / rest[full]),
        at_infinity=_at_infinity(full, x > 0),
    )


def hypergeometrics(a: Floats, b: Floats, c: Floats, d: Floats) -> Studies:
    a, b, c, d = _informative(a, b, c, d)
    whole = np.stack([a, b, c, d])
    if (whole != np.rint(whole)).any():
        row = int(np.flatnonzero((whole != np.rint(whole)).any(axis=0))[0])
        raise ValueError(f"informative table {row + 1} has the cells {whole[:, row]}, expected whole numbers")
    n1, n2, m = a + b, c + d, a + c
    low, high = np.maximum(0, m - n2), np.minimum(n1, m)
    if (high - low).sum() > _MOST_OUTCOMES:
        raise ValueError(f"the tables could have turned out in {(high - low).sum():.3g} ways, expected at most "
                         f"{_MOST_OUTCOMES:g} for model CM.EL, which counts them all; UM.FS and UM.RS take "
                         "any number of people")  # fmt: skip
    lengths = (high - low).astype(int) + 1
    first = np.cumsum(lengths) - lengths
    study = np.repeat(np.arange(len(a)), lengths)
    support = low[study] + np.arange(lengths.sum()) - first[study]
    ways = _log_choose(n1[study], support) + _log_choose(n2[study], m[study] - support)
    # Counted from what was observed, so that exponents stay small; the observed count is then zero throughout.
    log_ways = ways - (_log_choose(n1, a) + _log_choose(n2, c))[study]
    cumulant = _noncentral_hypergeometric(log_ways, support - a[study], first)
    start = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    inner = (a > low) & (a < high)
    own = np.where(inner, start, 0.0)[:, None]
    for _ in range(100):
        _, mean, variance, _ = cumulant(own)
        # At an end of the support the maximum is at infinity, and the log probability there is zero.
        step = np.where(inner[:, None], np.clip(-mean / variance, -1, 1), 0.0)
        own = own + step
        if np.abs(step).max() < 1e-12:
            break
    value, _, variance, _ = cumulant(own)
    return Studies(
        y=np.zeros((len(a), 1)),
        cumulant=cumulant,
        constant=np.zeros(len(a)),
        contrast=np.array([1.0]),
        effects=start,
        intercepts=np.zeros(len(a)),
        saturated=float(-value[inner].sum()),
        q_wald=_inverse_variance_q(own[inner, 0], 1 / variance[inner, 0]),
        at_infinity=_at_infinity(inner, a > low),
    )


def _at_infinity(inner: NDArray[np.bool_], up: NDArray[np.bool_]) -> float:
    """Log-likelihood towards which studies tend as the variance between them grows; minus infinity with one inside.

    A study whose own effect is infinite, upwards or downwards, is ever likelier the further its effect is out, and
    in the end as likely as its direction; one whose own effect is finite grows unlikely.
    """
    from scipy.special import xlogy

    if inner.any():
        return -np.inf
    ups, k = int(up.sum()), len(up)
    return float(xlogy(ups, ups / k) + xlogy(k - ups, 1 - ups / k))


def _logistic(n: Floats) -> Cumulant:
    from scipy.special import expit

    def cumulant(eta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        size = n.reshape(n.shape + (1,) * (eta.ndim - 2))
        p = expit(eta)
        pq = p * expit(-eta)
        return size * np.logaddexp(0, eta), size * p, size * pq, size * pq * (1 - 2 * p)

    return cumulant


def _poisson(t: Floats) -> Cumulant:
    def cumulant(eta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        with np.errstate(over="ignore"):
            mean = t.reshape(t.shape + (1,) * (eta.ndim - 2)) * np.exp(eta)
        return mean, mean, mean, mean

    return cumulant


def _noncentral_hypergeometric(log_ways: Floats, support: Floats, first: NDArray[np.intp]) -> Cumulant:
    """Cumulants of events of group one given their total.

    ``log_ways`` and ``support`` hold the studies' supports one after the other, each from its ``first``: supports
    differ a hundredfold in length, so a rectangle would mostly be empty.
    """
    lengths = np.diff(np.append(first, len(support)))
    study = np.repeat(np.arange(len(first)), lengths)

    def cumulant(eta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        flat = eta.reshape(len(eta), -1)
        found = np.empty((4, *flat.shape))
        # One node at a time: nodes × support would not fit the memory for many large studies.
        for node in range(flat.shape[1]):
            terms = log_ways + support * flat[study, node]
            top = np.maximum.reduceat(terms, first)
            weight = np.exp(terms - top[study])
            total = np.add.reduceat(weight, first)
            weight /= total[study]
            mean = np.add.reduceat(weight * support, first)
            away = support - mean[study]
            square = weight * away**2
            variance, third = np.add.reduceat(square, first), np.add.reduceat(square * away, first)
            found[:, :, node] = top + np.log(total), mean, variance, third
        value, mean, variance, third = found.reshape(4, *eta.shape)
        return value, mean, variance, third

    return cumulant


def _log_choose(n: Floats, x: Floats) -> Floats:
    from scipy.special import gammaln

    return np.asarray(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1))


def _log_binomial(y: Floats, n: Floats) -> Floats:
    """Greatest log probability of ``y`` of ``n``, at their own proportion."""
    from scipy.special import xlogy

    return np.asarray(_log_choose(n, y) + xlogy(y, y / n) + xlogy(n - y, (n - y) / n))


def _inverse_variance_q(yi: Floats, vi: Floats) -> float:
    if len(yi) == 0:
        return 0.0
    w = 1 / vi
    return float((w * (yi - (w * yi).sum() / w.sum()) ** 2).sum())


def _informative(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    informs = (a + c > 0) & (b + d > 0)
    a, b, c, d = a[informs], b[informs], c[informs], d[informs]
    if not ((a * d).sum() > 0 and (b * c).sum() > 0):
        raise ValueError(
            "the odds ratio is infinite: in every table ai or di is 0, or in every one bi or ci; expected data"
            " with an event in each group and a non-event in each"
        )
    return a, b, c, d
