"""Priors: of the heterogeneity τ, and of an effect.

What the quadrature asks of a prior of τ is :class:`TauPrior`; anything that answers it will do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import FARTHEST, check_size, number

Floats = NDArray[np.float64]

#: Order of decay of a density that falls as 1/τ times a power of log τ: it can be integrated, but only just.
_BARELY = 1e-9


class TauPrior(Protocol):
    """What a prior of τ must tell.

    Attributes
    ----------
    proper : bool
        Whether the density integrates to one; if not, it is known up to a constant only.
    upper : float
        End of the support; may be infinite.
    tail : float
        The density falls as τ to the power ``-tail`` towards infinity; infinite where it falls faster.
    origin : float
        The density goes as τ to the power ``origin`` towards zero; infinite where it vanishes faster.
    scales : tuple of float
        Values of τ between which, and near which, the density changes its slope on the logarithmic scale.
    """

    @property
    def proper(self) -> bool: ...
    @property
    def upper(self) -> float: ...
    @property
    def tail(self) -> float: ...
    @property
    def origin(self) -> float: ...
    @property
    def scales(self) -> tuple[float, ...]: ...
    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        ...


class _Prior:
    """What the priors here share: the common case, and a density that knows its support."""

    proper = True
    upper = math.inf
    tail = math.inf
    origin = 0.0

    def density(self, tau: ArrayLike) -> Floats:
        """Density, zero outside the support."""
        at = np.asarray(tau, dtype=float)
        inside = (at >= 0) & (at <= self.upper)
        with np.errstate(divide="ignore", over="ignore"):
            return np.where(inside, np.exp(self.log_density(np.where(inside, at, 0.0))), 0.0)

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        raise NotImplementedError


def check_tau_prior(prior: object, name: str = "tau_prior") -> None:
    """Raise unless something is a prior of τ: it need not be one of those here, if it answers as one."""
    asked = ("proper", "upper", "tail", "origin", "scales", "log_density")
    if isinstance(prior, type) or not all(hasattr(prior, each) for each in asked):
        raise ValueError(f"{name} is {prior!r}, expected a prior of tau such as HalfNormal(0.5)")


def check_mean_prior(prior: object, name: str = "mu_prior") -> None:
    """Raise unless something is a normal prior, or none."""
    if not (prior is None or isinstance(prior, Normal)):
        raise ValueError(f"{name} is {prior!r}, expected None or a prior such as Normal(0, 1)")


def _positive(prior: object) -> None:
    """Raise unless every parameter of a prior is a finite number above zero."""
    for one in fields(prior):  # type: ignore[arg-type]
        value = getattr(prior, one.name)
        check_size(value, f"{type(prior).__name__}: {one.name}", "a finite number above 0")


@dataclass(frozen=True)
class HalfNormal(_Prior):
    """The upper half of a normal distribution about zero with standard deviation ``scale``."""

    scale: float

    def __post_init__(self) -> None:
        _positive(self)

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (self.scale,)

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        with np.errstate(over="ignore"):
            return np.asarray(0.5 * math.log(2 / math.pi) - math.log(self.scale) - 0.5 * (tau / self.scale) ** 2)

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        from scipy.special import ndtri

        return np.asarray(self.scale * ndtri(0.5 + np.asarray(p, dtype=float) / 2))


@dataclass(frozen=True)
class HalfT(_Prior):
    """The upper half of Student's t with ``df`` degrees of freedom, stretched by ``scale``."""

    df: float
    scale: float

    def __post_init__(self) -> None:
        _positive(self)

    @property
    def tail(self) -> float:  # type: ignore[override]
        """Order of decay."""
        return self.df + 1

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (self.scale, self.scale * math.sqrt(self.df))

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        half = (self.df + 1) / 2
        constant = math.lgamma(half) - math.lgamma(self.df / 2) - 0.5 * math.log(self.df * math.pi)
        at = np.asarray(tau) / (self.scale * math.sqrt(self.df))
        # log(1 + at²) without overflow
        return np.asarray(constant + math.log(2 / self.scale) - half * np.logaddexp(0.0, 2 * _log(at)))

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        from scipy.special import stdtrit

        return np.asarray(self.scale * stdtrit(self.df, 0.5 + np.asarray(p, dtype=float) / 2))


