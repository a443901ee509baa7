"""Model averaging against direct integration, closed forms, RoBMA's printed numbers, and simulated truth."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from glabella.synthesis import (
    Cauchy,
    HalfCauchy,
    HalfNormal,
    InverseGamma,
    Normal,
    Slope,
    Uniform,
    WeightFunction,
    bayes,
    model_average,
    psma,
)

Y = np.array([0.62, 0.11, 0.85, 0.34])
V = np.array([0.05, 0.02, 0.16, 0.04])
EFFECT, TAU = Normal(0.1, 0.7), HalfNormal(0.4)


def logs(fit: Any) -> Any:
    """Log marginal likelihoods by (effect, heterogeneity, bias)."""
    return {(m.effect, m.heterogeneity, m.bias): m.log_marginal for m in fit.models}


def average(*bias_models: Any, y: Any = Y, v: Any = V, effect: Any = EFFECT, tau: Any = TAU, **more: Any) -> Any:
    return model_average(y, v, effect_prior=effect, tau_prior=tau, bias_models=bias_models, **more)


# --- one model at a time, integrated directly ------------------------------------------------------------


def test_without_bias_it_is_the_normal_hierarchical_model() -> None:
    found = logs(average())
    assert found[True, True, "none"] == pytest.approx(
        bayes(Y, V, tau_prior=TAU, mu_prior=EFFECT).log_marginal, abs=1e-8
    )
    assert found[False, False, "none"] == pytest.approx(stats.norm.logpdf(Y, 0, np.sqrt(V)).sum(), abs=1e-12)
    covariance = np.diag(V) + EFFECT.sd**2
    assert found[True, False, "none"] == pytest.approx(
        stats.multivariate_normal.logpdf(Y, np.full(4, EFFECT.mean), covariance), abs=1e-9
    )


def selected(y: Any, v: Any, mu: Any, tau: Any, weight_of_p: Any, cuts: Any) -> Any:
    """Likelihood of published effects, study by study; between ``cuts`` the weight is flat."""
    total = 1.0
    for effect, variance in zip(y, v, strict=True):
        sd = np.sqrt(variance + tau**2)
        ends = [-np.inf, *sorted(cut * np.sqrt(variance) for cut in cuts), np.inf]
        inner = [stats.norm.cdf(high, mu, sd) - stats.norm.cdf(low, mu, sd) for low, high in pairwise(ends)]
        middle = [min(max(low, -50), 50) / 2 + min(max(high, -50), 50) / 2 for low, high in pairwise(ends)]
        weights = [weight_of_p(at / np.sqrt(variance)) for at in middle]
        total *= weight_of_p(effect / np.sqrt(variance)) * stats.norm.pdf(effect, mu, sd) / np.dot(inner, weights)
    return total


def test_one_weight_at_no_effect_is_an_integral_over_the_weight() -> None:
    found = logs(average(WeightFunction((0.05,), "one"), WeightFunction((0.05,), "two")))
    z = stats.norm.isf(0.05)
    one, _ = integrate.quad(lambda w: selected(Y, V, 0, 0, lambda at: 1 if at > z else w, [z]), 0, 1, epsabs=1e-13)
    assert found[False, False, "one-sided 0.05"] == pytest.approx(np.log(one), abs=1e-8)
    both = stats.norm.isf(0.025)
    two, _ = integrate.quad(
        lambda w: selected(Y, V, 0, 0, lambda at: 1 if abs(at) > both else w, [-both, both]), 0, 1, epsabs=1e-13
    )
    assert found[False, False, "two-sided 0.05"] == pytest.approx(np.log(two), abs=1e-8)


@pytest.mark.parametrize("steps", [(0.05, 0.5), (0.025, 0.05, 0.5)])
def test_more_weights_are_averaged_over_all_orders_that_do_not_rise(steps: Any) -> None:
    """The uniform prior of ordered weights: a plain average over sorted random numbers must come near the rule."""
    found = logs(average(WeightFunction(steps), p_effect=0, p_heterogeneity=0))
    z = [stats.norm.isf(step) for step in steps]
    draws = -np.sort(-np.random.default_rng(5).random((200_000, len(steps))), axis=1)
    omega = np.column_stack([np.ones(len(draws)), draws])
    value = np.ones(len(draws))
    for effect, variance in zip(Y, V, strict=True):
        ends = np.array([np.inf, *z, -np.inf])
        share = stats.norm.cdf(ends[:-1]) - stats.norm.cdf(ends[1:])
        own = np.searchsorted(-ends[1:], -effect / np.sqrt(variance))
        value *= omega[:, own] * stats.norm.pdf(effect, 0, np.sqrt(variance)) / (omega @ share)
    error = value.std() / value.mean() / np.sqrt(len(value))
    (only,) = (value for key, value in found.items() if key[2] != "none")
    assert only == pytest.approx(np.log(value.mean()), abs=4 * error)


@pytest.mark.parametrize(("steps", "alpha"), [((0.05, 0.5), (1.0, 1.0, 1.0)), ((0.1, 0.5), (3.0, 1.0, 2.0))])
def test_two_weights_are_an_integral_over_a_dirichlet_density(steps: Any, alpha: Any) -> None:
    found = logs(average(WeightFunction(steps, "one", alpha), p_effect=0, p_heterogeneity=0))
    (value,) = (each for key, each in found.items() if key[2] != "none")
    z = np.array([stats.norm.isf(step) for step in steps])
    ends = np.array([np.inf, *z, -np.inf])
    share = stats.norm.cdf(ends[:-1]) - stats.norm.cdf(ends[1:])
    x, w = np.polynomial.legendre.leggauss(200)
    second, ratio = np.meshgrid((x + 1) / 2, (x + 1) / 2, indexing="ij")
    omega = np.stack([np.ones_like(second), second, second * ratio], axis=-1)
    drops = np.stack([1 - second, second * (1 - ratio), second * ratio])
    density = stats.dirichlet.pdf(drops.reshape(3, -1), alpha).reshape(second.shape) * second
    for effect, variance in zip(Y, V, strict=True):
        own = int(np.searchsorted(-ends[1:], -effect / np.sqrt(variance)))
        density = density * omega[..., own] * stats.norm.pdf(effect, 0, np.sqrt(variance)) / (omega @ share)
    assert value == pytest.approx(np.log((w / 2) @ density @ (w / 2)), abs=1e-8)


def test_a_weight_function_with_effect_and_heterogeneity_is_a_dense_sum() -> None:
    """All of (μ, τ, ω) by Gauss-Legendre rules of our own over fixed boxes: another formula on other nodes."""
    found = logs(average(WeightFunction((0.025,), "one")))
    x, w = np.polynomial.legendre.leggauss(220)
    mu, tau, omega = 0.3 + 4 * x, 1.5 * (x + 1), (x + 1) / 2
    sd = np.sqrt(V + tau[:, None] ** 2)[None]
    away = Y - mu[:, None, None]
    plain = np.exp(-0.5 * (away / sd) ** 2).prod(-1) / (sd * np.sqrt(2 * np.pi)).prod(-1)
    below = stats.norm.cdf((stats.norm.isf(0.025) * np.sqrt(V) - mu[:, None, None]) / sd)
    lesser = int((np.sqrt(V) * stats.norm.isf(0.025) > Y).sum())
    value = 0.0
    for each, mass in zip(omega, w / 2, strict=True):
        value = value + mass * each**lesser / (1 - below * (1 - each)).prod(-1)
    priors = stats.norm.pdf(mu, EFFECT.mean, EFFECT.sd)[:, None] * 2 * stats.norm.pdf(tau, 0, TAU.scale)
    total = (4 * w) @ (plain * value * priors) @ (1.5 * w)
    assert found[True, True, "one-sided 0.025"] == pytest.approx(np.log(total), abs=1e-6)


@pytest.mark.parametrize("kind", ["PET", "PEESE"])
def test_a_slope_with_a_half_normal_prior_has_a_closed_form_given_tau(kind: Any) -> None:
    """μ and the slope are jointly normal, the slope cut off at 0: a ratio of normal probabilities remains."""
    scale = 1.3
    found = logs(average(Slope(kind, HalfNormal(scale))))
    x = np.sqrt(V) if kind == "PET" else V

    def given_tau(tau: Any, sd: Any) -> Any:
        cover = np.diag(V + tau**2) + sd**2 + scale**2 * np.outer(x, x)
        mean = np.full(4, EFFECT.mean if sd else 0.0)
        gain = np.linalg.solve(cover, scale**2 * x)
        middle, spread = gain @ (Y - mean), np.sqrt(scale**2 - scale**2 * x @ gain)
        return 2 * stats.norm.cdf(middle / spread) * stats.multivariate_normal.pdf(Y, mean, cover)

    for effect in (True, False):
        sd = EFFECT.sd if effect else 0.0
        assert found[effect, False, kind] == pytest.approx(np.log(given_tau(0.0, sd)), abs=1e-8)
        value, _ = integrate.quad(
            lambda tau, sd=sd: given_tau(tau, sd) * 2 * stats.norm.pdf(tau, 0, TAU.scale), 0, 5, epsabs=1e-13
        )
        assert found[effect, True, kind] == pytest.approx(np.log(value), abs=1e-7)


def test_a_slope_with_a_heavy_prior_is_an_integral_over_it() -> None:
    found = logs(average(Slope("PET", HalfCauchy(1.0)), Slope("PEESE", HalfCauchy(5.0))))
    for kind, x, scale in (("PET", np.sqrt(V), 1.0), ("PEESE", V, 5.0)):

        def inside(beta: Any, x: Any = x, scale: Any = scale) -> Any:
            return stats.norm.pdf(Y, beta * x, np.sqrt(V)).prod() * 2 * stats.cauchy.pdf(beta, 0, scale)

        value, _ = integrate.quad(inside, 0, np.inf, epsabs=1e-14, limit=200)
        assert found[False, False, kind] == pytest.approx(np.log(value), abs=1e-8)


# --- limits ----------------------------------------------------------------------------------------------


def test_a_slope_that_must_be_nearly_0_is_no_bias() -> None:
    found = logs(average(Slope("PET", HalfNormal(1e-7))))
    for key in ((False, False), (True, False), (False, True), (True, True)):
        assert found[(*key, "PET")] == pytest.approx(found[(*key, "none")], abs=1e-5)


def test_weights_that_must_be_nearly_1_are_no_bias() -> None:
    """The last drop takes nearly all: with a share of 1/(1 + a) left for the other, differences fall as 1/a."""
    off = []
    for a in (20.0, 100.0):
        found = logs(average(WeightFunction((0.05,), "one", (1.0, a)), p_heterogeneity=0))
        off.append(abs(found[True, False, "one-sided 0.05"] - found[True, False, "none"]))
    assert off[1] < 0.02
    assert off[0] / off[1] == pytest.approx(5, rel=0.1)


def test_heterogeneity_that_must_be_nearly_0_is_none() -> None:
    found = logs(average(*psma()[2:3], Slope("PET", HalfCauchy(1.0)), tau=HalfNormal(1e-7)))
    for name in ("none", "one-sided 0.05", "PET"):
        assert found[True, True, name] == pytest.approx(found[True, False, name], abs=1e-6)


def test_probability_0_of_a_component_leaves_its_models_out() -> None:
    fit = average(*psma()[:2], p_effect=1, p_heterogeneity=0, p_bias=0)
    assert [(m.effect, m.heterogeneity, m.bias, m.posterior) for m in fit.models] == [(True, False, "none", 1.0)]
    assert np.isnan(fit.effect.bf)
    assert fit.mu.at_zero == 0
    assert fit.tau.at_zero == 1
    assert np.isnan(fit.tau_conditional.mean)


# --- numbers that RoBMA prints -----------------------------------------------------------------------------

#: Three made-up correlations and sample sizes of RoBMA's own tests (tests/testthat/test-04-fit.R), as d.
R, N = np.array([0.1, 0.2, 0.3]), np.array([15, 20, 50])
D = 2 * R / np.sqrt(1 - R**2)
D_SE = np.sqrt(4 / N + D**2 / (2 * N))


def test_marginal_likelihoods_of_robma_on_the_scale_that_is_given() -> None:
    """As printed in tests/results/summary.models/11.txt: effects taken as they are, a slope with a normal prior.

    Bridge sampling there had 2 chains of 500 draws; its error is about 0.02 in a logarithm, and two digits are
    printed.
    """
    printed = [-2.90, -2.60, -1.45, -2.66, -2.61, -1.73, -2.00, -2.29, -2.24, -2.40, -2.67, -2.59]
    fit = average(
        WeightFunction((0.1,), "two"), Slope("PET", HalfNormal(1.0)), y=D, v=D_SE**2, effect=Normal(0, 1),
        tau=InverseGamma(1, 0.15),
    )  # fmt: skip
    off = np.array([m.log_marginal for m in fit.models]) - printed
    assert np.abs(off).max() < 0.03 + 0.005
    assert np.sqrt((off**2).mean()) < 0.02
    # What is known without drawing agrees to the printed digits.
    assert np.abs(off[0]) < 0.005 + 1e-9


def on_z(d: Any, se: Any) -> Any:
    """Take d to z; the sample size is that which d's variance implies."""
    n = (d**2 + 8) / (2 * se**2)
    return np.arcsinh(d / 2), 1 / (n - 3)


