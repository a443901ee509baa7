"""When a curve has fallen, and how long relief outlasts weakness: against closed forms."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from glabella.mechanism._answers import falling
from glabella.mechanism._coupled import days_of_people, loss_lasting
from glabella.mechanism._course_part import answered
from glabella.mechanism._gap import gap, speed_for_gap
from tests.mechanism.test_time_to_loss import fitted, row
from tests.mechanism.toy import LOSS, MOOD

WAYS = {"muscle": {"on": 1.0}, "none": {"on": 0.0}}


def test_falling_counts_from_the_peak() -> None:
    days = np.array([0.0, 1.0, 2.0, 4.0])
    rows = np.array([[0.0, 1.0, 0.6, 0.2], [0.0, 0.5, 0.75, 1.0], [0.0, 0.0, 0.0, 0.0], [1.0, 0.5, 0.0, 0.0]])
    np.testing.assert_allclose(falling(days, rows, 0.5), [2.5, np.inf, np.nan, 1.0])


def test_the_gap_is_the_closed_form() -> None:
    speeds = np.array([0.01, 0.1, 5.0])
    found, none = gap(MOOD, WAYS, {"dose": 0.5}, speeds, horizon=600.0)
    assert found.weakness_half == pytest.approx(np.log(2) / LOSS, abs=1e-2)
    for k, half in zip(speeds, found.relief_half, strict=True):
        peak = np.log(k / LOSS) / (k - LOSS)
        top = np.exp(-LOSS * peak) - np.exp(-k * peak)
        day = brentq(lambda t, k=k, top=top: np.exp(-LOSS * t) - np.exp(-k * t) - top / 2, peak, 600)
        # The peak is that of whole days, which is a thousandth of a slow curve and more of the fastest.
        assert half == pytest.approx(day, abs=0.2)
    assert (np.diff(found.days) < 0).all()
    np.testing.assert_allclose(found.half_lives, np.log(2) / speeds)
    assert np.isnan(none.relief_half).all()
    by_name = gap(MOOD, WAYS, {"dose": 0.5}, {"muscle": 0.1, "none": 1.0}, horizon=600.0)
    assert by_name[0].days[0] == pytest.approx(found.days[1])


def test_the_speed_for_a_gap_makes_that_gap() -> None:
    kw: dict[str, Any] = {"half_lives": (0.1, 200.0), "horizon": 900.0}
    for days in (5.0, 40.0, 120.0):
        found = speed_for_gap(MOOD, WAYS, {"dose": 0.5}, days=days, **kw)
        assert found["none"] is None
        assert found["muscle"] is not None
        (again, _) = gap(MOOD, WAYS, {"dose": 0.5}, np.log(2) / found["muscle"], horizon=900.0)
        assert again.days[0] == pytest.approx(days, rel=0.01)
    assert speed_for_gap(MOOD, WAYS, {"dose": 0.5}, days=500.0, **kw)["muscle"] is None
    assert speed_for_gap(MOOD, WAYS, {"dose": 0.5}, days=-1.0, **kw)["muscle"] == pytest.approx(0.1)
    with pytest.raises(ValueError, match="cannot be seen by day 900"):
        speed_for_gap(MOOD, WAYS, {"dose": 0.5}, days=880.0, **kw)
    with pytest.raises(ValueError, match="not fallen to half"):
        gap(MOOD, WAYS, {"dose": 0.5}, 1.0, horizon=20.0)
    with pytest.raises(ValueError, match="cannot be simulated as muscle"):
        gap(MOOD, WAYS, {"dose": 0.5}, np.nan, horizon=600.0)


def test_the_loss_is_what_makes_each_person_lose_it_on_their_day() -> None:
    # The weakness of the small model is the amount: of 4 the half is lost after log 2 / rate.
    dose, limit = np.array([4.0, 4.0, 4.0, 1.0]), np.array([2.0, 2.0, 1.0, 2.0])
    days = np.array([40.0, 90.0, 90.0, 90.0])
    found = loss_lasting(MOOD, {"dose": dose, "kdeg": LOSS}, "kdeg", limit, days)
    np.testing.assert_allclose(found[:3], np.log(dose / limit)[:3] / days[:3], rtol=0.02)
    assert found[3] == LOSS, "who never responds loses nothing"


def test_days_of_people_are_those_of_the_course() -> None:
    course = fitted()
    rows = {men: row("new", "none_or_mild", sex="men" if men else "women") for men in (False, True)}
    men = np.arange(4000) % 4 == 0
    days = days_of_people(course, rows, men, 1)
    median = np.median(answered(course.model, course.draws, rows[False], 10.0, []).lost[0.5])
    assert np.median(days[~men]) == pytest.approx(median, rel=0.05)
    assert np.median(days[men]) < np.median(days[~men])
