"""Integrals over the mean and the standard deviation between studies, and the densities that they leave behind.

Panels are split until both marginals are polynomials on every panel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Gauss-Legendre nodes of a panel: a normal density over three of its standard deviations is known to 1e-8.
_NODES = 12
#: What the last two Legendre coefficients of a panel may be, relative to the integral, before it is split. Gauss's
#: rule is exact to twice the degree, so that integrals are known far better than this: logarithms to 3e-9 in tests.
_TOLERANCE = 1e-5
#: Rounds of splitting; each halves the panels in question, so this reaches a millionth of a panel.
_ROUNDS = 20

_X, _W = legendre.leggauss(_NODES)
#: From values at the nodes to Legendre coefficients.
_TO_COEFFICIENTS = (np.arange(_NODES) + 0.5)[:, None] * legendre.legvander(_X, _NODES - 1).T * _W


@dataclass(frozen=True, slots=True)
class Axis:
    """Panels of one parameter; without ends, the parameter is held at 0."""

    low: Floats
    high: Floats

    @classmethod
    def over(cls, ends: ArrayLike) -> Axis:
        """Make neighbouring panels of ascending ends."""
        points = np.asarray(ends, dtype=float)
        return cls(points[:-1], points[1:])

    @classmethod
    def at_zero(cls) -> Axis:
        """Hold the parameter at 0."""
        return cls(np.empty(0), np.empty(0))

    @property
    def fixed(self) -> bool:
        """Whether the parameter is held."""
        return not len(self.low)

    @property
    def nodes(self) -> Floats:
        """Points of all panels, panel after panel."""
        if self.fixed:
            return np.zeros(1)
        half = (self.high - self.low) / 2
        return (((self.low + self.high) / 2)[:, None] + half[:, None] * _X).ravel()

    @property
    def weights(self) -> Floats:
        """Weights of the points; a parameter that is held has one point of weight 1."""
        return np.ones(1) if self.fixed else (((self.high - self.low) / 2)[:, None] * _W).ravel()

    def unresolved(self, marginal: Floats, total: float) -> NDArray[np.bool_]:
        """Say on which panels the marginal is not yet a polynomial."""
        if self.fixed:
            return np.zeros(0, dtype=bool)
        last = np.abs(marginal.reshape(-1, _NODES) @ _TO_COEFFICIENTS[-2:].T).sum(axis=1)
        return np.asarray(last * (self.high - self.low) > _TOLERANCE * total)

    def split(self, which: NDArray[np.bool_]) -> Axis:
        """Halve some panels; the others keep their order and come first."""
        middle = (self.low[which] + self.high[which]) / 2
        return Axis(
            np.concatenate([self.low[~which], self.low[which], middle]),
            np.concatenate([self.high[~which], middle, self.high[which]]),
        )


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint density of (τ, μ), integrated.

    Attributes
    ----------
    log_integral : float
        Logarithm of the integral.
    mu, tau : Density or None
        Marginals; ``None`` where the parameter is held at 0.
    """

    log_integral: float
    mu: Density | None
    tau: Density | None


def integrate(log_joint: Callable[[Floats, Floats, float], Floats], tau: Axis, mu: Axis) -> Joint:
    """Integrate a density over τ and μ.

    Parameters
    ----------
    log_joint : callable
        Takes nodes of τ (t,), nodes of μ (m,) and the best value seen so far, and gives (t, m) logarithms; what
        lies far below the best may be given as minus infinity.
    tau, mu : Axis
        Panels to begin with.
    """
    values = log_joint(tau.nodes, mu.nodes, -np.inf)
    for left in reversed(range(_ROUNDS)):
        best = float(values.max())
        if not np.isfinite(best):
            raise ValueError("the prior and the data do not overlap: no value of the mean has a positive density")
        scaled = np.exp(values - best)
        of_tau, of_mu = scaled @ mu.weights, tau.weights @ scaled
        total = float(of_tau @ tau.weights)
        split_tau, split_mu = tau.unresolved(of_tau, total), mu.unresolved(of_mu, total)
        if not left or not (split_tau.any() or split_mu.any()):
            break
        tau, fresh = _refine(tau, split_tau)
        values = np.concatenate([values[_kept(split_tau, values.shape[0])], log_joint(fresh, mu.nodes, best)])
        mu, fresh = _refine(mu, split_mu)
        new = log_joint(tau.nodes, fresh, best)
        values = np.concatenate([values[:, _kept(split_mu, values.shape[1])], new], axis=1)
    return Joint(
        best + float(np.log(total)),
        None if mu.fixed else Density.of(mu, of_mu / total),
        None if tau.fixed else Density.of(tau, of_tau / total),
    )


def _refine(axis: Axis, which: NDArray[np.bool_]) -> tuple[Axis, Floats]:
    """Split panels; give the nodes that are new as well."""
    if not which.any():
        return axis, np.empty(0)
    finer = axis.split(which)
    return finer, finer.nodes[_NODES * int((~which).sum()) :]


def _kept(which: NDArray[np.bool_], nodes: int) -> NDArray[np.bool_]:
    """Say which nodes stay when panels are split; all of a parameter that is held."""
    return np.repeat(~which, _NODES) if len(which) else np.ones(nodes, dtype=bool)


@dataclass(frozen=True)
class Density:
    """A density that is a polynomial on each of its panels."""

    low: Floats
    high: Floats
    coefficients: Floats

    @classmethod
    def of(cls, axis: Axis, values: Floats) -> Density:
        """Take the values at an axis' nodes."""
        order = np.argsort(axis.low)
        coefficients = values.reshape(-1, _NODES) @ _TO_COEFFICIENTS.T
        return cls(axis.low[order], axis.high[order], coefficients[order])

    @cached_property
    def _below(self) -> Floats:
        """What lies below each panel, and at last everything."""
        mass = self.coefficients[:, 0] * (self.high - self.low)
        return np.concatenate([[0.0], np.cumsum(mass)])

    @cached_property
    def _summed(self) -> Floats:
        """Coefficients of the integral from the start of each panel."""
        return np.asarray(legendre.legint(self.coefficients, lbnd=-1, axis=1))

    def _place(self, x: Floats) -> tuple[NDArray[np.intp], Floats]:
        panel = np.clip(np.searchsorted(self.low, x, side="right") - 1, 0, len(self.low) - 1)
        middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
        return panel, np.clip((x - middle[panel]) / half[panel], -1.0, 1.0)

    def density(self, x: ArrayLike) -> Floats:
        """Give the density."""
        points = np.asarray(x, dtype=float)
        panel, at = self._place(points)
        inside = (points >= self.low[0]) & (points <= self.high[-1])
        found = legendre.legval(at, np.moveaxis(self.coefficients[panel], -1, 0), tensor=False)
        return np.where(inside, np.maximum(found, 0.0), 0.0)

    def cdf(self, x: ArrayLike) -> Floats:
        """Give the probability of a value up to x."""
        points = np.asarray(x, dtype=float)
        panel, at = self._place(points)
        part = legendre.legval(at, np.moveaxis(self._summed[panel], -1, 0), tensor=False)
        within = part * (self.high - self.low)[panel] / 2
        return np.asarray(np.clip((self._below[panel] + within) / self._below[-1], 0.0, 1.0))

    def moment(self, power: int) -> float:
        """Give a raw moment."""
        axis = Axis(self.low, self.high)
        values = legendre.legval(_X, self.coefficients.T)
        return float((values.ravel() * axis.weights) @ axis.nodes**power)
