"""The parts of an analysis: what is told of each explanation, and plain values."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from glabella.dossier import Mechanism, Questions, load
from glabella.mechanism import Compared, Explained, analyse, mood_rows
from glabella.mechanism import load as load_model
from glabella.mechanism._mood_part import courses_part, explained_part
from glabella.mechanism._plain import interval, numbers


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
    return Compared(explanations, 5, data)


def explained(name: str, **changed: float) -> Explained:
    nothing = np.zeros(9)
    made = Explained(name, 8.0, 2.0, 0.1, 0.01, 1.0, 3.0, nothing, -30.0, 66.0, 68.0, 67.0, 3)
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


def test_a_criterion_without_a_number_is_null() -> None:
    known, unknown = explained_part(compared(explained("feedback"), explained("none", aicc=np.inf)))
    assert (known["aic"], known["aicc"], known["bic"]) == (66.0, 68.0, 67.0)
    assert unknown["aicc"] is None
    assert "weight" not in known


def test_relief_is_drawn_of_explanations_with_an_effect() -> None:
    model = load_model(evidence().model)
    found = compared(explained("feedback"), explained("none", parameters=1), explained("central", gain=-1.0))
    (course,) = courses_part(model, found, switches(), {"dose": 30.0}, np.array([1.0]))
    assert course["explanation"] == "feedback"
    assert len(course["relief"]) == 53
    assert 0 < max(course["relief"]) < 8
