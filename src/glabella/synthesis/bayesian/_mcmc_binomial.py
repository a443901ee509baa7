"""Log densities of binomial network models on the logit scale: by contrasts within studies, and by arms.

A position is one flat array; what its parts are is told by the shapes of the data alone, so that one program serves
every network of a shape.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.bayesian._mcmc_arms import Layout
from glabella.synthesis.bayesian._mcmc_sampler import Data, LogDensity
from glabella.synthesis.bayesian._mcmc_scale import Scale

Floats = NDArray[np.float64]


def contrast_data(found: Layout, y: Floats, n: Floats) -> Data:
    """Give the arrays of the contrast model."""
    place, weight = found.correlated
    return {"y": y, "n": n, "study": found.study, "base": found.base, "design": found.design,
            "place": place, "weight": weight}  # fmt: skip


@cache
def contrast_density(scale: Scale | None) -> LogDensity:
    """Give the log density of the contrast model; without a scale, of common effects.

    Position: study baselines, effects against the reference, then τ and one standard normal number a random effect.
    """
    import jax
    import jax.numpy as jnp

    def log_density(position: Any, data: Data) -> Any:
        studies, effects = data["base"].shape[0], data["design"].shape[1]
        baseline, effect, rest = jnp.split(position, (studies, studies + effects))
        logit = baseline[data["study"]] + data["design"] @ effect
        total = normal(baseline, data["baseline_prior"]) + normal(effect, data["effects_prior"])
        if scale is not None:
            tau, log_prior = scale.constrained(rest[0], data["tau_prior"])
            z = rest[1:]
            logit = logit + tau * (data["weight"] * z[data["place"]]).sum(axis=1)
            total = total + log_prior - 0.5 * (z**2).sum()
        return total + (data["y"] * logit - data["n"] * jax.nn.softplus(logit)).sum()

    return log_density


def contrast_logits(position: Floats, data: Data, tau: Floats | None) -> Floats:
    """Give each arm's log odds in each draw: (samples, m)."""
    studies, effects = len(data["base"]), data["design"].shape[1]
    logit: Floats = position[:, data["study"]] + position[:, studies : studies + effects] @ data["design"].T
    if tau is not None:
        z = position[:, studies + effects + 1 :]
        for column in range(data["place"].shape[1]):
            logit += tau[:, None] * data["weight"][:, column] * z[:, data["place"][:, column]]
    return logit


def arm_data(found: Layout, y: Floats, n: Floats) -> Data:
    """Give the arrays of the arm-based model."""
    return {"y": y, "n": n, "study": found.study, "treat": found.treat, "studies": np.zeros(len(found.studies)),
            "treatments": np.zeros(len(found.treatments))}  # fmt: skip


@cache
def arm_density(scale: Scale) -> LogDensity:
    """Give the log density of the arm-based model.

    Position: log odds of each treatment, σ, the logit of the correlation ρ, and one standard normal number a study
    and one an arm. Within a study log odds are normal about their treatments' with variance σ² and correlation ρ
    between any two treatments: ρσ² is the variance of what a study's arms have in common, the rest an arm's own.
    """
    import jax
    import jax.numpy as jnp

    def log_density(position: Any, data: Data) -> Any:
        k, studies = data["treatments"].shape[0], data["studies"].shape[0]
        mean, (u, v), shared, own = jnp.split(position, (k, k + 2, k + 2 + studies))
        sigma, log_prior = scale.constrained(u, data["tau_prior"])
        # Square roots of the shares of variance that a study's arms have in common, and that are an arm's own.
        alike, apart = jnp.sqrt(jax.nn.sigmoid(v)), jnp.sqrt(jax.nn.sigmoid(-v))
        logit = mean[data["treat"]] + sigma * (alike * shared[data["study"]] + apart * own)
        return (
            normal(mean, data["effects_prior"]) + log_prior
            # uniform prior of the correlation between 0 and 1
            - jax.nn.softplus(v) - jax.nn.softplus(-v)
            - 0.5 * ((shared**2).sum() + (own**2).sum())
            + (data["y"] * logit - data["n"] * jax.nn.softplus(logit)).sum()
        )  # fmt: skip

    return log_density


def arm_logits(position: Floats, data: Data, sigma: Floats, correlation: Floats) -> Floats:
    """Give each arm's log odds in each draw: (samples, m)."""
    k, studies = len(data["treatments"]), len(data["studies"])
    shared, own = position[:, k + 2 : k + 2 + studies], position[:, k + 2 + studies :]
    alike, apart = (sigma * np.sqrt(share) for share in (correlation, 1 - correlation))
    return np.asarray(position[:, data["treat"]] + alike[:, None] * shared[:, data["study"]] + apart[:, None] * own)


def normal(values: Any, prior: Any) -> Any:
    """Log density, but for its constant, of normal numbers with mean ``prior[0]`` and sd ``prior[1]``."""
    return -0.5 * (((values - prior[0]) / prior[1]) ** 2).sum()


def empirical_logit(y: Floats, n: Floats) -> Floats:
    """Log odds with half an event added to each side: where chains start."""
    return np.asarray(np.log((y + 0.5) / (n - y + 0.5)))
