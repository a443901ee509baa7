"""What a mixture of two gamma distributions says of a pair: geometric mean and quantiles, for millions of pairs.

A posterior is two gammas of shapes ``alpha + n`` and rates ``beta + expected``. Its quantiles have no closed form.
They are roots in the logarithm of the ratio, found by Halley's method on the logarithm of a tail, which is close to
straight there, inside a bracket. A good start makes one step enough: quantiles are tabulated by count and log
expected count first, and the table is read between its nodes. Each pair's last step is a check of its own accuracy,
so that the table cannot spoil a result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.safety.measures._chunks import in_chunks

Floats = NDArray[np.float64]
Prior = tuple[float, float, float, float, float]

#: A step of Halley's method this small (over the scale of the posterior) leaves an error far below 1e-9.
_SMALL = 1e-3
#: A component of less weight than this cannot move a quantile by 1e-10.
_NEGLIGIBLE = 1e-13
_STEPS = 300
#: Log ratio below which a quantile is not followed: 1e-300 stands for it. Only shapes below the other lead there.
_FLOOR, _SPIKE = -690.0, 0.1
#: Counts and nodes of the table of starts; below this many pairs a table costs more than it saves.
_COUNTS, _NODES, _WORTH = 96, 1024, 400_000
#: Distinct counts up to this are tabulated for the gamma functions.
_GAMMA_TABLE = 200_000


@dataclass(frozen=True, slots=True)
class _Posterior:
    """Weight of the first component, and shape, rate and log gamma function of both, pair by pair."""

    weight: Floats
    shapes: tuple[Floats, Floats]
    rates: tuple[Floats, Floats]
    log_gammas: tuple[Floats, Floats]

    def at(self, rows: NDArray[np.intp]) -> _Posterior:
        """Keep some of the pairs."""
        pick = tuple((one[rows], two[rows]) for one, two in (self.shapes, self.rates, self.log_gammas))
        return _Posterior(self.weight[rows], *pick)


@dataclass(frozen=True, slots=True)
class _Gammas:
    """Log gamma and digamma of ``alpha + n``: read from a table where counts are small."""

    alphas: tuple[float, float]
    log_gamma: tuple[Floats, Floats] | None
    digamma: tuple[Floats, Floats] | None

    def of(self, n: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        from scipy.special import digamma, gammaln

        if self.log_gamma is None or self.digamma is None:
            one, two = self.alphas[0] + n, self.alphas[1] + n
            return (gammaln(one), gammaln(two)), (digamma(one), digamma(two))
        at = n.astype(np.intp)
        return (self.log_gamma[0][at], self.log_gamma[1][at]), (self.digamma[0][at], self.digamma[1][at])


def _gammas(prior: Prior, most: float) -> _Gammas:
    from scipy.special import digamma, gammaln

    alphas = prior[0], prior[2]
    if most > _GAMMA_TABLE:
        return _Gammas(alphas, None, None)
    counts = np.arange(int(most) + 1.0)
    one, two = alphas[0] + counts, alphas[1] + counts
    return _Gammas(alphas, (gammaln(one), gammaln(two)), (digamma(one), digamma(two)))


def _posterior(prior: Prior, n: Floats, expected: Floats, gammas: _Gammas) -> tuple[_Posterior, Floats]:
    """Give the posterior of each pair and its mean of the logarithm of the ratio."""
    from scipy.special import expit, gammaln

    alpha1, beta1, alpha2, beta2, p = prior
    log_gammas, digammas = gammas.of(n)
    rates = beta1 + expected, beta2 + expected
    logs = np.log(rates[0]), np.log(rates[1])
    shapes = alpha1 + n, alpha2 + n
    constant = (
        np.log(p)
        - np.log1p(-p)
        + alpha1 * np.log(beta1)
        - alpha2 * np.log(beta2)
        - gammaln(alpha1)
        + gammaln(alpha2)
    )
    logit = log_gammas[0] - log_gammas[1] - shapes[0] * logs[0] + shapes[1] * logs[1] + constant
    weight = expit(logit)
    mean = weight * (digammas[0] - logs[0]) + (1 - weight) * (digammas[1] - logs[1])
    return _Posterior(weight, shapes, rates, log_gammas), mean


def _tail(post: _Posterior, log_ratio: Floats, *, upper: bool) -> tuple[Floats, Floats, Floats]:
    """Give a tail probability at ``exp(log_ratio)``, the density of ``log_ratio``, and the density's slope."""
    from scipy.special import gammainc, gammaincc

    ratio = np.exp(log_ratio)
    tail, density, slope = np.zeros((3, len(ratio)))
    chance = gammaincc if upper else gammainc
    for weight, shape, rate, log_gamma in zip(
        (post.weight, 1 - post.weight), post.shapes, post.rates, post.log_gammas, strict=True
    ):
        x = rate * ratio
        # Not by the function's own `where`: SciPy 1.17's incomplete gamma functions write out of bounds with it.
        counts = np.flatnonzero(weight > _NEGLIGIBLE)
        if len(counts) == len(x):
            tail += weight * chance(shape, x)
        else:
            tail[counts] += weight[counts] * chance(shape[counts], x[counts])
        each = weight * np.exp(shape * (np.log(rate) + log_ratio) - x - log_gamma)
        density += each
        slope += (shape - x) * each
    return tail, density, slope


