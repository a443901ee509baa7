"""Bias-adjusted synthesis against plain analyses, closed forms, direct integration and simulated truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from glabella.synthesis import (
    BiasAdjusted,
    BiasPrior,
    Distribution,
    HalfNormal,
    Normal,
    bayes,
    bias_adjusted,
    unblinding_curve,
)

Y = np.array([-0.9, -0.3, -0.8, -0.5])
V = np.array([0.06, 0.02, 0.09, 0.04])
TAU = HalfNormal(0.3)


def of_bias(fit: BiasAdjusted) -> Distribution:
    """Give the posterior of the bias, which is there."""
    assert fit.bias is not None
    return fit.bias


def same(one: Any, other: Any, rel: Any = 1e-9) -> Any:
    assert one.mean == pytest.approx(other.mean, rel=rel, abs=1e-9)
    assert one.sd == pytest.approx(other.sd, rel=rel, abs=1e-9)
    for p in (0.025, 0.4, 0.975):
        assert one.quantile(p) == pytest.approx(other.quantile(p), rel=1e-7, abs=1e-8)


def test_no_bias_is_the_plain_analysis() -> None:
    plain = bayes(Y, V, tau_prior=TAU, mu_prior=Normal(0, 1))
    adjusted = bias_adjusted(Y, V, bias_prior=BiasPrior(0, 0), tau_prior=TAU, mu_prior=Normal(0, 1))
    same(adjusted.mu, plain.mu)
    same(adjusted.tau, plain.tau)
    same(adjusted.theta_new, plain.theta_new)
    assert adjusted.log_marginal == pytest.approx(plain.log_marginal, abs=1e-9)
    assert adjusted.bias is None
    same(
        bias_adjusted(Y, V, bias_prior=BiasPrior(0, 1e-9), tau_prior=TAU, mu_prior=Normal(0, 1)).mu, plain.mu, 1e-7
    )


def test_a_known_bias_of_all_moves_the_effect_and_nothing_else() -> None:
    plain = bayes(Y, V, tau_prior=TAU)
    adjusted = bias_adjusted(Y, V, bias_prior=BiasPrior(-0.25, 0), tau_prior=TAU)
    assert adjusted.mu.mean == pytest.approx(plain.mu.mean + 0.25, abs=1e-10)
    same(adjusted.tau, plain.tau)


def test_an_uncertain_bias_of_all_is_added_to_the_variance_of_the_mean() -> None:
    """All studies share it, so that it does not average out, and with a flat prior nothing is learned of it."""
    plain = bayes(Y, V, tau_prior=TAU)
    adjusted = bias_adjusted(Y, V, bias_prior=BiasPrior(-0.25, 0.4), tau_prior=TAU)
    assert adjusted.mu.mean == pytest.approx(plain.mu.mean + 0.25, abs=1e-9)
    assert adjusted.mu.sd == pytest.approx(np.hypot(plain.mu.sd, 0.4), rel=1e-9)
    assert of_bias(adjusted).mean == pytest.approx(-0.25, abs=1e-9)
    assert of_bias(adjusted).sd == pytest.approx(0.4, rel=1e-9)


def test_a_bias_of_which_nothing_is_known_leaves_the_unaffected_studies() -> None:
    some = np.array([True, False, True, False])
    alone = bayes(Y[~some], V[~some], tau_prior=TAU)
    # One affected study says nothing; two also tell of tau by how they differ from each other.
    one = np.array([True, False, False, False])
    same(
        bias_adjusted(Y, V, bias_prior=BiasPrior(0, np.inf), affected=one, tau_prior=TAU).mu,
        bayes(Y[1:], V[1:], tau_prior=TAU).mu,
    )
    # With a spread of its own that is huge, each affected study is out whatever the others are.
    out = bias_adjusted(Y, V, bias_prior=BiasPrior(0, 0, 1e6), affected=some, tau_prior=TAU)
    same(out.mu, alone.mu, 1e-6)
    same(out.tau, alone.tau, 1e-6)


def test_everything_is_an_integral_over_tau_of_a_normal_model() -> None:
    degree, prior, mu_prior = np.array([1.0, 0.0, 0.5, 0.8]), BiasPrior(-0.3, 0.2, 0.1), Normal(-0.2, 0.8)
    fit = bias_adjusted(Y, V, bias_prior=prior, affected=degree, tau_prior=TAU, mu_prior=mu_prior)
    design = np.column_stack([np.ones(4), degree])
    before = np.diag([mu_prior.sd**2, prior.sd**2])
    centre = np.array([mu_prior.mean, prior.mean])

    def at(tau: Any) -> Any:
        own = np.diag(V + tau**2 + (prior.between * degree) ** 2)
        cover = own + design @ before @ design.T
        gain = before @ design.T @ np.linalg.inv(cover)
        mean = centre + gain @ (Y - design @ centre)
        left = before - gain @ design @ before
        weight = stats.multivariate_normal.pdf(Y, design @ centre, cover) * 2 * stats.norm.pdf(tau, 0, TAU.scale)
        return np.array([weight, *(weight * mean), *(weight * (mean**2 + np.diag(left)))])

    total, *moments = (integrate.quad(lambda tau, i=i: at(tau)[i], 0, 4, epsabs=1e-13)[0] for i in range(5))
    mu, bias, mu2, bias2 = np.array(moments) / total
    assert fit.log_marginal == pytest.approx(np.log(total), abs=1e-8)
    assert fit.mu.mean == pytest.approx(mu, abs=1e-8)
    assert fit.mu.sd == pytest.approx(np.sqrt(mu2 - mu**2), abs=1e-8)
    assert of_bias(fit).mean == pytest.approx(bias, abs=1e-8)
    assert of_bias(fit).sd == pytest.approx(np.sqrt(bias2 - bias**2), abs=1e-8)


rows = st.lists(st.tuples(st.floats(-2, 2), st.floats(0.05, 1), st.floats(0, 1)), min_size=3, max_size=7)


@settings(max_examples=12, deadline=None)
@given(rows, st.floats(-2, 2), st.floats(0.2, 5))
def test_place_unit_and_order(rows: Any, place: Any, unit: Any) -> None:
    y, s, degree = np.array(rows).T
    prior, back = BiasPrior(-0.3, 0.2, 0.1), slice(None, None, -1)
    one = bias_adjusted(y, s**2, bias_prior=prior, affected=degree, tau_prior=TAU)
    other = bias_adjusted(
        unit * (y + place)[back], (unit * s[back]) ** 2, affected=degree[back],
        tau_prior=HalfNormal(unit * TAU.scale),
        bias_prior=BiasPrior(unit * prior.mean, unit * prior.sd, unit * prior.between),
    )  # fmt: skip
    assert other.mu.mean == pytest.approx(unit * (one.mu.mean + place), rel=1e-6, abs=1e-7)
    assert other.mu.sd == pytest.approx(unit * one.mu.sd, rel=1e-6)
    assert of_bias(other).mean == pytest.approx(unit * of_bias(one).mean, rel=1e-6, abs=1e-7)
    # A bias of some amount in all trials is that amount taken off the effects.
    moved = bias_adjusted(y - 0.7 * degree, s**2, affected=degree, tau_prior=TAU, bias_prior=prior)
    assert bias_adjusted(
        y, s**2, affected=degree, tau_prior=TAU, bias_prior=BiasPrior(prior.mean + 0.7, prior.sd, prior.between)
    ).mu.mean == pytest.approx(moved.mu.mean, abs=1e-7)


def test_a_batch_is_its_rows() -> None:
    y = np.array([Y, Y[::-1], [np.nan, 0.1, 0.2, -0.4], [np.nan] * 4])
    v = np.array([V, V[::-1], [np.nan, 0.02, 0.09, 0.04], [np.nan] * 4])
    degree, prior = [1.0, 0.5, 0.0, 1.0], BiasPrior(-0.3, 0.2, 0.1)
    batch = bias_adjusted(y, v, bias_prior=prior, affected=degree, tau_prior=TAU)
    for row in range(3):
        there = np.isfinite(y[row])
        one = bias_adjusted(
            y[row, there], v[row, there], bias_prior=prior, affected=np.array(degree)[there], tau_prior=TAU
        )
        assert batch.mu.mean[row] == pytest.approx(one.mu.mean, abs=1e-8)
        assert of_bias(batch).sd[row] == pytest.approx(of_bias(one).sd, abs=1e-8)
        assert (batch.k[row], batch.affected[row]) == (one.k, one.affected)
    assert np.isnan(batch.mu.mean[3])
    assert batch.reason[3] == "no study"
    assert batch.table().height == 4 * 4
    assert "1 flagged: no study" in str(batch)


def test_the_curve_is_the_analysis_at_each_bias_and_its_turning_points_turn() -> None:
    degree = np.array([1.0, 0.4, 1.0, 0.7])
    curve = unblinding_curve(Y, V, bias=[0.0, -0.3, -0.6], affected=degree, tau_prior=TAU, between=0.1)
    for place, bias in enumerate(curve.bias):
        fit = bias_adjusted(Y, V, bias_prior=BiasPrior(bias, 0, 0.1), affected=degree, tau_prior=TAU)
        low, high = fit.mu.interval(kind="central")
        assert (curve.estimate[place], curve.low[place], curve.high[place]) == pytest.approx(
            (fit.mu.mean, low, high), abs=1e-8
        )
    at = bias_adjusted(Y, V, bias_prior=BiasPrior(curve.tipping, 0, 0.1), affected=degree, tau_prior=TAU)
    assert at.mu.quantile(0.975) == pytest.approx(0, abs=1e-7)
    half = bias_adjusted(Y, V, bias_prior=BiasPrior(curve.halving, 0, 0.1), affected=degree, tau_prior=TAU)
    assert half.mu.mean == pytest.approx(curve.unadjusted / 2, abs=1e-7)
    mirrored = unblinding_curve(-Y, V, bias=[0.0, 0.3, 0.6], affected=degree, tau_prior=TAU, between=0.1)
    assert mirrored.tipping == pytest.approx(-curve.tipping, abs=1e-7)
    assert mirrored.halving == pytest.approx(-curve.halving, abs=1e-7)
    assert curve.table().height == 3
    assert "half of it is left with a bias of" in str(curve)


def test_a_curve_that_cannot_tip() -> None:
    none = unblinding_curve([-0.1, 0.1, 0.0], [0.05] * 3, bias=[0.0], tau_prior=TAU)
    assert none.tipping == 0
    # One exact study without bias decides, whatever is assumed of the other.
    safe = unblinding_curve([-1.0, -1.0], [1e-4, 0.5], bias=[0.0], affected=[0, 1], tau_prior=HalfNormal(1e-3))
    assert np.isnan(safe.tipping)
    assert np.isnan(safe.halving)
    assert "no bias looked at" in str(safe)


def test_a_prior_from_guesses() -> None:
    """Mean and variance are those of a product of independent quantities, here simulated."""
    prior = BiasPrior.from_guesses(36, 40, Normal(-0.4, 0.2))
    random = np.random.default_rng(1)
    draws = (2 * random.beta(36.5, 4.5, 400_000) - 1) * random.normal(-0.4, 0.2, 400_000)
    assert prior.mean == pytest.approx(draws.mean(), abs=4 * draws.std() / np.sqrt(400_000))
    assert prior.sd == pytest.approx(draws.std(), rel=0.01)
    assert BiasPrior.from_guesses(20, 40, Normal(-0.4, 0.2)).mean == pytest.approx(0)


def test_simulation_based_calibration() -> None:
    """Truth drawn from the priors: its place in the posterior must be uniform, for effect, bias and spread."""
    random, runs = np.random.default_rng(172), 3000
    degree, prior, mu_prior = np.array([1.0, 1.0, 0.3, 0.0, 0.8]), BiasPrior(-0.3, 0.25, 0.15), Normal(0, 0.6)
    s = np.array([0.2, 0.15, 0.3, 0.25, 0.1])
    mu, shared = random.normal(0, 0.6, runs), random.normal(prior.mean, prior.sd, runs)
    tau = np.abs(random.normal(0, TAU.scale, runs))
    own = random.normal(0, prior.between, (runs, 5))
    true = mu[:, None] + degree * (shared[:, None] + own) + tau[:, None] * random.standard_normal((runs, 5))
    fit = bias_adjusted(
        random.normal(true, s), np.broadcast_to(s**2, (runs, 5)), bias_prior=prior, affected=degree, tau_prior=TAU,
        mu_prior=mu_prior,
    )  # fmt: skip
    for posterior, truth in ((fit.mu, mu), (of_bias(fit), shared), (fit.tau, tau)):
        quantiles = np.stack([np.asarray(posterior.quantile(p)) for p in np.arange(0.1, 0.95, 0.1)])
        cell = (quantiles < truth).sum(axis=0)
        assert stats.chisquare(np.bincount(cell, minlength=10)).pvalue > 0.001


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"yi": [0.1, np.nan, 0.2, 0.3]}, "row 2"),
        ({"vi": [0.1, 0.2]}, "shape"),
        ({"affected": [1, 0]}, r"affected has shape \(2,\)"),
        ({"affected": [1, 0, np.nan, 0]}, "affected is nan in row 3"),
        ({"bias_prior": BiasPrior(0, np.inf)}, "affects all studies alike"),
        ({"bias_prior": BiasPrior(0, np.inf), "affected": [0, 0, 0, 0]}, "affects no study"),
    ],
)
def test_bad_input_is_named(change: Any, words: Any) -> None:
    asked = {"yi": Y, "vi": V, "bias_prior": BiasPrior(0, 0.1), "tau_prior": TAU} | change
    yi, vi = asked.pop("yi"), asked.pop("vi")
    with pytest.raises(ValueError, match=words):
        bias_adjusted(yi, vi, **asked)


def test_bad_priors_and_curves_are_named() -> None:
    for words, make in (
        ("mean is nan", lambda: BiasPrior(np.nan, 1)),
        ("sd is -1", lambda: BiasPrior(0, -1)),
        ("between is inf", lambda: BiasPrior(0, 1, np.inf)),
        ("5 of 4 guessed", lambda: BiasPrior.from_guesses(5, 4, Normal(0, 1))),
        ("bias is", lambda: unblinding_curve(Y, V, bias=[], tau_prior=TAU)),
        ("shape", lambda: unblinding_curve(Y, V[:2], bias=[0.0], tau_prior=TAU)),
    ):
        with pytest.raises(ValueError, match=words):
            make()
