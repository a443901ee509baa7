"""What the shipped dossier keeps of its fit is what its data give: computed here again from stored constants."""

from functools import cache

import numpy as np
import pytest
from glabella.mechanism._muscle_part import DAYS
from numpy.typing import NDArray

from glabella.dossier import Fitted, Mechanism, load
from glabella.mechanism import compare, mood_rows, muscle_rows, muscle_unknowns
from glabella.mechanism import load as load_model
from glabella.mechanism._answers import landmarks
from glabella.mechanism._fit import objective, search
from glabella.mechanism._likelihood import Likelihood
from glabella.mechanism._mood_part import explained_part, gaps_part
from glabella.mechanism._observations import muscle_observations


@cache
def shipped() -> tuple[Mechanism, Fitted, Likelihood]:
    evidence = load().mechanism
    assert evidence is not None
    assert evidence.fitted is not None
    data, _ = muscle_rows(evidence)
    model = load_model(evidence.model)
    unknowns, held = muscle_unknowns(evidence, model, data)
    return evidence, evidence.fitted, Likelihood(model, data, unknowns, held)


def place() -> NDArray[np.float64]:
    """Give the stored mode, on the real line."""
    _, fitted, likelihood = shipped()
    modes = {each.name: each.mode for each in fitted.muscle.unknowns}
    return np.array([each.to_line(modes[each.name]) for each in likelihood.unknowns])


def test_the_mode_has_the_likelihood_that_it_is_said_to_have() -> None:
    _, fitted, likelihood = shipped()
    assert {each.name for each in fitted.muscle.unknowns} == {each.name for each in likelihood.unknowns}
    assert likelihood.log_likelihood(place()) == pytest.approx(fitted.muscle.log_likelihood, abs=2e-3)
    found = -objective(likelihood, place(), "all")
    assert found == pytest.approx(fitted.muscle.log_posterior, abs=2e-3)


def test_no_constants_near_the_mode_are_more_likely() -> None:
    _, fitted, likelihood = shipped()
    # From beside the mode the search comes back to it, and to nothing better.
    aside = place() + 0.05 * np.resize([1.0, -1.0], len(place()))
    better, _, _ = search(likelihood, aside, "all", np.ones(len(aside), dtype=bool))
    assert -objective(likelihood, better, "all") == pytest.approx(fitted.muscle.log_posterior, abs=0.02)


def test_the_posterior_is_around_the_mode_and_has_converged() -> None:
    _, fitted, _ = shipped()
    for each in fitted.muscle.unknowns:
        low, high = each.posterior.low, each.posterior.high
        assert low is not None
        assert high is not None
        assert low < (each.posterior.value or 0) < high, each.name
        # A share near zero, and a spread between few trials, have their joint mode below most of their posterior.
        assert low < each.mode < high or each.name in ("antibody_share", "study_spread"), each.name
        assert each.rhat < 1.05, each.name
        assert each.ess > 200, each.name


def test_every_observation_that_can_be_used_has_a_row() -> None:
    evidence, fitted, likelihood = shipped()
    used = [each.id for each in muscle_observations(evidence)[0]]
    rows = {each.id: each for each in fitted.muscle.rows}
    assert [name for name in used if name not in rows] == []
    np.testing.assert_allclose(
        [rows[name].seen for name in used], likelihood.data.events / likelihood.data.n, rtol=1e-5
    )
    assert all(rows[name].left_out is not None for name in used)
    held_out = {each.id for each in muscle_observations(evidence, "held_out")[0]}
    named = {sentence.partition(":")[0] for sentence in fitted.muscle.left_out}
    assert held_out <= rows.keys() | named


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
    at_doses = {name: value for name, value in constants.items() if name != "dose"}
    found = compare(
        likelihood.model, data, switches, constants=at_doses, spread_people=values["sensitivity_spread"]
    )
    assert found.statement == fitted.mood.statement
    for ours, kept in zip(explained_part(found), fitted.mood.explanations, strict=True):
        assert ours["name"] == kept.name
        assert ours["aicc"] == pytest.approx(kept.aicc, abs=0.01)
        assert ours["gain"]["value"] == pytest.approx(kept.gain.value, rel=0.02)
    seen = float(asked.gap_seen.value or 0)
    for gap, stored in zip(
        gaps_part(likelihood.model, found, switches, constants, seen), fitted.mood.gaps, strict=True
    ):
        assert gap["needed_half_life"] == pytest.approx(stored.needed_half_life, rel=0.02)
        assert gap["weakness_half"]["value"] == pytest.approx(stored.weakness_half.value, rel=1e-3)


def test_landmarks_at_the_mode_lie_within_their_intervals() -> None:
    _, fitted, likelihood = shipped()
    first = fitted.landmarks[0]
    found = landmarks(likelihood, place()[None], product=first.product, dose=first.dose, sex=first.sex,
                      definition=first.definition, days=DAYS, kept_days=[84.0])  # fmt: skip
    for name in ("onset", "peak_share", "duration"):
        ours, kept = getattr(found, name), getattr(first, name)
        assert (kept.low or 0) <= ours.value <= (kept.high or np.inf), name