def psma_on_z() -> Any:
    """PEESE's slope counts d per squared standard error of d; both are twice those of z."""
    return (*psma()[:-1], Slope("PEESE", HalfCauchy(10.0), 1 / 4))


def test_marginal_likelihoods_of_robma_on_fishers_z() -> None:
    """As printed in tests/results/summary.models/1.txt, where 15,000 draws went into each; two digits are printed.

    The program works on Fisher's z and halves the priors that it is given for d. Its weight functions are not
    compared here: on z they cut at other effects than those with the p-values of their names, which moves their
    logarithms by up to a tenth in trials as small as these; on the scale that is given they are compared above.
    """
    printed = {
        "none": (-0.83, -0.62, -0.03, -0.39), "PET": (0.16, -0.11, -0.59, -0.87),
        "PEESE": (-0.86, -0.97, -1.53, -1.71),
    }  # fmt: skip
    y, v = on_z(D, D_SE)
    found = logs(average(*psma_on_z()[-2:], y=y, v=v, effect=Normal(0, 0.5), tau=InverseGamma(1, 0.075)))
    off = np.array([
        found[effect, heterogeneity, name] - printed[name][2 * effect + heterogeneity]
        for name in printed for effect in (False, True) for heterogeneity in (False, True)
    ])  # fmt: skip
    assert np.abs(off).max() < 0.02


