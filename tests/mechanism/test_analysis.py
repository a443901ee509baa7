"""The parts of an analysis: what is told of each unknown, what is moved by what, and plain values."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from glabella.mechanism._muscle_part import fitted_part, predicted_part
from glabella.mechanism._owed_part import Moved, owed_part
from glabella.mechanism._posterior import Posterior
from glabella.mechanism._predict import Predicted
from glabella.mechanism._profile import Profile
from glabella.mechanism._virtual import VirtualPeople

from glabella.dossier import Mechanism, Questions, load
from glabella.mechanism import Compared, Explained, analyse, mood_rows
from glabella.mechanism import load as load_model
from glabella.mechanism._analysis import _of_mood
from glabella.mechanism._mood_part import (
    HALF_LIVES,
    _moving,
    courses_part,
    explained_part,
    gaps_part,
    schedules_part,
)
from glabella.mechanism._plain import interval, numbers
from tests.mechanism.test_posterior import fitted


@cache
def evidence() -> Mechanism:
    found = load(fitted=False).mechanism
    assert found is not None
    return found


@cache
def asked() -> Questions:
    questions = evidence().questions
    assert questions is not None
    return questions


def switches() -> dict[str, dict[str, float]]:
    return {name: dict(each.switches) for name, each in evidence().explanations.items()}


def compared(*explanations: Explained) -> Compared:
    data, _ = mood_rows(evidence(), asked().product, usual_dose=30.0)
    return Compared(explanations, tuple(each.name for each in explanations), data)


def explained(name: str, **changed: float) -> Explained:
    nothing = np.zeros(9)
    made = Explained(name, 8.0, 2.0, 0.1, 0.01, 1.0, 3.0, nothing, -30.0, 68.0, 67.0, 0.5, 3)
    return replace(made, **changed)  # type: ignore[arg-type]


def posterior(spread: float) -> Posterior:
    """Draws around the mode of a synthetic fit, all as wide as asked."""
    found = fitted()
    noise = np.random.default_rng(1).standard_normal((2000, len(found.place)))
    draws = found.place + spread * noise
    values = np.stack(
        [
            [each.from_line(x) for x in column]
            for each, column in zip(found.likelihood.unknowns, draws.T, strict=True)
        ],
        axis=1,
    )
    ones = np.ones(len(found.place))
    return Posterior(found.names, draws, values, ones, 1000 * ones, 0.3, 2, 24, 500, found.likelihood)


@pytest.mark.parametrize(("spread", "verdict"), [(0.1, "identified"), (0.7, "partly identified"),
                                                 (1.0, "not identified")])  # fmt: skip
def test_an_unknown_is_told_if_its_posterior_is_narrower_than_its_prior(spread: float, verdict: str) -> None:
    # Priors of the synthetic fit have a standard deviation of one on the real line, but those of shares.
    rows, curves = fitted_part(fitted(), replace(fitted(), flat=("sensitivity_men",)), posterior(spread), ())
    assert curves == []
    by_name = {row["name"]: row for row in rows}
    assert by_name["sensitivity_men"]["verdict"] == by_name["potency_other"]["verdict"] == verdict
    assert by_name["potency_other"]["alone"]
    assert not by_name["sensitivity_men"]["alone"]
    assert by_name["sensitivity_men"]["likelihood"]["low"] is None
    assert by_name["potency_other"]["prior"]["high"] == pytest.approx(0.5 * np.exp(1.959964), rel=1e-5)


def test_limits_that_a_profile_does_not_reach_are_null() -> None:
    line = Profile(
        "potency_other", np.array([0.4, 0.5, 0.6]), np.array([1.0, 0.0, np.inf]), 0.3, np.inf, "bounded below"
    )
    rows, curves = fitted_part(fitted(), fitted(), posterior(0.1), (line,))
    own = next(row for row in rows if row["name"] == "potency_other")["profile"]
    assert own["low"] == 0.3
    assert own["high"] is None
    assert curves == [{"name": "potency_other", "values": [0.4, 0.5], "rise": [1.0, 0.0]}]


def test_plain_values_are_finite_or_null() -> None:
    assert interval(np.inf, np.nan, 2) == {"value": None, "low": None, "high": 2.0}
    with pytest.raises(ValueError, match="1 of 2 numbers are not finite"):
        numbers([1.0, np.inf])


def test_bias_has_the_sign_of_too_many_predicted() -> None:
    there = Predicted(
        np.array(["a", "b"]), np.array([0.2, 0.4]), np.array([0.3, 0.7]), np.zeros(2), np.ones(2), 0.95
    )
    assert predicted_part("study", there) == {
        "by": "study", "shares": 2, "groups": 2, "error": pytest.approx(20.0), "bias": pytest.approx(20.0),
        "coverage": pytest.approx(100.0),
    }  # fmt: skip


def test_without_questions_nothing_is_fitted() -> None:
    with pytest.raises(ValueError, match=r"no mechanism/questions\.yaml"):
        analyse(replace(evidence(), questions=None))


def test_only_what_a_switch_lets_through_moves_mood() -> None:
    model = load_model(evidence().model)
    assumed = _of_mood(evidence(), model)
    assert {"k_noticing", "k_transport", "k_mood", "gain"} <= set(assumed)
    assert "k_loss" not in assumed
    moved = {name: set(_moving(model, each, assumed)) for name, each in switches().items() if sum(each.values())}
    # The gain makes relief larger, not later.
    assert moved == {
        "feedback": {"k_mood"},
        "expectancy": {"k_mood", "k_noticing"},
        "satisfaction": {"k_mood", "k_satisfaction"},
        "central": {"k_mood", "k_transport", "k_central_loss", "half_central"},
    }


def test_speeds_without_limits_are_half_lives_without() -> None:
    free = explained("feedback", speed_low=0.0, speed_high=np.inf)
    none = explained("none", speed=np.nan, parameters=1, gain=0.0, gain_se=0.0)
    bound, open_, nothing = (
        each["half_life"] for each in explained_part(compared(explained("feedback"), free, none))
    )
    assert bound["value"] == pytest.approx(np.log(2) / 0.1)
    assert (bound["low"], bound["high"]) == (pytest.approx(np.log(2)), pytest.approx(np.log(2) / 0.01))
    assert (open_["low"], open_["high"]) == (None, None)
    assert nothing["value"] is None


def test_relief_outlasts_weakness_by_what_a_slow_mood_adds() -> None:
    model = load_model(evidence().model)
    found = compared(explained("feedback"), explained("none", parameters=1))
    (only,) = gaps_part(model, found, switches(), {"dose": 30.0}, 28.0)
    assert only["explanation"] == "feedback"
    # Quick mood is the muscle itself; the slower, the later.
    assert only["weakness_half"]["value"] < only["relief_half"]["low"] < only["relief_half"]["value"]
    assert HALF_LIVES[0] < only["needed_half_life"] < HALF_LIVES[1]
    (course,) = courses_part(model, found, switches(), {"dose": 30.0}, np.array([1.0]))
    assert len(course["relief"]) == 53
    assert 0 < max(course["relief"]) < 8


def test_a_year_of_fixed_injections_is_counted() -> None:
    model = load_model(evidence().model)
    n = 5
    people = VirtualPeople({"dose": np.full(n, 30.0), "sensitivity": np.linspace(0.5, 2.0, n)}, np.full(n, 0.5),
                           *np.zeros((4, n), dtype=bool))  # fmt: skip
    rows = schedules_part(model, people, asked(), compared(explained("feedback")), switches(), "bulk")
    assert [row["rule"] for row in rows] == [each.rule for each in asked().repeats]
    fixed = rows[0]
    # Day 0 and every 84 days until day 728: nine in two years of 364 days, told in years of 365.25.
    assert fixed["injections"]["value"] == pytest.approx(9 / 728 * 365.25)
    assert fixed["units"]["value"] == pytest.approx(30 * fixed["injections"]["value"])
    assert all(row["injections"]["value"] <= fixed["injections"]["value"] for row in rows)
    assert fixed["failed"] == 0


def test_what_moves_the_duration_is_ranked() -> None:
    questions = asked().model_copy(update={"product": "first", "definition": "mild", "doses": {"first": (20.0,)}})
    there = posterior(0.05)
    low, middle, high = np.quantile(there.draws, [0.025, 0.5, 0.975], axis=0)
    found, share = owed_part(Moved(there.likelihood, middle, low, high), questions, 128, 1)
    assert (found["quantity"], share["quantity"]) == ("duration", "responders")
    assert 0 < share["centre"] < 100
    names = [each["name"] for each in found["swings"]]
    # The other product, the other definition and men have no part in it.
    assert set(names) == {"threshold_mild", "sensitivity_spread"}
    swings = [abs(each["at_high"] - each["at_low"]) for each in found["swings"]]
    assert swings == sorted(swings, reverse=True)
    assert {each["name"] for each in found["sobol"]} == set(names)
    assert sum(each["first"] for each in found["sobol"]) == pytest.approx(1.0, abs=0.1)
