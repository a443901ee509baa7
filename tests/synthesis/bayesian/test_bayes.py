"""Bayesian random effects: closed forms, properties, batches and errors."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import norm

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
    TauPrior,
    Uniform,
    bayes,
    pool,
)

Y = np.array([0.1, 0.4, 0.8, -0.2, 0.5])
V = np.array([0.04, 0.05, 0.09, 0.06, 0.03])
PROPER: list[TauPrior] = [
    HalfNormal(0.5), HalfCauchy(0.5), HalfT(4, 1), LogNormal(-1.2, 0.8), LogT(-1.5, 1.1), Uniform(2),
    Exponential(0.4), Lomax(2, 1), InverseGamma(1, 0.15),
]  # fmt: skip
PRIORS = pytest.mark.parametrize("prior", [*PROPER, Uniform()], ids=str)

effects = st.lists(st.floats(-3, 3), min_size=3, max_size=12)


@st.composite
def studies(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    y = np.array(draw(effects))
    v = np.array(draw(st.lists(st.floats(0.005, 1.0), min_size=len(y), max_size=len(y))))
    return y, v


@PRIORS
def test_a_distribution_is_one(prior: TauPrior) -> None:
    fit = bayes(Y, V, tau_prior=prior, mu_prior=Normal(0, 1))
    p = np.array([0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.999])
    for one in (fit.mu, fit.tau, fit.theta_new):
        x = one.quantile(p)
        np.testing.assert_allclose(one.cdf(x), p, atol=1e-10)
        step = 1e-4 * (x[4] - x[2])
        slope = (one.cdf(x[2:5] + step) - one.cdf(x[2:5] - step)) / (2 * step)
        np.testing.assert_allclose(one.density(x[2:5]), slope, rtol=1e-5)
        assert one.median == pytest.approx(x[3], abs=1e-10)
        nearby = one.mode + np.array([-1, 1]) * 1e-3 * (x[4] - x[2])
        assert (one.density(one.mode) >= one.density(nearby)).all()
        low, high = one.interval(0.9)
        assert one.cdf(high) - one.cdf(low) == pytest.approx(0.9, abs=1e-9)
        central = one.interval(0.9, "central")
        assert high - low <= central[1] - central[0] + 1e-9
        assert central == pytest.approx((one.quantile(0.05), one.quantile(0.95)))
        if low > 0:
            assert one.density(low) == pytest.approx(one.density(high), rel=1e-6)


def test_tau_near_zero_is_the_common_effect() -> None:
    fit = bayes(Y, V, tau_prior=HalfNormal(1e-7))
    common = pool(Y, V, method="common", test="z")
    assert fit.mu.mean == pytest.approx(common.estimate, rel=1e-9)
    assert fit.mu.sd == pytest.approx(common.se, rel=1e-9)
    assert fit.mu.interval() == pytest.approx((common.ci_low, common.ci_high), rel=1e-8)
    assert fit.bayes_factor_tau == pytest.approx(1, rel=1e-9)


def test_tau_all_but_known_is_the_classical_analysis_at_that_tau() -> None:
    tau = 0.3
    fit = bayes(Y, V, tau_prior=LogNormal(math.log(tau), 1e-7))
    weight = 1 / (V + tau**2)
    mean, se = (weight * Y).sum() / weight.sum(), weight.sum() ** -0.5
    assert fit.mu.mean == pytest.approx(mean, rel=1e-7)
    assert fit.mu.sd == pytest.approx(se, rel=1e-7)
    assert fit.theta_new.sd == pytest.approx(math.hypot(se, tau), rel=1e-6)
    own = (Y / V + mean / tau**2) / (1 / V + 1 / tau**2)
    np.testing.assert_allclose(fit.shrinkage.mean, own, rtol=1e-6)


def test_one_study_without_heterogeneity_and_a_normal_prior_is_the_textbook() -> None:
    fit = bayes([0.7], [0.04], tau_prior=HalfNormal(1e-8), mu_prior=Normal(0.1, 0.3))
    precision = 1 / 0.04 + 1 / 0.09
    assert fit.mu.mean == pytest.approx((0.7 / 0.04 + 0.1 / 0.09) / precision, rel=1e-9)
    assert fit.mu.sd == pytest.approx(precision**-0.5, rel=1e-9)
    assert fit.log_marginal == pytest.approx(norm(0.1, math.sqrt(0.04 + 0.09)).logpdf(0.7), abs=1e-9)


def test_with_many_studies_the_data_decide() -> None:
    rng = np.random.default_rng(5)
    k, mu, tau = 20_000, 0.4, 0.25
    v = rng.uniform(0.01, 0.1, k)
    y = rng.normal(mu, np.sqrt(v + tau**2))
    fit = bayes(y, v, tau_prior=HalfCauchy(5))
    classical = pool(y, v, method="ML", test="z")
    assert fit.mu.mean == pytest.approx(classical.estimate, abs=1e-5)
    assert fit.mu.sd == pytest.approx(classical.se, rel=1e-3)
    assert fit.tau.mean == pytest.approx(math.sqrt(classical.tau2), rel=1e-3)


@given(studies(), st.floats(-50, 50))
@settings(max_examples=30)
def test_a_shift_of_all_effects_shifts_the_mean(data: tuple[np.ndarray, np.ndarray], shift: float) -> None:
    y, v = data
    a, b = bayes(y, v, tau_prior=HalfNormal(0.5)), bayes(y + shift, v, tau_prior=HalfNormal(0.5))
    assert b.mu.median - shift == pytest.approx(a.mu.median, abs=1e-8)
    assert b.tau.interval() == pytest.approx(a.tau.interval(), abs=1e-7)
    assert b.theta_new.sd == pytest.approx(a.theta_new.sd, rel=1e-8)


@given(studies(), st.floats(0.001, 1000))
@settings(max_examples=30)
def test_another_unit_is_another_unit(data: tuple[np.ndarray, np.ndarray], unit: float) -> None:
    y, v = data
    a = bayes(y, v, tau_prior=HalfT(3, 0.5), mu_prior=Normal(0.2, 1.5))
    b = bayes(y * unit, v * unit**2, tau_prior=HalfT(3, 0.5 * unit), mu_prior=Normal(0.2 * unit, 1.5 * unit))
    assert b.mu.quantile(0.9) == pytest.approx(a.mu.quantile(0.9) * unit, rel=1e-7, abs=1e-8 * unit)
    assert b.tau.median == pytest.approx(a.tau.median * unit, rel=1e-7)
    assert b.log_marginal + len(y) * math.log(unit) == pytest.approx(a.log_marginal, abs=1e-8)
    assert b.bayes_factor_tau == pytest.approx(a.bayes_factor_tau, rel=1e-7)


@given(studies(), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_studies_does_not_matter(data: tuple[np.ndarray, np.ndarray], random: object) -> None:
    y, v = data
    order = np.array(sorted(range(len(y)), key=lambda _: random.random()))  # type: ignore[attr-defined]
    a = bayes(y, v, tau_prior=HalfCauchy(0.3))
    b = bayes(y[order], v[order], tau_prior=HalfCauchy(0.3))
    assert b.mu.mean == pytest.approx(a.mu.mean, abs=1e-9)
    assert b.tau.mean == pytest.approx(a.tau.mean, rel=1e-8)
    np.testing.assert_allclose(b.shrinkage.mean, a.shrinkage.mean[order], atol=1e-9)


@given(studies(), st.integers(0, 100))
@settings(max_examples=30)
def test_an_absent_study_is_one_that_was_not_given(data: tuple[np.ndarray, np.ndarray], place: int) -> None:
    y, v = data
    gone = place % len(y)
    left = np.arange(len(y)) != gone
    a = bayes(np.where(left, y, np.nan)[None], np.where(left, v, np.nan)[None], tau_prior=HalfNormal(0.5))
    b = bayes(y[left], v[left], tau_prior=HalfNormal(0.5))
    assert a.k[0] == b.k
    assert a.mu.mean[0] == pytest.approx(b.mu.mean, abs=1e-10)
    assert a.tau.interval()[1][0] == pytest.approx(b.tau.interval()[1], rel=1e-8)
    assert math.isnan(a.shrinkage.mean[0, gone])
    np.testing.assert_allclose(a.shrinkage.median[0, left], b.shrinkage.median, atol=1e-9)


@PRIORS
def test_a_batch_is_its_rows(prior: TauPrior) -> None:
    rng = np.random.default_rng(2)
    v = rng.uniform(0.01, 0.3, (300, 6))
    y = rng.normal(0.2, np.sqrt(v + rng.uniform(0, 1, (300, 1)) ** 2))
    y[7, 2], v[7, 2] = np.nan, np.nan
    batch = bayes(y, v, tau_prior=prior)
    for row in (0, 7, 150, 299):
        there = ~np.isnan(y[row])
        one = bayes(y[row, there], v[row, there], tau_prior=prior)
        for name in ("mu", "tau", "theta_new"):
            a, b = getattr(batch, name), getattr(one, name)
            assert a.mean[row] == pytest.approx(b.mean, rel=1e-8, abs=1e-9, nan_ok=True)
            assert a.mode[row] == pytest.approx(b.mode, rel=1e-6, abs=1e-8)
            assert a.quantile([0.1, 0.8])[row] == pytest.approx(b.quantile([0.1, 0.8]), rel=1e-8, abs=1e-9)
            assert a.interval()[0][row] == pytest.approx(b.interval()[0], rel=1e-6, abs=1e-7)
            assert a.density([0.1, 0.3])[row] == pytest.approx(b.density([0.1, 0.3]), rel=1e-8)
        assert batch.joint_mode[1][row] == pytest.approx(one.joint_mode[1], abs=1e-7)
        assert batch.log_posterior([0.1, 0.2], 0.3)[row] == pytest.approx(one.log_posterior([0.1, 0.2], 0.3))


def test_points_of_its_own_for_each_row() -> None:
    batch = bayes(np.stack([Y, Y + 1]), np.stack([V, V]), tau_prior=HalfNormal(0.5))
    x = np.array([[0.1, 0.2], [1.1, 1.2]])
    np.testing.assert_allclose(batch.mu.density(x)[0], batch.mu.density(x)[1], rtol=1e-9)


@given(studies())
@settings(max_examples=40)
def test_bayes_factors_are_ratios_of_evidence(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, v = data
    prior = HalfNormal(0.4)
    fit = bayes(y, v, tau_prior=prior, mu_prior=Normal(0, 1))
    cov = np.diag(v) + 1.0
    without = -0.5 * (len(y) * math.log(2 * math.pi) + np.linalg.slogdet(cov)[1] + y @ np.linalg.solve(cov, y))
    assume(min(fit.bayes_factor_tau, fit.bayes_factor_mu) > 1e-280)  # below, digits are lost, and then it is zero
    assert math.log(fit.bayes_factor_tau) == pytest.approx(without - fit.log_marginal, abs=1e-8)
    pinned = bayes(y, v, tau_prior=prior, mu_prior=Normal(0, 1e-7))
    assert math.log(fit.bayes_factor_mu) == pytest.approx(pinned.log_marginal - fit.log_marginal, abs=1e-5)


def test_evidence_and_bayes_factors_need_proper_priors() -> None:
    both = bayes(Y, V, tau_prior=Uniform())
    assert both.improper == "the prior of tau and of mu is improper"
    assert math.isnan(both.log_marginal)
    assert math.isnan(both.bayes_factor_tau)
    assert math.isnan(both.bayes_factor_mu)
    assert "No marginal likelihood: the prior of tau and of mu is improper" in str(both)
    assert not math.isnan(bayes(Y, V, tau_prior=HalfNormal(1)).bayes_factor_tau)  # the flat mu is common to both
    assert not math.isnan(bayes(Y, V, tau_prior=Uniform(), mu_prior=Normal(0, 1)).bayes_factor_mu)


def test_the_joint_density_integrates_and_its_mode_is_highest() -> None:
    fit = bayes(Y, V, tau_prior=HalfCauchy(0.5))
    tau, mu = fit.joint_mode
    top = fit.log_posterior(tau, mu)
    assert (fit.log_posterior(tau + np.array([1e-3, 0, 0]), mu + np.array([0, 1e-3, -1e-3])) <= top).all()
    grid = np.linspace(-2, 3, 2001)
    marginal = np.exp(fit.log_posterior(0.25, grid)).sum() * (grid[1] - grid[0])
    assert marginal == pytest.approx(fit.tau.density(0.25), rel=1e-9)
    assert math.isinf(fit.log_posterior(-0.1, 0.0))


#: The prior's order of decay and the number of studies, less one for a flat mean, must exceed 1 together.
@pytest.mark.parametrize(("k", "mu_prior"), [(1, None), (2, None), (1, Normal(0, 1))])
def test_a_posterior_that_cannot_be_integrated_is_refused(k: int, mu_prior: Normal | None) -> None:
    with pytest.raises(ValueError, match=f"improper .* k = {k}; expected {3 if mu_prior is None else 2} or more"):
        bayes(Y[:k], V[:k], tau_prior=Uniform(), mu_prior=mu_prior)
    few = np.arange(5) < k
    y, v = np.stack([Y, np.where(few, Y, np.nan)]), np.stack([V, np.where(few, V, np.nan)])
    batch = bayes(y, v, tau_prior=Uniform(), mu_prior=mu_prior)
    assert list(batch.reason) == ["", "posterior that cannot be integrated"]
    assert math.isnan(batch.mu.mean[1])
    assert not math.isnan(batch.mu.mean[0])


def test_the_condition_is_exact() -> None:
    # With k = 3 and a flat mean the posterior of tau falls as tau to the power of -2: it can just be integrated.
    mass = bayes(Y[:3], V[:3], tau_prior=Uniform()).tau
    assert mass.cdf(1e6) == pytest.approx(1 - 1e-6 * mass.density(1e6) * 1e12, abs=1e-9)
    assert math.isinf(mass.mean)
    assert math.isinf(mass.sd)
    # A bounded support makes the integral finite, but as the bound grows the posterior has no limit for k = 2.
    medians = [bayes(Y[:2], V[:2], tau_prior=Uniform(upper)).tau.median for upper in (10, 1e3, 1e5)]
    assert medians[0] < medians[1] < medians[2]
    medians = [bayes(Y[:3], V[:3], tau_prior=Uniform(upper)).tau.median for upper in (1e3, 1e5)]
    assert medians[0] == pytest.approx(medians[1], rel=0.01)


def test_tails_too_heavy_for_moments_are_said() -> None:
    fit = bayes(Y[:2], V[:2], tau_prior=HalfCauchy(0.5))  # posterior of tau falls as tau to the power of -3
    assert math.isfinite(fit.tau.mean)
    assert math.isinf(fit.tau.sd)
    assert math.isinf(fit.mu.sd)
    assert math.isfinite(fit.mu.mean)
    proper = bayes(Y[:2], V[:2], tau_prior=HalfCauchy(0.5), mu_prior=Normal(0, 1))
    assert proper.mu.sd < 1
    assert np.isfinite(fit.shrinkage.sd).all()


@pytest.mark.parametrize(
    ("yi", "vi", "message"),
    [
        ([0.1, 0.2], [0.1], r"yi has shape \(2,\) and vi \(1,\)"),
        ([], [], "nothing to analyse"),
        ([0.1, math.nan], [0.1, 0.1], "yi is nan and vi 0.1 in row 2"),
        ([0.1, 0.2], [0.1, 0.0], "yi is 0.2 and vi 0.0 in row 2"),
        ([0.1, math.inf], [0.1, 0.2], "yi is inf"),
    ],
)
def test_bad_data_is_named(yi: list[float], vi: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bayes(yi, vi, tau_prior=HalfNormal(1))


def test_bad_questions_are_named() -> None:
    fit = bayes(Y, V, tau_prior=HalfNormal(1))
    for call, message in (
        (lambda: bayes(Y, V, tau_prior=HalfNormal(1), level=95), "level is 95"),
        (lambda: fit.mu.quantile(1.5), "p is 1.5"),
        (lambda: fit.mu.interval(0), "level is 0"),
        (lambda: fit.mu.interval(0.9, "longest"), "unknown kind 'longest'"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_the_ends_of_the_support() -> None:
    fit = bayes(Y, V, tau_prior=Uniform(0.5))
    assert fit.tau.quantile([0, 1]).tolist() == [0, 0.5]
    assert fit.tau.cdf([-1, 0, 0.5, 2]).tolist() == [0, 0, 1, 1]
    assert fit.tau.density([-0.1, 0.6]).tolist() == [0, 0]
    assert fit.mu.quantile([0, 1]).tolist() == [-math.inf, math.inf]
    assert fit.tau.density(0.5) > 0


def test_a_batch_says_why_a_row_is_missing() -> None:
    y = np.stack([Y, np.full(5, np.nan), np.where(np.arange(5) == 1, np.inf, Y)])
    v = np.stack([V, np.full(5, np.nan), V])
    batch = bayes(y, v, tau_prior=HalfNormal(1))
    assert list(batch.reason[:2]) == ["", "no study"]
    assert "a variance that is not above 0" in batch.reason[2]
    assert np.isnan(batch.theta_new.interval()[0]).tolist() == [False, True, True]
    assert "1 flagged: no study" in str(batch)
    assert batch.table().height == 9
    nothing = bayes(y[1:2], v[1:2], tau_prior=HalfNormal(1))
    assert math.isnan(nothing.mu.median[0])


def test_print_and_table() -> None:
    fit = bayes(Y, V, tau_prior=HalfNormal(0.5), mu_prior=Normal(0, 2))
    text = str(fit)
    for part in ("k = 5", "HalfNormal(scale=0.5)", "theta_new", "95% shortest interval", "Bayes factor of tau = 0"):
        assert part in text
    assert fit.table()["quantity"].to_list() == ["mu", "tau", "theta_new"]
    assert fit.as_dict()["mu"]["mean"] == fit.mu.mean
