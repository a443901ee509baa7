"""Pooling as far as so few trials allow, against the same numbers made by hand and by the functions beneath."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from glabella.synthesis import (
    NO_PREDICTION,
    HalfNormal,
    LogNormal,
    LogT,
    few_trials,
    pool,
    pool_trials,
    tau_prior_of,
)

#: Made-up effects, far apart.
Y = [0.10, 0.80, 0.30, 1.20, -0.20, 0.60, 0.90, 0.05, 0.40, 0.70]
V = [0.04, 0.05, 0.09, 0.06, 0.03, 0.08, 0.05, 0.02, 0.07, 0.04]
PRIOR = HalfNormal(0.5)
#: Log odds ratios of response: 9/15 v 2/15, 17/33 v 6/41, and 6/11 v 0/19 with a half added.
RESPONSE = ([2.2773, 1.8242, 3.8306], [0.8547, 0.3166, 2.3871])
#: Standardised differences: five comparisons of four trials.
SCORES = ([-1.2460, -1.0057, -2.1119, -0.3510, 0.1228], [0.15921, 0.09621, 0.72551, 0.03314, 0.03038])
TRIALS = ["a", "b", "c", "d", "d"]


def posterior_of_two(y: list[float], v: list[float], scale: float) -> list[float]:
    """Give median and central interval of two effects' mean under a half-normal prior, by plain integration."""

    def parts(tau: float) -> tuple[float, float, float]:
        w = 1 / (np.array(v) + tau**2)
        middle = float((w * y).sum() / w.sum())
        like = math.sqrt(w.prod() / w.sum()) * math.exp(-float((w * (np.array(y) - middle) ** 2).sum()) / 2)
        return like * 2 * stats.norm.pdf(tau, 0, scale), middle, 1 / math.sqrt(w.sum())

    whole = integrate.quad(lambda tau: parts(tau)[0], 0, 10 * scale, epsabs=1e-12, limit=400)[0]

    def below(x: float) -> float:
        def at(tau: float) -> float:
            weight, middle, sd = parts(tau)
            return weight * float(stats.norm.cdf(x, middle, sd))

        return float(integrate.quad(at, 0, 10 * scale, epsabs=1e-12, limit=400)[0] / whole)

    return [optimize.brentq(lambda x, p=p: below(x) - p, -20, 20, xtol=1e-10) for p in (0.5, 0.025, 0.975)]


def test_nothing_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="nothing to pool"):
        pool_trials([], [])


def test_one_trial_is_itself() -> None:
    found = pool_trials([0.3], [0.04], tau_prior=PRIOR)
    assert (found.way, found.k, found.trials) == ("one trial", 1, 1)
    assert found.estimate == 0.3
    assert (found.ci_low, found.ci_high) == pytest.approx((0.3 - 1.959964 * 0.2, 0.3 + 1.959964 * 0.2), abs=1e-6)
    assert (found.prediction, found.interval) == ("", "confidence")
    assert math.isnan(found.pi_low)
    assert math.isnan(found.i2)
    assert set(found.notes) <= NO_PREDICTION
    assert found.weights.tolist() == [100]


def test_comparisons_of_one_trial_are_one_effect() -> None:
    found = pool_trials(SCORES[0][3:], SCORES[1][3:], trial=["d", "d"], tau_prior=PRIOR)
    w = 1 / np.array(SCORES[1][3:])
    mean = float((w * SCORES[0][3:]).sum() / w.sum())
    assert (found.way, found.k, found.trials) == ("one trial", 2, 1)
    assert found.estimate == pytest.approx(mean, rel=1e-12)
    assert found.ci_high - found.ci_low == pytest.approx(2 * 1.959963984540054 / math.sqrt(w.sum()), rel=1e-12)
    assert found.weights == pytest.approx(100 * w / w.sum())
    # The interval of random effects of two, after Hartung and Knapp, would say nothing.
    assert pool(SCORES[0][3:], SCORES[1][3:]).ci_high > 2