def _step(post: _Posterior, log_ratio: Floats, share: float, *, upper: bool) -> tuple[Floats, Floats]:
    """Give Halley's step for the logarithm of the tail, and by how much that lies above what it should be."""
    tail, density, slope = _tail(post, log_ratio, upper=upper)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        above = np.log(tail / share)
        first = density / tail
        if upper:
            first = -first
            second = -slope / tail - first * first
        else:
            second = slope / tail - first * first
        newton = -above / first
        # h·h''/(2 h'^2), kept where the method still converges.
        bend = np.clip(newton * second / (2 * first), -0.5, 0.5)
        step = newton / (1 + bend)
    return step, above


def _solve(post: _Posterior, start: Floats, share: float, *, upper: bool) -> Floats:
    """Find where the tail is ``share``."""
    found = start.copy()
    step, above = _step(post, found, share, upper=upper)
    least = np.minimum(*post.shapes)
    accuracy = _SMALL / np.sqrt(1 + least)
    good = np.abs(step) < accuracy
    found[good] += step[good]
    nothing = np.flatnonzero(~good & (least < _SPIKE))
    nothing = nothing[_below_floor(post.at(nothing), share, upper=upper)]
    found[nothing], good[nothing] = _FLOOR, True
    rows = np.flatnonzero(~good)
    if rows.size == 0:
        return found
    post, accuracy = post.at(rows), accuracy[rows]
    at, step, above = found[rows], step[rows], above[rows]
    low, high = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
    for _ in range(_STEPS):
        # A lower tail too large, or an upper one too small, means the root lies below.
        below = (above > 0) != upper
        high = np.where(below, np.minimum(high, at), high)
        low = np.where(below, low, np.maximum(low, at))
        at = _inside(at, step, low, high, below)
        step, above = _step(post, at, share, upper=upper)
        good = (np.abs(step) < accuracy) | (high - low < 1e-13 * (1 + np.abs(at)))
        found[rows[good]] = at[good] + np.where(np.isfinite(step[good]), step[good], 0)
        if good.all():
            return found
        left = np.flatnonzero(~good)
        rows, post, accuracy = rows[left], post.at(left), accuracy[left]
        at, step, above, low, high = at[left], step[left], above[left], low[left], high[left]
    raise ArithmeticError(f"{len(rows)} posterior quantiles were not found in {_STEPS} steps")


def _below_floor(post: _Posterior, share: float, *, upper: bool) -> NDArray[np.bool_]:
    """Say where the quantile is nothing to a computer: a component of a tiny shape is a spike at zero."""
    tail, _, _ = _tail(post, np.full(len(post.weight), _FLOOR), upper=upper)
    return np.asarray((tail > share) != upper)


