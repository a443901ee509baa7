"""A standard deviation as an unbounded number, and its prior, for a sampler that follows gradients.

Its logarithm is sampled, or with an end of the support its logit. A sign that nothing depends on, which would take
the border at zero away, was tried: chains then change the sign of τ and of all random effects at once, and the most
outlying study's effect mixed twenty times more slowly.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.bayesian._mcmc_sampler import libraries
from glabella.synthesis.bayesian._priors import (
    Exponential,
    HalfCauchy,
    HalfNormal,
    HalfT,
    InverseGamma,
    LogNormal,
    LogT,
    Lomax,
    TauPrior,
    Uniform,
)

Floats = NDArray[np.float64]


@cache
def _kernels() -> dict[type, Any]:
    """Give families that can be sampled, and of each the log density but for its constant."""
    import jax.numpy as jnp

    return {
        HalfNormal: lambda t, scale: -0.5 * (t / scale) ** 2,
        HalfT: lambda t, df, scale: -(df + 1) / 2 * jnp.log1p((t / scale) ** 2 / df),
        HalfCauchy: lambda t, scale: -jnp.log1p((t / scale) ** 2),
        Exponential: lambda t, scale: -t / scale,
        Lomax: lambda t, shape, scale: -(shape + 1) * jnp.log1p(t / scale),
        InverseGamma: lambda t, shape, scale: -(shape + 1) * jnp.log(t) - scale / t,
        LogNormal: lambda t, mean, sd: -0.5 * ((jnp.log(t) - mean) / sd) ** 2 - jnp.log(t),
        LogT: lambda t, location, scale, df: (
            -(df + 1) / 2 * jnp.log1p(((jnp.log(t) - location) / scale) ** 2 / df) - jnp.log(t)
        ),
    }


@dataclass(frozen=True)
class Scale:
    """How a standard deviation of one family of priors is sampled; the prior's parameters are data.

    Attributes
    ----------
    family : type
        Class of the prior.
    """

    family: type

    def constrained(self, u: Any, parameters: Any) -> tuple[Any, Any]:
        """Give the standard deviation, and the log density of ``u``."""
        import jax
        import jax.numpy as jnp

        if self.family is Uniform:
            # The prior is flat: what is left is the change of variable.
            return parameters[0] * jax.nn.sigmoid(u), -jax.nn.softplus(u) - jax.nn.softplus(-u)
        value = jnp.exp(u)
        return value, _kernels()[self.family](value, *(parameters[i] for i in range(parameters.shape[0]))) + u

    def value(self, u: Floats, parameters: Floats) -> Floats:
        """Give standard deviations of what was sampled."""
        from scipy.special import expit

        return np.asarray(parameters[0] * expit(u) if self.family is Uniform else np.exp(u))

    def close(self, tau: Floats, parameters: Floats) -> Floats:
        """Give the unbounded number of a standard deviation."""
        from scipy.special import logit

        return np.asarray(logit(tau / parameters[0]) if self.family is Uniform else np.log(tau))


def scale_of(prior: TauPrior, what: str) -> tuple[Scale, Floats]:
    """Give how a prior is sampled, and its parameters.

    Raises
    ------
    ValueError
        If the prior is improper.
    TypeError
        If its family is not among those that can be sampled.
    """
    libraries()
    known_families = (*_kernels(), Uniform)
    if type(prior) not in known_families:
        known = ", ".join(sorted(one.__name__ for one in known_families))
        raise TypeError(f"{what} is {prior!r}, expected one of {known}")
    if not prior.proper:
        raise ValueError(f"{what} is improper: {prior!r}; expected a proper prior, as Uniform(upper=…)")
    return Scale(type(prior)), np.array([getattr(prior, one.name) for one in fields(prior)], dtype=float)  # type: ignore[arg-type]


def starts(prior: TauPrior, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Give standard deviations to start chains from: of the prior's middle, but none beyond 1."""
    middle = np.minimum(prior.quantile(rng.uniform(0.2, 0.7, shape)), rng.uniform(0.3, 1.0, shape))  # type: ignore[attr-defined]
    return np.asarray(middle, dtype=float)
