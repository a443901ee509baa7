"""A prior of the mean that model averaging adds to the others, and what it asks of any prior."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import FARTHEST, check_size, number
from glabella.synthesis.bayesian._priors import Normal

Floats = NDArray[np.float64]


class ProperPrior(Protocol):
    """A density that integrates to one, on numbers of 0 or more unless it says otherwise."""

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density."""
        ...

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which the parameter lies with probability ``p``."""
        ...


@dataclass(frozen=True)
class Cauchy:
    """Cauchy prior of an effect, with its median and its scale."""

    median: float
    scale: float

    def __post_init__(self) -> None:
        number(self.median, "Cauchy: median")
        check_size(self.scale, "Cauchy: scale", "a finite number above 0")
        if not abs(float(self.median)) < FARTHEST:
            raise ValueError(f"Cauchy: median is {self.median}, expected a finite number")

    def log_density(self, x: Floats) -> Floats:
        """Logarithm of the density."""
        at = (np.asarray(x, dtype=float) - self.median) / self.scale
        return np.asarray(-math.log(math.pi * self.scale) - np.log1p(at**2))

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which the effect lies with probability ``p``."""
        return np.asarray(self.median + self.scale * np.tan(math.pi * (np.asarray(p, dtype=float) - 0.5)))


@dataclass(frozen=True, slots=True)
class OfMean:
    """A prior of the mean, ready for use.

    Attributes
    ----------
    log_density : callable
        Logarithm of its density.
    low, high : float
        Beyond which hardly anything of it lies; the data can lie there.
    least : float
        End of the support.
    """

    log_density: Callable[[Floats], Floats]
    low: float
    high: float
    least: float


def of_mean(prior: Normal | ProperPrior, outside: float) -> OfMean:
    """Prepare a prior of the mean; one of τ stands for an effect that can only be positive."""
    if isinstance(prior, Normal):
        reach = 9.0 * prior.sd
        constant = -math.log(prior.sd * math.sqrt(2 * math.pi))

        def log_density(x: Floats) -> Floats:
            return np.asarray(constant - 0.5 * ((x - prior.mean) / prior.sd) ** 2)

        return OfMean(log_density, prior.mean - reach, prior.mean + reach, -np.inf)
    require_proper(prior, "effect_prior")
    half = hasattr(prior, "origin")
    low = 0.0 if half else float(prior.quantile(outside))
    return OfMean(prior.log_density, low, float(prior.quantile(1 - outside)), 0.0 if half else -np.inf)


def require_proper(prior: ProperPrior, name: str) -> None:
    """Raise if a prior has no constant, or is none."""
    if isinstance(prior, type) or not (hasattr(prior, "log_density") and hasattr(prior, "quantile")):
        raise ValueError(f"{name} is {prior!r}, expected a prior such as HalfNormal(0.5)")
    if not getattr(prior, "proper", True):
        raise ValueError(f"{name} is {prior}, which is improper; expected a proper prior: a Bayes factor would "
                         "depend on a constant that it does not have")  # fmt: skip