def _inside(at: Floats, step: Floats, low: Floats, high: Floats, below: NDArray[np.bool_]) -> Floats:
    """Take the step where it goes the right way and stays in the bracket; otherwise halve that, or walk."""
    right = np.isfinite(step) & ((step < 0) == below)
    following = at + np.clip(np.where(right, step, 0), -4, 4)
    closed = np.isfinite(low) & np.isfinite(high)
    outside = ~right | (following <= low) | (following >= high)
    middle = np.where(
        closed, (np.where(closed, low, 0) + np.where(closed, high, 0)) / 2, np.where(below, at - 1, at + 1)
    )
    return np.where(outside, middle, following)


def _wilson_hilferty(post: _Posterior, normal: float) -> Floats:
    """Start from the cube-root normal approximation to each component, weighted on the log scale."""
    start = np.zeros_like(post.weight)
    for weight, shape, rate in zip((post.weight, 1 - post.weight), post.shapes, post.rates, strict=True):
        third = 1 / (9 * shape)
        root = 1 - third + normal * np.sqrt(third)
        # For small shapes the approximation goes below zero; the lower tail is a power there.
        start += weight * (3 * np.log(np.maximum(root, 0.05)) + np.log(shape / rate))
    return start


@dataclass(frozen=True, slots=True)
class _Starts:
    """Logarithms of both quantiles by count and log expected count."""

    low: float
    width: float
    tables: tuple[Floats, Floats]

    def at(self, n: Floats, expected: Floats) -> tuple[Floats, Floats]:
        place = (np.log(expected) - self.low) / self.width
        node = np.clip(place.astype(np.intp), 0, _NODES - 2)
        part = place - node
        flat = np.minimum(n, _COUNTS - 1).astype(np.intp) * _NODES + node
        low, high = (table[flat] + part * (table[flat + 1] - table[flat]) for table in self.tables)
        return low, high


def _starts(prior: Prior, n: Floats, expected: Floats, gammas: _Gammas) -> _Starts | None:
    if len(n) < _WORTH:
        return None
    above = expected[expected > 0]
    if not above.size:
        return None
    low, high = float(np.log(above.min())), float(np.log(above.max()))
    width = max((high - low) / (_NODES - 2), 1e-9)
    grid = np.exp(low + width * np.arange(_NODES))
    counts = np.repeat(np.arange(float(_COUNTS)), _NODES)
    made = np.empty((2, len(counts)))
    every = np.tile(grid, _COUNTS)

    def work(part: slice) -> None:
        post, _ = _posterior(prior, counts[part], every[part], gammas)
        made[0, part] = _solve(post, _wilson_hilferty(post, -1.645), 0.05, upper=False)
        made[1, part] = _solve(post, _wilson_hilferty(post, 1.645), 0.05, upper=True)

    in_chunks(work, len(counts))
    return _Starts(low, width, (made[0], made[1]))


def posterior_scores(prior: Prior, n: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
    """Give EBGM, EB05 and EB95 of each pair.

    Parameters
    ----------
    prior : tuple of float
        ``alpha1, beta1, alpha2, beta2, p``, all above zero and ``p`` below one.
    n, expected : array of float
        Whole numbers from zero, and expected counts from zero.

    Returns
    -------
    tuple of array
        ``exp`` of the posterior mean of the log ratio, and the posterior's 5 % and 95 % quantiles.
    """
    most = max(float(n.max(initial=0)), float(_COUNTS))
    gammas = _gammas(prior, most)
    starts = _starts(prior, n, expected, gammas)
    out = np.empty((3, len(n)))

    def work(part: slice) -> None:
        counts, means = n[part], expected[part]
        post, log_mean = _posterior(prior, counts, means, gammas)
        np.exp(log_mean, out=out[0, part])
        low, high = _wilson_hilferty(post, -1.645), _wilson_hilferty(post, 1.645)
        if starts is not None:
            tabled = (counts < _COUNTS) & (means > 0)
            read = starts.at(counts[tabled], means[tabled])
            low[tabled], high[tabled] = read
        np.exp(_solve(post, low, 0.05, upper=False), out=out[1, part])
        np.exp(_solve(post, high, 0.05, upper=True), out=out[2, part])

    in_chunks(work, len(n))
    return out[0], out[1], out[2]