def test_two_trials_are_both_shown_and_not_pooled_without_a_prior() -> None:
    found = pool_trials(Y[:2], V[:2], trial=["A", "B"])
    assert found.way == "not pooled"
    assert [(one.name, one.yi) for one in found.each] == [("A", 0.1), ("B", 0.8)]
    assert all(math.isnan(each) for each in (found.estimate, found.ci_low, found.ci_high, found.pi_low, found.tau2))
    assert "no prior" in found.notes[0]
    assert "not pooled" in str(found)
    assert np.isnan(found.weights).all()


def test_two_trials_are_pooled_under_the_prior() -> None:
    found = pool_trials(Y[:2], V[:2], tau_prior=PRIOR)
    assert (found.way, found.interval, found.prediction) == ("two trials", "credible", "prior")
    expected = posterior_of_two(Y[:2], V[:2], 0.5)
    assert [found.estimate, found.ci_low, found.ci_high] == pytest.approx(expected, abs=1e-6)
    assert found.pi_low < found.ci_low
    assert found.pi_high > found.ci_high
    assert found.weights.sum() == pytest.approx(100)


def test_two_trials_of_three_comparisons_are_two() -> None:
    found = pool_trials(Y[:3], V[:3], trial=["A", "B", "B"], tau_prior=PRIOR)
    v = 1 / (1 / V[1] + 1 / V[2])
    both = [Y[0], v * (Y[1] / V[1] + Y[2] / V[2])], [V[0], v]
    assert (found.trials, found.k) == (2, 3)
    assert [found.estimate, found.ci_low, found.ci_high] == pytest.approx(posterior_of_two(*both, 0.5), abs=1e-6)
    assert found.weights[1] / found.weights[2] == pytest.approx(V[2] / V[1])
    assert [one.yi for one in found.each] == pytest.approx(both[0])


@pytest.mark.parametrize("k", [3, 4])
def test_below_five_trials_a_new_one_is_told_by_the_prior(k: int) -> None:
    found, fit = pool_trials(Y[:k], V[:k], tau_prior=PRIOR), pool(Y[:k], V[:k], test="adhoc")
    assert (found.way, found.interval, found.prediction) == ("pooled", "confidence", "prior")
    assert (found.estimate, found.ci_low, found.ci_high) == (fit.estimate, fit.ci_low, fit.ci_high)
    assert (found.tau2, found.i2) == (fit.tau2, fit.i2)
    assert found.pi_low != fit.pi_low
    without = pool_trials(Y[:k], V[:k])
    assert without.prediction == ""
    assert math.isnan(without.pi_low)
    assert set(without.notes) & NO_PREDICTION
    assert "new trial" not in str(without)
    assert "new trial" in str(found)


@pytest.mark.parametrize("k", [5, 9, 10])
def test_from_five_trials_on_it_is_as_fitted(k: int) -> None:
    fit = pool(Y[:k], V[:k], test="adhoc")
    for prior in (None, PRIOR):
        found = pool_trials(Y[:k], V[:k], tau_prior=prior)
        assert (found.estimate, found.ci_low, found.ci_high) == (fit.estimate, fit.ci_low, fit.ci_high)
        assert (found.pi_low, found.pi_high, found.prediction) == (fit.pi_low, fit.pi_high, "fit")
        assert found.posterior is None


def test_five_comparisons_of_four_trials_are_four() -> None:
    """What a new trial of the headline may find, as bayesmeta gives it: -2.301 to 0.770."""
    prior = LogT.of_tau2(-2.99, 2.16, 5)
    found = pool_trials(*SCORES, trial=TRIALS, tau_prior=prior)
    assert (found.k, found.trials, found.prediction) == (5, 4, "prior")
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx((-0.713, -1.661, 0.234), abs=2e-3)
    assert (found.expected, found.pi_low, found.pi_high) == pytest.approx((-0.616, -2.301, 0.770), abs=2e-3)
    assert pool_trials(*SCORES, tau_prior=prior).prediction == "fit"


