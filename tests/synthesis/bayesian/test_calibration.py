"""Simulation-based calibration: truths drawn from the prior stand at uniform places of their posteriors.

Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A. arXiv:1804.06788 (2018). As the posterior is exact, a truth's
place is the distribution function there, no rank among draws; thousands of analyses are one call.
"""

import math

import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from glabella.synthesis import (
    HalfCauchy,
    HalfNormal,
    InverseGamma,
    LogNormal,
    Normal,
    TauPrior,
    Uniform,
    bayes,
    bayes_regression,
)

#: Analyses, and bins of their places.
MANY, BINS = 6000, 40
#: Of a test that has some twenty of its kind beside it, with a fixed seed.
CHANCE = 1e-3
PRIORS: list[TauPrior] = [
    HalfNormal(0.5),
    HalfCauchy(0.3),
    LogNormal(-1.2, 0.8),
    Uniform(1.0),
    InverseGamma(2, 0.3),
]


def uniform(places: np.ndarray) -> None:
    counts, _ = np.histogram(places, BINS, (0, 1))
    assert counts.sum() == len(places)
    assert chisquare(counts).pvalue > CHANCE
    assert kstest(places, "uniform").pvalue > CHANCE


@pytest.mark.parametrize("prior", PRIORS, ids=str)
@pytest.mark.parametrize("k", [2, 7])
def test_truths_stand_at_uniform_places(prior: TauPrior, k: int) -> None:
    rng = np.random.default_rng(20180 + k)
    mu_prior = Normal(0.2, 0.7)
    tau = np.asarray(prior.quantile(rng.uniform(size=MANY)))  # type: ignore[attr-defined]
    mu = rng.normal(mu_prior.mean, mu_prior.sd, MANY)
    theta = rng.normal(mu[:, None], tau[:, None], (MANY, k))
    new = rng.normal(mu, tau)
    v = rng.uniform(0.01, 0.3, (MANY, k))
    y = rng.normal(theta, np.sqrt(v))
    if k > 2:
        gone = rng.uniform(size=y.shape) < 0.2
        gone[:, 0] = False
        y[gone], v[gone] = np.nan, np.nan
    fit = bayes(y, v, tau_prior=prior, mu_prior=mu_prior)
    assert (fit.reason == "").all()
    uniform(fit.mu.cdf(mu[:, None])[:, 0])
    uniform(fit.tau.cdf(tau[:, None])[:, 0])
    uniform(fit.theta_new.cdf(new[:, None])[:, 0])
    uniform(fit.shrinkage.cdf(theta[:, :, None])[:, 0, 0])


def test_a_wrong_prior_is_found_out() -> None:
    rng = np.random.default_rng(7)
    tau = np.abs(rng.normal(0, 0.5, MANY))
    v = rng.uniform(0.01, 0.1, (MANY, 5))
    y = rng.normal(rng.normal(0, 1, MANY)[:, None], np.sqrt(v + tau[:, None] ** 2))
    fit = bayes(y, v, tau_prior=HalfNormal(0.4), mu_prior=Normal(0, 1))
    counts, _ = np.histogram(fit.tau.cdf(tau[:, None])[:, 0], BINS, (0, 1))
    assert chisquare(counts).pvalue < CHANCE


def test_intervals_cover_as_they_say() -> None:
    rng = np.random.default_rng(11)
    prior, mu_prior = HalfNormal(0.4), Normal(0, 1)
    tau = np.asarray(prior.quantile(rng.uniform(size=MANY)))
    mu = rng.normal(0, 1, MANY)
    v = rng.uniform(0.01, 0.2, (MANY, 6))
    y = rng.normal(mu[:, None], np.sqrt(v + tau[:, None] ** 2))
    fit = bayes(y, v, tau_prior=prior, mu_prior=mu_prior)
    error = math.sqrt(0.9 * 0.1 / MANY)
    for one, truth in ((fit.mu, mu), (fit.tau, tau), (fit.theta_new, rng.normal(mu, tau))):
        widths = []
        for kind in ("shortest", "central"):
            low, high = one.interval(0.9, kind)
            assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.9, abs=3.5 * error)
            widths.append(high - low)
        assert (widths[0] <= widths[1] * (1 + 1e-9)).all()


def test_coefficients_stand_at_uniform_places() -> None:
    rng = np.random.default_rng(3)
    prior, k = HalfNormal(0.4), 8
    priors = (Normal(0.1, 0.5), Normal(0, 0.3), Normal(-0.2, 0.4))
    x = np.stack([np.linspace(-1, 2, k), rng.normal(size=k)], axis=1)
    design = np.column_stack([np.ones(k), x])
    beta = np.stack([rng.normal(each.mean, each.sd, MANY) for each in priors], axis=1)
    tau = np.asarray(prior.quantile(rng.uniform(size=MANY)))
    v = rng.uniform(0.01, 0.3, (MANY, k))
    y = rng.normal(beta @ design.T, np.sqrt(v + tau[:, None] ** 2))
    fit = bayes_regression(y, v, x, tau_prior=prior, beta_prior=priors)
    places = fit.coefficients.cdf(beta[:, :, None])[..., 0]
    for j in range(3):
        uniform(places[:, j])
    uniform(fit.tau.cdf(tau[:, None])[:, 0])
    at = np.array([[0.3, 1.0]])
    there = rng.normal(beta @ np.array([1, *at[0]]), tau)
    uniform(fit.predict(at, new_study=True).cdf(there[:, None, None])[:, 0, 0])
