"""Fits to shares of responders: synthetic data from known numbers give those numbers back."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, norm

from glabella.mechanism import load
from glabella.mechanism._fit import Fit, fit, slopes
from glabella.mechanism._likelihood import SHIFTS, Likelihood, MuscleData, muscle_data
from glabella.mechanism._unknowns import Unknown
from tests.mechanism.models import TOXIN

MODEL = load(
    TOXIN.replace(
        "bulk = dose;",
        "bulk = dose*potency*sensitivity; sensitivity = 1; potency = 1;"
        " sensitivity has dimensionless; potency has dimensionless;",
    )
)
TRUTH = (
    Unknown("potency_other", 0.5, "log", constant="potency", product="other"),
    Unknown("kdeg", 0.0144, "log", constant="kdeg"),
    Unknown("threshold_mild", 0.5, "logit"),
    Unknown("threshold_better", 0.3, "logit"),
    Unknown("sensitivity_spread", 0.6, "log"),
    Unknown("sensitivity_men", -0.5),
)
START = tuple(
    replace(each, value=value) for each, value in zip(TRUTH, (0.8, 0.02, 0.35, 0.45, 0.9, 0.0), strict=True)
)
#: Without rates, so that the model is simulated once.
QUICK = tuple(each for each in TRUTH if each.name != "kdeg")
DAYS = (3.0, 14.0, 60.0, 90.0, 120.0, 180.0)


def synthetic(n: float = 400.0) -> MuscleData:
    """Arms without outcomes yet: three trials, two products, two definitions, both sexes."""
    arms = [("one", "first", 20.0, "women", "mild"), ("one", "first", 20.0, "men", "mild"),
            ("two", "other", 40.0, "women", "mild"), ("three", "first", 10.0, "women", "better"),
            ("three", "other", 25.0, "women", "better")]  # fmt: skip
    study, product, dose, sex, definition = zip(*[arm for arm in arms for _ in DAYS], strict=True)
    return muscle_data(study=study, product=product, dose=dose, sex=sex, definition=definition,
                       day=DAYS * len(arms), n=n, events=np.zeros(len(study)), placebo=0.05)  # fmt: skip


@cache
def fitted() -> Fit:
    """Fit shares that are exactly what the model says."""
    return fit(MODEL, expected(synthetic()), START)


def expected(data: MuscleData, unknowns: tuple[Unknown, ...] = TRUTH) -> MuscleData:
    there = Likelihood(MODEL, data, unknowns)
    return replace(data, events=data.n * there.shares(there.start, np.zeros(1))[:, 0])


def test_known_numbers_come_back() -> None:
    # By Gibbs' inequality the likelihood of exact shares has its maximum at the truth.
    found = fitted()
    assert found.converged
    truth = [each.to_line(each.value) for each in TRUTH]
    np.testing.assert_allclose(found.place, truth, atol=0.01 * found.se.min() + 1e-3)
    assert (found.low < found.estimate).all()
    assert (found.estimate < found.high).all()
    assert found.at_limit == found.flat == ()
    assert "kdeg" in str(found)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    there = Likelihood(MODEL, synthetic(), QUICK)
    p = there.shares(there.start, np.zeros(1))[:, 0]
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(12):
        data = replace(synthetic(), events=rng.binomial(400, p).astype(float))
        found = fit(MODEL, data, QUICK)
        inside.append(np.abs(found.place - there.start) < 1.96 * found.se)
    # 60 intervals: fewer than 50 that hold it has a probability below 1e-3 if 95 % do and they were independent.
    assert np.sum(inside) >= 50


def test_trials_that_do_not_differ_are_plain_binomials() -> None:
    data = expected(synthetic())
    data = replace(data, events=np.round(data.events))
    there = Likelihood(MODEL, data, START)
    p = there.shares(there.start, np.zeros(1))[:, 0]
    plain = binom.logpmf(data.events, data.n, p).sum()
    assert there.log_likelihood(there.start) == pytest.approx(plain, rel=1e-10)
    hardly = Likelihood(MODEL, data, (*START, Unknown("study_spread", 1e-6, "log")))
    assert hardly.log_likelihood(hardly.start) == pytest.approx(plain, rel=1e-4)


def test_a_trials_shift_is_integrated() -> None:
    from scipy.integrate import quad

    data = synthetic(600.0).rows(np.arange(6))
    unknowns = (*TRUTH, Unknown("study_spread", 0.4, "log"))
    data = expected(data, (*TRUTH[:3], replace(TRUTH[4], value=0.55), TRUTH[5]))
    data = replace(data, events=np.round(data.events))
    there = Likelihood(MODEL, data, unknowns)

    def likelihood(u: float) -> float:
        p = there.shares(there.start, np.array([u]))[:, 0]
        return float(np.exp(binom.logpmf(data.events, data.n, p).sum()) * norm.pdf(u))

    whole, _ = quad(likelihood, -5, 5, points=[-1, -0.5, 0, 0.5, 1], epsabs=0, epsrel=1e-6, limit=200)
    assert there.log_likelihood(there.start) == pytest.approx(np.log(whole), abs=2e-3)
    assert len(SHIFTS) == 101


def test_a_response_is_kept_by_the_ratio_of_both_days() -> None:
    everybody = synthetic().rows(np.arange(6))
    late = replace(everybody, placebo=np.zeros(6), given=np.where(everybody.day > 14, 14.0, np.nan))
    unknowns = (*TRUTH, Unknown("antibody_share", 0.1, "logit"))
    found, whole = (
        Likelihood(MODEL, data, unknowns).shares(there, np.array([0.0, 1.0]))
        for data in (late, replace(late, given=np.full(6, np.nan)))
        for there in [Likelihood(MODEL, data, unknowns).start]
    )
    np.testing.assert_allclose(found[:2], whole[:2], rtol=1e-12)
    np.testing.assert_allclose(found[2:], whole[2:] / whole[1], rtol=1e-12)
    # Everybody who responds later did so on the day before: carriers of antibodies have no part in it.
    assert (found <= 1).all()


def test_a_spread_between_trials_is_found() -> None:
    shifts = norm.ppf((np.arange(12) + 0.5) / 12)
    study = np.repeat([f"trial {each}" for each in range(12)], 3)
    data = muscle_data(study=study.tolist(), product=["first"] * 36, dose=[20.0] * 36, definition=["mild"] * 36,
                       day=[30.0, 90.0, 150.0] * 12, n=500, events=[0.0] * 36)  # fmt: skip
    unknowns = (TRUTH[2], TRUTH[4], Unknown("study_spread", 0.5, "log"))
    there = Likelihood(MODEL, data, unknowns)
    p = there.shares(there.start, shifts)[np.arange(36), np.repeat(np.arange(12), 3)]
    found = fit(MODEL, replace(data, events=500 * p), unknowns)
    spread = found.estimate[2]
    # The twelve quantiles have themselves a standard deviation of 0.96.
    assert spread == pytest.approx(0.5 * shifts.std(), rel=0.05)


def test_slopes_are_those_of_the_objective() -> None:
    data = expected(synthetic())
    there = Likelihood(MODEL, data, START)
    free = np.ones(len(START), dtype=bool)
    found = slopes(there, there.start, "assumed", free)
    step = 1e-3 * np.eye(len(START))
    coarse = [(there.log_likelihood(there.start - each) - there.log_likelihood(there.start + each)) / 2e-3
              for each in step]  # fmt: skip
    np.testing.assert_allclose(found, coarse, rtol=1e-2, atol=0.05)


def test_what_the_data_cannot_tell_is_said() -> None:
    # One product at one dose: only its potency times the speed of cutting can show.
    data = synthetic().rows(np.arange(6))
    unknowns = (Unknown("potency_first", 1.0, "log", constant="potency", product="first"),
                Unknown("kcut", 0.05, "log", constant="kcut"), TRUTH[2], TRUTH[4])  # fmt: skip
    found = fit(MODEL, expected(data, unknowns), unknowns)
    assert {"potency_first", "kcut"} <= set(found.flat)
    assert "threshold_mild" not in found.flat or not np.isfinite(found.se[2])
    assert "not identified" in str(found)


def test_an_assumption_is_held_by_its_prior() -> None:
    prior = {"mean": np.log(0.05), "sd": 0.2}
    unknowns = (Unknown("potency_first", 1.0, "log", constant="potency", product="first"),
                Unknown("kcut", 0.05, "log", "log_normal", prior, True, "kcut"), TRUTH[2], TRUTH[4])  # fmt: skip
    found = fit(MODEL, expected(synthetic().rows(np.arange(6)), unknowns), unknowns)
    assert found.se[1] == pytest.approx(0.2, rel=0.02)
    assert found.flat == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dose": [20.0, -1.0]}, r"dose of row 1 \(b\) is -1.0, expected more than 0"),
        ({"events": [5.0, 12.0]}, "events of row 1"),
        ({"placebo": [0.0, 1.0]}, "placebo of row 1"),
        ({"given": [0.5, 2.0]}, r"given of row 1 \(b\) is 2.0, expected a day before day"),
        ({"given": 0.5, "placebo": [0.0, 0.1]}, "placebo of row 1"),
        ({"day": [np.nan, 2.0]}, r"day of row 0 \(a\)"),
        ({"day": [1.0]}, "day has shape"),
        ({"percent": [50.0, 50.0]}, "either events or percent"),
    ],
)
def test_rows_that_cannot_be_are_named(changed: dict[str, Any], message: str) -> None:
    rows: dict[str, Any] = {
        "study": ["a", "b"], "product": ["first"] * 2, "dose": [20.0, 20.0], "definition": ["mild"] * 2,
        "day": [1.0, 2.0], "n": 10, "events": [5.0, 5.0],
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        muscle_data(**(rows | changed))


def test_unknowns_that_cannot_be_are_named() -> None:
    with pytest.raises(ValueError, match="threshold_better"):
        fit(MODEL, synthetic(), TRUTH[:3])
    with pytest.raises(ValueError, match="no constant 'kx'"):
        fit(MODEL, synthetic(), (*TRUTH, Unknown("kx", 1.0, "log", constant="kx")))
    with pytest.raises(ValueError, match="twice"):
        fit(MODEL, synthetic(), (*TRUTH, TRUTH[0]))
    with pytest.raises(ValueError, match="has no log"):
        Unknown("kx", -1.0, "log")
    with pytest.raises(ValueError, match="expected a prior"):
        Unknown("kx", 1.0, "log", assumed=True)
    with pytest.raises(ValueError, match="family 'cauchy'"):
        Unknown("kx", 1.0, "log", "cauchy")
