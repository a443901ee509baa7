"""Wilson's interval: the published formula as others have it, its bounds, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from glabella.synthesis import wilson


@st.composite
def counts(draw: st.DrawFn) -> tuple[float, float]:
    n = draw(st.floats(0.5, 1e6))
    return n * draw(st.floats(0, 1)), n


@given(counts(), st.floats(0.5, 0.999))
def test_it_is_the_interval_that_statsmodels_gives(count: tuple[float, float], level: float) -> None:
    low, high = wilson(*count, level=level)
    expected = proportion_confint(*count, alpha=1 - level, method="wilson")
    assert (low, high) == pytest.approx(np.clip(expected, 0, 1), abs=1e-9)


@given(counts())
def test_it_holds_what_was_seen_and_stays_within_bounds(count: tuple[float, float]) -> None:
    low, high = wilson(*count)
    assert 0 <= low <= count[0] / count[1] <= high <= 1
    assert high > low


def test_nobody_of_few_may_still_be_many() -> None:
    low, high = wilson(0, 236)
    assert low == 0
    assert high == pytest.approx(0.0160, abs=5e-5)


def test_many_at_once_are_each_as_alone() -> None:
    low, high = wilson([[16, 0], [1, 5]], [665, 236])
    assert low.shape == high.shape == (2, 2)
    assert (low[1, 1], high[1, 1]) == wilson(5, 236)


@pytest.mark.parametrize(
    ("events", "n", "level", "says"),
    [
        (1, [5, 0], 0.95, "n is 0 in row 2, expected a number above 0"),
        (1, np.nan, 0.95, "n is nan in row 1"),
        (1, np.inf, 0.95, "n is inf in row 1"),
        ([1, 6], 5, 0.95, "events is 6 in row 2, expected from 0 to n"),
        (-1, 5, 0.95, "events is -1 in row 1"),
        (np.nan, 5, 0.95, "events is nan in row 1"),
        (1, 5, 1, "level is 1, expected between 0 and 1"),
        ("one", 5, 0.95, "events"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_row(events: object, n: object, level: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wilson(events, n, level=level)  # type: ignore[arg-type]