def test_a_spread_of_zero_makes_no_narrow_prediction() -> None:
    """The odds ratio of a new trial, where the spread is estimated as zero: 2.12 to 42.6 by the prior alone.

    That is less than is unknown of the mean, so that a new trial is not told more narrowly.
    """
    found = pool_trials(*RESPONSE, tau_prior=LogNormal.of_tau2(-2.12, 1.53))
    assert found.tau2 == 0
    assert found.posterior is not None
    assert np.exp(found.posterior.theta_new.interval(kind="central")) == pytest.approx([2.12, 42.6], rel=5e-3)
    assert (found.pi_low, found.pi_high) == (found.ci_low, found.ci_high)
    assert any("not narrower than the mean's" in note for note in found.notes)
    assert pool(*RESPONSE).pi_low == pytest.approx(pool(*RESPONSE).ci_low)
    assert found.widened
    assert any("usual one" in note for note in found.notes)
    assert np.exp([found.ci_low, found.ci_high]) == pytest.approx([1.148, 59.6], rel=1e-3)
    assert not pool_trials(Y[:4], V[:4], tau_prior=PRIOR, test="z").widened


def test_equal_effects_have_an_interval() -> None:
    """Hartung and Knapp's own would be of no width."""
    for k in (2, 3, 4, 5):
        found = pool_trials([0.5] * k, [0.04] * k, tau_prior=PRIOR)
        assert found.estimate == pytest.approx(0.5, abs=1e-9)
        assert found.ci_high - found.ci_low > 2 * 1.95 * math.sqrt(0.04 / k)
        assert found.weights == pytest.approx([100 / k] * k)


def test_a_common_effect_has_no_prediction_interval() -> None:
    for k in (3, 6):
        found = pool_trials(Y[:k], V[:k], method="common", test="z", tau_prior=PRIOR)
        assert (found.prediction, found.notes) == ("", ())
        assert found.estimate == pool(Y[:k], V[:k], method="common", test="z").estimate


def test_turning_signs_turns_the_result() -> None:
    for k in (1, 2, 3, 5):
        one, other = (pool_trials(np.multiply(sign, Y[:k]), V[:k], tau_prior=PRIOR) for sign in (1, -1))
        assert other.estimate == pytest.approx(-one.estimate, abs=1e-8)
        assert (other.ci_low, other.ci_high) == pytest.approx((-one.ci_high, -one.ci_low), abs=1e-8)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"yi": [0.1, 0.2], "vi": [0.1]}, "yi has shape"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.0]}, "a variance above 0"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "trial": ["A"]}, "trial has 1 labels, expected 2"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "trial": ["A", None]}, "trial is missing in row 2"),
        ({"yi": [0.1], "vi": [0.1], "level": 1.5}, "level"),
    ],
)
def test_what_cannot_be_pooled_is_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pool_trials(**given)  # type: ignore[arg-type]


def test_what_the_rules_would_say_of_a_fit() -> None:
    assert few_trials(pool([0.1], [0.04], method="common", test="z")) == ()
    assert len(few_trials(pool(Y[:2], V[:2]))) == 1
    narrow = few_trials(pool(*RESPONSE))
    assert narrow[0].startswith("an interval never narrower than the usual one: 0.138")
    assert narrow[1].startswith("with fewer than five trials: a prediction interval from a declared prior")
    assert few_trials(pool(Y, V, mods=list(range(10)))) == ()
    assert few_trials(pool([Y, Y], [V, V])) == ()
    wide = pool(Y[:5], V[:5])
    safe = pool(Y[:5], V[:5], test="adhoc")
    assert bool(few_trials(wide)) == (safe.ci_high - safe.ci_low > wide.ci_high - wide.ci_low)


def test_a_prior_of_a_dossier_is_the_engines() -> None:
    from glabella.dossier import load

    priors = load().priors
    assert priors is not None
    rhodes = priors.heterogeneity["rhodes_mental_health_pharma_placebo"]
    assert tau_prior_of(rhodes) == LogT.of_tau2(-2.99, 2.16, 5)
    assert rhodes.usual
