"""Priors: densities integrate, quantiles invert, and what the quadrature is told about them is so."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from glabella.synthesis import (
    Exponential,
    HalfCauchy,
    HalfNormal,
    HalfT,
    InverseGamma,
    LogNormal,
    LogT,
    Lomax,
    Normal,
    Uniform,
)

T5 = stats.t(5)
KNOWN = [
    (HalfNormal(0.7), stats.halfnorm(scale=0.7)),
    (HalfCauchy(0.7), stats.halfcauchy(scale=0.7)),
    (HalfT(1, 0.7), stats.halfcauchy(scale=0.7)),
    (Exponential(0.7), stats.expon(scale=0.7)),
    (Lomax(2, 0.7), stats.lomax(2, scale=0.7)),
    (InverseGamma(1.5, 0.7), stats.invgamma(1.5, scale=0.7)),
    (LogNormal(-1, 0.7), stats.lognorm(0.7, scale=math.exp(-1))),
    (Uniform(0.7), stats.uniform(0, 0.7)),
]
ALL = [*(prior for prior, _ in KNOWN), HalfT(4, 1.0), LogT(-1.5, 1.1), LogNormal.of_tau2(-2.1, 1.5)]


@pytest.mark.parametrize(("prior", "known"), KNOWN, ids=lambda each: type(each).__name__)
def test_densities_and_quantiles_are_those_of_scipy(prior: HalfNormal, known: stats.rv_continuous) -> None:
    x = np.array([1e-3, 0.1, 0.4, 0.6])
    np.testing.assert_allclose(prior.density(x), known.pdf(x), rtol=1e-12)
    np.testing.assert_allclose(np.exp(prior.log_density(x)), known.pdf(x), rtol=1e-12)
    p = np.array([0.01, 0.3, 0.9])
    np.testing.assert_allclose(prior.quantile(p), known.ppf(p), rtol=1e-10)
    assert prior.density(-0.1) == 0


@pytest.mark.parametrize("prior", ALL, ids=str)
def test_a_proper_prior_integrates_to_one(prior: HalfNormal) -> None:
    end = math.log(prior.upper) if math.isfinite(prior.upper) else 250.0
    middle = [-2.0, *([0.0] if end > 0 else [])]
    mass = quad(lambda u: float(prior.density(math.exp(u))) * math.exp(u), -300, end, points=middle, limit=2000)
    assert mass[0] == pytest.approx(1, abs=2e-8)


@pytest.mark.parametrize("prior", ALL, ids=str)
def test_orders_of_decay_are_as_told(prior: HalfNormal) -> None:
    if math.isinf(prior.upper):
        far = np.array([1e60, 1e61])
        fall = -np.diff(prior.log_density(far))[0] / math.log(10)
        assert fall > 100 if math.isinf(prior.tail) else fall == pytest.approx(prior.tail, abs=0.05)
    near = np.array([1e-61, 1e-60])
    rise = prior.log_density(near)
    if math.isinf(prior.origin):
        assert rise[0] < rise[1]
    else:
        assert np.diff(rise)[0] / math.log(10) == pytest.approx(prior.origin, abs=0.05)


def test_priors_of_tau2_are_those_of_tau_with_half_the_parameters() -> None:
    x = np.array([0.05, 0.2, 0.7])
    turner = stats.lognorm(1.53, scale=math.exp(-2.12))
    np.testing.assert_allclose(LogNormal.of_tau2(-2.12, 1.53).density(x), turner.pdf(x**2) * 2 * x, rtol=1e-12)
    rhodes = T5.pdf((np.log(x**2) + 2.99) / 2.16) / (2.16 * x**2) * 2 * x
    np.testing.assert_allclose(LogT.of_tau2(-2.99, 2.16).density(x), rhodes, rtol=1e-12)
    np.testing.assert_allclose(LogT.of_tau2(-2.99, 2.16).quantile(0.5), math.exp(-2.99 / 2))
    np.testing.assert_allclose(LogT.of_tau2(-2.99, 2.16).quantile(0.9), math.exp((-2.99 + 2.16 * T5.ppf(0.9)) / 2))


def test_the_improper_uniform_prior_says_so() -> None:
    assert not Uniform().proper
    assert Uniform().log_density(np.array([0.0, 5.0])).tolist() == [0, 0]
    assert math.isnan(Uniform().quantile(0.5))
    assert Uniform(2).proper


def test_values_at_zero() -> None:
    assert LogNormal(0, 1).density(0.0) == 0
    assert InverseGamma(1, 1).density(0.0) == 0
    assert math.isinf(LogT(0, 1).density(0.0))
    assert Lomax(1, 1).density(0.0) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HalfNormal(0), "HalfNormal: scale is 0, expected a finite number above 0"),
        (lambda: HalfT(-1, 1), "HalfT: df is -1"),
        (lambda: HalfCauchy(math.inf), "HalfCauchy: scale is inf"),
        (lambda: Exponential(-1), "Exponential: scale is -1"),
        (lambda: Lomax(1, 0), "Lomax: scale is 0"),
        (lambda: InverseGamma(0, 1), "InverseGamma: shape is 0"),
        (lambda: LogNormal(math.nan, 1), "LogNormal: mean is nan, expected a finite number"),
        (lambda: LogT(0, 1, 2), "LogT: df is 2, expected a finite number of 4 or more"),
        (lambda: Uniform(0), "Uniform: upper is 0"),
        (lambda: Normal(0, 0), "Normal: sd is 0"),
    ],
)
def test_impossible_parameters_are_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
