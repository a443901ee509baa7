"""The heterogeneity's posterior as sums: sinc quadrature on a grid that each row of a batch places for itself.

τ is taken to a line that has no ends: τ = e^u, or U e^u / (U + e^u) where the prior ends at U, and
u = c + b sinh t, with c and b from where the posterior lies. On that line the posterior falls off at both sides and
has no corner, so that equally spaced points sum it with an error that falls exponentially with their number, and
the same points give the distribution function (the sinc interpolant integrated). Half as many must give the same
sums, or else there will be twice as many.

References
----------
Stenger F. Numerical methods based on sinc and analytic functions. Springer, 1993.
Takahasi H, Mori M. Publ RIMS Kyoto Univ 1974;9:721-741 (double exponential formulas).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.bayesian._conditional import Conditional
from glabella.synthesis.bayesian._priors import TauPrior

Floats = NDArray[np.float64]

#: Numbers of points: the first is enough for about half of all posteriors, few need more than the third.
_POINTS = (97, 129, 161, 193, 257, 385, 769, 1537)
#: Relative difference that halving may make; the distribution function is as exact, sums are twice as exact.
_SAME = 1e-10
#: What is this much smaller than the largest value (as a logarithm) is left out: e^-38 is 3e-17.
_NOTHING = 38.0
#: log τ beyond which nothing is looked for: squares must not overflow.
_FAR = 300.0
#: How far b sinh t spreads the points, in standard deviations of u; measured on posteriors of all shapes.
_SPREAD = 2.5
#: Points of the search for the place, and how far from the scales of data and prior it begins.
_SEARCH, _MARGIN = 33, 4.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The posterior of τ on points, one row an analysis; a row with fewer points than others has weights of zero.

    Attributes
    ----------
    tau, weight : ndarray of shape (rows, n)
        Points, and the posterior's mass at each; masses sum to one.
    log_norm : ndarray of shape (rows,)
        Logarithm of the integral of prior times likelihood.
    error : ndarray of shape (rows,)
        By how much half the points give another integral, relatively.
    first, last, step : ndarray of shape (rows,)
        The points t, equally spaced.
    centre, spread : ndarray of shape (rows,)
        c and b.
    beta, cov : ndarray of shape (rows, n, p) and (rows, n, p, p)
        Mean and covariance of the coefficients given τ.
    upper : float
        End of the prior's support.
    """

    tau: Floats
    weight: Floats
    log_norm: Floats
    error: Floats
    first: Floats
    last: Floats
    step: Floats
    centre: Floats
    spread: Floats
    beta: Floats
    cov: Floats
    upper: float

    def rows(self, index: Any) -> Grid:
        """Give the same for some rows."""
        return Grid(self.tau[index], self.weight[index], self.log_norm[index], self.error[index],
                    self.first[index], self.last[index], self.step[index], self.centre[index], self.spread[index],
                    self.beta[index], self.cov[index], self.upper)  # fmt: skip


def from_line(u: Floats, upper: float) -> tuple[Floats, Floats]:
    """Give τ at u, and log dτ/du."""
    if math.isinf(upper):
        return np.exp(u), u
    below = np.logaddexp(0.0, u - math.log(upper))
    return np.exp(u - below), u - 2 * below


