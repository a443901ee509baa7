"""What is computed around the sampler: priors on the sampled scale, curves, correlation, fit, diagnostics."""

import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from glabella import synthesis
from glabella.synthesis import (
    EmaxCurve,
    ExponentialCurve,
    HalfCauchy,
    HalfNormal,
    HalfT,
    LogNormal,
    PiecewiseLinearCurve,
    Sampled,
    Uniform,
)
from glabella.synthesis.bayesian._mcmc_convergence import convergence
from glabella.synthesis.bayesian._mcmc_fit import deviance
from glabella.synthesis.bayesian._mcmc_longitudinal import quadratic
from glabella.synthesis.bayesian._mcmc_network import averaged
from glabella.synthesis.bayesian._mcmc_sampler import diagnostics, libraries
from glabella.synthesis.bayesian._mcmc_scale import scale_of
from glabella.synthesis.bayesian._priors import Exponential, InverseGamma, LogT, Lomax

PRIORS = [
    HalfNormal(0.7), HalfT(4.0, 0.5), HalfCauchy(0.3), LogNormal(-1.2, 0.6), Uniform(2.0), Exponential(0.5),
    Lomax(3.0, 0.8), InverseGamma(1.5, 0.2), LogT(-1.0, 0.7),
]  # fmt: skip


@pytest.mark.parametrize("prior", PRIORS, ids=lambda one: type(one).__name__)
def test_a_prior_is_sampled_as_it_is_integrated(prior: Any) -> None:
    jax, _ = libraries()
    scale, parameters = scale_of(prior, "tau_prior")
    assert parameters.tolist() == [getattr(prior, one.name) for one in fields(prior)]

    tau = np.array([0.01, 0.1, 0.5, 1.0, 1.9])
    u = scale.close(tau, parameters)
    np.testing.assert_allclose(scale.value(u, parameters), tau, rtol=1e-12)
    with jax.enable_x64(True):
        opened, found = jax.vmap(lambda one: scale.constrained(one, parameters))(u)
    np.testing.assert_allclose(opened, tau, rtol=1e-12)
    step = 1e-6
    slope = (scale.value(u + step, parameters) - scale.value(u - step, parameters)) / (2 * step)
    expected = prior.log_density(tau) + np.log(slope)
    # the constant is left out
    np.testing.assert_allclose(found - found[0], expected - expected[0], atol=1e-8)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("structure", ["ar1", "exchangeable"])
def test_correlated_means_have_the_density_of_a_multivariate_normal(structure: Any, rho: float) -> None:
    arm, week = np.array([0, 0, 0, 1, 2, 2]), np.array([1.0, 2.0, 6.0, 4.0, 2.0, 3.5])
    first = np.r_[True, np.diff(arm) > 0]
    previous = np.where(first, np.arange(6), np.arange(6) - 1)
    data = {"first": first, "previous": previous, "gap": np.where(first, 0.0, week - week[previous]),
            "member": (arm[:, None] == np.arange(3)).astype(float)}  # fmt: skip
    residual = np.random.default_rng(4).normal(size=(2, 6))
    form, log_determinant = quadratic(np, structure, residual, np.full((2, 1), rho), data)

    apart = np.abs(np.subtract.outer(week, week))
    within = rho**apart if structure == "ar1" else np.where(apart > 0, rho, 1.0)
    matrix = np.where(arm[:, None] == arm, within, 0.0)
    expected = stats.multivariate_normal(np.zeros(6), matrix).logpdf(residual)
    got = -0.5 * (form.sum(axis=1) + log_determinant.sum(axis=1) + 6 * np.log(2 * np.pi))
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_curves_have_their_names_values() -> None:
    weeks = np.array([0.0, 2.0, 8.0])

    emax = EmaxCurve()
    np.testing.assert_allclose(emax.value(np, emax.features(weeks), np.array([-10.0, np.log(2)])), [0, -5, -8])
    rise = ExponentialCurve()
    expected = -10 * (1 - np.exp(-0.5 * weeks))
    np.testing.assert_allclose(rise.value(np, rise.features(weeks), np.array([-10.0, np.log(0.5)])), expected)
    lines = PiecewiseLinearCurve((4.0, 12.0))
    assert lines.parameters == ("week 4", "week 12")
    np.testing.assert_allclose(lines.value(np, lines.features(weeks), np.array([-6.0, -8.0])), [0, -3, -7])