#: Bem's nine experiments, as Bem, Utts and Johnson (2011) give them; printed in RoBMA's README.
BEM_D = np.array([0.25, 0.20, 0.26, 0.23, 0.22, 0.15, 0.09, 0.19, 0.42])
BEM_SE = np.array(
    [0.10155048, 0.08246211, 0.10323629, 0.10182427, 0.10120277, 0.08210765, 0.07085372, 0.10089846, 0.14752627]
)


def test_bem_2011_as_robma_prints_it() -> None:
    """README of version 2.0: inclusion Bayes factors 0.479, 0.143 and 16.323, mean effect 0.037 (on d).

    Errors of 36 bridge samplers make them uncertain by some percent.
    """
    y, v = on_z(BEM_D, BEM_SE)
    fit = average(*psma_on_z(), y=y, v=v, effect=Normal(0, 0.5), tau=InverseGamma(1, 0.075))
    assert fit.effect.bf == pytest.approx(0.479, rel=0.03)
    assert fit.heterogeneity.bf == pytest.approx(0.143, rel=0.03)
    assert fit.bias.bf == pytest.approx(16.323, rel=0.04)
    # d is twice the hyperbolic sine of z; for effects this small that is 2z to the digits that are printed.
    assert 2 * fit.mu.mean == pytest.approx(0.037, abs=0.002)
    assert 2 * fit.mu.quantile(0.975) == pytest.approx(0.213, abs=0.01)
    assert fit.mu.median == 0
    assert "publication bias" in str(fit)
    assert fit.table().height == 36