@dataclass(frozen=True)
class HalfCauchy(_Prior):
    """The upper half of a Cauchy distribution with ``scale``, its median."""

    scale: float
    tail = 2.0

    def __post_init__(self) -> None:
        _positive(self)

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (self.scale,)

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        at = np.asarray(tau) / self.scale
        return np.asarray(math.log(2 / (math.pi * self.scale)) - np.logaddexp(0.0, 2 * _log(at)))

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        return np.asarray(self.scale * np.tan(math.pi / 2 * np.asarray(p, dtype=float)))


@dataclass(frozen=True)
class Exponential(_Prior):
    """An exponential distribution with mean ``scale``."""

    scale: float

    def __post_init__(self) -> None:
        _positive(self)

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (self.scale,)

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        return np.asarray(-math.log(self.scale) - np.asarray(tau) / self.scale)

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        return np.asarray(-self.scale * np.log1p(-np.asarray(p, dtype=float)))


@dataclass(frozen=True)
class Lomax(_Prior):
    """A Lomax distribution: an exponential one whose rate has a gamma distribution of the given ``shape``."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        _positive(self)

    @property
    def tail(self) -> float:  # type: ignore[override]
        """Order of decay."""
        return self.shape + 1

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (self.scale,)

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        return np.asarray(math.log(self.shape / self.scale)
                          - (self.shape + 1) * np.log1p(np.asarray(tau) / self.scale))  # fmt: skip

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        return np.asarray(self.scale * np.expm1(-np.log1p(-np.asarray(p, dtype=float)) / self.shape))


@dataclass(frozen=True)
class InverseGamma(_Prior):
    """An inverse gamma distribution of τ itself (not τ²): its reciprocal has a gamma distribution.

    References
    ----------
    van Erp S, Verhagen J, Grasman RPPP, Wagenmakers E-J. J Open Psychol Data 2017;5:4.
    """

    shape: float
    scale: float
    origin = math.inf

    def __post_init__(self) -> None:
        _positive(self)

    @property
    def tail(self) -> float:  # type: ignore[override]
        """Order of decay."""
        return self.shape + 1

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (self.scale / 10, self.scale)

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        at = np.asarray(tau, dtype=float)
        constant = self.shape * math.log(self.scale) - math.lgamma(self.shape)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            found = constant - (self.shape + 1) * np.log(at) - self.scale / at
        return np.where(at > 0, found, -np.inf)

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        from scipy.special import gammainccinv

        with np.errstate(divide="ignore"):
            return np.asarray(self.scale / gammainccinv(self.shape, np.asarray(p, dtype=float)))


@dataclass(frozen=True)
class LogNormal(_Prior):
    """log τ is normal with ``mean`` and ``sd``; :meth:`of_tau2` takes those of log τ², as Turner et al. give them.

    References
    ----------
    Turner RM et al. Stat Med 2015;34:984-998.
    """

    mean: float
    sd: float
    origin = math.inf

    def __post_init__(self) -> None:
        _placed(self.mean, "mean", self.sd, "sd", "LogNormal")

    @classmethod
    def of_tau2(cls, mean: float, sd: float) -> LogNormal:
        """Take mean and standard deviation of log τ²."""
        return cls(mean / 2, sd / 2)

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends: beyond nine standard deviations nothing is left of it, nor of its moments."""
        low, high = self.mean - 9 * self.sd, self.mean + 9 * self.sd + 2 * self.sd**2
        return (math.exp(max(low, -300.0)), math.exp(min(high, 300.0)))

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        log = _log(tau)
        with np.errstate(invalid="ignore"):
            found = -0.5 * ((log - self.mean) / self.sd) ** 2 - log - math.log(self.sd * math.sqrt(2 * math.pi))
        return np.where(np.isneginf(log), -np.inf, found)

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        from scipy.special import ndtri

        return np.asarray(np.exp(self.mean + self.sd * ndtri(np.asarray(p, dtype=float))))