@pytest.mark.parametrize("curve", [EmaxCurve(), ExponentialCurve(), PiecewiseLinearCurve((1.0, 3.0, 9.0))])
def test_chains_start_near_what_was_observed(curve: Any) -> None:
    weeks, change = np.array([1.0, 3.0, 9.0]), np.array([-2.0, -5.0, -7.0])
    found = curve.value(np, curve.features(weeks), curve.start(weeks, change))

    assert found[-1] == pytest.approx(-7.0)


@pytest.mark.parametrize("knots", [(), (0.0, 4.0), (4.0, 4.0), (4.0, 2.0), (np.nan,)])
def test_knots_must_rise(knots: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="expected weeks that rise"):
        PiecewiseLinearCurve(knots)


def test_deviance_and_information_criteria_are_those_of_their_definitions() -> None:
    rng = np.random.default_rng(2)
    y, n = np.array([0.0, 3.0, 12.0, 9.0]), np.array([8.0, 10.0, 12.0, 30.0])
    logits = rng.normal([-3.0, -0.5, 3.0, -1.0], 0.4, size=(700, 4))
    order = np.array([2, 0, 3, 1])
    found = deviance(logits, y, n, order)

    p = 1 / (1 + np.exp(-logits))
    log_likelihood = stats.binom.logpmf(y, n, p)
    saturated = stats.binom.logpmf(y, n, y / n)
    by_arm = 2 * (saturated - log_likelihood).mean(axis=0)
    at_mean = 2 * (saturated - stats.binom.logpmf(y, n, p.mean(axis=0)))
    assert found.residual == pytest.approx(by_arm.sum(), rel=1e-10)
    assert found.effective == pytest.approx((by_arm - at_mean).sum(), rel=1e-9)
    assert found.dic == pytest.approx(found.residual + found.effective, rel=1e-12)
    np.testing.assert_allclose(found.by_arm[order], by_arm, rtol=1e-10)
    spread = log_likelihood.var(axis=0, ddof=1)
    expected = -2 * (np.log(np.exp(log_likelihood).mean(axis=0)) - spread).sum()
    assert found.waic == pytest.approx(expected, rel=1e-10)
    assert found.waic_effective == pytest.approx(spread.sum(), rel=1e-10)


@given(st.floats(-4, 4), st.floats(0, 2))
def test_chances_are_averaged_over_studies(mean: float, sigma: float) -> None:
    def weighted(z: float) -> float:
        return float(stats.norm.pdf(z) / (1 + np.exp(-(mean + sigma * z))))

    expected = integrate.quad(weighted, -12, 12, epsabs=1e-12)[0]
    assert averaged(np.array(mean), np.array(sigma)) == pytest.approx(expected, abs=2e-7)


def test_chains_that_disagree_stand_still_or_diverge_are_said_not_to_have_converged() -> None:
    rng = np.random.default_rng(1)
    good = rng.normal(size=(4, 1000, 2))
    assert convergence(("a", "b"), good, 0).converged

    apart = good + np.array([0, 0, 0, 1.0])[:, None, None] * [0, 1]
    assert "R-hat of b is" in str(convergence(("a", "b"), apart, 0))
    still = good.copy()
    still[..., 1] = 3.0
    assert not convergence(("a", "b"), still, 0).converged
    slow = np.repeat(rng.normal(size=(4, 20, 2)), 50, axis=1)
    assert any("bulk ESS" in one for one in convergence(("a", "b"), slow, 0).problems)
    assert convergence(("a", "b"), good, 3).problems == ("3 of 4000 trajectories diverged, expected none",)


def test_draws_are_summed_up_with_their_error() -> None:
    chains = np.random.default_rng(3).normal(2.0, 3.0, size=(4, 2500, 2))
    chains[..., 1] = 0.0
    found = Sampled(chains)

    assert found.draws.shape == (10_000, 2)
    assert found.mean[0] == pytest.approx(chains[..., 0].mean())
    # independent draws: the usual standard error
    assert found.mean_error[0] == pytest.approx(3 / 100, rel=0.1)
    assert found.mean_error[1] == 0.0
    low, high = found.interval(0.5)
    assert [low[0], high[0]] == pytest.approx(np.quantile(chains[..., 0], [0.25, 0.75]).tolist())
    with pytest.raises(ValueError, match="level is 95"):
        found.interval(95)


@pytest.mark.parametrize(("missing", "call"), [("blackjax", libraries), ("arviz_stats", diagnostics)])
def test_without_the_extra_the_error_says_what_to_install(
    missing: str, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"install glabella\[bayes\]"):
        call()


def test_the_front_door_does_not_load_the_sampler() -> None:
    import subprocess

    code = "import sys, glabella, glabella.synthesis; print([m for m in ('jax', 'blackjax') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
    names: Sequence[str] = synthesis.__all__
    assert "bayes_network" in names