# --- what must hold whatever the data -----------------------------------------------------------------------

effects = st.lists(st.tuples(st.floats(-1, 1), st.floats(0.05, 0.5)), min_size=2, max_size=4)
FEW = (WeightFunction((0.05,), "one"), Slope("PET", HalfCauchy(1.0)))


@settings(max_examples=8, deadline=None)
@given(effects, st.floats(0.2, 5))
def test_a_unit_changes_nothing_but_the_unit(rows: Any, unit: Any) -> None:
    y, s = np.array(rows).T
    one = average(*FEW, y=y, v=s**2, p_heterogeneity=0)
    other = average(
        *FEW, y=unit * y, v=(unit * s) ** 2, effect=Normal(unit * EFFECT.mean, unit * EFFECT.sd), p_heterogeneity=0
    )
    assert other.effect.bf == pytest.approx(one.effect.bf, rel=1e-6)
    assert other.bias.bf == pytest.approx(one.bias.bf, rel=1e-6)
    assert other.mu.mean == pytest.approx(unit * one.mu.mean, rel=1e-5, abs=1e-7)
    for mine, theirs in zip(other.models, one.models, strict=True):
        assert mine.log_marginal == pytest.approx(theirs.log_marginal - len(y) * np.log(unit), abs=1e-6)


