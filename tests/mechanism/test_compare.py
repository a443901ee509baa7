"""Explanations beside each other: synthetic data (made here from known numbers), and data that cannot tell."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm

from glabella.mechanism import Model, load, simulate
from glabella.mechanism._compare import SPEEDS, Compared, MoodData, compare, mood_data, unit_relief
from tests.mechanism.models import TOXIN

MOOD = """
  var relief = 0
  relief has dimensionless
  relief' = k_mood*(gain*(face_on*at_site*weakness + look_on*weakness + always_on) - relief)
  k_mood = 0.1; gain = 1; face_on = 1; look_on = 0; always_on = 0; at_site = 1; sensitivity = 1
  k_mood has per_day; gain has dimensionless; face_on has dimensionless; look_on has dimensionless
  always_on has dimensionless; at_site has dimensionless; sensitivity has dimensionless
end"""
EXPLANATIONS = {
    "face": {"face_on": 1.0, "look_on": 0.0, "always_on": 0.0},
    "look": {"face_on": 0.0, "look_on": 1.0, "always_on": 0.0},
    "always": {"face_on": 0.0, "look_on": 0.0, "always_on": 1.0},
}
#: One of the speeds that are tried.
SPEED = float(SPEEDS[20])


@cache
def model() -> Model:
    return load(TOXIN.replace("bulk = dose;", "bulk = dose*sensitivity;").replace("\nend", MOOD))


def rows(**changed: Any) -> MoodData:
    weeks = [2.0, 6.0, 12.0, 24.0]
    given: dict[str, Any] = {
        "study": ["a"] * 4 + ["b"] * 4 + ["c"] * 4, "dose": [20.0] * 4 + [40.0] * 4 + [20.0] * 4,
        "week": weeks * 3, "relief": [0.0] * 12, "se": 0.5,
    }  # fmt: skip
    return mood_data(**(given | changed))


def synthetic(explanation: str, gain: float, data: MoodData) -> MoodData:
    drive = unit_relief(model(), data, EXPLANATIONS[explanation], 0.0)
    return replace(data, relief=gain * drive[20])


@cache
def told() -> Compared:
    six = rows(study=list("aabbccddeeff"))
    return compare(model(), synthetic("face", 5.0, six), {k: EXPLANATIONS[k] for k in ("face", "always")})


def test_the_explanation_that_made_the_data_wins_with_its_numbers() -> None:
    best = told().explanations[0]
    assert best.name == "face"
    assert best.gain == pytest.approx(5.0, rel=1e-6)
    assert best.speed == pytest.approx(SPEED)
    assert best.speed_low < SPEED < best.speed_high
    assert best.spread == 0.0
    assert told().apart == "face"
    assert told().statement == "face fits best by AIC, AICc and BIC."
    assert str(told()).splitlines()[-1] == told().statement


def test_criteria_are_those_of_the_books_and_count_trials() -> None:
    found = {each.name: each for each in told().explanations}
    assert told().trials == 6
    assert (found["face"].parameters, found["no effect"].parameters) == (3, 1)
    for each in found.values():
        p = each.parameters
        assert each.aic == pytest.approx(2 * p - 2 * each.log_likelihood)
        assert each.aicc == pytest.approx(each.aic + 2 * p * (p + 1) / (6 - p - 1))
        assert each.bic == pytest.approx(p * np.log(6) - 2 * each.log_likelihood)


def test_visits_of_the_same_people_add_no_trials() -> None:
    # Three trials of four visits each: AICc has no meaning for three constants of three trials.
    found = compare(model(), synthetic("face", 5.0, rows()), {"face": EXPLANATIONS["face"]})
    face, nothing = found.explanations
    assert found.trials == 3
    assert face.aicc == np.inf
    assert np.isfinite(nothing.aicc)
    assert found.apart is None
    few = rows(study=["a"] * 6 + ["b"] * 6)
    many = rows(study=[f"trial{at}" for at in range(12)])
    counted = [
        compare(model(), synthetic("face", 5.0, each), {"face": EXPLANATIONS["face"]}).trials
        for each in (few, many)
    ]
    assert counted == [2, 12]


def made(*criteria: tuple[str, float, float, float]) -> Compared:
    """Give explanations with criteria that are made up."""
    like = told().explanations[0]
    return Compared(
        tuple(replace(like, name=name, aic=aic, aicc=aicc, bic=bic) for name, aic, aicc, bic in criteria),
        5,
        told().data,
    )


def test_they_are_told_apart_where_every_criterion_agrees_by_far() -> None:
    assert made(("a", 10.0, 20.0, 10.0), ("b", 12.0, 22.0, 12.0)).apart == "a"
    assert made(("b", 12.0, 22.0, 12.0), ("a", 10.0, 20.0, 10.0)).apart == "a", "in any order"
    assert made(("a", 10.0, 20.0, 10.0), ("b", 12.0, 21.9, 12.0)).apart is None, "near by one"
    disagree = made(("a", 10.0, 30.0, 10.0), ("b", 13.0, 20.0, 13.0))
    assert disagree.apart is None
    assert disagree.statement == (
        "The data of 5 trials do not tell the explanations apart. First: a by AIC and BIC; b by AICc."
    )
    assert made(("a", 10.0, 20.0, 10.0)).apart == "a", "one alone has none to be told from"


def test_a_criterion_that_the_trials_are_too_few_for_puts_none_first() -> None:
    found = made(("a", 10.0, np.inf, 10.0), ("b", 20.0, np.inf, 20.0))
    assert found.apart is None
    assert found.statement.endswith("First: a by AIC and BIC.")
    assert made(("a", 10.0, 20.0, 10.0), ("b", 20.0, np.inf, 20.0)).apart == "a"


def test_the_printed_table_has_the_three_criteria_in_the_order_given() -> None:
    head, *rest = str(made(("b", 12.0, np.inf, 13.0), ("a", 10.0, 20.0, 10.0))).splitlines()
    assert head.split()[-3:] == ["AIC", "AICc", "BIC"]
    assert [line.split()[0] for line in rest[:2]] == ["b", "a"]
    assert rest[0].split()[-3:] == ["12.00", "inf", "13.00"]


def test_explanations_that_say_the_same_are_not_told_apart() -> None:
    # All injections were at the frown, so that the face and the looks say the same.
    data = synthetic("face", 5.0, rows())
    found = compare(model(), data, {k: EXPLANATIONS[k] for k in ("face", "look")})
    face, look, _ = found.explanations
    assert (face.name, look.name) == ("face", "look")
    assert face.aic == pytest.approx(look.aic)
    assert found.apart is None
    assert "do not tell the explanations apart" in found.statement
    # One comparison of places is enough, if it is precise.
    places = rows(study=list("aabbccddeeff"), other=[np.nan] * 8 + [0.0] * 4)
    found = compare(model(), synthetic("face", 5.0, places), {k: EXPLANATIONS[k] for k in ("face", "look")})
    assert found.apart == "face"


def test_no_effect_is_among_the_answers() -> None:
    # A little noise, without which the criteria of a perfect fit would be compared.
    noise = 0.3 * norm.ppf((np.random.default_rng(1).permutation(12) + 0.5) / 12)
    found = compare(model(), rows(relief=noise), {"face": EXPLANATIONS["face"]})
    assert [each.name for each in found.explanations] == ["face", "no effect"]
    assert found.explanations[1].parameters == 1
    assert found.first("aic") == found.first("aicc") == "no effect"


def test_the_relief_is_that_of_the_model() -> None:
    data = rows()
    mean = unit_relief(model(), data, EXPLANATIONS["face"], 0.6)[20]
    people = np.exp(0.6 * norm.ppf((np.arange(15) + 0.5) / 15))
    given = [{"dose": 20.0, "sensitivity": each, "k_mood": SPEED} for each in people]
    one = [simulate(model(), [14.0], each, names=["relief"])["relief"][0] for each in given]
    assert mean[0] == pytest.approx(np.mean(one), rel=1e-5)


def test_the_likelihood_is_that_of_a_multivariate_normal() -> None:
    data = replace(synthetic("face", 5.0, rows()), relief=np.random.default_rng(2).normal(3, 2, 12))
    found = next(e for e in compare(model(), data, {"face": EXPLANATIONS["face"]}, correlation=0.3).explanations
                 if e.name == "face")  # fmt: skip
    same = data.study[:, None] == data.study
    covariance = np.where(same, 0.3 * 0.25, 0.0) + 0.7 * 0.25 * np.eye(12) + found.spread**2 * same
    exact = multivariate_normal(found.relief, covariance).logpdf(data.relief)
    assert found.log_likelihood == pytest.approx(exact, rel=1e-9)
    assert found.spread > 0


def test_bounds_count_by_the_side_on_which_they_lie() -> None:
    data = synthetic("face", 5.0, rows(bound=[0.0] * 10 + [1.0, -1.0]))
    relief = data.relief + np.array([0.0] * 10 + [1.5, -0.5])
    data = replace(data, relief=relief)
    found = next(e for e in compare(model(), data, {"face": EXPLANATIONS["face"]}, correlation=0.0).explanations
                 if e.name == "face")  # fmt: skip
    drive = found.relief / found.gain

    def minus(x: Any) -> float:
        sd = np.sqrt(0.25 + found.spread**2)
        value = data.bound == 0
        same = (data.study[:, None] == data.study)[np.ix_(value, value)]
        covariance = 0.25 * np.eye(10) + found.spread**2 * same
        rest = norm.logcdf(data.bound * (x[0] * drive - relief) / sd)[~value].sum()
        return -float(multivariate_normal(x[0] * drive[value], covariance).logpdf(relief[value]) + rest)

    exact = minimize(minus, [4.0], tol=1e-10)
    assert found.log_likelihood == pytest.approx(-exact.fun, abs=1e-3)
    assert found.gain == pytest.approx(exact.x[0], abs=0.02 * found.gain_se)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"se": 0.0}, r"se of row 0 \(a\) is 0.0"),
        ({"week": [0.0] * 12}, "week of row 0"),
        ({"site": 2.0}, "site of row 0"),
        ({"bound": 3.0}, "bound of row 0"),
        ({"dose": [1.0, 2.0]}, "dose has shape"),
    ],
)
def test_rows_that_cannot_be_are_named(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rows(**changed)


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(ValueError, match="correlation is 1"):
        compare(model(), rows(), EXPLANATIONS, correlation=1.0)
    with pytest.raises(ValueError, match="4 rows and 3 explanations"):
        compare(model(), rows().rows(np.arange(4)), EXPLANATIONS)
    with pytest.raises(ValueError, match="called 'face'"):
        compare(model(), rows(), EXPLANATIONS, none="face")


def test_an_explanation_without_effect_is_the_fit_without_any() -> None:
    off = {"nothing": {"face_on": 0.0, "look_on": 0.0, "always_on": 0.0}}
    noise = 0.3 * norm.ppf((np.random.default_rng(1).permutation(12) + 0.5) / 12)
    both = {each: EXPLANATIONS[each] for each in ("face", "look")}
    found = compare(model(), rows(relief=noise), both | off)
    assert [each.name for each in found.explanations] == ["face", "look", "nothing"]
    assert found.explanations[2].parameters == 1
