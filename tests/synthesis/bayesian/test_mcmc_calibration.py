"""Simulation-based calibration: parameters drawn from the prior rank uniformly among their posterior's draws.

Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A. arXiv:1804.06788 (2018). All data sets of a model are sampled
by one program at once. A wrong prior is found out, else the check would be none.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from glabella.synthesis import Course, EmaxCurve, HalfNormal, Normal
from glabella.synthesis.bayesian import _mcmc_binomial as binomial
from glabella.synthesis.bayesian._mcmc_arms import layout
from glabella.synthesis.bayesian._mcmc_longitudinal import course_data, course_density, weeks
from glabella.synthesis.bayesian._mcmc_sampler import LogDensity, sample
from glabella.synthesis.bayesian._mcmc_scale import scale_of
from glabella.synthesis.bayesian._mcmc_time_course import _priors, _shape

SETS, TUNE, DRAWS, KEPT, BINS = 60, 250, 300, 99, 10
STUDY = ["1", "1", "2", "2", "3", "3", "3", "4", "4"]
TREAT = ["a", "b", "a", "c", "a", "b", "c", "b", "c"]
EFFECT, BASELINE, TAU = Normal(0.0, 1.0), Normal(-1.0, 0.7), HalfNormal(0.6)


def ranks(density: LogDensity, truth: Any, data: dict[str, Any], seed: int) -> Any:
    """Rank the truth of each data set among thinned draws: (data sets, parameters), from 0 to KEPT."""
    batch = {name: np.broadcast_to(v, (SETS, *np.shape(v))) if np.ndim(v) == 0 or len(v) != SETS else np.asarray(v)
             for name, v in data.items()}  # fmt: skip
    start = truth[:, None, :] + 0.1 * np.random.default_rng(seed).normal(size=(SETS, 2, truth.shape[1]))
    found = sample(density, start, batch, draws=DRAWS, tune=TUNE, seed=seed, acceptance=0.9)
    # Two chains, thinned until what is kept is about independent.
    flat = found.position.reshape(SETS, 2 * DRAWS, -1)[:, :: 2 * DRAWS // KEPT][:, :KEPT]
    return (flat < truth[:, None, :]).sum(axis=1)


def p_values(found: Any) -> Any:
    """Test uniformity of each parameter's ranks by chi-squared."""
    counts = np.stack([np.bincount(one * BINS // (KEPT + 1), minlength=BINS) for one in found.T])
    return stats.chisquare(counts, axis=1).pvalue


def counts_of(logits: Any, n: int, rng: np.random.Generator) -> dict[str, Any]:
    return {"y": rng.binomial(n, special.expit(logits)).astype(float), "n": np.full(logits.shape, float(n))}


def contrast_case(rng: np.random.Generator) -> tuple[LogDensity, Any, dict[str, Any]]:
    arms = layout(STUDY, TREAT, "a")
    scale, parameters = scale_of(TAU, "tau")
    data = binomial.contrast_data(arms, np.zeros(9), np.zeros(9))
    data |= {"tau_prior": parameters, "effects_prior": [EFFECT.mean, EFFECT.sd],
             "baseline_prior": [BASELINE.mean, BASELINE.sd]}  # fmt: skip
    tau = np.abs(rng.normal(0, TAU.scale, SETS))
    truth = np.concatenate([rng.normal(BASELINE.mean, BASELINE.sd, (SETS, 4)), rng.normal(0, EFFECT.sd, (SETS, 2)),
                            np.log(tau)[:, None], rng.normal(size=(SETS, 5))], axis=1)  # fmt: skip
    # The arms' log odds are drawn here from the definition, not by the model's own code.
    logits = truth[:, arms.study] + truth[:, 4:6] @ arms.design.T
    at = 7
    for study, (base, size) in enumerate(zip(arms.base, np.bincount(arms.study), strict=True)):
        factor = np.linalg.cholesky((np.eye(size - 1) + 1) / 2)
        logits[:, base + 1 : base + size] += tau[:, None] * (truth[:, at : at + size - 1] @ factor.T)
        at += size - 1
        assert study < 4
    return binomial.contrast_density(scale), truth, data | counts_of(logits, 40, rng)


def arm_case(rng: np.random.Generator) -> tuple[LogDensity, Any, dict[str, Any]]:
    arms = layout(STUDY, TREAT, "a")
    scale, parameters = scale_of(TAU, "tau")
    data = binomial.arm_data(arms, np.zeros(9), np.zeros(9))
    data |= {"tau_prior": parameters, "effects_prior": [BASELINE.mean, BASELINE.sd]}
    sigma, rho = np.abs(rng.normal(0, TAU.scale, SETS)), rng.uniform(size=SETS)
    shared = rng.normal(size=(SETS, 4))
    truth = np.concatenate([rng.normal(BASELINE.mean, BASELINE.sd, (SETS, 3)),
                            np.stack([np.log(sigma), special.logit(rho)], axis=1), shared,
                            rng.normal(size=(SETS, 9))], axis=1)  # fmt: skip
    common, own = (sigma * np.sqrt(rho))[:, None], (sigma * np.sqrt(1 - rho))[:, None]
    logits = truth[:, arms.treat] + common * shared[:, arms.study] + own * truth[:, 9:]
    return binomial.arm_density(scale), truth, data | counts_of(logits, 40, rng)


def course_case(rng: np.random.Generator) -> tuple[LogDensity, Any, dict[str, Any]]:
    courses = (Course(Normal(-8, 2), Normal(0, 2), HalfNormal(1.0)), Course(Normal(0.7, 0.4), Normal(0, 0.3)))
    week, se = np.tile([1.0, 3.0, 8.0], 9), np.full(27, 0.8)
    given = weeks(np.repeat(STUDY, 3), np.repeat(TREAT, 3), week, np.zeros(27), se, "a")
    arms, shape = given.arms, _shape(EmaxCurve(), courses, "ar1", None)
    data = course_data(given, shape) | _priors(courses) | {"rho": [0.0]}
    tau, rho = np.abs(rng.normal(0, 1.0, SETS)), rng.uniform(size=SETS)
    own, effect, z = rng.normal(-8, 2, (SETS, 4)), rng.normal(0, 2, (SETS, 2)), rng.normal(size=(SETS, 5))
    own_half, effect_half = rng.normal(0.7, 0.4, (SETS, 4)), rng.normal(0, 0.3, (SETS, 2))
    truth = np.concatenate([own, effect, np.log(tau)[:, None], z, own_half, effect_half,
                            special.logit(rho)[:, None]], axis=1)  # fmt: skip
    largest = own[:, arms.study] + effect @ arms.design.T
    at = 0
    for base, size in zip(arms.base, np.bincount(arms.study), strict=True):
        factor = np.linalg.cholesky((np.eye(size - 1) + 1) / 2)
        largest[:, base + 1 : base + size] += tau[:, None] * (z[:, at : at + size - 1] @ factor.T)
        at += size - 1
    half = np.exp(own_half[:, arms.study] + effect_half @ arms.design.T)
    mean = (largest[:, given.arm] * given.week / (given.week + half[:, given.arm])).reshape(SETS, 9, 3)
    apart = np.abs(np.subtract.outer([1.0, 3.0, 8.0], [1.0, 3.0, 8.0]))
    noise = np.linalg.cholesky(rho[:, None, None] ** apart)
    change = mean + 0.8 * np.einsum("sij,saj->sai", noise, rng.normal(size=(SETS, 9, 3)))
    return course_density(shape), truth, data | {"change": change.reshape(SETS, 27)}


def smallest(found: Any) -> float:
    """Give the P value of the smallest of several, by Šidák."""
    return float(1 - (1 - found.min()) ** len(found))


@pytest.mark.parametrize("case", [arm_case, course_case])
def test_the_posterior_is_calibrated(case: Callable[..., Any]) -> None:
    density, truth, data = case(np.random.default_rng(11))
    found = p_values(ranks(density, truth, data, seed=1))

    assert smallest(found) > 1e-3, found


def test_the_posterior_by_contrasts_is_calibrated_and_a_wrong_prior_is_found_out() -> None:
    density, truth, data = contrast_case(np.random.default_rng(11))
    found = p_values(ranks(density, truth, data, seed=1))
    assert smallest(found) > 1e-3, found

    mean, sd = data["effects_prior"]
    # four times too narrow, and off by two of the true standard deviations
    wrong = p_values(ranks(density, truth, data | {"effects_prior": [mean + 2 * sd, sd / 4]}, seed=1))
    assert smallest(wrong) < 1e-6, wrong
