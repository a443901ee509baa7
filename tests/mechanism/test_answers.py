"""Courses, landmarks and gaps: against closed forms, at their limits, and as more drug must change them."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import logit, ndtr

from glabella.mechanism import load, simulate_population
from glabella.mechanism._answers import Landmarks, course, duration_of_each, falling, landmarks
from glabella.mechanism._gap import gap, speed_for_gap
from glabella.mechanism._likelihood import Likelihood, muscle_data
from glabella.mechanism._needed import Needed, amounts_needed
from glabella.mechanism._unknowns import Unknown

#: The logit of weakness is the log of bulk * (ramp * time)^2, so that everything asked has a closed form.
BULK = """
model toy
  unit time_unit = 86400 second
  unit per_day = 1 / 86400 second
  unit substance = dimensionless
  unit extent = dimensionless
  unit volume = dimensionless
  compartment muscle = 1
  muscle has dimensionless
  substanceOnly species bulk in muscle
  loss: bulk -> ; kdeg*bulk
  bulk = dose*sensitivity; dose = 1; sensitivity = 1; kdeg = 0.02; ramp = 1
  dose has dimensionless; sensitivity has dimensionless; kdeg has per_day; ramp has per_day
  weakness := bulk*(ramp*time)^2/(1 dimensionless + bulk*(ramp*time)^2)
  weakness has dimensionless
