"""Posteriors that are averaged over models: densities, and a lump at 0 where a parameter is held there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._root import root
from glabella.synthesis.bayesian._averaging_mesh import Density

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """A posterior as a mixture of models' posteriors.

    Attributes
    ----------
    at_zero : float
        Probability of exactly 0.
    """

    at_zero: float
    weights: tuple[float, ...]
    densities: tuple[Density, ...]

    @classmethod
    def of(cls, parts: Sequence[tuple[float, Density | None]]) -> Mixture:
        """Mix; a part without a density lies at 0. Of no part at all everything is NaN."""
        total = sum(weight for weight, _ in parts) or float("nan")
        # A model of which nothing is left adds work and no number.
        kept = [(weight / total, part) for weight, part in parts if part is not None and weight > 0]
        at_zero = sum(weight for weight, part in parts if part is None) / total if parts else float("nan")
        return cls(at_zero, tuple(weight for weight, _ in kept), tuple(part for _, part in kept))

    def density(self, x: ArrayLike) -> Floats:
        """Give the density of what is not at 0; it integrates to ``1 - at_zero``."""
        points = np.asarray(x, dtype=float)
        found = np.zeros_like(points)
        for weight, part in zip(self.weights, self.densities, strict=True):
            found = found + weight * part.density(points)
        return found

    def cdf(self, x: ArrayLike) -> Floats:
        """Give the probability of a value up to x."""
        points = np.asarray(x, dtype=float)
        found = np.where(points >= 0, self.at_zero, 0.0)
        for weight, part in zip(self.weights, self.densities, strict=True):
            found = found + weight * part.cdf(points)
        return np.asarray(found)

    @cached_property
    def mean(self) -> float:
        """The mean."""
        return self._moment(1)

    @cached_property
    def sd(self) -> float:
        """The standard deviation."""
        return float(np.sqrt(max(self._moment(2) - self.mean**2, 0.0)))

    def _moment(self, power: int) -> float:
        if np.isnan(self.at_zero):
            return float("nan")
        return float(sum(w * part.moment(power) for w, part in zip(self.weights, self.densities, strict=True)))

    @property
    def median(self) -> float:
        """The median."""
        return float(self.quantile(0.5))

    def quantile(self, p: ArrayLike) -> Floats:
        """Give quantiles: the least value up to which at least p lies."""
        asked = np.asarray(p, dtype=float)
        if ((asked <= 0) | (asked >= 1)).any():
            raise ValueError(f"p is {asked}, expected probabilities between 0 and 1")
        if np.isnan(self.at_zero):
            return np.full(asked.shape, np.nan)
        return np.array([self._quantile(each) for each in asked.ravel().tolist()]).reshape(asked.shape)

    def _quantile(self, p: float) -> float:
        if not self.densities:
            return 0.0
        at = float(self.cdf(0.0))
        if at - self.at_zero < p <= at:
            return 0.0
        # Below 0 the lump has not yet been counted.
        low = min(0.0, *(float(part.low[0]) for part in self.densities))
        high = max(0.0, *(float(part.high[-1]) for part in self.densities))
        low, high = (0.0, high) if p > at else (low, -0.0)
        lump = self.at_zero if p > at else 0.0

        def excess(x: float) -> float:
            parts = zip(self.weights, self.densities, strict=True)
            return lump + sum(weight * float(part.cdf(x)) for weight, part in parts) - p

        return root(excess, low, high, xtol=1e-13, rtol=1e-13)

    def interval(
        self, level: float = 0.95, kind: Literal["central", "shortest"] = "central"
    ) -> tuple[float, float]:
        """Give the central interval, or the shortest one.

        Of a distribution with a lump the shortest interval is sought among those that end at quantiles.
        """
        if not 0 < level < 1:
            raise ValueError(f"level is {level}, expected between 0 and 1")
        if kind not in ("central", "shortest"):
            raise ValueError(f"unknown kind {kind!r}; expected 'central' or 'shortest'")
        if kind == "central":
            low, high = self.quantile([(1 - level) / 2, (1 + level) / 2])
            return float(low), float(high)
        return self._shortest(level)

    def _shortest(self, level: float) -> tuple[float, float]:
        from scipy.optimize import minimize_scalar

        def width(below: float) -> float:
            low, high = self.quantile([below, below + level])
            return float(high - low)

        edge = 1e-9
        tries = np.linspace(edge, 1 - level - edge, 25)
        widths = [width(each) for each in tries]
        best = int(np.argmin(widths))
        around = (tries[max(best - 1, 0)], tries[min(best + 1, len(tries) - 1)])
        found = minimize_scalar(width, bounds=around, method="bounded", options={"xatol": 1e-9})
        below = float(found.x) if found.fun < widths[best] else float(tries[best])
        low, high = self.quantile([below, below + level])
        return float(low), float(high)
