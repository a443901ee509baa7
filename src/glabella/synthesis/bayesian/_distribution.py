"""Marginal distributions of a posterior: mixtures of normals over τ, and τ itself.

Every :class:`Distribution` answers the same questions, for one analysis or a batch of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._blocks import by_blocks
from glabella.synthesis._numbers import FARTHEST, check_level, numbers
from glabella.synthesis.bayesian._conditional import Conditional
from glabella.synthesis.bayesian._priors import TauPrior
from glabella.synthesis.bayesian._quadrature import Grid, from_line, to_line
from glabella.synthesis.bayesian._solve import Curve, Table, peaks, quantiles, shortest

Floats = NDArray[np.float64]
Kind = Literal["shortest", "central"]

#: Components of a mixture, by the posterior's probability below, about which its table has points, and where; and
#: how many of the components the table leaves out, as it need not be exact. A narrow component that holds little
#: may still be the highest.
_PARTS = (0.05, 0.5, 0.95)
_BESIDE = (0.001, 0.01, 0.02, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.99)
_STEPS = np.array([-3.4, -2.4, -1.6, -0.9, -0.3, 0.3, 0.9, 1.6, 2.4, 3.4])
_THIN = 3
#: Points of Gauss's rule within half a step of the grid.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Mixtures of normal distributions: weights, means and standard deviations of shape (rows, n)."""

    weight: Floats
    mean: Floats
    sd: Floats

    def rows(self, index: Any) -> Mixture:
        """Give the same for some rows."""
        return Mixture(self.weight[index], self.mean[index], self.sd[index])

    def table(self) -> Table:
        """Points about some components, so that each scale there is has some; roughly what is there."""
        below = np.cumsum(self.weight, axis=1)
        place = (below[:, :, None] < np.array(_PARTS + _BESIDE)).sum(axis=1)
        mean, sd = (np.take_along_axis(each, np.minimum(place, each.shape[1] - 1), axis=1)
                    for each in (self.mean, self.sd))  # fmt: skip
        parts = len(_PARTS)
        spread = (mean[:, :parts, None] + sd[:, :parts, None] * _STEPS).reshape(len(mean), -1)
        z = np.sort(np.concatenate([spread, mean[:, parts:]], axis=1), axis=1)
        # A posterior that is all at one τ may be in a component that would be left out.
        thin = _THIN if self.weight[:, ::_THIN].any(axis=1).all() else 1
        part = self.weight[:, ::thin]
        part = part / part.sum(axis=1, keepdims=True)
        f, first, _ = Mixture(part, self.mean[:, ::thin], self.sd[:, ::thin]).at(z)
        with np.errstate(divide="ignore"):
            return z, f, np.log(first)

    def at(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Distribution function, density and its slope."""
        from scipy.special import ndtr

        inverse = 1 / self.sd[:, None, :]
        away = (z[..., None] - self.mean[:, None, :]) * inverse
        weight = self.weight[..., None]
        height = np.exp(-0.5 * away * away) * (inverse / math.sqrt(2 * math.pi))
        return (
            (ndtr(away) @ weight)[..., 0],
            (height @ weight)[..., 0],
            -((height * away * inverse) @ weight)[..., 0],
        )

    def x(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Give the coordinate itself."""
        nothing = np.zeros_like(z)
        return z, nothing, nothing

    def z(self, x: Floats) -> Floats:
        """Give the quantity itself."""
        return x

    def log_density(self, x: Floats) -> Floats:
        """Log density."""
        away = (x[..., None] - self.mean[:, None, :]) / self.sd[:, None, :]
        height = np.exp(-0.5 * away * away) / self.sd[:, None, :]
        with np.errstate(divide="ignore"):
            return np.asarray(np.log((height @ self.weight[..., None])[..., 0]) - 0.5 * math.log(2 * math.pi))


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Posteriors of τ, in the coordinate t of their grids.

    The density in t is the sinc interpolant of the grid's masses. The distribution function is known exactly at the
    grid's points (the interpolant integrated); between them the interpolant is integrated by Gauss's rule.
    """

    grid: Grid
    below: Floats
    model: Conditional
    prior: TauPrior

    @classmethod
    def of(cls, grid: Grid, model: Conditional, prior: TauPrior) -> Heterogeneity:
        """Integrate the interpolant up to each point of the grid."""
        from scipy.special import sici

        n = grid.tau.shape[1]
        integral = 0.5 + sici(np.pi * np.arange(1 - n, n))[0] / np.pi
        each = integral[np.arange(n) - np.arange(n)[:, None] + n - 1]
        return cls(grid, np.maximum.accumulate(np.clip(grid.weight @ each, 0.0, 1.0), axis=1), model, prior)

    def rows(self, index: Any) -> Heterogeneity:
        """Give the same for some rows."""
        return Heterogeneity(self.grid.rows(index), self.below[index], self.model.rows(index), self.prior)

    def table(self) -> Table:
        """Give the grid's own points."""
        grid = self.grid
        t = np.minimum(grid.first[:, None] + grid.step[:, None] * np.arange(grid.tau.shape[1]), grid.last[:, None])
        with np.errstate(divide="ignore"):
            return t, self.below, np.log(grid.weight / grid.step[:, None]) - self.x(t)[1]

    def at(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Distribution function and two derivatives in t."""
        step, last = self.grid.step[:, None], self.grid.tau.shape[1] - 1
        at = (z - self.grid.first[:, None]) / step
        near = np.clip(np.rint(at), 0, last)
        way = at - near
        between = near[..., None] + way[..., None] * (0.5 + 0.5 * _NODES)
        rows, m = z.shape
        places = np.concatenate([at[..., None], between], axis=-1).reshape(rows, -1)
        first, second = self._interpolant(places)
        first, second = first.reshape(rows, m, -1), second.reshape(rows, m, -1)
        more = 0.5 * way * (first[..., 1:] @ _WEIGHTS)
        f = self.below[np.arange(rows)[:, None], near.astype(int)] + more
        return np.clip(f, 0.0, 1.0), first[..., 0] / step, second[..., 0] / step**2

    def _interpolant(self, at: Floats) -> tuple[Floats, Floats]:
        """Sinc interpolant of the masses and its slope, at places counted in points of the grid."""
        order = np.arange(self.grid.tau.shape[1])
        # On a point the sums below are 0/0: beside it, they are not, and no digit is lost that counts.
        whole = np.rint(at)
        part = at - whole
        part = np.where(np.abs(part) < 1e-11, 1e-11, part)
        sign = 1.0 - 2.0 * (whole % 2)
        inverse = 1 / (whole[..., None] - order + part[..., None])
        weight = (self.grid.weight * (1.0 - 2.0 * (order % 2)))[..., None]
        one, two = (inverse @ weight)[..., 0], (np.square(inverse, out=inverse) @ weight)[..., 0]
        sine, cosine = sign * np.sin(np.pi * part) / np.pi, sign * np.cos(np.pi * part)
        return sine * one, cosine * one - sine * two

    def x(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Give τ at t, log dτ/dt, and its slope."""
        spread = self.grid.spread[:, None]
        speed = spread * np.cosh(z)
        tau, jacobian = from_line(self.grid.centre[:, None] + spread * np.sinh(z), self.grid.upper)
        # d/du of log dτ/du is 1, or falls to -1 at the upper end of the support.
        bend = 1.0 if math.isinf(self.grid.upper) else 1 - 2 * tau / self.grid.upper
        return tau, jacobian + np.log(speed), bend * speed + np.tanh(z)

    def z(self, x: Floats) -> Floats:
        """Give t at τ."""
        u = to_line(x, self.grid.upper)
        return np.asarray(np.arcsinh((u - self.grid.centre[:, None]) / self.grid.spread[:, None]))

    def log_density(self, x: Floats) -> Floats:
        """Log density, from prior and likelihood."""
        inside = (x >= 0) & (x <= self.grid.upper)
        at = np.where(inside, x, 0.0)
        found = self.model.log_likelihood(at) + self.prior.log_density(at) - self.grid.log_norm[:, None]
        return np.where(inside, found, -np.inf)


@dataclass(frozen=True)
class Distribution:
    """The posterior of one quantity; numbers for a single analysis, arrays with a leading axis for a batch.

    Attributes
    ----------
    mean, sd : float or ndarray
        Mean and standard deviation. A mean that does not exist is NaN, a variance that does not is infinite: where
        the posterior's tail is too heavy, as with few studies and a heavy-tailed prior.
    level : float
        Of an interval that is not asked for at another.
    """

    mean: Any
    sd: Any
    level: float
    curve: Curve = field(repr=False)
    shape: tuple[int, ...] = field(repr=False)
    good: NDArray[np.intp] = field(repr=False)
    lower: float = field(repr=False)

    @cached_property
    def median(self) -> Any:
        """Median."""
        return self.quantile(0.5)

    @cached_property
    def mode(self) -> Any:
        """Where the density is highest."""

        def work(curve: Curve, table: Table) -> Floats:
            z, _, log = table
            top = peaks(z, log, lambda at: curve.log_density(curve.x(at)[0]))
            start = np.isneginf(top)
            found = np.minimum(curve.x(np.where(start, z[:, 0], top)[:, None])[0][:, 0], self._upper)
            return np.where(start, self.lower, found)[:, None] if np.isfinite(self.lower) else found[:, None]

        return self._given(work, 1, ())

    def quantile(self, p: ArrayLike) -> Any:
        """Value below which the quantity lies with probability ``p``, one or several.

        Raises
        ------
        ValueError
            If a probability is not between 0 and 1.
        """
        asked = numbers(p, "p")
        if asked.ndim > 1 or not ((asked >= 0) & (asked <= 1)).all():
            raise ValueError(f"p is {asked.tolist()}, expected one or a list of probabilities between 0 and 1")
        # The ends of the support are known, and are nowhere on the line.
        inside = np.where((asked == 0) | (asked == 1), 0.5, asked).ravel()

        def work(curve: Curve, table: Table) -> Floats:
            at = quantiles(curve, np.broadcast_to(inside, (len(table[0]), inside.size)), table)
            return curve.x(at)[0]

        found = np.asarray(self._given(work, inside.size, asked.shape))
        found = np.where(asked == 0, self.lower, np.where(asked == 1, self._upper, found))
        return found if found.ndim else found.item()

    def density(self, x: ArrayLike) -> Any:
        """Density at ``x``, one or several."""
        return self._at(x, lambda curve, at: np.exp(curve.log_density(at)))

    def cdf(self, x: ArrayLike) -> Any:
        """Probability of lying at or below ``x``, one or several."""
        lower, upper = self.lower, self._upper

        def below(curve: Curve, at: Floats) -> Floats:
            inside = (at > lower) & (at < upper)
            # Where x is outside the support, any point within it stands in.
            found = curve.at(curve.z(np.where(inside, at, 0.5 * min(upper, 1.0))))[0]
            return np.where(inside, found, np.where(at >= upper, 1.0, 0.0))

        return self._at(x, below)

    def interval(self, level: float | None = None, kind: Kind = "shortest") -> tuple[Any, Any]:
        """Give the limits of a credible interval.

        Parameters
        ----------
        level : float, optional
            Probability within; by default that of the analysis.
        kind : {"shortest", "central"}
            The shortest one, or the one with the same probability on both sides.

        Raises
        ------
        ValueError
            If the level is not between 0 and 1, or the kind is another one.
        """
        level = self.level if level is None else level
        check_level(level)
        if kind == "central":
            found = np.asarray(self.quantile([(1 - level) / 2, (1 + level) / 2]))
        elif kind == "shortest":

            def work(curve: Curve, table: Table) -> Floats:
                return np.stack(shortest(curve, level, table, (self.lower, self._upper)), axis=1)

            found = np.asarray(self._given(work, 2, (2,)))
        else:
            raise ValueError(f"unknown kind {kind!r}; expected shortest or central")
        low, high = found[..., 0], found[..., 1]
        return (low, high) if low.ndim else (low.item(), high.item())

    @property
    def _upper(self) -> float:
        return self.curve.grid.upper if isinstance(self.curve, Heterogeneity) else math.inf

    def _at(self, x: ArrayLike, work: Callable[[Curve, Floats], Floats]) -> Any:
        """Work on points that all rows share (a number or a list), or on a list of its own for each."""
        at = np.clip(numbers(x, "x"), -FARTHEST, FARTHEST)
        if at.ndim and at.shape[:-1] not in ((), self.shape):
            raise ValueError(f"x has shape {at.shape}, expected a number, a list, or a list for each analysis")
        m = 1 if at.ndim == 0 else at.shape[-1]
        spread = np.broadcast_to(at if at.ndim else at[None], (*self.shape, m)).reshape(-1, m)[self.good]
        return self._given_rows(lambda rows: work(self.curve.rows(rows), spread[rows]), m, at.shape[-1:])

    @cached_property
    def _table(self) -> Table:
        """The curve's table; quantiles, intervals and modes all start from it."""
        found = by_blocks(
            lambda rows: dict(zip("zfl", self.curve.rows(rows).table(), strict=True)), self.good.size, _COST
        )
        return found["z"], found["f"], found["l"]

    def _given(self, work: Callable[[Curve, Table], Floats], m: int, shape: tuple[int, ...]) -> Any:
        z, f, log = self._table if self.good.size else (np.empty(0),) * 3
        return self._given_rows(lambda rows: work(self.curve.rows(rows), (z[rows], f[rows], log[rows])), m, shape)

    def _given_rows(self, work: Callable[[slice], Floats], m: int, shape: tuple[int, ...]) -> Any:
        """Do some work, of ``m`` numbers a row, on all rows that can be analysed; the others are NaN."""
        found = np.full((math.prod(self.shape), m), np.nan)
        if self.good.size:
            found[self.good] = by_blocks(lambda rows: {"": work(rows)}, self.good.size, _COST)[""]
        found = found.reshape((*self.shape, *shape))
        return found if found.ndim else found.item()


#: Numbers a row for the blocks that work is cut into: points of a grid at a few places.
_COST = 400