@dataclass(frozen=True)
class LogT(_Prior):
    """log τ has Student's t; :meth:`of_tau2` takes location and scale of log τ², as Rhodes et al. give them.

    Its density grows without bound towards zero, and its tail is so heavy that τ has no mean.

    References
    ----------
    Rhodes KM, Turner RM, Higgins JPT. J Clin Epidemiol 2015;68:52-60.
    """

    location: float
    scale: float
    df: float = 5.0
    tail = 1 + _BARELY
    origin = -1 + _BARELY

    def __post_init__(self) -> None:
        _placed(self.location, "location", self.scale, "scale", "LogT")
        # With fewer the mass beyond what a double can hold would count.
        if not (np.isfinite(number(self.df, "LogT: df", "a finite number of 4 or more")) and self.df >= 4):
            raise ValueError(f"LogT: df is {self.df}, expected a finite number of 4 or more")

    @classmethod
    def of_tau2(cls, location: float, scale: float, df: float = 5.0) -> LogT:
        """Take location and scale of log τ²."""
        return cls(location / 2, scale / 2, df)

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (math.exp(self.location - 3 * self.scale), math.exp(self.location + 3 * self.scale))

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more."""
        half = (self.df + 1) / 2
        constant = math.lgamma(half) - math.lgamma(self.df / 2) - 0.5 * math.log(self.df * math.pi)
        log = _log(tau)
        with np.errstate(invalid="ignore"):
            found = -half * np.log1p(((log - self.location) / self.scale) ** 2 / self.df) - log
        return np.where(np.isneginf(log), np.inf, found + constant - math.log(self.scale))

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``."""
        from scipy.special import stdtrit

        with np.errstate(over="ignore"):
            at = stdtrit(self.df, np.asarray(p, dtype=float))
            return np.asarray(np.exp(self.location + self.scale * at))


@dataclass(frozen=True)
class Uniform(_Prior):
    """Uniform between 0 and ``upper``; without ``upper`` the improper prior that is uniform on τ."""

    upper: float = math.inf

    def __post_init__(self) -> None:
        if not number(self.upper, "Uniform: upper", "a number above 0") > 0:
            raise ValueError(f"Uniform: upper is {self.upper}, expected a number above 0")

    @property
    def proper(self) -> bool:  # type: ignore[override]
        """Whether it has an end."""
        return math.isfinite(self.upper)

    @property
    def tail(self) -> float:  # type: ignore[override]
        """Order of decay."""
        return math.inf if self.proper else 0.0

    @property
    def scales(self) -> tuple[float, ...]:
        """Where the density bends."""
        return (self.upper,) if self.proper else ()

    def log_density(self, tau: Floats) -> Floats:
        """Logarithm of the density at τ of 0 or more; zero for the improper one."""
        return np.full(np.shape(tau), -math.log(self.upper) if self.proper else 0.0)

    def quantile(self, p: ArrayLike) -> Floats:
        """Value below which τ lies with probability ``p``; NaN for the improper one."""
        return np.asarray((self.upper if self.proper else math.nan) * np.asarray(p, dtype=float))


@dataclass(frozen=True)
class Normal:
    """Normal prior of an effect."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _placed(self.mean, "mean", self.sd, "sd", "Normal")

    def density(self, x: ArrayLike) -> Floats:
        """Density."""
        at = (np.asarray(x, dtype=float) - self.mean) / self.sd
        return np.asarray(np.exp(-0.5 * at**2) / (self.sd * math.sqrt(2 * math.pi)))


def _placed(location: float, location_name: str, spread: float, spread_name: str, what: str) -> None:
    number(location, f"{what}: {location_name}", "a finite number")
    if not abs(float(location)) < FARTHEST:
        raise ValueError(f"{what}: {location_name} is {location}, expected a finite number")
    check_size(spread, f"{what}: {spread_name}", "a finite number above 0")


def _log(values: ArrayLike) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))