end
"""
MODEL = load(BULK)
LOSS, SPREAD, SHIFT, TRIALS, CARRIERS, THRESHOLD = 0.02, 0.6, -0.5, 0.4, 0.1, 0.7
UNKNOWNS = (
    Unknown("kdeg", LOSS, "log", constant="kdeg"),
    Unknown("threshold_mild", THRESHOLD, "logit"),
    Unknown("sensitivity_spread", SPREAD, "log"),
    Unknown("sensitivity_men", SHIFT),
    Unknown("study_spread", TRIALS, "log"),
    Unknown("antibody_share", CARRIERS, "logit"),
    Unknown("observer_subject", 0.3),
)
DAYS = np.concatenate([np.arange(0.0, 20.0, 0.25), np.arange(20.0, 801.0)])
#: Shifts of trials end at five standard deviations; so much probability lies beyond.
CUT = 2 * ndtr(-5.0)
ASKED: dict[str, Any] = {"product": "one", "definition": "mild", "days": DAYS}


@cache
def likelihood(unknowns: tuple[str, ...] = ()) -> Likelihood:
    """Give the likelihood with all unknowns but some."""
    data = muscle_data(study=["a"], product=["one"], dose=[1.0], definition=["mild"], day=[30.0], n=[10.0],
                       events=[5.0])  # fmt: skip
    return Likelihood(MODEL, data, [each for each in UNKNOWNS if each.name not in unknowns])


@cache
def needed() -> Needed:
    return amounts_needed(likelihood(), likelihood().start, **ASKED)


def expected(days: Any, dose: float, shift: float = 0.0) -> Any:
    with np.errstate(divide="ignore"):
        distance = np.log(dose) + shift + 2 * np.log(days) - LOSS * np.asarray(days) - logit(THRESHOLD)
    return (1 - CARRIERS) * ndtr(distance / np.hypot(SPREAD, TRIALS))


def marks(dose: float, sex: str = "women") -> Landmarks:
    return landmarks(likelihood(), likelihood().start, dose=dose, sex=sex, kept_days=[300, 400], needed=needed(),
                     **ASKED)  # fmt: skip


@pytest.mark.parametrize(("sex", "shift"), [("women", 0.0), ("men", SHIFT)])
def test_the_course_is_the_closed_form(sex: str, shift: float) -> None:
    found = course(likelihood(), likelihood().start, dose=0.02, sex=sex, **ASKED)
    np.testing.assert_allclose(found.median, expected(DAYS, 0.02, shift), atol=CUT)
    np.testing.assert_array_equal(found.low, found.high)
    assert found.failed == 0


def test_an_observer_who_sees_later_needs_more() -> None:
    found = course(likelihood(), likelihood().start, dose=0.02, sex="women", observer="subject", **ASKED)
    np.testing.assert_allclose(found.median, expected(DAYS, 0.02 * np.exp(-0.3)), atol=CUT)


def test_landmarks_are_the_closed_forms() -> None:
    found, top = marks(0.02), 2 / LOSS
    peak = expected(top, 0.02)
    assert found.peak_day.value == top
    assert found.peak_share.value == pytest.approx(peak, abs=CUT)
    for name, part in (("onset", 0.5), ("duration", 0.5), ("short", 0.9), ("long", 0.1)):
        ends = (1e-3, top) if name == "onset" else (top, 800.0)
        day = brentq(lambda t, part=part: expected(t, 0.02) - part * peak, *ends)
        # Between days shares are interpolated linearly: their curvature costs a hundredth of a day.
        assert getattr(found, name).value == pytest.approx(day, abs=0.01), name
    assert found.kept_days == (300.0, 400.0)
    np.testing.assert_allclose([each.value for each in found.kept], expected([300, 400], 0.02) / peak, atol=2 * CUT)


def test_intervals_are_over_the_unknowns() -> None:
    rates = LOSS * np.exp(np.linspace(-0.2, 0.2, 21))
    draws = np.repeat(likelihood().start[None], len(rates), axis=0)
    draws[:, 0] = np.log(rates)
    found = landmarks(likelihood(), draws, dose=0.02, sex="women", kept_days=[300], level=0.9, **ASKED)
    days = sorted(brentq(lambda t, k=k: np.log(0.02) + 2 * np.log(t) - k * t - logit(THRESHOLD), 2 / k, 3000)
                  for k in rates)  # fmt: skip
    # By monotony, quantiles of the days are days of the quantiles of the rate; few lack a response at the peak.
    assert found.peak_day.value == pytest.approx(100, abs=0.5)
    assert found.duration.low == pytest.approx(days[1], rel=0.03)
    assert found.duration.high == pytest.approx(days[-2], rel=0.03)
    shares = course(likelihood(), draws, dose=0.02, sex="women", level=0.9, **ASKED)
    assert (shares.low <= shares.median).all()
    assert shares.low[DAYS == 300] < shares.median[DAYS == 300] - 0.01


def test_a_next_trial_shifts() -> None:
    draws = np.repeat(likelihood().start[None], 4000, axis=0)
    few: dict[str, Any] = ASKED | {"days": [100.0, 300.0, 400.0]}
    found = course(likelihood(), draws, dose=0.02, sex="women", **few)
    np.testing.assert_allclose(found.low, found.high)
    distance = np.log(0.02) + 2 * np.log(few["days"]) - LOSS * np.array(few["days"]) - logit(THRESHOLD)
    for limit, sign in ((found.next_low, -1), (found.next_high, 1)):
        exact = (1 - CARRIERS) * ndtr((distance + sign * 1.96 * TRIALS) / SPREAD)
        # Quantiles of 4000 normal draws: the standard error of the limit is 0.04 of the shift.
        np.testing.assert_allclose(limit, exact, atol=3 * 0.04 * TRIALS / SPREAD * 0.4)


@given(st.floats(-5, 1), st.floats(0.01, 2))
def test_more_drug_lasts_no_shorter_and_comes_no_later(log_dose: float, more: float) -> None:
    less, most = marks(float(np.exp(log_dose))), marks(float(np.exp(log_dose + more)))
    assert most.duration.value >= less.duration.value
    assert most.onset.value <= less.onset.value
    assert most.peak_share.value >= less.peak_share.value
    assert all(b.value >= a.value for a, b in zip(less.kept, most.kept, strict=True))
    assert most.short.value <= most.duration.value <= most.long.value


@given(st.floats(-5, 1))
def test_men_are_women_with_less(log_dose: float) -> None:
    men, women = marks(float(np.exp(log_dose)), "men"), marks(float(np.exp(log_dose + SHIFT)))
    assert men.duration.value == pytest.approx(women.duration.value, rel=1e-9)
    assert men.peak_share.value == pytest.approx(women.peak_share.value, rel=1e-9)


def test_people_who_are_all_alike_respond_and_stop_together() -> None:
    alike = likelihood(("sensitivity_spread", "study_spread", "antibody_share"))
    kw: dict[str, Any] = {"dose": 0.02, "sex": "women", **ASKED}
    step = course(alike, alike.start, **kw)
    assert set(step.median) == {0.0, 1.0}
    end = brentq(lambda t: np.log(0.02) + 2 * np.log(t) - LOSS * t - logit(THRESHOLD), 100, 800)
    found = landmarks(alike, alike.start, kept_days=[end - 2, end + 2], **kw)
    for each in (found.short, found.duration, found.long):
        assert each.value == pytest.approx(end, abs=1.0)
    assert [each.value for each in found.kept] == [1.0, 0.0]


def test_what_is_not_reached_is_infinite_and_what_is_not_there_is_not_a_number() -> None:
    short: dict[str, Any] = ASKED | {"days": np.arange(0.0, 121.0)}
    found = landmarks(likelihood(), likelihood().start, dose=0.02, sex="women", kept_days=[], **short)
    assert found.duration.value == found.duration.low == np.inf
    assert found.onset.value < 100
    nobody = likelihood(("sensitivity_spread", "study_spread"))
    none = landmarks(nobody, nobody.start, dose=1e-6, sex="women", kept_days=[100], **ASKED)
    assert none.peak_share.value == 0.0
    assert np.isnan([none.onset.value, none.duration.value, none.kept[0].value]).all()


def test_draws_are_simulated_together_and_failures_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return simulate_population(*args, **kwargs)

    monkeypatch.setattr("glabella.mechanism._responders.simulate_population", counted)
    draws = likelihood().start + 0.01 * np.random.default_rng(1).standard_normal((60, len(UNKNOWNS)))
    draws[3, 0] = np.nan
    found = course(likelihood(), draws, dose=0.02, sex="women", **(ASKED | {"days": [30.0, 90.0]}))
    assert len(calls) == 2
    assert found.failed == 1
    assert np.isfinite(found.high).all()
    draws[:, 0] = np.nan
    with pytest.raises(ValueError, match="none of 60 draws"):
        course(likelihood(), draws, dose=0.02, sex="women", **(ASKED | {"days": [30.0, 90.0]}))


def test_each_draw_has_its_duration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glabella.mechanism._answers.MANY", 3)
    draws = likelihood().start + 0.2 * np.random.default_rng(2).standard_normal((7, len(UNKNOWNS)))
    draws[4, 0] = np.nan
    found = duration_of_each(likelihood(), draws, dose=0.02, sex="men", **ASKED)
    assert np.isnan(found).nonzero()[0].tolist() == [4]
    for row in (0, 5, 6):
        alone = landmarks(likelihood(), draws[row], dose=0.02, sex="men", kept_days=[], **ASKED)
        assert found[row] == pytest.approx(alone.duration.value, rel=1e-9)
    assert np.ptp(found[:4]) > 10


def test_what_cannot_be_asked_is_said() -> None:
    here, start = likelihood(), likelihood().start
    kw: dict[str, Any] = {"dose": 1.0, "sex": "women", **ASKED}
    for changed, message in (
        ({"definition": "other"}, "threshold_other"), ({"dose": 0.0}, "dose is 0"), ({"level": 1.0}, "level is 1"),
        ({"days": [2.0, 1.0]}, "increase"), ({"needed": replace(needed(), product="two")}, "for product 'two'"),
        ({"needed": replace(needed(), days=DAYS[1:])}, "other days"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            course(here, start, **(kw | changed))
    with pytest.raises(ValueError, match="columns"):
        course(here, start[:-1], **kw)
    with pytest.raises(ValueError, match="day 900 lies outside"):
        landmarks(here, start, kept_days=[900], **kw)


def test_falling_counts_from_the_peak() -> None:
    days = np.array([0.0, 1.0, 2.0, 4.0])
    rows = np.array([[0.0, 1.0, 0.6, 0.2], [0.0, 0.5, 0.75, 1.0], [0.0, 0.0, 0.0, 0.0], [1.0, 0.5, 0.0, 0.0]])
    np.testing.assert_allclose(falling(days, rows, 0.5), [2.5, np.inf, np.nan, 1.0])


MOOD = load(
    BULK.replace(
        "weakness := bulk*(ramp*time)^2/(1 dimensionless + bulk*(ramp*time)^2)",
        "weakness := bulk; var relief = 0; relief has dimensionless; relief' = k_mood*(on*weakness - relief);"
        " k_mood = 1; k_mood has per_day; on = 1; on has dimensionless",
    )
)
WAYS = {"muscle": {"on": 1.0}, "none": {"on": 0.0}}


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
