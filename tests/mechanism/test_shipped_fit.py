"""What the shipped dossier keeps of its fit is what its data give: computed here again from stored constants."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from glabella.dossier import Fitted, Mechanism, load
from glabella.mechanism import Rows, compare, course_rows, mood_rows, muscle_unknowns
from glabella.mechanism import load as load_model
from glabella.mechanism._coupled import loss_lasting
from glabella.mechanism._likelihood import RowLikelihood, days_of_rows
from glabella.mechanism._mood_part import explained_part


@cache
def shipped() -> tuple[Mechanism, Fitted, RowLikelihood]:
    evidence = load().mechanism
    assert evidence is not None
    assert evidence.fitted is not None
    rows, _ = course_rows(evidence)
    model = load_model(evidence.model)
    unknowns, held = muscle_unknowns(evidence, model, days_of_rows(Rows(rows)))
    return evidence, evidence.fitted, RowLikelihood(model, Rows(rows), unknowns, held)


def place() -> NDArray[np.float64]:
    """Give the stored mode of the chain, on the real line."""
    _, fitted, likelihood = shipped()
    modes = {each.name: each.mode for each in fitted.chain.constants}
    return np.array([each.to_line(modes[each.name]) for each in likelihood.unknowns])


def test_the_mode_of_the_chain_has_the_likelihood_that_it_is_said_to_have() -> None:
    _, fitted, likelihood = shipped()
    assert {each.name for each in fitted.chain.constants} == {each.name for each in likelihood.unknowns}
    assert likelihood.log_likelihood(place()) == pytest.approx(fitted.chain.log_likelihood, abs=2e-3)


def test_the_course_has_converged() -> None:
    _, fitted, _ = shipped()
    for each in fitted.muscle.unknowns:
        low, high = each.posterior.low, each.posterior.high
        assert low is not None
        assert high is not None
        assert low < (each.posterior.value or 0) < high, each.name
        assert each.rhat < 1.06, each.name


def test_every_observation_that_can_be_used_is_left_out_once() -> None:
    evidence, fitted, _ = shipped()
    rows, left = course_rows(evidence)
    assert [each.id for each in fitted.muscle.rows] == [row.id for row in rows]
    assert fitted.muscle.left_out == left
    np.testing.assert_allclose([each.seen for each in fitted.muscle.rows], [row.seen for row in rows], rtol=1e-5)


def test_it_predicts_as_well_as_was_asked_of_it() -> None:
    _, fitted, _ = shipped()
    found = {each.of: each for each in fitted.muscle.predicted}
    # Set before the fit: errors and coverage that a guess would not meet, at intervals that say something.
    assert found["shares"].error <= 13
    assert found["product_shares"].error <= 18
    assert abs(found["product_late"].bias) <= 8
    assert found["all"].coverage >= 88
    assert found["product_late"].coverage >= 85
    assert found["shares"].width <= 60
    rows = {each.id: each for each in fitted.muscle.rows}
    assert rows["onadose_20u_w24"].inside
    assert rows["glo12_median"].inside


def test_one_definition_lasts_longer_than_the_other() -> None:
    _, fitted, _ = shipped()
    first, other = (
        next(each for each in fitted.landmarks if each.definition == name) for name in ("none_or_mild", "one_grade")
    )
    assert (first.product, first.dose, first.sex) == (other.product, other.dose, other.sex)
    assert 88 < (first.duration.value or 0) < 130
    assert (other.duration.value or 0) > (first.duration.value or 0)
    assert (first.next_duration.high or 0) > (first.duration.high or 0)
    known = {(each.product, each.sex) for each in fitted.landmarks if each.known}
    assert all(sex == "women" for _, sex in known), "nothing late was seen of men alone"
    assert {"incobotulinumtoxinA", "prabotulinumtoxinA"}.isdisjoint({product for product, _ in known})
    assert len(known) == 4


def test_explanations_are_those_that_the_trials_give() -> None:
    evidence, fitted, likelihood = shipped()
    asked = evidence.questions
    assert asked is not None
    values = likelihood.values(place())
    usual = asked.usual_dose.value
    data, left = mood_rows(evidence, asked.product, men=values["sensitivity_men"], usual_dose=usual)
    assert left == fitted.mood.left_out
    switches = {name: dict(each.switches) for name, each in evidence.explanations.items()}
    constants = likelihood.constants(values, asked.product, usual)
    # Lost when the course says: the chain's loss follows from the landmark that is kept.
    course = evidence.course
    assert course is not None
    assert course.loss is not None
    women = [each for each in fitted.landmarks if each.sex == "women" and each.dose == usual]
    (lasts,) = [each.duration.value or 0.0 for each in women
                if (each.product, each.definition) == (asked.product, asked.definition)]  # fmt: skip
    limit = values[f"threshold_{asked.definition}"]
    (constants[course.loss],) = loss_lasting(likelihood.model, constants, course.loss, [limit], [lasts])
    at_doses = {name: value for name, value in constants.items() if name != "dose"}
    found = compare(
        likelihood.model, data, switches, constants=at_doses, spread_people=values["sensitivity_spread"]
    )
    assert found.statement == fitted.mood.statement
    for ours, kept in zip(explained_part(found), fitted.mood.explanations, strict=True):
        assert ours["name"] == kept.name
        for name in ("aic", "aicc", "bic"):
            assert ours[name] == pytest.approx(getattr(kept, name), abs=0.01)
        assert ours["gain"]["value"] == pytest.approx(kept.gain.value, rel=0.02)
    assert found.trials == fitted.mood.trials
    assert found.apart == fitted.mood.apart


def test_the_trials_of_mood_do_not_tell_explanations_apart() -> None:
    evidence, fitted, _ = shipped()
    studies = {each.study for each in evidence.observations.mood if each.id in fitted.mood.rows}
    assert fitted.mood.trials == len(studies) < len(fitted.mood.rows)
    assert fitted.mood.apart is None
    nothing = next(each for each in fitted.mood.explanations if each.parameters == 1)
    assert nothing.spread == max(each.spread for each in fitted.mood.explanations)
