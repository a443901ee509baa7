"""What is to be estimated: where it starts, on which scale it is free, and what may be believed of it before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Line = Literal["real", "log", "logit"]
#: Prior families by name of their parameters; of ``log_normal`` they are those of the logarithm.
FAMILIES: dict[str, Callable[[Any, Mapping[str, float]], Any]] = {
    "normal": lambda s, p: s.norm(p["mean"], p["sd"]),
    "log_normal": lambda s, p: s.lognorm(p["sd"], scale=np.exp(p["mean"])),
    "beta": lambda s, p: s.beta(p["alpha"], p["beta"]),
    "half_normal": lambda s, p: s.halfnorm(scale=p["scale"]),
    "half_cauchy": lambda s, p: s.halfcauchy(scale=p["scale"]),
    "uniform": lambda s, p: s.uniform(p["low"], p["high"] - p["low"]),
    "t": lambda s, p: s.t(p["df"], p["mean"], p["scale"]),
}


@lru_cache(maxsize=200)
def _distribution(family: str, parameters: tuple[tuple[str, float], ...]) -> Any:
    """Give a prior; scipy takes milliseconds to make one."""
    from scipy import stats

    return FAMILIES[family](stats, dict(parameters))


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number to be estimated.

    Attributes
    ----------
    name : str
        ``threshold_<definition>``, ``observer_<observer>`` and ``sensitivity_<sex>`` are looked up by the
        observations; ``sensitivity_spread`` and ``study_spread`` are standard deviations; ``antibody_share`` never
        respond; anything else stands for a constant of the model.
    value : float
        Where the search starts.
    line : {"real", "log", "logit"}
        Scale on which it is free.
    family : str
        Of the prior, a key of ``FAMILIES``; empty for none.
    parameters : mapping of str to float
        Of the prior.
    assumed : bool
        Whether the data cannot be expected to tell it.
    constant : str
        Constant of the model that it stands for; empty if none.
    product : str
        Product it belongs to; empty for all without one of their own.
    """

    name: str
    value: float
    line: Line = "real"
    family: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    assumed: bool = False
    constant: str = ""
    product: str = ""

    def __post_init__(self) -> None:
        inside = {"real": True, "log": self.value > 0, "logit": 0 < self.value < 1}[self.line]
        if not np.isfinite(self.value) or not inside:
            raise ValueError(f"{self.name} starts at {self.value}, which has no {self.line}")
        if self.family and self.family not in FAMILIES:
            raise ValueError(f"{self.name} has a prior of family {self.family!r}, expected {', '.join(FAMILIES)}")
        if self.assumed and not self.family:
            raise ValueError(f"{self.name} is assumed; expected a prior")

    def to_line(self, value: float) -> float:
        """Put a value on the real line."""
        if self.line == "log":
            return float(np.log(value))
        return float(np.log(value) - np.log1p(-value)) if self.line == "logit" else float(value)

    def from_line(self, place: float) -> float:
        """Take a value from the real line."""
        if self.line == "log":
            return float(np.exp(place))
        return float(1 / (1 + np.exp(-place))) if self.line == "logit" else float(place)

    def log_prior(self, place: float) -> float:
        """Give the log density of the prior on the real line, where its mode is sought; 0 without a prior."""
        if not self.family:
            return 0.0
        value = self.from_line(place)
        slope = {"real": 1.0, "log": value, "logit": value * (1 - value)}[self.line]
        with np.errstate(divide="ignore"):
            return float(
                _distribution(self.family, tuple(sorted(self.parameters.items()))).logpdf(value) + np.log(slope)
            )
