"""Posteriors of hard data, of several peaks or with narrow ones: what is said of them is true by definition."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.synthesis import Bayes, HalfCauchy, HalfNormal, HalfT, LogNormal, Uniform, bayes
from glabella.synthesis.bayesian._priors import InverseGamma, TauPrior

PRIORS: list[TauPrior] = [HalfNormal(0.5), HalfCauchy(0.02), HalfT(4, 1), LogNormal.of_tau2(-3, 1.5), Uniform(2.0),
          InverseGamma(1.77, 0.55), HalfNormal(50.0)]  # fmt: skip
HARD = pytest.mark.parametrize("k", [2, 3, 6])
EACH = pytest.mark.parametrize("place", range(len(PRIORS)), ids=lambda place: str(PRIORS[place]))


def hard(prior: TauPrior, place: int, k: int) -> Bayes:
    """Studies whose variances differ up to a hundred thousand times, and some outliers."""
    random = np.random.default_rng(100 * place + k)
    v = np.exp(random.uniform(-9, 3, (40, k)))
    y = random.normal(size=v.shape) * np.sqrt(v + np.exp(random.uniform(-6, 2, (40, 1))))
    y[:, 0] += random.choice([0, 0, 5, 20], 40)
    return bayes(y, v, tau_prior=prior)


@HARD
@EACH
def test_no_interval_is_shorter(place: int, k: int) -> None:
    fit = hard(PRIORS[place], place, k)
    for found in (fit.mu, fit.tau, fit.theta_new):
        for level in (0.5, 0.95):
            low, high = found.interval(level)
            held = found.cdf(high[:, None])[:, 0] - found.cdf(low[:, None])[:, 0]
            assert np.allclose(held, level, rtol=0, atol=1e-6)
            below = (1 - level) * (0.5 - 0.5 * np.cos(np.linspace(1e-3, np.pi - 1e-3, 60)))
            shortest = (found.quantile(below + level) - found.quantile(below)).min(axis=1)
            assert (high - low <= shortest * (1 + 1e-6)).all()


@HARD
@EACH
def test_no_place_is_likelier_than_the_mode(place: int, k: int) -> None:
    fit = hard(PRIORS[place], place, k)
    probabilities = np.linspace(0.0005, 0.9995, 300)
    for found in (fit.mu, fit.theta_new):
        elsewhere = found.density(found.quantile(probabilities)).max(axis=1)
        assert (found.density(found.mode[:, None])[:, 0] >= elsewhere * (1 - 1e-9)).all()


def test_a_density_may_be_highest_at_the_upper_end() -> None:
    fit = bayes([-30.0, 0.0, 30.0], [0.01, 0.02, 0.01], tau_prior=Uniform(2.0))
    assert fit.tau.mode == pytest.approx(2.0, rel=1e-6)
    assert fit.tau.mode <= 2.0
    assert fit.tau.interval()[1] == 2.0


def test_ends_of_the_support_beside_other_probabilities() -> None:
    fit = bayes([0.1, 0.4], [0.04, 0.05], tau_prior=HalfNormal(0.5))
    low, middle, high = fit.tau.quantile([0.0, 0.5, 1.0])
    assert (low, high) == (0.0, np.inf)
    assert middle == fit.tau.median


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_data_and_prior_of_very_different_size(scale: float) -> None:
    y, v = np.array([0.1, 0.6, -0.2]), np.array([0.04, 0.05, 0.01])
    fit = bayes(y, v, tau_prior=HalfNormal(scale))
    if scale < 1:
        weighted = (y / v).sum() / (1 / v).sum()
        assert fit.mu.mean == pytest.approx(weighted, rel=1e-6)
        assert fit.tau.mean == pytest.approx(scale * np.sqrt(2 / np.pi), rel=1e-5)
    else:
        flat = bayes(y, v, tau_prior=Uniform())
        assert fit.mu.quantile([0.1, 0.5]) == pytest.approx(flat.mu.quantile([0.1, 0.5]), rel=1e-4)