@settings(max_examples=6, deadline=None)
@given(effects, st.randoms(use_true_random=False))
def test_a_mirror_and_an_order_change_nothing_but_the_sign(rows: Any, random: Any) -> None:
    y, s = np.array(rows).T
    one = average(*FEW, y=y, v=s**2, p_heterogeneity=0)
    random.shuffle(rows)
    y, s = np.array(rows).T
    other = average(*FEW, y=-y, v=s**2, effect=Normal(-EFFECT.mean, EFFECT.sd), favours="less", p_heterogeneity=0)
    assert other.effect.bf == pytest.approx(one.effect.bf, rel=1e-6)
    assert other.mu.mean == pytest.approx(-one.mu.mean, abs=1e-6)
    assert other.mu.quantile(0.1) == pytest.approx(-one.mu.quantile(0.9), abs=1e-5)


def test_posteriors_answer_for_themselves() -> None:
    fit = average(*FEW)
    for posterior in (fit.mu, fit.tau, fit.mu_conditional, fit.models[-1].mu):
        for p in (0.01, 0.3, 0.5, 0.9, 0.999):
            at = float(posterior.quantile(p))
            assert posterior.cdf(at) >= p - 1e-9
            assert posterior.cdf(at - 1e-6) <= p
        low, high = (part(each for d in posterior.densities for each in (float(d.low[0]), float(d.high[-1])))
                     for part in (min, max))  # fmt: skip
        ends = [low, *posterior.quantile(np.linspace(0.01, 0.99, 60)), high]
        mass = sum(integrate.quad(lambda x, p=posterior: float(p.density(x)), a, b)[0]
                   for a, b in pairwise(ends) if b > a)  # fmt: skip
        assert mass == pytest.approx(1 - posterior.at_zero, abs=1e-6)
    centre, narrow = fit.mu_conditional.interval(), fit.mu_conditional.interval(kind="shortest")
    assert narrow[1] - narrow[0] <= centre[1] - centre[0] + 1e-9
    assert float(fit.mu_conditional.cdf(narrow[1]) - fit.mu_conditional.cdf(narrow[0])) == pytest.approx(0.95)
    assert sum(m.posterior for m in fit.models) == pytest.approx(1)
    assert sum(part.posterior for part in fit.bias_models.values()) == pytest.approx(1)


def test_effects_that_can_only_be_positive() -> None:
    fit = average(effect=HalfNormal(0.7))
    total, _ = integrate.quad(
        lambda mu: stats.norm.pdf(Y, mu, np.sqrt(V)).prod() * 2 * stats.norm.pdf(mu, 0, 0.7), 0, 6, epsabs=1e-13
    )
    assert logs(fit)[True, False, "none"] == pytest.approx(np.log(total), abs=1e-8)
    assert float(fit.mu.cdf(-1e-9)) == 0


def test_a_heavy_prior_of_the_effect() -> None:
    total, _ = integrate.quad(
        lambda mu: stats.norm.pdf(Y, mu, np.sqrt(V)).prod() * stats.cauchy.pdf(mu, 0, 0.7), -8, 8, epsabs=1e-13,
        points=[0.3], limit=200,
    )  # fmt: skip
    assert logs(average(effect=Cauchy(0, 0.7)))[True, False, "none"] == pytest.approx(np.log(total), abs=1e-8)


# --- simulated truth ---------------------------------------------------------------------------------------


