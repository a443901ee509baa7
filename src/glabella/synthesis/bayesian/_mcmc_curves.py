"""How a mean change from baseline unfolds over weeks: curves that are zero at week 0, and their parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.bayesian._priors import Normal, TauPrior

Floats = NDArray[np.float64]


class Curve(Protocol):
    """What a time course must tell.

    Attributes
    ----------
    parameters : tuple of str
        Names.
    """

    @property
    def parameters(self) -> tuple[str, ...]: ...
    def features(self, weeks: Floats) -> Floats:
        """Give what of the weeks enters, as an array of shape (weeks, features)."""
        ...

    def value(self, xp: Any, features: Any, parameters: Any) -> Any:
        """Mean change, given parameters with the names on the last axis; ``xp`` is NumPy or JAX's NumPy."""
        ...

    def start(self, weeks: Floats, change: Floats) -> Floats:
        """Parameters near one arm's changes, to start chains from."""
        ...


@dataclass(frozen=True)
class EmaxCurve:
    """Maximum change times week / (week + ET50); parameters are the maximum and the logarithm of ET50."""

    parameters = ("maximum", "log_et50")

    def features(self, weeks: Floats) -> Floats:
        """Weeks."""
        return weeks[:, None]

    def value(self, xp: Any, features: Any, parameters: Any) -> Any:
        """Mean change."""
        week = features[:, 0]
        return parameters[..., 0] * week / (week + xp.exp(parameters[..., 1]))

    def start(self, weeks: Floats, change: Floats) -> Floats:
        """Half of the maximum in the middle of the weeks."""
        half = float(np.median(weeks))
        return np.array([change[-1] * (weeks[-1] + half) / weeks[-1], math.log(half)])


@dataclass(frozen=True)
class ExponentialCurve:
    """Maximum change times 1 - exp(-rate × week); parameters are the maximum and the logarithm of the rate."""

    parameters = ("maximum", "log_rate")

    def features(self, weeks: Floats) -> Floats:
        """Weeks."""
        return weeks[:, None]

    def value(self, xp: Any, features: Any, parameters: Any) -> Any:
        """Mean change."""
        return -parameters[..., 0] * xp.expm1(-xp.exp(parameters[..., 1]) * features[:, 0])

    def start(self, weeks: Floats, change: Floats) -> Floats:
        """Two thirds of the maximum in the middle of the weeks."""
        middle = float(np.median(weeks))
        return np.array([change[-1] / -math.expm1(-weeks[-1] / middle), -math.log(middle)])


@dataclass(frozen=True)
class PiecewiseLinearCurve:
    """Straight lines between week 0 and the knots; parameters are the changes at the knots.

    Attributes
    ----------
    knots : tuple of float
        Weeks, rising; nothing is said beyond the last.
    """

    knots: tuple[float, ...]

    def __post_init__(self) -> None:
        at = np.asarray(self.knots, dtype=float)
        if at.ndim != 1 or not len(at) or not np.isfinite(at).all() or not (np.diff(at, prepend=0.0) > 0).all():
            raise ValueError(f"knots are {self.knots}, expected weeks that rise from above 0")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the changes."""
        return tuple(f"week {knot:g}" for knot in self.knots)

    def features(self, weeks: Floats) -> Floats:
        """Weight of each knot."""
        if (weeks > self.knots[-1]).any():
            raise ValueError(f"week {weeks.max():g} is beyond the last knot, week {self.knots[-1]:g}")
        at = np.r_[0.0, self.knots]
        return np.stack([np.interp(weeks, at, unit) for unit in np.eye(len(at))[1:]], axis=1)

    def value(self, xp: Any, features: Any, parameters: Any) -> Any:
        """Mean change."""
        del xp
        return (features * parameters).sum(axis=-1)

    def start(self, weeks: Floats, change: Floats) -> Floats:
        """Read changes at the knots off straight lines."""
        return np.interp(self.knots, np.r_[0.0, weeks], np.r_[0.0, change])


@dataclass(frozen=True)
class Course:
    """What is known of a curve's parameter beforehand, and what may differ.

    Attributes
    ----------
    baseline : Normal
        Prior of the parameter in a study's base arm (that of the reference, where the study has it).
    effects : Normal or None
        Prior of each treatment's effect on the parameter against the reference; None: none has any.
    tau : TauPrior or None
        Prior of the standard deviation of that effect between studies; None: the same in every study.
    by_study : bool
        Whether each study has a baseline of its own, or all share one, which then is that of the reference.
    """

    baseline: Normal
    effects: Normal | None = None
    tau: TauPrior | None = None
    by_study: bool = True

    def __post_init__(self) -> None:
        if self.effects is None and self.tau is not None:
            raise ValueError("a course with tau has no effects; expected a prior of effects as well")
