"""Shares of responders: against people drawn one by one, and at their limits."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

from glabella.mechanism import load, simulate_population
from glabella.mechanism._reduce import reduced
from glabella.mechanism._responders import Curves, responders, with_placebo
from tests.mechanism.models import TOXIN

PEOPLE = TOXIN.replace("bulk = dose;", "bulk = dose*sensitivity; sensitivity = 1; sensitivity has dimensionless;")
MODEL = load(PEOPLE)
DAYS = np.array([1.0, 3.0, 14.0, 60.0, 120.0, 180.0])


def test_the_share_is_that_among_people_drawn_at_random() -> None:
    people, spread, shift = 4000, 0.6, -0.4
    # Equally likely people: quantiles, so that the error is of the order 1/people and not 1/sqrt(people).
    draws = norm.ppf((np.arange(people) + 0.5) / people)
    dose = 12 * np.exp(shift + spread * draws)
    weakness = simulate_population(MODEL, DAYS, {"dose": dose, "kdeg": 0.02}, names=["weakness"])
    found = responders(MODEL, DAYS, 0.4, spread, constants={"kdeg": 0.02, "dose": 12}, shift=shift)
    expected = (weakness.values["weakness"] > 0.4).mean(axis=0)
    assert ((expected > 0.2) & (expected < 0.8)).sum() >= 2  # not only nobody and everybody
    np.testing.assert_allclose(found, expected, atol=1.5 / people + 2e-4)


def test_people_who_are_all_alike_respond_together() -> None:
    weakness = simulate_population(MODEL, DAYS, names=["weakness"]).values["weakness"][0]
    step = responders(MODEL, DAYS, 0.4, 0.0)
    np.testing.assert_array_equal(step, weakness > 0.4)
    assert set(step) == {0.0, 1.0}
    np.testing.assert_allclose(responders(MODEL, DAYS, 0.4, 1e-3), step, atol=1e-9)


def test_more_drug_and_a_lower_threshold_make_more_responders() -> None:
    for less, more in pairwise(np.log([0.25, 0.5, 1.0, 2.0])):
        few, many = (responders(MODEL, DAYS, 0.4, 0.7, shift=s) for s in (less, more))
        assert (many > few).all()
    assert (responders(MODEL, DAYS, 0.3, 0.7) > responders(MODEL, DAYS, 0.5, 0.7)).all()


def test_those_who_respond_anyway_are_added() -> None:
    np.testing.assert_allclose(with_placebo([0.0, 0.5, 1.0], 0.2), [0.2, 0.6, 1.0])


def test_states_that_do_not_matter_stand_still() -> None:
    more = PEOPLE.replace(
        "\nend", "\n  var mood = 0\n  mood has dimensionless\n  mood' = kS*(weakness - mood)\nend"
    )
    small = reduced(load(more), "weakness")
    assert "mood" not in small.states
    both = [simulate_population(model, DAYS, names=["weakness"]).values["weakness"] for model in (MODEL, small)]
    np.testing.assert_allclose(both[1], both[0], atol=1e-9)
    assert "mood" in reduced(load(more), "mood").states


def test_arms_that_differ_by_dose_alone_share_a_curve() -> None:
    curves = Curves(MODEL, DAYS)
    assert curves.key({"kdeg": 0.02, "dose": 3.0}) == (("kdeg", 0.02),)
    first, again = curves.of([curves.key({"kdeg": 0.02}), curves.key({"kdeg": 0.02, "dose": 9.0})])
    assert first is again


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(ValueError, match="threshold is 1"):
        responders(MODEL, DAYS, 1.0, 0.5)
    with pytest.raises(ValueError, match="spread between people is -1"):
        responders(MODEL, DAYS, 0.5, -1)
    with pytest.raises(ValueError, match="no constant 'kx'"):
        responders(MODEL, DAYS, 0.5, 0.5, constants={"kx": 1.0})
    with pytest.raises(ValueError, match="no constant 'sensitivity'"):
        responders(load(TOXIN), DAYS, 0.5, 0.5)
    with pytest.raises(ValueError, match="do nothing else"):
        responders(MODEL, DAYS, 0.5, 0.5, sensitivity="kcut")
    with pytest.raises(ValueError, match="cannot be simulated"):
        responders(MODEL, DAYS, 0.5, 0.5, constants={"kcut": np.nan})
    with pytest.raises(ValueError, match="no 'mood'"):
        reduced(MODEL, "mood")
    falling = load(PEOPLE.replace("weakness := ", "weakness := 1 dimensionless - "))
    with pytest.raises(ValueError, match="does not rise with the amount"):
        responders(falling, DAYS, 0.5, 0.5)