def published(random: Any, mean: Any, s: Any, keep: Any) -> Any:
    """Draw effects until each is published."""
    out = []
    for centre, spread in zip(mean, s, strict=True):
        y = random.normal(centre, spread)
        while random.random() >= keep(y / spread):
            y = random.normal(centre, spread)
        out.append(y)
    return np.array(out)


def test_simulation_based_calibration() -> None:
    """Truth is drawn from the prior: probabilities must be frequencies, and ranks of the truth uniform."""
    random, runs = np.random.default_rng(2023), 250
    s = np.array([0.1, 0.2, 0.3, 0.15])
    z = stats.norm.isf(0.05)
    said, true, ranks = [], [], []
    for _ in range(runs):
        effect, bias = random.random() < 0.5, random.choice(3, p=[0.5, 0.25, 0.25])
        mu = random.normal(0.0, 0.5) if effect else 0.0
        weight, slope = random.random(), abs(random.standard_cauchy())
        mean, keep = mu + slope * s * (bias == 2), weight if bias == 1 else 1.0
        y = published(random, mean, s, lambda at, keep=keep: keep if at < z else 1.0)
        fit = average(*FEW, y=y, v=s**2, effect=Normal(0, 0.5), p_heterogeneity=0)
        said.append(
            [fit.effect.posterior, fit.bias_models["one-sided 0.05"].posterior, fit.bias_models["PET"].posterior]
        )
        true.append([effect, bias == 1, bias == 2])
        if effect:
            ranks.append((float(fit.mu.cdf(mu)) - float(fit.mu.at_zero) * (mu >= 0)) / (1 - fit.mu.at_zero))
    told, truth = np.array(said), np.array(true, dtype=float)
    # Sums of independent Bernoulli variables with the probabilities said.
    spread = np.sqrt((told * (1 - told)).sum(axis=0))
    assert (np.abs((truth - told).sum(axis=0)) < 3.5 * spread).all()
    # Where more was said, more was true: the slope of truth on what was said is 1.
    for column in range(3):
        x = told[:, column] - told[:, column].mean()
        slope = x @ truth[:, column] / (x @ x)
        error = np.sqrt((x**2 * told[:, column] * (1 - told[:, column])).sum()) / (x @ x)
        assert abs(slope - 1) < 3.5 * error
    assert stats.kstest(ranks, "uniform").pvalue > 0.001


# --- bad input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": [0.1, np.nan, 0.2, 0.3]}, "yi is nan and vi 0.02 in row 2"),
        ({"v": [0.1, 0.2, 0.0, 0.3]}, "row 3"),
        ({"y": [0.1, 0.2]}, "shape"),
        ({"y": [], "v": []}, "nothing to average"),
        ({"tau": Uniform()}, "improper"),
        ({"p_effect": 1.2}, "p_effect is 1.2"),
        ({"favours": "large"}, "unknown direction 'large'"),
    ],
)
def test_bad_input_is_named(change: Any, words: Any) -> None:
    with pytest.raises(ValueError, match=words):
        average(**change)


def anything(value: str) -> Any:
    """Give what the types forbid."""
    return value


def test_bad_models_are_named() -> None:
    for words, make in (
        ("steps is", lambda: WeightFunction((0.5, 0.05))),
        ("steps is", lambda: WeightFunction(())),
        ("sides is 'both'", lambda: WeightFunction((0.05,), anything("both"))),
        ("expected 2 numbers", lambda: WeightFunction((0.05,), concentration=(1.0,))),
        ("kind is 'PETPEESE'", lambda: Slope(anything("PETPEESE"), HalfCauchy(1.0))),
        ("improper", lambda: Slope("PET", Uniform())),
        ("weight is 0", lambda: Slope("PET", HalfCauchy(1.0), 0)),
        ("Cauchy", lambda: Cauchy(0, 0)),
    ):
        with pytest.raises(ValueError, match=words):
            make()
    with pytest.raises(ValueError, match="expected probabilities between 0 and 1"):
        average().mu.quantile(1.0)


def test_probabilities_too_many_to_keep_are_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = logs(average(WeightFunction((0.025, 0.05), "one")))
    monkeypatch.setattr("glabella.synthesis.bayesian._averaging_likelihood._KEPT", 0)
    assert logs(average(WeightFunction((0.025, 0.05), "one"))) == kept
