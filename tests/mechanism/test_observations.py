"""The shipped dossier as arrays: every row that can be fitted is there, and every other one is named."""

from functools import cache

import numpy as np
import pytest

from glabella.dossier import Mechanism, load, shipped
from glabella.mechanism import Model, mood_rows, muscle_rows, muscle_unknowns
from glabella.mechanism import load as load_model
from glabella.mechanism._likelihood import Likelihood


@cache
def evidence() -> Mechanism:
    found = load(shipped()).mechanism
    assert found is not None
    return found


@cache
def model() -> Model:
    return load_model(evidence().model)


@pytest.mark.parametrize("use", ["fit", "held_out"])
def test_every_share_is_in_the_arrays_or_named(use: str) -> None:
    rows, left = muscle_rows(evidence(), use)
    there = evidence().observations
    chosen = [each for each in there.muscle if each.use == use]
    known = [each for each in chosen if each.arm.people]
    times = [each for each in there.times if each.use == use]
    medians = [each for each in times
               if each.kind == "median_duration" and each.people.value and not each.days.bound]  # fmt: skip
    assert len(rows.study) + len(left) == len(chosen) + len(times)
    np.testing.assert_allclose(rows.events / rows.n, [*(each.arm.share for each in known), *[0.5] * len(medians)])
    assert rows.study.tolist() == [each.study for each in (*known, *medians)]


def test_at_a_median_duration_half_of_the_responders_are_left() -> None:
    rows, _ = muscle_rows(evidence())
    median = next(each for each in evidence().observations.times if each.use == "fit" and each.responders_at)
    row = np.flatnonzero((rows.study == median.study) & (rows.day == median.days.value))
    assert len(row) == 1
    assert rows.given[row[0]] == median.responders_at
    assert rows.n[row[0]] == median.people.value
    everybody = [each for each in evidence().observations.times if each.use == "fit" and not each.responders_at]
    assert np.isnan(rows.given[np.isin(rows.study, [each.study for each in everybody])]).all()


def test_unknowns_are_those_that_the_rows_can_ask_for() -> None:
    rows, _ = muscle_rows(evidence())
    unknowns, held = muscle_unknowns(evidence(), model(), rows)
    names = {each.name for each in unknowns}
    assert {f"threshold_{each}" for each in rows.definition} <= names
    assert {"potency_abobotulinumtoxinA", "k_loss", "half_cut", "sensitivity_men", "study_spread"} <= names
    # The product that sets the scale, what only mood uses, and what no row asks for.
    assert not {"potency_onabotulinumtoxinA", "k_mood", "k_transport", "threshold_improved"} & names
    assert held["k_renewal"] == evidence().parameters["k_renewal"].value
    fewer, more = muscle_unknowns(evidence(), model(), rows, hold_assumed=True)
    assert names - {each.name for each in fewer} == {"half_cut", "steepness", "k_loss_daxibotulinumtoxinA"}
    assert set(more) - set(held) == {"half_cut", "steepness"}
    there = Likelihood(model(), rows, fewer, more)
    assert np.isfinite(there.log_likelihood(there.start))


def test_mood_is_in_points_and_what_is_left_out_is_named() -> None:
    rows, left = mood_rows(evidence(), "onabotulinumtoxinA", men=-0.5)
    chosen = [each for each in evidence().observations.mood if each.use == "fit"]
    assert len(rows.study) + len(left) == len(chosen)
    assert any("dose is not known" in each for each in left)
    more, _ = mood_rows(evidence(), "onabotulinumtoxinA", usual_dose=30.0)
    assert np.isfinite(more.other).sum() == 1
    points = next(each for each in chosen if each.measure == "points" and each.difference and each.se)
    row = [each.id for each in chosen].index(points.id)
    assert points.difference is not None
    assert rows.relief[row] == -float(points.difference.value or np.nan)
    # 17 of 33 against 6 of 41: log odds ratio with halves added, logistic to standard deviations, to points.
    counts = rows.study.tolist().index("finzi2014")
    odds = np.log(17.5 * 35.5 / (16.5 * 6.5))
    factor = evidence().parameters["points_per_sd"].value * np.sqrt(3) / np.pi
    assert rows.relief[counts] == pytest.approx(odds * factor)
    assert rows.se[counts] == pytest.approx(factor * np.sqrt(1 / 17.5 + 1 / 16.5 + 1 / 6.5 + 1 / 35.5))
    assert (rows.sensitivity <= 1).all()
    with pytest.raises(ValueError, match="no muscle observation"):
        muscle_rows(evidence(), "context")
