"""How likely rows are: against plain binomials, against people drawn one by one, and slopes against differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, norm

from glabella.mechanism import Row, Rows
from glabella.mechanism._rows import mean_days

Floats = NDArray[np.float64]
BARE = Row("row", "trial", "drug", 20.0, "women", "physician", "onset", "count", n=40.0)


def likely(row: Row, *share: float) -> float:
    return float(Rows((row,)).log_likelihood(np.array(share))[0][0])


def test_counts_are_binomial_with_those_who_respond_without_the_drug() -> None:
    row = replace(BARE, y=30.0, day=30.0, placebo=0.1)
    assert likely(row, 0.7) == pytest.approx(binom.logpmf(30, 40, 0.1 + 0.9 * 0.7))


def test_a_later_visit_tells_who_lost_it_and_an_earlier_one_who_gained_it() -> None:
    fall = replace(BARE, kind="fall", y=12.0, n=30.0, day=120.0, given=30.0, placebo=0.05, placebo_given=0.1)
    before, now = 0.1 + 0.9 * 0.8, 0.05 + 0.95 * 0.3
    assert likely(fall, 0.3, 0.8) == pytest.approx(binom.logpmf(12, 30, now / before))
    rise = replace(BARE, kind="rise", y=8.0, n=10.0, day=4.0, given=2.0)
    assert likely(rise, 0.9, 0.6) == pytest.approx(binom.logpmf(8, 10, 0.3 / 0.4))
    kept = replace(BARE, kind="kept", y=13.4, n=20.0, day=120.0, given=30.0)
    # Between two whole numbers the density lies between theirs, nearly.
    low, high = sorted(binom.logpmf([13, 14], 20, 0.5 / 0.9))
    assert low < likely(kept, 0.5, 0.9) < high


def sample_medians(at: tuple[float, float, float], people: int, later: int | None, draws: int) -> float:
    """Draw people who lose it one by one; how often the median lies between the first two of three visits."""
    rng = np.random.default_rng(7)
    lost = rng.random((draws, people))
    left = np.stack([(lost < each).sum(axis=1) for each in at])
    inside = (left[0] > people / 2) & (left[1] <= people / 2)
    if later is None:
        return float(inside.mean())
    same = left[2] == later
    return float(inside[same].mean())


@pytest.mark.parametrize("people", [20, 21])
def test_a_median_lies_between_visits_as_often_as_in_people_drawn_one_by_one(people: int) -> None:
    row = replace(BARE, kind="median", n=float(people), given=30.0, after=90.0, by=120.0)
    seen = sample_medians((0.63, 0.42, 0.2), people, None, 200_000)
    assert np.exp(likely(row, 0.63 * 0.9, 0.42 * 0.9, 0.9)) == pytest.approx(seen, abs=0.004)


def test_a_median_and_a_later_count_of_the_same_people_are_taken_together() -> None:
    row = replace(BARE, kind="median", n=40.0, given=30.0, after=90.0, by=120.0, later=(168.0, 8.0))
    seen = sample_medians((0.62, 0.45, 0.2), 40, 8, 400_000)
    assert np.exp(likely(row, 0.62, 0.45, 1.0, 0.2)) == pytest.approx(seen, abs=0.006)


def test_at_least_is_open_to_the_right() -> None:
    row = replace(BARE, kind="median", n=25.0, given=30.0, after=140.0)
    assert np.exp(likely(row, 0.55, 0.55, 1.0)) == pytest.approx(1 - binom.cdf(12, 25, 0.55))
    sure = replace(row, by=141.0)
    assert np.exp(likely(sure, 0.999, 0.001, 1.0)) == pytest.approx(1.0)
    assert likely(sure, 0.001, 0.0005, 1.0) < -60, "never certain, never impossible"


def test_a_bound_is_a_bound() -> None:
    row = replace(BARE, kind="bound", n=921.0, y=0.43 * 921, day=150.0)
    at = norm.logcdf((0.5 - 0.43) / np.sqrt(0.25 / 921))
    assert likely(row, 0.5) == pytest.approx(at)
    assert likely(row, 0.9) == pytest.approx(0.0, abs=1e-9), "more than that is no worse"
    assert likely(replace(row, below=True), 0.5) == pytest.approx(norm.logsf((0.5 - 0.43) / np.sqrt(0.25 / 921)))


def test_a_mean_counts_half_of_the_visit_in_which_it_was_lost() -> None:
    row = replace(BARE, kind="mean", y=66.0, se=14.0, given=28.0, visits=(28.0, 56.0, 84.0, 112.0))
    kept = np.array([1.0, 0.7, 0.4, 0.1])
    lost = -np.diff([*kept, 0.0])
    by_hand = lost @ [42.0, 70.0, 98.0, 112.0]
    mean, _ = mean_days(row, np.array([0.9, *(0.9 * kept)]))
    assert mean == pytest.approx(by_hand)
    assert likely(row, 0.9, *(0.9 * kept)) == pytest.approx(norm.logpdf(66.0, by_hand, 14.0))


EVERY = (
    replace(BARE, y=30.0, day=30.0, placebo=0.1),
    replace(BARE, kind="fall", y=12.0, n=30.0, day=120.0, given=30.0, placebo=0.05, placebo_given=0.1),
    replace(BARE, kind="rise", y=8.0, n=10.0, day=4.0, given=2.0),
    replace(BARE, kind="kept", y=13.4, n=20.0, day=120.0, given=30.0),
    replace(BARE, kind="median", n=41.0, given=30.0, after=90.0, by=120.0),
    replace(BARE, kind="median", n=40.0, given=30.0, after=90.0, by=120.0, later=(168.0, 8.0)),
    replace(BARE, kind="median", n=40.0, given=30.0, after=140.0, later=(168.0, 8.0)),
    replace(BARE, kind="bound", n=921.0, y=0.43 * 921, day=150.0, placebo=0.02),
    replace(BARE, kind="bound", n=50.0, y=20.0, day=150.0, below=True),
    replace(BARE, kind="mean", y=66.0, se=14.0, given=28.0, visits=(28.0, 56.0, 84.0)),
)


def test_slopes_are_those_of_differences() -> None:
    rows = Rows(EVERY)
    # Later days have smaller shares, whatever the days are called.
    start: Floats = np.concatenate([{
        "count": [0.7], "fall": [0.4, 0.8], "rise": [0.9, 0.6], "kept": [0.5, 0.9],
        "median": [0.55, 0.45, 0.9, 0.2][: len(each.days)], "bound": [0.45], "mean": [0.9, 0.85, 0.6, 0.3],
    }[each.kind] for each in EVERY])  # fmt: skip
    value, slope = rows.log_likelihood(np.stack([start, start]))
    step = 1e-6
    for place in range(len(start)):
        aside = np.zeros(len(start))
        aside[place] = step
        up, down = (rows.log_likelihood(start + sign * aside)[0].sum() for sign in (1, -1))
        assert slope[1, place] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-5), place
    np.testing.assert_array_equal(value[0], value[1])


def test_nothing_is_no_rows() -> None:
    with pytest.raises(ValueError, match="no rows"):
        Rows(())
