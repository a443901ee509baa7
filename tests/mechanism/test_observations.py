"""The shipped dossier as arrays: every row that can be fitted is there, and every other one is named."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from glabella.dossier import Mechanism, load, shipped
from glabella.mechanism import Model, Rows, course_rows, mood_rows, muscle_unknowns
from glabella.mechanism import load as load_model
from glabella.mechanism._likelihood import RowLikelihood, days_of_rows


@cache
def evidence() -> Mechanism:
    found = load(shipped()).mechanism
    assert found is not None
    return found


@cache
def model() -> Model:
    return load_model(evidence().model)


def test_every_observation_is_a_row_or_named() -> None:
    rows, left = course_rows(evidence())
    there = evidence().observations
    chosen = [each.id for each in (*there.muscle, *there.times) if each.use == "fit"]
    assert [row.id for row in rows] + [each.partition(":")[0] for each in left] == chosen
    assert len({row.study for row in rows}) == 20
    _, unsized = course_rows(evidence(), "held_out")
    assert "sch21_onset_d1: the number of people is not known" in unsized
    assert "jos21_onset: a time to onset has no share" in unsized


def test_nobody_is_counted_twice() -> None:
    rows = {row.id: row for row in course_rows(evidence())[0]}
    # Two raters of the same women, and what changed from day to day.
    first, later = rows["beer11_subject_d1"], rows["beer11_subject_d2"]
    assert (first.kind, first.weight) == ("count", 0.5)
    assert (later.kind, later.given) == ("rise", 1.0)
    # 48 and 77 % of 45, neither of them a whole number of people.
    assert [first.y, later.y, later.n] == pytest.approx([21.6, 34.65 - 21.6, 45 - 21.6])
    # The later visits of a dose, of those who responded before, with what was seen without it on either day.
    last = rows["jos21_50u_w36"]
    assert (last.kind, last.y, last.n, last.given) == ("fall", 14.0, 42.0, 168.0)
    assert [last.placebo, last.placebo_given] == pytest.approx([0.0, 0.051])
    assert [last.seen, last.people] == pytest.approx([0.175, 80.0])
    # A visit of a plateau stands apart with half of its weight.
    assert (rows["ready1_subject_d7"].kind, rows["ready1_subject_d7"].weight) == ("count", 0.5)
    assert rows["ready1_subject_m1"].kind == "count"
    assert rows["ready1_subject_m3"].given == 30
    assert rows["coch77_w24"].n == 3


def test_a_median_lies_between_visits_and_knows_of_later_counts() -> None:
    rows = {row.id: row for row in course_rows(evidence())[0]}
    assert (rows["glo12_median"].after, rows["glo12_median"].by, rows["glo12_median"].later) == (90, 120, None)
    open_ = rows["onadose_40u_median"]
    assert (open_.after, open_.by, open_.later) == (140, np.inf, (168, 16))
    assert rows["onadose_20u_median"].later == (168, 8)
    mean = rows["harii08_20u_mean"]
    assert (mean.kind, mean.y, mean.se, mean.visits) == ("mean", 65.8, 14, (28, 56, 84, 112))
    bound = rows["fhl22_d150"]
    assert (bound.kind, bound.below) == ("bound", False)
    assert bound.y == pytest.approx(0.43 * 921)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("glo12_median", {"after_day": None, "by_day": None},
         "the visits that the median lies between are not known"),
        ("glo12_median", {"responders_at": None}, "on which day its people responded is not known"),
        ("harii08_20u_mean", {"visits": ()}, "the visits and the error of a mean are not known"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_a_row_says_why(name: str, change: dict[str, Any], why: str) -> None:
    there = evidence()
    times = tuple(each.model_copy(update=change) if each.id == name else each for each in there.observations.times)
    _, left = course_rows(replace(there, observations=there.observations.model_copy(update={"times": times})))
    assert left == (f"{name}: {why}",)


def test_whole_people_are_counted_where_a_percentage_may_stand_for_them() -> None:
    rows = {row.id: row for row in course_rows(evidence())[0]}
    assert rows["daxcn_none_mild_w4"].y == 193
    # 17 % of 20 is nobody's count: the number of people is only about right.
    assert rows["car05_10u_m4"].y == pytest.approx(3.4)


def test_unknowns_are_those_that_the_rows_can_ask_for() -> None:
    rows = days_of_rows(Rows(course_rows(evidence())[0]))
    unknowns, held = muscle_unknowns(evidence(), model(), rows)
    names = {each.name for each in unknowns}
    assert {f"threshold_{each}" for each in rows.definition} <= names
    assert {"potency_abobotulinumtoxinA", "k_loss", "half_cut", "sensitivity_men", "study_spread"} <= names
    # The product that sets the scale, what only mood uses, and what no row asks for.
    assert not {"potency_onabotulinumtoxinA", "k_mood", "k_transport", "threshold_improved"} & names
    assert held["k_renewal"] == evidence().parameters["k_renewal"].value
    there = RowLikelihood(model(), Rows(course_rows(evidence())[0]), unknowns, held)
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