def to_line(tau: Floats, upper: float) -> Floats:
    """Give u at τ within the support."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(tau) if math.isinf(upper) else np.log(tau) - np.log1p(-tau / upper))


def heterogeneity_grid(model: Conditional, prior: TauPrior) -> Grid:
    """Place the grid for each row of a model, and sum prior times likelihood on it."""
    # The posterior's order of decay in u, towards infinity: likelihood, prior, and dτ/du.
    fall = model.present.sum(axis=1) - model.flat + prior.tail - 1
    low, high, centre, spread = _place(model, prior, fall)
    first, last = np.arcsinh((low - centre) / spread), np.arcsinh((high - centre) / spread)
    size = np.zeros(len(centre), dtype=int)
    parts = []
    for place, n in enumerate(_POINTS):
        left = np.flatnonzero(size == place)
        if place and not left.size:
            continue
        part = model if len(left) == len(size) else model.rows(left)
        step = (last - first)[left] / (n - 1)
        t = first[left][:, None] + step[:, None] * np.arange(n)
        u = centre[left][:, None] + spread[left][:, None] * np.sinh(t)
        tau, jacobian = from_line(u, prior.upper)
        log, beta, cov = part.at(tau)
        log += prior.log_density(tau) + jacobian + np.log(spread[left][:, None] * np.cosh(t))
        top = log.max(axis=1)
        mass = np.exp(log - top[:, None])
        total = mass.sum(axis=1)
        error = _disagreement(mass, total, u, prior.upper, fall[left])
        done = (error <= _SAME) | (place == len(_POINTS) - 1)
        size[left] = np.where(done, len(_POINTS), np.maximum(_enough(n, error), place + 1))
        norm = top + np.log(total * step)
        columns = (mass / total[:, None], norm, error, first[left], last[left], step, centre[left], spread[left])
        grid = Grid(tau, *columns, beta, cov, prior.upper)
        parts.append((left[done], grid if done.all() else grid.rows(done)))
    if len(parts) == 1:
        return parts[0][1]
    joined = together([grid for _, grid in parts])
    return joined.rows(np.argsort(np.concatenate([rows for rows, _ in parts])))


def _enough(n: int, error: Floats) -> NDArray[np.intp]:
    """Which number of points will do: the logarithm of the error is nearly proportional to it."""
    with np.errstate(divide="ignore"):
        wanted = 1.1 * n * math.log(_SAME) / np.minimum(np.log(error), -1.0)
    return np.minimum(np.searchsorted(_POINTS, wanted), len(_POINTS) - 1)


def _disagreement(mass: Floats, total: Floats, u: Floats, upper: float, fall: Floats) -> Floats:
    """How differently half the points sum the mass, and the highest moment there is."""
    error: Floats = np.abs(2 * mass[:, ::2].sum(axis=1) / total - 1)
    if math.isfinite(upper):
        return error
    centre = ((u * mass).sum(axis=1) / total)[:, None]
    moment = mass * np.exp(highest_moment(fall)[:, None] * (u - centre))
    return np.asarray(np.maximum(error, np.abs(2 * moment[:, ::2].sum(axis=1) / moment.sum(axis=1) - 1)))


def highest_moment(fall: Floats) -> Floats:
    """Give the highest of the moments 0, 1, 2 of τ that the posterior has, from its order of decay in log τ."""
    return np.where(fall > 2, 2.0, np.where(fall > 1, 1.0, 0.0))


def _place(model: Conditional, prior: TauPrior, fall: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Find where the posterior lies: ends beyond which there is nothing, centre and standard deviation of u."""
    low, high = _scales(model, prior)
    rows = np.arange(len(low))
    centre, spread = np.empty(len(low)), np.empty(len(low))
    share = np.linspace(0.0, 1.0, _SEARCH)
    order = highest_moment(fall) if math.isinf(prior.upper) else np.zeros(len(low))
    for _ in range(60):
        u = low[rows][:, None] + (high - low)[rows][:, None] * share
        tau, jacobian = from_line(u, prior.upper)
        part = model if len(rows) == len(low) else model.rows(rows)
        log = part.log_likelihood(tau) + prior.log_density(tau) + jacobian
        top = log.max(axis=1, keepdims=True)
        mass = np.exp(log - top)
        mass /= mass.sum(axis=1, keepdims=True)
        centre[rows] = (mass * u).sum(axis=1)
        gap = u[:, 1] - u[:, 0]
        spread[rows] = np.sqrt((mass * (u - centre[rows][:, None]) ** 2).sum(axis=1) + gap**2 / 12)
        moment = log + order[rows][:, None] * u
        there = (log > top - _NOTHING) | (moment > moment.max(axis=1, keepdims=True) - _NOTHING)
        first = np.maximum(there.argmax(axis=1) - 1, 0)
        last = np.minimum(_SEARCH - there[:, ::-1].argmax(axis=1), _SEARCH - 1)
        at = np.arange(len(rows))
        narrow = last - first < _SEARCH // 3
        settled = ~narrow
        stop = rows[settled]
        _reach(stop, u[settled], log[settled], top[settled, 0], prior, fall[stop], low, high)
        low[rows[narrow]] = u[at, first][narrow]
        high[rows[narrow]] = u[at, last][narrow]
        rows = rows[narrow]
        if not rows.size:
            break
    return low, high, centre, _SPREAD * spread


def _scales(model: Conditional, prior: TauPrior) -> tuple[Floats, Floats]:
    """Give the range of u in which data and prior bend the posterior; beyond it, it is a power of τ or nothing."""
    there = model.present > 0
    small = np.where(there, model.v, np.inf).min(axis=1)
    # Residuals without heterogeneity stand for how far effects lie apart.
    large = np.where(there, np.maximum(model.v, model.sums[..., -1]), 0.0).max(axis=1)
    low, high = 0.5 * np.log(small), 0.5 * np.log(large)
    if prior.scales:
        low, high = np.minimum(low, math.log(min(prior.scales))), np.maximum(high, math.log(max(prior.scales)))
    return low - _MARGIN, high + _MARGIN


def _reach(rows: NDArray[np.intp], u: Floats, log: Floats, top: Floats, prior: TauPrior, fall: Floats,
           low: Floats, high: Floats) -> None:  # fmt: skip
    """Set the ends: where the posterior, and to the right its highest moment, has fallen to nothing."""
    first = (log > (top - _NOTHING)[:, None]).argmax(axis=1)
    at = np.arange(len(rows))
    start = np.maximum(first - 1, 0)
    rise = prior.origin + 1
    low[rows] = np.maximum(u[at, start] - np.maximum(0.0, _NOTHING + log[at, start] - top) / rise, -_FAR)
    if math.isinf(prior.upper):
        order = highest_moment(fall)
        steep = fall - order
    else:
        order, steep = np.zeros(len(rows)), np.ones(len(rows))
    moment = log + order[:, None] * u
    peak = moment.max(axis=1)
    there = moment > (peak - _NOTHING)[:, None]
    end = np.minimum(u.shape[1] - there[:, ::-1].argmax(axis=1), u.shape[1] - 1)
    high[rows] = np.minimum(u[at, end] + np.maximum(0.0, _NOTHING + moment[at, end] - peak) / steep, _FAR)


def together(grids: list[Grid]) -> Grid:
    """Join grids row after row; short ones end in points of no weight."""
    width = max(grid.tau.shape[1] for grid in grids)

    def joined(name: str) -> Floats:
        values = [getattr(grid, name) for grid in grids]
        if name in ("tau", "weight", "beta", "cov"):
            last = [each[:, -1:] * (name != "weight") for each in values]
            values = [
                np.concatenate([each, np.repeat(end, width - each.shape[1], axis=1)], axis=1)
                for each, end in zip(values, last, strict=True)
            ]
        return np.concatenate(values)

    names = [one.name for one in fields(Grid) if one.name != "upper"]
    return Grid(**{name: joined(name) for name in names}, upper=grids[0].upper)
