"""Bayesian meta-regression: against the mean alone, dense matrices, and other columns of the same space."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from glabella.synthesis import (
    Design,
    HalfCauchy,
    HalfNormal,
    Normal,
    Uniform,
    bayes,
    bayes_regression,
    design,
    pool,
)

Y = np.array([0.1, 0.4, 0.8, -0.2, 0.5, 0.9])
V = np.array([0.04, 0.05, 0.09, 0.06, 0.03, 0.05])
X = np.array([1.0, 2.0, 4.0, 0.5, 2.5, 3.0])
MEAN = Design(np.ones((6, 1)), ("Intercept",))


@pytest.mark.parametrize("prior", [None, Normal(0.1, 0.6)])
def test_with_the_intercept_alone_it_is_the_mean(prior: Normal | None) -> None:
    a = bayes(Y, V, tau_prior=HalfNormal(0.4), mu_prior=prior)
    b = bayes_regression(Y, V, MEAN, tau_prior=HalfNormal(0.4), beta_prior=prior)
    assert b.names == ("Intercept",)
    assert b.coefficients.mean[0] == pytest.approx(a.mu.mean, rel=1e-12)
    assert b.coefficients.interval()[1][0] == pytest.approx(a.mu.interval()[1], rel=1e-9)
    assert b.tau.median == pytest.approx(a.tau.median, rel=1e-10)
    assert b.predict(MEAN, new_study=True).sd[0] == pytest.approx(a.theta_new.sd, rel=1e-12)
    assert b.log_marginal == pytest.approx(a.log_marginal, abs=1e-11, nan_ok=True)
    assert b.bayes_factor_tau == pytest.approx(a.bayes_factor_tau, rel=1e-10)
    np.testing.assert_allclose(b.shrinkage.mean, a.shrinkage.mean, rtol=1e-10)


def test_the_evidence_is_that_of_dense_matrices() -> None:
    prior, slopes = HalfNormal(0.4), (Normal(0.1, 0.6), Normal(0, 0.3))
    x = np.column_stack([np.ones(6), X])
    centre = x @ np.array([0.1, 0.0])
    spread = x @ np.diag([0.36, 0.09]) @ x.T

    def joint(tau: float) -> float:
        cov = spread + np.diag(V + tau**2)
        return float(multivariate_normal(centre, cov).pdf(Y) * prior.density(tau))

    expected, _ = quad(joint, 0, 8, epsabs=0, epsrel=1e-12, limit=400)
    fit = bayes_regression(Y, V, X, tau_prior=prior, beta_prior=slopes)
    assert fit.log_marginal == pytest.approx(math.log(expected), abs=1e-9)
    mean, _ = quad(lambda tau: tau * joint(tau), 0, 8, epsabs=0, epsrel=1e-12, limit=400)
    assert fit.tau.mean == pytest.approx(mean / expected, rel=1e-9)


def test_the_coefficients_are_those_of_dense_matrices() -> None:
    prior, slopes = HalfNormal(0.4), (None, Normal(0, 0.3))
    x, precision = np.column_stack([np.ones(6), X]), np.diag([0.0, 1 / 0.09])

    def given(tau: float) -> tuple[float, np.ndarray, np.ndarray]:
        weight = np.diag(1 / (V + tau**2))
        cov = np.linalg.inv(x.T @ weight @ x + precision)
        beta = cov @ x.T @ weight @ Y
        rest = Y @ weight @ Y - beta @ np.linalg.solve(cov, beta)
        return math.exp(0.5 * (np.linalg.slogdet(weight)[1] + np.linalg.slogdet(cov)[1] - rest)), beta, cov

    def integral(of: Callable[..., float]) -> float:
        def at(tau: float) -> float:
            mass, beta, cov = given(tau)
            return mass * float(prior.density(tau)) * of(beta, cov)

        return float(quad(at, 0, 8, epsabs=0, epsrel=1e-12, limit=400)[0])

    total = integral(lambda *_: 1.0)
    fit = bayes_regression(Y, V, X, tau_prior=prior, beta_prior=slopes)
    for j in (0, 1):
        mean = integral(lambda beta, _, j=j: beta[j]) / total
        square = integral(lambda beta, cov, j=j: cov[j, j] + beta[j] ** 2) / total
        assert fit.coefficients.mean[j] == pytest.approx(mean, rel=1e-9)
        assert fit.coefficients.sd[j] == pytest.approx(math.sqrt(square - mean**2), rel=1e-9)
    at = np.array([1.0, 1.7])
    mean = integral(lambda beta, _: at @ beta) / total
    square = integral(lambda beta, cov: at @ cov @ at + (at @ beta) ** 2) / total
    there = fit.predict([1.7])
    assert there.mean[0] == pytest.approx(mean, rel=1e-9)
    assert there.sd[0] == pytest.approx(math.sqrt(square - mean**2), rel=1e-9)


def test_a_calendar_year_costs_no_digits() -> None:
    years = np.array([1990.0, 1995, 2003, 1998, 2010, 2021])
    a = bayes_regression(Y, V, years, tau_prior=HalfCauchy(0.3))
    b = bayes_regression(Y, V, years - 2000, tau_prior=HalfCauchy(0.3))
    assert a.coefficients.mean[1] == pytest.approx(b.coefficients.mean[1], rel=1e-10)
    assert a.coefficients.sd[1] == pytest.approx(b.coefficients.sd[1], rel=1e-10)
    assert a.tau.mean == pytest.approx(b.tau.mean, rel=1e-10)
    assert a.predict([2005.0]).sd[0] == pytest.approx(b.predict([5.0]).sd[0], rel=1e-8)
    assert a.predict([2005.0]).mean[0] == pytest.approx(b.predict([5.0]).mean[0], rel=1e-8)


def test_other_columns_of_the_same_space_give_the_same() -> None:
    groups = {"arm": ["a", "b", "c", "a", "b", "c"]}
    contrasts, means = design("~ arm", groups), design("~ arm - 1", groups)
    a = bayes_regression(Y, V, contrasts, tau_prior=HalfNormal(0.4))
    b = bayes_regression(Y, V, means, tau_prior=HalfNormal(0.4))
    assert b.coefficients.mean[1] == pytest.approx(a.coefficients.mean[0] + a.coefficients.mean[1], rel=1e-9)
    assert b.tau.interval()[1] == pytest.approx(a.tau.interval()[1], rel=1e-8)
    np.testing.assert_allclose(a.shrinkage.sd, b.shrinkage.sd, rtol=1e-9)
    np.testing.assert_allclose(a.predict(contrasts).mean, b.predict(means).mean, rtol=1e-9)


def test_without_heterogeneity_it_is_the_weighted_regression() -> None:
    fit = bayes_regression(Y, V, X, tau_prior=HalfNormal(1e-7))
    classical = pool(Y, V, mods=X, method="common", test="z")
    np.testing.assert_allclose(fit.coefficients.mean, classical.estimate, rtol=1e-8)
    np.testing.assert_allclose(fit.coefficients.sd, classical.se, rtol=1e-8)


def test_a_batch_is_its_rows() -> None:
    rng = np.random.default_rng(0)
    y = Y + rng.normal(0, 0.3, (40, 6))
    v = np.broadcast_to(V, y.shape).copy()
    y[3, 2] = v[3, 2] = np.nan
    y[5, 1:] = v[5, 1:] = np.nan
    mods = np.stack([X, rng.normal(size=6)], axis=1)
    batch = bayes_regression(y, v, mods, tau_prior=HalfNormal(0.4))
    assert batch.reason[5] == "moderators that are constant or collinear, or more of them than studies"
    assert np.isnan(batch.coefficients.mean[5]).all()
    for row in (0, 3, 39):
        there = ~np.isnan(y[row])
        one = bayes_regression(y[row, there], v[row, there], mods[there], tau_prior=HalfNormal(0.4))
        np.testing.assert_allclose(batch.coefficients.mean[row], one.coefficients.mean, rtol=1e-8)
        np.testing.assert_allclose(batch.coefficients.interval()[0][row], one.coefficients.interval()[0], rtol=1e-6)
        np.testing.assert_allclose(batch.joint_mode[1][row], one.joint_mode[1], rtol=1e-6)
        np.testing.assert_allclose(batch.predict(mods[:2]).median[row], one.predict(mods[:2]).median, rtol=1e-8)
    assert batch.table().height == 160
    assert "39 analysed" in str(batch)


def test_each_row_may_have_its_own_columns() -> None:
    y, v = np.stack([Y, Y]), np.stack([V, V])
    batch = bayes_regression(y, v, np.stack([X, 2 * X])[..., None], tau_prior=HalfNormal(0.4))
    assert batch.coefficients.mean[0, 1] == pytest.approx(2 * batch.coefficients.mean[1, 1], rel=1e-9)


def test_proper_priors_tell_apart_what_data_cannot() -> None:
    twice = np.column_stack([X, X])
    fit = bayes_regression(Y, V, twice, tau_prior=HalfNormal(0.4), beta_prior=Normal(0, 1))
    assert fit.coefficients.mean[1] == pytest.approx(fit.coefficients.mean[2], rel=1e-9)
    assert math.isfinite(fit.log_marginal)
    few = bayes_regression(Y[:2], V[:2], twice[:2], tau_prior=HalfNormal(0.4), beta_prior=Normal(0, 1))
    assert np.isfinite(few.coefficients.sd).all()


@pytest.mark.parametrize(
    ("mods", "options", "message"),
    [
        (np.column_stack([X, X]), {}, r"constant or collinear.*k = 6, 3 coefficients with flat priors"),
        (np.ones(6), {}, "constant or collinear"),
        (np.eye(6), {}, "7 coefficients with flat priors for 6 studies"),
        (X[:3], {}, r"mods has shape \(3, 2\)"),
        (np.where(X > 3, np.nan, X), {}, "moderator mods1 is nan in row 3"),
        (X, {"beta_prior": [Normal(0, 1)]}, r"beta_prior has 1 priors, expected 2"),
        (X[:6], {"tau_prior": Uniform(), "few": 3}, "expected 4 or more studies"),
    ],
)
def test_what_cannot_be_is_named(mods: np.ndarray, options: dict[str, object], message: str) -> None:
    few = int(str(options.pop("few", 6)))
    given = {"tau_prior": HalfNormal(0.4), **options}
    with pytest.raises(ValueError, match=message):
        bayes_regression(Y[:few], V[:few], mods[:few], **given)  # type: ignore[arg-type]


def test_predictions_name_what_is_wrong() -> None:
    fit = bayes_regression(Y, V, X, tau_prior=HalfNormal(0.4))
    with pytest.raises(ValueError, match=r"columns have shape \(1, 3\), expected \(m, 2\)"):
        fit.predict([[1.0, 2.0]])
    with pytest.raises(ValueError, match="moderator mods1 is nan in row 2"):
        fit.predict([1.0, math.nan])
    assert fit.predict([1.0, 2.0], new_study=True).sd[0] > fit.predict([1.0, 2.0]).sd[0]


def test_print_and_table() -> None:
    fit = bayes_regression(Y, V, X, tau_prior=HalfNormal(0.4), beta_prior=[None, Normal(0, 1)])
    assert "mods1 ~ Normal(mean=0, sd=1)" in str(fit)
    assert "No marginal likelihood: the prior of Intercept is improper" in str(fit)
    assert fit.table()["quantity"].to_list() == ["Intercept", "mods1", "tau"]
