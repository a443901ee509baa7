"""The parts of an analysis: what is told of each unknown, what is moved by what, and plain values."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

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
from glabella.mechanism._virtual import VirtualPeople


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


def test_plain_values_are_finite_or_null() -> None:
    assert interval(np.inf, np.nan, 2) == {"value": None, "low": None, "high": 2.0}
    with pytest.raises(ValueError, match="1 of 2 numbers are not finite"):
        numbers([1.0, np.inf])


def test_without_questions_nothing_is_fitted() -> None:
    with pytest.raises(ValueError, match=r"no mechanism/questions\.yaml"):
        analyse(replace(evidence(), questions=None))
    with pytest.raises(ValueError, match=r"no mechanism/course\.yaml"):
        analyse(replace(evidence(), course=None))
    nothing = evidence().observations.model_copy(update={"muscle": (), "times": ()})
    with pytest.raises(ValueError, match="nothing to fit"):
        analyse(replace(evidence(), observations=nothing))


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
